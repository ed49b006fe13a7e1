"""Answers with their citations as cards: of what whoever reads them may see today, whatever it was when they asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from media_library.asking import answers, events
from media_library.markdown import to_html
from media_library.models import MediaItem, Message, Role, Segment
from search.hits import Hit
from search.rag.answering import Sources
from search.rag.sources import Found

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_CITED = re.compile(r"\[(\d{1,3})\]")
_TAG = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True)
class Card:
    """A citation to look at. `item` is None where it is gone, or not theirs to see any more."""

    number: int
    label: str
    place: str
    quote: str
    url: str = ""
    item: MediaItem | None = None
    picture: Segment | None = None
    box: tuple[float, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A message as a page shows it."""

    message: Message
    html: SafeString
    cards: Sequence[Card] = ()


def messages(user: AbstractBaseUser, said: Iterable[Message]) -> list[Shown]:
    """In two statements, however many there are."""
    said = list(said)
    cards = _cards(user, [citation for message in said for citation in message.citations])
    shown = []
    for message in said:
        own = [cards[_key(citation)] for citation in message.citations]
        html = linked(message.text, own) if message.role == Role.MODEL else SafeString("")
        shown.append(Shown(message, html, own))
    return shown


def linked(text: str, cards: Sequence[Card]) -> SafeString:
    """Markdown as clean HTML, in which [2] leads to what source 2 is."""
    known = {card.number: card for card in cards}

    def link(match: re.Match[str]) -> str:
        card = known.get(int(match.group(1)))
        if card is None or not card.url:
            return match.group(0)
        told = f"{card.label}, {card.place}" if card.place else card.label
        return format_html('<a class="cite" href="{}" title="{}">{}</a>', card.url, told, card.number)

    parts = _TAG.split(to_html(text))
    return mark_safe("".join(part if part.startswith("<") else _CITED.sub(link, part) for part in parts))


def _key(citation: dict[str, Any]) -> tuple[Any, ...]:
    return citation.get("number"), citation.get("item"), citation.get("segment"), citation.get("url")


def _cards(user: AbstractBaseUser, citations: Sequence[dict[str, Any]]) -> dict[tuple[Any, ...], Card]:
    if not citations:
        return {}
    items = MediaItem.objects.visible_to(user).in_bulk({each["item"] for each in citations if each.get("item")})
    wanted = {each["shown"] for each in citations if each.get("shown")}
    pictures = Segment.objects.only("id", "item_id", "picture").in_bulk(wanted)
    by_id = {str(pk): item for pk, item in items.items()}
    made = {}
    for each in citations:
        item = by_id.get(each.get("item", ""))
        made[_key(each)] = Card(
            each.get("number", 0),
            str(item) if item else "No longer here",
            each.get("place", ""),
            each.get("quote", "") if item else "",
            each.get("url", "") if item else "",
            item,
            pictures.get(each.get("shown")) if item else None,
            tuple(each.get("box") or ()) if item else (),
        )
    return made


def of_found(user: AbstractBaseUser, found: Found) -> list[Card]:
    return list(_cards(user, [each.citation() for each in found.sources]).values())


def cards_html(cards: Sequence[Card], nearest: Sequence[Hit] = ()) -> str:
    return render_to_string("search/ask_sources.html", {"cards": cards, "nearest": nearest})


def teller(user: AbstractBaseUser, question: str) -> Any:
    """What `events.response` tells of each piece of an answer to `user`."""
    found: list[Found] = []

    def tell(piece: Any) -> events.Told:
        if isinstance(piece, Sources):
            found.append(piece.found)
            html = cards_html(of_found(user, piece.found), piece.found.nearest)
            return "sources", {"html": html, "asked_as": piece.asked_as if piece.asked_as != question else ""}
        if isinstance(piece, answers.Answered) and piece.message:
            shown = messages(user, [piece.message])[0]
            nearest = found[0].nearest if found else ()
            feedback = render_to_string("search/ask_feedback.html", {"message": piece.message})
            more = {"html": shown.html, "sources": cards_html(shown.cards, nearest), "after": feedback}
            return "end", events.ended(piece) | more
        return events.told(piece)

    return tell
