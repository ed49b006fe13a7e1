"""In which order lines are read: rows from top to bottom, columns of prose one after the other.

Works on the places of the lines alone, in pixels of the upright picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from media_library.formats.base import Box

MIN_COLUMN_LINES = 3
"""Fewer lines side by side are a table or a form, not columns of prose."""
PROSE_WIDTH = 7.0
"""Widths by heights from which on most lines of a column are prose, some 14 characters. Names and numbers of a table
are shorter, and rows of a table are to be read across."""
SAME_ROW = 0.5
"""How far the middles of two lines in one row are apart at most, by the height of the lower one."""
WORD_GAP = 0.9
"""Pieces of a row this close, by their height, are one line that was found in pieces."""


@dataclass(frozen=True)
class Place:
    """Upright edges of one line, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def prose(self) -> bool:
        return self.right - self.left >= PROSE_WIDTH * self.height


def skew_of(quads: Sequence[np.ndarray]) -> float:
    """The median angle of lines by their upper and lower edges, in radians, clockwise; long lines weigh more."""
    if not len(quads):
        return 0.0
    along = np.array([(quad[1] - quad[0] + quad[2] - quad[3]) / 2 for quad in quads], np.float64)
    lengths = np.linalg.norm(along, axis=1)
    angles = np.arctan2(along[:, 1], along[:, 0])
    order = np.argsort(angles)
    half = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    return float(angles[order][min(half, len(order) - 1)])


def places_of(quads: Sequence[np.ndarray], skew: float) -> list[Place]:
    """Where each quad would stand if the page were straight."""
    turn = np.array([(np.cos(skew), -np.sin(skew)), (np.sin(skew), np.cos(skew))])
    places = []
    for quad in quads:
        straight = quad @ turn
        (left, top), (right, bottom) = straight.min(axis=0), straight.max(axis=0)
        places.append(Place(float(left), float(top), float(right), float(bottom)))
    return places


def reading_order(places: Sequence[Place]) -> list[list[int]]:
    """Numbers of the lines, row by row, from left to right within each row."""
    rows = []
    for block in _blocks(list(range(len(places))), places):
        rows += _rows(block, places)
    return rows


def joined(row: Sequence[int], places: Sequence[Place]) -> list[list[int]]:
    """Lines of one row, in order, grouped where one only continues the other."""
    groups: list[list[int]] = []
    for number in row:
        if groups:
            before = places[groups[-1][-1]]
            gap = places[number].left - before.right
            low, high = sorted((before.height, places[number].height))
            if gap <= WORD_GAP * low and high <= 1.6 * low:
                groups[-1].append(number)
                continue
        groups.append([number])
    return groups


def _rows(numbers: Sequence[int], places: Sequence[Place]) -> list[list[int]]:
    rows: list[list[int]] = []
    for number in sorted(numbers, key=lambda number: places[number].middle):
        place = places[number]
        if rows:
            # Beside the last of the row, so that a row may rise or fall a little.
            last = places[rows[-1][-1]]
            if abs(place.middle - last.middle) <= SAME_ROW * min(place.height, last.height):
                rows[-1].append(number)
                continue
        rows.append([number])
    return [sorted(row, key=lambda number: places[number].left) for row in rows]


def _blocks(numbers: list[int], places: Sequence[Place]) -> list[list[int]]:
    """Blocks that are read one after the other: between two lines that run across both columns, left before right."""
    gutter = _gutter(numbers, places)
    if gutter is None:
        return [numbers] if numbers else []
    blocks: list[list[int]] = []
    left: list[int] = []
    right: list[int] = []
    across: list[int] = []

    def close_columns() -> None:
        blocks.extend(_blocks(left.copy(), places) + _blocks(right.copy(), places))
        left.clear()
        right.clear()

    for number in sorted(numbers, key=lambda number: places[number].middle):
        if places[number].right <= gutter or places[number].left >= gutter:
            if across:
                blocks.append(across.copy())
                across.clear()
            (left if places[number].right <= gutter else right).append(number)
        else:
            close_columns()
            across.append(number)
    close_columns()
    if across:
        blocks.append(across)
    return blocks


def _gutter(numbers: Sequence[int], places: Sequence[Place]) -> float | None:
    """The x between two columns of prose, crossed by the fewest lines; None where there are no columns."""
    if len(numbers) < 2 * MIN_COLUMN_LINES:
        return None
    found: tuple[int, float, float] | None = None
    for start in {places[number].left for number in numbers}:
        right = [number for number in numbers if places[number].left >= start]
        ends = [places[number].right for number in numbers if places[number].right <= start]
        if not ends:
            continue
        edge = max(ends)
        left = [number for number in numbers if places[number].right <= edge]
        crossing = len(numbers) - len(left) - len(right)
        if crossing * 4 > len(numbers) or not (_is_column(left, places) and _is_column(right, places)):
            continue
        if _beside(left, right, places):
            width = start - edge
            found = min(found or (crossing, -width, (start + edge) / 2), (crossing, -width, (start + edge) / 2))
    return found[2] if found else None


def _is_column(numbers: Sequence[int], places: Sequence[Place]) -> bool:
    if len(numbers) < MIN_COLUMN_LINES:
        return False
    return sum(places[number].prose for number in numbers) * 3 >= len(numbers) * 2


def _beside(left: Sequence[int], right: Sequence[int], places: Sequence[Place]) -> bool:
    """Whether two columns stand side by side for at least half of the shorter one, and not one below the other."""
    spans = [
        (min(places[number].top for number in column), max(places[number].bottom for number in column))
        for column in (left, right)
    ]
    together = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return together >= 0.5 * min(bottom - top for top, bottom in spans)


def displayed(corners: np.ndarray, turned: int) -> Box:
    """The box around `corners`, shares of the upright picture, in shares of the picture as it is displayed."""
    across, down = np.clip(corners, 0, 1).T
    x, y = {
        0: (across, down),
        90: (down, 1 - across),
        180: (1 - across, 1 - down),
        270: (1 - down, across),
    }.get(turned, (across, down))
    return tuple(round(float(edge), 5) for edge in (x.min(), y.min(), x.max(), y.max()))  # type: ignore[return-value]
