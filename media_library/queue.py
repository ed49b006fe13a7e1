"""Asking a worker to read items. By task name, so that the functions which write need not import the tasks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError

from media_library.models import MediaItem

logger = logging.getLogger(__name__)


def enqueue(item_ids: Sequence[UUID]) -> None:
    """Ask for each item to be read. Call it on commit.

    Where the queue cannot be reached the items stay "waiting", and the sweep asks again.
    """
    # Noted before it is sent: a worker that finds the row locked by this note would leave the item to others.
    MediaItem.objects.filter(pk__in=item_ids).update(queued_at=timezone.now())
    try:
        for item_id in item_ids:
            current_app.send_task("media_library.tasks.process_item", [str(item_id)])
    except OperationalError:
        logger.warning("The task queue cannot be reached; %d items wait for the sweep.", len(item_ids))


def backlog(queue: str = settings.CELERY_TASK_DEFAULT_QUEUE) -> int | None:
    """Messages that wait in `queue`; None where the broker cannot be reached."""
    connection = current_app.connection_for_read()
    try:
        # A passive declaration asks any kind of broker, and makes nothing.
        with connection, connection.channel() as channel:
            return channel.queue_declare(queue, passive=True).message_count
    except ChannelError:
        return 0  # No worker has ever listened to it.
    except (*connection.connection_errors, OperationalError):
        return None
