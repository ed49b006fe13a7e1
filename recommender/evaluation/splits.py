"""What is held back of the ratings, and from whom: the rest is what recommendations are made from.

A film counts as liked from LIKED stars on. Whatever is held back is also kept from collaborative training: `Split.held`
names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from recommender.models import Rating
from recommender.recommending import Said

LIKED = 4.0
"""Stars; those who used MovieLens gave a mean of 3.5."""
ENOUGH = 5
"""Ratings that somebody must have before what is held back, so that there is a taste to be found."""
AFTER = 3
"""Likes that a newcomer is known by."""
NEWCOMERS = 5
"""One of so many is one at the most."""
TIME_SHARE = 0.8
"""Of all ratings, those that come before the split by time."""


@dataclass(frozen=True, slots=True)
class Case:
    """One person: what is known of them at `now`, and what they came to like after it."""

    rater: int
    said: tuple[Said, ...]
    liked: frozenset[UUID]
    now: datetime


@dataclass(slots=True)
class Split:
    name: str
    cases: list[Case] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    """Primary keys of the ratings that nothing may learn from."""


@dataclass(frozen=True, slots=True)
class _Given:
    pk: int
    rater: int
    movie: UUID
    rating: float
    at: datetime

    @property
    def liked(self) -> bool:
        return self.rating >= LIKED


def leave_last_out(ratings: QuerySet[Rating], raters: Sequence[int]) -> Split:
    """Each one's last like is to be found from all before it; what they rated after it is held back with it."""
    split = Split("leave-last-out")
    for rater, given in _by_rater(ratings, raters):
        last = max((place for place, each in enumerate(given) if each.liked), default=-1)
        if last < ENOUGH:
            continue
        split.cases.append(_case(rater, given[:last], given[last : last + 1]))
        split.held += [each.pk for each in given[last:]]
    return split


def temporal(ratings: QuerySet[Rating], raters: Sequence[int]) -> Split:
    """One moment for all: what was liked after it is to be found from what was rated before."""
    split, moment = Split("temporal"), _moment(ratings)
    if moment is None:
        return split
    split.held = list(ratings.filter(rated_at__gt=moment).values_list("pk", flat=True))
    for rater, given in _by_rater(ratings, raters):
        before, after = [each for each in given if each.at <= moment], [each for each in given if each.at > moment]
        if len(before) >= ENOUGH and any(each.liked for each in after):
            split.cases.append(_case(rater, before, after))
    return split


def cold_start(ratings: QuerySet[Rating], raters: Sequence[int]) -> Split:
    """Newcomers: the first three likes are all that anybody knows of them, and their other likes are to be found.

    No more than a fifth of all are newcomers, so that there are others to learn from.
    """
    split = Split("cold start")
    most = max(ratings.order_by().values("rater").distinct().count() // NEWCOMERS, 1)
    raters = raters[:: -(-len(raters) // most)] if raters else raters
    for rater, given in _by_rater(ratings, raters):
        likes = [each for each in given if each.liked]
        if len(likes) <= AFTER:
            continue
        split.cases.append(_case(rater, likes[:AFTER], likes[AFTER:]))
        split.held += [each.pk for each in given]
    return split


SPLITS = {"leave-last-out": leave_last_out, "temporal": temporal, "cold-start": cold_start}


def _case(rater: int, before: Sequence[_Given], after: Iterable[_Given]) -> Case:
    said = tuple(Said(each.movie, None, each.rating, True, each.at) for each in before)
    known = {each.movie for each in before}
    liked = frozenset(each.movie for each in after if each.liked and each.movie not in known)
    return Case(rater, said, liked, before[-1].at)


def _by_rater(ratings: QuerySet[Rating], raters: Sequence[int]) -> Iterator[tuple[int, list[_Given]]]:
    """Everybody with what they gave, in its order in time."""
    rows = ratings.filter(rater__in=list(raters)).order_by("rater", "rated_at", "pk")
    found = rows.values_list("pk", "rater", "movie_id", "rating", "rated_at").iterator(chunk_size=10_000)
    for rater, given in groupby((_Given(*row) for row in found), key=lambda each: each.rater):
        yield rater, list(given)


def _moment(ratings: QuerySet[Rating]) -> datetime | None:
    sql, given = ratings.order_by().values("rated_at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY rated_at) FROM ({sql}) AS every", (TIME_SHARE, *given)
        )
        return cursor.fetchone()[0]
