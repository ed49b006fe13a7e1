"""Real receipts with their keys, as ICDAR 2019 SROIE has them, compared as that contest's normalised exact match.

FOLDER holds img/NAME.jpg and key/NAME.json with the true company, date, address and total. Letters and digits alone are
compared, case and accents folded; totals as numbers, dates by value. A value that a key lacks counts for nothing.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media_library import evaluation
from media_library.extraction.amounts import amounts
from media_library.extraction.dates import dates
from media_library.extraction.evaluation.measuring import (
    READER,
    Read,
    Told,
    as_result,
    engine,
    peak_mb,
    read_by,
    share,
    untold,
)
from media_library.extraction.invoices import read_pictures
from media_library.extraction.layout import page_of
from media_library.extraction.schemas import Invoice
from media_library.extraction.words import squash
from media_library.ocr import Reading

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

FIELDS = {"company": "vendor", "date": "date", "address": "address", "total": "total"}
"""What a key calls it → the field of Invoice."""
ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")


def default_folder() -> Path:
    """Where real receipts are looked for when no folder is named: beside the project, as its notes say."""
    from django.conf import settings

    return Path(settings.BASE_DIR).parent / "shared" / "data" / "sroie"


def evaluate(
    folder: Path | None = None,
    provider: str = READER,
    *,
    read: Read | None = None,
    part: slice = slice(None),
    told: Told = untold,
) -> dict[str, Any]:
    """Shares of receipts in `folder` whose values are read exactly, and of all four together.

    `part`: which of them, sorted by name. `limited_by_text`: which share of values the OCR text does not hold, so that
    nothing could find them there; only where the reader reads. Raises ValueError for a folder without receipts.
    """
    folder = folder or default_folder()
    cases = list(_cases(folder))[part]
    if not cases:
        raise ValueError(f"{folder} holds no receipts: img/NAME.jpg and key/NAME.json. Name a folder that does.")
    texts = _Remembering() if read is None and provider == READER else None
    reads = (lambda pictures: read_pictures(pictures, texts)) if texts else read_by(provider, read)
    right: Counter[str] = Counter()
    known: Counter[str] = Counter()
    present: Counter[str] = Counter()
    marked = 0
    misses: list[dict[str, Any]] = []
    seconds = 0.0
    for done, (name, picture, key) in enumerate(cases, start=1):
        opened = partial(_open, picture)
        started = time.perf_counter()
        invoice = reads([opened])
        seconds += time.perf_counter() - started
        found = compare(invoice, key)
        for field, is_right in found.items():
            known[field] += 1
            right[field] += is_right
            if not is_right:
                value = getattr(invoice, FIELDS[field])
                misses.append(
                    {"name": name, "field": field, "true": key[field], "read": str(value.value) if value else ""}
                )
        right["all"] += all(found.values())
        known["all"] += 1
        marked += bool(invoice.marks)
        if texts:
            present.update(present_in(texts.rows, key))
        told(done, len(cases))
    result: dict[str, Any] = {
        "kind": "receipts",
        "provider": provider,
        "count": len(cases),
        "shares": {field: share(right[field], known[field]) for field in (*FIELDS, "all")},
        "marked": share(marked, len(cases)),
        "seconds": round(seconds, 1),
        "seconds_per_page": round(seconds / len(cases), 3),
        "peak_mb": peak_mb(),
        "misses": misses,
    }
    if texts:
        result["limited_by_text"] = {field: round(1 - share(present[field], known[field]), 4) for field in FIELDS}
    return result


def measure(
    count: int, seed: int, told: Told, *, folder: Path | None = None, provider: str = READER
) -> evaluation.Result:
    """The first `count` receipts of `folder`, for the command; `seed` changes nothing. Raises as `evaluate` does."""
    return as_result(evaluate(folder, provider, part=slice(count), told=told))


def compare(invoice: Invoice, key: dict[str, str]) -> dict[str, bool]:
    """Which values of a key were read: field of the key → whether."""
    found = {}
    for field, name in FIELDS.items():
        if not key.get(field):
            continue
        value = getattr(invoice, name)
        found[field] = value is not None and _same(field, value.value, key[field])
    return found


def _same(field: str, value: Any, true: str) -> bool:
    if field == "total":
        return value == true_total(true)
    if field == "date":
        return any(one.value == value for one in dates(true)[:1])
    return squash(str(value)) == squash(true)


def true_total(written: str) -> Decimal | None:
    """The number in a key, which may have a currency before it and commas between thousands."""
    try:
        return Decimal(re.sub(r"[^\d.-]", "", written.replace(",", "")))
    except InvalidOperation:
        return None


def _cases(folder: Path) -> list[tuple[str, Path, dict[str, str]]]:
    cases = []
    for path in sorted((folder / "key").glob("*.json")):
        picture = next((p for e in ENDINGS if (p := folder / "img" / f"{path.stem}{e}").exists()), None)
        key = json.loads(path.read_text(encoding="utf-8"))
        if picture and isinstance(key, dict):
            cases.append((path.stem, picture, {name: str(value) for name, value in key.items()}))
    return cases


def _open(path: Path) -> Image:
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


class _Remembering:
    """The reader's engine, which keeps what it read last: nothing is read twice to see what the text holds."""

    def __init__(self) -> None:
        self._engine = engine()
        self.last = Reading()

    def read(self, picture: Image) -> Reading:
        self.last = self._engine.read(picture)
        return self.last

    def read_at(self, picture: Image, turned: int, quads: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        return self._engine.read_at(picture, turned, quads)  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[str]:
        return [row.text for row in page_of(self.last).rows]


def present_in(rows: list[str], key: dict[str, str]) -> Counter[str]:
    """1 for each field whose true value stands in `rows`, letters and digits read one after the other."""
    plain = squash(" ".join(rows))
    found: Counter[str] = Counter()
    for field in ("company", "address"):
        found[field] = int(bool(key.get(field)) and squash(key[field]) in plain)
    total = true_total(key.get("total", ""))
    found["total"] = int(any(one.value == total for row in rows for one in amounts(row)))
    day = next((one.value for one in dates(key.get("date", ""))), None)
    found["date"] = int(any(one.value == day for row in rows for one in dates(row)))
    return found
