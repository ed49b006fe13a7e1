"""The films nearest to several vectors, each in its space, in one statement; filters lose nothing.

Where few films are allowed every vector is compared, which is exact. Where many are, the HNSW index of the encoder is
scanned on until enough allowed ones are found, and where that gives up, everything is compared after all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db import connection

from recommender.known import halves, uuid_array
from recommender.models import Movie, MovieQuerySet
from search import fusion

DECIDED_S = 300
"""Seconds for which it is kept whether to compare all: a decision that is late costs time, no film."""


@dataclass(frozen=True)
class Probe:
    """Where to look: `vector`, (dimensions,), among the vectors of one encoder, or among the factors of one model.

    Of factors the inner product counts, of all others the cosine.
    """

    vector: np.ndarray
    encoder_id: int | None = None
    model_id: int | None = None
    window: int = 0
    """How many to find; 0 for as many as is asked for altogether."""

    @property
    def source(self) -> str:
        """The rows to compare, as SQL up to their condition."""
        size = f"halfvec({len(self.vector)})"
        if self.model_id is not None:
            compared = f"(vector::{size} <#> %s::{size}) AS distance"
            return f"SELECT movie_id, {compared} FROM recommender_moviefactors WHERE model_id = {int(self.model_id)}"
        compared = f"(vector::{size} <=> %s::{size}) AS distance"
        return (
            f"SELECT movie_id, {compared} FROM recommender_movievector WHERE encoder_id = {int(self.encoder_id or 0)}"
        )

    def similarity(self, distance: float) -> float:
        return -distance if self.model_id is not None else 1 - distance


Near = tuple[UUID, float]
"""A film, and its cosine or inner product."""


def nearest(
    probes: Sequence[Probe],
    window: int,
    allowed: MovieQuerySet | None = None,
    exclude: Collection[UUID] = (),
    least_ef: int = fusion.MIN_EF_SEARCH,
) -> tuple[list[list[Near]], bool]:
    """Up to `window` films for each of `probes`, the nearest first, and whether these are all there are.

    `allowed`: None for all films. `exclude`: films that are not to be found. `least_ef`: how thoroughly the index is
    scanned at the least.
    """
    if not probes:
        return [], True
    exact = _compares_all(allowed, window)
    found = _found(probes, window, allowed, exclude, exact, least_ef)
    if not exact and any(len(rows) < (probe.window or window) for probe, rows in zip(probes, found, strict=True)):
        # The scan gave up, or there are no more.
        found = _found(probes, window, allowed, exclude, True, least_ef)
    return found, all(len(rows) < (probe.window or window) for probe, rows in zip(probes, found, strict=True))


def _found(
    probes: Sequence[Probe],
    window: int,
    allowed: MovieQuerySet | None,
    exclude: Collection[UUID],
    exact: bool,
    least_ef: int,
) -> list[list[Near]]:
    head, condition, head_params, condition_params = "", "", [], []
    if allowed is not None:
        allowed_sql, allowed_params = allowed.order_by().values("pk").query.sql_with_params()
        if exact:
            # They are few, and the same ones for each probe.
            head, head_params = f"WITH allowed (id) AS MATERIALIZED ({allowed_sql}) ", [*allowed_params]
            condition = " AND movie_id IN (SELECT id FROM allowed)"
        else:
            condition, condition_params = f" AND movie_id IN ({allowed_sql})", [*allowed_params]
    if exclude:
        condition += " AND movie_id <> ALL(%s::uuid[])"
        condition_params.append(uuid_array(exclude))
    parts, params = [], []
    for number, probe in enumerate(probes):
        # Compared by themselves first: with an order that the index could give, the planner would take the index.
        order = "OFFSET 0) AS compared ORDER BY distance, movie_id" if exact else "ORDER BY distance LIMIT %s) AS near"
        limits = [probe.window or window]
        parts.append(
            f"(SELECT {number}, movie_id, distance FROM ({probe.source}{condition} {order}"
            f"{' LIMIT %s' if exact else ''})"
        )
        params += [fusion.literal(probe.vector), *condition_params, *limits]
    plan, plan_params = fusion.plan_sql(window, exact, least_ef)
    with connection.cursor() as cursor:
        # Sent together they are one transaction, which the plan is set for, and one way to the database and back.
        cursor.execute(f"{plan}; {head}{' UNION ALL '.join(parts)}", [*plan_params, *head_params, *params])
        cursor.nextset()
        rows = cursor.fetchall()
    found: list[list[Near]] = [[] for _ in probes]
    for number, movie_id, distance in rows:
        found[number].append((movie_id, probes[number].similarity(distance)))
    for near in found:
        near.sort(key=lambda pair: (-pair[1], pair[0]))
    return found


def _compares_all(allowed: MovieQuerySet | None, window: int) -> bool:
    asked_sql, params = (
        (Movie.objects.all() if allowed is None else allowed).order_by().values("pk").query.sql_with_params()
    )
    asked = hashlib.sha256(repr((asked_sql, params, window)).encode()).hexdigest()
    return cache.get_or_set(
        f"films-compare-all:{asked}",
        lambda: fusion.compares_all(asked_sql, params, window, Movie._meta.db_table),
        DECIDED_S,
    )


def vectors(movie_ids: Collection[UUID], encoder_ids: Sequence[int]) -> dict[int, tuple[list[UUID], np.ndarray]]:
    """The stored vectors of these films by encoder, each as the films that have one, and (n, dimensions) float32.

    Read in the form that goes over the wire (two 16-bit numbers, then big-endian halves), not as text.
    """
    films: dict[int, list[UUID]] = {encoder_id: [] for encoder_id in encoder_ids}
    raw: dict[int, list[bytes]] = {encoder_id: [] for encoder_id in encoder_ids}
    if movie_ids and encoder_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT encoder_id, movie_id, halfvec_send(vector) FROM recommender_movievector "
                "WHERE movie_id = ANY(%s::uuid[]) AND encoder_id = ANY(%s)",
                [uuid_array(movie_ids), list(encoder_ids)],
            )
            for encoder_id, movie_id, vector in cursor.fetchall():
                films[encoder_id].append(movie_id)
                raw[encoder_id].append(vector)
    return {encoder_id: (films[encoder_id], halves(raw[encoder_id])) for encoder_id in encoder_ids if films[encoder_id]}
