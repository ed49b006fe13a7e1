"""Lines out of rows: which of the rows without an amount belong to the line above, and which to the one below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from media_library.extraction.columns import Header
from media_library.extraction.cutting import Cell, Cut
from media_library.extraction.labels import role_of
from media_library.extraction.layout import Page, Piece
from media_library.extraction.words import letters

NEAR = 1.1
"""Rows with more free between them, by the height of usual text, do not continue one another."""
WIDER = 0.2
"""By how much, by the height of usual text, the gap between two lines exceeds those within one, at least."""


@dataclass
class Goods:
    """One line as it was read. `rows`: the numbers of its rows in the document; `hole`: where its quantity would stand,
    on the straight page, if nothing was read there."""

    page: int
    top: float
    bottom: float
    quantity: Cell | None = None
    price: Cell | None = None
    amount: Cell | None = None
    discount: Cell | None = None
    words: list[Piece] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    hole: tuple[float, float, float, float] | None = None

    @property
    def described(self) -> bool:
        return any(letters(piece.text) > 1 for piece in self.words)


def put_together(cuts: Sequence[Cut], header: Header | None) -> list[Goods]:
    goods: list[Goods] = []
    waiting: list[Cut] = []
    above: Cut | None = None
    first = next((cut for cut in cuts if cut.amount or cut.described), None)
    words_first = bool(first and first.amount is None and first.described)
    for cut in cuts:
        if cut.amount is None:
            if _belongs_above(cut, goods, waiting):
                goods[-1].quantity, goods[-1].price = cut.quantity, cut.price
                goods[-1].rows.append(cut.number)
                above = cut
            elif cut.described or cut.quantity or cut.price:
                waiting.append(cut)
            continue
        if goods and _is_discount(cut):
            goods[-1].discount = cut.amount
            goods[-1].rows.append(cut.number)
            waiting = _settle(waiting, goods)
            above = cut
            continue
        new = _goods(cut)
        split = _widest(above, waiting, cut)
        if split == (len(waiting) if words_first else 0) and not (new if words_first else goods[-1]).described:
            split = None  # every line has a description
        if split is not None:
            for one in waiting[:split]:
                _add(one, goods[-1])
            for one in reversed(waiting[split:]):
                _add(one, new, before=True)
        elif cut.described or not waiting:
            _settle(waiting, goods, new)
        else:
            mine = waiting if words_first and not (goods and not goods[-1].described) else []
            if not mine and goods and goods[-1].described:
                mine = waiting[-1:]
            _settle(waiting[: len(waiting) - len(mine)], goods)
            for one in reversed(mine):
                _add(one, new, before=True)
        waiting = []
        goods.append(new)
        above = cut
    _settle(waiting, goods, last=True, header=header)
    return goods


def _widest(above: Cut | None, waiting: Sequence[Cut], below: Cut) -> int | None:
    """How many of the rows that wait belong to the line above, told by the widest gap; None where gaps are alike."""
    if above is None or not waiting or above.page.number != below.page.number:
        return None
    # Of what stands leftmost, as the description does: what is left of a skew tells least there.
    middles = [cut.row.pieces[0].middle for cut in (above, *waiting, below)]
    steps = [after - before for before, after in pairwise(middles)]
    widest = max(range(len(steps)), key=lambda number: steps[number])
    others = [step for number, step in enumerate(steps) if number != widest]
    return widest if steps[widest] - max(others) > WIDER * below.page.em else None


def _belongs_above(cut: Cut, goods: Sequence[Goods], waiting: Sequence[Cut]) -> bool:
    """Whether a row is the “2 x 3.00” of the line above it."""
    if not goods or waiting or not (cut.quantity and cut.price) or cut.described:
        return False
    last = goods[-1]
    if last.quantity or last.amount is None:
        return False
    product = cut.quantity.value.value * cut.price.value.value
    return abs(product - abs(last.amount.value.value)) <= abs(product) / 10


def _is_discount(cut: Cut) -> bool:
    text = " ".join(piece.text for piece in cut.words)
    read = role_of(text) if text else None
    negative = cut.amount is not None and cut.amount.value.value < 0
    return bool(read and read[0] == "discount" and (negative or "%" in text)) or bool(negative and "%" in text)


def _goods(cut: Cut) -> Goods:
    return Goods(
        page=cut.page.number,
        top=cut.row.top,
        bottom=cut.row.bottom,
        quantity=cut.quantity,
        price=cut.price,
        amount=cut.amount,
        discount=cut.discount,
        words=list(cut.words),
        rows=[cut.number],
    )


def _add(cut: Cut, goods: Goods, before: bool = False) -> None:
    goods.words = [*cut.words, *goods.words] if before else [*goods.words, *cut.words]
    goods.quantity = goods.quantity or cut.quantity
    goods.price = goods.price or cut.price
    goods.rows.append(cut.number)
    if not before and goods.page == cut.page.number:
        goods.bottom = max(goods.bottom, cut.row.bottom)


def _settle(
    waiting: Sequence[Cut],
    goods: Sequence[Goods],
    new: Goods | None = None,
    last: bool = False,
    header: Header | None = None,
) -> list[Cut]:
    """Rows that wait go to the line above if they stand close below it, else to the new one."""
    for place, cut in enumerate(waiting):
        above = goods[-1] if goods else None
        gap = (cut.row.top - above.bottom) / cut.page.em if above and above.page == cut.page.number else 99.0
        if above and gap <= NEAR and not (last and header is None and above.described):
            _add(cut, above)
        elif new is not None:
            rest = [
                one
                for one in waiting[place:]
                if one.page.number == new.page and new.top - one.row.bottom <= 3 * one.page.em
            ]
            for one in reversed(rest):
                _add(one, new, before=True)
            break
    return []


def find_holes(goods: Sequence[Goods], header: Header, pages: Sequence[Page]) -> None:
    """Where the quantities of lines without one would stand: single digits are easily missed."""
    heading = header.get("quantity")
    if heading is None:
        return
    ems = {page.number: page.em for page in pages}
    for one in goods:
        if one.quantity is not None or one.amount is None:
            continue
        em = ems.get(one.page, 20.0)
        others = [other.quantity.piece for other in goods if other.quantity and other.page == one.page]
        left = min([heading.left, *(piece.left for piece in others)]) - 0.4 * em
        right = max([heading.right, *(piece.right for piece in others)]) + 0.4 * em
        for piece in [one.amount.piece, *([one.price.piece] if one.price else []), *one.words]:
            if piece.left >= right - em:
                right = min(right, piece.left - 0.1 * em)
            elif piece.right <= left + em or piece.centre < left:
                left = max(left, piece.right + 0.1 * em)
        middle, half = one.amount.piece.middle, one.amount.piece.height / 2
        if right - left > 0.5 * em:
            one.hole = (left, middle - half, right, middle + half)
