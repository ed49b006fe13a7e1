"""What the library holds: items, and the segments of them that can be found by themselves."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL
from django.urls import reverse
from pgvector.django import BitField, HnswIndex

from media_library.querysets import MediaItemQuerySet, SegmentQuerySet

MAX_ATTEMPTS = 5
"""How often an item whose worker died is taken up again before it is called failed: after five minutes at least."""


class Kind(models.TextChoices):
    IMAGE = "image", "Picture"
    VIDEO = "video", "Video"
    SOUND = "sound", "Sound"
    DOCUMENT = "document", "Document"
    TEXT = "text", "Text"


class Priority(models.IntegerChoices):
    """What is read first."""

    NOW = 0, "At once"
    BULK = 1, "After what somebody waits for"


class Status(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SEGMENTING = "segmenting", "Reading"
    EMBEDDING = "embedding", "Indexing"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class Visibility(models.TextChoices):
    PRIVATE = "private", "Private"
    PUBLIC = "public", "Public"


class TextState(models.TextChoices):
    """How far looking through an item's pictures for text is; empty where there is none to look for."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Read"
    FAILED = "failed", "Failed"


class DocumentKind(models.TextChoices):
    """What a picture or a document shows, by its look and its words."""

    PHOTOGRAPH = "photograph", "Photograph"
    RECEIPT = "receipt", "Receipt"
    INVOICE = "invoice", "Invoice"
    TABLE = "table", "Table"
    CHART = "chart", "Chart"
    FLOWCHART = "flowchart", "Flow chart"
    PAGE = "page", "Page of text"


class SegmentKind(models.TextChoices):
    IMAGE = "image", "Picture"
    FRAME = "frame", "Moment"
    SOUND = "sound", "Stretch of sound"
    PAGE = "page", "Page"
    PASSAGE = "passage", "Passage"
    FIGURE = "figure", "Figure"
    TEXT = "text", "Text in it"
    WORDS = "words", "Words about it"


def original_path(item: "MediaItem", name: str) -> str:
    """Where an original lies: by the item's id, so that neither its name nor another item can do it harm."""
    return f"originals/{item.pk.hex[:2]}/{item.pk.hex}{name}"


class MediaItem(models.Model):
    """One thing somebody put in. The same content of the same owner is one item."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Both this and `batch` begin an index below: one of their own would only cost.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="items", db_index=False)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PRIVATE)
    kind = models.CharField(max_length=16, choices=Kind)

    title = models.CharField(max_length=300, blank=True)
    caption = models.TextField(blank=True, max_length=10_000)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    credit = models.CharField(max_length=500, blank=True, help_text="Author and licence, where they are known.")
    source_url = models.URLField(max_length=2000, blank=True)

    said = models.TextField(blank=True, help_text="What the file says of itself: artist, author, title.")
    note = models.TextField(blank=True, help_text="A sentence for its owner, where only a part of it was read.")

    original_name = models.CharField(max_length=255)
    mime_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="Bytes of the original.")
    sha256 = models.CharField(max_length=64)
    original = models.FileField(upload_to=original_path, max_length=300)
    public_copy = models.FileField(
        max_length=300, blank=True, help_text="What is served where the original tells a location."
    )
    preview = models.FileField(max_length=300, blank=True)
    thumbnail = models.FileField(max_length=300, blank=True)

    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    pages = models.PositiveIntegerField(null=True, blank=True)
    waveform = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="Peaks of a sound, 0 to 100."
    )
    captured_at = models.DateTimeField(null=True, blank=True)
    camera = models.CharField(max_length=200, blank=True)
    document_kind = models.CharField(
        max_length=16, choices=DocumentKind, blank=True, help_text="Recognised, or said by a person; empty before that."
    )
    has_text = models.BooleanField(default=False, help_text="There is text in it: passages, or words in a picture.")
    fingerprint = BitField(length=64, null=True, blank=True, help_text="What it looks like, to find duplicates by.")

    batch = models.ForeignKey(
        "media_library.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="items", db_index=False
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NOW)
    held = models.BooleanField(default=False, help_text="Not to be read until its import goes on.")

    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    failure = models.TextField(blank=True, help_text="Why it failed, as a sentence for its owner.")
    progress = models.FloatField(default=0, help_text="Share of the current step, 0 to 1.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When it last became ready, or failed.")

    text_state = models.CharField(max_length=16, choices=TextState, blank=True)
    text_attempts = models.PositiveSmallIntegerField(default=0)
    text_lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker reads its text until then.")

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MediaItemQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=("owner", "sha256"), name="one_item_per_owner_and_content"),
        ]
        indexes = [
            models.Index(fields=("-created_at", "-id"), name="item_newest"),
            models.Index(fields=("owner", "-created_at"), name="item_owner_newest"),
            models.Index(
                fields=("priority", "created_at"),
                name="item_to_read",
                condition=models.Q(status__in=("waiting", "segmenting"), held=False, deleted_at__isnull=True),
            ),
            models.Index(
                fields=("priority", "created_at"),
                name="item_to_embed",
                condition=models.Q(status="embedding", deleted_at__isnull=True),
            ),
            models.Index(
                fields=("priority", "created_at"),
                name="item_text_to_read",
                condition=models.Q(text_state="waiting", deleted_at__isnull=True),
            ),
            models.Index(fields=("owner", "-finished_at"), name="item_finished"),
            models.Index(fields=("batch", "status"), name="item_batch_status", condition=models.Q(batch__isnull=False)),
            # What the page of jobs counts and lists, among any number of items that are ready.
            models.Index(
                fields=("owner", "status", "held", "priority", "created_at"),
                name="item_unsettled",
                condition=models.Q(
                    status__in=("waiting", "segmenting", "embedding", "failed"), deleted_at__isnull=True
                ),
            ),
            models.Index(
                fields=("owner", "text_state"),
                name="item_text_unsettled",
                condition=models.Q(text_state__in=("waiting", "failed"), deleted_at__isnull=True),
            ),
            # Asked for every half minute. Without the states, each change of which would be written here too.
            models.Index(
                fields=("created_at",),
                name="item_to_recognise",
                condition=models.Q(document_kind="", kind__in=("image", "document"), deleted_at__isnull=True),
            ),
            HnswIndex(fields=("fingerprint",), name="item_fingerprint", opclasses=("bit_hamming_ops",)),
            models.Index(fields=("deleted_at",), name="item_trash", condition=models.Q(deleted_at__isnull=False)),
            GinIndex(fields=("tags",), name="item_tags"),
        ]

    def __str__(self) -> str:
        return self.title or self.original_name

    def get_absolute_url(self) -> str:
        return reverse("item", args=[self.pk])

    @property
    def aspect_ratio(self) -> float:
        """Width by height, 1.0 where unknown: lets a page keep the place of a picture before it loads."""
        return self.width / self.height if self.width and self.height else 1.0

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def pictured(self) -> bool:
        """Whether what stands for it is the thing itself, not a drawing of it."""
        return self.kind in (Kind.IMAGE, Kind.VIDEO)

    @property
    def in_progress(self) -> bool:
        return self.status in (Status.WAITING, Status.SEGMENTING, Status.EMBEDDING)


class Segment(models.Model):
    """The piece of an item that can be found by itself.

    Segments never change: what has new content is a new segment, so a vector always fits its segment.
    """

    item = models.ForeignKey(MediaItem, on_delete=models.CASCADE, related_name="segments")
    kind = models.CharField(max_length=16, choices=SegmentKind)
    ordinal = models.PositiveIntegerField()
    start = models.FloatField(null=True, blank=True, help_text="Seconds into the item.")
    end = models.FloatField(null=True, blank=True, help_text="Seconds into the item.")
    page = models.PositiveIntegerField(null=True, blank=True, help_text="Page of the document, from 1.")
    box = ArrayField(
        models.FloatField(),
        size=4,
        null=True,
        blank=True,
        help_text="Left, top, right, bottom on the page or picture, as shares of its width and height.",
    )
    picture = models.FileField(max_length=300, blank=True)
    heard = models.FileField(max_length=300, blank=True, help_text="The spectrogram of a stretch that is not silent.")
    unheard = models.BooleanField(default=False, help_text="From before sounds were heard: its spectrogram is lacking.")
    unread = models.BooleanField(default=False, help_text="Its picture is still to be looked through for text.")
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list, blank=True, help_text="Where its text stands: [[text, box], …].")
    # Stemmed and as written, so that other languages than English are found by their own words.
    words = models.GeneratedField(
        expression=RawSQL(
            "setweight(to_tsvector('english', heading) || to_tsvector('simple', heading), 'A') || "
            "setweight(to_tsvector('english', text) || to_tsvector('simple', text), 'B')",
            (),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ("item", "kind", "ordinal")
        constraints = [
            models.UniqueConstraint(fields=("item", "kind", "ordinal"), name="one_segment_per_place"),
        ]
        indexes = [
            GinIndex(fields=("words",), name="segment_words"),
            models.Index(fields=("item", "page", "id"), name="segment_unread", condition=models.Q(unread=True)),
            models.Index(fields=("item",), name="segment_unheard", condition=models.Q(unheard=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ordinal} of {self.item_id}"
