"""Extractions: asked for by somebody, read by a worker, kept whoever read them.

Each has a lease, like everything that workers do. While a model is away, or a person's limit for the day is reached,
one rests and says why; it goes on by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from media_library import leases, lmm, ocr, troubles
from media_library.extracting import invoices, prompts
from media_library.extraction.invoices import MAX_PAGES, read_pictures
from media_library.extraction.schemas import Invoice as Read
from media_library.formats.base import FileRejected
from media_library.lmm.base import Away, LmmError, OverBudget
from media_library.models import (
    MAX_ATTEMPTS,
    Extraction,
    ExtractionState,
    Kind,
    MediaItem,
    Segment,
    SegmentKind,
    Status,
)
from media_library.queue import stopping, wake
from media_library.text_reading import Pictures

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from PIL.Image import Image

logger = logging.getLogger(__name__)

EXTRACT, ASK = "media_library.tasks.extract_pending", "media_library.tasks.extract_by_model_pending"
"""The tasks that have the reader, and a model, read what waits: the one computes, the other waits for somebody else."""
WORK_FOR = 60.0
"""Seconds after which a worker asks for its next message, so that it can be recycled or stopped."""
LEASE = timedelta(minutes=15)
"""Longer than the limit of a task: fifty pages take some minutes."""
REST, LONG_REST = timedelta(seconds=30), timedelta(minutes=15)
"""How long one rests while the model or the storage is away, and while only a new day helps."""

READER = "reader"
NOTHING = "Nothing on it looks like an invoice or a receipt."


class NotExtractable(ValueError):
    """The message is a sentence for the user."""


# --- What people ask for ---------------------------------------------------------------------------------


def providers() -> list[str]:
    """Who can be asked: the reader, and the LMM that is set up."""
    return [READER, settings.SIGHTLINE_LMM] if lmm.remote() else [READER]


def ask_for(user: AbstractBaseUser, item: MediaItem, provider: str = "") -> Extraction:
    """Have a worker read an invoice or receipt out of `item`, which `user` may describe, as the caller has found.

    One that waits is the answer. Raises NotExtractable.
    """
    provider = provider or providers()[-1]
    if provider not in providers():
        raise NotExtractable(f"“{provider}” is not set up here. Choose one of: {', '.join(providers())}.")
    if item.kind not in (Kind.IMAGE, Kind.DOCUMENT):
        raise NotExtractable("Only pictures and documents can be read as an invoice.")
    if item.status not in (Status.EMBEDDING, Status.READY):
        raise NotExtractable("It has not been read yet. Try again in a moment.")
    waiting = Extraction.objects.filter(item=item, provider=provider, state=ExtractionState.WAITING)
    with transaction.atomic():
        # Whoever asks at the same time waits here.
        MediaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        made = waiting.first() or Extraction.objects.create(item=item, provider=provider, asked_by=user)
        transaction.on_commit(partial(wake, EXTRACT if provider == READER else ASK))
    return made


def of(item: MediaItem) -> QuerySet[Extraction]:
    return Extraction.objects.filter(item=item)


# --- What a worker does ----------------------------------------------------------------------------------


def extract_pending(*, by_model: bool = False) -> int:
    """Read what waits for the reader, or for a model; returns how many extractions ended."""
    until, done = time.monotonic() + WORK_FOR, 0
    while time.monotonic() < until and not stopping():
        if (extraction := _claim(by_model)) is None:
            return done
        done += _extract(extraction)
    wake(ASK if by_model else EXTRACT)
    return done


def _due(by_model: bool) -> QuerySet[Extraction]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    due = Extraction.objects.filter(free, state=ExtractionState.WAITING, item__deleted_at__isnull=True)
    return due.exclude(provider=READER) if by_model else due.filter(provider=READER)


def _claim(by_model: bool) -> Extraction | None:
    with transaction.atomic():
        found = _due(by_model).select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        if found:
            found.attempts, found.lease_until = found.attempts + 1, timezone.now() + LEASE
            found.save(update_fields=["attempts", "lease_until"])
    return found


def _extract(extraction: Extraction) -> int:
    if extraction.attempts > MAX_ATTEMPTS:
        return _end(extraction, ExtractionState.FAILED, "Reading it failed several times. Ask for it again.")
    begun = time.monotonic()
    read_by: Callable[[Extraction], Read] = _by_reader if extraction.provider == READER else _by_model
    try:
        with leases.kept(lambda: _renew(extraction)):
            found = read_by(extraction)
    except (Away, OverBudget) as error:
        return _rest(extraction, LONG_REST if isinstance(error, OverBudget) else REST, error.message)
    except LmmError as error:
        return _end(extraction, ExtractionState.FAILED, error.message)
    except (FileRejected, OSError, SoftTimeLimitExceeded) as error:
        if isinstance(error, OSError) and troubles.of_storage(error):
            return _rest(extraction, REST, troubles.meanwhile(error))
        logger.warning("Extraction %s failed: %s", extraction.pk, error)
        return _end(extraction, ExtractionState.FAILED, "Its pages cannot be read.")
    extraction.seconds = time.monotonic() - begun
    if found.is_empty:
        return _end(extraction, ExtractionState.EMPTY, NOTHING)
    extraction.data = found.model_dump(mode="json")
    with transaction.atomic():
        ended = _end(extraction, ExtractionState.DONE)
        invoices.take(extraction)
    return ended


def _by_reader(extraction: Extraction) -> Read:
    reader = ocr.load(settings.SIGHTLINE_OCR)
    with ExitStack() as stack:
        pictures = stack.enter_context(Pictures(extraction.item))
        return read_pictures([partial(_page, pictures, each) for each in pages_of(extraction.item)], reader)


def _page(pictures: Pictures, segment: Segment) -> Image:
    return pictures.of(segment)


def pages_of(item: MediaItem) -> list[Segment]:
    """What an item looks like, page by page."""
    kinds = (SegmentKind.IMAGE, SegmentKind.PAGE)
    return list(
        item.segments.filter(kind__in=kinds).defer("words", "lines").order_by("page", "ordinal")[: MAX_PAGES + 1]
    )


def _by_model(extraction: Extraction) -> Read:
    request = prompts.invoice_of(extraction.item)
    extraction.prompt, extraction.model = prompts.INVOICE, lmm.model_name()
    user = extraction.asked_by or extraction.item.owner
    return invoices.checked(invoices.by_model(lmm.ask(user, request, fresh=extraction.attempts > 1).data))


def _renew(extraction: Extraction) -> None:
    Extraction.objects.filter(pk=extraction.pk, state=ExtractionState.WAITING).update(
        lease_until=timezone.now() + LEASE
    )


def _rest(extraction: Extraction, rest: timedelta, why: str) -> int:
    """It failed at nothing, so this attempt does not count."""
    Extraction.objects.filter(pk=extraction.pk).update(
        attempts=F("attempts") - 1, lease_until=timezone.now() + rest, problem=why
    )
    return 0


def _end(extraction: Extraction, state: ExtractionState, problem: str = "") -> int:
    extraction.state, extraction.problem = state, problem
    extraction.lease_until, extraction.ended_at = None, timezone.now()
    extraction.model = extraction.model or extraction.provider
    extraction.save()
    return 1
