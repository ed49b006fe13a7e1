"""Posters for films that have none yet: out of a folder, from a web address, or from TMDB."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from media_library import troubles
from media_library.fetching import FetchPolicy, FetchRefused, fetch
from media_library.formats.base import FileRejected
from recommender import services
from recommender.importing.facts import Facts, RowRejected, facts_of
from recommender.models import Movie, MovieQuerySet, PosterState

TMDB_API = "https://api.themoviedb.org/3/movie/{id}"
TMDB_POSTERS = "https://image.tmdb.org/t/p/w500"
"""https://developer.themoviedb.org/docs/image-basics; w500 is the least width that is sharp on a film's page."""

TMDB = "tmdb"
"""What stands for TMDB's own servers where a folder or an address is asked for."""

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")

PER_SECOND = 10.0
"""Files that are fetched in a second at the most. TMDB allows about 50."""

AT_ONCE = 4
"""Files that are on their way at a time: one after the other a slow answer would hold up all others."""

ATTEMPTS, PAUSE_S = 3, 1.0
PASSING = {"busy", "unreachable", "too-slow"}
"""Why a fetch fails that may succeed a little later."""

CHUNK = 200

DELETED = "The film was deleted meanwhile."


class NoPoster(Exception):
    """There is none to be had for this film; the message is a sentence for people."""


class SourceProblem(Exception):
    """Posters cannot be had from there at all; the message is a sentence for people."""


class Source(Protocol):
    """Where posters come from. `at_once`: how many of them may be asked for at a time."""

    at_once: int

    def wanted(self) -> MovieQuerySet:
        """The films that it may have a poster for, of those that have none."""
        ...

    def poster(self, movie: Movie) -> BinaryIO:
        """The file, as a context manager, at its beginning; called in other threads, so it leaves the database alone.

        Raises NoPoster, FetchRefused, OSError.
        """
        ...

    def note(self, movie: Movie) -> None:
        """Store what else was learnt of `movie` meanwhile. Raises Movie.DoesNotExist."""
        ...


@dataclass
class Pace:
    """Waits so that no more than `per_second` things are done in a second."""

    per_second: float = PER_SECOND
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + 1 / self.per_second
        if now < mine:
            time.sleep(mine - now)


@dataclass
class FromFolder:
    """Files in `folder` that are named like the poster's path, or by the TMDB id."""

    folder: Path
    at_once: int = 1

    def wanted(self) -> MovieQuerySet:
        return Movie.objects.lacking_posters()

    def poster(self, movie: Movie) -> BinaryIO:
        # The last part of the path alone: what stands before it may lead anywhere.
        stem = Path(movie.poster_path.replace("\\", "/")).name
        names = [stem, *(f"{Path(stem).stem}{suffix}" for suffix in SUFFIXES if stem)]
        names += [f"{movie.tmdb_id}{suffix}" for suffix in SUFFIXES]
        for name in filter(None, names):
            if (path := self.folder / name).is_file():
                return path.open("rb")
        raise NoPoster(f"The folder has neither {stem or 'a poster of its path'} nor {movie.tmdb_id}.jpg.")

    def note(self, movie: Movie) -> None:
        pass


@dataclass
class FromWeb:
    """Files below `base`, or where it has {id} or {path} in it, at the address that this makes."""

    base: str
    pace: Pace
    at_once: int = AT_ONCE

    def wanted(self) -> MovieQuerySet:
        lacking = Movie.objects.lacking_posters()
        return lacking if "{id}" in self.base else lacking.exclude(poster_path="")

    def poster(self, movie: Movie) -> BinaryIO:
        return _fetched(self.address(movie), self.pace)

    def note(self, movie: Movie) -> None:
        pass

    def address(self, movie: Movie) -> str:
        return self.at(movie.poster_path, movie)

    def at(self, path: str, movie: Movie) -> str:
        if urlsplit(path).scheme in ("http", "https"):
            return path
        path = quote(path.lstrip("/"))
        if "{id}" in self.base or "{path}" in self.base:
            return self.base.replace("{id}", str(movie.tmdb_id)).replace("{path}", path)
        return f"{self.base.rstrip('/')}/{path}"


@dataclass
class FromTmdb:
    """TMDB's servers. Where nobody has told the path of a poster yet, TMDB is asked for that, and for whatever else is
    lacking of the film, which takes a key."""

    key: str
    pace: Pace
    at_once: int = AT_ONCE
    told: dict[UUID, Facts] = field(default_factory=dict)

    def wanted(self) -> MovieQuerySet:
        lacking = Movie.objects.lacking_posters()
        if self.key:
            # Also those that only lack words.
            return Movie.objects.filter(Q(pk__in=lacking.values("pk")) | Q(overview=""))
        return lacking.exclude(poster_path="")

    def poster(self, movie: Movie) -> BinaryIO:
        path = movie.poster_path
        if self.key and not (path and movie.overview):
            path = self._ask(movie) or path
        if not path:
            raise NoPoster("TMDB has no poster of it.")
        return _fetched(FromWeb(TMDB_POSTERS, self.pace).at(path, movie), self.pace)

    def _ask(self, movie: Movie) -> str:
        """What TMDB knows of `movie`, for note(); returns the path of its poster."""
        address = f"{TMDB_API.format(id=movie.tmdb_id)}?api_key={quote(self.key, safe='')}"
        with _fetched(address, self.pace, 2 * 1024**2) as file:
            try:
                facts = facts_of(json.loads(file.read()))
            except (ValueError, RecursionError, RowRejected) as error:
                raise NoPoster("TMDB gave an answer that cannot be read.") from error
        if facts.tmdb_id != movie.tmdb_id:
            return ""
        self.told[movie.pk] = facts
        return str({**facts.otherwise, **facts.given}.get("poster_path", ""))

    def note(self, movie: Movie) -> None:
        if (facts := self.told.pop(movie.pk, None)) is not None:
            services.upsert_films([facts])
            movie.refresh_from_db()


def source(posters: str, per_second: float = PER_SECOND) -> Source:
    """What `posters` names: “tmdb”, an address, or a folder. Raises SourceProblem."""
    pace = Pace(per_second)
    if posters == TMDB:
        return FromTmdb(settings.SIGHTLINE_TMDB_KEY, pace)
    if urlsplit(posters).scheme in ("http", "https"):
        return FromWeb(posters, pace)
    if not Path(posters).is_dir():
        raise SourceProblem(f"There is no folder {posters}. Posters come from a folder, an address, or “{TMDB}”.")
    return FromFolder(Path(posters))


@dataclass(frozen=True)
class Outcome:
    """What became of one film's poster; `reason` is empty where it is stored."""

    movie: Movie
    reason: str = ""


def take(source: Source, stopping: Callable[[], bool] = lambda: False) -> Iterator[Outcome]:
    """Store a poster for each film that lacks one, the best known first, and tell what became of it.

    From the web AT_ONCE of them are on their way at a time, no faster than the source's pace. Raises SourceProblem
    where nothing can be stored, or the web is not there at all.
    """
    # The numbers are known now: what fails on the way must not come round again.
    ids = list(source.wanted().order_by("-vote_count", "pk").values_list("pk", flat=True))
    unreachable = 0
    for start in range(0, len(ids), CHUNK):
        movies = list(Movie.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("-vote_count", "pk"))
        for fetched in _fetched_ahead(source, movies, stopping):
            outcome = _stored(source, fetched)
            unreachable = unreachable + 1 if outcome.reason.startswith(_UNREACHABLE) else 0
            if unreachable >= 20:
                raise SourceProblem(f"{outcome.reason} Twenty posters in a row failed so; run the same again later.")
            yield outcome
        if stopping():
            return


def _fetched_ahead(source: Source, movies: list[Movie], stopping: Callable[[], bool]) -> Iterator[Fetched]:
    """The posters of `movies`, in their order; a few are fetched ahead, and after an error or a stop none is begun."""
    if source.at_once == 1:
        for movie in movies:
            if stopping():
                return
            yield _fetch_one(source, movie)
        return
    begun: deque[Future[Fetched]] = deque()
    left = iter(movies)
    with ThreadPoolExecutor(source.at_once, "poster") as threads:
        try:
            while True:
                while len(begun) < source.at_once and not stopping() and (movie := next(left, None)) is not None:
                    begun.append(threads.submit(_fetch_one, source, movie))
                if not begun:
                    return
                yield begun.popleft().result()
        finally:
            for each in begun:
                each.cancel()
                each.add_done_callback(_drop)


def _drop(fetched: Future[Fetched]) -> None:
    if not fetched.cancelled() and fetched.exception() is None and (file := fetched.result().file) is not None:
        file.close()


_UNREACHABLE = ("The server", "There is no server")


@dataclass(frozen=True)
class Fetched:
    """A film with its poster's `file` at its beginning, or the `reason` why there is none."""

    movie: Movie
    file: BinaryIO | None = None
    reason: str = ""


def _fetch_one(source: Source, movie: Movie) -> Fetched:
    try:
        return Fetched(movie, source.poster(movie))
    except NoPoster as none:
        return Fetched(movie, reason=str(none))
    except FetchRefused as refused:
        return Fetched(movie, reason=refused.message)
    except OSError as error:
        return Fetched(movie, reason=_unreadable(error))


def _stored(source: Source, fetched: Fetched) -> Outcome:
    """Store what was fetched: here and not there, so that one thread alone uses the database."""
    movie, reason = fetched.movie, fetched.reason
    try:
        source.note(movie)
    except Movie.DoesNotExist:
        reason = DELETED
    if fetched.file is not None:
        try:
            with fetched.file as file:
                if not reason and movie.poster_state != PosterState.STORED:
                    services.set_poster(movie, file, only_if_lacking=True)
        except services.PosterThere:
            pass  # somebody has given it one meanwhile
        except Movie.DoesNotExist:
            reason = DELETED
        except FileRejected as refused:
            reason = refused.message
        except OSError as error:
            reason = _unreadable(error)
    if reason and movie.poster_state != PosterState.STORED:
        services.poster_failed([movie.pk], reason)
    return Outcome(movie, reason)


def _unreadable(error: OSError) -> str:
    """Raises SourceProblem where it is not this file's fault."""
    if troubles.is_full(error) or troubles.of_storage(error):
        raise SourceProblem(troubles.meanwhile(error)) from error
    return f"The file cannot be read: {error.strerror or error}."


def _fetched(address: str, pace: Pace, max_bytes: int = services.POSTER_BYTES) -> BinaryIO:
    """What is at `address`, in a temporary file. What fails for a moment is tried again."""
    policy = FetchPolicy(
        max_bytes=max_bytes, allowed_networks=tuple(settings.SIGHTLINE_FETCH_ALLOWED_NETWORKS), deadline_s=60
    )
    for attempt in range(1, ATTEMPTS + 1):
        pace.wait()
        file = tempfile.NamedTemporaryFile(prefix="sightline-fetched-")  # noqa: SIM115 - the caller closes it
        try:
            fetch(address, policy, file)
            file.flush()
            file.seek(0)
            return file
        except BaseException as error:
            file.close()
            passing = isinstance(error, FetchRefused) and error.code in PASSING
            if not passing or attempt == ATTEMPTS:
                raise
        time.sleep(PAUSE_S * attempt)
    raise AssertionError
