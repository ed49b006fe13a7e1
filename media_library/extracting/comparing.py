"""Two readings of the same document side by side, whatever kind it is: row by row, with what differs marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from media_library.extraction.flowcharts.schema import FlowChart, FlowCharts
from media_library.extraction.schemas import Invoice, Value
from media_library.extraction.tables.schema import Table, Tables

MOST_ROWS = 1500
"""Rows of one part that are compared; the rest is only counted."""

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """`name` where rows belong together by it, as “Total” does; others stand side by side by what they say."""

    cells: Cells
    name: str = ""


@dataclass(frozen=True)
class Part:
    """One value; `differs` from what stands in its place in the other reading."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """A row of both readings; a side is None where that reading has no such row."""

    name: str
    left: tuple[Part, ...] | None
    right: tuple[Part, ...] | None

    @property
    def differs(self) -> bool:
        sides = (self.left, self.right)
        return None in sides or any(part.differs for side in sides if side for part in side)


@dataclass(frozen=True)
class Section:
    title: str
    pairs: tuple[Pair, ...]
    left_out: int = 0

    @property
    def differing(self) -> int:
        return sum(pair.differs for pair in self.pairs)


def compare(left: Any, right: Any) -> list[Section]:
    """Two instances of the same schema, part by part."""
    parts = zip_longest(_parts(left), _parts(right), fillvalue=("", []))
    sections = []
    for (title, before), (other, after) in parts:
        pairs = tuple(_pair(*sides) for sides in _aligned(before[:MOST_ROWS], after[:MOST_ROWS]))
        sections.append(Section(title or other, pairs, max(0, len(before) - MOST_ROWS, len(after) - MOST_ROWS)))
    return sections


def _parts(read: Any) -> Iterator[tuple[str, list[Row]]]:
    if isinstance(read, Tables):
        for number, table in enumerate(read.tables, start=1):
            yield f"Table {number}", _table(table)
    elif isinstance(read, FlowCharts):
        for number, chart in enumerate(read.charts, start=1):
            yield f"Flow chart {number}" if len(read.charts) > 1 else "Steps", _chart(chart)
    elif isinstance(read, Invoice):
        yield from _invoice(read)


def _table(table: Table) -> list[Row]:
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        grid[cell.row][cell.column] = _flat(cell.text)
    return [Row(tuple(row)) for row in grid]


def _chart(chart: FlowChart) -> list[Row]:
    texts = {shape.id: shape.text or "no text" for shape in chart.shapes}
    rows = []
    for shape in chart.shapes:
        onward = [
            f"{f'{_flat(edge.label)}: ' if edge.label else ''}→ {_flat(texts[edge.end])}"
            for edge in chart.leaving(shape.id)
        ]
        rows.append(Row((_flat(shape.text), shape.kind, _flat(shape.lane), "; ".join(sorted(onward)))))
    return rows


def _invoice(read: Invoice) -> Iterator[tuple[str, list[Row]]]:
    # The order of the schema is that of the page.
    single = [
        Row((_value(value),), name.replace("_", " ").capitalize())
        for name in type(read).model_fields
        if isinstance(value := getattr(read, name), Value)
    ]
    yield "What it says", [Row((read.kind.replace("_", " "),), "Kind"), *single]
    yield "Lines", [Row(_values(line)) for line in read.lines]
    yield "Taxes", [Row(_values(tax)) for tax in read.taxes]


def _values(row: Any) -> Cells:
    return tuple(_value(getattr(row, name)) for name in type(row).model_fields if name != "included")


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    # 9.00 and 9.0 are one amount.
    number = value.value.normalize() if isinstance(value.value, Decimal) else None
    return _flat(str(value.value)) if number is None else f"{number:f}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _aligned(left: Sequence[Row], right: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    if any(row.name for row in (*left, *right)):
        named = {row.name: row for row in right}
        yield from ((row, named.pop(row.name, None)) for row in left)
        yield from ((None, row) for row in named.values())
        return
    matcher = SequenceMatcher(None, [row.cells for row in left], [row.cells for row in right], autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        yield from zip_longest(left[start:end], right[other_start:other_end])


def _pair(left: Row | None, right: Row | None) -> Pair:
    name = (left or right or Row(())).name
    if left is None or right is None:
        alone = tuple(Part(text, True) for text in (left or right or Row(())).cells)
        return Pair(name, alone if left else None, alone if right else None)
    both = list(zip_longest(left.cells, right.cells, fillvalue=""))
    return Pair(
        name,
        tuple(Part(one, one != other) for one, other in both),
        tuple(Part(other, one != other) for one, other in both),
    )
