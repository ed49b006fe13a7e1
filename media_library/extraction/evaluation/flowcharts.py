"""Drawn flow charts: 4 to 14 shapes, lanes, decisions, loops and bent edges, skewed, turned, noisy and as JPEG.

An edge is right if it leads from the shape with that text to the shape with that text; `labelled` asks for its label as
well. A shape is right if its kind and its text are. Of texts, spaces and accents do not count.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media_library import evaluation
from media_library.extraction.drawing.flowcharts import DrawnChart, draw
from media_library.extraction.evaluation.measuring import READER, Told, as_result, engine_of, peak_mb, share, untold
from media_library.extraction.evaluation.tables import f1, plain
from media_library.extraction.flowcharts.reading import read_picture
from media_library.extraction.flowcharts.schema import FlowChart

if TYPE_CHECKING:
    from PIL.Image import Image

COUNT = 200
PARTS = ("edge", "labelled", "shape", "lane")

ReadChart = Callable[["Image"], FlowChart]


def evaluate(
    folder: Path | None = None,
    provider: str = READER,
    *,
    count: int = COUNT,
    first: int = 1,
    step: int = 2,
    read: ReadChart | None = None,
    told: Told = untold,
) -> dict[str, Any]:
    """F1 of edges, labelled edges, shapes and lanes on `count` drawn charts; by default those of odd seeds.

    `folder` is not looked at: everything is drawn. Raises ValueError for a provider that cannot be measured here.
    """
    reads = read or _reader(provider)
    sums: Counter[str] = Counter()
    misses: list[dict[str, Any]] = []
    seconds = 0.0
    for done in range(count):
        drawn = draw(first + done * step)
        started = time.perf_counter()
        chart = reads(drawn.picture)
        seconds += time.perf_counter() - started
        found = compare(chart, drawn)
        sums.update(found)
        if found["edge_right"] < max(found["edge_read"], found["edge_true"]):
            misses.append({"seed": drawn.seed, "traits": list(drawn.traits), **found})
        sums["whole"] += all(found[f"{p}_right"] == found[f"{p}_read"] == found[f"{p}_true"] for p in PARTS)
        told(done + 1, count)
    return {
        "kind": "flowcharts",
        "provider": provider,
        "count": count,
        "shares": shares(sums) | {"whole": share(sums["whole"], count)},
        "seconds": round(seconds, 1),
        "seconds_per_page": round(seconds / max(1, count), 3),
        "peak_mb": peak_mb(),
        "misses": misses,
    }


def compare(chart: FlowChart, drawn: DrawnChart) -> dict[str, int]:
    """For each of PARTS how many are right, read and true."""
    said = {shape.id: plain(shape.text) for shape in chart.shapes}
    true_said = [plain(shape.text) for shape in drawn.shapes]
    pairs = {
        "edge": (
            Counter((said[edge.start], said[edge.end]) for edge in chart.edges),
            Counter((true_said[edge.start], true_said[edge.end]) for edge in drawn.edges),
        ),
        "labelled": (
            Counter((said[edge.start], said[edge.end], plain(edge.label)) for edge in chart.edges),
            Counter((true_said[edge.start], true_said[edge.end], plain(edge.label)) for edge in drawn.edges),
        ),
        "shape": (
            Counter((shape.kind.value, plain(shape.text)) for shape in chart.shapes),
            Counter((shape.kind, plain(shape.text)) for shape in drawn.shapes),
        ),
        "lane": (
            Counter((plain(shape.text), plain(shape.lane)) for shape in chart.shapes if shape.lane),
            Counter((plain(shape.text), plain(shape.lane)) for shape in drawn.shapes if shape.lane),
        ),
    }
    found = {}
    for name, (read, true) in pairs.items():
        found |= {f"{name}_right": (read & true).total(), f"{name}_read": read.total(), f"{name}_true": true.total()}
    return found


def shares(sums: Counter[str]) -> dict[str, float]:
    return {f"{name}_f1": f1(sums[f"{name}_right"], sums[f"{name}_read"], sums[f"{name}_true"]) for name in PARTS}


def _reader(provider: str) -> ReadChart:
    engine = engine_of(provider)
    return lambda picture: read_picture(picture, engine)


def measure(count: int, seed: int, told: Told, *, provider: str = READER) -> evaluation.Result:
    """`count` drawings of odd seeds after `seed`, for the command."""
    return as_result(evaluate(None, provider, count=count, first=2 * seed + 1, told=told))
