"""What the Celery workers are doing, asked over the broker; a broker that cannot be reached is an answer too."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.core.cache import cache

from media_library.queue import backlog, broker_errors

logger = logging.getLogger(__name__)

PING_TIMEOUT = 1.0
"""Seconds in which a living worker answers; the broker cannot say that no more answers will come."""

KEPT = 10
"""Seconds for which one answer serves everybody who looks."""


@dataclass(frozen=True)
class Workers:
    """`alive`: host names of workers. `queued`: messages that wait, by queue. Both empty where `reached` is not."""

    reached: bool
    alive: tuple[str, ...] = ()
    queued: tuple[tuple[str, int], ...] = ()


def workers() -> Workers:
    """The state of the workers, at most KEPT seconds old. Takes PING_TIMEOUT when it has to ask."""
    if (kept := cache.get("workers")) is None:
        kept = _ask()
        cache.set("workers", kept, KEPT)
    return kept


def queues() -> list[str]:
    routed = [route["queue"] for route in settings.CELERY_TASK_ROUTES.values()]
    return list(dict.fromkeys([settings.CELERY_TASK_DEFAULT_QUEUE, *routed]))


def _ask() -> Workers:
    queued = []
    for queue in queues():
        # A broker that is away is waited for; once is enough.
        if (waiting := backlog(queue)) is None:
            return Workers(reached=False)
        queued.append((queue, waiting))
    try:
        alive = current_app.control.inspect(timeout=PING_TIMEOUT).ping() or {}
    except broker_errors() as error:
        logger.warning("The task queue cannot be reached: %s", error)
        return Workers(reached=False)
    return Workers(reached=True, alive=tuple(sorted(alive)), queued=tuple(queued))
