"""Long documents: a page at a time, kept as it was read, and put together from what was kept."""

from __future__ import annotations

import json
import weakref

from PIL import Image

from media_library.extraction import invoices
from media_library.extraction.invoices import read_invoice, read_pictures, read_readings
from media_library.extraction.layout import page_of
from media_library.extraction.reread import PageRead, kept
from media_library.ocr import Piece, Reading
from media_library.ocr.fake import FakeReader, draw


def test_pages_are_opened_one_at_a_time():
    first = draw("INVOICE No 17", "Bolts 2 4.00 8.00", "Total 8.00")
    alive: list[weakref.ref[Image.Image]] = []
    most = 0

    def opened() -> Image.Image:
        nonlocal most
        most = max(most, sum(each() is not None for each in alive))
        page = first.copy()
        alive.append(weakref.ref(page))
        return page

    invoice = read_pictures([opened] * 60, FakeReader())
    assert (len(alive), most <= 1) == (60, True)
    assert str(invoice.total.value) == "8.00"


def _page(rows: list[tuple[str, ...]]) -> Reading:
    """Rows of texts at steady places, as pieces."""
    pieces = []
    for number, texts in enumerate(rows):
        top = 40.4 + 30 * number
        for text, left in zip(texts, (50.3, 500.7, 620.2, 740.1), strict=False):
            right = left + 9.6 * len(text)
            corners = ((left, top), (right, top), (right, top + 20), (left, top + 20))
            pieces.append(Piece(text, 0.98765, corners))
    return Reading(pieces=tuple(pieces), size=(900, 1200))


def test_the_lines_of_60_pages_are_put_together_and_add_up():
    head = [("Miller Ltd",), ("INVOICE No 17",), ("Description", "Quantity", "Price", "Amount")]
    goods = [(f"Bolt of kind {chr(97 + n)}", "2", "4.00", "8.00") for n in range(10)]
    readings = {number: _page([*head, *goods]) for number in range(1, 60)}
    readings[60] = _page([*head, *goods, ("Total", "", "", "4800.00")])
    # As it is kept while the others are read.
    stored = [PageRead.model_validate_json(kept(each, number).model_dump_json()) for number, each in readings.items()]
    assert len(json.dumps(stored[0].model_dump(mode="json"))) < 6000
    invoice = read_readings({page.number: page.reading() for page in stored}, lambda number: None, FakeReader())
    assert len(invoice.lines) == 600
    assert (str(invoice.total.value), invoice.total.box.page) == ("4800.00", 60)
    assert [mark.code for mark in invoice.marks if "add" in mark.message or mark.code == "pages"] == []


def test_more_lines_than_are_kept_are_said_and_harm_nothing(monkeypatch):
    monkeypatch.setattr(invoices, "MAX_LINES", 50)
    goods = [(f"Bolt {chr(97 + n % 26)}", "2", "4.00", "8.00") for n in range(40)]
    pages = [page_of(_page([("Description", "Quantity", "Price", "Amount"), *goods]), n) for n in (1, 2)]
    invoice = read_invoice(pages)
    assert len(invoice.lines) == 50
    assert invoice.marks[0].message == "It has 80 lines, of which the first 50 are kept."


def test_what_was_kept_is_what_was_read():
    reading = FakeReader().read(draw("CORNER SHOP", "Milk 1.20", "Total 1.20").rotate(90, expand=True))
    assert (kept(reading, 3).reading(), len(reading.lines)) == (reading, 3)
    again = kept(_page([("Total", "8.00")]), 1).reading()
    assert [piece.text for piece in again.pieces] == ["Total", "8.00"]
    assert again.pieces[0].corners[0] == (50, 40)
