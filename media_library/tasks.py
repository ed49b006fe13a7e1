"""What workers do for the library. Tasks take what is due from the database, and can be run twice without harm."""

from celery import shared_task

from media_library import albums, hearing, pipeline, queue, recognising, services, strays, text_reading
from media_library.asking import caption_runs
from media_library.extracting import runs


@shared_task
def read_pending() -> int:
    """Read what waits, most urgent first; returns how many items."""
    queue.taken(queue.READ)
    return pipeline.read_pending()


@shared_task
def read_text_pending() -> int:
    """Look through pictures for text, most urgent first; returns how many pictures."""
    queue.taken(queue.READ_TEXT)
    return text_reading.read_pending()


@shared_task
def hear_pending() -> int:
    """Hear sounds that were stored before there were spectrograms; returns how many stretches."""
    return hearing.hear_pending()


@shared_task
def recognise_pending() -> int:
    """Tell what kind of document items are that were stored before that was told; returns how many."""
    queue.taken(recognising.RECOGNISE)
    return recognising.recognise_pending()


@shared_task
def caption_pending() -> int:
    """Have a model caption what waits for it; returns how many items."""
    queue.taken(caption_runs.CAPTION)
    return caption_runs.caption_pending()


@shared_task
def extract_pending() -> int:
    """Read data out of the documents that wait for the reader; returns how many."""
    queue.taken(runs.EXTRACT)
    return runs.extract_pending()


@shared_task
def extract_by_model_pending() -> int:
    """Have a model read the documents that wait for it; returns how many."""
    queue.taken(runs.ASK)
    return runs.extract_pending(by_model=True)


@shared_task
def sweep() -> int:
    runs.wake_for_due()
    return services.wake_for_stranded()


@shared_task
def purge_trash() -> int:
    return services.purge_trash() + albums.purge_albums()


@shared_task
def remove_strays() -> int:
    """Remove files that killed processes left in the storage, or on this machine; returns how many."""
    return strays.remove_strays() + strays.remove_temporary()
