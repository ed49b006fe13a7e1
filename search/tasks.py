"""What the embedding worker does, which runs one process, so that encoders are loaded once; and the training worker."""

import os

from celery import shared_task

from media_library import queue
from search import indexing
from search.map import fits
from search.training import runs


@shared_task
def embed_pending() -> int:
    """Embed what waits, in batches; returns how many segments got vectors."""
    queue.taken(indexing.EMBED)
    return indexing.embed_pending()


@shared_task
def embed_missing() -> int:
    """Add the vectors that earlier rounds missed, and those of an encoder that is being built."""
    queue.taken(indexing.COMPLETE)
    return indexing.embed_missing()


# Taken at once, not when it ends: the database knows what is being trained, and a training takes longer than a message
# is kept back for. The limits of other tasks would end it.
@shared_task(acks_late=False, time_limit=90 * 24 * 3600, soft_time_limit=None)
def train() -> int:
    """Train what waits, one run after the other; returns how many ended."""
    os.nice(10)  # Search and reading files go first.
    queue.taken(runs.TRAIN)
    return runs.train_pending()


@shared_task
def draw_map() -> int:
    """Draw the map where that is due, and place what came in since; returns how many items got a place."""
    queue.taken(fits.DRAW)
    return fits.keep_up()
