"""Dates in text, as many countries write them.

25/12/2018 · 25.12.18 · 2018-12-25 · 12/25/2018 · 25 DEC 2018 · 25. Dezember 2018 · 25 de diciembre de 2018 ·
Dec 25, 2018 · 02/JAN/2017 · 20181225 · 25122018, also where OCR lost the space before the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from media_library.extraction.words import fold

Order = Literal["dmy", "mdy"]

EARLIEST, LATEST = 1970, 2099
CENTURY_TURN = 70
"""Years of two digits from which on the last century is meant."""

_MONTHS = {
    1: "january januar janvier enero gennaio januari jan ene gen janv jaenner jaenner",
    2: "february februar fevrier febrero febbraio februari feb fevr fev",
    3: "march maerz marz mars marzo maart mac mar mrt mrz maer",
    4: "april avril abril aprile apr avr abr",
    5: "may mai mayo maggio mei mag",
    6: "june juni juin junio giugno jun giu",
    7: "july juli juillet julio luglio julai jul juil lug",
    8: "august aout agosto augustus ogos aug ago agst",
    9: "september septembre septiembre settembre sep sept set setiembre",
    10: "october oktober octobre octubre ottobre oct okt ott",
    11: "november novembre noviembre nov",
    12: "december dezember decembre diciembre dicembre disember dec dez dic dis",
}
MONTHS = {name: number for number, names in _MONTHS.items() for name in names.split()}
"""Names and short forms in English, German, French, Spanish, Italian, Dutch and Malay, folded → month."""

_NAME = r"(?P<month>[a-z]{3,10})"
_YEAR = r"(?P<year>(?:19|20)\d\d|\d\d(?!\d))"
_LONG_YEAR = r"(?P<year>(?:19|20)\d\d)"
_OF = r"(?:\s?(?:(?:de|di|del)\s|d'))?"
_PATTERNS = (
    ("named", re.compile(rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|o|\.)?[\s./,-]*{_OF}{_NAME}[\s./,'-]*{_OF}{_YEAR}")),
    ("named", re.compile(rf"(?<![a-z]){_NAME}\.?[\s/-]*(?P<day>\d\d?)(?:st|nd|rd|th)?[\s,./-]+{_LONG_YEAR}")),
    ("named", re.compile(rf"(?<!\d){_LONG_YEAR}[\s./-]*{_NAME}[\s./-]*(?P<day>\d\d?)(?!\d)")),
    ("iso", re.compile(rf"(?<!\d){_LONG_YEAR}\s?(?P<mark>[-./])\s?(?P<two>\d\d?)\s?[-./]\s?(?P<three>\d\d?)")),
    (
        "numbers",
        re.compile(
            rf"(?<![\d])(?<!\d[.,])(?P<one>\d\d?)\s?(?P<mark>[-./])\s?(?P<two>\d\d?)\s?(?P<mark2>[-./])\s?{_YEAR}(?![./-]\d)"
        ),
    ),
    (
        "worn",
        re.compile(rf"(?<![\d.,/-])(?P<one>\d\d)(?P<mark>[ ./-])(?P<two>\d\d)(?P<mark2>[ ./-]){_YEAR}(?![\d./-])"),
    ),
    ("packed", re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<two>0[1-9]|1[0-2])(?P<three>[0-2]\d|3[01])(?!\d)")),
    ("packed", re.compile(r"(?<!\d)(?P<three>[0-2]\d|3[01])(?P<two>0[1-9]|1[0-2])(?P<year>20\d\d)(?!\d)")),
)
SURENESS = {"named": 1.0, "iso": 1.0, "numbers": 0.95, "worn": 0.7, "packed": 0.5}
"""How much a date written so is one, before anything is known about where it stands."""


@dataclass(frozen=True)
class FoundDate:
    """A date and where it stands in its text. `doubtful`: day and month may also stand the other way round."""

    value: date
    text: str
    start: int
    end: int
    sure: float
    doubtful: bool = False


def dates(text: str, order: Order = "dmy") -> list[FoundDate]:
    """Every date in `text`, in order. `order`: which of two small numbers is the day where they do not tell."""
    plain = fold(text)
    found: list[FoundDate] = []
    for how, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            parsed = _parse(how, match, order)
            if parsed:
                value, doubtful = parsed
                found.append(
                    FoundDate(
                        value, text[match.start() : match.end()], match.start(), match.end(), SURENESS[how], doubtful
                    )
                )
    return sorted(found, key=lambda one: one.start)


def order_of(texts: Iterable[str]) -> Order | None:
    """In which order a document writes day and month, as told by dates that can be read in one way only."""
    votes = {"dmy": 0, "mdy": 0}
    for text in texts:
        for one in dates(text):
            numbers = re.findall(r"\d+", one.text)
            if len(numbers) == 3 and len(numbers[0]) <= 2 and not one.doubtful and numbers[0] != numbers[1]:
                votes["dmy" if int(numbers[0]) == one.value.day else "mdy"] += 1
    if votes["dmy"] == votes["mdy"]:
        return None
    return "dmy" if votes["dmy"] > votes["mdy"] else "mdy"


def _parse(how: str, match: re.Match[str], order: Order) -> tuple[date, bool] | None:
    year = _year(match["year"])
    if how == "named":
        month = month_of(match["month"])
        value = _date(year, month, int(match["day"])) if month else None
        return (value, False) if value else None
    if how in ("iso", "packed"):
        value = _date(year, int(match["two"]), int(match["three"]))
        return (value, False) if value else None
    if how == "worn" and match["mark"] == match["mark2"] == " ":
        return None
    if how == "numbers" and match["mark"] != match["mark2"] and len(match["one"] + match["two"]) < 4:
        return None
    one, two = int(match["one"]), int(match["two"])
    ways = {"dmy": _date(year, two, one), "mdy": _date(year, one, two)}
    value = ways[order] or ways["mdy" if order == "dmy" else "dmy"]
    if value is None and len(match["year"]) == 2:
        value = _date(_year(match["one"]), two, int(match["year"]))
        return (value, False) if value else None
    return (value, None not in ways.values() and one != two) if value else None


def month_of(name: str) -> int | None:
    """The month of a name or a short form of one, folded; one letter may be wrong in a long one."""
    if name in MONTHS:
        return MONTHS[name]
    if name.startswith("de") and name[2:] in MONTHS:
        return MONTHS[name[2:]]
    for length in range(len(name) - 1, 2, -1):
        # The year or “de” may have run into it.
        if name[:length] in MONTHS and length >= len(name) - 2:
            return MONTHS[name[:length]]
    return None


def _year(written: str) -> int:
    year = int(written)
    return year if year > 99 else year + (1900 if year >= CENTURY_TURN else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
