"""From a picture and what was read on it to tables, with the reader alone.

`read_picture` reads with an engine and looks a second time where something stands in a cell that was not read, single
digits above all; `read_tables` takes what was read. Nothing is made up: every cell is text that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING

from media_library.extraction.amounts import decimal_mark
from media_library.extraction.ink import EM, Rule, Sheet, Word, blanks_in, ink_in, rules_of, sheet_of
from media_library.extraction.schemas import Box, Source
from media_library.extraction.tables import borderless
from media_library.extraction.tables.borderless import Found
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.tables.ruling import Grid, Span, grids_of
from media_library.extraction.tables.schema import MAX_COLUMNS, MAX_ROWS, Cell, Table
from media_library.ocr import Reader, Reading

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

LOOKED_FROM = 0.6
"""The confidence of a second look that is believed."""
MAX_LOOKS = 200
WIDE_BLANK = 0.85
"""From which width on, by its height, a blank in a stretch of text parts two cells."""

Look = Callable[["Sequence[np.ndarray]"], "list[tuple[str, float]]"]
"""Reads known places once more: (4, 2) corners in pixels of the Reading → text and confidence."""


def read_picture(picture: Image, reader: Reader, page: int = 1) -> list[Table]:
    """The tables on `picture`, from above. Never raises on what it shows."""
    reading = reader.read(picture)

    def look(quads: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        return reader.read_at(picture, reading.turned, quads)  # type: ignore[attr-defined]

    return read_tables(picture, reading, page, look if hasattr(reader, "read_at") else None)


def read_tables(picture: Image, reading: Reading, page: int = 1, look: Look | None = None) -> list[Table]:
    """The tables on a picture of which `reading` tells the text; empty where there is none."""
    sheet = sheet_of(picture, reading, page)
    if sheet is None:
        return []
    across, down = rules_of(sheet)
    words = [word for word in sheet.words if not word.tall]
    found: list[tuple[Found, bool]] = []
    rest = words
    for grid in grids_of(across, down):
        inside = [word for word in rest if _within(word, grid.box)]
        if not inside or not _is_grid(grid, inside):
            continue
        found.append((_filled(sheet, grid, inside, look), True))
        rest = [word for word in rest if word not in inside]
    parted = [part for word in rest for part in _parts(sheet, word, look)]
    clear = [rule for rule in across if not any(_crosses(rule, one.grid) for one, _ in found)]
    found += [(one, False) for one in borderless.tables_in(parted, clear)]
    if look:
        found = [(_looked(sheet, one, look), ruled) for one, ruled in found]
    tables = [_table(sheet, one, ruled) for one, ruled in sorted(found, key=lambda one: one[0].grid.ys[0])]
    return [table for table in tables if table]


def _within(word: Word, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= word.across <= box[2] and box[1] <= word.down <= box[3]


def _crosses(rule: Rule, grid: Grid) -> bool:
    left, top, right, bottom = grid.box
    return top - EM / 2 <= rule.at <= bottom + EM / 2 and rule.start < right and rule.end > left


def _is_grid(grid: Grid, words: Sequence[Word]) -> bool:
    """Whether the lines part what stands in it: a frame around a table without lines is not one."""
    if len(grid.spans) < 4:
        return False
    lines, wide = [], 0
    for span in grid.spans:
        own = [word for word in words if _within(word, grid.place(span))]
        stacked = [borderless.joined(line) for line in borderless.lines_of(own)]
        if stacked:
            lines.append(len(stacked))
            wide += any(b.left - a.right > 1.6 * EM for line in stacked for a, b in pairwise(line))
    return bool(lines) and median(lines) < 3 and wide <= 0.3 * len(lines)


def _filled(sheet: Sheet, grid: Grid, words: Sequence[Word], look: Look | None) -> Found:
    texts: dict[Span, list[Word]] = {span: [] for span in grid.spans}
    for word in words:
        for part in _cut(sheet, grid, word, look):
            home = next((span for span in grid.spans if _within(part, grid.place(span))), None)
            if home:
                texts[home].append(part)
    return Found(grid, texts, _heads(grid, texts))


def _cut(sheet: Sheet, grid: Grid, word: Word, look: Look | None) -> list[Word]:
    """A stretch of text that runs over lines of a grid, one part for each cell."""
    crossed = []
    for span in grid.spans:
        _, top, right, bottom = grid.place(span)
        if top <= word.down <= bottom and word.left + 0.5 * EM < right < word.right - 0.5 * EM:
            crossed.append(right)
    return _split(sheet, word, [(x, x) for x in sorted(set(crossed))], look)


def _parts(sheet: Sheet, word: Word, look: Look | None) -> list[Word]:
    """A stretch of text parted where so much is blank that two cells were read as one."""
    if word.width < 3 * EM:
        return [word]
    wide = [
        (start, end)
        for start, end in blanks_in(sheet, word)
        if end - start >= WIDE_BLANK * word.height and start > word.left + 0.3 * EM and end < word.right - 0.3 * EM
    ]
    return _split(sheet, word, wide, look)


def _split(sheet: Sheet, word: Word, blanks: Sequence[tuple[float, float]], look: Look | None) -> list[Word]:
    if not blanks:
        return [word]
    bounds = [word.left, *(edge for blank in blanks for edge in blank), word.right]
    places = [(bounds[number], bounds[number + 1]) for number in range(0, len(bounds), 2)]
    parts = [replace(word, left=left, right=right) for left, right in places]
    if look:
        quads = [sheet.corners(part.left - 2, part.top, part.right + 2, part.bottom) for part in parts]
        read = look(quads)
        if all(sure >= LOOKED_FROM and text.strip() for text, sure in read):
            return [replace(part, text=text.strip(), sure=sure) for part, (text, sure) in zip(parts, read, strict=True)]
    made, start = [], 0
    for number, part in enumerate(parts):
        end = len(word.text)
        if number + 1 < len(parts):
            near = round(len(word.text) * (part.right - word.left) / word.width)
            spaces = [at for at, character in enumerate(word.text) if character == " " and at > start]
            end = min(spaces, key=lambda at: abs(at - near), default=max(start, near))
        if text := word.text[start:end].strip():
            made.append(replace(part, text=text))
        start = end
    return made or [word]


def _looked(sheet: Sheet, found: Found, look: Look) -> Found:
    """`found` with cells read that hold something but no text."""
    grid = found.grid
    filled = {
        (row, column)
        for span, words in found.texts.items()
        if words
        for row in range(span.row, span.row + span.rows)
        for column in range(span.column, span.column + span.columns)
    }
    empty = [span for span, words in found.texts.items() if not words]
    known = {(span.row, span.column) for span in found.texts}
    empty += [
        Span(row, column)
        for row in range(len(grid.ys) - 1)
        for column in range(len(grid.xs) - 1)
        if (row, column) not in filled and (row, column) not in known
    ]
    places, spans = [], []
    for span in empty[:2000]:
        if (span.row, span.column) in filled or len(places) >= MAX_LOOKS:
            continue
        left, top, right, bottom = grid.place(span)
        inset = 0.22 * EM
        ink = ink_in(sheet, left + inset, top + inset, right - inset, bottom - inset)
        if ink and ink[3] - ink[1] >= 0.3 * EM and ink[3] - ink[1] <= 1.6 * EM:
            places.append((ink[0] - 0.25 * EM, ink[1] - 0.25 * EM, ink[2] + 0.25 * EM, ink[3] + 0.25 * EM))
            spans.append(span)
    if not places:
        return found
    texts = dict(found.texts)
    for span, place, (text, sure) in zip(spans, places, look([sheet.corners(*place) for place in places]), strict=True):
        if sure >= LOOKED_FROM and any(character.isalnum() for character in text):
            texts[span] = [Word(text.strip(), sure, *place)]
    return Found(replace(grid, spans=tuple(texts)), texts, found.heads)


def _heads(grid: Grid, texts: dict[Span, list[Word]]) -> int:
    """How many rows of a grid are headings: one, or as many as its merged first row asks for."""
    first = [span for span in grid.spans if span.row == 0]
    tallest = max((span.rows for span in first if len(first) > 1), default=1)
    wide = any(1 < span.columns < len(grid.xs) - 1 for span in first)
    heads = max(tallest, 2) if wide else tallest
    return min(heads, len(grid.ys) - 2) if len(grid.ys) > 2 else 1


def _table(sheet: Sheet, found: Found, ruled: bool) -> Table | None:
    grid = found.grid
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows < 1 or columns < 1:
        return None
    said = {span: _text(words) for span, words in found.texts.items() if words}
    mark = decimal_mark(said.values())
    cells = []
    for span in sorted(said, key=lambda span: (span.row, span.column)):
        words = found.texts[span]
        counted = number_in(said[span], mark)
        cells.append(
            Cell(
                row=span.row,
                column=span.column,
                rows=span.rows,
                columns=span.columns,
                text=said[span],
                number=counted[0] if counted else None,
                unit=counted[1] if counted else "",
                box=_box(sheet, borderless.together(words)),
                confidence=_sure(fmean(word.sure for word in words)),
            )
        )
    if len(cells) < 2:
        return None
    left, top, right, bottom = grid.box
    return Table(
        rows=rows,
        columns=columns,
        heads=min(found.heads, rows),
        cells=cells,
        box=_box(sheet, Word("", 1.0, left, top, right, bottom)),
        ruled=ruled,
        confidence=_sure(fmean(cell.confidence for cell in cells) * (1.0 if ruled else 0.9)),
        source=Source.READER,
    )


def _text(words: Sequence[Word]) -> str:
    lines = borderless.lines_of(words)
    return " ".join(word.text for line in lines for word in line)[:2000]


def _box(sheet: Sheet, word: Word) -> Box:
    left, top, right, bottom = (
        min(1.0, max(0.0, edge)) for edge in sheet.piece(word.left, word.top, word.right, word.bottom).box
    )
    return Box(page=sheet.page.number, left=left, top=top, right=right, bottom=bottom)


def _sure(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
