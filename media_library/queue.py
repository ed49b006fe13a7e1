"""Waking workers. What is to be done, and in which order, stands in the database; messages only say that there is some.

By task name, so that the functions which write need not import the tasks.
"""

from __future__ import annotations

import logging
import mmap

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import ChannelError, OperationalError

logger = logging.getLogger(__name__)

READ, READ_TEXT = "media_library.tasks.read_pending", "media_library.tasks.read_text_pending"

ONE_MESSAGE_S = 600
"""Seconds for which a message that no worker has taken yet stands for all that come after it: longer than it waits
behind turns of a minute each. With one for each call, those who call often would have most turns."""


def wake_readers() -> None:
    """Have a worker read what waits. Call it on commit.

    Where the queue cannot be reached, items stay "waiting", and the sweep wakes the workers later.
    """
    wake(READ)


def wake_text_readers() -> None:
    """Have a worker look for text in pictures. Call it on commit."""
    wake(READ_TEXT)


def taken(task: str) -> None:
    """A worker has the message, and looks at the database from now on: what comes next needs a message of its own."""
    cache.delete(f"woken:{task}")


def wake(task: str) -> None:
    """Have a worker run `task`, which looks at the database for what is to be done. Call it on commit."""
    # An import of 100,000 files would leave as many messages behind, all of the same meaning. Whoever finds a
    # message waiting has committed before it will be taken, so it is seen. A cache that is away says None: nobody
    # knows of a message then, and the queue may be elsewhere and well.
    if cache.add(f"woken:{task}", True, ONE_MESSAGE_S) is False:
        return
    try:
        current_app.send_task(task)
    except Exception as error:
        # Whatever it was, what is to be done is committed, and must not look as if it were not: a Redis whose disk is
        # full, for one, answers with an error of its own kind.
        taken(task)
        logger.warning("The task queue cannot be reached, so work waits for the sweep: %s", error)


def wake_anew(task: str) -> None:
    """Like wake, for those who look after what is left lying: where its queue is empty, the last message was lost."""
    if backlog(current_app.amqp.router.route({}, task)["queue"].name) == 0:
        taken(task)
    wake(task)


_stop = mmap.mmap(-1, 1)
"""One byte that a worker's processes share with the one that started them, which alone hears that it is to end."""


def stop_soon() -> None:
    """This worker is to end: its processes finish the file that they have in hand, and take no other."""
    _stop[0] = 1


def stopping() -> bool:
    """Whether to leave what waits to others; asked between two files."""
    return _stop[0] == 1


def broker_errors() -> tuple[type[Exception], ...]:
    """What asking the workers can raise while the broker is away or is just being started again."""
    connection = current_app.connection_for_read()
    return (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors)


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
