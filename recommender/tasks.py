"""What workers do for films, apart from their vectors, which search's embedding worker makes."""

import os

from celery import shared_task

from media_library import queue
from recommender import collaborating
from recommender.importing import runs


# Taken at once, not when it ends: the database knows what is imported, and posters take longer than a message is kept
# back for. The limits of other tasks would end it.
@shared_task(acks_late=False, time_limit=90 * 24 * 3600, soft_time_limit=None)
def import_pending() -> int:
    """Run the imports of films that somebody asked for; returns how many ended."""
    queue.taken(runs.IMPORT)
    return runs.import_pending()


@shared_task(acks_late=False, time_limit=24 * 3600, soft_time_limit=None)
def train_factors(anew: bool = False) -> bool:
    """Learn from all ratings, where enough of them are new, or, `anew`, in any case; whether that was done."""
    os.nice(10)  # Search and reading files go first.
    queue.taken(collaborating.TRAIN)
    return (collaborating.train() if anew else collaborating.train_if_due()) is not None
