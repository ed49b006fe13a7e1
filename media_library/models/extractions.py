"""Documents as data: what was read out of an item, by whom, and the invoice that came of it."""

import uuid

from django.conf import settings
from django.db import models

from media_library.models.items import MediaItem


class ExtractionKind(models.TextChoices):
    INVOICE = "invoice", "Invoice or receipt"
    TABLE = "table", "Tables"
    FLOWCHART = "flowchart", "Flow chart"


class ExtractionState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Read"
    EMPTY = "empty", "Nothing found"
    FAILED = "failed", "Failed"


class Extraction(models.Model):
    """Structured data that was read out of an item once, by one provider."""

    item = models.ForeignKey(MediaItem, on_delete=models.CASCADE, related_name="extractions")
    kind = models.CharField(max_length=16, choices=ExtractionKind, default=ExtractionKind.INVOICE)
    provider = models.CharField(max_length=16, help_text="reader, or the LMM's name as in SIGHTLINE_LMM.")
    model = models.CharField(max_length=100, blank=True)
    prompt = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True, help_text="As extraction/schemas.py has it.")
    state = models.CharField(max_length=16, choices=ExtractionState, default=ExtractionState.WAITING)
    problem = models.TextField(blank=True, help_text="Why it failed or found nothing, or why it rests, as a sentence.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then, or it rests.")
    seconds = models.FloatField(null=True, blank=True, help_text="That it took.")
    chosen = models.BooleanField(default=False, help_text="It counts for its item and kind; an Invoice has its own.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("id",), name="extraction_waiting", condition=models.Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("item", "kind"), condition=models.Q(chosen=True), name="one_extraction_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.provider}"


class UnaskedExtraction(models.Model):
    """Somebody who wants what looks like a document of this kind to be read as one, without being asked."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=ExtractionKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("owner", "kind"), name="one_wish_per_kind")]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.kind}"


class InvoiceState(models.TextChoices):
    REVIEW = "review", "To review"
    APPROVED = "approved", "Approved"


class Invoice(models.Model):
    """What an invoice, receipt or credit note says, as it counts: read, chosen, corrected.

    The columns are what is listed, filtered and summed; `data` has every value with its box, its confidence and who it
    is from. Money as it is written on it, in `currency`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.OneToOneField(MediaItem, on_delete=models.CASCADE, related_name="invoice")
    extraction = models.ForeignKey(Extraction, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=16)
    vendor = models.CharField(max_length=300, blank=True)
    address = models.TextField(blank=True)
    number = models.CharField(max_length=200, blank=True)
    date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    subtotal = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    tax = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True, help_text="All taxes together.")
    total = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    paid = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    data = models.JSONField(default=dict)
    marks = models.PositiveSmallIntegerField(default=0, help_text="Of what does not add up or is missing.")
    state = models.CharField(max_length=16, choices=InvoiceState, default=InvoiceState.REVIEW)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (models.F("date").desc(nulls_last=True), "-created_at", "-id")
        indexes = [models.Index(fields=("-date",), name="invoice_newest")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.vendor, self.number) if part) or str(self.item)


class InvoiceLine(models.Model):
    """A thing that was sold, as it counts."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    ordinal = models.PositiveIntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    description = models.TextField(blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    discount = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)

    class Meta:
        ordering = ("invoice", "ordinal")

    def __str__(self) -> str:
        return self.description[:80]


class InvoiceChange(models.Model):
    """One value that a person changed."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=100, help_text="As “total” or “lines.3.amount”.")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"[:120]
