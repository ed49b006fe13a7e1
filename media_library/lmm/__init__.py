"""Asking a large multimodal model, or the reader in its place: one way in for everything that asks.

`ask` and `stream` look into the cache, ask nothing of a model that is failing, keep to the person's limit for the day,
try again what failed, put every call on record, and hold no database connection while they wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from media_library.lmm import calls, pricing, replies, retrying
from media_library.lmm.base import Away, Lmm, LmmError, NotConfigured, Reply, Request
from media_library.lmm.circuit import Circuit

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from media_library.models import LmmCall

KINDS = ("gemini", "reader")

AT_ONCE = 4
"""Questions to a model that one process waits for at a time. A web process has eight threads, and while all of them
wait nobody gets a page."""

_places = threading.BoundedSemaphore(AT_ONCE)


def load() -> Lmm:
    """What answers, by the settings. Raises NotConfigured."""
    spec = settings.SIGHTLINE_LMM
    if spec == "gemini":
        from media_library.lmm.gemini import Gemini

        return Gemini(
            settings.GOOGLE_API_KEY,
            settings.SIGHTLINE_LMM_MODEL,
            base=settings.GOOGLE_API_BASE,
            temperature=settings.SIGHTLINE_LMM_TEMPERATURE,
            safety=settings.SIGHTLINE_LMM_SAFETY,
            timeout_s=settings.SIGHTLINE_LMM_TIMEOUT_S,
        )
    if spec == "reader":
        from media_library.lmm.reader import ItemReader

        return ItemReader()
    if spec == "fake":
        from media_library.lmm.fake import FakeLmm

        return FakeLmm()
    raise NotConfigured(f"There is no LMM called “{spec}”. Set SIGHTLINE_LMM to gemini or reader.")


def remote() -> bool:
    """Whether what is asked leaves this machine."""
    return settings.SIGHTLINE_LMM != "reader"


def model_name() -> str:
    """What answers, for people."""
    return settings.SIGHTLINE_LMM_MODEL if settings.SIGHTLINE_LMM == "gemini" else settings.SIGHTLINE_LMM


def estimate(request: Request) -> Decimal:
    """About what `request` costs, in US dollars; nothing where the reader answers."""
    return pricing.estimate(model_name(), request) if remote() else Decimal(0)


def ask(user: AbstractBaseUser, request: Request, *, fresh: bool = False) -> Reply:
    """The whole answer to `request` for `user`; `fresh`: not one that is kept. Raises LmmError."""
    reply = None
    for piece in _answered(user, request, fresh, streamed=False):
        if isinstance(piece, Reply):
            reply = piece
    assert reply is not None
    return reply


def stream(user: AbstractBaseUser, request: Request, *, fresh: bool = False) -> Iterator[str | Reply]:
    """The same in pieces as they come, and the whole Reply last. Raises LmmError, with what there was, at any time.

    Close it where nobody listens any more: that ends the question.
    """
    yield from _answered(user, request, fresh, streamed=True)


def _answered(user: AbstractBaseUser, request: Request, fresh: bool, *, streamed: bool) -> Iterator[str | Reply]:
    lmm = load()
    if not lmm.remote:
        yield from _from_here(lmm, user, request)
        return
    key = replies.key_of(lmm.key, request)
    if not fresh and (kept := replies.find(key, request)):
        calls.note(user, request.purpose, kept)
        yield kept.text
        yield kept
        return
    circuit = Circuit(lmm.key)
    if not _places.acquire(blocking=False):
        raise Away("Many questions are being answered right now. Ask again in a few seconds.", retry_after=5)
    try:
        circuit.check()
        call = calls.begin(user, model_name(), request.purpose, estimate(request))
        reply = yield from _asked(lmm, request, call, circuit, streamed)
        replies.keep(key, reply)
    finally:
        _places.release()


def _from_here(lmm: Lmm, user: AbstractBaseUser, request: Request) -> Iterator[str | Reply]:
    for piece in lmm.stream(request):
        if isinstance(piece, Reply):
            calls.note(user, request.purpose, piece)
        yield piece


def _asked(lmm: Lmm, request: Request, call: LmmCall, circuit: Circuit, streamed: bool) -> Iterator[str | Reply]:
    """Ask, and close the record of it however it ends."""
    begun, tries, reply = time.monotonic(), retrying.Tries(), None
    try:
        with closing(retrying.stream(lmm, request, tries) if streamed else _whole(lmm, request, tries)) as pieces:
            while True:
                release_connection()
                if (piece := next(pieces, None)) is None:
                    break
                if isinstance(piece, Reply):
                    reply = piece
                    # Before it is handed on: whoever takes it may never ask for more.
                    calls.end(call, reply)
                    circuit.worked()
                yield piece
    except LmmError as error:
        if isinstance(error, Away):
            circuit.failed()
        elif not isinstance(error, NotConfigured):
            circuit.worked()
        price = pricing.price_of(call.model)
        calls.end_with(
            call, error, price.of(error.tokens_in, error.tokens_out), time.monotonic() - begun, max(tries.count, 1)
        )
        raise
    except BaseException:
        if reply is None:
            calls.end_unheard(call, time.monotonic() - begun)
        raise
    assert reply is not None
    return reply


def _whole(lmm: Lmm, request: Request, tries: retrying.Tries) -> Iterator[Reply]:
    yield retrying.ask(lmm, request, tries)


def release_connection() -> None:
    """Give the database connection back before a long wait; whoever needs one next takes another.

    Within a transaction it stays: there is none around a question but in tests.
    """
    if not connection.in_atomic_block:
        connection.close()
