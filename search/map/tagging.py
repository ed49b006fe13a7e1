"""Tagging what was selected on the map, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.cache import cache

from media_library import services
from media_library.models import MediaItem
from search import selections
from search.query import QueryError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MOST = 2000
"""Items tagged at once: their words are made anew, which takes a second for some hundreds."""

UNDO_S = 600

NOTHING_TO_UNDO = "That is too long ago to be taken back here. Take the tags off in the library."


@dataclass(frozen=True)
class Tagged:
    """`changed` items got a tag they had not, `foreign` ones are not the user's to tag; `undo` names what was done."""

    tags: list[str]
    changed: int
    foreign: int
    undo: str

    @property
    def sentence(self) -> str:
        named = ", ".join(f"#{tag}" for tag in self.tags)
        told = f"{_items(self.changed)} tagged {named}." if self.changed else f"None of them needed {named}."
        if self.foreign:
            told += f" {_items(self.foreign)} left as {'it is' if self.foreign == 1 else 'they are'}: not yours to tag."
        return told


def tag(user: AbstractBaseUser, token: str, tags: Sequence[str]) -> Tagged:
    """Add `tags` to those items of a selection that `user` may edit. Raises QueryError with a sentence."""
    ids = selections.recall(token)
    if ids is None:
        raise QueryError("selection-forgotten", selections.GONE)
    if not (tags := services.clean_tags(tags)):
        raise QueryError("no-tags", "Write the tags to add, with commas between them.")
    if len(ids) > MOST:
        raise QueryError("too-many", f"{MOST:,} items can be tagged at once. Select fewer of them.")
    seen = selections.among(MediaItem.objects.visible_to(user), ids).count()
    editable = selections.among(MediaItem.objects.editable_by(user), ids)
    lacking = {tag: list(editable.exclude(tags__contains=[tag]).values_list("pk", flat=True)) for tag in tags}
    changed = services.tag_items(editable, add=tags)
    undo = uuid4().hex
    cache.set(_name(user, undo), lacking, UNDO_S)
    return Tagged(tags, changed, max(seen - editable.count(), 0), undo if changed else "")


def untag(user: AbstractBaseUser, undo: str) -> str:
    """Take back what `tag` did; returns a sentence. Raises QueryError where that is too long ago."""
    lacking: dict[str, list[UUID]] | None = cache.get(_name(user, undo))
    if lacking is None:
        raise QueryError("nothing-to-undo", NOTHING_TO_UNDO)
    cache.delete(_name(user, undo))
    changed: set[UUID] = set()
    for tag, ids in lacking.items():
        services.tag_items(selections.among(MediaItem.objects.editable_by(user), ids), remove=[tag])
        changed.update(ids)
    return f"Taken back on {_items(len(changed))}."


def _name(user: AbstractBaseUser, undo: str) -> str:
    return f"untag:{user.pk}:{undo}"


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"
