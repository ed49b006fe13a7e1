"""An answer on its way to a browser or an app: server-sent events (text/event-stream), one after the other.

``begun`` tells the conversation; ``piece`` brings text in Markdown, as it comes; ``end`` tells how it ended, with the
whole answer as Markdown and as clean HTML. Each carries an object of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

from media_library.asking.answers import Answered
from media_library.markdown import to_html
from media_library.models import Conversation, Outcome

TYPE = "text/event-stream"


Told = tuple[str, dict[str, Any]]
"""The name of an event, and what it carries."""


def told(piece: Conversation | str | Answered) -> Told:
    match piece:
        case Conversation():
            return "begun", {"conversation": str(piece.pk)}
        case str():
            return "piece", {"text": piece}
        case Answered():
            return "end", ended(piece)


def response(pieces: Iterable[Any], tell: Callable[[Any], Told] = told) -> StreamingHttpResponse:
    """The answer as it comes. Whoever closes the connection ends the question."""
    return StreamingHttpResponse(
        _events(pieces, tell),
        content_type=f"{TYPE}; charset=utf-8",
        # A proxy that collects it would make a wait of it.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _events(pieces: Iterable[Any], tell: Callable[[Any], Told]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            yield _event(*tell(piece))
    finally:
        # Closed with it: else what there was of the answer would be kept late, or never.
        if close := getattr(pieces, "close", None):
            close()


def ended(answered: Answered) -> dict[str, Any]:
    """How an answer ended, as JSON."""
    message = answered.message
    said: dict[str, Any] = {
        "conversation": str(answered.conversation.pk),
        "message": message.pk if message else None,
        "state": message.state if message else Outcome.LEFT,
        "problem": message.problem if message else "This conversation was deleted meanwhile.",
        "model": message.model if message else "",
        "text": message.text if message else "",
        "html": to_html(message.text) if message and message.text else "",
        "by_lmm": bool(answered.reply and answered.reply.by_lmm),
        "cached": bool(answered.reply and answered.reply.cached),
        "citations": list(message.citations) if message else [],
    }
    if answered.retry_after is not None:
        said["retry_after"] = round(answered.retry_after)
    return said


def _event(name: str, data: dict[str, Any]) -> bytes:
    # JSON has no line breaks of its own, so one line of data is enough.
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
