"""The goods: rows of a table, ruled or not, with a heading or without, or what a till prints.

A row with an amount is a line or a part of one. What stands in rows without an amount is a description that goes on, or
one that comes first, or “2 x 3.00” of the line above; which of these is told by the rows themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from media_library.extraction.amounts import Amount, amounts
from media_library.extraction.columns import Header, header_of, merged
from media_library.extraction.cutting import TIMES, Cut, cut_of
from media_library.extraction.entries import tidied
from media_library.extraction.joining import Goods, find_holes, put_together
from media_library.extraction.labels import TOTAL, role_of
from media_library.extraction.layout import Page, Row
from media_library.extraction.vendors import is_particular
from media_library.extraction.words import letters


def goods_of(pages: Sequence[Page], mark: str | None) -> list[Goods]:
    """The lines of a document, in order. Empty where there are none."""
    cuts, header = _table(pages, mark)
    if not cuts:
        return []
    goods = put_together(cuts, header)
    goods = [one for one in goods if one.amount]
    if header:
        find_holes(goods, header, pages)
    _drop_positions(goods)
    return goods


def _drop_positions(goods: Sequence[Goods]) -> None:
    """Leave out numbers that only count the lines, where no heading said so."""
    firsts = [re.match(r"\s*(\d{1,3})[.)]?(?:\s+|$)", one.words[0].text) if one.words else None for one in goods]
    counted = sum(bool(first and int(first[1]) == number) for number, first in enumerate(firsts, start=1))
    if counted < 2 or counted < 0.8 * len(goods):
        return
    for number, (one, first) in enumerate(zip(goods, firsts, strict=True), start=1):
        if first and int(first[1]) == number:
            piece = one.words[0]
            rest = [piece.part(first.end(), len(piece.text))] if first.end() < len(piece.text) else []
            one.words = [*rest, *one.words[1:]]


def _table(pages: Sequence[Page], mark: str | None) -> tuple[list[Cut], Header | None]:
    """The rows between the heading and the sums, on all pages."""
    cuts: list[Cut] = []
    header: Header | None = None
    number = 0
    for page in pages:
        starts = _start(page, mark)
        own, begin = starts if starts else (None, 0)
        header = own or header
        for at, row in enumerate(page.rows):
            number += 1
            if at < begin or (own is None and page.number == pages[0].number and at < _first_price(page, mark)):
                continue
            if ends_goods(row, header, mark):
                if _is_partial(row):
                    continue
                return cuts, header
            if _is_carried(row) or header_of(row):
                continue
            cuts.append(cut_of(row, number, page, header, mark))
    return cuts, header


def _start(page: Page, mark: str | None) -> tuple[Header, int] | None:
    """The heading of a page and the number of the first row below it. What is below the sums heads no goods."""
    best: tuple[int, Header, int] | None = None
    for at, row in enumerate(page.rows):
        header = header_of(row)
        if header is None:
            if (
                ends_goods(row, None, mark)
                and not _is_partial(row)
                and any(price.is_money for price in _money(row, mark))
            ):
                break
            continue
        below = at + 1
        if below < len(page.rows):
            second = header_of(page.rows[below])
            if second:
                header, below = merged(header, second), below + 1
        rank = len(header.columns)
        if best is None or rank > best[0]:
            best = rank, header, below
        if rank >= 3:
            break
    return (best[1], best[2]) if best else None


def _first_price(page: Page, mark: str | None) -> int:
    """Where goods begin without a heading: at the first price, with what describes it above."""
    for at, row in enumerate(page.rows):
        if any(price.is_money for price in _money(row, mark)) and at > 1 and not is_particular(row.text):
            above = page.rows[at - 1]
            first = row.pieces[0]
            if letters(first.text) < 3 or TIMES.match(first.text):
                return at - 1 if letters(above.text) > 2 and not is_particular(above.text) else at
            return at
    return len(page.rows)


def _money(row: Row, mark: str | None) -> list[Amount]:
    return [price for piece in row.pieces for price in amounts(tidied(piece.text), mark)]


def ends_goods(row: Row, header: Header | None, mark: str | None) -> bool:
    """Whether the sums begin with this row."""
    numbers = [price for price in _money(row, mark) if price.is_money]
    label = " ".join(re.sub(r"[\d.,]+", " ", piece.text) for piece in row.pieces)
    read = role_of(label)
    if read is None:
        return False
    role, firm = read
    if role in ("total", "subtotal"):
        return len(label.split()) <= 7 and (firm >= 0.8 or bool(numbers)) and len(numbers) <= 2
    if role == "count" and numbers and TOTAL.in_(label):
        return True
    if role in ("tax", "count", "rounding") and len(numbers) == 1:
        return len(label.split()) <= 5 and not (header and header.get("price") and len(row.pieces) > 2)
    return False


def _is_partial(row: Row) -> bool:
    """Whether a sum is that of the goods taxed at one rate, after which others may follow."""
    read = role_of(" ".join(piece.text for piece in row.pieces))
    return bool(read and read[0] in ("total", "subtotal") and read[1] < 0.5 and "%" in row.text)


def _is_carried(row: Row) -> bool:
    read = role_of(row.text)
    return bool(read and read[0] == "carried" and len(row.text) < 60)
