"""What templates need to say about films: votes, languages, lengths, where the poster is."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlencode

from django import template
from django.conf.locale import LANG_INFO
from django.urls import reverse

from recommender.models import Movie

register = template.Library()

PALETTES = 6
"""Grounds of drawn posters, as the style sheet has them."""

TMDB = "https://www.themoviedb.org/movie/"

# TMDB's own codes, and those that Django knows by region alone.
LANGUAGES = {"zh": "Chinese", "cn": "Cantonese", "xx": "No language", "no": "Norwegian", "tl": "Tagalog"}


def poster_version(film: Movie) -> str:
    """Names the stored file, so that a browser may keep it for ever."""
    return sha256(film.poster.name.encode()).hexdigest()[:10]


@register.filter
def poster_url(film: Movie) -> str:
    """Where the poster is; empty where there is none."""
    if not film.poster:
        return ""
    return f"{reverse('film-poster', args=[film.pk])}?{urlencode({'v': poster_version(film)})}"


@register.filter
def palette(film: Movie) -> int:
    """The ground of the poster that is drawn where there is none: 0 to PALETTES − 1, always the same for one film."""
    return film.tmdb_id % PALETTES


@register.filter
def language_name(code: str) -> str:
    """ja → Japanese; the code itself where nobody knows a name for it."""
    if name := LANGUAGES.get(code):
        return name
    return LANG_INFO.get(code, {}).get("name", code)


@register.filter
def runtime(minutes: int | None) -> str:
    """136 → 2 h 16 min."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "")))


@register.filter
def vote(film: Movie) -> str:
    """The mean of its votes, such as 7.4; empty where nobody voted."""
    return f"{film.vote_average:.1f}" if film.vote_count else ""


@register.filter
def stars(rating: float | None) -> str:
    """A rating in words: 3.5 → 3½ stars; empty for None, and for what a template lacks."""
    if not rating:
        return ""
    whole, half = divmod(rating, 1)
    text = f"{int(whole) or ''}{'½' if half else ''}"
    return f"{text} star{'' if rating <= 1 else 's'}"


@register.filter
def percent(share: float) -> str:
    """0.523 → 52%."""
    return f"{round(share * 100)}%"


@register.filter
def tmdb_url(film: Movie) -> str:
    return f"{TMDB}{film.tmdb_id}"
