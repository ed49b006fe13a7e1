"""Films over HTTP: the list and its pages, one film, search, and what looks like what."""

from __future__ import annotations

import base64
import json
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommender import opinions, services
from recommender.models import Movie
from tests.api_client import client_of, error

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]

FILMS = "/api/v1/films/"
SEARCH = f"{FILMS}search/"
NOBODY = str(uuid.uuid4())


def titles(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [(row.get("film") or row)["title"] for row in response.json()["results"]]


def pages(client, query: dict, back: bool = False) -> list[str]:
    """All titles, page by page; `back`: from the last page to the first."""
    response = client.get(FILMS, query)
    seen = titles(response)
    if back:
        while response.json()["next"]:
            response = client.get(response.json()["next"])
        seen = titles(response)
    while link := response.json()["previous" if back else "next"]:
        response = client.get(link)
        seen = [*titles(response), *seen] if back else [*seen, *titles(response)]
    return seen


class TestTheList:
    def test_a_film_tells_all_that_is_known_of_it_and_nobody_need_sign_in(self, make_film):
        film = make_film(
            1,
            "Iron Man",
            "red",
            embedded=False,
            overview="A man in armour.",
            genres=["Action"],
            original_language="en",
            release_date="2008-04-30",
            vote_average=7.6,
            vote_count=100,
        )
        (found,) = client_of().get(FILMS).json()["results"]
        assert found == client_of().get(f"{FILMS}{film.pk}/").json()
        assert (found["title"], found["genres"], found["release_date"]) == ("Iron Man", ["Action"], "2008-04-30")
        # (100 × 7.6 + 300 × 6.0) / 400
        assert found["esteem"] == 6.4
        assert found["opinion"] is None
        poster = client_of().get(found["poster"])
        assert poster["Content-Type"] == "image/webp"
        assert b"".join(poster.streaming_content)[:4] == b"RIFF"
        page = client_of().get(urlsplit(found["page"]).path)
        assert page.status_code == 200

    def test_without_a_poster_there_is_none(self, make_film):
        film = make_film(1, "Bare")
        assert client_of().get(f"{FILMS}{film.pk}/").json()["poster"] is None
        error(client_of().get(f"{FILMS}{film.pk}/files/poster/"), 404)
        error(client_of().get(f"{FILMS}{NOBODY}/"), 404)

    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            ("esteem", ["b", "a", "c", "d", "e", "f"]),
            ("known", ["a", "b", "c", "d", "e", "f"]),
            ("newest", ["d", "c", "b", "a", "e", "f"]),
            ("title", ["a", "b", "c", "d", "e", "f"]),
        ],
    )
    @pytest.mark.parametrize("back", [False, True])
    def test_pages_hold_every_film_once_however_many_are_equal(self, make_film, order, expected, back):
        make_film(1, "a", vote_count=900, vote_average=6.5, year=1990)
        make_film(2, "b", vote_count=800, vote_average=9.0, year=1991)
        make_film(3, "c", vote_count=0, year=1999)
        make_film(4, "d", vote_count=0, release_date="1999-02-03")
        make_film(5, "e", vote_count=0)
        make_film(6, "f", vote_count=0)
        if order != "title":
            # Equal ones come by id, which is a hash.
            same = {"esteem": "cdef", "known": "cdef", "newest": "ef"}[order]
            by_id = iter([film.title for film in Movie.objects.filter(title__in=same).order_by("id")])
            expected = [next(by_id) if title in same else title for title in expected]
        assert pages(client_of(), {"order": order, "page_size": 1}, back) == expected
        assert pages(client_of(), {"order": order, "page_size": 4}, back) == expected

    def test_filters_narrow_and_stay_on_the_next_page(self, make_film):
        for number in range(3):
            make_film(
                number + 1, f"s{number}", genres=["Drama", "War"], original_language="fr", year=1990, vote_average=7
            )
        make_film(99, "other", genres=["Drama"], original_language="en", year=2000, vote_average=5, runtime=200)
        cache.clear()
        client = client_of()
        for query, count in [
            ({"genre": "drama"}, 4),
            ({"genre": ["Drama", "WAR"]}, 3),
            ({"language": ["FR", "de"]}, 3),
            ({"year_from": 1995}, 1),
            ({"year_to": 1995, "vote_from": 6.5}, 3),
            ({"vote_to": 5}, 1),
            ({"runtime_to": 200}, 1),
            ({"genre": "no such"}, 0),
            ({"genre": "", "language": ""}, 4),
        ]:
            assert len(pages(client, query)) == count, query
            assert len(pages(client, {**query, "page_size": 2})) == count, query

    def test_what_makes_no_sense_is_named(self):
        for query, field in [
            ({"order": "best"}, "order"),
            ({"year_from": "MCM"}, "year_from"),
            ({"year_from": "9" * 50}, "year_from"),
            ({"year_from": 2000, "year_to": 1999}, "year_to"),
            ({"vote_from": "nan"}, "vote_from"),
            ({"vote_to": "11"}, "vote_to"),
            ({"genre": "x" * 41}, "genre"),
            ({"genre": "\x00"}, "genre"),
            ({"language": ["x"] * 101}, "language"),
            ({"runtime_to": "0"}, "runtime_to"),
            ({"page_size": "1000"}, "page_size"),
            ({"cursor": "x"}, "cursor"),
            ({"cursor": "é" * 10}, "cursor"),
            ({"cursor": "x" * 5000}, "cursor"),
        ]:
            assert field in error(client_of().get(FILMS, query), 400)["fields"], query

    def test_a_forged_cursor_is_refused(self):
        for forged in [
            ["title", "a", NOBODY, 0],
            ["esteem", "a", NOBODY, 0],
            ["esteem", True, NOBODY, 0],
            ["esteem", float("nan"), NOBODY, 0],
            ["esteem", 1.0, "no id", 0],
            ["esteem", 1.0, 7, 0],
            ["esteem", 1.0, NOBODY, 7],
            ["esteem", 1.0, NOBODY],
            {"esteem": 1},
            [["esteem"], 1.0, NOBODY, 0],
            7,
        ]:
            self._refused(forged)
        for title in ("\x00", "\ud800"):
            self._refused(["title", title, NOBODY, 0], order="title")

    def _refused(self, forged, **query) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
        assert "cursor" in error(client_of().get(FILMS, {"cursor": cursor, **query}), 400)["fields"], forged

    def test_the_same_statements_for_3_and_for_30_films(self, make_film, user):
        client = client_of(user)
        few = self._count(client, make_film, 3, user)
        assert self._count(client, make_film, 27, user) == few

    def _count(self, client, make_film, more: int, user) -> int:
        for number in range(more):
            film = make_film(100 * more + number, f"film {more} {number}", "blue")
            opinions.like(user, film)
        client.get(FILMS)
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(client.get(FILMS, {"page_size": 100}))) >= more
        return len(queries)

    def test_genres_and_languages_that_there_are(self, make_film):
        make_film(1, "a", genres=["Drama", "War"], original_language="fr")
        make_film(2, "b", genres=["Drama"], original_language="en")
        cache.clear()
        found = client_of().get(f"{FILMS}facets/").json()
        assert found == {"genres": ["Drama", "War"], "languages": ["en", "fr"], "films": 2}


@pytest.fixture
def shelf(make_film, embed):
    """Films whose words and posters tell different things."""
    made = {
        title: make_film(number, title, colour, overview=overview, genres=genres, year=year)
        for number, (title, colour, overview, genres, year) in enumerate(
            [
                ("Robots", "red", "robot uprising machine", ["Science Fiction"], 2004),
                ("Androids", "blue", "robot machine dream", ["Science Fiction"], 1982),
                ("Roses", "red", "garden flower love", ["Romance"], 1950),
                ("Rivers", "blue", "garden water love", ["Romance"], 2010),
            ],
            start=1,
        )
    }
    embed()
    return made


class TestSearch:
    def test_words_find_stories_and_posters_and_say_so(self, shelf):
        found = client_of().get(SEARCH, {"q": "robot machine", "look": 0}).json()["results"]
        assert {hit["film"]["title"] for hit in found[:2]} == {"Robots", "Androids"}
        assert {"story", "says"} == {reason["code"] for reason in found[0]["reasons"]}
        assert found[0]["rank"] == 1 and 0 < found[0]["score"] <= 1
        by_look = client_of().get(SEARCH, {"q": "red", "story": 0}).json()["results"]
        assert {hit["film"]["title"] for hit in by_look[:2]} == {"Robots", "Roses"}
        assert [reason["code"] for reason in by_look[0]["reasons"]] == ["shows"]

    def test_more_like_these_and_less_like_those(self, shelf):
        query = {"film": [str(shelf["Robots"].pk), f"-{shelf['Roses'].pk}^0.5"], "look": 0}
        found = titles(client_of().get(SEARCH, query))
        assert found[0] == "Androids"
        assert not {"Robots", "Roses"} & set(found)

    def test_filters_and_windows_fit_together(self, shelf):
        client = client_of()
        assert titles(client.get(SEARCH, {"q": "robot", "genre": "romance"})) == titles(
            client.get(SEARCH, {"q": "robot", "genre": ["Romance"], "year_to": 2010})
        )
        whole = titles(client.get(SEARCH, {"q": "robot love"}))
        response = client.get(SEARCH, {"q": "robot love", "limit": 1, "story": 1, "vote_to": 10})
        seen = titles(response)
        while response.json()["next"]:
            response = client.get(response.json()["next"])
            seen += titles(response)
        assert seen == whole
        assert sorted(seen) == sorted(shelf)

    def test_a_picture_in_one_request_and_the_next_page_without_it(self, shelf, make_image):
        client = client_of()
        first = client.post(SEARCH, {"file": make_image("blue"), "limit": 1, "story": 0.5})
        assert titles(first)[0] in ("Androids", "Rivers")
        assert first.json()["example"]["kind"] == "image"
        second = client.get(first.json()["next"])
        assert {*titles(first), *titles(second)} == {"Androids", "Rivers"}
        assert parse_qs(urlsplit(first.json()["next"]).query)["example"] == [first.json()["example"]["token"]]

    def test_a_picture_remembered_before(self, shelf, make_image):
        client = client_of()
        token = client.post("/api/v1/search/examples/", {"file": make_image("red")}).json()["token"]
        assert set(titles(client.get(SEARCH, {"example": token}))[:2]) == {"Robots", "Roses"}
        away = titles(client.get(SEARCH, {"example": f"-{token}", "q": "love", "story": 0.1}))
        assert away[0] == "Rivers"

    def test_an_item_of_the_library_by_whoever_may_see_it(self, shelf, make_item, user, other_user):
        item = make_item("blue")
        assert set(titles(client_of(user).get(SEARCH, {"item": str(item.pk)}))[:2]) == {"Androids", "Rivers"}
        for client in (client_of(other_user), client_of()):
            assert error(client.get(SEARCH, {"item": str(item.pk)}), 404)["code"] == "no-such-item"

    def test_an_address_that_may_not_be_fetched(self, shelf):
        for url in ("http://127.0.0.1/x.png", "file:///etc/passwd", "no address"):
            problem = error(client_of().post(SEARCH, {"url": url, "q": "robot"}, format="json"), 422)
            assert problem["message"]

    def test_questions_that_make_no_sense_are_named(self):
        for query, field in [
            ({"q": "a\x00b"}, "q"),
            ({"q": "x" * 2001}, "q"),
            ({"q": "a", "film": "7"}, "film"),
            ({"q": "a", "film": f"{NOBODY}^2"}, "film"),
            ({"q": "a", "film": f"{NOBODY}^0"}, "film"),
            ({"q": "a", "film": "0" * 40}, "film"),
            ({"q": "a", "film": [NOBODY] * 13}, "film"),
            ({"q": "a", "example": NOBODY}, "example"),
            ({"q": "a", "item": "../.."}, "item"),
            ({"q": "a", "story": "nan"}, "story"),
            ({"q": "a", "story": "1.1"}, "story"),
            ({"q": "a", "look": "-1"}, "look"),
            ({"q": "a", "look": "0", "story": "0"}, "story"),
            ({"q": "a", "offset": "10001"}, "offset"),
            ({"q": "a", "limit": "101"}, "limit"),
        ]:
            assert field in error(client_of().get(SEARCH, query), 400)["fields"], query

    def test_bodies_that_make_no_sense(self, shelf, make_image):
        client = client_of()
        url = "https://example.org/a.png"
        for body in (
            {},
            {"url": [7]},
            {"url": url, "film": 7},
            {"url": url, "film": {"a": 1}},
            {"url": url, "film": None},
            {"url": url, "genre": [None]},
            {"url": url, "story": "x"},
            [],
            7,
        ):
            assert error(client.post(SEARCH, body, format="json"), 400)["code"] == "invalid"
        error(client.post(SEARCH, "{", content_type="application/json"), 400)
        error(client.post(SEARCH, "x", content_type="text/plain"), 415)
        empty = client.post(SEARCH, {"file": SimpleUploadedFile("empty.png", b"")})
        assert error(empty, 422)["message"]
        assert error(client.post(SEARCH, {"file": SimpleUploadedFile("x.png", b"PK\x03\x04 no picture")}), 422)
        two = client.post(SEARCH, {"file": [make_image("red"), make_image("blue")]})
        assert "file" in error(two, 400)["fields"]

    def test_what_is_not_there(self, shelf):
        client = client_of()
        assert error(client.get(SEARCH), 400)["code"] == "empty-query"
        assert error(client.get(SEARCH, {"film": NOBODY}), 404)["code"] == "no-such-film"
        assert error(client.get(SEARCH, {"example": "0" * 40}), 404)["code"] == "example-forgotten"

    def test_the_same_statements_for_few_and_many_hits(self, shelf, make_film, embed, user, django_assert_num_queries):
        client = client_of(user)
        client.get(SEARCH, {"q": "robot"})
        with CaptureQueriesContext(connection) as few:
            assert len(titles(client.get(SEARCH, {"q": "robot", "limit": 2}))) == 2
        for number in range(20):
            make_film(100 + number, f"more {number}", "red")
        embed()
        with django_assert_num_queries(len(few)):
            assert len(titles(client.get(SEARCH, {"q": "robot", "limit": 24}))) == 24


class TestAlike:
    def test_by_story_by_look_and_by_both(self, shelf):
        similar = f"{FILMS}{shelf['Robots'].pk}/similar/"
        client = client_of()
        assert titles(client.get(similar, {"by": "story"}))[0] == "Androids"
        assert titles(client.get(similar, {"by": "look"}))[0] == "Roses"
        assert sorted(titles(client.get(similar))) == ["Androids", "Rivers", "Roses"]
        assert titles(client.get(similar, {"by": "look", "genre": "Science Fiction", "limit": 1})) == ["Androids"]
        assert "by" in error(client.get(similar, {"by": "taste"}), 400)["fields"]
        error(client.get(f"{FILMS}{NOBODY}/similar/"), 404)

    def test_before_anything_is_indexed_there_is_nothing(self, make_film):
        film = make_film(1, "Alone", "red")
        assert titles(client_of().get(f"{FILMS}{film.pk}/similar/")) == []
        assert client_of().get(f"{FILMS}{film.pk}/pictures/").json() == {"results": []}

    def test_pictures_of_the_library_like_a_film_are_those_one_may_see(self, shelf, make_item, user, other_user):
        mine, public = make_item("red"), make_item("red", seed=1, visibility="public")
        make_item("blue", visibility="public")
        address = f"{FILMS}{shelf['Roses'].pk}/pictures/"
        seen = [hit["item"]["id"] for hit in client_of(user).get(address).json()["results"]]
        assert set(seen[:2]) == {str(mine.pk), str(public.pk)}
        for client in (client_of(other_user), client_of()):
            seen = [hit["item"]["id"] for hit in client.get(address).json()["results"]]
            assert seen[0] == str(public.pk)
            assert str(mine.pk) not in seen

    def test_films_like_an_item_for_whoever_may_see_it(self, shelf, make_item, user, other_user):
        item = make_item("blue")
        address = f"{FILMS}like-item/{item.pk}/"
        assert set(titles(client_of(user).get(address))[:2]) == {"Androids", "Rivers"}
        error(client_of(other_user).get(address), 404)
        error(client_of().get(address), 404)


def test_a_film_that_is_gone_takes_its_poster_along(make_film, django_capture_on_commit_callbacks):
    film = make_film(1, "Gone", "red")
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_films(Movie.objects.filter(pk=film.pk))
    error(client_of().get(f"{FILMS}{film.pk}/files/poster/"), 404)
