"""The search page: one box for words, a picture, a clip or a URL. Views check, ask retrieval, and render."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from media_library.fetching import FetchRefused
from media_library.formats.base import FileRejected
from media_library.models import MediaItem, Segment, Status
from media_library.paging import newest
from media_library.templatetags.sightline import unfinished
from search import examples
from search.encoders.base import EncoderError
from search.forms import SearchForm
from search.query import Query, QueryError
from search.retrieval import Page, search
from search.suggestions import suggestions

logger = logging.getLogger(__name__)

PAGE = 24
SIMILAR = 8

ENCODER_AWAY = (
    "The encoder cannot be loaded, so nothing can be searched right now. The library itself is unharmed; "
    "whoever runs it finds the reason in its log."
)

STATES = {"nothing-indexed", "not-indexed", "encoder-away"}
"""Query errors that say how things are, not that something was wrong with the question."""


@require_safe
def search_page(request: HttpRequest) -> HttpResponseBase:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return _page(request, form, {"problem": form.problem}, status=400)
    if form.address:
        return _by_address(request, form, form.address)
    try:
        return _page(request, form, _answer(request, form))
    except QueryError as error:
        status = 200 if error.code in STATES else 410
        return _page(request, form, {"problem": error.message, "state": status == 200}, status)
    except EncoderError:
        return _encoder_away(request, form)


def _encoder_away(request: HttpRequest, form: SearchForm) -> HttpResponse:
    logger.exception("The encoder cannot be loaded")
    return _page(request, form, {"problem": ENCODER_AWAY}, status=503)


@require_http_methods(["GET", "HEAD", "POST"])
def remember_example(request: HttpRequest) -> HttpResponseBase:
    """Search by a file or an address that was sent; goes on to the results, words and filters kept."""
    if request.method != "POST":
        return redirect("search")
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, {"problem": form.problem}, status=400)
    if file := request.FILES.get("file"):
        return _by_example(request, form, lambda: examples.remember_file(file, file.name or "picture"))
    if url := request.POST.get("url", "").strip():
        return _by_address(request, form, url)
    return _page(request, form, {"problem": "Choose a picture or a clip to search by."}, status=400)


@require_GET
def example_thumbnail(request: HttpRequest, token: str) -> HttpResponse:
    try:
        example = examples.recall(token)
    except QueryError as error:
        raise Http404(error.message) from error
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(example.thumbnail, content_type="image/webp", headers=headers)


@require_safe
def similar(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What looks like an item: a part of its page, or a search of its own for who asks for it by itself."""
    get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    if not request.htmx:
        return redirect(_address({"like": str(pk)}))
    try:
        context = {"hits": search(Query(item=pk), request.user, limit=SIMILAR).hits}
    except QueryError as error:
        context = {"problem": error.message}
    return render(request, "search/similar.html", context)


# --- Asking by example -----------------------------------------------------------------------------------


def _by_address(request: HttpRequest, form: SearchForm, url: str) -> HttpResponseBase:
    words = {"q": "" if form.address else form.cleaned_data["q"]}
    if item := _item_at(request, url):
        return _go(request, form.parameters(**words, like=item, by=None))
    return _by_example(request, form, lambda: examples.remember_url(url), **words)


def _by_example(
    request: HttpRequest, form: SearchForm, remember: Callable[[], examples.Example], **words: str
) -> HttpResponseBase:
    try:
        example = remember()
    except EncoderError:
        return _encoder_away(request, form)
    except (FileRejected, FetchRefused, QueryError) as error:
        state = error.code in STATES
        return _page(request, form, {"problem": error.message, "state": state}, status=200 if state else 400)
    return _go(request, form.parameters(**words, by=example.token, like=None))


def _item_at(request: HttpRequest, url: str) -> UUID | None:
    """The item whose page or picture `url` is, where it is an address of this very site."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    if parts.netloc.lower() != request.get_host().lower():
        return None
    if match.url_name in ("item", "item-file"):
        return match.kwargs["pk"]
    if match.url_name == "segment-picture":
        return Segment.objects.visible_to(request.user).filter(**match.kwargs).values_list("item", flat=True).first()
    return None


def _go(request: HttpRequest, parameters: dict[str, str]) -> HttpResponse:
    # The head of the page shows the example, so the whole page changes, also for htmx.
    respond = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
    return respond(_address(parameters))


def _address(parameters: dict[str, str]) -> str:
    return f"{reverse('search')}?{urlencode(parameters)}"


# --- Answering -------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, form: SearchForm) -> dict[str, Any]:
    """What the page shows for a valid question: hits, or the newest items where only filters were given."""
    query = form.query
    if not query:
        # What could not be read has nothing to show; its owner's library tells of it.
        seen = MediaItem.objects.visible_to(request.user).exclude(status=Status.FAILED, thumbnail="")
        items = query.filters.apply(seen).defer("caption")
        found = newest(items, request.GET.get("cursor", ""), PAGE)
        more = _address(form.parameters(cursor=found.cursor)) if found.cursor else ""
        return {"mode": "browse" if query.filters else "home", "items": found.items, "more": more}
    subject = _subject(request, query)
    page = search(query, request.user, form.cleaned_data["offset"] or 0, PAGE)
    more = _address(form.parameters(offset=str(page.next_offset))) if page.next_offset else ""
    hits = {"hits": page.hits, "sure": page.standing_out > 0, "doubt": _doubt(page)}
    return {"mode": "results", "more": more, **hits, **subject}


def _doubt(page: Page) -> int | None:
    """The rank of the hit before which a page turns from what stands out to what is only nearest."""
    if not page.standing_out or page.offset > page.standing_out:
        return None
    return next((hit.rank for hit in page.hits if hit.rank > page.standing_out), None)


def _subject(request: HttpRequest, query: Query) -> dict[str, Any]:
    """The example that is searched by. Raises QueryError where the viewer cannot search by it."""
    if query.example:
        return {"example": examples.recall(query.example)}
    if query.item:
        item = MediaItem.objects.visible_to(request.user).filter(pk=query.item).first()
        if item is None:
            raise QueryError("no-such-item", "There is no such item here any more. Search by another one.")
        return {"like": item}
    return {}


def _page(request: HttpRequest, form: SearchForm, answer: dict[str, Any], status: int = 200) -> HttpResponse:
    # An answer to htmx is a part of the page, unless the browser goes back in its history.
    part = bool(request.htmx) and not request.htmx.history_restore_request
    context: dict[str, Any] = {
        "form": form,
        "kept": form.parameters(by=None, like=None),
        "base": "fragment.html" if part else "base.html",
        "mode": "results",
        "first": "cursor" not in request.GET and "offset" not in request.GET,
        **answer,
    }
    if context["first"] or not part:
        # Of a further page htmx takes the cells alone, so nothing is counted for it.
        visible = MediaItem.objects.visible_to(request.user)
        counts = visible.counts()
        tags = [tag for tag, _ in visible.tag_counts()]
        context |= {"counts": counts, "pending": unfinished(counts), "tags": tags}
        if context["mode"] == "home":
            context["suggestions"] = suggestions(visible, tags)
    response = render(request, "search/page.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
