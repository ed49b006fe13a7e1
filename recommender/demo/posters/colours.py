"""Colours and what a shape can be filled with: one colour, or a gradient along a line or out of a middle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

RGB = tuple[int, int, int]


@lru_cache(maxsize=2048)
def rgb(colour: str) -> RGB:
    """ "#rrggbb" as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """The colour between two, `share` of the way to the second."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(first), rgb(second), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def darker(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#000000", share)


def lighter(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#ffffff", share)


@dataclass(frozen=True)
class Linear:
    """Colours along a line through the shape's box; 90 degrees runs from the top to the bottom."""

    colours: tuple[str, ...]
    angle: float = 90

    def picture(self, width: int, height: int) -> Image.Image:
        turn = np.radians(self.angle)
        across, down = np.meshgrid(np.linspace(-0.5, 0.5, 48), np.linspace(-0.5, 0.5, 96))
        along = across * np.cos(turn) + down * np.sin(turn)
        reach = (abs(np.cos(turn)) + abs(np.sin(turn))) / 2
        return _coloured(along / (2 * reach) + 0.5, self.colours, width, height)


@dataclass(frozen=True)
class Radial:
    """Colours from a point of the shape's box, in shares of it, out to its furthest side."""

    colours: tuple[str, ...]
    centre: tuple[float, float] = (0.5, 0.5)
    reach: float = 0.75

    def picture(self, width: int, height: int) -> Image.Image:
        across, down = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 96))
        longest = max(width, height)
        x, y = (across - self.centre[0]) * width / longest, (down - self.centre[1]) * height / longest
        return _coloured(np.hypot(x, y) / self.reach, self.colours, width, height)


Paint = str | Linear | Radial


def down(*colours: str) -> Linear:
    return Linear(colours)


def along(angle: float, *colours: str) -> Linear:
    return Linear(colours, angle)


def out(*colours: str, at: tuple[float, float] = (0.5, 0.5), reach: float = 0.75) -> Radial:
    return Radial(colours, at, reach)


def painted(paint: Paint, width: int, height: int) -> Image.Image:
    """A picture of that many pixels, filled."""
    if isinstance(paint, str):
        return Image.new("RGB", (width, height), rgb(paint))
    return paint.picture(width, height)


def _coloured(share: np.ndarray, colours: tuple[str, ...], width: int, height: int) -> Image.Image:
    places = np.linspace(0, 1, len(colours))
    channels = np.array([rgb(colour) for colour in colours], dtype=float).T
    small = np.stack([np.interp(share, places, channel) for channel in channels], axis=-1)
    picture = Image.fromarray(np.round(small).astype(np.uint8))
    return picture.resize((width, height), Image.Resampling.BILINEAR)
