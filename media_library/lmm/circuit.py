"""After several failures in a row a model is left alone for a while, by every process: nobody waits for it in vain.

The state is in the cache, which all processes share. While that is away, every question is asked.
"""

from __future__ import annotations

import time
from hashlib import sha256

from django.core.cache import cache

from media_library.lmm.base import Away

FAILURES = 5
"""So many in a row, each after its retries, open the circuit."""
WITHIN_S = 300
"""Seconds after which a failure is forgotten."""
FIRST_S, LONGEST_S = 30, 600
"""Seconds for which it is open at first, and at most: twice as long after each try that failed."""
PROBE_S = 90
"""Seconds that the one question may take that tries whether the model is back."""


class Circuit:
    """Of one model. Ask `check` before, and tell `worked` or `failed` after each question."""

    def __init__(self, model_key: str) -> None:
        name = f"lmm-circuit:{sha256(model_key.encode()).hexdigest()[:16]}"
        self._failures, self._open, self._probe = f"{name}:failures", f"{name}:open", f"{name}:probe"

    def check(self) -> None:
        """Raise Away while it is open. Once its time is over, one question is let through, which decides."""
        state = cache.get(self._open)
        if not state:
            return
        left = state["until"] - time.time()
        if left > 0:
            raise Away(_sentence(left), retry_after=left)
        # None is said by a cache that is away.
        if cache.add(self._probe, True, PROBE_S) is False:
            raise Away(_sentence(5), retry_after=5)

    def worked(self) -> None:
        cache.delete_many([self._failures, self._open, self._probe])

    def failed(self) -> None:
        """One more failure; opens the circuit, or opens it again for longer."""
        state = cache.get(self._open)
        cache.add(self._failures, 0, WITHIN_S)
        try:
            count = cache.incr(self._failures) or 0
        except ValueError:
            count = 1  # It was forgotten in this very moment.
        if state is None and count < FAILURES:
            return
        length = min(state["length"] * 2, LONGEST_S) if state else FIRST_S
        if state and state["until"] > time.time():
            return  # Questions that were on their way when it opened tell nothing new.
        cache.set(self._open, {"until": time.time() + length, "length": length}, length + WITHIN_S)
        cache.delete(self._probe)


def _sentence(left: float) -> str:
    return (
        f"The model has failed several times in a row, so it is left alone for now. "
        f"Try again in {max(1, round(left))} seconds; everything else works."
    )
