"""A row of the goods, cut into its quantity, prices and words: by the columns of a heading, or by what fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from media_library.extraction.amounts import Amount, amount, amounts
from media_library.extraction.columns import Column, Header
from media_library.extraction.entries import tidied
from media_library.extraction.layout import Page, Piece, Row
from media_library.extraction.words import digits, letters, squash

CENT = Decimal("0.01")
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
class Cut:
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


def cut_of(row: Row, number: int, page: Page, header: Header | None, mark: str | None) -> Cut:
    cut = Cut(number, row, page)
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


def _take_apart(piece: Piece, cut: Cut, cells: list[Cell], header: Header | None, mark: str | None) -> None:
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


def _assign(cells: Sequence[Cell], cut: Cut, header: Header, em: float) -> None:
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


def _fits(cut: Cut, price: Cell) -> bool:
    count, due = cut.quantity.value.value, abs(cut.amount.value.value)  # type: ignore[union-attr]
    return abs(count * price.value.value - due) <= max(CENT, count * CENT / 2)


def _fit_quantity(cut: Cut, cells: Sequence[Cell]) -> None:
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


def _guess(cells: Sequence[Cell], cut: Cut) -> None:
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
