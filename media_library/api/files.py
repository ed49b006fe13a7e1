"""Stored files for clients that sign in by token; browsers get them from the pages' own addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from media_library import serving
from media_library.api.documentation import errors

RANGE = OpenApiParameter(
    "Range", str, OpenApiParameter.HEADER, description="One byte range, such as `bytes=0-65535`, to seek in a video."
)
FILE = {
    (200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The file."),
    (206, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The bytes asked for."),
    304: OpenApiResponse(description="You have it: `If-None-Match` named its ETag."),
    **errors(401, 404, 416, s404="No such item or segment, not yours to see, or this file is not made (yet)."),
}


class AnyAccept(BaseContentNegotiation):
    """A file is what it is; only errors are rendered, and always as JSON."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class FileView(APIView):
    content_negotiation_class = AnyAccept
    # One page of a grid asks for a hundred thumbnails.
    throttle_classes = []


class ItemFileView(FileView):
    @extend_schema(
        tags=["files"],
        operation_id="items_file",
        summary="An item's original, preview or thumbnail",
        description=(
            "Of an original that tells a location, the copy that does not. "
            "With `?download`, the original comes as an attachment."
        ),
        parameters=[
            RANGE,
            OpenApiParameter("variant", str, OpenApiParameter.PATH, enum=serving.VARIANTS),
            OpenApiParameter("download", str, description="Any value: send the original as an attachment."),
        ],
        responses=FILE,
    )
    def get(self, request: Request, pk: UUID, variant: str) -> HttpResponseBase:
        return serving.item_file(request._request, pk, variant)


class SegmentPictureView(FileView):
    @extend_schema(
        tags=["files"],
        operation_id="segments_picture",
        summary="A segment's picture",
        description="WebP, the longer side at most 512 pixels.",
        parameters=[RANGE],
        responses=FILE,
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return serving.segment_picture(request._request, pk)
