"""Questions to the invoices that somebody may see: to one, from its data as it counts; over many, in currencies.

What is worked out is `extraction.questions`'; here is what it is worked out from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from pydantic import ValidationError

from media_library.extracting import invoices
from media_library.extraction import questions, spending
from media_library.extraction.asked_things import match, things
from media_library.extraction.questions import Worked
from media_library.extraction.schemas import Invoice as Read
from media_library.models import Invoice, InvoiceLine, MediaItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from media_library.querysets import MediaItemQuerySet

MOST_VENDORS = 5000
"""Names that are looked through, by the alphabet."""
MOST_LINES = 5000
"""Lines that are looked through, the newest."""
NEWEST = F("date").desc(nulls_last=True)


def about(item: MediaItem, question: str) -> Worked | None:
    """What the invoice of `item` says to `question`; None where it has none, or says nothing to that."""
    found = Invoice.objects.filter(item=item).first()
    return of(found, question) if found else None


def of(invoice: Invoice, question: str) -> Worked | None:
    try:
        worked = questions.answer(question, Read.model_validate(invoice.data))
    except ValidationError:
        # Of an older form; it is read anew when somebody corrects it.
        return None
    return worked if worked.steps else None


# --- Over many -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """Of `count` invoices in one currency; of one `year` where the question names a month of no year."""

    currency: str
    year: int | None
    count: int
    total: Decimal


@dataclass(frozen=True)
class Spent:
    """The answer to what was spent. `used`: the invoices, newest first; `by_line`: only the lines on what was asked
    for were added, of `cut` ones the newest alone; `untotalled` invoices have no total."""

    asked: spending.Spending
    vendors: tuple[str, ...]
    sums: tuple[Sum, ...]
    used: tuple[Invoice, ...]
    by_line: bool = False
    untotalled: int = 0
    cut: int = 0


def spent(
    user: AbstractBaseUser | AnonymousUser,
    question: str,
    today: date,
    items: MediaItemQuerySet | None = None,
    most: int = 8,
) -> Spent | None:
    """What `question` asks about the invoices of all `items` that `user` may see; None where it asks no such thing.

    `most`: how many invoices are named. Money of different currencies is never added.
    """
    asked = spending.asked(question, today)
    if asked is None:
        return None
    found = invoices.visible_to(user)
    if items is not None:
        found = found.filter(item__in=items.order_by().values("pk"))
    vendors: list[str] = []
    if asked.vendor:
        known = found.exclude(vendor="").order_by("vendor").values_list("vendor", flat=True).distinct()[:MOST_VENDORS]
        vendors = spending.vendors_named(asked.vendor, known)
        found = found.filter(vendor__in=vendors)
    found = _dated(found, asked)
    if asked.thing:
        return _on_things(asked, vendors, found, most)
    rows = list(found.order_by().values_list("currency", "date", "total", "kind"))
    amounts = [
        (currency, day, -total if _returned(kind, total) else total)
        for currency, day, total, kind in rows
        if total is not None
    ]
    used = found.filter(total__isnull=False).select_related("item").order_by(NEWEST, "-created_at")[:most]
    missing = len(rows) - len(amounts)
    return Spent(asked, tuple(vendors), _sums(amounts, asked.month is not None), tuple(used), untotalled=missing)


def _returned(kind: str, total: Decimal) -> bool:
    """Whether it is money that came back, though it is not written with a minus."""
    return kind == "credit_note" and total > 0


def _dated(found: QuerySet[Invoice], asked: spending.Spending) -> QuerySet[Invoice]:
    if asked.first:
        found = found.filter(date__gte=asked.first)
    if asked.last:
        found = found.filter(date__lte=asked.last)
    return found.filter(date__month=asked.month) if asked.month else found


def _on_things(asked: spending.Spending, vendors: Sequence[str], found: QuerySet[Invoice], most: int) -> Spent:
    wanted = things(asked.thing, ())
    lines = InvoiceLine.objects.filter(invoice__in=found.order_by().values("pk"), amount__isnull=False)
    rows = list(
        lines.select_related("invoice__item")
        .defer("invoice__data")
        .order_by(F("invoice__date").desc(nulls_last=True), "pk")[:MOST_LINES]
    )
    fits = [line for line in rows if any(match(thing, [line.description]).lines for thing in wanted)]
    amounts = [(line.invoice.currency, line.invoice.date, _paid(line)) for line in fits]
    used = {line.invoice_id: line.invoice for line in fits}
    return Spent(
        asked,
        tuple(vendors),
        _sums(amounts, asked.month is not None),
        tuple(used.values())[:most],
        by_line=True,
        cut=MOST_LINES if len(rows) == MOST_LINES and lines[MOST_LINES:].exists() else 0,
    )


def _paid(line: InvoiceLine) -> Decimal:
    """What a line cost; as its invoice, it may be money that came back."""
    assert line.amount is not None
    total = line.amount if line.invoice.total is None else line.invoice.total
    return -line.amount if _returned(line.invoice.kind, total) else line.amount


def _sums(amounts: Sequence[tuple[str, date | None, Decimal]], by_year: bool) -> tuple[Sum, ...]:
    sums: dict[tuple[str, int | None], tuple[int, Decimal]] = {}
    for currency, day, amount in amounts:
        key = currency, day.year if by_year and day else None
        count, total = sums.get(key, (0, Decimal()))
        sums[key] = count + 1, total + amount
    ordered = sorted(sums.items(), key=lambda pair: (-(pair[0][1] or 0), pair[0][0]))
    return tuple(Sum(currency, year, count, total) for (currency, year), (count, total) in ordered)


# --- Finding them ----------------------------------------------------------------------------------------


def with_things(
    user: AbstractBaseUser | AnonymousUser, words: Sequence[str], items: MediaItemQuerySet | None = None, most: int = 5
) -> list[Invoice]:
    """Invoices that `user` may see with lines or vendors of any of `words`, those with the most of them first."""
    wanted = Q()
    for word in words[:12]:
        wanted |= Q(lines__description__icontains=word) | Q(vendor__icontains=word)
    if not wanted:
        return []
    found = invoices.visible_to(user).filter(wanted)
    if items is not None:
        found = found.filter(item__in=items.order_by().values("pk"))
    rows = found.distinct().select_related("item").prefetch_related("lines").order_by(NEWEST, "-created_at")[:200]

    def held(invoice: Invoice) -> int:
        text = " ".join([invoice.vendor, *(line.description for line in invoice.lines.all())]).casefold()
        return sum(word.casefold() in text for word in words)

    return sorted(rows, key=held, reverse=True)[:most]
