"""Recommendations measured: how long they take for one person, beside bare vector searches over the same films.

    python -m bench.recommend [--films 100000] [--opinions 200] [--people 20] [--raters 2000] [--json]

Runs by itself: it starts a PostgreSQL and a Redis of its own on a new, temporary data folder, and removes it
afterwards. The films are synthetic (vectors as in bench/library.py); each person has rated `--opinions` of them, some
around a few they love. What a recommendation is compared with are two searches of the same indexes, one of stories and
one of posters, for as many films, their facts read in one query. A recommendation is measured twice: right after the
person has said something, and once more, with what is kept of them.

Columns: median and 95th percentile in milliseconds and, of a recommendation, the queries it made.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from bench import library
from bench.search import encoded, note, own_database, timed

COUNT = 24
"""Films of a recommendation, and of each bare search."""
GENRES = ("Action", "Adventure", "Animation", "Comedy", "Crime", "Drama", "Family", "Horror", "Romance", "War")
LOVED, AROUND = 4, 10
"""Films that a person's taste is around, and how many of the nearest to each of them they have rated."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=100_000)
    parser.add_argument("--opinions", type=int, default=200, help="what each person has rated")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--raters", type=int, default=2000, help="strangers, for the collaborative signal; 0: without")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as folder:
        Path(folder).chmod(0o755)  # run by root, the servers have an account of their own, which must get in
        with own_database(Path(folder)):
            result = run(arguments.films, arguments.opinions, arguments.people, arguments.raters)
    print(json.dumps(result) if arguments.json else report(result))


def run(films: int, opinions: int, people: int, raters: int) -> dict[str, Any]:
    """Everything that was measured, as plain values."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from recommender import collaborating
    from recommender.recommending import recommend

    texts, anchors, _, _, _ = encoded(1)
    note(f"{films} films: writing")
    stories, posters, ids = write(library.draw(films, texts, anchors))
    users = [person(number, stories, ids, opinions) for number in range(people)]
    if raters:
        note(f"{raters} raters: writing and training")
        strangers(raters, stories, ids)
        collaborating.train()
    recommend(users[0], COUNT)  # what is loaded once is loaded
    say_something(users)
    with CaptureQueriesContext(connection) as captured_anew:
        recommend(users[0], COUNT)
    with CaptureQueriesContext(connection) as captured:
        recommend(users[0], COUNT)
    note("recommending")
    rng = np.random.default_rng(3)
    asked = rng.integers(len(ids), size=people)
    bare(stories[asked[0]], posters[asked[0]])
    # By turns, so that whatever else the machine does slows both.
    taken: dict[str, list[dict[str, float]]] = {"anew": [], "recommend": [], "bare": []}
    for _ in range(3):
        taken["bare"].append(timed(lambda number: bare(stories[asked[number]], posters[asked[number]]), people))
        say_something(users)
        for name in ("anew", "recommend"):
            taken[name].append(timed(lambda number: recommend(users[number], COUNT), people))
    found = {name: min(times, key=lambda each: each["median_ms"]) for name, times in taken.items()}
    return {
        "films": len(ids),
        "opinions": opinions,
        "raters": raters,
        "queries": len(captured),
        "queries_anew": len(captured_anew),
        **found,
        "ratio": found["recommend"]["median_ms"] / found["bare"]["median_ms"],
        "ratio_anew": found["anew"]["median_ms"] / found["bare"]["median_ms"],
    }


def write(drawn: library.Drawn) -> tuple[np.ndarray, np.ndarray, list[UUID]]:
    """Put films in the database by COPY, and index them; returns story and poster vectors and the ids, in one order."""
    from django.db import connection
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    from recommender.models import movie_id
    from recommender.vectors import FilmVectors
    from search import spaces
    from search.models import Space

    encoders = {row.space: row for row in spaces.configured_encoders()}
    # One film for every item; of a video, its first frame is the poster.
    firsts = np.unique(drawn.items, return_index=True)[1]
    stories, posters = drawn.words, drawn.pictures[firsts]
    ids = [movie_id(number + 1) for number in range(len(stories))]
    connection.ensure_connection()
    register_vector(connection.connection)
    columns = (
        "id tmdb_id title original_title overview tagline vote_average vote_count popularity release_date year genres "
        "language runtime poster poster_path poster_state poster_problem credit attempts indexing_problem "
        "created_at updated_at"
    )
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY recommender_movie ({', '.join(columns.split())}) FROM STDIN") as copy:
            for row in _rows(drawn, ids):
                copy.write_row(row)
        for space, vectors in ((Space.TEXT, stories), (Space.VISUAL, posters)):
            with cursor.copy(
                "COPY recommender_movievector (movie_id, encoder_id, vector) FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["uuid", "int8", "halfvec"])
                for movie, vector in zip(ids, vectors.astype(np.float16), strict=True):
                    copy.write_row((movie, encoders[space].pk, HalfVector(vector)))
        cursor.execute("VACUUM ANALYZE recommender_movie, recommender_movievector")
    for space in (Space.TEXT, Space.VISUAL):
        FilmVectors().build_index(encoders[space])
    return stories, posters, ids


def _rows(drawn: library.Drawn, ids: list[UUID]) -> Iterator[tuple]:
    rng = np.random.default_rng(2)
    votes = np.exp(rng.normal(5, 2, len(ids))).astype(int)
    means = rng.normal(6.3, 1, len(ids)).clip(0, 10).round(1)
    genres = rng.integers(len(GENRES), size=(len(ids), 2))
    start, now = date(1950, 1, 1), datetime.now(UTC)
    for number, (pk, sentence) in enumerate(zip(ids, drawn.sentences, strict=True)):
        day = start + timedelta(days=int(rng.integers(27_000)))
        kinds = sorted({GENRES[genre] for genre in genres[number]})
        yield (
            *(pk, number + 1, sentence[:80], "", sentence, "", float(means[number]), int(votes[number]), 1.0, day),
            *(day.year, kinds, "en", 100, f"posters/{number}.webp", "", "stored", "", "", 0, "", now, now),
        )


def person(number: int, stories: np.ndarray, ids: list[UUID], opinions: int) -> Any:
    """Somebody with `opinions` ratings: high ones around a few films, and others of anything."""
    from django.contrib.auth import get_user_model

    from recommender.models import Opinion

    rng = np.random.default_rng((11, number))
    user = get_user_model().objects.create(username=f"person-{number}")
    given: dict[int, float] = {}
    for loved in rng.integers(len(ids), size=LOVED):
        near = np.argsort(-(stories @ stories[loved]))[: 5 * AROUND]
        for film in rng.permutation(near)[:AROUND]:
            given[int(film)] = float(rng.choice([4, 4.5, 5]))
    while len(given) < opinions:
        given.setdefault(int(rng.integers(len(ids))), float(rng.choice([1, 2, 3, 3.5, 4])))
    Opinion.objects.bulk_create(
        [Opinion(user=user, movie_id=ids[film], rating=stars, watched=True) for film, stars in given.items()]
    )
    return user


def say_something(users: list[Any]) -> None:
    """As if each of `users` had said the same again: what was kept of them is made anew."""
    from django.db.models import F

    from recommender.models import Opinion

    Opinion.objects.filter(user__in=users).update(updated_at=F("updated_at") + timedelta(seconds=1))


def strangers(raters: int, stories: np.ndarray, ids: list[UUID]) -> None:
    """Ratings of `raters`, fifty each, around a film that each loves."""
    from recommender.models import Rating

    rng = np.random.default_rng(5)
    begun, made = datetime(2020, 1, 1, tzinfo=UTC), []
    for rater in range(1, raters + 1):
        near = np.argpartition(-(stories @ stories[int(rng.integers(len(ids)))]), 200)[:200]
        for film in rng.permutation(near)[:50]:
            made.append(Rating(rater=rater, movie_id=ids[film], rating=float(rng.choice([3, 4, 5])), rated_at=begun))
    Rating.objects.bulk_create(made, batch_size=10_000)


def bare(story: np.ndarray, poster: np.ndarray) -> None:
    """Two vector searches, and the facts of what they found."""
    from django.db import connection

    from recommender.models import Movie
    from search.models import Space
    from search.spaces import serving

    encoders = serving()
    found: list[UUID] = []
    for space, vector in ((Space.TEXT, story), (Space.VISUAL, poster)):
        encoder = encoders[space]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT movie_id FROM recommender_movievector WHERE encoder_id = {encoder.pk} ORDER BY "
                f"vector::halfvec({encoder.dimensions}) <=> %s::halfvec({encoder.dimensions}) LIMIT {COUNT}",
                [str(vector.tolist())],
            )
            found += [row[0] for row in cursor.fetchall()]
    list(Movie.objects.defer("words").filter(pk__in=found))


def report(result: dict[str, Any]) -> str:
    from search.tables import table

    rows = [
        [name, *(f"{result[part][key]:.1f}" for key in ("median_ms", "p95_ms")), queries]
        for name, part, queries in (
            ("two vector searches", "bare", "4"),
            ("recommendation, anew", "anew", str(result["queries_anew"])),
            ("recommendation, kept", "recommend", str(result["queries"])),
        )
    ]
    heading = f"{result['films']:,} films, {result['opinions']} opinions, {result['raters']:,} strangers"
    shown = table(["", "median ms", "p95 ms", "queries"], rows, left=1)
    told = f"{result['ratio']:.2f} times two bare vector searches, anew {result['ratio_anew']:.2f} times"
    return f"{heading}\n\n{shown}\n\nA recommendation takes {told}."


if __name__ == "__main__":
    main()
