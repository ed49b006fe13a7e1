"""What can be asked of films, as it comes in over HTTP."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from recommender.api.fields import WEIGHT_HELP, LikeField, NumberField
from recommender.api.serializers import asked
from recommender.filters import FilmFilters, genres
from recommender.paging import ORDERS, USUAL
from recommender.searching import MAX_LIKES, FilmQuery, Like
from search.api.serializers import SYNTAX, RepeatedField

MAX_OFFSET = 10_000
MAX_LIMIT = 100
LAST_YEAR = 9999

_TOKEN = "9f2b6c1de07a4c7f8a51d3e4b6a7c8d9e0f10213"


def limit_field(usual: int, most: int = MAX_LIMIT) -> serializers.IntegerField:
    return serializers.IntegerField(default=usual, min_value=1, max_value=most, help_text="How many films to give.")


class FilterSerializer(serializers.Serializer):
    """What narrows films. A film of which the year, vote or length is not known is outside of any bound on it."""

    genre = RepeatedField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=20,
        help_text="Only films of this genre, as `/films/facets/` names it. Repeat it for films of several at once.",
    )
    language = RepeatedField(
        child=serializers.CharField(max_length=8),
        required=False,
        max_length=100,
        help_text="Only films whose original is in this language, such as `en`. Repeat it for either of several.",
    )
    year_from = serializers.IntegerField(required=False, min_value=0, max_value=LAST_YEAR, help_text="The first year.")
    year_to = serializers.IntegerField(required=False, min_value=0, max_value=LAST_YEAR, help_text="The last year.")
    vote_from = NumberField(required=False, min_value=0, max_value=10, help_text="The lowest mean vote, of 10.")
    vote_to = NumberField(required=False, min_value=0, max_value=10, help_text="The highest mean vote, of 10.")
    runtime_to = serializers.IntegerField(required=False, min_value=1, max_value=10_000, help_text="Minutes at most.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("year", "vote"):
            first, last = values.get(f"{name}_from"), values.get(f"{name}_to")
            if first is not None and last is not None and first > last:
                raise serializers.ValidationError({f"{name}_to": [f"This is less than “{name}_from”."]})
        return values

    def filters(self) -> FilmFilters:
        """The validated values as filters; genres and languages in whatever case they came."""
        values = self.validated_data
        return FilmFilters(
            genres=_known(values.get("genre", ())),
            languages=tuple(dict.fromkeys(code.lower() for code in values.get("language", ()))),
            **{name: values.get(name) for name in ("year_from", "year_to", "vote_from", "vote_to", "runtime_to")},
        )


def _known(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    known = {genre.casefold(): genre for genre in genres()}
    return tuple(dict.fromkeys(known.get(name.casefold(), name) for name in names))


class ListSerializer(FilterSerializer):
    order = serializers.ChoiceField(
        [(name, order.told) for name, order in ORDERS.items()],
        default=USUAL,
        help_text="In which order. A cursor is of one order.",
    )


class CountSerializer(FilterSerializer):
    """How many films, and which of them."""

    limit = limit_field(24)


class SimilarSerializer(CountSerializer):
    by = serializers.ChoiceField(
        [("story", "title and overview"), ("look", "the poster"), ("both", "both")],
        default="both",
        help_text="What has to be alike.",
    )


class RecommendSerializer(CountSerializer):
    parts = serializers.BooleanField(default=False, help_text="Say what each score is the sum of.")


class RowsSerializer(serializers.Serializer):
    rows = serializers.IntegerField(default=3, min_value=1, max_value=10, help_text="How many rows.")
    limit = limit_field(12, 48)


class GridQuestionSerializer(serializers.Serializer):
    limit = limit_field(28, 60)


class LimitSerializer(serializers.Serializer):
    limit = limit_field(12, 48)


# --- Search ----------------------------------------------------------------------------------------------


class FilmQuestionSerializer(FilterSerializer):
    """A query and the window of its ranking that is wanted."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text=SYNTAX)
    film = RepeatedField(
        child=LikeField("movie"),
        required=False,
        max_length=MAX_LIKES,
        help_text=f"Films like this one, by its id. {WEIGHT_HELP}",
    )
    item = RepeatedField(
        child=LikeField("item"),
        required=False,
        max_length=MAX_LIKES,
        help_text=f"Films like this item of the library, which you must be allowed to see. {WEIGHT_HELP}",
    )
    example = RepeatedField(
        child=LikeField("example"),
        required=False,
        max_length=MAX_LIKES,
        help_text=f"Films like this file: its token, out of `POST /search/examples/`. {WEIGHT_HELP}",
    )
    story = NumberField(default=1.0, min_value=0, max_value=1, help_text="How much title and overview count.")
    look = NumberField(default=1.0, min_value=0, max_value=1, help_text="How much the poster counts.")
    offset = serializers.IntegerField(
        default=0, min_value=0, max_value=MAX_OFFSET, help_text="How many films to leave out."
    )
    limit = limit_field(24)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        if sum(len(values.get(name, ())) for name in ("film", "item", "example")) > MAX_LIKES:
            raise serializers.ValidationError({"film": [f"Search by {MAX_LIKES} films, items and files at most."]})
        if not (values["story"] or values["look"]):
            raise serializers.ValidationError({"story": ["One of “story” and “look” has to be more than 0."]})
        return values

    def query(self, token: str = "") -> FilmQuery:
        """The validated values as a query, with the file that `token` names."""
        values = self.validated_data
        sent = (Like(example=token),) if token else ()
        return FilmQuery(
            words=values.get("q", ""),
            likes=(*sent, *values.get("film", ()), *values.get("item", ()), *values.get("example", ())),
            story=values["story"],
            look=values["look"],
            filters=self.filters(),
        )


class FilmSearchByFileSerializer(FilmQuestionSerializer):
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="A picture, clip, document or text to search by."
    )


@asked("By address", {"url": "https://example.org/spooky.jpg", "q": "haunted house", "story": 0.5})
class FilmSearchByUrlSerializer(FilmQuestionSerializer):
    url = serializers.CharField(max_length=2000, help_text="http(s) address of a picture or clip, public.")


# --- Opinions --------------------------------------------------------------------------------------------


@asked("Liked, and seen", {"liked": True, "rating": 4.5, "watched": True})
class SayingSerializer(serializers.Serializer):
    """What you say about a film."""

    liked = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="False: you dislike it. Null: neither."
    )
    rating = NumberField(required=False, allow_null=True, help_text="0.5 to 5, in halves; null takes it back.")
    watched = serializers.BooleanField(required=False, help_text="Said of what is rated, too, unless it is denied.")
    hidden = serializers.BooleanField(required=False, help_text="Not interested: never recommended.")

    def validate_rating(self, rating: float | None) -> float | None:
        if rating is not None and not (0.5 <= rating <= 5 and (rating * 2).is_integer()):
            raise serializers.ValidationError("A rating is a number from 0.5 to 5, in halves.")
        return rating


@asked("Three films", {"films": ["b1f6a7c0-3b0e-5f6e-9a55-0d7a5c2e8f31"]})
class ChoiceSerializer(serializers.Serializer):
    films = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=60, help_text="The ids of films that you like."
    )


SAID = ("liked", "disliked", "rated", "watched", "hidden")


class MineSerializer(serializers.Serializer):
    said = serializers.ChoiceField(
        SAID, required=False, allow_blank=True, help_text="Only films of which you have said this."
    )
