"""Follow-ups become questions that stand alone."""

from __future__ import annotations

import pytest

from search.rag import rewriting

BEFORE = [
    ("How much did the pedal arms of Green Bicycles cost?", "They cost 60 euros [1]."),
    ("And why?", "It is unknown."),
]


@pytest.mark.parametrize(
    ("question", "points_back"),
    [
        ("When was it painted?", True),
        ("and the second one?", True),
        ("Why?", True),
        ("How tall is the lighthouse of Alexandria?", False),
        ("red bicycles in Berlin", False),
    ],
)
def test_what_points_back_is_known(question, points_back):
    assert rewriting.needs_more(question) == points_back


def test_without_a_model_the_last_thing_that_was_named_is_added(user, settings):
    settings.SIGHTLINE_LMM = "reader"
    asked = rewriting.stand_alone(user, "When was it sent?", BEFORE)
    assert asked.startswith("When was it sent (")
    assert all(word in asked for word in ("pedal", "arms", "Green", "Bicycles"))
    assert rewriting.stand_alone(user, "When was it sent?", []) == "When was it sent?"
    whole = "How tall is the lighthouse of Alexandria?"
    assert rewriting.stand_alone(user, whole, BEFORE) == whole


def test_a_model_puts_it_into_words_and_its_failure_stops_nothing(user, settings):
    from media_library.lmm import fake
    from media_library.lmm.base import Malformed

    settings.SIGHTLINE_LMM = "fake"
    fake.script.extend(['{"question": "When were the pedal arms sent?"}', Malformed("No JSON.")])
    assert rewriting.stand_alone(user, "When was it sent?", BEFORE) == "When were the pedal arms sent?"
    assert "pedal" in rewriting.stand_alone(user, "When did they arrive?", BEFORE)
