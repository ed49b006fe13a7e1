"""Invoices and receipts: the list with its sums, and the page on which what was read is checked and put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_library.extracting import exporting, invoices, runs
from media_library.extracting.doubts import UNSURE
from media_library.extraction.schemas import Invoice as Read
from media_library.extraction.schemas import Kind as InvoiceKind
from media_library.extraction.schemas import Value
from media_library.models import ExtractionKind, Invoice, InvoiceState, MediaItem
from media_library.pages import readings as shared
from media_library.pages import unasked
from media_library.pages.parts import around

PAGE = 50
LABELS = {
    "kind": "Kind",
    "vendor": "Vendor",
    "address": "Address",
    "number": "Number",
    "date": "Date",
    "due_date": "Due",
    "currency": "Currency",
    "subtotal": "Subtotal",
    "discount": "Discount",
    "charges": "Charges",
    "rounding": "Rounding",
    "total": "Total",
    "paid": "Paid",
    "change": "Change given",
}
LINE_LABELS = {
    "quantity": "Quantity",
    "description": "Description",
    "unit_price": "Unit price",
    "discount": "Discount",
    "amount": "Amount",
}
TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class AskedForm(forms.Form):
    """What narrows the list, as it stands in an address."""

    q = forms.CharField(required=False, max_length=200, label="Words")
    vendor = forms.CharField(required=False, max_length=300)
    state = forms.ChoiceField(required=False, choices=[("", "any"), *InvoiceState.choices])
    currency = forms.RegexField(r"^[A-Z]{3}$", required=False)
    first = forms.DateField(required=False, label="From")
    last = forms.DateField(required=False, label="To")
    marked = forms.BooleanField(required=False, label="Only what does not add up")

    def asked(self) -> invoices.Asked:
        data = self.cleaned_data
        return invoices.Asked(
            words=data["q"].strip(),
            vendor=data["vendor"].strip(),
            state=data["state"],
            currency=data["currency"],
            first=data["first"],
            last=data["last"],
            marked=data["marked"],
        )


@login_required
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    """What there is, newest first, with sums by vendor and by month; or all of it as a file."""
    form = AskedForm(request.GET)
    if not form.is_valid():
        problem = next(iter(next(iter(form.errors.values()))))
        return render(request, "media_library/invoices.html", {"form": form, "problem": problem}, status=400)
    found = form.asked().apply(invoices.visible_to(request.user))
    if (form_of := request.GET.get("as", "")) in TYPES:
        return _file(found, form_of)
    page = Paginator(found.select_related("item"), PAGE).get_page(request.GET.get("page"))
    narrowed = {name: value for name, value in form.data.items() if value and name not in ("page", "as")}
    context = {
        "form": form,
        "page": page,
        "vendors": invoices.by_vendor(found),
        "months": invoices.by_month(found),
        "narrowed": urlencode(narrowed),
        **unasked.context(request.user),
    }
    return render(request, "media_library/invoices.html", context)


def _file(found: Any, kind: str) -> HttpResponse:
    whole = found.select_related("item").prefetch_related("lines")
    write = {"csv": exporting.as_csv, "json": exporting.as_json, "xlsx": exporting.as_xlsx}[kind]
    headers = {"Content-Disposition": f'attachment; filename="invoices.{kind}"'}
    return HttpResponse(write(whole), content_type=TYPES[kind], headers=headers)


# --- One -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A value on the page. `box`: left, top, width and height as shares of `page`, from 1."""

    path: str
    label: str
    value: str = ""
    confidence: float | None = None
    source: str = ""
    page: int = 0
    box: tuple[float, float, float, float] | None = None

    @property
    def unsure(self) -> bool:
        return self.confidence is not None and self.confidence < UNSURE and self.source != "person"


def _field(path: str, label: str, value: Value | None) -> Field:
    if value is None:
        return Field(path, label)
    box = value.box
    return Field(path, label, str(value.value), value.confidence, value.source, box.page if box else 0, around(box))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was read of an item beside its pages; POST keeps what was put right, and with ``approve`` says it is."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    found = Invoice.objects.select_related("approved_by", "extraction").filter(item=item).first()
    editable = MediaItem.objects.editable_by(request.user).filter(pk=pk).exists()
    if request.method == "POST":
        return _kept(request, item, get_object_or_404(invoices.editable_by(request.user), item=pk))
    return render(request, "media_library/invoice.html", _shown(item, found, editable=editable))


def _shown(item: MediaItem, found: Invoice | None, *, editable: bool) -> dict[str, Any]:
    counts = found.extraction if found else None
    context: dict[str, Any] = shared.context(item, ExtractionKind.INVOICE, counts, editable=editable)
    context |= {"invoice": found, "pages": [each for each in runs.pages_of(item) if each.picture]}
    if found:
        read = Read.model_validate(found.data)
        fields = [_field(name, LABELS[name], getattr(read, name)) for name in invoices.FIELDS[1:]]
        context |= {
            "kinds": [(kind.value, kind.value.replace("_", " ")) for kind in InvoiceKind],
            "first": [field for field in fields if field.unsure],
            "then": [field for field in fields if not field.unsure],
            "lines": _rows(read),
            "line_labels": LINE_LABELS.values(),
            "taxes": _taxes(read),
            "marks": read.marks,
            "changes": found.changes.select_related("by")[:50],
        }
    return context


def _rows(read: Read) -> list[Sequence[Field]]:
    """The lines as rows of fields, and an empty one to add to."""
    rows = [
        [_field(f"lines.{number}.{name}", label, getattr(line, name)) for name, label in LINE_LABELS.items()]
        for number, line in enumerate(read.lines)
    ]
    return [*rows, [Field(f"lines.{len(rows)}.{name}", label) for name, label in LINE_LABELS.items()]]


def _taxes(read: Read) -> list[Sequence[Field]]:
    rows = [
        [
            _field(f"taxes.{number}.rate", "Rate, per cent", tax.rate),
            _field(f"taxes.{number}.amount", "Tax", tax.amount),
        ]
        for number, tax in enumerate(read.taxes)
    ]
    empty = [Field(f"taxes.{len(rows)}.rate", "Rate, per cent"), Field(f"taxes.{len(rows)}.amount", "Tax")]
    return [*rows, empty]


def _kept(request: HttpRequest, item: MediaItem, found: Invoice) -> HttpResponse:
    given = {name.removeprefix("value:"): value for name, value in request.POST.items() if name.startswith("value:")}
    try:
        count = invoices.correct(request.user, found, given)
    except invoices.BadValue as bad:
        messages.error(request, f"{bad} Nothing was changed.")
        return redirect("invoice", pk=item.pk)
    if "approve" in request.POST:
        invoices.approve(request.user, found)
        messages.success(request, "Approved.")
        following = _next(request, found)
        return redirect("invoice", pk=following) if following else redirect("invoices")
    said = f"{count} value{'' if count == 1 else 's'} put right." if count else "Nothing was changed."
    messages.success(request, said)
    return redirect("invoice", pk=item.pk)


def _next(request: HttpRequest, found: Invoice) -> UUID | None:
    """The item of the next one that is to be reviewed."""
    waiting = invoices.editable_by(request.user).filter(state=InvoiceState.REVIEW).exclude(pk=found.pk)
    return waiting.order_by("created_at").values_list("item", flat=True).first()


@login_required
@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoices.reopen(get_object_or_404(invoices.editable_by(request.user), item=pk))
    return redirect("invoice", pk=pk)
