"""Files that no row names: a worker, a web server or a command was killed before it named or after it unnamed them.

Everything is stored before it is named and unnamed before it is removed, so the other way round never happens.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import timezone

from media_library import files
from media_library.models import MediaItem, Segment

logger = logging.getLogger(__name__)

AGE = timedelta(days=1)
"""Younger ones may be about to be named: the longest upload and the longest reading take less."""

FEW, SHARE = 20, 0.01
"""So many items' files, or this share of all items', may be strays. More are no leftovers: the database is another one,
or an old copy of it, and nothing is removed."""

TEMPORARY = ("sightline-incoming-*", "sightline-stored-*", "sightline-copy-*", "sightline-fetched-*", "tmp*.upload*")
"""What this product writes to the folder for temporary files: its own, and uploads as Django receives them."""


def tidy(item_id: UUID) -> None:
    """Remove what lies in an item's folder and is not named by it, at a time when nobody reads it."""
    files.clean(files.derived_folder(item_id), keep=_named([item_id]))


def remove_strays(older_than: timedelta = AGE) -> int:
    """Remove stored files that are named by an item's id, but by no row, and are older than that; returns how many.

    Looks at the storage folder by folder, so it needs no more memory for a larger library. Removes nothing where
    there is more than leftovers, and says so in the log.
    """
    count = MediaItem.objects.count()
    most = min(count, max(FEW, int(count * SHARE)))
    found: dict[UUID, list[str]] = {}
    for item_id, name in chain(_stray_originals(), _stray_derived()):
        if _is_older(name, older_than):
            found.setdefault(item_id, []).append(name)
        if len(found) > most:
            logger.error(
                "Files of more than %s items that this database does not know lie in the storage, such as %s. None is "
                "removed: see to it that the database and the storage belong together.",
                most,
                name,
            )
            return 0
    names = [*chain.from_iterable(found.values()), *(name for name in _below("probes") if _is_older(name, older_than))]
    for name in names:
        logger.info("Removing %s, which no item names", name)
    files.remove(names)
    return len(names)


def remove_temporary(older_than: timedelta = AGE) -> int:
    """Remove temporary files of killed processes of this account on this machine; returns how many."""
    count, folder = 0, Path(tempfile.gettempdir())
    for path in chain.from_iterable(map(folder.glob, TEMPORARY)):
        try:
            facts = path.lstat()
            if facts.st_uid != os.geteuid() or facts.st_mtime > time.time() - older_than.total_seconds():
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            logger.warning("Could not remove %s: %s", path, error)
            continue
        count += 1
    return count


def _stray_originals() -> Iterator[tuple[UUID, str]]:
    for shard in _folders("originals"):
        ids = {f"originals/{shard}/{name}": _id_of(name.split(".", 1)[0]) for name in _files(f"originals/{shard}")}
        items = MediaItem.objects.filter(pk__in=[key for key in ids.values() if key])
        named = set(items.values_list("original", flat=True))
        yield from ((key, name) for name, key in ids.items() if key and name not in named)


def _stray_derived() -> Iterator[tuple[UUID, str]]:
    for shard in _folders("derived"):
        ids = {f"derived/{shard}/{folder}": _id_of(folder) for folder in _folders(f"derived/{shard}")}
        lying = [(key, name) for folder, key in ids.items() if key for name in _below(folder)]
        # Asked after looking: what is named in between is on no list of strays.
        named = _named({key for key, _ in lying})
        yield from ((key, name) for key, name in lying if name not in named)


def _named(item_ids: Collection[UUID]) -> set[str]:
    """What was made of the originals of these items, and is in use."""
    rows = MediaItem.objects.filter(pk__in=item_ids).values_list("preview", "thumbnail", "public_copy")
    pictures = Segment.objects.filter(item__in=item_ids).pictured().values_list("picture", flat=True)
    heard = Segment.objects.filter(item__in=item_ids).sounding().values_list("heard", flat=True)
    return {*(name for row in rows for name in row), *pictures, *heard}


def _is_older(name: str, age: timedelta) -> bool:
    try:
        return default_storage.get_modified_time(name) < timezone.now() - age
    except OSError:
        return False  # It is gone, or cannot be looked at.


def _id_of(name: str) -> UUID | None:
    """The item that a file is named by; None for what somebody else put there."""
    try:
        return UUID(hex=name)
    except ValueError:
        return None


def _below(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in _files(folder)]


def _folders(folder: str) -> list[str]:
    return _listed(folder)[0]


def _files(folder: str) -> list[str]:
    return _listed(folder)[1]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
