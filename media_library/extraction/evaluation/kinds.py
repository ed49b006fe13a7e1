"""Documents of every kind, drawn and real: how often the kind of each is told rightly.

Invoices, receipts, tables, charts, flow charts and pages of text are drawn; photographs are parts of those in FOLDER
(by default those beside the project, as its notes say) and of the demo library; every other receipt is a real one,
where there are any. The first figure of a run is the share that is right, then that of each kind.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media_library import evaluation
from media_library.extraction.drawing import charts, flowcharts, prose, tables
from media_library.extraction.drawing.documents import draw as draw_document
from media_library.extraction.evaluation import receipts
from media_library.extraction.evaluation.measuring import READER, Told, engine, peak_mb, share, untold
from media_library.extraction.kinds import Kind, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
NO_PHOTOGRAPHS = frozenset({"page.png", "text.png", "horse.png", "cell.png"})
"""Pictures of the demo library that are pages, a drawing and a hologram."""
ENOUGH = 5_000


@dataclass(frozen=True)
class Case:
    """`true`: what it is; `name`: how to find it again; `picture` draws or opens it."""

    true: Kind
    name: str
    picture: Callable[[], Image]


def evaluate(
    folder: Path | None = None,
    provider: str = READER,
    *,
    count: int = 200,
    first: int = 1,
    step: int = 2,
    told: Told = untold,
) -> dict[str, Any]:
    """Shares that are right over `count` documents, every kind in turn; by default of odd seeds, on which nothing was
    tuned. `confused`: true kind → what it was taken for → how many. Raises ValueError and OcrError.
    """
    if provider != READER:
        raise ValueError(f"“{provider}” is not measured here: kinds are told by the reader alone.")
    reader = engine()
    confused: dict[str, Counter[str]] = {kind.value: Counter() for kind in Kind}
    misses: list[dict[str, Any]] = []
    told_in, seconds = [], 0.0
    for done, case in enumerate(cases(count, first, step, folder), start=1):
        picture = case.picture()
        begun = time.perf_counter()
        reading = reader.read(picture)
        # Of the processor, so that what else the machine does is not counted.
        read = time.process_time()
        kind, sure = kind_of(picture, reading)
        told_in.append(time.process_time() - read)
        seconds += time.perf_counter() - begun
        confused[case.true.value][kind.value] += 1
        if kind != case.true:
            misses.append({"name": case.name, "true": case.true.value, "told": kind.value, "sure": sure})
        told(done, count)
    total = sum(each.total() for each in confused.values())
    return {
        "kind": "kinds",
        "provider": provider,
        "count": total,
        "shares": {"right": share(total - len(misses), total)}
        | {kind: share(found[kind], found.total()) for kind, found in confused.items() if found},
        "confused": {kind: dict(found.most_common()) for kind, found in confused.items() if found},
        "seconds": round(seconds, 1),
        "ms_beside_reading": round(1000 * sum(told_in) / max(1, len(told_in)), 1),
        "slowest_ms": round(1000 * max(told_in, default=0.0), 1),
        "peak_mb": peak_mb(),
        "misses": misses,
    }


def cases(count: int, first: int, step: int, folder: Path | None = None) -> Iterator[Case]:
    """`count` documents, one of each kind by turns, of the seeds `first`, `first` + `step`, …

    Without any photographs that kind is left out. Raises ValueError where `folder` was named and holds none.
    """
    photographs = _photographs(folder)
    if folder and not photographs:
        raise ValueError(f"{folder} holds no photographs (JPEG, PNG or WebP). Name a folder that does.")
    kinds = [kind for kind in Kind if photographs or kind is not Kind.PHOTOGRAPH]
    for number in range(count):
        turn, kind = number // len(kinds), kinds[number % len(kinds)]
        yield _case(kind, first + turn * step, turn, photographs)


def _case(kind: Kind, seed: int, turn: int, photographs: list[Path]) -> Case:
    match kind:
        case Kind.PHOTOGRAPH:
            # By the seed, so that those of odd and of even seeds are different ones.
            path = photographs[seed % len(photographs)]
            return Case(kind, f"{path.name} {seed}", partial(_part_of, path, seed))
        case Kind.RECEIPT if turn % 2 and (real := _receipts()):
            path = real[seed % len(real)]
            return Case(kind, path.name, partial(receipts._open, path))
        case Kind.RECEIPT | Kind.INVOICE:
            at = _document(kind, seed)
            return Case(kind, f"document {at}", lambda: draw_document(at).pages[0])
    draw = {Kind.TABLE: tables.draw, Kind.CHART: charts.draw, Kind.FLOWCHART: flowcharts.draw, Kind.PAGE: prose.draw}
    return Case(kind, f"{kind.value} {seed}", lambda: draw[kind](seed).picture)


@cache
def _document(kind: Kind, seed: int) -> int:
    """The number of a drawn document of that kind, odd where `seed` is; each belongs to one seed only."""
    found = 0
    for number in range(seed % 2, ENOUGH, 2):
        # As `draw` decides it, without drawing.
        on_a_till = random.Random(number).random() < 1 / 3
        if on_a_till == (kind is Kind.RECEIPT):
            if found == seed // 2:
                return number
            found += 1
    raise ValueError(f"There are not so many drawn documents: {seed}. Measure fewer.")


@cache
def _receipts() -> list[Path]:
    folder = receipts.default_folder() / "img"
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in ENDINGS) if folder.is_dir() else []


@cache
def _photographs(folder: Path | None) -> list[Path]:
    from django.conf import settings

    from media_library.demo.photographs import PHOTOGRAPHS, DemoMissing, path_of

    place = folder or Path(settings.BASE_DIR).parent / "shared" / "data" / "animals"
    found = sorted(path for path in place.rglob("*") if path.suffix.lower() in ENDINGS) if place.is_dir() else []
    if folder is None:
        for photograph in PHOTOGRAPHS:
            try:
                path = path_of(photograph)
            except DemoMissing:
                continue
            if path.is_file() and path.name not in NO_PHOTOGRAPHS:
                found.append(path)
    return found


def _part_of(path: Path, seed: int) -> Image:
    """A part of a photograph, at least half as wide and high as it is, in one of many sizes, as a JPEG file has it."""
    from PIL import Image, ImageOps

    from media_library.extraction.drawing.damage import Damage

    chance = random.Random(seed * 49979687 + 3)
    with Image.open(path) as opened:
        whole = ImageOps.exif_transpose(opened).convert("RGB")
    width, height = (round(side * chance.uniform(0.5, 1.0)) for side in whole.size)
    left, top = chance.randint(0, whole.width - width), chance.randint(0, whole.height - height)
    part = whole.crop((left, top, left + width, top + height))
    if chance.random() < 0.5:
        part = ImageOps.mirror(part)
    longest = chance.choice((640, 1000, 1600))
    part = part.resize((max(8, width * longest // max(part.size)), max(8, height * longest // max(part.size))))
    return Damage(noise=chance.choice((0.0, 0.0, 6.0)), quality=chance.randint(60, 95)).apply(part, seed)


def measure(
    count: int, seed: int, told: Told, *, folder: Path | None = None, provider: str = READER
) -> evaluation.Result:
    """`count` documents of odd seeds after `seed`, for the command; `misses` begin with what was taken for what."""
    found = evaluate(folder, provider, count=count, first=2 * seed + 1, told=told)
    figures = {**found["shares"], "ms_beside_reading": found["ms_beside_reading"], "peak_mb": found["peak_mb"]}
    table = [{"true": kind, **row} for kind, row in found["confused"].items()]
    return evaluation.Result(
        "documents of every kind", found["count"], found["seconds"], figures, table + found["misses"]
    )
