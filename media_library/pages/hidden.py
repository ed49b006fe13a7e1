"""The page of hidden messages: one is drawn, or found in a picture, shown as a model sees it, and read."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from PIL import Image

from media_library import lmm, ocr
from media_library.hidden import drawing, opening, reading, seeing
from media_library.hidden.opening import CannotLook
from media_library.models import Kind, MediaItem
from media_library.throttling import refusal

EXAMPLE = drawing.Message("The treasure lies under the old oak")

VIEW_PX = 900
"""The longer side of a view on the page."""


@dataclass(frozen=True)
class Shown:
    """A picture on the page, in the page itself. `says`: what it shows."""

    name: str
    says: str
    source: str
    width: int
    height: int


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """``text``, ``size``, ``ink``, ``ground``: the message to draw; ``item`` or ``file``: a picture to look at instead.

    With ``read`` the message is read, by whoever is signed in.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if "read" in asked and not request.user.is_authenticated:
        return redirect_to_login(reverse("hidden-message"))
    form = _asked(asked)
    context = {"form": form, "item": None, "model": lmm.model_name(), "remote": lmm.remote()}
    context |= {"smallest": drawing.SMALLEST_FONT, "largest": drawing.LARGEST_FONT, "longest": drawing.LONGEST_MESSAGE}
    status = 200
    try:
        item = _item(request, asked.get("item", ""))
        context["item"] = item
        uploaded = request.FILES.get("file")
        context["uploaded"] = uploaded.name if uploaded else ""
        picture = _picture(item, uploaded, form)
        threshold = _threshold(asked.get("threshold", ""))
        context |= {
            "threshold": threshold or "",
            "picture": _shown("", "The picture as it is.", picture),
            "views": [_shown(view.name, view.says, view.picture) for view in seeing.views(picture, threshold)],
        }
        if "read" in asked:
            context["found"] = _read(request, picture)
    except (CannotLook, drawing.CannotDraw) as cannot:
        context["problem"], status = str(cannot), 400
    return render(request, "media_library/hidden.html", context, status=status)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The message as a PNG file, which keeps the colours just as they are."""
    try:
        picture = drawing.draw(_message(_asked(request.GET)))
    except drawing.CannotDraw as cannot:
        return HttpResponse(str(cannot), status=400, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": 'attachment; filename="hidden-message.png"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(_encoded(picture, "PNG"), content_type="image/png", headers=headers)


def _asked(asked: object) -> dict[str, str]:
    defaults = {"text": EXAMPLE.text, "size": str(EXAMPLE.size), "ink": EXAMPLE.ink, "ground": EXAMPLE.ground}
    return {name: asked.get(name, default) for name, default in defaults.items()}


def _message(form: dict[str, str]) -> drawing.Message:
    size = form["size"].strip()
    number = int(size) if size.isascii() and size.isdigit() and len(size) < 5 else 0
    return drawing.Message(form["text"], number, form["ink"], form["ground"])


def _item(request: HttpRequest, key: str) -> MediaItem | None:
    if not key:
        return None
    try:
        pk = UUID(key)
    except ValueError:
        raise CannotLook("There is no such picture, or it is not yours to see.") from None
    return get_object_or_404(MediaItem.objects.visible_to(request.user).of_kind(Kind.IMAGE), pk=pk)


def _picture(item: MediaItem | None, uploaded: UploadedFile | None, form: dict[str, str]) -> Image.Image:
    """The RGB picture that is looked at. Raises CannotLook or CannotDraw."""
    if uploaded:
        return opening.uploaded(uploaded)
    return opening.of_item(item) if item else drawing.draw(_message(form))


def _threshold(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 255):
        raise CannotLook("Choose a threshold from 1 to 255, or none.")
    return int(text)


def _read(request: HttpRequest, picture: Image.Image) -> reading.Found:
    if sentence := refusal(request, "lmm"):
        raise CannotLook(sentence)
    try:
        return reading.read(request.user, picture, fresh="fresh" in request.POST)
    except ocr.OcrError as error:
        raise CannotLook(f"The message cannot be read here: {error}") from error


def _shown(name: str, says: str, picture: Image.Image) -> Shown:
    """A picture as a part of the page: drawn ones without losses, photographs small."""
    small = picture
    flat = picture.getcolors(256) is not None
    if max(picture.size) > VIEW_PX and not flat:
        small = picture.copy()
        small.thumbnail((VIEW_PX, VIEW_PX))
    kind = "PNG" if flat else "WEBP"
    data = base64.b64encode(_encoded(small, kind)).decode()
    return Shown(name, says, f"data:image/{kind.lower()};base64,{data}", *small.size)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 80} if kind == "WEBP" else {}))
    return out.getvalue()
