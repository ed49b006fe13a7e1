"""Several rankings of the same items, made in one statement and fused by reciprocal rank.

RRF: an item's score is the sum over rankings of weight / (K + rank). Cormack, Clarke and Büttcher, "Reciprocal
Rank Fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009; K = 60 is theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db import connection

from media_library.models import MediaItem
from media_library.querysets import MediaItemQuerySet
from search.background import CERTAIN

K = 60

EXACT_ALWAYS = 2_000
"""Up to so many allowed items every vector is compared: right by construction, and never slow."""

SCAN_COST = 6
"""What a row that an index scan visits costs, in rows that are compared one after the other. Measured with
bench/search.py; docs/adr/0010-exact-or-index.md has the figures."""

DECIDED_S = 300

MOMENTS = 4
"""Segments named per item and ranking, best first."""

DISTINCT = 2.0
"""Standard deviations above the mean from which on a similarity to an example says something: one in 44 gets there by
chance. Among n values none can exceed (n - 1)/√n, so in small sets FEW of that is asked for."""

FEW = 0.8

MIN_EF_SEARCH = 200
MAX_EF_SEARCH = 1000  # pgvector's own bound


class Ranking(Protocol):
    """What fusing has to know of a ranking."""

    @property
    def name(self) -> str: ...

    @property
    def weight(self) -> float: ...


@dataclass(frozen=True)
class ByVector:
    """Rank by cosine similarity to `vector`, shape (dimensions,), among the vectors of one encoder."""

    name: str
    encoder_id: int
    dimensions: int
    vector: np.ndarray
    weight: float = 1.0
    of_words: bool = False
    """Whether `wanted` is that of words, whose similarities are judged by the background of words."""
    certain: float | None = None
    """How far above that background words have to be found to stand out; see calibration.py."""
    wanted: np.ndarray | None = None
    """What a hit is judged by, where that is not `vector` itself but what `vector` turned away from something."""
    judged: bool = True
    """Whether anything can stand out; not where it is only said what hits should not be like."""
    unwanted_words: np.ndarray | None = None
    unwanted_pictures: np.ndarray | None = None
    """What a hit should not stand out by."""
    only_certain: bool = False
    """Whether what does not stand out is left out: where few things are known, being nearest says nothing."""


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
    against: float = 0.0
    """How far it stands out by what is not wanted."""


@dataclass(frozen=True)
class Fused:
    item_id: UUID
    score: float
    """1.0 for what leads every ranking."""
    places: dict[str, Place]


@dataclass(frozen=True)
class Row:
    """A segment in one ranking."""

    item_id: UUID
    segment_id: int
    similarity: float
    distinction: float
    against: float


def fuse(
    rankings: Sequence[ByVector | ByWords],
    items: MediaItemQuerySet,
    window: int,
    exclude: Sequence[UUID] = (),
    exact: bool = False,
) -> tuple[list[Fused], bool]:
    """Rank `items` by every ranking, `window` segments deep, and fuse; `exact`: compare all, whatever that costs.

    Returns the fused hits, best first, ties by id, and whether that is all there is (no ranking was cut off).
    """
    if exclude:
        items = items.exclude(pk__in=exclude)
    allowed = items.order_by().values("pk")
    allowed_sql, allowed_params = allowed.query.sql_with_params()
    exact = exact or _compares_all_lately(allowed_sql, allowed_params, window)
    ranked = _rank(rankings, allowed_sql, allowed_params, window, exact)
    if not exact and any(
        len(rows) < window for ranking, rows in zip(rankings, ranked, strict=True) if isinstance(ranking, ByVector)
    ):
        # The scan gave up, or met all that it can reach. Either way something may be missing.
        ranked = _rank(rankings, allowed_sql, allowed_params, window, exact=True)
    believed = [
        [row for row in rows if row.distinction >= 1 or not getattr(ranking, "only_certain", False)]
        for ranking, rows in zip(rankings, ranked, strict=True)
    ]
    return fused_by_rank(rankings, believed), all(len(rows) < window for rows in ranked)


def _rank(
    rankings: Sequence[ByVector | ByWords], allowed_sql: str, allowed_params: tuple, window: int, exact: bool
) -> list[list[Row]]:
    """The segments of each ranking, best first: all rankings in one statement, so they see one state of things."""
    head, parts, params = "", [], []
    if exact:
        # They are few, and the same ones for each ranking.
        head, params = f"WITH allowed (id) AS MATERIALIZED ({allowed_sql}) ", [*allowed_params]
        allowed_sql, allowed_params = "SELECT id FROM allowed", ()
    for number, ranking in enumerate(rankings):
        if isinstance(ranking, ByVector):
            sql, own = _nearest_sql(ranking, allowed_sql, allowed_params, window, exact)
        else:
            sql, own = _matching_sql(ranking, allowed_sql, allowed_params, window)
        parts.append(f"(SELECT {number}, item_id, segment_id, similarity, distinction, against FROM ({sql}) AS best)")
        params += own
    plan, plan_params = plan_sql(window, exact)
    with connection.cursor() as cursor:
        # Sent together they are one transaction, which the plan is set for, and one way to the database and back.
        cursor.execute(f"{plan}; {head}{' UNION ALL '.join(parts)}", [*plan_params, *params])
        cursor.nextset()
        found = cursor.fetchall()
    ranked: list[list[Row]] = [[] for _ in rankings]
    for number, *row in found:
        ranked[number].append(Row(*row))
    for rows in ranked:
        rows.sort(key=lambda row: (-row.similarity, row.segment_id))
    return ranked


def fused_by_rank(rankings: Sequence[Ranking], ranked: Sequence[Sequence[Row]]) -> list[Fused]:
    """`ranked`, the rows of each of `rankings`, best first, as one ranking; ties by id."""
    scores: dict[UUID, float] = {}
    places: dict[UUID, dict[str, Place]] = {}
    for ranking, rows in zip(rankings, ranked, strict=True):
        by_item: dict[UUID, list[Row]] = {}
        for row in rows:
            by_item.setdefault(row.item_id, []).append(row)
        rank, last = 0, None
        for count, (item_id, own) in enumerate(by_item.items(), start=1):
            similarity = own[0].similarity
            if similarity != last:
                rank, last = count, similarity
            place = Place(
                rank,
                similarity,
                max(row.distinction for row in own),
                tuple(row.segment_id for row in own[:MOMENTS]),
                max(row.against for row in own),
            )
            places.setdefault(item_id, {})[ranking.name] = place
            scores[item_id] = scores.get(item_id, 0.0) + ranking.weight / (K + rank)
    best = sum(ranking.weight for ranking in rankings) / (K + 1)
    order = sorted(scores, key=lambda item_id: (-scores[item_id], item_id))
    return [Fused(item_id, scores[item_id] / best, places[item_id]) for item_id in order]


def _compares_all_lately(allowed_sql: str, allowed_params: tuple, window: int) -> bool:
    """What compares_all said of the same items less than DECIDED_S seconds ago: counting them takes a good part of a
    search, and a decision that is late costs time, no hits."""
    asked = hashlib.sha256(repr((allowed_sql, allowed_params, window)).encode()).hexdigest()
    return cache.get_or_set(
        f"compares-all:{asked}", lambda: compares_all(allowed_sql, allowed_params, window), DECIDED_S
    )


def compares_all(allowed_sql: str, allowed_params: tuple, window: int, table: str = MediaItem._meta.db_table) -> bool:
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
            [EXACT_ALWAYS, SCAN_COST * window, table, *allowed_params],
        )
        return cursor.fetchone()[0]


def plan_sql(window: int, exact: bool, least_ef: int = MIN_EF_SEARCH) -> tuple[str, list[str]]:
    """A statement that sets the planner, for its transaction, to what it would not choose by itself."""
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
            "hnsw.ef_search": min(max(window + window // 2, least_ef), MAX_EF_SEARCH),
            # What comes late is sorted in afterwards; strict order would leave it out.
            "hnsw.iterative_scan": "relaxed_order",
            # Twice pgvector's own: enough for a first window. What needs more is compared (see fuse).
            "hnsw.max_scan_tuples": 40_000,
            "hnsw.scan_mem_multiplier": 8,
            # The planner takes comparing and sorting everything for cheaper than it is.
            "enable_sort": "off",
        }
    chosen = ", ".join("set_config(%s, %s, true)" for _ in options)
    return f"SELECT {chosen}", [str(part) for option in options.items() for part in option]


BY_WORDS = "(({}) - background_mean) / {}"
"""By so much above what is usual, in units of what is certain: the level of the encoder, or before it has one:"""

UNMEASURED = f"(background_spread * {CERTAIN})"

BY_EXAMPLE = (
    "coalesce((({0}) - avg({0}) OVER ()) / nullif(stddev_samp({0}) OVER (), 0) "
    f"/ least({DISTINCT}, {FEW} * (count(*) OVER () - 1) / sqrt(count(*) OVER ())), 0)"
)
"""SQL over the rows that were compared: all that are allowed, or in an index scan those of the window."""


def _nearest_sql(
    ranking: ByVector, allowed_sql: str, allowed_params: tuple, window: int, exact: bool
) -> tuple[str, list]:
    cast = f"halfvec({int(ranking.dimensions)})"
    columns, params = [f"vector::{cast} <=> %s::{cast} AS distance"], [literal(ranking.vector)]
    for name, vector in [
        ("near", ranking.wanted),
        ("far_words", ranking.unwanted_words),
        ("far_pictures", ranking.unwanted_pictures),
    ]:
        if vector is not None:
            columns.append(f"1 - (vector::{cast} <=> %s::{cast}) AS {name}")
            params.append(literal(vector))
    near = "1 - distance" if ranking.wanted is None else "near"
    certain = UNMEASURED if ranking.certain is None else repr(float(ranking.certain))
    distinction = (BY_WORDS if ranking.of_words else BY_EXAMPLE).format(near, certain) if ranking.judged else "0"
    against = ["0"]
    if ranking.unwanted_words is not None:
        against.append(BY_WORDS.format("far_words", certain))
    if ranking.unwanted_pictures is not None:
        against.append(BY_EXAMPLE.format("far_pictures"))
    # Only this order is one that the index can give: without it every vector is compared.
    source = (
        f"SELECT item_id, segment_id, background_mean, background_spread, {', '.join(columns)} FROM search_embedding "
        f"WHERE encoder_id = {int(ranking.encoder_id)} AND item_id IN ({allowed_sql})"
    )
    params += allowed_params
    if exact:
        # Looked at by itself, or each distance would be worked out anew wherever it is mentioned.
        source += " OFFSET 0"
    else:
        source += " ORDER BY distance LIMIT %s"
        params.append(window)
    return (
        f"SELECT item_id, segment_id, 1 - distance AS similarity, {distinction}::float8 AS distinction, "
        f"greatest({', '.join(against)})::float8 AS against "
        f"FROM ({source}) AS compared ORDER BY similarity DESC, segment_id LIMIT %s",
        [*params, window],
    )


def literal(vector: np.ndarray) -> str:
    """`vector`, (d,), as pgvector reads it."""
    return "[" + ",".join([f"{value:.6g}" for value in vector.tolist()]) + "]"


def _matching_sql(ranking: ByWords, allowed_sql: str, allowed_params: tuple, window: int) -> tuple[str, list]:
    # As written or stemmed; cover density (ts_rank_cd) weighs headings over text by the labels A and B.
    return (
        "SELECT item_id, id AS segment_id, ts_rank_cd(words, wanted)::float8 AS similarity, "
        "1::float8 AS distinction, 0::float8 AS against "
        "FROM media_library_segment, "
        "LATERAL (SELECT websearch_to_tsquery('english', %s) || websearch_to_tsquery('simple', %s) AS wanted) AS q "
        f"WHERE words @@ wanted AND item_id IN ({allowed_sql}) ORDER BY similarity DESC, id LIMIT %s",
        [ranking.words, ranking.words, *allowed_params, window],
    )
