"""What every encoder promises, and the few helpers that keep the promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image


class EncoderError(Exception):
    """An encoder cannot be found, loaded or trusted. The message says what to set, in a sentence for people."""


@runtime_checkable
class TextEncoder(Protocol):
    """Words to unit vectors. Safe to call from several threads."""

    @property
    def key(self) -> str:
        """Names model, weights and preprocessing: vectors compare only where keys are equal."""
        ...

    @property
    def text_key(self) -> str:
        """Names the text tower. Encoders with one text key give one text the same vector."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Float32 of shape (len(texts), dimensions), each row of length 1. Texts stay as they are."""
        ...


@runtime_checkable
class VisualEncoder(TextEncoder, Protocol):
    """Pictures and words to unit vectors of one space."""

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Float32 of shape (len(images), dimensions), each row of length 1. Pictures stay as they are."""
        ...


@runtime_checkable
class HearingEncoder(TextEncoder, Protocol):
    """Sounds and words to unit vectors of one space."""

    @property
    def knows(self) -> tuple[str, ...]:
        """Names of what it was taught to tell apart; empty where nobody wrote them down."""
        ...

    def familiar(self, rows: np.ndarray) -> np.ndarray:
        """Booleans of shape (n,): whether what made the unit vectors `rows` is of a kind that it was taught. Of what is
        not, its likeness to words tells nothing."""
        ...

    def encode_sounds(self, spectrograms: Sequence[np.ndarray]) -> np.ndarray:
        """Float32 of shape (len(spectrograms), dimensions), each row of length 1.

        A spectrogram is uint8 of shape (columns, pitches) with at least one column, as media_library's
        formats/spectrograms.py makes it; one that is silent has no direction to be heard and is not to be asked for.
        """
        ...


def unit_rows(vectors: ArrayLike) -> np.ndarray:
    """(n, d) numbers as float32 rows of length 1. Raises EncoderError where a row has no direction."""
    rows = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.all(np.isfinite(norms) & (norms > 0)):
        raise EncoderError("The encoder gave a vector without a direction. Its weights may be damaged.")
    return rows / norms


def clean_text(text: str) -> str:
    """`text` without lone surrogates, which JSON can carry and tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
