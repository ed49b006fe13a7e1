"""Reading request bodies, no larger than the operation has a use for."""

from __future__ import annotations

from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
from rest_framework.request import Request

from media_library.files import readable_size

FORM_OVERHEAD = 1024 * 1024
"""Bytes that a multipart body may have beside its file: boundaries and the other fields."""


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too-large"

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"The {what} is larger than {readable_size(most)}, the most that can be sent here.")


class GuardedJSONParser(JSONParser):
    """JSON that may be wrong in any way; Django itself bounds its length by DATA_UPLOAD_MAX_MEMORY_SIZE."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class UploadParser(MultiPartParser):
    """A multipart form with a file of at most ``view.max_upload_bytes()``, refused before it is read."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> DataAndFiles:
        most = parser_context["view"].max_upload_bytes()
        if _length(parser_context) > most + FORM_OVERHEAD:
            raise TooLarge("file", most)
        return super().parse(stream, media_type, parser_context)


def _length(parser_context: dict[str, Any] | None) -> int:
    # Django reads no body beyond its declared length, so the declared length bounds it.
    request: Request = parser_context["request"]
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
