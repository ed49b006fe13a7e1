"""The demo's films: facts and our own words in catalogue.json, posters drawn by code."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

CATALOGUE = Path(__file__).with_name("catalogue.json")


def films() -> list[dict[str, Any]]:
    """Every film, in the shape of the course's list, with some more of TMDB's fields.

    Each has id (TMDB's), title, original_title, overview, release_date (ISO), genres (TMDB's English names),
    original_language, runtime (minutes), vote_average (of ten), vote_count (to the hundred) and poster_path (a file
    name; the picture itself is `poster(id)`). The list and its rows are the caller's own.
    """
    return copy.deepcopy(_read())


def film(film_id: int) -> dict[str, Any]:
    """One film by its TMDB id. Raises KeyError where the demo has none of it."""
    for row in _read():
        if row["id"] == film_id:
            return copy.deepcopy(row)
    raise KeyError(film_id)


def poster(film_id: int) -> Image.Image:
    """The poster of the film with that TMDB id: RGB, 500 by 750 pixels, the same every time.

    Raises KeyError where the demo has no such film. Takes some tenths of a second.
    """
    # Brings numpy and all of the drawing with it.
    from recommender.demo.posters import draw_poster

    return draw_poster(film_id)


@cache
def _read() -> list[dict[str, Any]]:
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))
