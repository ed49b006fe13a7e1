"""Posters for films that have none yet: out of a folder, from a web address, or from TMDB."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import Q

from media_library import troubles
from media_library.fetching import FetchPolicy, FetchRefused, fetch
from media_library.formats.base import FileRejected
from recommender import services
from recommender.importing.facts import RowRejected, facts_of
from recommender.models import Movie, MovieQuerySet, PosterState

TMDB_API = "https://api.themoviedb.org/3/movie/{id}"
TMDB_POSTERS = "https://image.tmdb.org/t/p/w500"
"""https://developer.themoviedb.org/docs/image-basics; w500 is the least width that is sharp on a film's page."""

TMDB = "tmdb"
"""What stands for TMDB's own servers where a folder or an address is asked for."""

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")

PER_SECOND = 10.0
"""Files that are fetched in a second at the most. TMDB allows about 50."""

ATTEMPTS, PAUSE_S = 3, 1.0
PASSING = {"busy", "unreachable", "too-slow"}
"""Why a fetch fails that may succeed a little later."""

CHUNK = 200


class NoPoster(Exception):
    """There is none to be had for this film; the message is a sentence for people."""


class SourceProblem(Exception):
    """Posters cannot be had from there at all; the message is a sentence for people."""


class Source(Protocol):
    """Where posters come from."""

    def wanted(self) -> MovieQuerySet:
        """The films that it may have a poster for, of those that have none."""
        ...

    def poster(self, movie: Movie) -> BinaryIO:
        """The file, as a context manager, at its beginning. Raises NoPoster, FetchRefused, FileRejected, OSError."""
        ...


@dataclass
class Pace:
    """Waits so that no more than `per_second` things are done in a second."""

    per_second: float = PER_SECOND
    _next: float = 0.0

    def wait(self) -> None:
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.per_second


@dataclass
class FromFolder:
    """Files in `folder` that are named like the poster's path, or by the TMDB id."""

    folder: Path

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


@dataclass
class FromWeb:
    """Files below `base`, or where it has {id} or {path} in it, at the address that this makes."""

    base: str
    pace: Pace

    def wanted(self) -> MovieQuerySet:
        lacking = Movie.objects.lacking_posters()
        return lacking if "{id}" in self.base else lacking.exclude(poster_path="")

    def poster(self, movie: Movie) -> BinaryIO:
        return _fetched(self.address(movie), self.pace)

    def address(self, movie: Movie) -> str:
        path = movie.poster_path
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

    def wanted(self) -> MovieQuerySet:
        lacking = Movie.objects.lacking_posters()
        if self.key:
            # Also those that only lack words.
            return Movie.objects.filter(Q(pk__in=lacking.values("pk")) | Q(overview=""))
        return lacking.exclude(poster_path="")

    def poster(self, movie: Movie) -> BinaryIO:
        if self.key and not (movie.poster_path and movie.overview):
            self._ask(movie)
        if not movie.poster_path:
            raise NoPoster("TMDB has no poster of it.")
        return FromWeb(TMDB_POSTERS, self.pace).poster(movie)

    def _ask(self, movie: Movie) -> None:
        """Complete `movie` by what TMDB knows of it."""
        address = f"{TMDB_API.format(id=movie.tmdb_id)}?api_key={quote(self.key, safe='')}"
        with _fetched(address, self.pace, 2 * 1024**2) as file:
            try:
                facts = facts_of(json.loads(file.read()))
            except (ValueError, RecursionError, RowRejected) as error:
                raise NoPoster("TMDB gave an answer that cannot be read.") from error
        if facts.tmdb_id == movie.tmdb_id:
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

    Raises SourceProblem where nothing can be stored, or the web is not there at all.
    """
    # The numbers are known now: what fails on the way must not come round again.
    ids = list(source.wanted().order_by("-vote_count", "pk").values_list("pk", flat=True))
    unreachable = 0
    for start in range(0, len(ids), CHUNK):
        for movie in Movie.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("-vote_count", "pk"):
            if stopping():
                return
            outcome = _take_one(source, movie)
            unreachable = unreachable + 1 if outcome.reason.startswith(_UNREACHABLE) else 0
            if unreachable >= 20:
                raise SourceProblem(f"{outcome.reason} Twenty posters in a row failed so; run the same again later.")
            yield outcome


_UNREACHABLE = ("The server", "There is no server")


def _take_one(source: Source, movie: Movie) -> Outcome:
    try:
        with source.poster(movie) as file:
            if movie.poster_state != PosterState.STORED:
                services.set_poster(movie, file)
        return Outcome(movie)
    except Movie.DoesNotExist:
        return Outcome(movie, "The film was deleted meanwhile.")
    except NoPoster as none:
        reason = str(none)
    except (FetchRefused, FileRejected) as refused:
        reason = refused.message
    except OSError as error:
        if troubles.is_full(error) or troubles.of_storage(error):
            raise SourceProblem(troubles.meanwhile(error)) from error
        reason = f"The file cannot be read: {error.strerror or error}."
    if movie.poster_state != PosterState.STORED:
        services.poster_failed([movie.pk], reason)
    return Outcome(movie, reason)


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
