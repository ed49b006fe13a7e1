"""What was read of an item: who read it, which reading counts, and letting another one count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from media_library import lmm
from media_library.extracting import invoices
from media_library.models import Extraction, ExtractionKind, ExtractionState, Invoice, MediaItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

READER = "reader"
PERSON = "person"
"""The provider of what a person put right."""


def providers() -> list[str]:
    """Who can be asked: the reader, and the LMM that is set up."""
    return [READER, settings.SIGHTLINE_LMM] if lmm.remote() else [READER]


def of(item: MediaItem, kind: str = "") -> QuerySet[Extraction]:
    """All of `item`, newest first; of one kind where it is given."""
    found = Extraction.objects.filter(item=item)
    return found.filter(kind=kind) if kind else found


def visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Extraction]:
    """Those of items that `user` may see."""
    return Extraction.objects.filter(item__in=MediaItem.objects.visible_to(user).order_by().values("pk"))


def chosen(item: MediaItem, kind: str) -> Extraction | None:
    """The one that counts."""
    if kind == ExtractionKind.INVOICE:
        invoice = Invoice.objects.select_related("extraction").filter(item=item).first()
        return invoice.extraction if invoice else None
    return of(item, kind).filter(chosen=True).first()


def who(extraction: Extraction) -> str:
    """Who read it, for people: “the reader”, “a person”, the model's name."""
    known = {READER: "the reader", PERSON: "a person"}
    return known.get(extraction.provider) or extraction.model or extraction.provider


def take(extraction: Extraction) -> None:
    """Let what was just read count, where nothing does yet. An Invoice has rules of its own."""
    if extraction.kind == ExtractionKind.INVOICE:
        invoices.take(extraction)
        return
    with transaction.atomic():
        hold(extraction)
        there = Extraction.objects.filter(item=extraction.item_id, kind=extraction.kind, chosen=True)
        if not there.exists():
            _mark(extraction)


def choose(extraction: Extraction) -> None:
    """Let this one count from now on. What stays of an invoice that a person put right is said in `invoices.take`."""
    if extraction.state != ExtractionState.DONE:
        raise ValueError("Only what was read can count.")
    if extraction.kind == ExtractionKind.INVOICE:
        invoices.take(extraction, anyway=True)
        return
    with transaction.atomic():
        hold(extraction)
        same = Extraction.objects.filter(item=extraction.item_id, kind=extraction.kind, chosen=True)
        same.exclude(pk=extraction.pk).update(chosen=False)
        _mark(extraction)


def hold(extraction: Extraction) -> bool:
    """Whoever chooses, or drops, for the same item at the same time waits; False where the item is gone."""
    return MediaItem.objects.select_for_update(no_key=True).filter(pk=extraction.item_id).exists()


def _mark(extraction: Extraction) -> None:
    Extraction.objects.filter(pk=extraction.pk).update(chosen=True)
    extraction.chosen = True


def forget(item: MediaItem, kind: str) -> None:
    """It shows none: what was read of this kind is dropped, the item stays."""
    if kind == ExtractionKind.INVOICE:
        invoices.forget(item)
        return
    with transaction.atomic():
        # What a worker has just read, or a person put right, is there by then.
        MediaItem.objects.select_for_update(no_key=True).filter(pk=item.pk).exists()
        of(item, kind).delete()
