"""The network that hears: from spectrograms to the space of words. Loaded late, since it needs torch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from torch import Tensor, nn
from torch.nn import functional

from media_library.formats.spectrograms import COLUMNS_S, FLOOR_DB, PITCHES, STEP_DB

WIDTHS = (32, 64, 128, 224)
DEEPEST_DB = 80.0
"""What is so much softer than the loudest is not told from silence."""
USUAL_DB = 20.0
"""About the spread of a spectrogram."""

LEAST, MOST = round(1.0 * COLUMNS_S), round(5.0 * COLUMNS_S)
"""Columns that are heard at once: those the network was trained with, and a little fewer and more."""


class SoundTower(nn.Module):
    """Spectrograms (n, 1, PITCHES, columns), as `levelled` makes them, to (n, dimensions) of any length.

    A small residual network (He et al. 2016). Pitches are averaged, and of times the mean and the greatest are added
    up, as in PANNs (Kong et al. 2020): one bark in five seconds counts, and so does steady rain.
    """

    def __init__(self, dimensions: int, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        self.blocks = nn.Sequential(*(_Block(before, after) for before, after in pairwise(widths)))
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(widths[-1], dimensions)

    def forward(self, spectrograms: Tensor) -> Tensor:
        along = self.blocks(self.stem(spectrograms)).mean(dim=2)
        return self.head(self.dropout(along.mean(dim=2) + along.amax(dim=2)))


class _Block(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.past = nn.Conv2d(before, after, 1, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        past = self.past(functional.avg_pool2d(values, 2, ceil_mode=True))
        inner = functional.relu(self.first_norm(self.first(values)))
        return functional.relu(self.second_norm(self.second(inner)) + past)


def levelled(heard: np.ndarray) -> np.ndarray:
    """A spectrogram as float32 (columns, PITCHES), whichever volume it was recorded at."""
    decibels = heard.astype(np.float32) * STEP_DB + FLOOR_DB
    decibels = np.maximum(decibels, decibels.max() - DEEPEST_DB)
    return (decibels - decibels.mean()) / USUAL_DB


def windows(heard: np.ndarray) -> np.ndarray:
    """A spectrogram, (columns, PITCHES), in equal parts that can be heard at once: (n, 1, PITCHES, columns)."""
    values = levelled(heard)
    if len(values) < LEAST:
        missing = LEAST - len(values)
        values = np.pad(values, ((missing // 2, missing - missing // 2), (0, 0)), constant_values=values.min())
    count = -(-len(values) // MOST)
    length = len(values) // count
    return values[: count * length].reshape(count, 1, length, PITCHES).swapaxes(2, 3)
