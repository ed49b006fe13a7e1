"""The things that a question names, with how many of each: “four sets of pedal arms and six hours of labour”.

Knows number words and units, and which line of an invoice a thing is; nothing of what is asked about them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from media_library.extraction.amounts import amount
from media_library.extraction.words import fold, near

_COUNTS = {
    1: "a an one single another ein eine einen einer eines un une uno una een each per",
    2: "two zwei deux dos due twee pair couple",
    3: "three drei trois tres tre drie",
    4: "four vier quatre cuatro quattro",
    5: "five funf cinq cinco cinque vijf",
    6: "six sechs seis sei zes",
    7: "seven sieben sept siete sette zeven",
    8: "eight acht huit ocho otto",
    9: "nine neun neuf nueve nove negen",
    10: "ten zehn dix diez dieci tien",
    11: "eleven elf onze once undici",
    12: "twelve zwolf douze doce dodici twaalf dozen dutzend",
    13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
    20: "twenty zwanzig vingt veinte venti twintig",
    30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety",
    100: "hundred hundert cent cien cento honderd",
    1000: "thousand tausend mille mil duizend",
}  # fmt: skip
COUNTS = {word: Decimal(number) for number, words in _COUNTS.items() for word in words.split()}
"""Number words in English, German, French, Spanish, Italian and Dutch, folded → how many."""
HALF = frozenset("half halb halbe demi demie medio media mezzo mezza halve".split())  # noqa: SIM905
AND_HALF = "½"
DOZEN = frozenset({"dozen", "dutzend"})

UNITS = frozenset(
    "set sets piece pieces pc pcs unit units item items hour hours hr hrs h stunde stunden std day days tag tage box "  # noqa: SIM905
    "boxes pack packs packet packets bottle bottles can cans bag bags kg kilo kilos g gram grams l litre litres liter "
    "liters m metre metres meter meters pair pairs roll rolls stk stuck stucke heure heures hora horas ora ore uur pz "
    "pezzi st uds ud unidades".split()
)
"""Words for what is counted, which either side may leave out."""
EMPTY = frozenset(
    "the of for in on at to from with by and or more extra additional such der die das den dem des von fur mit und le "  # noqa: SIM905
    "la les du de des pour avec et el los las del para con y il lo i gli di per e het van voor met en".split()
)
"""Words that hold a name together."""

ENOUGH = 0.6
"""The share of the words of a thing that a line must hold to be it."""
_JOINED = re.compile(r"\s*(?:,|;|&|\+|\b(?:and|plus|und|et|y|en)\b)\s*")
_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_][^\W_]*(?:['’-][^\W_]+)*|\d+[^\W\d_]+")


@dataclass(frozen=True)
class Thing:
    """Something that is asked about. `count`: None where none is said; `name`: as it was written, without its count."""

    name: str
    count: Decimal | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The `lines` that a thing may be, by their numbers: one where it is clear; and how well it fits, 0 to 1."""

    lines: tuple[int, ...] = ()
    fit: float = 0.0


def things(text: str, lines: Sequence[str]) -> list[Thing]:
    """What `text` names. Where “and” belongs to a name, as `lines` tell, it does not part two things."""
    found: list[Thing] = []
    # “and” within a number parts nothing: a hundred and twenty, two and a half.
    text = re.sub(r"\b(hundred|thousand)\s+and\b", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+and\s+(?:a\s+|one\s+)?half\b", f" {AND_HALF}", text, flags=re.IGNORECASE)
    for part in _JOINED.split(text):
        one = _thing(part)
        if not one.words and one.count is None:
            continue
        if found and one.count is None:
            both = _thing(f"{found[-1].name} {part}", found[-1].count)
            alone, before = match(one, lines), match(found[-1], lines)
            if match(both, lines).fit >= max(alone.fit, ENOUGH) and set(alone.lines) & set(before.lines):
                name = f"{found[-1].name} and {one.name}"
                found[-1] = Thing(name, found[-1].count, both.words)
                continue
        found.append(one)
    return found


def _thing(part: str, count: Decimal | None = None) -> Thing:
    tokens = [(match[0], match.start()) for match in _TOKEN.finditer(part)]
    start = 0
    if count is None:
        count, used = counted([token for token, _ in tokens])
        start = tokens[used][1] if used < len(tokens) else len(part) if used else 0
    name = part[start:].strip(" .?!\"'“”")
    name = re.sub(rf"^(?:(?:{'|'.join(sorted(EMPTY))})\s+)+", "", name, flags=re.IGNORECASE) or name
    return Thing(name, count, words_of(name))


def counted(tokens: Sequence[str]) -> tuple[Decimal | None, int]:
    """How many the first of `tokens` say, as “2.5”, “twenty-five”, “half a dozen”; and how many tokens say it."""
    at, whole, half = 0, None, False
    if tokens and fold(tokens[0]) in EMPTY and len(tokens) > 1 and _number(tokens[1]) is not None:
        at = 1
    if at < len(tokens) and fold(tokens[at]) in HALF:
        half, at = True, at + 1
    while at < len(tokens):
        value = _number(tokens[at])
        if value is None:
            break
        word = fold(tokens[at])
        if whole is None:
            whole = value
        elif word in DOZEN or value in (100, 1000):
            whole *= value
        elif whole >= 20 and value < (100 if whole >= 100 else 10) and word not in ("a", "an", "each", "per"):
            whole += value
        else:
            break
        at += 1
    if half:
        return (whole or Decimal(1)) / 2, at
    if whole is not None and tokens[at : at + 1] == [AND_HALF]:
        return whole + Decimal("0.5"), at + 1
    return whole, at if whole is not None else 0


def _number(token: str) -> Decimal | None:
    if token[0].isdigit():
        found = amount(token)
        return found.value if found else None
    plain = fold(token)
    if plain in COUNTS:
        return COUNTS[plain]
    tens, _, ones = plain.partition("-")
    if tens in COUNTS and ones in COUNTS and COUNTS[tens] >= 20 and COUNTS[ones] < 10:
        return COUNTS[tens] + COUNTS[ones]
    return None


# --- Which line it is ------------------------------------------------------------------------------------


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name that tell what it is, singular and folded."""
    return tuple(singular(fold(token[0])) for token in _TOKEN.finditer(text) if fold(token[0]) not in EMPTY)


def singular(word: str) -> str:
    """“cables” → “cable”, “boxes” → “box”, “batteries” → “battery”; near enough for finding a name again."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def match(thing: Thing, lines: Sequence[str]) -> Match:
    """Which of `lines`, descriptions of an invoice, `thing` is. Units count only where nothing else is named."""
    wanted = [word for word in thing.words if word not in _UNITS] or list(thing.words)
    if not wanted:
        return Match()
    fits: list[tuple[float, float, int]] = []
    for number, line in enumerate(lines):
        own = words_of(line)
        held = sum(any(_same(word, other) for other in own) for word in wanted)
        if held / len(wanted) >= ENOUGH:
            # Among lines that hold all of it, the one that says least besides.
            named = [word for word in own if word not in _UNITS]
            fits.append((held / len(wanted), held / max(1, len(named)), number))
    if not fits:
        return Match()
    best = max(fit for fit, _, _ in fits)
    close = [one for one in fits if one[0] == best]
    whole = [one for one in close if one[1] >= 1]
    kept = whole or close
    return Match(tuple(number for _, _, number in kept), best)


_UNITS = frozenset(map(singular, UNITS))
_SPELLINGS = (("our", "or"), ("re", "er"), ("ise", "ize"), ("ae", "e"), ("oe", "e"))


def _same(word: str, other: str) -> bool:
    """Whether two words are one, but for a letter of a long one, or the way it is spelt elsewhere."""
    if word == other:
        return True
    if len(word) >= 5 and len(other) >= 5 and near(word, other):
        return True
    return any(word.replace(*pair) == other.replace(*pair) for pair in _SPELLINGS if len(word) >= 5)
