"""Reading one item: probe → segments → pictures to show. Embedding follows in the app above."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection, transaction
from PIL import Image

from media_library import duplicates, files, formats, leases, recognising, services, strays, troubles
from media_library.formats.base import Cut, FileRejected, Limits, Probe
from media_library.formats.pictures import SHRINK
from media_library.models import MAX_ATTEMPTS, MediaItem, Segment, SegmentKind, Status, TextState
from media_library.querysets import MediaItemQuerySet
from media_library.queue import stopping, wake, wake_readers, wake_text_readers
from media_library.signals import items_segmented

logger = logging.getLogger(__name__)

READ_FOR = 30.0
"""Seconds after which a worker asks for its next message, so that it can be recycled or stopped between two files."""


def read_pending() -> int:
    """Read what waits, most urgent first, for READ_FOR seconds; returns how many items."""
    until, count = time.monotonic() + READ_FOR, 0
    while time.monotonic() < until and not stopping():
        item = _claim(MediaItem.objects.to_read())
        if item is None:
            return count
        if not count and MediaItem.objects.to_read().exists():
            # There is enough for another worker, too.
            wake_readers()
        if not _read_and_store(item):
            # The others would fare no better. The sweep asks again.
            return count
        count += 1
    wake_readers()
    return count


def process(item_id: UUID) -> None:
    """Read one item. Leaves at once if it is gone, done, held back, or in another worker's hands."""
    if item := _claim(MediaItem.objects.to_read().filter(pk=item_id)):
        _read_and_store(item)


def _claim(waiting: MediaItemQuerySet) -> MediaItem | None:
    """Take the first of `waiting` in hand; None where there is none."""
    claimed = services.claim(waiting, 1, status=Status.SEGMENTING, progress=0)
    return MediaItem.objects.filter(pk=claimed[0]).first() if claimed else None


def _read_and_store(item: MediaItem) -> bool:
    """Read one item that is in hand; says whether to go on with others."""
    item_id = item.pk
    if item.attempts > MAX_ATTEMPTS:
        _fail(item, f"The worker stopped {MAX_ATTEMPTS} times while reading this file. It may need too much memory.")
        return True
    try:
        # How far it is is written by the thread that keeps it in hand, so that reading waits for no database.
        with leases.kept(lambda: services.renew([item_id], item.progress)), files.local_path(item.original) as path:
            reading = _read(item, path, services.limits())
        if not _store(item, reading):
            # Deleted for good, or read by another, meanwhile: nobody else knows of these files.
            files.remove(reading.file_names)
        elif reading.fingerprint:
            # Once more: what was stored at the same moment saw no more of this one than this one of it.
            duplicates.note_likenesses(item_id)
    except FileRejected as rejected:
        _fail(item, rejected.message)
    except SoftTimeLimitExceeded:
        _fail(item, "Reading this file took too long and was stopped.")
    except troubles.DATABASE as error:
        logger.warning("The database went away while %s was read, so it is read again: %s", item_id, error)
        with suppress(*troubles.DATABASE):
            connection.close()
            _set_aside(item, troubles.DATABASE_AWAY_MEANWHILE, services.SHORT_REST)
        return True
    except OSError as error:
        if troubles.of_storage(error):
            logger.warning("The storage failed while %s was read, so it is read again: %s", item_id, error)
            _set_aside(item, troubles.meanwhile(error), services.REST)
            return False
        if isinstance(error, FileNotFoundError):
            logger.exception("The original of %s is missing", item_id)
            _fail(item, "The stored file is missing. Upload it again.")
        else:
            logger.exception("Storage failed while reading %s", item_id)
            _fail(item, f"Storage failed: {error.strerror or error}. Try again once that is mended.")
    except Exception:
        logger.exception("Could not read %s", item_id)
        _fail(item, "This file could not be read, for a reason we did not expect. Try again.")
    return True


def _fail(item: MediaItem, reason: str) -> None:
    """Call it failed, if it is still this worker's, and remove what killed workers had made of it."""
    if services.mark_failed(item.pk, reason, status=Status.SEGMENTING, attempts=item.attempts):
        strays.tidy(item.pk)


def _set_aside(item: MediaItem, reason: str, rest: timedelta) -> None:
    still = MediaItem.objects.filter(pk=item.pk, status=Status.SEGMENTING, attempts=item.attempts)
    services.set_aside(still, reason, rest, status=Status.WAITING)


@dataclass(frozen=True)
class Reading:
    probe: Probe
    segments: list[Segment]
    preview: str
    thumbnail: str
    public_copy: str
    fingerprint: str | None
    note: str

    @property
    def file_names(self) -> set[str]:
        own = {self.preview, self.thumbnail, self.public_copy}
        return own | {name for segment in self.segments for name in (segment.picture.name, segment.heard.name)}


def _read(item: MediaItem, path: Path, limits: Limits) -> Reading:
    def alive(progress: float) -> None:
        item.progress = progress

    # Names of its own for every reading: what an earlier one stored stays whole until this one replaces it.
    place = f"{files.derived_folder(item.pk)}/{uuid4().hex[:8]}"
    probe = formats.probe(path, formats.sniff(path), limits)
    segments: list[Segment] = []
    stored: list[str] = []
    poster: Image.Image | None = None
    note = ""

    def cuts() -> Iterator[Cut]:
        nonlocal note
        note = (yield from formats.cuts(path, probe, limits, alive)) or ""

    try:
        for cut in cuts():
            if cut.kind == SegmentKind.IMAGE:
                poster = cut.picture
            segments.append(_segment(item, cut, place, stored))
        poster = poster or formats.render(path, probe, limits)
        for name, px in (("preview", limits.preview_px), ("thumbnail", limits.thumbnail_px)):
            poster.thumbnail((px, px), SHRINK)
            stored.append(files.store_bytes(f"{place}-{name}.webp", formats.encode_picture(poster)))
        preview, thumbnail = stored[-2:]
        for segment in segments:
            if segment.kind == SegmentKind.IMAGE:
                # The picture of an item is found by what is shown of it.
                segment.picture = thumbnail
        public_copy = _public_copy(path, probe, place)
    except BaseException:
        files.remove(stored)
        raise
    worded = {segment.page for segment in segments if segment.kind == SegmentKind.PASSAGE}
    for segment in segments:
        segment.unread = segment.kind in READ_FOR_TEXT or (
            segment.kind == SegmentKind.PAGE and segment.page not in worded
        )
    notes = " ".join(filter(None, (probe.note, note)))
    return Reading(probe, segments, preview, thumbnail, public_copy, _fingerprint(probe, poster), notes)


def _fingerprint(probe: Probe, poster: Image.Image) -> str | None:
    """Of what is seen itself: drawings of sounds and first pages of letters all look alike."""
    return formats.fingerprint(poster) if probe.kind in ("image", "video") else None


READ_FOR_TEXT = (SegmentKind.IMAGE, SegmentKind.FRAME, SegmentKind.FIGURE)
"""Whose pictures are looked through for text; of pages only those are that have none of their own."""


def _segment(item: MediaItem, cut: Cut, place: str, stored: list[str]) -> Segment:
    """The segment of a cut; what is seen and heard in it is written, and noted in `stored`, unless it is the item's
    own picture."""
    picture = ""
    if cut.picture is not None and cut.kind != SegmentKind.IMAGE:
        picture = files.store_bytes(f"{place}-{cut.kind}-{cut.ordinal}.webp", formats.encode_picture(cut.picture))
        stored.append(picture)
    heard = ""
    if cut.heard:
        heard = files.store_bytes(f"{place}-{cut.kind}-{cut.ordinal}.png", cut.heard)
        stored.append(heard)
    return Segment(
        item=item,
        kind=SegmentKind(cut.kind),
        ordinal=cut.ordinal,
        start=cut.start,
        end=cut.end,
        page=cut.page,
        box=list(cut.box) if cut.box else None,
        picture=picture,
        heard=heard,
        heading=cut.heading,
        text=cut.text,
        lines=[[line.text, [round(edge, 4) for edge in line.box]] for line in cut.lines],
    )


def _public_copy(path: Path, probe: Probe, place: str) -> str:
    with tempfile.TemporaryDirectory(prefix="sightline-copy-") as work:
        copy = Path(work) / f"public{path.suffix}"
        return files.store_path(f"{place}-{copy.name}", copy) if formats.public_copy(path, probe, copy) else ""


def _store(item: MediaItem, reading: Reading) -> bool:
    """All of a reading, or nothing, in one transaction. Segments it replaces lose their vectors with them.

    Returns False where the item is not being read any more.
    """
    probe = reading.probe
    with transaction.atomic():
        # Locked and read anew: its words may have been edited, or it may have been deleted, meanwhile.
        item = MediaItem.objects.select_for_update().filter(pk=item.pk, status=Status.SEGMENTING).first()
        if item is None:
            return False
        item.segments.all().delete()
        for segment in reading.segments:
            segment.item = item
        item.said, item.note = probe.said, reading.note
        Segment.objects.bulk_create([*reading.segments, services.words_segment(item)], batch_size=500)
        item.kind = probe.kind
        item.mime_type = probe.mime_type
        item.width, item.height, item.duration, item.pages = probe.width, probe.height, probe.duration, probe.pages
        item.captured_at, item.camera = probe.captured_at, probe.camera
        item.waveform, item.fingerprint = list(probe.waveform), reading.fingerprint
        item.has_text = any(segment.kind == SegmentKind.PASSAGE for segment in reading.segments)
        unread = any(segment.unread for segment in reading.segments) and settings.SIGHTLINE_OCR != "off"
        item.text_state, item.text_attempts, item.text_lease_until = TextState.WAITING if unread else "", 0, None
        item.preview, item.thumbnail, item.public_copy = reading.preview, reading.thumbnail, reading.public_copy
        item.status, item.failure, item.progress, item.attempts = Status.EMBEDDING, "", 0, 0
        item.lease_until = None
        item.save()
        if reading.fingerprint:
            # Here, so that a worker that is killed now has not forgotten it.
            duplicates.note_likenesses(item.pk)
        # Of earlier readings, and of one whose worker was killed.
        transaction.on_commit(lambda: files.clean(files.derived_folder(item.pk), keep=reading.file_names))
        transaction.on_commit(lambda: items_segmented.send(MediaItem, item_ids=[item.pk]))
        if unread:
            transaction.on_commit(wake_text_readers)
        elif item.kind in recognising.OF_ITEMS:
            transaction.on_commit(partial(wake, recognising.RECOGNISE))
    return True
