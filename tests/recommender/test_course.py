"""The questions of the course, asked of the demo's films with the real encoders."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from recommender import seeding
from recommender.demo import films
from recommender.importing.facts import facts_of
from recommender.models import Movie
from recommender.searching import FilmQuery, Like, search, similar
from recommender.services import upsert_films
from search import examples, indexing

pytestmark = [pytest.mark.django_db, pytest.mark.encoder]

PETS = {
    "Beethoven",
    "101 Dalmatians",
    "Stuart Little",
    "Lilo & Stitch",
    "Babe",
    "The Secret Life of Pets",
    "Lady and the Tramp",
}
HEROES = {
    "Iron Man",
    "The Incredible Hulk",
    "Man of Steel",
    "Captain America: Civil War",
    "Batman v Superman: Dawn of Justice",
    "Incredibles 2",
    "Shazam!",
    "The Dark Knight",
    "Black Panther",
    "Wonder Woman",
    "Spider-Man: Into the Spider-Verse",
}
BRIGHT = {"101 Dalmatians", "Stuart Little", "A Bug's Life", "Lilo & Stitch"}
SPOOKY = {"Scream", "A Quiet Place", "Evil Dead Rise", "The Nightmare Before Christmas"}


@pytest.fixture(autouse=True)
def _real_encoders(settings, no_queue) -> None:
    settings.SIGHTLINE_VISUAL_ENCODER, settings.SIGHTLINE_TEXT_ENCODER = "pocket", "sentence:minilm"


def titles(query: FilmQuery, count: int) -> list[str]:
    return [hit.movie.title for hit in search(query, AnonymousUser(), limit=count).hits]


def test_stories_answer_the_questions_of_the_course():
    upsert_films([facts_of(row) for row in films()])
    indexing.embed_missing()
    for course_only in (False, True):
        if course_only:
            Movie.objects.exclude(tmdb_id__in=[row["id"] for row in films()[:20]]).delete()
        assert set(titles(FilmQuery("Movie about lovable cute pets", look=0), 3)) <= PETS
        assert set(titles(FilmQuery("Epic super hero", look=0), 3)) <= HEROES
    assert similar(Movie.objects.get(title="Man of Steel"), "story", 3)[0].movie.title in HEROES


def test_posters_answer_words_and_a_spooky_picture():
    rows = [row for row in films() if row["title"] in SPOOKY | BRIGHT]
    assert len(list(seeding.seed(rows))) == 8
    assert seeding.wanted() and not set(map(str, rows)) & set(map(str, seeding.wanted()))
    indexing.embed_missing()
    assert set(titles(FilmQuery("Movie about lovable cute pets", story=0), 3)) <= BRIGHT
    spooky = Image.new("RGB", (300, 450), (12, 10, 22))
    draw = ImageDraw.Draw(spooky)
    # A moon above a dark wood.
    draw.ellipse((180, 40, 260, 120), fill=(215, 210, 190))
    for left in range(0, 300, 25):
        draw.polygon([(left, 450), (left + 12, 230 + 37 * (left % 4)), (left + 24, 450)], fill=(3, 3, 6))
    path = ContentFile(b"", "spooky.png")
    spooky.save(path, "PNG")
    token = examples.remember_file(path, "spooky.png").token
    assert set(titles(FilmQuery(likes=(Like(example=token),)), 3)) <= SPOOKY
    heroes = {"Captain America: Civil War", "Man of Steel"}
    assert len(list(seeding.seed([row for row in films() if row["title"] in heroes]))) == 2
    indexing.embed_missing()
    assert set(titles(FilmQuery("Epic super hero", story=0), 1)) <= heroes


def test_what_no_film_is_about_is_said_to_be_nowhere():
    upsert_films([facts_of(row) for row in films()])
    indexing.embed_missing()
    about = ("lovable pets", "something spooky", "a superhero saves the city", "lost in space", "a kind robot")
    of_no_film = (
        *("tax return 2019", "how to descale a kettle", "spreadsheet formulas", "wifi router password"),
        *("mortgage interest rates", "printer driver installation", "blood test results", "invoice number"),
    )

    def sure(words: str) -> bool | None:
        return search(FilmQuery(words), AnonymousUser()).stands_out

    assert sum(sure(words) is True for words in about) >= 4, [(words, sure(words)) for words in about]
    assert sum(sure(words) is False for words in of_no_film) >= 6, [(words, sure(words)) for words in of_no_film]
