"""A flow chart in Mermaid's language. Texts are quoted and everything that means something to it is an entity."""

from __future__ import annotations

from collections.abc import Sequence

from media_library.extraction.flowcharts.schema import FlowChart, Kind, Shape

_AROUND = {
    Kind.START: ("([", "])"),
    Kind.END: ("([", "])"),
    Kind.STEP: ("[", "]"),
    Kind.DECISION: ("{", "}"),
    Kind.DATA: ("[/", "/]"),
}


def to_mermaid(chart: FlowChart) -> str:
    """A `flowchart TD`, with a subgraph for each lane. Empty charts give its first line alone."""
    return "\n".join(["flowchart TD", *_lines(chart)]) + "\n"


def several_to_mermaid(charts: Sequence[tuple[str, FlowChart]]) -> str:
    """One `flowchart TD`, as a file may hold no more, with a subgraph for each chart, by its title."""
    lines = ["flowchart TD"]
    for place, (title, chart) in enumerate(charts, start=1):
        lines.append(f'    subgraph chart{place}["{escaped(title)}"]')
        lines += [f"    {line}" for line in _lines(chart, f"c{place}")]
        lines.append("    end")
    return "\n".join(lines) + "\n"


def _lines(chart: FlowChart, prefix: str = "") -> list[str]:
    lines = []
    number = {shape.id: f"{prefix}s{place}" for place, shape in enumerate(chart.shapes, start=1)}
    # A shape may be in a lane that the chart does not name.
    lanes = list(dict.fromkeys([*chart.lanes, *(shape.lane for shape in chart.shapes)]))
    for place, lane in enumerate(filter(None, lanes), start=1):
        own = [shape for shape in chart.shapes if shape.lane == lane]
        if own:
            lines.append(f'    subgraph {prefix}lane{place}["{escaped(lane)}"]')
            lines += [f"        {_shape(shape, number[shape.id])}" for shape in own]
            lines.append("    end")
    lines += [f"    {_shape(shape, number[shape.id])}" for shape in chart.shapes if not shape.lane]
    for edge in chart.edges:
        label = f'|"{escaped(edge.label)}"|' if escaped(edge.label) else ""
        lines.append(f"    {number[edge.start]} -->{label} {number[edge.end]}")
    return lines


def escaped(text: str) -> str:
    """Letters, digits, spaces and harmless signs as they are, all else as the entity of its code."""
    flat = " ".join(text.split())
    return "".join(
        character if character.isalnum() or character in " .,:?!-+/()%'’" else f"#{ord(character)};"
        for character in flat
    )


def _shape(shape: Shape, name: str) -> str:
    before, after = _AROUND[shape.kind]
    return f'{name}{before}"{escaped(shape.text) or " "}"{after}'
