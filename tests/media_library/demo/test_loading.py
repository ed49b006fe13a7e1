"""Loading the demo: once, on and on, and never again what was deleted."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from media_library import services, waiting
from media_library.demo import loading
from media_library.demo.films import Film, Shot
from media_library.demo.photographs import PHOTOGRAPHS
from media_library.models import MediaItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]


@pytest.fixture(autouse=True)
def small_demo(monkeypatch):
    film = Film("one.mp4", "One", "", ("film",), (Shot("coffee.png", 0.2),))
    monkeypatch.setattr(loading, "PIECES", (*PHOTOGRAPHS[:2], film))


def load_demo(*options):
    out, err = io.StringIO(), io.StringIO()
    call_command("load_demo", *options, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def names():
    return set(MediaItem.objects.alive().values_list("original_name", flat=True))


def test_it_is_public_described_and_nobody_can_sign_in_to_it():
    assert "3 demo items stored" in load_demo("--no-wait")
    item = MediaItem.objects.get(original_name="chelsea.png")
    assert (item.title, item.visibility, item.owner.username) == ("Chelsea", "public", "demo")
    assert "CC0" in item.credit
    assert not get_user_model().objects.get(username="demo").has_usable_password()
    assert names() == {"chelsea.png", "coffee.png", "one.mp4"}


def test_a_second_time_makes_nothing(monkeypatch):
    load_demo("--no-wait")
    monkeypatch.setattr(loading.films, "make", lambda *args: pytest.fail("it makes a film"))
    assert "loaded before" in load_demo()
    assert MediaItem.objects.count() == 3


@pytest.mark.parametrize("remove", ["trash", "destroy"])
def test_what_was_deleted_stays_deleted_unless_asked_for(remove):
    load_demo("--no-wait")
    chelsea = MediaItem.objects.get(original_name="chelsea.png")
    if remove == "trash":
        services.delete_item(chelsea)
    else:
        services.destroy_items(MediaItem.objects.filter(pk=chelsea.pk))
    load_demo("--no-wait")
    assert names() == {"coffee.png", "one.mp4"}
    load_demo("--again", "--no-wait")
    assert names() == {"chelsea.png", "coffee.png", "one.mp4"}


def test_stopped_half_way_it_goes_on():
    pieces = loading.load(loading.wanted())
    next(pieces)
    pieces.close()
    assert [piece.file for piece in loading.wanted()] == ["coffee.png", "chelsea.png"]
    load_demo("--no-wait")
    assert len(names()) == 3


def test_an_account_of_that_name_is_left_alone(make_user):
    make_user("demo")
    with pytest.raises(CommandError, match="somebody's own"):
        load_demo("--no-wait")
    assert MediaItem.objects.count() == 0


def test_without_workers_it_says_so_and_ends(monkeypatch):
    monkeypatch.setattr(waiting, "POLL", 0.01)
    monkeypatch.setattr(waiting, "PATIENCE", 0.02)
    monkeypatch.setattr(waiting, "served_queues", set)
    assert "no worker answers" in load_demo()
    assert len(names()) == 3


def test_failed_pieces_are_named(monkeypatch):
    def follow(item_ids):
        services.mark_failed(item_ids[0], "It is broken.")
        MediaItem.objects.exclude(pk=item_ids[0]).update(status="ready")
        yield waiting.standing(item_ids)

    monkeypatch.setattr(waiting, "follow", follow)
    said = load_demo()
    assert "one.mp4: It is broken." in said
    assert "2 items" in said
