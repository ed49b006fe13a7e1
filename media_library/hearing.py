"""Hearing stored sounds anew: those that were read before spectrograms were kept. Nothing else of them changes."""

from __future__ import annotations

import logging
import time
from uuid import uuid4

from media_library import files, services, troubles
from media_library.formats import sniff
from media_library.formats.base import FileRejected
from media_library.models import MediaItem, Segment, Status
from media_library.queue import stopping

logger = logging.getLogger(__name__)

HEAR_FOR = 30.0
"""Seconds after which whoever hears asks again, so that other work gets its turn."""


def hear_pending(seconds: float = HEAR_FOR) -> int:
    """Make the spectrograms that stretches of sound lack, for some seconds; returns how many stretches were heard.

    Can be killed, and run twice at once, without harm. A sound that cannot be decoded any more stays as it is, unheard.
    """
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until and not stopping():
        waiting = Segment.objects.unheard().filter(item__status=Status.READY)
        item_id = waiting.order_by("item_id").values_list("item_id", flat=True).first()
        if item_id is None:
            break
        try:
            count += _hear(MediaItem.objects.get(pk=item_id))
        except MediaItem.DoesNotExist:
            continue
        except OSError as error:
            if troubles.of_storage(error):
                logger.warning("The storage failed, so hearing waits: %s", error)
                break
            logger.warning("The original of %s cannot be read, so it is not heard: %s", item_id, error)
            Segment.objects.unheard().filter(item=item_id).update(unheard=False)
    return count


def hear_anew(segment: Segment) -> None:
    """Have a stretch heard again whose stored spectrogram is damaged or gone."""
    Segment.objects.filter(pk=segment.pk).update(heard="", unheard=True)


def _hear(item: MediaItem) -> int:
    """All stretches of one item; each is stored as soon as it is cut out."""
    from media_library.formats import sounds  # loads the codecs

    try:
        with files.local_path(item.original) as path:
            heard = sounds.hear(path, sniff(path).mime_type, services.limits())
    except FileRejected as rejected:
        logger.warning("%s is not heard: %s", item.pk, rejected.message)
        Segment.objects.unheard().filter(item=item).update(unheard=False)
        return 0
    place, count = f"{files.derived_folder(item.pk)}/{uuid4().hex[:8]}", 0
    for segment in item.segments.unheard().defer("words"):
        packed = sounds.stretch(heard, segment.start or 0.0, segment.end or item.duration or 0.0)
        name = files.store_bytes(f"{place}-sound-{segment.ordinal}.png", packed) if packed else ""
        # Gone, or heard by another, meanwhile: nobody else knows of this file.
        if not Segment.objects.unheard().filter(pk=segment.pk).update(heard=name, unheard=False) and name:
            files.remove([name])
        count += 1
    return count
