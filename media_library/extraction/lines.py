"""The goods: rows of a table, ruled or not, with a heading or without, or what a till prints.

A row with an amount is a line or a part of one. What stands in rows without an amount is a description that goes on, or
one that comes first, or “2 x 3.00” of the line above; which of these is told by the rows themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from media_library.extraction.amounts import Amount, amount, amounts
from media_library.extraction.columns import Column, Header, header_of, merged
from media_library.extraction.entries import tidied
from media_library.extraction.labels import TOTAL, role_of
from media_library.extraction.layout import Page, Piece, Row
from media_library.extraction.vendors import is_particular
from media_library.extraction.words import digits, letters, squash

NEAR = 1.1
"""Rows with more free between them, by the height of usual text, do not continue one another."""
CENT = Decimal("0.01")
WIDER = 0.2
"""By how much, by the height of usual text, the gap between two lines exceeds those within one, at least."""
MAX_QUANTITY = 100_000
TIMES = re.compile(
    r"^\W{0,2}(\d{1,5}(?:[.,]\d{1,3})?)\s?(?:pcs?|stk|st|pz|uds?|ea|pkt|nos|unit)?\s?[xX×*@]\s?(?=\S|$)", re.IGNORECASE
)
COUNTED = re.compile(
    r"^(\d{1,5}(?:[.,]\d{1,3})?)\s?(?:pcs?|pc|stk|stück|st|pz|uds?|ea|pkt|nos|unit|units|set|sets|h|hrs|std|kg|box|btl)\.?$",
    re.IGNORECASE,
)


_SHORT_UNIT = re.compile(r"^(\d{1,5}(?:[.,]\d{1,3})?)\s?[^\W\d_]{1,5}\.?$")


@dataclass
class Cell:
    """A value with the piece it stands in."""

    value: Amount
    piece: Piece


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


@dataclass
class _Cut:
    """A row cut into what it says."""

    number: int
    row: Row
    page: Page
    quantity: Cell | None = None
    price: Cell | None = None
    amount: Cell | None = None
    discount: Cell | None = None
    words: list[Piece] = field(default_factory=list)

    @property
    def described(self) -> bool:
        return any(letters(piece.text) > 1 for piece in self.words)


def goods_of(pages: Sequence[Page], mark: str | None) -> list[Goods]:
    """The lines of a document, in order. Empty where there are none."""
    cuts, header = _table(pages, mark)
    if not cuts:
        return []
    goods = _put_together(cuts, header)
    goods = [one for one in goods if one.amount]
    if header:
        _find_holes(goods, header, pages)
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


def _table(pages: Sequence[Page], mark: str | None) -> tuple[list[_Cut], Header | None]:
    """The rows between the heading and the sums, on all pages."""
    cuts: list[_Cut] = []
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
            cuts.append(_cut(row, number, page, header, mark))
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


# --- One row ---------------------------------------------------------------------------------------------


def _cut(row: Row, number: int, page: Page, header: Header | None, mark: str | None) -> _Cut:
    cut = _Cut(number, row, page)
    cells: list[Cell] = []
    for piece in row.pieces:
        _take_apart(piece, cut, cells, header, mark)
    if header:
        cut.words = [part for piece in cut.words if (part := _described(piece, header, page.em))]
        _assign(cells, cut, header, page.em)
    else:
        _guess(cells, cut)
    if cut.amount is None and cut.price and not cut.quantity and not header:
        cut.amount, cut.price = cut.price, None
    return cut


def _take_apart(piece: Piece, cut: _Cut, cells: list[Cell], header: Header | None, mark: str | None) -> None:
    """The numbers and the words of a piece."""
    text = tidied(piece.text)
    whole = amount(text, mark)
    if whole and not re.search(r"\d{6,}", text):
        cells.append(Cell(whole, piece))
        return
    counted = COUNTED.match(text.strip()) or (_is_counted(piece, header) and _SHORT_UNIT.match(text.strip()))
    if counted:
        value = amount(counted[1], mark)
        if value:
            start = text.find(counted[1])
            cells.append(Cell(value, piece.part(start, start + len(counted[1]))))
            return
    start = 0
    times = TIMES.match(text)
    if times and cut.quantity is None:
        value = amount(times[1], mark)
        if value and value.value <= MAX_QUANTITY:
            cut.quantity = Cell(value, piece.part(times.start(1), times.end(1)))
            start = times.end()
    end = len(text)
    trailing: list[Cell] = []
    for price in reversed(amounts(text[start:], mark)):
        rest = text[start + price.end : end]
        # A tax code may follow: “5.40 SR”.
        if not price.is_money or letters(rest) > 3 or digits(rest):
            break
        trailing.append(Cell(price, piece.part(start + price.start, start + price.end)))
        end = start + price.start
    words = text[start:end]
    leading = re.match(r"\s*(\d{1,4}(?:[.,]\d{1,3})?)\s+(?=\D)", words) if header and not start else None
    if leading and _leads(header):
        value = amount(leading[1], mark)
        if value:
            cells.append(Cell(value, piece.part(leading.start(1), leading.end(1))))
            start += leading.end()
            words = text[start:end]
    inner = re.search(r"(?:^|\s)(\d{1,4}(?:[.,]\d{1,3})?)\s*$", words) if header and trailing else None
    if inner and header and header.before("description", "quantity") and header.before("quantity", "price"):
        value = amount(inner[1], mark)
        if value:
            cells.append(Cell(value, piece.part(start + inner.start(1), start + inner.end(1))))
            words = words[: inner.start()]
    if squash(words):
        cut.words.append(piece.part(start, start + len(words.rstrip())))
    cells.extend(reversed(trailing))


def _is_counted(piece: Piece, header: Header | None) -> bool:
    """Whether a piece stands where quantities do, perhaps run together with their units."""
    heading = header.get("quantity") if header else None
    words = header.get("description") if header else None
    if heading and words and heading.left < words.left < piece.right - piece.height:
        return False  # it reaches into what is described
    return bool(heading and heading.left - piece.height < piece.centre < heading.right + 4 * piece.height)


def _leads(header: Header | None) -> bool:
    return bool(header and (header.before("quantity", "description") or header.before("position", "description")))


def _described(piece: Piece, header: Header, em: float) -> Piece | None:
    """What of a text belongs to the description: not the code before it, not the unit of a quantity."""
    for column in ("code", "unit", "tax"):
        heading = header.get(column)
        if heading is None:
            continue
        beside = min(abs(piece.left - heading.left), abs(piece.right - heading.right)) < em
        following = [other.left for other in header.columns if other.left > heading.left]
        if beside and (not following or piece.right < min(following) + em) and " " not in piece.text.strip():
            return None
        if column == "code" and abs(piece.left - heading.left) < em and header.before("code", "description"):
            code = re.match(r"\S*\d\S*\s+", piece.text)
            if code:
                return piece.part(code.end(), len(piece.text))
    return piece


def _assign(cells: Sequence[Cell], cut: _Cut, header: Header, em: float) -> None:
    """Numbers to columns, by where their headings stand."""
    wanted: dict[Column, list[tuple[float, Cell]]] = {}
    for cell in cells:
        column, distance = _nearest(cell, header)
        if column == "description" or (
            column in ("amount", "price")
            and not cell.value.is_money
            and cell.value.decimals is None
            and distance > 4 * em
        ):
            cut.words.append(cell.piece)
            continue
        wanted.setdefault(column, []).append((distance, cell))
    spare: list[Cell] = []
    for column, found in wanted.items():
        found.sort(key=lambda one: one[0])
        if column in ("position", "tax", "code", "unit"):
            continue
        if not getattr(cut, column):
            setattr(cut, column, found[0][1])
        spare += [cell for _, cell in found[1:]]
    if cut.price and cut.amount and cut.quantity and not _fits(cut, cut.price):
        # Prices with and without tax side by side: that of the amount is meant.
        cut.price = next((cell for cell in spare if cell.value.is_money and _fits(cut, cell)), cut.price)
    for cell in spare:
        if cut.amount is None and cell.value.is_money:
            cut.amount = cell
        elif cut.price is None and cell.value.is_money:
            cut.price = cell
    if cut.amount is None and cut.price and header.get("amount") is None:
        cut.amount = cut.price
    if cut.quantity and cut.quantity.value.value > MAX_QUANTITY:
        cut.quantity = None
    if cut.quantity is None and cut.price and cut.amount:
        _fit_quantity(cut, cells)
    cut.words.sort(key=lambda piece: piece.left)


def _fits(cut: _Cut, price: Cell) -> bool:
    count, due = cut.quantity.value.value, abs(cut.amount.value.value)  # type: ignore[union-attr]
    return abs(count * price.value.value - due) <= max(CENT, count * CENT / 2)


def _fit_quantity(cut: _Cut, cells: Sequence[Cell]) -> None:
    """A number whose column is not known is the quantity if price times it is the amount."""
    for cell in cells:
        product = cell.value.value * cut.price.value.value  # type: ignore[union-attr]
        if cell.piece in cut.words and abs(product - abs(cut.amount.value.value)) < CENT:  # type: ignore[union-attr]
            cut.quantity = cell
            cut.words.remove(cell.piece)
            return


def _nearest(cell: Cell, header: Header) -> tuple[Column, float]:
    """The column a number stands in: of the same left, right or middle as its heading, or nearest to it."""
    piece = cell.piece
    best: tuple[float, Column] | None = None
    for heading in header.columns:
        if heading.column == "unit":
            continue  # no numbers
        middle = (heading.left + heading.right) / 2
        distance = min(abs(piece.right - heading.right), abs(piece.left - heading.left), abs(piece.centre - middle))
        if heading.column == "description":
            # Text is set from the left.
            distance = abs(piece.left - heading.left) + (1e6 if cell.value.is_money else 0)
        if heading.column == "tax" and not cell.value.percent:
            distance *= 1.5
        if best is None or distance < best[0]:
            best = distance, heading.column
    assert best is not None  # a header has two columns
    return best[1], best[0]


def _guess(cells: Sequence[Cell], cut: _Cut) -> None:
    """Numbers without a heading: the last price is the amount; what multiplies to it are quantity and price."""
    prices = [cell for cell in cells if cell.value.is_money]
    counts = [cell for cell in cells if not cell.value.is_money and not cell.value.percent]
    if prices and cut.quantity and len(prices) == 1 and not counts and not cut.words:
        # “2 x 3.00” by itself.
        cut.price = prices[0]
        return
    if not prices:
        if cut.quantity is None and len(counts) == 1 and cut.words:
            cut.words.append(counts[0].piece)
            cut.words.sort(key=lambda piece: piece.left)
        return
    cut.amount = prices[-1]
    target = abs(cut.amount.value.value)
    others = prices[:-1]
    quantities = [cut.quantity] if cut.quantity else counts
    for price in reversed(others):
        for count in quantities:
            if abs(price.value.value * count.value.value - target) <= max(1, abs(count.value.value)) / 200:
                cut.price, cut.quantity = price, count
                return
    if others:
        cut.price = others[-1] if len(others) < 3 else None
    if cut.quantity is None and len(counts) == 1 and 0 < counts[0].value.value < 1000:
        cut.quantity = counts[0]


# --- Lines out of rows -----------------------------------------------------------------------------------


def _put_together(cuts: Sequence[_Cut], header: Header | None) -> list[Goods]:
    goods: list[Goods] = []
    waiting: list[_Cut] = []
    above: _Cut | None = None
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


def _widest(above: _Cut | None, waiting: Sequence[_Cut], below: _Cut) -> int | None:
    """How many of the rows that wait belong to the line above, told by the widest gap; None where gaps are alike."""
    if above is None or not waiting or above.page.number != below.page.number:
        return None
    # Of what stands leftmost, as the description does: what is left of a skew tells least there.
    middles = [cut.row.pieces[0].middle for cut in (above, *waiting, below)]
    steps = [after - before for before, after in pairwise(middles)]
    widest = max(range(len(steps)), key=lambda number: steps[number])
    others = [step for number, step in enumerate(steps) if number != widest]
    return widest if steps[widest] - max(others) > WIDER * below.page.em else None


def _belongs_above(cut: _Cut, goods: Sequence[Goods], waiting: Sequence[_Cut]) -> bool:
    """Whether a row is the “2 x 3.00” of the line above it."""
    if not goods or waiting or not (cut.quantity and cut.price) or cut.described:
        return False
    last = goods[-1]
    if last.quantity or last.amount is None:
        return False
    product = cut.quantity.value.value * cut.price.value.value
    return abs(product - abs(last.amount.value.value)) <= abs(product) / 10


def _is_discount(cut: _Cut) -> bool:
    text = " ".join(piece.text for piece in cut.words)
    read = role_of(text) if text else None
    negative = cut.amount is not None and cut.amount.value.value < 0
    return bool(read and read[0] == "discount" and (negative or "%" in text)) or bool(negative and "%" in text)


def _goods(cut: _Cut) -> Goods:
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


def _add(cut: _Cut, goods: Goods, before: bool = False) -> None:
    goods.words = [*cut.words, *goods.words] if before else [*goods.words, *cut.words]
    goods.quantity = goods.quantity or cut.quantity
    goods.price = goods.price or cut.price
    goods.rows.append(cut.number)
    if not before and goods.page == cut.page.number:
        goods.bottom = max(goods.bottom, cut.row.bottom)


def _settle(
    waiting: Sequence[_Cut],
    goods: Sequence[Goods],
    new: Goods | None = None,
    last: bool = False,
    header: Header | None = None,
) -> list[_Cut]:
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


def _find_holes(goods: Sequence[Goods], header: Header, pages: Sequence[Page]) -> None:
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
