"""Pages that stay put while items are added: a cursor says after which item the next page starts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class StrictCursorPagination(CursorPagination):
    """Cursor paging that answers a cursor or page size it cannot use with 400, not with a guess."""

    page_size = 24
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = "Results per page, 1 to 100."
    cursor_query_description = "Where the page starts, out of `next` or `previous` of another page."

    def parse_position(self, position: str) -> Any:
        """The position of a cursor as its field's value; ValueError where it is none."""
        raise NotImplementedError

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None:
                self.parse_position(cursor.position)
            elif cursor == Cursor(offset=0, reverse=False, position=None):
                raise ValueError("a cursor that says nothing: it was not base64")
        except (NotFound, ValueError) as error:
            raise ValidationError(
                {self.cursor_query_param: ["This is not a cursor of this list. Start again without one."]}
            ) from error
        return cursor

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if not asked:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= self.max_page_size):
            raise ValidationError({self.page_size_query_param: [f"Give a number from 1 to {self.max_page_size}."]})
        return int(asked)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        page["properties"]["next"]["example"] = "https://sightline.example/api/v1/…?cursor=cD0yMDI1LTA1LTA0"
        page["properties"]["previous"]["example"] = None
        return page


class ByTime(StrictCursorPagination):
    """Latest first, by a field that holds a moment in time."""

    def parse_position(self, position: str) -> datetime:
        when = parse_datetime(position)
        # As pages of ours say it. The database knows fewer offsets from UTC than there are.
        if when is None or when.utcoffset() != timedelta(0):
            raise ValueError("not a moment in time")
        return when


class NewestFirst(ByTime):
    ordering = ("-created_at", "-id")


class ByDeletion(ByTime):
    """Last deleted first."""

    ordering = ("-deleted_at", "-id")


class ById(StrictCursorPagination):
    """In the order in which they were made."""

    ordering = "id"

    def parse_position(self, position: str) -> int:
        return int(position)
