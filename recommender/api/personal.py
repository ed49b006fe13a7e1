"""Films for one person over HTTP: what to see next, why, and what to begin with."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.documentation import NO_CSRF, errors
from recommender import newcomers, opinions, recommending
from recommender.api.questions import (
    ChoiceSerializer,
    GridQuestionSerializer,
    RecommendSerializer,
    RowsSerializer,
)
from recommender.api.serializers import BecauseSerializer, GridSerializer, RecommendationsSerializer, context_of
from recommender.models import Movie


class RecommendationsView(generics.GenericAPIView):
    serializer_class = RecommendationsSerializer
    permission_classes = [IsAuthenticated]
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_recommendations",
        summary="Films for you",
        description=(
            "By what you liked, rated and watched, in each of your tastes; nothing that you have seen, disliked or do "
            "not want. Each says which film of yours it is near to. While nothing is known of you these are what most "
            "people like, and `personal` is false."
        ),
        parameters=[RecommendSerializer],
        responses={200: RecommendationsSerializer, **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        question = RecommendSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        found = recommending.recommend(request.user, count=given["limit"], filters=question.filters())
        context = context_of(request, [each.movie for each in found.films]) | {"parts": given["parts"]}
        return Response(RecommendationsSerializer(found, context=context).data)


class BecauseView(generics.GenericAPIView):
    serializer_class = BecauseSerializer
    permission_classes = [IsAuthenticated]
    filter_backends = ()

    @extend_schema(
        tags=["films"],
        operation_id="films_because",
        summary="Because you liked …",
        description="Rows of films, each near to one that you liked; none where you have liked nothing yet.",
        parameters=[RowsSerializer],
        responses={200: BecauseSerializer, **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        question = RowsSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        rows = recommending.because_you_liked(request.user, rows=given["rows"], count=given["limit"])
        films = [film for row in rows for film in (row.movie, *row.films)]
        return Response(BecauseSerializer({"results": rows}, context=context_of(request, films)).data)


@extend_schema_serializer(examples=[OpenApiExample("Three films", value={"chosen": 3}, response_only=True)])
class ChosenSerializer(serializers.Serializer):
    chosen = serializers.IntegerField(help_text="How many films you like now of those that were named.")


class StartView(generics.GenericAPIView):
    serializer_class = GridSerializer
    permission_classes = [AllowAny]
    filter_backends = ()

    def get_permissions(self) -> list[object]:
        return [AllowAny()] if self.request.method in ("GET", "HEAD", "OPTIONS") else [IsAuthenticated()]

    @extend_schema(
        tags=["films"],
        operation_id="films_start",
        summary="Films to choose from, to begin with",
        description="Well known, and as different as can be, so that three of them tell something about you.",
        parameters=[GridQuestionSerializer],
        responses={200: GridSerializer, **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        question = GridQuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        user = request.user if request.user.is_authenticated else None
        films = newcomers.onboarding(count=question.validated_data["limit"], user=user)
        return Response(GridSerializer({"results": films}, context=context_of(request, films)).data)

    @extend_schema(
        tags=["films"],
        operation_id="films_start_choose",
        summary="Like several films at once",
        description="What you said about them before stays. Recommendations follow at once.",
        request=ChoiceSerializer,
        responses={
            200: OpenApiResponse(ChosenSerializer, description="They are liked."),
            **errors(400, 401, 403, 413, 415, 429, s403=NO_CSRF),
        },
    )
    def post(self, request: Request) -> Response:
        choice = ChoiceSerializer(data=request.data)
        choice.is_valid(raise_exception=True)
        wanted = set(choice.validated_data["films"])
        films = list(Movie.objects.filter(pk__in=wanted))
        if gone := wanted - {film.pk for film in films}:
            raise serializers.ValidationError({"films": [f"There is no film {min(map(str, gone))}."]})
        return Response({"chosen": opinions.choose(request.user, films)})
