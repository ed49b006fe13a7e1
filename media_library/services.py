"""Every write to the library is a verb here, called alike by pages, admin, API, commands and tasks."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, DurationField, Expression, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from media_library import fetching, files, leases, queue, troubles
from media_library.formats import sniff
from media_library.formats.base import FileRejected, Limits
from media_library.models import (
    MAX_ATTEMPTS,
    Import,
    ImportState,
    Kind,
    MediaItem,
    Priority,
    Segment,
    SegmentKind,
    Status,
    TextState,
    Visibility,
    original_path,
)
from media_library.names import clean_name
from media_library.queue import wake_readers, wake_text_readers
from media_library.signals import items_segmented

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

logger = logging.getLogger(__name__)

MAX_TAGS = 50

REST, SHORT_REST = timedelta(seconds=30), timedelta(seconds=2)
"""How long an item rests that could not be worked on for no fault of its own: a full disk stays full for a while, a
database that this can be written to is back."""

FEW = 20
"""Up to so many items that somebody asks for at once are read before what imports bring."""


@dataclass(frozen=True)
class Ingested:
    item: MediaItem
    created: bool
    """False where this owner had the same content already; it came back from the trash if it was there."""


def limits() -> Limits:
    return Limits(**settings.SIGHTLINE_LIMITS)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags as they are stored: lower case, single spaces, no duplicates, in the order given."""
    cleaned = (" ".join(str(tag).lower().replace(",", " ").split())[:60] for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))[:MAX_TAGS]


# --- In --------------------------------------------------------------------------------------------------


def ingest_file(
    owner: AbstractBaseUser,
    file: BinaryIO | File,
    name: str,
    *,
    title: str = "",
    caption: str = "",
    tags: Sequence[str] = (),
    visibility: str = Visibility.PRIVATE,
    credit: str = "",
    source_url: str = "",
    batch: Import | None = None,
) -> Ingested:
    """Take a file into `owner`'s library; the worker reads it after commit.

    What belongs to a `batch` is read after what does not, and rests while the batch is paused.
    Raises FileRejected, with a sentence for the user, for what is empty, too large or of no known type, or of a
    `batch` that was cancelled.
    """
    with files.received(file, limits().max_bytes) as got:
        sniffed = sniff(got.path)
        known = _known(owner, got.sha256, batch)
        if known:
            return Ingested(known, created=False)
        item = MediaItem(
            owner=owner,
            kind=Kind(sniffed.kind),
            visibility=Visibility(visibility),
            title=title.strip()[:300],
            caption=caption.strip()[:10_000],
            tags=clean_tags(tags),
            credit=credit.strip()[:500],
            source_url=source_url,
            original_name=clean_name(name),
            mime_type=sniffed.mime_type,
            size=got.size,
            sha256=got.sha256,
            batch=batch,
            priority=Priority.BULK if batch else Priority.NOW,
        )
        troubles.require_mounted()
        try:
            item.original = files.store_path(original_path(item, sniffed.extension), got.path)
            with transaction.atomic():
                # Read under a lock, so that an item cannot slip past somebody who pauses the import.
                item.held = batch is not None and _is_paused(batch)
                item.save(force_insert=True)
        except IntegrityError:
            files.remove([original_path(item, sniffed.extension)])
            # The same file came in twice at once, and the other one won.
            winner = _known(owner, got.sha256)
            if winner is None:
                raise FileRejected(
                    "deleted-meanwhile", "The same file was deleted for good in this very moment. Add it again."
                ) from None
            return Ingested(winner, created=False)
        except BaseException:
            # A part of it may have been written.
            files.remove([original_path(item, sniffed.extension)])
            raise
    transaction.on_commit(wake_readers)
    return Ingested(item, created=True)


def _is_paused(batch: Import) -> bool:
    """Whether what comes in has to wait; to be asked in the transaction that stores it. Raises FileRejected."""
    state = Import.objects.filter(pk=batch.pk).select_for_update(no_key=True).values_list("state", flat=True).first()
    if state == ImportState.CANCELLED:
        raise FileRejected("cancelled", "Its import was cancelled, so it was not taken in. Undo that on the jobs page.")
    return state == ImportState.PAUSED


def ingest_url(owner: AbstractBaseUser, url: str, **details: object) -> Ingested:
    """Fetch `url` and take what it holds in. Raises FetchRefused or FileRejected with a sentence."""
    with fetched(url) as (file, name):
        return ingest_file(owner, file, name, source_url=url, **details)


def fetched(url: str, max_bytes: int | None = None, deadline_s: float = 300) -> fetching.FetchedFile:
    """The file at `url`, on disk for as long as the context lasts, and its name. Raises FetchRefused on entering."""
    policy = fetching.FetchPolicy(
        max_bytes=max_bytes or limits().max_bytes,
        allowed_networks=tuple(settings.SIGHTLINE_FETCH_ALLOWED_NETWORKS),
        deadline_s=deadline_s,
    )
    return fetching.FetchedFile(url, policy)


def _known(owner: AbstractBaseUser, sha256: str, batch: Import | None = None) -> MediaItem | None:
    item = MediaItem.objects.filter(owner=owner, sha256=sha256).first()
    if item and item.deleted_at:
        if batch and item.in_progress:
            # Of an import that was cancelled: from now on it is this one's.
            with transaction.atomic():
                item.batch, item.held = batch, _is_paused(batch)
                MediaItem.objects.filter(pk=item.pk).update(batch=item.batch, held=item.held)
        restore_items(MediaItem.objects.filter(pk=item.pk))
        # None where it was deleted for good in the same moment.
        item = MediaItem.objects.filter(pk=item.pk).first()
    return item


# --- Curating --------------------------------------------------------------------------------------------


def update_item(item: MediaItem, **changes: object) -> MediaItem:
    """Change title, caption, tags, credit, visibility or kind of document; what it is found by follows.

    Raises TypeError for any other field.
    """
    allowed = {"title", "caption", "tags", "credit", "visibility", "document_kind"}
    if unknown := changes.keys() - allowed:
        raise TypeError(f"update_item() cannot change {', '.join(sorted(unknown))}")
    if "tags" in changes:
        changes["tags"] = clean_tags(changes["tags"])
    for field, value in changes.items():
        setattr(item, field, value)
    with transaction.atomic():
        item.save(update_fields=[*changes, "updated_at"])
        if changes.keys() & {"title", "caption", "tags"}:
            refresh_words([item])
    return item


def tag_items(items: QuerySet[MediaItem], add: Sequence[str] = (), remove: Sequence[str] = ()) -> int:
    """Add and remove tags on many items at once; returns how many changed."""
    gone, new = set(clean_tags(remove)), clean_tags(add)
    changed = []
    with transaction.atomic():
        for item in items.select_for_update(of=("self",)).order_by("pk"):
            tags = clean_tags([tag for tag in item.tags if tag not in gone] + new)
            if tags != item.tags:
                item.tags = tags
                item.updated_at = timezone.now()
                changed.append(item)
        MediaItem.objects.bulk_update(changed, ["tags", "updated_at"], batch_size=500)
        refresh_words(changed)
    return len(changed)


def set_visibility(items: QuerySet[MediaItem], visibility: str) -> int:
    return items.update(visibility=Visibility(visibility), updated_at=timezone.now())


def delete_item(item: MediaItem) -> None:
    """Into the trash: gone from every page at once, restorable for SIGHTLINE_TRASH_DAYS days."""
    item.deleted_at = timezone.now()
    item.save(update_fields=["deleted_at", "updated_at"])


def delete_items(items: QuerySet[MediaItem]) -> int:
    """Many into the trash at once; returns how many."""
    now = timezone.now()
    return items.alive().update(deleted_at=now, updated_at=now)


def restore_items(items: QuerySet[MediaItem]) -> int:
    """Many out of the trash at once; returns how many."""
    count = items.trashed().update(deleted_at=None, updated_at=timezone.now())
    if count:
        transaction.on_commit(wake_readers)
    return count


def restore_item(item: MediaItem) -> None:
    item.deleted_at = None
    item.save(update_fields=["deleted_at", "updated_at"])
    transaction.on_commit(wake_readers)


def retry_items(items: QuerySet[MediaItem]) -> int:
    """Read failed items again from the start, and look again for text where that failed; returns how many items."""
    with transaction.atomic():
        texts = items.filter(text_state=TextState.FAILED).exclude(status=Status.FAILED)
        again = texts.update(text_state=TextState.WAITING, text_attempts=0, text_lease_until=None)
        if again:
            transaction.on_commit(wake_text_readers)
        return again + _start_over(items.failed())


def reprocess_items(items: QuerySet[MediaItem]) -> int:
    """Read items again, whatever their state, unless a worker has them in hand; returns how many."""
    return _start_over(items.unleased())


def _start_over(items: QuerySet[MediaItem]) -> int:
    with transaction.atomic():
        ids = list(items.select_for_update(of=("self",)).values_list("pk", flat=True))
        MediaItem.objects.filter(pk__in=ids).update(
            status=Status.WAITING,
            failure="",
            progress=0,
            attempts=0,
            lease_until=None,
            finished_at=None,
            held=False,
            priority=Priority.NOW if len(ids) <= FEW else Priority.BULK,
        )
        if ids:
            transaction.on_commit(wake_readers)
    return len(ids)


def purge_trash(older_than: timedelta | None = None) -> int:
    """Remove for good what has lain in the trash for SIGHTLINE_TRASH_DAYS days; returns how many items."""
    older_than = timedelta(days=settings.SIGHTLINE_TRASH_DAYS) if older_than is None else older_than
    return destroy_items(MediaItem.objects.trashed().filter(deleted_at__lt=timezone.now() - older_than))


def destroy_items(items: QuerySet[MediaItem]) -> int:
    """Delete rows and, once that is committed, their files; returns how many items."""
    count = 0
    for item in items.select_related(None).only("pk", "original").iterator(chunk_size=500):
        key, original = item.pk, item.original.name
        with transaction.atomic():
            # Nobody stores a vector of it any more, once it is locked: the deletion would not know of that one.
            list(MediaItem.objects.filter(pk=key).select_for_update(of=("self",)).order_by().values_list("pk"))
            item.delete()
            transaction.on_commit(partial(_remove_all_files, key, original))
        count += 1
    return count


def _remove_all_files(item_id: UUID, original: str) -> None:
    files.remove([original])
    files.clean(files.derived_folder(item_id))


# --- Words about an item ---------------------------------------------------------------------------------


def file_name_words(name: str) -> str:
    """The words of a file name: ``IMG_2031-catPlay1.mp4`` → ``IMG 2031 cat Play 1``.

    Postgres' parser would take the whole name for one token of type "file".
    """
    stem = name.rsplit(".", 1)[0]
    parts = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+|[^\W\d_]+", stem)
    return " ".join(parts)


def words_segment(item: MediaItem) -> Segment:
    """The segment by which an item is found by what is said about it."""
    return Segment(
        item=item,
        kind=SegmentKind.WORDS,
        ordinal=0,
        heading=item.title,
        text="\n".join(
            filter(None, [item.caption, ", ".join(item.tags), item.said, file_name_words(item.original_name)])
        ),
    )


def refresh_words(items: Sequence[MediaItem]) -> None:
    """Replace the words segments of `items`, where they have segments, and let them be embedded anew."""
    with transaction.atomic():
        # As they are now: somebody else may have edited them, or a worker may just have read them.
        read = MediaItem.objects.filter(pk__in=[item.pk for item in items], status__in=(Status.EMBEDDING, Status.READY))
        current = list(read.select_for_update(of=("self",)).order_by("pk"))
        ids = [item.pk for item in current]
        if ids:
            Segment.objects.filter(item_id__in=ids, kind=SegmentKind.WORDS).delete()
            Segment.objects.bulk_create([words_segment(item) for item in current])
            MediaItem.objects.filter(pk__in=ids).update(status=Status.EMBEDDING, progress=0, attempts=0)
            transaction.on_commit(lambda: items_segmented.send(MediaItem, item_ids=ids))
    for item in items:
        if item.pk in ids:
            item.status = Status.EMBEDDING


# --- What the pipeline writes ----------------------------------------------------------------------------


def claim(items: QuerySet[MediaItem], limit: int, **changes: object) -> list[UUID]:
    """Take up to `limit` of `items` in hand for a lease; no two workers get the same one."""
    with transaction.atomic():
        ids = list(
            items.unleased().select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:limit]
        )
        now = timezone.now()
        # Until it is given back, `updated_at` says since when it is in hand.
        MediaItem.objects.filter(pk__in=ids).update(
            lease_until=lease(F("attempts") + 1), attempts=F("attempts") + 1, updated_at=now, **changes
        )
    return ids


def lease(attempt: Expression) -> Expression:
    """Until when a worker has an item in hand at its first, second, … attempt.

    Each is longer by a lease, so that what kills its workers is tried more and more rarely, and a worker that is killed
    again and again for other reasons is no item's fault.
    """
    length = ExpressionWrapper(Value(leases.length()) * attempt, output_field=DurationField())
    return ExpressionWrapper(Value(timezone.now()) + length, output_field=DateTimeField())


def renew(item_ids: Sequence[UUID], progress: float | None = None) -> None:
    """Keep items in hand for another lease, noting how far the work is (0 to 1); not what was given back meanwhile."""
    changes = {} if progress is None else {"progress": progress}
    with transaction.atomic():
        ids = lock_unlocked(MediaItem.objects.filter(pk__in=item_ids, lease_until__isnull=False))
        MediaItem.objects.filter(pk__in=ids).update(lease_until=lease(Greatest(F("attempts"), 1)), **changes)


def lock_unlocked(items: QuerySet[MediaItem]) -> list[UUID]:
    """Lock those of `items` that nobody else is just changing, for the rest of the transaction; returns their ids.

    For workers, which have many in hand: what they leave out they find again. Whoever waits for the lock of one while
    holding that of another is sooner or later waited for.
    """
    locked = items.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by()
    return list(locked.values_list("pk", flat=True))


def await_vectors(items: QuerySet[MediaItem]) -> list[UUID]:
    """Read items among `items` wait for vectors again, unless a worker has them in hand; returns their ids."""
    with transaction.atomic():
        read = items.unleased().filter(status__in=(Status.EMBEDDING, Status.READY))
        ids = list(read.select_for_update(of=("self",)).values_list("pk", flat=True))
        MediaItem.objects.filter(pk__in=ids).update(status=Status.EMBEDDING, progress=0, attempts=0)
    return ids


def await_words(item_id: UUID) -> None:
    """An item has got new words: they want vectors. What is still being read has to come first."""
    changed = MediaItem.objects.filter(pk=item_id, status__in=(Status.EMBEDDING, Status.READY)).update(
        status=Status.EMBEDDING, progress=0, attempts=0
    )
    if changed:
        transaction.on_commit(lambda: items_segmented.send(MediaItem, item_ids=[item_id]))


def mark_ready(items: QuerySet[MediaItem]) -> int:
    """`items` have every vector they should have; returns how many of them became ready by it."""
    with transaction.atomic():
        return MediaItem.objects.filter(pk__in=lock_unlocked(items.filter(status=Status.EMBEDDING))).update(
            status=Status.READY,
            failure="",
            progress=1,
            attempts=0,
            lease_until=None,
            finished_at=Coalesce("finished_at", timezone.now()),
        )


def mark_failed(item_id: UUID, reason: str, **still: object) -> bool:
    """Call an item failed, where its fields are `still` as the caller knows them; says whether they were."""
    changed = MediaItem.objects.filter(pk=item_id, **still).update(
        status=Status.FAILED, failure=reason, lease_until=None, finished_at=timezone.now()
    )
    return bool(changed)


def set_aside(items: QuerySet[MediaItem], reason: str, rest: timedelta = REST, **changes: object) -> None:
    """Give items back that could not be worked on for no fault of their own: that attempt does not count.

    They rest for a while, so that others are tried, and `reason` is what their owners are told meanwhile.
    """
    items.filter(attempts__gt=0).update(
        failure=reason, lease_until=timezone.now() + rest, attempts=F("attempts") - 1, progress=0, **changes
    )


def fail_exhausted(items: QuerySet[MediaItem], reason: str) -> int:
    """Call those of `items` failed that were taken up MAX_ATTEMPTS times in vain; returns how many."""
    worn_out = items.unleased().filter(attempts__gte=MAX_ATTEMPTS)
    return worn_out.update(status=Status.FAILED, failure=reason, finished_at=timezone.now())


def release(item_ids: Sequence[UUID], **changes: object) -> None:
    """Give items back, untouched but for `changes`, for whoever comes next."""
    with transaction.atomic():
        ids = lock_unlocked(MediaItem.objects.filter(pk__in=item_ids))
        MediaItem.objects.filter(pk__in=ids).update(lease_until=None, **changes)


def wake_for_stranded() -> int:
    """Wake the workers for what a killed one or a lost message left behind; returns how many items are due."""
    unread = MediaItem.objects.to_read().count()
    if unread:
        queue.wake_anew(queue.READ)
    texts = MediaItem.objects.text_to_read().count()
    if texts:
        queue.wake_anew(queue.READ_TEXT)
    return unread + texts
