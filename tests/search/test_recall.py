"""Recall of the search by vector against comparing everything, and that each way takes the plan it should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_library.models import MediaItem, Segment
from search import fusion, recall, spaces
from search.models import Embedding, Encoder, Space
from tests.search import embeddings

pytestmark = pytest.mark.django_db

ITEMS = 3000
CLUSTERS = 150


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Made once and kept for all of them, since they only look at it."""
    with django_db_blocker.unblock():
        made = _library(get_user_model().objects.create_user("holder"))
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX search_embedding_hnsw_{made.pk}")
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def library(stored, db) -> Encoder:
    return Encoder.objects.active(Space.VISUAL)


@pytest.fixture
def user(stored, db) -> User:
    return get_user_model().objects.get(username="holder")


def _library(owner: User) -> Encoder:
    """Items with one vector each, around common centres as real ones are; every tenth has the tag "tenth"."""
    spaces.configured_encoders()
    encoder = Encoder.objects.active(Space.VISUAL)
    with connection.cursor() as cursor:
        # Built at the end, of all at once, which is quicker.
        cursor.execute(f"DROP INDEX search_embedding_hnsw_{encoder.pk}")
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(CLUSTERS, encoder.dimensions))
    vectors = centres[rng.integers(CLUSTERS, size=ITEMS)] + 0.8 * rng.normal(size=(ITEMS, encoder.dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    items = MediaItem.objects.bulk_create(
        MediaItem(
            id=UUID(bytes=rng.bytes(16), version=4),
            owner=owner,
            visibility="public" if number % 2 else "private",
            kind="image",
            tags=["tenth"] if number % 10 == 0 else [],
            size=1,
            sha256=f"{number:064x}",
            status="ready",
        )
        for number in range(ITEMS)
    )
    segments = Segment.objects.bulk_create(
        Segment(item=item, kind="image", ordinal=0, picture=f"{item.pk}.jpg") for item in items
    )
    embeddings.store(encoder, segments, vectors)
    spaces.build_index(encoder)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_library_mediaitem, search_embedding")
    return encoder


@pytest.fixture(params=["exact", "index"])
def path(request, monkeypatch) -> str:
    monkeypatch.setattr(fusion, "compares_all", lambda *asked: request.param == "exact")
    return request.param


def filters(user) -> dict:
    return {
        "none": MediaItem.objects.visible_to(user),
        "half": MediaItem.objects.filter(visibility="public"),
        "tenth": MediaItem.objects.tagged(["tenth"]),
    }


def test_hardly_anything_is_missed(library, user, path):
    samples = recall.sample(library, 30)
    for name, items in filters(user).items():
        row = recall.measure(library, name, items, 1.0, samples, k=10)
        assert row.path == path
        assert row.recall >= (0.98 if path == "index" else 1.0), name


def test_what_is_missed_is_noticed(library, monkeypatch):
    fuse = fusion.fuse

    def forgetful(*asked, **options):
        hits, complete = fuse(*asked, **options)
        return hits[1:], complete

    monkeypatch.setattr(fusion, "fuse", forgetful)
    row = recall.measure(library, "none", MediaItem.objects.all(), 1.0, recall.sample(library, 10), k=10)
    assert row.recall == pytest.approx(0.9)


def test_the_truth_is_what_comparing_by_hand_gives(library):
    one = recall.sample(library, 1)[0]
    rows = Embedding.objects.values_list("vector", flat=True)
    by_hand = sorted((float(np.dot(np.array(row, np.float32), one.vector)) for row in rows), reverse=True)[:5]
    assert recall.nearest(library, one.vector, MediaItem.objects.all(), 5) == pytest.approx(by_hand, abs=1e-3)


def test_each_path_has_its_plan(library, user, path):
    """The index serves the index path under every filter, and has no part in the exact one."""
    vector = recall.sample(library, 1)[0].vector
    for items in filters(user).values():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            fusion.fuse([fusion.ByVector("x", library.pk, library.dimensions, vector)], items, window=100)
        # After what sets the planner, in the same breath.
        statement = next(query["sql"] for query in asked if "(SELECT 0, item_id" in query["sql"]).partition("; ")[2]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert (f"search_embedding_hnsw_{library.pk}" in plan) == (path == "index"), plan


def test_what_a_scan_cannot_reach_is_compared(library, user, monkeypatch):
    """Where the index gives up before it has found enough, nothing is lost."""
    monkeypatch.setattr(fusion, "compares_all", lambda *asked: False)
    few = MediaItem.objects.filter(pk__in=list(MediaItem.objects.values_list("pk", flat=True)[:5]))
    ranking = fusion.ByVector("x", library.pk, library.dimensions, recall.sample(library, 1)[0].vector)
    with CaptureQueriesContext(connection) as asked:
        hits, complete = fusion.fuse([ranking], few, window=20)
    assert {hit.item_id for hit in hits} == set(few.values_list("pk", flat=True))
    assert complete
    assert sum("(SELECT 0, item_id" in query["sql"] for query in asked) == 2


@pytest.mark.django_db(transaction=True)
def test_what_the_planner_is_told_holds_for_one_ranking():
    """Sent with it, in one transaction; whoever has the connection next finds it as it was."""
    sql, params = fusion.plan_sql(window=100, exact=False)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql}; SELECT current_setting('enable_sort'), current_setting('hnsw.ef_search')", params)
        cursor.nextset()
        assert cursor.fetchone() == ("off", "200")
        cursor.execute("SELECT current_setting('enable_sort'), current_setting('random_page_cost')")
        assert cursor.fetchone() == ("on", "4")


def test_all_rankings_are_one_statement(library):
    vector = recall.sample(library, 1)[0].vector
    vectors = [fusion.ByVector(name, library.pk, library.dimensions, vector) for name in ("x", "y")]
    rankings = [*vectors, fusion.ByWords("z", "anything")]
    fusion.fuse(rankings, MediaItem.objects.all(), window=20)  # decides how to go about it
    with CaptureQueriesContext(connection) as asked:
        fusion.fuse(rankings, MediaItem.objects.all(), window=20)
    assert len(asked) == 1


def test_small_sets_are_compared_and_large_ones_are_not(library, monkeypatch):
    """Of 3,000 items a window of 10 makes the index pay from √(6 · 10 · 3,000) = 424 items on."""
    monkeypatch.setattr(fusion, "EXACT_ALWAYS", 0)

    def compared(items) -> bool:
        return fusion.compares_all(*items.order_by().values("pk").query.sql_with_params(), 10)

    assert compared(MediaItem.objects.tagged(["tenth"]))
    assert not compared(MediaItem.objects.all())
    assert not compared(MediaItem.objects.filter(visibility="public"))
    monkeypatch.setattr(fusion, "EXACT_ALWAYS", ITEMS)
    assert compared(MediaItem.objects.all())


def test_the_command_measures_and_the_admin_shows_it(library, client, staff_user, capsys):
    call_command("check_recall", "--queries", "5", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["k"] == 10
    rows = {row["filter"]: row for row in answer["rows"]}
    assert rows["none"]["items"] == ITEMS
    assert rows["tag tenth"]["share"] == pytest.approx(0.1)
    assert rows["tag tenth"]["path"] == "exact"
    assert 200 < rows["random 10.0%"]["items"] < 400
    assert min(row["recall"] for row in answer["rows"]) >= 0.98

    client.force_login(staff_user)
    page = client.get(reverse("admin:search_encoder_changelist")).content.decode()
    assert f"{recall.last(library).recall:.3f} at 10" in page


def test_the_table_names_every_column(library, capsys):
    call_command("check_recall", "--queries", "2", "--k", "5")
    head, _, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["space", "filter", "items", "kept", "path", "recall@5", "ms"]
    assert first.split()[:2] == ["visual", "none"]


def test_an_empty_library_is_said_to_be_empty(db):
    Encoder.objects.all().delete()
    with pytest.raises(CommandError, match="Nothing is indexed yet"):
        call_command("check_recall")


@pytest.mark.parametrize("option", [["--k", "0"], ["--k", "99999"], ["--queries", "many"]])
def test_numbers_that_make_no_sense_are_refused(option):
    with pytest.raises(CommandError, match="give a"):
        call_command("check_recall", *option)
