"""What a question over many invoices asks: what was spent, at whom, on what, and when.

Only the question is taken apart here; whoever has the invoices narrows and adds them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from media_library.extraction.asked_things import EMPTY, singular
from media_library.extraction.dates import MONTHS, dates
from media_library.extraction.words import fold, near

LONGEST = 500
_SPENT = re.compile(
    r"\b(?:spen[dt]|spending|expenses?|expenditure|ausgegeben|ausgaben|depense[rs]?|gastado|gastamos|speso|spese"
    r"|uitgegeven)\b"
    r"|\b(?:all|sum of|total of|how many|every|across)\b.*"
    r"\b(?:invoices|receipts|bills|rechnungen|factures|facturas|fatture)\b"
    r"|\b(?:invoices|receipts|bills)\b.*\b(?:total|sum|altogether|come to|amount to)\b"
)
_AT = re.compile(r"\b(?:at|from|with|by|bei|von|chez|en el|da|presso|bij)\s+(?P<name>.+)")
_ON = re.compile(r"\b(?:on|for|buying|fur|pour)\s+(?P<name>.+)")
_MONTH = "|".join(sorted((name for name in MONTHS if len(name) > 2), key=len, reverse=True))
_YEAR = r"(?:\s+(?:of\s+)?(?P<year>(?:19|20)\d\d))?"
_IN_MONTH = re.compile(
    rf"\b(?:in|of|during|since|im|en|a|nel|for)\s+(?:the month of\s+)?(?P<month>{_MONTH})\b\.?{_YEAR}"
)
_IN_YEAR = re.compile(r"\b(?:(?:in|of|during|for|im jahr|en|nel)\s+)?(?P<year>(?:19|20)\d\d)\b")
_QUARTER = re.compile(
    rf"\b(?:in\s+)?(?:the\s+)?(?:q(?P<number>[1-4])|(?P<word>first|second|third|fourth) quarter){_YEAR}\b"
)
_RELATIVE = re.compile(r"\b(?P<which>this|last|the last|the past)\s+(?P<unit>month|year|week)\b")
_ENDS = re.compile(
    r"\s*(?:[?!]|\.(?=\s|$)|\s{2}|\b(?:in|on|during|since|this|last|altogether|in total|so far|overall|are there"
    r"|do we have|did|ausgegeben|depense|gastado|speso)\b).*$"
)


@dataclass(frozen=True)
class Spending:
    """`vendor`, `thing`: names as they were written, "" for any. `first`, `last`: days, both included, None for open.

    `month`: of any year, where the question names none; `period`: the time as an answer says it, "" for all of it.
    """

    vendor: str = ""
    thing: str = ""
    first: date | None = None
    last: date | None = None
    month: int | None = None
    period: str = ""


def asked(question: str, today: date) -> Spending | None:
    """What `question` asks about many invoices; None where it is no such question."""
    written = " ".join(question[:LONGEST].split())
    plain = fold(written)
    if not _SPENT.search(plain):
        return None
    first, last, month, period, plain, written = _period(plain, written, today)
    vendor = _name(_AT, plain, written)
    thing = _name(_ON, plain, written)
    if vendor and thing and vendor in thing:
        thing = re.split(r"\s+(?:at|from|with|by|bei|chez)\s+", thing)[0]
    if thing and vendor and thing in vendor:
        vendor = re.split(r"\s+(?:on|for)\s+", vendor)[0]
    return Spending(_of_all(vendor), _of_all(thing), first, last, month, period)


_ALL = frozenset("all every my our the invoices receipts bills it them everything anything total average".split())  # noqa: SIM905


def _of_all(name: str) -> str:
    return "" if all(word in _ALL for word in fold(name).split()) else name


def _name(pattern: re.Pattern[str], plain: str, written: str) -> str:
    match = pattern.search(plain)
    if not match:
        return ""
    name = written[match.start("name") : match.end("name")]
    end = _ENDS.search(fold(name))
    return (name[: end.start()] if end else name).strip(" .,?!\"'“”")


def _period(plain: str, written: str, today: date) -> tuple[date | None, date | None, int | None, str, str, str]:
    """The time that is asked for, and the question without it."""

    def without(match: re.Match[str]) -> tuple[str, str]:
        blank = " " * (match.end() - match.start())
        return tuple(f"{text[: match.start()]}{blank}{text[match.end() :]}" for text in (plain, written))  # type: ignore[return-value]

    if match := _RELATIVE.search(plain):
        first, last = _relative(match["which"], match["unit"], today)
        return first, last, None, f"{match['which'].removeprefix('the ')} {match['unit']}", *without(match)
    if days := dates(plain):
        day = days[0]
        stands = re.compile(rf"\b(?:on|am|le|el|il)?\s*{re.escape(fold(day.text))}")
        match = stands.search(plain)
        texts = without(match) if match else (plain, written)
        return day.value, day.value, None, f"on {day.value:%-d %B %Y}", *texts
    if match := _IN_MONTH.search(plain):
        month = MONTHS[match["month"]]
        name = calendar.month_name[month]
        if not match["year"]:
            return None, None, month, f"in {name}", *without(match)
        year = int(match["year"])
        end = calendar.monthrange(year, month)[1]
        return date(year, month, 1), date(year, month, end), None, f"in {name} {year}", *without(match)
    if match := _QUARTER.search(plain):
        words = ("first", "second", "third", "fourth")
        number = int(match["number"]) if match["number"] else words.index(match["word"]) + 1
        year = int(match["year"]) if match["year"] else today.year
        last_month = 3 * number
        end = date(year, last_month, calendar.monthrange(year, last_month)[1])
        return (
            date(year, last_month - 2, 1),
            end,
            None,
            f"in the {words[number - 1]} quarter of {year}",
            *without(match),
        )
    if match := _IN_YEAR.search(plain):
        year = int(match["year"])
        return date(year, 1, 1), date(year, 12, 31), None, f"in {year}", *without(match)
    return None, None, None, "", plain, written


def _relative(which: str, unit: str, today: date) -> tuple[date, date]:
    back = 0 if which == "this" else 1
    if unit == "year":
        return date(today.year - back, 1, 1), date(today.year - back, 12, 31)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    year, month = (
        (today.year, today.month) if not back else (today.year - (today.month == 1), (today.month - 2) % 12 + 1)
    )
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


FORMS = frozenset(
    "inc incorporated ltd limited llc gmbh ag kg sa sarl srl spa bv nv co company corp plc sdn bhd the".split()  # noqa: SIM905
)
"""Forms of companies, which a question leaves out."""


def vendors_named(name: str, vendors: Iterable[str]) -> list[str]:
    """Those of `vendors` that hold every word of `name`, but for forms of companies and a letter of a long one."""
    wanted = _words(name)
    return [vendor for vendor in vendors if wanted and _holds(_words(vendor), wanted)]


def _words(name: str) -> list[str]:
    found = re.findall(r"[^\W_]+", fold(name))
    return [word for word in found if word not in FORMS and word not in EMPTY] or found


def _holds(own: list[str], wanted: list[str]) -> bool:
    return all(any(_alike(word, other) for other in own) for word in wanted)


def _alike(word: str, other: str) -> bool:
    return singular(word) == singular(other) or (len(word) >= 5 and len(other) >= 5 and near(word, other))
