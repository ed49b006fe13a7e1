"""What somebody should look at in a table or a flow chart: what was hard to read, and what does not hang together."""

from __future__ import annotations

from dataclasses import dataclass

from media_library.extraction.flowcharts.schema import Edge, FlowChart, Kind, Shape
from media_library.extraction.schemas import Source
from media_library.extraction.tables.schema import Cell, Table

UNSURE = 0.85
"""The confidence below which somebody should look first."""


@dataclass(frozen=True)
class Doubt:
    """A sentence, and the number of the shape it is about."""

    text: str
    shape: int


def is_unsure(part: Cell | Shape | Edge, source: Source) -> bool:
    """Whether it was hard to read; what a person put right has a confidence of 1."""
    return part.confidence < UNSURE and bool(getattr(part, "text", True)) and source != Source.PERSON


def unsure_cells(table: Table) -> int:
    return sum(is_unsure(cell, table.source) for cell in table.cells)


def of_chart(chart: FlowChart) -> list[Doubt]:
    """Of its logic, in the order of its shapes: nothing of this is an error of the chart, but much of it is one of
    reading it."""
    place = {shape.id: number for number, shape in enumerate(chart.shapes, start=1)}
    led = {edge.end for edge in chart.edges}
    starts = set(chart.starts())
    found = []
    for shape in chart.shapes:
        number, leaving = place[shape.id], chart.leaving(shape.id)
        if not shape.text:
            found.append(Doubt(f"Step {number} has no text.", number))
        if shape.kind is Kind.DECISION:
            if len(leaving) < 2:
                found.append(Doubt(f"Step {number} is a question with fewer than two answers.", number))
            elif not all(edge.label for edge in leaving):
                found.append(Doubt(f"An answer to the question in step {number} has no label.", number))
        elif not leaving and shape.kind is not Kind.END:
            found.append(Doubt(f"Nothing follows step {number}, and it is no end.", number))
        if shape.id not in led and shape.id not in starts:
            found.append(Doubt(f"Nothing leads to step {number}.", number))
        found += [
            Doubt(f"The arrow from step {number} to step {place[edge.end]} was hard to make out.", number)
            for edge in leaving
            if is_unsure(edge, chart.source)
        ]
    return found
