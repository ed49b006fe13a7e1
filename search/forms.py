"""What a person asks on the search page, checked and turned into a Query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from media_library.models import DocumentKind
from media_library.querysets import ORIENTATIONS
from media_library.services import clean_tags
from search import selections
from search.query import MAX_LIKES, Filters, Like, Query

MAX_WORDS = 500
MAX_ADDRESS = 2000
MAX_OFFSET = 10_000

KINDS = {"": "All", "image": "Pictures", "video": "Videos", "sound": "Sounds", "document": "Documents", "text": "Texts"}

LENGTHS = {
    "": "any",
    "-60": "up to a minute",
    "60-300": "1 to 5 minutes",
    "300-1200": "5 to 20 minutes",
    "1200-": "over 20 minutes",
}
"""Durations to choose from, as seconds from and to."""

NO_LIKE = "There is no such item here. Search by another one."
NO_EXAMPLE = "What you searched by is no longer at hand. Drop it again to search by it."

QUESTION = ("q", "by", "like")
FILTERS = (
    *("kind", "document", "tag", "from", "to", "owner", "album", "length", "orientation", "camera", "text"),
    "within",
)
PARAMETERS = (*QUESTION, *FILTERS, "sort")
REPEATED = ("by", "like", "kind")


class DayField(forms.DateField):
    """A day as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)
    default_error_messages = {"invalid": "Give days as year-month-day, for example 2024-05-31."}


class LikesField(forms.Field):
    """Every value of a repeated parameter as a Like."""

    widget = forms.MultipleHiddenInput

    def __init__(self, sentence: str, of_items: bool) -> None:
        super().__init__(required=False)
        self._sentence, self._of_items = sentence, of_items

    def clean(self, value: Sequence[str] | None) -> tuple[Like, ...]:
        likes = []
        for written in filter(None, value or ()):
            try:
                like = Like.parse(written)
            except ValueError as error:
                raise forms.ValidationError(self._sentence) from error
            if bool(like.item) != self._of_items:
                raise forms.ValidationError(self._sentence)
            likes.append(like)
        return tuple({like.item or like.example: like for like in likes}.values())


class KindsField(forms.MultipleChoiceField):
    def clean(self, value: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(super().clean([kind for kind in value or () if kind])))


class BoxForm(forms.Form):
    """A form with a box `q` that takes words, or an address and nothing else."""

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as a sentence; empty where nothing is."""
        return next((str(message) for messages in self.errors.values() for message in messages), "")

    @property
    def address(self) -> str:
        """The URL to search by, where the box holds one and nothing else."""
        words = self.cleaned_data["q"]
        return words if is_address(words) else ""


class SearchForm(BoxForm):
    """One box and its filters, as they stand in an address: ``/?q=cat&kind=video&from=2024-01-01``."""

    q = forms.CharField(
        required=False,
        max_length=MAX_ADDRESS,
        error_messages={"max_length": "That is too much for one search. Use fewer words."},
    )
    kind = KindsField(
        required=False,
        choices=[(kind, label) for kind, label in KINDS.items() if kind],
        error_messages={"invalid_choice": "There is no such kind here. Choose one of those shown."},
    )
    document = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *DocumentKind.choices],
        error_messages={"invalid_choice": "There is no such kind of document here. Choose one of those shown."},
    )
    tag = forms.CharField(
        required=False, max_length=500, error_messages={"max_length": "Those are too many tags. Use fewer."}
    )
    owner = forms.CharField(
        required=False, max_length=150, error_messages={"max_length": "Nobody here has so long a name."}
    )
    album = forms.UUIDField(required=False, error_messages={"invalid": "There is no such album here."})
    length = forms.RegexField(
        r"^(?=.*\d)\d{0,6}-\d{0,6}$",
        required=False,
        error_messages={"invalid": "Give lengths as seconds from and to, for example 60-300."},
    )
    orientation = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *((each, each) for each in ORIENTATIONS)],
        error_messages={"invalid_choice": "Shapes are landscape, portrait or square. Choose one of these."},
    )
    camera = forms.CharField(
        required=False, max_length=200, error_messages={"max_length": "No camera has so long a name."}
    )
    text = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("yes", "with text"), ("no", "without text")],
        error_messages={"invalid_choice": "Choose with text, or without."},
    )
    within = forms.RegexField(rf"^{selections.TOKEN}$", required=False, error_messages={"invalid": selections.GONE})
    sort = forms.ChoiceField(
        required=False,
        choices=[("", "Best first"), ("date", "Newest first")],
        error_messages={"invalid_choice": "Hits come best first, or newest first. Choose one of these."},
    )
    by = LikesField(NO_EXAMPLE, of_items=False)
    like = LikesField(NO_LIKE, of_items=True)
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

    def clean_within(self) -> str:
        token = self.cleaned_data["within"]
        if token and selections.recall(token) is None:
            raise forms.ValidationError(selections.GONE)
        return token

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, last = data.get("from"), data.get("to")
        if first and last and first > last:
            raise forms.ValidationError("The first day is after the last. Swap them.")
        shortest, longest = _length(data.get("length", ""))
        if shortest is not None and longest is not None and shortest > longest:
            raise forms.ValidationError("The shortest length is over the longest. Swap them.")
        if len(data.get("by", ())) + len(data.get("like", ())) > MAX_LIKES:
            raise forms.ValidationError(f"One search can be by {MAX_LIKES} pictures and items. Use fewer.")
        return data

    @property
    def query(self) -> Query:
        data = self.cleaned_data
        return Query(data["q"], (*data["by"], *data["like"]), self.filters, data["sort"] or "relevance")

    @property
    def filters(self) -> Filters:
        data = self.cleaned_data
        shortest, longest = _length(data["length"])
        return Filters(
            kinds=data["kind"],
            tags=data["tag"],
            first=data["from"],
            last=data["to"],
            owner=data["owner"].strip(),
            album=data["album"],
            shortest=shortest,
            longest=longest,
            orientation=data["orientation"],
            document=data["document"],
            camera=" ".join(data["camera"].split()),
            text={"yes": True, "no": False}.get(data["text"]),
            within=data["within"],
        )

    def parameters(self, **changes: str | UUID | Sequence[object] | None) -> list[tuple[str, str]]:
        """What the address says, without what is empty or where the page starts, with `changes`."""
        pairs = []
        for name in PARAMETERS:
            values = changes[name] if name in changes else self.given(name)
            several = values if isinstance(values, list | tuple) else [values]
            pairs += [(name, str(value)) for value in several if value not in (None, "")]
        pairs += [(name, str(value)) for name, value in changes.items() if name not in PARAMETERS and value]
        return pairs

    def given(self, name: str) -> list[str]:
        """The values of a parameter as they came."""
        values = self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data.get(name, "")]
        return values if name in REPEATED else values[-1:]


def _length(written: str) -> tuple[float | None, float | None]:
    first, _, last = written.partition("-")
    return (float(first) if first else None, float(last) if last else None)


def is_address(words: str) -> bool:
    return re.fullmatch(r"https?://\S+", words, re.IGNORECASE) is not None
