"""What somebody says about films and what they are recommended, over HTTP."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommender import opinions
from recommender.models import Opinion
from tests.api_client import client_of, error

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]

FILMS = "/api/v1/films/"
NOBODY = str(uuid.uuid4())
NOTHING = {"liked": None, "rating": None, "watched": False, "hidden": False}


def standing(response) -> dict:
    assert response.status_code == 200, response.content
    return {name: response.json()[name] for name in NOTHING}


class TestOpinions:
    def test_saying_changing_undoing_and_forgetting(self, make_film, user):
        film = make_film(1, "Scream")
        address, client = f"{FILMS}{film.pk}/opinion/", client_of(user)
        assert client.get(address).json() == {**NOTHING, "updated_at": None}
        assert standing(client.put(address, {"liked": True, "rating": 4.5}, format="json")) == {
            **NOTHING,
            "liked": True,
            "rating": 4.5,
            "watched": True,
        }
        assert standing(client.patch(address, {"liked": False}, format="json"))["rating"] == 4.5
        assert standing(client.put(address, {"hidden": True}, format="json")) == {**NOTHING, "hidden": True}
        assert standing(client.post(f"{address}undo/")) == {
            "liked": False,
            "rating": 4.5,
            "watched": True,
            "hidden": False,
        }
        assert client.options(address).status_code == 200
        assert client.delete(address).status_code == 204
        assert standing(client.get(address)) == NOTHING
        assert client.get(f"{FILMS}{film.pk}/").json()["opinion"] is None
        assert standing(client.post(f"{address}undo/"))["rating"] == 4.5
        assert client.get(f"{FILMS}{film.pk}/").json()["opinion"]["liked"] is False

    def test_several_things_at_once_are_one_change(self, make_film, user):
        film = make_film(1, "Scream")
        address, client = f"{FILMS}{film.pk}/opinion/", client_of(user)
        client.patch(address, {"liked": True, "watched": True, "hidden": True}, format="json")
        assert standing(client.post(f"{address}undo/")) == NOTHING

    def test_opinions_are_ones_own(self, make_film, user, other_user):
        film = make_film(1, "Scream")
        address = f"{FILMS}{film.pk}/opinion/"
        client_of(user).put(address, {"liked": True}, format="json")
        assert standing(client_of(other_user).get(address)) == NOTHING
        assert client_of(other_user).get(f"{FILMS}opinions/").json()["results"] == []
        assert client_of(other_user).post(f"{address}undo/").status_code == 200
        assert client_of(other_user).delete(address).status_code == 204
        assert Opinion.objects.get(user=user).liked == 1
        for method in ("get", "put", "patch", "delete"):
            error(getattr(client_of(), method)(address), 401)
        error(client_of().get(f"{FILMS}opinions/"), 401)

    def test_what_cannot_be_said_changes_nothing(self, make_film, user):
        film, client = make_film(1, "Scream"), client_of(user)
        opinions.rate(user, film, 3)
        for body in [
            {"rating": 5.5},
            {"rating": 0},
            {"rating": 3.3},
            {"rating": "NaN"},
            {"liked": "very"},
            {"watched": None},
            {"hidden": [1]},
            [],
            7,
        ]:
            for method in ("put", "patch"):
                problem = getattr(client, method)(f"{FILMS}{film.pk}/opinion/", body, format="json")
                assert error(problem, 400)["code"] == "invalid", body
        assert Opinion.objects.get().rating == 3

    def test_a_film_that_is_not_there(self, user):
        client = client_of(user)
        for method, path in [("get", ""), ("put", ""), ("delete", ""), ("post", "undo/")]:
            error(getattr(client, method)(f"{FILMS}{NOBODY}/opinion/{path}"), 404)

    def test_the_list_is_paged_and_narrowed(self, make_film, user, other_user):
        films = [make_film(number + 1, f"film {number}") for number in range(5)]
        opinions.like(user, films[0])
        opinions.dislike(user, films[1])
        opinions.rate(user, films[2], 2.5)
        opinions.watched(user, films[3])
        opinions.hide(user, films[4])
        opinions.like(other_user, films[4])
        opinions.forget(user, films[0])
        opinions.undo(user, films[0])
        client = client_of(user)

        def listed(**query) -> list[str]:
            seen, address = [], f"{FILMS}opinions/"
            while address:
                body = client.get(address, query).json()
                seen += [row["film"]["title"] for row in body["results"]]
                address, query = body["next"], {}
            return seen

        assert listed(page_size=2) == ["film 0", "film 4", "film 3", "film 2", "film 1"]
        assert listed(said="liked") == ["film 0"]
        assert listed(said="disliked") == ["film 1"]
        assert listed(said="rated") == ["film 2"]
        assert listed(said="watched") == ["film 3", "film 2"]
        assert listed(said="hidden") == ["film 4"]
        assert "said" in error(client.get(f"{FILMS}opinions/", {"said": "x"}), 400)["fields"]
        assert "cursor" in error(client.get(f"{FILMS}opinions/", {"cursor": "x"}), 400)["fields"]

    def test_the_list_takes_as_many_statements_for_many_as_for_few(self, make_film, user):
        client = client_of(user)

        def count(more: int) -> int:
            for number in range(more):
                opinions.like(user, make_film(100 * more + number, f"film {more} {number}", "red"))
            client.get(f"{FILMS}opinions/")
            with CaptureQueriesContext(connection) as queries:
                assert len(client.get(f"{FILMS}opinions/", {"page_size": 100}).json()["results"]) >= more
            return len(queries)

        assert count(2) == count(18)


@pytest.fixture
def catalogue(make_film, embed):
    """Two kinds of films, told apart by words and by posters."""
    made = {}
    for number in range(12):
        kind, colour, words = [("Robot", "blue", "robot machine space"), ("Pet", "orange", "dog cat puppy")][number % 2]
        title = f"{kind} {number // 2}"
        made[title] = make_film(
            number + 1,
            title,
            colour,
            overview=f"{words} {number // 2}",
            genres=["Science Fiction" if kind == "Robot" else "Family"],
            vote_count=500 + number,
            vote_average=7,
            year=2000 + number,
        )
    embed()
    return made


class TestRecommendations:
    def test_what_one_liked_tells_what_comes(self, user, catalogue):
        client = client_of(user)
        before = client.get(f"{FILMS}recommendations/").json()
        assert before["personal"] is False
        assert before["results"][0]["parts"] is None
        opinions.choose(user, [catalogue["Pet 0"], catalogue["Pet 1"], catalogue["Pet 2"]])
        body = client.get(f"{FILMS}recommendations/", {"limit": 3, "parts": "true"}).json()
        assert body["personal"] is True
        assert {row["film"]["title"] for row in body["results"]} == {"Pet 3", "Pet 4", "Pet 5"}
        first = body["results"][0]
        assert first["because"]["title"] in {"Pet 0", "Pet 1", "Pet 2"}
        assert first["parts"]["story"] > 0
        assert {film["title"] for taste in body["tastes"] for film in taste["films"]} <= {"Pet 0", "Pet 1", "Pet 2"}

    def test_filters_narrow_them(self, user, catalogue):
        opinions.choose(user, [catalogue["Pet 0"], catalogue["Pet 1"], catalogue["Robot 0"]])
        client = client_of(user)
        robots = client.get(f"{FILMS}recommendations/", {"genre": "science fiction"}).json()["results"]
        assert robots and all(row["film"]["title"].startswith("Robot") for row in robots)

    def test_rows_because_one_liked_something(self, user, catalogue):
        client = client_of(user)
        assert client.get(f"{FILMS}because/").json() == {"results": []}
        opinions.like(user, catalogue["Robot 0"])
        (row,) = client.get(f"{FILMS}because/", {"limit": 3}).json()["results"]
        assert row["because"]["title"] == "Robot 0"
        assert row["because"]["opinion"]["liked"] is True
        assert {film["title"][:5] for film in row["films"]} == {"Robot"}

    def test_a_new_person_chooses_three_and_gets_recommendations(self, user, catalogue):
        client = client_of(user)
        grid = client_of().get(f"{FILMS}start/", {"limit": 8}).json()["results"]
        assert len(grid) == 8
        assert {film["title"].split()[0] for film in grid} == {"Robot", "Pet"}
        chosen = [str(catalogue[f"Robot {number}"].pk) for number in range(3)]
        assert client.post(f"{FILMS}start/", {"films": chosen}, format="json").json() == {"chosen": 3}
        body = client.get(f"{FILMS}recommendations/", {"limit": 3}).json()
        assert {row["film"]["title"] for row in body["results"]} == {"Robot 3", "Robot 4", "Robot 5"}

    def test_choosing_what_is_not_there_chooses_nothing(self, user, catalogue):
        client = client_of(user)
        some = str(catalogue["Pet 0"].pk)
        for films in ([some, NOBODY], [], ["x"], [some] * 61, "x", None, {"a": 1}):
            assert error(client.post(f"{FILMS}start/", {"films": films}, format="json"), 400)["code"] == "invalid"
        assert not Opinion.objects.exists()

    def test_they_are_for_whoever_is_signed_in(self):
        client = client_of()
        for path in ("recommendations/", "because/"):
            error(client.get(FILMS + path), 401)
        error(client.post(f"{FILMS}start/", {"films": [NOBODY]}, format="json"), 401)

    def test_what_makes_no_sense_is_named(self, user):
        client = client_of(user)
        for path, query, field in [
            ("recommendations/", {"limit": 0}, "limit"),
            ("recommendations/", {"parts": "perhaps"}, "parts"),
            ("recommendations/", {"vote_from": "inf"}, "vote_from"),
            ("because/", {"rows": "11"}, "rows"),
            ("start/", {"limit": "x"}, "limit"),
        ]:
            assert field in error(client.get(FILMS + path, query), 400)["fields"], query

    def test_an_empty_catalogue_recommends_nothing(self, user):
        assert client_of(user).get(f"{FILMS}recommendations/").json() == {
            "personal": False,
            "tastes": [],
            "results": [],
        }
        assert client_of(user).get(f"{FILMS}start/").json() == {"results": []}

    @pytest.mark.parametrize("path", ["recommendations/", "because/", "start/"])
    def test_as_many_statements_for_many_as_for_few(self, user, catalogue, path):
        client = client_of(user)
        for number in range(3):
            opinions.like(user, catalogue[f"Pet {number}"])
        for limit in (2, 9):
            client.get(FILMS + path, {"limit": limit})  # what is kept for a while is asked for here

        def count(limit: int) -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(FILMS + path, {"limit": limit}).status_code == 200
            return len(queries)

        assert count(2) == count(9)
