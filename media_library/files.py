"""Getting at stored files: incoming bytes on disk, stored files as local paths, pictures written back."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from media_library.formats.base import FileRejected

logger = logging.getLogger(__name__)

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Received:
    path: Path
    size: int
    sha256: str


@contextmanager
def received(file: BinaryIO | File, max_bytes: int) -> Iterator[Received]:
    """`file`'s bytes on disk, hashed and counted; a copy is made only where it does not lie on disk already.

    Raises FileRejected (``empty``, ``too-large``) as soon as it is known.
    """
    path = _path_on_disk(file)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(prefix="sightline-incoming-") as copy:
        file.seek(0)
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise FileRejected(
                    "too-large",
                    f"The file is larger than {readable_size(max_bytes)}, the most this library takes.",
                )
            digest.update(chunk)
            if path is None:
                copy.write(chunk)
        if size == 0:
            raise FileRejected("empty", "The file is empty. Try to copy or download it again.")
        copy.flush()
        yield Received(path or Path(copy.name), size, digest.hexdigest())


def _path_on_disk(file: BinaryIO | File) -> Path | None:
    if hasattr(file, "temporary_file_path"):
        return Path(file.temporary_file_path())
    raw = getattr(file, "file", file)
    name = getattr(raw, "name", None)
    return Path(name) if isinstance(name, str) and Path(name).is_file() and raw.fileno() >= 0 else None


@contextmanager
def local_path(stored: FieldFile) -> Iterator[Path]:
    """A stored file as a path to read: its own where the storage is a file system, else a temporary copy."""
    try:
        own = Path(stored.path)
    except NotImplementedError:
        own = None
    if own:
        yield own
        return
    with tempfile.NamedTemporaryFile(prefix="sightline-stored-", suffix=Path(stored.name).suffix) as copy:
        with stored.open("rb") as source:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def store_bytes(name: str, content: bytes) -> str:
    """Write `content` under exactly `name`, over what was there; returns the name."""
    return store(name, ContentFile(content))


def store_path(name: str, path: Path) -> str:
    """Write the file at `path` under exactly `name`, over what was there; returns the name."""
    with path.open("rb") as file:
        return store(name, File(file))


def store(name: str, file: File) -> str:
    """All of `file` under exactly `name`, or nothing: a disk that becomes full leaves the first part of it."""
    try:
        return default_storage.save(name, file)
    except BaseException:
        remove([name])
        raise


def readable_size(size: int) -> str:
    """Bytes as a person says them: 512 bytes, 1.5 MB."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if value >= 100 or unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError


def derived_folder(item_id: UUID) -> str:
    """Where everything lies that was made of an item's original."""
    return f"derived/{item_id.hex[:2]}/{item_id.hex}"


def clean(folder: str, keep: Collection[str] = ()) -> None:
    """Remove the files in `folder`, but for those named in `keep`; what cannot be removed is logged."""
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("Could not look into %s: %s", folder, error)
        return
    remove(name for name in (f"{folder}/{name}" for name in names) if name not in keep)


def remove(names: Iterable[str]) -> None:
    """Remove stored files, once nothing refers to them; what cannot be removed is logged."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except OSError as error:
            logger.warning("Could not remove %s: %s", name, error)
