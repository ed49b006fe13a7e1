"""What is to be paid, and what it is made of.

Every amount that may be the total is weighed by what speaks for it: the words beside it, its size, what else on the
paper agrees with it (cash less change, parts that add up to it, the same amount elsewhere). Nothing is computed into
the result: an amount that is not written there is never the answer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from media_library.extraction.entries import Entry
from media_library.extraction.labels import FIRM_TOTAL, TAX, Role

CENT = Decimal("0.01")
ROUNDED_BY = Decimal("0.50")
"""The most a total is rounded by. Where a row about rounding says more, it says the rounded total."""


@dataclass(frozen=True)
class Sums:
    """The entries that say it, with how sure each is, 0 to 1."""

    total: tuple[Entry, float] | None = None
    subtotal: tuple[Entry, float] | None = None
    discount: tuple[Entry, float] | None = None
    charge: tuple[Entry, float] | None = None
    rounding: tuple[Entry, float] | None = None
    paid: tuple[Entry, float] | None = None
    change: tuple[Entry, float] | None = None
    taxes: list[tuple[Entry, float]] = field(default_factory=list)


def sums_of(entries: Sequence[Entry]) -> Sums:
    by_role: dict[Role, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.role and entry.last and not (entry.in_summary and entry.of_many):
            by_role[entry.role].append(entry)
    total = _total(entries, by_role)
    paid, change = _paid(by_role, total)
    return Sums(
        total=total,
        subtotal=_subtotal(by_role, total),
        discount=_discount(by_role, total),
        charge=_first(by_role["charge"], total),
        rounding=_rounding(by_role, total),
        paid=paid,
        change=change,
        taxes=_taxes(entries, total),
    )


def _total(entries: Sequence[Entry], by_role: dict[Role, list[Entry]]) -> tuple[Entry, float] | None:
    candidates = [entry for entry in entries if entry.amount.value]
    if not candidates:
        return None
    credit = sum(entry.amount.value < 0 for entry in candidates) > len(candidates) / 2
    evidence: dict[Decimal, float] = defaultdict(float)
    by_value: dict[Decimal, list[Entry]] = defaultdict(list)
    for entry in candidates:
        by_value[entry.amount.value].append(entry)
    handed = {
        paid.amount.value - change.amount.value
        for paid in by_role["paid"]
        for change in by_role["change"]
        if paid.amount.value > 0 and 0 <= change.amount.value < paid.amount.value
    }
    exact = (
        {paid.amount.value for paid in by_role["paid"]} if not any(c.amount.value for c in by_role["change"]) else set()
    )
    rounded = {
        entry.amount.value + by.amount.value
        for entry in by_role["total"] + by_role["subtotal"]
        for by in by_role["rounding"]
        if by.amount.value and abs(by.amount.value) <= ROUNDED_BY
    }
    added = _added(by_role)
    parts = {entry.amount.value for entry in by_role["total"]}
    together = {one + other for one in parts for other in parts if one != other}
    for value, group in by_value.items():
        evidence[value] = max(_words(entry) for entry in group) + min(1.0, 0.25 * (len(group) - 1))
        evidence[value] += 3.0 * (value in handed) + 1.5 * (value in exact) + 2.0 * (value in rounded)
        evidence[value] += 1.0 * (value in added) + 2.0 * (value in together)
        evidence[value] -= 5.0 * any(_is_tax(entry, by_value) for entry in group)
        if value < 0 and not credit:
            evidence[value] -= 5
    # What most was paid for is rarely dearer than the sum of it.
    most = max(
        (value for value, group in by_value.items() if any(e.role not in ("paid", "change") for e in group)),
        default=None,
    )
    if most is not None:
        evidence[most] += 0.7
    order = sorted(
        evidence, key=lambda value: (evidence[value], max(entry.number for entry in by_value[value])), reverse=True
    )
    best = order[0]
    margin = evidence[best] - (evidence[order[1]] if len(order) > 1 else 0)
    entry = max(by_value[best], key=lambda entry: (_words(entry), entry.number))
    if evidence[best] < 1.0 and len(order) > 1:
        return entry, 0.2
    return entry, max(0.1, min(0.99, 0.55 + 0.12 * margin)) * entry.piece.sure


def _is_tax(entry: Entry, values: Iterable[Decimal]) -> bool:
    """Whether an amount is the tax in another one, by the rate that its label tells: “total included GST 6 %”."""
    rate = re.search(r"(\d{1,2}(?:[.,]\d)?)\s?%", entry.label)
    if entry.role != "total" or not rate or not TAX.in_(entry.label):
        return False
    percent = Decimal(rate[1].replace(",", "."))
    shares = (percent / (100 + percent), percent / 100)
    return bool(percent) and any(
        abs(value * share - entry.amount.value) < 2 * CENT for value in values for share in shares
    )


def _words(entry: Entry) -> float:
    """What the words and the print of one amount say for it."""
    weight = {
        "total": 3.0 + 3.0 * entry.firm,
        "subtotal": 1.5,
        "count": 1.5,
        "paid": 1.2,
        "rounding": 6.5 if abs(entry.amount.value) > ROUNDED_BY else -4.0,
        "tax": -1.5,
        "discount": -2.0,
        "change": -3.0,
        "charge": -1.0,
        "carried": -2.0,
        None: 0.0,
    }[entry.role]
    if entry.role == "subtotal" and FIRM_TOTAL.in_(entry.label):
        weight += 3.0  # “net total” is the last word on some papers, and before tax on others
    if entry.big > 1.25:
        weight += min(1.5, 2 * (entry.big - 1)) if entry.role == "total" else 0.3
    if entry.in_summary:
        weight -= 3.0 if entry.of_many else 1.0
    if not entry.last:
        weight -= 3.0
    return weight


def _added(by_role: dict[Role, list[Entry]]) -> set[Decimal]:
    """What parts that are written add up to: subtotal, taxes, charges, less discounts."""
    found = set()
    tax = sum({entry.amount.value for entry in by_role["tax"]}, Decimal())
    charge = sum({entry.amount.value for entry in by_role["charge"]}, Decimal())
    off = sum({abs(entry.amount.value) for entry in by_role["discount"]}, Decimal())
    for entry in by_role["subtotal"]:
        for by in {Decimal(), *(one.amount.value for one in by_role["rounding"])}:
            found |= {entry.amount.value + tax + by, entry.amount.value + tax + charge - off + by}
            found |= {entry.amount.value + one.amount.value + by for one in by_role["tax"]}
    return found


def _paid(
    by_role: dict[Role, list[Entry]], total: tuple[Entry, float] | None
) -> tuple[tuple[Entry, float] | None, tuple[Entry, float] | None]:
    value = total[0].amount.value if total else None
    best: tuple[float, Entry | None, Entry | None] = (0.0, None, None)
    for paid in by_role["paid"]:
        score = 0.5 + 0.2 * (value is not None and paid.amount.value >= value)
        if score > best[0]:
            best = (score, paid, None)
        for change in by_role["change"]:
            score = 0.95 if value is not None and paid.amount.value - change.amount.value == value else 0.4
            if score > best[0]:
                best = (score, paid, change)
    score, paid, change = best
    if change is None and by_role["change"]:
        change = by_role["change"][-1]
    return _sure(paid, score), _sure(change, score)


def _sure(entry: Entry | None, score: float) -> tuple[Entry, float] | None:
    return (entry, score * entry.piece.sure) if entry else None


def _first(entries: Sequence[Entry], total: tuple[Entry, float] | None) -> tuple[Entry, float] | None:
    limit = abs(total[0].amount.value) if total else None
    for entry in entries:
        if limit is None or abs(entry.amount.value) < limit:
            return entry, 0.7 * entry.piece.sure
    return None


def _subtotal(by_role: dict[Role, list[Entry]], total: tuple[Entry, float] | None) -> tuple[Entry, float] | None:
    # One of the goods taxed at one rate is not that of all.
    whole = [entry for entry in by_role["subtotal"] if entry.firm > 0.5]
    found = [entry for entry in whole if total is None or entry.number <= total[0].number] or whole
    if not found:
        return None
    if total:
        taxes = {Decimal(), *(entry.amount.value for entry in by_role["tax"])}
        for entry in found:
            if total[0].amount.value - entry.amount.value in taxes:
                return entry, 0.95 * entry.piece.sure
    return found[0], 0.7 * found[0].piece.sure


def _discount(by_role: dict[Role, list[Entry]], total: tuple[Entry, float] | None) -> tuple[Entry, float] | None:
    """That of the whole document, which stands between subtotal and total."""
    first = min((entry.number for entry in by_role["subtotal"]), default=None)
    if first is None:
        return None
    last = total[0].number if total else first + 20
    found = [entry for entry in by_role["discount"] if first <= entry.number <= last and entry.amount.value]
    return (found[0], 0.8 * found[0].piece.sure) if found else None


def _rounding(by_role: dict[Role, list[Entry]], total: tuple[Entry, float] | None) -> tuple[Entry, float] | None:
    found = [entry for entry in by_role["rounding"] if abs(entry.amount.value) <= ROUNDED_BY]
    return (found[0], 0.85 * found[0].piece.sure) if found else None


def _taxes(entries: Sequence[Entry], total: tuple[Entry, float] | None) -> list[tuple[Entry, float]]:
    """Taxes outside of their own table; the same amount counts once."""
    limit = abs(total[0].amount.value) if total else None
    found: dict[Decimal, tuple[Entry, float]] = {}
    for entry in entries:
        if entry.role != "tax" or not entry.last or entry.in_summary:
            continue
        if limit is not None and abs(entry.amount.value) >= limit:
            continue
        found.setdefault(entry.amount.value, (entry, 0.8 * entry.piece.sure))
    counts = Counter(entry.amount.value for entry in entries)
    if len(found) > 1 and Decimal() in found and counts[Decimal()]:
        del found[Decimal()]
    return list(found.values())
