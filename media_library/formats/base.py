"""The words every format speaks: what a file is, what it holds, what is cut out of it, and why it was refused."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Kind = Literal["image", "video", "sound", "document", "text"]
CutKind = Literal["image", "frame", "sound", "page", "passage", "figure"]

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares (0 to 1) of the width and height of the picture or page as displayed."""


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
    max_pages: int = 1000
    """The most pages of one document that are read; what comes after them is said not to be."""
    max_characters: int = 2_000_000
    """The most text of one file that is read."""
    max_cuts: int = 10_000
    """The most pieces of one file that can be found by themselves. Books have some thousands."""
    preview_px: int = 1600
    page_px: int = 1400
    legible_px: int = 2200
    frame_px: int = 960
    segment_px: int = 512
    thumbnail_px: int = 512
    """Longer sides, in pixels. Pages are read on screen; text is looked for at the size `legible_px`."""
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
    """Facts about a file. Width and height in pixels as displayed, duration in seconds, `captured_at` aware.

    `has_location`: the file may say where it was taken. Errs on that side.
    """

    kind: Kind
    mime_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    pages: int | None = None
    captured_at: datetime | None = None
    camera: str = ""
    said: str = ""
    """What the file says of itself in words: the title and author of a document, the artist of a song."""
    waveform: tuple[int, ...] = ()
    """Peaks of a sound from its beginning to its end, 0 to 100."""
    note: str = ""
    """A sentence for the owner where only a part of the file is read."""
    has_location: bool = False


@dataclass(frozen=True)
class Line:
    """A line of text and where it stands."""

    text: str
    box: Box


@dataclass(frozen=True)
class Cut:
    """A piece that can be found by itself. `ordinal` counts within its kind, from 0, in order.

    - ``image``: the picture; ``frame``: a picture with its `start` and `end`; ``sound``: a stretch, start to end;
    - ``page``: the picture of a page of a document; ``passage``: text in reading order with the heading it stands
      under; ``figure``: a picture inside a document, `text` its caption. All have their `page`, counted from 1, and
      passages and figures of a document the `box` they fill on it.

    `picture`: RGB, upright, longer side at most that of Limits. `start` and `end` in seconds from the beginning.
    """

    kind: CutKind
    ordinal: int
    picture: Image | None = None
    start: float | None = None
    end: float | None = None
    page: int | None = None
    box: Box | None = None
    heading: str = ""
    text: str = ""
    lines: tuple[Line, ...] = ()
    """Where each line of `text` stands on the page."""
    heard: bytes = b""
    """Of a stretch of sound that is not silent: its spectrogram, packed (spectrograms.py)."""


Cuts = Generator[Cut, None, str | None]
"""The pieces of a file in order. Returned at the end: a sentence for the owner where only a part of it was cut."""


OPEN_S = 30.0
"""Wall time for opening one video or sound, or for one packet of it; it takes milliseconds."""


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


def too_slow(what: str) -> FileRejected:
    return FileRejected("too-slow", f"Opening this {what} took too long. Try to export it again.")


def damaged(what: str = "file") -> FileRejected:
    return FileRejected("damaged", f"This {what} is damaged or incomplete. Try to copy, download or export it again.")


def location_stays(what: str) -> FileRejected:
    return FileRejected(
        "location-stays",
        f"This {what} says where it was taken, and that could not be removed. Export it again without its location.",
    )
