"""What narrows the list of items, besides its plain choices."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, RadioFilter, RangeDateFilter

from media_library.models import MediaItem
from media_library.querysets import MediaItemQuerySet

MOST_TAGS = 200
"""Tags offered; a rarer one is reached through the list's tags or the address."""


class TrashFilter(RadioFilter):
    """Keeps the trash out of the list until it is asked for."""

    title = "place"
    parameter_name = "trash"
    all_option = ("", "In the library")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("only", "In the trash"), ("too", "Everywhere")]

    def queryset(self, request: HttpRequest, queryset: MediaItemQuerySet) -> MediaItemQuerySet:
        match self.value():
            case "only":
                return queryset.trashed()
            case "too":
                return queryset
            case _:
                return queryset.alive()


class TagFilter(DropdownFilter):
    title = "tag"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counted = MediaItem.objects.alive().tag_counts(MOST_TAGS)
        return [(tag, f"{tag} ({count})") for tag, count in counted]

    def has_output(self) -> bool:
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: MediaItemQuerySet) -> MediaItemQuerySet:
        return queryset.tagged([self.value()] if self.value() else [])


class DateFilter(RangeDateFilter):
    """By the day of an item, both ends included: when it was captured, or added where that is unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"

    def queryset(self, request: HttpRequest, queryset: MediaItemQuerySet) -> MediaItemQuerySet:
        first, last = (self.used_parameters.get(f"{self.parameter_name}_{end}") or None for end in ("from", "to"))
        try:
            return queryset.dated(*(DateField(required=False).clean(day) for day in (first, last)))
        except ValidationError:
            # What is no date narrows nothing; the form beside the list still shows what was typed.
            return queryset
