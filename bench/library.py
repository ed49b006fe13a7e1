"""A synthetic library of any size, written straight into the tables: for measuring search, not for looking at.

Vectors are drawn around those that all-MiniLM-L6-v2 gives to real sentences (the docstrings of Python's standard
library): an item is a sentence's vector plus noise that has the covariance of all sentences, so that items lie in
the directions that real meanings take and not anywhere in space. The frames of a video lie close together.
"""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np

SHARES = {"tenth": 0.1, "hundredth": 0.01, "thousandth": 0.001}
"""Tags, and the share of items that carries each."""

ANCHORS = 3000
FRAMES = 10
FRAMES_SHARE = 0.25
"""Of the picture segments, those that are frames of a video; the others are pictures, items of their own."""

ITEM_NOISE = 0.75
FRAME_NOISE = 0.3
"""Length of the noise beside a vector of length 1: an item has a cosine of about .8 with its sentence, a frame of
about .95 with its video."""


@dataclass(frozen=True)
class Drawn:
    """A library before it is written; `items[i]` is the item of picture segment i, `pictures` is (n, 384) float32."""

    pictures: np.ndarray
    items: np.ndarray
    words: np.ndarray
    sentences: list[str]
    tags: list[list[str]]

    def carrying(self, tag: str | None) -> np.ndarray:
        """Which picture segments belong to items with `tag`, as booleans; None is every one."""
        if tag is None:
            return np.ones(len(self.items), bool)
        return np.array([tag in tags for tags in self.tags])[self.items]


def sentences() -> list[str]:
    """Some 14,000 different sentences, in the same order everywhere the same Python is."""
    found: dict[str, None] = {}
    root = Path(sysconfig.get_path("stdlib"))
    for path in sorted([*root.glob("*.py"), *root.glob("[!st]*/*.py")]):
        if "site-packages" in path.parts or "test" in str(path):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8", errors="replace"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for sentence in re.split(r"(?<=\.)\s+", ast.get_docstring(node) or ""):
                    plain = " ".join(sentence.split())
                    if 25 < len(plain) < 160:
                        found[plain] = None
    return list(found)


def draw(size: int, texts: list[str], anchors: np.ndarray, seed: int = 0) -> Drawn:
    """A library of `size` picture segments around `anchors`, (m, d) unit vectors of `texts`."""
    rng = np.random.default_rng(seed)
    videos = int(size * FRAMES_SHARE) // FRAMES
    lengths = [FRAMES] * videos + [1] * (size - videos * FRAMES)
    items = np.repeat(np.arange(len(lengths)), lengths)
    nearest = rng.integers(len(anchors), size=len(lengths))
    noise = _Noise(anchors, rng)
    bases = _unit(anchors[nearest] + ITEM_NOISE * noise(len(lengths)))
    return Drawn(
        pictures=_unit(bases[items] + FRAME_NOISE * noise(size)),
        items=items,
        words=_unit(bases + FRAME_NOISE * noise(len(lengths))),
        sentences=[texts[number] for number in nearest],
        tags=[[tag for tag, share in SHARES.items() if rng.random() < share] for _ in lengths],
    )


class _Noise:
    """Draws vectors of length about 1 with the covariance of `vectors`."""

    def __init__(self, vectors: np.ndarray, rng: np.random.Generator) -> None:
        centred = vectors - vectors.mean(axis=0)
        values, directions = np.linalg.eigh(np.cov(centred.T))
        scales = np.sqrt(np.maximum(values, 0))
        self._mixing = (directions * (scales / np.linalg.norm(scales))).T.astype(np.float32)
        self._rng = rng

    def __call__(self, count: int) -> np.ndarray:
        return self._rng.standard_normal((count, len(self._mixing)), dtype=np.float32) @ self._mixing


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def write(library: Drawn) -> list[UUID]:
    """Put `library` in place of whatever the database holds, by COPY; returns the item ids, in order.

    Every twentieth item is another person's and private. The indexes are built afterwards, as an import of many
    files is best done.
    """
    from django.contrib.auth import get_user_model
    from django.db import connection
    from pgvector.psycopg import register_vector

    from media_library.models import MediaItem
    from search import spaces
    from search.models import Encoder, Space

    encoders = {row.space: row for row in spaces.configured_encoders()}
    people = get_user_model().objects
    owner = people.get_or_create(username="owner")[0]
    rng = np.random.default_rng(1)
    ids = [UUID(bytes=rng.bytes(16), version=4) for _ in library.sentences]
    kinds = np.where(np.bincount(library.items) > 1, "video", "image")
    connection.ensure_connection()
    register_vector(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE media_library_mediaitem CASCADE")
        for encoder in Encoder.objects.all():
            cursor.execute(f"DROP INDEX IF EXISTS search_embedding_hnsw_{encoder.pk}")
        _copy(
            cursor,
            MediaItem._meta.db_table,
            "id owner_id visibility kind title caption tags credit source_url original_name mime_type size sha256 "
            "original public_copy preview thumbnail width height camera status failure progress attempts "
            "said note waveform has_text priority held text_state text_attempts document_kind created_at updated_at",
            _item_rows(library, ids, kinds, owner.pk),
        )
        frames = np.concatenate([np.arange(length) for length in np.bincount(library.items)])
        _copy(
            cursor,
            "media_library_segment",
            "id item_id kind ordinal picture heading text unread lines heard unheard",
            _segment_rows(library, ids, kinds, frames),
        )
        cursor.execute("SELECT setval('media_library_segment_id_seq', (SELECT max(id) FROM media_library_segment))")
        visual, text = encoders[Space.VISUAL], encoders[Space.TEXT]
        size = len(library.items)
        _copy_vectors(cursor, visual, 1, (ids[item] for item in library.items), library.pictures)
        _copy_vectors(cursor, text, size + 1, iter(ids), library.words)
        cursor.execute("VACUUM ANALYZE media_library_mediaitem, media_library_segment, search_embedding")
    for encoder in encoders.values():
        spaces.build_index(encoder)
    return ids


def _item_rows(library: Drawn, ids: list[UUID], kinds: np.ndarray, owner: int) -> Iterator[tuple]:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for number, (pk, sentence, tags) in enumerate(zip(ids, library.sentences, library.tags, strict=True)):
        added = start + timedelta(minutes=number)
        name = f"{number}.jpg"
        yield (
            *(pk, owner, "private" if number % 20 == 0 else "public", str(kinds[number]), sentence[:80], sentence),
            *(tags, "", "", name, "image/jpeg", 1000, f"{number:064x}", name, "", name, name, 640, 480, "", "ready"),
            *("", 1.0, 0, "", "", [], False, 0, False, "", 0, "", added, added),
        )


def _segment_rows(library: Drawn, ids: list[UUID], kinds: np.ndarray, frames: np.ndarray) -> Iterator[tuple]:
    for number, (item, frame) in enumerate(zip(library.items, frames, strict=True), start=1):
        kind = "frame" if kinds[item] == "video" else "image"
        yield number, ids[item], kind, int(frame), f"segments/{number}.jpg", "", "", False, "[]", "", False
    for number, (pk, sentence) in enumerate(zip(ids, library.sentences, strict=True), start=len(library.items) + 1):
        yield number, pk, "words", 0, "", sentence[:80], sentence, False, "[]", "", False


def _copy(cursor, table: str, columns: str, rows: Iterator[tuple]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_vectors(cursor, encoder, first: int, item_ids: Iterator[UUID], vectors: np.ndarray) -> None:
    from pgvector import HalfVector

    from search import background
    from search.encoders.registry import text_key_for
    from search.spaces import load

    columns = "encoder_id, segment_id, item_id, vector, background_mean, background_spread"
    judged = background.against(
        vectors, background.vectors(text_key_for(encoder.spec), load(encoder.spec).encode_texts)
    )
    with cursor.copy(f"COPY search_embedding ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "int8", "uuid", "halfvec", "float8", "float8"])
        rows = zip(item_ids, vectors.astype(np.float16), *judged, strict=True)
        for number, (item_id, vector, mean, spread) in enumerate(rows, start=first):
            copy.write_row((encoder.pk, number, item_id, HalfVector(vector), float(mean), float(spread)))
