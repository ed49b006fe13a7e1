"""The same file from many sides in the same moment is one item with one original, and nobody sees an error."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from media_library import services
from media_library.models import MediaItem
from tests.api_client import client_of

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 16


def from_page(user, name: str, content: bytes) -> int:
    client = Client()
    client.force_login(user)
    form = {"file": SimpleUploadedFile(name, content), "visibility": "private"}
    return client.post("/upload/", form, headers={"hx-request": "true"}).status_code


def from_api(user, name: str, content: bytes) -> int:
    form = {"file": SimpleUploadedFile(name, content)}
    return client_of(user).post("/api/v1/items/", form, format="multipart").status_code


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    start = Barrier(len(calls))

    def one(call: Callable[[], object]) -> object:
        try:
            start.wait(60)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def uploads(user, content: bytes) -> list[Callable[[], int]]:
    ways = (from_page, from_api)
    return [lambda number=number: ways[number % 2](user, f"{number}.png", content) for number in range(AT_ONCE)]


def originals(settings) -> list[Path]:
    root = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_new_file(user, no_queue, settings, make_image):
    statuses = at_once(uploads(user, make_image("red", size=(600, 400)).read()))
    assert set(statuses) <= {200, 201}
    assert statuses.count(201) <= 1
    item = MediaItem.objects.get()
    assert [path.name for path in originals(settings)] == [Path(item.original.name).name]


def test_a_file_that_lies_in_the_trash(user, no_queue, settings, make_image):
    content = make_image("red").read()
    from_api(user, "red.png", content)
    services.delete_item(MediaItem.objects.get())
    assert set(at_once(uploads(user, content))) == {200}
    assert MediaItem.objects.get().deleted_at is None
    assert len(originals(settings)) == 1


def test_a_file_that_is_destroyed_in_the_same_moment(user, no_queue, settings, make_image):
    content = make_image("red").read()
    for _ in range(3):
        from_api(user, "red.png", content)
        first = MediaItem.objects.get()
        services.delete_item(first)

        gone = MediaItem.objects.filter(pk=first.pk)
        statuses = at_once([lambda gone=gone: services.destroy_items(gone), *uploads(user, content)[:8]])[1:]
        # 4xx: asked to send it again, since the one it was compared with was just deleted for good.
        assert set(statuses) <= {200, 201, 400, 422}
        # Whatever came first: an item has its file, and there is no file without an item.
        assert {Path(item.original.name).name for item in MediaItem.objects.all()} <= {
            p.name for p in originals(settings)
        }
        assert MediaItem.objects.count() <= 1
        from_api(user, "red.png", content)
