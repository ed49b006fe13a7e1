"""What a picture looks like at a glance: photographed or drawn, ruled, made of shapes, coloured in.

OpenCV's part of telling kinds of documents. Works on a small copy, so that it takes some hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from media_library.extraction.ink import on_white, straightened
from media_library.extraction.layout import Page

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 640
"""Pixels of the longer side of the copy that is looked at."""
BLOCK = 8
"""Pixels of a side of the squares that shades are compared in."""
RULE = 0.12
"""The share of the longer side from which on a line is a rule."""


@dataclass(frozen=True)
class Box:
    """A closed outline with text in it; edges in pixels of the copy. `fill`: the share of its box that is inside."""

    left: int
    top: int
    right: int
    bottom: int
    fill: float


@dataclass(frozen=True)
class Looks:
    """`shades`: how many colours, of 4096, cover nine tenths of what is not text. `busy`: the share of the picture,
    without its text, that is neither plain nor a sharp edge. `across`, `down`: lengths of rules, in shares of the width
    and the height. `boxes`: outlines around text. `solid`: the share that is filled with a colour other than the
    page's, without text in it; `solids`: in how many pieces. `strokes`: the share of what is drawn that is neither text
    nor a rule. `em`: the height of usual text, in pixels of the copy. `scale`, `origin`: from the straight page to it.
    """

    width: int = 1
    height: int = 1
    scale: float = 1.0
    origin: tuple[float, float] = (0.0, 0.0)
    em: float = 1.0
    shades: int = 0
    busy: float = 0.0
    across: tuple[float, ...] = ()
    down: tuple[float, ...] = ()
    boxes: tuple[Box, ...] = ()
    solid: float = 0.0
    solids: int = 0
    strokes: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the straight page on the copy."""
        return x * self.scale + self.origin[0], y * self.scale + self.origin[1]


def looks_of(picture: Image, page: Page) -> Looks:
    """What `picture` looks like, of which `page` was read. Never raises on what it shows."""
    import cv2

    pixels, scale, origin = _small(picture, page)
    em = max(3.0, page.em * scale) if page.rows else max(pixels.shape[:2]) / 60
    x, y = origin
    words = [
        (piece.left * scale + x, piece.top * scale + y, piece.right * scale + x, piece.bottom * scale + y)
        for piece in page.pieces
        if any(character.isalnum() for character in piece.text)
    ]
    height, width = pixels.shape[:2]
    written = np.zeros((height, width), np.uint8)
    for left, top, right, bottom in words:
        written[max(0, round(top) - 1) : round(bottom) + 2, max(0, round(left) - 1) : round(right) + 2] = 1
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    shades, busy = _shades(pixels, written)
    across = _rules(grey, written)
    down = _rules(np.ascontiguousarray(grey.T), np.ascontiguousarray(written.T))
    edges = _edges(pixels)
    solid, solids = _solids(pixels, written, em)
    ruled = cv2.dilate(across[1] | down[1].T, np.ones((5, 5), np.uint8))
    free = edges[(written == 0) & (ruled == 0)]
    return Looks(
        width=width,
        height=height,
        scale=scale,
        origin=origin,
        em=em,
        shades=shades,
        busy=busy,
        across=across[0],
        down=down[0],
        boxes=_boxes(edges, words, em),
        solid=solid,
        solids=solids,
        strokes=float((free > 0).sum()) / max(1, width * height),
    )


def _small(picture: Image, page: Page) -> tuple[np.ndarray, float, tuple[float, float]]:
    """(h, w, 3) uint8 the copy, upright and straight; its scale, and where the corner of the straight page is on it."""
    from PIL import Image as pillow

    width, height = picture.size
    scale = min(1.0, LONGEST / max(width, height))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = picture.resize(size, pillow.Resampling.BOX, reducing_gap=1.5) if picture.size != size else picture
    pixels = np.asarray(small if small.mode == "RGB" else on_white(small))
    pixels = np.ascontiguousarray(np.rot90(pixels, -(page.turned // 90)))
    if not page.rows or page.size == (0, 0):
        return pixels, 1.0, (0.0, 0.0)
    straight, matrix = straightened(pixels, page.skew, 1.0)
    return straight, pixels.shape[1] / page.size[0], (float(matrix[0, 2]), float(matrix[1, 2]))


def _shades(pixels: np.ndarray, written: np.ndarray) -> tuple[int, float]:
    import cv2

    height, width = (side // BLOCK * BLOCK for side in written.shape)
    if not height or not width:
        return 1, 0.0
    size = width // BLOCK, height // BLOCK
    smooth = cv2.GaussianBlur(pixels, (3, 3), 0)[:height, :width]
    means = cv2.resize(smooth, size, interpolation=cv2.INTER_AREA)
    free = cv2.resize(written[:height, :width].astype(np.float32), size, interpolation=cv2.INTER_AREA) == 0
    if free.sum() < 20:
        return 1, 0.0
    levels = (means[free] >> 4).astype(np.int32)
    counts = np.sort(np.unique(levels @ (256, 16, 1), return_counts=True)[1])[::-1]
    shades = int(np.searchsorted(np.cumsum(counts), 0.9 * counts.sum())) + 1
    # The deviation within each square, from the means of shades and of their squares.
    grey = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shade, squared = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (grey, grey * grey))
    spread = np.sqrt(np.maximum(0.0, squared - shade * shade))[free]
    noise = float(np.percentile(spread, 10))
    return shades, float(((spread > 2 * noise + 2) & (spread < 40)).mean())


def _rules(grey: np.ndarray, written: np.ndarray) -> tuple[tuple[float, ...], np.ndarray]:
    """Lengths of lines along the rows of `grey`, in shares of its width; and (h, w) uint8: where they are."""
    import cv2

    smooth = cv2.blur(grey, (9, 1))
    tall = np.ones((7, 1), np.uint8)
    dark = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, tall)
    light = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, tall)
    response = np.maximum(dark, light)
    mask = (response > 7 + 2 * float(np.median(response[::4, ::4]))).astype(np.uint8)
    mask[written > 0] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 9), np.uint8))
    least = max(20, round(RULE * grey.shape[1]))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    # The edge of a scan, or of the desk below it, is none.
    rim = 3, len(grey) - 3
    found = [s[2] / grey.shape[1] for s in stats[1:500] if s[1] > rim[0] and s[1] + s[3] < rim[1] and s[3] < 12]
    return tuple(round(float(length), 3) for length in found), mask


def _edges(pixels: np.ndarray) -> np.ndarray:
    """(h, w) uint8: 255 on edges in lightness and in colour."""
    import cv2

    lightness, red, blue = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB))
    edges = cv2.Canny(cv2.GaussianBlur(lightness, (0, 0), 1.0), 20, 50)
    for colour in (red, blue):
        edges |= cv2.Canny(cv2.GaussianBlur(colour, (0, 0), 2.0), 12, 30)
    return edges


def _boxes(edges: np.ndarray, words: Sequence[tuple[float, float, float, float]], em: float) -> tuple[Box, ...]:
    """The smallest outline around each word, without what takes most of the picture."""
    import cv2

    if not words:
        return ()
    walls = cv2.dilate(edges, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(walls, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines[:4000]:
        left, top, wide, high = cv2.boundingRect(outline)
        if wide < 2 * em or high < 1.4 * em or wide * high > 0.4 * edges.size:
            continue
        fill = cv2.contourArea(outline) / (wide * high)
        if fill > 0.4:
            found.append(Box(left, top, left + wide, top + high, round(float(fill), 3)))
    kept: set[Box] = set()
    for left, top, right, bottom in words:
        x, y = (left + right) / 2, (top + bottom) / 2
        around = [
            box
            for box in found
            if box.left < x < box.right and box.top < y < box.bottom
            and box.bottom - box.top > 1.15 * (bottom - top) and box.right - box.left > 1.05 * (right - left)
        ]  # fmt: skip
        if around:
            kept.add(min(around, key=lambda box: (box.right - box.left) * (box.bottom - box.top)))
    return tuple(sorted(kept, key=lambda box: (box.top, box.left)))


def _solids(pixels: np.ndarray, written: np.ndarray, em: float) -> tuple[float, int]:
    """What is filled in: its share of the picture, and in how many pieces."""
    import cv2

    smooth = cv2.medianBlur(pixels, 5)
    ground = _ground(smooth)
    differs = cv2.absdiff(smooth, np.broadcast_to(ground, smooth.shape).astype(np.uint8))
    red, green, blue = cv2.split(differs)
    mask = (cv2.max(cv2.max(red, green), blue) > 40).astype(np.uint8)
    mask[written > 0] = 0
    thick = max(3, round(0.45 * em))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    areas = stats[1:count, 4]
    areas = areas[areas > em * em]
    return float(areas.sum()) / mask.size, len(areas)


def _ground(pixels: np.ndarray) -> np.ndarray:
    """The page's own colour: (1, 1, 3), or (1, w, 3) or (h, 1, 3) where its shade changes from side to side."""
    few = pixels[::6, ::6]
    across, down = np.median(pixels[::6], axis=0), np.median(pixels[:, ::6], axis=1)
    spread = [float(np.abs(side - np.median(side, axis=0)).mean()) for side in (across, down)]
    if max(spread) < 3:
        return np.median(few.reshape(-1, 3), axis=0)[None, None]
    return across[None] if spread[0] >= spread[1] else down[:, None]
