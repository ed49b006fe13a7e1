"""Every error of the API in one shape: ``{"error": {"code", "message", "fields"?, "retry_after"?}}``."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView, set_rollback

from media_library import troubles
from media_library.fetching import FetchRefused
from media_library.files import readable_size
from media_library.formats.base import FileRejected
from media_library.sharing import SharingRefused
from search.encoders.base import EncoderError
from search.query import QueryError

logger = logging.getLogger(__name__)

QUERY_STATUS = {
    "empty-query": status.HTTP_400_BAD_REQUEST,
    "example-forgotten": status.HTTP_404_NOT_FOUND,
    "no-such-item": status.HTTP_404_NOT_FOUND,
    "no-such-film": status.HTTP_404_NOT_FOUND,
    "not-indexed": status.HTTP_409_CONFLICT,
    "nothing-indexed": status.HTTP_409_CONFLICT,
    "encoder-away": status.HTTP_409_CONFLICT,
}

SHARING_STATUS = {
    "too-many-names": status.HTTP_429_TOO_MANY_REQUESTS,
    "by-group": status.HTTP_409_CONFLICT,
    "not-shared": status.HTTP_409_CONFLICT,
    "gone": status.HTTP_409_CONFLICT,
}

# Sentences in place of those of the framework, by its codes.
SENTENCES = {
    "not_found": "There is nothing here, or it is not yours to see.",
    "not_authenticated": "Sign in first: send the header “Authorization: Token …”.",
    "not_acceptable": "The API answers in JSON only. Send the header “Accept: application/json”, or none.",
}


FULL_RETRY_AFTER_S = 300
"""Somebody has to make room first."""


class Refused(exceptions.APIException):
    """An error that the product raised itself, with a code and a sentence of its own."""

    def __init__(self, status_code: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message, code)
        self.status_code = status_code
        self.wait = retry_after


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The response for what a view raised; None (a 500, and a line in the log) for what nobody foresaw."""
    error = _as_api_exception(exc)
    if error is None:
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    body: dict[str, Any] = {"code": _code(error), "message": _sendable(_message(error, context.get("view")))}
    if fields := dict(_fields(error.detail)):
        body["fields"] = fields
    if getattr(error, "wait", None) is not None:
        body["retry_after"] = math.ceil(error.wait)
        headers["Retry-After"] = str(body["retry_after"])
    return Response({"error": body}, status=error.status_code, headers=headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to what no view foresaw: in the API's shape below /api/, else a page of the site.

    A database or a storage that is away or full meets every view, and what comes before the views; it is told here.
    """
    trouble = _trouble(sys.exception())
    if not request.path.startswith("/api/"):
        return defaults.server_error(request) if trouble is None else _trouble_page(request, trouble)
    if trouble is None:
        message = "Something went wrong here, and it has been noted. Try again in a moment."
        trouble = Refused(500, "server-error", message)
    body: dict[str, Any] = {"code": trouble.detail.code, "message": str(trouble.detail)}
    headers = {}
    if trouble.wait is not None:
        body["retry_after"] = trouble.wait
        headers["Retry-After"] = str(trouble.wait)
    return JsonResponse({"error": body}, status=trouble.status_code, headers=headers)


def _trouble_page(request: HttpRequest, trouble: Refused) -> HttpResponse:
    headers = {} if trouble.wait is None else {"Retry-After": str(trouble.wait)}
    page = render_to_string("trouble.html", {"sentence": str(trouble.detail), "code": trouble.detail.code})
    return HttpResponse(page, status=trouble.status_code, headers=headers)


def _trouble(exc: BaseException | None) -> Refused | None:
    """What is to be said where the database or the storage is away or full; None for anything else."""
    match exc:
        case UnreadablePostError():
            return Refused(status.HTTP_400_BAD_REQUEST, "parse-error", "The body broke off. Send it again.")
        case _ if type(exc) is DatabaseError:
            # Django's own word, and no other's: the row that was to be changed is gone since it was read.
            return Refused(status.HTTP_404_NOT_FOUND, "not-found", SENTENCES["not_found"])
        case _ if isinstance(exc, troubles.DATABASE):
            return Refused(503, "database-away", troubles.DATABASE_AWAY, troubles.RETRY_AFTER_S)
        case OSError() if troubles.is_full(exc):
            return Refused(status.HTTP_507_INSUFFICIENT_STORAGE, "storage-full", troubles.FULL, FULL_RETRY_AFTER_S)
        case OSError() if not troubles.storage_works():
            return Refused(503, "storage-away", troubles.AWAY, troubles.RETRY_AFTER_S)
    return None


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    match exc:
        case exceptions.APIException():
            return exc
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case FileRejected(code="too-large"):
            return Refused(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, exc.code, exc.message)
        case FileRejected() | FetchRefused():
            return Refused(status.HTTP_422_UNPROCESSABLE_ENTITY, exc.code, exc.message)
        case SharingRefused():
            return Refused(SHARING_STATUS.get(exc.code, status.HTTP_400_BAD_REQUEST), exc.code, exc.message)
        case QueryError():
            return Refused(QUERY_STATUS.get(exc.code, status.HTTP_400_BAD_REQUEST), exc.code, exc.message)
        case EncoderError():
            return Refused(status.HTTP_503_SERVICE_UNAVAILABLE, "encoder-unavailable", str(exc))
        case RequestDataTooBig():
            return Refused(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too-large", _too_large())
        case SuspiciousOperation():
            # More fields, or more files, than any form of ours has.
            return Refused(status.HTTP_400_BAD_REQUEST, "suspicious", "The request has more parts than are read.")
    if trouble := _trouble(exc):
        logger.warning("%s: %s", trouble.detail.code, exc)
    return trouble


def _too_large() -> str:
    most = readable_size(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return f"Beside its file, a request may hold no more than {most}."


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    return (getattr(error.detail, "code", None) or error.default_code).replace("_", "-")


def _message(error: exceptions.APIException, view: APIView | None) -> str:
    match error:
        case exceptions.ValidationError():
            return _summary(error)
        case exceptions.Throttled(wait=float() | int() as wait):
            seconds = math.ceil(wait)
            return f"Too many requests. Try again in {seconds} second{'' if seconds == 1 else 's'}."
        case exceptions.UnsupportedMediaType():
            parsers = getattr(view, "parser_classes", api_settings.DEFAULT_PARSER_CLASSES)
            return f"Send the body as {' or '.join(parser.media_type for parser in parsers)}."
        case exceptions.MethodNotAllowed():
            return f"This address answers to {', '.join(view.allowed_methods)} only." if view else str(error.detail)
    code = getattr(error.detail, "code", None)
    return SENTENCES.get(code, str(error.detail)) if error.detail == error.default_detail else str(error.detail)


def _sendable(sentence: str) -> str:
    """`sentence` without the lone surrogates that JSON can carry in, a value quoted in it, and UTF-8 not out."""
    return sentence.encode("utf-8", "replace").decode("utf-8")


def _summary(error: exceptions.ValidationError) -> str:
    """One sentence for a validation error: the first thing that is wrong, and where."""
    fields = dict(_fields(error.detail))
    general = fields.pop(api_settings.NON_FIELD_ERRORS_KEY, None)
    if general or not fields:
        return (general or ["Some values cannot be used."])[0]
    names = ", ".join(f"“{name}”" for name in fields)
    return f"Check {names}: {next(iter(fields.values()))[0]}"


def _fields(detail: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """Nested error details as (dotted name, sentences): ``{"tags": {1: [...]}}`` → ``("tags.1", [...])``."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _fields(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(detail, list):
        plain = [_sendable(str(entry)) for entry in detail if not isinstance(entry, dict | list)]
        if plain:
            yield name or api_settings.NON_FIELD_ERRORS_KEY, plain
        for number, entry in enumerate(detail):
            if isinstance(entry, dict | list):
                yield from _fields(entry, f"{name}.{number}" if name else str(number))
