"""Which films to look among: by genre, year, vote, language and length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection

from recommender.models import MovieQuerySet

KEPT_S = 10 * 60
"""Seconds for which the lists of genres and languages are kept."""


@dataclass(frozen=True, slots=True)
class FilmFilters:
    """False where nothing is left out. Bounds are included; a film of which nobody knows the year is outside of any.

    `genres`: all of them must be named by the film. `languages`: one of them. Votes from 0 to 10, `runtime_to` in
    minutes.
    """

    genres: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    vote_from: float | None = None
    vote_to: float | None = None
    languages: tuple[str, ...] = ()
    runtime_to: int | None = None

    def __bool__(self) -> bool:
        return self != FilmFilters()

    def apply(self, movies: MovieQuerySet) -> MovieQuerySet:
        """Those of `movies` that pass."""
        asked: dict[str, Any] = {
            "genres__contains": list(self.genres) or None,
            "year__gte": self.year_from,
            "year__lte": self.year_to,
            "vote_average__gte": self.vote_from,
            "vote_average__lte": self.vote_to,
            "language__in": self.languages or None,
            "runtime__lte": self.runtime_to,
        }
        return movies.filter(**{name: value for name, value in asked.items() if value is not None})


def genres() -> list[str]:
    """Those that films have, the most frequent first."""
    return _counted("genres", "SELECT unnest(genres) AS value FROM recommender_movie")


def languages() -> list[str]:
    """The codes of those that films have, the most frequent first."""
    return _counted("languages", "SELECT language AS value FROM recommender_movie WHERE language <> ''")


def forget() -> None:
    """The catalogue has changed: count anew."""
    cache.delete_many(["film-genres", "film-languages"])


def _counted(name: str, values_sql: str) -> list[str]:
    def count() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM ({values_sql}) AS each GROUP BY value ORDER BY count(*) DESC, value")
            return [value for (value,) in cursor.fetchall()]

    return _kept(f"film-{name}", count)


def _kept(key: str, make: Callable[[], list[str]]) -> list[str]:
    return cache.get_or_set(key, make, KEPT_S)
