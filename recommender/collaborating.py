"""What people like together: films as points that ratings alone place (implicit feedback, alternating least squares).

Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; made by the library
“implicit”. A person is not stored: who has just liked something is placed by solving the same equation once more for
them alone, with what is kept of the films. Without ratings there is no model, and everything works by content.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from recommender.models import FactorModel, FactorModelState, Movie, MovieFactors, Opinion, Rating
from recommender.tastes import Said
from search.spaces import HNSW, REMOVED_AT_ONCE

logger = logging.getLogger(__name__)

TRAIN = "recommender.tasks.train_factors"

FACTORS, REGULARIZATION, ALPHA, ITERATIONS = 64, 0.05, 8.0, 15
"""Numbers per film, and how much surer the best rating makes than none; usual values, see docs/adr/0024-films.md."""

FEWEST_RATINGS, FEWEST_RATERS, FEWEST_FILMS = 1_000, 20, 20
"""With fewer there is nothing to be learnt that content does not tell better."""

LOCK = 0x66696C6D73
"""Of PostgreSQL's advisory locks, the one that whoever trains holds: “films” in letters."""

GROWTH = 0.05
"""The share by which the number of ratings has to change to be learnt from anew."""


@dataclass(frozen=True)
class Learnt:
    """`films`: n of them; `rows`: (n, factors) float32; `rated`: (n,) how many rated each; `gram`: rowsᵀ·rows."""

    films: list[UUID]
    rows: np.ndarray
    rated: np.ndarray
    gram: np.ndarray
    regularization: float
    alpha: float
    ratings: int
    raters: int
    seconds: float


@dataclass(frozen=True)
class Kept:
    """What of the active model is needed to place somebody."""

    pk: int
    gram: np.ndarray
    regularization: float
    alpha: float


def confidence(said: Said, alpha: float = ALPHA) -> float:
    """How sure it is that somebody likes a film (above 0) or does not (below); 0 where nothing is told."""
    return alpha * said.weight


# --- Learning --------------------------------------------------------------------------------------------


def learn(
    ratings: Iterable[tuple[int, UUID, float]],
    factors: int = FACTORS,
    regularization: float = REGULARIZATION,
    alpha: float = ALPHA,
    iterations: int = ITERATIONS,
) -> Learnt | None:
    """What `ratings`, (rater, film, 0.5 to 5), tell; None where they tell nothing. The same for the same ratings."""
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    started = time.monotonic()
    raters: dict[int, int] = {}
    films: dict[UUID, int] = {}
    rows, columns, values = [], [], []
    rated: Counter[UUID] = Counter()
    weight = {step / 2: confidence(Said(UUID(int=0), rating=step / 2), alpha) for step in range(1, 11)}
    for rater, film, rating in ratings:
        sure = weight.get(rating)
        if sure is None:
            sure = confidence(Said(film, rating=rating), alpha)
        rated[film] += 1
        if sure:
            rows.append(raters.setdefault(rater, len(raters)))
            columns.append(films.setdefault(film, len(films)))
            values.append(sure)
    if not any(value > 0 for value in values):
        return None
    matrix = csr_matrix((np.asarray(values, np.float32), (rows, columns)), shape=(len(raters), len(films)))
    size = max(2, min(factors, len(films) // 2, len(raters) // 2))
    model = AlternatingLeastSquares(
        factors=size,
        regularization=regularization,
        iterations=iterations,
        num_threads=settings.SIGHTLINE_ENCODER_THREADS,
        random_state=0,
    )
    with threadpool_limits(1, "blas"):
        model.fit(matrix, show_progress=False)
    made = np.asarray(model.item_factors, dtype=np.float32)
    return Learnt(
        films=list(films),
        rows=made,
        rated=np.array([rated[film] for film in films]),
        gram=made.T @ made,
        regularization=regularization,
        alpha=alpha,
        ratings=len(values),
        raters=len(raters),
        seconds=time.monotonic() - started,
    )


def train(least_ratings: int = FEWEST_RATINGS, **options: float) -> FactorModel | None:
    """Learn from all ratings, those of strangers and of the people here, and let recommendations use it at once.

    None where there are too few. `options` as for learn(). One at a time: another one waits.
    """
    with alone():
        return _trained(least_ratings, **options)


def _trained(least_ratings: int = FEWEST_RATINGS, **options: float) -> FactorModel | None:
    counted = Rating.objects.aggregate(n=Count("pk"), raters=Count("rater", distinct=True))
    if counted["n"] < least_ratings or counted["raters"] < FEWEST_RATERS:
        return None
    learnt = learn(_ratings(), **options)
    if learnt is None or len(learnt.films) < FEWEST_FILMS:
        return None
    return store(learnt)


def train_if_due() -> FactorModel | None:
    """The same where the number of ratings is far from what it was when they were learnt from."""
    with alone():
        count = Rating.objects.count()
        last = FactorModel.objects.filter(state=FactorModelState.ACTIVE).values_list("rated", flat=True).first()
        if last is not None and abs(count - last) < max(GROWTH * last, 1):
            return None
        return _trained()


@contextmanager
def alone() -> Iterator[None]:
    """Within it nobody else trains: two at once would each take the other's model for one that was left unfinished.

    The database lets go of it by itself where this process dies; within a transaction, at the end of that. It may be
    asked for again within itself.
    """
    within = connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_{'xact_' if within else ''}lock(%s)", [LOCK])
    try:
        yield
    finally:
        if not within and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _ratings() -> Iterable[tuple[int, UUID, float]]:
    yield from Rating.objects.order_by().values_list("rater", "movie_id", "rating").iterator(chunk_size=50_000)
    said = Opinion.objects.spoken().order_by("pk").values_list("user_id", "movie_id", "rating", "liked")
    for user_id, movie_id, rating, liked in said.iterator(chunk_size=5_000):
        given = rating if rating is not None else {1: 4.5, -1: 1.0}.get(liked)
        if given is not None:
            # Below 0, where no rater of MovieLens is.
            yield -user_id, movie_id, given


def store(learnt: Learnt) -> FactorModel:
    """Keep what was learnt, index it, and put it in the place of the one before, in one transaction."""
    FactorModel.objects.exclude(state=FactorModelState.ACTIVE).delete()
    model = FactorModel.objects.create(
        factors=learnt.rows.shape[1],
        regularization=learnt.regularization,
        alpha=learnt.alpha,
        gram=learnt.gram.astype("<f4").tobytes(),
        ratings=learnt.ratings,
        rated=Rating.objects.count(),
        raters=learnt.raters,
        films=len(learnt.films),
        seconds=learnt.seconds,
    )
    there = set(Movie.objects.order_by().values_list("pk", flat=True))
    rows = (
        MovieFactors(model=model, movie_id=film, vector=row, raters=raters)
        for film, row, raters in zip(learnt.films, learnt.rows, learnt.rated.tolist(), strict=True)
        if film in there
    )
    MovieFactors.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)
    _build_index(model)
    with transaction.atomic():
        before = list(FactorModel.objects.select_for_update().filter(state=FactorModelState.ACTIVE))
        FactorModel.objects.filter(pk__in=[old.pk for old in before]).update(state=FactorModelState.OLD)
        model.state = FactorModelState.ACTIVE
        model.save(update_fields=["state"])
    for old in before:
        remove(old)
    return model


def remove(model: FactorModel) -> None:
    """Delete a model with its films' places; one that is active takes its part of recommendations with it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {_index(model)}")
    while True:
        some = MovieFactors.objects.filter(model=model).order_by().values("pk")[:REMOVED_AT_ONCE]
        if not MovieFactors.objects.filter(pk__in=some).delete()[0]:
            break
    model.delete()


def _index(model: FactorModel) -> str:
    return f"recommender_moviefactors_hnsw_{model.pk}"


def _build_index(model: FactorModel) -> None:
    options = ", ".join(f"{name} = {value}" for name, value in HNSW.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {_index(model)} ON recommender_moviefactors "
            f"USING hnsw ((vector::halfvec({model.factors})) halfvec_ip_ops) WITH ({options}) "
            f"WHERE model_id = {model.pk}"
        )


# --- Placing people --------------------------------------------------------------------------------------


def active() -> Kept | None:
    """The model that serves; None before anything was learnt. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM recommender_factormodel WHERE state = %s", [FactorModelState.ACTIVE.value])
        found = cursor.fetchone()
    return kept(found[0]) if found else None


@lru_cache(maxsize=2)
def kept(pk: int) -> Kept | None:
    """What is needed of the model with this number; read once in a process, since a model never changes."""
    model = FactorModel.objects.filter(pk=pk).first()
    if model is None:
        return None
    gram = np.frombuffer(bytes(model.gram), "<f4").reshape(model.factors, model.factors)
    return Kept(pk, gram, model.regularization, model.alpha)


def placed(values: np.ndarray, points: np.ndarray, model: Kept) -> np.ndarray | None:
    """Where somebody lies who said (n,) how sure (see confidence()) about films at (n, factors) points: (factors,);
    None where they like none of them.

    Solves (YᵀY + Σ(|c| − 1)·y·yᵀ + λI)·x = Σ c·y over what they said, as the training does for each rater.
    """
    if not (values > 0).any():
        return None
    points = points.astype(np.float64)
    matrix = model.gram + model.regularization * np.eye(points.shape[1])
    matrix = matrix + (points.T * (np.abs(values) - 1)) @ points
    return np.linalg.solve(matrix, points.T @ np.maximum(values, 0)).astype(np.float32)
