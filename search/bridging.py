"""From pictures to sounds and back, by the words for what is seen or heard.

Pictures lie nearer to one another than to the sounds of what they show, though both were taught by the same words: each
tower has a corner of the space for itself. So a vector of the one is first taken to where the words that fit it lie.
"""

from __future__ import annotations

import numpy as np

from search import background
from search.composing import unit
from search.encoders import registry
from search.models import Encoder
from search.spaces import load

SHARPNESS = 3.0
"""By how much a word counts more that fits better by one standard deviation: e to the power of it."""

OWN = 0.5
"""How much the vector itself counts beside its words. Both measured on pictures and sounds of 17 classes that were not
trained on: docs/adr/0019-sounds.md."""

_vocabularies: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}


def in_words(vector: np.ndarray, sound: Encoder) -> np.ndarray:
    """Where words for what a picture shows, or a sound is of, lie; a unit vector of shape (d,).

    The words are those of the background and those that the encoder `sound` was taught.
    """
    words = _vocabulary(sound)
    near = words @ vector
    fits = np.exp(SHARPNESS * (near - near.max()) / max(float(near.std()), 1e-6))
    return unit(fits @ words / fits.sum() + OWN * vector)


def is_known(heard: np.ndarray, sound: Encoder) -> bool:
    """Whether what was heard, a unit vector of shape (d,), is of a kind that there are words for."""
    return bool(load(sound.spec).familiar(heard[None])[0])


def _vocabulary(sound: Encoder) -> np.ndarray:
    """(words, d) unit vectors, encoded once per process."""
    model = load(sound.spec)
    key = registry.text_key_for(sound.spec), model.knows
    if key not in _vocabularies:
        known = background.vectors(key[0], model.encode_texts)
        others = [name for name in model.knows if name not in background.BACKGROUND]
        _vocabularies[key] = np.concatenate([known, model.encode_texts(others)]) if others else known
    return _vocabularies[key]
