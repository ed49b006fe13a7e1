"""What has to be true of the database and the queue before the product starts."""

import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from .console import Refusal, say
from .login import ensure_admin


def check() -> None:
    """Django's system checks: what is missing (weights, codecs, settings) is said before anybody meets it."""
    try:
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        raise Refusal(str(error)) from error


def prepare_database() -> str | None:
    """Bring the tables up to date and make the first login; returns its password while it is the first one."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("  Preparing the database ...")
            call_command("migrate", verbosity=0, interactive=False)
        return ensure_admin(settings.DATA_DIR)
    except OperationalError as error:
        raise Refusal(f"The database does not answer: {error}\nCheck DATABASE_URL.") from error
    finally:
        connection.close()
        connection.close_pool()  # its threads must not be there when processes are forked


def check_queue() -> None:
    """See whether the broker answers: workers would wait for it for ever, and in silence."""
    from celery import current_app
    from kombu.exceptions import OperationalError as QueueError

    try:
        with current_app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=1, interval_start=0, timeout=5)
    except QueueError as error:
        raise Refusal(f"The queue does not answer: {error}\nCheck REDIS_URL.") from error
