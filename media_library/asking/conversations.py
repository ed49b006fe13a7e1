"""Conversations: who may read them, and everything that is written to them.

One is its owner's alone. One about an item goes where the item goes: whoever may not see the item any more does not see
what was said of it either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from media_library.models import Conversation, MediaItem, Message, Outcome, Role

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

MOST_MESSAGES = 400
"""Messages of one conversation; a longer one is begun anew."""


def of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Conversation]:
    """The conversations that `user` may read: their own, of items that they still see."""
    if not user.is_authenticated:
        return Conversation.objects.none()
    seen = MediaItem.objects.visible_to(user).order_by().values("pk")
    return Conversation.objects.filter(Q(item__isnull=True) | Q(item__in=seen), owner=user)


def about(user: AbstractBaseUser | AnonymousUser, item: MediaItem) -> QuerySet[Conversation]:
    """Those about one item that the caller has found `user` to see."""
    if not user.is_authenticated:
        return Conversation.objects.none()
    return Conversation.objects.filter(owner=user, item=item)


def find(user: AbstractBaseUser | AnonymousUser, pk: UUID | str, item: MediaItem | None = None) -> Conversation | None:
    """One of them by its id; None where it is not one of `user`'s, or about something else than `item`."""
    found = of(user).filter(pk=pk)
    return (found.filter(item=item) if item else found).first()


def ask(
    user: AbstractBaseUser, question: str, item: MediaItem | None = None, within: Conversation | None = None
) -> tuple[Conversation, Sequence[Message]]:
    """Put a question into a conversation, a new one without `within`; returns it with the messages before."""
    with transaction.atomic():
        if within is None or within.messages.count() >= MOST_MESSAGES:
            within = Conversation.objects.create(owner=user, item=item, title=_title(question))
        before = list(within.messages.order_by("id"))
        Message.objects.create(conversation=within, role=Role.PERSON, text=question)
        Conversation.objects.filter(pk=within.pk).update(updated_at=timezone.now())
    return within, before


def _title(question: str) -> str:
    words = " ".join(question.split())
    return words if len(words) <= 80 else words[:79].rsplit(" ", 1)[0] + "…"


def answer(conversation: Conversation, text: str, state: str = Outcome.DONE, **details: Any) -> Message | None:
    """Keep an answer, or what there was of it; None where the conversation was deleted meanwhile."""
    with transaction.atomic():
        if not Conversation.objects.select_for_update(no_key=True).filter(pk=conversation.pk).exists():
            return None
        # PostgreSQL stores no NUL.
        clean = text.replace("\0", "").encode("utf-8", "replace").decode()
        return Message.objects.create(conversation=conversation, role=Role.MODEL, text=clean, state=state, **details)


def citations(user: AbstractBaseUser | AnonymousUser, messages: Sequence[Message]) -> dict[int, list[dict[str, Any]]]:
    """The citations of each of `messages`, by its id, as `user` may see them today: of an item that they do not see any
    more only the number is left. One statement at most."""
    cited = {each["item"] for message in messages for each in message.citations if each.get("item")}
    seen = set(map(str, MediaItem.objects.visible_to(user).filter(pk__in=cited).values_list("pk", flat=True)))
    return {
        message.pk: [
            each if each.get("item") in seen else {"number": each.get("number"), "gone": True}
            for each in message.citations
        ]
        for message in messages
    }


def delete(conversation: Conversation) -> None:
    conversation.delete()
