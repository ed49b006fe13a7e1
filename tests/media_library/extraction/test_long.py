"""Long documents: a page at a time, and said where there are more than are read."""

from __future__ import annotations

import weakref

from PIL import Image

from media_library.extraction.invoices import MAX_PAGES, read_pictures
from media_library.ocr.fake import FakeReader, draw


def test_pages_are_opened_one_at_a_time_and_those_left_out_are_told():
    first = draw("INVOICE No 17", "Bolts 2 4.00 8.00", "Total 8.00")
    alive: list[weakref.ref[Image.Image]] = []
    most = 0

    def opened() -> Image.Image:
        nonlocal most
        most = max(most, sum(each() is not None for each in alive))
        page = first.copy()
        alive.append(weakref.ref(page))
        return page

    invoice = read_pictures([opened] * (MAX_PAGES + 1), FakeReader(), 200)
    assert len(alive) == MAX_PAGES
    assert most <= 1
    assert f"Only the first {MAX_PAGES} of 200 pages were read." in [mark.message for mark in invoice.marks]
