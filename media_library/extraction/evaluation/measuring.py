"""What both evaluations measure: time, memory, and by which reader."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from media_library import evaluation, ocr
from media_library.extraction.invoices import read_pictures
from media_library.extraction.schemas import Invoice

if TYPE_CHECKING:
    from PIL.Image import Image

READER = "reader"

Pictures = Sequence[Callable[[], "Image"]]
Read = Callable[[Pictures], Invoice]
"""Pictures of the pages of one document, each opened when called → what was read."""
Told = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


def untold(done: int, total: int) -> None:
    """Tells nobody."""


def read_by(provider: str, read: Read | None = None) -> Read:
    """How `provider` reads: `read`, or the reader with its engine. Raises ValueError and OcrError."""
    if read is not None:
        return read
    reader = engine_of(provider)
    return lambda pictures: read_pictures(pictures, reader)


def engine_of(provider: str) -> ocr.Reader:
    """The engine of the reader, the only provider that can be measured here. Raises ValueError and OcrError."""
    if provider != READER:
        raise ValueError(f"“{provider}” is not measured here. Use reader, or hand over how it reads.")
    return engine()


def engine() -> ocr.Reader:
    """The real engine, whichever the settings name: it is what is measured. Raises OcrError."""
    from django.conf import settings

    return ocr.load("rapidocr", settings.SIGHTLINE_OCR_THREADS)


def peak_mb() -> float:
    """Peak memory of this process, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def as_result(found: dict[str, Any]) -> evaluation.Result:
    """What an `evaluate` returned, as the command prints it."""
    figures = dict(found["shares"])
    figures |= {f"{name}_not_in_text": one for name, one in found.get("limited_by_text", {}).items()}
    figures |= {"seconds_per_page": found["seconds_per_page"], "peak_mb": found["peak_mb"]}
    return evaluation.Result(found["kind"], found["count"], found["seconds"], figures, found["misses"])


def share(count: int, of: int) -> float:
    return round(count / of, 4) if of else 0.0
