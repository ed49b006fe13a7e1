"""What is drawn on a page besides its text: lines, blanks. With `ink_shapes`, what knows OpenCV here.

A `Sheet` is the page turned upright, straightened by its text and then by its long lines, and scaled so that text is EM
pixels high. So every distance below can be told in heights of text, whatever the picture was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from media_library.extraction.layout import Page, Piece, page_of
from media_library.ocr import Reading
from media_library.ocr.layout import places_of

if TYPE_CHECKING:
    from PIL.Image import Image

EM = 26.0
"""Height of usual text on a sheet, in pixels."""
SCALES = (0.25, 2.0)
MAX_SHEET = 12_000_000
"""Pixels of a sheet at most; a larger one is made with smaller text."""
MAX_WORDS = 4000
LONG = 1.8
"""From which length on, by EM, an edge tells how a page is turned."""
SLANT = 5.0
"""How many degrees long edges may be off what the text says."""
THIN = 7
"""A line is at most so many pixels thick."""
CONTRAST = 9.0
"""By how many of 255 a line differs from both of its sides at least, along a stretch of text's height."""


@dataclass(frozen=True)
class Word:
    """A stretch of text. Edges in pixels of the sheet; `sure` 0 to 1."""

    text: str
    sure: float
    left: float
    top: float
    right: float
    bottom: float
    tall: bool = False
    """It runs up or down."""

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def across(self) -> float:
        return (self.left + self.right) / 2

    @property
    def down(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Rule:
    """A straight line: `at` is its x or y, `start` and `end` how far it goes the other way."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Sheet:
    """`pixels`: (h, w, 3) uint8; `words` on it; `page` tells where its places are on the picture that was read."""

    pixels: np.ndarray
    words: list[Word]
    page: Page
    scale: float
    origin: tuple[float, float]

    @cached_property
    def grey(self) -> np.ndarray:
        """(h, w) uint8."""
        import cv2

        return cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)

    @property
    def em(self) -> float:
        return EM

    def piece(self, left: float, top: float, right: float, bottom: float, text: str = "", sure: float = 1.0) -> Piece:
        """A place of the sheet as one of the page; its `box` in shares of the picture as displayed."""
        x, y = self.origin
        return self.page.at(
            (left - x) / self.scale,
            (top - y) / self.scale,
            (right - x) / self.scale,
            (bottom - y) / self.scale,
            text,
            sure,
        )

    def corners(self, left: float, top: float, right: float, bottom: float) -> np.ndarray:
        """(4, 2) corners of a place, in pixels of the picture that was read."""
        x, y = self.origin
        return self.page.corners(
            (left - x) / self.scale, (top - y) / self.scale, (right - x) / self.scale, (bottom - y) / self.scale
        )


def sheet_of(picture: Image, reading: Reading, number: int = 1) -> Sheet | None:
    """The straight sheet of a picture and what was read on it; None where nothing was read."""

    page = page_of(reading, number)
    width, height = reading.size
    if not page.rows or width < 1 or height < 1 or not reading.pieces:
        return None
    pixels = _upright(picture, reading)
    em = max(4.0, page.em)
    scale = min(max(EM / em, SCALES[0]), SCALES[1], (MAX_SHEET / (width * height)) ** 0.5)
    skew = page.skew
    straight, matrix = straightened(pixels, skew, scale)
    more = _slant(straight, _rim(width, height, matrix))
    if abs(more) > np.radians(0.05):
        skew += more
        straight, matrix = straightened(pixels, skew, scale)
    page = replace(page, skew=skew)
    return Sheet(
        straight, _words(reading, skew, scale, matrix[:, 2]), page, scale, (float(matrix[0, 2]), float(matrix[1, 2]))
    )


def _upright(picture: Image, reading: Reading) -> np.ndarray:
    """The pixels that were read, as large as they were then."""
    from PIL import Image as pillow

    size = reading.size if reading.turned % 180 == 0 else reading.size[::-1]
    if picture.size != size:
        picture = picture.resize(size, pillow.Resampling.LANCZOS, reducing_gap=2.0)
    pixels = np.asarray(picture if picture.mode == "RGB" else on_white(picture))
    return np.ascontiguousarray(np.rot90(pixels, -(reading.turned // 90)))


def on_white(picture: Image) -> Image:
    from PIL import Image as pillow

    if picture.mode in ("P", "LA", "PA", "RGBA"):
        seen = picture.convert("RGBA")
        ground = pillow.new("RGBA", seen.size, (255, 255, 255, 255))
        return pillow.alpha_composite(ground, seen).convert("RGB")
    return picture.convert("RGB")


def straightened(pixels: np.ndarray, skew: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The page straightened and scaled, whole, and the (2, 3) matrix that does so."""
    import cv2

    height, width = pixels.shape[:2]
    cos, sin = np.cos(skew) * scale, np.sin(skew) * scale
    matrix = np.array([(cos, sin, 0.0), (-sin, cos, 0.0)])
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) @ matrix[:, :2].T
    matrix[:, 2] = -corners.min(axis=0)
    size = np.maximum(8, np.ceil(corners.max(axis=0) - corners.min(axis=0))).astype(int)
    # What skew lays bare gets the usual colour of the page's edge, so that no line stands between both.
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = tuple(float(value) for value in np.median(rim, axis=0))
    flags = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    return cv2.warpAffine(pixels, matrix, tuple(int(side) for side in size), flags=flags, borderValue=ground), matrix


def _rim(width: int, height: int, matrix: np.ndarray) -> np.ndarray:
    """(4, 2) where the corners of the picture are on the sheet."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)]) @ matrix[:, :2].T + matrix[:, 2]


def _on_rim(middles: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """(n,) bool: which of (n, 2) points lie on the edge of the picture itself, which tells nothing about the page."""
    found = np.zeros(len(middles), bool)
    for start, end in zip(rim, np.roll(rim, -1, axis=0), strict=True):
        along = (end - start) / max(1e-6, float(np.linalg.norm(end - start)))
        off = middles - start
        found |= np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) < 0.4 * EM
    return found


def _slant(pixels: np.ndarray, rim: np.ndarray) -> float:
    """By how much long edges fall to the right, in radians; 0 where there are none."""
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    # Its segments have ends between pixels, which is what tells a third of a degree.
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return 0.0
    lines = found.reshape(-1, 4).astype(float)
    across, down = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    long = (np.hypot(across, down) >= LONG * EM) & ~_on_rim((lines[:, :2] + lines[:, 2:]) / 2, rim)
    across, down = across[long], down[long]
    lengths = np.hypot(across, down)
    angles = np.degrees(np.arctan2(down, across))
    off = (angles + 45) % 90 - 45
    near = np.abs(off) <= SLANT
    if not near.any() or lengths[near].sum() < 4 * LONG * EM:
        return 0.0
    off, weights = off[near], lengths[near] ** 2
    order = np.argsort(off)
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(np.radians(off[order][min(half, len(order) - 1)]))


def _words(reading: Reading, skew: float, scale: float, origin: np.ndarray) -> list[Word]:
    pieces = [piece for piece in reading.pieces if _sound(piece.corners)][:MAX_WORDS]
    quads = [np.array(piece.corners, np.float64) for piece in pieces]
    words = []
    for piece, quad, place in zip(pieces, quads, places_of(quads, skew), strict=True):
        tall = abs(quad[1][0] - quad[0][0]) < abs(quad[1][1] - quad[0][1])
        own = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
        half = (place.bottom - place.top) / 2 if tall else min(own, place.bottom - place.top) / 2
        middle = (place.top + place.bottom) / 2
        edges = np.array([place.left, middle - half, place.right, middle + half]) * scale
        words.append(Word(piece.text.strip(), piece.sure, *(edges + np.tile(origin, 2)).tolist(), tall=tall))
    return [word for word in words if word.text and word.width > 0 and word.height > 0]


def _sound(corners: Sequence[Sequence[float]]) -> bool:
    try:
        quad = np.array(corners, np.float64)
    except (TypeError, ValueError):
        return False
    return quad.shape == (4, 2) and bool(np.isfinite(quad).all())


# --- Lines -----------------------------------------------------------------------------------------------


def rules_of(sheet: Sheet) -> tuple[list[Rule], list[Rule]]:
    """Lines across and lines down, of any colour, thinner than THIN; not the strokes of letters."""
    words = [word for word in sheet.words if len(word.text) > 1]
    across = _rules(sheet.grey, [(w.left, w.top, w.right, w.bottom) for w in words])
    down = _rules(np.ascontiguousarray(sheet.grey.T), [(w.top, w.left, w.bottom, w.right) for w in words])
    return across, down


def _rules(grey: np.ndarray, words: Sequence[tuple[float, float, float, float]]) -> list[Rule]:
    """Lines along the rows of `grey`; `words` as left, top, right, bottom in its own directions."""
    import cv2

    mask = thin_lines(grey)
    for left, top, right, bottom in words:
        inset = 0.12 * min(bottom - top, right - left)
        box = [max(0, round(edge)) for edge in (left, top + inset, right, bottom - inset)]
        mask[box[1] : box[3], box[0] : box[2]] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, round(1.2 * EM)), np.uint8))
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = [
        Rule(float(centre[1]), float(left), float(left + width))
        for (left, _, width, _, _), centre in zip(stats[1:4000], centres[1:4000], strict=True)
    ]
    found = [
        rule for rule in _joined(found) if rule.length >= 1.5 * EM and not any(_of_word(rule, word) for word in words)
    ]
    # What runs along the very edge is where a scan ends.
    return [rule for rule in found if 0.25 * EM < rule.at < len(grey) - 0.25 * EM]


def _of_word(rule: Rule, word: tuple[float, float, float, float]) -> bool:
    """Whether it goes no further than a word that it touches: the foot of its letters, or a stroke below them."""
    left, top, right, bottom = word
    touches = top - 0.15 * EM <= rule.at <= bottom + 0.15 * EM
    return touches and rule.start > left - 0.4 * EM and rule.end < right + 0.4 * EM


def thin_lines(grey: np.ndarray) -> np.ndarray:
    """(h, w) uint8: 255 where a line along the rows runs, dark on light or light on dark, however noisy."""
    import cv2

    # Along the line noise is averaged out, across it nothing is.
    smooth = cv2.blur(grey.astype(np.float32), (round(0.8 * EM), 1))
    tall = np.ones((THIN + 2, 1), np.uint8)
    dark = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, tall)
    light = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, tall)
    response = np.maximum(dark, light)
    usual = float(np.median(response))
    # What is free between two lines of text is a light line as well, but as light as the page around it.
    differs = np.abs(smooth - ground_of(grey)) > CONTRAST
    return ((response > CONTRAST + 3 * usual) & differs).astype(np.uint8) * 255


def ground_of(grey: np.ndarray) -> np.ndarray:
    """(h, w) float32: what is usual around each pixel, some three heights of text each way."""
    import cv2

    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.medianBlur(small, 11), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def _joined(found: Sequence[Rule]) -> list[Rule]:
    """Pieces of one line made one."""
    lines: list[Rule] = []
    for rule in sorted(found, key=lambda rule: (rule.start, rule.at)):
        for number, other in enumerate(lines):
            if abs(other.at - rule.at) <= 0.22 * EM and rule.start - other.end <= 1.2 * EM:
                weight = other.length / max(1e-6, other.length + rule.length)
                at = other.at * weight + rule.at * (1 - weight)
                lines[number] = Rule(at, min(other.start, rule.start), max(other.end, rule.end))
                break
        else:
            lines.append(rule)
    return lines


def ink_in(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int] | None:
    """The box around what is drawn in a place, in pixels of the sheet; None where it is plain."""
    import cv2

    left, top = max(0, round(left)), max(0, round(top))
    part = sheet.grey[top : round(bottom), left : round(right)]
    if part.shape[0] < 6 or part.shape[1] < 4:
        return None
    part = cv2.GaussianBlur(part, (3, 3), 0).astype(np.float32)
    usual = float(np.median(part))
    spread = 1.4826 * float(np.median(np.abs(part - usual)))
    mask = np.abs(part - usual) > max(30.0, 6 * spread)
    if mask.sum() < 12:
        return None
    ys, xs = np.nonzero(mask)
    return left + int(xs.min()), top + int(ys.min()), left + int(xs.max()) + 1, top + int(ys.max()) + 1


def blanks_in(sheet: Sheet, word: Word) -> list[tuple[float, float]]:
    """Stretches of a word's box where nothing stands, from left to right, in pixels of the sheet."""
    import cv2

    top, left = max(0, round(word.top)), max(0, round(word.left))
    part = sheet.grey[top : round(word.bottom), left : round(word.right)]
    if part.size == 0 or part.shape[0] < 4:
        return []
    part = cv2.GaussianBlur(part, (3, 3), 0).astype(np.float32)
    usual = np.median(part, axis=0)
    ground = float(np.median(usual))
    strength = np.percentile(np.abs(part - ground), 96, axis=0)
    reach = float(np.percentile(strength, 90))
    marked = strength > max(22.0, 0.35 * reach)
    blanks, start = [], 0
    for x in range(len(marked) + 1):
        if x == len(marked) or marked[x]:
            if x > start:
                blanks.append((left + float(start), left + float(x)))
            start = x + 1
    return blanks
