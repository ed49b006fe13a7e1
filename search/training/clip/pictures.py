"""Pictures as a network is shown them, changed a little each time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from search.training.clip.config import ClipConfig
from search.training.errors import TrainingError

RATIOS = (3 / 4, 4 / 3)
"""Width to height of a random crop; those of "Going Deeper with Convolutions" (Szegedy et al. 2015)."""
QUALITIES = (50, 95)
"""Of JPEG, as pictures on the web have it."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """A random crop to `size` pixels a side, mirrored or not, lighter or darker, softer or sharper: see ClipConfig."""

    size: int
    crop: float
    flip: bool
    jitter: float
    sharpness: float = 0.0

    def __call__(self, picture: Image.Image, rng: np.random.Generator) -> np.ndarray:
        """uint8 of shape (3, size, size)."""
        box = self._box(*picture.size, rng)
        # Twice the size is enough to choose a crop from; JPEG decodes it that small at no cost.
        if picture.format == "JPEG":
            share = max((box[2] - box[0]) / picture.width, (box[3] - box[1]) / picture.height)
            scale = picture.width
            picture.draft("RGB", (int(2 * self.size / share), int(2 * self.size / share)))
            box = tuple(side * picture.width / scale for side in box)
        small = picture.convert("RGB").resize((self.size, self.size), Image.Resampling.BICUBIC, box, reducing_gap=2)
        if self.sharpness:
            small = self._softer_or_sharper(small, rng)
        pixels = np.asarray(small).transpose(2, 0, 1)
        if self.flip and rng.random() < 0.5:
            pixels = pixels[:, :, ::-1]
        if self.jitter:
            brightness, contrast = rng.uniform(1 - self.jitter, 1 + self.jitter, 2)
            mean = pixels.mean()
            pixels = np.clip((pixels - mean) * contrast + mean * brightness, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(pixels)

    def _softer_or_sharper(self, picture: Image.Image, rng: np.random.Generator) -> Image.Image:
        """As a smaller picture shows it, and every other time a JPEG; then blurred by up to `sharpness` pixels, or its
        edges raised by up to twice that share."""
        side = round(self.size * rng.uniform(1 - self.sharpness, 1))
        by = rng.uniform(-self.sharpness, self.sharpness)
        seen = picture.resize((side, side), Image.Resampling.BILINEAR)
        if rng.random() < 0.5:
            written = io.BytesIO()
            seen.save(written, "JPEG", quality=int(rng.uniform(*QUALITIES)))
            seen = Image.open(written)
        seen = seen.resize(picture.size, Image.Resampling.BICUBIC)
        return seen.filter(ImageFilter.GaussianBlur(-by) if by < 0 else ImageFilter.UnsharpMask(1, int(200 * by), 0))

    def _box(self, width: int, height: int, rng: np.random.Generator) -> tuple[float, ...]:
        """Left, top, right, bottom of a crop that keeps a random share of the area."""
        if self.crop == 1:
            side = min(width, height)
            left, top = (width - side) / 2, (height - side) / 2
            return left, top, left + side, top + side
        area = width * height * rng.uniform(self.crop, 1)
        ratio = np.exp(rng.uniform(*np.log(RATIOS)))
        wide, high = min(width, np.sqrt(area * ratio)), min(height, np.sqrt(area / ratio))
        left, top = rng.uniform(0, width - wide), rng.uniform(0, height - high)
        return left, top, min(left + wide, width), min(top + high, height)


class Pictures(Dataset):
    """Pictures by epoch and row; the same picture for the same of both, whichever process reads it."""

    def __init__(self, paths: tuple[Path, ...], config: ClipConfig, size: int) -> None:
        self._paths, self._config, self._size = paths, config, size

    def __getitem__(self, asked: tuple[int, int]) -> tuple[Tensor, int]:
        epoch, row = asked
        try:
            with Image.open(self._paths[row]) as picture:
                pixels = self._augmentation(epoch)(picture, np.random.default_rng((self._config.seed, epoch, row)))
        except OSError as error:
            raise TrainingError(
                f"{self._paths[row]} cannot be read: {error}. Mend or remove it; the last checkpoint is kept."
            ) from error
        return torch.from_numpy(pixels), row

    def __len__(self) -> int:
        return len(self._paths)

    def _augmentation(self, epoch: int) -> Augmentation:
        config = self._config
        size = config.small if config.small and epoch <= config.epochs * config.small_for else self._size
        return Augmentation(size, config.crop, config.flip, config.jitter, config.sharpness)


def shown(pictures: Pictures, batches: list[np.ndarray], epoch: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """uint8 pictures of shape (batch, 3, size, size) and their rows, in the order of `batches`."""
    asked = [[(epoch, int(row)) for row in batch] for batch in batches]
    loader = DataLoader(
        pictures, batch_sampler=asked, num_workers=workers, prefetch_factor=4 if workers else None, pin_memory=False
    )
    yield from loader
