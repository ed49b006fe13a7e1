"""What the embedding worker does. It runs one process, so the encoders are loaded once."""

from celery import shared_task

from search import indexing


@shared_task
def embed_pending() -> int:
    """Embed all that waits, in batches; returns how many segments got vectors."""
    return indexing.embed_pending()
