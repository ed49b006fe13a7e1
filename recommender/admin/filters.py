"""What narrows the list of films, besides its plain choices."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from recommender import filters
from recommender.models import MovieQuerySet, PosterState
from search.models import Space
from search.spaces import serving


class PosterFilter(DropdownFilter):
    title = "poster"
    parameter_name = "poster"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("stored", "Stored"),
            ("missing", "Missing"),
            ("waiting", "To be fetched"),
            ("failed", "Failed"),
        ]

    def queryset(self, request: HttpRequest, queryset: MovieQuerySet) -> MovieQuerySet:
        match self.value():
            case "stored":
                return queryset.exclude(poster="")
            case "missing":
                return queryset.filter(poster="")
            case "waiting":
                return queryset.filter(poster_state=PosterState.WAITING)
            case "failed":
                return queryset.filter(poster_state=PosterState.FAILED)
        return queryset


class VectorsFilter(DropdownFilter):
    title = "vectors"
    parameter_name = "vectors"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("no-story", "Story missing"),
            ("no-poster", "Poster missing"),
            ("failed", "Could not be made"),
        ]

    def queryset(self, request: HttpRequest, queryset: MovieQuerySet) -> MovieQuerySet:
        match self.value():
            case "no-story":
                return _lacking(queryset, Space.TEXT)
            case "no-poster":
                return _lacking(queryset, Space.VISUAL)
            case "failed":
                return queryset.filter(~Q(indexing_problem=""))
        return queryset


def _lacking(films: MovieQuerySet, space: str) -> MovieQuerySet:
    """Those without a vector of the encoder that serves; all, while none does."""
    encoder = serving().get(space)
    return films.lacking_vectors(encoder) if encoder else films


class GenreFilter(DropdownFilter):
    title = "genre"
    parameter_name = "genre"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(genre, genre) for genre in filters.genres()]

    def has_output(self) -> bool:
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: MovieQuerySet) -> MovieQuerySet:
        return queryset.filter(genres__contains=[self.value()]) if self.value() else queryset


class LanguageFilter(DropdownFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in filters.languages()]

    def has_output(self) -> bool:
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: MovieQuerySet) -> MovieQuerySet:
        return queryset.filter(language=self.value()) if self.value() else queryset
