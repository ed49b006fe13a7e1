"""A caption that a model makes for one item: marked as such, found by search, never in the place of a person's unasked,
and taken back as easily."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from media_library import lmm, services
from media_library.asking import prompts
from media_library.lmm.base import Malformed
from media_library.models import MadeCaption, MediaItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 600
"""Characters of a caption that is kept; it was asked to be a sentence."""


class HasCaption(Exception):
    """The item has a caption that a person wrote; the message is a sentence for the user."""


def standing(item: MediaItem) -> MadeCaption | None:
    """The caption of `item` where a model made it and nobody changed it since."""
    made = MadeCaption.objects.filter(item=item).first()
    return made if made and item.caption and made.text == item.caption else None


def make(user: AbstractBaseUser, item: MediaItem, *, replace: bool = False, fresh: bool = False) -> MadeCaption:
    """Have a model caption `item`, which the caller has found `user` to be allowed to describe.

    A caption that a person wrote is only replaced with `replace`. Raises HasCaption or LmmError; then nothing changes.
    """
    _require_free(item, replace)
    reply = lmm.ask(user, prompts.caption_of(item), fresh=fresh)
    text = clean(reply.text)
    if not text:
        raise Malformed("The model gave no caption. Try again.")
    return _store(user, item, text, reply.model, replace)


def _require_free(item: MediaItem, replace: bool) -> None:
    if item.caption.strip() and not replace and standing(item) is None:
        raise HasCaption("It has a caption that a person wrote. Say that it may be replaced, or leave it.")


def clean(text: str) -> str:
    """A reply as a caption: one paragraph of plain text, whatever came."""
    line = " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split()).strip('"“”*_ ')
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _store(user: AbstractBaseUser, item: MediaItem, text: str, model: str, replace: bool) -> MadeCaption:
    with transaction.atomic():
        # As it is now: somebody may have written one while the model was asked.
        current = MediaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
        if current is None:
            raise HasCaption("It was deleted meanwhile.")
        before = standing(current)
        if current.caption.strip() and not replace and before is None:
            raise HasCaption("Somebody wrote a caption for it meanwhile, so that one was kept.")
        # Made anew, what a person wrote before the first time is what an undo brings back.
        replaced = before.replaced if before else current.caption
        made, _ = MadeCaption.objects.update_or_create(
            item=current, defaults={"text": text, "replaced": replaced, "model": model, "by": user}
        )
        services.update_item(current, caption=text)
    item.caption = text
    return made


def undo(item: MediaItem) -> bool:
    """Bring back what stood there before, if the made caption still stands; says whether it did."""
    with transaction.atomic():
        current = MediaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
        made = standing(current) if current else None
        if current is None or made is None:
            return False
        services.update_item(current, caption=made.replaced)
        made.delete()
    item.caption = current.caption
    return True
