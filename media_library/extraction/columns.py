"""The heading of a table of goods: which column holds what, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from media_library.extraction import labels
from media_library.extraction.amounts import amounts
from media_library.extraction.layout import Piece, Row
from media_library.extraction.words import blurred, squash

Column = Literal["position", "code", "quantity", "unit", "description", "price", "discount", "tax", "amount"]

_WORDS: tuple[tuple[Column, labels.Vocabulary], ...] = (
    ("quantity", labels.QUANTITY),
    ("price", labels.PRICE),
    ("amount", labels.AMOUNT),
    ("description", labels.DESCRIPTION),
    ("discount", labels.LINE_DISCOUNT),
    ("tax", labels.LINE_TAX),
    ("position", labels.POSITION),
    ("code", labels.CODE),
    ("unit", labels.UNIT),
)
MAX_WORDS = 4
"""Of one heading."""


@dataclass(frozen=True)
class Heading:
    """One column: what it holds and the edges of its heading, in pixels of the straight page."""

    column: Column
    left: float
    right: float
    ambiguous: bool = False


@dataclass(frozen=True)
class Header:
    """A heading row. `columns` from left to right; each kind once."""

    columns: tuple[Heading, ...]

    def get(self, column: Column) -> Heading | None:
        return next((heading for heading in self.columns if heading.column == column), None)

    def before(self, column: Column, other: Column) -> bool:
        """Whether both are there and `column` stands left of `other`."""
        one, two = self.get(column), self.get(other)
        return bool(one and two and one.left < two.left)


def header_of(row: Row) -> Header | None:
    """The heading that a row is, if it is one: two columns at least, one of them the amount, price or quantity."""
    if any(price.is_money for price in amounts(row.text)):
        return None
    found: list[Heading] = []
    words = unknown = 0
    for piece in row.pieces:
        headings, missed, count = _headings(piece)
        found += headings
        unknown += missed
        words += count
    found = [_no_unit(heading, found) for heading in found]
    kinds: dict[Column, Heading] = {}
    for heading in found:
        if heading.column == "amount" and "amount" in kinds:
            # “Amount” and “Total” side by side: what a line costs stands to the right.
            kinds["amount"] = heading
        kinds.setdefault(heading.column, heading)
    columns = tuple(sorted(kinds.values(), key=lambda heading: heading.left))
    numeric = {"amount", "price", "quantity"} & kinds.keys()
    if len(columns) < 3 and any(character.isdigit() for character in row.text):
        return None  # “Items: 4  Qty: 4” is no heading
    if len(columns) < 2 or not numeric or unknown * 2 > words:
        return None
    if numeric == {"amount"} and "description" not in kinds:
        return None
    return Header(columns)


def _no_unit(heading: Heading, found: Sequence[Heading]) -> Heading:
    """“Unit” heads prices, and where another heading does, what the quantity is counted in."""
    priced = sum(other.column == "price" for other in found)
    if heading.ambiguous and priced > 1:
        return replace(heading, column="unit")
    return heading


def merged(upper: Header, lower: Header) -> Header:
    """One heading in two rows."""
    known = {heading.column for heading in upper.columns}
    extra = [heading for heading in lower.columns if heading.column not in known]
    return replace(upper, columns=tuple(sorted([*upper.columns, *extra], key=lambda heading: heading.left)))


def _headings(piece: Piece) -> tuple[list[Heading], int, int]:
    """The headings in a piece, how many of its words are none, and how many words it has."""
    words: list[tuple[int, int]] = []
    start = 0
    for word in piece.text.split(" "):
        if word:
            words.append((start, start + len(word)))
        start += len(word) + 1
    found, unknown, at = [], 0, 0
    while at < len(words):
        for count in range(min(MAX_WORDS, len(words) - at), 0, -1):
            first, last = words[at][0], words[at + count - 1][1]
            column = _column(piece.text[first:last])
            if column:
                part = piece.part(first, last)
                unit = squash(part.text) in ("unit", "unidad", "ud", "uds")
                found.append(Heading(column, part.left, part.right, unit and column in ("price", "quantity")))
                at += count
                break
        else:
            run_together = _run_together(piece, words[at][0], words[min(at + MAX_WORDS, len(words)) - 1][1])
            if run_together:
                found += run_together
                break
            unknown += 1
            at += 1
    return found, unknown, len(words)


def _run_together(piece: Piece, start: int, end: int) -> list[Heading]:
    """Two headings whose gap was not read: “Q.tàPrezzo unitario”."""
    text = piece.text[start:end]
    for cut in range(2, len(text) - 1):
        one, two = _column(text[:cut]), _column(text[cut:])
        if one and two and one != two and not text[cut:].startswith((".", " ")):
            parts = piece.part(start, start + cut), piece.part(start + cut, end)
            return [Heading(column, part.left, part.right) for column, part in zip((one, two), parts, strict=True)]
    return []


def _column(text: str) -> Column | None:
    if text.strip() == "#":
        return "position"
    plain = blurred(squash(labels.mended(text)))
    if not plain:
        return None
    for column, phrases in _phrases():
        if plain in phrases:
            return column
    # Units in brackets: “Amount (RM)”.
    bare = text.split("(")[0]
    return _column(bare) if bare != text and squash(bare) else None


@cache
def _phrases() -> Sequence[tuple[Column, frozenset[str]]]:
    return tuple((column, vocabulary.phrases) for column, vocabulary in _WORDS)
