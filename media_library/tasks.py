"""What workers do for the library. Tasks take ids, delegate, and can be run twice without harm."""

from uuid import UUID

from celery import shared_task

from media_library import pipeline, services


@shared_task
def process_item(item_id: str) -> None:
    pipeline.process(UUID(item_id))


@shared_task
def sweep() -> int:
    return services.requeue_stranded()


@shared_task
def purge_trash() -> int:
    return services.purge_trash()
