"""The map over HTTP: its points a page at a time, how far it is, and what words light up."""

from __future__ import annotations

from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from media_library.api.documentation import errors
from media_library.models import Kind
from search.forms import MAX_WORDS
from search.map import fits, reading
from search.query import QueryError

MOST = 5000
"""Points of one answer."""

NOT_DRAWN = "The map is not drawn yet. Try again in a moment."


class MapQuestionSerializer(serializers.Serializer):
    after = serializers.UUIDField(required=False, help_text="The item that the page before ended with.")
    limit = serializers.IntegerField(default=1000, min_value=1, max_value=MOST, help_text="How many points to give.")


class MapPointSerializer(serializers.Serializer):
    item = serializers.UUIDField()
    kind = serializers.ChoiceField(Kind.choices)
    umap = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, help_text="Across and up, -1 to 1, by UMAP."
    )
    pca = serializers.ListField(
        child=serializers.FloatField(), min_length=3, max_length=3, help_text="By the first three axes of PCA."
    )
    cluster = serializers.IntegerField(allow_null=True, help_text="The group it lies in; null for none.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "The map",
            value={
                "number": 3,
                "drawn_at": "2024-05-31T12:00:00Z",
                "drawing": None,
                "missing": 2,
                "missing_because": "2 texts without pictures are not on the map.",
                "next": None,
                "results": [
                    {
                        "item": "6f1c2a54-8d0e-4a57-9a0b-2f6f4f1f7c11",
                        "kind": "image",
                        "umap": [0.1089, 0.2976],
                        "pca": [-0.4086, -0.8347, 0.1133],
                        "cluster": 0,
                    }
                ],
            },
            response_only=True,
        )
    ]
)
class MapSerializer(serializers.Serializer):
    """A page of the map."""

    number = serializers.IntegerField(
        allow_null=True, help_text="Of this drawing; places of two drawings do not fit together. Null: not drawn yet."
    )
    drawn_at = serializers.DateTimeField(allow_null=True)
    drawing = serializers.CharField(
        allow_null=True, help_text="How far another one is that is being drawn, as a sentence; null for none."
    )
    missing = serializers.IntegerField(help_text="Items that you see elsewhere and that are not on the map.")
    missing_because = serializers.CharField(allow_blank=True, help_text="The same as a sentence.")
    next = serializers.URLField(allow_null=True)
    results = MapPointSerializer(many=True)


class MapNearQuestionSerializer(serializers.Serializer):
    q = serializers.CharField(max_length=MAX_WORDS, help_text="Words, as for a search.")


class MapLitSerializer(serializers.Serializer):
    item = serializers.UUIDField()
    brightness = serializers.FloatField(help_text="1 for what is most like the words.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "What is lit",
            value={
                "standing_out": 1,
                "sentence": "1 item stands out for “cat”.",
                "results": [{"item": "6f1c2a54-8d0e-4a57-9a0b-2f6f4f1f7c11", "brightness": 1.0}],
            },
            response_only=True,
        )
    ]
)
class MapNearSerializer(serializers.Serializer):
    """What words light up, the best first."""

    standing_out = serializers.IntegerField(help_text="So many match; where it is 0 these are only the nearest.")
    sentence = serializers.CharField()
    results = MapLitSerializer(many=True)


class MapView(generics.GenericAPIView):
    serializer_class = MapSerializer
    permission_classes = [AllowAny]
    filter_backends = ()
    pagination_class = None

    @extend_schema(
        tags=["map"],
        operation_id="map",
        summary="The map: where items lie beside each other",
        description=(
            "The points of what you may see, in the order of the items' ids; follow `next`. Texts and sounds without "
            "pictures are not on it."
        ),
        parameters=[MapQuestionSerializer],
        responses={200: MapSerializer, **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        asked = MapQuestionSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit = asked.validated_data["limit"]
        fit, drawn = fits.shown(), fits.under_way()
        rows = reading.page(request.user, fit, asked.validated_data.get("after"), limit) if fit else []
        absent = reading.missing(request.user, fit) if fit else reading.Missing({}, 0, 0)
        more = {"after": rows[-1]["item"], "limit": limit} if len(rows) == limit else None
        body = {
            "number": fit.pk if fit else None,
            "drawn_at": fit.ended_at if fit else None,
            "drawing": fits.sentence(drawn) if drawn else None,
            "missing": absent.total,
            "missing_because": absent.sentence,
            "next": f"{reverse('api-map', request=request)}?{urlencode(more)}" if more else None,
            "results": rows,
        }
        return Response(MapSerializer(body).data)


class MapNearView(generics.GenericAPIView):
    serializer_class = MapNearSerializer
    permission_classes = [AllowAny]
    filter_backends = ()
    pagination_class = None

    @extend_schema(
        tags=["map"],
        operation_id="map_similar",
        summary="What on the map looks like words",
        description=f"Everything that you may see is compared. At most {reading.LIT} items.",
        parameters=[OpenApiParameter("q", str, required=True, description="Words, as for a search.")],
        responses={200: MapNearSerializer, **errors(400, 401, 409, 429, 503, s409=NOT_DRAWN)},
    )
    def get(self, request: Request) -> Response:
        asked = MapNearQuestionSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        fit = fits.shown()
        if fit is None:
            raise QueryError("nothing-indexed", NOT_DRAWN)
        found = reading.near(asked.validated_data["q"], request.user, fit)
        body = {
            "standing_out": found.sure,
            "sentence": found.sentence,
            "results": [{"item": pk, "brightness": bright} for pk, bright in found.items],
        }
        return Response(MapNearSerializer(body).data)
