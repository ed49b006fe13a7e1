"""Stored files over HTTP, to those who may see the item, with byte ranges so that videos can be sought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
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
from django.utils.http import content_disposition_header
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
    as_attachment = bool(name) and "download" in request.GET
    if disposition := content_disposition_header(as_attachment, name):
        headers["Content-Disposition"] = disposition
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    try:
        size = stored.size
        file = stored.open("rb")
    except OSError as error:
        raise Http404("The stored file is missing.") from error
    # Ranges are defined for GET alone (RFC 9110, 14.2).
    wanted = request.headers.get("Range", "") if request.method == "GET" else ""
    span = byte_range(wanted, size) if request.headers.get("If-Range", etag) == etag else None
    if span is None:
        # It takes the name by its own arguments, whatever the headers say.
        return FileResponse(
            file, as_attachment=as_attachment, filename=name, content_type=content_type, headers=headers
        )
    if not span:
        file.close()
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers |= {"Content-Range": f"bytes {span.start}-{span.stop - 1}/{size}", "Content-Length": str(len(span))}
    return StreamingHttpResponse(
        _read(file, span.start, len(span)), status=206, content_type=content_type, headers=headers
    )


def byte_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for (RFC 9110, 14.1.2); empty where a file of `size` bytes has none of them.

    None where the whole file is the answer: nothing asked, another unit, several ranges at once, or a malformed one.
    """
    match = re.fullmatch(r"bytes=([0-9]{0,19})-([0-9]{0,19})", header.strip(), re.IGNORECASE)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _read(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
