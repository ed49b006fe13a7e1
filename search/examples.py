"""Query vectors: each text and each example is encoded once, and remembered for whoever asks next.

An uploaded example is known by a token afterwards, so that paging, the back button and a shared link need no
second upload.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from PIL import Image

from media_library import files, formats, services
from media_library.formats.base import FileRejected, Probe
from media_library.formats.spectrograms import unpacked
from media_library.models import Kind, SegmentKind
from media_library.names import clean_name
from search.encoders.registry import text_key_for
from search.models import Encoder, Space
from search.query import QueryError
from search.spaces import is_at_hand, load, serving

TEXT_TTL = 24 * 3600
EXAMPLE_TTL = 24 * 3600
EXAMPLE_FRAMES = 8
"""Frames of a clip that speak for it; more add time, not meaning, to a clip of some seconds."""

THUMBNAIL_PX = 240
EXAMPLE_PX = 384
"""The longer side of what is kept for another encoder: more than the largest usual picture tower takes in."""

FETCH_S = 30
"""How long whoever searches by a URL waits for its server."""


EXAMPLE_WORDS = 150
"""Words that speak for a document: about what a text encoder reads, and what its first page begins with."""

HEAR_S = 20.0
"""How long whoever searches by a sound waits for it to be decoded; what was heard by then counts."""

NO_SOUND = "This library does not listen to sounds. Search by words, a picture, a clip or a document."
SILENT = "There is nothing to hear in this sound. Choose another one."


@dataclass(frozen=True)
class Example:
    """What somebody searches by. `frames`: (n, d) unit vectors of the encoder `encoder_key`, none of a text or a sound.

    `pictures`: what they were made of, small, for another encoder. `text`: the words that a document or text begins
    with. `stretches`, `hearing_key` and `sounds` are the same of a sound: vectors, the encoder of sounds that made
    them, packed spectrograms.
    """

    token: str
    name: str
    kind: str
    thumbnail: bytes
    encoder_key: str
    frames: np.ndarray
    pictures: tuple[bytes, ...]
    text: str = ""
    stretches: np.ndarray | None = None
    hearing_key: str = ""
    sounds: tuple[bytes, ...] = ()

    def look(self) -> np.ndarray | None:
        """Where its pictures point to together, (d,); None of a text or a sound."""
        return mean_direction(self.frames) if len(self.frames) else None

    def heard(self) -> np.ndarray | None:
        """Where its stretches of sound point to together, (d,)."""
        return None if self.stretches is None else mean_direction(self.stretches)


def mean_direction(vectors: np.ndarray) -> np.ndarray:
    """The unit vector that (n, d) unit vectors point to together; shape (d,)."""
    mean = vectors.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)


def text_vector(encoder: Encoder, words: str) -> np.ndarray:
    """The unit vector of `words` in `encoder`'s space, shape (d,)."""
    return text_vectors(encoder, [words])[0]


def text_vectors(encoder: Encoder, texts: Sequence[str]) -> list[np.ndarray]:
    """The unit vectors of `texts` in `encoder`'s space, each of shape (d,); only what is not remembered is encoded.

    Kept by the text tower's identity: with the pocket encoder one vector serves both spaces.
    """
    key = text_key_for(encoder.spec)
    names = {text: "query-text:" + hashlib.sha256(f"{key}\0{text}".encode()).hexdigest() for text in texts}
    kept = cache.get_many(list(names.values())) or {}
    vectors = {text: np.frombuffer(kept[name], np.float32) for text, name in names.items() if name in kept}
    if new := [text for text in names if text not in vectors]:
        made = np.asarray(load(encoder.spec).encode_texts(new), dtype=np.float32)
        vectors |= dict(zip(new, made, strict=True))
        cache.set_many({names[text]: vectors[text].tobytes() for text in new}, TEXT_TTL)
    return [vectors[text] for text in texts]


def remember_file(file: BinaryIO | File, name: str) -> Example:
    """Encode a picture, clip, sound, document or text to search by.

    A document is searched by how its first page looks and by the words it begins with. Raises FileRejected, also for
    sounds where none are listened to, or QueryError before anything is indexed.
    """
    name = clean_name(name)
    with files.received(file, settings.SIGHTLINE_MAX_QUERY_BYTES) as got:
        encoder, hearing = _visual_encoder(), _hearing_encoder()
        # With the name, or whoever sends the same file next would be told what another called it.
        token = hashlib.sha256(f"{encoder.key}\0{got.sha256}\0{name}".encode()).hexdigest()[:40]
        if (kept := cache.get(f"example:{token}")) is not None:
            return _as_heard(kept, hearing)
        probe, pictures, text, poster, sounds = _read(got.path, hearing is not None)
    shown = pictures[:: max(1, -(-len(pictures) // EXAMPLE_FRAMES))]
    example = Example(
        token=token,
        name=name,
        kind=probe.kind,
        thumbnail=_webp(poster, THUMBNAIL_PX),
        encoder_key=encoder.key,
        frames=_frames(encoder, shown),
        pictures=tuple(_webp(picture, EXAMPLE_PX) for picture in shown),
        text=text,
        sounds=tuple(sounds[:: max(1, -(-len(sounds) // EXAMPLE_FRAMES))]),
    )
    cache.set(f"example:{token}", example, EXAMPLE_TTL)
    return _as_heard(example, hearing)


def _read(path: Path, hears: bool) -> tuple[Probe, list[Image.Image], str, Image.Image, list[bytes]]:
    """What the file is, its pictures and its first words to search by, the picture that stands for it, its sounds."""
    allowed = services.limits()
    limits = replace(allowed, preview_px=allowed.segment_px, frame_px=allowed.segment_px, page_px=allowed.segment_px)
    sniffed = formats.sniff(path)
    if sniffed.kind in (Kind.DOCUMENT, Kind.TEXT):
        limits = replace(limits, max_pages=1)
    if sniffed.kind == Kind.SOUND:
        limits = replace(limits, budget_s=HEAR_S)
    probe = formats.probe(path, sniffed, limits)
    if probe.kind == Kind.SOUND and not hears:
        raise FileRejected("sound", NO_SOUND)
    pictures: list[Image.Image] = []
    words: list[str] = []
    sounds: list[bytes] = []
    for cut in formats.cuts(path, probe, limits, lambda progress: None):
        if cut.picture is not None and cut.kind != SegmentKind.FIGURE:
            pictures.append(cut.picture)
        if cut.heard and probe.kind == Kind.SOUND:
            sounds.append(cut.heard)
        words += f"{cut.heading} {cut.text}".split()
        if probe.kind in (Kind.DOCUMENT, Kind.TEXT) and len(words) >= EXAMPLE_WORDS:
            break
    if probe.kind == Kind.SOUND and not sounds:
        raise FileRejected("silent", SILENT)
    if not (pictures or words or sounds):
        raise FileRejected("nothing-in-it", "There is nothing in this file to search by. Choose another one.")
    poster = pictures[0] if pictures else formats.render(path, probe, limits)
    return probe, pictures, " ".join(words[:EXAMPLE_WORDS]), poster, sounds


def remember_url(url: str) -> Example:
    """Encode what is at `url`. Raises FetchRefused besides what remember_file raises."""
    with services.fetched(url, settings.SIGHTLINE_MAX_QUERY_BYTES, FETCH_S) as (file, name):
        return remember_file(file, name)


def recall(token: str, encoder: Encoder | None = None, hearing: Encoder | None = None) -> Example:
    """The example that `token` names, as `encoder` sees it and `hearing` hears it. Raises QueryError where it was
    forgotten."""
    example = cache.get(f"example:{token}")
    if example is None:
        raise QueryError(
            "example-forgotten", "What you searched by is no longer at hand. Drop it again to search by it."
        )
    if encoder is not None and example.encoder_key != encoder.key:
        # Search went over to another encoder meanwhile.
        example = replace(example, encoder_key=encoder.key, frames=_frames(encoder, _opened(example.pictures)))
        cache.set(f"example:{token}", example, EXAMPLE_TTL)
    return _as_heard(example, hearing)


def _as_heard(example: Example, hearing: Encoder | None) -> Example:
    """`example` with the vectors of its sounds by the encoder that hears now."""
    if hearing is None or not example.sounds or example.hearing_key == hearing.key:
        return example
    heard = np.asarray(load(hearing.spec).encode_sounds([unpacked(sound) for sound in example.sounds]), np.float32)
    example = replace(example, hearing_key=hearing.key, stretches=heard)
    cache.set(f"example:{example.token}", example, EXAMPLE_TTL)
    return example


def _frames(encoder: Encoder, pictures: Sequence[Image.Image]) -> np.ndarray:
    if not pictures:
        return np.empty((0, encoder.dimensions), np.float32)
    return np.asarray(load(encoder.spec).encode_images(pictures), dtype=np.float32)


def _opened(pictures: Sequence[bytes]) -> list[Image.Image]:
    return [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]


def _visual_encoder() -> Encoder:
    encoder = serving().get(Space.VISUAL)
    if encoder is None:
        raise QueryError("nothing-indexed", "Nothing is indexed yet. Add a picture, and try again in a moment.")
    if not is_at_hand(encoder):
        raise QueryError(
            "encoder-away",
            "The encoder of pictures was replaced, and the library is being indexed anew. Search by words meanwhile.",
        )
    return encoder


def _hearing_encoder() -> Encoder | None:
    encoder = serving().get(Space.SOUND)
    return encoder if encoder and is_at_hand(encoder) else None


def _webp(picture: Image.Image, longer_side: int) -> bytes:
    small = picture.copy()
    small.thumbnail((longer_side, longer_side))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()
