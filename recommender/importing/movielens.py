"""MovieLens: a folder or a zip file with movies.csv, links.csv and, for what people gave films, ratings.csv.

https://grouplens.org/datasets/movielens/ tells the format. Films are told by TMDB's ids, out of links.csv; what
MovieLens says of a film counts only where nothing better is known. Ratings go to the database by COPY, some hundred
thousand at a time, and those that are there already stay.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, TextIO
from uuid import UUID

from django.db import connection, transaction

from recommender.importing.facts import LARGEST_ID, Facts, RowRejected, clean, genre_names
from recommender.importing.reading import FileProblem, Row, table
from recommender.models import Movie, movie_id

MOVIES, LINKS, RATINGS = "movies.csv", "links.csv", "ratings.csv"

AT_ONCE = 200_000
"""Ratings in one COPY: some seconds of work, and some tens of megabytes."""

_NAMED = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})(?:[-–]\d{0,4})?\)\s*$", re.DOTALL)
_ARTICLE = re.compile(r"^(?P<rest>.+), (?P<article>The|A|An|Les?|La|L'|Il|Lo|Gli|I|El|Los|Las|Der|Die|Das|Ein|Eine)$")


@dataclass(frozen=True)
class Place:
    """Where MovieLens' files are: in a folder, or below `inner` in a zip file."""

    path: Path
    inner: str = ""

    @property
    def packed(self) -> bool:
        return self.path.is_file()

    def has(self, name: str) -> bool:
        if not self.packed:
            return (self.path / name).is_file()
        with zipfile.ZipFile(self.path) as archive:
            return f"{self.inner}{name}" in archive.namelist()

    @contextmanager
    def open(self, name: str) -> Iterator[TextIO]:
        """One of the files as text. Raises FileProblem."""
        try:
            with ExitStack() as stack:
                if self.packed:
                    archive = stack.enter_context(zipfile.ZipFile(self.path))
                    raw = stack.enter_context(archive.open(f"{self.inner}{name}"))
                else:
                    raw = stack.enter_context((self.path / name).open("rb"))
                yield io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")
        except (OSError, KeyError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise FileProblem(f"{name} of MovieLens cannot be read: {error}.") from error


def find(path: Path) -> Place | None:
    """MovieLens' files at `path`, a folder or a zip file; None where there are none. Raises FileProblem."""
    if path.is_dir():
        inside = [path, *sorted(each for each in path.iterdir() if each.is_dir())]
        return next((Place(each) for each in inside if (each / LINKS).is_file()), None)
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            found = [name for name in archive.namelist() if PurePosixPath(name).name == LINKS]
    except (OSError, zipfile.BadZipFile) as error:
        raise FileProblem(f"{path.name} is a damaged zip file: {error}.") from error
    if not found:
        raise FileProblem(f"{path.name} is a zip file, but not one of MovieLens: it has no {LINKS}.")
    return Place(path, found[0].removesuffix(LINKS))


def links(place: Place) -> dict[int, int]:
    """TMDB's ids by those of MovieLens, of those films that TMDB has."""
    found: dict[int, int] = {}
    with place.open(LINKS) as file:
        for row in table(file, LINKS):
            ours, theirs = (_whole((row.value or {}).get(name)) for name in ("movieId", "tmdbId"))
            if ours and theirs:
                found[ours] = theirs
    return found


def films(place: Place, linked: Mapping[int, int]) -> Iterator[Row]:
    """The lines of movies.csv; the value of each is its Facts, or a RowRejected that says why there are none."""
    if not place.has(MOVIES):
        return
    with place.open(MOVIES) as file:
        for row in table(file, MOVIES):
            if row.problem:
                yield row
                continue
            try:
                yield Row(row.number, _facts(row.value, linked))
            except RowRejected as rejected:
                yield Row(row.number, rejected)


def _facts(row: Mapping[str, str], linked: Mapping[int, int]) -> Facts:
    number = _whole(row.get("movieId"))
    if number is None:
        raise RowRejected("It has no movieId.")
    if number not in linked:
        raise RowRejected(f"Film {number} of MovieLens has no TMDB id in {LINKS}.")
    title, year = title_and_year(row.get("title", ""))
    if not title:
        raise RowRejected("It has no title.")
    names = genre_names([clean(name) for name in row.get("genres", "").split("|")])
    otherwise: dict[str, Any] = {"title": title, "year": year, "genres": names}
    return Facts(
        linked[number],
        {"movielens_id": number},
        {name: value for name, value in otherwise.items() if value},
    )


def title_and_year(text: str) -> tuple[str, int | None]:
    """“Godfather, The (1972)” → “The Godfather”, 1972."""
    text = " ".join(clean(text).split())
    match = _NAMED.match(text)
    title, year = (match["title"], int(match["year"])) if match else (text, None)
    # What it is also called stands behind it: “City of Lost Children, The (Cité des enfants perdus, La)”.
    title = re.sub(r"(?<=.)\s*\([^()]*\)$", "", title)
    if turned := _ARTICLE.match(title):
        gap = "" if turned["article"].endswith("'") else " "
        title = f"{turned['article']}{gap}{turned['rest']}"
    return title[:300], year if year and 1870 <= year <= 2100 else None


def _whole(value: Any) -> int | None:
    text = str(value or "").strip().removesuffix(".0")
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) and 0 < int(text) <= LARGEST_ID else None


# --- Ratings ---------------------------------------------------------------------------------------------


@dataclass
class Rated:
    """What became of ratings: stored anew or changed, there already, of films that are not in the catalogue, and lines
    that are no ratings, with the first reasons."""

    stored: int = 0
    same: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def read(self) -> int:
        return self.stored + self.same + self.unknown + self.failed


def take_ratings(
    place: Place, linked: Mapping[int, int], tell: Callable[[Rated, str], object], stopping: Callable[[], bool]
) -> Rated:
    """Store what ratings.csv says of films that are in the catalogue.

    `tell` is told how far it is after every batch, and of each line that is no rating why. Raises FileProblem.
    """
    rated = Rated()
    if not place.has(RATINGS):
        return rated
    there = set(Movie.objects.order_by().values_list("tmdb_id", flat=True))
    movies = {ours: movie_id(theirs) for ours, theirs in linked.items() if theirs in there}
    batch: list[tuple[int, UUID, float, datetime]] = []
    with place.open(RATINGS) as file:
        for row in table(file, RATINGS):
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                rating = _rating(row.value, movies)
            except RowRejected as rejected:
                rated.failed += 1
                tell(rated, f"{RATINGS}, line {row.number}: {rejected}")
                continue
            if rating is None:
                rated.unknown += 1
                continue
            batch.append(rating)
            if len(batch) >= AT_ONCE:
                _store(batch, rated)
                batch.clear()
                tell(rated, "")
                if stopping():
                    return rated
    _store(batch, rated)
    tell(rated, "")
    return rated


def _rating(row: Mapping[str, str], movies: Mapping[int, UUID]) -> tuple[int, UUID, float, datetime] | None:
    """None where its film is not in the catalogue. Raises RowRejected."""
    rater, film = _whole(row.get("userId")), _whole(row.get("movieId"))
    if rater is None or film is None:
        raise RowRejected("It names no person or no film.")
    try:
        given, at = float(row.get("rating", "")), float(row.get("timestamp", ""))
        when = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RowRejected("Its rating or its time is no number.") from error
    if math.isnan(given) or not 0.5 <= given <= 5:
        raise RowRejected(f"Its rating is {given:g}, which is not between 0.5 and 5.")
    if (movie := movies.get(film)) is None:
        return None
    return rater, movie, given, when


def _store(batch: list[tuple[int, UUID, float, datetime]], rated: Rated) -> None:
    if not batch:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE taken_in (rater integer, movie_id uuid, rating float8, rated_at timestamptz) "
            "ON COMMIT DROP"
        )
        with cursor.copy("COPY taken_in FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
        # The last one counts where somebody rated a film twice; what is the same already is not written again.
        cursor.execute(
            "INSERT INTO recommender_rating AS known (rater, movie_id, rating, rated_at) "
            "SELECT DISTINCT ON (rater, movie_id) rater, movie_id, rating, rated_at FROM taken_in "
            "WHERE EXISTS (SELECT 1 FROM recommender_movie WHERE id = movie_id) "
            "ORDER BY rater, movie_id, rated_at DESC "
            "ON CONFLICT (rater, movie_id) DO UPDATE SET rating = excluded.rating, rated_at = excluded.rated_at "
            "WHERE known.rating <> excluded.rating AND known.rated_at <= excluded.rated_at"
        )
        stored = cursor.rowcount
        # Within a test, for one, the transaction goes on.
        cursor.execute("DROP TABLE taken_in")
    rated.stored += stored
    rated.same += len(batch) - stored


def votes_of_ratings() -> int:
    """Give films that nobody at TMDB is known to have voted on the votes of raters, out of 10; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recommender_movie SET vote_count = given.count, vote_average = 2 * given.mean FROM ("
            "SELECT movie_id, count(*) AS count, avg(rating) AS mean FROM recommender_rating "
            "WHERE movie_id IN (SELECT id FROM recommender_movie WHERE vote_count = 0) GROUP BY movie_id"
            ") AS given WHERE id = given.movie_id AND vote_count = 0"
        )
        return cursor.rowcount
