"""What narrows a list of items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from media_library.api.fields import TAGS_HELP, TagsFormField
from media_library.models import DocumentKind, Kind, MediaItem, Status, Visibility
from media_library.querysets import ORIENTATIONS, MediaItemQuerySet


@extend_schema_field(
    {"type": "array", "items": {"type": "string"}, "description": f"Only items that carry this tag. {TAGS_HELP}"}
)
class TagsFilter(django_filters.Filter):
    field_class = TagsFormField

    def filter(self, items: MediaItemQuerySet, tags: list[str]) -> MediaItemQuerySet:
        return items.tagged(tags)


class KindsField(forms.MultipleChoiceField):
    def clean(self, value: list[str] | None) -> list[str]:
        return super().clean([kind for kind in value or [] if kind])


class KindsFilter(django_filters.MultipleChoiceFilter):
    field_class = KindsField

    def filter(self, items: MediaItemQuerySet, kinds: list[str]) -> MediaItemQuerySet:
        return items.of_kind(*kinds)


ME = "me"
"""As an owner: whoever asks."""


class ItemFilterForm(forms.Form):
    def clean(self) -> dict:
        cleaned = super().clean()
        shortest, longest = cleaned.get("shortest"), cleaned.get("longest")
        if shortest is not None and longest is not None and shortest > longest:
            self.add_error("longest", "This is less than “shortest”.")
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and first > last:
            self.add_error("to", "This day is before “from”.")
        return cleaned


class ItemFilter(django_filters.FilterSet):
    kind = KindsFilter(choices=Kind.choices, help_text="What it is. Repeat it for several.")
    document = django_filters.ChoiceFilter(
        choices=DocumentKind.choices, method="looking_like", help_text="What a picture or a document shows."
    )
    status = django_filters.ChoiceFilter(choices=Status.choices, help_text="How far reading it has come.")
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices, help_text="Who may see it.")
    owner = django_filters.CharFilter(
        max_length=150, method="owned", help_text="Only items of this user; `me`: your own items only."
    )
    album = django_filters.UUIDFilter(method="collected", help_text="Only items of this album, where you may see it.")
    shortest = django_filters.NumberFilter(
        min_value=0, max_value=10**6, method="at_least", help_text="Videos and sounds of at least so many seconds."
    )
    longest = django_filters.NumberFilter(
        min_value=0, max_value=10**6, method="at_most", help_text="Videos and sounds of at most so many seconds."
    )
    orientation = django_filters.ChoiceFilter(
        choices=[(each, each) for each in ORIENTATIONS],
        method="shaped",
        help_text="Wider than high, higher than wide, or neither.",
    )
    camera = django_filters.CharFilter(max_length=200, method="taken", help_text="A part of the camera's name.")
    text = django_filters.BooleanFilter(method="worded", help_text="With text in it, or without.")
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
        return items.owned_by(self.request.user) if value == ME else items.owned_by_name(value)

    def looking_like(self, items: MediaItemQuerySet, name: str, value: str) -> MediaItemQuerySet:
        return items.shown_as(value)

    def collected(self, items: MediaItemQuerySet, name: str, value: UUID) -> MediaItemQuerySet:
        return items.in_album(value, self.request.user)

    def at_least(self, items: MediaItemQuerySet, name: str, value: Decimal) -> MediaItemQuerySet:
        return items.lasting(float(value), None)

    def at_most(self, items: MediaItemQuerySet, name: str, value: Decimal) -> MediaItemQuerySet:
        return items.lasting(None, float(value))

    def shaped(self, items: MediaItemQuerySet, name: str, value: str) -> MediaItemQuerySet:
        return items.oriented(value)

    def taken(self, items: MediaItemQuerySet, name: str, value: str) -> MediaItemQuerySet:
        return items.taken_with(value)

    def worded(self, items: MediaItemQuerySet, name: str, value: bool) -> MediaItemQuerySet:
        return items.with_text(value)

    def since(self, items: MediaItemQuerySet, name: str, value: date) -> MediaItemQuerySet:
        return items.dated(value, None)

    def until(self, items: MediaItemQuerySet, name: str, value: date) -> MediaItemQuerySet:
        return items.dated(None, value)
