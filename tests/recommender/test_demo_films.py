"""The demo's films: facts that can be, words of their own, and posters that differ and fit."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import unicodedata
from datetime import date

import numpy as np
import pytest
from PIL import Image

from recommender import demo

GENRES = {
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy", "History",
    "Horror", "Music", "Mystery", "Romance", "Science Fiction", "TV Movie", "Thriller", "War", "Western",
}  # fmt: skip
"""TMDB's, all of them."""

COURSE = {
    "Edward Scissorhands", "Beethoven", "The Nightmare Before Christmas", "Hocus Pocus", "Scream", "101 Dalmatians",
    "A Bug's Life", "Stuart Little", "Chicken Run", "Ice Age", "Lilo & Stitch", "Iron Man", "The Incredible Hulk",
    "Man of Steel", "Captain America: Civil War", "Batman v Superman: Dawn of Justice", "A Quiet Place",
    "Incredibles 2", "Shazam!", "Evil Dead Rise",
}  # fmt: skip

NIGHT = ("Scream", "Psycho", "The Exorcist", "Halloween", "The Blair Witch Project", "Evil Dead Rise", "A Quiet Place",
         "Coraline", "Get Out", "Alien")  # fmt: skip
DAY = ("Beethoven", "101 Dalmatians", "A Bug's Life", "Stuart Little", "Toy Story", "Up", "Babe", "Inside Out",
       "The Secret Life of Pets", "Paddington")  # fmt: skip


@pytest.fixture(scope="module")
def films() -> dict[str, dict]:
    return {film["title"]: film for film in demo.films()}


@pytest.fixture(scope="module")
def posters() -> dict[int, Image.Image]:
    return {film["id"]: demo.poster(film["id"]) for film in demo.films()}


def test_the_facts_can_be(films):
    rows = demo.films()
    assert len(rows) >= 100
    assert len({row["id"] for row in rows}) == len({row["title"] for row in rows}) == len(rows)
    assert films.keys() >= COURSE
    for row in rows:
        assert date(1895, 1, 1) < date.fromisoformat(row["release_date"]) < date(2026, 1, 1), row["title"]
        assert row["genres"] and GENRES.issuperset(row["genres"]) and len(set(row["genres"])) == len(row["genres"])
        assert re.fullmatch("[a-z]{2}", row["original_language"])
        assert 5 <= row["runtime"] <= 260 and 1 <= row["vote_average"] <= 9.5, row["title"]
        assert row["vote_count"] >= 500 and row["vote_count"] % 100 == 0
        if row["original_language"] in ("ja", "ko", "zh", "cn", "hi"):
            assert row["original_title"] != row["title"] or row["title"].isupper(), row["title"]
    assert len({row["original_language"] for row in rows}) >= 8
    assert len({row["release_date"][:3] for row in rows}) >= 10, "films of ten decades"


def test_overviews_are_sentences_of_their_own():
    rows = demo.films()
    for row in rows:
        words = row["overview"].split()
        assert 40 <= len(words) <= 80, (row["title"], len(words))
        assert 2 <= len(re.findall(r"[.?!](?:\s|$)", row["overview"])) <= 6, row["title"]
    assert len({row["overview"].split(".")[0] for row in rows}) == len(rows)


def test_the_rows_are_the_callers_own():
    demo.films()[0]["genres"].append("Nonsense")
    assert "Nonsense" not in demo.films()[0]["genres"]
    with pytest.raises(KeyError):
        demo.film(-1)
    with pytest.raises(KeyError):
        demo.poster(-1)


def test_listing_films_brings_no_drawing_with_it():
    code = "import sys; from recommender import demo; demo.films(); print('numpy' in sys.modules, 'PIL' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False False\n"
    )


def test_every_poster_is_a_picture_full_of_things(posters):
    for number, picture in posters.items():
        assert (picture.mode, picture.size) == ("RGB", (500, 750)), number
        small = np.asarray(picture.reduce(5).convert("L"), dtype=float)
        assert small.std() > 12, f"{number} is almost one colour"
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85)
        assert 8_000 < out.tell() < 400_000, number


def test_no_two_posters_look_alike(posters):
    """By brightness and colour of 12 × 18 fields: a template with another title would differ in a few of them."""
    tiny = np.stack(
        [np.asarray(picture.resize((12, 18), Image.Resampling.BOX), dtype=float) for picture in posters.values()]
    )
    far = np.abs(tiny[:, None] - tiny[None, :]).mean(axis=(2, 3, 4))
    hashes = np.stack([_difference_hash(picture) for picture in posters.values()])
    bits = (hashes[:, None] != hashes[None, :]).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    np.fill_diagonal(bits, 64)
    assert far.min() > 10, [list(posters)[index] for index in np.unravel_index(far.argmin(), far.shape)]
    assert bits.min() > 4, [list(posters)[index] for index in np.unravel_index(bits.argmin(), bits.shape)]


def test_nights_are_dark_and_days_are_bright(films, posters):
    def brightness(title: str) -> float:
        return float(np.asarray(posters[films[title]["id"]].convert("L"), dtype=float).mean())

    night, day = [brightness(title) for title in NIGHT], [brightness(title) for title in DAY]
    assert max(night) < 90 < 130 < min(day), (dict(zip(NIGHT, night, strict=True)), dict(zip(DAY, day, strict=True)))


def test_a_poster_is_the_same_every_time(posters):
    for number in (162, 12, 603):
        assert demo.poster(number).tobytes() == posters[number].tobytes()
    code = "from recommender import demo; import hashlib; print(hashlib.sha256(demo.poster(162).tobytes()).hexdigest())"
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert elsewhere.strip() == hashlib.sha256(posters[162].tobytes()).hexdigest()


def test_the_title_stands_on_the_poster(films):
    """Its words, in whatever order they are set; what a long title says beyond its colon may be left out."""
    from recommender.demo.posters import SCENES

    assert set(SCENES) == {film["id"] for film in films.values()}
    for title, film in films.items():
        said = " ".join(part.options["text"] for part in SCENES[film["id"]].parts if "text" in part.options)
        for word in _words(title):
            assert word in "".join(_words(said)), (title, said)


def test_fonts_may_be_missing(monkeypatch):
    """Pillow's own letters serve where the machine has none."""
    from media_library.extraction.drawing import fonts
    from recommender.demo.posters import lettering

    monkeypatch.setattr(lettering, "families", lambda style: ("",))
    monkeypatch.setattr(lettering, "font", lambda family, size, bold=False: fonts.ImageFont.load_default(size))
    assert demo.poster(62).size == (500, 750)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower()).replace("'", "")
    return re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def _difference_hash(picture: Image.Image) -> np.ndarray:
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=int)
    return (grey[:, 1:] > grey[:, :-1]).ravel()
