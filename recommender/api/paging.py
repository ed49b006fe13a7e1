"""Pages of films in several orders. A cursor names the film that a page ends with, by what it is ordered by and its id.

Tens of thousands of films may have the same place in an order (no votes at all, the same year), which a cursor that
counts its way through equal ones could not get past.
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

from django.db.models import F, IntegerField, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from media_library.api.pagination import StrictCursorPagination
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


class ByOrder(StrictCursorPagination):
    """Cursor paging in the order that the view's `order` names, a key of ORDERS."""

    def paginate_queryset(self, queryset: MovieQuerySet, request: Request, view: APIView | None = None) -> list[Movie]:
        self.base_url = request.build_absolute_uri()
        self.size = self.get_page_size(request)
        self.name = view.order
        order = ORDERS[self.name]
        cursor = self._cursor(request)
        back = cursor is not None and cursor.backwards
        if order.field == "released":
            queryset = queryset.annotate(released=_released())
        if cursor is not None:
            queryset = queryset.filter(_beyond(order, cursor))
        field = F(order.field)
        by = (field.desc() if order.falling != back else field.asc(), "-id" if back else "id")
        rows = list(queryset.order_by(*by)[: self.size + 1])
        more, rows = len(rows) > self.size, rows[: self.size]
        if back:
            rows.reverse()
        # Whoever came from a page knows that it is there.
        self.after = self._at(rows[-1], False) if rows and (more or back) else None
        self.before = self._at(rows[0], True) if rows and (more if back else cursor is not None) else None
        return rows

    def get_next_link(self) -> str | None:
        return self._link(self.after)

    def get_previous_link(self) -> str | None:
        return self._link(self.before)

    def _cursor(self, request: Request) -> Cursor | None:
        if not (written := request.query_params.get(self.cursor_query_param)):
            return None
        try:
            return Cursor.read(written, self.name)
        except ValueError as error:
            raise ValidationError(
                {self.cursor_query_param: ["This is not a cursor of this list. Start again without one."]}
            ) from error

    def _at(self, movie: Movie, backwards: bool) -> Cursor:
        return Cursor(getattr(movie, ORDERS[self.name].field), movie.pk, backwards)

    def _link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        url = remove_query_param(self.base_url, self.cursor_query_param)
        return replace_query_param(url, self.cursor_query_param, cursor.written(self.name))


def _released() -> CombinedExpression:
    """When a film came out, as a number such as 19991231; 19990000 where only its year is known, 0 where nothing is."""
    year = Coalesce(F("year"), ExtractYear("release_date"), Value(0), output_field=IntegerField())
    day = Coalesce(
        ExtractMonth("release_date") * Value(100) + ExtractDay("release_date"), Value(0), output_field=IntegerField()
    )
    return year * Value(10_000) + day


def _beyond(order: Order, cursor: Cursor) -> Q:
    """What lies behind `cursor` in the direction in which it is read."""
    side = "lt" if order.falling != cursor.backwards else "gt"
    further = Q(**{f"{order.field}__{side}": cursor.value})
    equal = Q(**{order.field: cursor.value, f"id__{'lt' if cursor.backwards else 'gt'}": cursor.id})
    # Said once more, as a bound that an index can use.
    return Q(**{f"{order.field}__{side}e": cursor.value}) & (further | equal)
