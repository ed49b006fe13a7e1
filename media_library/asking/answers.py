"""One question about one item: asked, answered in pieces as they come, and kept, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_library import lmm
from media_library.asking import conversations, prompts
from media_library.lmm.base import Away, LmmError, Reply
from media_library.models import Conversation, MediaItem, Message, Outcome

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

CUT_OFF = "The answer ended here, at the limit of its length. Ask it to go on."
LEFT = "You left before the answer was complete."

STATES = {
    "lmm-blocked": Outcome.BLOCKED,
    "lmm-cut-off": Outcome.CUT_OFF,
    "lmm-malformed": Outcome.MALFORMED,
    "lmm-away": Outcome.AWAY,
}


class BadQuestion(ValueError):
    """Nothing that can be asked; the message is a sentence for the user."""


@dataclass(frozen=True)
class Asked:
    """A question, checked. `purpose`: describe, explain or ask; `question`: as it stands in the conversation."""

    purpose: str
    question: str


@dataclass(frozen=True)
class Answered:
    """The end of an answer: the message as it was kept, None where its conversation was deleted meanwhile.

    `retry_after`: seconds after which it is worth asking again, where the model is away and says so.
    """

    conversation: Conversation
    message: Message | None
    reply: Reply | None = None
    error: LmmError | None = None

    @property
    def retry_after(self) -> float | None:
        return self.error.retry_after if isinstance(self.error, Away) else None


def check(purpose: str, question: str) -> Asked:
    """What somebody asks, made ready. Raises BadQuestion."""
    # PostgreSQL stores no NUL, and nothing that UTF-8 cannot say.
    question = question.replace("\0", "").encode("utf-8", "replace").decode().strip()
    if purpose in prompts.PURPOSES:
        return Asked(purpose, prompts.LABELS[purpose])
    if purpose != "ask":
        raise BadQuestion("Choose whether to describe it, to explain it, or to ask something.")
    if not question:
        raise BadQuestion("Write a question.")
    if len(question) > prompts.LONGEST_QUESTION:
        raise BadQuestion(f"Ask in at most {prompts.LONGEST_QUESTION:,} characters.")
    return Asked(purpose, question)


def stream(
    user: AbstractBaseUser,
    item: MediaItem,
    asked: Asked,
    within: Conversation | None = None,
    *,
    fresh: bool = False,
) -> Iterator[Conversation | str | Answered]:
    """Ask about `item`, which the caller has found `user` to see.

    Gives the conversation at once, then pieces of Markdown, and last how it ended: whatever goes wrong is an Answered
    with an error, and what was said until then is kept. Closed early, it keeps what there was.
    """
    conversation, before = conversations.ask(user, asked.question, item, within)
    yield conversation
    text, state, details = "", Outcome.LEFT, {"problem": LEFT, "model": lmm.model_name()}
    reply, error, message = None, None, None
    try:
        try:
            request = prompts.about(item, asked.question, asked.purpose, before)
            with closing(lmm.stream(user, request, fresh=fresh)) as pieces:
                for piece in pieces:
                    if isinstance(piece, Reply):
                        reply = piece
                    else:
                        text += piece
                        yield piece
            state = Outcome.CUT_OFF if reply and reply.finish == "cut-off" else Outcome.DONE
            problem = CUT_OFF if state == Outcome.CUT_OFF else ""
            details = {"problem": problem, "model": reply.model, "citations": list(reply.citations)}
        except LmmError as failed:
            error = failed
            state = STATES.get(failed.code, Outcome.REFUSED)
            details = {"problem": failed.message, "model": lmm.model_name()}
        except Exception:
            # The answer may be on its way already: it has to end somehow.
            logger.exception("A question about %s could not be answered", item.pk)
            state = Outcome.AWAY
            details = {"problem": "Something went wrong here, and it has been noted. Ask again in a moment."}
    finally:
        message = conversations.answer(conversation, text, state, **details)
    yield Answered(conversation, message, reply, error)


def whole(
    user: AbstractBaseUser,
    item: MediaItem,
    asked: Asked,
    within: Conversation | None = None,
    *,
    fresh: bool = False,
) -> Answered:
    """The same, waited for."""
    for piece in stream(user, item, asked, within, fresh=fresh):
        if isinstance(piece, Answered):
            return piece
    raise AssertionError("An answer has an end.")
