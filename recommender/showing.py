"""Films as cards: the film, what its viewer has said about it, and why it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from recommender import opinions
from recommender.models import Movie, MovieQuerySet, Opinion

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from recommender.searching import FilmHit


@dataclass(frozen=True)
class Card:
    """`said`: what its viewer has said about it; `hit`: how it was found; `because`: the liked film it follows from."""

    film: Movie
    said: Opinion | None = None
    hit: FilmHit | None = None
    because: Movie | None = None


def cards(
    viewer: AbstractBaseUser | AnonymousUser, films: Iterable[Movie], because: Sequence[Movie | None] = ()
) -> list[Card]:
    """Cards of `films`, in one statement for all opinions; `because` runs beside them."""
    shown = list(films)
    said = opinions.of(viewer, [film.pk for film in shown])
    reasons = list(because) or [None] * len(shown)
    return [Card(film, said.get(film.pk), because=reason) for film, reason in zip(shown, reasons, strict=True)]


def hit_cards(viewer: AbstractBaseUser | AnonymousUser, hits: Sequence[FilmHit]) -> list[Card]:
    """Cards of what a search found."""
    said = opinions.of(viewer, [hit.movie.pk for hit in hits])
    return [Card(hit.movie, said.get(hit.movie.pk), hit=hit) for hit in hits]


def listed(viewer: AbstractBaseUser | AnonymousUser) -> MovieQuerySet:
    """All films but those that `viewer` does not want to be shown, with the columns that cards need."""
    films = Movie.objects.defer("words", "overview")
    if viewer.pk is None:
        return films
    return films.exclude(Exists(Opinion.objects.filter(user=viewer, hidden=True, movie=OuterRef("pk"))))
