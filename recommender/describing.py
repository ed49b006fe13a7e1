"""What was asked of the films, as things on the page to see, to turn round and to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from media_library.models import MediaItem
from recommender.forms import FILTERS, NO_FILM, NO_ITEM, FilmSearchForm, written
from recommender.models import Movie
from recommender.searching import Like
from recommender.templatetags.films import language_name, poster_url
from search import examples
from search.describing import EXAMPLES, Chip, Choice, SubjectChip
from search.query import QueryError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

WEIGHTS = ((0.5, "½"), (1.0, "1"))
"""Weights to choose from on the page, with what they are called; addresses and the API take any up to 1."""


def address(parameters: Sequence[tuple[str, str]]) -> str:
    """The page that searches films, with `parameters`."""
    return f"{reverse('film-search')}?{urlencode(parameters)}" if parameters else reverse("film-search")


def adding(parameters: Sequence[tuple[str, str]]) -> str:
    """The same, ready for one more parameter to follow."""
    return address(parameters) + ("&" if parameters else "?")


def filter_chips(form: FilmSearchForm) -> list[Chip]:
    """The filters of a valid form that are on."""
    data, chips = form.cleaned_data, []

    def add(label: str, **without: object) -> None:
        chips.append(Chip(label, address(form.parameters(**without))))

    for genre in data["genre"]:
        add(genre, genre=[other for other in data["genre"] if other != genre])
    if data["from"]:
        add(f"from {data['from']}", **{"from": None})
    if data["to"]:
        add(f"until {data['to']}", to=None)
    if data["vote"] is not None:
        add(f"votes from {data['vote']:g}", vote=None)
    if data["language"]:
        add(f"in {language_name(data['language'].lower())}", language=None)
    return chips


def without_filters(form: FilmSearchForm) -> str:
    """The address of the same question with no filter."""
    return address(form.parameters(**dict.fromkeys(FILTERS)))


def subject_chips(form: FilmSearchForm, viewer: AbstractBaseUser | AnonymousUser) -> list[SubjectChip]:
    """What films should be like, or not; two statements at most. Raises QueryError for what is not `viewer`'s."""
    likes = form.likes
    films = Movie.objects.defer("words", "overview").in_bulk([like.movie for like in likes if like.movie])
    ids = [like.item for like in likes if like.item]
    items = MediaItem.objects.visible_to(viewer).in_bulk(ids) if ids else {}
    return [_chip(form, likes, like, films, items) for like in likes]


def _chip(form: FilmSearchForm, likes: Sequence[Like], like: Like, films: dict, items: dict) -> SubjectChip:
    name, label, picture, link = _named(like, films, items)

    def put(other: Like | None) -> str:
        changed = [other if each is like else each for each in likes if each is not like or other]
        return address(
            form.parameters(
                like=[written(each) for each in changed if each.movie],
                item=[written(each) for each in changed if each.item],
                by=[written(each) for each in changed if each.example],
            )
        )

    sign = -1 if like.weight < 0 else 1
    return SubjectChip(
        name=name,
        value=written(like),
        label=label,
        picture=picture,
        link=link,
        unlike=like.weight < 0,
        without=put(None),
        turned=put(replace(like, weight=-like.weight)),
        weights=tuple(
            Choice(f"×{label}", put(replace(like, weight=sign * weight)), abs(like.weight) == weight)
            for weight, label in WEIGHTS
        ),
    )


def _named(like: Like, films: dict, items: dict) -> tuple[str, str, str, str]:
    """The parameter that carries it, what it is called, its picture and its page."""
    if like.movie:
        film = films.get(like.movie)
        if film is None:
            raise QueryError("no-such-film", NO_FILM)
        return "like", str(film), poster_url(film), film.get_absolute_url()
    if like.item:
        item = items.get(like.item)
        if item is None:
            raise QueryError("no-such-item", NO_ITEM)
        picture = reverse("item-file", args=[item.pk, "thumbnail"]) if item.thumbnail else ""
        return "item", str(item), picture, item.get_absolute_url()
    example = examples.recall(like.example)
    label = f"{EXAMPLES.get(example.kind, 'File')}: {example.name}"
    return "by", label, reverse("example-thumbnail", args=[like.example]), ""
