"""Sounds that are found by what is heard, and that find pictures, words and one another."""

from __future__ import annotations

import io
from importlib import import_module

import numpy as np
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from media_library import hearing, pipeline, strays
from media_library.formats.base import FileRejected
from media_library.formats.spectrograms import unpacked
from media_library.models import MediaItem, Segment, Status
from search import examples, indexing, spaces
from search.models import Embedding, Encoder, Space
from search.query import Like, Query, QueryError
from search.retrieval import search
from search.spaces import NotNow
from tests.media.sounds import hiss, silence, tone, write_sound

pytestmark = pytest.mark.django_db

LOW, HIGH = 120, 7000
"""In hertz: red and purple to the encoder of these tests, whose pictures lie in the same space."""


@pytest.fixture(autouse=True)
def _hearing(settings) -> None:
    settings.SIGHTLINE_SOUND_ENCODER = "fake:sound"


@pytest.fixture
def _checked_at_once(db) -> None:
    """Checks of foreign keys are not put off to the end: an index cannot be made while any is."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def make_sound(make_item, tmp_path):
    """A sound item out of samples, or of one tone."""

    def upload(samples, name="a.wav") -> SimpleUploadedFile:
        samples = tone(2, samples) if isinstance(samples, int) else samples
        return SimpleUploadedFile(name, write_sound(tmp_path / "made.wav", samples).read_bytes(), "audio/wav")

    def make(samples, name="a.wav", **details) -> MediaItem:
        return make_item(file=upload(samples, name), **details)

    make.upload = upload
    return make


def found(viewer, words="", **asked) -> dict[str, tuple[str, ...]]:
    """What stands out, with its reasons."""
    page = search(Query(words, **asked), viewer)
    return {hit.item.original_name: hit.reasons for hit in page.hits if hit.stands_out}


def test_a_stretch_of_sound_gets_its_vector_once(make_sound):
    item = make_sound(np.concatenate([tone(6, LOW), silence(4), tone(6, HIGH)]))
    assert item.status == Status.READY
    segments = item.segments.sounding()
    assert segments.count() == 2
    encoder = Encoder.objects.active(Space.SOUND)
    assert Embedding.objects.filter(encoder=encoder, item=item).count() == 2
    assert indexing.embed_missing() == 0
    counted = Encoder.objects.with_coverage().get(pk=encoder.pk)
    assert (counted.vectors, counted.fitting) == (2, 2)
    assert spaces.why_not_serving(encoder) == ""


def test_silence_is_ready_and_lacks_nothing(make_sound, user):
    item = make_sound(silence(3), title="Four minutes")
    assert (item.status, item.failure) == (Status.READY, "")
    assert not item.segments.sounding().exists()
    assert spaces.why_not_serving(Encoder.objects.active(Space.SOUND)) == ""
    assert "title" in found(user, "minutes")["a.wav"]


def test_words_find_the_sound_and_do_not_find_others(make_sound, make_item, user):
    make_sound(LOW, "low.wav")
    make_sound(HIGH, "high.wav")
    make_item("blue")
    make_item("red")
    hits = found(user, "red")
    assert hits["low.wav"] == ("sounds",)
    assert "shows" in hits["red.png"]
    assert "high.wav" not in hits
    # Nothing is heard of it: no sound is put before what is at least near.
    assert "low.wav" not in [hit.item.original_name for hit in search(Query("green"), user).hits if hit.stands_out]


def test_a_picture_finds_the_sound_and_the_sound_finds_the_picture(make_sound, make_item, make_image, user):
    low, high = make_sound(LOW, "low.wav"), make_sound(HIGH, "high.wav")
    for colour in ("blue", "red", "green", "purple", "white"):
        make_item(colour)
    example = examples.remember_file(make_image("red", size=(99, 20)), "asked.png")
    by_picture = found(user, likes=(Like(example=example.token),))
    assert by_picture["low.wav"] == ("heard",)
    assert "high.wav" not in by_picture
    by_item = found(user, likes=(Like(item=low.pk),))
    assert "seen" in by_item["red.png"]
    assert "purple.png" not in by_item and "high.wav" not in by_item
    asked = examples.remember_file(make_sound.upload(HIGH, "asked.wav"), "asked.wav")
    hits = [hit.item.original_name for hit in search(Query(likes=(Like(example=asked.token),)), user).hits]
    assert hits[0] == "high.wav"
    assert "purple.png" in found(user, likes=(Like(example=asked.token),))
    assert search(Query(likes=(Like(item=high.pk, weight=-1),)), user).hits  # and less like it is an answer, too


def test_what_others_keep_is_not_heard(make_sound, make_item, user, other_user):
    make_sound(LOW, "secret.wav", owner=other_user)
    picture = make_item("red")
    assert found(user, "red").keys() == {"red.png"}
    assert "secret.wav" not in found(user, likes=(Like(item=picture.pk),))


def test_the_page_and_the_api_take_a_sound(make_sound, client, user):
    item = make_sound(LOW, "low.wav")
    make_sound(HIGH, "high.wav")
    make_sound(1500, "middle.wav")
    client.force_login(user)
    response = client.post(reverse("remember-example"), {"file": make_sound.upload(LOW)}, follow=True)
    page = response.content.decode()
    assert "Sound: a.wav" in page and "low.wav" in page and "sounds alike" in page
    alike = client.get(reverse("item-similar", args=[item.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "high.wav" in alike and "middle.wav" in alike
    answer = client.post("/api/v1/search/examples/", {"file": make_sound.upload(LOW)})
    assert (answer.status_code, answer.json()["kind"]) == (201, "sound")
    hits = client.get("/api/v1/search/", {"example": answer.json()["token"]}).json()["results"]
    assert hits[0]["item"]["original_name"] == "low.wav"
    assert "echoes" in [reason["code"] for reason in hits[0]["reasons"]]


@pytest.mark.parametrize("samples", [silence(2), 0.0001 * hiss(1)], ids=["silence", "next to nothing"])
def test_nothing_to_hear_is_said(make_sound, make_item, samples):
    make_item("red")
    with pytest.raises(FileRejected, match="nothing to hear"):
        examples.remember_file(make_sound.upload(samples), "a.wav")


def test_a_library_that_does_not_listen_says_so(make_sound, make_item, user, settings):
    low = make_sound(LOW, "low.wav", title="Red")
    make_item("red")
    example = examples.remember_file(make_sound.upload(LOW), "a.wav")
    settings.SIGHTLINE_SOUND_ENCODER = "off"
    assert Space.SOUND not in spaces.serving()
    with pytest.raises(FileRejected, match="does not listen"):
        examples.remember_file(make_sound.upload(HIGH), "b.wav")
    with pytest.raises(QueryError, match="does not listen"):
        search(Query(likes=(Like(example=example.token),)), user)
    # What is said about it still finds it, and lets it find others.
    assert found(user, "red")["low.wav"] == ("title", "means")
    assert search(Query(likes=(Like(item=low.pk),)), user).hits
    late = make_sound(HIGH, "late.wav")
    assert late.status == Status.READY
    settings.SIGHTLINE_SOUND_ENCODER = "fake:sound"
    assert indexing.embed_missing() == 1


@pytest.mark.usefixtures("_checked_at_once")
def test_another_ear_needs_no_original_and_no_new_pictures(make_sound, make_item, user, settings, monkeypatch):
    item = make_sound(LOW, "low.wav")
    make_item("red")
    example = examples.remember_file(make_sound.upload(LOW), "a.wav")
    pictures = set(Embedding.objects.exclude(encoder__space=Space.SOUND).values_list("pk", flat=True))
    default_storage.delete(item.original.name)
    Encoder.objects.filter(space=Space.SOUND).update(key="another", configured=False)
    indexing.embed_missing()
    new = Encoder.objects.get(space=Space.SOUND, key="fake:sound:p1")
    assert new.embeddings.count() == 1
    spaces.switch_to(new)
    assert set(Embedding.objects.exclude(encoder__space=Space.SOUND).values_list("pk", flat=True)) == pictures
    assert found(user, "red")["low.wav"] == ("sounds",)
    assert examples.recall(example.token, hearing=new).hearing_key == new.key


def test_encoders_serve_what_they_encode(make_item):
    make_item("red")
    for spec, space in (("fake:visual", Space.SOUND), ("fake:sound", Space.VISUAL), ("fake:sound", Space.TEXT)):
        with pytest.raises(NotNow, match="cannot serve this space"):
            spaces.add(spec, space)


def test_checks_tell_a_wrong_setting(settings):
    out = io.StringIO()
    for wrong in ("fake:text", "sound:nowhere"):
        settings.SIGHTLINE_SOUND_ENCODER = wrong
        with pytest.raises(Exception, match="SIGHTLINE_SOUND_ENCODER"):
            call_command("check", stderr=out)


class TestStoredBefore:
    """Sounds from before anything was heard of them."""

    @pytest.fixture
    def old(self, make_sound):
        item = make_sound(np.concatenate([tone(6, LOW), silence(4), tone(6, HIGH)]), "old.wav", title="Kept")
        Embedding.objects.filter(encoder__space=Space.SOUND).delete()
        for segment in item.segments.sounding():
            default_storage.delete(segment.heard.name)
        item.segments.filter(kind="sound").update(heard="", unheard=True)
        return item

    def test_they_are_heard_by_and_by_and_lose_nothing(self, old, user):
        before = list(old.segments.order_by("pk").values_list("pk", "start", "end"))
        vectors = Embedding.objects.filter(item=old).count()
        assert hearing.hear_pending() == 2
        assert hearing.hear_pending() == 0
        assert list(old.segments.order_by("pk").values_list("pk", "start", "end")) == before
        assert Embedding.objects.filter(item=old).count() == vectors
        assert indexing.embed_missing() == 2
        assert "old.wav" in found(user, "red")
        old.refresh_from_db()
        assert (old.status, old.title) == (Status.READY, "Kept")
        # What was made belongs to it, and goes with its next reading.
        names = set(old.segments.sounding().values_list("heard", flat=True))
        strays.tidy(old.pk)
        assert all(default_storage.exists(name) for name in names)

    def test_the_migration_finds_them(self, old, make_item):
        make_item("red")
        Segment.objects.update(unheard=False)
        import_module("media_library.migrations.0005_heard").mark_unheard(apps, None)
        assert set(Segment.objects.unheard().values_list("item", "kind")) == {(old.pk, "sound")}

    def test_one_whose_original_is_gone_stays_as_it_is(self, old):
        default_storage.delete(old.original.name)
        assert hearing.hear_pending() == 0
        assert not Segment.objects.unheard().exists()
        old.refresh_from_db()
        assert old.status == Status.READY

    def test_a_lost_spectrogram_is_made_anew(self, make_sound, user):
        item = make_sound(LOW, "low.wav")
        name = item.segments.sounding().get().heard.name
        default_storage.delete(name)
        Embedding.objects.filter(encoder__space=Space.SOUND).delete()
        indexing.embed_missing()
        assert hearing.hear_pending() == 1
        assert indexing.embed_missing() == 1
        assert "low.wav" in found(user, "red")


def test_reading_again_replaces_what_was_heard(make_sound):
    item = make_sound(LOW)
    before = item.segments.sounding().get().heard.name
    MediaItem.objects.filter(pk=item.pk).update(status=Status.WAITING)
    pipeline.process(item.pk)
    after = item.segments.sounding().get().heard.name
    assert after != before
    with default_storage.open(after) as file:
        assert len(unpacked(file.read())) > 150
