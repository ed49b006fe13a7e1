"""The words every format speaks: what a file is, what it holds, what is cut out of it, and why it was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Kind = Literal["image", "video"]


class FileRejected(Exception):
    """A file the library cannot take. `message` is a sentence for its owner: what is wrong and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    max_bytes: int = 4 * 1024**3
    max_pixels: int = 120_000_000
    """Of one picture or one frame, by its header, before anything is decoded."""
    max_duration_s: float = 4 * 3600
    max_frames: int = 120
    """The most frames that are cut out of one video, however long."""
    preview_px: int = 1600
    thumbnail_px: int = 480
    segment_px: int = 512
    """Longer sides, in pixels."""
    budget_s: float = 300
    """Wall time for looking through one file; what was found by then counts."""


@dataclass(frozen=True)
class Sniffed:
    """What a file is by its content. `extension` has its dot."""

    kind: Kind
    mime_type: str
    extension: str


@dataclass(frozen=True)
class Probe:
    """Facts about a file. Width and height as displayed, duration in seconds, `captured_at` aware.

    `has_location`: the file may say where it was taken. Errs on that side.
    """

    kind: Kind
    mime_type: str
    width: int
    height: int
    duration: float | None = None
    captured_at: datetime | None = None
    camera: str = ""
    has_location: bool = False


@dataclass(frozen=True)
class Cut:
    """A piece that can be found by itself: RGB, upright, longer side at most `Limits.segment_px`.

    `start` and `end` in seconds from the beginning of a video; None for a picture.
    """

    ordinal: int
    start: float | None
    end: float | None
    picture: Image


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse what would fill the memory when decoded. Raises FileRejected (``too-many-pixels``)."""
    if width < 1 or height < 1:
        raise damaged()
    if width * height > limits.max_pixels:
        raise FileRejected(
            "too-many-pixels",
            f"It claims to be {width} × {height} pixels; this library takes up to "
            f"{limits.max_pixels / 1_000_000:g} megapixels. Make it smaller and try again.",
        )


def damaged(what: str = "file") -> FileRejected:
    return FileRejected("damaged", f"This {what} is damaged or incomplete. Try to copy, download or export it again.")


def location_stays(what: str) -> FileRejected:
    return FileRejected(
        "location-stays",
        f"This {what} says where it was taken, and that could not be removed. Export it again without its location.",
    )
