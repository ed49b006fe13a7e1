"""Items that somebody has picked out, many at once, known by a token: to search within, to look at, to tag.

A token says which items are meant and nothing of who may see them: whoever has it sees of them what they may see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache
from django.db.models.expressions import RawSQL

from media_library.querysets import MediaItemQuerySet

KEPT_S = 24 * 3600
"""Seconds, as examples to search by."""

MOST = 100_000
"""Items of one selection: as many as a map is drawn for, 16 bytes each."""

TOKEN = r"[0-9a-f]{40}"

GONE = "What was selected on the map is forgotten by now. Select it there again."


def keep(ids: Iterable[UUID]) -> str:
    """The token of a selection; the same items have the same one."""
    stored = b"".join(sorted(pk.bytes for pk in set(ids)))
    token = hashlib.sha256(stored).hexdigest()[:40]
    cache.set(f"selection:{token}", stored, KEPT_S)
    return token


def recall(token: str) -> list[UUID] | None:
    """The items of `token`; None where it is forgotten."""
    stored = cache.get(f"selection:{token}")
    if stored is None:
        return None
    return [UUID(bytes=stored[start : start + 16]) for start in range(0, len(stored), 16)]


def among(items: MediaItemQuerySet, ids: Iterable[UUID]) -> MediaItemQuerySet:
    """Those of `items` that are of `ids`, which go to the database as one value however many they are."""
    return items.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(ids)]))


def within(items: MediaItemQuerySet, token: str) -> MediaItemQuerySet:
    """Those of `items` that are of the selection `token`; none of one that is forgotten."""
    ids = recall(token)
    return items.none() if ids is None else among(items, ids)
