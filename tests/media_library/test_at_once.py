"""Two at once: somebody edits or deletes what a worker has in hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from media_library import pipeline, services
from media_library.models import MediaItem, Segment, SegmentKind
from search import indexing, spaces
from search.models import Embedding, Encoder, Space

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def storing_vectors(item: MediaItem) -> Iterator[Callable[[], None]]:
    """A worker is about to commit a vector of the item's words; it does when the yielded function is called."""
    encoder = Encoder.objects.active(Space.TEXT)
    words = list(item.segments.filter(kind=SegmentKind.WORDS))
    vectors = spaces.load(encoder.spec).encode_texts([indexing.segment_text(segment) for segment in words])
    Embedding.objects.filter(segment__in=words).delete()
    stored, commit = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                indexing._store(encoder, words, vectors, *indexing._background(encoder, vectors))
                stored.set()
                assert commit.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert stored.wait(60)
    try:
        yield commit.set
    finally:
        commit.set()
        thread.join()


@pytest.mark.parametrize(
    "change",
    [
        lambda item: services.update_item(item, title="Another title"),
        lambda item: services.tag_items(MediaItem.objects.filter(pk=item.pk), add=["another"]),
        lambda item: services.destroy_items(MediaItem.objects.filter(pk=item.pk)),
        lambda item: services.reprocess_items(MediaItem.objects.all()) and pipeline.process(item.pk),
    ],
    ids=["edit", "tag", "destroy", "read anew"],
)
def test_a_vector_that_is_just_being_stored_is_in_nobodys_way(make_item, change):
    item = make_item("red")
    with storing_vectors(item) as commit:
        # Whoever changes it waits for the worker, and then finds all there is to delete.
        later = threading.Timer(0.3, commit)
        later.start()
        change(item)
        later.join()
    indexing.embed_pending()
    segments = Segment.objects.filter(item=item.pk)
    assert Embedding.objects.count() == segments.count()
    assert segments.filter(kind=SegmentKind.WORDS).count() == MediaItem.objects.count()


def test_an_edit_of_what_was_read_since_changes_what_it_is_found_by(make_item):
    item = make_item("red", ready=False)
    before = MediaItem.objects.get(pk=item.pk)
    pipeline.process(item.pk)
    services.update_item(before, title="A harbour")
    assert item.segments.get(kind=SegmentKind.WORDS).heading == "A harbour"


def test_an_edit_keeps_what_others_wrote_since(make_item):
    item = make_item("red")
    first, second = MediaItem.objects.get(pk=item.pk), MediaItem.objects.get(pk=item.pk)
    services.update_item(first, caption="By the first")
    services.update_item(second, title="By the second")
    words = item.segments.get(kind=SegmentKind.WORDS)
    assert (words.heading, words.text.splitlines()[0]) == ("By the second", "By the first")


@pytest.mark.parametrize("path", ["/items/{}/edit/", "/items/{}/delete/"])
def test_what_was_destroyed_meanwhile_is_not_there(make_item, client, user, monkeypatch, path):
    item = make_item("red")
    client.raise_request_exception = False
    client.force_login(user)
    for verb in ("update_item", "delete_item"):
        monkeypatch.setattr(services, verb, _after_destroying(getattr(services, verb)))
    answer = client.post(path.format(item.pk), {"title": "Other", "visibility": "private", "tags": ""})
    assert answer.status_code == 404
    assert "not yours to see" in answer.text


def _after_destroying(verb: Callable) -> Callable:
    def run(item: MediaItem, **changes: object) -> object:
        services.destroy_items(MediaItem.objects.filter(pk=item.pk))
        return verb(item, **changes)

    return run
