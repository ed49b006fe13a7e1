"""A question to the library: found for, asked, answered in pieces as they come, and kept, however it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from media_library import lmm
from media_library.asking import answers, conversations, material
from media_library.asking import prompts as of_item
from media_library.lmm.base import LmmError, Picture, Reply
from media_library.models import Conversation, MediaItem, Outcome, Role
from search import examples
from search.filters import Filters
from search.query import Like, Query
from search.rag import prompts, quoting, rewriting, sources, tables, worked
from search.rag.citations import Checked
from search.rag.sources import Found

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

NOTHING = "Nothing in your library fits that question."
NEAREST = " What comes nearest is shown beside this, though it has little to do with it."
UNREAD = "{count} of your items {are} still being indexed, so something may be missing."
MODEL = "reader"


@dataclass(frozen=True)
class Question:
    """`text` as it was asked; `likes`: pictures, clips or items that go with it; `filters` narrow what is looked at."""

    text: str
    likes: tuple[Like, ...] = ()
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True)
class Sources:
    """What was found, before a word is answered. `asked_as`: the question as it was searched for."""

    asked_as: str
    found: Found


def stream(
    user: AbstractBaseUser, question: Question, within: Conversation | None = None, *, fresh: bool = False
) -> Iterator[Conversation | Sources | str | answers.Answered]:
    """Answer `question` from what `user` may see.

    Gives the conversation at once, then the sources, then pieces of Markdown with citations that hold, and last how it
    ended. Whatever goes wrong is an Answered with a problem; what was said until then is kept. Raises QueryError and
    EncoderError before anything is kept where nothing can be searched for.
    """
    before = _said(within)
    asked_as = rewriting.stand_alone(user, question.text, before)
    found = sources.find(Query(asked_as, question.likes, question.filters), user)
    computed = None if question.likes else worked.answer(user, asked_as, found, question.filters)
    computed = computed or tables.answer(asked_as, found)
    found = tables.with_tables(computed.found if computed else found)
    conversation, _ = conversations.ask(user, question.text, None, within)
    yield conversation
    yield Sources(asked_as, found)
    text, state, error, reply = "", Outcome.LEFT, None, None
    details: dict[str, Any] = {"problem": answers.LEFT, "model": lmm.model_name()}
    checked = Checked({each.number: each.text for each in found.sources}, found.pictures if lmm.remote() else ())
    try:
        try:
            with closing(_pieces(user, question, asked_as, found, before, checked, fresh, computed)) as pieces:
                for piece in pieces:
                    if isinstance(piece, Reply):
                        reply = piece
                    elif piece:
                        text += piece
                        yield piece
            state = Outcome.CUT_OFF if reply and reply.finish == "cut-off" else Outcome.DONE
            details = {"problem": answers.CUT_OFF if state == Outcome.CUT_OFF else "", "model": reply.model}
        except LmmError as failed:
            error, rest = failed, checked.end()
            text += rest
            state = answers.STATES.get(failed.code, Outcome.REFUSED)
            details = {"problem": failed.message, "model": lmm.model_name()}
    finally:
        cited = [each.citation() for each in found.sources if each.number in checked.used]
        message = conversations.answer(conversation, text, state, citations=cited, asked_as=asked_as, **details)
    yield answers.Answered(conversation, message, reply, error)


def begin(
    user: AbstractBaseUser, question: Question, within: Conversation | None = None, *, fresh: bool = False
) -> tuple[Conversation, Iterator[Conversation | Sources | str | answers.Answered]]:
    """The conversation, and all that `stream` gives. What cannot be searched for is raised here, before it begins.

    Close what is given where nobody listens any more.
    """
    pieces = stream(user, question, within, fresh=fresh)
    first = next(pieces)
    assert isinstance(first, Conversation)
    return first, _from(first, pieces)


def _from(first: Conversation, pieces: Iterator) -> Iterator:
    with closing(pieces):
        yield first
        yield from pieces


def _pieces(
    user: AbstractBaseUser,
    question: Question,
    asked_as: str,
    found: Found,
    before: Sequence[tuple[str, str]],
    checked: Checked,
    fresh: bool,
    computed: worked.Answer | None = None,
) -> Iterator[str | Reply]:
    if found.unread:
        yield f"*{UNREAD.format(count=found.unread, are='is' if found.unread == 1 else 'are')}*\n\n"
    shown = _shown(user, question) if lmm.remote() else []
    if computed and not lmm.remote():
        checked.used[:] = computed.used
        yield from computed.text.splitlines(keepends=True)
        yield Reply(computed.text, MODEL, by_lmm=False)
        return
    if not found.sources and not shown:
        # A model that is given nothing would answer from what it has read elsewhere.
        yield NOTHING + (NEAREST if found.nearest else "")
        yield Reply("", MODEL, by_lmm=False)
        return
    if not lmm.remote():
        text, checked.used[:] = quoting.answer(asked_as, found.sources)
        yield from text.splitlines(keepends=True)
        yield Reply(text, MODEL, by_lmm=False)
        return
    request = prompts.request(question.text, found, before, shown)
    with closing(lmm.stream(user, request, fresh=fresh)) as pieces:
        for piece in pieces:
            if isinstance(piece, Reply):
                yield checked.end()
                yield piece
            else:
                yield checked.feed(piece)


def _shown(user: AbstractBaseUser, question: Question) -> list[Picture]:
    """The pictures that a question came with."""
    items = MediaItem.objects.visible_to(user).in_bulk([like.item for like in question.likes if like.item])
    pictures = [material.picture(item.preview) for item in items.values()]
    for like in question.likes:
        if like.example:
            kept = examples.recall(like.example).pictures[:1]
            pictures += [Picture(content, "image/webp") for content in kept]
    return [picture for picture in pictures if picture]


def whole(
    user: AbstractBaseUser, question: Question, within: Conversation | None = None, *, fresh: bool = False
) -> tuple[Sources, answers.Answered]:
    """The same, waited for."""
    told: Sources | None = None
    for piece in stream(user, question, within, fresh=fresh):
        if isinstance(piece, Sources):
            told = piece
        if isinstance(piece, answers.Answered):
            assert told is not None
            return told, piece
    raise AssertionError("An answer has an end.")


def mm_rag(
    user: AbstractBaseUser, query: str, kinds: tuple[str, ...] = ("image",), prompt: str = prompts.DESCRIBE
) -> tuple[sources.Cited | None, Reply | None]:
    """The course's flow in one call: what fits `query` best of one media type, and what a model says of it.

    None for both where nothing fits. Raises LmmError, QueryError and EncoderError.
    """
    found = sources.find(Query(query, filters=Filters(kinds=kinds)), user)
    best = max(found.sources, key=lambda each: each.fits, default=None)
    if best is None:
        return None, None
    request = of_item.about(best.item, prompt, "describe" if prompt == prompts.DESCRIBE else "ask")
    return best, lmm.ask(user, request)


def _said(within: Conversation | None) -> list[tuple[str, str]]:
    """Questions with their answers, oldest first."""
    pairs: list[tuple[str, str]] = []
    asked = ""
    for message in within.messages.order_by("id") if within else ():
        if message.role == Role.PERSON:
            asked = message.text
        elif asked and message.text:
            pairs.append((asked, message.text))
            asked = ""
    return pairs
