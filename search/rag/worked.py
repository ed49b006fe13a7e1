"""Answers that are worked out from what was read of invoices, with a source for each value: the line, on its page.

Without a model this is the answer. A model gets the same as sources, so that it need not do sums of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from media_library import stems
from media_library.extracting import invoice_questions, invoices
from media_library.extracting.invoice_questions import Spent
from media_library.extraction import questions
from media_library.extraction.questions import Step, Worked
from media_library.extraction.schemas import Box, Value
from media_library.extraction.words import fold
from media_library.lmm.reader import escaped
from media_library.models import Invoice, MediaItem, Segment, SegmentKind
from search.rag.sources import LONGEST, Cited, Found

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from search.filters import Filters

NOTICE = "*Worked out from what was read of {what}. No LMM was asked.*"
MOST = 12
"""Sources of one answer."""
COUNTED = 20
"""Invoices that things are counted on."""
OF_BILLS = re.compile(
    r"\b(?:invoices?|receipts?|bills?|vendor|credit notes?|rechnung(?:en)?|beleg|quittung|bon|factures?|recu|facturas?"
    r"|recibo|fatture?|scontrino|facturen|factuur|bonnetje)\b"
)


@dataclass(frozen=True)
class Answer:
    """Markdown, the numbers that it cites, and what was found with the sources that it rests on as the first."""

    text: str
    used: tuple[int, ...]
    found: Found


def answer(user: AbstractBaseUser, question: str, found: Found, filters: Filters) -> Answer | None:
    """What the invoices that `user` may see come to; None where they do not answer `question`."""
    items = filters.apply(MediaItem.objects.visible_to(user), user) if filters else None
    if spent := invoice_questions.spent(user, question, timezone.localdate(), items):
        return _of_many(spent, found)
    candidates = _candidates(user, question, found, items)
    worked = [(invoice, one) for invoice in candidates if (one := invoice_questions.of(invoice, question))]
    told = [(invoice, one) for invoice, one in worked if one.of_things and one.is_answer and not one.missing]
    if told and questions.counts(question):
        return _of_each(told, found)
    if told:
        return _of_each(told[:1], found)
    named = [(invoice, one) for invoice, one in worked if _is_meant(question, invoice)]
    return _of_each(named[:1], found) if named else None


def _candidates(user: AbstractBaseUser, question: str, found: Found, items: Any) -> list[Invoice]:
    """Those of the sources, best first, then those that hold words of the question."""
    best = sorted(found.sources, key=lambda source: -source.fits)
    order = list(dict.fromkeys(source.item.pk for source in best))
    of_sources = {
        invoice.item_id: invoice for invoice in invoices.visible_to(user).filter(item__in=order).select_related("item")
    }
    ranked = [of_sources[pk] for pk in order if pk in of_sources]
    words = [word for word in stems.content(question) if len(word) > 2]
    most = COUNTED if questions.counts(question) else 5
    singular = [word.removesuffix("s") for word in words]
    ranked += invoice_questions.with_things(user, list(dict.fromkeys(singular)), items, most)
    return list({invoice.pk: invoice for invoice in ranked}.values())


def _is_meant(question: str, invoice: Invoice) -> bool:
    """Whether a question that names no thing on it is to this invoice all the same."""
    plain = fold(question)
    if OF_BILLS.search(plain):
        return True
    known = stems.stems(f"{invoice.vendor} {invoice.item.title}", without=stems.KINDS)
    return bool(known & stems.stems(question)) or bool(invoice.number and fold(invoice.number) in plain)


# --- As text and sources ---------------------------------------------------------------------------------


def _of_each(worked: Sequence[tuple[Invoice, Worked]], found: Found) -> Answer:
    sources: list[Cited] = []
    parts: list[str] = []
    used: list[int] = []
    for invoice, one in worked:
        lines, own = _cited(invoice, one.steps, sources)
        parts.append(f"{_named(invoice)}:\n\n" + "\n".join(f"- {line}" for line in lines))
        used += own
    values = [one.value for _, one in worked if one.value is not None]
    if len(worked) > 1 and len(values) == len(worked):
        total = sum(values)
        marks = "".join(f"[{number}]" for number in dict.fromkeys(used))
        parts.append(f"Together on {len(worked)} invoices: **{escaped(f'{total.normalize():f}')}** {marks}")
    what = "the invoice" if len(worked) == 1 else "the invoices"
    return _joined("\n\n".join([*parts, NOTICE.format(what=what)]), used, sources, found)


def _cited(invoice: Invoice, steps: Sequence[Step], sources: list[Cited]) -> tuple[list[str], list[int]]:
    """Each step with the numbers of its sources, which are added to `sources`."""
    known: dict[int, int] = {}
    lines, used = [], []
    for step in steps:
        new = [value for value in step.used if id(value) not in known]
        if new and len(sources) < MOST:
            sources.append(_source(len(sources) + 1, invoice, new, step.text))
            known.update((id(value), len(sources)) for value in new)
        numbers = list(dict.fromkeys(known[id(value)] for value in step.used if id(value) in known))
        used += numbers
        lines.append(f"{escaped(step.text)} {''.join(f'[{number}]' for number in numbers)}".strip())
    return lines, used


def _source(number: int, invoice: Invoice, values: Sequence[Value[Any]], said: str) -> Cited:
    box = _around(value.box for value in values if value.box)
    page = box.page if box else None
    written = " · ".join(value.text or str(value.value) for value in values)
    shown = _page(invoice.item, page)
    return Cited(
        number,
        invoice.item,
        f"{written}\n{said}"[:LONGEST],
        f"page {page}" if page and invoice.item.pages else "",
        shown,
        shown if shown and shown.picture else None,
        ((box.left, box.top, box.right, box.bottom),) if box else (),
        1.0,
        reverse("invoice", args=[invoice.item_id]),
    )


def _around(boxes: Iterable[Box]) -> Box | None:
    """The box around those on the page of the first."""
    found = list(boxes)
    same = [box for box in found if box.page == found[0].page]
    if not same:
        return None
    left, top = min(box.left for box in same), min(box.top for box in same)
    right, bottom = max(box.right for box in same), max(box.bottom for box in same)
    return Box(page=same[0].page, left=left, top=top, right=right, bottom=bottom)


def _page(item: MediaItem, page: int | None) -> Segment | None:
    seen = item.segments.filter(kind__in=(SegmentKind.IMAGE, SegmentKind.PAGE)).defer("words", "lines")
    return (seen.filter(page=page).first() if page else None) or seen.order_by("page", "ordinal").first()


def _named(invoice: Invoice) -> str:
    kind = invoice.kind.replace("_", " ").capitalize() or "Invoice"
    parts = [f"{kind} {invoice.number}".strip()]
    if invoice.vendor:
        parts.append(f"from {invoice.vendor}")
    if invoice.date:
        parts.append(f"of {invoice.date:%-d %B %Y}")
    return escaped(" ".join(parts) if len(parts) > 1 or invoice.number else str(invoice.item))


# --- What was spent --------------------------------------------------------------------------------------


def _of_many(spent: Spent, found: Found) -> Answer:
    asked = spent.asked
    when = f" {asked.period}" if asked.period else ""
    at = f" at {escaped(' and '.join(spent.vendors[:4]))}" if spent.vendors else ""
    on = f" on {escaped(asked.thing)}" if asked.thing else ""
    sources: list[Cited] = []
    if asked.vendor and not spent.vendors:
        text = f"None of the invoices that you can see is from “{escaped(asked.vendor)}”."
        return _joined(f"{text}\n\n{NOTICE.format(what='the invoices that you can see')}", [], sources, found)
    if not spent.sums:
        text = f"None of the invoices that you can see{at}{on}{when} has anything to add."
        return _joined(f"{text}\n\n{NOTICE.format(what='the invoices that you can see')}", [], sources, found)
    for invoice in spent.used:
        read = _total_of(invoice)
        total = "no total" if invoice.total is None else f"{invoice.total:,.2f} {invoice.currency}".strip()
        text = f"{invoice.vendor} {invoice.date or ''}: {total}"
        sources.append(_source(len(sources) + 1, invoice, [read] if read else [], text))
    marks = "".join(f"[{source.number}]" for source in sources)
    lines = [_sum_line(one, spent) for one in spent.sums]
    begun = f"By the invoices that you can see, this was spent{on}{at}{when}:"
    if len(lines) == 1:
        text = f"{begun[:-1]} {lines[0]} {marks}"
    else:
        text = f"{begun} {marks}\n\n" + "\n".join(f"- {line}" for line in lines)
    if len(spent.sums) > 1 and len({one.currency for one in spent.sums}) > 1:
        text += "\n\nMoney of different currencies is not added up."
    if spent.untotalled:
        text += f"\n\n{spent.untotalled} of the invoices {'has' if spent.untotalled == 1 else 'have'} no total."
    if spent.cut:
        text += f"\n\nOnly the newest {spent.cut:,} lines were looked through."
    count = sum(one.count for one in spent.sums)
    if not spent.by_line and count > len(sources):
        text += f"\n\nThe newest {len(sources)} of them are shown."
    return _joined(
        f"{text}\n\n{NOTICE.format(what='the invoices that you can see')}", [s.number for s in sources], sources, found
    )


def _sum_line(one: Any, spent: Spent) -> str:
    year = f"{one.year}: " if one.year else ""
    what = ("line" if spent.by_line else "invoice") + ("" if one.count == 1 else "s")
    return f"{year}**{escaped(f'{one.total:,.2f} {one.currency}'.strip())}** on {one.count} {what}"


def _total_of(invoice: Invoice) -> Value[Any] | None:
    total = invoice.data.get("total")
    return Value[str].model_validate({**total, "value": str(total["value"])}) if total else None


def _joined(text: str, used: Sequence[int], sources: Sequence[Cited], found: Found) -> Answer:
    """With the sources of the answer first, and what else was found after them."""
    after = len(sources)
    rest = tuple(replace(source, number=source.number + after) for source in found.sources)
    pictures = tuple(number + after for number in found.pictures)
    whole = replace(found, sources=(*sources, *rest), pictures=pictures)
    return Answer(text, tuple(dict.fromkeys(used)), whole)
