"""What each process keeps of films: at hand the second time, and never what they were before a change."""

from __future__ import annotations

import numpy as np
import pytest

from recommender import known, services
from recommender.known import details, marked
from recommender.models import Movie, MovieVector
from search.models import Space
from search.spaces import serving


@pytest.fixture
def films(make_film, embed) -> list[Movie]:
    known.forget()
    made = [
        make_film(number, f"Film {number}", "red" if number < 4 else "", vote_count=number) for number in range(1, 6)
    ]
    embed()
    return made


@pytest.fixture
def ask(films):
    numbers = serving()[Space.TEXT].pk, serving()[Space.VISUAL].pk, None

    def details_of(ids, mark="now"):
        return details(ids, *numbers, mark=mark)

    return details_of


def test_the_same_from_the_database_and_from_what_is_at_hand(films, ask, django_assert_num_queries):
    ids = [film.pk for film in films]
    with django_assert_num_queries(1):
        read = ask(ids, None)
    with django_assert_num_queries(1):
        ask(ids[:2])
    with django_assert_num_queries(1):
        first = ask(ids)
    with django_assert_num_queries(0):
        again = ask([*ids[::-1]])
    assert first.films == read.films == ids
    assert again.films == ids[::-1]
    for name in ("stories", "looks", "esteem", "born"):
        np.testing.assert_array_equal(getattr(first, name), getattr(read, name))
        np.testing.assert_array_equal(getattr(again, name)[::-1], getattr(read, name))
    assert np.isfinite(first.looks[:3]).all()
    assert np.isnan(first.looks[3:]).all()
    assert first.factors.shape == (5, 0)
    stored = MovieVector.objects.get(movie=films[2], encoder=serving()[Space.VISUAL]).vector
    np.testing.assert_allclose(first.looks[2], stored, atol=1e-3)


def test_of_those_that_are_there(films, ask):
    gone = films[1].pk
    ids = [film.pk for film in films]
    Movie.objects.filter(pk=gone).delete()
    left = [pk for pk in ids if pk != gone]
    assert ask(ids).films == left
    assert ask(ids).of([ids[4], gone, ids[0]]).films == [ids[4], ids[0]]
    assert ask([]).films == []


def test_a_change_makes_every_process_read_anew(films, ask, embed, django_capture_on_commit_callbacks):
    ids = [film.pk for film in films]
    mark = marked(None)
    assert marked(None) == mark
    before = ask(ids, mark)
    with django_capture_on_commit_callbacks(execute=True):
        services.save_film(films[0], title="Quite another one", vote_count=5000, vote_average=9.0)
        embed()
    # Whoever still asks as of then gets what was then, whoever asks now what is now.
    np.testing.assert_array_equal(ask(ids, mark).esteem, before.esteem)
    now = marked(known.cache.get(known.MARK))
    assert now != mark
    after = ask(ids, now)
    assert after.esteem[0] > before.esteem[0]
    assert not np.allclose(after.stories[0], before.stories[0])
    np.testing.assert_array_equal(after.stories[1:], before.stories[1:])


def test_a_vector_that_comes_later_is_seen(make_film, embed, django_capture_on_commit_callbacks):
    known.forget()
    film = make_film(1, "Late")
    encoder = serving().get(Space.TEXT)
    assert encoder is None or details([film.pk], encoder.pk, None, None, marked(None)).stories.shape == (1, 0)
    with django_capture_on_commit_callbacks(execute=True):
        embed()
    encoder = serving()[Space.TEXT]
    late = details([film.pk], encoder.pk, None, None, marked(known.cache.get(known.MARK)))
    assert np.isfinite(late.stories).all()


def test_no_more_is_kept_than_there_is_room_for(films, ask, monkeypatch):
    monkeypatch.setattr(known, "MOST", 4)
    ids = [film.pk for film in films]
    for start in (0, 1, 2, 3, 0):
        np.testing.assert_array_equal(ask(ids[start : start + 2]).stories, ask(ids[start : start + 2], None).stories)
        assert all(len(shelf.places) <= 6 for shelf in known._shelves.by_numbers.values())
