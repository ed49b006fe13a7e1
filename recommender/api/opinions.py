"""What somebody says about films, over HTTP: everybody's own, and nobody else's to see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.documentation import NO_CSRF, errors
from media_library.api.pagination import ByTime
from recommender import opinions
from recommender.api.films import NO_FILM
from recommender.api.questions import MineSerializer, SayingSerializer
from recommender.api.serializers import FILM_EXAMPLE, FilmSerializer, OpinionSerializer, told
from recommender.models import Movie, Opinion

NOTHING_SAID = {"liked": None, "rating": None, "watched": False, "hidden": False, "updated_at": None}


class LastSaidFirst(ByTime):
    ordering = ("-updated_at", "-id")


@told("What you said", FILM_EXAMPLE["opinion"])
class StandingSerializer(OpinionSerializer):
    """What you have said about a film; `updated_at` is null where that is nothing."""

    updated_at = serializers.DateTimeField(allow_null=True, read_only=True)


@told("A film of yours", {"film": FILM_EXAMPLE})
class MySerializer(serializers.Serializer):
    """A film about which you have said something: see its `opinion`."""

    film = FilmSerializer(source="movie")


class MyOpinionsView(generics.GenericAPIView):
    serializer_class = MySerializer
    permission_classes = [IsAuthenticated]
    pagination_class = LastSaidFirst
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Opinion]:
        return (
            Opinion.objects.spoken()
            .filter(user=self.request.user)
            .select_related("movie")
            .defer("movie__words", "before")
        )

    @extend_schema(
        tags=["films"],
        operation_id="films_opinions",
        summary="Films about which you have said something, the last first",
        description=(
            "Liked, disliked, rated, watched, or of no interest. Nobody else sees them but staff who may, in the admin."
        ),
        parameters=[MineSerializer],
        responses={200: MySerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        question = MineSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.get_queryset().filter(_said(question.validated_data.get("said", ""))))
        context = {"request": request, "opinions": {row.movie_id: row for row in page}}
        return self.get_paginated_response(MySerializer(page, many=True, context=context).data)


def _said(what: str) -> Q:
    return {
        "liked": Q(liked=1),
        "disliked": Q(liked=-1),
        "rated": Q(rating__isnull=False),
        "watched": Q(watched=True),
        "hidden": Q(hidden=True),
    }.get(what, Q())


class OpinionView(generics.GenericAPIView):
    serializer_class = StandingSerializer
    permission_classes = [IsAuthenticated]
    queryset = Movie.objects.all()  # for OPTIONS, which looks whether there is something to PUT to
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_opinion",
        summary="What you have said about a film",
        description="All values are empty where that is nothing.",
        responses={200: StandingSerializer, **errors(401, 404, 429, s404=NO_FILM)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        film = self._film(pk)
        return _standing(opinions.of(request.user, [film.pk]).get(film.pk))

    @extend_schema(
        tags=["films"],
        operation_id="films_opinion_say",
        summary="Say what you think of a film",
        description="All of it: what is left out is taken back. One change, which one undo takes back.",
        request=SayingSerializer,
        responses={200: StandingSerializer, **errors(400, 401, 403, 404, 413, 415, 429, s403=NO_CSRF, s404=NO_FILM)},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        return self._say(request, pk, whole=True)

    @extend_schema(
        tags=["films"],
        operation_id="films_opinion_add",
        summary="Say one thing more about a film",
        description="Or change it: what is left out stays as it is. One change, which one undo takes back.",
        request=SayingSerializer,
        responses={200: StandingSerializer, **errors(400, 401, 403, 404, 413, 415, 429, s403=NO_CSRF, s404=NO_FILM)},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._say(request, pk, whole=False)

    @extend_schema(
        tags=["films"],
        operation_id="films_opinion_forget",
        summary="Take back all you have said about a film",
        description="As if nothing had been said. It can be undone.",
        responses={204: OpenApiResponse(description="Forgotten."), **errors(401, 403, 404, 429, s403=NO_CSRF)},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        opinions.forget(request.user, self._film(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _say(self, request: Request, pk: UUID, *, whole: bool) -> Response:
        film = self._film(pk)
        saying = SayingSerializer(data=request.data, partial=not whole)
        saying.is_valid(raise_exception=True)
        given = dict(saying.validated_data)
        if "liked" in given:
            given["liked"] = None if given["liked"] is None else (1 if given["liked"] else -1)
        if given.get("rating") is not None:
            given.setdefault("watched", True)
        return _standing(opinions.say(request.user, film, **(opinions.NOTHING | given if whole else given)))

    def _film(self, pk: UUID) -> Movie:
        return get_object_or_404(Movie.objects.all(), pk=pk)


class UndoView(generics.GenericAPIView):
    serializer_class = StandingSerializer
    permission_classes = [IsAuthenticated]

    @extend_schema(
        tags=["films"],
        operation_id="films_opinion_undo",
        summary="Undo the last thing you said about a film",
        description="A second time it brings that back. Does nothing where nothing was said.",
        request=None,
        responses={200: StandingSerializer, **errors(401, 403, 404, 429, s403=NO_CSRF, s404=NO_FILM)},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return _standing(opinions.undo(request.user, get_object_or_404(Movie.objects.all(), pk=pk)))


def _standing(opinion: Opinion | None) -> Response:
    return Response(StandingSerializer(opinion).data if opinion else NOTHING_SAID)
