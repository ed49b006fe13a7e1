"""Films for a new person to choose from, so that there is something to recommend by."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.core.cache import cache

from recommender import ranking
from recommender.models import Movie
from recommender.profiles import Spaces, said_by
from recommender.ranking import Weights

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

KNOWN = 400
"""Films, those that most people have voted on, that the first grid is chosen from."""

GRID_KEPT_S = 10 * 60


def onboarding(count: int = 28, user: AbstractBaseUser | AnonymousUser | None = None) -> list[Movie]:
    """Films for a new person to choose from: well known, and as different from one another as they can be.

    Those about which `user` has said something are left out.
    """
    gone = said_by(user)[1] if user is not None else set()
    ids = [film for film in _grid(count + len(gone)) if film not in gone][:count]
    movies = Movie.objects.order_by().in_bulk(ids)
    return [movies[film] for film in ids if film in movies]


def _grid(count: int) -> list[UUID]:
    count = min(-(-count // 28) * 28, KNOWN)
    grid = cache.get(f"film-grid:{count}")
    if grid is None:
        grid = _make_grid(count)
        # While films are only just coming in, the next one to ask should find more of them.
        if len(grid) == count:
            cache.set(f"film-grid:{count}", grid, GRID_KEPT_S)
    return grid


def _make_grid(count: int) -> list[UUID]:
    known = Movie.objects.well_known().only("pk", "vote_count", "esteem")
    pictured = list(known.postered()[:KNOWN])
    # A grid of pictures is better than one of names, where there are enough of them.
    pool = pictured if len(pictured) >= count else list(known[:KNOWN])
    there = Spaces.now(Weights()).details([movie.pk for movie in pool])
    votes = {movie.pk: movie.vote_count for movie in pool}
    ids = there.films
    known_by = ranking.standardised(np.log1p(np.array([votes[film] for film in ids], dtype=float)))
    alike = ranking.alikeness(there.stories, there.looks, Weights())
    return [ids[place] for place in ranking.choose(known_by, alike, count, diversity=1.0)]
