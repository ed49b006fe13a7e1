"""What a ranking wants to know of films: their vectors, their esteem and their age, of several hundred at once.

It does not depend on who asks, so each process keeps what it has read of the films it was asked about lately, as plain
arrays, up to MOST of them. Whatever changes films says so (`changed`), and every process reads anew.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db import connection

MARK = "films-known-as-of"
"""The cache's key of what the films are like now: a word that is another one after each change."""

MOST = 10_000
"""Films that one process keeps: some 35 MB with spaces of 384 and 512 dimensions."""

KEPT_S = 10 * 60
"""For which they are kept at the longest: a change that nobody was told of, the cache being away, shows then."""


@dataclass(frozen=True)
class Details:
    """What a ranking wants to know of n `films`: `stories`, `looks` (n, d) and `factors` (n, factors), nan where a film
    has none, with 0 columns where no film has any; `esteem` (n,) out of 10; `known` (n,) how many people have
    rated it, as far as the model tells, or nan; `born` (n,) the year and its part, or nan."""

    films: list[UUID]
    stories: np.ndarray
    looks: np.ndarray
    factors: np.ndarray
    esteem: np.ndarray
    known: np.ndarray
    born: np.ndarray

    def of(self, films: Sequence[UUID]) -> Details:
        """Of those of `films` that are there, in their order."""
        place = {film: number for number, film in enumerate(self.films)}
        at = [place[film] for film in films if film in place]
        rows = (self.stories[at], self.looks[at], self.factors[at], self.esteem[at], self.known[at], self.born[at])
        return Details([self.films[number] for number in at], *rows)


def changed() -> None:
    """Films, or their vectors, are not what they were: nothing that was kept of them holds any more."""
    cache.delete(MARK)


def marked(mark: str | None) -> str:
    """`mark` as the cache has it under MARK, or a new one where it has none."""
    if mark is None:
        mark = secrets.token_hex(8)
        # Whoever else makes one at the same time should have the same.
        mark = cache.get_or_set(MARK, mark, None) or mark
    return mark


def details(
    movie_ids: Sequence[UUID], text: int | None, visual: int | None, model: int | None, mark: str | None = None
) -> Details:
    """Of those of these films that are there, in their order: by encoders and model of these numbers. One statement,
    or none where all of them are at hand. `mark`: as of when (see `marked`); None reads them in any case."""
    return several([movie_ids], text, visual, model, mark)[0]


def several(
    groups: Sequence[Sequence[UUID]], text: int | None, visual: int | None, model: int | None, mark: str | None = None
) -> list[Details]:
    """The same of several groups of films, still in one statement at most."""
    count = sum(map(len, groups))
    if mark is None or count > MOST // 2:
        read = _read(list(dict.fromkeys(film for group in groups for film in group)), text, visual, model)
        return [read] if len(groups) == 1 else [read.of(group) for group in groups]
    return _shelves.several(groups, (text, visual, model), mark)


# --- At hand ---------------------------------------------------------------------------------------------


@dataclass
class _Shelf:
    """What is known of films by the same encoders and model: `places` of films in `rows`, of facts, stories, looks and
    factors, which may be longer than what stands in them. One look-up for each film: hashing an id takes longer than
    anything else here."""

    places: dict[UUID, int] = field(default_factory=dict)
    rows: list[np.ndarray] = field(
        default_factory=lambda: [np.empty((0, 0), kind) for kind in (np.float64, *3 * [np.float32])]
    )

    def put(self, read: Details) -> None:
        start, end = len(self.places), len(self.places) + len(read.films)
        facts = np.stack([read.esteem, read.known, read.born], axis=1)
        for kind, rows in enumerate((facts, read.stories, read.looks, read.factors)):
            before, width = self.rows[kind], max(self.rows[kind].shape[1], rows.shape[1])
            if end > len(before) or width > before.shape[1]:
                longer = np.full((max(2 * len(before), end), width), np.nan, before.dtype)
                longer[: len(before), : before.shape[1]] = before
                self.rows[kind] = longer
            if rows.shape[1]:
                self.rows[kind][start:end] = rows
        self.places |= {film: start + number for number, film in enumerate(read.films)}

    def take(self, films: Sequence[UUID], places: Sequence[int | None]) -> Details:
        if None in places:
            films = [film for film, place in zip(films, places, strict=True) if place is not None]
            places = [place for place in places if place is not None]
        at = np.array(places, dtype=int)
        facts, stories, looks, factors = (rows[at] for rows in self.rows)
        esteem, known, born = facts.T if len(films) else np.empty((3, 0))
        return Details(list(films), stories, looks, factors, esteem, known, born)


class _Shelves:
    """One shelf for each set of encoders and model that is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear("")

    def clear(self, mark: str) -> None:
        self._mark, self._since = mark, time.monotonic()
        self.by_numbers: dict[tuple[int | None, ...], _Shelf] = {}

    def several(self, groups: Sequence[Sequence[UUID]], numbers: tuple[int | None, ...], mark: str) -> list[Details]:
        with self._lock:
            kept = sum(len(shelf.places) for shelf in self.by_numbers.values())
            if kept > MOST or mark != self._mark or time.monotonic() - self._since > KEPT_S:
                self.clear(mark)
            shelf = self.by_numbers.setdefault(numbers, _Shelf())
            found = [list(map(shelf.places.get, group)) for group in groups]
        lacking = [
            film
            for group, places in zip(groups, found, strict=True)
            if None in places
            for film, place in zip(group, places, strict=True)
            if place is None
        ]
        read = _read(list(dict.fromkeys(lacking)), *numbers) if lacking else None
        with self._lock:
            # Another thread may have put another shelf in its place meanwhile, or films on it: what was asked for is
            # still there, and a place never changes.
            if read is not None:
                new = [film for film in read.films if film not in shelf.places]
                shelf.put(read if len(new) == len(read.films) else read.of(new))
                found = [
                    list(map(shelf.places.get, group)) if None in places else places
                    for group, places in zip(groups, found, strict=True)
                ]
            return [shelf.take(group, places) for group, places in zip(groups, found, strict=True)]


_shelves = _Shelves()


def forget() -> None:
    """As if this process had only just begun."""
    with _shelves._lock:
        _shelves.clear("")


# --- Reading ---------------------------------------------------------------------------------------------


def _read(movie_ids: Sequence[UUID], text: int | None, visual: int | None, model: int | None) -> Details:
    rows: list[tuple] = []
    if movie_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT m.id, m.esteem, f.raters, "
                "coalesce(extract(year FROM m.release_date) + extract(doy FROM m.release_date) / 365, m.year)::float8, "
                "halfvec_send(t.vector), halfvec_send(v.vector), halfvec_send(f.vector) "
                "FROM unnest(%s::uuid[]) WITH ORDINALITY AS asked (id, place) "
                "JOIN recommender_movie m ON m.id = asked.id "
                "LEFT JOIN recommender_movievector t ON t.movie_id = m.id AND t.encoder_id = %s "
                "LEFT JOIN recommender_movievector v ON v.movie_id = m.id AND v.encoder_id = %s "
                "LEFT JOIN recommender_moviefactors f ON f.movie_id = m.id AND f.model_id = %s ORDER BY asked.place",
                [uuid_array(movie_ids), text or 0, visual or 0, model or 0],
            )
            rows = cursor.fetchall()
    return Details(
        films=[row[0] for row in rows],
        stories=_with_gaps([row[4] for row in rows]),
        looks=_with_gaps([row[5] for row in rows]),
        factors=_with_gaps([row[6] for row in rows]),
        esteem=np.array([row[1] for row in rows], dtype=np.float64),
        known=np.array([np.nan if row[2] is None else row[2] for row in rows], dtype=np.float64),
        born=np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=np.float64),
    )


def uuid_array(ids: Collection[UUID]) -> str:
    """`ids` as PostgreSQL reads an array: quoting them one by one takes longer than the statement."""
    return "{" + ",".join(map(str, ids)) + "}"


def _with_gaps(raw: Sequence[bytes | None]) -> np.ndarray:
    """Vectors as they went over the wire, (n, d); nan where there is none, (n, 0) where there are none at all."""
    there = [number for number, vector in enumerate(raw) if vector is not None]
    if not there:
        return np.empty((len(raw), 0), np.float32)
    known = halves([raw[number] for number in there])
    if len(there) == len(raw):
        return known
    rows = np.full((len(raw), known.shape[1]), np.nan, np.float32)
    rows[there] = known
    return rows


def halves(raw: Sequence[bytes]) -> np.ndarray:
    """Vectors as halfvec_send() writes them, two 16-bit numbers and then big-endian halves: (n, d) float32."""
    joined = b"".join([bytes(vector)[4:] for vector in raw])
    return np.frombuffer(joined, dtype=">f2").astype(np.float32).reshape(len(raw), -1)
