"""What narrows a list of items."""

from __future__ import annotations

from datetime import date

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from media_library.api.fields import TAGS_HELP, TagsFormField
from media_library.models import Kind, MediaItem, Status, Visibility
from media_library.querysets import MediaItemQuerySet


@extend_schema_field(
    {"type": "array", "items": {"type": "string"}, "description": f"Only items that carry this tag. {TAGS_HELP}"}
)
class TagsFilter(django_filters.Filter):
    field_class = TagsFormField

    def filter(self, items: MediaItemQuerySet, tags: list[str]) -> MediaItemQuerySet:
        return items.tagged(tags)


class ItemFilterForm(forms.Form):
    def clean(self) -> dict:
        cleaned = super().clean()
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and first > last:
            self.add_error("to", "This day is before “from”.")
        return cleaned


class ItemFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Kind.choices, help_text="What it is.")
    status = django_filters.ChoiceFilter(choices=Status.choices, help_text="How far reading it has come.")
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices, help_text="Who may see it.")
    owner = django_filters.ChoiceFilter(
        choices=[("me", "Your own items")], method="owned", help_text="`me`: your own items only."
    )
    tag = TagsFilter()

    class Meta:
        model = MediaItem
        fields: list[str] = []
        form = ItemFilterForm

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        # "from" is no name for a class attribute.
        day = "captured (or, where that is unknown, added), as YYYY-MM-DD."
        return {
            **super().get_filters(),
            "from": django_filters.DateFilter(method="since", help_text=f"The first day on which it was {day}"),
            "to": django_filters.DateFilter(method="until", help_text=f"The last day on which it was {day}"),
        }

    def owned(self, items: MediaItemQuerySet, name: str, value: str) -> MediaItemQuerySet:
        return items.editable_by(self.request.user)

    def since(self, items: MediaItemQuerySet, name: str, value: date) -> MediaItemQuerySet:
        return items.dated(value, None)

    def until(self, items: MediaItemQuerySet, name: str, value: date) -> MediaItemQuerySet:
        return items.dated(None, value)
