"""Vectors, keyed by the encoder that made them, so that a space outlives its encoder; and what people searched for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from pgvector.django import HalfVectorField

from media_library.models import Segment


class Space(models.TextChoices):
    VISUAL = "visual", "Pictures"
    TEXT = "text", "Words"
    SOUND = "sound", "Sounds"


class EncoderState(models.TextChoices):
    """All but those being removed get vectors of what comes in, so that one that stands by can take over at once."""

    BUILDING = "building", "Building"
    READY = "ready", "Standing by"
    ACTIVE = "active", "Active"
    REMOVING = "removing", "Being removed"


FITTING = {
    Space.VISUAL: lambda: Segment.objects.pictured(),
    Space.TEXT: lambda: Segment.objects.worded(),
    Space.SOUND: lambda: Segment.objects.sounding(),
}
"""The segments that have a vector in each space."""


def _count(rows: models.QuerySet) -> Coalesce:
    """How many `rows` there are, as a subquery: two aggregates over joins would multiply each other."""
    counted = rows.order_by().annotate(every=Value(1)).values("every").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class EncoderQuerySet(models.QuerySet["Encoder"]):
    def active(self, space: str) -> "Encoder | None":
        """The encoder that search in `space` uses now; None before the first item was embedded."""
        return self.filter(space=space, state=EncoderState.ACTIVE).first()

    def wanted(self) -> "EncoderQuerySet":
        """Encoders that every segment should have a vector of."""
        return self.exclude(state=EncoderState.REMOVING)

    def with_coverage(self) -> "EncoderQuerySet":
        """Adds ``vectors``, how many segments, and whatever else has vectors, have one of the encoder, and ``fitting``,
        how many should."""
        from search import holdings  # which knows encoders, and so imports this module

        vectors = _count(Embedding.objects.filter(encoder=OuterRef("pk")))
        fitting = {space: _count(fitting()) for space, fitting in FITTING.items()}
        for holding in holdings.known():
            vectors = vectors + _count(holding.made().filter(encoder=OuterRef("pk")))
            for space in FITTING:
                if (others := holding.fitting(space)) is not None:
                    fitting[space] = fitting[space] + _count(others)
        return self.annotate(
            vectors=vectors, fitting=Case(*(When(space=space, then=count) for space, count in fitting.items()))
        )


class Encoder(models.Model):
    """One encoder of one space. Its key changes with model, weights and preprocessing."""

    space = models.CharField(max_length=16, choices=Space)
    key = models.CharField(max_length=300)
    spec = models.CharField(max_length=300, help_text="How to load it; see SIGHTLINE_VISUAL_ENCODER.")
    dimensions = models.PositiveIntegerField(default=0, help_text="0 until it was loaded.")
    problem = models.TextField(blank=True, help_text="Why it cannot be built, as a sentence for people.")
    state = models.CharField(max_length=16, choices=EncoderState, default=EncoderState.BUILDING)
    configured = models.BooleanField(default=False, help_text="Whether the settings named it last.")
    takes_over = models.BooleanField(default=False, help_text="Whether it serves by itself as soon as it is complete.")
    building_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    calibration = models.JSONField(
        null=True, blank=True, help_text="From which score on a match is believed; see calibration.py."
    )

    objects = EncoderQuerySet.as_manager()

    class Meta:
        ordering = ("space", "-created_at")
        constraints = [
            models.UniqueConstraint(fields=("space", "key"), name="one_row_per_encoder"),
            models.UniqueConstraint(
                fields=("space",), condition=models.Q(state="active"), name="one_active_encoder_per_space"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_space_display()}: {self.key}"

    def missing(self) -> models.QuerySet[Segment]:
        """Segments that should have a vector of it and have none."""
        fitting = FITTING[Space(self.space)]()
        return fitting.exclude(Exists(Embedding.objects.filter(encoder=self, segment=OuterRef("pk"))))


class Embedding(models.Model):
    """The unit vector of one segment, made by one encoder."""

    # Both begin an index below: one of their own would only cost.
    encoder = models.ForeignKey(Encoder, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    # The segment's item, again: search filters and groups by it for every candidate.
    item = models.ForeignKey("media_library.MediaItem", on_delete=models.CASCADE, related_name="+")
    # Encoders differ in dimensions; each has a partial HNSW index over its own (see indexing.py).
    vector = HalfVectorField()
    # Its similarities to words for all kinds of things, by which a match is judged (see background.py).
    background_mean = models.FloatField()
    background_spread = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("segment", "encoder"), name="one_vector_per_segment_and_encoder"),
        ]
        # Where few items are allowed, their vectors are gone to one by one.
        indexes = [models.Index(fields=("encoder", "item"), name="embedding_encoder_item")]

    def __str__(self) -> str:
        return f"{self.encoder_id}/{self.segment_id}"


class SavedSearch(models.Model):
    """A search that somebody kept under a name. Nobody else sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    title = models.CharField(max_length=200)
    address = models.TextField(help_text="The question as it stands in an address: q=cat&kind=video.")
    digest = models.CharField(max_length=64, help_text="Of the address, so that each is kept once.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title", "id")
        constraints = [models.UniqueConstraint(fields=("owner", "digest"), name="one_saved_search_per_question")]

    def __str__(self) -> str:
        return self.title


class PastSearch(models.Model):
    """A search that somebody made, once however often. Nobody else sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="past_searches")
    label = models.CharField(max_length=200)
    address = models.TextField(help_text="The question as it stands in an address: q=cat&kind=video.")
    digest = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [models.UniqueConstraint(fields=("owner", "digest"), name="one_past_search_per_question")]
        indexes = [models.Index(fields=("owner", "-at"), name="past_search_newest")]

    def __str__(self) -> str:
        return self.label


class NoHistory(models.Model):
    """Somebody who wants no record of their searches."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.owner_id)


class RunState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class TrainingRun(models.Model):
    """One training: what was asked for, how far it is, and what came out. Its weights lie in its folder."""

    preset = models.CharField(max_length=16, help_text="As in `manage.py train_contrastive`.")
    config = models.JSONField(default=dict, help_text="The options that differ from what is usual.")
    folder = models.CharField(max_length=500)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.WAITING)
    by_worker = models.BooleanField(default=True, help_text="Otherwise by a command, which nobody takes over from.")
    stop_asked = models.BooleanField(default=False)
    progress = models.JSONField(null=True, blank=True, help_text="See training.loop.Progress.")
    curve = models.JSONField(default=list, blank=True, help_text="[step, loss, learning rate], some hundreds of them.")
    results = models.JSONField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it failed, as a sentence for people.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Since it last got on.")
    encoder = models.ForeignKey(Encoder, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    alive_at = models.DateTimeField(null=True, blank=True, help_text="When whoever trains it was last heard of.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.preset} {self.pk}"


class MapFit(models.Model):
    """One drawing of the map: where items lie by the vectors of one encoder, and what places those that come later.

    Each encoder has one that is done, and while it is drawn anew one more, which takes its place at once.
    """

    encoder = models.ForeignKey(Encoder, on_delete=models.CASCADE, related_name="maps")
    state = models.CharField(max_length=16, choices=RunState, default=RunState.WAITING)
    step = models.CharField(max_length=60, blank=True, help_text="What is being done, as words for people.")
    share = models.FloatField(default=0, help_text="How much of it is done, 0 to 1.")
    problem = models.TextField(blank=True, help_text="Why it failed, as a sentence for people.")
    attempts = models.PositiveSmallIntegerField(default=0)
    items = models.PositiveIntegerField(default=0, help_text="How many had vectors when it was begun.")
    axes = models.BinaryField(null=True, help_text="Mean and three axes, (4, dimensions) float32; see map/layout.py.")
    frames = models.JSONField(null=True, help_text="Centre and half-width of either drawing; see map/layout.py.")
    clusters = models.JSONField(default=list, help_text="Background words of each cluster, by its number.")
    created_at = models.DateTimeField(auto_now_add=True)
    alive_at = models.DateTimeField(null=True, blank=True, help_text="When whoever draws it was last heard of.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Map {self.pk} of {self.encoder_id}"


class MapPoint(models.Model):
    """Where one item lies on one map. Places are in 32,767ths of half the width of the map, from -32,767 on."""

    # The constraint below begins with it.
    fit = models.ForeignKey(MapFit, on_delete=models.CASCADE, related_name="points", db_index=False)
    item = models.ForeignKey("media_library.MediaItem", on_delete=models.CASCADE, related_name="map_points")
    umap_x = models.SmallIntegerField()
    umap_y = models.SmallIntegerField()
    pca_x = models.SmallIntegerField()
    pca_y = models.SmallIntegerField()
    pca_z = models.SmallIntegerField()
    cluster = models.SmallIntegerField(default=-1, help_text="-1 for none.")
    anchor = models.BooleanField(default=False, help_text="It was laid out, and others are placed by it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("fit", "item"), name="one_point_per_item_and_map")]

    def __str__(self) -> str:
        return f"{self.fit_id}/{self.item_id}"
