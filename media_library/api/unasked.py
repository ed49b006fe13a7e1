"""What somebody wants to be read without being asked, over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.documentation import NO_CSRF, errors
from media_library.extracting import unasked
from media_library.models import ExtractionKind


@extend_schema_serializer(examples=[OpenApiExample("Two of three", value={"kinds": ["invoice", "table"]})])
class UnaskedSerializer(serializers.Serializer):
    kinds = serializers.ListField(
        child=serializers.ChoiceField(ExtractionKind.choices),
        max_length=2 * len(ExtractionKind),
        help_text="What is read as it comes in; an empty list for nothing.",
    )


class UnaskedView(generics.GenericAPIView):
    serializer_class = UnaskedSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        tags=["extractions"],
        operation_id="extractions_unasked",
        summary="What of yours is read without being asked",
        description="What is recognised as such a document when you put it in is read by the reader, on this machine.",
        responses={200: UnaskedSerializer, **errors(401, 429)},
    )
    def get(self, request: Request) -> Response:
        return Response(self.get_object())

    @extend_schema(
        tags=["extractions"],
        operation_id="extractions_unasked_set",
        summary="Have these kinds read without being asked, and no others",
        description="From now on; what is there already is not read. Nothing is sent to a model.",
        responses={200: UnaskedSerializer, **errors(400, 401, 403, 413, 415, 429, s403=NO_CSRF)},
    )
    def put(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        unasked.wish(request.user, form.validated_data["kinds"])
        return Response(self.get_object())

    def get_object(self) -> dict[str, list[str]]:
        return {"kinds": sorted(unasked.wishes(self.request.user))}
