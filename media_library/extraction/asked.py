"""What a question to an invoice asks, by its words: for costs, counts, the dearest, a value; with tax or without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from media_library.extraction.asked_things import COUNTS, EMPTY, singular, words_of
from media_library.extraction.schemas import Invoice
from media_library.extraction.words import fold

LONGEST = 500
"""Characters of a question that are looked at."""

COSTS = re.compile(
    r"\b(?:costs?|costing|prices?|priced|pay(?:ing)?|charged?|worth|kosten|kostet|kostete|preis|coute(?:nt|r|rait|raient)?"
    r"|prix|cuestan?|costarian?|precio|costano?|costerebbero|prezzo|kost|prijs|come to|amount to|how much|wie ?viel"
    r"|combien|cuanto|quanto|hoeveel)\b"
)
COUNTING = re.compile(
    r"\b(?:how many|wie ?viele|combien de|combien d'|cuant[ao]s|quant[ie]|number of|quantity of"
    r"|hoeveel(?! (?:kost|is|was|bedraagt|btw|betaal)))\b"
)
DEAREST = re.compile(
    r"\b(?:dearest|most expensive|priciest|costliest|costs? the most|cost most|highest (?:price|amount|line|item|cost)"
    r"|largest (?:amount|line|item)|biggest (?:amount|line|item)|teuerst\w*|(?:plus|le plus) cher\w*|mas car[ao]"
    r"|piu car[ao]"
    r"|duurste)\b"
)
CHEAPEST = re.compile(
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
LISTS = re.compile(
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
class Asked:
    """`plain`: the question, folded, without what it says of taxes; `rest`: what is left of it to name things, as it
    was written; `taxed`: whether tax is wanted in the answer, None where nothing is said."""

    plain: str
    rest: str
    taxed: bool | None
    lines: tuple[str, ...]
    past: bool = field(default=False)

    @classmethod
    def of(cls, question: str, invoice: Invoice) -> Asked:
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


# --- Values by their names -------------------------------------------------------------------------------

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
TOTAL = (
    r"total|amount due|altogether|in all|sum\b|amount|how much|come to|betrag|summe|gesamt\w*|insgesamt|montant|importe"
    r"|importo|totaal|wie ?viel|combien|cuanto|quanto|hoeveel|\bcosts?\b|\bspen[dt]\b"
)


def field_of(plain: str) -> str | None:
    return next((name for name, pattern in _FIELDS if re.search(pattern, plain)), None)
