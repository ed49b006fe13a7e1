"""What stands in a drawn invoice or receipt: made up, adding up, and told as the truth about it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from media_library.extraction.drawing import languages
from media_library.extraction.drawing.damage import Damage
from media_library.extraction.drawing.languages import Manner

if TYPE_CHECKING:
    from PIL.Image import Image

CENT = Decimal("0.01")
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


@dataclass(frozen=True)
class TrueLine:
    """`off`: per cent that are taken off in the line; `rate`: of the tax in it; `code`: the seller's own."""

    quantity: Decimal
    description: str
    unit_price: Decimal
    amount: Decimal
    off: Decimal
    rate: Decimal
    code: str
    unit: str


@dataclass
class Truth:
    """What is true of a document. Money as it is written; `discount` positive where something is taken off.

    `taxes`: rate in per cent → amount. `extras`: columns the table has beside the usual ones.
    """

    kind: str
    language: str
    currency: str
    vendor: str
    address: str
    buyer: str
    number: str
    date: date
    lines: list[TrueLine]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    taxes: dict[Decimal, Decimal]
    rounding: Decimal
    total: Decimal
    paid: Decimal | None
    manner: Manner
    tax_included: bool
    extras: tuple[str, ...]


@dataclass
class Drawn:
    """A document as pictures, one per page, and what is true of it."""

    seed: int
    pages: list[Image]
    truth: Truth
    layout: str
    damage: list[Damage] = field(default_factory=list)


def draw(seed: int) -> Drawn:
    """The document of `seed`: two of three are invoices on A4, the others receipts of a till."""
    from media_library.extraction.drawing.invoice_pages import invoice_pages
    from media_library.extraction.drawing.receipt_pages import receipt_page

    chance = random.Random(seed)
    on_a_till = chance.random() < 1 / 3
    truth = _truth(chance, on_a_till)
    if on_a_till:
        layout, page = receipt_page(truth, chance)
        pages = [page]
    else:
        layout, pages = invoice_pages(truth, chance)
    damage = [Damage.some(chance) for _ in pages]
    pages = [one.apply(page, seed * 100 + number) for number, (one, page) in enumerate(zip(damage, pages, strict=True))]
    return Drawn(seed, pages, truth, layout, damage)


def _truth(chance: random.Random, on_a_till: bool) -> Truth:
    language = chance.choice(LANGUAGES)
    currency = chance.choice(languages.CURRENCIES[language])
    manner = languages.SWISS if currency == "CHF" else chance.choice(languages.MANNERS[language])
    credit = not on_a_till and chance.random() < 0.1
    sign = -1 if credit and chance.random() < 0.6 else 1
    most = 9 if on_a_till else chance.choice((4, 8, 12, 12, 36))
    extras = () if on_a_till else tuple(name for name in ("code", "unit", "rate", "off") if chance.random() < 0.15)
    rates = [Decimal(rate) for rate in languages.RATES[language]]
    rates = rates if "rate" in extras else [chance.choice(rates)]
    lines = [_line(chance, language, on_a_till, sign, extras, rates) for _ in range(chance.randint(1, most))]
    goods = sum((line.amount for line in lines), Decimal())
    discount = shipping = Decimal()
    if not credit and len(rates) == 1 and chance.random() < 0.2:
        discount = _cents(goods * Decimal(chance.choice(("0.05", "0.1", "0.02"))))
    if not credit and not on_a_till and len(rates) == 1 and chance.random() < 0.12:
        shipping = Decimal(chance.choice(("4.90", "9.50", "12.00")))
    taxes: dict[Decimal, Decimal] = {}
    for rate in rates:
        taxed = sum((line.amount for line in lines if line.rate == rate), Decimal()) - discount + shipping
        share = rate / (100 + rate) if on_a_till else rate / 100
        if taxed:
            taxes[rate] = _cents(taxed * share)
    total = goods - discount + shipping
    if not on_a_till:
        total += sum(taxes.values(), Decimal())
    rounding = Decimal()
    if currency in ("MYR", "CHF"):
        rounded = (total * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20
        rounding, total = _cents(rounded - total), _cents(rounded)
    paid = None
    if on_a_till and chance.random() < 0.7:
        note = Decimal(chance.choice((5, 10, 50)))
        paid = _cents((total / note).to_integral_value("ROUND_CEILING") * note)
    day = date(2015, 1, 1) + timedelta(days=chance.randint(0, 4000))
    name = (
        f"{chance.choice(languages.NAMES)} {chance.choice(languages.TRADES)} {chance.choice(languages.FORMS[language])}"
    )
    buyer = f"{chance.choice(languages.NAMES)} {chance.choice(languages.FORMS[language])}"
    return Truth(
        kind="credit_note" if credit else "receipt" if on_a_till else "invoice",
        language=language,
        currency=currency,
        vendor=name,
        address=f"{chance.choice(languages.STREETS[language])}, {chance.choice(languages.TOWNS[language])}",
        buyer=buyer,
        number=chance.choice(("{year}-{n:04d}", "INV{n:06d}", "R{n:05d}", "{n:07d}")).format(
            year=day.year, n=chance.randint(100, 9999)
        ),
        date=day,
        lines=lines,
        subtotal=goods,
        discount=discount,
        shipping=shipping,
        taxes=taxes,
        rounding=rounding,
        total=total,
        paid=paid,
        manner=manner,
        tax_included=on_a_till,
        extras=extras,
    )


def _line(
    chance: random.Random, language: str, on_a_till: bool, sign: int, extras: tuple[str, ...], rates: list[Decimal]
) -> TrueLine:
    quantity = Decimal(chance.choice((1, 1, 1, 2, 2, 3, 4, 5, 10, 12)))
    if not on_a_till and chance.random() < 0.12:
        quantity = Decimal(chance.choice(("1.5", "0.75", "2.25", "7.5")))
    top = 4000 if on_a_till else 90000
    price = Decimal(chance.randint(50, top)) / 100
    if not on_a_till and chance.random() < 0.1:
        price = Decimal(chance.randint(100000, 450000)) / 100
    description = chance.choice(languages.GOODS[language])
    if not on_a_till and chance.random() < 0.35:
        description += " " + chance.choice(languages.MORE[language])
    off = Decimal(chance.choice((0, 0, 5, 10))) if "off" in extras else Decimal()
    return TrueLine(
        quantity,
        description,
        _cents(price),
        _cents(sign * quantity * price * (100 - off) / 100),
        off,
        chance.choice(rates),
        f"{chance.choice('ABKTX')}-{chance.randint(100, 9999)}",
        chance.choice(languages.UNITS[language]),
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
