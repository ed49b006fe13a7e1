"""Whether an invoice adds up. What does not is marked, and nothing is changed.

Lines by quantity × unit price, their sum with the subtotal, the subtotal with discounts, charges, taxes and rounding
with the total, taxes with their rates, and what was paid with the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from media_library.extraction.schemas import Invoice, InvoiceLine, Mark, Value

CENT = Decimal("0.01")
FIVE = Decimal("0.05")
ROUNDED_TO_FIVE = frozenset({"MYR", "CHF", "AUD", "NZD", "CAD", "SGD"})
"""Currencies whose smallest coin is of five."""
HALF_CENT = Decimal("0.005")


def check(invoice: Invoice) -> list[Mark]:
    """A mark for everything that is missing or does not add up, in the order of the document."""
    return [
        *_missing(invoice),
        *_lines(invoice),
        *_sum_of_lines(invoice),
        *_sum(invoice),
        *_tax_rates(invoice),
        *_payment(invoice),
    ]


def _missing(invoice: Invoice) -> Iterator[Mark]:
    for name in ("vendor", "date", "total"):
        if getattr(invoice, name) is None:
            yield Mark(code="missing", message=f"No {name} was found.", fields=[name])


def _lines(invoice: Invoice) -> Iterator[Mark]:
    for number, line in enumerate(invoice.lines):
        if line.quantity is None or line.unit_price is None or line.amount is None:
            continue
        due = line.quantity.value * line.unit_price.value
        off = line.discount.value if line.discount else Decimal()
        if line.discount_rate and not off:
            off = abs(due) * line.discount_rate.value / 100
        # A price is printed to the cent, so many pieces may differ by as many halves of one.
        slack = max(CENT, HALF_CENT * abs(line.quantity.value))
        written = abs(line.amount.value)
        if min(abs(abs(due) - written), abs(abs(due) - off - written)) > slack:
            yield Mark(
                code="line",
                message=f"Line {number + 1}: {_plain(line.quantity.value)} × {money(line.unit_price.value)} "
                f"is {money(due)}, but {money(line.amount.value)} is written.",
                fields=[f"lines.{number}.{name}" for name in ("quantity", "unit_price", "amount")],
            )


def lines_total(invoice: Invoice) -> Decimal | None:
    """The sum of all lines; None where one has no amount, or there is none."""
    if not invoice.lines or any(line.amount is None for line in invoice.lines):
        return None
    return sum((_cost(line) for line in invoice.lines), Decimal())


def _cost(line: InvoiceLine) -> Decimal:
    """What a line costs. A discount printed in it is in its amount already if quantity × price tells so."""
    amount = line.amount.value if line.amount else Decimal()
    if line.discount is None:
        return amount
    if line.quantity and line.unit_price:
        due = line.quantity.value * line.unit_price.value
        return amount - line.discount.value if abs(due - amount) <= CENT else amount
    return amount - line.discount.value


def _sum_of_lines(invoice: Invoice) -> Iterator[Mark]:
    total = lines_total(invoice)
    if total is None or (invoice.subtotal is None and invoice.total is None):
        return
    # With or without tax, before or after what is taken off: tills differ in what they print as what.
    taxes, off, charges, rounding = _parts(invoice)
    meant = {total, total - off, total + taxes, total - off + taxes, total - taxes}
    if invoice.subtotal and any(abs(invoice.subtotal.value - one) <= CENT for one in meant):
        return
    if invoice.total and any(_is_about(invoice, one + charges, rounding) for one in meant):
        return
    if invoice.subtotal:
        yield _differs("lines", "The lines", total, invoice.subtotal, "the subtotal", ["lines", "subtotal"])
    elif invoice.total:
        yield _differs("lines", "The lines", total, invoice.total, "the total", ["lines", "total"])


def _sum(invoice: Invoice) -> Iterator[Mark]:
    if invoice.total is None or invoice.subtotal is None:
        return
    taxes, off, charges, rounding = _parts(invoice)
    base = invoice.subtotal.value
    meant = {
        base + tax - taken + added
        for tax in (taxes, Decimal())
        for taken in (off, Decimal())
        for added in (charges, Decimal())
    }
    expected = base - off + charges + rounding + (Decimal() if _included(invoice) else taxes)
    # Without what is said to be in the prices, a subtotal may be printed with or without it.
    allowed = meant if not invoice.lines or _included(invoice) else {expected - rounding}
    if not any(_is_about(invoice, one, rounding) for one in allowed):
        yield _differs(
            "total",
            "Subtotal, discounts, charges, taxes and rounding",
            expected,
            invoice.total,
            "the total",
            ["subtotal", "discount", "charges", "taxes", "rounding", "total"],
        )


def _tax_rates(invoice: Invoice) -> Iterator[Mark]:
    if len(invoice.taxes) != 1 or invoice.total is None:
        return
    tax = invoice.taxes[0]
    if tax.rate is None or tax.amount is None or not tax.rate.value:
        return
    rounding = invoice.rounding.value if invoice.rounding else Decimal()
    share = tax.rate.value / (100 + tax.rate.value)
    due = ((invoice.total.value - rounding) * share).quantize(CENT, ROUND_HALF_UP)
    # Some round every line, some only the sum; some goods are taxed at nought.
    slack = max(2 * CENT, HALF_CENT * len(invoice.lines))
    if abs(tax.amount.value) > abs(due) + slack:
        yield Mark(
            code="tax",
            message=f"A tax of {_plain(tax.rate.value)} % would be {money(due)} at most, "
            f"but {money(tax.amount.value)} is written.",
            fields=["taxes.0.rate", "taxes.0.amount", "total"],
        )


def _payment(invoice: Invoice) -> Iterator[Mark]:
    if invoice.paid is None or invoice.total is None:
        return
    paid, total = invoice.paid.value, invoice.total.value
    rounding = _or_nought(invoice.rounding)
    if invoice.change is None:
        return
    given = paid - invoice.change.value
    if min(abs(given - total), abs(given - total - rounding)) > CENT:
        yield Mark(
            code="paid",
            message=f"{money(paid)} paid less {money(invoice.change.value)} change is {money(given)}, "
            f"but the total is {money(total)}.",
            fields=["paid", "change", "total"],
        )


def _is_about(invoice: Invoice, exact: Decimal, rounding: Decimal) -> bool:
    """Whether the total is `exact`, rounded or not. Where cash is rounded to five, what was rounded may go unsaid."""
    total = invoice.total.value if invoice.total else Decimal()
    if min(abs(total - exact), abs(total - exact - rounding)) <= CENT:
        return True
    by_five = invoice.currency is not None and invoice.currency.value in ROUNDED_TO_FIVE
    return by_five and invoice.rounding is None and not total % FIVE and abs(total - exact) < FIVE


def _parts(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Taxes, discount, charges and rounding; nought for what is not there."""
    taxes = sum((tax.amount.value for tax in invoice.taxes if tax.amount), Decimal())
    return taxes, _or_nought(invoice.discount), _or_nought(invoice.charges), _or_nought(invoice.rounding)


def _included(invoice: Invoice) -> bool:
    return any(tax.included for tax in invoice.taxes)


def _or_nought(value: Value[Decimal] | None) -> Decimal:
    return value.value if value else Decimal()


def _differs(code: str, what: str, expected: Decimal, found: Value[Decimal], name: str, fields: list[str]) -> Mark:
    verb = "come to" if what.endswith("s") or "," in what else "comes to"
    return Mark(
        code=code, message=f"{what} {verb} {money(expected)}, but {name} is {money(found.value)}.", fields=fields
    )


def money(value: Decimal) -> str:
    """Two decimals, as people write money; more where there are more."""
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    return f"{rounded:,.2f}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
