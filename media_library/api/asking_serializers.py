"""The shapes of questions, answers, conversations and captions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from media_library.api.serializers import ITEM_EXAMPLE
from media_library.asking import caption_runs, conversations, prompts
from media_library.hidden import drawing
from media_library.markdown import to_html
from media_library.models import Conversation, Message, Outcome, Role, RunState

PURPOSES = ("describe", "explain", "ask")
MOST_ITEMS = 1000
"""Items that one request names."""

_ID = "b7a0c9d2-1f5e-4d53-8d4b-6a1f3f6f2210"
_CITATION = {"label": "page 3", "item": ITEM_EXAMPLE["id"], "segment": 812, "page": 3, "start": None}
_ANSWER = {
    "conversation": _ID,
    "message": 12,
    "state": "done",
    "problem": "",
    "model": "gemini-3.5-flash-lite",
    "text": "A cat sits on a wall and looks at **two birds**.",
    "html": "<p>A cat sits on a wall and looks at <strong>two birds</strong>.</p>",
    "by_lmm": True,
    "cached": False,
    "citations": [_CITATION],
}
_CONVERSATION = {
    "id": _ID,
    "title": "What is to be seen?",
    "item": ITEM_EXAMPLE["id"],
    "created_at": "2026-05-04T18:02:11Z",
    "updated_at": "2026-05-04T18:02:40Z",
}
_MESSAGE = {
    "id": 12,
    "role": "model",
    "text": _ANSWER["text"],
    "html": _ANSWER["html"],
    "state": "done",
    "problem": "",
    "model": "gemini-3.5-flash-lite",
    "citations": [_CITATION],
    "created_at": "2026-05-04T18:02:40Z",
}
_RUN = {
    "id": _ID,
    "state": "running",
    "phase": "Captioning",
    "waits": "",
    "replace": False,
    "estimate": "0.042000",
    "total": 40,
    "waiting": 12,
    "done": 26,
    "skipped": 2,
    "failed": 0,
    "created_at": "2026-05-04T18:02:11Z",
}


def _example(name: str, value: Any, **options: Any) -> Any:
    options = options or {"response_only": True, "status_codes": ["200", "201", "202"]}
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value, **options)])


@_example("A question", {"question": "What is on the wall?"}, request_only=True)
class AskSerializer(serializers.Serializer):
    purpose = serializers.ChoiceField(PURPOSES, default="ask", help_text="`describe` and `explain` need no question.")
    question = serializers.CharField(
        max_length=prompts.LONGEST_QUESTION, required=False, default="", allow_blank=True, help_text="For `ask`."
    )
    conversation = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Yours about this item, to ask further in it."
    )
    fresh = serializers.BooleanField(default=False, help_text="Not an answer that is kept from before.")


@_example("An answer", _ANSWER)
class AnswerSerializer(serializers.Serializer):
    conversation = serializers.UUIDField(help_text="To ask further in.")
    message = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(Outcome.choices, help_text="`done`; anything else is told by `problem`.")
    problem = serializers.CharField(help_text="What went wrong, as a sentence.")
    model = serializers.CharField(help_text="What answered: the name of a model, or `reader`.")
    text = serializers.CharField(help_text="Markdown; of an answer that broke off, what there was of it.")
    html = serializers.CharField(help_text="The same as HTML that can do no harm.")
    by_lmm = serializers.BooleanField(help_text="False: no LMM was asked.")
    cached = serializers.BooleanField(help_text="Whether it was kept from before, at no cost.")
    citations = serializers.ListField(child=serializers.DictField(), help_text="Where in the item it stands.")
    retry_after = serializers.IntegerField(required=False, help_text="Seconds after which to ask again.")


@_example("Of a receipt", {"seems": "receipt", "questions": ["What is the total?", "Who issued it, and when?"]})
class SuggestionsSerializer(serializers.Serializer):
    seems = serializers.CharField(help_text="What the item seems to be.")
    questions = serializers.ListField(child=serializers.CharField())


class ConversationFields(serializers.ModelSerializer):
    item = serializers.UUIDField(source="item_id", read_only=True, allow_null=True)


@_example("About an item", _CONVERSATION)
class ConversationSerializer(ConversationFields):
    """Questions and answers, yours alone."""

    class Meta:
        model = Conversation
        fields = ("id", "title", "item", "created_at", "updated_at")
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(Role.choices, read_only=True)
    state = serializers.ChoiceField(Outcome.choices, read_only=True)
    html = serializers.SerializerMethodField(help_text="Of an answer: as HTML that can do no harm.")
    citations = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = Message
        fields = ("id", "role", "text", "html", "state", "problem", "model", "citations", "created_at")
        read_only_fields = fields

    @extend_schema_field(str)
    def get_html(self, message: Message) -> str:
        return to_html(message.text) if message.role == Role.MODEL else ""


@_example("With its messages", {**_CONVERSATION, "messages": [_MESSAGE]})
class ConversationDetailSerializer(ConversationFields):
    messages = MessageSerializer(many=True, read_only=True)

    class Meta:
        model = Conversation
        fields = ("id", "title", "item", "created_at", "updated_at", "messages")
        read_only_fields = fields

    def to_representation(self, instance: Conversation) -> dict[str, Any]:
        """What was cited may have become somebody else's alone."""
        told = super().to_representation(instance)
        cited = conversations.citations(self.context["request"].user, list(instance.messages.all()))
        for message in told["messages"]:
            message["citations"] = cited[message["id"]]
        return told


# --- Captions --------------------------------------------------------------------------------------------


@_example("A new one", {"replace": False}, request_only=True)
class CaptionRequestSerializer(serializers.Serializer):
    replace = serializers.BooleanField(default=False, help_text="In the place of one that a person wrote, too.")
    fresh = serializers.BooleanField(default=False, help_text="Not one that is kept from before.")


@_example("Made", {"caption": "A cat sits on a wall and looks at two birds.", "model": "gemini-3.5-flash-lite"})
class CaptionSerializer(serializers.Serializer):
    caption = serializers.CharField(help_text="As it stands now.")
    model = serializers.CharField(help_text="What made it; empty where a person wrote it, or there is none.")


@_example("Two items", {"items": [ITEM_EXAMPLE["id"]], "replace": False, "estimate_only": True}, request_only=True)
class CaptionRunRequestSerializer(serializers.Serializer):
    items = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_ITEMS, help_text="Those you may describe."
    )
    replace = serializers.BooleanField(default=False, help_text="Replace captions that a person wrote, too.")
    estimate_only = serializers.BooleanField(default=False, help_text="Tell the cost, and begin nothing.")


@_example(
    "Of 40 pictures",
    {
        "count": 40,
        "kept": 3,
        "cost": "0.042000",
        "left": "0.910000",
        "model": "gemini-3.5-flash-lite",
        "remote": True,
        "more_than_left": False,
    },
)
class EstimateSerializer(serializers.Serializer):
    """Reads a `caption_runs.Estimate`. US dollars."""

    count = serializers.IntegerField(help_text="Items that would get a caption.")
    kept = serializers.IntegerField(help_text="Items that keep the one that a person wrote.")
    cost = serializers.DecimalField(12, 6, help_text="About what it would cost; 0: the reader writes them.")
    left = serializers.DecimalField(12, 6, allow_null=True, help_text="What you may still spend today; null: no limit.")
    model = serializers.CharField()
    remote = serializers.BooleanField(help_text="Whether anything leaves this machine.")
    more_than_left = serializers.BooleanField()


@_example("Under way", _RUN)
class CaptionRunSerializer(serializers.Serializer):
    """Reads a `caption_runs.Progress`."""

    id = serializers.UUIDField(source="run.pk", read_only=True)
    state = serializers.ChoiceField(RunState.choices, source="run.state", read_only=True)
    phase = serializers.CharField(read_only=True, help_text="What goes on with it, in words for people.")
    waits = serializers.CharField(source="run.waits", read_only=True, help_text="Why it rests, as a sentence.")
    replace = serializers.BooleanField(source="run.replace", read_only=True)
    estimate = serializers.DecimalField(12, 6, source="run.estimate", read_only=True, help_text="US dollars.")
    total = serializers.IntegerField(read_only=True)
    waiting = serializers.IntegerField(read_only=True)
    done = serializers.IntegerField(read_only=True)
    skipped = serializers.IntegerField(read_only=True)
    failed = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(source="run.created_at", read_only=True)

    def to_representation(self, instance: caption_runs.Progress) -> dict[str, Any]:
        return super().to_representation(instance)


# --- Hidden messages -------------------------------------------------------------------------------------


@_example("The course's greens", {"text": "Meet me at the harbour", "size": 40}, request_only=True)
class HiddenDrawSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=drawing.LONGEST_MESSAGE)
    size = serializers.IntegerField(
        default=40, min_value=drawing.SMALLEST_FONT, max_value=drawing.LARGEST_FONT, help_text="Pixels of the font."
    )
    ink = serializers.CharField(default=drawing.INK, max_length=7, help_text="Colour of the letters, #RRGGBB.")
    ground = serializers.CharField(default=drawing.GROUND, max_length=7, help_text="Colour behind them.")


class HiddenReadRequestSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A PNG, JPEG, WebP or GIF file, at most 20 MB. It is not kept.")


@_example("Read", {"message": "Meet me at the harbour", "read_by": "reader", "problem": ""})
class HiddenReadSerializer(serializers.Serializer):
    message = serializers.CharField(help_text="Empty where none was found.")
    read_by = serializers.CharField(help_text="The name of a model, or `reader`: on this machine.")
    problem = serializers.CharField(help_text="Why a model was asked in vain, as a sentence.")
