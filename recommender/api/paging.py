"""Pages of films in several orders over HTTP; see recommender/paging.py."""

from __future__ import annotations

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from media_library.api.pagination import StrictCursorPagination
from recommender.models import Movie, MovieQuerySet
from recommender.paging import Cursor, page


class ByOrder(StrictCursorPagination):
    """Cursor paging in the order that the view's `order` names, a key of ORDERS."""

    def paginate_queryset(self, queryset: MovieQuerySet, request: Request, view: APIView | None = None) -> list[Movie]:
        self.base_url = request.build_absolute_uri()
        self.size = self.get_page_size(request)
        self.name = view.order
        found = page(queryset, self.name, self._cursor(request), self.size)
        self.before, self.after = found.before, found.after
        return found.films

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

    def _link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        url = remove_query_param(self.base_url, self.cursor_query_param)
        return replace_query_param(url, self.cursor_query_param, cursor.written(self.name))
