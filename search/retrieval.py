"""From a query and a viewer to ranked hits: encode, compose, rank, fuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db.models.functions import Coalesce

from media_library.models import MediaItem, Segment
from media_library.querysets import MediaItemQuerySet
from search import bridging, calibration, fusion, subjects, syntax
from search.composing import Weighted, compose
from search.encoders import registry
from search.examples import text_vector
from search.hits import (
    ECHOES,
    HEARD,
    LOOKS,
    MEANS,
    READS,
    REASONS,
    SAYS,
    SEEN,
    SHOWS,
    SOUNDS,
    TELLS,
    Hit,
    make_hits,
    stands_out,
)
from search.models import Encoder, Space
from search.query import Query, QueryError
from search.spaces import serving
from search.subjects import Subject

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

__all__ = ["FIRST_WINDOW", "REASONS", "Hit", "Page", "ranked_ids", "search"]

FIRST_WINDOW = 100
"""Segments per ranking that the first pages are drawn from; four times as many when somebody goes past them. What
deeper windows cost and change is in docs/adr/0010-exact-or-index.md."""

DATED_WINDOW = 1000
"""The same where the newest hits come first: they may stand anywhere in a ranking."""

SNAPSHOT_TTL = 15 * 60
"""Seconds for which the pages of one search fit together, whatever is added or removed meanwhile."""

EXAMPLE_WEIGHT = 2.0
"""An example beside words: words are ranked in up to three ways, the example in one."""

TELLS_WEIGHT = 0.5
"""What is said about an item, beside how it looks, when an example is searched by and one space holds both. Measured
with bench/queries/animals.json and the first pocket encoder: recall@5 .66 → .70, MRR .86 → .92; more helps pictures and
hurts clips."""


ACROSS_WEIGHT = 0.5
"""Sounds that fit a picture, beside pictures that look like it, and the other way round: what is of the same kind as
the example comes first."""


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
        raise QueryError("empty-query", "Type some words, or drop a picture, a clip, a sound or a document.")
    if query.item_ids and MediaItem.objects.visible_to(viewer).filter(pk__in=query.item_ids).count() < len(
        set(query.item_ids)
    ):
        raise QueryError("no-such-item", "The item to search by is not there, or not yours to see.")
    encoders = serving()
    name = f"ranking:{viewer.pk}:{query.digest()}:{'-'.join(str(encoders[space].pk) for space in sorted(encoders))}"
    snapshot = cache.get(name) if offset else None
    if snapshot is None:
        snapshot = _rank(query, viewer, encoders, _Snapshot([], 0, False))
    while len(snapshot.fused) < offset + limit and not snapshot.complete:
        snapshot = _rank(query, viewer, encoders, snapshot)
    if not snapshot.complete or len(snapshot.fused) > offset + limit:
        cache.set(name, snapshot, SNAPSHOT_TTL)
    end = offset + limit
    hits = make_hits(query, viewer, snapshot.fused[offset:end], offset)
    more = len(snapshot.fused) > end or not snapshot.complete
    standing_out = sum(1 for _ in takewhile(stands_out, snapshot.fused))
    return Page(hits, offset, end if more else None, standing_out)


def ranked_ids(query: Query, items: MediaItemQuerySet) -> list[UUID]:
    """The ids of those of `items` that `query` finds, best first, as deep as twice the first window.

    For callers that have decided what may be seen, and who page in their own way.
    """
    rankings = _rankings(query, serving())
    if not rankings:
        return []
    return [hit.item_id for hit in _fuse(rankings, _worded(query.asked, items), FIRST_WINDOW * 2)[0]]


def by_look(words: str, encoder: Encoder) -> list[fusion.ByVector]:
    """How `words`, as they are typed into the box, rank pictures by how they look; none where nothing is wanted."""
    asked = syntax.parse(words)
    wanted, unwanted = _texts(asked, [], encoder)
    return _judged(SHOWS, encoder, wanted, unwanted, [], of_words=True) if wanted else []


def _rank(
    query: Query, viewer: AbstractBaseUser | AnonymousUser, encoders: Mapping[str, Encoder], before: _Snapshot
) -> _Snapshot:
    """Rank four times as deep as `before`, and add what is new at its end."""
    window = before.window * 4 or (DATED_WINDOW if query.sort == "date" else FIRST_WINDOW)
    rankings = _rankings(query, encoders)
    items = _worded(query.asked, query.filters.apply(MediaItem.objects.visible_to(viewer), viewer))
    fused, complete = _fuse(rankings, items, window, exclude=query.item_ids) if rankings else ([], True)
    listed = {hit.item_id for hit in before.fused}
    new = [hit for hit in fused if hit.item_id not in listed]
    if query.sort == "date":
        new = _newest_first(new)
    return _Snapshot([*before.fused, *new], window, complete)


def _worded(asked: syntax.Asked, items: MediaItemQuerySet) -> MediaItemQuerySet:
    """Those of `items` in which every quoted phrase occurs, and no word that is not wanted.

    A condition on the items, not on the hits: what it leaves is ranked and paged as ever.
    """
    for phrase in asked.phrases:
        occurs = Segment.objects.filter(words=SearchQuery(phrase, config="simple", search_type="phrase"))
        items = items.filter(pk__in=occurs.values("item"))
    for term in asked.unwanted:
        search_type = "phrase" if term.exact else "plain"
        either = SearchQuery(term.text, config="english", search_type=search_type) | SearchQuery(
            term.text, config="simple", search_type=search_type
        )
        items = items.exclude(pk__in=Segment.objects.filter(words=either).values("item"))
    return items


def _newest_first(fused: Sequence[fusion.Fused]) -> list[fusion.Fused]:
    """Those that stand out by date, the newest first; the rest after them as they were."""
    sure = {hit.item_id: hit for hit in fused if stands_out(hit)}
    dated = MediaItem.objects.filter(pk__in=list(sure)).order_by(Coalesce("captured_at", "created_at").desc(), "-pk")
    newest = [sure[pk] for pk in dated.values_list("pk", flat=True)]
    return [*newest, *(hit for hit in fused if not stands_out(hit))]


def _fuse(
    rankings: Sequence[fusion.ByVector | fusion.ByWords],
    items: MediaItemQuerySet,
    window: int,
    exclude: Sequence[UUID] = (),
) -> tuple[list[fusion.Fused], bool]:
    """What stands out first, then the rest, each best first: ranks cannot tell a match from the least bad of all."""
    fused, complete = fusion.fuse(rankings, items, window, exclude)
    return sorted(fused, key=lambda hit: not stands_out(hit)), complete


# --- Rankings --------------------------------------------------------------------------------------------


def _rankings(query: Query, encoders: Mapping[str, Encoder]) -> list[fusion.ByVector | fusion.ByWords]:
    """In how many ways `query` is ranked, by the encoder of each space; none before anything is indexed."""
    visual, text, sound = (encoders.get(space) for space in (Space.VISUAL, Space.TEXT, Space.SOUND))
    asked = query.asked
    liked = subjects.load(query.likes, visual, text, sound)
    rankings: list[fusion.ByVector | fusion.ByWords] = []
    texts: tuple[list[Weighted], list[Weighted]] = ([], [])
    if visual:
        texts = _texts(asked, liked, visual)
        rankings += _in_pictures(asked, liked, visual, *texts)
    if sound:
        rankings += _in_sounds(asked, liked, sound, *_texts(asked, liked, sound))
    if sound and visual and _one_space(visual, sound):
        rankings += _across(asked, liked, visual, sound)
    if text:
        one_space = visual is not None and _one_space(visual, text)
        heard = _heard(liked) if sound and _one_space(sound, text) else ([], [])
        # One text tower gives both spaces the same vectors.
        said = texts if one_space else _texts(asked, liked, text)
        rankings += _in_words(asked, liked, text, one_space, heard, *said)
    if words := query.websearch:
        rankings.append(fusion.ByWords(SAYS, words))
    return rankings


def _in_pictures(
    asked: syntax.Asked,
    liked: Sequence[Subject],
    encoder: Encoder,
    words: Sequence[Weighted],
    no_words: Sequence[Weighted],
) -> list[fusion.ByVector]:
    """How pictures, frames and pages look: beside the words (SHOWS), beside the examples (LOOKS)."""
    pictures, no_pictures = _pictures(liked)
    rankings = []
    if words or not pictures:
        rankings += _judged(SHOWS, encoder, words, no_words, no_pictures, of_words=True)
    if pictures:
        weight = EXAMPLE_WEIGHT if asked.wanted else 1.0
        rankings += _judged(LOOKS, encoder, pictures, no_words, no_pictures, weight=weight)
    return rankings


def _in_sounds(
    asked: syntax.Asked,
    liked: Sequence[Subject],
    encoder: Encoder,
    words: Sequence[Weighted],
    no_words: Sequence[Weighted],
) -> list[fusion.ByVector]:
    """How stretches of sound are heard: beside the words (SOUNDS), beside sounds (ECHOES)."""
    heard, no_heard = _heard(liked)
    rankings = []
    if words:
        rankings += _judged(SOUNDS, encoder, words, no_words, no_heard, of_words=True, only_certain=True)
    if heard or not words:
        weight = EXAMPLE_WEIGHT if asked.wanted else 1.0
        rankings += _judged(ECHOES, encoder, heard, no_words if heard else (), no_heard, weight=weight)
    return rankings


def _across(asked: syntax.Asked, liked: Sequence[Subject], visual: Encoder, sound: Encoder) -> list[fusion.ByVector]:
    """Sounds that fit wanted pictures (HEARD), and pictures that fit wanted sounds (SEEN): by the words for them, since
    pictures lie nearer to one another than to the sounds of what they show."""
    weight = ACROSS_WEIGHT * (EXAMPLE_WEIGHT if asked.wanted else 1.0)
    rankings = []
    heard = [(vector, own) for vector, own in _heard(liked)[0] if bridging.is_known(vector, sound)]
    for name, wanted, encoder in ((HEARD, _pictures(liked)[0], sound), (SEEN, heard, visual)):
        if wanted:
            bridged = [(bridging.in_words(vector, sound), own) for vector, own in wanted]
            rankings += _judged(name, encoder, bridged, [], [], weight=weight, of_words=True, only_certain=True)
    return rankings


def _in_words(
    asked: syntax.Asked,
    liked: Sequence[Subject],
    encoder: Encoder,
    one_space: bool,
    heard: tuple[list[Weighted], list[Weighted]],
    words: Sequence[Weighted],
    no_words: Sequence[Weighted],
) -> list[fusion.ByVector]:
    """What is said about items and in them: beside the words (MEANS), beside texts (READS), and beside pictures and
    sounds (TELLS)."""
    pictures, no_pictures = _pictures(liked) if one_space else ([], [])
    pictures, no_pictures = [*pictures, *heard[0]], [*no_pictures, *heard[1]]
    read = [(subject.read, subject.weight) for subject in liked if subject.read is not None and subject.weight > 0]
    unread = [(subject.read, -subject.weight) for subject in liked if subject.read is not None and subject.weight < 0]
    rankings = []
    if words or not (pictures or read):
        rankings += _judged(MEANS, encoder, words, [*no_words, *unread], no_pictures, of_words=True)
    weight = EXAMPLE_WEIGHT if asked.wanted else 1.0
    if read:
        rankings += _judged(READS, encoder, read, no_words, unread, weight=weight)
    if pictures:
        rankings += _judged(TELLS, encoder, pictures, no_words, no_pictures, weight=weight * TELLS_WEIGHT)
    return rankings


def _judged(
    name: str,
    encoder: Encoder,
    wanted: Sequence[Weighted],
    no_words: Sequence[Weighted],
    no_pictures: Sequence[Weighted],
    weight: float = 1.0,
    of_words: bool = False,
    only_certain: bool = False,
) -> list[fusion.ByVector]:
    """The ranking towards `wanted` and away from the rest; none where all of them are empty."""
    if not (wanted or no_words or no_pictures):
        return []
    direction = compose(wanted, [*no_words, *no_pictures])
    turned = bool(wanted) and bool(no_words or no_pictures)
    return [
        fusion.ByVector(
            name,
            encoder.pk,
            encoder.dimensions,
            direction.vector,
            weight,
            of_words=of_words,
            certain=calibration.certain(encoder),
            wanted=direction.wanted if turned else None,
            judged=bool(wanted),
            unwanted_words=compose(no_words).vector if turned and no_words else None,
            unwanted_pictures=compose(no_pictures).vector if turned and no_pictures else None,
            only_certain=only_certain,
        )
    ]


def _texts(asked: syntax.Asked, liked: Sequence[Subject], encoder: Encoder) -> tuple[list[Weighted], list[Weighted]]:
    """The wanted and the unwanted texts, those of examples included, as vectors of `encoder`."""
    wanted = [*asked.texts, *((each.text, each.weight) for each in liked if each.text and each.weight > 0)]
    unwanted = [
        *((term.text, term.weight) for term in asked.unwanted),
        *((each.text, -each.weight) for each in liked if each.text and each.weight < 0),
    ]
    return (
        [(text_vector(encoder, words), weight) for words, weight in wanted],
        [(text_vector(encoder, words), weight) for words, weight in unwanted],
    )


def _pictures(liked: Sequence[Subject]) -> tuple[list[Weighted], list[Weighted]]:
    return _apart([(subject.look, subject.weight) for subject in liked if subject.look is not None])


def _heard(liked: Sequence[Subject]) -> tuple[list[Weighted], list[Weighted]]:
    return _apart([(subject.heard, subject.weight) for subject in liked if subject.heard is not None])


def _apart(weighted: Sequence[Weighted]) -> tuple[list[Weighted], list[Weighted]]:
    """What is wanted, and what is not."""
    return [pair for pair in weighted if pair[1] > 0], [(vector, -weight) for vector, weight in weighted if weight < 0]


def _one_space(one: Encoder, other: Encoder) -> bool:
    """Whether vectors of the one may be compared with those of the other: both encoders have one text tower."""
    return registry.text_key_for(one.spec) == registry.text_key_for(other.spec)
