"""Several flow charts of one document, told together: each as it is told alone, under its title."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from media_library.extraction.flowcharts.mermaid import several_to_mermaid, to_mermaid
from media_library.extraction.flowcharts.python_code import to_python
from media_library.extraction.flowcharts.schema import FlowChart
from media_library.extraction.flowcharts.steps import to_steps


def all_steps(charts: Sequence[FlowChart]) -> str:
    """Their steps, each chart's counted from 1 below its title; of a single one its steps alone."""
    if len(charts) == 1:
        return to_steps(charts[0])
    return "\n".join(f"{title}\n\n{to_steps(chart)}" for title, chart in _titled(charts))


def all_mermaid(charts: Sequence[FlowChart]) -> str:
    """One diagram, in which each chart is a part with its title; of a single one that chart."""
    return to_mermaid(charts[0]) if len(charts) == 1 else several_to_mermaid(_titled(charts))


def all_python(charts: Sequence[FlowChart]) -> str:
    """A module with a function for each, `flow_1` and so on; of a single one `flow`. `ast.parse` accepts it."""
    if len(charts) == 1:
        return to_python(charts[0])
    text = "\n\n".join(to_python(chart, f"flow_{number}") for number, chart in enumerate(charts, start=1))
    ast.parse(text)
    return text


def _titled(charts: Sequence[FlowChart]) -> list[tuple[str, FlowChart]]:
    return [(f"Flow chart {number}, page {chart.on_page}", chart) for number, chart in enumerate(charts, start=1)]
