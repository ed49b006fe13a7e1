"""Counts at the head of pages: kept for a moment, and never older than what somebody did themselves."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_library import counting, services, sharing
from media_library.models import MediaItem, Segment

pytestmark = pytest.mark.django_db


def total(viewer) -> int:
    return counting.visible(viewer).counts()["total"]["items"]


def on_home(client) -> tuple[int, list[str]]:
    context = client.get("/").context
    return context["counts"]["total"]["items"], [each.label for each in context["suggestions"]]


def statements(client, address: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, headers=headers)
        response.getvalue()
    assert response.status_code == 200
    return len(captured)


@pytest.fixture
def at_home(client, user):
    client.force_login(user)
    return client


class TestKept:
    def test_nothing_is_counted_twice_in_a_row(self, make_item, user):
        make_item("red", tags=["sea"])
        first = counting.visible(user)
        asked = first.counts(), first.tags(10)
        with CaptureQueriesContext(connection) as captured:
            again = counting.visible(user)
            assert (again.counts(), again.tags(10)) == asked
        assert len(captured) == 1

    def test_each_viewer_has_their_own(self, make_item, user, other_user):
        make_item("red", owner=user, tags=["secret"])
        assert [total(viewer) for viewer in (user, other_user, AnonymousUser())] == [1, 0, 0]
        assert counting.visible(other_user).tags(10) == []
        assert counting.own(other_user).counts()["total"]["items"] == 0

    def test_while_something_is_on_its_way_it_is_counted_anew(self, make_item, user):
        item = make_item("red", ready=False)
        assert counting.visible(user).counts()["status"] == {"waiting": 1}
        services.mark_failed(item.pk, "The file ends too early.")
        assert counting.visible(user).counts()["status"] == {"failed": 1}

    def test_what_others_add_or_delete_counts_at_once(self, make_item, user, other_user):
        item = make_item("red", owner=other_user, visibility="public")
        assert total(user) == 1
        make_item("blue", owner=other_user, visibility="public")
        assert total(user) == 2
        services.delete_item(item)
        assert total(user) == 1
        services.restore_item(item)
        assert total(user) == 2

    def test_without_a_cache_it_is_counted(self, make_item, user, settings):
        address = {"LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = {"default": {**settings.CACHES["default"], **address}}
        make_item("red")
        assert [total(user), total(user)] == [1, 1]


class TestOwnChanges:
    def test_tags_are_offered_on_the_next_page(self, at_home, make_item):
        item = make_item("red", tags=["sea"])
        assert on_home(at_home) == (1, ["sea"])
        at_home.post(reverse("item-edit", args=[item.pk]), {"title": "Red", "visibility": "private", "tags": "hill"})
        assert on_home(at_home) == (1, ["hill"])

    def test_a_change_by_the_api_counts_too(self, at_home, make_item):
        item = make_item("red", tags=["sea"])
        assert on_home(at_home) == (1, ["sea"])
        sent = at_home.patch(reverse("api-item", args=[item.pk]), {"tags": ["hill"]}, content_type="application/json")
        assert sent.status_code == 200
        assert on_home(at_home) == (1, ["hill"])

    def test_retrying_shows_what_is_on_its_way(self, at_home, make_item):
        item = make_item("red", ready=False)
        services.mark_failed(item.pk, "The file ends too early.")
        assert "1 failed" in at_home.get("/").text
        at_home.post(reverse("item-retry", args=[item.pk]))
        assert "1 being indexed" in at_home.get("/").text


class TestWhoSees:
    """What is counted may be a moment old; who sees what never is."""

    def test_what_was_taken_back_is_gone_from_the_very_next_page(self, at_home, make_item, other_user):
        item = make_item("red", owner=other_user, visibility="public")
        thumbnail = reverse("item-file", args=[item.pk, "thumbnail"])
        assert [each.pk for each in at_home.get("/").context["items"]] == [item.pk]
        assert at_home.get(thumbnail).status_code == 200
        services.set_visibility(MediaItem.objects.filter(pk=item.pk), "private")
        assert at_home.get("/").context["items"] == []
        assert at_home.get(thumbnail).status_code == 404

    def test_one_item_is_seen_by_the_rule_for_all(self, make_item, user, other_user, make_user):
        private, public = make_item("red"), make_item("blue", visibility="public")
        shared, gone = make_item("green"), make_item("black", visibility="public")
        sharing.share(shared, user, person="grace")
        services.delete_item(gone)
        for viewer in (user, other_user, make_user("nobody"), AnonymousUser()):
            for item in (private, public, shared, gone):
                seen = MediaItem.objects.visible_to(viewer).filter(pk=item.pk).first()
                assert MediaItem.objects.one_visible_to(viewer, item.pk) == seen
                segment = item.segments.pictured().first()
                assert (Segment.objects.one_visible_to(viewer, segment.pk) == segment) == (seen is not None)


@pytest.mark.parametrize(
    ("address", "most_anonymous", "most_signed_in"),
    [
        ("/", 3, 6),
        ("/?tag=x", 3, 6),
        ("/items/{item}/", 5, 11),
        ("/media/{item}/thumbnail/", 1, 3),
        ("/media/{item}/preview/", 1, 3),
        ("/library/", None, 7),
        ("/albums/", 1, 4),
        ("/jobs/", None, 16),
    ],
)
def test_statements_of_a_page_with_many_items(make_item, user, address, most_anonymous, most_signed_in):
    for seed in range(12):
        item = make_item("red", seed=seed, tags=["x", f"tag {seed}"], visibility="public")
    address = address.format(item=item.pk)
    signed_in = Client()
    signed_in.force_login(user)
    for client, most in ((Client(), most_anonymous), (signed_in, most_signed_in)):
        if most is not None:
            statements(client, address)
            assert statements(client, address) <= most


def test_a_library_asked_for_again_counts_nothing(at_home, make_item, user, other_user):
    """Session, visitor, the page of items, what changed last, and the jobs at the head: no count, no share."""
    make_item("red")
    theirs = make_item("blue", owner=other_user)
    sharing.share(theirs, other_user, person=user.username)
    at_home.get("/library/")
    again = statements(at_home, "/library/")
    assert again <= 6
    views = {view.label: view.count for view in at_home.get("/library/").context["views"]}
    assert (views["All"], views["Shared with you"]) == (1, 1)
    services.delete_item(MediaItem.objects.get(owner=user))
    assert {view.label: view.count for view in at_home.get("/library/").context["views"]}["Trash"] == 1
