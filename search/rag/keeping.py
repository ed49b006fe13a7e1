"""Conversations with the library: listing, renaming, exporting them, and what their owner thinks of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet, Subquery

from media_library.asking import conversations
from media_library.models import Conversation, Message, Role
from search.query import QueryError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LONGEST_TITLE, LONGEST_REASON = 200, 1000


def of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Conversation]:
    """`user`'s conversations with the library, newest first."""
    return conversations.of(user).filter(item__isnull=True)


def rename(conversation: Conversation, title: str) -> None:
    """Raises QueryError."""
    title = " ".join(title.replace("\0", "").split())
    if not title or len(title) > LONGEST_TITLE:
        raise QueryError("bad-title", f"Give it a name of at most {LONGEST_TITLE} characters.")
    # Not anew in the list: nothing was said in it.
    Conversation.objects.filter(pk=conversation.pk).update(title=title)
    conversation.title = title


def answers_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Message]:
    """The answers that `user` was given, of items and of the library."""
    return Message.objects.filter(conversation__in=conversations.of(user), role=Role.MODEL)


def judge(message: Message, helpful: bool | None, reason: str = "") -> None:
    """Keep what its reader thinks of an answer; None takes it back."""
    message.helpful = helpful
    message.reason = "" if helpful is None else " ".join(reason.replace("\0", "").split())[:LONGEST_REASON]
    message.save(update_fields=["helpful", "reason"])


def exported(user: AbstractBaseUser, conversation: Conversation) -> dict[str, Any]:
    """All of it, as JSON; of what it cites what `user` may see today."""
    said = list(conversation.messages.order_by("id"))
    cited = conversations.citations(user, said)
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created_at": conversation.created_at.isoformat(),
        "messages": [
            {
                "role": message.role,
                "text": message.text,
                "state": message.state,
                "problem": message.problem,
                "model": message.model,
                "asked_as": message.asked_as,
                "citations": cited[message.pk],
                "helpful": message.helpful,
                "reason": message.reason,
                "created_at": message.created_at.isoformat(),
            }
            for message in said
        ],
    }


def judged(user: AbstractBaseUser | None = None) -> list[dict[str, Any]]:
    """Every answer that somebody judged, `user`'s alone if given, with its question: to learn from."""
    rows = Message.objects.filter(role=Role.MODEL, helpful__isnull=False)
    rows = rows.filter(conversation__owner=user) if user else rows
    asked = Message.objects.filter(conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), role=Role.PERSON)
    rows = rows.annotate(question=Subquery(asked.order_by("-pk").values("text")[:1])).order_by("id")
    return [
        {
            "question": message.question or "",
            "asked_as": message.asked_as,
            "answer": message.text,
            "model": message.model,
            "helpful": message.helpful,
            "reason": message.reason,
            "at": message.created_at.isoformat(),
        }
        for message in rows
    ]
