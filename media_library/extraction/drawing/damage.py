"""What happens to a page between a printer and a library: skew, turning, grey paper, blur, noise, JPEG."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

MAX_SKEW = 8.0
"""Degrees, either way."""


@dataclass(frozen=True)
class Damage:
    """`skew` in degrees; `turned` clockwise, in steps of 90; `noise` as the deviation of pixels; `quality` of JPEG."""

    skew: float = 0.0
    turned: int = 0
    noise: float = 0.0
    blur: float = 0.0
    quality: int = 95
    shade: float = 0.0
    """How much darker the paper is on one side, of 255."""

    @classmethod
    def some(cls, chance: random.Random) -> Damage:
        return cls(
            skew=chance.choice((0.0, 1.0, 1.0)) * chance.uniform(-MAX_SKEW, MAX_SKEW),
            turned=chance.choice((0, 0, 0, 0, 0, 90, 180, 270)),
            noise=chance.choice((0.0, 4.0, 8.0, 12.0)),
            blur=chance.choice((0.0, 0.0, 0.4, 0.7)),
            quality=chance.choice((35, 50, 70, 85, 95)),
            shade=chance.choice((0.0, 20.0, 50.0)),
        )

    def apply(self, page: Image.Image, seed: int) -> Image.Image:
        """An RGB picture of what is left of `page`, the same for the same seed."""
        grain = np.random.default_rng(seed)
        if self.blur:
            page = page.filter(ImageFilter.GaussianBlur(self.blur))
        if self.skew:
            page = page.rotate(self.skew, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
        pixels = np.asarray(page, np.float32).copy()
        if self.shade:
            pixels -= np.linspace(0, self.shade, pixels.shape[1], dtype=np.float32)[None, :, None]
        if self.noise:
            pixels += grain.normal(0, self.noise, pixels.shape[:2])[..., None]
        damaged = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        if self.turned:
            damaged = damaged.rotate(-self.turned, expand=True)
        file = io.BytesIO()
        damaged.save(file, "JPEG", quality=self.quality)
        return Image.open(io.BytesIO(file.getvalue())).convert("RGB")
