"""Invoices as they count: taken from an extraction, corrected and approved by people, listed and summed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from pydantic import ValidationError

from media_library.extraction.checking import check
from media_library.extraction.schemas import Invoice as Read
from media_library.extraction.schemas import InvoiceLine as ReadLine
from media_library.extraction.schemas import Source, Value
from media_library.models import (
    Extraction,
    ExtractionKind,
    Invoice,
    InvoiceChange,
    InvoiceLine,
    InvoiceState,
    MediaItem,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

FIELDS = (
    *("kind", "vendor", "address", "number", "date", "due_date", "currency", "subtotal", "discount", "charges"),
    *("rounding", "total", "paid", "change"),
)
"""Of an invoice that a person can change, beside its lines and taxes."""
LINE_FIELDS = ("quantity", "description", "unit_price", "discount", "amount")
TAX_FIELDS = ("rate", "amount")
LIMIT = Decimal(10**12)
"""What a column of the model cannot hold any more; sums of values that it can may come to that."""


class BadValue(ValueError):
    """A value that cannot be kept; the message is a sentence for the user."""


def visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Invoice]:
    """Those of items that `user` may see."""
    return Invoice.objects.filter(item__in=MediaItem.objects.visible_to(user).order_by().values("pk"))


def editable_by(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Invoice]:
    return Invoice.objects.filter(item__in=MediaItem.objects.editable_by(user).order_by().values("pk"))


def checked(read: Read) -> Read:
    """`read` with what does not add up marked, whoever read it."""
    read.marks = [*(mark for mark in read.marks if mark.code == "pages"), *check(read)]
    return read


def by_model(read: Read) -> Read:
    """`read` with every value as the model's: it cannot say that a person said so."""
    for row in (read, *read.lines, *read.taxes):
        for name in type(row).model_fields:
            if isinstance(value := getattr(row, name), Value):
                value.source = Source.LMM
    return read


# --- From an extraction ----------------------------------------------------------------------------------


def take(extraction: Extraction, *, anyway: bool = False) -> Invoice | None:
    """Let what `extraction` found be the invoice of its item.

    One that a person has changed or approved stays, unless `anyway`; of what a person gave, the values of `FIELDS` but
    for the kind always stay. Lines and taxes are those that were read.
    """
    read = Read.model_validate(extraction.data)
    with transaction.atomic():
        MediaItem.objects.select_for_update(no_key=True).filter(pk=extraction.item_id).exists()
        if not Extraction.objects.filter(pk=extraction.pk).exists():
            # Dropped meanwhile.
            return None
        # Who puts values right at the same time holds the invoice alone.
        there = Invoice.objects.select_for_update().filter(item=extraction.item_id).first()
        if there and not anyway and (there.state == InvoiceState.APPROVED or there.changes.exists()):
            return None
        invoice = there or Invoice(item_id=extraction.item_id)
        if there:
            _keep_what_people_said(Read.model_validate(there.data), read)
        invoice.extraction, invoice.state, invoice.approved_by = extraction, InvoiceState.REVIEW, None
        _store(invoice, read)
    return invoice


def _keep_what_people_said(before: Read, read: Read) -> None:
    for name in FIELDS[1:]:
        said = getattr(before, name)
        if said is not None and said.source == Source.PERSON:
            setattr(read, name, said)


def _store(invoice: Invoice, read: Read) -> None:
    checked(read)
    taxes = [tax.amount.value for tax in read.taxes if tax.amount]
    values: dict[str, Any] = {
        name: each.value if (each := getattr(read, name)) else None
        for name in ("vendor", "address", "number", "date", "due_date", "currency", "subtotal", "total", "paid")
    }
    for name, value in values.items():
        text = name in ("vendor", "address", "number", "currency")
        limit = {"vendor": 300, "number": 200}.get(name)
        setattr(invoice, name, (value or "")[:limit] if text else value)
    tax = sum(taxes, Decimal()) if taxes else None
    invoice.kind, invoice.tax = read.kind, tax if tax is None or abs(tax) < LIMIT else None
    invoice.data, invoice.marks = read.model_dump(mode="json"), len(read.marks)
    invoice.save()
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(_line(invoice, number, line) for number, line in enumerate(read.lines))


def _line(invoice: Invoice, number: int, line: ReadLine) -> InvoiceLine:
    values = {name: each.value for name in LINE_FIELDS if (each := getattr(line, name))}
    return InvoiceLine(invoice=invoice, ordinal=number, **values)


# --- What people do --------------------------------------------------------------------------------------


def correct(user: AbstractBaseUser, invoice: Invoice, changes: dict[str, str]) -> int:
    """Put values right: by their path, as “total” or “lines.3.amount”, what stands there; empty for nothing.

    Returns how many changed. What was read stays in the extraction, and every change in the history. Raises BadValue,
    and then changes nothing.
    """
    with transaction.atomic():
        there = Invoice.objects.select_for_update().filter(pk=invoice.pk).first()
        if there is None:
            raise BadValue("What was read of it was dropped meanwhile.")
        invoice, data, made = there, dict(there.data), []
        for path, text in changes.items():
            text = text.replace("\0", "").strip()
            before = _shown(_at(data, path))
            if text == before:
                continue
            _put(data, path, text)
            made.append(InvoiceChange(invoice=invoice, field=path[:100], before=before, after=text, by=user))
        if made:
            data["lines"] = [line for line in data["lines"] if any(line.get(name) for name in LINE_FIELDS)]
            _store(invoice, _read(data))
            InvoiceChange.objects.bulk_create(made)
    return len(made)


def _read(data: dict[str, Any]) -> Read:
    try:
        return Read.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"] if part != "value")
        raise BadValue(f"“{_shown(_at(data, path))}” cannot be the {_said(path)}: {_why(first['type'])}.") from error


def _why(code: str) -> str:
    if code.startswith("date"):
        return "give a date as YYYY-MM-DD"
    if code.startswith("decimal"):
        return "give an amount as 1234.50"
    if code == "string_pattern_mismatch":
        return "give the three letters of a currency, like EUR"
    return "it has another form"


def _said(path: str) -> str:
    """A path for people: “lines.2.amount” → “amount of line 3”."""
    parts = path.split(".")
    if len(parts) == 3 and parts[0] in ("lines", "taxes"):
        return f"{parts[2].replace('_', ' ')} of {parts[0][:-1].replace('taxe', 'tax')} {int(parts[1]) + 1}"
    return parts[0].replace("_", " ")


def _parts(path: str) -> tuple[str, ...]:
    """A path that there may be. Raises BadValue."""
    parts = tuple(path.split("."))
    if len(parts) == 1 and parts[0] in FIELDS:
        return parts
    named = {"lines": LINE_FIELDS, "taxes": TAX_FIELDS}.get(parts[0], ())
    if len(parts) == 3 and parts[2] in named and re.fullmatch("[0-9]{1,4}", parts[1]):
        return parts
    raise BadValue(f"An invoice has no “{path[:60]}”.")


def _at(data: dict[str, Any], path: str) -> Any:
    """What stands at `path`, None for nothing."""
    parts = _parts(path)
    if len(parts) == 1:
        return data.get(parts[0])
    rows = data.get(parts[0]) or []
    return rows[int(parts[1])].get(parts[2]) if int(parts[1]) < len(rows) else None


def _put(data: dict[str, Any], path: str, text: str) -> None:
    parts = _parts(path)
    # Where it stands is still where somebody looked.
    before = _at(data, path)
    box = before.get("box") if isinstance(before, dict) else None
    value = {"value": text, "text": "", "box": box, "confidence": 1.0, "source": Source.PERSON} if text else None
    if parts == ("kind",):
        data["kind"] = text
    elif len(parts) == 1:
        data[parts[0]] = value
    else:
        rows = data.setdefault(parts[0], [])
        while len(rows) <= int(parts[1]):
            rows.append({})
        rows[int(parts[1])][parts[2]] = value


def _shown(value: Any) -> str:
    """A stored value as it stands in a field of the page."""
    if isinstance(value, dict):
        value = value.get("value")
    return "" if value is None else str(value)


def approve(user: AbstractBaseUser, invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.APPROVED, approved_by=user)


def reopen(invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.REVIEW, approved_by=None)


def forget(item: MediaItem) -> None:
    """It is no invoice: what was read is dropped, the item stays."""
    with transaction.atomic():
        # What a worker has just read comes to count before this, and is dropped with the rest.
        MediaItem.objects.select_for_update(no_key=True).filter(pk=item.pk).exists()
        Invoice.objects.filter(item=item).delete()
        Extraction.objects.filter(item=item, kind=ExtractionKind.INVOICE).delete()


# --- Looking at many -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What narrows a list; empty values narrow nothing. `marked`: only those where something does not add up."""

    words: str = ""
    vendor: str = ""
    state: str = ""
    currency: str = ""
    first: date | None = None
    last: date | None = None
    marked: bool = False

    def apply(self, invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
        if self.words:
            found = Q(vendor__icontains=self.words) | Q(number__icontains=self.words)
            invoices = invoices.filter(found | Q(lines__description__icontains=self.words)).distinct()
        if self.vendor:
            invoices = invoices.filter(vendor__iexact=self.vendor)
        if self.state:
            invoices = invoices.filter(state=self.state)
        if self.currency:
            invoices = invoices.filter(currency=self.currency)
        if self.first:
            invoices = invoices.filter(date__gte=self.first)
        if self.last:
            invoices = invoices.filter(date__lte=self.last)
        return invoices.filter(marks__gt=0) if self.marked else invoices


@dataclass(frozen=True)
class Total:
    """Of one vendor or month in one currency; money of different currencies is never added."""

    name: str
    currency: str
    count: int
    total: Decimal


SPENT = Case(When(kind="credit_note", total__gt=0, then=-F("total")), default=F("total"))
"""A total as it is added: what came back is taken off, though no minus is written before it."""


def by_vendor(invoices: QuerySet[Invoice], most: int = 20) -> list[Total]:
    rows = (
        Invoice.objects.filter(pk__in=invoices.order_by().values("pk"), total__isnull=False)
        .order_by()
        .values("vendor", "currency")
        .annotate(count=Count("pk"), sum=Sum(SPENT))
        .order_by("-sum")[:most]
    )
    return [Total(row["vendor"] or "unknown", row["currency"], row["count"], row["sum"]) for row in rows]


def by_month(invoices: QuerySet[Invoice], most: int = 36) -> list[Total]:
    rows = (
        Invoice.objects.filter(pk__in=invoices.order_by().values("pk"), total__isnull=False, date__isnull=False)
        .order_by()
        .annotate(month=TruncMonth("date"))
        .values("month", "currency")
        .annotate(count=Count("pk"), sum=Sum(SPENT))
        .order_by("-month", "currency")[:most]
    )
    return [Total(f"{row['month']:%Y-%m}", row["currency"], row["count"], row["sum"]) for row in rows]
