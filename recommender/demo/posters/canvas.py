"""Something to draw on: shapes with soft edges, light and shade, gradients, mist and the grain of paper.

Lengths are in units of a hundredth of the width: a poster is 100 units wide and 150 high. Everything is drawn at twice
the size and made smaller at the end, which is what makes its edges smooth.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from recommender.demo.posters.colours import Paint, painted, rgb
from recommender.demo.posters.paths import Outline, Point, capsule

SIZE = (500, 750)
WIDE, HIGH = 100.0, 150.0
FINER = 2
PIXELS = SIZE[0] * FINER / WIDE
Box = tuple[int, int, int, int]


class Canvas:
    """A poster while it is drawn. `random` is seeded, so the same poster comes out every time."""

    def __init__(self, seed: int) -> None:
        self.image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER))
        self.random = random.Random(seed)
        self._dark_corners = 0.0
        self._places = [(PIXELS, 0.0, 0.0, PIXELS, 0.0, 0.0)]

    # Where things are

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1, *, angle: float = 0, flip: bool = False, wide: float = 1
    ) -> Iterator[None]:
        """Within it the origin lies at (x, y), and lengths are `scale` times as long, sideways `wide` times that."""
        a, b, c, d, e, f = self._places[-1]
        cos, sin = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
        across = -wide if flip else wide
        p, q, r, s = cos * across, sin * across, -sin, cos
        self._places.append(
            (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * x + c * y + e, b * x + d * y + f)
        )
        try:
            yield
        finally:
            self._places.pop()

    @property
    def pixels(self) -> float:
        """How many pixels a unit is long, here."""
        a, b, c, d, _, _ = self._places[-1]
        return math.sqrt(abs(a * d - b * c))

    def place(self, points: Iterable[Point]) -> list[Point]:
        """In pixels."""
        a, b, c, d, e, f = self._places[-1]
        return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]

    # Shapes

    def fill(self, paint: Paint) -> None:
        self.image.paste(painted(paint, *self.image.size))

    def shape(self, outline: Outline, paint: Paint, *, alpha: float = 1, soft: float = 0, mode: str = "over") -> None:
        """A filled outline. `soft` blurs its edge by that many units; `mode` is over, light (adds) or shade (dims)."""
        points = self.place(outline)
        if isinstance(paint, str) and not soft and mode == "over":
            ImageDraw.Draw(self.image, "RGBA").polygon(points, fill=(*rgb(paint), round(255 * alpha)))
            return
        blur = soft * self.pixels
        whole = _around(points, 0)
        found = self._mask(points, blur)
        if found is None:
            return
        mask, frame = found
        # A gradient spans the whole shape, even where part of it lies outside the poster.
        width, height = max(1, whole[2] - whole[0]), max(1, whole[3] - whole[1])
        if isinstance(paint, str) or width > 6000 or height > 6000:
            colour = painted(paint, frame[2] - frame[0], frame[3] - frame[1])
        else:
            colour = Image.new("RGB", (frame[2] - frame[0], frame[3] - frame[1]))
            colour.paste(painted(paint, width, height), (whole[0] - frame[0], whole[1] - frame[1]))
            if blur:
                colour = painted(paint, *colour.size)
        self._blend(colour, mask, frame, alpha, mode)

    def shapes(self, outlines: Iterable[Outline], paint: Paint, **how: float | str) -> None:
        for outline in outlines:
            self.shape(outline, paint, **how)  # type: ignore[arg-type]

    def line(
        self,
        points: Outline,
        width: float,
        colour: str,
        *,
        alpha: float = 1,
        closed: bool = False,
        taper: float = 1,
    ) -> None:
        """A stroke with round ends, `taper` times as wide at its end as at its start."""
        path = self.place([*points, points[0]] if closed else points)
        draw = ImageDraw.Draw(self.image, "RGBA")
        fill = (*rgb(colour), round(255 * alpha))
        thick = width * self.pixels
        if taper == 1:
            draw.line(path, fill=fill, width=max(1, round(thick)), joint="curve")
            if alpha == 1 and thick > 3:
                for x, y in (path[0], path[-1]):
                    draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=fill)
            return
        steps = len(path) - 1
        for index in range(steps):
            first = thick / 2 * (1 + (taper - 1) * index / steps)
            second = thick / 2 * (1 + (taper - 1) * (index + 1) / steps)
            draw.polygon(capsule(path[index], path[index + 1], first, second), fill=fill)

    # Light

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1, *, squash: float = 1) -> None:
        """Light that fades from a point; `squash` makes it lower than it is wide."""
        ((px, py),) = self.place([(x, y)])
        reach_x, reach_y = radius * self.pixels, radius * self.pixels * squash
        frame = self._inside((px - reach_x, py - reach_y, px + reach_x, py + reach_y))
        if frame is None:
            return
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        across = (np.linspace(frame[0], frame[2], max(2, width // 8)) - px) / reach_x
        up = (np.linspace(frame[1], frame[3], max(2, height // 8)) - py) / reach_y
        near = np.clip(1 - np.hypot(across[None, :], up[:, None]), 0, 1) ** 2
        mask = Image.fromarray(np.round(near * 255).astype(np.uint8)).resize((width, height), Image.Resampling.BILINEAR)
        self._blend(painted(colour, width, height), mask, frame, strength, "light")

    def mist(
        self,
        colour: str,
        top: float,
        bottom: float,
        *,
        alpha: float = 0.6,
        grain: float = 30,
        contrast: float = 1.6,
        stretch: float = 2,
        mode: str = "over",
        fade: float = 0.35,
    ) -> None:
        """Clouds, smoke or fog between two heights: noise of several sizes, the largest `grain` units high."""
        width, height = self.image.width, round((bottom - top) * PIXELS)
        rows, columns = max(4, height // 8), max(4, width // 8)
        noise = np.zeros((rows, columns))
        chance = np.random.default_rng(self.random.getrandbits(32))
        for octave in range(4):
            high = max(2, round((bottom - top) / grain * 2**octave) + 1)
            broad = max(2, round(WIDE / grain / stretch * 2**octave) + 1)
            small = Image.fromarray(chance.random((high, broad)).astype(np.float32))
            noise += np.asarray(small.resize((columns, rows), Image.Resampling.BILINEAR)) / 2**octave
        noise = (noise - noise.mean()) / (noise.std() + 1e-6)
        share = np.clip(0.5 + noise / 4 * contrast, 0, 1)
        edge = np.clip(np.minimum(np.linspace(0, 1, rows), np.linspace(1, 0, rows)) / max(fade, 1e-3), 0, 1)
        share *= edge[:, None]
        mask = Image.fromarray(np.round(share * 255).astype(np.uint8)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        start = round(top * PIXELS)
        self._paste_band(painted(colour, width, height), mask, start, alpha, mode)

    @contextmanager
    def within(self, outline: Outline) -> Iterator[None]:
        """What is drawn inside is cut off at the outline."""
        before = self.image.copy()
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(self.place(outline), fill=255)
        try:
            yield
        finally:
            before.paste(self.image, mask=mask)
            self.image = before

    def mirror(self, level: float, bottom: float = HIGH, *, shade: str = "#000000", alpha: float = 0.3) -> None:
        """Still water: what is above `level`, upside down below it, rippled and tinted."""
        line, end = round(level * PIXELS), round(bottom * PIXELS)
        depth = min(end, self.image.height) - line
        above = self.image.crop((0, max(0, line - depth), self.image.width, line)).transpose(
            Image.Transpose.FLIP_TOP_BOTTOM
        )
        rows = np.asarray(above)
        ripple = [round(3 * math.sin(row / 9) + 5 * math.sin(row / 31)) * (1 + row / 600) for row in range(len(rows))]
        moved = np.stack([np.roll(row, round(shift), axis=0) for row, shift in zip(rows, ripple, strict=True)])
        water = Image.fromarray(moved).filter(ImageFilter.BoxBlur(2))
        self.image.paste(Image.blend(water, Image.new("RGB", water.size, rgb(shade)), alpha), (0, line))

    def stamp(self, colour: Image.Image, mask: Image.Image, left: int, top: int, alpha: float = 1) -> None:
        """A picture through a mask of the same size, its corner at a pixel; what lies outside is cut off."""
        frame = self._inside((left, top, left + mask.width, top + mask.height))
        if frame is None:
            return
        cut = (frame[0] - left, frame[1] - top, frame[2] - left, frame[3] - top)
        self._blend(colour.crop(cut), mask.crop(cut), frame, alpha, "over")

    # At the end

    def vignette(self, strength: float) -> None:
        """Corners darker by up to that share, once the poster is finished."""
        self._dark_corners = strength

    def finished(self, grain: float) -> Image.Image:
        """The poster in its own size, with grain of that many steps of brightness."""
        picture = self.image.reduce(FINER)
        if self._dark_corners:
            across, up = np.meshgrid(np.linspace(-1, 1, 50), np.linspace(-1, 1, 75))
            far = np.clip((np.hypot(across, up) - 0.55) / 0.9, 0, 1) ** 1.5 * self._dark_corners
            mask = Image.fromarray(np.round(far * 255).astype(np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
            picture.paste((0, 0, 0), mask=mask)
        if not grain:
            return picture
        chance = np.random.default_rng(self.random.getrandbits(32))
        noise = grain * chance.standard_normal((SIZE[1], SIZE[0], 1), dtype=np.float32)
        return Image.fromarray(np.clip(np.asarray(picture, dtype=np.float32) + noise, 0, 255).astype(np.uint8))

    def _mask(self, points: list[Point], blur: float) -> tuple[Image.Image, Box] | None:
        frame = self._inside(_around(points, blur * 3))
        if frame is None:
            return None
        coarse = max(1, min(8, int(blur / 3)))
        size = max(1, (frame[2] - frame[0]) // coarse), max(1, (frame[3] - frame[1]) // coarse)
        mask = Image.new("L", size)
        inside = [((x - frame[0]) / coarse, (y - frame[1]) / coarse) for x, y in points]
        ImageDraw.Draw(mask).polygon(inside, fill=255)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur / coarse))
            mask = mask.resize((frame[2] - frame[0], frame[3] - frame[1]), Image.Resampling.BILINEAR)
        return mask, frame

    def _inside(self, frame: tuple[float, float, float, float]) -> Box | None:
        left, top = max(0, math.floor(frame[0])), max(0, math.floor(frame[1]))
        right, bottom = min(self.image.width, math.ceil(frame[2])), min(self.image.height, math.ceil(frame[3]))
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _paste_band(self, colour: Image.Image, mask: Image.Image, top: int, alpha: float, mode: str) -> None:
        frame = self._inside((0, top, mask.width, top + mask.height))
        if frame is not None:
            cut = (0, frame[1] - top, mask.width, frame[3] - top)
            self._blend(colour.crop(cut), mask.crop(cut), frame, alpha, mode)

    def _blend(self, colour: Image.Image, mask: Image.Image, frame: Box, alpha: float, mode: str) -> None:
        if alpha != 1:
            mask = mask.point(lambda value: round(value * alpha))
        if mode == "over":
            self.image.paste(colour, frame[:2], mask)
            return
        below = self.image.crop(frame)
        if mode == "light":
            lit = Image.composite(colour, Image.new("RGB", colour.size), mask)
            self.image.paste(ImageChops.screen(below, lit), frame[:2])
        else:
            dim = Image.composite(colour, Image.new("RGB", colour.size, (255, 255, 255)), mask)
            self.image.paste(ImageChops.multiply(below, dim), frame[:2])


def _around(points: list[Point], margin: float) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (
        math.floor(min(xs) - margin),
        math.floor(min(ys) - margin),
        math.ceil(max(xs) + margin),
        math.ceil(max(ys) + margin),
    )
