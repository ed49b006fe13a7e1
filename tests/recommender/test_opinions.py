"""What people say about films, and taking it back."""

from __future__ import annotations

import pytest

from recommender import opinions
from recommender.models import Opinion


def said(user, film) -> tuple | None:
    found = opinions.of(user, [film.pk]).get(film.pk)
    return found and (found.liked, found.rating, found.watched, found.hidden)


def test_each_is_said_and_undone_and_done_again(user, make_film):
    film = make_film(1)
    opinions.like(user, film)
    assert said(user, film) == (1, None, False, False)
    opinions.dislike(user, film)
    assert said(user, film) == (-1, None, False, False)
    opinions.undo(user, film)
    assert said(user, film) == (1, None, False, False)
    opinions.undo(user, film)
    assert said(user, film) == (-1, None, False, False)
    opinions.unlike(user, film)
    opinions.rate(user, film, 4.5)
    assert said(user, film) == (None, 4.5, True, False)
    opinions.hide(user, film)
    opinions.like(user, film)
    assert said(user, film) == (1, 4.5, True, False)
    assert opinions.forget(user, film) is None
    assert said(user, film) is None
    assert not Opinion.objects.spoken().exists()
    opinions.undo(user, film)
    assert said(user, film) == (1, 4.5, True, False)


def test_saying_the_same_twice_keeps_what_was_before(user, make_film):
    film = make_film(1)
    opinions.watched(user, film)
    opinions.like(user, film)
    opinions.like(user, film)
    opinions.undo(user, film)
    assert said(user, film) == (None, None, True, False)


@pytest.mark.parametrize("rating", [0, 0.3, 5.5, -1, float("nan"), float("inf")])
def test_a_rating_that_there_is_not_changes_nothing(user, make_film, rating):
    film = make_film(1)
    with pytest.raises(ValueError, match="in halves"):
        opinions.rate(user, film, rating)
    assert not Opinion.objects.exists()


def test_people_do_not_see_each_other(user, other_user, make_film):
    films = [make_film(number) for number in (1, 2, 3)]
    assert opinions.choose(user, films) == 3
    assert len(opinions.of(user, [film.pk for film in films])) == 3
    assert opinions.of(other_user, [film.pk for film in films]) == {}
