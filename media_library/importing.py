"""Taking a whole folder in: which files there are, what is said about them, and what became of each."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from media_library import metadata_files
from media_library.formats.base import FileRejected
from media_library.metadata_files import Details, MetadataError
from media_library.services import ingest_file

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MEDIA_SUFFIXES = frozenset(
    {
        *(".avif", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"),
        *(".m4v", ".mkv", ".mov", ".mp4", ".webm"),
    }
)
"""A file of this name that holds something else is a failure, which its owner wants to hear of; one of any other
name was never meant for the library."""


@dataclass
class Folder:
    """What lies in a folder. `skipped`: (path relative to it, why)."""

    root: Path
    files: list[Path] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    metadata: list[Path] = field(default_factory=list)

    def relative(self, path: Path) -> str:
        """`path` as it is shown: from the folder on, whatever bytes its name is made of."""
        return os.fsencode(path.relative_to(self.root)).decode(errors="replace")


class Result(StrEnum):
    NEW = "new"
    KNOWN = "known"
    """The owner had this content already; it came back if it lay in the trash."""
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of one file. `reason` is a sentence where it was skipped or failed."""

    file: str
    result: Result
    reason: str = ""
    item_id: UUID | None = None


class ImportStopped(Exception):
    """Going on makes no sense; the message is a sentence for the user."""


def look_into(root: Path) -> Folder:
    """The files below `root`, by name. Hidden ones, and links that lead out of it, are skipped."""
    folder = Folder(root.resolve())
    for place, names_below, names in os.walk(folder.root):
        here = Path(place)
        for name in sorted(names_below):
            if why := _why_not_enter(here / name):
                folder.skipped.append((folder.relative(here / name), why))
        names_below[:] = sorted(name for name in names_below if not _why_not_enter(here / name))
        for name in sorted(names):
            path = here / name
            if name in metadata_files.NAMES:
                folder.metadata.append(path)
            elif why := _why_not_take(path, folder.root):
                folder.skipped.append((folder.relative(path), why))
            else:
                folder.files.append(path)
    return folder


def _why_not_enter(path: Path) -> str:
    if path.name.startswith("."):
        return "hidden folder"
    return "link to a folder" if path.is_symlink() else ""


def _why_not_take(path: Path, root: Path) -> str:
    if path.name.startswith("."):
        return "hidden"
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return "link to a file outside of the folder"
    return "" if path.is_file() else "not a file"


def details_of(folder: Folder, captions: Path | None = None) -> dict[Path, Details]:
    """What the metadata files in `folder` say, by key() of the path; `captions`, another such file, goes first.

    Names in `captions` are relative to `folder`. Raises MetadataError.
    """
    details: dict[Path, Details] = {}
    for path in folder.metadata:
        for file, about in metadata_files.read(path).items():
            if file in details:
                raise MetadataError(f"{about.where}: {file.name} is described in {details[file].where}, too.")
            details[file] = about
    return details | metadata_files.read(captions, folder.root) if captions else details


def unmatched(folder: Folder, details: Mapping[Path, Details]) -> list[str]:
    """Where `details` describe files that `folder` does not hold, as sentences."""
    there = {metadata_files.key(path) for path in folder.files}
    return [
        f"{about.where}: there is no {file.name} to take in." for file, about in details.items() if file not in there
    ]


def take_in(
    owner: AbstractBaseUser,
    folder: Folder,
    details: Mapping[Path, Details],
    *,
    visibility: str,
    tags: Sequence[str] = (),
) -> Iterator[Outcome]:
    """Put each file of `folder` into `owner`'s library, yielding what became of it. Safe to run again.

    `tags` are added to those of the details. Raises ImportStopped where no further file can be stored.
    """
    for path in folder.files:
        about = details.get(metadata_files.key(path), Details())
        name = folder.relative(path)
        try:
            with path.open("rb") as file:
                ingested = ingest_file(
                    owner,
                    file,
                    Path(name).name,
                    title=about.title,
                    caption=about.caption,
                    tags=[*about.tags, *tags],
                    credit=about.credit,
                    visibility=visibility,
                )
        except FileRejected as rejected:
            foreign = rejected.code in ("unsupported", "empty") and path.suffix.lower() not in MEDIA_SUFFIXES
            yield Outcome(name, Result.SKIPPED if foreign else Result.FAILED, rejected.message)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise ImportStopped(
                    f"The disk is full, so {name} could not be stored. Make room and run the same again: "
                    "it goes on where it stopped."
                ) from error
            yield Outcome(name, Result.FAILED, f"The file cannot be read: {error.strerror or error}.")
        else:
            result = Result.NEW if ingested.created else Result.KNOWN
            yield Outcome(name, result, item_id=ingested.item.pk)
