"""How a model sees a picture: numbers, in which a difference that no eye notices is as plain as any other.

Every function takes an RGB picture and gives one of the same size, mode “L”, dark where there is something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

CHANNELS = ("red", "green", "blue")

SIDE = 1600
"""Pixels of the longer side that is looked at."""


@dataclass(frozen=True)
class View:
    """One way to look: its name, what it shows as a sentence, and the picture."""

    name: str
    says: str
    picture: Image.Image


def fit(picture: Image.Image) -> Image.Image:
    """`picture` as RGB on white, its longer side at most SIDE."""
    if picture.mode in ("RGBA", "LA", "P"):
        over = picture.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        picture = Image.alpha_composite(ground, over)
    picture = picture.convert("RGB")
    if max(picture.size) > SIDE:
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture


def views(picture: Image.Image, threshold: int | None = None) -> Sequence[View]:
    """All ways to look at `picture`. `threshold`: 1 to 255 for each channel; chosen by itself without one."""
    pixels = np.asarray(picture, np.int16)
    ground = background(pixels)
    shown = [
        View(
            "Distance from the background",
            "How far each pixel is from the most common colour, "
            f"#{ground[0]:02X}{ground[1]:02X}{ground[2]:02X}, stretched to black and white.",
            distance(picture),
        ),
        View(
            "Stretched",
            "What lies between the darkest and the lightest, as black and white.",
            stretch(picture),
        ),
    ]
    for number, name in enumerate(CHANNELS):
        level = threshold if threshold is not None else _between(pixels[..., number])
        shown.append(
            View(
                f"{name.capitalize()} from {level}",
                f"Black where there is less {name} than {level} of 255.",
                Image.fromarray(np.where(pixels[..., number] < level, 0, 255).astype(np.uint8)),
            )
        )
    return shown


def background(pixels: np.ndarray) -> np.ndarray:
    """The most common colour of (h, w, 3) pixels, as (3,)."""
    flat = pixels.reshape(-1, 3).astype(np.int64)
    codes = flat[:, 0] << 16 | flat[:, 1] << 8 | flat[:, 2]
    values, counts = np.unique(codes, return_counts=True)
    code = int(values[counts.argmax()])
    return np.array([code >> 16, code >> 8 & 255, code & 255])


def distances(picture: Image.Image) -> np.ndarray:
    """How far each pixel is from the background: (h, w), Euclidean in RGB."""
    pixels = np.asarray(picture, np.float32)
    ground = background(np.asarray(picture, np.int16))
    return np.sqrt(((pixels - ground) ** 2).sum(axis=2))


def distance(picture: Image.Image) -> Image.Image:
    """Black where it is farthest from the background, white where it is the background."""
    far = distances(picture)
    most = _most(far)
    return Image.fromarray((255 - np.clip(far / most, 0, 1) * 255).astype(np.uint8)) if most else _blank(far)


def _most(far: np.ndarray) -> float:
    """The distance that counts as black: that of the farthest pixels, less a few that may be specks."""
    differing = far[far > 0]
    return float(np.percentile(differing, 95)) if differing.size else 0.0


def stretch(picture: Image.Image) -> Image.Image:
    """The brightness of a picture, its darkest pixels black and its lightest white."""
    grey = np.asarray(picture.convert("RGB"), np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    low, high = float(grey.min()), float(grey.max())
    if high - low < 1e-3:
        return _blank(grey)
    return Image.fromarray(((grey - low) / (high - low) * 255).astype(np.uint8))


def _blank(like: np.ndarray) -> Image.Image:
    return Image.new("L", (like.shape[1], like.shape[0]), 255)


def _between(channel: np.ndarray) -> int:
    """The level that parts a channel best in two (Otsu, 1979); that of all pixels where there is one only."""
    counts = np.bincount(channel.ravel().astype(np.int64), minlength=256).astype(np.float64)
    below, levels = counts.cumsum(), np.arange(256)
    sums = (counts * levels).cumsum()
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (sums[-1] * below - sums * below[-1]) ** 2 / (below * above)
    spread[~np.isfinite(spread)] = 0
    return int(spread.argmax()) + 1 if spread.max() > 0 else int(channel.max())
