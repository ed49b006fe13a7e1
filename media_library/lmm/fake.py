"""A model for fast tests: it says what a test put into `script`, one entry per question, and notes what it was asked.

An entry is a text, which is streamed word by word, a Reply, an exception to raise, or a function of the request that
gives one of these. With nothing in the script it repeats the question.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from media_library.lmm import structured
from media_library.lmm.base import Reply, Request

Entry = str | Reply | Exception | Callable[[Request], Any]

script: deque[Entry] = deque()
asked: list[Request] = []

COST = Decimal("0.001")


class FakeLmm:
    key = "fake"
    remote = True

    def ask(self, request: Request) -> Reply:
        return _reply(request)

    def stream(self, request: Request) -> Iterator[str | Reply]:
        reply = _reply(request)
        yield from re.findall(r"\S+\s*|\s+", reply.text)
        yield reply


def _reply(request: Request) -> Reply:
    asked.append(request)
    entry: Any = script.popleft() if script else f"You asked: {request.question}"
    if callable(entry):
        entry = entry(request)
    if isinstance(entry, Exception):
        raise entry
    if isinstance(entry, Reply):
        return entry
    data = structured.parse(entry, request.schema) if request.schema else None
    return Reply(entry, "fake", tokens_in=100, tokens_out=20, cost=COST, latency_s=0.01, data=data)
