"""The films of the demo: put in once, one by one, and never again what somebody deleted.

What is known of a film already, from an import, say, is not touched; what is lacking is filled in.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.storage import default_storage

from media_library import files
from recommender import services
from recommender.importing.facts import Facts, facts_of
from recommender.models import Movie, PosterState, movie_id

MARKER = "demo/films.json"
"""The stored list of the TMDB ids that were put in ever, so that a later start brings nothing back."""

CREDIT = "Drawn by code for the demo; not the film's own poster."

CHUNK = 10


def wanted(again: bool = False) -> list[Mapping[str, Any]]:
    """The rows of the demo's catalogue that were not put in yet, all of them with `again`."""
    from recommender.demo import films

    loaded = set() if again else _loaded()
    return [row for row in films() if row["id"] not in loaded]


def seed(rows: list[Mapping[str, Any]]) -> Iterator[Movie]:
    """Put the films of `rows` in with their posters, yielding each. Stopped half-way, it can go on."""
    loaded = _loaded()
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        services.upsert_films([_facts(row) for row in some])
        there = Movie.objects.in_bulk([movie_id(row["id"]) for row in some])
        for row in some:
            movie = there[movie_id(row["id"])]
            if movie.poster_state != PosterState.STORED:
                services.store_poster(movie, _drawn(row["id"]), CREDIT)
            yield movie
        loaded |= {row["id"] for row in some}
        files.store_bytes(MARKER, json.dumps(sorted(loaded)).encode())


def _facts(row: Mapping[str, Any]) -> Facts:
    """What `row` tells, to be taken where nothing is known; its poster is drawn, not fetched."""
    facts = facts_of(row)
    told = {name: value for name, value in facts.given.items() if name != "poster_path"}
    return Facts(facts.tmdb_id, {}, told)


def _drawn(tmdb_id: int) -> bytes:
    """The poster of a film of the demo, as WebP."""
    from recommender.demo import poster

    out = io.BytesIO()
    poster(tmdb_id).convert("RGB").save(out, "WEBP", quality=88, method=4)
    return out.getvalue()


def _loaded() -> set[int]:
    try:
        with default_storage.open(MARKER) as file:
            return set(json.load(file))
    except FileNotFoundError:
        return set()
