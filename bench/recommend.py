"""Recommendations measured: how long they take for one person, beside bare vector searches over the same films.

    python -m bench.recommend [--films 100000] [--opinions 200] [--people 20] [--raters 2000] [--json]

Runs by itself: it starts a PostgreSQL and a Redis of its own on a new, temporary data folder, and removes it
afterwards. The films are synthetic (vectors as in bench/library.py); each person has rated `--opinions` of them, some
around a few they love. What a recommendation is compared with are two searches of the same indexes, one of stories and
one of posters, for as many films, their facts read in one query. A recommendation is measured three times:

- kept: nothing was said since the last one;
- anew: right after the person has rated one film more, by turns the first that was recommended to them and any other,
  so that their tastes and the whole list are worked out again;
- first: of a person of whom nothing is kept, by a process that knows no film yet.

Columns: median and 95th percentile in milliseconds and, of a recommendation, the queries it made.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
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
ROUNDS = 3
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
    from recommender import collaborating

    texts, anchors, _, _, _ = encoded(1)
    note(f"{films} films: writing")
    # Some pictures of a drawn library are frames of one video, which makes one film.
    drawn = library.draw(round(films / (1 - library.FRAMES_SHARE * (1 - 1 / library.FRAMES))), texts, anchors)
    stories, posters, ids = write(drawn)
    users = [person(number, stories, ids, opinions) for number in range(people)]
    if raters:
        note(f"{raters} raters: writing and training")
        strangers(raters, stories, ids)
        collaborating.train()
    return {"films": len(ids), "opinions": opinions, "raters": raters, **compared(users, ids, stories, posters)}


def compared(users: list[Any], ids: list[UUID], stories: np.ndarray, posters: np.ndarray) -> dict[str, Any]:
    """The times of recommendations for `users` and of bare searches, and the queries that the former make."""
    from recommender.recommending import recommend

    rng = np.random.default_rng(3)
    asked = rng.integers(len(ids), size=len(users))
    rounds = len(users)

    def ask(number: int) -> None:
        recommend(users[number], COUNT)

    def search(number: int) -> None:
        bare(stories[asked[number]], posters[asked[number]])

    search(0)
    forget()
    ask(0)  # what is loaded once is loaded
    queries = {}
    for name, before in (
        ("first", lambda: forget()),
        ("kept", lambda: None),
        ("anew", lambda: say(users, ids, ROUNDS)),
    ):
        before()
        queries[name] = counted(lambda: ask(0))
    note("recommending")
    # By turns, so that whatever else the machine does slows all of them.
    taken: dict[str, list[dict[str, float]]] = {"bare": [], "first": [], "anew": [], "kept": []}
    for turn in range(ROUNDS):
        taken["bare"].append(timed(search, rounds))
        forget()
        taken["first"].append(timed(ask, rounds))
        say(users, ids, turn)
        for name in ("anew", "kept"):
            taken[name].append(timed(ask, rounds))
    found = {name: min(times, key=lambda each: each["median_ms"]) for name, times in taken.items()}
    usual = found["bare"]["median_ms"]
    ratios = {name: each["median_ms"] / usual for name, each in found.items() if name != "bare"}
    return {**found, "queries": queries, "ratios": ratios}


def counted(call: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def forget() -> None:
    """As if nobody had ever come, and this process had only just begun."""
    from recommender import known, profiles

    known.forget()
    profiles.forget()


def say(users: list[Any], ids: list[UUID], turn: int) -> None:
    """Each of `users` rates one film more."""
    from recommender import opinions
    from recommender.models import Movie
    from recommender.recommending import recommend

    rng = np.random.default_rng((17, turn))
    for number, user in enumerate(users):
        if (number + turn) % 2:
            film, stars = recommend(user, 1).films[0].movie, 4.5
        else:
            film, stars = Movie.objects.get(pk=ids[int(rng.integers(len(ids)))]), float(rng.choice([2, 3, 4]))
        opinions.rate(user, film, stars)


def write(drawn: library.Drawn) -> tuple[np.ndarray, np.ndarray, list[UUID]]:
    """Put films in the database by COPY, and index them; returns story and poster vectors and the ids, in one order."""
    from django.db import connection
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    from recommender.models import movie_id
    from recommender.vectors import FilmVectors, index_name
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
        for space in (Space.TEXT, Space.VISUAL):
            # Made at once when all is there: to be carried on with each row it takes ten times as long.
            cursor.execute(f"DROP INDEX IF EXISTS {index_name(encoders[space])}")
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

    rows = [["two vector searches", *times(result["bare"]), "4", ""]]
    for name in ("kept", "anew", "first"):
        ratio = f"{result['ratios'][name]:.2f}"
        rows.append([f"recommendation, {name}", *times(result[name]), str(result["queries"][name]), ratio])
    heading = f"{result['films']:,} films, {result['opinions']} opinions, {result['raters']:,} strangers"
    shown = table(["", "median ms", "p95 ms", "queries", "times the searches"], rows, left=1)
    return f"{heading}\n\n{shown}"


def times(each: dict[str, float]) -> list[str]:
    return [f"{each[key]:.1f}" for key in ("median_ms", "p95_ms")]


if __name__ == "__main__":
    main()
