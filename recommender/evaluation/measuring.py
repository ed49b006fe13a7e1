"""Recommendations made for people whose likes were held back, by the product's own code and by plain baselines.

Everything happens in one transaction that is rolled back: what is held back is deleted, the collaborative model is
trained on the rest, and nobody else ever sees either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import fmean
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Count

from recommender import collaborating
from recommender.evaluation import metrics
from recommender.evaluation.splits import Case, Split
from recommender.models import FactorModel, FactorModelState, Movie, Rating
from recommender.nearest import vectors
from recommender.ranking import PARTS, Weights
from recommender.recommending import recommend_from
from search.models import Space
from search.spaces import serving

K = 10
AT_ONCE = 10_000
"""Ratings in one statement."""
Method = Callable[[Case], list[UUID]]
"""Who is it for → the films that are shown, best first."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over all people; see metrics.py. `ms`: the median time of one list."""

    method: str
    people: int
    recall: float
    ndcg: float
    map: float
    coverage: float
    diversity: float
    novelty: float
    ms: float


@contextmanager
def held_back(split: Split) -> Iterator[None]:
    """Within it nothing that `split` holds back can be learnt from; afterwards all is as it was."""
    # Training is waited for before any row is: whoever trains now would wait for the rows in turn.
    with transaction.atomic(), collaborating.alone():
        with connection.cursor() as cursor:
            # No index can be made, as training does, while checks wait for the end of the transaction.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for start in range(0, len(split.held), AT_ONCE):
            Rating.objects.filter(pk__in=split.held[start : start + AT_ONCE]).delete()
        # One that was trained on all must not serve where there is too little left to train on.
        FactorModel.objects.filter(state=FactorModelState.ACTIVE).update(state=FactorModelState.OLD)
        collaborating.train()
        try:
            yield
        finally:
            transaction.set_rollback(True)


def measure(name: str, method: Method, cases: Sequence[Case], known: Known) -> Figures:
    """`cases` must not be empty."""
    lists, times = [], []
    for case in cases:
        begun = time.perf_counter()
        lists.append(method(case)[:K])
        times.append((time.perf_counter() - begun) * 1000)
    liked, stories = [case.liked for case in cases], known.stories({film for shown in lists for film in shown})
    pairs = list(zip(lists, liked, strict=True))
    return Figures(
        method=name,
        people=len(cases),
        recall=fmean(metrics.recall_at(shown, those, K) for shown, those in pairs),
        ndcg=fmean(metrics.ndcg_at(shown, those, K) for shown, those in pairs),
        map=fmean(metrics.average_precision_at(shown, those, K) for shown, those in pairs),
        coverage=metrics.coverage(lists, known.films),
        diversity=fmean(
            metrics.diversity(np.array([stories[film] for film in shown if film in stories])) for shown in lists
        ),
        novelty=fmean(metrics.novelty([known.share(film) for film in shown]) for shown in lists),
        ms=float(np.median(times)),
    )


# --- Methods ---------------------------------------------------------------------------------------------


def recommending(weights: Weights) -> Method:
    """What the product does, by `weights`."""

    def shown(case: Case) -> list[UUID]:
        found = recommend_from(case.said, count=K, weights=weights, now=case.now)
        return [each.movie.pk for each in found.films]

    return shown


def popularity(known: Known) -> Method:
    """What most have rated and this one has not: hard to beat where everybody watches the same."""

    def shown(case: Case) -> list[UUID]:
        seen = {each.movie_id for each in case.said}
        return [film for film in known.by_popularity[: K + len(seen)] if film not in seen]

    return shown


def only(*kept: str) -> Weights:
    """The usual weights, all but `kept` of TERMS at 0."""
    return replace(Weights(), **{term: 0.0 for term in TERMS if term not in kept})


TERMS = (*PARTS, "diversity")
"""The weights that can be 0."""


def methods(known: Known, ablate: bool = False) -> dict[str, Method]:
    """Those that are compared: the product, what its parts do alone, and what everybody likes."""
    compared = {
        "all together": recommending(Weights()),
        "popularity": popularity(known),
        "content only": recommending(only("story", "look", "dislike", "diversity")),
        "collaborative only": recommending(only("together")),
    }
    if ablate:
        compared |= {f"without {term}": recommending(replace(Weights(), **{term: 0.0})) for term in TERMS}
        compared["one taste"] = recommending(replace(Weights(), tastes=1))
    return compared


# --- What is known of the films --------------------------------------------------------------------------


class Known:
    """The catalogue and how widely each film is known, read once, as things are within `held_back`."""

    def __init__(self) -> None:
        self.films = Movie.objects.count()
        counted = Rating.objects.values_list("movie_id").annotate(n=Count("pk")).order_by("-n", "movie_id")
        self._counts = dict(counted)
        self._raters = max(Rating.objects.aggregate(n=Count("rater", distinct=True))["n"], 1)
        self.by_popularity = list(self._counts)

    def share(self, film: UUID) -> float:
        """Of all raters, those who knew it; one at the least."""
        return max(self._counts.get(film, 0), 1) / self._raters

    def stories(self, films: Collection[UUID]) -> dict[UUID, np.ndarray]:
        """Their vectors in the text space, as far as they have one."""
        encoder = serving().get(Space.TEXT)
        found = vectors(films, [encoder.pk]) if encoder else {}
        return {film: row for those, rows in found.values() for film, row in zip(those, rows, strict=True)}
