"""What a model is asked about one item."""

from __future__ import annotations

from collections.abc import Sequence

from media_library.asking import material
from media_library.lmm.base import Request, Turn, Words
from media_library.models import MediaItem, Message, Role

SYSTEM = (
    "You answer questions of a person about one item of their media library. You see the item, or pictures of it, and "
    "what the library knows of it. Answer in the language of the question, in plain Markdown without HTML, links or "
    "pictures. Say only what can be seen, read or is known here; where that does not answer the question, say so. "
    "Keep it short: a few sentences, unless more is asked for. Do not name people by their faces."
)

DESCRIBE = "Describe this in a few sentences: what it shows, what is written in it, and what is notable about it."
EXPLAIN = (
    "Explain this to somebody who has not seen such a thing before: what it is, what it means, and how its parts hang "
    "together. Where figures or text stand in it, say what they tell."
)
CAPTION = (
    "Write one caption for this: a plain sentence of at most 25 words that says what it shows, so that somebody who "
    "searches for it finds it. Nothing else: no quotation marks, no Markdown, no introduction."
)

PURPOSES = {"describe": DESCRIBE, "explain": EXPLAIN}
"""What stands for a question where none is written, by its purpose."""

LABELS = {"describe": "Describe it", "explain": "Explain it"}
"""The same as the page, and a conversation, call it."""

LONGEST_QUESTION = 2000
"""Characters."""

REMEMBERED, REMEMBERED_CHARACTERS = 12, 12_000
"""Messages, and characters of them, that a further question carries."""

MOST_TOKENS, CAPTION_TOKENS = 8192, 2048
"""Of an answer, with what the model thinks before it."""


def about(item: MediaItem, question: str, purpose: str = "ask", before: Sequence[Message] = ()) -> Request:
    """The request for one question about `item`, after the messages `before`."""
    known = material.of(item, question if purpose == "ask" else "")
    words = PURPOSES.get(purpose, question)
    shown = material.parts(item, known)
    turns = [_turn(message) for message in _remembered(before)]
    if turns:
        # What it looks like goes with the first of the questions, as if it had been laid on the table then.
        turns[0] = Turn("person", (*shown, *turns[0].parts))
        turns.append(Turn("person", (Words(words),)))
    else:
        turns = [Turn("person", (*shown, Words(words)))]
    return Request(purpose, tuple(turns), SYSTEM, max_tokens=MOST_TOKENS, material=known)


def caption_of(item: MediaItem) -> Request:
    """The request for a caption."""
    known = material.of(item)
    turn = Turn("person", (*material.parts(item, known), Words(CAPTION)))
    return Request("caption", (turn,), SYSTEM, max_tokens=CAPTION_TOKENS, material=known)


def _remembered(before: Sequence[Message]) -> list[Message]:
    """The last messages, questions and answers by turns, beginning with a question."""
    kept: list[Message] = []
    characters = 0
    for message in reversed(before):
        characters += len(message.text)
        if len(kept) == REMEMBERED or characters > REMEMBERED_CHARACTERS:
            break
        kept.append(message)
    kept.reverse()
    while kept and kept[0].role != Role.PERSON:
        kept.pop(0)
    # A question that was never answered would stand beside the next one.
    if not kept:
        return []
    answered = [bool(after.text.strip()) and after.role == Role.MODEL for after in kept[1:]] + [False]
    pairs = zip(kept, answered, strict=True)
    return [message for message, next_is_answer in pairs if message.text.strip() and _counts(message, next_is_answer)]


def _counts(message: Message, next_is_answer: bool) -> bool:
    return next_is_answer or message.role == Role.MODEL


def _turn(message: Message) -> Turn:
    return Turn("person" if message.role == Role.PERSON else "model", (Words(message.text),))
