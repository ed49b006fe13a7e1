"""Reading documents without being asked, for those who want it: by the reader alone, so nothing is sent anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from media_library.extracting import runs
from media_library.extracting.offers import FITTING
from media_library.models import DocumentKind, Extraction, ExtractionKind, MediaItem, UnaskedExtraction

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

logger = logging.getLogger(__name__)


def wishes(user: AbstractBaseUser | AnonymousUser) -> frozenset[str]:
    """The kinds of extraction that `user` wants unasked."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(UnaskedExtraction.objects.filter(owner=user).values_list("kind", flat=True))


def wish(user: AbstractBaseUser, kinds: Iterable[str]) -> None:
    """From now on have what is recognised as these kinds read unasked, and no others. Raises NotExtractable."""
    wanted = frozenset(kinds)
    if unknown := wanted - frozenset(ExtractionKind):
        raise runs.NotExtractable(f"“{min(unknown)[:40]}” cannot be read. Choose among: {', '.join(ExtractionKind)}.")
    with transaction.atomic():
        UnaskedExtraction.objects.filter(owner=user).exclude(kind__in=wanted).delete()
        UnaskedExtraction.objects.bulk_create(
            [UnaskedExtraction(owner=user, kind=kind) for kind in sorted(wanted)], ignore_conflicts=True
        )


def start(item: MediaItem) -> Extraction | None:
    """Have `item`, which was just recognised, read if its owner wants that; None where nothing is to be read."""
    kind = FITTING.get(DocumentKind(item.document_kind)) if item.document_kind else None
    if kind is None or not UnaskedExtraction.objects.filter(owner=item.owner_id, kind=kind).exists():
        return None
    if Extraction.objects.filter(item=item, kind=kind).exists():
        return None
    try:
        return runs.ask_for(item.owner, item, runs.READER, kind)
    except runs.NotExtractable as error:
        logger.info("%s is not read unasked: %s", item.pk, error)
        return None
