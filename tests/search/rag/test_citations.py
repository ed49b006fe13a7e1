"""Citations that hold stay; all others go, wherever the pieces of a stream are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.rag.citations import REMOVED, Checked

TEXTS = {
    1: "Invoice of Green Bicycles\nPedal arms, 4 sets, 15.00 each\nTotal: 1,250.00 EUR",
    2: "The lighthouse was painted red and white in 1988.",
    3: "IMG_0042.jpg",
}


def said(answer: str, cut: int = 10_000, seen: tuple[int, ...] = ()) -> tuple[str, Checked]:
    checked = Checked(TEXTS, seen)
    pieces = [answer[start : start + cut] for start in range(0, len(answer), cut)]
    return "".join([*map(checked.feed, pieces), checked.end()]), checked


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The lighthouse is red and white [2].", "The lighthouse is red and white [2]."),
        ("The lighthouse is red. [2] It was painted then.", "The lighthouse is red. [2] It was painted then."),
        ("It cost 1250 [1]. It is a lighthouse [2].", "It cost 1250 [1]. It is a lighthouse [2]."),
        ("Pedal arms are 15 each [1, 2].", "Pedal arms are 15 each [1]."),
        # No such source, another figure, another matter.
        ("The lighthouse is red [7].", f"The lighthouse is red {REMOVED}."),
        ("The total is 1,350.00 EUR [1].", f"The total is 1,350.00 EUR {REMOVED}."),
        ("Elephants live long [2].", f"Elephants live long {REMOVED}."),
        ("Elephants live long [2][7].", f"Elephants live long {REMOVED}."),
        # A link is no citation, and neither is a list or an index.
        ("See [1](http://x) and a[i].", "See [1](http://x) and a[i]."),
        ("- lighthouse, 1988 [2]\n- pedal arms [1]\n", "- lighthouse, 1988 [2]\n- pedal arms [1]\n"),
        ("", ""),
    ],
)
def test_a_citation_stands_where_its_source_has_to_do_with_what_is_said(answer, expected):
    assert said(answer)[0] == expected


def test_of_what_was_shown_anything_may_be_said():
    answer = "A black dog runs on the beach [3]."
    assert said(answer, seen=(3,))[0] == answer
    text, checked = said(answer)
    assert text == f"A black dog runs on the beach {REMOVED}."
    assert (checked.used, checked.removed) == ([], [3])


def test_what_was_used_is_told_in_its_order():
    _, checked = said("Painted in 1988 [2]. The total is 1250 [1]. The lighthouse [2]. Gone [9].")
    assert checked.used == [2, 1]
    assert checked.removed == [9]


def test_a_sentence_is_shown_when_it_ends_and_not_before():
    checked = Checked(TEXTS)
    assert checked.feed("The light") == ""
    assert checked.feed("house is red [2") == ""
    assert checked.feed("]. And ") == "The lighthouse is red [2]. "


@given(
    st.lists(
        st.sampled_from(
            ["The lighthouse is red", "1,250.00", " [1]", " [2]", "[9]", ". ", "\n", "[", "]", "e.g. ", "[2][1]", "(ü"]
        ),
        max_size=24,
    ).map("".join),
    st.integers(1, 9),
)
def test_it_does_not_matter_how_the_answer_is_cut(answer, cut):
    whole, of_whole = said(answer)
    cut_up, of_cut_up = said(answer, cut)
    assert cut_up == whole
    assert of_cut_up.used == of_whole.used
    assert of_cut_up.removed == of_whole.removed
