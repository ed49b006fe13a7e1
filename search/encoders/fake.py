"""Encoders for tests and for trying things: no model, no download, yet "red" finds the red picture.

Deterministic across processes and machines: words are hashed with BLAKE2, never with Python's salted hash().
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from search.encoders.base import clean_text, unit_rows

DIMENSIONS = 64

_COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 30, 30),
    "orange": (250, 140, 20),
    "yellow": (245, 225, 40),
    "green": (40, 150, 50),
    "cyan": (40, 200, 210),
    "blue": (40, 70, 210),
    "purple": (130, 50, 160),
    "pink": (250, 160, 190),
    "brown": (120, 75, 40),
}
_RAINBOW = ("red", "orange", "yellow", "green", "blue", "purple")
_SYNONYMS = {"gray": "grey", "scarlet": "red", "crimson": "red", "teal": "cyan", "violet": "purple", "gold": "yellow"}
_PALETTE = np.array(list(_COLOURS.values()), dtype=np.float32)

_GRID = 4
"""Brightness is kept in 4 × 4 fields, so that two pictures of the same colours are told apart."""

_GRID_WEIGHT = 0.25
_FIRST_WORD = len(_COLOURS) + _GRID**2
"""Dimensions from here on are words' alone: a word that names no colour is at right angles to every picture."""


@dataclass(frozen=True)
class FakeVisualEncoder:
    """Pictures by the share of twelve named colours and by where they are bright; words by the colours they name."""

    key: str
    dimensions: int = DIMENSIONS

    @property
    def text_key(self) -> str:
        return self.key

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        vectors = np.zeros((len(images), DIMENSIONS), dtype=np.float32)
        for vector, image in zip(vectors, images, strict=True):
            pixels = np.asarray(image.convert("RGB").resize((32, 32), Image.Resampling.BOX), dtype=np.float32)
            distances = np.linalg.norm(pixels.reshape(-1, 1, 3) - _PALETTE, axis=2)
            vector[: len(_COLOURS)] = (
                np.bincount(distances.argmin(axis=1), minlength=len(_COLOURS)) / distances.shape[0]
            )
            side = 32 // _GRID
            fields = pixels.mean(axis=2).reshape(_GRID, side, _GRID, side).mean(axis=(1, 3)).ravel() / 255 - 0.5
            vector[len(_COLOURS) : _FIRST_WORD] = _GRID_WEIGHT * fields / _GRID
        return unit_rows(vectors)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in _words(text):
                if word in _COLOUR_OF_STEM:
                    vector[_COLOUR_OF_STEM[word]] += 1
                else:
                    _add_word(vector[_FIRST_WORD:], word)
        return unit_rows(vectors)


@dataclass(frozen=True)
class FakeHearingEncoder(FakeVisualEncoder):
    """Sounds by how high they are, as the colours of the rainbow: what is low is red, what is high is violet.

    Words as FakeVisualEncoder has them, whose pictures are in the same space.
    """

    @property
    def text_key(self) -> str:
        return self.key.replace("sound", "visual")

    @property
    def knows(self) -> tuple[str, ...]:
        return _RAINBOW

    def familiar(self, rows: np.ndarray) -> np.ndarray:
        return np.ones(len(rows), dtype=bool)

    def encode_sounds(self, spectrograms: Sequence[np.ndarray]) -> np.ndarray:
        vectors = np.zeros((len(spectrograms), DIMENSIONS), dtype=np.float32)
        for vector, heard in zip(vectors, spectrograms, strict=True):
            power = 10 ** (heard.astype(np.float64).mean(axis=0) / 20)
            high = int(power.argmax() * len(_RAINBOW) / len(power))
            vector[list(_COLOURS).index(_RAINBOW[high])] = 1
        return unit_rows(vectors)


@dataclass(frozen=True)
class FakeTextEncoder:
    """A bag of hashed word stems: texts are near each other by the words that they share."""

    key: str
    dimensions: int = DIMENSIONS

    @property
    def text_key(self) -> str:
        return self.key

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in _words(text):
                _add_word(vector, word)
        return unit_rows(vectors)


def _words(text: str) -> Iterator[str]:
    """Lower-case stems; one empty word where there are none, since a vector needs a direction."""
    found = re.findall(r"\w+", clean_text(text).lower())
    yield from (_stem(word) for word in found) if found else ("",)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _add_word(vector: np.ndarray, word: str) -> None:
    """Add `word` in two dimensions of its own choice: words meet in one now and then, in both hardly ever."""
    digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
    first = int.from_bytes(digest[:4]) % len(vector)
    step = 1 + int.from_bytes(digest[4:]) % (len(vector) - 1)
    vector[first] += 1
    vector[(first + step) % len(vector)] += 1


_COLOUR_OF_STEM = {
    _stem(word): list(_COLOURS).index(name)
    for word, name in [*zip(_COLOURS, _COLOURS, strict=True), *_SYNONYMS.items()]
}
