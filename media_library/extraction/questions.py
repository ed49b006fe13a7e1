"""Questions whose answer can be worked out from an invoice: what things would cost, sums, taxes, dates, counts.

Works with decimals in the currency of the invoice, shows how the answer comes about, and names the values that it rests
on. What is not on the invoice is said to be missing; nothing is guessed. Never raises on what a question or an invoice
says. Questions over many invoices are `spending`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from media_library.extraction.asked_things import COUNTS, EMPTY, Thing, match, singular, things, words_of
from media_library.extraction.schemas import Invoice, InvoiceLine, Value
from media_library.extraction.words import fold

LONGEST = 500
"""Characters of a question that are looked at."""
MOST_LINES = 30
"""Lines that an answer lists."""
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


def answer(question: str, invoice: Invoice) -> Worked:
    """What `invoice` says to `question`; without steps where it is about something else."""
    asked = _Asked.of(question, invoice)
    for way in (_extreme, _listed, _count, _cost, _said):
        if worked := way(asked, invoice):
            return worked
    return Worked()


def counts(question: str) -> bool:
    """Whether `question` asks how many of something there are."""
    return bool(_COUNTS.search(fold(question[:LONGEST])))


# --- What is asked ---------------------------------------------------------------------------------------

_COSTS = re.compile(
    r"\b(?:costs?|costing|prices?|priced|pay(?:ing)?|charged?|worth|kosten|kostet|kostete|preis|coute(?:nt|r|rait|raient)?"
    r"|prix|cuestan?|costarian?|precio|costano?|costerebbero|prezzo|kost|prijs|come to|amount to|how much|wie ?viel"
    r"|combien|cuanto|quanto|hoeveel)\b"
)
_COUNTS = re.compile(
    r"\b(?:how many|wie ?viele|combien de|combien d'|cuant[ao]s|quant[ie]|number of|quantity of|hoeveel)\b"
)
_DEAREST = re.compile(
    r"\b(?:dearest|most expensive|priciest|costliest|costs? the most|cost most|highest (?:price|amount|line|item|cost)"
    r"|largest (?:amount|line|item)|biggest (?:amount|line|item)|teuerst\w*|(?:plus|le plus) cher\w*|mas car[ao]"
    r"|piu car[ao]"
    r"|duurste)\b"
)
_CHEAPEST = re.compile(
    r"\b(?:cheapest|least expensive|costs? the least|cost least|lowest (?:price|amount|line|item|cost)"
    r"|smallest (?:amount|line|item)|billigst\w*|gunstigst\w*|moins cher\w*|mas barat[ao]|meno car[ao]|goedkoopste)\b"
)
_TAX_WORDS = r"(?:sales tax|taxes|tax|vat|gst|sst|mwst|mehrwertsteuer|steuer|tva|iva|btw)"
_WITH_TAX = re.compile(
    rf"\b(?:with|including|includes?|incl\.?|inc\.?|plus|after|mit|inkl\.?|avec|con|met)\s+(?:the\s+|any\s+)?{_TAX_WORDS}\b"
    rf"(?:\s+included)?|\b{_TAX_WORDS}\s+(?:included|inclusive)\b|\b(?:ttc|brutto|gross)\b"
)
_WITHOUT_TAX = re.compile(
    rf"\b(?:without|excluding|excl\.?|before|ohne|sans|sin|senza|zonder)\s+(?:the\s+|any\s+)?{_TAX_WORDS}\b|\b(?:net|netto)\b"
)
_PAST = re.compile(r"\b(?:did|was|were|had|has|have|paid|charged|bought|kostete|a coute|costo)\b")
_LISTS = re.compile(
    r"\b(?:(?:which|what) (?:\w+ )?(?:items?|things?|goods|lines?|products?|articles?)|what (?:did|have|was|were) \w+ "
    r"?(?:bought|buy|purchase[d]?|order(?:ed)?|sold)|what was bought|list (?:the|all|of)|line items|what is on"
    r"|what stands on"
    r"|welche (?:artikel|positionen)|quels articles)\b"
)
FRAME = frozenset(
    "what's who's when's how's it's that's where's "  # noqa: SIM905
    "how much many would will could should can do does did is are was were be being been has have had it its this that "
    "these those there here cost costs costing price prices priced buy buying bought get getting got pay paying paid "
    "if we i you they us me my our your one what whats which who when total altogether together sum amount all "
    "everything "
    "come comes amount need needed want wanted order ordered ordering purchase purchased charge charged charges make "
    "invoice bill receipt document according please tell know like then another again same each per in on worth rate "
    "said says stand stands number quantity wie viel wieviel viele kosten kostet wurde wurden ist sind combien coute "
    "coutent couterait cuanto cuesta cuestan quanto costa costano hoeveel kost rechnung facture factura fattura".split()
)
"""Words of questions that name no thing, where no line of the invoice has them."""


@dataclass(frozen=True)
class _Asked:
    """`plain`: the question, folded, without what it says of taxes; `rest`: what is left of it to name things, as it
    was written; `taxed`: whether tax is wanted in the answer, None where nothing is said."""

    plain: str
    rest: str
    taxed: bool | None
    lines: tuple[str, ...]
    past: bool = field(default=False)

    @classmethod
    def of(cls, question: str, invoice: Invoice) -> _Asked:
        written = " ".join(question[:LONGEST].split())
        plain, taxed = fold(written), None
        for pattern, wanted in ((_WITHOUT_TAX, False), (_WITH_TAX, True)):
            if found := pattern.search(plain):
                taxed = wanted
                written = f"{written[: found.start()]} {written[found.end() :]}"
                plain = fold(written)
        lines = tuple(line.description.value if line.description else "" for line in invoice.lines)
        vendor = invoice.vendor.value if invoice.vendor else ""
        return cls(plain, _without_frame(written, lines, vendor), taxed, lines, bool(_PAST.search(plain)))


_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*|\S")


def _without_frame(written: str, lines: Sequence[str], vendor: str) -> str:
    """`written` without the words that only ask, or say whose invoice is meant, from the first to the last word that
    names something."""
    known = {word for line in lines for word in words_of(line)}
    idle = FRAME | set(words_of(vendor))

    def asks(token: str) -> bool:
        plain = fold(token)
        return (plain in idle or singular(plain) in idle) and singular(plain) not in known and not _counts(token)

    # Inside of it, too: “… and how much are two cables” asks twice.
    kept = [token for token in _WORD.findall(written) if not asks(token)]
    while kept and not _names(kept[0]):
        kept.pop(0)
    while kept and not _names(kept[-1]):
        kept.pop()
    return re.sub(r"\s+([,.;])", r"\1", " ".join(kept))


def _counts(token: str) -> bool:
    """Whether it says how many, and not merely “a”."""
    plain = fold(token)
    return plain[0].isdigit() or (plain in COUNTS and plain not in ("a", "an", "per", "each", "single"))


def _names(token: str) -> bool:
    """Whether something may begin and end with it."""
    return any(map(str.isalnum, token)) and (_counts(token) or fold(token) not in EMPTY)


# --- What things cost ------------------------------------------------------------------------------------


def _cost(asked: _Asked, invoice: Invoice) -> Worked | None:
    if not _COSTS.search(asked.plain):
        return None
    wanted = [thing for thing in things(asked.rest, asked.lines) if thing.words or thing.count is not None]
    if not wanted:
        return None
    found = [(thing, match(thing, asked.lines)) for thing in wanted]
    # What a value of the invoice is called is no thing: “how much is the shipping”.
    if not any(one.lines for _, one in found) and (_field_of(asked.plain) or not asked.lines):
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
            steps.append(Step(text, _values(invoice.lines[first])))
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
        return Worked(tuple(steps), None, _currency(invoice), tuple(missing), of_things=True)
    total = sum((each for each, _ in sums), Decimal())
    if len(sums) > 1:
        used = tuple(value for step in steps for value in step.used)
        written = " + ".join(_money(each, invoice) for each, _ in sums)
        what = "Together" if not missing else "The others together"
        steps.append(Step(f"{what}: {written} = {_with_currency(total, invoice)}.", used))
    if asked.taxed:
        total, step = _with_tax(total, invoice)
        steps.append(step)
    elif _tax_beside(invoice) and asked.taxed is None and not missing:
        steps.append(Step("That is before tax, as the prices on the invoice are."))
    return Worked(tuple(steps), None if missing else total, _currency(invoice), tuple(missing), of_things=True)


def _times(
    thing: Thing, line: InvoiceLine, price: Decimal, used: tuple[Value, ...], invoice: Invoice, past: bool
) -> tuple[Decimal, Step]:
    name = line.description.value if line.description else ""
    count = thing.count
    if count is None and past and line.amount:
        # What it did cost is what the line says.
        billed = line.amount.value
        of = f" for {_number(line.quantity.value)}" if line.quantity else ""
        each = f", {_money(price, invoice)} each" if line.quantity and line.quantity.value != 1 else ""
        return billed, Step(f"{name}: {_with_currency(billed, invoice)}{of}{each}.", _values(line))
    if count is None:
        return _cents(price, invoice), Step(f"{name}: {_with_currency(price, invoice)} each.", used)
    total = _cents(count * price, invoice)
    sentence = f"{_number(count)} × {name} at {_money(price, invoice)} = {_with_currency(total, invoice)}."
    if line.discount or line.discount_rate:
        sentence += " The discount of that line is left out."
    return total, Step(sentence, used)


def _price(line: InvoiceLine) -> tuple[Decimal, tuple[Value, ...]] | None:
    """What one of a line costs, and the values that say so."""
    if line.unit_price:
        return line.unit_price.value, _values(line, "unit_price")
    if line.amount and line.quantity and line.quantity.value:
        try:
            return line.amount.value / line.quantity.value, _values(line, "amount", "quantity")
        except InvalidOperation:
            return None
    return (line.amount.value, _values(line, "amount")) if line.amount else None


def _several(thing: Thing, priced: Sequence[tuple[int, tuple[Decimal, tuple[Value, ...]]]], invoice: Invoice) -> Step:
    named = [
        f"“{line.description.value if line.description else ''}” at {_money(price, invoice)}"
        for number, (price, _) in priced
        if (line := invoice.lines[number])
    ]
    used = tuple(value for _, (_, values) in priced for value in values)
    return Step(f"“{thing.name}” may be {_listing(named[:6], 'or')}. Say which one is meant.", used)


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
        return total, Step("The prices on this invoice hold the tax already.", _tax_values(invoice))
    if len({tax.rate.value for tax in taxes if tax.rate}) > 1:
        return total, Step(
            "Several rates of tax are on this invoice, so it cannot be told which it would be. That is without tax.",
            _tax_values(invoice),
        )
    rate = next((tax.rate.value for tax in taxes if tax.rate), None)
    base = invoice.subtotal.value if invoice.subtotal else None
    if rate is None:
        amount = sum((tax.amount.value for tax in taxes if tax.amount), Decimal())
        if not base:
            return total, Step("The rate of the tax is not on this invoice. That is without tax.", _tax_values(invoice))
        tax = _cents(total * amount / base, invoice)
        how = f"in the share that it has on this invoice ({_money(amount, invoice)} on {_money(base, invoice)})"
    else:
        tax = _cents(total * rate / 100, invoice)
        how = f"at the {_number(rate)} % of this invoice"
    summed = f"{_money(total, invoice)} + {_money(tax, invoice)} = {_with_currency(total + tax, invoice)}"
    text = f"With tax {how}: {summed}."
    return total + tax, Step(text, _tax_values(invoice))


def _tax_beside(invoice: Invoice) -> bool:
    return any(tax.amount and tax.amount.value and not tax.included for tax in invoice.taxes)


# --- How many, which, what ---------------------------------------------------------------------------------


def _count(asked: _Asked, invoice: Invoice) -> Worked | None:
    if not _COUNTS.search(asked.plain):
        return None
    wanted = things(asked.rest, asked.lines)
    plain = {word for thing in wanted for word in thing.words}
    if not invoice.lines:
        return None
    if not plain or plain <= {"line", "item", "thing", "article", "product", "position", "good", "different"}:
        used = tuple(value for line in invoice.lines for value in _values(line, "description"))
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
                steps.append(Step(f"{name}: how many is not on the invoice.", _values(line, "description")))
                continue
            total += line.quantity.value
            steps.append(Step(f"{name}: {_number(line.quantity.value)}.", _values(line, "quantity")))
    if missing:
        steps.append(Step(f"Not on this invoice: {', '.join(f'“{name}”' for name in missing)}."))
    if len([step for step in steps if step.used]) > 1 and known:
        steps.append(Step(f"Together {_number(total)}.", tuple(value for step in steps for value in step.used)))
    return Worked(tuple(steps), total if known and not missing else None, "", tuple(missing), of_things=True)


def _extreme(asked: _Asked, invoice: Invoice) -> Worked | None:
    dearest, cheapest = _DEAREST.search(asked.plain), _CHEAPEST.search(asked.plain)
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
            f"{_with_currency(value.value, invoice)}{' each' if each else ''}.",
            _values(line),
        )
        for value, line in rows
        if value.value == best
    ]
    return Worked(tuple(steps), best, _currency(invoice))


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

_FIELDS: tuple[tuple[str, str], ...] = (
    # How a question asks for it; the first that fits is it.
    ("subtotal", r"sub-?\s?total|net (?:total|amount|sum)|zwischensumme|nettobetrag|sous[- ]total|subtotaal"),
    ("due_date", r"due date|payment due|when .*\bdue\b|pay(?:able)? by|until when|when .*\b(?:pay|paid by)\b|fallig\w*"
                 r"|zahlbar|echeance|vencimiento|scadenza|vervaldatum"),
    ("number", r"(?:invoice|receipt|bill|document|credit note) (?:no\b|nr\b|number|id\b)|\bnumber\b|rechnungsnummer"
               r"|numero|nummer"),
    ("date", r"\bdated?\b|\bwhen\b|what day|which day|datum|\bfecha\b|\bdata\b"),
    ("vendor", r"who (?:issued|sent|wrote|sold|is it from|made)|vendor|seller|supplier|merchant|issuer|from whom"
               r"|which (?:shop|store|company)|company|\bshop\b|\bstore\b|lieferant|verkaufer|fournisseur|proveedor"
               r"|fornitore"),
    ("address", r"address|where is|adresse|direccion|indirizzo|\badres\b"),
    ("currency", r"currency|wahrung|devise|moneda|valuta"),
    ("discount", r"discount|rebate|rabatt|remise|descuento|sconto|korting"),
    ("charges", r"shipping|delivery|postage|freight|service charge|surcharge|versand\w*|livraison|envio|spedizione"
                r"|verzend\w*|porto"),
    ("rounding", r"rounding|rundung|arrondi|redondeo|arrotondamento|afronding"),
    ("change", r"change given|\bchange\b|ruckgeld|wechselgeld|monnaie|vuelto|wisselgeld"),
    ("taxes", rf"\b{_TAX_WORDS}\b"),
    ("paid", r"\bpaid\b|\bcash\b|tendered|bezahlt|\bpaye\b|pagado|pagato|betaald"),
)  # fmt: skip
_TOTAL = (
    r"total|amount due|altogether|in all|sum\b|amount|how much|come to|betrag|summe|gesamt\w*|insgesamt|montant|importe"
    r"|importo|totaal|wie ?viel|combien|cuanto|quanto|hoeveel|\bcosts?\b|\bspen[dt]\b"
)


def _field_of(plain: str) -> str | None:
    return next((name for name, pattern in _FIELDS if re.search(pattern, plain)), None)


_AND = re.compile(r",|;|\band\b|\bund\b|\bet\b")


def _said(asked: _Asked, invoice: Invoice) -> Worked | None:
    """Values that are written on it: “who issued it, and when” asks for two."""
    parts = [field for part in _AND.split(asked.plain) if (field := _field_of(part))]
    if not parts:
        field = _whole_of(asked)
        return _value_of(field, invoice) if field else None
    worked = [_value_of(field, invoice) for field in dict.fromkeys(parts)]
    if len(worked) == 1:
        return worked[0]
    missing = tuple(name for one in worked for name in one.missing)
    return Worked(tuple(step for one in worked for step in one.steps), None, _currency(invoice), missing)


def _whole_of(asked: _Asked) -> str | None:
    """Whether the question is for what all of it comes to, with tax or without."""
    if not re.search(_TOTAL, asked.plain):
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
        step = Step(f"{said} {_with_currency(value.value, invoice)}.", (value,))
        return Worked((step,), value.value, _currency(invoice))
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
        rate = f" at {_number(tax.rate.value)} %" if tax.rate else ""
        inside = ", which the prices hold already" if tax.included else ""
        used = tuple(value for value in (tax.amount, tax.rate) if value)
        steps.append(Step(f"Tax{rate}: {_with_currency(tax.amount.value, invoice)}{inside}.", used))
    total = sum((tax.amount.value for tax in taxes if tax.amount), Decimal())
    if len(taxes) > 1:
        written = " + ".join(_money(tax.amount.value, invoice) for tax in taxes if tax.amount)
        steps.append(Step(f"All taxes: {written} = {_with_currency(total, invoice)}.", _tax_values(invoice)))
    return Worked(tuple(steps), total, _currency(invoice))


def _listed(asked: _Asked, invoice: Invoice) -> Worked | None:
    if not _LISTS.search(asked.plain) or not invoice.lines:
        return None
    steps = []
    for line in invoice.lines[:MOST_LINES]:
        count = f"{_number(line.quantity.value)} × " if line.quantity else ""
        price = f" at {_money(line.unit_price.value, invoice)}" if line.unit_price else ""
        due = f": {_with_currency(line.amount.value, invoice)}" if line.amount else ""
        name = line.description.value if line.description else "without a name"
        steps.append(Step(f"{count}{name}{price}{due}.", _values(line)))
    if len(invoice.lines) > MOST_LINES:
        steps.append(Step(f"And {len(invoice.lines) - MOST_LINES} more."))
    return Worked(tuple(steps))


# --- How it is written -----------------------------------------------------------------------------------


def _values(line: InvoiceLine, *names: str) -> tuple[Value[Any], ...]:
    """The values of a line, its description with them."""
    names = (*names, "description") if names else ("quantity", "description", "unit_price", "amount")
    return tuple(value for name in dict.fromkeys(names) if (value := getattr(line, name)))


def _tax_values(invoice: Invoice) -> tuple[Value[Any], ...]:
    return tuple(value for tax in invoice.taxes for value in (tax.rate, tax.amount) if value)


def _currency(invoice: Invoice) -> str:
    return invoice.currency.value if invoice.currency else ""


def _places(invoice: Invoice) -> Decimal:
    """The step of amounts on this invoice: a hundredth, or a whole where no amount has decimals."""
    written = [invoice.total, invoice.subtotal, *(line.amount for line in invoice.lines)]
    texts = [value for value in written if value]
    return Decimal(1) if texts and all(value.value.as_tuple().exponent >= 0 for value in texts) else CENT  # type: ignore[operator]


def _cents(value: Decimal, invoice: Invoice) -> Decimal:
    try:
        return value.quantize(_places(invoice), ROUND_HALF_UP)
    except InvalidOperation:
        return value


def _money(value: Decimal, invoice: Invoice) -> str:
    """With the decimals of the invoice, or all that the value has: 1234.5 → 1,234.50."""
    exponent = value.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    least = -int(_places(invoice).as_tuple().exponent)  # type: ignore[arg-type]
    trimmed = f"{value.normalize():f}"
    digits = len(trimmed.partition(".")[2])
    return f"{value:,.{min(6, max(least, min(own, digits)))}f}"


def _with_currency(value: Decimal, invoice: Invoice) -> str:
    return f"{_money(value, invoice)} {_currency(invoice)}".strip()


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _listing(names: Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
