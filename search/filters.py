"""What narrows a search: the same for pages, API and commands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from media_library.querysets import MediaItemQuerySet
from search import selections

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

ME = "me"
"""As an owner: whoever asks."""


@dataclass(frozen=True)
class Filters:
    """Empty values narrow nothing; an item must be of one of `kinds` and carry every one of `tags`.

    `first` and `last` are days, `shortest` and `longest` seconds, all included. `owner` is a user name, or ``me``.
    `orientation`: landscape, portrait or square. `text`: with text in it, or without.
    """

    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    owner: str = ""
    album: UUID | None = None
    shortest: float | None = None
    longest: float | None = None
    orientation: str = ""
    document: str = ""
    """What a picture or a document shows: one of DocumentKind."""
    camera: str = ""
    text: bool | None = None
    within: str = ""
    """The token of a selection (see selections.py); of one that is forgotten nothing is left."""

    def apply(self, items: MediaItemQuerySet, viewer: AbstractBaseUser | AnonymousUser) -> MediaItemQuerySet:
        """Those of `items` that fit; of an album that `viewer` may not see, none."""
        items = items.of_kind(*self.kinds).tagged(self.tags).dated(self.first, self.last)
        items = items.lasting(self.shortest, self.longest).oriented(self.orientation).taken_with(self.camera)
        items = items.with_text(self.text).shown_as(self.document)
        if self.within:
            items = selections.within(items, self.within)
        if self.owner == ME and viewer.is_authenticated:
            items = items.owned_by(viewer)
        else:
            items = items.owned_by_name(self.owner)
        return items.in_album(self.album, viewer) if self.album else items

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) not in ("", None, ()) for field in fields(self))
