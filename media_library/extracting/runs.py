"""Extractions: asked for by somebody, read by a worker, kept whoever read them.

Each has a lease, like everything that workers do. While a model is away, or a person's limit for the day is reached,
one rests and says why; it goes on by itself. What was read is stored page by page: a long document lets others go first
after a while, and goes on where it was.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from media_library import leases, lmm, ocr, troubles
from media_library.extracting import invoices, prompts, readings, works
from media_library.extracting.readings import READER, of, providers
from media_library.extracting.works import Work
from media_library.extraction.schemas import Invoice as Read
from media_library.extraction.schemas import Mark
from media_library.formats.base import FileRejected
from media_library.lmm.base import Away, LmmError, OverBudget, Picture, Request
from media_library.models import (
    MAX_ATTEMPTS,
    Extraction,
    ExtractionKind,
    ExtractionState,
    Kind,
    MediaItem,
    Segment,
    SegmentKind,
    Status,
)
from media_library.queue import stopping, wake, wake_anew
from media_library.text_reading import Pictures

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from pydantic import BaseModel

logger = logging.getLogger(__name__)

EXTRACT, ASK = "media_library.tasks.extract_pending", "media_library.tasks.extract_by_model_pending"
"""The tasks that have the reader, and a model, read what waits: the one computes, the other waits for somebody else."""
WORK_FOR = 60.0
"""Seconds after which a worker asks for its next message, so that it can be recycled or stopped."""
LEASE = timedelta(minutes=15)
"""Long enough for a machine that does other things; a thread renews it while there is work."""
REST, LONG_REST = timedelta(seconds=30), timedelta(minutes=15)
"""How long one rests while the model or the storage is away, and while only a new day helps."""

NOTHING = works.of(ExtractionKind.INVOICE).nothing
MOST_NOTES = 5
"""Pages of which it is said why they could not be read."""


class NotExtractable(ValueError):
    """The message is a sentence for the user."""


class _Unfinished(Exception):
    """There are further pages, and others are to go first."""


# --- What people ask for ---------------------------------------------------------------------------------


def ask_for(
    user: AbstractBaseUser, item: MediaItem, provider: str = "", kind: str = ExtractionKind.INVOICE
) -> Extraction:
    """Have a worker read a document of that kind out of `item`, which `user` may describe, as the caller has found.

    One that waits is the answer. Raises NotExtractable.
    """
    if kind not in ExtractionKind:
        raise NotExtractable(f"“{kind[:40]}” cannot be read. Choose one of: {', '.join(ExtractionKind)}.")
    provider = provider or providers()[-1]
    if provider not in providers():
        raise NotExtractable(f"“{provider[:40]}” is not set up here. Choose one of: {', '.join(providers())}.")
    if item.kind not in (Kind.IMAGE, Kind.DOCUMENT):
        raise NotExtractable(f"Only pictures and documents can be read as {works.of(kind).name}.")
    if item.status not in (Status.EMBEDDING, Status.READY):
        raise NotExtractable("It has not been read yet. Try again in a moment.")
    waiting = Extraction.objects.filter(item=item, kind=kind, provider=provider, state=ExtractionState.WAITING)
    with transaction.atomic():
        # Whoever asks at the same time waits here.
        MediaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        made = waiting.first() or Extraction.objects.create(item=item, kind=kind, provider=provider, asked_by=user)
        transaction.on_commit(partial(wake, EXTRACT if provider == READER else ASK))
    return made


def progress(extraction: Extraction) -> tuple[int, int]:
    """Pages that were read so far, and all of them; zeros before anything is known."""
    data = extraction.data if extraction.state == ExtractionState.WAITING else {}
    return data.get("pages_read") or 0, data.get("pages") or 0


def so_far(extraction: Extraction) -> BaseModel | None:
    """What one that waits has found on the pages that were read already, as it is kept meanwhile."""
    found = extraction.data.get("found")
    return works.of(extraction.kind).kept.model_validate(found) if found else None


# --- What a worker does ----------------------------------------------------------------------------------


def extract_pending(*, by_model: bool = False) -> int:
    """Read what waits for the reader, or for a model; returns how many extractions ended."""
    until, done = time.monotonic() + WORK_FOR, 0
    while time.monotonic() < until and not stopping():
        if (extraction := _claim(by_model)) is None:
            return done
        done += _extract(extraction, until)
    wake(ASK if by_model else EXTRACT)
    return done


def wake_for_due() -> None:
    """Wake the workers for what rested, or was left behind by a killed one."""
    for by_model, task in ((False, EXTRACT), (True, ASK)):
        if _due(by_model).exists():
            wake_anew(task)


def _due(by_model: bool) -> QuerySet[Extraction]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    due = Extraction.objects.filter(free, state=ExtractionState.WAITING, item__deleted_at__isnull=True)
    return due.exclude(provider=READER) if by_model else due.filter(provider=READER)


def _claim(by_model: bool) -> Extraction | None:
    # Those that nobody has had in hand, then the one that was left longest ago.
    order = (F("lease_until").asc(nulls_first=True), "pk")
    with transaction.atomic():
        found = _due(by_model).select_for_update(of=("self",), skip_locked=True).order_by(*order).first()
        if found:
            found.attempts, found.lease_until = found.attempts + 1, timezone.now() + LEASE
            found.save(update_fields=["attempts", "lease_until"])
    return found


def _extract(extraction: Extraction, until: float) -> int:
    if extraction.attempts > MAX_ATTEMPTS and not _skips(extraction):
        return _end(extraction, ExtractionState.FAILED, "Reading it failed several times. Ask for it again.")
    work = works.of(extraction.kind)
    extraction.problem = _notes(extraction)
    try:
        with leases.kept(lambda: _renew(extraction)):
            by_page = extraction.provider == READER or work.by_model
            found = _paged(extraction, work, until) if by_page else _whole(extraction)
    except _Unfinished:
        return _rest(extraction, timedelta(0), extraction.problem)
    except (Away, OverBudget) as error:
        return _rest(extraction, LONG_REST if isinstance(error, OverBudget) else REST, error.message)
    except LmmError as error:
        return _end(extraction, ExtractionState.FAILED, error.message)
    except (FileRejected, OSError, SoftTimeLimitExceeded) as error:
        if isinstance(error, OSError) and troubles.of_storage(error):
            return _rest(extraction, REST, troubles.meanwhile(error))
        logger.warning("Extraction %s failed: %s", extraction.pk, error)
        return _end(extraction, ExtractionState.FAILED, "Its pages cannot be read.")
    if found.is_empty:
        return _end(extraction, ExtractionState.EMPTY, " ".join(filter(None, (work.nothing, extraction.problem))))
    extraction.data = found.model_dump(mode="json")
    with transaction.atomic():
        # First, as whoever drops what was read does: in another order each would wait for the other.
        readings.hold(extraction)
        if ended := _end(extraction, ExtractionState.DONE, extraction.problem):
            readings.take(extraction)
    return ended


# --- As a whole ------------------------------------------------------------------------------------------


def _whole(extraction: Extraction) -> Read:
    """An invoice by a model."""
    begun, item = time.monotonic(), extraction.item
    request = prompts.invoice_of(item)
    extraction.prompt, extraction.model = prompts.INVOICE, lmm.model_name()
    found = invoices.by_model(lmm.ask(_asker(extraction), request, fresh=_fresh(extraction)).data)
    found.marks = [mark for mark in (_not_shown(item, request),) if mark]
    extraction.seconds = time.monotonic() - begun
    return invoices.checked(found)


def _not_shown(item: MediaItem, request: Request) -> Mark | None:
    """That a model saw only some of the pages."""
    shown = sum(isinstance(part, Picture) for turn in request.turns for part in turn.parts)
    if (item.pages or 1) <= max(shown, 1):
        return None
    said = f"The model was shown {shown} of its {item.pages} pages, and as much of their text as fits into a question."
    return Mark(code="pages", message=f"{said} The reader reads them all.")


# --- Page by page ----------------------------------------------------------------------------------------


def _paged(extraction: Extraction, work: Work, until: float) -> BaseModel:
    """What all pages show, from the page on that is to be read next. Raises _Unfinished where there are more."""
    item, user = extraction.item, _asker(extraction)
    pages = pages_of(item)
    found = so_far(extraction)
    if found is None:
        found, extraction.data = work.kept(), {}
    notes = list(extraction.data.get("notes", ()))
    first = extraction.data.get("pages_read", 0)
    total = item.pages or len(pages)
    if total > len(pages) and not notes:
        notes.append(f"Only {len(pages)} of its {total} pages can be looked through.")
    failed = extraction.data.get("failed", 0)
    with Pictures(item) as pictures:
        for at in range(first, len(pages)):
            if at > first and (time.monotonic() > until or stopping()):
                raise _Unfinished
            begun = time.monotonic()
            try:
                found = work.joined(found, _page(extraction, work, pictures, pages[at], user))
            except (Away, OverBudget):
                raise
            except (LmmError, FileRejected) as error:
                # The other pages may do.
                failed += 1
                if failed == len(pages):
                    raise
                if len(notes) < MOST_NOTES:
                    notes.append(f"Page {pages[at].page or at + 1} was left out. {error}")
            extraction.seconds = (extraction.seconds or 0) + time.monotonic() - begun
            said = {"notes": notes, "failed": failed, "found": found.model_dump(mode="json")}
            _tell(extraction, {"pages": len(pages), "pages_read": at + 1, **said})
        if extraction.provider == READER:
            begun, by_number = time.monotonic(), {page.page or 1: page for page in pages}
            reader = ocr.load(settings.SIGHTLINE_OCR)
            found = work.finished(found, lambda number: pictures.of(by_number[number]), reader)
            extraction.seconds = (extraction.seconds or 0) + time.monotonic() - begun
    extraction.problem = " ".join(notes)
    return found


def pages_of(item: MediaItem) -> list[Segment]:
    """What an item looks like, page by page."""
    kinds = (SegmentKind.IMAGE, SegmentKind.PAGE)
    found = item.segments.filter(kind__in=kinds).defer("words", "lines").order_by("page", "ordinal")
    return list(found[: works.LONGEST])


def _skips(extraction: Extraction) -> bool:
    """Leave out the page that workers are lost on, where others of the document were read."""
    data = extraction.data
    if "found" not in data or data["pages_read"] >= data["pages"]:
        return False
    at = data["pages_read"]
    note = f"Page {at + 1} was left out. Reading it failed several times."
    notes = [*data["notes"], note][:MOST_NOTES]
    _tell(extraction, {**data, "notes": notes, "failed": data["failed"] + 1, "pages_read": at + 1})
    return True


def _page(
    extraction: Extraction, work: Work, pictures: Pictures, segment: Segment, user: AbstractBaseUser
) -> BaseModel:
    number = segment.page or 1
    if extraction.provider == READER:
        return work.by_page(pictures.of(segment), ocr.load(settings.SIGHTLINE_OCR), number)
    assert work.by_model is not None
    extraction.prompt, extraction.model = work.prompt, lmm.model_name()
    request = prompts.page_of(extraction.item, segment, extraction.kind, work.prompt, work.schema)
    return work.by_model(lmm.ask(user, request, fresh=_fresh(extraction)).data, number)


# --- What it comes to ------------------------------------------------------------------------------------


def _asker(extraction: Extraction) -> AbstractBaseUser:
    return extraction.asked_by or extraction.item.owner


def _fresh(extraction: Extraction) -> bool:
    """Whether a reply that was kept is of no use: it was asked for before, and is wanted again."""
    before = Extraction.objects.filter(item=extraction.item_id, kind=extraction.kind, provider=extraction.provider)
    return extraction.attempts > 1 or before.filter(pk__lt=extraction.pk).exists()


def _notes(extraction: Extraction) -> str:
    """What is to be said of it so far, without why it rested."""
    return " ".join(extraction.data.get("notes", ()))


def _tell(extraction: Extraction, data: dict[str, Any]) -> None:
    """Store how far it is. Whoever gets a page further has not failed."""
    if data["pages_read"] < extraction.data.get("pages_read", 0):
        return
    extraction.data = data
    changed: dict[str, Any] = {"data": data, "seconds": extraction.seconds, "problem": ""}
    if "found" in data:
        changed["attempts"] = extraction.attempts = 1
    Extraction.objects.filter(pk=extraction.pk, state=ExtractionState.WAITING).update(**changed)


def _renew(extraction: Extraction) -> None:
    Extraction.objects.filter(pk=extraction.pk, state=ExtractionState.WAITING).update(
        lease_until=timezone.now() + LEASE
    )


def _rest(extraction: Extraction, rest: timedelta, why: str) -> int:
    """It failed at nothing, so this attempt does not count. What another worker has ended meanwhile stays as it is."""
    Extraction.objects.filter(pk=extraction.pk, state=ExtractionState.WAITING).update(
        attempts=Greatest(F("attempts") - 1, 0), lease_until=timezone.now() + rest, problem=why
    )
    return 0


_TOLD = ("state", "problem", "lease_until", "ended_at", "model", "prompt", "data", "seconds")


def _end(extraction: Extraction, state: ExtractionState, problem: str = "") -> int:
    """1, or 0 where it was dropped, or ended by another worker, meanwhile."""
    extraction.state, extraction.problem = state, problem
    extraction.lease_until, extraction.ended_at = None, timezone.now()
    extraction.model = extraction.model or extraction.provider
    if state != ExtractionState.DONE:
        # How far it was is of no interest any more.
        extraction.data = {}
    # Not save(), which would bring back what somebody dropped meanwhile.
    told = {name: getattr(extraction, name) for name in _TOLD}
    return Extraction.objects.filter(pk=extraction.pk, state=ExtractionState.WAITING).update(**told)


__all__ = [
    "READER",
    "NotExtractable",
    "ask_for",
    "extract_pending",
    "of",
    "pages_of",
    "progress",
    "providers",
    "wake_for_due",
]
