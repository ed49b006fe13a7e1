"""Putting the demo library in: once, piece by piece, and never again what somebody deleted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.storage import default_storage

from media_library import files
from media_library.demo import films, papers, sounds
from media_library.demo.films import FILMS, Film
from media_library.demo.forms import FORMS
from media_library.demo.papers import PAPERS, Paper
from media_library.demo.photographs import PHOTOGRAPHS, Photograph, path_of
from media_library.demo.sounds import SOUNDS, Sound
from media_library.extracting import unasked
from media_library.models import ExtractionKind, Visibility
from media_library.services import ingest_file

OWNER = "demo"

MARKER = "demo/loaded.json"
"""The stored list of what was loaded ever, so that a later start brings nothing back that was deleted."""


Piece = Photograph | Film | Sound | Paper

PIECES: tuple[Piece, ...] = (*PHOTOGRAPHS[:5], *FILMS, *PAPERS, *SOUNDS, *PHOTOGRAPHS[5:], *FORMS)
"""In the order in which the first page shows them."""


class NameTaken(Exception):
    """Somebody's own account has the name of the demo's; the message is a sentence for the user."""


def wanted(again: bool = False) -> list[Piece]:
    """What of the demo library has not been loaded yet, all of it with `again`; first what is to be shown last."""
    loaded = set() if again else _loaded()
    return [piece for piece in reversed(PIECES) if piece.file not in loaded]


def load(pieces: list[Piece]) -> Iterator[UUID]:
    """Take each piece in as a public item of the demo account, yielding its id. Stopped half-way, it can go on.

    Raises NameTaken, and DemoMissing where a package with photographs is not installed.
    """
    account, loaded = owner(), _loaded()
    unasked.wish(account, ExtractionKind)  # so that there are tables, a flow chart and an invoice to look at
    with tempfile.TemporaryDirectory(prefix="sightline-demo-") as folder:
        for piece in pieces:
            path = _file_of(piece, Path(folder))
            with path.open("rb") as file:
                ingested = ingest_file(
                    account,
                    file,
                    piece.file,
                    title=piece.title,
                    caption=piece.caption,
                    tags=piece.tags,
                    credit=piece.credit,
                    visibility=Visibility.PUBLIC,
                )
            loaded.add(piece.file)
            files.store_bytes(MARKER, json.dumps(sorted(loaded)).encode())
            yield ingested.item.pk


def _file_of(piece: Piece, folder: Path) -> Path:
    """Where `piece` lies; all but photographs are made, in `folder`."""
    if isinstance(piece, Film):
        return films.make(piece, folder)
    if isinstance(piece, Paper):
        return papers.make(piece, folder)
    return sounds.make(piece, folder) if isinstance(piece, Sound) else path_of(piece)


def owner() -> AbstractBaseUser:
    """The account that the demo belongs to, made at first. Nobody can sign in to it. Raises NameTaken."""
    account, created = get_user_model().objects.get_or_create(username=OWNER)
    if created:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    elif account.has_usable_password():
        raise NameTaken(
            f'The account "{OWNER}" is somebody\'s own, so the demo library was not loaded into it. '
            "Rename that account to have the demo library."
        )
    return account


def _loaded() -> set[str]:
    try:
        with default_storage.open(MARKER) as file:
            return set(json.load(file))
    except FileNotFoundError:
        return set()
