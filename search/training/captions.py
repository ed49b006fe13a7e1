"""What is said of each kind, as what is shown is compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor


class Captions:
    """Those of every kind: encoded once where their tower is `locked`, as tokens where it learns."""

    def __init__(self, captions: Sequence[Sequence[str]], encoder: Any, *, locked: bool) -> None:
        self._encoder = encoder
        self._all = [caption for each in captions for caption in each]
        self._counts = np.array([len(each) for each in captions])
        self._first = np.cumsum(self._counts) - self._counts
        self._vectors = torch.from_numpy(encoder.encode_texts(self._all)) if locked else None
        # The same words as numbers, and which kinds they may be said of.
        self._words = np.unique(self._all, return_inverse=True)[1]
        self._said_of: dict[int, set[int]] = defaultdict(set)
        for word, kind in zip(self._words, np.repeat(np.arange(len(self._counts)), self._counts), strict=True):
            self._said_of[int(word)].add(int(kind))

    def drawn(self, kinds: Tensor, seed: tuple[int, ...]) -> list[int]:
        """The number of a caption for each of `kinds`."""
        which = kinds.numpy()
        return (self._first[which] + np.random.default_rng(seed).integers(self._counts[which])).tolist()

    def of(self, numbers: list[int]) -> Tensor:
        if self._vectors is not None:
            return self._vectors[numbers]
        return self._encoder.tokenize([self._all[number] for number in numbers])

    def one_of_each(self, seed: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Vectors of shape (kinds, dimensions), one drawn for each kind, and a mask of shape (kinds, kinds): whether
        what was drawn for the one in the column may be said of the one in the row as well ("animal" of cat and dog)."""
        assert self._vectors is not None
        drawn = self._first + np.random.default_rng(seed).integers(self._counts)
        shared = torch.zeros(len(drawn), len(drawn), dtype=torch.bool)
        for column, word in enumerate(self._words[drawn]):
            if len(kinds := self._said_of[int(word)]) > 1:
                shared[list(kinds), column] = True
        return self._vectors[drawn], shared.fill_diagonal_(False)
