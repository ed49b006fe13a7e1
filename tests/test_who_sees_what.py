"""Nobody sees what is not theirs: every address of the project is asked by every kind of visitor.

Each thing in the world below says words that nothing else says. Whatever an answer holds, in its body, its headers or
a redirect, of words that the visitor may not know, and that were not in the question, is a leak.

A new address fails test_every_address_has_a_rule until RULES says what its ids are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django_htmx.middleware import HtmxDetails

from config.models import DeviceToken
from media_library.models import (
    Album,
    AlbumItem,
    CaptionRun,
    Conversation,
    Extraction,
    Import,
    Invoice,
    Likeness,
    MediaItem,
    Message,
    Share,
)
from recommender.models import Movie, Opinion
from search.map import layout
from search.models import PastSearch, SavedSearch
from tests.visitors.rules import ADMIN, RULES, WALKED, addresses
from tests.visitors.walk import Remembering, Walk, note_htmx
from tests.visitors.world import ADA, GRACE, NOBODY, STRANGER, VISITORS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(monkeypatch) -> None:
    """Thousands of refusals are what is wanted here; a line for each would bury a leak."""
    monkeypatch.setattr(logging.getLogger("django.request"), "level", logging.CRITICAL)


@pytest.fixture(autouse=True)
def _quickly(settings, monkeypatch) -> None:
    """Who is asking need not be looked up thousands of times: that took a third of all the time."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.AUTHENTICATION_BACKENDS = ["tests.visitors.walk.Remembering"]
    monkeypatch.setattr(Remembering, "known", {})
    monkeypatch.setattr(HtmxDetails, "_get_header_value", note_htmx)


@pytest.fixture(scope="module")
def storages(tmp_path_factory) -> dict[str, Any]:
    """A storage for all tests here."""
    default = configured.STORAGES["default"]
    place = {"location": str(tmp_path_factory.mktemp("media"))}
    return {**configured.STORAGES, "default": {**default, "OPTIONS": {**default["OPTIONS"], **place}}}


@pytest.fixture(autouse=True)
def _media_root(settings, storages: dict[str, Any]) -> None:
    """In place of one for each test."""
    settings.STORAGES = storages


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, storages: dict[str, Any]) -> Iterator[World]:
    """Made once: what a test changes in the database is undone after it."""
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), pytest.MonkeyPatch.context() as patch:
        patch.setattr(current_app, "send_task", lambda *args, **kwargs: None)
        # What lies where tells nothing here, and UMAP takes long to load.
        patch.setattr(layout, "umap", lambda vectors, neighbours, start: start)
        made = make_world()
    yield made
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


def test_every_address_has_a_rule():
    unknown = [
        f"/{route} (name: {pattern.name!r})"
        for route, pattern in WALKED
        if not pattern.name or pattern.name not in RULES
    ]
    assert not unknown, (
        "These addresses are not asked by test_who_sees_what. Give each a name, and add that name to RULES: what its "
        'ids are (such as _items()), who may read it (reads="seen": whoever sees the thing gets 200), and what to send '
        "(queries, bodies):\n" + "\n".join(unknown)
    )
    gone = RULES.keys() - {pattern.name for _, pattern in WALKED}
    assert not gone, f"RULES names addresses that are not there any more; remove {', '.join(sorted(gone))}."


def _state(world: World) -> list[Any]:
    """Everything that strangers must leave as it is."""
    owned = [world.people[ADA].pk, world.people[GRACE].pk]
    fields = ("pk", "title", "caption", "tags", "visibility", "deleted_at", "status", "failure", "credit")
    return [
        list(MediaItem.objects.filter(owner__in=owned).order_by("pk").values_list(*fields)),
        list(
            Album.objects.filter(owner__in=owned)
            .order_by("pk")
            .values_list("pk", "title", "description", "visibility", "deleted_at")
        ),
        list(AlbumItem.objects.filter(item__owner__in=owned).order_by("pk").values_list("pk", "album", "item")),
        list(AlbumItem.objects.filter(album__owner__in=owned).order_by("pk").values_list("pk", "album", "item")),
        list(Share.objects.order_by("pk").values_list("pk", "item", "album", "user", "group", "may_edit")),
        list(Import.objects.values_list("pk", "label", "state")),
        list(SavedSearch.objects.filter(owner__in=owned).values_list("pk", "title")),
        list(PastSearch.objects.filter(owner__in=owned).values_list("pk", "label")),
        list(Likeness.objects.values_list("pk", "dismissed_at")),
        list(DeviceToken.objects.values_list("pk", "name")),
        list(Conversation.objects.filter(owner__in=owned).values_list("pk", "item", "title")),
        list(Message.objects.filter(conversation__owner__in=owned).values_list("pk", "text", "helpful", "reason")),
        list(Invoice.objects.filter(item__owner__in=owned).order_by("pk").values_list("pk", "vendor", "state", "data")),
        list(Extraction.objects.filter(item__owner__in=owned).order_by("pk").values_list("pk", "state")),
        list(CaptionRun.objects.filter(owner__in=owned).values_list("pk", "state", "waits")),
        list(Movie.objects.values_list("pk", "title", "poster")),
        list(Opinion.objects.filter(user__in=owned).values_list("pk", "liked", "rating", "watched", "hidden")),
    ]


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_answer_tells_what_its_reader_may_not_know(world, visitor):
    walk = Walk(world, visitor)
    walk.read()
    assert walk.asked > 300
    assert not walk.leaks, f"{len(walk.leaks)} leaks:\n" + "\n".join(walk.leaks[:40])


@pytest.mark.parametrize("visitor", [GRACE, STRANGER, NOBODY])
def test_nobody_changes_what_is_not_theirs(world, visitor):
    """Strangers' requests stay done, so that one could prepare another; of somebody who may edit each is undone."""
    walk = Walk(world, visitor)
    before = _state(world)
    walk.write(keep=visitor != GRACE)
    assert walk.asked > 300
    assert not walk.leaks, f"{len(walk.leaks)} leaks:\n" + "\n".join(walk.leaks[:40])
    assert _state(world) == before


def test_the_admin_is_for_staff(world):
    """Whatever its ids: a visitor who is no staff is sent to sign in, and told nothing."""
    filler = {"object_id": "1", "app_label": "auth", "content_type_id": 1, "url": "x", "variant": "original"}
    for visitor in (ADA, NOBODY):
        walk = Walk(world, visitor)
        for route, pattern in addresses():
            if not route.startswith(ADMIN) or not pattern.name or pattern.name == "login":
                continue
            kinds = getattr(pattern.pattern, "converters", {})
            kwargs = {name: filler.get(name, world.items[0].obj.pk if name == "pk" else "1") for name in kinds}
            if kwargs.get("pk") and type(kinds["pk"]).__name__ == "IntConverter":
                kwargs["pk"] = 1
            if "<path:object_id>" in route and "mediaitem" in route:
                kwargs["object_id"] = str(world.items[0].obj.pk)
            path = _admin_path(route, kwargs)
            response = walk.ask("GET", pattern.name, None, path, {})
            if response.status_code not in (302, 301, 403, 404):
                walk.leaks.append(f"GET {path}: {response.status_code}")
        assert walk.asked > 20
        assert not walk.leaks, "\n".join(walk.leaks)


def _admin_path(route: str, kwargs: dict[str, Any]) -> str:
    path = route
    for name, value in kwargs.items():
        for kind in ("path", "uuid", "int", "str", "slug"):
            path = path.replace(f"<{kind}:{name}>", str(value))
        path = path.replace(f"<{name}>", str(value))
    return "/" + path.removesuffix("$")


# --- Numbers tell, too -----------------------------------------------------------------------------------


def test_counts_and_lists_are_of_what_one_sees(world):
    for visitor in VISITORS:
        _compare_numbers(world, visitor)


def _compare_numbers(world: World, visitor: str) -> None:
    seen = {thing.name for thing in world.items if visitor in thing.seen_by and not thing.trashed}
    client = Walk(world, visitor).client
    assert client.get("/api/v1/items/counts/").json()["total"] == len(seen)
    page = client.get("/")
    assert page.context["counts"]["total"]["items"] == len(seen)
    listed = client.get("/api/v1/items/", {"page_size": 100}).json()["results"]
    assert {item["title"] for item in listed} == {f"zq{name}titlezq" for name in seen}
    for thing in world.albums:
        if visitor in thing.seen_by and not thing.trashed:
            holds = {item["title"] for item in client.get(f"/api/v1/albums/{thing.obj.pk}/items/").json()["results"]}
            assert holds <= {f"zq{name}titlezq" for name in seen}
            assert client.get(f"/api/v1/albums/{thing.obj.pk}/").json()["size"] == len(holds)


def test_a_file_of_ones_own_and_a_shared_one_are_all_there_is_to_duplicates(world, make_image):
    """The same content as somebody else's is an upload like any other: nothing tells that it is known."""
    client = Walk(world, STRANGER).client
    same = world.items[0].obj.original.open("rb").read()
    with transaction.atomic():
        answer = client.post("/api/v1/items/", {"file": SimpleUploadedFile("mine.png", same)})
        transaction.set_rollback(True)
    assert answer.status_code == 201
    assert answer.json()["created"] is True
