"""Pages written by hand, as an engine would have read them: texts at columns of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from media_library.extraction.layout import Page, page_of
from media_library.ocr import Piece, Reading

ROW, LETTER = 40.0, 14.0
"""Pixels from row to row and per letter; text is 24 high."""


def reading(
    rows: Sequence[Sequence[tuple[float, str]]], *, skew: float = 0.0, turned: int = 0, sure: float = 0.98
) -> Reading:
    """`rows` of (left edge in letters, text), on a page of 1000 pixels in width; skew in degrees, clockwise."""
    size = (1200, 400 + round(ROW * len(rows)))
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    pieces = []
    for number, row in enumerate(rows):
        top = ROW * (number + 1)
        for left, text in row:
            x, width = left * LETTER, LETTER * len(text)
            corners = ((x, top), (x + width, top), (x + width, top + 24), (x, top + 24))
            turned_corners = tuple((x * cos - y * sin + 100, x * sin + y * cos + 100) for x, y in corners)
            pieces.append(Piece(text, sure, turned_corners))
    return Reading((), turned, (), tuple(pieces), size)


def page(text: str, number: int = 1, *, skew: float = 0.0) -> Page:
    """A page of lines; two spaces or more part the pieces of a line, which stand where they are written."""
    return page_of(reading(rows_of(text), skew=skew), number)


def rows_of(text: str) -> list[list[tuple[float, str]]]:
    rows = []
    for line in text.strip("\n").split("\n"):
        row, at = [], 0
        while at < len(line):
            if line[at] == " ":
                at += 1
                continue
            end = line.find("  ", at)
            end = len(line) if end < 0 else end
            row.append((float(at), line[at:end]))
            at = end
        rows.append(row)
    return rows
