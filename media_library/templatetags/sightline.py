"""What templates need to say about items: icons, times, the shape of a picture, what a browser can show."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_library.files import readable_size
from media_library.models import MediaItem, Status

register = template.Library()

NARROWEST, WIDEST = 0.6, 2.4
"""Shapes beyond these are cropped in a grid, so that a panorama does not take a row and a column does not vanish."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
"""Pictures that every current browser shows as they are."""

PLAYED = frozenset({"video/mp4", "video/webm"})
"""Containers that every current browser plays, as far as it knows the codec inside."""

FORMATS = {
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "image/tiff": "TIFF",
    "video/quicktime": "QuickTime",
    "video/x-matroska": "Matroska",
    "video/webm": "WebM",
    "image/webp": "WebP",
}


@register.simple_tag
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


@register.filter
def timecode(seconds: float | None) -> str:
    """Seconds as a player shows them: 12.3 → 0:12, 3725 → 1:02:05; empty for None."""
    if seconds is None:
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
    return f"{min(max(item.aspect_ratio, NARROWEST), WIDEST):.3f}"


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
