"""What the reader quotes: sentences as they were meant, however the lines were broken."""

from __future__ import annotations

import pytest

from media_library.models import MediaItem
from search.rag import quoting
from search.rag.sources import Cited

NOTICE = """Reading Room
NOTICE TO ALL VISITORS
The reading room will be closed on
Thursday, 14 May, from noon,
while the boiler is replaced.
Umbrellas found since January are
kept at the front desk. Please
collect yours before the summer."""

RECEIPT = """GREEN BICYCLES
Front brake cables  100.00
Pedal arms  15.00
Total: 154.06"""


def best(question: str, *texts: str) -> list[str]:
    sources = [Cited(number, MediaItem(title=f"Item {number}"), text) for number, text in enumerate(texts, start=1)]
    return [f"{quote.text} [{quote.source.number}]" for quote in quoting.best(question, sources)]


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch):
    monkeypatch.setattr(quoting.spaces, "serving", dict)


@pytest.mark.parametrize(
    ("question", "texts", "first"),
    [
        (
            "When will the reading room be closed?",
            [NOTICE],
            "The reading room will be closed on Thursday, 14 May, from noon, while the boiler is replaced. [1]",
        ),
        (
            "Where are umbrellas kept?",
            [RECEIPT, NOTICE],
            "Umbrellas found since January are kept at the front desk. [2]",
        ),
        ("How much are the pedal arms?", [NOTICE, RECEIPT], "Pedal arms 15.00 [2]"),
        ("What is the total?", [RECEIPT], "Total: 154.06 [1]"),
    ],
)
def test_the_sentence_that_answers_comes_first(question, texts, first):
    assert best(question, *texts)[0] == first


def test_what_says_nothing_new_is_left_out():
    assert len(best("reading room closed", NOTICE)) == 1


@pytest.mark.parametrize("text", ["", "\n\n", "…", "x" * 5000, "Wal\x00rus"])
def test_where_nothing_answers_nothing_is_quoted(text):
    assert best("When will the reading room be closed?", text) == []
    shown, numbers = quoting.answer("Why?", [Cited(1, MediaItem(title="<b>*A*</b>"), text)])
    assert numbers == [1]
    assert "<b>" not in shown
