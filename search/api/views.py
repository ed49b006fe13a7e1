"""Searching over HTTP: by words, by a file, by a URL, by a stored item. Open to everybody, like the first page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import QueryDict
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer

from media_library.api.documentation import NO_CSRF, errors
from media_library.api.fields import one_file
from media_library.api.parsers import GuardedJSONParser, UploadParser
from search import examples, saved
from search.api.serializers import (
    MAX_OFFSET,
    ExampleFileSerializer,
    ExampleSerializer,
    ExampleUrlSerializer,
    FoundSerializer,
    QuestionSerializer,
    SearchByFileSerializer,
    SearchSerializer,
)
from search.forms import SearchForm
from search.hints import hints
from search.query import Query
from search.retrieval import search

NOT_INDEXED = "Nothing is indexed yet, or the item to find more like is not. Try again in a moment."


class SearchView(generics.GenericAPIView):
    serializer_class = FoundSerializer
    permission_classes = [AllowAny]
    parser_classes = [UploadParser]

    @property
    def throttle_scope(self) -> str | None:
        return "search-by-file" if self.request.method == "POST" else None

    def max_upload_bytes(self) -> int:
        return settings.SIGHTLINE_MAX_QUERY_BYTES

    @extend_schema(
        tags=["search"],
        operation_id="search",
        summary="Search",
        description=(
            "By words (`q`), by pictures, clips and documents (`example`), by stored items (`like`), or by all of "
            "these together, each with a weight, and with a minus what hits should not be like. Hits are items, each "
            "with the places where the hit is; what is private to others is not among them. `standing_out` says how "
            "many match: where it is 0 nothing does, and `hints` has what to try. "
            "The windows of one search fit together: follow `next`."
        ),
        parameters=[SearchSerializer],
        responses={
            200: FoundSerializer,
            **errors(400, 401, 404, 409, 429, 503, s404="The item or the example is not there.", s409=NOT_INDEXED),
        },
    )
    def get(self, request: Request) -> Response:
        asked = SearchSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        likes = asked.validated_data.get("example", ())
        recalled = [examples.recall(like.example) for like in likes]
        return found(request, asked, recalled[0] if recalled else None)

    @extend_schema(
        tags=["search"],
        operation_id="search_by_file",
        summary="Search by a file, in one request",
        description=(
            "A multipart form with a picture, clip, document or text and, if you like, words and filters beside it. "
            "`next` goes on without a second upload."
        ),
        request=SearchByFileSerializer,
        responses={
            200: FoundSerializer,
            **errors(
                *(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
                s403=NO_CSRF,
                s404="The item is not there.",
                s409=NOT_INDEXED,
            ),
        },
    )
    def post(self, request: Request) -> Response:
        asked = SearchByFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        one_file(request.FILES)
        file = asked.validated_data.get("file")
        return found(request, asked, examples.remember_file(file, file.name) if file else None, sent=True)


def found(
    request: Request, asked: QuestionSerializer, example: examples.Example | None, sent: bool = False
) -> Response:
    """The answer; `sent`: the example came with the request, and is to be named in what leads on."""
    query = asked.query(example.token if example and sent else "")
    offset, limit = asked.validated_data["offset"], asked.validated_data["limit"]
    page = search(query, request.user, offset, limit)
    prefetch_related_objects([hit.item for hit in page.hits], "owner")
    if not offset:
        saved.remember(request.user, SearchForm(_form_data(query)))
    body = {
        "results": page.hits,
        "offset": offset,
        "limit": limit,
        "next": _next(request, asked, query, page.next_offset),
        "standing_out": page.standing_out,
        "hints": None if page.standing_out or offset else hints(query, request.user),
        "example": example,
    }
    return Response(FoundSerializer(body, context={"request": request}).data)


def _next(request: Request, asked: QuestionSerializer, query: Query, offset: int | None) -> str | None:
    """The address of the next window: the same question, with the file replaced by its token."""
    if offset is None or offset > MAX_OFFSET:
        return None
    values = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in asked.validated_data.items()
        if name != "file" and value not in (None, "", [])
    }
    if tokens := [str(like) for like in query.likes if like.example]:
        values["example"] = tokens
    return f"{reverse('api-search', request=request)}?{urlencode({**values, 'offset': offset}, doseq=True)}"


def _form_data(query: Query) -> QueryDict:
    """The question as the search page's address has it, so that both remember one question once."""
    filters = query.filters
    length = (
        ""
        if filters.shortest is filters.longest is None
        else "-".join("" if bound is None else f"{bound:.0f}" for bound in (filters.shortest, filters.longest))
    )
    values = {
        "q": query.words,
        "like": [str(like) for like in query.likes if like.item],
        "kind": list(filters.kinds),
        "tag": ", ".join(filters.tags),
        "from": filters.first or "",
        "to": filters.last or "",
        "owner": filters.owner,
        "album": filters.album or "",
        "length": length,
        "orientation": filters.orientation,
        "document": filters.document,
        "camera": filters.camera,
        "text": {True: "yes", False: "no"}.get(filters.text, ""),
        "sort": "" if query.sort == "relevance" else query.sort,
    }
    return QueryDict(urlencode({name: value for name, value in values.items() if value}, doseq=True))


class ExamplesView(generics.GenericAPIView):
    """A file comes as a multipart form, a URL as JSON, so that each is limited in its own way before it is read."""

    serializer_class = ExampleSerializer
    permission_classes = [AllowAny]
    parser_classes = [UploadParser, GuardedJSONParser]

    @property
    def by_url(self) -> bool:
        return self.request.content_type.startswith(GuardedJSONParser.media_type)

    @property
    def throttle_scope(self) -> str:
        return "url" if self.by_url else "search-by-file"

    def max_upload_bytes(self) -> int:
        return settings.SIGHTLINE_MAX_QUERY_BYTES

    @extend_schema(
        tags=["search"],
        operation_id="search_examples_create",
        summary="Remember a picture, clip or document to search by",
        description=(
            "A multipart form with a `file`, or JSON with a `url`. It is encoded once and forgotten after a day; "
            "it does not become an item. Give its token as `example` when searching."
        ),
        request={
            "multipart/form-data": ExampleFileSerializer,
            "application/json": ExampleUrlSerializer,
        },
        responses={
            201: OpenApiResponse(ExampleSerializer, description="Ready to be searched by."),
            **errors(400, 401, 403, 409, 413, 415, 422, 429, 503, s403=NO_CSRF, s409="Nothing is indexed yet."),
        },
    )
    def post(self, request: Request) -> Response:
        asked: Serializer = (ExampleUrlSerializer if self.by_url else ExampleFileSerializer)(data=request.data)
        asked.is_valid(raise_exception=True)
        if self.by_url:
            example = examples.remember_url(asked.validated_data["url"])
        else:
            one_file(request.FILES)
            file = asked.validated_data["file"]
            example = examples.remember_file(file, file.name)
        return Response(ExampleSerializer(example).data, status=status.HTTP_201_CREATED)
