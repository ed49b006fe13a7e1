"""The pipeline in a real worker: what is uploaded becomes ready, and a killed worker loses nothing."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from media_library import jobs, queue, services
from media_library.models import MediaItem, Segment, Status
from media_library.queue import backlog
from search.indexing import EMBED, request_embedding
from search.models import Embedding

pytestmark = [pytest.mark.pipeline, pytest.mark.django_db(transaction=True)]


def wait_until(condition, seconds: float = 150) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def all_ready() -> bool:
    return not MediaItem.objects.exclude(status=Status.READY).exists()


def test_what_is_ingested_becomes_ready(live_worker, user, make_image):
    for number, colour in enumerate(("red", "green", "blue")):
        services.ingest_file(user, make_image(colour, seed=number), f"{colour}.png")
    services.ingest_file(user, make_image("red", format="JPEG"), "red.jpg")
    live_worker()
    wait_until(all_ready)
    assert Segment.objects.count() == 8
    assert Embedding.objects.count() == 8


def test_a_broken_file_fails_with_its_reason_and_stops_nothing_else(live_worker, user, make_image):
    broken = make_image("red", size=(400, 400))
    content = broken.read()
    broken.file.seek(0)
    broken.file.truncate(len(content) // 2)
    broken.size = len(content) // 2
    failing = services.ingest_file(user, broken, "broken.png").item
    fine = services.ingest_file(user, make_image("blue"), "blue.png").item
    live_worker()
    wait_until(lambda: not MediaItem.objects.unfinished().exists())
    failing.refresh_from_db()
    fine.refresh_from_db()
    assert (failing.status, fine.status) == (Status.FAILED, Status.READY)
    assert failing.failure.endswith(".")


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(live_worker, user, make_image):
    batch = jobs.start_import(user, "Many", expected=60)
    for number in range(60):
        services.ingest_file(user, make_image("red", seed=number, size=(640, 480)), f"{number}.png", batch=batch)
    for done in (5, 20):
        worker = live_worker()
        wait_until(lambda done=done: MediaItem.objects.exclude(status=Status.WAITING).count() >= done)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert not all_ready()
    # Time passes: the killed workers' leases run out, and the messages that they had in hand are missed.
    MediaItem.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(minutes=5))
    queue.taken(queue.READ)
    queue.taken(EMBED)
    live_worker()
    wait_until(lambda: backlog() == 0)
    services.wake_for_stranded()
    request_embedding()
    wait_until(all_ready)
    assert MediaItem.objects.count() == 60
    assert Segment.objects.count() == Embedding.objects.count() == 120
    assert jobs.progress_of(batch).share == 1


def test_one_upload_does_not_wait_behind_an_import(live_worker, user, make_image):
    batch = jobs.start_import(user, "Many", expected=40)
    for number in range(40):
        services.ingest_file(user, make_image("red", seed=number, size=(640, 480)), f"{number}.png", batch=batch)
    live_worker()
    wait_until(lambda: MediaItem.objects.exclude(status=Status.WAITING).exists())
    urgent = services.ingest_file(user, make_image("blue"), "urgent.png").item
    waited_for = MediaItem.objects.filter(status=Status.WAITING).exclude(pk=urgent.pk)
    wait_until(lambda: MediaItem.objects.exclude(status=Status.WAITING).filter(pk=urgent.pk).exists())
    assert waited_for.exists(), "the import was over before"
    wait_until(all_ready)


def test_a_worker_that_is_asked_to_end_finishes_one_file_not_all(live_worker, user, make_image):
    for number in range(16):
        services.ingest_file(user, make_image("red", seed=number, size=(1600, 1200)), f"{number}.png")
    worker = live_worker()
    wait_until(lambda: MediaItem.objects.exclude(status=Status.WAITING).exists())
    worker.terminate()
    worker.wait(timeout=60)
    left = MediaItem.objects.filter(status=Status.WAITING)
    assert left.exists(), "it read everything before it ended"
    assert not MediaItem.objects.filter(status=Status.SEGMENTING).exists(), "it left a file half read"
    queue.taken(queue.READ)
    live_worker()
    services.wake_for_stranded()
    wait_until(all_ready)


DEADLY = (1300, 17)
"""A picture of this size ends the process that opens it, as a fault in a library written in C would."""

KILLER = f"""
import os
from PIL import Image

whole = Image.open

def open(*args, **kwargs):
    picture = whole(*args, **kwargs)
    return os.abort() if picture.size == {DEADLY} else picture

Image.open = open
"""


def test_a_file_that_kills_its_worker_is_given_up_and_stops_nothing_else(
    live_worker, user, make_image, tmp_path, monkeypatch
):
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SIGHTLINE_LEASE_S", "1")
    deadly = services.ingest_file(user, make_image("red", size=DEADLY), "deadly.png").item
    fine = [services.ingest_file(user, make_image("blue", seed=seed), f"{seed}.png").item for seed in range(4)]
    live_worker()

    def over() -> bool:
        services.wake_for_stranded()
        request_embedding()
        return not MediaItem.objects.unfinished().exists()

    wait_until(over)
    deadly.refresh_from_db()
    assert deadly.status == Status.FAILED
    assert "times while reading this file" in deadly.failure
    assert MediaItem.objects.filter(pk__in=[item.pk for item in fine], status=Status.READY).count() == 4
