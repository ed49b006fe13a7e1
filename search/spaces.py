"""Which encoder serves a space, and changing it while search goes on.

A new one is built up beside the one that serves, gets an index once it has every vector, and takes its place in one
transaction. The one before it stands by and gets vectors of what comes in, so that going back is instant, until it is
removed. The settings name the first encoder of a space, and a change of them starts such a change; after that,
whoever activates another one has the last word until the settings change again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from media_library.models import Status
from media_library.templatetags.sightline import timecode
from search import holdings
from search.encoders import registry
from search.encoders.base import EncoderError
from search.models import Embedding, Encoder, EncoderState, Space

SETTINGS = {
    Space.VISUAL: "SIGHTLINE_VISUAL_ENCODER",
    Space.TEXT: "SIGHTLINE_TEXT_ENCODER",
    Space.SOUND: "SIGHTLINE_SOUND_ENCODER",
}
"""The setting that names the encoder of each space."""

OFF = "off"
"""What the setting of sounds says where none are to be heard."""

HNSW = {"m": 16, "ef_construction": 100}

REMOVED_AT_ONCE = 5000
"""Vectors in one statement: short enough to hold nobody up."""


class NotNow(Exception):
    """An encoder cannot be added, activated or removed as things are; the message is a sentence for people."""


# --- Serving ---------------------------------------------------------------------------------------------

_instead: ContextVar[Encoder | None] = ContextVar("instead", default=None)


def serving() -> dict[str, Encoder]:
    """The encoder of each space that search uses now. To be asked once per request, so that none sees two."""
    rows = Encoder.objects.filter(state=EncoderState.ACTIVE, space__in=configured_specs())
    active = {encoder.space: encoder for encoder in rows}
    instead = _instead.get()
    return {**active, instead.space: instead} if instead else active


@contextmanager
def as_if_serving(encoder: Encoder) -> Iterator[None]:
    """Within the context, and nowhere else, search uses `encoder` in its space."""
    token = _instead.set(encoder)
    try:
        yield
    finally:
        _instead.reset(token)


# --- In memory -------------------------------------------------------------------------------------------


def load(spec: str) -> Any:
    """The encoder of `spec`, loaded once per process."""
    return registry.load(spec, threads=settings.SIGHTLINE_ENCODER_THREADS)


def is_at_hand(encoder: Encoder) -> bool:
    """Whether what `encoder` names is still what made its vectors: weights can be replaced, or go away."""
    try:
        return registry.key_for(encoder.spec) == encoder.key
    except EncoderError:
        return False


def warm() -> None:
    """Load what queries will need, so that the first one does not wait for it. Raises EncoderError."""
    specs = {encoder.spec for encoder in serving().values()}
    for spec in specs or set(configured_specs().values()):
        load(spec).encode_texts(["warm"])


# --- Adding ----------------------------------------------------------------------------------------------


def configured_specs() -> dict[str, str]:
    """The spec that the settings name for each space; none of one that they switch off."""
    named = {space: getattr(settings, name) for space, name in SETTINGS.items()}
    return {space: spec for space, spec in named.items() if spec != OFF}


def configured_encoders() -> list[Encoder]:
    """The encoders that the settings name, each with a row; one that they did not name before takes over when complete.

    The first encoder of a space serves at once. Loads those that are new.
    """
    rows = []
    for space, spec in configured_specs().items():
        row = Encoder.objects.filter(space=space, key=registry.key_for(spec)).first() or _register(space, spec)
        if not row.configured:
            with transaction.atomic():
                Encoder.objects.filter(space=space, configured=True).update(configured=False)
                row.configured = True
                row.takes_over = row.state != EncoderState.ACTIVE
                row.save(update_fields=["configured", "takes_over"])
        rows.append(row)
    return rows


def add(spec: str, space: str) -> Encoder:
    """Have `spec` built up beside what serves `space`; it then stands by until somebody activates it.

    Raises NotNow where it is there already or encodes no pictures, and EncoderError.
    """
    if registry.hears(spec) != (space == Space.SOUND):
        raise NotNow(f"“{spec}” cannot serve this space: encoders of sounds serve that of sounds, and no others do.")
    if space == Space.VISUAL and not registry.encodes_pictures(spec):
        raise NotNow(f"“{spec}” encodes words alone, so it cannot serve the space of pictures.")
    if there := Encoder.objects.filter(space=space, key=registry.key_for(spec)).first():
        raise NotNow(f"It is there already: number {there.pk}, {there.get_state_display().lower()}.")
    return _register(space, spec)


def _register(space: str, spec: str) -> Encoder:
    """A row for `spec`, which says how many dimensions it has once somebody has loaded it."""
    row, _ = Encoder.objects.get_or_create(
        space=space, key=registry.key_for(spec), defaults={"spec": spec, "building_since": timezone.now()}
    )
    if Encoder.objects.active(space) is None:
        # Before anything is indexed there is nothing to wait for.
        prepare(row)
        build_index(row)
        switch_to(row)
    return row


def prepare(encoder: Encoder) -> None:
    """Load it, and note what only its model tells. Raises EncoderError, which is noted, too."""
    try:
        dimensions = load(encoder.spec).dimensions
    except EncoderError as error:
        Encoder.objects.filter(pk=encoder.pk).update(problem=str(error))
        raise
    if encoder.dimensions != dimensions or encoder.problem:
        encoder.dimensions, encoder.problem = dimensions, ""
        encoder.save(update_fields=["dimensions", "problem"])


def completed(encoder: Encoder) -> None:
    """What is to be done with one that is being built and has every vector: it stands by, or takes over."""
    build_index(encoder)
    if encoder.takes_over:
        switch_to(encoder)
    else:
        Encoder.objects.filter(pk=encoder.pk, state=EncoderState.BUILDING).update(state=EncoderState.READY)
        encoder.refresh_from_db()


def build_index(encoder: Encoder) -> None:
    """HNSW over `encoder`'s own vectors. An index expression needs fixed dimensions, hence the cast."""
    options = ", ".join(f"{name} = {value}" for name, value in HNSW.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {_index(encoder)} ON search_embedding "
            f"USING hnsw ((vector::halfvec({encoder.dimensions})) halfvec_cosine_ops) WITH ({options}) "
            f"WHERE encoder_id = {encoder.pk}"
        )
    holdings.build_indexes(encoder)


def _index(encoder: Encoder) -> str:
    return f"search_embedding_hnsw_{encoder.pk}"


def _has_index(encoder: Encoder) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_index(encoder)])
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an encoder is. `rate` in vectors a second since it began; both last ones None where nothing tells."""

    vectors: int
    fitting: int
    rate: float | None
    seconds_left: float | None

    def __str__(self) -> str:
        told = f"{self.vectors:,} of {self.fitting:,}"
        if self.fitting:
            told += f" · {100 * self.vectors / self.fitting:.0f} %"
        if self.rate:
            told += f", {self.rate:.1f} a second, {timecode(self.seconds_left)} left"
        return told


def progress(encoder: Encoder) -> Progress:
    """Of one from `Encoder.objects.with_coverage()`."""
    vectors, fitting = encoder.vectors, encoder.fitting
    if encoder.state != EncoderState.BUILDING or encoder.building_since is None or not vectors:
        return Progress(vectors, fitting, None, None)
    rate = vectors / max((timezone.now() - encoder.building_since).total_seconds(), 1e-3)
    return Progress(vectors, fitting, rate, max(fitting - vectors, 0) / rate)


# --- Changing --------------------------------------------------------------------------------------------


def activate(encoder: Encoder) -> None:
    """Let search in its space use `encoder` from now on. Raises NotNow where it could not serve as well."""
    if reason := why_not_serving(encoder):
        raise NotNow(reason)
    switch_to(encoder)


def roll_back(space: str) -> Encoder:
    """Let the one that served `space` before the present one serve again; returns it. Raises NotNow."""
    before = Encoder.objects.filter(space=space, state=EncoderState.READY, activated_at__isnull=False)
    if (encoder := before.order_by("-activated_at").first()) is None:
        raise NotNow("No encoder that served before is left to go back to.")
    activate(encoder)
    return encoder


def switch_to(encoder: Encoder) -> None:
    """In one transaction: whoever searches sees the one or the other. The one before it stands by."""
    with transaction.atomic():
        # Whoever switches the same space waits here.
        list(Encoder.objects.select_for_update().filter(space=encoder.space).order_by("pk"))
        Encoder.objects.filter(space=encoder.space, state=EncoderState.ACTIVE).exclude(pk=encoder.pk).update(
            state=EncoderState.READY
        )
        encoder.state, encoder.activated_at, encoder.takes_over = EncoderState.ACTIVE, timezone.now(), False
        encoder.save(update_fields=["state", "activated_at", "takes_over"])


def why_not_serving(encoder: Encoder) -> str:
    """Why search cannot use `encoder` now, as a sentence for whoever asked; empty where it can."""
    if encoder.state == EncoderState.REMOVING:
        return "It is being removed."
    if encoder.problem:
        return encoder.problem
    if not is_at_hand(encoder):
        return f"What “{encoder.spec}” names is no longer what made its vectors, or is not there."
    if lacking := encoder.missing().filter(item__status=Status.READY).count():
        return f"{lacking:,} segments have no vector of this encoder yet. They are being made: try again later."
    if others := holdings.lacking(encoder):
        return f"{others} have no vector of this encoder yet. They are being made: try again later."
    if not _has_index(encoder):
        return "Its index has not been built yet, which is done as soon as it has every vector: try again later."
    return ""


def remove(encoder: Encoder) -> int:
    """Delete an encoder with its vectors and its index; returns how many vectors. Raises NotNow for one that serves.

    The space is free for other vectors at once, and for other tables after PostgreSQL's own clean-up, begun here.
    """
    with transaction.atomic():
        row = Encoder.objects.select_for_update().get(pk=encoder.pk)
        specs = configured_specs()
        if row.state == EncoderState.ACTIVE and row.space in specs:
            raise NotNow("Search uses this encoder. Activate another one first.")
        if row.configured and row.space in specs and row.key == registry.key_for(specs[row.space]):
            raise NotNow(f"{SETTINGS[Space(row.space)]} names this encoder, so it would come back. Change that first.")
        # From now on nothing makes vectors of it, and none is found by them.
        Encoder.objects.filter(pk=row.pk).update(state=EncoderState.REMOVING)
    removed = holdings.remove(encoder)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {_index(encoder)}")
        while True:
            some = Embedding.objects.filter(encoder=encoder).order_by().values("pk")[:REMOVED_AT_ONCE]
            gone, _ = Embedding.objects.filter(pk__in=some).delete()
            removed += gone
            if not gone:
                break
        Encoder.objects.filter(pk=encoder.pk).delete()
        if not connection.in_atomic_block:
            cursor.execute("VACUUM search_embedding")
    return removed
