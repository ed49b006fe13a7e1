"""Asking again what failed for no fault of the question: a model that is busy, out of order, or late."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from dataclasses import replace

from media_library.lmm.base import Away, Lmm, Reply, Request

logger = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 15.0
"""Seconds before the second attempt, twice as long before each further one; a longer wait is left to who asks."""

PATIENCE_S = 60.0
"""Seconds after which nothing is tried again: somebody waits, and a thread with them."""

sleep = time.sleep


class Tries:
    """How often it was tried; for records, of what failed too."""

    def __init__(self) -> None:
        self.count = 0


def stream(lmm: Lmm, request: Request, tries: Tries) -> Iterator[str | Reply]:
    """`lmm.stream`, again where it fails before its first word. Raises what it raised last."""
    begun = time.monotonic()
    while True:
        tries.count += 1
        said = False
        try:
            for piece in lmm.stream(request):
                said = True
                yield replace(piece, attempts=tries.count) if isinstance(piece, Reply) else piece
            return
        except Away as away:
            # What was shown cannot be taken back, and a second answer would begin otherwise.
            if said or not _pause(away, tries.count, begun):
                raise


def ask(lmm: Lmm, request: Request, tries: Tries) -> Reply:
    """`lmm.ask`, again where it fails. Raises what it raised last."""
    begun = time.monotonic()
    while True:
        tries.count += 1
        try:
            return replace(lmm.ask(request), attempts=tries.count)
        except Away as away:
            if not _pause(away, tries.count, begun):
                raise


def _pause(away: Away, tried: int, begun: float) -> bool:
    """Wait before the next attempt; False where there is none."""
    if tried >= ATTEMPTS:
        return False
    pause = min(FIRST_PAUSE_S * 2 ** (tried - 1), LONGEST_PAUSE_S) * random.uniform(0.75, 1.25)
    if away.retry_after is not None:
        if away.retry_after > LONGEST_PAUSE_S:
            return False
        pause = max(pause, away.retry_after)
    if time.monotonic() - begun + pause > PATIENCE_S:
        return False
    logger.info("The model is asked again in %.1f s: %s", pause, away.message)
    sleep(pause)
    return True
