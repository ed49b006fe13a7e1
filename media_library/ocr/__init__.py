"""Reading text in pictures: scans, photographs with signs, screenshots, frames of films.

`load` gives the reader that a setting names. There is one engine per process: it holds its models in memory and is
safe to use from several threads, which take turns.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from media_library.formats.base import Line

if TYPE_CHECKING:
    from PIL.Image import Image


class OcrError(Exception):
    """The engine cannot be loaded. The message is a sentence that says what to do."""


@dataclass(frozen=True)
class Piece:
    """One stretch of text just as the engine found it, with its mean confidence `sure`, 0 to 1.

    `corners`: upper left, upper right, lower right and lower left as the text runs, in pixels of the upright picture.
    """

    text: str
    sure: float
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Reading:
    """What a picture says. Empty where there is no text in it.

    `lines` in reading order; their boxes are shares of the picture as it was given, however its text is turned.
    `turned`: by how many degrees clockwise (0, 90, 180, 270) the picture has to be turned for its text to stand
    upright. `rows`: for each line the number of its row, so that a label and the value far to its right are known to
    stand side by side; without it every line is a row of its own.
    """

    lines: tuple[Line, ...] = ()
    turned: int = 0
    rows: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = field(default=(), compare=False, repr=False)
    """What the lines were made of, and what is too faint to be one: single digits of a table. Without them the reader
    tells of lines alone."""
    size: tuple[int, int] = field(default=(0, 0), compare=False)
    """Width and height of the upright picture that was read, in pixels; what `pieces` are measured in."""

    @property
    def text(self) -> str:
        """One line per row, its parts joined by a space."""
        rows: dict[int, list[str]] = {}
        for line, row in zip(self.lines, self.rows or range(len(self.lines)), strict=True):
            rows.setdefault(row, []).append(line.text)
        return "\n".join(" ".join(parts) for parts in rows.values())


class Reader(Protocol):
    def read(self, picture: Image) -> Reading:
        """The text in `picture`, of any size and mode, which is left as it is. Never raises on what it shows."""
        ...


class _Off:
    def read(self, picture: Image) -> Reading:
        return Reading()


_readers: dict[str, Reader] = {}
_lock = threading.Lock()


def load(spec: str, threads: int = 1) -> Reader:
    """The reader called `spec`: ``rapidocr``; ``fake``, which reads what fake.draw drew; ``off``, which reads nothing.

    `threads`: how many the engine computes with; the first to load it decides. Raises OcrError.
    """
    with _lock:
        if spec not in _readers:
            _readers[spec] = _make(spec, threads)
        return _readers[spec]


def _make(spec: str, threads: int) -> Reader:
    if spec == "rapidocr":
        from media_library.ocr.rapid import Engine
        from media_library.ocr.reader import PictureReader

        return PictureReader(Engine(threads))
    if spec == "fake":
        from media_library.ocr.fake import FakeReader

        return FakeReader()
    if spec == "off":
        return _Off()
    raise OcrError(f"There is no text reader called “{spec}”. Set SIGHTLINE_OCR to rapidocr or off.")
