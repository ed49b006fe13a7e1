"""What was asked, as things on the page to see and to take away: filters that are on, what hits are to be like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format

from media_library.models import Album, DocumentKind, MediaItem
from search import examples
from search.forms import FILTERS, KINDS, LENGTHS, SearchForm
from search.query import Like, QueryError
from search.syntax import weight_text

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

NO_SUCH_ITEM = "There is no such item here any more. Search by another one."

WEIGHTS = (0.5, 1.0, 2.0)
"""Weights to choose from on the page; addresses and the API take any."""

EXAMPLES = {"image": "Picture", "video": "Clip", "sound": "Sound", "document": "Document", "text": "Text"}


@dataclass(frozen=True)
class Chip:
    label: str
    without: str
    """The address of the same search without it."""


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class SubjectChip:
    """An item or example that is searched by. `name` and `value` are what the form carries it as."""

    name: str
    value: str
    label: str
    picture: str
    link: str
    unlike: bool
    without: str
    turned: str
    """The address where more like it becomes less like it, or the other way round."""
    weights: tuple[Choice, ...]


def address(parameters: Sequence[tuple[str, str]]) -> str:
    """The search page with `parameters`."""
    return f"{reverse('search')}?{urlencode(parameters)}" if parameters else reverse("search")


def filter_chips(form: SearchForm, viewer: AbstractBaseUser | AnonymousUser) -> list[Chip]:
    """The filters of a valid form that are on; at most one statement, for the name of an album."""
    data, chips = form.cleaned_data, []

    def add(label: str, **without: object) -> None:
        chips.append(Chip(label, address(form.parameters(**without))))

    for kind in data["kind"]:
        add(KINDS[kind], kind=[other for other in data["kind"] if other != kind])
    for tag in data["tag"]:
        add(f"#{tag}", tag=", ".join(other for other in data["tag"] if other != tag))
    if data["from"]:
        add(f"from {date_format(data['from'], 'j M Y')}", **{"from": None})
    if data["to"]:
        add(f"until {date_format(data['to'], 'j M Y')}", to=None)
    if data["owner"]:
        add(f"by {data['owner']}", owner=None)
    if data["album"]:
        title = Album.objects.visible_to(viewer).filter(pk=data["album"]).values_list("title", flat=True).first()
        add(f"in “{title}”" if title else "in an album that is not there", album=None)
    if data["length"]:
        add(LENGTHS.get(data["length"], f"{data['length']} seconds"), length=None)
    if data["orientation"]:
        add(data["orientation"], orientation=None)
    if data["document"]:
        add(DocumentKind(data["document"]).label, document=None)
    if data["camera"]:
        add(f"taken with {data['camera']}", camera=None)
    if data["text"]:
        add("with text in it" if data["text"] == "yes" else "without text in it", text=None)
    if data["within"]:
        add("selected on the map", within=None)
    return chips


def without_filters(form: SearchForm) -> str:
    """The address of the same question with no filter."""
    return address(form.parameters(**dict.fromkeys(FILTERS)))


def subject_chips(form: SearchForm, viewer: AbstractBaseUser | AnonymousUser) -> list[SubjectChip]:
    """What is searched by besides words; one statement. Raises QueryError where `viewer` cannot search by it."""
    likes = form.query.likes
    ids = [like.item for like in likes if like.item]
    items = MediaItem.objects.visible_to(viewer).in_bulk(ids) if ids else {}
    return [_chip(form, likes, like, items) for like in likes]


def _chip(form: SearchForm, likes: Sequence[Like], like: Like, items: dict) -> SubjectChip:
    if like.item:
        item = items.get(like.item)
        if item is None:
            raise QueryError("no-such-item", NO_SUCH_ITEM)
        picture = reverse("item-file", args=[item.pk, "thumbnail"]) if item.thumbnail else ""
        name, label, link = "like", str(item), item.get_absolute_url()
    else:
        example = examples.recall(like.example)
        picture = reverse("example-thumbnail", args=[like.example])
        name, label, link = "by", f"{EXAMPLES.get(example.kind, 'File')}: {example.name}", ""

    def put(other: Like | None) -> str:
        changed = [str(other if each is like else each) for each in likes if each is not like or other]
        kinds = {"by": [], "like": []}
        for written in changed:
            kinds["by" if Like.parse(written).example else "like"].append(written)
        return address(form.parameters(**kinds))

    sign = -1 if like.weight < 0 else 1
    return SubjectChip(
        name=name,
        value=str(like),
        label=label,
        picture=picture,
        link=link,
        unlike=like.weight < 0,
        without=put(None),
        turned=put(like.weighing(-like.weight)),
        weights=tuple(
            Choice(
                f"×{weight_text(weight).lstrip('^') or '1'}",
                put(like.weighing(sign * weight)),
                abs(like.weight) == weight,
            )
            for weight in WEIGHTS
        ),
    )
