"""Closed shapes on a sheet, and what is drawn between them. OpenCV's part of reading flow charts.

A shape is what is enclosed by edges of any colour around a text, so it does not matter whether it is outlined, filled
or both. What is not enclosed is the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from media_library.extraction.ink import EM, Sheet, Word

MARGIN = 7
"""Pixels from the inside of a shape to the outside of its outline."""
REACH = round(0.5 * EM)
"""How far a connector may end from the shape it leads to."""
MIN_SOLID = 0.86
"""Share of its convex hull that a shape fills at least."""
MAX_PAGE = 0.4
HEAD_REACH = 0.8 * EM
HEAD_SIDE = 0.13 * EM
"""By how much the head of an arrow is wider than its line, on each side."""
STRENGTH = 0.35
"""Of what strong ink differs from the page by, the share from which on a pixel is ink."""


WALLS = (5, 9)
"""How thick edges are made to close, in pixels. They break off where two meet at a sharp angle; what leaks with the
first is tried with the second."""


@dataclass(frozen=True, eq=False)
class Region:
    """An enclosed place with text in it. `mask` (h, w) bool is its filled inside within `box`, pixels of the sheet."""

    box: tuple[int, int, int, int]
    mask: np.ndarray
    words: tuple[Word, ...]

    @property
    def fill(self) -> float:
        return float(self.mask.mean())

    def corners(self) -> tuple[float, float, float, float]:
        """How much of its corners is filled: upper left, upper right, lower right, lower left."""
        side = max(2, round(0.28 * min(self.mask.shape)))
        parts = self.mask[:side, :side], self.mask[:side, -side:], self.mask[-side:, -side:], self.mask[-side:, :side]
        return tuple(float(part.mean()) for part in parts)  # type: ignore[return-value]

    @property
    def lean(self) -> float:
        """By how much its left and right sides fall to the left, by its height; 0 unless both do alike."""
        height = len(self.mask)
        rows = np.arange(round(0.15 * height), max(round(0.15 * height) + 2, round(0.85 * height)))
        rows = rows[(rows < height)]
        rows = rows[self.mask[rows].any(axis=1)]
        if len(rows) < 4:
            return 0.0
        first = self.mask[rows].argmax(axis=1)
        last = self.mask.shape[1] - self.mask[rows][:, ::-1].argmax(axis=1)
        left, right = (float(np.polyfit(rows, side, 1)[0]) for side in (first, last))
        return min(left, right, key=abs) if left * right > 0 else 0.0

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class Contact:
    """Where a line meets the shape of that number, and how much wider it is there, on the narrower side, in EM."""

    shape: int
    x: float
    y: float
    head: float

    @property
    def is_head(self) -> bool:
        return self.head * EM >= HEAD_SIDE


@dataclass(frozen=True, eq=False)
class Stroke:
    """Connected lines between shapes: `pixels` (n, 2) as x and y, and where they meet shapes."""

    pixels: np.ndarray
    contacts: tuple[Contact, ...]


def regions_of(sheet: Sheet, words: Sequence[Word]) -> list[Region]:
    """The shapes around `words`, from above; those that stand on the page itself are in none."""
    import cv2

    found: list[Region] = []
    # A median takes away specks, and with them lines of a single pixel, which are looked for after that.
    for thick, pixels in zip(WALLS, (cv2.medianBlur(sheet.pixels, 3), sheet.pixels), strict=True):
        placed = {word for region in found for word in region.words}
        found += _enclosed(_edges(pixels), thick, [word for word in words if word not in placed])
    # What holds other shapes is a lane, a frame, or what a loop encloses.
    found = [one for one in found if not any(other is not one and _covers(one, other) for other in found)]
    return sorted(found, key=lambda region: (region.box[1], region.box[0]))


def _enclosed(edges: np.ndarray, thick: int, words: Sequence[Word]) -> list[Region]:
    import cv2

    walls = cv2.dilate(edges, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((walls == 0).astype(np.uint8), connectivity=4)
    lost = _lost(stats, *edges.shape)
    inside: dict[frozenset[int], list[Word]] = {}
    for word in words:
        around = _around(labels, stats, word, lost)
        if around:
            inside.setdefault(around, []).append(word)
    regions = (_region(labels, stats, around, own) for around, own in _united(inside))
    return [region for region in regions if region and _holds(region)]


def _covers(one: Region, other: Region) -> bool:
    x, y = other.middle
    return one.box[0] <= x < one.box[2] and one.box[1] <= y < one.box[3] and one.mask.size > other.mask.size


def _edges(pixels: np.ndarray) -> np.ndarray:
    """(h, w) uint8: 255 on edges in lightness, and in colour alone, of which JPEG leaves a blur; without specks."""
    import cv2

    lightness, red, blue = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB))
    edges = cv2.Canny(cv2.GaussianBlur(lightness, (0, 0), 1.3), 22, 55)
    for colour in (red, blue):
        edges |= cv2.Canny(cv2.GaussianBlur(colour, (0, 0), 3.0), 12, 30)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    small = np.maximum(stats[:, 2], stats[:, 3]) < 0.8 * EM
    edges[small[parts]] = 0
    return edges


def _lost(stats: np.ndarray, height: int, width: int) -> np.ndarray:
    """(n,) bool: which places are no shape's inside: walls, the page, what the sheet cuts off, and what is tiny."""
    left, top, wide, tall, area = stats.T
    lost = (
        (area > MAX_PAGE * height * width) | (left == 0) | (top == 0) | (left + wide >= width) | (top + tall >= height)
    )
    lost |= (wide < EM) & (tall < 0.5 * EM) & (area < 0.2 * EM * EM)
    lost[0] = True
    return lost


def _around(labels: np.ndarray, stats: np.ndarray, word: Word, lost: np.ndarray) -> frozenset[int]:
    """What the pixels around a word belong to: one place, or several where the word reaches from side to side."""
    height, width = labels.shape
    reach = 0.3 * EM
    top, bottom = max(0, round(word.top - reach)), min(height, round(word.bottom + reach))
    left, right = max(0, round(word.left)), min(width, round(word.right))
    window = labels[top:bottom, left:right]
    if window.size == 0:
        return frozenset()
    numbers, counts = np.unique(window, return_counts=True)
    kept = ~lost[numbers]
    # What lies beside a word is of a page if most of it is.
    elsewhere = int(counts[~kept & (numbers > 0)].sum())
    numbers, counts = numbers[kept], counts[kept]
    if not len(numbers) or counts.sum() < 1.2 * elsewhere:
        return frozenset()
    best = int(numbers[counts.argmax()])
    return frozenset(
        int(number)
        for number, count in zip(numbers, counts, strict=True)
        if number == best or (count >= 0.06 * window.size and stats[number][4] <= 2.5 * stats[best][4])
    )


def _united(inside: dict[frozenset[int], list[Word]]) -> list[tuple[set[int], list[Word]]]:
    """Places that share a part are one."""
    united: list[tuple[set[int], list[Word]]] = []
    for around, words in inside.items():
        own, said = set(around), list(words)
        for other in [one for one in united if one[0] & own]:
            united.remove(other)
            own |= other[0]
            said = other[1] + said
        united.append((own, said))
    return united


def _region(labels: np.ndarray, stats: np.ndarray, around: set[int], words: Sequence[Word]) -> Region | None:
    import cv2

    places = stats[sorted(around)]
    left, top = (int(value) for value in places[:, :2].min(axis=0))
    right, bottom = int((places[:, 0] + places[:, 2]).max()), int((places[:, 1] + places[:, 3]).max())
    if right - left < 1.2 * EM or bottom - top < 0.9 * EM:
        return None
    part = np.isin(labels[top:bottom, left:right], sorted(around)).astype(np.uint8)
    if len(around) > 1:
        # What letters cut is put together where they stand.
        for word in words:
            inset = 0.15 * word.height
            y0, y1 = max(0, round(word.top + inset) - top), max(0, round(word.bottom - inset) - top)
            x0, x1 = max(0, round(word.left + inset) - left), max(0, round(word.right - inset) - left)
            part[y0:y1, x0:x1] = 1
        part = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.contourArea(cv2.convexHull(outline))
    if hull <= 0 or cv2.contourArea(outline) < MIN_SOLID * hull:
        return None
    mask = cv2.drawContours(np.zeros_like(part), [outline], -1, 1, cv2.FILLED).astype(bool)
    return Region((left, top, right, bottom), mask, tuple(words))


def _holds(region: Region) -> bool:
    """Whether the words of a place are its text: in the middle of it, and not lost in it."""
    left, top, right, bottom = region.box
    words_left, words_right = min(w.left for w in region.words), max(w.right for w in region.words)
    words_top, words_bottom = min(w.top for w in region.words), max(w.bottom for w in region.words)
    wide, tall = right - left, bottom - top
    off_x = abs((words_left + words_right) / 2 - (left + right) / 2) / wide
    off_y = abs((words_top + words_bottom) / 2 - (top + bottom) / 2) / tall
    filled = (words_right - words_left) / wide
    return off_x < 0.3 and off_y < 0.25 and filled > 0.1 and tall < 8 * max(EM, words_bottom - words_top)


def strokes_of(
    sheet: Sheet, regions: Sequence[Region], labels: Sequence[Word], frames: Sequence[tuple[float, float, float, float]]
) -> list[Stroke]:
    """What is drawn between shapes. `labels`: words beside it; `frames`: lines of lanes, as x0, y0, x1 and y1."""
    import cv2

    height, width = sheet.grey.shape
    inside = np.zeros((height, width), np.uint8)
    near = np.zeros((height, width), np.int32)
    ring = np.ones((2 * MARGIN + 1,) * 2, np.uint8)
    wide_ring = np.ones((2 * (MARGIN + REACH) + 1,) * 2, np.uint8)
    for number, region in enumerate(regions, start=1):
        pad = MARGIN + REACH
        own = np.pad(region.mask.astype(np.uint8), pad)
        top, left = region.box[1] - pad, region.box[0] - pad
        y0, x0 = max(0, -top), max(0, -left)
        y1, x1 = min(own.shape[0], height - top), min(own.shape[1], width - left)
        place = np.s_[top + y0 : top + y1, left + x0 : left + x1]
        part = np.s_[y0:y1, x0:x1]
        inside[place] |= cv2.dilate(own, ring)[part]
        reached = cv2.dilate(own, wide_ring)[part]
        view = near[place]
        view[(reached > 0) & (view == 0)] = number
    ink = _ink(sheet.grey, inside)
    ink[inside > 0] = 0
    ink = _without_frames(ink, frames)
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    strokes = []
    for number in range(1, min(len(stats), 3000)):
        left, top, wide, tall, area = (int(value) for value in stats[number])
        if max(wide, tall) < 0.45 * EM or area < 12 or _is_label((left, top, left + wide, top + tall), labels):
            continue
        own = parts[top : top + tall, left : left + wide] == number
        reached = near[top : top + tall, left : left + wide] * own
        ys, xs = np.nonzero(own)
        pixels = np.stack([xs + left, ys + top], axis=1)
        contacts = []
        for shape in np.unique(reached[reached > 0]):
            count, spots = cv2.connectedComponents((reached == shape).astype(np.uint8), connectivity=8)
            for spot in range(1, count):
                spot_y, spot_x = np.nonzero(spots == spot)
                if len(spot_x) < 3:
                    continue
                contacts.append(_contact(int(shape) - 1, regions[shape - 1], pixels, spot_x + left, spot_y + top))
        if contacts:
            strokes.append(Stroke(pixels, tuple(contacts)))
    return strokes


def _ink(grey: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(h, w) uint8: 1 where something differs from the page, whose shade may change slowly."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
    free = (inside == 0).astype(np.float32)
    if not free.any():
        return np.zeros(grey.shape, np.uint8)
    # The page shows beside shapes; what is thin vanishes in a median. A quarter of the size is enough for a shade.
    usual = float(np.median(smooth[inside == 0]))
    size = (max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4))
    bare = cv2.resize(np.where(inside > 0, usual, smooth).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    bare = cv2.medianBlur(bare, 9).astype(np.float32)
    free = cv2.resize(free, size, interpolation=cv2.INTER_AREA)
    weight = cv2.GaussianBlur(free, (0, 0), EM / 2) + 1e-3
    ground = (cv2.GaussianBlur(bare * free, (0, 0), EM / 2) + 1e-3 * usual) / weight
    ground = cv2.resize(ground, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    differs = np.abs(smooth - ground)
    strong = differs[(inside == 0) & (differs > 25)]
    threshold = max(20.0, STRENGTH * float(np.percentile(strong, 75))) if strong.size else 20.0
    return (differs > threshold).astype(np.uint8)


def _without_frames(ink: np.ndarray, frames: Sequence[tuple[float, float, float, float]]) -> np.ndarray:
    """`ink` without the lines of lanes; what crosses them goes on."""
    thick = 4
    for x0, y0, x1, y1 in frames:
        left, right = max(0, round(min(x0, x1)) - thick), round(max(x0, x1)) + thick + 1
        top, bottom = max(0, round(min(y0, y1)) - thick), round(max(y0, y1)) + thick + 1
        band = ink[top:bottom, left:right]
        if band.size == 0:
            continue
        # Where ink stands on both sides of a line, something crosses it.
        if x1 - x0 > y1 - y0:
            before = ink[max(0, top - 2) : top, left:right].max(axis=0, initial=0)
            after = ink[bottom : bottom + 2, left:right].max(axis=0, initial=0)
            band[:] = (before & after)[None, :]
        else:
            before = ink[top:bottom, max(0, left - 2) : left].max(axis=1, initial=0)
            after = ink[top:bottom, right : right + 2].max(axis=1, initial=0)
            band[:] = (before & after)[:, None]
    return ink


def _is_label(box: tuple[int, int, int, int], labels: Sequence[Word]) -> bool:
    left, top, right, bottom = box
    area = max(1, (right - left) * (bottom - top))
    for word in labels:
        wide = min(right, word.right + 3) - max(left, word.left - 3)
        tall = min(bottom, word.bottom + 3) - max(top, word.top - 3)
        if wide > 0 and tall > 0 and wide * tall >= 0.8 * area:
            return True
    return False


def _contact(shape: int, region: Region, pixels: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> Contact:
    """Where a line meets a shape, and how far it spreads there to both sides."""
    middle_x, middle_y = region.middle
    # The point of contact is that of its pixels that is nearest to the shape.
    half_x, half_y = (region.box[2] - region.box[0]) / 2, (region.box[3] - region.box[1]) / 2
    off = np.maximum(np.abs(xs - middle_x) - half_x, np.abs(ys - middle_y) - half_y)
    close = off <= off.min() + 2
    x, y = float(xs[close].mean()), float(ys[close].mean())
    offset = pixels - (x, y)
    near = offset[np.hypot(offset[:, 0], offset[:, 1]) <= HEAD_REACH]
    if len(near) < 4:
        return Contact(shape, x, y, 0.0)
    along = near.mean(axis=0)
    length = float(np.hypot(*along))
    sideways = abs(x - middle_x) / max(1.0, half_x) > abs(y - middle_y) / max(1.0, half_y)
    axis = np.array((np.sign(x - middle_x), 0.0) if sideways else (0.0, np.sign(y - middle_y)))
    if length > 0.2 * EM and float(along @ axis) / length < 0.8 and abs(float(along @ axis)) < 0.15 * EM:
        axis = along / length
    forward = near @ axis
    across = near @ np.array((-axis[1], axis[0]))
    # A line that bends spreads to one side only.
    line = (forward > 0.6 * HEAD_REACH) & (np.abs(across) < 0.25 * EM)
    half = float(np.median(np.abs(across[line]))) * 2 if line.sum() >= 3 else 1.0
    head = forward < 0.75 * HEAD_REACH
    if not head.any():
        return Contact(shape, x, y, 0.0)
    spread = min(float(across[head].max(initial=0.0)), float(-across[head].min(initial=0.0)))
    return Contact(shape, x, y, max(0.0, spread - min(half, 3.0)) / EM)
