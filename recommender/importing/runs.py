"""One import of films from the first row to the last poster; by the command, or by a worker for the admin.

An import can be stopped anywhere and run again: what is there already is found to be, and what is left is done. What
came of it is kept in its row (MovieImport).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from media_library import files, leases, queue, troubles
from media_library.importing import Notes
from media_library.models import MAX_ATTEMPTS
from media_library.names import clean_name
from media_library.patience import patiently
from media_library.services import lease
from recommender import filters, known, services
from recommender.importing import movielens, posters, reading
from recommender.importing.facts import Facts, RowRejected, RowSkipped, facts_of
from recommender.importing.movielens import Place, Rated
from recommender.importing.reading import FileProblem, Row
from recommender.models import MovieImport, MovieImportState
from search import indexing

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

logger = logging.getLogger(__name__)

IMPORT = "recommender.tasks.import_pending"
"""The task that runs imports which somebody asked for in the browser."""

CHUNK = 500
"""Films in one go."""

UNEXPECTED = (
    "Something unexpected stopped it; whoever runs this library finds the reason in its log. What was taken in is "
    "there. Go on to have the rest done."
)

NOTED_EVERY_S = 1.0

FILMS, RATINGS, POSTERS = "Films", "Ratings", "Posters"
"""The steps, as words for people."""


class ImportStopped(Exception):
    """It cannot go on; the message is a sentence for the user."""


class BadImport(Exception):
    """What was handed in cannot be imported; the message is a sentence for the user."""


def _no_news(step: str, done: int, total: int) -> None:
    pass


@dataclass
class Progress:
    """What became of an import so far, written to its row now and then. `tell` is told the step, how many of it are
    done, and of how many (0 where nobody knows)."""

    record: MovieImport
    tell: Callable[[str, int, int], object] = _no_news
    failed: Notes = field(default_factory=Notes)
    skipped: Notes = field(default_factory=Notes)
    posters_failed: Notes = field(default_factory=Notes)
    _noted: float = 0.0

    def step(self, name: str, done: int, total: int = 0) -> None:
        self.record.step, self.record.done, self.record.total = name, done, total
        self.tell(name, done, total)
        if time.monotonic() - self._noted > NOTED_EVERY_S:
            self.write()

    def write(self) -> None:
        self._noted = time.monotonic()
        record = self.record
        record.failed, record.skipped = self.failed.count, self.skipped.count
        record.posters_failed = self.posters_failed.count
        record.failures = [list(pair) for pair in (*self.failed.named, *self.posters_failed.named)][:1000]
        fields = ("step", "done", "total", "new", "changed", "same", "skipped", "failed", "ratings", "posters_stored")
        patiently(lambda: record.save(update_fields=[*fields, "posters_failed", "failures"]))


def run(
    record: MovieImport,
    path: Path | None,
    *,
    from_posters: str = "",
    ratings: bool = True,
    ratings_from: Path | None = None,
    per_second: float = posters.PER_SECOND,
    tell: Callable[[str, int, int], object] = _no_news,
    stopping: Callable[[], bool] = lambda: False,
) -> Progress:
    """Take in the films at `path`, a file, a folder or a zip file, then ratings, then posters; returns what came of it.

    `ratings_from`: MovieLens for its ratings alone. Raises ImportStopped; what was done by then stays done.
    """
    progress = Progress(record, tell)
    record.state, record.problem = MovieImportState.RUNNING, ""
    record.save(update_fields=["state", "problem"])
    try:
        source = posters.source(from_posters, per_second) if from_posters else None
        place = _place(path) if path else None
        if path:
            linked = movielens.links(place) if place else {}
            rows = movielens.films(place, linked) if place else reading.rows(path)
            _take_films(rows, progress, stopping)
            if place and ratings:
                _take_ratings(place, linked, progress, stopping)
        if ratings_from:
            other = _place(ratings_from)
            if other is None:
                raise FileProblem(f"{ratings_from} holds no MovieLens: there is no {movielens.LINKS} in it.")
            _take_ratings(other, movielens.links(other), progress, stopping)
        if source:
            _take_posters(source, progress, stopping)
    except (FileProblem, posters.SourceProblem) as error:
        _end(progress, MovieImportState.FAILED, str(error))
        raise ImportStopped(str(error)) from error
    except troubles.DATABASE as error:
        raise ImportStopped(
            "The database does not answer, and was waited for in vain. See to it and run the same again: what was "
            "taken in is there."
        ) from error
    except BaseException:
        _end(progress, MovieImportState.STOPPED, "It was stopped. Run the same again to go on.")
        raise
    if stopping():
        progress.write()
    else:
        _end(progress, MovieImportState.DONE, "")
    return progress


def _place(path: Path) -> Place | None:
    if not path.exists():
        raise FileProblem(f"There is no file {path}.")
    place = movielens.find(path)
    if place is None and path.is_dir():
        raise FileProblem(
            f"{path} holds no MovieLens: there is no {movielens.LINKS} in it. Name a JSON or CSV file of films instead."
        )
    return place


def _end(progress: Progress, state: MovieImportState, problem: str) -> None:
    record = progress.record
    record.state, record.problem, record.ended_at = state, problem, timezone.now()
    try:
        progress.write()
        record.save(update_fields=["state", "problem", "ended_at"])
    except troubles.DATABASE:
        connection.close()
        logger.warning("How the import of %s ended could not be noted", record)
    filters.forget()
    known.changed()
    queue.wake(indexing.COMPLETE)


# --- Films -----------------------------------------------------------------------------------------------


def _take_films(rows: Iterator[Row], progress: Progress, stopping: Callable[[], bool]) -> None:
    seen: set[int] = set()
    waiting: list[tuple[int, Facts]] = []
    done = 0
    for row in rows:
        done += 1
        try:
            facts = _facts(row)
            if facts.tmdb_id in seen:
                raise RowSkipped(f"Film {facts.tmdb_id} stands in it twice; the first time counts.")
            seen.add(facts.tmdb_id)
            waiting.append((row.number, facts))
        except RowSkipped as skipped:
            progress.skipped.add(f"Row {row.number}", str(skipped))
        except RowRejected as rejected:
            progress.failed.add(f"Row {row.number}", str(rejected))
        if len(waiting) >= CHUNK:
            _store(waiting, progress)
            waiting.clear()
            progress.step(FILMS, done)
            if stopping():
                return
    _store(waiting, progress)
    progress.step(FILMS, done)


def _facts(row: Row) -> Facts:
    if row.problem:
        raise RowRejected(row.problem)
    if isinstance(row.value, RowRejected):
        raise row.value
    return row.value if isinstance(row.value, Facts) else facts_of(row.value)


def _store(waiting: list[tuple[int, Facts]], progress: Progress) -> None:
    if not waiting:
        return
    try:
        came = patiently(partial(services.upsert_films, [facts for _, facts in waiting]))
    except (DataError, IntegrityError) as error:
        # One of them is more than the database takes: the others must not suffer for it.
        if len(waiting) == 1:
            number, facts = waiting[0]
            logger.warning("Film %s cannot be stored: %s", facts.tmdb_id, error)
            progress.failed.add(f"Row {number}", "The database refuses what it holds.")
            return
        middle = len(waiting) // 2
        _store(waiting[:middle], progress)
        _store(waiting[middle:], progress)
        return
    record = progress.record
    record.new, record.changed, record.same = (
        record.new + came.new,
        record.changed + came.changed,
        record.same + came.same,
    )


# --- Ratings and posters ---------------------------------------------------------------------------------


def _take_ratings(place: Place, linked: dict[int, int], progress: Progress, stopping: Callable[[], bool]) -> None:
    def tell(rated: Rated, reason: str) -> None:
        if reason:
            where, _, why = reason.partition(": ")
            progress.failed.add(where, why)
        else:
            progress.record.ratings = rated.stored + rated.same
            progress.step(RATINGS, rated.read)

    rated = movielens.take_ratings(place, linked, tell, stopping)
    if rated.unknown:
        progress.skipped.add(
            movielens.RATINGS, f"{rated.unknown:,} ratings are of films that are not in the catalogue."
        )
    movielens.votes_of_ratings()


def _take_posters(source: posters.Source, progress: Progress, stopping: Callable[[], bool]) -> None:
    total = source.wanted().count()
    progress.step(POSTERS, 0, total)
    for done, outcome in enumerate(posters.take(source, stopping), start=1):
        if outcome.reason:
            progress.posters_failed.add(f"Poster of {outcome.movie} [{outcome.movie.tmdb_id}]", outcome.reason)
        else:
            progress.record.posters_stored += 1
        progress.step(POSTERS, done, total)


# --- By a worker -----------------------------------------------------------------------------------------


def start(file: File, name: str, posters_from: str = "", by: AbstractBaseUser | None = None) -> MovieImport:
    """Have a worker import `file`, which somebody handed in, and then fetch posters: from “tmdb” or an address, if any.

    Raises BadImport.
    """
    if posters_from not in ("", posters.TMDB) and urlsplit(posters_from).scheme not in ("http", "https"):
        raise BadImport("Posters come from TMDB, or from an address that starts with http:// or https://.")
    if not file.size:
        raise BadImport("The file is empty. Choose a JSON or CSV file, or the zip file of MovieLens.")
    if file.size > settings.SIGHTLINE_LIMITS["max_bytes"]:
        most = files.readable_size(settings.SIGHTLINE_LIMITS["max_bytes"])
        raise BadImport(f"The file is larger than {most}. Import it with `manage.py import_movies`.")
    record = MovieImport(id=uuid4(), label=clean_name(name)[:300], posters=posters_from[:1000], started_by=by)
    record.upload = files.store(f"films/imports/{record.pk.hex}", file)
    with transaction.atomic():
        record.save(force_insert=True)
        transaction.on_commit(lambda: queue.wake(IMPORT))
    return record


def may_go_on(record: MovieImport) -> bool:
    """Whether an import that ended before its end still has what it was handed in with."""
    return record.state in (MovieImportState.STOPPED, MovieImportState.FAILED) and bool(record.upload)


def go_on(record: MovieImport) -> bool:
    """Have a worker do what is left of an import that stopped or failed; False where it cannot, or does so already.

    What was taken in is found to be there.
    """
    with transaction.atomic():
        ended = MovieImport.objects.filter(pk=record.pk, state__in=(MovieImportState.STOPPED, MovieImportState.FAILED))
        begun = ended.exclude(upload="").update(
            state=MovieImportState.WAITING, attempts=0, lease_until=None, problem="", ended_at=None
        )
        transaction.on_commit(lambda: queue.wake(IMPORT))
    return bool(begun)


def import_pending() -> int:
    """Run the imports that wait, one after the other; returns how many ended."""
    ended = 0
    while not queue.stopping() and (record := _claim()) is not None:
        _run_claimed(record)
        ended += 1
    return ended


def _claim() -> MovieImport | None:
    unleased = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    due = MovieImport.objects.filter(unleased, state__in=(MovieImportState.WAITING, MovieImportState.RUNNING))
    due = due.exclude(upload="")
    due.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=MovieImportState.FAILED,
        problem="It was begun several times and never came to its end. Go on to try once more.",
        ended_at=timezone.now(),
    )
    with transaction.atomic():
        record = due.order_by("created_at").select_for_update(skip_locked=True).first()
        if record is None:
            return None
        attempt = F("attempts") + 1
        MovieImport.objects.filter(pk=record.pk).update(
            attempts=attempt, lease_until=lease(attempt), state=MovieImportState.RUNNING
        )
    record.refresh_from_db()
    # What an attempt that was broken off counted is counted again.
    for name in ("new", "changed", "same", "ratings", "posters_stored"):
        setattr(record, name, 0)
    return record


def _run_claimed(record: MovieImport) -> None:
    mine = MovieImport.objects.filter(pk=record.pk)

    def renew() -> Any:
        return mine.update(lease_until=lease(F("attempts")))

    try:
        with leases.kept(renew), files.local_path(record.upload) as path:
            run(record, path, from_posters=record.posters, stopping=queue.stopping)
    except ImportStopped as stopped:
        logger.warning("The import of %s stopped: %s", record, stopped)
        # Nothing comes of a file that cannot be read, however often; what went wrong on the way may be mended.
        over = isinstance(stopped.__cause__, FileProblem)
    except OSError as error:
        logger.warning("The import of %s cannot be read: %s", record, error)
        mine.update(state=MovieImportState.FAILED, problem="What was handed in is not there any more. Start it again.")
        over = True
    except Exception:
        # Whatever it was: the others that wait must not suffer for it.
        logger.exception("The import of %s stopped", record)
        mine.filter(state=MovieImportState.STOPPED).update(problem=UNEXPECTED)
        over = False
    else:
        over = record.state == MovieImportState.DONE
    finally:
        _put_down(mine)
    if over:
        files.remove([record.upload.name])
        mine.update(upload="")


def _put_down(mine: Any) -> None:
    try:
        mine.update(lease_until=None)
        # The worker was asked to end: whoever comes next goes on.
        if queue.stopping():
            mine.filter(state=MovieImportState.RUNNING).update(state=MovieImportState.WAITING, attempts=0)
    except troubles.DATABASE:
        connection.close()  # The lease runs out by itself.
