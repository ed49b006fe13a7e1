"""Reading one item: probe → segments → pictures to show. Embedding follows in the app above."""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from PIL import Image

from media_library import files, formats, services
from media_library.formats.base import FileRejected, Limits, Probe
from media_library.models import MAX_ATTEMPTS, MediaItem, Segment, SegmentKind, Status
from media_library.signals import items_segmented

logger = logging.getLogger(__name__)

RENEW_EVERY = 10.0
"""Seconds between two signs of life; a small part of the lease."""


def process(item_id: UUID) -> None:
    """Read the item and store its segments. Leaves at once if it is gone, done, or in another worker's hands."""
    waiting = MediaItem.objects.alive().filter(pk=item_id, status__in=(Status.WAITING, Status.SEGMENTING))
    if not services.claim(waiting, 1, status=Status.SEGMENTING, progress=0):
        return
    item = MediaItem.objects.get(pk=item_id)
    if item.attempts > MAX_ATTEMPTS:
        services.mark_failed(
            item_id, "The worker stopped three times while reading this file. It may need too much memory."
        )
        return
    try:
        with files.local_path(item.original) as path:
            reading = _read(item, path, services.limits())
        _store(item, reading)
        if not MediaItem.objects.filter(pk=item_id).exists():
            # Deleted for good meanwhile: nobody else knows of these files.
            services.remove_files(reading.file_names)
    except FileRejected as rejected:
        services.mark_failed(item_id, rejected.message)
    except SoftTimeLimitExceeded:
        services.mark_failed(item_id, "Reading this file took too long and was stopped.")
    except FileNotFoundError:
        logger.exception("The original of %s is missing", item_id)
        services.mark_failed(item_id, "The stored file is missing. Upload it again.")
    except OSError as error:
        logger.exception("Storage failed while reading %s", item_id)
        services.mark_failed(item_id, f"Storage failed: {error.strerror or error}. Try again once that is mended.")
    except Exception:
        logger.exception("Could not read %s", item_id)
        services.mark_failed(item_id, "This file could not be read, for a reason we did not expect. Try again.")


@dataclass(frozen=True)
class Reading:
    probe: Probe
    segments: list[Segment]
    preview: str
    thumbnail: str
    public_copy: str

    @property
    def file_names(self) -> list[str]:
        return [self.preview, self.thumbnail, self.public_copy, *(segment.picture.name for segment in self.segments)]


def _read(item: MediaItem, path: Path, limits: Limits) -> Reading:
    last = time.monotonic()

    def alive(progress: float) -> None:
        nonlocal last
        if time.monotonic() - last > RENEW_EVERY:
            services.renew([item.pk], progress)
            last = time.monotonic()

    folder = f"derived/{item.pk.hex[:2]}/{item.pk.hex}"
    sniffed = formats.sniff(path)
    probe = formats.probe(path, sniffed, limits)
    segments = []
    for cut in formats.cuts(path, probe, limits, alive):
        name = files.store_bytes(f"{folder}/segment-{cut.ordinal}.webp", formats.encode_picture(cut.picture))
        segments.append(
            Segment(
                item=item,
                kind=SegmentKind.FRAME if cut.start is not None else SegmentKind.IMAGE,
                ordinal=cut.ordinal,
                start=cut.start,
                end=cut.end,
                picture=name,
            )
        )
    poster = formats.render(path, probe, limits)
    preview = files.store_bytes(f"{folder}/preview.webp", formats.encode_picture(poster))
    poster.thumbnail((limits.thumbnail_px, limits.thumbnail_px), Image.Resampling.LANCZOS)
    thumbnail = files.store_bytes(f"{folder}/thumbnail.webp", formats.encode_picture(poster))
    return Reading(probe, segments, preview, thumbnail, _public_copy(path, probe, folder))


def _public_copy(path: Path, probe: Probe, folder: str) -> str:
    with tempfile.TemporaryDirectory(prefix="sightline-") as work:
        copy = Path(work) / f"public{path.suffix}"
        return files.store_path(f"{folder}/{copy.name}", copy) if formats.public_copy(path, probe, copy) else ""


def _store(item: MediaItem, reading: Reading) -> None:
    """All of a reading, or nothing, in one transaction. Segments it replaces lose their vectors with them."""
    probe = reading.probe
    with transaction.atomic():
        # Locked and read anew: its words may have been edited, or it may have been deleted, meanwhile.
        item = MediaItem.objects.select_for_update().filter(pk=item.pk, status=Status.SEGMENTING).first()
        if item is None:
            return
        item.segments.all().delete()
        for segment in reading.segments:
            segment.item = item
        Segment.objects.bulk_create([*reading.segments, services.words_segment(item)])
        item.mime_type = probe.mime_type
        item.width, item.height, item.duration = probe.width, probe.height, probe.duration
        item.captured_at, item.camera = probe.captured_at, probe.camera
        item.preview, item.thumbnail, item.public_copy = (
            reading.preview,
            reading.thumbnail,
            reading.public_copy,
        )
        item.status, item.failure, item.progress, item.attempts = Status.EMBEDDING, "", 0, 0
        item.lease_until = None
        item.save()
        transaction.on_commit(lambda: items_segmented.send(MediaItem, item_ids=[item.pk]))
