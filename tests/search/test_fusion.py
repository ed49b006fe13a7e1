"""The fused statement against the same thing done by hand."""

import numpy as np
import pytest
from django.db import connection

from media_library.models import MediaItem, Segment
from search import fusion, spaces
from search.models import Embedding, Encoder, Space
from tests.search import embeddings

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(user) -> list[MediaItem]:
    """Forty items with random vectors in both spaces."""
    rng = np.random.default_rng(4)
    spaces.configured_encoders()
    items = MediaItem.objects.bulk_create(
        MediaItem(owner=user, kind="image", size=1, sha256=f"{number:064x}", status="ready") for number in range(40)
    )
    for kind, space, content in (("image", Space.VISUAL, {"picture": "a.jpg"}), ("words", Space.TEXT, {"text": "a"})):
        encoder = Encoder.objects.active(space)
        segments = Segment.objects.bulk_create(Segment(item=item, kind=kind, ordinal=0, **content) for item in items)
        vectors = rng.normal(size=(len(segments), encoder.dimensions))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        embeddings.store(encoder, segments, vectors)
    return items


def rankings(seed: int) -> list[fusion.ByVector]:
    rng = np.random.default_rng(seed)
    made = []
    for space, weight in ((Space.VISUAL, 1.0), (Space.TEXT, 0.5)):
        encoder = Encoder.objects.active(space)
        vector = rng.normal(size=encoder.dimensions)
        made.append(
            fusion.ByVector(space.value, encoder.pk, encoder.dimensions, vector / np.linalg.norm(vector), weight)
        )
    return made


def by_hand(wanted: list[fusion.ByVector]) -> list[tuple[object, float]]:
    scores: dict[object, float] = {}
    for ranking in wanted:
        found = {
            row.item_id: float(np.dot(row.vector, ranking.vector) / np.linalg.norm(row.vector))
            for row in Embedding.objects.filter(encoder_id=ranking.encoder_id)
        }
        for place, item in enumerate(sorted(found, key=lambda pk: -found[pk]), start=1):
            scores[item] = scores.get(item, 0) + ranking.weight / (60 + place)
    return sorted(scores.items(), key=lambda pair: -pair[1])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("exact", [True, False])
def test_ranks_are_fused_as_the_formula_says(library, monkeypatch, seed, exact):
    """By index scan as by exact scan: at this size an index misses nothing."""
    monkeypatch.setattr(fusion, "compares_all", lambda *asked: exact)
    wanted = rankings(seed)
    hits, complete = fusion.fuse(wanted, MediaItem.objects.all(), window=200)
    expected = by_hand(wanted)
    assert complete
    best = sum(ranking.weight for ranking in wanted) / 61
    assert len(hits) == 40
    assert [hit.score for hit in hits] == pytest.approx([score / best for _, score in expected])
    assert [hit.item_id for hit in hits[:10]] == [pk for pk, _ in expected[:10]]


def test_a_narrow_filter_loses_nothing(library, monkeypatch):
    """The index is asked for more until the filter is satisfied."""
    monkeypatch.setattr(fusion, "compares_all", lambda *asked: False)
    few = MediaItem.objects.filter(pk__in=[item.pk for item in library[:3]])
    hits, _ = fusion.fuse(rankings(1), few, window=10)
    assert {hit.item_id for hit in hits} == {item.pk for item in library[:3]}


def test_a_window_that_was_cut_off_says_so(library):
    hits, complete = fusion.fuse(rankings(2), MediaItem.objects.all(), window=10)
    assert not complete
    assert 10 <= len(hits) <= 20


def test_the_index_is_used(library):
    """With many rows and no filter the plan is the encoder's own HNSW index."""
    encoder = Encoder.objects.active(Space.VISUAL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"search_embedding_hnsw_{encoder.pk}"])
        (definition,) = cursor.fetchone()
    assert "hnsw" in definition
    assert f"halfvec({encoder.dimensions})" in definition
    assert encoder.missing().count() == 0
