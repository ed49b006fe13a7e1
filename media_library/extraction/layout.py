"""What was read on a page as rows of pieces, upright and straight.

The reader turns a page the right way up; here its skew is taken out, and pieces that stand side by side become rows.
Everything after this works in pixels of the straight page, and asks `Piece.box` where to point at on the page itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

import numpy as np

from media_library.formats.base import Box, Line
from media_library.ocr import Reading
from media_library.ocr.layout import displayed, places_of, skew_of

MAX_PIECES = 4000
"""The most that is looked at on one page, from above; a page of small print has some 1500."""
BESIDE = 0.45
"""By how much of the lower one two pieces of one row overlap in height, at least."""
LINE_ASPECT = 1.414
"""Height by width of a page that came without its size, as from a PDF: A4."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text. Edges in pixels of the straight page; `box` in shares of the page as displayed."""

    text: str
    sure: float
    left: float
    top: float
    right: float
    bottom: float
    page: int
    box: Box

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    def part(self, start: int, end: int) -> Piece:
        """The characters from `start` to `end`, whose place is told by their share of the length."""
        if start <= 0 and end >= len(self.text):
            return self
        share = (self.right - self.left) / max(1, len(self.text))
        left, right = self.left + share * start, self.left + share * end
        outer_left, top, outer_right, bottom = self.box
        box = self.box
        if outer_right - outer_left > bottom - top:
            along = (outer_right - outer_left) / max(1, len(self.text))
            box = (outer_left + along * start, top, outer_left + along * end, bottom)
        return Piece(self.text[start:end], self.sure, left, self.top, right, self.bottom, self.page, box)


@dataclass(frozen=True)
class Row:
    """Pieces side by side, from left to right; at least one."""

    pieces: tuple[Piece, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def top(self) -> float:
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        return max(piece.bottom for piece in self.pieces)

    @cached_property
    def middle(self) -> float:
        return float(np.mean([piece.middle for piece in self.pieces]))

    @cached_property
    def height(self) -> float:
        return float(median(piece.height for piece in self.pieces))


@dataclass(frozen=True)
class Page:
    """A page. `em`: the height of its usual text in pixels, by which all distances on it are measured."""

    number: int
    rows: tuple[Row, ...] = ()
    em: float = 1.0
    skew: float = 0.0
    """By how much the text of the picture falls to the right, in radians."""
    turned: int = 0
    size: tuple[int, int] = (0, 0)
    """As of the Reading it comes from; (0, 0) where there is no picture."""

    def at(self, left: float, top: float, right: float, bottom: float, text: str, sure: float) -> Piece:
        """A piece at a place on the straight page."""
        width, height = (max(1, side) for side in self.size)
        box = displayed(self.corners(left, top, right, bottom) / (width, height), self.turned)
        return Piece(text, sure, left, top, right, bottom, self.number, box)

    def corners(self, left: float, top: float, right: float, bottom: float) -> np.ndarray:
        """(4, 2) the corners of a place on the straight page, in pixels of the picture that was read."""
        turn = np.array([(np.cos(self.skew), np.sin(self.skew)), (-np.sin(self.skew), np.cos(self.skew))])
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) @ turn

    @property
    def pieces(self) -> Iterable[Piece]:
        return (piece for row in self.rows for piece in row.pieces)

    @cached_property
    def left(self) -> float:
        return min((row.left for row in self.rows), default=0.0)

    @cached_property
    def right(self) -> float:
        return max((row.right for row in self.rows), default=1.0)


def page_of(reading: Reading, number: int = 1) -> Page:
    """The page that was read. Pieces whose place is not a number are left out; without pieces the lines are taken."""
    if not reading.pieces:
        return page_of_lines(reading.lines, number)
    width, height = (max(1, side) for side in reading.size)
    kept = [piece for piece in reading.pieces if _placed(piece.corners)]
    kept = sorted(kept, key=lambda piece: piece.corners[0][1])[:MAX_PIECES]
    quads = [np.array(piece.corners, np.float64) for piece in kept]
    # Text that runs up or down on an upright page is no row of anything.
    across = [abs(q[1][0] - q[0][0]) >= abs(q[1][1] - q[0][1]) for q in quads]
    skew = skew_of([quad for quad, runs in zip(quads, across, strict=True) if runs])
    # Around the middle of each piece its own height is kept: a bent receipt has lines of many slants.
    places = places_of(quads, skew)
    pieces = []
    for piece, quad, place, runs in zip(kept, quads, places, across, strict=True):
        if not runs:
            continue
        middle, own = place.middle, _own_height(quad)
        tall = min(own, place.height) / 2
        box = displayed(quad / (width, height), reading.turned)
        pieces.append(Piece(piece.text, piece.sure, place.left, middle - tall, place.right, middle + tall, number, box))
    return replace(_page(pieces, number), skew=skew, turned=reading.turned, size=(width, height))


def page_of_lines(lines: Sequence[Line], number: int = 1, aspect: float = LINE_ASPECT) -> Page:
    """A page of lines with their boxes, as PDF files tell them. `aspect`: height by width of the page."""
    pieces = []
    for line in lines[:MAX_PIECES]:
        left, top, right, bottom = line.box
        if line.text.strip() and all(map(math.isfinite, line.box)) and right > left and bottom > top:
            across, down = 1000.0, 1000.0 * aspect
            pieces.append(
                Piece(
                    line.text.strip(), 1.0, left * across, top * down, right * across, bottom * down, number, line.box
                )
            )
    return _page(pieces, number)


def _page(pieces: list[Piece], number: int) -> Page:
    if not pieces:
        return Page(number)
    em = max(1e-6, float(median(piece.height for piece in pieces)))
    return Page(number, tuple(rows_of(pieces)), em)


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """Pieces grouped into rows, from top to bottom. Each continues the row whose last piece it stands most beside."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.left, piece.middle)):
        best, most = None, BESIDE
        for row in rows:
            last = row[-1]
            together = min(piece.bottom, last.bottom) - max(piece.top, last.top)
            share = together / max(1e-6, min(piece.height, last.height))
            # Pieces of one row follow each other; what stands above the other overlaps it across.
            over = min(piece.right, last.right) - piece.left
            if share > most and over < 0.5 * min(piece.right - piece.left, last.right - last.left):
                best, most = row, share
        if best is None:
            rows.append([piece])
        else:
            best.append(piece)
    return sorted((Row(tuple(row)) for row in rows), key=lambda row: row.middle)


def gaps(row: Row) -> list[float]:
    """What is free between the pieces of a row, in pixels."""
    return [after.left - before.right for before, after in pairwise(row.pieces)]


def _placed(corners: Sequence[Sequence[float]]) -> bool:
    if len(corners) != 4 or any(len(corner) != 2 for corner in corners):
        return False
    if not all(math.isfinite(edge) for corner in corners for edge in corner):
        return False
    (left, top), (right, bottom) = corners[0], corners[2]
    return abs(right - left) + abs(bottom - top) > 0


def _own_height(quad: np.ndarray) -> float:
    sides = np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])
    return max(1e-3, float(np.mean(sides)))
