"""The shapes of items and segments, as they go out and come in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema_field,
    extend_schema_serializer,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from media_library.api.fields import OwnImport, TagsField
from media_library.models import DocumentKind, Kind, MediaItem, Segment, Status, Visibility

_SEGMENT = {
    "id": 4711,
    "kind": "frame",
    "ordinal": 2,
    "start": 12.48,
    "end": 17.2,
    "page": None,
    "box": None,
    "heading": "",
    "text": "",
    "picture": "https://sightline.example/api/v1/segments/4711/picture/",
}
ITEM_EXAMPLE = {
    "id": "6f1c2f0e-4a2b-4c55-9c0a-0f3f6a1f6f10",
    "kind": "video",
    "title": "The cat on the wall",
    "caption": "She looks at the birds.",
    "tags": ["cat", "garden"],
    "credit": "Ada, CC BY 4.0",
    "source_url": "",
    "owner": "ada",
    "mine": True,
    "may_edit": True,
    "visibility": "private",
    "original_name": "IMG_2031.mp4",
    "mime_type": "video/mp4",
    "size": 7340032,
    "width": 1920,
    "height": 1080,
    "duration": 31.5,
    "pages": None,
    "captured_at": "2025-05-04T10:31:00Z",
    "camera": "Fairphone 5",
    "document_kind": "",
    "status": "ready",
    "progress": 1.0,
    "failure": "",
    "created_at": "2025-05-04T18:02:11Z",
    "updated_at": "2025-05-04T18:02:40Z",
    "page": "https://sightline.example/items/6f1c2f0e-4a2b-4c55-9c0a-0f3f6a1f6f10/",
    "files": {
        name: f"https://sightline.example/api/v1/items/6f1c2f0e-4a2b-4c55-9c0a-0f3f6a1f6f10/files/{name}/"
        for name in ("original", "preview", "thumbnail")
    },
}


def _example(name: str, value: dict[str, Any]) -> Any:
    return extend_schema_serializer(
        examples=[OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201", "202"])]
    )


FEW_GIVEN = 1000
"""Up to so many items that were given to somebody to edit are asked for at once, more one by one."""


def given_to_edit(request: Request, item: MediaItem) -> bool:
    """Whether `item`, another's, was given to the caller to edit. Where few are, one statement serves for a request."""
    if not request.user.is_authenticated:
        return False
    plain = getattr(request, "_request", request)
    if not hasattr(plain, "given_to_edit"):
        plain.given_to_edit = frozenset(_given(request).values_list("pk", flat=True)[: FEW_GIVEN + 1])
    if len(plain.given_to_edit) > FEW_GIVEN:
        return _given(request).filter(pk=item.pk).exists()
    return item.pk in plain.given_to_edit


def _given(request: Request) -> QuerySet[MediaItem]:
    return MediaItem.objects.editable_by(request.user).exclude(owner=request.user).order_by()


class FilesSerializer(serializers.Serializer):
    """Addresses of an item's files; null where a file does not exist (yet). They want the same sign-in."""

    original = serializers.URLField(allow_null=True, help_text="As it came in, without any location it told.")
    preview = serializers.URLField(allow_null=True, help_text="WebP, the longer side at most 1600 pixels.")
    thumbnail = serializers.URLField(allow_null=True, help_text="WebP, the longer side at most 480 pixels.")


@_example("A moment of a video", _SEGMENT)
class SegmentSerializer(serializers.ModelSerializer):
    """The piece of an item that can be found by itself: a picture, a moment, a page, a passage, the words about it."""

    box = serializers.ListField(
        child=serializers.FloatField(),
        read_only=True,
        allow_null=True,
        help_text="Left, top, right, bottom on the page or picture, as shares of its width and height.",
    )
    picture = serializers.SerializerMethodField(help_text="WebP; null for words.")

    class Meta:
        model = Segment
        fields = ("id", "kind", "ordinal", "start", "end", "page", "box", "heading", "text", "picture")
        read_only_fields = fields

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_picture(self, segment: Segment) -> str | None:
        if not segment.picture:
            return None
        return reverse("api-segment-picture", args=[segment.pk], request=self.context["request"])


@_example("A video", ITEM_EXAMPLE)
class ItemSerializer(serializers.ModelSerializer):
    """One thing somebody put in."""

    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    document_kind = serializers.ChoiceField(
        DocumentKind.choices,
        read_only=True,
        allow_blank=True,
        help_text="What a picture or a document shows; empty where that is not known.",
    )
    owner = serializers.CharField(source="owner.get_username", read_only=True, help_text="The owner's name.")
    mine = serializers.SerializerMethodField(help_text="Whether you own it: then you may also delete and share it.")
    may_edit = serializers.SerializerMethodField(help_text="Whether you may change its title, caption and tags.")
    source_url = serializers.SerializerMethodField(help_text="Where it was fetched from; told to its owner only.")
    failure = serializers.SerializerMethodField(help_text="Why it failed, as a sentence; told to its owner only.")
    page = serializers.HyperlinkedIdentityField(view_name="item", help_text="Its page for people.")
    files = serializers.SerializerMethodField()

    class Meta:
        model = MediaItem
        fields = (
            *("id", "kind", "title", "caption", "tags", "credit", "source_url", "owner", "mine", "may_edit"),
            *("visibility", "original_name", "mime_type", "size", "width", "height", "duration", "pages"),
            *("captured_at", "camera", "document_kind"),
            *("status", "progress", "failure", "created_at", "updated_at", "page", "files"),
        )
        read_only_fields = fields

    def get_mine(self, item: MediaItem) -> bool:
        return item.owner_id == self.context["request"].user.pk

    def get_may_edit(self, item: MediaItem) -> bool:
        return self.get_mine(item) or given_to_edit(self.context["request"], item)

    def get_source_url(self, item: MediaItem) -> str:
        return item.source_url if self.get_mine(item) else ""

    def get_failure(self, item: MediaItem) -> str:
        return item.failure if self.get_mine(item) else ""

    @extend_schema_field(FilesSerializer)
    def get_files(self, item: MediaItem) -> dict[str, str | None]:
        there = {
            # Not served before it was read: only then it is known whether it tells a location.
            "original": bool(item.preview),
            "preview": bool(item.preview),
            "thumbnail": bool(item.thumbnail),
        }
        request = self.context["request"]
        return {
            name: reverse("api-item-file", args=[item.pk, name], request=request) if exists else None
            for name, exists in there.items()
        }


FIRST_SEGMENTS = 100
"""That come with their item; a document may have ten thousand."""


@_example("A video with its moments", {**ITEM_EXAMPLE, "segments": [_SEGMENT], "more_segments": False})
class ItemDetailSerializer(ItemSerializer):
    """One thing somebody put in, with the first of the pieces that can be found by themselves.

    Of an item with `first_segments`, one more than are shown if there are more.
    """

    segments = serializers.SerializerMethodField()
    more_segments = serializers.SerializerMethodField()

    class Meta(ItemSerializer.Meta):
        fields = (*ItemSerializer.Meta.fields, "segments", "more_segments")
        read_only_fields = fields

    @extend_schema_field(SegmentSerializer(many=True))
    def get_segments(self, item: MediaItem) -> list[dict[str, Any]]:
        return SegmentSerializer(item.first_segments[:FIRST_SEGMENTS], many=True, context=self.context).data

    def get_more_segments(self, item: MediaItem) -> bool:
        return len(item.first_segments) > FIRST_SEGMENTS


@_example("Deleted", {**ITEM_EXAMPLE, "deleted_at": "2025-05-05T07:00:00Z"})
class TrashedItemSerializer(ItemSerializer):
    """An item in the trash."""

    class Meta(ItemSerializer.Meta):
        fields = (*ItemSerializer.Meta.fields, "deleted_at")
        read_only_fields = fields


class WordsSerializer(serializers.Serializer):
    """What an owner says about an item."""

    title = serializers.CharField(max_length=300, required=False, allow_blank=True)
    caption = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    tags = TagsField(required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False, help_text="`private` unless said.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("New words", value={"title": "Tabby", "tags": ["cat", "garden"]}, request_only=True),
        OpenApiExample("Publish", value={"visibility": "public"}, request_only=True),
    ]
)
class ItemUpdateSerializer(WordsSerializer):
    """What is left out stays as it is; tags are replaced as a whole."""

    document_kind = serializers.ChoiceField(
        DocumentKind.choices,
        required=False,
        allow_blank=True,
        help_text="What a picture or a document shows; empty has it recognised anew.",
    )


class ItemUploadSerializer(WordsSerializer):
    # An empty file is refused further in, by the sentence that pages show too.
    file = serializers.FileField(allow_empty_file=True, help_text="A file of any kind that the library takes.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # No name for a class attribute.
        help_text = "One of many: the `id` of the import that it belongs to."
        return {**super().get_fields(), "import": OwnImport(required=False, help_text=help_text)}


@extend_schema_serializer(
    examples=[
        OpenApiExample("By address", value={"url": "https://example.org/cat.jpg", "tags": ["cat"]}, request_only=True)
    ]
)
class ItemFromUrlSerializer(WordsSerializer):
    url = serializers.CharField(max_length=2000, help_text="http(s) address of a file, public.")


@_example("A new item", {"created": True, "item": {**ITEM_EXAMPLE, "status": "waiting", "progress": 0.0}})
class IngestedSerializer(serializers.Serializer):
    created = serializers.BooleanField(
        help_text="False where you had this content already; then its words stay as they were."
    )
    item = ItemSerializer()


_KINDS = inline_serializer("CountsByKind", {kind.value: serializers.IntegerField() for kind in Kind})
_STATUSES = inline_serializer("CountsByStatus", {status.value: serializers.IntegerField() for status in Status})


@_example(
    "A small library",
    {
        "total": 15,
        "kind": {"image": 9, "video": 6},
        "status": {"waiting": 1, "segmenting": 1, "embedding": 2, "ready": 11, "failed": 0},
    },
)
class CountsSerializer(serializers.Serializer):
    """How many items there are, by kind and by status; every kind and status is named."""

    total = serializers.IntegerField()
    kind = _KINDS
    status = _STATUSES
