"""Made-up raters whose tastes are known, for libraries without ratings and for tests.

Each loves one or two genres and cares little for the rest, so a recommender that sees what films have in common finds
what they like next, and one that only counts finds what everybody likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from recommender.models import Movie, Rating

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
LOVED, OTHER = (4.0, 5.0), (1.0, 4.0)
"""Stars for films of a loved genre and of others, from and to."""
FROM_LOVED = 0.75
"""Of what somebody watches, the share that is of a genre they love."""
FIRST = 1_000_000_000
"""Their numbers begin here, far from those of MovieLens."""


def raters(films: Sequence[tuple[UUID, Sequence[str]]], count: int, seed: int = 0, each: int = 20) -> list[Rating]:
    """Unsaved ratings of `count` raters, about `each` per rater; `films`: ids with their genres."""
    rng = np.random.default_rng(seed)
    by_genre: dict[str, list[UUID]] = {}
    for film, genres in films:
        for genre in genres:
            by_genre.setdefault(genre, []).append(film)
    genres = sorted(genre for genre, those in by_genre.items() if len(those) >= 4)
    every = [film for film, _ in films]
    made: list[Rating] = []
    for number in range(count):
        loved = rng.choice(genres, size=min(len(genres), 1 + int(rng.random() < 0.5)), replace=False)
        pool = sorted({film for genre in loved for film in by_genre[genre]})
        watched: dict[UUID, float] = {}
        while len(watched) < min(each, len(every)):
            of_loved = rng.random() < FROM_LOVED and not all(film in watched for film in pool)
            film = (pool if of_loved else every)[int(rng.integers(len(pool if of_loved else every)))]
            if film not in watched:
                stars = rng.uniform(*(LOVED if film in pool else OTHER))
                watched[film] = round(2 * stars) / 2
        begun = BEGIN + timedelta(days=float(rng.uniform(0, 365)))
        made += [
            Rating(rater=FIRST + number, movie_id=film, rating=stars, rated_at=begun + timedelta(days=day))
            for day, (film, stars) in enumerate(watched.items())
        ]
    return made


def made_up(count: int, seed: int = 0) -> list[Rating]:
    """Those of `count` raters over the films that the library has."""
    return raters(list(Movie.objects.order_by("tmdb_id").values_list("pk", "genres")), count, seed)
