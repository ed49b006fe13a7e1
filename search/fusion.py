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
from django.db.backends.utils import CursorWrapper

from media_library.models import MediaItem
from media_library.querysets import MediaItemQuerySet
from search.background import CERTAIN

K = 60

EXACT_ALWAYS = 2_000
"""Up to so many allowed items every vector is compared: right by construction, and never slow."""

SCAN_COST = 6
"""What a row that an index scan visits costs, in rows that are compared one after the other. Measured with
bench/search.py; docs/adr/0010-exact-or-index.md has the figures."""

MOMENTS = 4
"""Segments named per item and ranking, best first."""

DISTINCT = 2.0
"""Standard deviations above the mean from which on a similarity to an example says something: one in 44 gets there by
chance. Among n values none can exceed (n - 1)/√n, so in small sets FEW of that is asked for."""

FEW = 0.8

MIN_EF_SEARCH = 200
MAX_EF_SEARCH = 1000  # pgvector's own bound


@dataclass(frozen=True)
class ByVector:
    """Rank by cosine similarity to `vector`, shape (dimensions,), among the vectors of one encoder."""

    name: str
    encoder_id: int
    dimensions: int
    vector: np.ndarray
    weight: float = 1.0
    of_words: bool = False
    """Whether `vector` is that of words, whose similarities are judged by the background of words."""


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
    """How far it stands out, from 1.0 on certainly: by words from the background of words (see background.py), by an
    example from all that was compared."""
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
    allowed_sql, allowed_params = allowed.query.sql_with_params()
    exact = compares_all(allowed_sql, allowed_params, window)
    rows, fewest = _rank(rankings, allowed_sql, allowed_params, window, exact)
    if not exact and fewest < window:
        # The scan gave up, or met all that it can reach. Either way something may be missing.
        rows, _ = _rank(rankings, allowed_sql, allowed_params, window, exact=True)
    best = sum(ranking.weight for ranking in rankings) / (K + 1)
    hits = [Fused(item_id, float(score) / best, _places(places)) for item_id, score, places, *_ in rows]
    return hits, all(scanned < window for *_, scanned, _ in rows)


def _rank(
    rankings: Sequence[ByVector | ByWords], allowed_sql: str, allowed_params: tuple, window: int, exact: bool
) -> tuple[list[tuple], int]:
    """The fused rows, and how many segments the ranking by vector that found the fewest has (`window` without any)."""
    parts, params = [], []
    for number, ranking in enumerate(rankings):
        sql, own = _ranking_sql(ranking, number, allowed_sql, allowed_params, window, exact)
        parts.append(sql)
        params += own
    by_vector = [number for number, ranking in enumerate(rankings) if isinstance(ranking, ByVector)]
    fewest = ", ".join([str(int(window)), *(f"(SELECT count(*) FROM nearest_{number})" for number in by_vector)])
    statement = (
        "WITH " + ", ".join(parts) + " SELECT item_id, sum(weight / (%s + place)) AS score, "
        "jsonb_object_agg(ranking, jsonb_build_array(place, similarity, distinction, segment_ids)), max(scanned), "
        f"least({fewest}) FROM ("
        + " UNION ALL ".join(f"SELECT * FROM ranking_{number}" for number in range(len(rankings)))
        + ") AS ranked GROUP BY item_id ORDER BY score DESC, item_id"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        _choose_plan(cursor, window, exact)
        cursor.execute(statement, [*params, K])
        rows = cursor.fetchall()
    return rows, rows[0][-1] if rows else 0


def compares_all(allowed_sql: str, allowed_params: tuple, window: int) -> bool:
    """Whether comparing the vectors of all allowed items costs no more than an index scan for `window` of them.

    Of `total` items an index scan visits about window * total / allowed before it has found enough, each at
    SCAN_COST: it pays once allowed is above the square root of SCAN_COST * window * total. `total` is what the
    planner believes; a wrong one costs time, no hits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH most AS MATERIALIZED (SELECT greatest(%s, sqrt(%s * greatest(reltuples, 0)))::bigint AS items "
            "FROM pg_class WHERE oid = %s::regclass) "
            f"SELECT count(*) <= (SELECT items FROM most) "
            f"FROM ({allowed_sql} LIMIT (SELECT items + 1 FROM most)) AS counted",
            [EXACT_ALWAYS, SCAN_COST * window, MediaItem._meta.db_table, *allowed_params],
        )
        return cursor.fetchone()[0]


def _choose_plan(cursor: CursorWrapper, window: int, exact: bool) -> None:
    """Set the planner, for this transaction, to what it would not choose by itself."""
    options: dict[str, int | float | str] = {
        # The statements are short: starting other processes for a part of them takes longer than it saves.
        "max_parallel_workers_per_gather": 0,
        # Vectors lie in memory or on a drive without an arm: going to each that is allowed beats reading them all.
        "random_page_cost": 1.1,
        "enable_sort": "on",
    }
    if not exact:
        options |= {
            # More than the window, so that what the filter takes away needs no second pass.
            "hnsw.ef_search": min(max(window + window // 2, MIN_EF_SEARCH), MAX_EF_SEARCH),
            # What comes late is sorted in afterwards; strict order would leave it out.
            "hnsw.iterative_scan": "relaxed_order",
            # Twice pgvector's own: enough for a first window. What needs more is compared (see fuse).
            "hnsw.max_scan_tuples": 40_000,
            "hnsw.scan_mem_multiplier": 8,
            # The planner takes comparing and sorting everything for cheaper than it is.
            "enable_sort": "off",
        }
    chosen = ", ".join("set_config(%s, %s, true)" for _ in options)
    cursor.execute(f"SELECT {chosen}", [str(part) for option in options.items() for part in option])


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


BY_WORDS = f"(similarity - background_mean) / background_spread / {CERTAIN}"

BY_EXAMPLE = (
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
    compared = (
        "SELECT item_id, segment_id, background_mean, background_spread, "
        f"1 - (vector::{cast} <=> %s::{cast}) AS similarity FROM "
    )
    distinction = BY_WORDS if ranking.of_words else BY_EXAMPLE
    # Only this order is one that the index can give: without it every vector is compared.
    source, params = f"{compared} search_embedding WHERE {fitting}", [literal, *allowed_params]
    if not exact:
        source += f" ORDER BY vector::{cast} <=> %s::{cast} LIMIT %s"
        params += [literal, window]
    return (
        f"nearest_{number} AS (SELECT item_id, segment_id, similarity, {distinction} AS distinction "
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
