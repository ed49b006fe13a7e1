"""What a person asks on the search page, checked and turned into a Query."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms

from media_library.models import Kind
from media_library.services import clean_tags
from search.query import Filters, Query

MAX_WORDS = 500
MAX_ADDRESS = 2000
MAX_OFFSET = 10_000


class DayField(forms.DateField):
    """A day as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)
    default_error_messages = {"invalid": "Give days as year-month-day, for example 2024-05-31."}


class SearchForm(forms.Form):
    """One box and its filters, as they stand in an address: ``/?q=cat&kind=video&from=2024-01-01``."""

    q = forms.CharField(
        required=False,
        max_length=MAX_ADDRESS,
        error_messages={"max_length": "That is too much for one search. Use fewer words."},
    )
    kind = forms.ChoiceField(
        required=False,
        choices=[("", "All"), (Kind.IMAGE, "Pictures"), (Kind.VIDEO, "Videos")],
        error_messages={"invalid_choice": "There is no such kind here. Choose pictures or videos."},
    )
    tag = forms.CharField(
        required=False, max_length=500, error_messages={"max_length": "Those are too many tags. Use fewer."}
    )
    by = forms.RegexField(
        r"^[0-9a-f]{40}$",
        required=False,
        error_messages={"invalid": "That picture is no longer at hand. Drop it again to search by it."},
    )
    like = forms.UUIDField(
        required=False, error_messages={"invalid": "There is no such item here. Search by another one."}
    )
    offset = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_OFFSET,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "There is no such page of results. Search again."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Named as in the address; "from" cannot be the name of an attribute.
        self.fields["from"] = DayField(required=False)
        self.fields["to"] = DayField(required=False)

    def clean_q(self) -> str:
        words = " ".join(self.cleaned_data["q"].split())
        if len(words) > MAX_WORDS and not is_address(words):
            raise forms.ValidationError(f"That is too much for one search. Use fewer than {MAX_WORDS} characters.")
        return words

    def clean_tag(self) -> tuple[str, ...]:
        return tuple(clean_tags(self.cleaned_data["tag"].split(",")))

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and first > last:
            raise forms.ValidationError("The first day is after the last. Swap them.")
        return self.cleaned_data

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as a sentence; empty where nothing is."""
        return next((str(message) for messages in self.errors.values() for message in messages), "")

    @property
    def address(self) -> str:
        """The URL to search by, where the box holds one and nothing else."""
        words = self.cleaned_data["q"]
        return words if is_address(words) else ""

    @property
    def query(self) -> Query:
        data = self.cleaned_data
        example, item = data["by"], data["like"]
        return Query(data["q"], example, None if example else item, self.filters)

    @property
    def filters(self) -> Filters:
        data = self.cleaned_data
        return Filters(data["kind"], data["tag"], data["from"], data["to"])

    def parameters(self, **changes: str | UUID | None) -> dict[str, str]:
        """What the address says, without what is empty or where the page starts, with `changes`."""
        kept = {name: self.data.get(name, "") for name in ("q", "kind", "tag", "from", "to", "by", "like")}
        return {name: str(value) for name, value in (kept | changes).items() if value}


def is_address(words: str) -> bool:
    return re.fullmatch(r"https?://\S+", words, re.IGNORECASE) is not None
