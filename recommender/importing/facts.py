"""One row about a film, whatever it came out of, as facts that can be trusted.

Known shapes: TMDB's answers (`genres` as objects, or `genre_ids`), its daily export (id, original title, popularity),
the tables of films that are made of it (genres as JSON or as Python writes it, in one column), and plain lists.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LARGEST_ID = 2**31 - 1
LONGEST_TITLE = 300
LONGEST_OVERVIEW = 10_000
MOST_GENRES = 20
YEARS = range(1870, 2101)
"""The first films were made after it; what is announced for later than that is a mistake."""

LONGEST_RUNTIME = 60 * 24
MOST_VOTES = 2**31 - 1

TMDB_GENRES = {
    28: "Action",
    12: "Adventure",
    16: "Animation",
    35: "Comedy",
    80: "Crime",
    99: "Documentary",
    18: "Drama",
    10751: "Family",
    14: "Fantasy",
    36: "History",
    27: "Horror",
    10402: "Music",
    9648: "Mystery",
    10749: "Romance",
    878: "Science Fiction",
    10770: "TV Movie",
    53: "Thriller",
    10752: "War",
    37: "Western",
}
"""https://developer.themoviedb.org/reference/genre-movie-list"""

OTHER_NAMES = {"Children": "Family", "Sci-Fi": "Science Fiction", "Musical": "Music"}
"""MovieLens' names of the same genres."""

NO_GENRES = {"(no genres listed)", "IMAX"}


class RowRejected(Exception):
    """A row that gives no film; the message is a sentence that says why."""


class RowSkipped(RowRejected):
    """A row that is in order, but not wanted."""


@dataclass(frozen=True)
class Facts:
    """`given`: fields of Movie that the row tells, checked. `otherwise`: what it tells less surely, to be taken only
    where nothing better is known."""

    tmdb_id: int
    given: dict[str, Any] = field(default_factory=dict)
    otherwise: dict[str, Any] = field(default_factory=dict)


def facts_of(row: Mapping[str, Any]) -> Facts:
    """What `row` tells of a film. Raises RowRejected, and RowSkipped for films for adults."""
    if not isinstance(row, Mapping):
        raise RowRejected("It is not an object with fields, but a single value.")
    tmdb_id = _id(_first(row, "tmdb_id", "tmdbId", "id", "movie_id"))
    if str(row.get("adult", "")).strip().lower() in ("true", "1"):
        raise RowSkipped("It is marked as a film for adults.")
    given: dict[str, Any] = {}
    otherwise: dict[str, Any] = {}
    original, title = _line(row.get("original_title")), _line(row.get("title"))
    if title:
        given["title"] = title
    elif original:
        otherwise["title"] = original
    else:
        raise RowRejected("It has no title.")
    _put(given, "original_title", original)
    _put(given, "overview", _overview(row.get("overview")))
    _put(given, "tagline", _line(row.get("tagline")))
    _put(given, "vote_average", _number(row, "vote_average", 0, 10))
    _put(given, "vote_count", _whole(_number(row, "vote_count", 0, MOST_VOTES)))
    _put(given, "popularity", _number(row, "popularity", 0, 1e9))
    _put(given, "runtime", _whole(_number(row, "runtime", 0, LONGEST_RUNTIME)) or None)
    released, year = _date(row.get("release_date"))
    year = year or _year(row.get("year"))
    if released:
        given |= {"release_date": released}
    _put(given, "year", year)
    _put(given, "genres", _genres(row))
    _put(given, "language", _language(_first(row, "original_language", "language")))
    _put(given, "poster_path", _poster_path(row.get("poster_path")))
    _put(given, "credit", _line(row.get("credit"), 500))
    return Facts(tmdb_id, given, otherwise)


def _put(given: dict[str, Any], name: str, value: Any) -> None:
    """What a row leaves empty it does not tell: it must not wipe out what another one told."""
    if value not in (None, "", []):
        given[name] = value


def _first(row: Mapping[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _id(value: Any) -> int:
    if value is None:
        raise RowRejected("It has no TMDB id.")
    number = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}(\.0)?", value.strip(), re.ASCII):
        number = int(float(value))
    if number is None or not 0 < number <= LARGEST_ID:
        raise RowRejected(f"“{_shown(value)}” is not a TMDB id, which is a whole number from 1 on.")
    return number


def clean(value: Any) -> str:
    """`value` as text that the database can hold: no NUL, no lone surrogates, no control characters but line ends.

    Bytes that were not UTF-8 (kept as surrogates by the reader) are taken as Windows-1252, which they mostly are.
    """
    if not isinstance(value, str):
        return ""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        value = value.encode("utf-8", "surrogateescape" if _escaped(value) else "replace").decode("cp1252", "replace")
    return "".join(letter for letter in value if letter >= " " or letter in "\n\t").strip()


def _escaped(value: str) -> bool:
    return all("\udc80" <= letter <= "\udcff" for letter in value if "\ud800" <= letter <= "\udfff")


def _line(value: Any, longest: int = LONGEST_TITLE) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        value = f"{value:g}"  # films are called 300, 1917 and 12.01
    return " ".join(clean(value).split())[:longest]


def _overview(value: Any) -> str:
    text = clean(value)[:LONGEST_OVERVIEW]
    return "" if text.lower().rstrip(".") in ("no overview found", "nan") else text


def _number(row: Mapping[str, Any], name: str, least: float, most: float) -> float | None:
    """None where it is empty or no number at all. Raises RowRejected where it is one that cannot be."""
    value = row.get(name)
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    if not least <= value <= most:
        raise RowRejected(f"Its {name} is {_shown(value)}, which is not between {least:g} and {most:g}.")
    return float(value)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _date(value: Any) -> tuple[date | None, int | None]:
    """The day and the year that a date tells, as far as it does."""
    text = clean(value)[:10]
    try:
        released = date.fromisoformat(text)
    except ValueError:
        return None, _year(text[:4])
    return (released, released.year) if released.year in YEARS else (None, None)


def _year(value: Any) -> int | None:
    text = str(value if value is not None else "").strip().removesuffix(".0")
    return int(text) if re.fullmatch(r"[0-9]{4}", text, re.ASCII) and int(text) in YEARS else None


def _language(value: Any) -> str:
    code = clean(value).lower()
    return code if re.fullmatch(r"[a-z]{2,3}(-[a-z]{2,4})?", code) else ""


def _poster_path(value: Any) -> str:
    path = clean(value)
    return path if len(path) <= 300 and path.lower() not in ("nan", "none", "null") else ""


def _genres(row: Mapping[str, Any]) -> list[str]:
    value = row.get("genres", row.get("genre_names"))
    if isinstance(value, str):
        value = _listed(value)
    names: list[str] = []
    for each in value if isinstance(value, list | tuple) else []:
        names.append(_line(each.get("name") if isinstance(each, Mapping) else each, 40))
    ids = row.get("genre_ids")
    if not names and isinstance(ids, list | tuple):
        names = [TMDB_GENRES.get(each, "") if isinstance(each, int) else "" for each in ids]
    return genre_names(names)


def genre_names(names: list[str]) -> list[str]:
    """By TMDB's names, each once, in their order."""
    known = (OTHER_NAMES.get(name, name) for name in names if name and name not in NO_GENRES)
    return list(dict.fromkeys(known))[:MOST_GENRES]


def _listed(text: str) -> list[Any]:
    """A list that stands in one column: as JSON, as Python writes it, or with | or commas between."""
    text = text.strip()[:10_000]
    if text.startswith("["):
        for read in (json.loads, ast.literal_eval):
            try:
                value = read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            return value if isinstance(value, list) else []
        return []
    return [part.strip() for part in re.split(r"[|,]", text)]


def _shown(value: Any) -> str:
    text = " ".join(clean(str(value)).split())
    return text if len(text) <= 40 else f"{text[:40]}…"
