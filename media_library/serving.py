"""Stored files over HTTP, to those who may see the item, with byte ranges so that videos can be sought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from media_library.models import MediaItem, Segment

CHUNK = 256 * 1024

VARIANTS = ("original", "preview", "thumbnail")


@require_safe
def item_file(request: HttpRequest, pk: UUID, variant: str) -> HttpResponseBase:
    """An item's thumbnail, preview or original; of an original that tells a location, the copy that does not."""
    return serve_variant(request, get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk), variant)


def serve_variant(request: HttpRequest, item: MediaItem, variant: str) -> HttpResponseBase:
    """The same for an item that the caller has found the requester to be allowed."""
    if variant not in VARIANTS:
        raise Http404
    if variant == "original":
        if not item.preview:
            # Not read yet, so nobody knows whether it tells a location.
            raise Http404("This item has not been read yet.")
        return serve(request, item.public_copy or item.original, item.mime_type, item.original_name)
    return serve(request, getattr(item, variant), "image/webp")


@require_safe
def segment_picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    segment = get_object_or_404(Segment.objects.visible_to(request.user).pictured(), pk=pk)
    return serve(request, segment.picture, "image/webp")


def serve(request: HttpRequest, stored: FieldFile, content_type: str, name: str = "") -> HttpResponseBase:
    """A stored file as a response: 200, 206 for one byte range, 304 where the browser has it, 416, or 404."""
    if not stored:
        raise Http404
    etag = f'"{stored.name}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        # Private: whether somebody may see it is asked anew whenever the browser's copy is a day old.
        "Cache-Control": "private, max-age=86400",
        "X-Content-Type-Options": "nosniff",
        # Should a browser ever take it for a document, it is one that can do nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if name:
        disposition = "attachment" if "download" in request.GET else "inline"
        headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name)}"
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    try:
        size = stored.size
        file = stored.open("rb")
    except OSError as error:
        raise Http404("The stored file is missing.") from error
    wanted = request.headers.get("Range", "")
    if not wanted or request.headers.get("If-Range", etag) != etag:
        return FileResponse(file, content_type=content_type, headers=headers)
    span = byte_range(wanted, size)
    if span is None:
        file.close()
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, last = span
    headers |= {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return StreamingHttpResponse(
        _read(file, first, last - first + 1), status=206, content_type=content_type, headers=headers
    )


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single-range header (RFC 9110, 14.1.2); None where it cannot be satisfied."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, size - 1) if length else None
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end and start < size else None


def _read(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
