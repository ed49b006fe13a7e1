"""Pages as they were read, kept until a document can be put together out of all of them.

Places of text are whole pixels and its confidence has two digits, which is what the engine is sure of; a page of print
takes some five kilobytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from media_library.formats.base import Line
from media_library.ocr import Piece, Reading

Place = Annotated[float, Field(allow_inf_nan=False)]


class PageRead(BaseModel):
    """What `Reading` has that a document is put together from. `pieces`: text, confidence, and the four corners one
    after the other; `lines`, of a reader that tells no pieces: text and box."""

    number: int
    turned: int = 0
    size: tuple[int, int] = (0, 0)
    pieces: list[tuple[str, float, list[Place]]] = []
    lines: list[tuple[str, tuple[Place, Place, Place, Place]]] = []

    def reading(self) -> Reading:
        lines = tuple(Line(text, box) for text, box in self.lines)
        pieces = tuple(Piece(text, sure, tuple(zip(at[::2], at[1::2], strict=True))) for text, sure, at in self.pieces)
        return Reading(lines, self.turned, (), pieces, self.size)


class PagesRead(BaseModel):
    """Pages of one document that were read, in order; some may be left out."""

    pages: list[PageRead] = []


def kept(reading: Reading, number: int) -> PageRead:
    """`reading` of the page `number`, from 1."""
    return PageRead(
        number=number,
        turned=reading.turned,
        size=reading.size,
        pieces=[(piece.text, round(piece.sure, 2), _corners(piece.corners)) for piece in reading.pieces],
        lines=[] if reading.pieces else [(line.text, line.box) for line in reading.lines],
    )


def _corners(corners: Sequence[Sequence[float]]) -> list[float]:
    return [round(edge) for corner in corners for edge in corner]
