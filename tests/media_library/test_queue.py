"""Messages to workers: few, and never missed for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app
from django.core.cache import cache

from media_library import queue

TEXT = "text"


@pytest.fixture
def text_queue() -> Iterator[None]:
    """An empty queue for long work that nobody listens to."""

    def empty() -> None:
        with current_app.connection_for_write() as broker:
            waiting = broker.SimpleQueue(TEXT)
            waiting.clear()
            waiting.close()

    cache.clear()
    empty()
    yield
    empty()
    cache.clear()


def test_those_who_call_often_have_one_turn_like_the_others(text_queue):
    """A worker takes a minute for each message, and is asked for text every 15 s."""
    for _ in range(5):
        queue.wake_anew(queue.READ_TEXT)
    assert queue.backlog(TEXT) == 1


def test_a_message_that_was_lost_is_sent_again_by_those_who_look_after_what_is_left(text_queue):
    cache.set(f"woken:{queue.READ_TEXT}", True, 600)
    queue.wake(queue.READ_TEXT)
    assert queue.backlog(TEXT) == 0
    queue.wake_anew(queue.READ_TEXT)
    assert queue.backlog(TEXT) == 1


def test_what_comes_after_a_message_was_taken_has_its_own(text_queue):
    queue.wake(queue.READ_TEXT)
    queue.taken(queue.READ_TEXT)
    queue.wake(queue.READ_TEXT)
    assert queue.backlog(TEXT) == 2
