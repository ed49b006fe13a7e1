"""The map's page and what its script asks for. Views check, ask and render; every answer is of what the viewer sees."""

from __future__ import annotations

import logging
from collections import Counter
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_POST, require_safe

from media_library.models import Kind, MediaItem
from media_library.templatetags.sightline import extent
from search import selections
from search.encoders.base import EncoderError
from search.forms import MAX_WORDS
from search.map import fits, layout, reading, tagging
from search.models import Encoder, EncoderState, MapFit, RunState, Space
from search.query import QueryError

logger = logging.getLogger(__name__)

LISTED = 24
"""Of a selection that are shown beside the map; the rest is a page of its own."""

ENCODER_AWAY = "The encoder cannot be loaded, so words cannot light anything up right now. The map itself is unharmed."

NO_MAP = "The map is not there yet. Try again in a moment."


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The page around the map, or what stands in its place; the points come by themselves."""
    fit = fits.shown()
    context: dict[str, Any] = {"fit": fit, "coming": _coming(request, fit), "staff": request.user.is_staff}
    if fit:
        absent = reading.missing(request.user, fit)
        context |= {"missing": absent, "few": fit.items < layout.FEW, "serves": fit.encoder.state == "active"}
    context["most"] = selections.MOST
    context["holds"] = MediaItem.objects.visible_to(request.user).exists()
    return render(request, "search/map.html", context)


@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """Every point that the viewer may see, in one answer (see reading.packed); 404 while there is no map."""
    fit = fits.shown()
    if fit is None:
        raise Http404(NO_MAP)
    body = reading.packed(reading.points(request.user, fit), {"fit": fit.pk, "few": fit.items < layout.FEW})
    etag = quote_etag(sha256(body).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type="application/octet-stream"
    )
    for name, value in (("ETag", etag), ("Cache-Control", "private, no-cache"), ("X-Content-Type-Options", "nosniff")):
        response.headers[name] = value
    return response


@require_GET
def near(request: HttpRequest) -> JsonResponse:
    """What the words ``?q=`` light up: ``{"items": [[id, brightness]], "sure", "sentence"}``."""
    fit = fits.shown()
    if fit is None:
        return _refused(NO_MAP, 404)
    words = request.GET.get("q", "").replace("\x00", "")
    if len(words) > MAX_WORDS:
        return _refused(f"That is too much for one search. Use fewer than {MAX_WORDS} characters.", 400)
    try:
        found = reading.near(words, request.user, fit)
    except QueryError as error:
        return _refused(error.message, 400)
    except EncoderError:
        logger.exception("The encoder cannot be loaded")
        return _refused(ENCODER_AWAY, 503)
    items = [[pk.hex, bright] for pk, bright in found.items]
    return JsonResponse({"items": items, "sure": found.sure, "sentence": found.sentence})


@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """How far the map is that is being drawn: ``{"fit": its number or null, "coming": {"sentence", "share"} or null}``.

    A page whose map is another than `fit` has an old one.
    """
    fit = fits.shown()
    return JsonResponse({"fit": fit.pk if fit else None, "coming": _coming(request, fit)})


def _coming(request: HttpRequest, fit: MapFit | None) -> dict[str, Any] | None:
    """What is said of a map that is not there yet; None where nothing is being drawn.

    Where there is a map, that another one failed is for staff alone to know.
    """
    drawn = fits.under_way()
    if drawn is None:
        return None
    if drawn.state == RunState.FAILED:
        if fit and not request.user.is_staff:
            return None
        return {"sentence": fits.sentence(drawn), "share": None, "failed": True}
    return {"sentence": fits.sentence(drawn), "share": drawn.share, "failed": False}


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Have the map drawn anew: staff alone, as it takes a worker's minute."""
    if not request.user.is_staff:
        raise PermissionDenied("Only staff have the map drawn anew.")
    encoder = Encoder.objects.filter(space=Space.VISUAL, state=EncoderState.ACTIVE).first()
    if encoder:
        fits.ask_for(encoder)
    return redirect("map")


@require_GET
def peek(request: HttpRequest, pk: UUID) -> JsonResponse:
    """What shows itself of one point: ``{"title", "about", "thumbnail", "url"}``."""
    item = MediaItem.objects.for_cards().one_visible_to(request.user, pk)
    if item is None:
        raise Http404
    about = " · ".join(filter(None, [item.get_kind_display(), extent(item)]))
    picture = reverse("item-file", args=[item.pk, "thumbnail"]) if item.thumbnail else ""
    shown = {"title": str(item), "about": about, "thumbnail": picture, "url": item.get_absolute_url()}
    return JsonResponse(shown, headers={"Cache-Control": "private, max-age=60"})


@require_POST
def select(request: HttpRequest) -> JsonResponse:
    """Remember the items whose ids the body is, 16 bytes each: ``{"token", "sentence", "editable", "url", "list"}``.

    Only those that the viewer may see are remembered. 400 for what is no list of ids.
    """
    # A form may have been read by now, and then has no body any more.
    sent = request.body if request.content_type == "application/octet-stream" else b""
    if not sent or len(sent) % 16:
        return _refused("Nothing was selected. Draw a line around some points.", 400)
    if len(sent) > 16 * selections.MOST:
        return _refused(f"{selections.MOST:,} items can be selected at once. Draw a smaller line.", 400)
    ids = [UUID(bytes=sent[start : start + 16]) for start in range(0, len(sent), 16)]
    seen = selections.among(MediaItem.objects.visible_to(request.user), ids)
    found = dict(seen.order_by().values_list("pk", "kind"))
    if not found:
        return _refused("What was selected is not here any more. Load the page anew.", 404)
    kinds = Counter(found.values())
    token = selections.keep(found)
    shown = list(seen.for_cards()[:LISTED])
    return JsonResponse(
        {
            "token": token,
            "count": sum(kinds.values()),
            "sentence": _selected(kinds),
            "url": f"{reverse('search')}?within={token}",
            "list": render_to_string("search/map_selected.html", {"items": shown}, request),
        }
    )


def _selected(kinds: Counter[str]) -> str:
    total = sum(kinds.values())
    each = [f"{n:,} {Kind(kind).label.lower()}{'' if n == 1 else 's'}" for kind, n in sorted(kinds.items())]
    return f"{total:,} selected: {', '.join(each)}." if len(each) > 1 else f"{each[0]} selected."


@login_required
@require_POST
def tag(request: HttpRequest) -> JsonResponse:
    """Tag a selection: ``{"sentence", "undo"}``; `undo` is empty where nothing changed."""
    tags = request.POST.get("tags", "").replace("\x00", "")[:2000].split(",")
    try:
        done = tagging.tag(request.user, request.POST.get("token", ""), tags)
    except QueryError as error:
        return _refused(error.message, 400)
    return JsonResponse({"sentence": done.sentence, "undo": done.undo})


@login_required
@require_POST
def untag(request: HttpRequest) -> JsonResponse:
    try:
        return JsonResponse({"sentence": tagging.untag(request.user, request.POST.get("undo", ""))})
    except QueryError as error:
        return _refused(error.message, 400)


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)
