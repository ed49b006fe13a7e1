"""How a picture is read with an engine that finds and reads upright lines: what is worth a look, which way up, what is
text and what only looks like it.

Most pictures of a library are photographs without text, so a look at a small copy comes first and is the last where
it finds nothing. Its lines also tell whether the text runs across or up and down. Which of the two ways up is right is
told by how sure the recogniser is of a few lines, and only tried where it is not.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from media_library.formats import pictures
from media_library.formats.base import Line
from media_library.ocr import Piece, Reading
from media_library.ocr.layout import displayed, joined, places_of, reading_order, skew_of

MAX_PIXELS = 6_000_000
"""A larger picture is made smaller first: an A4 page has 250 dots per inch then."""
GATE_PIXELS = 600_000
FIND_PIXELS = 1_300_000
"""What lines are looked for in: at first, and where there seem to be any. They are read in MAX_PIXELS. Looking in more
finds less: the engine was trained on small pictures (ADR 13)."""
FEW = 4
MAYBE_FROM = 0.5
"""So few lines at first are read before more are looked for, and nothing more is done if none is so sure."""
MIN_SIDE = 6
"""Pixels; nothing thinner can be read."""

TALL = 1.5
"""Height by width from which on a line is taken to run up or down."""
SAMPLE = 6
SURE = 0.85
"""So many of the longest lines tell which way up a picture is; with this mean confidence nothing else is tried. Of 40
receipts the least was .89 the right way up, the most .76 upside down."""
TURN_GAIN = 0.08
"""By how much surer another way up has to be."""

KEEP_FROM = 0.7
"""The mean confidence of a line that is kept. What patterns in photographs are taken for lay below .6, faint prices and
lettering above .7."""
STRAY_FROM = 0.9
"""The same of one or two characters, which many a pattern looks like."""
PIECE_FROM = 0.5
"""The confidence from which on a stretch is handed on as a piece, for readers of tables, which know what to expect
where."""
TEXT_CHARACTERS = 4
"""A picture says something if one line that is kept has at least so many letters and digits."""


class LineEngine(Protocol):
    def detect(self, pixels: np.ndarray, area: int) -> np.ndarray: ...

    def recognise(self, pixels: np.ndarray, quads: Sequence[np.ndarray]) -> list[tuple[str, float]]: ...


@dataclass(frozen=True)
class _Found:
    """Lines of a picture that was turned by `turned` degrees clockwise; quads run along the text."""

    turned: int
    pixels: np.ndarray
    quads: list[np.ndarray]
    read: dict[int, tuple[str, float]]
    """What was read already, by the number of its quad."""

    @property
    def sureness(self) -> float:
        """Mean confidence by character of what was read; 0 for nothing."""
        weights = [len(text) for text, _ in self.read.values()]
        total = sum(weights)
        sums = sum(weight * sure for weight, (_, sure) in zip(weights, self.read.values(), strict=True))
        return sums / total if total else 0.0


class PictureReader:
    """Reads pictures, one at a time."""

    def __init__(self, engine: LineEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    def read(self, picture: Image.Image) -> Reading:
        if min(picture.size) < MIN_SIDE:
            return Reading()
        pixels = _legible(picture)
        with self._lock:
            found = self._which_way_up(pixels)
            if found is None:
                return Reading()
            rest = [number for number in range(len(found.quads)) if number not in found.read]
            texts = self._engine.recognise(found.pixels, [found.quads[number] for number in rest])
        found.read.update(zip(rest, texts, strict=True))
        return _reading(found)

    def read_at(self, picture: Image.Image, turned: int, quads: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        """What stands in places that are known, found or not, with its confidence, 0 to 1; "" for nothing.

        `turned` as the Reading of `picture` says; `quads` (4, 2) in the pixels its pieces are measured in.
        """
        pixels = _turn(_legible(picture), turned)
        height, width = pixels.shape[:2]
        inside = [np.clip(quad, 0, (width, height)).astype(np.float32) for quad in quads]
        with self._lock:
            return self._engine.recognise(pixels, inside)

    def _which_way_up(self, pixels: np.ndarray) -> _Found | None:
        """The lines of a picture, the longest read, in the way up that reads best. None where there is no text."""
        first = self._engine.detect(pixels, GATE_PIXELS)
        if not self._worth_it(pixels, first):
            return None
        across = _share_across(first)
        best = self._better_way_up(pixels, 0 if across >= 0.5 else 90, first)
        if best.sureness < SURE and 0.2 < across < 0.8:
            other = self._better_way_up(pixels, 90 if across >= 0.5 else 0, first)
            if other.sureness > best.sureness + TURN_GAIN:
                best = other
        return best

    def _worth_it(self, pixels: np.ndarray, quads: np.ndarray) -> bool:
        if not 0 < len(quads) <= FEW:
            return len(quads) > FEW
        lines = [_along(quad) for quad in quads]
        either_way = [*lines, *(np.roll(line, 2, axis=0) for line in lines)]
        return any(sure >= MAYBE_FROM and _said(text) > 1 for text, sure in self._engine.recognise(pixels, either_way))

    def _better_way_up(self, pixels: np.ndarray, turned: int, first: np.ndarray) -> _Found:
        """The picture turned by that much, or by half a turn more if it reads better.

        `first`: the lines found at first, which are all where the picture is that small and not turned.
        """
        upright = _turn(pixels, turned)
        all_seen = not turned and pixels.shape[0] * pixels.shape[1] <= GATE_PIXELS
        quads = [_along(quad) for quad in (first if all_seen else self._engine.detect(upright, FIND_PIXELS))]
        found = self._sample(_Found(turned, upright, quads, {}))
        if found.sureness >= SURE or not quads:
            return found
        height, width = upright.shape[:2]
        # The lower right corner becomes the upper left one.
        turned_quads = [(width, height) - np.roll(quad, 2, axis=0) for quad in quads]
        upside_down = _Found((turned + 180) % 360, _turn(upright, 180), turned_quads, {})
        upside_down = self._sample(upside_down)
        return upside_down if upside_down.sureness > found.sureness + TURN_GAIN else found

    def _sample(self, found: _Found) -> _Found:
        """`found` with its longest lines read."""
        longest = sorted(range(len(found.quads)), key=lambda number: -_length(found.quads[number]))[:SAMPLE]
        texts = self._engine.recognise(found.pixels, [found.quads[number] for number in longest])
        found.read.update(zip(longest, texts, strict=True))
        return found


def _legible(picture: Image.Image) -> np.ndarray:
    """(h, w, 3) uint8 RGB pixels of `picture` on white, in a size that can be read."""
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode == "P":
        picture = picture.convert("RGBA")
    width, height = picture.size
    if width * height > MAX_PIXELS:
        scale = math.sqrt(MAX_PIXELS / (width * height))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Whole pixels are averaged first: a picture of 120 megapixels costs little memory beyond its own.
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if picture.mode != "RGB":
        picture = pictures.fit(picture.copy(), max(picture.size))
    return np.asarray(picture)


def _turn(pixels: np.ndarray, clockwise: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(pixels, -(clockwise // 90))) if clockwise else pixels


def _length(quad: np.ndarray) -> float:
    return float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[1])))


def _is_tall(quad: np.ndarray) -> bool:
    return bool(np.linalg.norm(quad[3] - quad[0]) >= TALL * np.linalg.norm(quad[1] - quad[0]))


def _share_across(quads: np.ndarray) -> float:
    """Which share of all lines, by their lengths, runs across rather than up and down."""
    total = sum(_length(quad) for quad in quads)
    return 1 - sum(_length(quad) for quad in quads if _is_tall(quad)) / total if total else 1.0


def _along(quad: np.ndarray) -> np.ndarray:
    """The corners of `quad` from where its text begins: one that is tall is read from below, as on axes of figures."""
    return np.roll(quad, 1, axis=0) if _is_tall(quad) else quad


def _reading(found: _Found) -> Reading:
    """What is text of what was found, in reading order."""
    kept = [number for number in sorted(found.read) if _is_text(*found.read[number])]
    if not any(_said(found.read[number][0]) >= TEXT_CHARACTERS for number in kept):
        return Reading()
    quads = [found.quads[number] for number in kept]
    texts = [found.read[number][0] for number in kept]
    across = [quad for quad in quads if abs(quad[1][0] - quad[0][0]) >= abs(quad[1][1] - quad[0][1])]
    places = places_of(quads, skew_of(across))
    height, width = found.pixels.shape[:2]
    lines: list[Line] = []
    rows: list[int] = []
    for row_number, row in enumerate(reading_order(places)):
        for group in joined(row, places):
            corners = np.concatenate([quads[number] for number in group]) / (width, height)
            lines.append(Line(" ".join(texts[number] for number in group), displayed(corners, found.turned)))
            rows.append(row_number)
    return Reading(tuple(lines), found.turned, tuple(rows), _pieces(found), (width, height))


def _pieces(found: _Found) -> tuple[Piece, ...]:
    return tuple(
        Piece(text, sure, tuple((float(x), float(y)) for x, y in found.quads[number]))
        for number, (text, sure) in sorted(found.read.items())
        if sure >= PIECE_FROM and text.strip()
    )


def _said(text: str) -> int:
    """How many letters and digits there are."""
    return sum(character.isalnum() for character in text)


def _is_text(text: str, sure: float) -> bool:
    said = _said(text)
    return said > 0 and sure >= (KEEP_FROM if said > 2 else STRAY_FROM)
