"""Rows and columns of tables, steps and arrows of flow charts: added and taken away by a person.

Everything here makes a new table or chart out of one, and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from media_library.extracting.invoices import BadValue
from media_library.extraction.flowcharts.schema import MAX_EDGES, MAX_SHAPES, Edge, FlowChart, FlowCharts, Kind, Shape
from media_library.extraction.tables.schema import MAX_COLUMNS, MAX_ROWS, Cell, Table, Tables

Part = TypeVar("Part", Table, FlowChart)

Do = Literal[
    *("add_row", "remove_row", "add_column", "remove_column", "remove_table"),
    *("add_shape", "remove_shape", "add_edge", "remove_edge", "remove_chart"),
]
DO: tuple[str, ...] = get_args(Do)
MOST = 200
"""Changes at a time: each makes the whole anew."""


@dataclass(frozen=True)
class Change:
    """`of`: the table or flow chart, `at`: the row, column, shape or arrow, both from 0. What is added stands at `at`
    from then on; at the number of those there are, it is the last.

    An arrow that is added leads from the shape at `at` to that at `to`, with the label `text`. A shape has `text` and
    `kind`.
    """

    do: str
    of: int = 0
    at: int = 0
    to: int = 0
    text: str = ""
    kind: str = Kind.STEP


def reshaped(found: Tables | FlowCharts, change: Change) -> Tables | FlowCharts:
    """`found` with that change. Raises BadValue."""
    if isinstance(found, Tables):
        return Tables(tables=_changed(found.tables, change, _TABLES, "table"))
    return FlowCharts(charts=_changed(found.charts, change, _CHARTS, "flow chart"))


def _changed(
    parts: list[Part], change: Change, verbs: dict[str, Callable[[Part, Change], Part]], name: str
) -> list[Part]:
    removes = change.do == f"remove_{name.removeprefix('flow ')}"
    if change.do not in verbs and not removes:
        raise BadValue(f"“{change.do[:40]}” cannot be done to a {name}.")
    if not 0 <= change.of < len(parts):
        raise BadValue(f"There is no {name} {change.of + 1}.")
    if removes:
        if len(parts) == 1:
            raise BadValue(f"It is the only {name}. If it is none, choose “This is not a {name}” under “Readings”.")
        return [part for number, part in enumerate(parts) if number != change.of]
    parts = list(parts)
    parts[change.of] = verbs[change.do](parts[change.of], change)
    return parts


# --- Tables ----------------------------------------------------------------------------------------------


def _add_row(table: Table, change: Change) -> Table:
    _is_place(change.at, table.rows + 1, "row")
    if table.rows == MAX_ROWS:
        raise BadValue(f"A table has {MAX_ROWS} rows at most.")
    heads = table.heads + (change.at < table.heads)
    return _table(table, _opened(table.cells, "row", "rows", change.at), rows=table.rows + 1, heads=heads)


def _add_column(table: Table, change: Change) -> Table:
    _is_place(change.at, table.columns + 1, "column")
    if table.columns == MAX_COLUMNS:
        raise BadValue(f"A table has {MAX_COLUMNS} columns at most.")
    return _table(table, _opened(table.cells, "column", "columns", change.at), columns=table.columns + 1)


def _remove_row(table: Table, change: Change) -> Table:
    _is_place(change.at, table.rows, "row")
    if table.rows == 1:
        raise BadValue("A table has one row at least.")
    heads = table.heads - (change.at < table.heads)
    return _table(table, _closed(table.cells, "row", "rows", change.at), rows=table.rows - 1, heads=heads)


def _remove_column(table: Table, change: Change) -> Table:
    _is_place(change.at, table.columns, "column")
    if table.columns == 1:
        raise BadValue("A table has one column at least.")
    return _table(table, _closed(table.cells, "column", "columns", change.at), columns=table.columns - 1)


def _is_place(at: int, count: int, name: str) -> None:
    if not 0 <= at < count:
        raise BadValue(f"There is no {name} {at + 1}: choose one from 1 to {count}.")


def _opened(cells: Sequence[Cell], start: str, span: str, at: int) -> list[Cell]:
    """Room at `at`, a row or a column; a merged cell that reaches over it becomes longer."""
    moved = []
    for cell in cells:
        first, length = getattr(cell, start), getattr(cell, span)
        if first >= at:
            cell = cell.model_copy(update={start: first + 1})
        elif first + length > at:
            cell = cell.model_copy(update={span: length + 1})
        moved.append(cell)
    return moved


def _closed(cells: Sequence[Cell], start: str, span: str, at: int) -> list[Cell]:
    """Without what stands at `at`; a merged cell that reaches over it becomes shorter."""
    moved = []
    for cell in cells:
        first, length = getattr(cell, start), getattr(cell, span)
        if first > at:
            cell = cell.model_copy(update={start: first - 1})
        elif first + length > at:
            if length == 1:
                continue
            cell = cell.model_copy(update={span: length - 1})
        moved.append(cell)
    return moved


def _table(table: Table, cells: list[Cell], **changed: int) -> Table:
    fields = {name: getattr(table, name) for name in Table.model_fields}
    # One whose places are all empty is still a table.
    return Table(**{**fields, "cells": cells or [Cell(row=0, column=0)], **changed})


# --- Flow charts -----------------------------------------------------------------------------------------


def _add_shape(chart: FlowChart, change: Change) -> FlowChart:
    _is_place(change.at, len(chart.shapes) + 1, "step")
    if len(chart.shapes) == MAX_SHAPES:
        raise BadValue(f"A flow chart has {MAX_SHAPES} steps at most.")
    if change.kind not in tuple(Kind):
        raise BadValue(f"“{change.kind[:40]}” is no kind of step. Choose one of: {', '.join(Kind)}.")
    taken = {shape.id for shape in chart.shapes}
    free = next(number for number in range(MAX_SHAPES + 1) if number not in taken)
    # It stands where the step before it stands.
    lane = chart.shapes[change.at - 1].lane if change.at else ""
    shapes = list(chart.shapes)
    shapes.insert(change.at, Shape(id=free, kind=Kind(change.kind), text=change.text, lane=lane))
    return _chart(chart, shapes, chart.edges)


def _remove_shape(chart: FlowChart, change: Change) -> FlowChart:
    """With the arrows from and to it: where they are to lead instead nobody has said."""
    _is_place(change.at, len(chart.shapes), "step")
    if len(chart.shapes) == 1:
        raise BadValue("A flow chart has one step at least.")
    gone = chart.shapes[change.at].id
    shapes = [shape for shape in chart.shapes if shape.id != gone]
    return _chart(chart, shapes, [edge for edge in chart.edges if gone not in (edge.start, edge.end)])


def _add_edge(chart: FlowChart, change: Change) -> FlowChart:
    _is_place(change.at, len(chart.shapes), "step")
    _is_place(change.to, len(chart.shapes), "step")
    if len(chart.edges) == MAX_EDGES:
        raise BadValue(f"A flow chart has {MAX_EDGES} arrows at most.")
    made = Edge(start=chart.shapes[change.at].id, end=chart.shapes[change.to].id, label=change.text)
    if any((edge.start, edge.end, edge.label) == (made.start, made.end, made.label) for edge in chart.edges):
        raise BadValue(f"There is such an arrow from step {change.at + 1} to step {change.to + 1} already.")
    return _chart(chart, chart.shapes, [*chart.edges, made])


def _remove_edge(chart: FlowChart, change: Change) -> FlowChart:
    _is_place(change.at, len(chart.edges), "arrow")
    return _chart(chart, chart.shapes, [edge for number, edge in enumerate(chart.edges) if number != change.at])


def _chart(chart: FlowChart, shapes: Sequence[Shape], edges: Sequence[Edge]) -> FlowChart:
    fields = {name: getattr(chart, name) for name in FlowChart.model_fields}
    return FlowChart(**{**fields, "shapes": list(shapes), "edges": list(edges)})


_TABLES: dict[str, Callable[[Table, Change], Table]] = {
    "add_row": _add_row,
    "remove_row": _remove_row,
    "add_column": _add_column,
    "remove_column": _remove_column,
}
_CHARTS: dict[str, Callable[[FlowChart, Change], FlowChart]] = {
    "add_shape": _add_shape,
    "remove_shape": _remove_shape,
    "add_edge": _add_edge,
    "remove_edge": _remove_edge,
}
