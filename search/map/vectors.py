"""The vectors that the map is made of: one for each item, whichever number of pictures it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from media_library.models import MediaItem
from search.models import Embedding, Encoder, MapFit

CHUNK = 5000
"""Items read at once: some megabytes."""

_HEAD = 4
"""Bytes before the numbers in what halfvec_send gives: their count, and two that are not used."""


@dataclass(frozen=True)
class Rows:
    """`ids` of n items, and their unit `vectors`, (n, d) float32."""

    ids: list[UUID]
    vectors: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


def count(encoder: Encoder) -> int:
    """How many items have vectors of `encoder` and are not in the trash."""
    there = Embedding.objects.filter(encoder=encoder, item=OuterRef("pk"))
    return MediaItem.objects.alive().filter(Exists(there)).count()


def of_all(encoder: Encoder) -> Iterator[Rows]:
    """Every item that has vectors of `encoder` and is not in the trash, CHUNK at a time, in the order of their ids.

    Ids are random, so the first ones are a random sample.
    """
    return _read(encoder, "", [])


def of_anchors(fit: MapFit) -> Iterator[Rows]:
    """What was laid out on `fit`, in the order of their ids."""
    anchors = "AND item_id IN (SELECT item_id FROM search_mappoint WHERE fit_id = %s AND anchor)"
    return _read(fit.encoder, anchors, [fit.pk], trash=True)


def of_missing(fit: MapFit) -> Iterator[Rows]:
    """What has vectors but no place on `fit` yet."""
    missing = (
        "AND NOT EXISTS (SELECT 1 FROM search_mappoint AS point WHERE point.fit_id = %s AND point.item_id = it.item_id)"
    )
    return _read(fit.encoder, missing, [fit.pk])


def joined(parts: Iterator[Rows], dimensions: int) -> Rows:
    """All `parts` as one."""
    found = list(parts)
    if not found:
        return Rows([], np.empty((0, dimensions), np.float32))
    return Rows(list(chain.from_iterable(part.ids for part in found)), np.concatenate([part.vectors for part in found]))


def _read(encoder: Encoder, condition: str, params: list, trash: bool = False) -> Iterator[Rows]:
    """An item of several pictures stands where they point to together: at their mean, of length 1."""
    alive = "" if trash else "JOIN media_library_mediaitem AS item ON item.id = item_id AND item.deleted_at IS NULL "
    sql = (
        f"SELECT item_id, halfvec_send(avg(vector)) FROM search_embedding AS it {alive}"
        f"WHERE encoder_id = %s {condition} GROUP BY item_id ORDER BY item_id"
    )
    # A cursor on the server lives as long as its transaction.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, [encoder.pk, *params])
        rows = iter(lambda: cursor.fetchmany(CHUNK), [])
        for some in rows:
            yield Rows([pk for pk, _ in some], _unit(b"".join(bytes(vector) for _, vector in some), len(some)))


def _unit(sent: bytes, rows: int) -> np.ndarray:
    numbers = np.frombuffer(sent, np.uint8).reshape(rows, -1)[:, _HEAD:].copy().view(">f2").astype(np.float32)
    return numbers / np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1e-12)


def chunks(rows: Rows, size: int) -> Iterator[Rows]:
    """`rows`, `size` at a time."""
    ids = iter(rows.ids)
    for start in range(0, len(rows), size):
        yield Rows(list(islice(ids, size)), rows.vectors[start : start + size])
