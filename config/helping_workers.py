"""Workers for as long as a command needs them, where nobody else's answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from config.runner.children import Children
from config.runner.programs import workers
from media_library.waiting import QUEUES, served_queues


@contextmanager
def helping_workers() -> Iterator[frozenset[str]]:
    """Serve the queues that no worker answers for, until the context ends; yields their names.

    What a worker has in hand at the end and does not finish in time is taken up by the next one.
    """
    missing = QUEUES - served_queues()
    logs = settings.DATA_DIR / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with Children(logs, settings.BASE_DIR) as children:
        children.start(
            *(program for program in workers(settings.DATA_DIR) if program.name.removeprefix("worker-") in missing)
        )
        yield missing
