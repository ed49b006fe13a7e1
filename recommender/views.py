"""The pages of films: all of them in rows, one of them, posters, and what looks alike. Everybody may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from media_library.models import MediaItem
from media_library.serving import serve
from recommender import opinions
from recommender.describing import adding, address
from recommender.filters import genres
from recommender.models import Movie, MovieQuerySet, Opinion
from recommender.paging import ordered
from recommender.recommending import because_you_liked, recommend
from recommender.searching import By, films_like, pictures_like, similar
from recommender.showing import Card, cards, hit_cards, listed
from recommender.tastes import LIKED_FROM
from recommender.templatetags.films import poster_version
from search.encoders.base import EncoderError

ROW, ROW_ALL = 18, 60
"""Films in a row, and on the page that shows a row by itself."""

ALIKE = 18
PICTURES = 8
ITEM_FILMS = 12
GENRE_ROWS = 8
BECAUSE_ROWS = 3

POSTER_KEPT_S = 365 * 24 * 3600
"""A poster's address names the file, so that browsers need not ask for it again."""

TRIES = ("lovable pets", "something spooky", "a superhero saves the city", "lost in space", "a kind robot")
"""Searches to try."""


@dataclass(frozen=True)
class Row:
    """One row of films. `more`: the address of all of them; `empty`: what to say where there are none."""

    title: str
    cards: Sequence[Card]
    more: str = ""
    empty: str = ""


# --- All films -------------------------------------------------------------------------------------------


@require_safe
def films(request: HttpRequest) -> HttpResponse:
    """Rows of films: those for the visitor first. All but the first come when they are looked at."""
    there = Movie.objects.exists()
    said = request.user.is_authenticated and Opinion.objects.filter(TELLING, user=request.user).exists()
    context: dict[str, Any] = {"there": there, "said": said, "tries": TRIES, "ask": adding([])}
    if there:
        context["first"] = _row("newest", request, ROW)
        context["genres"] = genres()[:GENRE_ROWS]
    response = render(request, "recommender/films.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


TELLING = Q(liked=1) | Q(rating__gte=LIKED_FROM)
"""Opinions that recommendations can go by."""


@require_safe
def films_row(request: HttpRequest, name: str) -> HttpResponse:
    """One row, as a part of the page of all; by itself, a page with more of the same."""
    part = bool(request.htmx)
    count = ROW if part else ROW_ALL
    rows = _because(request) if name == "because" else [_row(name, request, count)]
    context = {"rows": rows, "base": "fragment.html" if part else "base.html", "ask": adding([])}
    response = render(request, "recommender/row.html", context)
    patch_vary_headers(response, ["HX-Request"])
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _row(name: str, request: HttpRequest, count: int) -> Row:
    make = ROWS.get(name)
    if make is None:
        raise Http404
    return make(request, count)


def _for_you(request: HttpRequest, count: int) -> Row:
    if not request.user.is_authenticated:
        raise Http404
    found = recommend(request.user, count=count)
    shown = [each.movie for each in found.films] if found.personal else []
    because = [each.because for each in found.films] if found.personal else []
    return Row(
        "For you",
        cards(request.user, shown, because),
        more=reverse("films-row", args=["for-you"]),
        empty="Nothing new for you right now: you know it all, or what you like is still being indexed.",
    )


def _because(request: HttpRequest) -> list[Row]:
    if not request.user.is_authenticated:
        raise Http404
    found = because_you_liked(request.user, rows=BECAUSE_ROWS, count=ROW)
    # One statement for the opinions of all rows.
    shown = cards(request.user, [film for row in found for film in row.films])
    rows = []
    for row in found:
        mine, shown = shown[: len(row.films)], shown[len(row.films) :]
        rows.append(Row(f"Because you liked {row.movie.title}", mine, more=f"{row.movie.get_absolute_url()}#alike"))
    return rows


def _newest(request: HttpRequest, count: int) -> Row:
    today = timezone.localdate()
    out = listed(request.user).filter(released__gt=0, released__lte=int(f"{today:%Y%m%d}"))
    newest = ordered(out, "newest")[:count]
    return Row("Newest", cards(request.user, newest), more=address([("sort", "newest")]))


def _loved(request: HttpRequest, count: int) -> Row:
    return Row("Well loved", _best(request, listed(request.user), count), more=address([]))


def _genre(request: HttpRequest, count: int) -> Row:
    genre = request.GET.get("genre", "")
    if not genre or len(genre) > 40 or "\0" in genre:
        raise Http404
    found = _best(request, listed(request.user).filter(genres__contains=[genre]), count)
    return Row(genre, found, more=address([("genre", genre)]), empty="No film is of this genre.")


def _best(request: HttpRequest, found: MovieQuerySet, count: int) -> list[Card]:
    return cards(request.user, found.esteemed()[:count])


ROWS: dict[str, Callable[[HttpRequest, int], Row]] = {
    "for-you": _for_you,
    "newest": _newest,
    "loved": _loved,
    "genre": _genre,
}


# --- One film --------------------------------------------------------------------------------------------


@require_safe
def film(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Movie.objects.defer("words"), pk=pk)
    context = {
        "film": found,
        "said": opinions.of(request.user, [pk]).get(pk),
        "steps": opinions.STEPS,
        "by": _by(request),
        "ask": adding([]),
    }
    response = render(request, "recommender/film.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def poster(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    found = get_object_or_404(Movie.objects.only("poster"), pk=pk)
    response = serve(request, found.poster, "image/webp")
    if response.status_code in (200, 206, 304):
        named = request.GET.get("v") == poster_version(found)
        kept = f"public, max-age={POSTER_KEPT_S}, immutable" if named else "public, max-age=3600"
        response.headers["Cache-Control"] = kept
    return response


def _by(request: HttpRequest) -> By:
    asked = request.GET.get("by", "")
    return asked if asked in get_args(By) else "both"


@require_safe
def film_similar(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """More like a film, by its story, its look or both: a part of its page, or a search for who asks for it alone."""
    found = get_object_or_404(Movie.objects.only("pk"), pk=pk)
    by = _by(request)
    if not request.htmx:
        off = {"story": [("look", "0")], "look": [("story", "0")]}.get(by, [])
        return redirect(address([("like", str(pk)), *off]))
    context = {"cards": hit_cards(request.user, similar(found, by, ALIKE)), "by": by, "film": found, "ask": adding([])}
    return render(request, "recommender/similar.html", context)


@require_safe
def film_pictures(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Pictures of the library that look like the poster: a part of the page of the film."""
    found = get_object_or_404(Movie.objects.only("pk"), pk=pk)
    if not request.htmx:
        return redirect(found)
    hits = pictures_like(found, request.user, PICTURES)
    return render(request, "recommender/pictures.html", {"hits": hits})


@require_safe
def item_films(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Films that look like an item of the library: a part of its page, or a search for who asks for it alone."""
    item = MediaItem.objects.visible_to(request.user).filter(pk=pk).first()
    if item is None:
        raise Http404
    if not request.htmx:
        return redirect(address([("item", str(pk))]))
    try:
        found = films_like(item, ITEM_FILMS)
    except EncoderError:
        found = []
    context = {"cards": hit_cards(request.user, found), "item": item}
    return render(request, "recommender/item_films.html", context)
