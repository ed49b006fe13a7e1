"""From pages to an invoice, with the reader alone.

`read_pictures` reads pictures and looks a second time where a quantity was missed; `read_invoice` takes pages that were
read already. What is returned is what is written: every value is text that was read; what does not add up is marked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import fmean
from typing import TYPE_CHECKING, Any, Protocol

from media_library.extraction import labels
from media_library.extraction.amounts import amount, decimal_mark
from media_library.extraction.checking import check, lines_total
from media_library.extraction.cutting import Cell
from media_library.extraction.dates import FoundDate
from media_library.extraction.entries import Entry, entries_of, tidied
from media_library.extraction.joining import Goods
from media_library.extraction.labels import Role
from media_library.extraction.layout import Page, Piece, page_of
from media_library.extraction.lines import goods_of
from media_library.extraction.particulars import Found, currency_in, dates_of, document_order, number_of
from media_library.extraction.schemas import MAX_LINES, MAX_TAXES, Box, Invoice, InvoiceLine, Kind, Mark, Source, Tax
from media_library.extraction.totals import Sums, sums_of
from media_library.extraction.vendors import vendor_of
from media_library.extraction.words import digits, letters
from media_library.ocr import Reader, Reading

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

LOOK_FOR = 300.0
"""Seconds for which places are looked at once more: a page takes a second at the most, and there may be a thousand."""
LOOKED_FROM = 0.5
"""The confidence of a quantity that a second look is believed."""
CODE_DIGITS = 5
NARROW = 28.0
"""Widths of what is printed, by the height of its text, below which it may be a till's."""
CENT = Decimal("0.01")

Look = Callable[[int, "Sequence[np.ndarray]"], "list[tuple[str, float]]"]
"""Reads known places of a page once more: its number, (4, 2) corners in pixels of its Reading → text and confidence."""


class PlaceReader(Reader, Protocol):
    """A reader that can also be told where to look."""

    def read_at(self, picture: Image, turned: int, quads: Sequence[np.ndarray]) -> list[tuple[str, float]]: ...


def read_pictures(pictures: Sequence[Callable[[], Image]], reader: Reader) -> Invoice:
    """The invoice on `pictures`, one per page and in order, each opened when it is its turn; one at a time.

    Never raises on what they show; raises what opening one raises.
    """
    readings = {number: reader.read(opened()) for number, opened in enumerate(pictures, start=1)}
    return read_readings(readings, lambda number: pictures[number - 1](), reader)


def read_readings(readings: Mapping[int, Reading], opened: Callable[[int], Image], reader: Reader) -> Invoice:
    """The invoice on pages that were read, by their numbers; one is `opened` again where something on it was missed.

    Never raises on what they show; raises what opening one raises.
    """
    pages = [page_of(reading, number) for number, reading in sorted(readings.items())]
    until = time.monotonic() + LOOK_FOR

    def look(number: int, quads: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        if time.monotonic() > until:
            return [("", 0.0)] * len(quads)
        return reader.read_at(opened(number), readings[number].turned, quads)  # type: ignore[attr-defined]

    return read_invoice(pages, look if hasattr(reader, "read_at") else None)


def read_invoice(pages: Sequence[Page], look: Look | None = None) -> Invoice:
    """The invoice on `pages`. Empty (`Invoice.is_empty`) where nothing is one; never raises on what they say."""
    pages = [page for page in pages if page.rows]
    if not pages:
        return Invoice()
    mark = decimal_mark(piece.text for page in pages for piece in page.pieces)
    goods = goods_of(pages, mark)
    if look:
        _look_again(goods, pages, look, mark)
    sold = {number for one in goods for number in one.rows}
    entries = [_of_goods(entry) if entry.number in sold else entry for entry in entries_of(pages, mark)]
    sums = sums_of(entries)
    vendor = vendor_of(pages[0])
    currency = currency_in(pages, mark)
    dated, due = dates_of(pages, document_order(pages, currency.text if currency else ""))
    number = number_of(pages)
    if sums.total is None and not goods:
        return Invoice()
    invoice = Invoice(
        kind=_kind(pages, sums, bool(due)),
        vendor=_words(vendor.name, vendor.name_pieces, vendor.name_sure),
        address=_words(vendor.address, vendor.address_pieces, vendor.address_sure),
        number=_found(number),
        date=_date(dated),
        due_date=_date(due),
        currency=_found(currency),
        lines=[_line(one) for one in goods[:MAX_LINES]],
        subtotal=_sum(sums.subtotal),
        discount=_sum(sums.discount, unsigned=True),
        charges=_sum(sums.charge),
        taxes=[_tax(entry, sure) for entry, sure in sums.taxes[:MAX_TAXES]],
        rounding=_sum(sums.rounding),
        total=_sum(sums.total),
        paid=_sum(sums.paid),
        change=_sum(sums.change),
    )
    if _tax_included(invoice):
        for tax in invoice.taxes:
            tax.included = True
    invoice.marks = check(invoice)
    if len(goods) > MAX_LINES:
        message = f"It has {len(goods)} lines, of which the first {MAX_LINES} are kept."
        invoice.marks.insert(0, Mark(code="pages", message=message))
    return invoice


_OF_SUMS: frozenset[Role] = frozenset({"total", "subtotal"})


def _of_goods(entry: Entry) -> Entry:
    """Of the rows of goods no word tells what a sum is: “Carta A4” is paper, and not how something was paid."""
    return entry if entry.role in _OF_SUMS else replace(entry, role=None, firm=0.0)


def _look_again(goods: Sequence[Goods], pages: Sequence[Page], look: Look, mark: str | None) -> None:
    """Read the places of quantities that were missed."""
    for page in pages:
        missed = [one for one in goods if one.hole and one.page == page.number]
        if not missed or page.size == (0, 0):
            continue
        quads = [page.corners(*one.hole) for one in missed if one.hole]
        for one, (text, sure) in zip(missed, look(page.number, quads), strict=True):
            value = amount(tidied(text), mark)
            if value and one.hole and sure >= LOOKED_FROM and not value.percent and value.value > 0:
                one.quantity = Cell(value, page.at(*one.hole, text, sure))


def _kind(pages: Sequence[Page], sums: Sums, due: bool) -> Kind:
    titles = [piece.text for page in pages[:1] for piece in page.pieces if len(piece.text) < 40]
    if any(labels.CREDIT_NOTE.in_(text) for text in titles[:40]):
        return Kind.CREDIT_NOTE
    narrow = pages[0].right - pages[0].left < NARROW * pages[0].em
    addressed = any(labels.BUYER.in_(text) and len(text) < 20 for text in titles) or due
    told = any(labels.RECEIPT.in_(text) for text in titles)
    return Kind.RECEIPT if sums.change or told or (narrow and not addressed) else Kind.INVOICE


# --- Values ----------------------------------------------------------------------------------------------


def _box(pieces: Sequence[Piece]) -> Box | None:
    """Around `pieces` of the page the first stands on."""
    same = [piece for piece in pieces if piece.page == pieces[0].page]
    if not same:
        return None
    lefts, tops, rights, bottoms = zip(
        *((min(1.0, max(0.0, edge)) for edge in piece.box) for piece in same), strict=True
    )
    return Box(page=same[0].page, left=min(lefts), top=min(tops), right=max(rights), bottom=max(bottoms))


def _value(value: Any, pieces: Sequence[Piece], text: str, sure: float) -> dict[str, Any]:
    return {
        "value": value,
        "text": text[:2000],
        "box": _box(pieces),
        "confidence": round(min(1.0, max(0.0, sure)), 3),
        "source": Source.READER,
    }


def _words(text: str, pieces: Sequence[Piece], sure: float) -> Any:
    return _value(text[:2000], pieces, " ".join(piece.text for piece in pieces), sure) if text else None


def _found(found: Found | None) -> Any:
    return _value(found.text, [found.piece], found.piece.text, found.sure) if found else None


def _date(found: tuple[FoundDate, Found] | None) -> Any:
    return _value(found[0].value, [found[1].piece], found[0].text, found[1].sure) if found else None


def _sum(found: tuple[Entry, float] | None, unsigned: bool = False) -> Any:
    if found is None:
        return None
    entry, sure = found
    value = abs(entry.amount.value) if unsigned else entry.amount.value
    return _value(value, [entry.piece], entry.amount.text, sure)


def _tax(entry: Entry, sure: float) -> Tax:
    rate = re.search(r"(\d{1,2}(?:[.,]\d{1,2})?)\s?%", entry.label)
    told = _value(Decimal(rate[1].replace(",", ".")), [entry.piece], rate[0], sure) if rate else None
    return Tax(rate=told, amount=_sum((entry, sure)))  # type: ignore[arg-type]


def _line(goods: Goods) -> InvoiceLine:
    # A row of digits beside words is a bar code or a number of the shop.
    said = [piece for piece in goods.words if letters(piece.text)]
    said = [piece for piece in goods.words if piece in said or digits(piece.text) < CODE_DIGITS]
    words = " ".join(piece.text for piece in said).strip()
    return InvoiceLine(
        quantity=_cell(goods.quantity),
        description=_words(words, said, fmean(piece.sure for piece in said)) if letters(words) else None,
        unit_price=_cell(goods.price),
        discount=_off(goods.discount, rate=False),
        discount_rate=_off(goods.discount, rate=True),
        amount=_cell(goods.amount),
    )


def _cell(cell: Cell | None) -> Any:
    return _value(cell.value.value, [cell.piece], cell.value.text, 0.95 * cell.piece.sure) if cell else None


def _off(cell: Cell | None, rate: bool) -> Any:
    """A discount in money, or in per cent."""
    if cell is None or cell.value.percent != rate or not (rate or cell.value.is_money):
        return None
    return _value(abs(cell.value.value), [cell.piece], cell.value.text, 0.9 * cell.piece.sure)


def _tax_included(invoice: Invoice) -> bool:
    """Whether the prices hold the tax: the lines alone come to the total."""
    goods = lines_total(invoice)
    if goods is None or invoice.total is None or not any(tax.amount and tax.amount.value for tax in invoice.taxes):
        return False
    off = invoice.discount.value if invoice.discount else Decimal()
    extra = invoice.charges.value if invoice.charges else Decimal()
    rounding = invoice.rounding.value if invoice.rounding else Decimal()
    return any(abs(goods - taken + extra + rounding - invoice.total.value) <= CENT for taken in (Decimal(), off))
