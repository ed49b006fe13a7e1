"""Films by words, pictures and other films, in one space, the other, or both; filters; and to the library and back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from recommender import levels, nearest, searching
from recommender.filters import FilmFilters, genres, languages
from recommender.models import FilmLevel, Movie
from recommender.searching import FilmQuery, Like, films_like, pictures_like, similar
from search import examples, fusion
from search.query import QueryError

NOBODY = AnonymousUser()


@pytest.fixture
def films(make_film, embed) -> dict[int, Movie]:
    made = {
        1: make_film(1, "Balloon", "red", overview="A boy follows a balloon", genres=["Drama"], year=1956),
        2: make_film(2, "Dragon", "red", overview="A dragon sleeps below the castle", genres=["Fantasy"], year=1981),
        3: make_film(3, "Castle", "blue", overview="A dragon and a castle in the sky", genres=["Fantasy"], year=1986),
        4: make_film(4, "Ocean", "blue", overview="Divers look for a wreck", genres=["Adventure"], year=2001),
        5: make_film(5, "Meadow", "green", overview="Cows look at a train", original_language="fr", vote_average=8),
    }
    embed()
    return made


def found(query: FilmQuery, viewer=NOBODY) -> list[int]:
    return [hit.movie.tmdb_id for hit in searching.search(query, viewer).hits]


def test_words_in_either_space_and_in_both(films):
    assert found(FilmQuery("dragon castle", look=0))[:2] in ([2, 3], [3, 2])
    assert set(found(FilmQuery("red", story=0))[:2]) == {1, 2}
    # A story of a dragon on a red poster: the one film that has both.
    hits = searching.search(FilmQuery("red dragon"), NOBODY).hits
    assert hits[0].movie.tmdb_id == 2
    reasons = {reason.name: reason for reason in hits[0].reasons}
    assert {"story", "shows"} <= set(reasons)
    assert reasons["shows"].rank == 1
    assert reasons["story"].similarity > 0.2
    assert 0.5 < hits[0].score <= 1


def test_a_title_is_found_by_its_name(films):
    hits = searching.search(FilmQuery("ocean", look=0), NOBODY).hits
    assert hits[0].movie.tmdb_id == 4
    assert "says" in {reason.name for reason in hits[0].reasons}


def test_the_sliders_weigh(films):
    assert found(FilmQuery("blue balloon", story=1, look=0.1))[0] == 1
    assert set(found(FilmQuery("blue balloon", story=0.1, look=1))[:2]) == {3, 4}


def test_a_picture_a_film_and_an_item_find_posters(films, make_item, make_image, user, other_user):
    token = examples.remember_file(make_image("green"), "green.png").token
    assert found(FilmQuery(likes=(Like(example=token),)))[0] == 5
    item = make_item("blue")
    assert set(found(FilmQuery(likes=(Like(item=item.pk),), story=0), user)[:2]) == {3, 4}
    with pytest.raises(QueryError, match="not yours to see"):
        searching.search(FilmQuery(likes=(Like(item=item.pk),)), other_user)
    assert set([hit.movie.tmdb_id for hit in films_like(item)][:2]) == {3, 4}


def test_more_like_these_and_less_like_those(films):
    liked = FilmQuery(likes=(Like(movie=films[2].pk),))
    assert found(liked)[0] in (1, 3)
    by_story = FilmQuery(likes=(Like(movie=films[2].pk), Like(movie=films[1].pk, weight=-1)), look=0)
    assert found(by_story)[0] == 3
    assert not {1, 2} & set(found(by_story))
    less = FilmQuery("red", likes=(Like(movie=films[3].pk, weight=-1.0),), story=0)
    assert set(found(less)[:2]) == {1, 2}


def test_similar_by_story_look_or_both(films):
    assert [hit.movie.tmdb_id for hit in similar(films[2], "story")][0] == 3
    assert [hit.movie.tmdb_id for hit in similar(films[2], "look")][0] == 1
    assert set([hit.movie.tmdb_id for hit in similar(films[2])][:2]) == {1, 3}


def test_before_there_are_vectors_nothing_is_similar_and_it_is_said_why(make_film, make_item):
    film = make_film(1)
    assert similar(film) == []
    assert pictures_like(film, NOBODY) == []
    with pytest.raises(QueryError, match="still being indexed"):
        searching.search(FilmQuery(likes=(Like(movie=film.pk),)), NOBODY)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (FilmFilters(genres=("Fantasy",)), {2, 3}),
        (FilmFilters(year_from=1981, year_to=1990), {2, 3}),
        (FilmFilters(languages=("fr", "de")), {5}),
        (FilmFilters(vote_from=7.5), {5}),
        (FilmFilters(genres=("Fantasy",), year_to=1981), {2}),
        (FilmFilters(genres=("Western",)), set()),
    ],
)
def test_filters_lose_nothing_and_let_nothing_else_in(films, monkeypatch, filters, expected, exact):
    monkeypatch.setattr(fusion, "compares_all", lambda *asked: exact)
    assert set(found(FilmQuery("ocean", filters=filters))) == expected


def test_unwanted_words_and_phrases(films):
    assert found(FilmQuery('castle -"in the sky"', look=0))[0] == 2
    assert 3 not in found(FilmQuery('castle -"in the sky"', look=0))
    assert found(FilmQuery('"below the castle"', look=0)) == [2]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (FilmQuery(" "), "empty-query"),
        (FilmQuery("x", story=0, look=0), "nothing-weighed"),
        (FilmQuery('""'), "empty-query"),
        (FilmQuery("x", story=2), "bad-weight"),
        (FilmQuery("x", look=float("nan")), "bad-weight"),
        (FilmQuery(likes=(Like(example="0" * 40),)), "example-forgotten"),
        (FilmQuery(likes=(Like(movie="00000000-0000-0000-0000-000000000000"),)), "no-such-film"),
        (FilmQuery("x", likes=(Like(example="0" * 40, weight=0),)), "bad-weight"),
        (FilmQuery("x", likes=(Like(example="0" * 40),) * 13), "too-many-examples"),
    ],
)
def test_what_cannot_be_answered_is_said(films, query, code):
    with pytest.raises(QueryError) as refused:
        searching.search(query, NOBODY)
    assert refused.value.code == code


def test_pages_fit_together_and_end(films, monkeypatch):
    monkeypatch.setattr(searching, "FIRST_WINDOW", 2)
    query, seen, offset = FilmQuery("castle", look=1), [], 0
    while offset is not None:
        page = searching.search(query, NOBODY, offset, 2)
        seen += [hit.movie.tmdb_id for hit in page.hits]
        offset = page.next_offset
    assert sorted(seen) == [1, 2, 3, 4, 5]
    assert page.total == 5


def test_a_film_finds_pictures_that_the_viewer_may_see(films, make_item, user, other_user):
    mine, public = make_item("green"), make_item("green", seed=1, owner=other_user, visibility="public")
    make_item("green", seed=2, owner=other_user)
    assert {hit.item.pk for hit in pictures_like(films[5], user)} == {mine.pk, public.pk}
    assert {hit.item.pk for hit in pictures_like(films[5], NOBODY)} == {public.pk}


def test_as_many_statements_for_many_as_for_one(films, django_assert_max_num_queries, make_films, embed):
    make_films([{"id": number, "title": f"Castle {number}", "colour": "blue"} for number in range(10, 40)])
    embed()
    query = FilmQuery("castle", likes=(Like(movie=films[2].pk), Like(movie=films[4].pk)))
    with django_assert_max_num_queries(7):
        assert len(searching.search(query, NOBODY).hits) == 24


def test_the_index_finds_what_comparing_everything_finds(films, monkeypatch, make_films, embed):
    rows = [(number, f"word{number} other{number % 7} third{number % 3}") for number in range(10, 60)]
    make_films([{"id": number, "title": f"Film {number}", "overview": overview} for number, overview in rows])
    embed()
    text = [reason for reason in searching.serving().items() if reason[0] == "text"][0][1]
    probe = nearest.Probe(searching.text_vectors(text, ["other3 third1"])[0], text.pk)
    answers = []
    for exact in (True, False):
        monkeypatch.setattr(nearest, "_compares_all", lambda *asked, exact=exact: exact)
        answers.append(nearest.nearest([probe], 10)[0][0])
    assert [round(score, 4) for _, score in answers[0]] == [round(score, 4) for _, score in answers[1]]


def test_what_can_be_filtered_by(films):
    assert genres()[0] == "Fantasy"
    assert set(genres()) == {"Fantasy", "Drama", "Adventure"}
    assert languages() == ["fr"]


def test_it_is_said_when_no_film_stands_out(make_films, embed, client):
    kinds = ("dragon castle knight sword", "ocean wreck diver shark", "train station letter rain")
    rows = [{"id": 100 + n, "title": f"Number{n}", "overview": f"{kinds[n % 3]} place{n}"} for n in range(40)]
    made = make_films(rows)
    embed()
    encoder = searching.serving()["text"]
    assert embed() == 0  # the round that finds nothing left to do measures the level
    level = FilmLevel.objects.get(encoder=encoder)
    assert level.films == 40
    assert not levels.refresh(encoder)

    def asked(words: str, **more) -> bool | None:
        return searching.search(FilmQuery(words, look=0, **more), NOBODY).stands_out

    assert asked("dragon castle knight") is True
    assert asked("xylophone quarterly vinegar") is False
    # By its story alone as well: no ranking of words themselves helps here.
    ids = [film.pk for film in made]
    wanted, nonsense = searching.text_vectors(encoder, ["dragon castle knight sword", "xylophone quarterly vinegar"])
    assert levels.stands_out(encoder, wanted, ids) is True
    assert levels.stands_out(encoder, nonsense, ids) is False
    # A film to be like is not judged so, and neither is anything before there are films enough.
    assert asked("xylophone", likes=(Like(movie=made[0].pk),)) is None
    page = client.get("/films/search/", {"q": "xylophone quarterly vinegar", "look": "0"})
    assert "No film stands out for “xylophone quarterly vinegar”." in page.text
    assert page.context["cards"]
    assert "stands out" not in client.get("/films/search/", {"q": "dragon castle knight", "look": "0"}).text
    found = client.get("/api/v1/films/search/", {"q": "xylophone quarterly vinegar", "look": "0"}).json()
    assert found["stands_out"] is False
    FilmLevel.objects.all().delete()
    assert asked("quarterly vinegar") is None
    Movie.objects.filter(tmdb_id__gt=110).delete()
    assert not levels.refresh(encoder)
    assert not FilmLevel.objects.exists()
