"""Recommendations measured on what was held back: of raters whose tastes are known, with the product's own code."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from recommender import collaborating
from recommender.evaluation import measuring, splits, tastes
from recommender.models import FactorModel, Movie, Rating

WORDS = {"Horror": "ghost haunted scream night", "Family": "funny animals song friends", "War": "tanks soldiers front"}
BEGIN = datetime(2021, 1, 1, tzinfo=UTC)


@pytest.fixture
def films(make_films, embed) -> list[Movie]:
    """Sixteen of each of three genres, each telling of its own kind of thing."""
    made = make_films(
        [
            {
                "id": 100 * base + number + 1,
                "title": f"{genre} {number}",
                "overview": f"{words} only{base}{number}",
                "genres": [genre],
            }
            for base, (genre, words) in enumerate(WORDS.items())
            for number in range(16)
        ]
    )
    embed()
    return made


@pytest.fixture
def rate(films):
    """Ratings of one rater, a day apart: (film's place, stars) each."""

    def give(rater: int, *given: tuple[int, float], begin: datetime = BEGIN) -> None:
        Rating.objects.bulk_create(
            Rating(rater=rater, movie=films[place], rating=stars, rated_at=begin + timedelta(days=day))
            for day, (place, stars) in enumerate(given)
        )

    return give


def held(split: splits.Split) -> set[tuple[int, str]]:
    return set(Rating.objects.filter(pk__in=split.held).values_list("rater", "movie__title"))


def test_the_last_like_and_what_came_after_it_is_held_back(films, rate):
    rate(1, (0, 5), (1, 4), (2, 2), (3, 4), (4, 5), (5, 4.5), (6, 1))
    rate(2, (0, 5), (1, 5))
    split = splits.leave_last_out(Rating.objects.all(), [1, 2])
    (case,) = split.cases
    assert [each.movie_id for each in case.said] == [film.pk for film in films[:5]]
    assert case.liked == {films[5].pk}
    assert case.now == BEGIN + timedelta(days=4)
    assert held(split) == {(1, "Horror 5"), (1, "Horror 6")}


def test_one_moment_parts_before_from_after_for_everybody(films, rate):
    rate(1, *((place, 5) for place in range(8)))
    rate(2, *((place, 5) for place in range(20, 28)), begin=BEGIN + timedelta(days=4))
    split = splits.temporal(Rating.objects.all(), [1, 2])
    latest = max(each.at for case in split.cases for each in case.said)
    assert Rating.objects.filter(pk__in=split.held, rated_at__lte=latest).count() == 0
    assert {case.rater: len(case.liked) for case in split.cases} == {2: 3}
    # Of those who are not recommended to, too, nothing may be learnt that came after.
    rate(3, (40, 5), begin=BEGIN + timedelta(days=400))
    assert (3, "War 8") in held(splits.temporal(Rating.objects.all(), [1, 2]))


def test_a_newcomer_is_known_by_three_likes_alone(films, rate):
    rate(1, (0, 2), (1, 4), (2, 5), (3, 1), (4, 4), (5, 5), (6, 4))
    split = splits.cold_start(Rating.objects.all(), [1])
    (case,) = split.cases
    assert [each.movie_id for each in case.said] == [films[1].pk, films[2].pk, films[4].pk]
    assert case.liked == {films[5].pk, films[6].pk}
    assert len(split.held) == 7


def test_within_nothing_is_known_of_what_is_held_back_and_afterwards_all_is_as_it_was(films):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else this test's own transaction makes no index
    Rating.objects.bulk_create(tastes.made_up(80))
    collaborating.train(least_ratings=100)
    before = set(Rating.objects.values_list("pk", flat=True)), FactorModel.objects.get().pk
    split = splits.cold_start(Rating.objects.all(), list(range(tastes.FIRST, tastes.FIRST + 10)))
    with measuring.held_back(split):
        assert not Rating.objects.filter(pk__in=split.held).exists()
        model = collaborating.active()
        assert model is not None and model.pk != before[1]
    with measuring.held_back(splits.Split("all of it", held=list(before[0]))):
        assert collaborating.active() is None
    assert (set(Rating.objects.values_list("pk", flat=True)), FactorModel.objects.get().pk) == before
    assert collaborating.active().pk == before[1]


def test_known_tastes_are_found_and_popularity_does_not_know_them(films):
    Rating.objects.bulk_create(tastes.made_up(80))
    split = splits.cold_start(Rating.objects.all(), list(range(tastes.FIRST, tastes.FIRST + 25)))
    with measuring.held_back(split):
        known = measuring.Known()
        found = {
            name: measuring.measure(name, method, split.cases, known)
            for name, method in measuring.methods(known).items()
        }
    assert found["content only"].recall > 1.3 * found["popularity"].recall
    assert found["all together"].recall > 1.3 * found["popularity"].recall
    assert found["content only"].coverage > found["popularity"].coverage
    assert found["content only"].novelty >= found["popularity"].novelty


def test_the_command_tells_and_changes_nothing(films):
    out = StringIO()
    call_command("evaluate_recommender", "--made-up", "60", "--raters", "5", "--ablate", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert set(found) == {"leave-last-out", "temporal", "cold-start"}
    names = [each["method"] for each in found["cold-start"]]
    assert names[:4] == ["all together", "popularity", "content only", "collaborative only"]
    assert {"without story", "without diversity", "one taste"} <= set(names)
    assert all(
        0 <= each[figure] <= 1 for those in found.values() for each in those for figure in ("recall", "ndcg", "map")
    )
    assert not Rating.objects.exists()
    assert not FactorModel.objects.exists()


def test_the_command_says_what_is_missing(db):
    with pytest.raises(CommandError, match="no ratings"):
        call_command("evaluate_recommender")
    with pytest.raises(CommandError, match="too few films"):
        call_command("evaluate_recommender", "--made-up", "10")
