"""Maps as rows: when one is due, drawing it, and placing what comes in later; all that writes them.

What waits stands in the database, and a message only wakes a worker. One whose worker is gone is begun again; nobody
sees a map before all of it is there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from media_library import leases, queue
from media_library.models import MediaItem
from search import background, examples
from search.encoders.base import EncoderError
from search.map import clusters, layout, vectors
from search.models import Encoder, MapFit, MapPoint, RunState, Space

logger = logging.getLogger(__name__)

DRAW = "search.tasks.draw_map"

SAMPLE = 20_000
"""Items that are laid out; where there are more, these are a random sample, and the rest is placed among them."""

GROWTH = 1.5
"""By so much a library has grown when its map is drawn anew."""

EARLY = 200
"""Items from which on the first map is drawn while others still come in."""

PAUSE = timedelta(minutes=10)
"""Between two drawings while items come in."""

LOST_LEASES = 4
MAX_ATTEMPTS = 3
"""Times that one is begun, before it is called failed."""

INSERTED_AT_ONCE = 5000

READING, COMPARING, LAYING_OUT, GROUPING, PLACING, STORING = (
    ("Reading the vectors", 0.02),
    ("Finding what is alike", 0.1),
    ("Laying it out", 0.25),
    ("Finding groups", 0.75),
    ("Placing the rest", 0.8),
    ("Storing the map", 0.92),
)
"""Steps with the share that is done when each begins, as 20,000 items of 50,000 take them."""


class Stopped(Exception):
    """The worker is to end."""


# --- What people ask for and see -------------------------------------------------------------------------


def shown() -> MapFit | None:
    """The map that people see: that of the encoder that serves, or until there is one, of another before it."""
    done = MapFit.objects.filter(state=RunState.DONE, encoder__space=Space.VISUAL).select_related("encoder")
    return done.alias(serves=Q(encoder__state="active")).order_by("-serves", "-id").defer("axes").first()


def under_way() -> MapFit | None:
    """The last one that was asked for and is not there yet, or failed."""
    last = MapFit.objects.filter(encoder__space=Space.VISUAL, encoder__state="active").defer("axes").first()
    return last if last and last.state != RunState.DONE else None


def sentence(fit: MapFit) -> str:
    """How far one is that is not there yet, or why it failed."""
    if fit.state == RunState.FAILED:
        return f"The map could not be drawn. {fit.problem}"
    return f"The map is being drawn. {fit.step or 'Waiting for a worker'} …"


def ask_for(encoder: Encoder) -> MapFit:
    """Have a worker draw the map anew; one that waits or is being drawn already is the answer."""
    with transaction.atomic():
        # Whoever asks at the same time waits here.
        Encoder.objects.select_for_update(no_key=True).get(pk=encoder.pk)
        there = MapFit.objects.filter(encoder=encoder, state__in=(RunState.WAITING, RunState.RUNNING)).first()
        fit = there or MapFit.objects.create(encoder=encoder, items=vectors.count(encoder))
        transaction.on_commit(lambda: queue.wake(DRAW))
    return fit


# --- What a worker does ----------------------------------------------------------------------------------


def keep_up() -> int:
    """Draw what is due, and give what came in its place on the map; returns how many items got one."""
    encoder = Encoder.objects.active(Space.VISUAL)
    if encoder is None or not encoder.dimensions:
        return 0
    if is_due(encoder):
        ask_for(encoder)
    made = 0
    while not queue.stopping() and (fit := _taken()):
        made += _draw(fit)
    if (fit := shown()) and not queue.stopping():
        made += place_missing(fit)
    return made


def is_due(encoder: Encoder) -> bool:
    """Whether the map of `encoder` should be drawn: there is none, or the library has outgrown it."""
    last = MapFit.objects.filter(encoder=encoder).defer("axes").first()
    if last and last.state in (RunState.WAITING, RunState.RUNNING):
        return False
    items = vectors.count(encoder)
    if not items:
        return False
    coming = MediaItem.objects.alive().unfinished().filter(held=False).exists()
    if last is None:
        return items >= EARLY or not coming
    grown = items >= last.items * GROWTH and items > last.items
    outgrown = grown or last.items < layout.FEW <= items
    return outgrown and not (coming and last.created_at > timezone.now() - PAUSE)


def _taken() -> MapFit | None:
    lost = timezone.now() - LOST_LEASES * leases.length()
    MapFit.objects.filter(state=RunState.RUNNING, alive_at__lt=lost).update(state=RunState.WAITING)
    with transaction.atomic():
        waiting = MapFit.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=RunState.WAITING)
        if fit := waiting.select_related("encoder").order_by("pk").first():
            fit.state, fit.alive_at, fit.attempts = RunState.RUNNING, timezone.now(), fit.attempts + 1
            fit.save(update_fields=["state", "alive_at", "attempts"])
    return fit


def _draw(fit: MapFit) -> int:
    if fit.attempts > MAX_ATTEMPTS:
        _end(fit, RunState.FAILED, problem="Its worker was lost several times. The worker's log may say why.")
        return 0
    try:
        with _alive(fit):
            return draw(fit)
    except Stopped:
        # That attempt does not count; the next worker begins anew.
        MapFit.objects.filter(pk=fit.pk).update(state=RunState.WAITING, attempts=fit.attempts - 1)
    except Exception:
        logger.exception("%s could not be drawn", fit)
        _end(fit, RunState.FAILED, problem="It failed for a reason we did not expect. The worker's log has it.")
    return 0


@contextmanager
def _alive(fit: MapFit) -> Iterator[None]:
    with leases.kept(lambda: MapFit.objects.filter(pk=fit.pk).update(alive_at=timezone.now())):
        yield


def _tell(fit: MapFit, step: tuple[str, float]) -> None:
    """Note what comes next. Raises Stopped where the worker is to end before it."""
    if queue.stopping():
        raise Stopped
    MapFit.objects.filter(pk=fit.pk).update(step=step[0], share=step[1])


def _end(fit: MapFit, state: RunState, **changes: object) -> None:
    MapFit.objects.filter(pk=fit.pk).update(state=state, ended_at=timezone.now(), step="", **changes)


def draw(fit: MapFit) -> int:
    """Lay out what `fit`'s encoder has vectors of, in the place of the map before it; returns how many items."""
    encoder = fit.encoder
    _tell(fit, READING)
    rows = vectors.joined(vectors.of_all(encoder), encoder.dimensions)
    if not len(rows):
        _end(fit, RunState.DONE, items=0)
        return 0
    sample = rows.vectors[:SAMPLE]
    found = layout.axes(sample)
    flat = layout.along(sample, found)
    room = layout.Frame.around(flat)
    if len(rows) < layout.FEW:
        places, groups, names = flat[:, :2], np.full(len(sample), clusters.NONE), []
    else:
        _tell(fit, COMPARING)
        neighbours = layout.nearest(sample, sample, layout.neighbourhood(len(sample)))
        _tell(fit, LAYING_OUT)
        places = layout.umap(sample, neighbours, _start(encoder, rows.ids[:SAMPLE], flat[:, :2]))
        _tell(fit, GROUPING)
        groups = clusters.groups(places, neighbours[0])
        names = _names(encoder, sample, groups)
    frame = layout.Frame.around(places)
    fit.axes, fit.frames = found.tobytes(), {"umap": asdict(frame), "pca": asdict(room)}
    fit.clusters, fit.items = names, len(rows)
    stored = [_columns(frame.stored(places), room.stored(flat), groups)]
    if len(rows) > SAMPLE:
        _tell(fit, PLACING)
        rest, theirs = layout.placed(rows.vectors[SAMPLE:], sample, places, groups)
        in_room = room.stored(layout.along(rows.vectors[SAMPLE:], found))
        stored.append(_columns(frame.stored(rest), in_room, theirs))
    _tell(fit, STORING)
    with transaction.atomic():
        # One whose worker was only thought to be lost must not come twice.
        if not MapFit.objects.select_for_update().filter(pk=fit.pk, state=RunState.RUNNING).exists():
            return 0
        MapPoint.objects.filter(fit=fit).delete()
        made = _insert(fit, rows.ids, np.concatenate(stored), anchors=SAMPLE)
        fit.state, fit.step, fit.share, fit.ended_at = RunState.DONE, "", 1.0, timezone.now()
        fit.save(update_fields=["axes", "frames", "clusters", "items", "state", "step", "share", "ended_at"])
        before = MapFit.objects.filter(encoder=encoder, pk__lt=fit.pk)
        MapPoint.objects.filter(fit__in=before).delete()
        before.delete()
    return made


def _start(encoder: Encoder, ids: list, flat: np.ndarray) -> np.ndarray:
    """Where each of `ids` lay on the map before, where that holds most of them; else `flat`, (n, 2)."""
    before = MapPoint.objects.filter(fit__encoder=encoder, fit__state=RunState.DONE, item__in=ids)
    lay = {pk: (x, y) for pk, x, y in before.values_list("item", "umap_x", "umap_y")}
    if 2 * len(lay) < len(ids):
        return flat
    middle = tuple(np.mean(list(lay.values()), axis=0))
    return np.array([lay.get(pk, middle) for pk in ids], dtype=np.float64)


def _names(encoder: Encoder, sample: np.ndarray, groups: np.ndarray) -> list[str]:
    if groups.max() < 0:
        return []
    try:
        words = np.stack(examples.text_vectors(encoder, background.BACKGROUND))
    except EncoderError as error:
        # They have numbers then.
        logger.warning("Groups of the map get no names: %s", error)
        return [""] * (int(groups.max()) + 1)
    return clusters.names(clusters.centres(sample, groups), list(background.BACKGROUND), words)


def place_missing(fit: MapFit) -> int:
    """Give what came in since `fit` was drawn its place among what was laid out; returns how many items."""
    new = vectors.joined(vectors.of_missing(fit), fit.encoder.dimensions)
    if not len(new) or not fit.axes:
        return 0
    found = np.frombuffer(fit.axes, np.float32).reshape(4, -1)
    in_room = layout.Frame(**fit.frames["pca"]).stored(layout.along(new.vectors, found))
    frame = layout.Frame(**fit.frames["umap"])
    anchors = vectors.joined(vectors.of_anchors(fit), fit.encoder.dimensions)
    if fit.items < layout.FEW or not len(anchors):
        places = frame.stored(layout.along(new.vectors, found)[:, :2])
        groups = np.full(len(new), clusters.NONE)
    else:
        lie = {
            pk: row
            for pk, *row in MapPoint.objects.filter(fit=fit, anchor=True).values_list(
                "item", "umap_x", "umap_y", "cluster"
            )
        }
        # Without what was deleted for good between the two looks.
        known = [number for number, pk in enumerate(anchors.ids) if pk in lie]
        there = np.array([lie[anchors.ids[number]] for number in known])
        # Among places as they are stored, so in that measure.
        placed, groups = layout.placed(
            new.vectors, anchors.vectors[known], there[:, :2].astype(np.float64), there[:, 2]
        )
        places = np.round(placed).astype(np.int16)
    with transaction.atomic():
        return _insert(fit, new.ids, _columns(places, in_room, groups), anchors=0)


def _columns(places: np.ndarray, room: np.ndarray, groups: np.ndarray) -> np.ndarray:
    return np.column_stack([places, room, groups]).astype(np.int16)


def _insert(fit: MapFit, ids: list, columns: np.ndarray, anchors: int) -> int:
    """Store a point for each of `ids` that is still there; `columns` is (n, 6), as the fields are. How many were."""
    made = 0
    names = ("item_id", "umap_x", "umap_y", "pca_x", "pca_y", "pca_z", "cluster")
    with connection.cursor() as cursor:
        for start in range(0, len(ids), INSERTED_AT_ONCE):
            part = slice(start, start + INSERTED_AT_ONCE)
            some = columns[part]
            # The items are locked, or one that is just being deleted for good would leave a point behind.
            cursor.execute(
                f"INSERT INTO search_mappoint (fit_id, {', '.join(names)}, anchor) "
                f"SELECT %s, {', '.join(f'new.{name}' for name in names)}, new.number <= %s "
                "FROM unnest(%s::uuid[], %s::int2[], %s::int2[], %s::int2[], %s::int2[], %s::int2[], %s::int2[]) "
                f"WITH ORDINALITY AS new ({', '.join(names)}, number) "
                "JOIN media_library_mediaitem AS item ON item.id = new.item_id FOR KEY SHARE OF item "
                "ON CONFLICT DO NOTHING",
                [fit.pk, anchors - start, list(ids[part]), *(column.tolist() for column in some.T)],
            )
            made += cursor.rowcount
    return made
