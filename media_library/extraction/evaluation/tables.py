"""Drawn tables: ruled, half ruled and borderless, with merged and wrapped cells, skewed, turned, noisy and as JPEG.

A cell is right if its row, its column, what it spans and its text are. Of the text, spaces and the kind of its dashes
do not count. F1 over all cells of all pictures, empty ones left out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media_library import evaluation
from media_library.extraction.drawing.tables import TrueCell, draw
from media_library.extraction.evaluation.measuring import READER, Told, as_result, engine_of, peak_mb, share, untold
from media_library.extraction.tables.reading import read_picture
from media_library.extraction.tables.schema import Table
from media_library.extraction.words import fold

if TYPE_CHECKING:
    from PIL.Image import Image

COUNT = 200

ReadTables = Callable[["Image"], Sequence[Table]]


def evaluate(
    folder: Path | None = None,
    provider: str = READER,
    *,
    count: int = COUNT,
    first: int = 1,
    step: int = 2,
    read: ReadTables | None = None,
    told: Told = untold,
) -> dict[str, Any]:
    """F1 of cells on `count` drawn tables; by default those of odd seeds, on which nothing was tuned.

    `folder` is not looked at: everything is drawn. Raises ValueError for a provider that cannot be measured here.
    """
    reads = read or _reader(provider)
    sums: Counter[str] = Counter()
    by_rules: dict[str, Counter[str]] = {}
    misses: list[dict[str, Any]] = []
    seconds = 0.0
    for done in range(count):
        drawn = draw(first + done * step)
        started = time.perf_counter()
        tables = reads(drawn.picture)
        seconds += time.perf_counter() - started
        right, read_cells, true_cells, placed = compare(tables, drawn.cells)
        for counter in (sums, by_rules.setdefault(drawn.rules, Counter())):
            counter.update(right=right, read=read_cells, true=true_cells, placed=placed)
        sums["whole"] += right == read_cells == true_cells
        if not right == read_cells == true_cells:
            counted = {"right": right, "read": read_cells, "true": true_cells}
            misses.append({"seed": drawn.seed, "rules": drawn.rules, "traits": list(drawn.traits), **counted})
        told(done + 1, count)
    return {
        "kind": "tables",
        "provider": provider,
        "count": count,
        "shares": {
            "cell_f1": f1(sums["right"], sums["read"], sums["true"]),
            # The same without looking at the text: what is lost to the layout, and what to the text.
            "place_f1": f1(sums["placed"], sums["read"], sums["true"]),
            "whole": share(sums["whole"], count),
        },
        "by_rules": {name: f1(c["right"], c["read"], c["true"]) for name, c in sorted(by_rules.items())},
        "seconds": round(seconds, 1),
        "seconds_per_page": round(seconds / max(1, count), 3),
        "peak_mb": peak_mb(),
        "misses": misses,
    }


def compare(tables: Sequence[Table], cells: Sequence[TrueCell]) -> tuple[int, int, int, int]:
    """How many cells are right, read and true, and how many stand in their place whatever they say.

    Where several tables were read, that with most right is taken, and the cells of the others are too many.
    """
    true = Counter((cell.row, cell.column, cell.rows, cell.columns, plain(cell.text)) for cell in cells)
    true_places = Counter(key[:4] for key in true.elements())
    best = (0, 0)
    for table in tables:
        read = Counter((c.row, c.column, c.rows, c.columns, plain(c.text)) for c in table.cells if c.text)
        places = Counter(key[:4] for key in read.elements())
        best = max(best, ((read & true).total(), (places & true_places).total()))
    return best[0], sum(bool(cell.text) for table in tables for cell in table.cells), len(cells), best[1]


def plain(text: str) -> str:
    """`text` without spaces and accents, its dashes and quotes made one."""
    return "".join(fold(text).split()).translate({0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2019: "'"})


def f1(right: int, read: int, true: int) -> float:
    return round(2 * right / (read + true), 4) if read + true else 0.0


def _reader(provider: str) -> ReadTables:
    engine = engine_of(provider)
    return lambda picture: read_picture(picture, engine)


def measure(count: int, seed: int, told: Told, *, provider: str = READER) -> evaluation.Result:
    """`count` drawings of odd seeds after `seed`, for the command."""
    return as_result(evaluate(None, provider, count=count, first=2 * seed + 1, told=told))
