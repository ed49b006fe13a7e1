"""What is no invoice, and what is no page: nothing is made up, and nothing fails."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from media_library.extraction import layout
from media_library.extraction.invoices import read_invoice, read_pictures
from media_library.extraction.layout import page_of, page_of_lines
from media_library.formats.base import Line
from media_library.ocr import Piece, Reading
from tests.growth import growth
from tests.media_library.extraction.paper import page


def square(x: float, y: float, width: float = 40, height: float = 20) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def test_nothing_gives_an_empty_invoice():
    assert read_invoice([]).is_empty
    assert read_invoice([page_of(Reading())]).is_empty


def test_a_letter_gives_no_lines_and_no_total():
    invoice = read_invoice([page("Dear Ada,\nthank you for the flowers and the photographs.\nSee you soon\nBertha")])
    assert invoice.is_empty
    assert invoice.vendor is None and invoice.number is None


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_boxes_that_are_no_numbers_are_left_out(bad):
    good = [Piece("Total", 0.9, square(0, 0)), Piece("12.00", 0.9, square(100, 0))]
    bad_ones = [Piece("99.00", 0.9, square(bad, 40)), Piece("77.00", 0.9, ()), Piece("66.00", 0.9, ((0.0, 0.0),) * 4)]
    invoice = read_invoice([page_of(Reading((), 0, (), (*good, *bad_ones), (400, 200)))])
    assert invoice.total.value == 12
    lines = [Line("Total 12.00", (bad, 0.1, 0.5, 0.2)), Line("Total 13.00", (0.1, 0.3, 0.5, 0.4))]
    assert read_invoice([page_of_lines(lines)]).total.value == 13


def scattered(count: int) -> Reading:
    """A page of words in any order at any place."""
    chance = random.Random(1)
    words = ["Total", "12.00", "Qty", "price", "2 x 3.00", "01/02/2020", "lorem", "amount", "7", "VAT 20%"]
    pieces = tuple(
        Piece(chance.choice(words), 0.9, square(chance.random() * 4000, chance.random() * 5000, 60, 20))
        for _ in range(count)
    )
    return Reading((), 0, (), pieces, (4100, 5100))


def test_thousands_of_words_are_not_compared_with_each_other():
    assert growth(lambda count: read_invoice([page_of(scattered(count))]), 120) < 40


def test_no_more_words_are_read_than_a_page_holds(monkeypatch):
    monkeypatch.setattr(layout, "MAX_PIECES", 300)
    found = page_of(scattered(700))
    assert sum(len(row.pieces) for row in found.rows) == 300


corner = st.tuples(st.floats(-100, 1100), st.floats(-100, 1100))
piece = st.builds(
    Piece,
    st.sampled_from(
        ["Total", "9.00", "-1,00", "1.234.567,89", "2 x", "%", "(", "9" * 40, "Qty Price", "31/12/99", "\u0000"]
    )
    | st.text(max_size=12),
    st.floats(0, 1),
    st.tuples(corner, corner, corner, corner),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(piece, max_size=12), st.sampled_from([0, 90, 180, 270]))
def test_no_page_makes_it_fail(pieces, turned):
    invoice = read_invoice([page_of(Reading((), turned, (), tuple(pieces), (1000, 1000)))])
    assert type(invoice).model_validate_json(invoice.model_dump_json()) == invoice


def test_a_reader_without_pieces_or_second_looks_will_do():
    class Plain:
        def read(self, picture):
            return Reading((Line("Total 12.00", (0.1, 0.1, 0.6, 0.2)),))

    invoice = read_pictures([lambda: Image.new("RGB", (100, 100))], Plain())
    assert invoice.total.value == 12
