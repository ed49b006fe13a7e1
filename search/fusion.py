"""Several rankings of the same items fused in one statement, by reciprocal rank.

RRF: an item's score is the sum over rankings of weight / (K + rank). Cormack, Clarke and Büttcher, "Reciprocal
Rank Fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009; K = 60 is theirs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from media_library.querysets import MediaItemQuerySet

K = 60

EXACT_LIMIT = 10_000
"""Up to so many filtered items every vector is compared: right by construction, and at this size not slower than
an index scan that has to skip what the filter excludes."""

MOMENTS = 4
"""Segments named per item and ranking, best first."""

DISTINCT = 2.0
"""Standard deviations above the mean from which on a similarity says something about an item: one in 44 gets there
by chance. Among n values none can exceed (n - 1)/√n, so in small sets FEW of that is asked for."""

FEW = 0.8

EF_SEARCH = 200
MAX_EF_SEARCH = 1000  # pgvector's own bound


@dataclass(frozen=True)
class ByVector:
    """Rank by cosine similarity to `vector`, shape (dimensions,), among the vectors of one encoder."""

    name: str
    encoder_id: int
    dimensions: int
    vector: np.ndarray
    weight: float = 1.0


@dataclass(frozen=True)
class ByWords:
    """Rank by Postgres full-text search for `words`, in web search syntax."""

    name: str
    words: str
    weight: float = 1.0


@dataclass(frozen=True)
class Place:
    """Where an item stands in one ranking; equals share a rank. `similarity` is a cosine, or a text rank for words."""

    rank: int
    similarity: float
    distinction: float
    """How far it stands out from all that was compared: 1.0 for DISTINCT standard deviations above their mean."""
    segment_ids: tuple[int, ...]


@dataclass(frozen=True)
class Fused:
    item_id: UUID
    score: float
    """1.0 for what leads every ranking."""
    places: dict[str, Place]


def fuse(
    rankings: Sequence[ByVector | ByWords],
    items: MediaItemQuerySet,
    window: int,
    exclude: UUID | None = None,
) -> tuple[list[Fused], bool]:
    """Rank `items` by every ranking, `window` segments deep, and fuse.

    Returns the fused hits, best first, ties by id, and whether that is all there is (no ranking was cut off).
    """
    if exclude:
        items = items.exclude(pk=exclude)
    allowed = items.order_by().values("pk")
    exact = allowed[: EXACT_LIMIT + 1].count() <= EXACT_LIMIT
    allowed_sql, allowed_params = allowed.query.sql_with_params()
    parts, params = [], []
    for number, ranking in enumerate(rankings):
        sql, own = _ranking_sql(ranking, number, allowed_sql, allowed_params, window, exact)
        parts.append(sql)
        params += own
    statement = (
        "WITH " + ", ".join(parts) + " SELECT item_id, sum(weight / (%s + place)) AS score, "
        "jsonb_object_agg(ranking, jsonb_build_array(place, similarity, distinction, segment_ids)), max(scanned) "
        "FROM ("
        + " UNION ALL ".join(f"SELECT * FROM ranking_{number}" for number in range(len(rankings)))
        + ") AS ranked GROUP BY item_id ORDER BY score DESC, item_id"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'strict_order', true)",
            [str(min(max(window, EF_SEARCH), MAX_EF_SEARCH))],
        )
        cursor.execute(statement, [*params, K])
        rows = cursor.fetchall()
    best = sum(ranking.weight for ranking in rankings) / (K + 1)
    hits = [Fused(item_id, float(score) / best, _places(places)) for item_id, score, places, _ in rows]
    return hits, all(scanned < window for *_, scanned in rows)


def _places(raw: str) -> dict[str, Place]:
    # Django leaves jsonb as text.
    return {name: Place(*place, tuple(segments)) for name, (*place, segments) in json.loads(raw).items()}


def _ranking_sql(
    ranking: ByVector | ByWords,
    number: int,
    allowed_sql: str,
    allowed_params: tuple,
    window: int,
    exact: bool,
) -> tuple[str, list]:
    if isinstance(ranking, ByVector):
        nearest, params = _nearest_sql(ranking, number, allowed_sql, allowed_params, window, exact)
    else:
        nearest, params = _matching_sql(ranking, number, allowed_sql, allowed_params, window)
    sql = f"""{nearest},
        ranking_{number} AS (
            SELECT item_id, %s::text AS ranking, %s::float8 AS weight, similarity, distinction, segment_ids, scanned,
                rank() OVER (ORDER BY similarity DESC) AS place
            FROM (
                SELECT item_id, max(similarity) AS similarity, max(distinction) AS distinction,
                    (array_agg(segment_id ORDER BY similarity DESC, segment_id))[:{MOMENTS}] AS segment_ids,
                    max(scanned) AS scanned
                FROM (SELECT *, count(*) OVER () AS scanned FROM nearest_{number}) AS counted
                GROUP BY item_id
            ) AS best
        )"""
    return sql, [*params, ranking.name, ranking.weight]


DISTINCTION = (
    "coalesce((similarity - avg(similarity) OVER ()) / nullif(stddev_samp(similarity) OVER (), 0) "
    f"/ least({DISTINCT}, {FEW} * (count(*) OVER () - 1) / sqrt(count(*) OVER ())), 0)"
)
"""SQL over the rows that were compared: all that are allowed, or in an index scan those of the window."""


def _nearest_sql(
    ranking: ByVector, number: int, allowed_sql: str, allowed_params: tuple, window: int, exact: bool
) -> tuple[str, list]:
    cast = f"halfvec({int(ranking.dimensions)})"
    literal = "[" + ",".join(f"{value:.6g}" for value in ranking.vector) + "]"
    fitting = f"encoder_id = {int(ranking.encoder_id)} AND item_id IN ({allowed_sql})"
    compared = f"SELECT item_id, segment_id, 1 - (vector::{cast} <=> %s::{cast}) AS similarity FROM "
    if exact:
        # A materialized set has no index: every vector in it is compared.
        before = f"fitting_{number} AS MATERIALIZED (SELECT * FROM search_embedding WHERE {fitting}), "
        source, params = f"{compared} fitting_{number}", [*allowed_params, literal]
    else:
        before = ""
        source = f"{compared} search_embedding WHERE {fitting} ORDER BY vector::{cast} <=> %s::{cast} LIMIT %s"
        params = [literal, *allowed_params, literal, window]
    return (
        f"{before}nearest_{number} AS (SELECT item_id, segment_id, similarity, {DISTINCTION} AS distinction "
        f"FROM ({source}) AS compared ORDER BY similarity DESC, segment_id LIMIT %s)",
        [*params, window],
    )


def _matching_sql(
    ranking: ByWords, number: int, allowed_sql: str, allowed_params: tuple, window: int
) -> tuple[str, list]:
    # As written or stemmed; cover density (ts_rank_cd) weighs headings over text by the labels A and B.
    return (
        f"nearest_{number} AS (SELECT item_id, id AS segment_id, ts_rank_cd(words, wanted) AS similarity, "
        "1 AS distinction "
        "FROM media_library_segment, "
        "LATERAL (SELECT websearch_to_tsquery('english', %s) || websearch_to_tsquery('simple', %s) AS wanted) AS q "
        f"WHERE words @@ wanted AND item_id IN ({allowed_sql}) ORDER BY similarity DESC, id LIMIT %s)",
        [ranking.words, ranking.words, *allowed_params, window],
    )
