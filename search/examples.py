"""Query vectors: each text and each example is encoded once, and remembered for whoever asks next.

An uploaded example is known by a token afterwards, so that paging, the back button and a shared link need no
second upload.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from PIL import Image

from media_library import files, formats, services
from media_library.names import clean_name
from search.encoders.registry import text_key_for
from search.indexing import is_at_hand, load
from search.models import Encoder, Space
from search.query import QueryError

TEXT_TTL = 24 * 3600
EXAMPLE_TTL = 24 * 3600
EXAMPLE_FRAMES = 8
"""Frames of a clip that speak for it; more add time, not meaning, to a clip of some seconds."""

THUMBNAIL_PX = 240

FETCH_S = 30
"""How long whoever searches by a URL waits for its server."""


@dataclass(frozen=True)
class Example:
    """A picture or clip somebody searches by. `frames`: (n, d) unit vectors of the encoder `encoder_key`."""

    token: str
    name: str
    kind: str
    thumbnail: bytes
    encoder_key: str
    frames: np.ndarray

    def vector(self) -> np.ndarray:
        return mean_direction(self.frames)


def mean_direction(vectors: np.ndarray) -> np.ndarray:
    """The unit vector that (n, d) unit vectors point to together; shape (d,)."""
    mean = vectors.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)


def text_vector(encoder: Encoder, words: str) -> np.ndarray:
    """The unit vector of `words` in `encoder`'s space, shape (d,).

    Kept by the text tower's identity: with the pocket encoder one vector serves both spaces.
    """
    name = "query-text:" + hashlib.sha256(f"{text_key_for(encoder.spec)}\0{words}".encode()).hexdigest()
    if (kept := cache.get(name)) is not None:
        return np.frombuffer(kept, dtype=np.float32)
    vector = np.asarray(load(encoder.spec).encode_texts([words])[0], dtype=np.float32)
    cache.set(name, vector.tobytes(), TEXT_TTL)
    return vector


def remember_file(file: BinaryIO | File, name: str) -> Example:
    """Encode a picture or clip to search by. Raises FileRejected, or QueryError before anything is indexed."""
    name = clean_name(name)
    with files.received(file, settings.SIGHTLINE_MAX_QUERY_BYTES) as got:
        encoder = _visual_encoder()
        # With the name, or whoever sends the same file next would be told what another called it.
        token = hashlib.sha256(f"{encoder.key}\0{got.sha256}\0{name}".encode()).hexdigest()[:40]
        if (kept := cache.get(f"example:{token}")) is not None:
            return kept
        limits = services.limits()
        sniffed = formats.sniff(got.path)
        probe = formats.probe(got.path, sniffed, limits)
        pictures = [cut.picture for cut in formats.cuts(got.path, probe, limits, lambda progress: None)]
    step = max(1, -(-len(pictures) // EXAMPLE_FRAMES))
    example = Example(
        token=token,
        name=name,
        kind=sniffed.kind,
        thumbnail=_thumbnail(pictures[0]),
        encoder_key=encoder.key,
        frames=np.asarray(load(encoder.spec).encode_images(pictures[::step]), dtype=np.float32),
    )
    cache.set(f"example:{token}", example, EXAMPLE_TTL)
    return example


def remember_url(url: str) -> Example:
    """Encode the picture or clip at `url`. Raises FetchRefused besides what remember_file raises."""
    with services.fetched(url, settings.SIGHTLINE_MAX_QUERY_BYTES, FETCH_S) as (file, name):
        return remember_file(file, name)


def recall(token: str) -> Example:
    """The example that `token` names. Raises QueryError where it was forgotten or fits no encoder any more."""
    example = cache.get(f"example:{token}")
    if example is None or example.encoder_key != _visual_encoder().key:
        raise QueryError("example-forgotten", "That picture is no longer at hand. Drop it again to search by it.")
    return example


def _visual_encoder() -> Encoder:
    encoder = Encoder.objects.active(Space.VISUAL)
    if encoder is None:
        raise QueryError("nothing-indexed", "Nothing is indexed yet. Add a picture, and try again in a moment.")
    if not is_at_hand(encoder):
        raise QueryError(
            "encoder-away",
            "The encoder of pictures was replaced, and the library is being indexed anew. Search by words meanwhile.",
        )
    return encoder


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()
