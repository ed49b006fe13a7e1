"""What kind of document a picture shows, told by its words, where they stand, and what it looks like.

Every kind gets points for what speaks for it; the most points win, and by how much they do is how sure that is. The
words of a bill weigh most, since they look like nothing else; then what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from media_library.extraction import labels
from media_library.extraction.amounts import decimal_mark
from media_library.extraction.entries import entries_of
from media_library.extraction.ink_looks import Box, Looks, looks_of
from media_library.extraction.layout import Page, Piece, page_of
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.words import letters
from media_library.ocr import Reading

if TYPE_CHECKING:
    from PIL.Image import Image


class Kind(StrEnum):
    """As `DocumentKind` of the models has them."""

    PHOTOGRAPH = "photograph"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    TABLE = "table"
    CHART = "chart"
    FLOWCHART = "flowchart"
    PAGE = "page"


NARROW = 28.0
"""Widths of what is printed, by the height of its text, below which it may be a till's."""
TALL = 1.6
"""Height by width from which on a narrow print is a strip of paper."""
FEW_LETTERS = 25
"""What says less may be a photograph with a sign in it."""
PAPER_SHADES = 6
"""As many shades as paper has under a lamp that stands to one side of it."""
TICKS = 4
"""So many numbers in even steps at even distances are the scale of an axis."""


def kind_of(picture: Image, reading: Reading) -> tuple[Kind, float]:
    """The kind of what `picture` shows, and how sure that is, 0 to 1. `reading`: its text, upright by `turned`.

    What is none of the kinds is called a photograph where it says next to nothing, else a page. Never raises on what
    it shows.
    """
    page = page_of(reading)
    points = _points(_Text(page), looks_of(picture, page))
    (kind, most), (_, second) = sorted(points.items(), key=lambda pair: -pair[1])[:2]
    return kind, round(min(1.0, 0.5 + (most - second) / 4), 2)


def _points(text: _Text, looks: Looks) -> dict[Kind, float]:
    bill, receipt = _bill(text), _receipt(text)
    return {
        Kind.RECEIPT: bill + receipt,
        Kind.INVOICE: bill - receipt,
        Kind.PHOTOGRAPH: _photograph(text, looks),
        Kind.FLOWCHART: _flowchart(text, looks),
        Kind.CHART: _chart(text, looks),
        Kind.TABLE: _table(text, looks),
        Kind.PAGE: _page(text, looks),
    }


@dataclass(frozen=True)
class _Text:
    """What is read on a page, counted."""

    page: Page

    @cached_property
    def pieces(self) -> list[Piece]:
        return [piece for piece in self.page.pieces if any(map(str.isalnum, piece.text))]

    @cached_property
    def letters(self) -> int:
        return sum(sum(map(str.isalnum, piece.text)) for piece in self.pieces)

    @cached_property
    def numeric(self) -> float:
        """The share of pieces that are a number."""
        return sum(number_in(piece.text) is not None for piece in self.pieces) / max(1, len(self.pieces))

    @cached_property
    def prose(self) -> float:
        """The share of letters in pieces of five words and more."""
        long = sum(sum(map(str.isalnum, p.text)) for p in self.pieces if len(p.text.split()) >= 5)
        return long / max(1, self.letters)

    @cached_property
    def parted(self) -> float:
        """The share of rows with several pieces that stand apart."""
        rows = [row for row in self.page.rows if any(letters(p.text) or number_in(p.text) for p in row.pieces)]
        apart = sum(any(b.left - a.right > 0.8 * self.page.em for a, b in pairwise(row.pieces)) for row in rows)
        return apart / max(1, len(rows))

    @cached_property
    def columns(self) -> int:
        """How many columns at least three pieces stand in, one below the other, by one of their edges."""
        return len(_lined_up(self.pieces, self.page.em))

    @cached_property
    def ticks(self) -> int:
        """How many numbers are scales of axes: in even steps at even distances."""
        told = [(piece, found[0]) for piece in self.pieces if (found := number_in(piece.text))]
        em = self.page.em
        down = _scale(_grouped(told, lambda piece: piece.right, em), lambda piece: piece.middle)
        across = _scale(_grouped(told, lambda piece: piece.middle, em), lambda piece: piece.centre)
        return down + across


# --- What speaks for each --------------------------------------------------------------------------------


def _bill(text: _Text) -> float:
    """Invoices and receipts: sums with their names, taxes, what was paid, titles."""
    mark = decimal_mark(piece.text for piece in text.pieces)
    entries = entries_of([text.page], mark)
    firm = {entry.role for entry in entries if entry.role and entry.firm >= 0.4}
    if not firm & {"total", "subtotal"}:
        # The sums may stand on the next page: then the title and a heading have to tell.
        return 1.0 * _titled(text) + (1.0 if _headed(text) and len(entries) >= 2 else 0.0)
    points = 1.5 + 0.7 * len(firm & {"subtotal", "tax", "paid", "change", "rounding"})
    points += 1.0 * _titled(text) + (0.7 if _headed(text) else 0.0)
    points += 0.4 * any(labels.DATE.in_(piece.text) for piece in text.pieces if len(piece.text) < 40)
    return points + (0.6 if len(entries) >= 3 else 0.0)


def _titled(text: _Text) -> bool:
    short = [piece.text for piece in text.pieces[:40] if len(piece.text) < 40]
    return any(_TITLE.in_(each) or labels.FIRM_NUMBER.in_(each) for each in short)


_TITLE = labels.Vocabulary(
    "invoice, tax invoice, receipt, cash bill, cash sale, cash receipt, official receipt, credit note, guest check",
    "rechnung, quittung, kassenbon, kassenbeleg, gutschrift, facture, ticket de caisse, avoir, note de credit",
    "factura, factura simplificada, recibo, nota de credito, fattura, ricevuta, scontrino, nota di credito",
    "factuur, kassabon, kwitantie, creditnota, resit, invois",
)


def _headed(text: _Text) -> bool:
    """Whether some row heads a table of goods."""
    wanted = (labels.QUANTITY, labels.DESCRIPTION, labels.PRICE, labels.AMOUNT)
    return any(
        sum(any(vocabulary.in_(piece.text) for piece in row.pieces if len(piece.text) < 30) for vocabulary in wanted)
        >= 3
        for row in text.page.rows
    )


def _receipt(text: _Text) -> float:
    """What speaks for a till's receipt rather than an invoice, -1 to 1."""
    page = text.page
    short = [piece.text for piece in text.pieces if len(piece.text) < 40]
    wide = page.right - page.left
    high = page.rows[-1].bottom - page.rows[0].top if page.rows else 0.0
    points = 0.35 if wide < NARROW * page.em else -0.35
    points += 0.25 if wide and high / wide > TALL else -0.1
    points += 0.4 * any(labels.RECEIPT.in_(each) for each in short)
    points += 0.3 * any(labels.CHANGE.in_(each) and not labels.NOT_CHANGE.in_(each) for each in short)
    points -= 0.4 * any(labels.BUYER.in_(each) and len(each) < 20 for each in short)
    points -= 0.4 * any(labels.DUE_DATE.in_(each) for each in short)
    points -= 0.5 * any(labels.CREDIT_NOTE.in_(each) for each in short)
    return max(-1.0, min(1.0, points))


def _photograph(text: _Text, looks: Looks) -> float:
    seen = min(1.5, looks.shades / 16) + min(1.5, looks.busy * 4)
    if text.letters < FEW_LETTERS:
        return 1.2 + seen - (1.5 if text.ticks >= TICKS else 0.0)
    # Of much text the rest of the picture has to be no drawing at all.
    return seen - min(3.0, text.letters / 60)


def _flowchart(text: _Text, looks: Looks) -> float:
    free = _standing_free(looks.boxes, looks.em)
    if len(free) < 3:
        return 0.0
    inside = sum(_is_in(free, piece, text.page, looks) for piece in text.pieces) / max(1, len(text.pieces))
    shaped = sum(box.fill < 0.8 for box in free)
    return (
        0.8 + min(1.2, 0.2 * len(free)) + 1.2 * inside + min(0.8, 0.3 * shaped) - 2.0 * text.numeric - 2.5 * text.prose
    )


def _chart(text: _Text, looks: Looks) -> float:
    drawn = min(1.2, 12 * looks.solid) + min(1.2, 80 * looks.strokes)
    if text.letters == 0 or text.letters > 600:
        return min(0.8, drawn)
    axes = bool(looks.across) and bool(looks.down)
    shares = sum("%" in piece.text for piece in text.pieces) >= 3
    points = drawn + (1.5 if text.ticks >= TICKS else 0.0) + 0.4 * axes + 0.7 * shares
    return points - 2.0 * text.prose - 2.4 * max(0.0, text.parted - 0.5) - min(1.5, max(0, text.columns - 2) * 0.5)


def _table(text: _Text, looks: Looks) -> float:
    if text.columns < 2 or len(text.page.rows) < 2:
        return 0.0
    grid = 0.6 if len(looks.across) >= 3 and max(looks.across) > 0.4 else 0.0
    grid += 0.4 if len(looks.down) >= 2 and max(looks.down) > 0.3 else 0.0
    points = 2.2 * text.parted + 0.4 * min(3, text.columns - 1) + grid + 0.5 * text.numeric
    return points - 2.0 * text.prose - min(1.0, 6 * looks.solid)


def _page(text: _Text, looks: Looks) -> float:
    if text.letters < FEW_LETTERS:
        # Text that cannot be read, on paper: fine and even, with nothing coloured in.
        unread = looks.shades <= PAPER_SHADES and looks.busy > 0.2 and looks.solid < 0.005 and looks.strokes < 0.02
        return 3.5 if unread else 0.5
    return 0.9 * min(1.0, text.letters / 200) + 2.2 * text.prose + 0.5 * (1 - text.parted) - min(2.0, 8 * looks.solid)


# --- Where things stand ----------------------------------------------------------------------------------


def _lined_up(pieces: Sequence[Piece], em: float) -> list[list[Piece]]:
    """Columns of at least three pieces that begin, or end, at the same place. Each piece counts once."""
    columns: list[list[Piece]] = []
    left = list(pieces)
    edges: tuple[Callable[[Piece], float], ...] = (lambda piece: piece.left, lambda piece: piece.right)
    for edge in edges:
        ordered = sorted(left, key=edge)
        groups: list[list[Piece]] = []
        for piece in ordered:
            if groups and edge(piece) - edge(groups[-1][-1]) < 0.5 * em:
                groups[-1].append(piece)
            else:
                groups.append([piece])
        kept = [group for group in groups if len(group) >= 3]
        columns += kept
        taken = {id(piece) for group in kept for piece in group}
        left = [piece for piece in left if id(piece) not in taken]
    return columns


_Told = tuple[Piece, Decimal]
"""A piece and the number that it is."""


def _grouped(told: Sequence[_Told], edge: Callable[[Piece], float], em: float) -> list[list[_Told]]:
    """Those whose edges lie close together."""
    groups: list[list[_Told]] = []
    for one in sorted(told, key=lambda one: edge(one[0])):
        if groups and edge(one[0]) - edge(groups[-1][-1][0]) < 0.6 * em:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _scale(groups: Sequence[Sequence[_Told]], place: Callable[[Piece], float]) -> int:
    """How many numbers the longest scale among `groups` has; one in four may be misread."""
    longest = 0
    for group in groups:
        if len(group) < TICKS:
            continue
        ordered = sorted(group, key=lambda one: place(one[0]))
        steps = [after[1] - before[1] for before, after in pairwise(ordered)]
        gaps = [place(after[0]) - place(before[0]) for before, after in pairwise(ordered)]
        step, gap = median(steps), median(gaps)
        even = sum(one == step and abs(wide - gap) < 0.12 * gap for one, wide in zip(steps, gaps, strict=True))
        if step and gap and even >= 0.7 * len(steps):
            longest = max(longest, even + 1)
    return longest


def _standing_free(boxes: Sequence[Box], em: float) -> list[Box]:
    """Those that share no side with another, as the cells of a table do, and hold no other."""
    free = []
    for box in boxes:
        if any(_holds(box, other) or _touches(box, other, em) for other in boxes if other is not box):
            continue
        free.append(box)
    return free


def _holds(one: Box, other: Box) -> bool:
    return one.left <= other.left and one.top <= other.top and one.right >= other.right and one.bottom >= other.bottom


def _touches(one: Box, other: Box, em: float) -> bool:
    over = min(one.right, other.right) - max(one.left, other.left)
    beside = min(one.bottom, other.bottom) - max(one.top, other.top)
    near = 0.5 * em
    if over > 0.5 * min(one.right - one.left, other.right - other.left):
        return min(abs(one.bottom - other.top), abs(other.bottom - one.top)) < near
    if beside > 0.5 * min(one.bottom - one.top, other.bottom - other.top):
        return min(abs(one.right - other.left), abs(other.right - one.left)) < near
    return False


def _is_in(boxes: Sequence[Box], piece: Piece, page: Page, looks: Looks) -> bool:
    x, y = looks.at(piece.centre, piece.middle)
    return any(box.left < x < box.right and box.top < y < box.bottom for box in boxes)
