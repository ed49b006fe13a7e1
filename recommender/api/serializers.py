"""The shapes of films, hits and recommendations, as they go out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from recommender import opinions
from recommender.models import Movie, Opinion
from recommender.searching import REASONS, FilmHit
from search.api.serializers import ExampleSerializer

_FILM_ID = "b1f6a7c0-3b0e-5f6e-9a55-0d7a5c2e8f31"
_OPINION = {"liked": True, "rating": 4.5, "watched": True, "hidden": False, "updated_at": "2026-05-04T18:02:11Z"}
FILM_EXAMPLE = {
    "id": _FILM_ID,
    "tmdb_id": 162,
    "title": "Edward Scissorhands",
    "original_title": "Edward Scissorhands",
    "tagline": "",
    "overview": "A gentle young man with blades for hands is taken in by a pastel suburb.",
    "genres": ["Fantasy", "Drama", "Romance"],
    "language": "en",
    "release_date": "1990-12-07",
    "year": 1990,
    "runtime": 105,
    "vote_average": 7.7,
    "vote_count": 12800,
    "esteem": 7.66,
    "poster": f"https://sightline.example/api/v1/films/{_FILM_ID}/files/poster/",
    "credit": "",
    "page": f"https://sightline.example/films/{_FILM_ID}/",
    "tmdb": "https://www.themoviedb.org/movie/162",
    "opinion": _OPINION,
}
HIT_EXAMPLE = {
    "rank": 1,
    "score": 0.9839,
    "reasons": [{"code": "story", "label": "story", "rank": 1, "similarity": 0.6211}],
    "film": FILM_EXAMPLE,
}


def told(name: str, value: Any, *codes: str) -> Any:
    """An example of an answer, for the OpenAPI document."""
    return extend_schema_serializer(
        examples=[OpenApiExample(name, value=value, response_only=True, status_codes=list(codes or ("200",)))]
    )


def asked(name: str, value: Any) -> Any:
    """An example of a body."""
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value, request_only=True)])


def context_of(request: Request, films: Iterable[Movie]) -> dict[str, Any]:
    """What FilmSerializer needs for these films: one statement for somebody who is signed in, else none."""
    return {"request": request, "opinions": opinions.of(request.user, [film.pk for film in films])}


@told("An opinion", _OPINION)
class OpinionSerializer(serializers.ModelSerializer):
    """What you have said about a film."""

    liked = serializers.SerializerMethodField(help_text="False: you dislike it. Null: neither.")
    rating = serializers.FloatField(read_only=True, allow_null=True, help_text="0.5 to 5, in halves; null without one.")

    class Meta:
        model = Opinion
        fields = ("liked", "rating", "watched", "hidden", "updated_at")
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField(allow_null=True))
    def get_liked(self, opinion: Opinion) -> bool | None:
        return None if opinion.liked is None else opinion.liked > 0


@told("A film", FILM_EXAMPLE)
class FilmSerializer(serializers.ModelSerializer):
    """A film. `opinion` is yours, null where you have said nothing."""

    genres = serializers.ListField(child=serializers.CharField(), read_only=True)
    esteem = serializers.SerializerMethodField(
        help_text="0 to 10: the mean of its votes, drawn towards that of all films where there are few."
    )
    poster = serializers.SerializerMethodField(help_text="WebP, at most 500 × 750 pixels; null without one.")
    page = serializers.HyperlinkedIdentityField(view_name="film", help_text="Its page for people.")
    tmdb = serializers.SerializerMethodField(help_text="Its page at TMDB.")
    opinion = serializers.SerializerMethodField()

    class Meta:
        model = Movie
        fields = (
            *("id", "tmdb_id", "title", "original_title", "tagline", "overview", "genres", "language"),
            *("release_date", "year", "runtime", "vote_average", "vote_count", "esteem"),
            *("poster", "credit", "page", "tmdb", "opinion"),
        )
        read_only_fields = fields

    def get_esteem(self, film: Movie) -> float:
        return round(film.esteem, 2)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_poster(self, film: Movie) -> str | None:
        # One that is stored is shown on while another is awaited, or cannot be had.
        if not film.poster:
            return None
        return reverse("api-film-poster", args=[film.pk], request=self.context["request"])

    @extend_schema_field(serializers.URLField())
    def get_tmdb(self, film: Movie) -> str:
        return f"https://www.themoviedb.org/movie/{film.tmdb_id}"

    @extend_schema_field(OpinionSerializer(allow_null=True))
    def get_opinion(self, film: Movie) -> dict[str, Any] | None:
        said = self.context["opinions"].get(film.pk)
        return OpinionSerializer(said).data if said else None


class FilmNameSerializer(serializers.Serializer):
    """A film in few words."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)


@told("What there is", {"genres": ["Drama", "Comedy"], "languages": ["en", "fr"], "films": 104})
class FacetsSerializer(serializers.Serializer):
    """What films can be narrowed by, the most frequent first."""

    genres = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField(), help_text="ISO 639-1, of the original.")
    films = serializers.IntegerField(help_text="How many there are.")


# --- Found -----------------------------------------------------------------------------------------------


class FilmReasonSerializer(serializers.Serializer):
    """One ranking in which a film was found."""

    code = serializers.ChoiceField(list(REASONS.items()), source="name")
    label = serializers.CharField(help_text="The same for people.")
    rank = serializers.IntegerField(help_text="In this ranking, from 1.")
    similarity = serializers.SerializerMethodField(help_text="The cosine; for `says` how much of it is the words.")

    def get_similarity(self, reason: Any) -> float:
        return round(float(reason.similarity), 4)


@told("A film that was found", HIT_EXAMPLE)
class FilmHitSerializer(serializers.Serializer):
    """A film that was found, and why."""

    rank = serializers.IntegerField(help_text="1 for the best.")
    score = serializers.SerializerMethodField(help_text="Up to 1, for what leads every ranking.")
    reasons = FilmReasonSerializer(many=True, help_text="Where it was found, the best rank first.")
    film = FilmSerializer(source="movie")

    def get_score(self, hit: FilmHit) -> float:
        return round(min(max(float(hit.score), 0.0), 1.0), 4)


@told(
    "Words",
    {
        "results": [HIT_EXAMPLE],
        "offset": 0,
        "limit": 24,
        "next": "https://sightline.example/api/v1/films/search/?q=scissors&offset=24",
        "total": None,
        "example": None,
    },
)
class FilmsFoundSerializer(serializers.Serializer):
    """A window of the ranking."""

    results = FilmHitSerializer(many=True)
    offset = serializers.IntegerField()
    limit = serializers.IntegerField()
    next = serializers.URLField(allow_null=True, help_text="The window after this one; null at the end.")
    total = serializers.IntegerField(allow_null=True, help_text="How many films are ranked, once that is known.")
    stands_out = serializers.BooleanField(
        allow_null=True,
        help_text="Whether any film is what the words mean; where it is false these are only the nearest. Null where "
        "that cannot be told, and where you search by films, items or files.",
    )
    example = ExampleSerializer(allow_null=True, help_text="The file that was sent along, with its token.")


# --- Recommended -----------------------------------------------------------------------------------------

_NAME = {"id": _FILM_ID, "title": "Edward Scissorhands", "year": 1990}


class RecommendedSerializer(serializers.Serializer):
    """A film for you."""

    score = serializers.SerializerMethodField(help_text="Only to compare within one answer.")
    because = FilmNameSerializer(allow_null=True, help_text="A film you liked that it is near to; null without one.")
    taste = serializers.IntegerField(allow_null=True, help_text="Its place in `tastes`, from 0; null for none.")
    parts = serializers.SerializerMethodField(help_text="What its score is the sum of; null unless asked for.")
    film = FilmSerializer(source="movie")

    def get_score(self, recommended: Any) -> float:
        return round(float(recommended.score), 4)

    @extend_schema_field(serializers.DictField(child=serializers.FloatField(), allow_null=True))
    def get_parts(self, recommended: Any) -> dict[str, float] | None:
        if not self.context.get("parts"):
            return None
        # What is added turns −0.0 into 0.0.
        return {name: round(float(value), 4) + 0.0 for name, value in recommended.parts.items()}


class TasteSerializer(serializers.Serializer):
    """One of several things you like."""

    share = serializers.SerializerMethodField(help_text="How much of what you like it is, 0 to 1.")
    films = FilmNameSerializer(many=True, help_text="Those of your films that tell it.")

    def get_share(self, taste: Any) -> float:
        return round(float(taste.share), 4)


@told(
    "For you",
    {
        "personal": True,
        "tastes": [{"share": 0.6, "films": [_NAME]}],
        "results": [
            {
                "score": 0.8123,
                "because": _NAME,
                "taste": 0,
                "parts": {"story": 0.41, "look": 0.22, "together": 0.0, "esteem": 0.12, "recency": 0.06, "dislike": 0},
                "film": {**FILM_EXAMPLE, "opinion": None},
            }
        ],
    },
)
class RecommendationsSerializer(serializers.Serializer):
    """Films for you, the best first."""

    personal = serializers.BooleanField(
        help_text="False: nothing is known of what you like yet, so these are what most like."
    )
    tastes = TasteSerializer(many=True)
    results = RecommendedSerializer(many=True, source="films")


@told("Because you liked …", {"results": [{"because": FILM_EXAMPLE, "films": [{**FILM_EXAMPLE, "opinion": None}]}]})
class BecauseSerializer(serializers.Serializer):
    """Rows of films, each for one that you liked."""

    class _Row(serializers.Serializer):
        because = FilmSerializer(source="movie")
        films = serializers.SerializerMethodField()

        @extend_schema_field(FilmSerializer(many=True))
        def get_films(self, row: Any) -> list[dict[str, Any]]:
            return FilmSerializer(row.films, many=True, context=self.context).data

        class Meta:
            ref_name = "BecauseRow"

    results = _Row(many=True)


@told("A grid to choose from", {"results": [{**FILM_EXAMPLE, "opinion": None}]})
class GridSerializer(serializers.Serializer):
    """Films to choose from."""

    results = FilmSerializer(many=True)
