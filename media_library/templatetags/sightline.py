"""What templates need to say about items: icons, times, the shape of a picture, what a browser can show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_library.files import readable_size
from media_library.markdown import line_to_html, to_html
from media_library.models import Kind, MediaItem, Status
from media_library.sharing import seen_by_others

register = template.Library()

NARROWEST, WIDEST = 0.6, 2.4
"""Shapes beyond these are cropped in a grid, so that a panorama does not take a row and a column does not vanish."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
"""Pictures that every current browser shows as they are."""

PLAYED = frozenset({"video/mp4", "video/webm", "audio/mpeg", "audio/wav", "audio/flac", "audio/mp4", "audio/aac"})
"""Containers that every current browser plays, as far as it knows the codec inside."""

PAGE_RATIO = 0.707
"""Width by height of a page (ISO 216), where nothing else is known: what stands for a text is drawn like one."""

FORMATS = {
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "image/tiff": "TIFF",
    "video/quicktime": "QuickTime",
    "video/x-matroska": "Matroska",
    "video/webm": "WebM",
    "image/webp": "WebP",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/x-matroska": "Matroska",
    "audio/webm": "WebM",
    "audio/ogg": "Ogg",
    "text/markdown": "Markdown",
    "text/plain": "plain text",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of icons.svg; decoration unless it has a label."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            static("sightline/icons.svg"),
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("sightline/icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def also_seen(context: dict[str, Any], shown: Iterable[Any]) -> set[UUID]:
    """Which of a grid's items (or of its hits') are the visitor's own, not public, and yet seen by others."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return set()
    return seen_by_others([getattr(each, "item", each) for each in shown], user)


_NOWHERE = SimpleNamespace(seen_on=None, segment=SimpleNamespace(start=None, page=None), marks=(), snippet=())


@register.filter
def spot(hit: Any) -> Any:
    """The place to show of a hit. Of none, or of one without a place, a place that is nowhere: finding out that
    something is not there takes a template longer than all the rest of a card."""
    return (hit.spot if hit else None) or _NOWHERE


@register.filter
def quoted(words: str) -> str:
    """“words”; as they are where they bring quotes of their own."""
    return words if '"' in words else f"“{words}”"


@register.filter
def timecode(seconds: float | None) -> str:
    """Seconds as a player shows them: 12.3 → 0:12, 3725 → 1:02:05; empty for None, and for what a template lacks."""
    if seconds is None or seconds == "":
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def seconds(value: float | None) -> str:
    """A time for an address or an attribute, whatever the locale: 12.3 → 12.3."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


@register.filter
def unfinished(counts: dict[str, dict[str, int]]) -> int:
    """How many of the counted items are on their way."""
    return sum(counts["status"].get(status, 0) for status in (Status.WAITING, Status.SEGMENTING, Status.EMBEDDING))


@register.filter
def grid_ratio(item: MediaItem) -> str:
    """Width by height in a grid, within NARROWEST and WIDEST."""
    shape = PAGE_RATIO if item.kind in (Kind.DOCUMENT, Kind.TEXT) and not item.width else item.aspect_ratio
    return f"{min(max(shape, NARROWEST), WIDEST):.3f}"


@register.filter
def extent(item: MediaItem) -> str:
    """How long it is, as the badge of a card says it: 1:05 of a video or sound, 12 pages; empty where it has none."""
    if item.kind == Kind.DOCUMENT and item.pages:
        return f"{item.pages:,} page{'' if item.pages == 1 else 's'}"
    return timecode(item.duration) if item.kind in (Kind.VIDEO, Kind.SOUND) else ""


UNITS = 1000
"""Width and height of the drawings that lie over a picture: its boxes are shares of both."""


@register.simple_tag
def rect(box: Sequence[float]) -> SafeString:
    """A box in shares as the place of a rectangle on such a drawing."""
    left, top, right, bottom = (round(edge * UNITS, 1) for edge in box)
    return format_html(
        'x="{}" y="{}" width="{}" height="{}"', left, top, round(right - left, 1), round(bottom - top, 1)
    )


@register.simple_tag
def letters(box: Sequence[float]) -> SafeString:
    """A box in shares as the place of a line of text on such a drawing: its letters fill it, whatever their font."""
    left, top, right, bottom = (edge * UNITS for edge in box)
    # Letters stand on a line with about a fifth of their height below it.
    return format_html(
        'x="{}" y="{}" font-size="{}" textLength="{}"',
        f"{left:.1f}",
        f"{bottom - (bottom - top) * 0.2:.1f}",
        f"{max(bottom - top, 1):.1f}",
        f"{max(right - left, 1):.1f}",
    )


@register.filter
def markdown(text: str) -> SafeString:
    return to_html(text)


@register.filter
def markdown_line(text: str) -> SafeString:
    return line_to_html(text)


@register.filter
def money(value: Decimal | None) -> str:
    """An amount with two decimals, or as many more as it has: 1234.5 → 1,234.50."""
    if value is None:
        return ""
    plain = value.normalize()
    return f"{value:,.{max(2, -int(plain.as_tuple().exponent))}f}"


@register.filter
def unlocalized(value: float) -> str:
    """A share for a script: always with a point."""
    return f"{value:.5f}"


@register.filter
def size(count: int) -> str:
    return readable_size(count)


@register.filter
def shown_by_browsers(item: MediaItem) -> bool:
    return item.mime_type in SHOWN


@register.filter
def played_by_browsers(item: MediaItem) -> bool:
    return item.mime_type in PLAYED


@register.filter
def format_name(item: MediaItem) -> str:
    """The name people know a file type by: image/jpeg → JPEG, video/quicktime → QuickTime."""
    return FORMATS.get(item.mime_type, item.mime_type.rpartition("/")[2].upper())
