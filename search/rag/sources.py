"""What an answer may rest on: the segments that fit a question, as many as a question can carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.fields.files import FieldFile

from media_library import stems
from media_library.asking import material
from media_library.models import MediaItem, Segment, SegmentKind
from media_library.services import file_name_words
from search import retrieval
from search.hits import LOOKS, MEANS, READS, SHOWS, SOUNDS, WRITTEN, Box, Hit, Spot
from search.query import Query

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LOOKED_AT = 24
"""Hits that sources are chosen from."""
MOST_CHARACTERS, LONGEST = 12_000, 2_400
"""Of text in all sources of a question, some 3,000 tokens, and in one."""
OF_ONE_ITEM = 4
NEAREST = 4
"""Hits that are shown where nothing fits."""

ENOUGH = 0.5
"""The share of a question's words that a source must hold, where its vectors do not stand out."""

SEEN = (SegmentKind.IMAGE, SegmentKind.FRAME, SegmentKind.PAGE, SegmentKind.FIGURE)
BY_VECTOR = {MEANS, READS, SHOWS, LOOKS, SOUNDS}


@dataclass(frozen=True)
class Cited:
    """One source by its number in the answer. `text`: what can be read of it, by whom and where it stands included.

    `shown`: the page, frame or picture that shows it, where one does; `marks` are shares of its width and height.
    `fits` orders sources.
    """

    number: int
    item: MediaItem
    text: str
    place: str = ""
    segment: Segment | None = None
    shown: Segment | None = None
    marks: tuple[Box, ...] = ()
    fits: float = 0.0
    url: str = ""

    @property
    def name(self) -> str:
        return self.item.title or self.item.original_name

    @property
    def picture(self) -> FieldFile | None:
        """What it looks like."""
        return (self.shown.picture if self.shown else self.item.preview) or None

    @property
    def seen(self) -> bool:
        """Whether it is itself something to look at, and not a text."""
        return self.segment is None or self.segment.kind in SEEN

    def citation(self) -> dict[str, Any]:
        """What is kept of it with an answer: enough to show and to open it, for as long as the item is visible."""
        segment = self.segment
        return {
            "number": self.number,
            "label": self.name,
            "place": self.place,
            "item": str(self.item.pk),
            "segment": segment.pk if segment else None,
            "shown": self.shown.pk if self.shown else None,
            "page": segment.page if segment else None,
            "start": segment.start if segment else None,
            "box": list(self.marks[0]) if self.marks else (segment.box if segment else None),
            "quote": self.text[:280],
            "url": self.url,
        }


@dataclass(frozen=True)
class Found:
    """`sources` that fit, numbered from 1; where there are none, the `nearest` hits. `unread`: items of the viewer that
    are still being indexed, so that an answer may be missing them."""

    sources: tuple[Cited, ...] = ()
    nearest: tuple[Hit, ...] = ()
    unread: int = 0
    pictures: tuple[int, ...] = field(default=())
    """The numbers of the sources whose pictures go with the question."""


def find(query: Query, viewer: AbstractBaseUser | AnonymousUser) -> Found:
    """Sources for `query`, as search finds them. Raises QueryError and EncoderError."""
    hits = retrieval.search(replace(query, question=True), viewer, limit=LOOKED_AT).hits
    asked = stems.stems(query.words, without=stems.KINDS)
    texts = _texts_on(hits)
    candidates = sorted((each for hit in hits for each in _of_hit(hit, asked, texts)), key=lambda each: -each.fits)
    sources = _within_budget(each for each in candidates if each.fits > 0)
    pictures = [each.number for each in sources if each.picture and each.seen][: settings.SIGHTLINE_RAG_PICTURES]
    unread = MediaItem.objects.owned_by(viewer).alive().unfinished().count()
    return Found(sources, tuple(hits[:NEAREST]) if not sources else (), unread, tuple(pictures))


def _of_hit(hit: Hit, asked: set[str], texts: dict[int, str]) -> list[Cited]:
    """The places of a hit, each as a source; the item as a whole where no place is told."""
    stands_out = bool(BY_VECTOR & set(hit.reasons))
    found = []
    for spot in hit.spots[:OF_ONE_ITEM] or [Spot(hit.moment)] if hit.spots or hit.moment else [None]:
        segment = spot.segment if spot else None
        text = _text(hit.item, segment, texts)
        held = len(asked & stems.stems(text)) / len(asked) if asked else 0.0
        fits = held + (0.5 if stands_out else 0.0) if stands_out or held >= ENOUGH else 0.0
        shown = (spot.seen_on or segment) if spot and segment else None
        found.append(
            Cited(
                0,
                hit.item,
                text,
                material.place(segment) if segment else "",
                segment,
                shown if shown and shown.picture else None,
                spot.marks if spot else (),
                # Among equals the better hit, and its better place.
                fits + hit.score / 100 if fits else 0.0,
                _url(hit, spot),
            )
        )
    return found


def _url(hit: Hit, spot: Spot | None) -> str:
    return replace(hit, spots=(spot,)).url if spot else hit.item.get_absolute_url()


def _text(item: MediaItem, segment: Segment | None, texts: dict[int, str]) -> str:
    """Whose it is, and what stands there."""
    if segment is not None and segment.kind in WRITTEN and segment.text:
        parts = [segment.heading, segment.text]
    else:
        written = texts.get(segment.pk, "") if segment else ""
        said = [item.caption, ", ".join(item.tags), item.said]
        parts = [item.title, file_name_words(item.original_name), *said, written]
    return "\n".join(part for part in parts if part)[:LONGEST]


def _texts_on(hits: Sequence[Hit]) -> dict[int, str]:
    """The text that stands on pictures, frames and pages of the hits, by segment; at most two statements."""
    shown = [spot.segment for hit in hits for spot in hit.spots if spot.segment.kind in SEEN]
    shown += [hit.moment for hit in hits if hit.moment and not hit.spots]
    if not shown:
        return {}
    written = Segment.objects.filter(item_id__in={each.item_id for each in shown}, kind=SegmentKind.TEXT).exclude(
        text=""
    )
    by_place: dict[tuple[object, ...], list[str]] = {}
    for each in written.only("item_id", "page", "start", "text").order_by("ordinal"):
        by_place.setdefault((each.item_id, each.page, each.start), []).append(each.text)
    return {each.pk: "\n".join(by_place.get((each.item_id, each.page, each.start), ())) for each in shown}


def _within_budget(candidates: Iterable[Cited]) -> tuple[Cited, ...]:
    """The best that fit into a question, numbered; passages of one document stand in their order there."""
    kept: list[Cited] = []
    characters = 0
    candidates = list(candidates)
    # A page that a passage on it is shown on is no source of its own.
    shown = {each.shown.pk for each in candidates if each.shown and not each.seen}
    for each in candidates:
        if each.seen and each.segment and each.segment.pk in shown:
            continue
        if len(kept) >= settings.SIGHTLINE_RAG_SOURCES or characters + len(each.text) > MOST_CHARACTERS:
            continue
        characters += len(each.text)
        kept.append(each)
    best = {each.item.pk: at for at, each in reversed(list(enumerate(kept)))}
    kept.sort(
        key=lambda each: (
            best[each.item.pk],
            (each.segment.page or 0, each.segment.start or 0, each.segment.ordinal) if each.segment else (0, 0, 0),
        )
    )
    return tuple(replace(each, number=number) for number, each in enumerate(kept, start=1))
