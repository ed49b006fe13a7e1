"""Answers about an invoice as sentences, with the values that they rest on, and how amounts are written in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from media_library.extraction.schemas import Invoice, InvoiceLine, Value

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Step:
    """A sentence of an answer, plain text, and the values of the invoice that it rests on, with their boxes."""

    text: str
    used: tuple[Value[Any], ...] = ()


@dataclass(frozen=True)
class Worked:
    """An answer. `steps`: empty where the question is none that an invoice answers; `value`: what it comes to, in
    `currency`, None where that is no amount or something is `missing`, which names what is not on the invoice."""

    steps: tuple[Step, ...] = ()
    value: Decimal | None = None
    currency: str = ""
    missing: tuple[str, ...] = ()
    of_things: bool = False
    """It is about things by their names, and not about the invoice as a whole."""

    @property
    def text(self) -> str:
        return "\n".join(step.text for step in self.steps)

    @property
    def is_answer(self) -> bool:
        """Whether it says something that stands on the invoice."""
        return any(step.used for step in self.steps)


# --- How it is written -----------------------------------------------------------------------------------


def values_of(line: InvoiceLine, *names: str) -> tuple[Value[Any], ...]:
    """The values of a line, its description with them."""
    names = (*names, "description") if names else ("quantity", "description", "unit_price", "amount")
    return tuple(value for name in dict.fromkeys(names) if (value := getattr(line, name)))


def taxes_of(invoice: Invoice) -> tuple[Value[Any], ...]:
    return tuple(value for tax in invoice.taxes for value in (tax.rate, tax.amount) if value)


def currency(invoice: Invoice) -> str:
    return invoice.currency.value if invoice.currency else ""


def _places(invoice: Invoice) -> Decimal:
    """The step of amounts on this invoice: a hundredth, or a whole where no amount has decimals."""
    written = [invoice.total, invoice.subtotal, *(line.amount for line in invoice.lines)]
    texts = [value for value in written if value]
    return Decimal(1) if texts and all(value.value.as_tuple().exponent >= 0 for value in texts) else CENT  # type: ignore[operator]


def cents(value: Decimal, invoice: Invoice) -> Decimal:
    try:
        return value.quantize(_places(invoice), ROUND_HALF_UP)
    except InvalidOperation:
        return value


def money(value: Decimal, invoice: Invoice) -> str:
    """With the decimals of the invoice, or all that the value has: 1234.5 → 1,234.50."""
    exponent = value.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    least = -int(_places(invoice).as_tuple().exponent)  # type: ignore[arg-type]
    trimmed = f"{value.normalize():f}"
    digits = len(trimmed.partition(".")[2])
    return f"{value:,.{min(6, max(least, min(own, digits)))}f}"


def with_currency(value: Decimal, invoice: Invoice) -> str:
    return f"{money(value, invoice)} {currency(invoice)}".strip()


def plain_number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def listing(names: Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
