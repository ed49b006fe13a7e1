"""What can be asked and what is answered, as it goes over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from media_library.api.fields import TAGS_HELP, TagsField
from media_library.api.serializers import ITEM_EXAMPLE, ItemSerializer
from media_library.models import DocumentKind, Kind, Segment, SegmentKind
from media_library.querysets import ORIENTATIONS
from media_library.services import clean_tags
from search.hits import REASONS, Hit, Spot
from search.models import PastSearch, SavedSearch
from search.query import MAX_LIKES, SORTS, Filters, Like, Query
from search.saved import LONGEST_TITLE

MAX_OFFSET = 10_000
MAX_LIMIT = 100
REASON_CHOICES = list(REASONS.items())

_TOKEN = "9f2b6c1de07a4c7f8a51d3e4b6a7c8d9e0f10213"


SYNTAX = (
    'Words. `"red sofa"`: these must occur, side by side. `-dog`: not this. `beach^2 people^0.5`: counts more, or less '
    "(0.1 to 5). Whatever does not fit these rules is taken as words."
)
LIKE_HELP = "`-` before it: less like it. `^2` after it: counts twice. Repeat it for several."


class LikeField(serializers.CharField):
    """An id or a token with its sign and weight, as a Like."""

    def __init__(self, of_items: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._of_items = of_items

    def to_internal_value(self, data: Any) -> Like:
        try:
            like = Like.parse(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError("This is no id or token.") from error
        if bool(like.item) != self._of_items:
            raise serializers.ValidationError("This is no id or token of this kind.")
        return like


class RepeatedField(serializers.ListField):
    """A parameter that may be repeated; empty values say nothing."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        try:
            return super().to_internal_value([entry for entry in data if entry != ""])
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            # Whoever gives one value knows it by the parameter's name, not by its place in a list.
            raise serializers.ValidationError(
                [message for each in error.detail.values() for message in each]
            ) from error


class QuestionSerializer(serializers.Serializer):
    """A query and the window of its ranking that is wanted."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text=SYNTAX)
    kind = RepeatedField(
        child=serializers.ChoiceField(Kind.choices),
        required=False,
        help_text="Only items of this kind. Repeat it for several.",
    )
    tag = TagsField(required=False, help_text=f"Only items that carry this tag. {TAGS_HELP}")
    owner = serializers.CharField(
        required=False, allow_blank=True, max_length=150, help_text="Only items of this user; `me`: your own."
    )
    album = serializers.UUIDField(required=False, help_text="Only items of this album, where you may see it.")
    shortest = serializers.FloatField(
        required=False, min_value=0, max_value=10**6, help_text="Videos and sounds of at least so many seconds."
    )
    longest = serializers.FloatField(
        required=False, min_value=0, max_value=10**6, help_text="Videos and sounds of at most so many seconds."
    )
    orientation = serializers.ChoiceField(
        ORIENTATIONS, required=False, allow_blank=True, help_text="Wider than high, higher than wide, or neither."
    )
    document = serializers.ChoiceField(
        DocumentKind.choices, required=False, allow_blank=True, help_text="What a picture or a document shows."
    )
    camera = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="A part of the camera's name."
    )
    text = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="With text in it, or without."
    )
    sort = serializers.ChoiceField(
        SORTS, required=False, allow_blank=True, help_text="`date`: of the hits that stand out the newest first."
    )
    like = RepeatedField(
        child=LikeField(of_items=True),
        required=False,
        max_length=MAX_LIKES,
        help_text=f"Find more like this item. {LIKE_HELP}",
    )
    offset = serializers.IntegerField(
        default=0, min_value=0, max_value=MAX_OFFSET, help_text="How many hits to leave out."
    )
    limit = serializers.IntegerField(default=24, min_value=1, max_value=MAX_LIMIT, help_text="How many hits to give.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is no name for a class attribute.
        day = "captured (or, where that is unknown, added), as YYYY-MM-DD."
        return {
            **super().get_fields(),
            "from": serializers.DateField(required=False, help_text=f"The first day on which it was {day}"),
            "to": serializers.DateField(required=False, help_text=f"The last day on which it was {day}"),
        }

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        first, last = values.get("from"), values.get("to")
        if first and last and first > last:
            raise serializers.ValidationError({"to": ["This day is before “from”."]})
        shortest, longest = values.get("shortest"), values.get("longest")
        if shortest is not None and longest is not None and shortest > longest:
            raise serializers.ValidationError({"longest": ["This is less than “shortest”."]})
        if len(values.get("like", ())) + len(values.get("example", ())) > MAX_LIKES:
            raise serializers.ValidationError({"like": [f"Search by {MAX_LIKES} items and examples at most."]})
        return values

    def query(self, example: str = "") -> Query:
        """The validated values as a query, with the picture or clip that `example` names."""
        values = self.validated_data
        sent = (Like(example=example),) if example else ()
        return Query(
            words=values.get("q", ""),
            likes=(*sent, *values.get("example", ()), *values.get("like", ())),
            filters=Filters(
                kinds=tuple(dict.fromkeys(values.get("kind", ()))),
                tags=tuple(clean_tags(values.get("tag", ()))),
                first=values.get("from"),
                last=values.get("to"),
                owner=values.get("owner", ""),
                album=values.get("album"),
                shortest=values.get("shortest"),
                longest=values.get("longest"),
                orientation=values.get("orientation", ""),
                document=values.get("document", ""),
                camera=values.get("camera", ""),
                text=values.get("text"),
            ),
            sort=values.get("sort") or "relevance",
        )


class SearchSerializer(QuestionSerializer):
    example = RepeatedField(
        child=LikeField(of_items=False),
        required=False,
        max_length=MAX_LIKES,
        help_text=f"The token of a picture, clip, sound or document, out of `POST /search/examples/`. {LIKE_HELP}",
    )


class SearchByFileSerializer(QuestionSerializer):
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="A picture, clip, sound, document or text to search by."
    )


class ExampleFileSerializer(serializers.Serializer):
    file = serializers.FileField(
        allow_empty_file=True, help_text="A picture, clip, sound, document or text to search by."
    )


@extend_schema_serializer(
    examples=[OpenApiExample("By address", value={"url": "https://example.org/cat.jpg"}, request_only=True)]
)
class ExampleUrlSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=2000, help_text="http(s) address of a picture, clip or sound, public.")


@extend_schema_serializer(
    examples=[OpenApiExample("A picture", value={"token": _TOKEN, "name": "cat.jpg", "kind": "image"})]
)
class ExampleSerializer(serializers.Serializer):
    """A picture, clip or sound that was encoded to search by."""

    token = serializers.CharField(help_text="Give it as `example` when searching; good for a day.")
    name = serializers.CharField(help_text="The name of the file.")
    kind = serializers.ChoiceField(Kind.choices)


class ReasonSerializer(serializers.Serializer):
    code = serializers.ChoiceField(REASON_CHOICES)
    label = serializers.CharField(help_text="The same for people.")


class MomentSerializer(serializers.ModelSerializer):
    """A segment by which an item was found."""

    picture = serializers.SerializerMethodField()

    class Meta:
        model = Segment
        fields = ("id", "start", "end", "picture")
        read_only_fields = fields

    @extend_schema_field(serializers.URLField())
    def get_picture(self, segment: Segment) -> str:
        return reverse("api-segment-picture", args=[segment.pk], request=self.context["request"])


class PartSerializer(serializers.Serializer):
    text = serializers.CharField()
    marked = serializers.BooleanField(help_text="Whether it is one of the words that were asked for.")


class SpotSerializer(serializers.Serializer):
    """A place in an item where the hit is."""

    id = serializers.IntegerField(source="segment.pk")
    kind = serializers.ChoiceField(SegmentKind.choices, source="segment.kind")
    page = serializers.IntegerField(source="segment.page", allow_null=True, help_text="From 1.")
    start = serializers.FloatField(source="segment.start", allow_null=True, help_text="Seconds.")
    end = serializers.FloatField(source="segment.end", allow_null=True, help_text="Seconds.")
    box = serializers.ListField(
        child=serializers.FloatField(),
        source="segment.box",
        allow_null=True,
        help_text="Left, top, right, bottom as shares of the page or picture.",
    )
    snippet = PartSerializer(many=True, help_text="Its text around the words, in pieces; empty where it has none.")
    marks = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="Boxes of the words, or of the whole passage, in `picture`.",
    )
    picture = serializers.SerializerMethodField(help_text="The page, frame or picture that shows it; null without.")

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_picture(self, spot: Spot) -> str | None:
        if spot.seen_on is None:
            return None
        return reverse("api-segment-picture", args=[spot.seen_on.pk], request=self.context["request"])


class HitSerializer(serializers.Serializer):
    """An item that was found."""

    rank = serializers.IntegerField(help_text="1 for the best.")
    score = serializers.SerializerMethodField(help_text="Up to 1; from 0.5 on the hit stands out.")
    stands_out = serializers.BooleanField(help_text="False: it matches nothing, it is only nearer than the rest.")
    reasons = serializers.SerializerMethodField(help_text="Why it was found.")
    moments = MomentSerializer(many=True, help_text="What is seen of it, best first; none where only words fit.")
    segments = SpotSerializer(many=True, source="spots", help_text="All places in the item, best first.")
    item = ItemSerializer()

    def get_score(self, hit: Hit) -> float:
        return round(min(max(hit.score, 0.0), 1.0), 4)

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, hit: Hit) -> list[dict[str, str]]:
        return [{"code": code, "label": label} for code, label in zip(hit.reasons, hit.reason_labels, strict=True)]


class HintsSerializer(serializers.Serializer):
    """What to try where nothing stands out."""

    instead = serializers.CharField(help_text="The words in another spelling; empty where there is none.")
    tags = serializers.ListField(child=serializers.CharField(), help_text="Tags that mean nearly the same.")
    without_filters = serializers.BooleanField(help_text="Whether something stands out without the filters.")


_HIT = {
    "rank": 1,
    "score": 0.9839,
    "stands_out": True,
    "reasons": [{"code": "title", "label": "title"}, {"code": "shows", "label": "picture"}],
    "moments": [
        {
            "id": 4711,
            "start": 12.48,
            "end": 17.2,
            "picture": "https://sightline.example/api/v1/segments/4711/picture/",
        }
    ],
    "segments": [
        {
            "id": 4799,
            "kind": "text",
            "page": None,
            "start": 12.48,
            "end": 17.2,
            "box": [0.1, 0.8, 0.6, 0.9],
            "snippet": [{"text": "Lost ", "marked": False}, {"text": "cat", "marked": True}],
            "marks": [[0.31, 0.8, 0.42, 0.9]],
            "picture": "https://sightline.example/api/v1/segments/4711/picture/",
        }
    ],
    "item": ITEM_EXAMPLE,
}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Words",
            value={
                "results": [_HIT],
                "offset": 0,
                "limit": 24,
                "next": "https://sightline.example/api/v1/search/?q=cat&offset=24",
                "standing_out": 11,
                "hints": None,
                "example": None,
            },
        ),
        OpenApiExample(
            "Nothing matches",
            value={
                "results": [],
                "offset": 0,
                "limit": 24,
                "next": None,
                "standing_out": 0,
                "hints": {"instead": "cat", "tags": ["kitten"], "without_filters": False},
                "example": None,
            },
        ),
    ]
)
class FoundSerializer(serializers.Serializer):
    """A window of the ranking."""

    results = HitSerializer(many=True)
    offset = serializers.IntegerField()
    limit = serializers.IntegerField()
    next = serializers.URLField(allow_null=True, help_text="The window after this one; null at the end.")
    standing_out = serializers.IntegerField(
        help_text="How many hits, from the first on, match; those after them are only the nearest. 0: nothing matches."
    )
    hints = HintsSerializer(allow_null=True, help_text="What to try where nothing matches; null where something does.")
    example = ExampleSerializer(allow_null=True, help_text="The file that was searched by, the first of several.")


_SAVED = {
    "id": "0b3c6a60-5b0e-4f0e-9d3b-2f6f5f0f7d11",
    "title": "Cats in the garden",
    "address": "q=cat+garden&kind=image",
    "created_at": "2025-05-04T18:02:11Z",
}


@extend_schema_serializer(examples=[OpenApiExample("Saved", value=_SAVED, response_only=True)])
class SavedSearchSerializer(serializers.ModelSerializer):
    """A search that you keep."""

    class Meta:
        model = SavedSearch
        fields = ("id", "title", "address", "created_at")
        read_only_fields = fields


@extend_schema_serializer(
    examples=[OpenApiExample("Keep", value={"address": "q=cat+garden", "title": "Cats"}, request_only=True)]
)
class SaveSearchSerializer(serializers.Serializer):
    address = serializers.CharField(
        max_length=10_000, help_text="The question as it stands in an address: `q=cat&kind=video`."
    )
    title = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_TITLE, help_text="Without one it is called by its words."
    )


@extend_schema_serializer(examples=[OpenApiExample("Rename", value={"title": "Our cats"}, request_only=True)])
class RenameSearchSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=LONGEST_TITLE)


_PAST = {"id": 12, "label": "cat garden", "address": "q=cat+garden", "times": 2, "at": "2025-05-04T18:02:11Z"}


@extend_schema_serializer(examples=[OpenApiExample("Lately", value=_PAST, response_only=True)])
class PastSearchSerializer(serializers.ModelSerializer):
    """A search that you made."""

    class Meta:
        model = PastSearch
        fields = ("id", "label", "address", "times", "at")
        read_only_fields = fields


@extend_schema_serializer(examples=[OpenApiExample("Remember them", value={"remember": True})])
class RememberingSerializer(serializers.Serializer):
    remember = serializers.BooleanField(help_text="Whether your searches are remembered.")
