"""What is known of an item, for a model to look at: pictures of it, facts about it, and the text in it that matters.

Nothing of it says where a picture was taken: pictures are the previews, which carry no metadata, and what only the
owner sees (the address a file came from, notes on reading it) stays here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q
from django.db.models.fields.files import FieldFile
from PIL import Image

from media_library.extracting import invoice_questions
from media_library.extraction.questions import Step
from media_library.files import readable_size
from media_library.lmm.base import Data, Material, Part, Picture, Source
from media_library.models import Kind, MediaItem, Segment, SegmentKind, TextState
from media_library.templatetags.sightline import format_name, timecode

MOST_CHARACTERS = 16_000
"""Of text in an item that one question carries: some 4,000 tokens."""
MOST_SOURCES = 24

FRAMES, PAGES = 6, 3
"""Pictures of a video, and of a document, that one question carries."""

LONGEST_PX = 1536
"""The longer side of a picture that is sent: two by two of the tiles that models cut pictures into."""

WHAT = {
    Kind.IMAGE: "a picture",
    Kind.VIDEO: "a video",
    Kind.SOUND: "a sound",
    Kind.DOCUMENT: "a document",
    Kind.TEXT: "a text",
}

_WORD = re.compile(r"\w+")


def of(item: MediaItem, question: str = "") -> Material:
    """What is known of `item`; of a long text, what fits `question` best."""
    worked = invoice_questions.about(item, question) if question and item.kind in (Kind.IMAGE, Kind.DOCUMENT) else None
    return Material(
        what=WHAT[Kind(item.kind)],
        name=item.title or item.original_name,
        facts=tuple(_facts(item)),
        caption=item.caption,
        tags=tuple(item.tags),
        sources=tuple(_sources(item, question)),
        unread=item.text_state == TextState.WAITING,
        worked=tuple(_step(item, step) for step in worked.steps) if worked else (),
        answered=bool(worked and worked.is_answer),
    )


def _step(item: MediaItem, step: Step) -> Source:
    """A sentence that was worked out, with the place of the values that it rests on."""
    box = next((value.box for value in step.used if value.box), None)
    if box is None:
        return Source(step.text)
    segment = item.segments.filter(kind__in=(SegmentKind.IMAGE, SegmentKind.PAGE)).filter(
        Q(page=box.page) | Q(page__isnull=True)
    )
    shown = segment.defer("words", "lines").first()
    edges = [box.left, box.top, box.right, box.bottom]
    return Source(step.text, place(shown) if shown else "", {**citation(shown), "box": edges} if shown else {})


def _facts(item: MediaItem) -> Iterator[tuple[str, str]]:
    if item.title:
        yield "Title", item.title
    yield "File", item.original_name
    yield "Format", format_name(item)
    if item.captured_at:
        label = "Taken" if item.pictured else "Recorded" if item.kind == Kind.SOUND else "Written"
        yield label, f"{item.captured_at:%-d %B %Y, %H:%M}"
    if item.camera:
        yield "Camera", item.camera
    if item.duration:
        yield "Length", timecode(item.duration)
    if item.pages:
        yield "Pages", str(item.pages)
    dimensions = f"{item.width} × {item.height} pixels, " if item.pictured and item.width else ""
    yield "Size", dimensions + readable_size(item.size)
    if item.said:
        yield "In the file", item.said
    if item.credit:
        yield "Credit", item.credit


def _sources(item: MediaItem, question: str) -> Iterator[Source]:
    """The text in `item`: best first where there is a question, else from the start."""
    left = MOST_CHARACTERS
    for segment in _ranked(item, question)[:MOST_SOURCES]:
        if left <= 0:
            return
        text = segment.text[:left]
        left -= len(text)
        yield Source(text, place(segment), citation(segment))


def _ranked(item: MediaItem, question: str) -> Sequence[Segment]:
    texts = (
        item.segments.filter(kind__in=(SegmentKind.TEXT, SegmentKind.PASSAGE))
        .exclude(text="")
        .order_by("start", "page", "ordinal")
    )
    words = _WORD.findall(question)[:40]
    if words and texts.count() > MOST_SOURCES:
        asked = SearchQuery(" or ".join(f'"{word}"' for word in words), config="english", search_type="websearch")
        fitting = list(
            texts.annotate(rank=SearchRank(F("words"), asked))
            .filter(words=asked)
            .defer("words", "lines")
            .order_by("-rank", "page", "ordinal")[: MOST_SOURCES - 4]
        )
        known = {segment.pk for segment in fitting}
        # And how it begins, which often says what it is.
        first = [each for each in texts.defer("words", "lines")[:4] if each.pk not in known]
        return [*fitting, *first]
    return list(texts.defer("words", "lines")[:MOST_SOURCES])


def place(segment: Segment) -> str:
    """Where a segment stands, for people: “page 3”, “at 0:12”."""
    if segment.page:
        return f"page {segment.page}"
    return f"at {timecode(segment.start)}" if segment.start is not None else ""


def citation(segment: Segment) -> dict[str, object]:
    return {
        "label": place(segment),
        "item": str(segment.item_id),
        "segment": segment.pk,
        "page": segment.page,
        "start": segment.start,
    }


# --- For a model that sees -------------------------------------------------------------------------------


def parts(item: MediaItem, material: Material) -> tuple[Part, ...]:
    """Pictures of `item`, and what is known of it marked as data."""
    known = "\n".join(f"{label}: {value}" for label, value in material.facts)
    written = [
        ("what is known of it", known),
        ("its caption", material.caption),
        ("its tags", ", ".join(material.tags)),
    ]
    written += [("worked out from what was read of it as an invoice", "\n".join(each.text for each in material.worked))]
    written += [(f"text in it {source.place}".strip(), source.text) for source in material.sources]
    return (*pictures(item, material), *(Data(name, text) for name, text in written if text))


def pictures(item: MediaItem, material: Material | None = None) -> tuple[Picture, ...]:
    """What `item` looks like: itself, moments of a video, pages of a document. Of sounds and texts nothing."""
    match item.kind:
        case Kind.IMAGE:
            stored = [item.preview]
        case Kind.VIDEO:
            frames = list(item.segments.filter(kind=SegmentKind.FRAME).exclude(picture="").order_by("ordinal"))
            count = min(FRAMES, len(frames))
            stored = [frames[at * len(frames) // count].picture for at in range(count)] or [item.preview]
        case Kind.DOCUMENT:
            cited = [source.citation.get("page") for source in material.sources] if material else []
            numbers = list(dict.fromkeys([1, *filter(None, cited)]))[:PAGES]
            pages = item.segments.filter(kind=SegmentKind.PAGE, page__in=numbers).exclude(picture="").order_by("page")
            stored = [page.picture for page in pages] or [item.preview]
        case _:
            stored = []
    return tuple(shown for file in stored if (shown := picture(file)))


def picture(stored: FieldFile) -> Picture | None:
    """A stored picture, made smaller where it is large; None where it is gone."""
    if not stored:
        return None
    try:
        with stored.open("rb") as file:
            content = file.read()
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
            if max(picture.size) <= LONGEST_PX:
                return Picture(content, "image/webp", *picture.size)
            small = picture.convert("RGB")
            small.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            small.save(out, "WEBP", quality=82, method=2)
            return Picture(out.getvalue(), "image/webp", *small.size)
    except OSError:
        return None
