"""Questions about items, conversations and captions over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.asking_serializers import (
    AnswerSerializer,
    AskSerializer,
    CaptionRequestSerializer,
    CaptionRunRequestSerializer,
    CaptionRunSerializer,
    CaptionSerializer,
    ConversationDetailSerializer,
    ConversationSerializer,
    EstimateSerializer,
    SuggestionsSerializer,
)
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.editing import editable_item
from media_library.api.pagination import ByTime, NewestFirst
from media_library.asking import answers, caption_runs, captions, conversations, events, suggestions
from media_library.lmm.base import Away, LmmError
from media_library.models import CaptionRun, Conversation, MediaItem

LMM_STATUS = {
    "lmm-not-configured": status.HTTP_503_SERVICE_UNAVAILABLE,
    "lmm-away": status.HTTP_503_SERVICE_UNAVAILABLE,
    "lmm-over-budget": status.HTTP_429_TOO_MANY_REQUESTS,
}
"""The rest is 422: it was asked, and this is what came of it."""

NOT_YOURS = "Only who may describe this item may have a caption written."

S503 = "The model is away or none is set up, or the database or the storage is away; the message says what to do."
S429 = "Too many requests, or your limit for today is reached."
S422 = "The model would not answer, or its answer is of no use: the code says why."

EVENTS = OpenApiExample(
    "Streamed",
    value=(
        'event: begun\ndata: {"conversation": "b7a0…"}\n\nevent: piece\ndata: {"text": "A cat "}\n\n'
        'event: end\ndata: {"state": "done", …}\n\n'
    ),
    media_type="text/event-stream",
    response_only=True,
)


class LmmFailed(APIException):
    """What a model, or asking it, raised, as the API says it."""

    def __init__(self, error: LmmError) -> None:
        super().__init__(error.message, error.code)
        self.status_code = LMM_STATUS.get(error.code, status.HTTP_422_UNPROCESSABLE_ENTITY)
        self.wait = error.retry_after if isinstance(error, Away) else None


class HasCaption(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "has-caption"


class JsonOrEvents(DefaultContentNegotiation):
    """Events for whoever asks for them; everything else, and every error, is JSON."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


# --- Asking ----------------------------------------------------------------------------------------------


class ItemAskView(generics.GenericAPIView):
    serializer_class = AskSerializer
    permission_classes = [IsAuthenticated]
    content_negotiation_class = JsonOrEvents
    throttle_scope = "lmm"

    @extend_schema(
        tags=["asking"],
        operation_id="items_ask",
        summary="Ask about an item",
        description=(
            "Describe it, explain it, or answer a question, by a model or, where none is set up, by the reader, which "
            "says so. With `Accept: text/event-stream` the answer comes as it is made: events `begun`, `piece` and "
            "`end`, the last with the same object as the answer in JSON. An answer that goes wrong once it has begun "
            "has status 200 with its `state` and `problem`; what there was of it is kept in the conversation."
        ),
        request=AskSerializer,
        responses={
            200: AnswerSerializer,
            (200, "text/event-stream"): OpenApiResponse(OpenApiTypes.STR, examples=[EVENTS]),
            **errors(400, 401, 403, 404, 413, 415, 429, 503, s403=NO_CSRF),
        },
    )
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        within = self._conversation(form.validated_data["conversation"], item)
        try:
            asked = answers.check(form.validated_data["purpose"], form.validated_data["question"])
        except answers.BadQuestion as bad:
            raise serializers.ValidationError({"question": [str(bad)]}) from bad
        fresh = form.validated_data["fresh"]
        if events.TYPE in request.headers.get("Accept", ""):
            return events.response(answers.stream(request.user, item, asked, within, fresh=fresh))
        return Response(events.ended(answers.whole(request.user, item, asked, within, fresh=fresh)))

    def _conversation(self, pk: UUID | None, item: MediaItem) -> Conversation | None:
        if pk is None:
            return None
        found = conversations.find(self.request.user, pk, item)
        if found is None:
            raise serializers.ValidationError({"conversation": ["You have no such conversation about this item."]})
        return found


class ItemSuggestionsView(generics.GenericAPIView):
    serializer_class = SuggestionsSerializer

    @extend_schema(
        tags=["asking"],
        operation_id="items_suggestions",
        summary="Questions worth asking about an item",
        description="By what it seems to be: a receipt, a chart, a diagram, a photograph …",
        responses={200: SuggestionsSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
        seems = suggestions.seems(item)
        return Response({"seems": seems, "questions": suggestions.QUESTIONS[seems]})


class LatestFirst(ByTime):
    ordering = ("-updated_at", "-id")


class ConversationListView(generics.ListAPIView):
    serializer_class = ConversationSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = LatestFirst
    filter_backends = []

    def get_queryset(self) -> QuerySet[Conversation]:
        return conversations.of(self.request.user)

    @extend_schema(
        tags=["asking"],
        operation_id="conversations_list",
        summary="Your conversations, the latest first",
        description="Nobody else sees them. Those about items that you may not see any more are left out.",
        responses={200: ConversationSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        return self.list(request)


class ConversationView(generics.GenericAPIView):
    serializer_class = ConversationDetailSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Conversation]:
        return conversations.of(self.request.user)

    @extend_schema(
        tags=["asking"],
        operation_id="conversations_retrieve",
        summary="One conversation with its messages",
        description="Questions and answers in their order.",
        responses={200: ConversationDetailSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        tags=["asking"],
        operation_id="conversations_delete",
        summary="Delete a conversation",
        description="For good.",
        responses={204: OpenApiResponse(description="Gone."), **errors(401, 403, 404, 429, s403=NO_CSRF)},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        conversations.delete(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- One caption -----------------------------------------------------------------------------------------


class ItemCaptionView(generics.GenericAPIView):
    serializer_class = CaptionRequestSerializer
    permission_classes = [IsAuthenticated]

    def get_throttles(self) -> list[Any]:
        self.throttle_scope = "lmm" if self.request.method == "POST" else None
        return super().get_throttles()

    @extend_schema(
        tags=["asking"],
        operation_id="items_caption",
        summary="Have a caption written",
        description=(
            "By whoever may describe the item. It is stored, marked as made by a model, and found by search. A caption "
            "that a person wrote is only replaced with `replace`."
        ),
        request=CaptionRequestSerializer,
        responses={
            200: CaptionSerializer,
            **errors(400, 401, 403, 404, 409, 413, 415, 422, 429, 503, s422=S422, s429=S429, s503=S503),
        },
    )
    def post(self, request: Request, pk: UUID) -> Response:
        item = editable_item(request, pk, NOT_YOURS)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            made = captions.make(request.user, item, **form.validated_data)
        except captions.HasCaption as has:
            raise HasCaption(str(has)) from has
        except LmmError as failed:
            raise LmmFailed(failed) from failed
        return Response({"caption": made.text, "model": made.model})

    @extend_schema(
        tags=["asking"],
        operation_id="items_caption_undo",
        summary="Take a written caption back",
        description="What stood there before comes back. Nothing happens where somebody has changed it since.",
        request=None,
        responses={200: CaptionSerializer, **errors(401, 403, 404, 429)},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        item = editable_item(request, pk, NOT_YOURS)
        captions.undo(item)
        made = captions.standing(item)
        return Response({"caption": item.caption, "model": made.model if made else ""})


# --- Many captions ---------------------------------------------------------------------------------------


class CaptionRuns(generics.GenericAPIView):
    serializer_class = CaptionRunSerializer
    permission_classes = [IsAuthenticated]
    filter_backends = []

    def get_queryset(self) -> QuerySet[CaptionRun]:
        return caption_runs.of(self.request.user)

    def told(self, runs: QuerySet[CaptionRun]) -> list[dict[str, Any]]:
        return CaptionRunSerializer(caption_runs.progress(runs), many=True).data

    def one(self, pk: UUID) -> Response:
        return Response(self.told(self.get_queryset().filter(pk=pk))[0])


class CaptionRunListView(CaptionRuns):
    pagination_class = NewestFirst

    @extend_schema(
        tags=["asking"],
        operation_id="captions_list",
        summary="Your runs of captions, newest first",
        description="How far each is, and why it rests where it does.",
        responses={200: CaptionRunSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        listed = self.get_queryset().filter(pk__in=[run.pk for run in page])
        return self.get_paginated_response(self.told(listed))

    @extend_schema(
        tags=["asking"],
        operation_id="captions_create",
        summary="Have captions written for many items",
        description=(
            "In the background. With `estimate_only` the answer (200) is what it would cost, and nothing begins. Items "
            "that you may not describe are left out."
        ),
        request=CaptionRunRequestSerializer,
        responses={
            200: EstimateSerializer,
            202: CaptionRunSerializer,
            **errors(400, 401, 403, 413, 415, 429, s403=NO_CSRF),
        },
    )
    def post(self, request: Request) -> Response:
        form = CaptionRunRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        items = MediaItem.objects.editable_by(request.user).filter(pk__in=asked["items"])
        if asked["estimate_only"]:
            told = caption_runs.estimate(request.user, items, replace=asked["replace"])
            return Response(EstimateSerializer(told).data)
        try:
            run = caption_runs.start(request.user, items, replace=asked["replace"])
        except caption_runs.NothingToDo as nothing:
            raise serializers.ValidationError({"items": [str(nothing)]}) from nothing
        answer = self.one(run.pk)
        answer.status_code = status.HTTP_202_ACCEPTED
        return answer


class CaptionRunView(CaptionRuns):
    @extend_schema(
        tags=["asking"],
        operation_id="captions_retrieve",
        summary="How far a run of captions is",
        description="One that you began.",
        responses={200: CaptionRunSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(self.get_object().pk)


class _CaptionRunChange(CaptionRuns):
    verb: Callable[[CaptionRun], object]

    def post(self, request: Request, pk: UUID) -> Response:
        run = self.get_object()
        type(self).verb(run)
        return self.one(run.pk)


_CHANGED = {200: CaptionRunSerializer, **errors(401, 403, 404, 429, s403=NO_CSRF)}


class CaptionRunStopView(_CaptionRunChange):
    verb = caption_runs.stop

    @extend_schema(
        tags=["asking"],
        operation_id="captions_stop",
        summary="Stop a run of captions",
        description="What is in hand is finished. It can be resumed.",
        request=None,
        responses=_CHANGED,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return super().post(request, pk)


class CaptionRunResumeView(_CaptionRunChange):
    verb = caption_runs.resume

    @extend_schema(
        tags=["asking"],
        operation_id="captions_resume",
        summary="Go on with a run of captions",
        description="At once, and with what failed once more.",
        request=None,
        responses=_CHANGED,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return super().post(request, pk)


class CaptionRunUndoView(_CaptionRunChange):
    verb = caption_runs.undo

    @extend_schema(
        tags=["asking"],
        operation_id="captions_undo",
        summary="Take back what a run has written",
        description="Every caption of it that nobody has changed since.",
        request=None,
        responses=_CHANGED,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return super().post(request, pk)
