"""Questions whose answer can be worked out from an invoice: what things would cost, sums, taxes, dates, counts.

Works with decimals in the currency of the invoice, shows how the answer comes about, and names the values that it rests
on. What is not on the invoice is said to be missing; nothing is guessed. Never raises on what a question or an invoice
says. Questions over many invoices are `spending`'s.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from media_library.extraction.asked import (
    CHEAPEST,
    COUNTING,
    DEAREST,
    LISTS,
    LONGEST,
    TOTAL,
    Asked,
    field_of,
)
from media_library.extraction.asked_things import match, things, words_of
from media_library.extraction.costs import cost
from media_library.extraction.schemas import Invoice, Value
from media_library.extraction.words import fold
from media_library.extraction.worked import (
    Step,
    Worked,
    currency,
    money,
    plain_number,
    taxes_of,
    values_of,
    with_currency,
)

MOST_LINES = 30
"""Lines that an answer lists."""


def answer(question: str, invoice: Invoice) -> Worked:
    """What `invoice` says to `question`; without steps where it is about something else."""
    asked = Asked.of(question, invoice)
    for way in (_extreme, _listed, _count, cost, _said):
        if worked := way(asked, invoice):
            return worked
    return Worked()


def counts(question: str) -> bool:
    """Whether `question` asks how many of something there are."""
    return bool(COUNTING.search(fold(question[:LONGEST])))


# --- How many, which, what ---------------------------------------------------------------------------------


def _count(asked: Asked, invoice: Invoice) -> Worked | None:
    if not COUNTING.search(asked.plain):
        return None
    wanted = things(asked.rest, asked.lines)
    plain = {word for thing in wanted for word in thing.words}
    if not invoice.lines:
        return None
    if not plain or plain <= {"line", "item", "thing", "article", "product", "position", "good", "different"}:
        used = tuple(value for line in invoice.lines for value in values_of(line, "description"))
        return Worked((Step(f"{len(invoice.lines)} lines are on this invoice.", used),), Decimal(len(invoice.lines)))
    steps: list[Step] = []
    missing, total, known = [], Decimal(), True
    for thing in wanted:
        lines = match(thing, asked.lines).lines
        if not lines:
            missing.append(thing.name)
            continue
        for number in lines:
            line = invoice.lines[number]
            name = line.description.value if line.description else ""
            if line.quantity is None:
                known = False
                steps.append(Step(f"{name}: how many is not on the invoice.", values_of(line, "description")))
                continue
            total += line.quantity.value
            steps.append(Step(f"{name}: {plain_number(line.quantity.value)}.", values_of(line, "quantity")))
    if missing:
        steps.append(Step(f"Not on this invoice: {', '.join(f'“{name}”' for name in missing)}."))
    if len([step for step in steps if step.used]) > 1 and known:
        steps.append(Step(f"Together {plain_number(total)}.", tuple(value for step in steps for value in step.used)))
    return Worked(tuple(steps), total if known and not missing else None, "", tuple(missing), of_things=True)


def _extreme(asked: Asked, invoice: Invoice) -> Worked | None:
    dearest, cheapest = DEAREST.search(asked.plain), CHEAPEST.search(asked.plain)
    if not (dearest or cheapest):
        return None
    each = bool(re.search(r"\b(?:unit price|per unit|each|apiece|einzelpreis)\b", asked.plain))
    told = [(line.unit_price if each else line.amount or line.unit_price, line) for line in invoice.lines]
    rows = [(value, line) for value, line in told if value]
    if not rows:
        return None
    best = (max if dearest else min)(value.value for value, _ in rows)
    word = "dearest" if dearest else "cheapest"
    steps = [
        Step(
            f"The {word} line is “{line.description.value if line.description else 'without a name'}”: "
            f"{with_currency(value.value, invoice)}{' each' if each else ''}.",
            values_of(line),
        )
        for value, line in rows
        if value.value == best
    ]
    return Worked(tuple(steps), best, currency(invoice))


_CALLED = {
    "subtotal": ("The subtotal is", "a subtotal"),
    "due_date": ("It is due on", "when it is due"),
    "number": ("Its number is", "a number"),
    "date": ("Its date is", "a date"),
    "vendor": ("It is from", "who it is from"),
    "address": ("The address is", "an address"),
    "currency": ("The currency is", "a currency"),
    "discount": ("The discount is", "a discount"),
    "charges": ("What is charged beside the goods, as for delivery, is", "charges as for delivery"),
    "rounding": ("The rounding is", "a rounding"),
    "change": ("The change given is", "change given"),
    "taxes": ("The tax is", "tax"),
    "paid": ("Paid was", "what was paid"),
    "total": ("The total is", "a total"),
}
"""A value, as an answer begins with it, and as one says that it is not there."""

_AND = re.compile(r",|;|\band\b|\bund\b|\bet\b")


def _said(asked: Asked, invoice: Invoice) -> Worked | None:
    """Values that are written on it: “who issued it, and when” asks for two."""
    parts = [field for part in _AND.split(asked.plain) if (field := field_of(part))]
    if not parts:
        field = _whole_of(asked)
        return _value_of(field, invoice) if field else None
    worked = [_value_of(field, invoice) for field in dict.fromkeys(parts)]
    if len(worked) == 1:
        return worked[0]
    missing = tuple(name for one in worked for name in one.missing)
    return Worked(tuple(step for one in worked for step in one.steps), None, currency(invoice), missing)


def _whole_of(asked: Asked) -> str | None:
    """Whether the question is for what all of it comes to, with tax or without."""
    if not re.search(TOTAL, asked.plain):
        return None
    if asked.taxed is False:
        return "subtotal"
    return "total" if all(word in _OF_ALL for word in words_of(asked.rest)) else None


def _value_of(name: str, invoice: Invoice) -> Worked:
    if name == "taxes":
        return _taxes(invoice)
    if name == "paid" and invoice.paid is None:
        name = "total"
    value: Value[Any] | None = getattr(invoice, name)
    if value is None:
        return Worked((Step(f"Not on this invoice: {_CALLED[name][1]}."),), None, "", (_CALLED[name][1],))
    said = _CALLED[name][0]
    if isinstance(value.value, Decimal):
        step = Step(f"{said} {with_currency(value.value, invoice)}.", (value,))
        return Worked((step,), value.value, currency(invoice))
    written = f"{value.value:%-d %B %Y}" if name in ("date", "due_date") else " ".join(str(value.value).split())
    return Worked((Step(f"{said} {written.rstrip('.')}.", (value,)),))


_OF_ALL = frozenset(
    "whole entire full overall final grand order purchase everything it invoice receipt bill due money spend spent "  # noqa: SIM905
    "gesamt rechnung facture".split()
)


def _taxes(invoice: Invoice) -> Worked:
    taxes = [tax for tax in invoice.taxes if tax.amount]
    if not taxes:
        return Worked((Step("There is no tax on this invoice."),), None, "", ("tax",))
    steps = []
    for tax in taxes:
        assert tax.amount is not None
        rate = f" at {plain_number(tax.rate.value)} %" if tax.rate else ""
        inside = ", which the prices hold already" if tax.included else ""
        used = tuple(value for value in (tax.amount, tax.rate) if value)
        steps.append(Step(f"Tax{rate}: {with_currency(tax.amount.value, invoice)}{inside}.", used))
    total = sum((tax.amount.value for tax in taxes if tax.amount), Decimal())
    if len(taxes) > 1:
        written = " + ".join(money(tax.amount.value, invoice) for tax in taxes if tax.amount)
        steps.append(Step(f"All taxes: {written} = {with_currency(total, invoice)}.", taxes_of(invoice)))
    return Worked(tuple(steps), total, currency(invoice))


def _listed(asked: Asked, invoice: Invoice) -> Worked | None:
    if not LISTS.search(asked.plain) or not invoice.lines:
        return None
    steps = []
    for line in invoice.lines[:MOST_LINES]:
        count = f"{plain_number(line.quantity.value)} × " if line.quantity else ""
        price = f" at {money(line.unit_price.value, invoice)}" if line.unit_price else ""
        due = f": {with_currency(line.amount.value, invoice)}" if line.amount else ""
        name = line.description.value if line.description else "without a name"
        steps.append(Step(f"{count}{name}{price}{due}.", values_of(line)))
    if len(invoice.lines) > MOST_LINES:
        steps.append(Step(f"And {len(invoice.lines) - MOST_LINES} more."))
    return Worked(tuple(steps))


__all__ = ["LONGEST", "Step", "Worked", "answer", "counts"]
