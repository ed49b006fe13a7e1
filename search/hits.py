"""What a page of hits shows: the items, why each was found, and where in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q

from media_library.models import MediaItem, Segment, SegmentKind
from media_library.services import file_name_words
from media_library.templatetags.sightline import seconds, timecode
from search import fusion, marking
from search.marking import Box, Part
from search.query import Query

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# The rankings, by the name they have in a hit's places.
LOOKS, TELLS, SHOWS, MEANS, SAYS, READS = "looks", "tells", "shows", "means", "says", "reads"
SOUNDS, ECHOES, HEARD, SEEN = "sounds", "echoes", "heard", "seen"
TEXT = "text"
NEAREST = "nearest"
"""The reason of a hit that stands out in nothing: it is only nearer than the rest."""

REASONS = {
    LOOKS: "looks alike",
    READS: "reads alike",
    TELLS: "words fit",
    SHOWS: "picture",
    SOUNDS: "sound",
    ECHOES: "sounds alike",
    HEARD: "sounds like what is seen",
    SEEN: "looks like what is heard",
    MEANS: "meaning",
    "title": "title",
    "caption": "caption",
    "tags": "tag",
    "said": "what the file says",
    "original_name": "file name",
    "words": "words about it",
    TEXT: "text in it",
    NEAREST: "nearest of the rest",
}

WRITTEN = (SegmentKind.PASSAGE, SegmentKind.FIGURE, SegmentKind.TEXT)
"""Segments with words that stand in the item itself."""

SPOTS = 4
"""Places in it that are told of an item."""


@dataclass(frozen=True)
class Spot:
    """Where in an item a hit is. `seen_on`: the page, frame or picture that shows it, where there is one.

    `marks`: what to mark on that, as shares of its width and height.
    """

    segment: Segment
    seen_on: Segment | None = None
    snippet: tuple[Part, ...] = ()
    marks: tuple[Box, ...] = ()

    @property
    def label(self) -> str:
        """Where it is, in words: “page 3”, “text at 0:12”; empty for a picture as a whole."""
        if self.segment.page:
            return f"page {self.segment.page}"
        if self.segment.start is not None:
            return f"{'text at ' if self.segment.kind in WRITTEN else ''}{timecode(self.segment.start)}"
        return REASONS[TEXT] if self.segment.kind in WRITTEN else ""


@dataclass(frozen=True)
class Hit:
    """An item that was found. `moments` are its segments that are seen, `spots` all places in it, best first.

    `score` falls from hit to hit: from 1.0, for what leads every ranking, to 0.5 while hits stand out, then to 0.
    """

    item: MediaItem
    rank: int
    score: float
    reasons: tuple[str, ...]
    moments: tuple[Segment, ...]
    spots: tuple[Spot, ...] = ()
    words: str = ""

    @property
    def moment(self) -> Segment | None:
        """The picture segment that fits best; None where only words were found."""
        return self.moments[0] if self.moments else None

    @property
    def spot(self) -> Spot | None:
        """The place to show and to go to."""
        return self.spots[0] if self.spots else None

    @property
    def stands_out(self) -> bool:
        return self.reasons != (NEAREST,)

    @property
    def reason_labels(self) -> list[str]:
        """The reasons for people; text that was found says where it stands."""
        written = [spot for spot in self.spots if spot.segment.kind in WRITTEN and spot.snippet]
        place = next(
            (spot for spot in written if any(part.marked for part in spot.snippet)), written[0] if written else None
        )
        return [place.label if reason == TEXT and place else REASONS[reason] for reason in self.reasons]

    @property
    def url(self) -> str:
        """The item's page, where the hit is."""
        return self.item.get_absolute_url() + self.query_string

    @property
    def query_string(self) -> str:
        """``?page=3&segment=7&q=cat``: what the item's page has to know to show the place; empty for the whole."""
        if not self.spot:
            return ""
        segment, asked = self.spot.segment, {}
        if segment.page:
            asked["page"] = str(segment.page)
        if segment.start:
            asked["t"] = seconds(segment.start)
        if segment.kind in WRITTEN:
            asked["segment"] = str(segment.pk)
            if self.words and any(part.marked for part in self.spot.snippet):
                asked["q"] = self.words
        return f"?{urlencode(asked)}" if asked else ""


def stands_out(hit: fusion.Fused) -> bool:
    """Whether it holds the words, or is far nearer than the rest in a vector ranking, and in none of them is nearer
    to what is not wanted.

    What is said about an item is too weak a sign of how it looks to carry a hit alone.
    """
    places = hit.places.items()
    if any(place.against >= 1 and place.against > _towards(place) for _, place in places):
        return False
    return any(place.distinction >= 1 for name, place in places if name != TELLS)


def _towards(place: fusion.Place) -> float:
    return max(place.distinction, 0.0)


def score(hit: fusion.Fused) -> float:
    return (1 + hit.score) / 2 if stands_out(hit) else hit.score / 2


def make_hits(
    query: Query, viewer: AbstractBaseUser | AnonymousUser, fused: Sequence[fusion.Fused], offset: int
) -> list[Hit]:
    """Hits with their items and places, in a fixed number of statements. What became invisible is left out."""
    # In no order: their own, by the age of their items, would only cost.
    found = MediaItem.objects.visible_to(viewer).order_by().in_bulk([hit.item_id for hit in fused])
    wanted = {pk for hit in fused for name in hit.places for pk in _segment_ids(hit, name)}
    segments = Segment.objects.defer("words").order_by().in_bulk(wanted)
    spots = {hit.item_id: _spots(hit, query, segments) for hit in fused if hit.item_id in found}
    seen = seen_on(spot.segment for own in spots.values() for spot in own if spot.segment.kind in WRITTEN)
    hits = []
    for position, hit in enumerate(fused, start=1):
        if (item := found.get(hit.item_id)) is None:
            continue
        moments = (segments[pk] for name in (LOOKS, SHOWS, SEEN) for pk in _segment_ids(hit, name) if pk in segments)
        hits.append(
            Hit(
                item=item,
                rank=offset + position,
                score=score(hit),
                reasons=_reasons(hit, item, query.words, segments),
                moments=tuple({segment.pk: segment for segment in moments if segment.picture}.values()),
                spots=tuple(_placed(spot, seen) for spot in spots[hit.item_id]),
                words=query.words,
            )
        )
    return hits


def _segment_ids(hit: fusion.Fused, name: str) -> Sequence[int]:
    """The segments that a hit was found by in one ranking, best first; those of TELLS are words about the item."""
    place = hit.places.get(name)
    return place.segment_ids if place and name != TELLS else ()


def _spots(hit: fusion.Fused, query: Query, segments: dict[int, Segment]) -> list[Spot]:
    """The places, best first: what an example looks like, where the words stand, then what stands out the most."""
    by_meaning = sorted(
        (name for name in (SHOWS, SOUNDS, HEARD, SEEN, MEANS) if name in hit.places),
        key=lambda name: -hit.places[name].distinction,
    )
    named = [name for name in (LOOKS, ECHOES, READS, SAYS, *by_meaning) if name in hit.places]
    spots: dict[int, Spot] = {}
    for name in sorted(named, key=lambda name: hit.places[name].distinction < 1):
        place = hit.places[name]
        if name in (MEANS, READS) and place.distinction < 1:
            continue
        for pk in place.segment_ids:
            segment = segments.get(pk)
            if segment is None or segment.kind == SegmentKind.WORDS or pk in spots:
                continue
            if segment.kind in WRITTEN and segment.text:
                snippet = marking.snippet(segment.text, query.words)
                spots[pk] = Spot(segment, snippet=snippet, marks=tuple(marking.marks(segment, query.words)))
            elif segment.kind not in WRITTEN or segment.picture:
                spots[pk] = Spot(segment)
    return list(spots.values())[:SPOTS]


def _placed(spot: Spot, seen: dict[tuple[UUID, str, float | None], Segment]) -> Spot:
    """The spot with what shows it, and what to mark there: the words, or else the passage or figure as a whole."""
    segment = spot.segment
    if segment.kind not in WRITTEN:
        return Spot(segment, segment if segment.picture else None)
    shown = seen.get(key_of(segment))
    whole = [tuple(segment.box)] if segment.box and not spot.marks and segment.kind != SegmentKind.TEXT else []
    return Spot(segment, shown, spot.snippet, spot.marks or tuple(whole))


def key_of(segment: Segment) -> tuple[UUID, str, float | None]:
    """What shows the text of `segment`: the page it is on, the frame at its time, or the picture."""
    if segment.page:
        return segment.item_id, SegmentKind.PAGE, segment.page
    if segment.start is not None:
        return segment.item_id, SegmentKind.FRAME, segment.start
    return segment.item_id, SegmentKind.IMAGE, None


def seen_on(written: Iterable[Segment]) -> dict[tuple[UUID, str, float | None], Segment]:
    """The pages, frames and pictures that show `written` segments; at most one statement."""
    keys = {key_of(segment) for segment in written}
    if not keys:
        return {}
    which = (
        Q(kind=SegmentKind.PAGE, page__in={at for _, kind, at in keys if kind == SegmentKind.PAGE})
        | Q(kind=SegmentKind.FRAME, start__in={at for _, kind, at in keys if kind == SegmentKind.FRAME})
        | Q(kind=SegmentKind.IMAGE)
    )
    rows = Segment.objects.filter(which, item_id__in={item for item, _, _ in keys}).exclude(picture="")
    shown = rows.only("id", "item_id", "kind", "page", "start", "picture")
    return {key_of(segment): segment for segment in shown}


def _reasons(hit: fusion.Fused, item: MediaItem, words: str, segments: dict[int, Segment]) -> tuple[str, ...]:
    """The fields that hold the words, then each vector ranking in which the item stands out from the rest."""
    if not stands_out(hit):
        return (NEAREST,)
    said: list[str] = []
    if SAYS in hit.places:
        kinds = {segments[pk].kind for pk in hit.places[SAYS].segment_ids if pk in segments}
        if SegmentKind.WORDS in kinds:
            said += _fields(item, words)
        if kinds & set(WRITTEN):
            said.append(TEXT)
    seen = [
        name
        for name in (LOOKS, ECHOES, READS, HEARD, SEEN, TELLS, SHOWS, SOUNDS, MEANS)
        if name in hit.places and hit.places[name].distinction >= 1
    ]
    return (*said, *seen)


def _fields(item: MediaItem, words: str) -> list[str]:
    """What is said about the item that holds any of the words."""
    about = {"title": item.title, "caption": item.caption, "tags": ", ".join(item.tags), "said": item.said}
    held = [name for name, text in about.items() if marking.holds(text, words)]
    # The words segment holds one thing more; and full-text search knows more endings than marking does.
    return held or ["original_name" if marking.holds(file_name_words(item.original_name), words) else "words"]
