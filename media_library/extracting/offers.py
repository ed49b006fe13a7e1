"""What an item's page offers to read out of it, and what was read: one entry for each kind of document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media_library.extracting import works
from media_library.extraction.flowcharts.schema import FlowCharts
from media_library.extraction.tables.schema import Tables
from media_library.models import (
    DocumentKind,
    Extraction,
    ExtractionKind,
    ExtractionState,
    Invoice,
    Kind,
    MediaItem,
    TextState,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LABELS = {
    ExtractionKind.INVOICE: "Read as an invoice or receipt",
    ExtractionKind.TABLE: "Read its tables",
    ExtractionKind.FLOWCHART: "Read as a flow chart",
}
FITTING = {
    DocumentKind.RECEIPT: ExtractionKind.INVOICE,
    DocumentKind.INVOICE: ExtractionKind.INVOICE,
    DocumentKind.TABLE: ExtractionKind.TABLE,
    DocumentKind.FLOWCHART: ExtractionKind.FLOWCHART,
}
"""What fits an item that was recognised as one of these."""


@dataclass(frozen=True)
class Offer:
    """One kind of document: what was read of it, that it is being read, or that it can be.

    `kind` is also the name of its page's address. `last`: the newest reading, without its data. `found`: what is said
    of a table or flow chart that was read. `fits`: the item was recognised as such.
    """

    kind: str
    label: str
    name: str
    last: Extraction | None = None
    invoice: Invoice | None = None
    found: str = ""
    fits: bool = False

    @property
    def waits(self) -> bool:
        return self.last is not None and self.last.state == ExtractionState.WAITING

    @property
    def is_read(self) -> bool:
        return bool(self.invoice or self.found)


def of(item: MediaItem) -> list[Offer]:
    """All kinds, the one that fits what the item was recognised as first; at most three statements."""
    newest: dict[str, Extraction] = {}
    rows = Extraction.objects.filter(item=item).defer("data", "prompt").order_by("created_at", "id")
    for row in rows:
        newest[row.kind] = row
    kinds = sorted(ExtractionKind, key=lambda kind: FITTING.get(item.document_kind) != kind)
    read = _read(item) if newest else {}
    return [
        Offer(
            kind=kind,
            label=LABELS[kind],
            name=works.of(kind).name,
            last=newest.get(kind),
            invoice=read.get(kind) if kind == ExtractionKind.INVOICE else None,
            found=read.get(kind, "") if kind != ExtractionKind.INVOICE else "",
            fits=FITTING.get(item.document_kind) == kind,
        )
        for kind in kinds
    ]


def _read(item: MediaItem) -> dict[str, Any]:
    read: dict[str, Any] = {
        each.kind: _said(each) for each in Extraction.objects.filter(item=item, chosen=True).only("kind", "data")
    }
    if invoice := Invoice.objects.filter(item=item).defer("data").first():
        read[ExtractionKind.INVOICE] = invoice
    return read


def _said(extraction: Extraction) -> str:
    if extraction.kind == ExtractionKind.TABLE:
        tables = Tables.model_validate(extraction.data).tables
        sizes = ", ".join(f"{table.rows} × {table.columns}" for table in tables[:3])
        return f"{len(tables)} table{'' if len(tables) == 1 else 's'} of {sizes}{' …' if len(tables) > 3 else ''} cells"
    charts = FlowCharts.model_validate(extraction.data).charts
    said = f"{sum(len(chart.shapes) for chart in charts)} steps and {sum(len(chart.edges) for chart in charts)} arrows"
    return said if len(charts) == 1 else f"{len(charts)} flow charts with {said}"


def panel(user: AbstractBaseUser | AnonymousUser, item: MediaItem, *, editable: bool) -> dict[str, Any]:
    """What the item's page (extracting.html) says of it as a document; nothing where it cannot be one."""
    may_say = item.has_text or item.text_state == TextState.WAITING
    fits = item.kind == Kind.DOCUMENT or (item.kind == Kind.IMAGE and may_say)
    if not (fits and user.is_authenticated):
        return {"extracting": None}
    offers = of(item)
    open_ones = [offer for offer in offers if not offer.is_read and not offer.waits]
    return {
        "extracting": {
            "read": [offer for offer in offers if offer.is_read],
            "waiting": [offer for offer in offers if offer.waits and not offer.is_read],
            "offered": open_ones if editable else [],
        }
    }
