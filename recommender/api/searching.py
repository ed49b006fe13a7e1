"""Finding films over HTTP: by words, by a file, by other films and by items of the library. Open to everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from media_library.api.documentation import NO_CSRF, errors
from media_library.api.fields import one_file
from media_library.api.parsers import GuardedJSONParser, UploadParser
from media_library.api.serializers import ITEM_EXAMPLE, ItemSerializer
from media_library.models import MediaItem
from recommender import searching
from recommender.api.fields import written
from recommender.api.films import NO_FILM
from recommender.api.questions import (
    MAX_OFFSET,
    CountSerializer,
    FilmQuestionSerializer,
    FilmSearchByFileSerializer,
    FilmSearchByUrlSerializer,
    LimitSerializer,
    SimilarSerializer,
)
from recommender.api.serializers import (
    HIT_EXAMPLE,
    FilmHitSerializer,
    FilmsFoundSerializer,
    context_of,
    told,
)
from recommender.models import Movie
from search import examples

NOT_INDEXED = "Nothing is indexed yet, or what to search by is not. Try again in a moment."
NOT_THERE = "The film, the item or the file to search by is not there."


class FilmSearchView(generics.GenericAPIView):
    """A file comes as a multipart form, a URL as JSON, so that each is limited in its own way before it is read."""

    serializer_class = FilmsFoundSerializer
    permission_classes = [AllowAny]
    parser_classes = [UploadParser, GuardedJSONParser]
    filter_backends = ()

    @property
    def by_url(self) -> bool:
        return self.request.content_type.startswith(GuardedJSONParser.media_type)

    @property
    def throttle_scope(self) -> str | None:
        if self.request.method != "POST":
            return None
        return "url" if self.by_url else "search-by-file"

    def max_upload_bytes(self) -> int:
        return settings.SIGHTLINE_MAX_QUERY_BYTES

    @extend_schema(
        tags=["films"],
        operation_id="films_search",
        summary="Search films",
        description=(
            "By words (`q`), by films (`film`), by items of the library (`item`) and by files (`example`), or all of "
            "these together, each with a weight, and with a minus what films should not be like. `story` and `look` "
            "say how much title and overview count, and how much the poster. Each hit says why it was found. The "
            "windows of one search fit together: follow `next`."
        ),
        parameters=[FilmQuestionSerializer],
        responses={
            200: FilmsFoundSerializer,
            **errors(400, 401, 404, 409, 429, 503, s404=NOT_THERE, s409=NOT_INDEXED),
        },
    )
    def get(self, request: Request) -> Response:
        question = FilmQuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        return _found(request, question)

    @extend_schema(
        tags=["films"],
        operation_id="films_search_by_file",
        summary="Search films by a picture, in one request",
        description=(
            "A multipart form with a picture, clip, document or text as `file`, or JSON with a `url`, and, if you "
            "like, everything else beside it. `next` goes on without a second upload."
        ),
        request={
            "multipart/form-data": FilmSearchByFileSerializer,
            "application/json": FilmSearchByUrlSerializer,
        },
        responses={
            200: FilmsFoundSerializer,
            **errors(
                *(400, 401, 403, 404, 409, 413, 415, 422, 429, 503), s403=NO_CSRF, s404=NOT_THERE, s409=NOT_INDEXED
            ),
        },
    )
    def post(self, request: Request) -> Response:
        ask = FilmSearchByUrlSerializer if self.by_url else FilmSearchByFileSerializer
        question = ask(data=request.data)
        question.is_valid(raise_exception=True)
        if self.by_url:
            return _found(request, question, examples.remember_url(question.validated_data["url"]))
        one_file(request.FILES)
        file = question.validated_data.get("file")
        return _found(request, question, examples.remember_file(file, file.name) if file else None)


def _found(request: Request, question: FilmQuestionSerializer, sent: examples.Example | None = None) -> Response:
    query = question.query(sent.token if sent else "")
    offset, limit = question.validated_data["offset"], question.validated_data["limit"]
    page = searching.search(query, request.user, offset, limit)
    body = {
        "results": page.hits,
        "offset": offset,
        "limit": limit,
        "next": _next(request, question, query, page.next_offset),
        "total": page.total,
        "stands_out": page.stands_out,
        "example": sent,
    }
    return Response(FilmsFoundSerializer(body, context=_context(request, page.hits)).data)


def _next(
    request: Request, question: FilmQuestionSerializer, query: searching.FilmQuery, offset: int | None
) -> str | None:
    """The address of the next window: the same question, with what was sent along replaced by its token."""
    if offset is None or offset > MAX_OFFSET:
        return None
    values: dict[str, Any] = {
        name: value
        for name, value in question.validated_data.items()
        if name not in ("file", "url") and value not in (None, "", [])
    }
    for name, attribute in (("film", "movie"), ("item", "item"), ("example", "example")):
        values[name] = [written(like) for like in query.likes if getattr(like, attribute)]
    return f"{reverse('api-film-search', request=request)}?{urlencode({**values, 'offset': offset}, doseq=True)}"


def _context(request: Request, hits: list[searching.FilmHit]) -> dict[str, Any]:
    return context_of(request, [hit.movie for hit in hits])


# --- Like one thing --------------------------------------------------------------------------------------


@told("Films alike", {"results": [HIT_EXAMPLE]})
class FilmHitsSerializer(serializers.Serializer):
    results = FilmHitSerializer(many=True, help_text="The nearest first; none before what is asked for is indexed.")


class PictureHitSerializer(serializers.Serializer):
    """An item of the library that looks like a poster."""

    rank = serializers.IntegerField(help_text="1 for the best.")
    score = serializers.FloatField(help_text="Up to 1; from 0.5 on it is far nearer than the rest of the library.")
    stands_out = serializers.BooleanField(help_text="False: it is only nearer than the rest.")
    item = ItemSerializer()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Pictures alike",
            value={"results": [{"rank": 1, "score": 0.91, "stands_out": True, "item": ITEM_EXAMPLE}]},
            response_only=True,
        )
    ]
)
class PictureHitsSerializer(serializers.Serializer):
    results = PictureHitSerializer(many=True)


class SimilarView(generics.GenericAPIView):
    serializer_class = FilmHitsSerializer
    permission_classes = [AllowAny]
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_similar",
        summary="More like this film",
        description="By its story, by the look of its poster, or by both.",
        parameters=[SimilarSerializer],
        responses={200: FilmHitsSerializer, **errors(400, 401, 404, 429, s404=NO_FILM)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        question = SimilarSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        film = get_object_or_404(Movie.objects.all(), pk=pk)
        hits = searching.similar(film, given["by"], given["limit"], question.filters())
        return Response(FilmHitsSerializer({"results": hits}, context=_context(request, hits)).data)


class PicturesLikeView(generics.GenericAPIView):
    serializer_class = PictureHitsSerializer
    permission_classes = [AllowAny]
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_pictures",
        summary="Pictures of the library that look like a film",
        description="Like its poster, among what you may see; none while it has no poster.",
        parameters=[LimitSerializer],
        responses={200: PictureHitsSerializer, **errors(400, 401, 404, 429, s404=NO_FILM)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        question = LimitSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        film = get_object_or_404(Movie.objects.all(), pk=pk)
        hits = searching.pictures_like(film, request.user, question.validated_data["limit"])
        prefetch_related_objects([hit.item for hit in hits], "owner")
        results = [
            {
                "rank": hit.rank,
                "score": round(min(max(hit.score, 0.0), 1.0), 4),
                "stands_out": hit.stands_out,
                "item": hit.item,
            }
            for hit in hits
        ]
        return Response(PictureHitsSerializer({"results": results}, context={"request": request}).data)


class FilmsLikeItemView(generics.GenericAPIView):
    serializer_class = FilmHitsSerializer
    permission_classes = [AllowAny]
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_like_item",
        summary="Films that look like an item of the library",
        description="Their posters are compared with a picture, video or document that you may see.",
        parameters=[CountSerializer],
        responses={200: FilmHitsSerializer, **errors(400, 401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        question = CountSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
        hits = searching.films_like(item, question.validated_data["limit"], question.filters())
        return Response(FilmHitsSerializer({"results": hits}, context=_context(request, hits)).data)
