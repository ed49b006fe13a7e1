"""What is recommended: every taste, nothing that was seen, why, and the same number of statements for everybody."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from recommender import collaborating, known, opinions, profiles, recommending, services, tastes
from recommender.filters import FilmFilters
from recommender.importing.facts import facts_of
from recommender.models import FactorModel, Movie, MovieFactors, Opinion, Rating, movie_id
from recommender.newcomers import onboarding
from recommender.recommending import Said, Weights, because_you_liked, recommend, recommend_from

HORROR, CARTOON, SPACE = "ghost haunted scream night", "funny animals song friends", "rocket planet stars crew"
KINDS = {"horror": (HORROR, "black"), "cartoon": (CARTOON, "yellow"), "space": (SPACE, "blue")}


@pytest.fixture
def films(make_films, embed) -> dict[str, list[Movie]]:
    """Twelve of each kind, their words and colours alike."""
    rows = [
        {
            "id": 100 * base + number + 1,
            "title": f"{kind} {number}",
            "overview": f"{words} only{base}{number}",
            "colour": colour,
            "vote_count": 100 * number,
            "vote_average": 7,
            "year": 1990 + number,
        }
        for base, (kind, (words, colour)) in enumerate(KINDS.items())
        for number in range(12)
    ]
    made = make_films(rows)
    embed()
    return {kind: made[12 * base : 12 * base + 12] for base, kind in enumerate(KINDS)}


def kinds(films: list) -> list[str]:
    return [film.movie.title.split()[0] for film in films]


def test_who_likes_two_kinds_gets_both_and_not_the_third(films, user):
    opinions.choose(user, [*films["horror"][:4], *films["cartoon"][:4]])
    got = recommend(user, 12)
    assert got.personal
    assert len(got.tastes) == 2
    assert {film.title.split()[0] for film in got.tastes[0].films} in ({"horror"}, {"cartoon"})
    assert sorted(kinds(got.films)) == ["cartoon"] * 6 + ["horror"] * 6
    # Both from the first on, not one after the other.
    assert set(kinds(got.films)[:2]) == {"horror", "cartoon"}
    for film in got.films:
        assert film.because.title.split()[0] == film.movie.title.split()[0]
        assert film.score == pytest.approx(sum(film.parts.values()))


def test_three_films_are_enough_and_one_is(films, user):
    opinions.choose(user, films["space"][:3])
    assert kinds(recommend(user, 6).films) == ["space"] * 6
    assert kinds(recommend_from([Said(films["horror"][0].pk, liked=1)], 6).films) == ["horror"] * 6


def test_nothing_that_was_judged_seen_or_hidden(films, user):
    opinions.choose(user, films["space"][:3])
    opinions.watched(user, films["space"][3])
    opinions.hide(user, films["space"][4])
    opinions.dislike(user, films["space"][5])
    opinions.rate(user, films["space"][6], 3)
    got = {film.movie.pk for film in recommend(user, 36).films}
    assert not got & {film.pk for film in films["space"][:7]}
    assert {film.pk for film in films["space"][7:]} <= got
    # What is taken back may come again.
    opinions.forget(user, films["space"][3])
    assert films["space"][3].pk in {film.movie.pk for film in recommend(user, 36).films}


def test_what_is_disliked_pushes_away(films, user):
    opinions.like(user, films["space"][0])
    with_all = kinds(recommend(user, 30).films)[:20]
    for film in films["horror"][:4]:
        opinions.rate(user, film, 0.5)
    got = recommend(user, 30)
    assert kinds(got.films)[:20].count("horror") < with_all.count("horror")
    assert min(film.parts["dislike"] for film in got.films) < 0
    parts = {film.movie.title.split()[0]: film.parts["dislike"] for film in got.films}
    assert parts["horror"] < parts["space"]


def test_without_a_word_it_is_what_most_people_liked(films, user):
    got = recommend(user, 5)
    assert not got.personal
    assert not got.tastes
    assert {film.movie.vote_count for film in got.films} <= {700, 800, 900, 1000, 1100}
    assert recommend(AnonymousUser(), 5).films[0].because is None


def test_nothing_at_all_is_no_error(user, db):
    assert recommend(user).films == []
    assert onboarding() == []
    assert because_you_liked(user) == []


def test_what_is_kept_of_a_person_follows_whatever_they_say_in_whatever_order_it_is_written(films, user):
    opinions.choose(user, films["space"][:3])
    opinions.watched(user, films["space"][3])
    assert films["space"][4] in [film.movie for film in recommend(user, 36).films]
    # Said before the last thing, and written after it.
    earlier = Opinion.objects.get(movie=films["space"][3]).updated_at - timedelta(seconds=1)
    Opinion.objects.filter(movie=films["space"][3]).update(movie=films["space"][4], updated_at=earlier)
    Opinion.objects.filter(movie=films["space"][2]).update(updated_at=earlier + timedelta(seconds=1))
    assert films["space"][4] not in [film.movie for film in recommend(user, 36).films]


def test_a_grid_made_before_the_films_came_is_not_kept(db, make_films):
    assert onboarding(6) == []
    make_films([{"id": number, "title": f"Film {number}"} for number in range(1, 7)])
    assert len(onboarding(6)) == 6


def test_filters(films, user):
    opinions.choose(user, films["horror"][:3])
    got = recommend(user, 10, FilmFilters(year_from=1995, year_to=1997))
    assert {film.movie.year for film in got.films} == {1995, 1996, 1997}
    assert kinds(got.films)[:3] == ["horror"] * 3


def test_what_is_older_counts_less(films):
    now = timezone.now()
    said = [
        *(Said(film.pk, liked=1, at=now - timedelta(days=6000)) for film in films["horror"][:3]),
        *(Said(film.pk, liked=1, at=now) for film in films["cartoon"][:3]),
    ]
    got = recommend_from(said, 10)
    assert kinds(got.films).count("cartoon") > 7
    assert got.tastes[0].share > 0.8


def test_each_weight_can_be_left_out(films, user):
    opinions.choose(user, films["space"][:3])
    for name in ("story", "look", "esteem", "recency"):
        got = recommend(user, 8, weights=Weights(**{name: 0.0}))
        assert {film.parts[name] for film in got.films} == {0.0}
        assert kinds(got.films)[:5] == ["space"] * 5


def test_diversity_costs_likeness(films, user):
    """By diversity alone the list leaves the one kind sooner."""
    opinions.like(user, films["space"][0])
    plain = kinds(recommend(user, 10, weights=Weights(diversity=0)).films)
    mixed = kinds(recommend(user, 10, weights=Weights(diversity=8)).films)
    assert plain.count("space") > mixed.count("space")


def test_rows_because_you_liked(films, user):
    opinions.choose(user, [films["horror"][0], films["cartoon"][0]])
    rows = because_you_liked(user, rows=2, count=4)
    assert {row.movie.pk for row in rows} == {films["horror"][0].pk, films["cartoon"][0].pk}
    for row in rows:
        assert {film.title.split()[0] for film in row.films} == {row.movie.title.split()[0]}
    shown = [film.pk for row in rows for film in row.films]
    assert len(shown) == len(set(shown)) == 8
    # Who has only seen a film has not said that they like it.
    opinions.watched(user, films["space"][0])
    assert films["space"][0] not in [row.movie for row in because_you_liked(user, rows=3, count=4)]


def test_the_first_grid_is_mixed_and_known(films, user):
    grid = onboarding(6)
    assert [film.title.split()[0] for film in grid].count("horror") == 2
    assert min(film.vote_count for film in grid) >= 200
    opinions.like(user, grid[0])
    assert grid[0] not in onboarding(6, user)
    assert len(onboarding(6, user)) == 6


def test_as_many_statements_for_many_opinions_as_for_few(films, user, django_assert_max_num_queries):
    opinions.choose(user, films["horror"][:2])
    recommend(user, 10)
    for more in ([films["horror"][2]], [*films["horror"][3:10], *films["cartoon"][:10]]):
        opinions.choose(user, more)
        known.forget()
        with django_assert_max_num_queries(8):
            recommend(user, 10)
        # What they are like is known now, and so are the films.
        with django_assert_max_num_queries(3):
            recommend(user, 10)
    because_you_liked(user, count=3)
    with django_assert_max_num_queries(5):
        because_you_liked(user, count=3)


@pytest.fixture
def many(make_films, embed) -> dict[str, list[Movie]]:
    """Sixty of each kind: enough for a long history with films to spare."""
    rows = [
        {"id": 1000 * base + number + 1, "title": f"{kind} {number}", "overview": f"{words} only{base}{number}"}
        for base, (kind, (words, _)) in enumerate(KINDS.items())
        for number in range(60)
    ]
    made = make_films(rows)
    embed()
    return {kind: made[60 * base : 60 * base + 60] for base, kind in enumerate(KINDS)}


def test_a_profile_that_is_carried_on_is_what_it_would_be_made_anew(many, user, monkeypatch):
    grouped = []
    groups = tastes.groups
    monkeypatch.setattr(tastes, "groups", lambda *given: grouped.append(1) or groups(*given))
    opinions.choose(user, [*many["horror"][:16], *many["cartoon"][:14]])
    recommend(user, 12)
    for number, kind in ((16, "horror"), (14, "cartoon"), (15, "cartoon")):
        opinions.like(user, many[kind][number])
        got = recommend(user, 12)
        assert many[kind][number] not in [film.movie for film in got.films]
        said, _ = profiles.said_by(user)
        anew = recommend_from(said, 12)
        assert {frozenset(map(str, taste.films)) for taste in got.tastes} == {
            frozenset(map(str, taste.films)) for taste in anew.tastes
        }
        assert sorted(kinds(got.films)) == sorted(kinds(anew.films))
    # Made anew for the first list, and by each recommend_from.
    assert len(grouped) == 1 + 3
    # What has changed much is looked at afresh: a third taste is one.
    opinions.choose(user, many["space"][:12])
    got = recommend(user, 12)
    assert len(grouped) == 5
    assert len(got.tastes) == 3
    assert set(kinds(got.films)) == set(KINDS)


def test_films_are_looked_for_again_only_where_a_taste_has_moved(many, user, monkeypatch):
    asked = []
    nearest = profiles.nearest
    monkeypatch.setattr(
        profiles, "nearest", lambda probes, *given: asked.append(len(probes)) or nearest(probes, *given)
    )
    opinions.choose(user, [*many["horror"][:20], *many["cartoon"][:20]])
    recommend(user, 12)
    opinions.like(user, many["horror"][20])
    recommend(user, 12)
    assert asked == [2, 0]
    # Now most of what was found has been seen.
    for film in many["horror"][21:55]:
        opinions.watched(user, film)
    assert not {film.movie for film in recommend(user, 12).films} & set(many["horror"][:55])
    assert asked[-1] > 0


def test_films_without_posters_or_vectors_stop_nothing(films, make_film, embed, user):
    bare = make_film(900, "bare", overview=SPACE)
    make_film(901, "later", overview=SPACE)
    embed()
    opinions.choose(user, [bare, *films["space"][:2]])
    opinions.like(user, make_film(902, "not embedded yet"))
    assert kinds(recommend(user, 8).films).count("space") >= 6


# --- Tastes ----------------------------------------------------------------------------------------------


def around(directions: int, each: int, spread: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(64, directions)))[0].T
    rows = np.repeat(centres, each, axis=0) + spread * rng.normal(size=(directions * each, 64)) / 8
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("directions", "each", "spread", "expected"),
    [(1, 20, 1.0, 1), (2, 10, 1.0, 2), (3, 40, 1.0, 3), (5, 8, 0.8, 5), (1, 1, 0.0, 1), (3, 1, 0.0, 3), (1, 3, 0.3, 1)],
)
def test_there_are_as_many_tastes_as_directions(directions, each, spread, expected):
    rows = around(directions, each, spread)
    groups = tastes.groups(rows, np.ones(len(rows)))
    assert len(groups) == expected
    assert sum(group.share for group in groups) == pytest.approx(1)
    assert sorted(member for group in groups for member in group.members) == list(range(len(rows)))


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ({"liked": 1}, 0.75, 1),
        ({"liked": 1, "rating": 5}, 1, 1),
        ({"liked": -1}, -1, -0.75),
        ({"rating": 5}, 1, 1),
        ({"rating": 3.5}, 0.3, 0.5),
        ({"rating": 3}, 0, 0),
        ({"rating": 2}, -0.6, -0.4),
        ({"rating": 0.5}, -1, -1),
        ({"watched": True}, 0.2, 0.3),
        ({}, 0, 0),
    ],
)
def test_what_opinions_weigh(said, least, most):
    assert least <= Said(movie_id(1), **said).weight <= most


# --- Together --------------------------------------------------------------------------------------------


@pytest.fixture
def rated(films) -> list[Movie]:
    """Two crowds whose taste no content tells: each likes the even or the odd films of all kinds."""
    every = [film for of_kind in films.values() for film in of_kind]
    rng, now = np.random.default_rng(3), timezone.now()
    rows = []
    for rater in range(1, 61):
        crowd = rater % 2
        for place in rng.choice(len(every), 24, replace=False):
            rating = 5.0 if place % 2 == crowd else 1.0
            rows.append(Rating(rater=rater, movie=every[place], rating=rating, rated_at=now))
    Rating.objects.bulk_create(rows)
    return every


def test_what_people_like_together_joins_in_where_it_is_known(rated, user, db):
    with connection.cursor() as cursor:
        # Checks of foreign keys are not put off to the end: an index cannot be made while any is.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    opinions.choose(user, [rated[0], rated[14], rated[26]])
    only = Weights(story=0, look=0, esteem=0, known=0, recency=0, diversity=0)
    assert collaborating.active() is None
    assert not recommend(user, 10, weights=only).personal
    model = collaborating.train(factors=8)
    # Her own three count, too.
    assert (model.ratings, model.films, model.raters) == (1443, 36, 61)
    got = recommend(user, 10, weights=only)
    assert got.personal
    assert all(rated.index(film.movie) % 2 == 0 for film in got.films)
    assert recommend(user, 10).films[0].parts["together"] != 0
    # The next one takes its place, and the same ratings are not learnt from again.
    assert collaborating.train_if_due() is None
    again = collaborating.train(factors=8)
    assert collaborating.active().pk == again.pk
    assert list(FactorModel.objects.all()) == [again]
    assert set(MovieFactors.objects.values_list("model", flat=True)) == {again.pk}


def test_what_most_people_watch_counts_more_the_less_is_known(rated, user):
    weights = Weights()
    counted = [weights.known_after(likes) for likes in range(0, 100, 5)]
    assert counted == sorted(counted, reverse=True)
    assert counted[-1] < 0.05 * counted[0]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    now = timezone.now()
    Rating.objects.bulk_create(
        Rating(rater=rater, movie=rated[9], rating=4.0, rated_at=now) for rater in range(100, 900)
    )
    opinions.choose(user, rated[24:27])
    assert {film.parts["known"] for film in recommend(user, 10).films} == {0.0}
    model = collaborating.train(factors=8)
    assert model.rows.get(movie=rated[9]).raters > 800
    got = recommend(user, 10)
    known_by = {film.movie: film.parts["known"] for film in got.films}
    assert max(known_by, key=known_by.get) == rated[9]
    # A newcomer gets what they like all the same.
    assert kinds(got.films).count("space") >= 5
    many = recommend_from([Said(film.pk, liked=1) for film in (*rated[24:34], *rated[:8], *rated[12:20])], 10)
    assert max(film.parts["known"] for film in many.films) < 0.5 * max(known_by.values())


def test_a_person_is_placed_as_the_training_places_a_rater(rated):
    learnt = collaborating.learn(Rating.objects.values_list("rater", "movie_id", "rating"), factors=8, iterations=60)
    kept = collaborating.Kept(0, learnt.gram, learnt.regularization, learnt.alpha)
    rows = dict(zip(learnt.films, learnt.rows, strict=True))
    said = [Said(pk, rating=rating) for pk, rating in Rating.objects.filter(rater=1).values_list("movie_id", "rating")]
    sure = {each.movie_id: collaborating.confidence(each) for each in said}
    placed = collaborating.placed(np.array([*sure.values()]), np.array([rows[film] for film in sure]), kept)
    liked = [pk for pk, value in sure.items() if value > 0]
    disliked = [pk for pk, value in sure.items() if value < 0]
    predicted = {pk: float(rows[pk] @ placed) for pk in sure}
    assert min(predicted[pk] for pk in liked) > max(predicted[pk] for pk in disliked)
    assert np.mean([predicted[pk] for pk in liked]) == pytest.approx(1, abs=0.1)
    assert collaborating.placed(np.zeros(1), np.array([rows[liked[0]]]), kept) is None


def test_too_few_ratings_are_not_learnt_from(films):
    Rating.objects.create(rater=1, movie=films["space"][0], rating=5, rated_at=timezone.now())
    assert collaborating.train() is None
    assert collaborating.train_if_due() is None
    assert recommending.recommend_from([Said(films["space"][1].pk, liked=1)], 3).personal


def test_two_trainings_at_once_wait_for_each_other(transactional_db):
    """Each would take the other's model for one that was left unfinished."""
    services.upsert_films([facts_of({"id": number, "title": f"Film {number}"}) for number in range(1, 31)])
    films = list(Movie.objects.order_by("tmdb_id"))
    now = timezone.now()
    Rating.objects.bulk_create(
        Rating(rater=rater, movie=films[(rater * 7 + step) % 30], rating=5.0, rated_at=now)
        for rater in range(1, 61)
        for step in range(20)
    )
    inside, most, store = [], [], collaborating.store

    def slow_store(learnt: collaborating.Learnt) -> FactorModel:
        inside.append(1)
        most.append(len(inside))
        made = store(learnt)
        time.sleep(0.2)
        inside.pop()
        return made

    def train() -> FactorModel | None:
        try:
            return collaborating.train(factors=4)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(2) as threads:
        patched.setattr(collaborating, "store", slow_store)
        made = [each.result(60) for each in [threads.submit(train), threads.submit(train)]]
    assert most == [1, 1]
    assert None not in made
    model = FactorModel.objects.get()
    assert (model.state, model.rows.count()) == ("active", 30)
    # Nobody is left holding it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s), pg_advisory_unlock(%s)", [collaborating.LOCK] * 2)
        assert cursor.fetchone()[0]
    collaborating.remove(model)
