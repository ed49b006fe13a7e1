"""Questions to the library over HTTP: answered with citations, in one piece or as they come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.asking import EVENTS, S422, S429, S503, JsonOrEvents, LmmFailed
from media_library.api.asking_serializers import AnswerSerializer
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.serializers import ITEM_EXAMPLE
from media_library.asking import answers, events
from media_library.lmm.base import LmmError
from media_library.models import Conversation, Kind, Message
from search import examples
from search.api.serializers import QuestionSerializer
from search.forms import MAX_WORDS
from search.query import Like
from search.rag import answering, keeping, prompts
from search.rag.answering import Question, Sources
from search.rag.sources import Found

NO_CONVERSATION = "You have no such conversation with the library."


_SOURCE = {
    "number": 1,
    "label": "Notice",
    "place": "page 1",
    "item": ITEM_EXAMPLE["id"],
    "segment": 812,
    "shown": 811,
    "page": 1,
    "start": None,
    "box": [0.12, 0.31, 0.83, 0.36],
    "quote": "The reading room will be closed on Thursday, 14 May, from noon.",
    "url": f"/items/{ITEM_EXAMPLE['id']}/?page=1&segment=812",
}
_ANSWER = {
    "conversation": "b7a0c9d2-1f5e-4d53-8d4b-6a1f3f6f2210",
    "message": 12,
    "state": "done",
    "problem": "",
    "model": "gemini-3.5-flash-lite",
    "text": "It is closed on 14 May, from noon [1].",
    "html": "<p>It is closed on 14 May, from noon [1].</p>",
    "by_lmm": True,
    "cached": False,
    "asked_as": "When is the reading room closed?",
    "citations": [_SOURCE],
    "sources": [_SOURCE],
    "nearest": [],
}
_JUDGED = {
    "question": "When is the reading room closed?",
    "asked_as": "When is the reading room closed?",
    "answer": "It is closed on 14 May, from noon [1].",
    "model": "gemini-3.5-flash-lite",
    "helpful": True,
    "reason": "",
    "at": "2026-05-04T18:02:40Z",
}


def _asked(name: str, value: Any) -> Any:
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value, request_only=True)])


def _told(name: str, value: Any) -> Any:
    return extend_schema_serializer(
        examples=[OpenApiExample(name, value=value, response_only=True, status_codes=["200"])]
    )


@_asked("A question", {"question": "When is the reading room closed?", "kind": ["document"]})
class AskLibrarySerializer(QuestionSerializer):
    """A question, with the filters of a search."""

    question = serializers.CharField(max_length=MAX_WORDS, help_text="In words.")
    conversation = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Goes on with this one; without, a new one begins."
    )
    fresh = serializers.BooleanField(default=False, help_text="Not an answer that is kept from before.")
    example = serializers.RegexField(
        r"^[0-9a-f]{40}$", required=False, help_text="The token of a picture that goes with it, of `/search/examples/`."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        left_out = {"q", "sort", "offset", "limit"}
        return {name: field for name, field in super().get_fields().items() if name not in left_out}


@_told("A page", _SOURCE)
class SourceSerializer(serializers.Serializer):
    """What an answer may rest on."""

    number = serializers.IntegerField()
    label = serializers.CharField(help_text="Of the item.")
    place = serializers.CharField(help_text="“page 3”, “at 0:12”; empty for the whole.")
    item = serializers.UUIDField()
    segment = serializers.IntegerField(allow_null=True)
    shown = serializers.IntegerField(allow_null=True, help_text="The segment whose picture shows it.")
    page = serializers.IntegerField(allow_null=True)
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")
    box = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="Left, top, right, bottom, as shares of it.",
    )
    quote = serializers.CharField()
    url = serializers.CharField(help_text="Its page, where it is.")


@_told("An answer", _ANSWER)
class LibraryAnswerSerializer(AnswerSerializer):
    asked_as = serializers.CharField(help_text="The question as it was searched for.")
    citations = SourceSerializer(many=True, help_text="Those of the sources that the answer cites.")
    sources = SourceSerializer(many=True, help_text="All that was laid before the model.")
    nearest = serializers.ListField(
        child=serializers.UUIDField(), help_text="Where nothing fits: the items that come nearest."
    )


class AskView(generics.GenericAPIView):
    serializer_class = AskLibrarySerializer
    permission_classes = [IsAuthenticated]
    content_negotiation_class = JsonOrEvents
    throttle_scope = "lmm"

    @extend_schema(
        tags=["asking"],
        operation_id="ask",
        summary="Ask your library",
        description=(
            "What fits the question is found as `GET /search/` finds it, and laid before a model, or the reader where "
            "none is set up. The answer cites it by number; a citation that its source does not support is replaced "
            "by a mark. With `Accept: text/event-stream` it comes as it is made: events `begun`, `sources`, `piece` "
            "and `end`, the last with the same object as the answer in JSON."
        ),
        request=AskLibrarySerializer,
        responses={
            200: LibraryAnswerSerializer,
            (200, "text/event-stream"): OpenApiResponse(OpenApiTypes.STR, examples=[EVENTS]),
            **errors(400, 401, 403, 404, 413, 415, 429, 503, s403=NO_CSRF, s503=S503, s429=S429),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        question = Question(values["question"], _likes(form), form.query().filters)
        within = self._conversation(values["conversation"])
        if events.TYPE in request.headers.get("Accept", ""):
            # What cannot be searched for is an error, and not the beginning of an answer.
            _, pieces = answering.begin(request.user, question, within, fresh=values["fresh"])
            return events.response(pieces, _teller())
        told, answered = answering.whole(request.user, question, within, fresh=values["fresh"])
        return Response(events.ended(answered) | _found(told.asked_as, told.found))

    def _conversation(self, pk: UUID | None) -> Conversation | None:
        if pk is None:
            return None
        if (found := keeping.of(self.request.user).filter(pk=pk).first()) is None:
            raise serializers.ValidationError({"conversation": [NO_CONVERSATION]})
        return found


def _likes(form: AskLibrarySerializer) -> tuple[Like, ...]:
    token = form.validated_data.pop("example", "")
    if token:
        examples.recall(token)
    return (*([Like(example=token)] if token else []), *form.validated_data.get("like", ()))


def _found(asked_as: str, found: Found) -> dict[str, Any]:
    return {
        "asked_as": asked_as,
        "sources": [source.citation() for source in found.sources],
        "nearest": [str(hit.item.pk) for hit in found.nearest],
    }


def _teller() -> Any:
    said: dict[str, Any] = {}

    def tell(piece: Any) -> events.Told:
        if isinstance(piece, Sources):
            said.update(_found(piece.asked_as, piece.found))
            return "sources", said
        name, data = events.told(piece)
        return name, data | said if isinstance(piece, answers.Answered) else data

    return tell


@_asked("A picture", {"query": "a cat on a wall"})
class MmRagRequestSerializer(serializers.Serializer):
    query = serializers.CharField(max_length=MAX_WORDS)
    kind = serializers.ChoiceField(Kind.choices, default=Kind.IMAGE, help_text="Only items of this kind.")
    prompt = serializers.CharField(max_length=MAX_WORDS, default=prompts.DESCRIBE)


@_told("The best picture", {"source": _SOURCE, "text": "A notice on a door.", "model": "gemini", "by_lmm": True})
class MmRagSerializer(serializers.Serializer):
    source = SourceSerializer(allow_null=True, help_text="What fits best; null where nothing does.")
    text = serializers.CharField(help_text="Markdown; empty where nothing fits.")
    model = serializers.CharField()
    by_lmm = serializers.BooleanField()


class MmRagView(generics.GenericAPIView):
    serializer_class = MmRagRequestSerializer
    permission_classes = [IsAuthenticated]
    throttle_scope = "lmm"

    @extend_schema(
        tags=["asking"],
        operation_id="mm_rag",
        summary="Find the best picture, and ask about it",
        description="Multimodal RAG in one call: what fits `query` best of one kind, and what a model says of it.",
        request=MmRagRequestSerializer,
        responses={
            200: MmRagSerializer,
            **errors(400, 401, 403, 413, 415, 422, 429, 503, s403=NO_CSRF, s422=S422, s429=S429, s503=S503),
        },
    )
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        try:
            best, reply = answering.mm_rag(request.user, values["query"], (values["kind"],), values["prompt"])
        except LmmError as error:
            raise LmmFailed(error) from error
        return Response(
            {
                "source": best.citation() if best else None,
                "text": reply.text if reply else "",
                "model": reply.model if reply else "",
                "by_lmm": bool(reply and reply.by_lmm),
            }
        )


@extend_schema_serializer(
    examples=[OpenApiExample("Not helpful", value={"helpful": False, "reason": "It left out the year."})]
)
class JudgementSerializer(serializers.Serializer):
    helpful = serializers.BooleanField(allow_null=True, help_text="Null takes it back.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=keeping.LONGEST_REASON)


@_told("Helpful", _JUDGED)
class JudgedSerializer(serializers.Serializer):
    question = serializers.CharField()
    asked_as = serializers.CharField()
    answer = serializers.CharField()
    model = serializers.CharField()
    helpful = serializers.BooleanField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class JudgeView(generics.GenericAPIView):
    serializer_class = JudgementSerializer
    permission_classes = [IsAuthenticated]
    queryset = Message.objects.none()  # for OPTIONS, which looks whether there is something to PUT to

    @extend_schema(
        tags=["asking"],
        operation_id="answers_judge",
        summary="Say what you think of an answer",
        description="Of one that you were given: helpful or not, and why.",
        request=JudgementSerializer,
        responses={200: JudgementSerializer, **errors(400, 401, 403, 404, 413, 415, 429, s403=NO_CSRF)},
    )
    def put(self, request: Request, pk: int) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        message = get_object_or_404(keeping.answers_of(request.user), pk=pk)
        keeping.judge(message, form.validated_data["helpful"], form.validated_data["reason"])
        return Response({"helpful": message.helpful, "reason": message.reason})


class JudgedView(generics.GenericAPIView):
    serializer_class = JudgedSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        tags=["asking"],
        operation_id="answers_judged",
        summary="What you thought of answers",
        description="All of your judgements with question and answer, oldest first.",
        responses={200: JudgedSerializer(many=True), **errors(401, 429)},
    )
    def get(self, request: Request) -> Response:
        return Response(keeping.judged(request.user))
