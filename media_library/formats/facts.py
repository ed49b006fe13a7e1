"""Facts that cameras write, as the library keeps them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags
from PIL.Image import Exif

# The first photograph is of 1826; zeros and far futures are clocks that were never set.
EARLIEST, LATEST = 1826, 2199

_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def clean(text: object, length: int = 100) -> str:
    """One line with no control, format or unassigned characters; single spaces; at most `length` characters."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str):
        return ""
    printable = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(printable.split())[:length].strip()


def camera(make: object, model: object) -> str:
    """``Make Model``, the make only once: Canon, Canon EOS 5D → Canon EOS 5D."""
    make, model = clean(make), clean(model)
    if not make or (model and model.split()[0].casefold() == make.split()[0].casefold()):
        return model
    return f"{make} {model}".strip()


def exif_camera(exif: Exif) -> str:
    return camera(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model))


def exif_time(exif: Exif) -> datetime | None:
    """When the picture was taken, by its offset where one is given, else taken for UTC (EXIF 2.31, tags 0x9010 ff.)."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    for tags, taken, offset in (
        (details, ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
        (details, ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
        (exif, ExifTags.Base.DateTime, None),
    ):
        if moment := _moment(tags.get(taken), (details.get(offset) if offset else None)):
            return moment
    return None


def _moment(text: object, offset: object) -> datetime | None:
    found = _EXIF_TIME.match(clean(text))
    if not found:
        return None
    shift = _OFFSET.match(clean(offset))
    try:
        zone = UTC
        if shift:
            minutes = int(shift[2]) * 60 + int(shift[3])
            zone = timezone(timedelta(minutes=-minutes if shift[1] == "-" else minutes))
        moment = datetime(*(int(part) for part in found.groups()), tzinfo=zone)
    except ValueError:
        return None
    return moment if EARLIEST <= moment.year <= LATEST else None


def video_time(metadata: Mapping[str, Any]) -> datetime | None:
    """The recording time in a container's tags; Apple's own tag first, since it keeps the time zone."""
    for key in ("com.apple.quicktime.creationdate", "creation_time", "DATE_RECORDED"):
        text = clean(metadata.get(key))
        if moment := _moment(text, text[19:].lstrip(".0123456789")):
            # Seconds since 1904 that were never set.
            return moment if moment.year > 1970 else None
    return None


def video_camera(metadata: Mapping[str, Any]) -> str:
    for make, model in (
        ("com.apple.quicktime.make", "com.apple.quicktime.model"),
        ("com.android.manufacturer", "com.android.model"),
        ("make", "model"),
    ):
        if name := camera(metadata.get(make), metadata.get(model)):
            return name
    return ""
