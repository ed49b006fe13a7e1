"""Amounts of money in text, as many countries write them.

1,234.56 · 1.234,56 · 1 234,56 · 1'234.56 · 1,23,456.00 · 12,- · RM12.34 · 12,34 € · (12.34) · -12.34 · 12.34- ·
12.34 CR

What cannot be told from one amount alone, whether 1.234 is a thousand or little more than one, is told by the others of
the document: `decimal_mark` asks them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MAX_DIGITS = 15
"""Longer ones are codes."""

SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "฿": "THB", "₺": "TRY", "₩": "KRW", "₫": "VND", "₱": "PHP",
    "₽": "RUB", "zł": "PLN", "zl": "PLN", "kč": "CZK", "kc": "CZK", "ft": "HUF", "rm": "MYR", "rp": "IDR",
    "fr.": "CHF", "sfr": "CHF", "us$": "USD", "s$": "SGD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD",
    "hk$": "HKD", "nz$": "NZD", "r$": "BRL",
}  # fmt: skip
"""What is written for a currency, folded → ISO 4217. The dollar alone and “kr” are of several countries."""
CODES = frozenset((
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD",
    "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP",
    "PLN", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
))  # fmt: skip

_CURRENCY = (
    r"(?:" + "|".join(sorted(CODES)) + r"|US\s?\$|AU\$|CA\$|HK\$|NZ\$|R\$|[SAC]\$|RM|RK|Rp|Rs\.?|SFr\.?|Fr\.|kr\.?"
    r"|[$€£¥₹฿₺₩₫₱₽])"
)
_BEHIND = rf"(?:{_CURRENCY}|zł|Kč|Ft)"
_NUMBER = (
    # With thousands set apart, with or without decimals; with decimals; whole.
    r"\d{1,3}(?:(?P<apart>[ \u00a0\u202f.,'’´`])\d{3})(?:(?P=apart)\d{3})*"
    r"(?:(?!(?P=apart))[.,] ?\d{1,2}|[.,]\d{2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?(?!\d)"
    r"|\d+ ?[.,] ?\d{2}(?!\d)"
    r"|\d+[.,]\d+"
    r"|\d+(?:[.,] ?[-–—]{1,2}(?!\d))?"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<open>\()?\s?(?P<sign>[-−–+])?\s?(?P<before>{_CURRENCY}|(?<!\w)[Ss](?=\d+[.,]\d\d))?\s?(?P<inner>[-−–])?\s?"
    rf"(?P<number>{_NUMBER})"
    rf"(?P<percent>\s?%)?\s?(?P<after>{_BEHIND}(?![A-Za-z]|\s?\d))?(?P<trailing>\s?[-−–](?![\w])|\s?CR\b)?(?P<close>\s?\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """An amount and where it stands in its text. `currency`: ISO 4217, or "$" and "kr" for what may be several.

    `decimals`: how many are written, None where the number is whole. `percent`: it is a rate and no money.
    """

    value: Decimal
    text: str
    start: int
    end: int
    decimals: int | None = None
    currency: str = ""
    percent: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is written like a price: two decimals or a currency, and no rate."""
        return not self.percent and (self.decimals == 2 or bool(self.currency))


def amounts(text: str, mark: str | None = None) -> list[Amount]:
    """Every number in `text` that stands by itself, in order. `mark`: the decimal mark of the document, “.” or “,”."""
    found = []
    for match in _AMOUNT.finditer(text):
        number = match["number"]
        # Codes and phone numbers go on where a price ends; a tax code may follow decimals at once.
        rest = text[match.end("number") : match.end("number") + 1]
        parsed = _value(number, mark)
        if parsed is None:
            continue
        value, decimals = parsed
        if rest and (rest.isdigit() or (rest.isalnum() and decimals != 2 and not match["after"])):
            continue
        if rest in "/:" and rest and text[match.end("number") + 1 : match.end("number") + 2].isdigit():
            continue
        negative = bool(match["sign"] in ("-", "−", "–") or match["inner"] or match["trailing"])
        negative = negative or bool(match["open"] and match["close"] and decimals is not None)
        end = match.end() if match["close"] and match["open"] else match.end("number")
        for group in ("percent", "after", "trailing"):
            if match[group]:
                end = max(end, match.end(group))
        start = match.start() if match["open"] and match["close"] else _start(match)
        found.append(
            Amount(
                -value if negative and value else value,
                text[start:end].strip(),
                start + len(text[start:end]) - len(text[start:end].lstrip()),
                end,
                decimals,
                currency_of(match["before"] or match["after"] or ""),
                bool(match["percent"]),
            )
        )
    return found


def amount(text: str, mark: str | None = None) -> Amount | None:
    """The amount that `text` is, if it is nothing else."""
    found = amounts(text, mark)
    if len(found) != 1:
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    return found[0] if not any(character.isalnum() for character in rest) else None


def decimal_mark(texts: Iterable[str]) -> str | None:
    """What most amounts of a document that leave no doubt have before their decimals; None where none does."""
    votes: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(r"(?<![\d.,])\d[\d.,' ]*?([.,])(\d{2}|[-–]{1,2})(?![\d.,])", text):
            votes[match[1]] += 1
    if not votes:
        return None
    (best, most), *others = votes.most_common()
    return best if not others or most > others[0][1] else None


def currency_of(written: str) -> str:
    """ISO 4217 of a sign or code; "$" and "kr" as they are; "" for none."""
    plain = written.strip().lower().replace(" ", "")
    if plain.upper() in CODES:
        return plain.upper()
    if plain == "rk":  # how OCR reads a printed RM
        return "MYR"
    if plain.startswith("rs"):
        return "INR"
    if plain in ("$", "s"):
        return "$"
    if plain.startswith("kr"):
        return "kr"
    return SIGNS.get(plain) or SIGNS.get(plain.rstrip(".")) or ""


def _start(match: re.Match[str]) -> int:
    return min(match.start(group) for group in ("sign", "before", "inner", "number") if match[group] is not None)


def _value(number: str, mark: str | None) -> tuple[Decimal, int | None] | None:
    plain = re.sub(r"[ \u00a0\u202f'’´`]", "", number)
    if match := re.fullmatch(r"(\d+)[.,][-–—]{1,2}", plain):
        return Decimal(match[1]), 2
    marks = re.findall(r"[.,]", plain)
    decimals: int | None = None
    if marks:
        last = len(plain) - 1 - max(plain.rfind("."), plain.rfind(","))
        spaced = bool(re.search(r"\d[ \u00a0\u202f'’´`]\d", number))
        if _is_decimal(marks, last, plain, mark, spaced):
            whole, part = plain[: -last - 1], plain[-last:]
            plain, decimals = re.sub(r"[.,]", "", whole) + "." + part, last
        else:
            plain = re.sub(r"[.,]", "", plain)
    if sum(character.isdigit() for character in plain) > MAX_DIGITS:
        return None
    try:
        return Decimal(plain), decimals
    except InvalidOperation:
        return None


def _is_decimal(marks: list[str], last: int, plain: str, mark: str | None, spaced: bool) -> bool:
    """Whether the last mark stands before decimals, of which there would be `last`."""
    if last != 3 or spaced:
        return True
    if len(set(marks)) == 2:
        return True
    if len(marks) > 1:
        return False
    if plain.startswith("0"):
        return True
    return marks[0] == (mark or ".")
