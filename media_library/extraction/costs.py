"""What things would cost, or did, by the prices of an invoice: each thing that is asked for, then all of them, with tax
where that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from media_library.extraction.asked import COSTS, Asked, field_of
from media_library.extraction.asked_things import Thing, match, things
from media_library.extraction.schemas import Invoice, InvoiceLine, Value
from media_library.extraction.worked import (
    Step,
    Worked,
    cents,
    currency,
    listing,
    money,
    plain_number,
    taxes_of,
    values_of,
    with_currency,
)


def cost(asked: Asked, invoice: Invoice) -> Worked | None:
    if not COSTS.search(asked.plain):
        return None
    wanted = [thing for thing in things(asked.rest, asked.lines) if thing.words or thing.count is not None]
    if not wanted:
        return None
    found = [(thing, match(thing, asked.lines)) for thing in wanted]
    # What a value of the invoice is called is no thing: “how much is the shipping”.
    if not any(one.lines for _, one in found) and (field_of(asked.plain) or not asked.lines):
        return None
    steps: list[Step] = []
    sums: list[tuple[Decimal, str]] = []
    missing: list[str] = []
    for thing, one in found:
        if not one.lines:
            missing.append(thing.name)
            continue
        priced = [(number, price) for number in one.lines if (price := _price(invoice.lines[number]))]
        if not priced:
            first = one.lines[0]
            text = f"“{asked.lines[first]}” is on the invoice, but its price is not."
            steps.append(Step(text, values_of(invoice.lines[first])))
            missing.append(thing.name)
            continue
        if len({price[0] for _, price in priced}) > 1:
            steps.append(_several(thing, priced, invoice))
            missing.append(thing.name)
            continue
        number, (price, used) = priced[0]
        total, step = _times(thing, invoice.lines[number], price, used, invoice, asked.past)
        sums.append((total, step.text))
        steps.append(step)
    if missing:
        steps += _not_there(missing, found, invoice)
    if not sums:
        return Worked(tuple(steps), None, currency(invoice), tuple(missing), of_things=True)
    total = sum((each for each, _ in sums), Decimal())
    if len(sums) > 1:
        used = tuple(value for step in steps for value in step.used)
        written = " + ".join(money(each, invoice) for each, _ in sums)
        what = "Together" if not missing else "The others together"
        steps.append(Step(f"{what}: {written} = {with_currency(total, invoice)}.", used))
    if asked.taxed:
        total, step = _with_tax(total, invoice)
        steps.append(step)
    elif _tax_beside(invoice) and asked.taxed is None and not missing:
        steps.append(Step("That is before tax, as the prices on the invoice are."))
    return Worked(tuple(steps), None if missing else total, currency(invoice), tuple(missing), of_things=True)


def _times(
    thing: Thing, line: InvoiceLine, price: Decimal, used: tuple[Value, ...], invoice: Invoice, past: bool
) -> tuple[Decimal, Step]:
    name = line.description.value if line.description else ""
    count = thing.count
    if count is None and past and line.amount:
        # What it did cost is what the line says.
        billed = line.amount.value
        of = f" for {plain_number(line.quantity.value)}" if line.quantity else ""
        each = f", {money(price, invoice)} each" if line.quantity and line.quantity.value != 1 else ""
        return billed, Step(f"{name}: {with_currency(billed, invoice)}{of}{each}.", values_of(line))
    if count is None:
        return cents(price, invoice), Step(f"{name}: {with_currency(price, invoice)} each.", used)
    total = cents(count * price, invoice)
    sentence = f"{plain_number(count)} × {name} at {money(price, invoice)} = {with_currency(total, invoice)}."
    if line.discount or line.discount_rate:
        sentence += " The discount of that line is left out."
    return total, Step(sentence, used)


def _price(line: InvoiceLine) -> tuple[Decimal, tuple[Value, ...]] | None:
    """What one of a line costs, and the values that say so."""
    if line.unit_price:
        return line.unit_price.value, values_of(line, "unit_price")
    if line.amount and line.quantity and line.quantity.value:
        try:
            return line.amount.value / line.quantity.value, values_of(line, "amount", "quantity")
        except InvalidOperation:
            return None
    return (line.amount.value, values_of(line, "amount")) if line.amount else None


def _several(thing: Thing, priced: Sequence[tuple[int, tuple[Decimal, tuple[Value, ...]]]], invoice: Invoice) -> Step:
    named = [
        f"“{line.description.value if line.description else ''}” at {money(price, invoice)}"
        for number, (price, _) in priced
        if (line := invoice.lines[number])
    ]
    used = tuple(value for _, (_, values) in priced for value in values)
    return Step(f"“{thing.name}” may be {listing(named[:6], 'or')}. Say which one is meant.", used)


def _not_there(missing: Sequence[str], found: Sequence[tuple[Thing, Any]], invoice: Invoice) -> list[Step]:
    absent = [thing.name for thing, one in found if not one.lines]
    if not absent:
        return []
    named = ", ".join(f"“{name}”" for name in absent)
    there = [line.description.value for line in invoice.lines if line.description][:8]
    on_it = f" On it are: {', '.join(there)}." if there else ""
    return [Step(f"Not on this invoice: {named}.{on_it}")]


def _with_tax(total: Decimal, invoice: Invoice) -> tuple[Decimal, Step]:
    taxes = [tax for tax in invoice.taxes if tax.amount or tax.rate]
    if not taxes:
        return total, Step("There is no tax on this invoice.")
    if any(tax.included for tax in taxes):
        return total, Step("The prices on this invoice hold the tax already.", taxes_of(invoice))
    rates = {tax.rate.value for tax in taxes if tax.rate}
    base = invoice.subtotal.value if invoice.subtotal else None
    # Two of one rate are often both on everything, as those of a state and of its country are.
    shared = bool(base) and all(tax.amount for tax in taxes)
    if len(rates) > 1 or (len(taxes) > 1 and not shared):
        return total, Step(
            "Several taxes are on this invoice, so it cannot be told which it would be. That is without tax.",
            taxes_of(invoice),
        )
    rate = rates.pop() if rates and len(taxes) == 1 else None
    if rate is None:
        amount = sum((tax.amount.value for tax in taxes if tax.amount), Decimal())
        if not base:
            return total, Step("The rate of the tax is not on this invoice. That is without tax.", taxes_of(invoice))
        tax = cents(total * amount / base, invoice)
        how = f"in the share that it has on this invoice ({money(amount, invoice)} on {money(base, invoice)})"
    else:
        tax = cents(total * rate / 100, invoice)
        how = f"at the {plain_number(rate)} % of this invoice"
    summed = f"{money(total, invoice)} + {money(tax, invoice)} = {with_currency(total + tax, invoice)}"
    text = f"With tax {how}: {summed}."
    return total + tax, Step(text, taxes_of(invoice))


def _tax_beside(invoice: Invoice) -> bool:
    return any(tax.amount and tax.amount.value and not tax.included for tax in invoice.taxes)
