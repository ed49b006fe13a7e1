"""The catalogue over HTTP: the list, one film, its poster. Open to everybody."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from media_library import serving
from media_library.api.documentation import errors
from media_library.api.files import FILE, RANGE, FileView
from recommender import filters
from recommender.api.paging import ByOrder
from recommender.api.questions import ListSerializer
from recommender.api.serializers import FacetsSerializer, FilmSerializer, context_of
from recommender.models import Movie
from recommender.paging import ORDERS, USUAL

NO_FILM = "There is no such film."


class FilmsView(generics.GenericAPIView):
    serializer_class = FilmSerializer
    permission_classes = [AllowAny]
    pagination_class = ByOrder
    filter_backends = ()
    order = USUAL

    @extend_schema(
        tags=["films"],
        operation_id="films_list",
        summary="Films",
        description="All there are, in one of these orders: "
        + "; ".join(f"`{name}`, {order.told}" for name, order in ORDERS.items())
        + ". Follow `next` to go on.",
        parameters=[ListSerializer],
        responses={200: FilmSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        asked = ListSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        self.order = asked.validated_data["order"]
        page = self.paginate_queryset(asked.filters().apply(Movie.objects.all()))
        return self.get_paginated_response(FilmSerializer(page, many=True, context=context_of(request, page)).data)


class FacetsView(generics.GenericAPIView):
    serializer_class = FacetsSerializer
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["films"],
        operation_id="films_facets",
        summary="Genres and languages of films",
        description="What films can be narrowed by, the most frequent first. Counted anew every few minutes.",
        responses={200: FacetsSerializer, **errors(401, 429)},
    )
    def get(self, request: Request) -> Response:
        return Response(
            {"genres": filters.genres(), "languages": filters.languages(), "films": Movie.objects.order_by().count()}
        )


class FilmView(generics.GenericAPIView):
    serializer_class = FilmSerializer
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["films"],
        operation_id="films_retrieve",
        summary="One film",
        description="With what you have said about it. Its id is the same in every library.",
        responses={200: FilmSerializer, **errors(401, 404, 429, s404=NO_FILM)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        film = get_object_or_404(Movie.objects.all(), pk=pk)
        return Response(FilmSerializer(film, context=context_of(request, [film])).data)


class PosterView(FileView):
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["films"],
        operation_id="films_poster",
        summary="The poster of a film",
        description="WebP, at most 500 × 750 pixels.",
        parameters=[RANGE],
        responses=FILE,
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        film = get_object_or_404(Movie.objects.only("poster"), pk=pk)
        return serving.serve(request._request, film.poster, "image/webp")
