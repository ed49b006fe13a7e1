"""Looking through pictures, frames and scanned pages for text, after everything can be found by its look.

One picture at a time, each stored as soon as it is read: a long document that is interrupted goes on where it was.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.utils import timezone
from PIL import Image

from media_library import files, formats, leases, ocr, recognising, services, troubles
from media_library.formats.base import Box, FileRejected, Line, Probe
from media_library.models import MAX_ATTEMPTS, MediaItem, Segment, SegmentKind, TextState
from media_library.queue import stopping, wake_text_readers

logger = logging.getLogger(__name__)

READ_FOR = 60.0
"""Seconds after which a worker asks for its next message, so that it can be recycled or stopped, and what is more
urgent goes first."""

PASSAGE_WORDS = 150
"""Words of a scanned page that are one passage, like those of other documents."""


def read_pending() -> int:
    """Look through what waits, most urgent first, for READ_FOR seconds; returns how many pictures."""
    until, count = time.monotonic() + READ_FOR, 0
    try:
        reader = ocr.load(settings.SIGHTLINE_OCR, settings.SIGHTLINE_OCR_THREADS)
    except ocr.OcrError as error:
        # Nothing is in hand yet. It waits, and the sweep asks again.
        logger.error("No text is looked for: %s", error)
        return 0
    while time.monotonic() < until and not stopping():
        item = _claim()
        if item is None:
            return count
        try:
            count += _read_item(item, reader, until)
        except StorageAway as error:
            # The others would fare no better. The sweep asks again.
            logger.warning("The storage failed, so looking for text waits: %s", error)
            return count
    wake_text_readers()
    return count


class StorageAway(Exception):
    """No picture can be read now, whichever it is."""


def _claim() -> MediaItem | None:
    with transaction.atomic():
        free = MediaItem.objects.text_to_read().select_for_update(of=("self",), skip_locked=True)
        item = free.first()
        if item:
            MediaItem.objects.filter(pk=item.pk).update(
                text_lease_until=services.lease(F("text_attempts") + 1), text_attempts=F("text_attempts") + 1
            )
    return item


def _read_item(item: MediaItem, reader: ocr.Reader, until: float) -> int:
    """Read what is unread of one item, at most until then; returns how many pictures were looked through.

    Raises StorageAway, having given the item back.
    """
    if item.text_attempts >= MAX_ATTEMPTS:
        _close(item, TextState.FAILED)
        return 0
    count = found = 0
    rests_until = None
    try:
        with leases.kept(lambda: _renew(item)), Pictures(item) as pictures:
            for segment in item.segments.unread().order_by("page", "pk"):
                if time.monotonic() > until or stopping():
                    return count
                picture = pictures.of(segment)
                reading = reader.read(picture)
                found += _store(segment, reading)
                if not item.document_kind and recognising.is_first(segment) and item.kind in recognising.OF_ITEMS:
                    recognising.from_reading(item, picture, reading)
                count += 1
        _close(item, TextState.DONE)
    except (FileRejected, OSError, SoftTimeLimitExceeded) as error:
        if isinstance(error, OSError) and troubles.of_storage(error):
            rests_until = timezone.now() + services.REST
            MediaItem.objects.filter(pk=item.pk).update(text_attempts=item.text_attempts)
            raise StorageAway(str(error)) from error
        logger.warning("The text of %s cannot be read: %s", item.pk, error)
        _close(item, TextState.FAILED)
    finally:
        MediaItem.objects.filter(pk=item.pk).update(text_lease_until=rests_until)
        if found:
            services.await_words(item.pk)
    return count


def _renew(item: MediaItem) -> None:
    held = MediaItem.objects.filter(pk=item.pk, text_lease_until__isnull=False)
    held.update(text_lease_until=services.lease(Greatest(F("text_attempts"), 1)))


def _close(item: MediaItem, state: TextState) -> None:
    # Unless it is being read anew, with text to look for again.
    MediaItem.objects.filter(pk=item.pk, text_state=TextState.WAITING).update(text_state=state, text_attempts=0)


class Pictures:
    """The pictures of an item's segments, large enough to be read. Opens the original once, where it is wanted."""

    def __init__(self, item: MediaItem) -> None:
        self._item = item
        self._limits = services.limits()
        self._open = ExitStack()

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @cached_property
    def _original(self) -> Path:
        return self._open.enter_context(files.local_path(self._item.original))

    def of(self, segment: Segment) -> Image.Image:
        probe = Probe(self._item.kind, self._item.mime_type, self._item.width, self._item.height)
        if segment.kind in (SegmentKind.IMAGE, SegmentKind.PAGE):
            return formats.legible(self._original, probe, self._limits, segment.page)
        with default_storage.open(segment.picture.name) as file, Image.open(file) as picture:
            return picture.convert("RGB")


# --- What was read ---------------------------------------------------------------------------------------


def _store(source: Segment, reading: ocr.Reading) -> int:
    """Store what `source` says, and that it has been read; nothing where it is gone meanwhile.

    Returns how many segments are new.
    """
    with transaction.atomic():
        item = MediaItem.objects.select_for_update(no_key=True).filter(pk=source.item_id).first()
        if item is None or not Segment.objects.filter(pk=source.pk, unread=True).update(unread=False):
            return 0
        kind = SegmentKind.PASSAGE if source.kind == SegmentKind.PAGE else SegmentKind.TEXT
        there = item.segments.filter(kind=kind)
        texts = list(_texts(source, reading))
        if kind == SegmentKind.TEXT and texts and _said_before(there, texts[0][0]):
            # A caption that stays on screen for ten scenes is found once, where it begins.
            texts = []
        first = (there.aggregate(last=Max("ordinal"))["last"] or 0) + 1 if there.exists() else 0
        Segment.objects.bulk_create(
            Segment(
                item=item,
                kind=kind,
                ordinal=ordinal,
                start=source.start,
                end=source.end,
                page=source.page,
                box=_around([line.box for line in lines]),
                text=text,
                lines=[[line.text, [round(edge, 4) for edge in line.box]] for line in lines],
            )
            for ordinal, (text, lines) in enumerate(texts, start=first)
        )
        MediaItem.objects.filter(pk=item.pk).update(
            text_lease_until=timezone.now() + leases.length(), text_attempts=0, has_text=item.has_text or bool(texts)
        )
    return len(texts)


def _said_before(there: object, text: str) -> bool:
    return there.order_by("-ordinal").values_list("text", flat=True).first() == text


def _texts(source: Segment, reading: ocr.Reading) -> Iterator[tuple[str, Sequence[Line]]]:
    """The texts of one picture with their lines: one of a picture, passages of a page."""
    lines = reading.lines
    if not lines:
        return
    if source.kind == SegmentKind.FIGURE and source.box:
        lines = tuple(Line(line.text, _within(source.box, line.box)) for line in lines)
    if source.kind != SegmentKind.PAGE:
        yield reading.text, lines
        return
    passage: list[Line] = []
    for line in lines:
        passage.append(line)
        if sum(len(each.text.split()) for each in passage) >= PASSAGE_WORDS:
            yield "\n".join(each.text for each in passage), passage
            passage = []
    if passage:
        yield "\n".join(each.text for each in passage), passage


def _within(outer: Sequence[float], inner: Box) -> Box:
    """A box in shares of `outer` as one in shares of what `outer` is in."""
    left, top, right, bottom = outer
    width, height = right - left, bottom - top
    return (
        left + inner[0] * width,
        top + inner[1] * height,
        left + inner[2] * width,
        top + inner[3] * height,
    )


def _around(boxes: Sequence[Box]) -> list[float]:
    """The smallest box around all of `boxes`."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return [round(edge, 4) for edge in (min(lefts), min(tops), max(rights), max(bottoms))]
