"""What was asked of a model: calls with their cost, conversations with their answers, and captions it made."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from media_library.models.items import MediaItem


class Outcome(models.TextChoices):
    """What became of a call."""

    ASKING = "asking", "Being asked"
    DONE = "done", "Answered"
    CUT_OFF = "cut-off", "Cut off"
    BLOCKED = "blocked", "Blocked"
    MALFORMED = "malformed", "Not as asked for"
    AWAY = "away", "Did not answer"
    REFUSED = "refused", "Refused"
    LEFT = "left", "Nobody waited for it"


class LmmCall(models.Model):
    """One question put to a model: for whom, what it cost, how long it took. A cached answer is a call of no cost."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="lmm_calls", db_index=False
    )
    model = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.ASKING)
    cached = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=1)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    # Reserved as an estimate while it is being asked, so that many at once cannot pass the day's limit together.
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0), help_text="US dollars.")
    latency_s = models.FloatField(null=True, blank=True, help_text="Seconds, retries included.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("user", "created_at"), name="lmm_call_user_day"),
            models.Index(fields=("-created_at",), name="lmm_call_newest"),
        ]
        verbose_name = "call of a model"
        verbose_name_plural = "calls of models"

    def __str__(self) -> str:
        return f"{self.purpose} of {self.model}"


class Conversation(models.Model):
    """Questions and answers of one person, about one item or, without one, about the library. Nobody else's to read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    item = models.ForeignKey(MediaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="conversations")
    title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = [models.Index(fields=("owner", "-updated_at"), name="conversation_owner_newest")]

    def __str__(self) -> str:
        return self.title or "Conversation"


class Role(models.TextChoices):
    PERSON = "person", "Person"
    MODEL = "model", "Answer"


class Message(models.Model):
    """One question or one answer. An answer that broke off keeps what there was of it, and says why."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=8, choices=Role)
    text = models.TextField(blank=True, help_text="Of a question as it was asked, of an answer as Markdown.")
    state = models.CharField(max_length=16, choices=Outcome, default=Outcome.DONE)
    problem = models.TextField(blank=True, help_text="What went wrong, as a sentence.")
    model = models.CharField(max_length=100, blank=True)
    citations = models.JSONField(default=list, blank=True, help_text="[{label, item, segment, page, start}, …]")
    call = models.ForeignKey(LmmCall, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_as = models.TextField(blank=True, help_text="Of an answer: the question as it was searched for.")
    helpful = models.BooleanField(null=True, blank=True, help_text="What its reader thinks of the answer.")
    reason = models.CharField(max_length=1000, blank=True, help_text="Why, in the reader's words.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:80]


class MadeCaption(models.Model):
    """The caption of an item that a model made, and what it took the place of.

    It stands while the item's caption is still this text: whoever edits the caption makes it their own.
    """

    item = models.OneToOneField(MediaItem, on_delete=models.CASCADE, related_name="made_caption")
    text = models.TextField()
    replaced = models.TextField(blank=True)
    model = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text[:80]


class RunState(models.TextChoices):
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"


class CaptionRun(models.Model):
    """Captions for many items, made in the background."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="caption_runs")
    state = models.CharField(max_length=16, choices=RunState, default=RunState.RUNNING)
    replace = models.BooleanField(default=False, help_text="Captions that a person wrote are replaced, too.")
    estimate = models.DecimalField(
        max_digits=12, decimal_places=6, default=Decimal(0), help_text="US dollars, as told before it began."
    )
    waits = models.TextField(blank=True, help_text="Why it rests, as a sentence; empty while it goes on.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("owner", "-created_at"), name="caption_run_owner_newest")]

    def __str__(self) -> str:
        return f"Captions of {self.created_at:%Y-%m-%d %H:%M}"


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Captioned"
    SKIPPED = "skipped", "Left as it was"
    FAILED = "failed", "Failed"


class CaptionJob(models.Model):
    """One item of a run."""

    run = models.ForeignKey(CaptionRun, on_delete=models.CASCADE, related_name="jobs")
    item = models.ForeignKey(MediaItem, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=JobState, default=JobState.WAITING)
    problem = models.TextField(blank=True, help_text="Why it was left as it was, or failed, as a sentence.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then, or it rests.")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("run", "item"), name="one_caption_job_per_item")]
        indexes = [models.Index(fields=("run", "id"), name="caption_job_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.item_id}"
