"""Films for tests: by the deterministic fake encoders, with posters of plain colours."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from recommender import services
from recommender.importing.facts import facts_of
from recommender.models import Movie, movie_id
from search import indexing


@pytest.fixture
def poster() -> Callable[..., ContentFile]:
    def make(colour: str = "red", size: tuple[int, int] = (40, 60)) -> ContentFile:
        out = io.BytesIO()
        Image.new("RGB", size, colour).save(out, "PNG")
        return ContentFile(out.getvalue(), "poster.png")

    return make


@pytest.fixture
def make_film(db, no_queue, poster) -> Callable[..., Movie]:
    """A film as an import makes it, with a poster where a colour is given; not embedded yet."""

    def make(number: int, title: str = "", colour: str = "", **row) -> Movie:
        services.upsert_films([facts_of({"id": number, "title": title or f"Film {number}", **row})])
        movie = Movie.objects.get(pk=movie_id(number))
        return services.set_poster(movie, poster(colour)) if colour else movie

    return make


@pytest.fixture
def make_films(db, no_queue) -> Callable[..., list[Movie]]:
    """Many at once, each a row as in an import, with a colour for its poster."""

    def make(rows: list[dict]) -> list[Movie]:
        services.upsert_films([facts_of(row) for row in rows])
        films = Movie.objects.in_bulk([movie_id(row["id"]) for row in rows])
        webp: dict[str, bytes] = {}
        for row in rows:
            if colour := row.get("colour"):
                if colour not in webp:
                    out = io.BytesIO()
                    Image.new("RGB", (40, 60), colour).save(out, "WEBP")
                    webp[colour] = out.getvalue()
                services.store_poster(films[movie_id(row["id"])], webp[colour])
        return [films[movie_id(row["id"])] for row in rows]

    return make


@pytest.fixture
def embed(db, no_queue) -> Callable[[], int]:
    """Have the embedding worker's own function make all vectors that are missing."""
    return indexing.embed_missing
