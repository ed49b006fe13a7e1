"""The map: drawn, kept up to date, and seen by nobody who may not see what is on it."""

from __future__ import annotations

import json
import struct
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from media_library import albums, leases, pipeline, services, sharing
from media_library.models import MediaItem
from search import indexing, spaces
from search.map import clusters, fits, layout, reading
from search.models import Embedding, Encoder, MapFit, MapPoint, RunState, Space

pytestmark = pytest.mark.usefixtures("db", "no_queue")

COLOURS = ("red", "blue", "green")
PAGE, POINTS = reverse("map"), reverse("map-points")


@pytest.fixture
def quick(monkeypatch) -> None:
    """The first two directions in place of UMAP, which takes ten seconds to load."""
    monkeypatch.setattr(layout, "umap", lambda vectors, neighbours, start: start.astype(np.float64))


@pytest.fixture
def library(make_item, quick):
    """Twelve pictures of three colours, four alike each, which everybody sees; and their map."""
    items = {
        colour: [
            make_item(colour, seed=seed, tags=[colour, "all"], visibility="public", ready=False) for seed in range(4)
        ]
        for colour in COLOURS
    }
    for item in MediaItem.objects.all():
        pipeline.process(item.pk)
    indexing.embed_pending()
    fits.keep_up()
    return items


def read(body: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Header and columns of the answer with the points, as the page's script reads it."""
    assert body[:8] == reading.MAGIC
    (length,) = struct.unpack("<I", body[8:12])
    header = json.loads(body[12 : 12 + length])
    found = {}
    for name, of_type, at in header["columns"]:
        count = header["n"] * (16 if name == "ids" else 1)
        found[name] = np.frombuffer(body, np.dtype(of_type).newbyteorder("<"), count, 12 + length + at)
    return header, found


def seen(client) -> set[UUID]:
    _, columns = read(client.get(POINTS).content)
    return {UUID(bytes=columns["ids"][at : at + 16].tobytes()) for at in range(0, len(columns["ids"]), 16)}


def place(item: MediaItem) -> np.ndarray:
    point = MapPoint.objects.get(item=item)
    return np.array([point.umap_x, point.umap_y], dtype=float)


# --- Drawing ---------------------------------------------------------------------------------------------


def test_what_is_alike_lies_side_by_side(library, client):
    fit = MapFit.objects.get()
    assert (fit.state, fit.items, fit.points.count()) == (RunState.DONE, 12, 12)
    middles = {colour: np.mean([place(item) for item in items], axis=0) for colour, items in library.items()}
    for colour, items in library.items():
        for item in items:
            near = min(middles, key=lambda each: np.linalg.norm(middles[each] - place(item)))
            assert near == colour
    header, columns = read(client.get(POINTS).content)
    assert header["n"] == 12
    assert header["tags"] == ["all", "blue", "green", "red"]
    assert columns["umap_x"].min() >= -layout.HALF
    assert set(columns["kind"]) == {0}
    by_id = dict(zip([columns["ids"][at : at + 16].tobytes() for at in range(0, 192, 16)], range(12), strict=True))
    red = columns["carried"][by_id[library["red"][0].pk.bytes]]
    assert {header["tags"][bit] for bit in range(4) if red >> bit & 1} == {"all", "red"}


@pytest.mark.parametrize(("items", "points"), [(0, 0), (1, 1), (3, 3)])
def test_small_libraries(client, make_item, items, points):
    for seed in range(items):
        make_item("red", seed=seed, visibility="public")
    fits.keep_up()
    assert MapPoint.objects.count() == points
    page = client.get(PAGE)
    assert ("Nothing to draw yet" in page.text) == (items == 0)
    assert ("fewer than ten items" in page.text) == (items > 0)
    assert client.get(POINTS).status_code == (200 if items else 404)


def test_an_item_that_comes_in_is_placed_near_its_like_without_a_new_map(library, make_item, client):
    fit = MapFit.objects.get()
    new = make_item("blue", seed=9, visibility="public")
    assert "1 item still being indexed is not on the map" in client.get(PAGE).text
    assert fits.keep_up() == 1
    assert MapFit.objects.get() == fit
    away = {colour: min(np.linalg.norm(place(new) - place(item)) for item in library[colour]) for colour in COLOURS}
    assert min(away, key=away.get) == "blue"
    assert not MapPoint.objects.get(item=new).anchor
    assert new.pk in seen(client)
    assert fits.keep_up() == 0


def test_what_is_deleted_vanishes_and_what_is_brought_back_returns(library, client):
    item = library["red"][0]
    services.delete_item(item)
    assert item.pk not in seen(client)
    services.restore_item(item)
    assert item.pk in seen(client)
    services.delete_item(item)
    services.destroy_items(MediaItem.objects.filter(pk=item.pk))
    assert MapPoint.objects.count() == 11


def test_it_is_drawn_anew_once_the_library_has_outgrown_it(library, make_item, monkeypatch):
    before = MapFit.objects.get()
    for seed in range(5):
        make_item("purple", seed=seed)
    fits.keep_up()
    assert MapFit.objects.get() == before
    make_item("purple", seed=5)
    coming = make_item("brown", ready=False)
    fits.keep_up()
    # While others come in, not at once.
    assert MapFit.objects.get() == before
    services.delete_item(coming)
    fits.keep_up()
    after = MapFit.objects.get()
    assert after != before
    assert MapPoint.objects.filter(fit=after, anchor=True).count() == 18
    assert not MapPoint.objects.exclude(fit=after).exists()


def test_of_very_many_a_sample_is_laid_out_and_the_rest_placed(library, monkeypatch):
    monkeypatch.setattr(fits, "SAMPLE", 10)
    fits.ask_for(spaces.serving()["visual"])
    fits.keep_up()
    fit = MapFit.objects.get()
    assert fit.points.filter(anchor=True).count() == 10
    assert fit.points.count() == 12


def test_a_frame_keeps_shapes_and_leaves_outliers_at_the_edge():
    rng = np.random.default_rng(0)
    places = rng.normal(size=(1000, 2)) * (2, 1)
    places[0] = (500, 0)
    stored = layout.Frame.around(places).stored(places)
    assert stored[0].tolist()[0] == layout.HALF
    assert 1.6 < stored[1:, 0].std() / stored[1:, 1].std() < 2.4
    assert stored[1:, 0].std() > layout.HALF / 4


def test_umap_keeps_neighbours_together_and_gives_the_same_map_twice():
    rng = np.random.default_rng(0)
    kinds = np.repeat(np.arange(3), 40)
    vectors = rng.normal(size=(3, 16))[kinds] * 4 + rng.normal(size=(120, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    neighbours = layout.nearest(vectors, vectors, layout.NEIGHBOURS)
    assert (neighbours[0][:, 0] == np.arange(120)).all()
    start = layout.along(vectors, layout.axes(vectors))[:, :2]
    once, twice = (layout.umap(vectors, neighbours, start) for _ in range(2))
    assert np.array_equal(once, twice)
    found = clusters.groups(once, neighbours[0])
    assert len({(kind, group) for kind, group in zip(kinds, found, strict=True)}) == 3
    assert set(found) == {0, 1, 2}


def test_more_groups_than_colours_are_joined():
    rng = np.random.default_rng(0)
    middles = np.array([(x, y) for x in range(6) for y in range(6)]) * 10
    places = np.repeat(middles, 20, axis=0) + rng.normal(size=(720, 2)) * 0.3
    found = clusters.groups(places, np.arange(720)[:, None])
    assert set(found) - {clusters.NONE} == set(range(clusters.MOST))


def test_an_item_lies_with_most_of_its_neighbours_not_between_them():
    anchors = np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1]]
    places = np.array([[0, 0], [1, 0], [0, 1], [100, 100], [100, 100]], dtype=float)
    row = np.array([[0.9, 0.436, 0, 0]], dtype=np.float32)
    lies, group = layout.placed(row, anchors, places, np.array([7, 7, 7, 8, 8]))
    assert group.tolist() == [7]
    assert np.linalg.norm(lies[0]) < 1


# --- Workers and encoders --------------------------------------------------------------------------------


def test_a_map_whose_worker_was_killed_is_begun_again_and_not_for_ever(library):
    encoder = spaces.serving()["visual"]
    fit = fits.ask_for(encoder)
    assert fits.ask_for(encoder) == fit
    lost = MapFit.objects.filter(pk=fit.pk)
    lost.update(state=RunState.RUNNING, attempts=1, alive_at=timezone.now())
    fits.keep_up()
    # Somebody else is at it.
    assert lost.get().state == RunState.RUNNING
    long_ago = timezone.now() - 2 * fits.LOST_LEASES * leases.length()
    lost.update(alive_at=long_ago)
    fits.keep_up()
    assert lost.get().state == RunState.DONE
    again = MapFit.objects.filter(pk=fits.ask_for(encoder).pk)
    again.update(state=RunState.RUNNING, attempts=fits.MAX_ATTEMPTS, alive_at=long_ago)
    fits.keep_up()
    assert again.get().state == RunState.FAILED
    # The one before stays, and nobody tries for ever.
    assert fits.shown() == lost.get()
    assert not fits.is_due(encoder)


def test_a_worker_that_is_to_end_leaves_the_map_to_the_next(library, monkeypatch):
    fit = fits.ask_for(spaces.serving()["visual"])
    answers = iter([False, False, True, True, True])
    monkeypatch.setattr(fits.queue, "stopping", lambda: next(answers))
    fits.keep_up()
    fit.refresh_from_db()
    assert (fit.state, fit.attempts) == (RunState.WAITING, 0)


def test_one_that_fails_is_told_to_staff_and_the_one_before_stays(library, client, staff_user, monkeypatch):
    def broken(*args):
        raise ValueError("no")

    monkeypatch.setattr(layout, "umap", broken)
    client.force_login(staff_user)
    assert client.post(reverse("map-draw")).status_code == 302
    fits.keep_up()
    assert "could not be drawn" in client.get(PAGE).text
    assert len(seen(client)) == 12
    client.logout()
    assert "could not be drawn" not in client.get(PAGE).text
    assert client.post(reverse("map-draw")).status_code == 403


def test_another_encoder_gets_a_map_of_its_own_and_the_one_before_is_shown_until_then(library, client, monkeypatch):
    first = fits.shown()
    other = Encoder.objects.create(space=Space.VISUAL, key="other", spec="fake:visual", dimensions=64, state="ready")
    for made in Embedding.objects.filter(encoder=first.encoder):
        made.pk, made.encoder = None, other
        made.save()
    fits.keep_up()
    assert MapFit.objects.count() == 1
    spaces.switch_to(other)
    assert "with the encoder before the present one" in client.get(PAGE).text
    fits.keep_up()
    assert fits.shown().encoder == other
    assert MapFit.objects.count() == 2
    # Going back is instant.
    spaces.switch_to(first.encoder)
    assert fits.shown() == first
    assert "with the encoder before" not in client.get(PAGE).text


# --- Who sees what ---------------------------------------------------------------------------------------


def test_only_what_the_viewer_may_see_is_on_it(make_item, quick, client, user, other_user):
    mine = make_item("red", tags=["mine"])
    theirs = make_item("blue", owner=other_user, tags=["secret"])
    public = make_item("green", owner=other_user, visibility="public", tags=["open"])
    shared = make_item("purple", owner=other_user)
    in_album = make_item("pink", owner=other_user)
    album = albums.make_album(other_user, "Shown")
    albums.add_items(album, other_user, MediaItem.objects.filter(pk=in_album.pk))
    for thing in (shared, album):
        sharing.share(thing, other_user, person=user.username)
    fits.keep_up()
    assert seen(client) == {public.pk}
    client.force_login(user)
    assert seen(client) == {mine.pk, public.pk, shared.pk, in_album.pk}
    assert "secret" not in client.get(POINTS).content.decode("latin-1")
    api = client.get(reverse("api-map")).json()
    assert {point["item"] for point in api["results"]} == {str(pk) for pk in seen(client)}
    lit = client.get(reverse("map-near"), {"q": "blue"}).json()
    assert theirs.pk.hex not in {pk for pk, _ in lit["items"]}
    assert client.get(reverse("map-item", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("map-item", args=[public.pk])).json()["thumbnail"]
    picked = client.post(reverse("map-select"), theirs.pk.bytes, content_type="application/octet-stream")
    assert picked.status_code == 404


def test_what_is_not_on_it_is_told(library, client, tmp_path, make_item, user):
    from django.core.files.uploadedfile import SimpleUploadedFile

    for number in range(2):
        make_item(file=SimpleUploadedFile(f"{number}.txt", f"Note {number}.".encode()), visibility="public")
    make_item("navy", ready=False, visibility="public")
    failed = make_item("gold", ready=False, visibility="public")
    services.mark_failed(failed.pk, "It ends too early.")
    make_item(file=SimpleUploadedFile("mine.txt", b"Mine."), owner=user)
    told = reading.missing(user, fits.shown())
    assert told.unseen.get("text") == 3
    text = client.get(PAGE).text
    assert "2 texts without pictures, 1 item still being indexed and 1 item that could not be read" in text
    assert client.get(reverse("api-map")).json()["missing"] == 4


def test_the_number_of_statements_does_not_depend_on_the_number_of_items(library, client, make_item, user):
    client.force_login(user)

    def statements(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    before = [statements(path) for path in (PAGE, POINTS, reverse("api-map"))]
    for seed in range(4):
        make_item("pink", seed=seed, tags=[f"t{seed}"])
    fits.keep_up()
    assert [statements(path) for path in (PAGE, POINTS, reverse("api-map"))] == before
    assert before[1] <= 5


def test_what_the_page_opens_with_comes_first(library, client):
    body = client.get(POINTS).content
    header, columns = read(body)
    (length,) = struct.unpack("<I", body[8:12])
    assert len(body) == 12 + length + header["size"]
    first = {name for name, _, at in header["columns"] if at < header["drawable"]}
    assert first == {"umap_x", "umap_y", "cluster", "kind", "carried"}
    assert header["drawable"] * 3 < header["size"]
    # The page finds an id by halving.
    assert [columns["ids"][at : at + 16].tobytes() for at in range(0, 192, 16)] == sorted(
        item.pk.bytes for item in MediaItem.objects.all()
    )


def test_an_answer_that_has_not_changed_is_not_sent_again(library, client, make_item):
    first = client.get(POINTS)
    again = client.get(POINTS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    services.delete_item(library["red"][0])
    assert client.get(POINTS, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_groups_are_named_by_tags_that_the_viewer_sees(library):
    fit = MapFit.objects.get()
    column = np.array([0] * 4 + [1] * 4)
    fit.clusters = ["dog, cat", "boat, sea"]
    tagged = [(0, "rare", 1), (0, "holiday", 4), (0, "all", 4), (1, "all", 4)]
    assert reading._names(fit, column, tagged) == {0: "holiday", 1: "boat, sea"}


# --- Words, selections, tags -----------------------------------------------------------------------------


def test_words_light_up_what_they_are_like(library, client):
    said = client.get(reverse("map-near"), {"q": "red"}).json()
    reds = {item.pk.hex for item in library["red"]}
    assert {pk for pk, _ in said["items"][:4]} == reds
    assert said["sure"] == 4
    assert "4 items stand out for “red”" in said["sentence"]
    api = client.get(reverse("api-map-similar"), {"q": "red"}).json()
    assert {point["item"] for point in api["results"][:4]} == {str(item.pk) for item in library["red"]}
    nothing = client.get(reverse("map-near"), {"q": "violin"}).json()
    assert nothing["sure"] == 0
    assert "Nothing stands out" in nothing["sentence"]


@pytest.mark.parametrize("words", ["", "  ", "-red", "x" * 600, "\x00"])
def test_words_that_say_nothing_are_answered_by_a_sentence(library, client, words):
    answer = client.get(reverse("map-near"), {"q": words})
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")


def select(client, *items: MediaItem) -> dict:
    body = b"".join(item.pk.bytes for item in items)
    return client.post(reverse("map-select"), body, content_type="application/octet-stream").json()


def test_a_selection_is_searched_within(library, client, make_item):
    picked = select(client, *library["red"][:2], library["blue"][0])
    assert picked["sentence"] == "3 pictures selected."
    assert str(library["red"][0].pk) in picked["list"]
    page = client.get(picked["url"])
    assert {item.pk for item in page.context["items"]} == {
        each.pk for each in [*library["red"][:2], library["blue"][0]]
    }
    assert "selected on the map" in page.text
    found = client.get(f"{picked['url']}&q=red")
    assert {hit.item.pk for hit in found.context["hits"]} <= {
        each.pk for each in [*library["red"][:2], library["blue"][0]]
    }
    assert [hit.item.pk in {each.pk for each in library["red"]} for hit in found.context["hits"]][:2] == [True, True]
    services.set_visibility(MediaItem.objects.filter(pk=library["red"][0].pk), "private")
    assert len(client.get(picked["url"]).context["items"]) == 2


def test_a_selection_that_is_forgotten_or_made_up_says_so(client, library):
    for token in ("0" * 40, "x", "0" * 41):
        page = client.get(reverse("search"), {"within": token})
        assert page.status_code == 400
        assert "Select it there again" in page.text


@pytest.mark.parametrize("body", [b"", b"x" * 15, b"\x00" * 16 * 100_001])
def test_what_is_no_selection_is_refused(library, client, body):
    answer = client.post(reverse("map-select"), body, content_type="application/octet-stream")
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")


def test_a_selection_is_tagged_and_that_is_taken_back(library, client, make_item, user, other_user):
    foreign = make_item("black", owner=other_user, visibility="public")
    before = make_item("white", tags=["walk"])
    client.force_login(user)
    token = select(client, library["red"][0], foreign, before)["token"]
    done = client.post(reverse("map-tag"), {"token": token, "tags": "Walk, sea"}).json()
    assert done["sentence"] == "2 items tagged #walk, #sea. 1 item left as it is: not yours to tag."
    library["red"][0].refresh_from_db(), foreign.refresh_from_db(), before.refresh_from_db()
    assert library["red"][0].tags == ["red", "all", "walk", "sea"]
    assert before.tags == ["walk", "sea"]
    assert foreign.tags == []
    undo = {"undo": done["undo"]}
    client.force_login(other_user)
    assert client.post(reverse("map-untag"), undo).status_code == 400
    client.force_login(user)
    assert client.post(reverse("map-untag"), undo).json()["sentence"] == "Taken back on 2 items."
    library["red"][0].refresh_from_db(), before.refresh_from_db()
    assert library["red"][0].tags == ["red", "all"]
    # It had that one before.
    assert before.tags == ["walk"]
    assert client.post(reverse("map-untag"), undo).status_code == 400
    assert client.post(reverse("map-tag"), {"token": token, "tags": " , "}).status_code == 400
    assert client.post(reverse("map-tag"), {"token": "0" * 40, "tags": "x"}).status_code == 400
    client.logout()
    assert client.post(reverse("map-tag"), {"token": token, "tags": "x"}).status_code == 302


def test_the_api_gives_the_map_a_page_at_a_time(library, client):
    got, address = [], f"{reverse('api-map')}?limit=5"
    while address:
        answer = client.get(address).json()
        got += [point["item"] for point in answer["results"]]
        address = answer["next"]
    assert got == sorted(str(pk) for pk in seen(client))
    assert client.get(reverse("api-map"), {"after": str(uuid4()), "limit": 0}).status_code == 400


def test_the_api_says_when_there_is_no_map(client, db):
    answer = client.get(reverse("api-map"))
    assert (answer.status_code, answer.json()["number"], answer.json()["results"]) == (200, None, [])
    assert client.get(reverse("api-map-similar"), {"q": "red"}).status_code == 409
    assert client.get(reverse("map-state")).json() == {"fit": None, "coming": None}


def test_how_far_it_is_is_told(library, client):
    fit = fits.ask_for(spaces.serving()["visual"])
    assert "Waiting for a worker" in client.get(PAGE).text
    MapFit.objects.filter(pk=fit.pk).update(state=RunState.RUNNING, step="Laying it out", share=0.25)
    told = client.get(reverse("map-state")).json()
    assert told["coming"] == {"sentence": "The map is being drawn. Laying it out …", "share": 0.25, "failed": False}
    assert told["fit"] == fits.shown().pk
