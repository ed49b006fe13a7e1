"""Which kind of document an item is: recognised once, when its first page was read, or later from what is stored.

Kept only where nothing is said yet, so that what a person says of an item stays.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from uuid import UUID

from django.core.files.storage import default_storage
from PIL import Image

from media_library import troubles
from media_library.formats.base import Box, Line
from media_library.models import DocumentKind, Kind, MediaItem, Segment, SegmentKind
from media_library.ocr import Piece, Reading
from media_library.queue import stopping

logger = logging.getLogger(__name__)

RECOGNISE = "media_library.tasks.recognise_pending"
RECOGNISE_FOR = 20.0
"""Seconds after which whoever recognises asks again, so that other work gets its turn."""
OF_ITEMS = (Kind.IMAGE, Kind.DOCUMENT)
PLAIN = {Kind.IMAGE: DocumentKind.PHOTOGRAPH, Kind.DOCUMENT: DocumentKind.PAGE}
"""What an item is called whose picture is gone, so that nobody looks for it again and again."""


def is_first(segment: Segment) -> bool:
    """Whether it shows what tells the kind: the picture, or the first page."""
    return segment.kind in (SegmentKind.IMAGE, SegmentKind.PAGE) and (segment.page or 1) == 1


def from_reading(item: MediaItem, picture: Image.Image, reading: Reading) -> DocumentKind:
    """Recognise `item` by its first page, of which `reading` tells the text; returns what it is called now."""
    from media_library.extraction import kinds  # loads OpenCV

    if not reading.pieces:
        reading = as_read(reading.lines, picture.size)
    try:
        kind = DocumentKind(kinds.kind_of(picture, reading)[0])
    except Exception:
        # Nothing else of the item is to suffer from it.
        logger.exception("What %s shows could not be recognised", item.pk)
        kind = PLAIN[Kind(item.kind)]
    return _keep(item, kind)


def _keep(item: MediaItem, kind: DocumentKind) -> DocumentKind:
    if not MediaItem.objects.filter(pk=item.pk, document_kind="").update(document_kind=kind):
        # Said by a person, or gone, meanwhile.
        return DocumentKind(item.document_kind or kind)
    item.document_kind = kind
    # It reads items by the pictures that text_reading opens, which is what calls this.
    from media_library.extracting import unasked

    unasked.start(item)
    return kind


# --- From what is stored ---------------------------------------------------------------------------------


def recognise_pending(seconds: float = RECOGNISE_FOR) -> int:
    """Recognise what was stored before anything was, or has text of its own; returns how many items.

    Can be killed, and run twice at once, without harm.
    """
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until and not stopping():
        batch = list(MediaItem.objects.to_recognise().defer("waveform", "caption")[:20])
        if not batch:
            break
        for item in batch:
            try:
                _recognise(item)
            except OSError as error:
                if troubles.of_storage(error):
                    logger.warning("The storage failed, so recognising waits: %s", error)
                    return count
                logger.warning("What %s looks like is gone: %s", item.pk, error)
                _keep(item, PLAIN[Kind(item.kind)])
            count += 1
            if time.monotonic() > until or stopping():
                break
    return count


def _recognise(item: MediaItem) -> None:
    """By its stored picture and the lines that were read on it. Raises OSError."""
    segment = item.segments.filter(kind=SegmentKind.PAGE, page=1).defer("words", "lines").first()
    stored = segment.picture if segment else item.preview
    if not stored:
        raise FileNotFoundError(f"{item.pk} has no picture")
    with default_storage.open(stored.name) as file, Image.open(file) as opened:
        picture = opened.convert("RGB")
    from_reading(item, picture, as_read(_lines(item.pk), picture.size))


def _lines(item_id: UUID) -> list[Line]:
    written = Segment.objects.filter(item=item_id, kind__in=(SegmentKind.TEXT, SegmentKind.PASSAGE))
    rows = written.filter(page__isnull=True) | written.filter(page=1)
    lines: list[Line] = []
    for stored in rows.order_by("kind", "ordinal").values_list("lines", flat=True)[:50]:
        lines += [Line(text, tuple(box)) for text, box in stored]
    return lines


def as_read(lines: Sequence[Line], size: tuple[int, int]) -> Reading:
    """Stored lines as a reading of a picture of that size; which way up it is, is told by the lines themselves."""
    turned = turned_of([line.box for line in lines])
    width, height = size if turned % 180 == 0 else size[::-1]
    pieces = []
    for line in lines:
        left, top, right, bottom = _upright(line.box, turned)
        left, top, right, bottom = left * width, top * height, right * width, bottom * height
        if right > left and bottom > top:
            corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            pieces.append(Piece(line.text, 1.0, corners))
    return Reading(tuple(lines), turned, (), tuple(pieces), (width, height))


def turned_of(boxes: Sequence[Box]) -> int:
    """By how many degrees clockwise a picture has to be turned for its lines, in reading order, to stand upright."""
    long = [box for box in boxes if max(box[2] - box[0], box[3] - box[1]) > 0.05]
    tall = sum(box[3] - box[1] > 1.5 * (box[2] - box[0]) for box in long)
    if tall * 2 > len(long):
        return 90 if _rises(box[0] for box in long) else 270
    return 0 if len(long) < 3 or _rises(box[1] for box in long) else 180


def _rises(places: Iterable[float]) -> bool:
    """Whether most steps go up."""
    steps = [after - before for before, after in pairwise(places)]
    return sum(step > 0 for step in steps) >= sum(step < 0 for step in steps)


def _upright(box: Box, turned: int) -> Box:
    left, top, right, bottom = box
    if turned == 90:
        return 1 - bottom, left, 1 - top, right
    if turned == 180:
        return 1 - right, 1 - bottom, 1 - left, 1 - top
    if turned == 270:
        return top, 1 - right, bottom, 1 - left
    return box
