"""A flow chart as numbered steps in text."""

from __future__ import annotations

from media_library.extraction.flowcharts.schema import Edge, FlowChart, Kind, Shape

_WORDS = {Kind.START: "Start", Kind.END: "End", Kind.DATA: "Data"}


def to_steps(chart: FlowChart) -> str:
    """One line per shape: its number, its lane in brackets, its text, and where one goes on unless it is the next."""
    lines = []
    place = {shape.id: number for number, shape in enumerate(chart.shapes, start=1)}
    for number, shape in enumerate(chart.shapes, start=1):
        lane = f"[{_flat(shape.lane)}] " if shape.lane else ""
        kind = f"{_WORDS[shape.kind]}: " if shape.kind in _WORDS else ""
        lines.append(f"{number}. {lane}{kind}{_flat(shape.text) or '(no text)'}{_onward(chart, shape, number, place)}")
    return "\n".join(lines) + ("\n" if lines else "")


def _onward(chart: FlowChart, shape: Shape, number: int, place: dict[int, int]) -> str:
    leaving = chart.leaving(shape.id)
    if shape.kind is not Kind.DECISION and len(leaving) <= 1:
        if not leaving:
            return "" if shape.kind is Kind.END else ". Nothing follows."
        return "" if place[leaving[0].end] == number + 1 else f". {_go(leaving[0], number, place)}"
    said = [f"{_flat(edge.label) or 'otherwise'}: {_go(edge, number, place).lower()}" for edge in leaving]
    return " " + "; ".join(said) + "." if said else " Nothing follows."


def _go(edge: Edge, number: int, place: dict[int, int]) -> str:
    back = "Back" if place[edge.end] <= number else "Go on"
    return f"{back} to {place[edge.end]}"


def _flat(text: str) -> str:
    return " ".join(text.split())
