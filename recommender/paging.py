"""Films in several orders, a page at a time. A cursor names the film that a page ends with, by what it is ordered by
and its id.

Tens of thousands of films may have the same place in an order (no votes at all, the same year), which a cursor that
counts its way through equal ones could not get past. A page is as quick at the end of the list as at its beginning.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from recommender.models import Movie, MovieQuerySet

LONGEST_CURSOR = 2000
"""Characters: more than the longest title makes, however it is written."""


@dataclass(frozen=True)
class Order:
    """Films by one value of theirs, equal ones by id. `holds` says whether a value of a cursor can be one of it."""

    field: str
    falling: bool
    told: str
    holds: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def _is_title(value: Any) -> bool:
    if not isinstance(value, str) or "\x00" in value:
        return False
    value.encode()  # half a character, which JSON can carry and the database cannot: a ValueError
    return True


ORDERS = {
    "esteem": Order("esteem", True, "the best first, those with few votes behind", _is_number),
    "known": Order("vote_count", True, "those that most people voted on first", _is_whole),
    "newest": Order("released", True, "the newest first, those without a date last", _is_whole),
    "title": Order("title", False, "by title", _is_title),
}
USUAL = "esteem"


@dataclass(frozen=True)
class Cursor:
    """A page begins after this place, or, `backwards`, ends before it."""

    value: Any
    id: UUID
    backwards: bool = False

    def written(self, order: str) -> str:
        plain = json.dumps([order, self.value, self.id.hex, int(self.backwards)], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, written: str, order: str) -> Cursor:
        """Raises ValueError for what `written()` did not make for this order."""
        if len(written) > LONGEST_CURSOR:
            raise ValueError("too long")
        try:
            padded = written.encode("ascii") + b"=" * (-len(written) % 4)
            of, value, key, backwards = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (binascii.Error, TypeError, RecursionError) as error:
            raise ValueError("unreadable") from error
        if of != order or not ORDERS[order].holds(value) or backwards not in (0, 1) or not isinstance(key, str):
            raise ValueError("of another list")
        return cls(value, UUID(key), bool(backwards))


@dataclass(frozen=True)
class Slice:
    """`before` and `after`: where the pages beside this one are; None where there is none."""

    films: list[Movie]
    before: Cursor | None
    after: Cursor | None


def ordered(films: MovieQuerySet, order: str) -> MovieQuerySet:
    """`films` in the order of that name, a key of ORDERS, from its beginning."""
    by = ORDERS[order]
    return films.order_by(F(by.field).desc() if by.falling else by.field, "id")


def page(films: MovieQuerySet, order: str, cursor: Cursor | None, size: int) -> Slice:
    """Up to `size` of `films` in the order of that name, beyond `cursor` or from the beginning. One statement."""
    by = ORDERS[order]
    back = cursor is not None and cursor.backwards
    if cursor is not None:
        films = films.filter(_beyond(by, cursor))
    field = F(by.field)
    rows = list(
        films.order_by(field.desc() if by.falling != back else field.asc(), "-id" if back else "id")[: size + 1]
    )
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()

    def at(movie: Movie, backwards: bool) -> Cursor:
        return Cursor(getattr(movie, by.field), movie.pk, backwards)

    # Whoever came from a page knows that it is there.
    after = at(rows[-1], False) if rows and (more or back) else None
    before = at(rows[0], True) if rows and (more if back else cursor is not None) else None
    return Slice(rows, before, after)


def _beyond(order: Order, cursor: Cursor) -> Q:
    """What lies behind `cursor` in the direction in which it is read."""
    side = "lt" if order.falling != cursor.backwards else "gt"
    further = Q(**{f"{order.field}__{side}": cursor.value})
    equal = Q(**{order.field: cursor.value, f"id__{'lt' if cursor.backwards else 'gt'}": cursor.id})
    # Said once more, as a bound that an index can use.
    return Q(**{f"{order.field}__{side}e": cursor.value}) & (further | equal)
