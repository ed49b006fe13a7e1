"""The list of films, the page of one, and its poster for those who curate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Avg, BooleanField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.text import Truncator
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeNumericFilter
from unfold.decorators import display

from recommender import services
from recommender.admin.filters import GenreFilter, LanguageFilter, PosterFilter, VectorsFilter
from recommender.admin.forms import FACTS, FilmForm, NewFilmForm
from recommender.admin.preview import preview
from recommender.admin.state import state
from recommender.importing.facts import Facts
from recommender.models import Movie, MovieQuerySet, MovieVector, Opinion, movie_id
from search.models import Space
from search.spaces import serving

LIST = "admin:recommender_movie_changelist"
NAME_LENGTH = 48
SHOWN_GENRES = 3


@admin.action(description="Try again what failed", permissions=["change"])
def try_again(model_admin: ModelAdmin, request: HttpRequest, films: MovieQuerySet) -> None:
    _report(request, services.try_again(_plain(films)), "tried again", "None of the selected films has failed.")


@admin.action(description="Remove the posters", permissions=["change"])
def remove_posters(model_admin: ModelAdmin, request: HttpRequest, films: MovieQuerySet) -> None:
    count = 0
    for film in _plain(films).exclude(poster=""):
        services.remove_poster(film)
        count += 1
    _report(request, count, "without a poster now", "None of the selected films has a poster.")


def _plain(films: MovieQuerySet) -> MovieQuerySet:
    """The same films without what the list adds to them."""
    return Movie.objects.filter(pk__in=films.order_by().values("pk"))


def _report(request: HttpRequest, count: int, done: str, nothing: str) -> None:
    if count:
        messages.success(request, f"{count} film{'' if count == 1 else 's'} {done}.")
    else:
        messages.warning(request, nothing)


@admin.register(Movie)
class MovieAdmin(ModelAdmin):
    form = FilmForm
    list_display = ("picture", "name", "released", "genre_list", "spoken", "votes", "poster_is", "found_by")
    list_display_links = ("picture", "name")
    list_filter = (PosterFilter, VectorsFilter, GenreFilter, LanguageFilter, ("year", RangeNumericFilter))
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    list_before_template = "admin/recommender/movie/state.html"
    show_facets = admin.ShowFacets.NEVER  # a count per choice, for the price of a scan each
    search_fields = ("title", "original_title")
    search_help_text = "Title, or TMDB id"
    ordering = ("-esteem", "id")
    actions = [try_again, remove_posters]
    change_form_outer_before_template = "admin/recommender/movie/poster.html"
    fieldsets = (
        (None, {"fields": ("title", "original_title", "overview", "tagline", "genres")}),
        (
            "Facts",
            {"fields": (("release_date", "year"), ("language", "runtime"), ("vote_average", "vote_count"))},
        ),
        ("Poster", {"fields": ("new_poster", "remove_poster", "credit")}),
    )

    # --- The list ----------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> MovieQuerySet:
        encoders = serving()
        return (
            super()
            .get_queryset(request)
            .defer("words")
            .annotate(has_story=_has_vector(encoders.get(Space.TEXT)), has_look=_has_vector(encoders.get(Space.VISUAL)))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: MovieQuerySet, search_term: str
    ) -> tuple[MovieQuerySet, bool]:
        found, several = super().get_search_results(request, queryset, search_term)
        number = search_term.strip()
        if number.isascii() and number.isdigit() and len(number) < 10:
            # A film may be called 300 as well.
            found = found | queryset.filter(tmdb_id=int(number))
        return found, several

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable, str, str]]:
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            function, name, _ = actions.pop("delete_selected")
            actions[name] = (function, name, "Delete for good")
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_view_or_change_permission(request):
            may_preview = request.user.has_perm("recommender.view_opinion")
            extra_context = {**(extra_context or {}), "catalogue": state(), "may_preview": may_preview}
        return super().changelist_view(request, extra_context)

    @display(description="Poster")
    def picture(self, film: Movie) -> str:
        return render_to_string("admin/recommender/movie/thumbnail.html", {"film": film})

    @display(description="Film", header=True, ordering="title")
    def name(self, film: Movie) -> tuple[str, str]:
        other = film.original_title if film.original_title != film.title else ""
        return Truncator(film.title).chars(NAME_LENGTH), Truncator(other).chars(NAME_LENGTH)

    @display(description="Year", ordering="year")
    def released(self, film: Movie) -> str:
        return str(film.year or "")

    @display(description="Genres")
    def genre_list(self, film: Movie) -> str:
        more = f" +{len(film.genres) - SHOWN_GENRES}" if len(film.genres) > SHOWN_GENRES else ""
        return ", ".join(film.genres[:SHOWN_GENRES]) + more

    @display(description="Language", ordering="language")
    def spoken(self, film: Movie) -> str:
        return film.language

    @display(description="Votes", ordering="esteem")
    def votes(self, film: Movie) -> str:
        return f"{film.vote_average:.1f} by {film.vote_count:,}" if film.vote_count else ""

    @display(description="Poster is", ordering="poster_state")
    def poster_is(self, film: Movie) -> str:
        return render_to_string("admin/recommender/movie/poster_state.html", {"film": film})

    @display(description="Found by")
    def found_by(self, film: Movie) -> str:
        return render_to_string("admin/recommender/movie/found_by.html", {"film": film})

    # --- One film ----------------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Movie | None = None, change: bool = False, **kwargs: Any
    ) -> type[FilmForm]:
        return super().get_form(request, obj, change, **(kwargs if obj else {**kwargs, "form": NewFilmForm}))

    def get_fieldsets(self, request: HttpRequest, obj: Movie | None = None) -> Any:
        if obj is not None:
            return self.fieldsets
        (first, options), *rest = self.fieldsets
        return [(first, {**options, "fields": ("tmdb_id", *options["fields"])}), *rest]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False
        if film := context.get("original"):
            context["opinions"] = _opinions(film)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Movie, form: FilmForm, change: bool) -> None:
        """Through the services, so that what the film is found by follows."""
        if change:
            film = Movie.objects.get(pk=obj.pk)
            if facts := form.changed_facts:
                services.save_film(film, **facts)
        else:
            film = self._taken_in(form)
            obj.pk = film.pk
        if (poster := form.cleaned_data["new_poster"]) is not None:
            services.store_poster(film, poster)
        elif form.cleaned_data["remove_poster"] and film.poster:
            services.remove_poster(film)

    def _taken_in(self, form: NewFilmForm) -> Movie:
        given = {name: value for name, value in form.cleaned_data.items() if name in FACTS}
        if given["release_date"]:
            given["year"] = given["release_date"].year
        number = form.cleaned_data["tmdb_id"]
        services.upsert_films([Facts(number, given)])
        return Movie.objects.get(pk=movie_id(number))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on it."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Movie | None:
        try:
            UUID(unquote(object_id))
        except ValueError:
            return None
        return super().get_object(request, object_id, from_field)

    def view_on_site(self, obj: Movie) -> str:
        return obj.get_absolute_url()

    # --- Deleting ----------------------------------------------------------------------------------------

    def delete_model(self, request: HttpRequest, obj: Movie) -> None:
        services.delete_films(Movie.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: MovieQuerySet) -> None:
        services.delete_films(_plain(queryset))

    def get_deleted_objects(
        self, objs: Iterable[Movie], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What the page that asks lists: the films. Their vectors and ratings would be thousands of lines."""
        films = list(objs)
        said = Opinion.objects.spoken().filter(movie__in=films).count()
        return [str(film) for film in films], {"films": len(films), "opinions about them": said}, set(), []

    # --- What a person gets ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = path("preview/", self.admin_site.admin_view(self.preview_view), name="recommender_movie_preview")
        return [own, *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        return preview(self, request)


def _has_vector(encoder: Any) -> Any:
    if encoder is None:
        return Value(False, output_field=BooleanField())
    return Exists(MovieVector.objects.filter(encoder=encoder, movie=OuterRef("pk")))


def _opinions(film: Movie) -> dict[str, int]:
    """How many people have said what of it; who they are is theirs."""
    said: QuerySet[Opinion] = Opinion.objects.filter(movie=film)
    return said.aggregate(
        likes=Count("pk", filter=Q(liked=1)),
        dislikes=Count("pk", filter=Q(liked=-1)),
        views=Count("pk", filter=Q(watched=True)),
        ratings=Count("pk", filter=Q(rating__isnull=False)),
        mean=Avg("rating"),
    )
