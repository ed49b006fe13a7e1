"""How the time that work takes grows with its size: a ratio, which is the same on slow and busy machines."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8
LINEAR = 24
"""Growth below which work is taken to be done in one pass: that makes 8, comparing everything with everything 64."""


def growth(work: Callable[[int], object], few: int) -> float:
    """How many times as long `work(TIMES * few)` takes as `work(few)`, in processor time of this thread.

    The least of three counts, so that neither first uses nor whatever else the machine does matter.
    """
    return _least(work, TIMES * few) / _least(work, few)


def _least(work: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(3):
        began = time.thread_time()
        work(size)
        taken.append(time.thread_time() - began)
    return min(taken)
