"""From lines to a grid: which of them belong to one table, and which cells they part.

A grid is taken only where lines part columns as well as rows. Where they part rows alone they are handed to
`borderless`, which finds the columns by what stands in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media_library.extraction.ink import EM, Rule

NEAR = 0.45 * EM
"""How far a line may end from another that it meets."""
MIN_PART = 0.5
"""The share of a cell's side along which a line has to run to part it from the next."""
MAX_LINES = 300
"""The most lines of one table, either way."""


@dataclass(frozen=True)
class Span:
    """A cell of a grid, over `rows` and `columns`."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Grid:
    """Edges of columns `xs` and rows `ys`, in pixels of the sheet, and the cells between them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def place(self, span: Span) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a cell."""
        return (
            self.xs[span.column],
            self.ys[span.row],
            self.xs[span.column + span.columns],
            self.ys[span.row + span.rows],
        )


def grids_of(across: Sequence[Rule], down: Sequence[Rule]) -> list[Grid]:
    """Grids of at least two columns and two rows, from above."""
    grids = []
    for some_across, some_down in _groups(across[:MAX_LINES], down[:MAX_LINES]):
        grid = grid_of(some_across, some_down)
        if grid and len(grid.xs) > 2 and len(grid.ys) > 2:
            grids.append(grid)
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that meet, directly or by way of others."""
    owner = list(range(len(across) + len(down)))

    def root(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    for one, flat in enumerate(across):
        for other, steep in enumerate(down, start=len(across)):
            meets = (
                flat.start - NEAR <= steep.at <= flat.end + NEAR and steep.start - NEAR <= flat.at <= steep.end + NEAR
            )
            if meets:
                owner[root(one)] = root(other)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for number, rule in enumerate((*across, *down)):
        found.setdefault(root(number), ([], []))[number >= len(across)].append(rule)
    return [group for group in found.values() if group[0] and group[1]]


def grid_of(across: list[Rule], down: list[Rule]) -> Grid | None:
    xs, ys = _clusters([rule.at for rule in down]), _clusters([rule.at for rule in across])
    # Where there is no frame, lines across tell how wide the table is, and lines down how high.
    xs = _framed(xs, min(rule.start for rule in across), max(rule.end for rule in across))
    ys = _framed(ys, min(rule.start for rule in down), max(rule.end for rule in down))
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns > MAX_LINES**2 // 4:
        return None
    owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while owner[place] != place:
            place = owner[place]
        return place

    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and not _runs(down, xs[column + 1], ys[row], ys[row + 1]):
                owner[root((row, column + 1))] = root((row, column))
            if row + 1 < rows and not _runs(across, ys[row + 1], xs[column], xs[column + 1]):
                owner[root((row + 1, column))] = root((row, column))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place in owner:
        members.setdefault(root(place), []).append(place)
    return Grid(tuple(xs), tuple(ys), tuple(_rectangles(members.values())))


def _rectangles(groups: Sequence[Sequence[tuple[int, int]]] | object) -> list[Span]:
    """Merged cells; what is not a rectangle was parted by a line that is missing, and stays single cells."""
    spans = []
    for group in groups:  # type: ignore[attr-defined]
        rows, columns = [row for row, _ in group], [column for _, column in group]
        tall, wide = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
        if tall * wide == len(group):
            spans.append(Span(min(rows), min(columns), tall, wide))
        else:
            spans += [Span(row, column) for row, column in group]
    return sorted(spans, key=lambda span: (span.row, span.column))


def _clusters(values: Sequence[float]) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= NEAR:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _framed(edges: list[float], first: float, last: float) -> list[float]:
    if edges[0] - first > EM:
        edges = [first, *edges]
    if last - edges[-1] > EM:
        edges = [*edges, last]
    return edges


def _runs(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    covered = sum(
        max(0.0, min(end, rule.end) - max(start, rule.start)) for rule in rules if abs(rule.at - at) <= 1.2 * NEAR
    )
    return covered >= MIN_PART * (end - start)
