"""From a query and a viewer to hits: encode, rank, fuse, and say why each was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from media_library.models import MediaItem, Segment
from media_library.querysets import MediaItemQuerySet
from search import examples, fusion
from search.encoders import registry
from search.models import Embedding, Encoder, Space
from search.query import Query, QueryError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

FIRST_WINDOW = 400
"""Segments per ranking that the first pages are drawn from; four times as many when somebody goes past them."""

SNAPSHOT_TTL = 15 * 60
"""Seconds for which the pages of one search fit together, whatever is added or removed meanwhile."""

EXAMPLE_WEIGHT = 2.0
"""An example beside words: words are ranked in up to three ways, the example in one."""

TELLS_WEIGHT = 0.5
"""What is said about an item, beside how it looks, when an example is searched by and one space holds both. Measured
with bench/queries/animals.json: recall@5 .66 → .70 and MRR .86 → .92; more helps pictures and hurts clips."""

# The rankings, by the name they have in a hit's places.
LOOKS, TELLS, SHOWS, MEANS, SAYS = "looks", "tells", "shows", "means", "says"
NEAREST = "nearest"
"""The reason of a hit that stands out in nothing: it is only nearer than the rest."""

REASONS = {
    LOOKS: "looks alike",
    TELLS: "words fit",
    SHOWS: "picture",
    MEANS: "meaning",
    "title": "title",
    "caption": "caption",
    "tags": "tag",
    "original_name": "file name",
    NEAREST: "nearest of the rest",
}


@dataclass(frozen=True)
class Hit:
    """An item that was found. `moments` are its segments, best first.

    `score` falls from hit to hit: from 1.0, for what leads every ranking, to 0.5 while hits stand out, then to 0.
    """

    item: MediaItem
    rank: int
    score: float
    reasons: tuple[str, ...]
    moments: tuple[Segment, ...]

    @property
    def moment(self) -> Segment | None:
        """The picture segment that fits best; None where only words were found."""
        return self.moments[0] if self.moments else None

    @property
    def stands_out(self) -> bool:
        return self.reasons != (NEAREST,)

    @property
    def reason_labels(self) -> list[str]:
        return [REASONS[reason] for reason in self.reasons]


@dataclass(frozen=True)
class Page:
    hits: list[Hit]
    offset: int
    next_offset: int | None
    """Where the next page starts; None at the end."""
    standing_out: int
    """How many hits of the whole ranking, from its first on, stand out; those after them are only the nearest."""


@dataclass(frozen=True)
class _Snapshot:
    """The ranking that the pages of one search are cut from. It only ever grows at its end."""

    fused: list[fusion.Fused]
    window: int
    complete: bool


def search(query: Query, viewer: AbstractBaseUser | AnonymousUser, offset: int = 0, limit: int = 24) -> Page:
    """The hits of `query` from `offset` on, among what `viewer` may see.

    Raises QueryError where nothing was asked, or an example or item cannot be searched by, and EncoderError.
    """
    if not query:
        raise QueryError("empty-query", "Type some words, or drop a picture or a clip.")
    if query.item and not MediaItem.objects.visible_to(viewer).filter(pk=query.item).exists():
        raise QueryError("no-such-item", "The item to search by is not there, or not yours to see.")
    name = f"ranking:{viewer.pk}:{query.digest()}"
    snapshot = cache.get(name) if offset else None
    if snapshot is None:
        snapshot = _rank(query, viewer, _Snapshot([], FIRST_WINDOW // 4, False))
    while len(snapshot.fused) < offset + limit and not snapshot.complete:
        snapshot = _rank(query, viewer, snapshot)
    if not snapshot.complete or len(snapshot.fused) > offset + limit:
        cache.set(name, snapshot, SNAPSHOT_TTL)
    end = offset + limit
    hits = _hits(query, viewer, snapshot.fused[offset:end], offset)
    more = len(snapshot.fused) > end or not snapshot.complete
    standing_out = sum(1 for _ in takewhile(_stands_out, snapshot.fused))
    return Page(hits, offset, end if more else None, standing_out)


def ranked_ids(query: Query, items: MediaItemQuerySet) -> list[UUID]:
    """The ids of those of `items` that `query` finds, best first, as deep as the first window.

    For callers that have decided what may be seen, and who page in their own way.
    """
    rankings = _rankings(query)
    return [hit.item_id for hit in _fuse(rankings, items, FIRST_WINDOW)[0]] if rankings else []


def _rank(query: Query, viewer: AbstractBaseUser | AnonymousUser, before: _Snapshot) -> _Snapshot:
    """Rank four times as deep as `before`, and add what is new at its end."""
    window = before.window * 4
    rankings = _rankings(query)
    items = query.filters.apply(MediaItem.objects.visible_to(viewer))
    fused, complete = _fuse(rankings, items, window, exclude=query.item) if rankings else ([], True)
    listed = {hit.item_id for hit in before.fused}
    return _Snapshot([*before.fused, *(hit for hit in fused if hit.item_id not in listed)], window, complete)


def _fuse(
    rankings: Sequence[fusion.ByVector | fusion.ByWords],
    items: MediaItemQuerySet,
    window: int,
    exclude: UUID | None = None,
) -> tuple[list[fusion.Fused], bool]:
    """What stands out first, then the rest, each best first: ranks cannot tell a match from the least bad of all."""
    fused, complete = fusion.fuse(rankings, items, window, exclude)
    return sorted(fused, key=lambda hit: not _stands_out(hit)), complete


def _stands_out(hit: fusion.Fused) -> bool:
    """Whether it holds the words, or is far nearer than the rest in a vector ranking.

    What is said about an item is too weak a sign of how it looks to carry a hit alone.
    """
    return any(place.distinction >= 1 for name, place in hit.places.items() if name != TELLS)


def _score(hit: fusion.Fused) -> float:
    return (1 + hit.score) / 2 if _stands_out(hit) else hit.score / 2


def _rankings(query: Query) -> list[fusion.ByVector | fusion.ByWords]:
    active = {encoder.space: encoder for encoder in Encoder.objects.filter(state="active")}
    visual, text = active.get(Space.VISUAL), active.get(Space.TEXT)
    rankings: list[fusion.ByVector | fusion.ByWords] = []
    if query.words:
        if visual:
            rankings.append(_by_words(SHOWS, visual, query.words))
        if text:
            rankings.append(_by_words(MEANS, text, query.words))
        rankings.append(fusion.ByWords(SAYS, query.words))
    if query.example or query.item:
        picture = examples.recall(query.example).vector() if query.example else _item_vector(query.item, visual)
        weight = EXAMPLE_WEIGHT if query.words else 1.0
        rankings.append(_by_vector(LOOKS, visual, picture, weight))
        if text and _one_space(visual, text):
            rankings.append(_by_vector(TELLS, text, picture, weight * TELLS_WEIGHT))
    return rankings


def _one_space(visual: Encoder, text: Encoder) -> bool:
    """Whether a picture's vector may be compared with those of texts: both encoders have one text tower."""
    return registry.text_key_for(visual.spec) == registry.text_key_for(text.spec)


def _by_words(name: str, encoder: Encoder, words: str) -> fusion.ByVector:
    return fusion.ByVector(name, encoder.pk, encoder.dimensions, examples.text_vector(encoder, words), of_words=True)


def _by_vector(name: str, encoder: Encoder, vector: np.ndarray, weight: float = 1.0) -> fusion.ByVector:
    return fusion.ByVector(name, encoder.pk, encoder.dimensions, vector, weight)


def _item_vector(item_id: UUID, encoder: Encoder | None) -> np.ndarray:
    """What a stored item looks like: the mean direction of its pictures, shape (dimensions,)."""
    stored = Embedding.objects.filter(encoder=encoder, item_id=item_id).values_list("vector", flat=True)
    vectors = np.array(list(stored), dtype=np.float32)
    if not len(vectors):
        raise QueryError("not-indexed", "This item is still being indexed. Try again in a moment.")
    return examples.mean_direction(vectors)


# --- What a page of hits shows ---------------------------------------------------------------------------


def _hits(
    query: Query, viewer: AbstractBaseUser | AnonymousUser, fused: Sequence[fusion.Fused], offset: int
) -> list[Hit]:
    """Hits with their items and moments, in a fixed number of statements. What became invisible is left out."""
    items = MediaItem.objects.visible_to(viewer).select_related("owner")
    matched = _annotate_matches(items, query.words).in_bulk([hit.item_id for hit in fused])
    wanted = {pk for hit in fused for pk in _segment_ids(hit)}
    segments = Segment.objects.pictured().in_bulk(wanted)
    return [
        Hit(
            item=matched[hit.item_id],
            rank=offset + position,
            score=_score(hit),
            reasons=_reasons(hit, matched[hit.item_id]),
            moments=tuple(segments[pk] for pk in _segment_ids(hit) if pk in segments),
        )
        for position, hit in enumerate(fused, start=1)
        if hit.item_id in matched
    ]


def _segment_ids(hit: fusion.Fused) -> list[int]:
    """The picture segments that a hit was found by, best first: by example before by words."""
    places = (hit.places.get(name) for name in (LOOKS, SHOWS))
    return list(dict.fromkeys(pk for place in places if place for pk in place.segment_ids))


def _reasons(hit: fusion.Fused, item: MediaItem) -> tuple[str, ...]:
    """The fields that hold the words, then each vector ranking in which the item stands out from the rest."""
    if not _stands_out(hit):
        return (NEAREST,)
    said = [field for field in ("title", "caption", "tags") if getattr(item, f"in_{field}", False)]
    if SAYS not in hit.places:
        said = []
    elif not said:
        # The words segment holds one thing more.
        said = ["original_name"]
    seen = [name for name in (LOOKS, TELLS, SHOWS, MEANS) if name in hit.places and hit.places[name].distinction >= 1]
    return (*said, *seen)


def _annotate_matches(items: MediaItemQuerySet, words: str) -> MediaItemQuerySet:
    """Mark in which of its fields (``in_title``, …) each item holds any of `words`, stemmed or as written."""
    if not words:
        return items
    # Any of the words, where plainto_tsquery asks for all of them.
    any_of = "replace(plainto_tsquery('{}', %s)::text, '&', '|')::tsquery"
    wanted = f"({any_of.format('english')} || {any_of.format('simple')})"
    table = MediaItem._meta.db_table
    fields = {
        "title": f"{table}.title",
        "caption": f"{table}.caption",
        "tags": f"array_to_string({table}.tags, ', ')",
    }
    return items.annotate(
        **{
            f"in_{field}": RawSQL(
                f"(to_tsvector('english', {column}) || to_tsvector('simple', {column})) @@ {wanted}",
                (words, words),
                output_field=BooleanField(),
            )
            for field, column in fields.items()
        }
    )
