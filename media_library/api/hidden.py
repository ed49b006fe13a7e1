"""Hidden messages over HTTP: drawn, and read."""

from __future__ import annotations

import io

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library import ocr
from media_library.api.asking import JsonOrEvents, LmmFailed
from media_library.api.asking_serializers import HiddenDrawSerializer, HiddenReadRequestSerializer, HiddenReadSerializer
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.fields import one_file
from media_library.api.parsers import UploadParser
from media_library.hidden import drawing, opening, reading
from media_library.lmm.base import NotConfigured


class HiddenDrawView(generics.GenericAPIView):
    serializer_class = HiddenDrawSerializer
    permission_classes = [AllowAny]
    content_negotiation_class = JsonOrEvents

    @extend_schema(
        tags=["hidden messages"],
        operation_id="hidden_messages_draw",
        summary="Hide a message in a picture",
        description="The message in one colour on another that hardly differs, as a PNG. Nothing is stored.",
        request=HiddenDrawSerializer,
        responses={
            (200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY, description="The picture."),
            **errors(400, 401, 403, 413, 415, 429, s403=NO_CSRF),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            picture = drawing.draw(drawing.Message(**form.validated_data))
        except drawing.CannotDraw as cannot:
            raise serializers.ValidationError(str(cannot)) from cannot
        out = io.BytesIO()
        picture.save(out, "PNG")
        return HttpResponse(out.getvalue(), content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


class HiddenReadView(generics.GenericAPIView):
    serializer_class = HiddenReadRequestSerializer
    permission_classes = [IsAuthenticated]
    parser_classes = [UploadParser]
    throttle_scope = "lmm"

    def max_upload_bytes(self) -> int:
        return opening.MAX_BYTES

    @extend_schema(
        tags=["hidden messages"],
        operation_id="hidden_messages_read",
        summary="Read the message that is hidden in a picture",
        description="By a model, or by the reader on this machine. The picture is not kept.",
        request=HiddenReadRequestSerializer,
        responses={200: HiddenReadSerializer, **errors(400, 401, 403, 413, 415, 429, 503, s403=NO_CSRF)},
    )
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        one_file(request.FILES)
        try:
            picture = opening.uploaded(form.validated_data["file"])
            found = reading.read(request.user, picture)
        except opening.CannotLook as cannot:
            raise serializers.ValidationError({"file": [str(cannot)]}) from cannot
        except ocr.OcrError as error:
            raise LmmFailed(NotConfigured(str(error))) from error
        return Response({"message": found.text, "read_by": found.by, "problem": found.problem})
