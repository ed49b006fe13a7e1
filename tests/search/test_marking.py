"""Words found again in texts, and on pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.models import Segment
from search import marking
from tests.growth import LINEAR, growth


def marked(text: str, words: str) -> list[str]:
    return [text[start:end] for start, end in marking.spans(text, marking.wanted(words))]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("The cats sat on the mat.", "cat", ["cats"]),
        ("Running and RUNS", "run", ["Running", "RUNS"]),
        ("a city of cities", "cities", ["city", "cities"]),
        ("Ein ÄRGER, ein arger", "ärger", ["ÄRGER", "arger"]),
        ("café Cafe", "CAFÉS", ["café", "Cafe"]),
        ("TOTALAMOUNT 5", "total", ["TOTAL"]),
        ("cat catalogue", "cat", ["cat"]),
        ("the cat and the dog", "the cat", ["cat"]),
        ("a red sofa, a red chair, a sofa", '"red sofa"', ["red", "sofa"]),
        ("animal dog", "animal -dog", ["animal"]),
        ("beach people", "beach^2 people^0.5", ["beach", "people"]),
        ("the dog's bone", "dogs", ["dog's"]),
        ("nothing here", "submarine", []),
        ("whatever", "-dog", []),
        ("", "cat", []),
    ],
)
def test_words_are_found_as_full_text_search_finds_them(text, words, found):
    assert marked(text, words) == found


def test_a_snippet_shows_where_the_words_are_and_nothing_else_of_the_text():
    text = "word " * 200 + "the lost cat is here " + "word " * 200
    parts = marking.snippet(text, "lost cat")
    assert [part.text for part in parts if part.marked] == ["lost", "cat"]
    whole = "".join(part.text for part in parts)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) <= marking.SNIPPET + 6


def test_a_snippet_without_the_words_is_the_beginning():
    assert marking.snippet("One two\n three.", "cat") == (marking.Part("One two three."),)


@given(st.text(max_size=400), st.text(max_size=30))
def test_a_snippet_invents_nothing(text, words):
    whole = "".join(part.text for part in marking.snippet(text, words)).removeprefix("… ").removesuffix(" …")
    assert whole in " ".join(text.split())


def page(*lines) -> Segment:
    return Segment(
        kind="passage", page=1, text="\n".join(text for text, _ in lines), lines=[list(line) for line in lines]
    )


class TestMarks:
    def test_the_part_of_the_line_is_marked(self):
        (box,) = marking.marks(
            page(("grand total 12.00", [0.1, 0.5, 0.9, 0.55]), ("thanks", [0.1, 0.6, 0.3, 0.65])), "total"
        )
        left, top, right, bottom = box
        assert (top, bottom) == (0.5, 0.55)
        assert left == pytest.approx(0.1 + 0.8 * 6 / 17, abs=0.02)
        assert right == pytest.approx(0.1 + 0.8 * 11 / 17, abs=0.02)

    def test_a_phrase_goes_on_in_the_next_line(self):
        boxes = marking.marks(page(("an old red", [0, 0, 1, 0.1]), ("sofa for sale", [0, 0.1, 1, 0.2])), '"red sofa"')
        assert [(box[1], box[3]) for box in boxes] == [(0, 0.1), (0.1, 0.2)]

    def test_neighbours_are_one_mark_and_downward_lines_are_marked_whole(self):
        assert len(marking.marks(page(("cash bill no 7", [0, 0, 1, 0.1])), "cash bill")) == 1
        assert marking.marks(page(("cash bill", [0.4, 0, 0.5, 1])), "cash") == [(0.4, 0.0, 0.5, 1.0)]

    @pytest.mark.parametrize("lines", [[], [["", [0, 0, 1, 1]]], [[None, [0, 0, 1, 1]]], [["cat", [0, 1]]]])
    def test_lines_that_say_nothing_mark_nothing(self, lines):
        assert marking.marks(Segment(kind="text", text="cat", lines=lines), "cat") == []


def test_long_texts_and_questions_are_gone_through_once():
    def with_words_of(count: int) -> None:
        text = "".join(f"word{number} " for number in range(count))
        marking.snippet(text, " ".join(f"word{number}" for number in range(60)))

    assert growth(with_words_of, 2_500) < LINEAR
