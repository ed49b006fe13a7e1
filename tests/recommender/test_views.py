"""The pages of films as browsers without scripts get them, and the parts that htmx and the scripts ask for."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommender import opinions
from recommender.models import Movie, Opinion
from recommender.paging import ordered
from search import examples

pytestmark = pytest.mark.django_db

FILMS, SEARCH, START, MINE, SAY = (
    reverse(name) for name in ("films", "film-search", "films-start", "my-films", "film-say")
)
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}

ROWS = (
    (1, "A dog and a robot", "red", "Comedy", "1999-01-01"),
    (2, "Night of the witch", "black", "Horror", "2004-01-01"),
    (3, "Morning of the witch", "maroon", "Horror", "2014-01-01"),
    (4, "The hero flies", "blue", "Action", "2010-01-01"),
    (5, "The hero falls", "navy", "Action", "2019-01-01"),
    (6, "Lost", "", "Drama", "2021-01-01"),
)

NONSENSE = (
    *("from=x", "from=2000&to=1990", "from=99999999999999999999", "vote=11", "vote=nan", "language=!!", "sort=random"),
    *("story=2", "look=x", "story=inf", "look=nan", "offset=-1", "offset=99999999999"),
    *("like=1", f"like={uuid4()}^3", f"like={uuid4()}^0", "by=zz", f"by={uuid4()}", "item=x", "item=" + "0" * 40),
    *("cursor=x", "cursor=" + "é" * 9, "cursor=" + "A" * 3000, "sort=title&cursor=WyJlc3RlZW0iLDYuMCwiMCIsMF0"),
    *("&".join(f"like={uuid4()}" for _ in range(13)), "genre=a%00b", "genre=" + "g" * 50),
    *("&".join(f"genre={each}" for each in "abcdefg"), "q=%00", "q=" + "w" * 600, "q=" + "w" * 3000),
)


@pytest.fixture
def films(make_film, embed) -> list[Movie]:
    made = [
        make_film(
            number,
            title,
            colour,
            overview=f"A story about {title.lower()}.",
            genres=[{"name": genre}],
            release_date=day,
            vote_average=5 + number / 2,
            vote_count=number * 100,
            original_language="en" if number % 2 else "fr",
        )
        for number, title, colour, genre, day in ROWS
    ]
    embed()
    return made


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def titles(response) -> list[str]:
    return [card.film.title for card in response.context["cards"]]


def say(client, film: Movie, verb: str, **more):
    return client.post(SAY, {"do": f"{verb} {film.pk}", **more}, headers=JSON)


class TestRows:
    def test_without_films_it_says_how_they_come_in(self, client, staff_user):
        page = client.get(FILMS)
        assert "No films yet" in page.text
        assert "import_movies" in page.text
        assert reverse("admin:index") not in page.text
        client.force_login(staff_user)
        assert reverse("admin:index") in client.get(FILMS).text

    def test_nobody_gets_rows_of_their_own_and_is_invited(self, client, films):
        page = client.get(FILMS)
        assert [card.film.title for card in page.context["first"].cards][:2] == ["Lost", "The hero falls"]
        assert reverse("login") in page.text
        assert "films/rows/for-you" not in page.text
        assert 'data-do="like"' not in page.text
        for name in ("for-you", "because"):
            assert client.get(reverse("films-row", args=[name]), headers=HTMX).status_code == 404

    def test_somebody_new_is_led_to_choose_and_somebody_else_has_rows(self, signed_in, user, films):
        opinions.rate(user, films[0], 2)  # tells nothing of what they like
        page = signed_in.get(FILMS).text
        assert START in page
        assert "films/rows/for-you" not in page
        opinions.like(user, films[1])
        page = signed_in.get(FILMS).text
        assert "films/rows/for-you" in page
        row = signed_in.get(reverse("films-row", args=["for-you"]), headers=HTMX)
        assert row.text.count("<section") == 1
        assert "<html" not in row.text
        assert "Morning of the witch" in row.text
        assert films[1].title not in re.findall(r'class="name"[^>]*>([^<]*)', row.text)
        because = signed_in.get(reverse("films-row", args=["because"]), headers=HTMX)
        assert "Because you liked Night of the witch" in because.text

    def test_a_row_by_itself_is_a_page(self, client, films):
        page = client.get(reverse("films-row", args=["genre"]), {"genre": "Horror"})
        assert "<html" in page.text
        assert [card.film.title for card in page.context["rows"][0].cards] == [
            "Morning of the witch",
            "Night of the witch",
        ]
        for broken in ("/films/rows/nothing/", "/films/rows/genre/", "/films/rows/genre/?genre=a%00b"):
            assert client.get(broken).status_code == 404

    def test_what_one_does_not_want_to_see_is_in_no_row(self, signed_in, user, films, other_user):
        opinions.hide(user, films[5])
        opinions.hide(other_user, films[4])
        shown = [card.film for card in signed_in.get(FILMS).context["first"].cards]
        assert films[5] not in shown
        assert films[4] in shown

    @pytest.mark.parametrize("address", [FILMS, "/films/rows/for-you/", "/films/rows/because/", SEARCH, MINE, START])
    def test_many_films_take_no_more_statements_than_few(self, signed_in, user, films, make_film, embed, address):
        for film in films[:3]:
            opinions.like(user, film)
        few = _statements(signed_in, address)
        for number in range(20, 35):
            make_film(number, f"Another {number}", "green", genres=[{"name": "Drama"}], release_date="2000-02-02")
        embed()
        for film in Movie.objects.filter(tmdb_id__gte=28):
            opinions.like(user, film)
        assert _statements(signed_in, address) <= few


def _statements(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class TestOneFilm:
    def test_its_facts(self, client, films):
        page = client.get(films[1].get_absolute_url())
        for expected in (
            "Night of the witch",
            "2004",
            "Horror",
            "French",
            "6.0",
            "200 votes",
            "themoviedb.org/movie/2",
        ):
            assert expected in page.text
        assert client.get(reverse("film", args=[uuid4()])).status_code == 404

    def test_a_poster_is_kept_by_browsers_and_a_missing_one_is_drawn(self, client, films):
        page = client.get(films[0].get_absolute_url()).text
        url = re.search(r'src="(/films/[^"]*poster/\?v=[0-9a-f]+)"', page)[1]
        poster = client.get(url)
        assert poster.headers["Content-Type"] == "image/webp"
        assert "immutable" in poster.headers["Cache-Control"]
        assert client.get(url, headers={"If-None-Match": poster.headers["ETag"]}).status_code == 304
        assert "immutable" not in client.get(url.partition("?")[0]).headers["Cache-Control"]
        assert client.get(reverse("film-poster", args=[films[5].pk])).status_code == 404
        assert 'class="drawn' in client.get(films[5].get_absolute_url()).text

    def test_more_like_it(self, client, films):
        address = reverse("film-similar", args=[films[3].pk])
        for by, off in (("story", "look"), ("look", "story"), ("both", "")):
            part = client.get(address, {"by": by}, headers=HTMX)
            assert films[3].title not in titles(part)
            assert titles(part)[0] == "The hero falls"
            # Without scripts, a search that does the same.
            to = dict(parse_qsl(urlsplit(client.get(address, {"by": by}).headers["Location"]).query))
            assert to == {"like": str(films[3].pk)} | ({off: "0"} if off else {})

    def test_pictures_of_the_library_are_those_one_may_see(self, client, films, make_item, other_user):
        make_item("red", title="Everybody's", visibility="public")
        make_item("red", title="Another's", owner=other_user, seed=3)
        part = client.get(reverse("film-pictures", args=[films[0].pk]), headers=HTMX).text
        assert "Everybody&#x27;s" in part
        assert "Another&#x27;s" not in part

    def test_films_that_look_like_an_item(self, client, films, make_item, other_user):
        item = make_item("blue", visibility="public")
        address = reverse("item-films", args=[item.pk])
        assert titles(client.get(address, headers=HTMX))[0] in ("The hero flies", "The hero falls")
        assert client.get(address).headers["Location"] == f"{SEARCH}?item={item.pk}"
        assert f'hx-get="{address}"' in client.get(item.get_absolute_url()).text
        hidden = make_item("blue", owner=other_user, seed=5)
        assert client.get(reverse("item-films", args=[hidden.pk]), headers=HTMX).status_code == 404

    def test_an_item_page_says_nothing_of_films_where_there_are_none(self, client, make_item):
        item = make_item("blue", visibility="public")
        assert client.get(reverse("item-films", args=[item.pk]), headers=HTMX).text.strip() == ""


class TestSearch:
    def test_by_words_with_reasons(self, client, films):
        page = client.get(SEARCH, {"q": "witch"})
        assert set(titles(page)[:2]) == {"Night of the witch", "Morning of the witch"}
        assert "words in it" in page.text
        part = client.get(SEARCH, {"q": "witch"}, headers=HTMX)
        assert part.text.strip().startswith('<section id="results"')

    def test_more_like_one_and_less_like_another(self, client, films):
        dog, night, morning, flies, falls, _ = films
        asked = {"like": [str(flies.pk), f"-{night.pk}^0.5"]}
        page = client.get(SEARCH, asked)
        assert titles(page)[0] == "The hero falls"
        liked, unliked = page.context["subjects"]
        assert (liked.unlike, unliked.unlike) == (False, True)
        # Turned round, and taken away.
        turned = dict(_all(unliked.turned))
        assert turned["like"] == [str(flies.pk), f"{night.pk}^0.5"]
        assert _all(liked.without)["like"] == [f"-{night.pk}^0.5"]
        # From any card another one joins them.
        joined = re.search(r'class="add".*?href="([^"]*)" title="Less', page.text)[1].replace("&amp;", "&")
        assert len(_all(joined)["like"]) == 3
        assert client.get(joined).status_code == 200

    def test_sliders_weigh_what_it_is_by(self, client, films):
        by_look = client.get(SEARCH, {"like": films[3].pk, "story": "0"})
        assert all(reason.name == "looks" for card in by_look.context["cards"] for reason in card.hit.reasons)
        by_story = client.get(SEARCH, {"like": films[3].pk, "look": "0"})
        assert all(reason.name == "story" for card in by_story.context["cards"] for reason in card.hit.reasons)
        neither = client.get(SEARCH, {"q": "witch", "story": "0", "look": "0"})
        assert neither.status_code == 200
        assert "Move one of the sliders up" in neither.text

    def test_by_an_upload_which_joins_the_films_and_keeps_the_filters(self, client, films, make_image):
        sent = {"file": make_image("navy"), "q": "", "genre": "Action", "like": str(films[3].pk)}
        answer = client.post(reverse("film-example"), sent)
        asked = _all(answer.headers["Location"])
        assert asked["genre"] == ["Action"]
        assert asked["like"] == [str(films[3].pk)]
        assert len(asked["by"]) == 1
        page = client.get(answer.headers["Location"])
        assert titles(page) == ["The hero falls"]
        assert "navy.png" in page.text
        broken = SimpleUploadedFile("x.png", b"\x00\x01 no picture")
        refused = client.post(reverse("film-example"), {"file": broken})
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text

    def test_a_sound_says_nothing_about_films(self, client, films, make_image, monkeypatch):
        # As it is remembered where sounds are listened to.
        heard = replace(examples.remember_file(make_image("red"), "a.wav"), kind="sound", frames=np.empty((0, 8)))
        monkeypatch.setattr(examples, "remember_file", lambda file, name: heard)
        page = client.post(reverse("film-example"), {"file": make_image("blue")})
        assert page.status_code == 400
        assert "not by a sound" in page.text

    def test_by_the_address_of_a_film_or_an_item(self, client, films, make_item):
        here = "http://testserver"
        to = client.get(SEARCH, {"q": here + films[0].get_absolute_url()}).headers["Location"]
        assert _all(to) == {"like": [str(films[0].pk)]}
        item = make_item("blue", visibility="public")
        to = client.get(SEARCH, {"q": here + item.get_absolute_url()}).headers["Location"]
        assert _all(to) == {"item": [str(item.pk)]}
        assert titles(client.get(to))[0] in ("The hero flies", "The hero falls")

    def test_others_items_are_not_there_to_search_by(self, client, films, make_item):
        page = client.get(SEARCH, {"item": make_item("blue").pk})
        assert page.status_code == 410
        assert "There is no such item" in page.text

    def test_filters_with_and_without_words(self, client, films):
        for filters, found in (
            ({"genre": "Horror"}, {"Night of the witch", "Morning of the witch"}),
            ({"from": "2005", "to": "2014"}, {"Morning of the witch", "The hero flies"}),
            ({"vote": "7.5"}, {"The hero falls", "Lost"}),
            ({"language": "fr", "genre": "Action"}, {"The hero flies"}),
            ({"genre": ["Horror", "Action"]}, set()),
        ):
            assert set(titles(client.get(SEARCH, filters))) == found
            page = client.get(SEARCH, {**filters, "q": "story"})
            assert set(titles(page)) == found
            assert len(page.context["chips"]) == (2 if len(filters) == 2 or not found else 1)
            assert ("No film fits" in page.text) is not bool(found)

    @pytest.mark.parametrize("asked", [{}, {"q": "film"}], ids=["all", "words"])
    def test_pages_follow_one_another_without_a_film_twice(self, client, make_film, embed, asked):
        for number in range(1, 61):
            make_film(number, f"Film {number}")
        embed()
        seen, address = [], f"{SEARCH}?sort=title" if not asked else f"{SEARCH}?q=film"
        while address:
            page = client.get(address, headers=HTMX)
            seen += titles(page)
            address = page.context["more"]
        assert len(seen) == len(set(seen)) == 60

    @pytest.mark.parametrize("sort", ["", "newest", "known", "title"])
    def test_a_list_of_any_length_is_gone_through_by_cursor(self, client, make_films, sort):
        make_films(
            [{"id": n, "title": f"Film {n % 20}", "year": 2000 + n % 3, "vote_count": n % 4} for n in range(1, 61)]
        )
        seen, address = [], f"{SEARCH}?sort={sort}"
        while address:
            page = client.get(address, headers=HTMX)
            seen += [card.film for card in page.context["cards"]]
            address = page.context["more"]
            assert "offset" not in address
            assert page.context["first"] is (len(seen) == 24)
        assert len(set(seen)) == len(seen) == 60
        assert seen == list(ordered(Movie.objects.all(), sort or "esteem"))

    def test_a_search_ends_kindly_where_it_gets_too_deep(self, client, make_films, embed, monkeypatch):
        make_films([{"id": number, "title": f"Film {number}"} for number in range(1, 61)])
        embed()
        monkeypatch.setattr("recommender.search_views.MAX_OFFSET", 30)
        last = client.get(client.get(f"{SEARCH}?q=film").context["more"])
        assert len(last.context["cards"]) == 24
        assert last.context["more"] == ""
        assert "These are the first 48 films. Use more words or filters to see others." in last.text

    def test_nonsense_gets_a_sentence(self, client, db):
        for asked in NONSENSE:
            page = client.get(f"{SEARCH}?{asked}")
            assert page.status_code == 400, asked
            assert page.context["problem"].endswith("."), asked
            assert page.context["problem"] in page.text

    def test_what_is_gone_is_said_to_be(self, client, db):
        for asked in (f"like={uuid4()}", f"like=-{uuid4()}^0.5", "by=" + "0" * 40, f"item={uuid4()}"):
            page = client.get(f"{SEARCH}?{asked}")
            assert page.status_code == 410
            assert 'role="alert"' in page.text


def _all(address: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(address).query):
        found.setdefault(name, []).append(value)
    return found


class TestSaying:
    def test_each_thing_and_back_again(self, signed_in, user, films):
        film = films[0]
        for verb, expected in (
            ("like", {"liked": 1}),
            ("dislike", {"liked": -1}),
            ("undo", {"liked": 1}),
            ("unlike", {"liked": None}),
            ("watched", {"watched": True}),
            ("hide", {"hidden": True, "watched": True}),
            ("unhide", {"hidden": False}),
            ("forget", {"watched": False}),
            ("undo", {"watched": True}),
        ):
            answer = say(signed_in, film, verb)
            assert answer.status_code == 200
            assert expected.items() <= answer.json()["state"].items(), verb
            assert answer.json()["said"].endswith(".")
        answer = say(signed_in, film, "rate", rating="3.5").json()
        assert (answer["state"]["rating"], answer["state"]["watched"]) == (3.5, True)
        assert say(signed_in, film, "unrate").json()["state"]["rating"] is None
        assert Opinion.objects.get(user=user, movie=film).rating is None

    def test_a_rating_that_is_none(self, signed_in, films):
        say(signed_in, films[0], "rate", rating="4")
        for rating in ("", "x", "0", "5.5", "3.3", "nan", "-1", "1e400"):
            answer = say(signed_in, films[0], "rate", rating=rating)
            assert answer.status_code == 400, rating
            assert answer.json()["problem"] == "A rating is a number from 0.5 to 5, in halves."
        assert Opinion.objects.get(movie=films[0]).rating == 4

    def test_what_is_no_film_or_nothing_to_say(self, signed_in, films):
        assert signed_in.post(SAY, {"do": f"like {uuid4()}"}, headers=JSON).status_code == 404
        for broken in ("", "like", "like x", f"praise {films[0].pk}", "\0"):
            answer = signed_in.post(SAY, {"do": broken}, headers=JSON)
            assert answer.status_code in (400, 404)
            assert answer.json()["problem"]
        assert signed_in.get(SAY).status_code == 405

    def test_without_scripts_one_comes_back_to_the_page(self, signed_in, films):
        body = {"do": f"like {films[0].pk}", "next": "/films/search/?q=dog"}
        answer = signed_in.post(SAY, body, follow=True)
        assert answer.redirect_chain == [("/films/search/?q=dog", 302)]
        assert "You like “A dog and a robot”." in answer.text
        assert f'value="unlike {films[0].pk}"' in answer.text
        away = signed_in.post(SAY, {**body, "next": "https://evil.example/"})
        assert away.headers["Location"] == FILMS

    def test_who_is_not_signed_in_is_asked_to(self, client, films):
        assert say(client, films[0], "like").status_code == 401
        answer = client.post(SAY, {"do": f"like {films[0].pk}", "next": films[0].get_absolute_url()})
        assert answer.headers["Location"].startswith(reverse("login"))
        assert not Opinion.objects.exists()
        for address in (MINE, START, reverse("my-tastes")):
            assert reverse("login") in client.get(address).headers["Location"]


class TestStarting:
    def test_three_films_and_recommendations_follow(self, signed_in, user, films):
        page = signed_in.get(START)
        assert {film.title for film in page.context["offered"]} == {film.title for film in films}
        chosen = [str(film.pk) for film in (films[0], films[1], films[3])]
        few = signed_in.post(START, {"film": chosen[:2]})
        assert few.status_code == 400
        assert "at least 3 films" in few.text
        # What was chosen stays chosen.
        assert few.text.count(" checked") == 2
        done = signed_in.post(START, {"film": chosen})
        assert done.headers["Location"] == FILMS
        assert set(Opinion.objects.filter(user=user, liked=1).values_list("movie_id", flat=True)) == {
            films[0].pk,
            films[1].pk,
            films[3].pk,
        }
        row = signed_in.get(reverse("films-row", args=["for-you"]), headers=HTMX)
        assert {"Morning of the witch", "The hero falls"} <= {card.film.title for card in row.context["rows"][0].cards}

    def test_others_are_found_by_a_part_of_their_title_beside_those_chosen(self, signed_in, films):
        part = signed_in.get(START, {"q": "hero", "film": str(films[0].pk)}, headers=HTMX)
        assert [film.title for film in part.context["offered"]] == ["The hero falls", "The hero flies"]
        assert [film.title for film in part.context["chosen"]] == ["A dog and a robot"]
        assert "No film here is called" in signed_in.get(START, {"q": "100%"}, headers=HTMX).text

    def test_of_too_many_all_stay_chosen(self, signed_in, make_films):
        made = make_films([{"id": number, "title": f"Film {number}"} for number in range(1000, 1041)])
        page = signed_in.post(START, {"film": [str(film.pk) for film in made]})
        assert page.status_code == 400
        assert "Choose at most 40 films." in page.text
        assert page.context["chosen"] == made
        assert not Opinion.objects.exists()

    def test_nonsense_gets_a_sentence(self, signed_in):
        for body in ({"film": "x"}, {"film": ["x" * 5000]}, {"q": "x" * 300}, {"q": "\0"}, {"film": [uuid4()] * 3}):
            page = signed_in.post(START, body)
            assert page.status_code == 400, body
            assert 'role="alert"' in page.text
        assert not Opinion.objects.exists()


class TestMine:
    def test_each_list_and_its_count(self, signed_in, user, films, other_user):
        opinions.like(user, films[0])
        opinions.rate(user, films[1], 4.5)
        opinions.hide(user, films[2])
        opinions.like(other_user, films[3])
        page = signed_in.get(MINE)
        assert titles(page) == ["A dog and a robot"]
        assert {view.label: view.count for view in page.context["views"]} == {
            "Liked": 1,
            "Rated": 1,
            "Seen": 1,
            "Disliked": 0,
            "Not interested": 1,
        }
        rated = signed_in.get(MINE, {"show": "rated"})
        assert titles(rated) == ["Night of the witch"]
        assert "4½ stars" in rated.text
        assert titles(signed_in.get(MINE, {"show": "nonsense", "page": "x"})) == ["A dog and a robot"]

    def test_tastes_with_their_films(self, signed_in, user, films):
        assert signed_in.get(reverse("my-tastes"), headers=HTMX).text.strip() == ""
        for film in films[:5]:
            opinions.like(user, film)
        part = signed_in.get(reverse("my-tastes"), headers=HTMX)
        shown = [film for taste in part.context["tastes"] for film in taste.films]
        assert {film.pk for film in shown} == {film.pk for film in films[:5]}
        assert signed_in.get(reverse("my-tastes")).headers["Location"] == MINE
