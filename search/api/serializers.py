"""What can be asked and what is answered, as it goes over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from media_library.api.fields import TAGS_HELP, TagsField
from media_library.api.serializers import ITEM_EXAMPLE, ItemSerializer
from media_library.models import Kind, Segment
from media_library.services import clean_tags
from search.query import Filters, Query
from search.retrieval import REASONS, Hit

MAX_OFFSET = 10_000
MAX_LIMIT = 100
REASON_CHOICES = list(REASONS.items())

_TOKEN = "9f2b6c1de07a4c7f8a51d3e4b6a7c8d9e0f10213"


class QuestionSerializer(serializers.Serializer):
    """A query and the window of its ranking that is wanted."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text="Words.")
    kind = serializers.ChoiceField(Kind.choices, required=False, help_text="Only items of this kind.")
    tag = TagsField(required=False, help_text=f"Only items that carry this tag. {TAGS_HELP}")
    like = serializers.UUIDField(required=False, help_text="Find more like this item.")
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
        return values

    def query(self, example: str = "") -> Query:
        """The validated values as a query, with the picture or clip that `example` names."""
        values = self.validated_data
        return Query(
            words=values.get("q", ""),
            example=example,
            item=values.get("like"),
            filters=Filters(
                kind=values.get("kind", ""),
                tags=tuple(clean_tags(values.get("tag", ()))),
                first=values.get("from"),
                last=values.get("to"),
            ),
        )


class SearchSerializer(QuestionSerializer):
    example = serializers.RegexField(
        r"^[0-9a-f]{40}$", required=False, help_text="The token of a picture or clip, out of `POST /search/examples/`."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("example") and values.get("like"):
            raise serializers.ValidationError({"like": ["Give either “example” or “like”, not both."]})
        return super().validate(values)


class SearchByFileSerializer(QuestionSerializer):
    file = serializers.FileField(required=False, allow_empty_file=True, help_text="A picture or a clip to search by.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("file") and values.get("like"):
            raise serializers.ValidationError({"like": ["Give either “file” or “like”, not both."]})
        return super().validate(values)


class ExampleFileSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True, help_text="A picture or a clip to search by.")


@extend_schema_serializer(
    examples=[OpenApiExample("By address", value={"url": "https://example.org/cat.jpg"}, request_only=True)]
)
class ExampleUrlSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=2000, help_text="http(s) address of a picture or clip, public.")


@extend_schema_serializer(
    examples=[OpenApiExample("A picture", value={"token": _TOKEN, "name": "cat.jpg", "kind": "image"})]
)
class ExampleSerializer(serializers.Serializer):
    """A picture or clip that was encoded to search by."""

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


class HitSerializer(serializers.Serializer):
    """An item that was found."""

    rank = serializers.IntegerField(help_text="1 for the best.")
    score = serializers.SerializerMethodField(help_text="Up to 1; from 0.5 on the hit stands out.")
    reasons = serializers.SerializerMethodField(help_text="Why it was found.")
    moments = MomentSerializer(many=True, help_text="Where in the item, best first; none where only words fit.")
    item = ItemSerializer()

    def get_score(self, hit: Hit) -> float:
        return round(min(max(hit.score, 0.0), 1.0), 4)

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, hit: Hit) -> list[dict[str, str]]:
        return [{"code": code, "label": label} for code, label in zip(hit.reasons, hit.reason_labels, strict=True)]


_HIT = {
    "rank": 1,
    "score": 0.9839,
    "reasons": [{"code": "title", "label": "title"}, {"code": "shows", "label": "picture"}],
    "moments": [
        {
            "id": 4711,
            "start": 12.48,
            "end": 17.2,
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
                "example": None,
            },
        ),
        OpenApiExample(
            "Nothing matches", value={"results": [], "offset": 0, "limit": 24, "next": None, "example": None}
        ),
    ]
)
class FoundSerializer(serializers.Serializer):
    """A window of the ranking."""

    results = HitSerializer(many=True)
    offset = serializers.IntegerField()
    limit = serializers.IntegerField()
    next = serializers.URLField(allow_null=True, help_text="The window after this one; null at the end.")
    example = ExampleSerializer(allow_null=True, help_text="The picture or clip that was searched by.")
