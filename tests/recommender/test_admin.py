"""Films in the admin: curating, posters, what is missing, imports, what a person would get, learning from ratings."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from celery import current_app
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommender import collaborating, opinions
from recommender.admin import factors
from recommender.importing import runs
from recommender.models import FactorModel, Movie, MovieImport, MovieVector, Opinion, PosterState, Rating
from search.models import Space

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_queue")]

LIST = "admin:recommender_movie_changelist"
ADD = "admin:recommender_movie_add"
CHANGE = "admin:recommender_movie_change"
PREVIEW = "admin:recommender_movie_preview"
IMPORTS = "admin:recommender_movieimport_changelist"
IMPORT = "admin:recommender_movieimport_add"
RATINGS = "admin:recommender_factormodel_changelist"
TRAIN = "admin:recommender_factormodel_train_now"


@pytest.fixture
def curator(client, staff_user):
    client.force_login(staff_user)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def listed(client, **query) -> set[str]:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200, query
    return {film.title for film in response.context["cl"].result_list}


def facts(film: Movie, **changes) -> dict:
    """What the form of `film` sends."""
    shown = {
        "title": film.title,
        "original_title": film.original_title,
        "overview": film.overview,
        "tagline": film.tagline,
        "genres": ", ".join(film.genres),
        "language": film.language,
        "release_date": film.release_date or "",
        "year": film.year or "",
        "runtime": film.runtime or "",
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
        "credit": film.credit,
    }
    return shown | changes


def act(client, action: str, *films: Movie, **fields):
    data = {"action": action, "_selected_action": [str(film.pk) for film in films], "index": 0, **fields}
    return client.post(reverse(LIST), data, follow=True)


# --- Who gets in -----------------------------------------------------------------------------------------


def test_only_staff_with_permission_gets_in(client, make_film, make_user, user, staff_user):
    film = make_film(1, "Scream", "red")
    record = MovieImport.objects.create(label="films.json")
    urls = [
        *(reverse(name) for name in (LIST, ADD, PREVIEW, IMPORTS, IMPORT, RATINGS, TRAIN)),
        reverse(CHANGE, args=[film.pk]),
        reverse("admin:recommender_movie_delete", args=[film.pk]),
        reverse("admin:recommender_movieimport_change", args=[record.pk]),
    ]
    clerk = make_user("clerk", is_staff=True)
    for url in urls:
        client.logout()
        assert client.get(url).status_code == 302, url
        client.force_login(user)
        assert client.get(url).status_code == 302, url
        client.force_login(clerk)
        assert client.get(url).status_code == 403, url
        client.force_login(staff_user)
        assert client.get(url).status_code == 200, url


def test_who_may_see_films_alone_sees_no_opinions_and_changes_nothing(client, make_film, make_user, user):
    film = make_film(1, "Scream", "red")
    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_movie"))
    client.force_login(viewer)
    assert listed(client) == {"Scream"}
    assert client.get(reverse(PREVIEW), {"user": user.pk}).status_code == 403
    assert client.get(reverse(IMPORT)).status_code == 403
    assert client.post(reverse(TRAIN)).status_code == 403
    act(client, "remove_posters", film)
    act(client, "delete_selected", film, post="yes")
    assert client.post(reverse(CHANGE, args=[film.pk]), facts(film, title="Mine")).status_code == 403
    film.refresh_from_db()
    assert (film.title, bool(film.poster)) == ("Scream", True)


# --- The list --------------------------------------------------------------------------------------------


def test_filters_and_search(curator, make_film, embed):
    make_film(1, "Scream", "red", genres=["Horror"], original_language="en", year=1996)
    embed()
    make_film(300, "Amélie", original_title="Le Fabuleux Destin", genres=["Comedy"], original_language="fr", year=2001)
    failed = make_film(3, "Lost", poster_path="/lost.jpg")
    Movie.objects.filter(pk=failed.pk).update(poster_state=PosterState.FAILED, poster_problem="There is none.")
    broken = make_film(4, "Broken")
    Movie.objects.filter(pk=broken.pk).update(indexing_problem="It failed.")
    for query, titles in [
        ({}, {"Scream", "Amélie", "Lost", "Broken"}),
        ({"q": "fabuleux"}, {"Amélie"}),
        ({"q": "300"}, {"Amélie"}),
        ({"poster": "stored"}, {"Scream"}),
        ({"poster": "missing"}, {"Amélie", "Lost", "Broken"}),
        ({"poster": "failed"}, {"Lost"}),
        ({"vectors": "no-story"}, {"Amélie", "Lost"}),
        ({"vectors": "no-poster"}, set()),
        ({"vectors": "failed"}, {"Broken"}),
        ({"genre": "Horror"}, {"Scream"}),
        ({"language": "fr"}, {"Amélie"}),
        ({"year_from": "1999", "year_to": "2005"}, {"Amélie"}),
        ({"year_from": "soon"}, {"Scream", "Amélie", "Lost", "Broken"}),
    ]:
        assert listed(curator, **query) == titles, query
    page = text(curator.get(reverse(LIST)))
    assert "4</strong> films, 1 with a poster" in page
    assert "1 failed" in page and "There is none." in page
    assert "Posters by fake:visual (active): 1 of 1" in page
    assert "Stories by fake:text (active): 1 of 3" in page
    assert "1 could not be indexed" in page


def test_strange_questions_are_no_crash(curator, make_film):
    make_film(1, "Scream")
    for query in ["q=%00", "genre=%00", "poster=x", "vectors=%00", "year_from=" + "9" * 40, "o=99", "p=x"]:
        assert curator.get(f"{reverse(LIST)}?{query}").status_code in (200, 302, 400), query


def test_the_list_takes_as_many_statements_for_thirty_films_as_for_three(curator, make_film):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert curator.get(reverse(LIST)).status_code == 200
        return len(queries)

    for number in range(1, 4):
        make_film(number, f"Film {number}", genres=["Drama"])
    curator.get(reverse(LIST))
    few = count()
    for number in range(4, 31):
        make_film(number, f"Film {number}", genres=["Drama"])
    assert count() == few


# --- One film --------------------------------------------------------------------------------------------


def test_what_is_changed_is_what_the_film_is_found_by(curator, make_film, embed):
    film = make_film(1, "Scream", "red", overview="A mask.")
    embed()
    url = reverse(CHANGE, args=[film.pk])
    assert "Scream" in text(curator.get(url))
    sent = facts(film, overview="A telephone rings.", genres="horror, Mystery,  Mystery ,", release_date="1996-12-20")
    assert curator.post(url, sent).status_code == 302
    film.refresh_from_db()
    assert (film.overview, film.genres, film.year) == ("A telephone rings.", ["horror", "Mystery"], 1996)
    # The story is embedded anew, the poster's vector stays.
    assert [vector.encoder.space for vector in MovieVector.objects.filter(movie=film)] == [Space.VISUAL]


def test_a_poster_is_given_and_taken_away(curator, make_film, make_image, django_capture_on_commit_callbacks):
    film = make_film(1, "Scream")
    url = reverse(CHANGE, args=[film.pk])
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(url, facts(film, new_poster=make_image("blue", size=(200, 3000))))
    film.refresh_from_db()
    stored = film.poster.name
    assert film.poster_state == PosterState.STORED and default_storage.exists(stored)
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(url, {**facts(film, remove_poster="on"), "new_poster-clear": "on"})
    film.refresh_from_db()
    assert not film.poster and not default_storage.exists(stored)


def test_what_cannot_be_is_said_beside_the_field(curator, make_film):
    film = make_film(1, "Scream", "red")
    for changes, field in [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"overview": "x" * 10_001}, "overview"),
        ({"genres": "x" * 41}, "genres"),
        ({"genres": ",".join(map(str, range(30)))}, "genres"),
        ({"language": "English"}, "language"),
        ({"release_date": "0001-01-01"}, "release_date"),
        ({"year": "999999"}, "year"),
        ({"vote_average": "nan"}, "vote_average"),
        ({"vote_average": "11"}, "vote_average"),
        ({"vote_count": "-1"}, "vote_count"),
        ({"runtime": "9" * 30}, "runtime"),
        ({"new_poster": SimpleUploadedFile("x.png", b"no picture")}, "new_poster"),
        ({"new_poster": SimpleUploadedFile("x.png", b"")}, "new_poster"),
    ]:
        response = curator.post(reverse(CHANGE, args=[film.pk]), facts(film, **changes))
        assert response.status_code == 200, changes
        assert field in response.context["adminform"].form.errors, changes
    assert Movie.objects.get(pk=film.pk).updated_at == film.updated_at


def test_a_film_by_hand(curator, make_film, make_image):
    empty = facts(Movie(title="Nosferatu", vote_count=0), release_date="1922-03-05", new_poster=make_image("grey"))
    response = curator.post(reverse(ADD), {**empty, "tmdb_id": "653"}, follow=True)
    film = Movie.objects.get(tmdb_id=653)
    assert (film.title, film.year, film.poster_state) == ("Nosferatu", 1922, PosterState.STORED)
    assert str(film) in text(response)
    again = curator.post(reverse(ADD), {**facts(film), "tmdb_id": "653"})
    assert "tmdb_id" in again.context["adminform"].form.errors
    for number in ("0", "-1", "9" * 30, "x", ""):
        assert "tmdb_id" in curator.post(reverse(ADD), {**empty, "tmdb_id": number}).context["adminform"].form.errors
    assert Movie.objects.count() == 1


def test_actions(curator, make_film, user, django_capture_on_commit_callbacks):
    film, other = make_film(1, "Scream", "red"), make_film(2, "Lost", poster_path="/lost.jpg")
    Movie.objects.filter(pk=other.pk).update(poster_state=PosterState.FAILED, indexing_problem="It failed.")
    opinions.like(user, film)
    assert "tried again." in text(act(curator, "try_again", film, other))
    other.refresh_from_db()
    assert (other.poster_state, other.indexing_problem) == (PosterState.WAITING, "")
    assert "None of the selected films has failed." in text(act(curator, "try_again", film))
    assert "1 film without a poster now." in text(act(curator, "remove_posters", film, other))
    asked = text(act(curator, "delete_selected", film, other))
    assert "Opinions about them" in asked or "opinions about them" in asked
    with django_capture_on_commit_callbacks(execute=True):
        act(curator, "delete_selected", film, other, post="yes")
    assert not Movie.objects.exists() and not Opinion.objects.exists()


def test_pages_of_what_is_not_there(curator):
    for pk in ("x", "7", "00000000-0000-0000-0000-000000000000"):
        for name in (CHANGE, "admin:recommender_movieimport_change"):
            assert curator.get(reverse(name, args=[pk])).status_code in (302, 400, 404)


# --- What a person would get -----------------------------------------------------------------------------


def test_the_preview_says_what_and_why(curator, make_film, embed, user):
    for number in range(1, 7):
        make_film(number, f"Robot {number}", "blue", overview=f"robot machine {number}", vote_count=10)
        make_film(10 + number, f"Pet {number}", "orange", overview=f"dog puppy {number}", vote_count=10)
    embed()
    assert "Choose a person" in text(curator.get(reverse(PREVIEW)))
    assert "Nothing is known yet" in text(curator.get(reverse(PREVIEW), {"user": user.pk}))
    opinions.choose(user, Movie.objects.filter(title__in=["Robot 1", "Robot 2", "Robot 3"]))
    opinions.rate(user, Movie.objects.get(title="Pet 1"), 0.5)
    response = curator.get(reverse(PREVIEW), {"user": user.pk})
    page = text(response)
    assert [row.film.title[:5] for row in response.context["rows"][:3]] == ["Robot"] * 3
    first = response.context["rows"][0]
    assert sum(first.parts) == pytest.approx(first.score, abs=1e-6)
    assert first.because.title in page and "Taste 1" in page and "0.5 of 5" in page
    few = _statements(curator, user)
    opinions.choose(user, Movie.objects.exclude(title__endswith="6"))
    many = _statements(curator, user)
    assert len(many) <= len(few), many


def _statements(client, user) -> list[str]:
    """Those of a preview, once what is kept for a while is there."""
    client.get(reverse(PREVIEW), {"user": user.pk})
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(PREVIEW), {"user": user.pk}).status_code == 200
    return [query["sql"][:150] for query in queries]


def test_a_person_that_is_not_there(curator):
    for person in ["", "x", "0", "9" * 30, "\x00", "1' OR '1'='1"]:
        response = curator.get(reverse(PREVIEW), {"user": person})
        assert response.status_code == 200, person
        assert response.context["form"].errors, person


# --- Imports ---------------------------------------------------------------------------------------------


def upload(content: bytes, name: str = "films.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_handed_in_imported_by_the_worker_and_told_about(curator, staff_user):
    rows = [{"id": 4232, "title": "Scream"}, {"id": "x", "title": "No id"}, {"id": 7}]
    page = curator.post(reverse(IMPORT), {"file": upload(json.dumps(rows).encode())}, follow=True)
    record = MovieImport.objects.get()
    assert "films.json waits for a worker." in text(page)
    assert "every 3s" in text(page)
    assert runs.import_pending() == 1
    shown = text(curator.get(reverse("admin:recommender_movieimport_change", args=[record.pk])))
    assert "Row 2" in shown and "is not a TMDB id" in shown and "Row 3" in shown
    assert "every 3s" not in shown
    record.refresh_from_db()
    assert (record.started_by, record.new, record.failed) == (staff_user, 1, 2)
    assert "1 new, 0 changed" in text(curator.get(reverse(IMPORTS)))
    curator.post(reverse(IMPORT), {"file": upload(json.dumps(rows[:1]).encode())})
    runs.import_pending()
    last = MovieImport.objects.latest("created_at")
    shown = text(curator.get(reverse("admin:recommender_movieimport_change", args=[last.pk])))
    assert "Import complete with no errors." in shown


def test_what_cannot_be_imported_is_said_beside_the_field(curator):
    for sent, field in [
        ({}, "file"),
        ({"file": upload(b"")}, "file"),
        ({"file": upload(b"[]"), "source": "base"}, "base"),
        ({"file": upload(b"[]"), "source": "base", "base": "ftp://example.org"}, "base"),
        ({"file": upload(b"[]"), "source": "/etc"}, "source"),
    ]:
        response = curator.post(reverse(IMPORT), sent)
        assert response.status_code == 200, sent
        assert field in response.context["adminform"].form.errors, sent
    assert not MovieImport.objects.exists()


def test_a_file_that_holds_no_films_ends_with_a_sentence(curator):
    curator.post(reverse(IMPORT), {"file": upload(b"\x00\x01\x02", "x.bin")})
    runs.import_pending()
    record = MovieImport.objects.get()
    page = text(curator.get(reverse("admin:recommender_movieimport_change", args=[record.pk])))
    assert record.problem and record.problem in page
    assert record.problem in page


def test_an_import_that_stopped_goes_on_at_a_click(curator, monkeypatch):
    curator.post(reverse(IMPORT), {"file": upload(b'[{"id": 4232, "title": "Scream"}]')})
    record = MovieImport.objects.get()
    page, button = (
        reverse(name, args=[record.pk])
        for name in ("admin:recommender_movieimport_change", "admin:recommender_movieimport_go_on")
    )
    assert button not in curator.get(page).content.decode()
    with monkeypatch.context() as patched:
        patched.setattr(runs.services, "upsert_films", lambda several: 1 / 0)
        runs.import_pending()
    assert "Something unexpected stopped it" in text(curator.get(page))
    assert button in curator.get(page).content.decode()
    assert curator.get(button).status_code == 405
    assert Client().post(button).status_code == 302
    assert not runs.import_pending()
    assert "films.json waits for a worker." in text(curator.post(button, follow=True))
    assert "goes on already" in text(curator.post(button, follow=True))
    assert runs.import_pending() == 1
    record.refresh_from_db()
    assert (record.state, record.new) == ("done", 1)
    assert "nothing left to go on with" in text(curator.post(button, follow=True))


# --- Ratings ---------------------------------------------------------------------------------------------


def test_training_is_asked_for_where_there_is_enough(curator, make_film, monkeypatch):
    sent: list[tuple] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **kwargs: sent.append((name, kwargs)))
    assert "There are no ratings yet." in text(curator.get(reverse(RATINGS)))
    response = curator.post(reverse(TRAIN), {"_form_submitted": "True"})
    assert response["HX-Redirect"] == reverse(RATINGS)
    assert "There is too little to learn from: 0 ratings by 0 people" in text(curator.get(reverse(RATINGS)))
    assert not sent
    monkeypatch.setattr(collaborating, "FEWEST_RATINGS", 2)
    monkeypatch.setattr(collaborating, "FEWEST_RATERS", 2)
    film = make_film(1, "Scream")
    Rating.objects.bulk_create(
        Rating(rater=rater, movie=film, rating=4, rated_at=datetime(2020, 1, 1, tzinfo=UTC)) for rater in (1, 2)
    )
    curator.post(reverse(TRAIN), {"_form_submitted": "True"})
    assert sent == [(collaborating.TRAIN, {"kwargs": {"anew": True}})]
    assert "It waits for the training worker." in text(curator.get(reverse(RATINGS)))


def test_a_queue_that_is_away_is_said_to_be(curator, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError("refused")

    monkeypatch.setattr(current_app, "send_task", away)
    monkeypatch.setattr(factors, "_counted", lambda: {"ratings": 9, "raters": 9, "least": 1, "enough": True})
    curator.post(reverse(TRAIN), {"_form_submitted": "True"})
    assert "The task queue cannot be reached" in text(curator.get(reverse(RATINGS)))


def test_models_are_listed_and_removed(curator):
    model = FactorModel.objects.create(
        state="active", factors=2, regularization=0.1, alpha=1, gram=b"", ratings=1234, raters=56, films=78
    )
    page = text(curator.get(reverse(RATINGS)))
    assert "1,234 ratings by 56 people" in page
    assert "Ratings: 1234 of 78 films" in text(curator.get(reverse(LIST)))
    curator.post(reverse("admin:recommender_factormodel_delete", args=[model.pk]), {"post": "yes"})
    assert not FactorModel.objects.exists()
