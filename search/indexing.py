"""Giving segments their vectors, of every encoder, in batches."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from PIL import Image

from media_library import hearing, leases, queue, services, troubles
from media_library.formats.spectrograms import unpacked
from media_library.models import MAX_ATTEMPTS, MediaItem, Segment, Status
from media_library.querysets import MediaItemQuerySet
from search import background, calibration, holdings
from search.encoders import registry
from search.encoders.base import EncoderError, HearingEncoder
from search.models import Embedding, Encoder, EncoderState, Space
from search.spaces import completed, configured_encoders, configured_specs, is_at_hand, load, prepare

logger = logging.getLogger(__name__)

BATCH = 32
"""Segments encoded at once: beyond it a small tower gains nothing on a CPU, and progress shows in steps."""

ROUND = 512
"""Segments of the items in hand that are embedded before others get their turn, some seconds: a document may have
thousands."""

CLAIM = (32, 4, 1)
"""Items taken in hand at once: at their first attempt, at their second, and from then on."""

COMPLETE = "search.tasks.embed_missing"
"""The task that builds encoders."""

EMBED, EMBED_FOR = "search.tasks.embed_pending", 60.0
"""The task that embeds what waits, and the seconds after which it asks for its next message, so that its worker can be
recycled or stopped."""


def request_embedding(**kwargs: Any) -> None:
    """Wake the embedding worker. Losing this message loses nothing: the worker looks by itself now and then."""
    queue.wake(EMBED)


# --- Embedding -------------------------------------------------------------------------------------------


def embed_pending() -> int:
    """Embed what waits for it, most urgent first, for EMBED_FOR seconds; returns the number of new vectors."""
    configured_encoders()
    waiting = MediaItem.objects.to_embed()
    services.fail_exhausted(waiting, "Indexing this item failed several times. Try again.")
    until, made = time.monotonic() + EMBED_FOR, 0
    while time.monotonic() < until and not queue.stopping():
        item_ids = _claim(waiting.filter(attempts__lt=MAX_ATTEMPTS))
        if not item_ids:
            return made
        try:
            made += _embed_items(item_ids)
        except StorageAway as away:
            # The others would fare no better. The sweep asks again.
            logger.warning("The storage failed, so indexing waits: %s", away)
            services.set_aside(_in_hand(item_ids), str(away))
            return made
        except troubles.DATABASE as error:
            logger.warning("The database went away, so %s items are indexed again: %s", len(item_ids), error)
            with suppress(*troubles.DATABASE):
                connection.close()
                services.set_aside(_in_hand(item_ids), troubles.DATABASE_AWAY_MEANWHILE, services.SHORT_REST)
        except BaseException:
            services.release(item_ids)
            raise
    request_embedding()
    return made


def _claim(waiting: MediaItemQuerySet) -> list[UUID]:
    """Take what is due next in hand, with others of as many attempts: fewer each time, and at last alone, so that an
    item which kills its worker takes no other down with it."""
    attempts = waiting.unleased().values_list("attempts", flat=True).first()
    return services.claim(waiting.filter(attempts=attempts), CLAIM[min(attempts or 0, len(CLAIM) - 1)])


class StorageAway(Exception):
    """No picture can be read now, whichever it is; the message is a sentence for the user."""


def _in_hand(item_ids: Sequence[UUID]) -> QuerySet[MediaItem]:
    return MediaItem.objects.filter(pk__in=item_ids, status=Status.EMBEDDING, lease_until__isnull=False)


def embed_missing() -> int:
    """Give every encoder the vectors that ready items miss, for EMBED_FOR seconds; one that is complete then serves, or
    stands by.

    Returns the number of new vectors. What waits to be found at all goes first. Looks at every segment, so it is for
    now and then.
    """
    configured_encoders()
    until, made = time.monotonic() + EMBED_FOR, 0

    def note(count: int) -> None:
        nonlocal made
        made += count

    def others_first() -> bool:
        return queue.stopping() or MediaItem.objects.to_embed().unleased().exists()

    for encoder in _at_hand():
        if not complete(encoder, note, lambda: time.monotonic() > until or others_first()):
            if not queue.stopping():
                # Behind whatever was asked for meanwhile.
                queue.wake(COMPLETE)
            break
    return made


def complete(encoder: Encoder, tell: Callable[[int], object], stopping: Callable[[], bool] = lambda: False) -> bool:
    """Make the vectors that ready items miss, and what else has vectors; `encoder` then serves, or stands by.

    Whether nothing is left to do here: what others have in hand is theirs, and an encoder waits for that. `tell` is
    told how many were made each time, and `stopping` asked after that. Raises EncoderError and StorageAway.
    """
    prepare(encoder)
    due = encoder.missing().filter(item__status=Status.READY).order_by("pk")
    while made := _embed(encoder, due[:ROUND]):
        tell(made)
        if stopping():
            return False
    for holding in holdings.known():
        while made := holding.embed(encoder, ROUND):
            tell(made)
            if stopping():
                return False
    calibration.refresh(encoder)
    if (encoder.state == EncoderState.BUILDING or encoder.takes_over) and not holdings.missing(encoder):
        completed(encoder)
    else:
        # Of an encoder that served before there was anything of that kind.
        holdings.build_indexes(encoder)
    return True


def _at_hand() -> Iterator[Encoder]:
    """Those that vectors can be made of now: what serves first. One that is being built and fails stops no other."""
    wanted = Encoder.objects.wanted().filter(space__in=configured_specs())
    for encoder in sorted(filter(is_at_hand, wanted), key=lambda each: each.state != "active"):
        try:
            prepare(encoder)
        except EncoderError as error:
            if encoder.state == EncoderState.ACTIVE:
                raise
            logger.warning("%s cannot be built: %s", encoder, error)
        else:
            yield encoder


def _embed_items(item_ids: Sequence[UUID]) -> int:
    made, cut_off, done = 0, False, MediaItem.objects.filter(pk__in=item_ids)
    for encoder in _at_hand():
        # The first of each item, then the second: what is small is ready soon, whatever is in hand beside it.
        due = encoder.missing().filter(item_id__in=item_ids).order_by("ordinal", "pk")[:ROUND]
        with leases.kept(lambda: services.renew(item_ids)):
            of_this = _embed(encoder, due)
        made, cut_off = made + of_this, cut_off or of_this == ROUND
        done = done.exclude(Exists(encoder.missing().filter(item_id=OuterRef("pk"))))
    services.mark_ready(done)
    # Whatever was edited meanwhile is pending anew and is claimed by the next round. What has had its turn and needs
    # more of them has failed at nothing.
    services.release(item_ids, **({"attempts": 0} if cut_off else {}))
    return made


def reembed_items(items: QuerySet[MediaItem]) -> int:
    """Drop the vectors of `items` and have them made anew; returns how many items.

    Items that are still being read, have failed, or are in a worker's hands are left as they are. Vectors of encoders
    that are no longer at hand stay: nothing would make them again.
    """
    with transaction.atomic():
        ids = services.await_vectors(items)
        at_hand = [encoder for encoder in Encoder.objects.wanted() if is_at_hand(encoder)]
        Embedding.objects.filter(item_id__in=ids, encoder__in=at_hand).delete()
        transaction.on_commit(request_embedding)
    return len(ids)


def _embed(encoder: Encoder, segments: QuerySet[Segment]) -> int:
    made, rows = 0, segments.iterator(chunk_size=500)
    while batch := list(islice(rows, BATCH)):
        kept, vectors = _encode(encoder, batch)
        made += _store(encoder, kept, vectors, *_background(encoder, vectors))
    return made


def _background(encoder: Encoder, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    model = load(encoder.spec)
    means, spreads = background.against(
        vectors, background.vectors(registry.text_key_for(encoder.spec), model.encode_texts)
    )
    if encoder.space == Space.SOUND:
        # As like to anything at all as can be: no word makes it stand out.
        means = np.where(model.familiar(vectors), means, 1.0)
    return means, spreads


def _store(
    encoder: Encoder, segments: list[Segment], vectors: np.ndarray, means: np.ndarray, spreads: np.ndarray
) -> int:
    """Write one batch of vectors, (n, dimensions), for those segments that are still there."""
    with transaction.atomic():
        # The items are locked, so that an edit cannot take a segment away between this look and the write. Those that
        # somebody is just changing are left for the next round.
        items = services.lock_unlocked(MediaItem.objects.filter(pk__in={segment.item_id for segment in segments}))
        known = Segment.objects.filter(pk__in=[segment.pk for segment in segments], item__in=items)
        there = set(known.values_list("pk", flat=True))
        rows = [
            Embedding(
                encoder=encoder,
                segment=segment,
                item_id=segment.item_id,
                vector=vector,
                background_mean=mean,
                background_spread=spread,
            )
            for segment, vector, mean, spread in zip(segments, vectors, means, spreads, strict=True)
            if segment.pk in there
        ]
        Embedding.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _encode(encoder: Encoder, segments: list[Segment]) -> tuple[list[Segment], np.ndarray]:
    model = load(encoder.spec)
    if encoder.space == Space.TEXT:
        return segments, model.encode_texts([segment_text(segment) for segment in segments])
    if encoder.space == Space.SOUND:
        return _encode_sounds(model, segments, encoder.dimensions)
    kept, pictures = [], []
    for segment in segments:
        try:
            with default_storage.open(segment.picture.name) as file, Image.open(file) as picture:
                pictures.append(picture.convert("RGB"))
            kept.append(segment)
        except OSError as error:
            if troubles.of_storage(error):
                raise StorageAway(troubles.meanwhile(error)) from error
            logger.exception("The picture of segment %s cannot be read", segment.pk)
            services.mark_failed(segment.item_id, "A stored picture of this item is missing or damaged. Try again.")
    return kept, model.encode_images(pictures) if pictures else np.empty((0, encoder.dimensions), np.float32)


def _encode_sounds(model: HearingEncoder, segments: list[Segment], dimensions: int) -> tuple[list[Segment], np.ndarray]:
    kept, heard = [], []
    for segment in segments:
        try:
            with default_storage.open(segment.heard.name) as file:
                heard.append(unpacked(file.read()))
            kept.append(segment)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and troubles.of_storage(error):
                raise StorageAway(troubles.meanwhile(error)) from error
            logger.warning("What is heard in segment %s cannot be read, so it is heard anew: %s", segment.pk, error)
            hearing.hear_anew(segment)
    return kept, model.encode_sounds(heard) if heard else np.empty((0, dimensions), np.float32)


def segment_text(segment: Segment) -> str:
    """What the text space reads of a segment."""
    return "\n".join(filter(None, [segment.heading, segment.text]))
