"""The search page: one box for words, a picture, a clip, a document or a URL. Views check, ask and render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from media_library.counting import visible
from media_library.models import Kind, MediaItem, Segment
from media_library.paging import newest
from media_library.templatetags.sightline import unfinished
from search import examples, saved
from search.browsing import by_date
from search.describing import address, filter_chips, subject_chips, without_filters
from search.encoders.base import EncoderError
from search.example_views import STATES, Refused, at, encoder_away, page_here, taken
from search.facets import facets
from search.forms import KINDS, LENGTHS, SearchForm
from search.hints import hints
from search.query import MAX_LIKES, Like, Query, QueryError
from search.retrieval import Page, search
from search.suggestions import suggestions

PAGE = 24
SIMILAR = 8


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
        return _refused(request, form, encoder_away())


def _refused(request: HttpRequest, form: SearchForm, refused: Refused) -> HttpResponse:
    return _page(request, form, {"problem": refused.problem, "state": refused.state}, refused.status)


@require_http_methods(["GET", "HEAD", "POST"])
def remember_example(request: HttpRequest) -> HttpResponseBase:
    """Search by a file or an address that was sent; goes on to the results, words and filters kept.

    It takes the place of what was searched by before, or with ``together`` joins it.
    """
    if request.method != "POST":
        return redirect("search")
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, {"problem": form.problem}, status=400)
    try:
        sent = taken(request)
    except Refused as refused:
        return _refused(request, form, refused)
    if not sent:
        problem = "Choose a picture, clip, sound or document to search by."
        return _page(request, form, {"problem": problem}, status=400)
    return _by_address(request, form, sent) if isinstance(sent, str) else _by_example(request, form, sent)


@require_GET
def example_thumbnail(request: HttpRequest, token: str) -> HttpResponse:
    try:
        example = examples.recall(token)
    except QueryError as error:
        raise Http404(error.message) from error
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(example.thumbnail, content_type="image/webp", headers=headers)


@require_safe
def facet_lists(request: HttpRequest) -> HttpResponse:
    """What can be filtered by, for who opens the filters."""
    response = render(request, "search/facets.html", {"facets": facets(request.user)})
    response.headers["Cache-Control"] = "private, max-age=20"
    return response


@require_safe
def similar(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """What looks like an item: a part of its page, or a search of its own for who asks for it by itself."""
    if MediaItem.objects.only("pk").one_visible_to(request.user, pk) is None:
        raise Http404
    if not request.htmx:
        return redirect(address([("like", str(pk))]))
    try:
        context = {"hits": search(Query(likes=(Like(item=pk),)), request.user, limit=SIMILAR).hits}
    except QueryError as error:
        context = {"problem": error.message}
    return render(request, "search/similar.html", context)


# --- Asking by example -----------------------------------------------------------------------------------


def _by_address(request: HttpRequest, form: SearchForm, url: str) -> HttpResponseBase:
    words = {"q": "" if form.address else form.cleaned_data["q"]}
    if item := _item_at(request, url):
        return _go(request, form.parameters(**words, **_liked(request, form, Like(item=item))))
    try:
        return _by_example(request, form, at(request, url), **words)
    except Refused as refused:
        return _refused(request, form, refused)


def _by_example(request: HttpRequest, form: SearchForm, example: examples.Example, **words: str) -> HttpResponseBase:
    return _go(request, form.parameters(**words, **_liked(request, form, Like(example=example.token))))


def _liked(request: HttpRequest, form: SearchForm, new: Like) -> dict[str, list[str]]:
    """What to search by: `new` alone, or together with what there was."""
    before = form.query.likes if request.POST.get("together") else ()
    likes = [*(like for like in before if (like.item, like.example) != (new.item, new.example)), new][-MAX_LIKES:]
    return {
        "by": [str(like) for like in likes if like.example],
        "like": [str(like) for like in likes if like.item],
    }


def _item_at(request: HttpRequest, url: str) -> UUID | None:
    """The item whose page or picture `url` is, where it is an address of this very site."""
    match = page_here(request, url)
    if match is None:
        return None
    if match.url_name in ("item", "item-file"):
        return match.kwargs["pk"]
    if match.url_name == "segment-picture":
        return Segment.objects.visible_to(request.user).filter(**match.kwargs).values_list("item", flat=True).first()
    return None


def _go(request: HttpRequest, parameters: Sequence[tuple[str, str]]) -> HttpResponse:
    # The head of the page shows the example, so the whole page changes, also for htmx.
    respond = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
    return respond(address(parameters))


# --- Answering -------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, form: SearchForm) -> dict[str, Any]:
    """What the page shows for a valid question: hits, or the newest items where only filters were given."""
    query = form.query
    context = {"chips": filter_chips(form, request.user), "without_filters": without_filters(form)}
    if not query:
        return context | _browse(request, form, query)
    context["subjects"] = subject_chips(form, request.user)
    offset = form.cleaned_data["offset"] or 0
    page = search(query, request.user, offset, PAGE)
    if not offset:
        saved.remember(request.user, form)
    # Words that match nothing are answered with that; what is nearest is shown to who asks for it.
    nearest = "nearest" in request.GET
    shown = page.standing_out > 0 or nearest or bool(query.likes)
    kept = {"nearest": "1"} if nearest else {}
    more = address(form.parameters(offset=page.next_offset, **kept)) if page.next_offset and shown else ""
    return context | {
        "mode": "results",
        "hits": page.hits if shown else [],
        "sure": page.standing_out > 0,
        "doubt": _doubt(page),
        "more": more,
        "dated": query.sort == "date",
        "only_unlike": not query.asked.wanted and all(like.weight < 0 for like in query.likes),
        "nearest": address(form.parameters(nearest="1")) if page.hits and not shown else "",
        "hints": _hints(form, query, request) if not page.standing_out and not offset else None,
        "address": address(form.parameters()),
        "keepable": _keepable(request, form),
    }


def _browse(request: HttpRequest, form: SearchForm, query: Query) -> dict[str, Any]:
    # What is not read yet, or could not be, has nothing to show; its owner's library tells of it.
    seen = MediaItem.objects.visible_to(request.user).exclude(thumbnail="")
    items = query.filters.apply(seen, request.user).for_cards()
    dated = query.sort == "date"
    found = (by_date if dated else newest)(items, request.GET.get("cursor", ""), PAGE)
    more = address(form.parameters(cursor=found.cursor)) if found.cursor else ""
    mode = "browse" if query.filters or dated else "home"
    context = {"mode": mode, "items": found.items, "more": more, "dated": dated}
    if query.filters:
        context |= {"address": address(form.parameters()), "keepable": _keepable(request, form)}
    return context


def _keepable(request: HttpRequest, form: SearchForm) -> bool:
    """Whether the search can be saved: what it is by and in is still there tomorrow."""
    data = form.cleaned_data
    return request.user.is_authenticated and not (data["by"] or data["within"])


def _hints(form: SearchForm, query: Query, request: HttpRequest) -> dict[str, Any] | None:
    found = hints(query, request.user)
    if not found:
        return None
    return {
        "instead": found.instead,
        "instead_url": address(form.parameters(q=found.instead)) if found.instead else "",
        "tags": [(tag, address([("tag", tag)])) for tag in found.tags],
        "without_filters": found.without_filters,
    }


def _doubt(page: Page) -> int | None:
    """The rank of the hit before which a page turns from what stands out to what is only nearest."""
    if not page.standing_out or page.offset > page.standing_out:
        return None
    return next((hit.rank for hit in page.hits if hit.rank > page.standing_out), None)


def _page(request: HttpRequest, form: SearchForm, answer: dict[str, Any], status: int = 200) -> HttpResponse:
    # An answer to htmx is a part of the page, unless the browser goes back in its history.
    part = bool(request.htmx) and not request.htmx.history_restore_request
    context: dict[str, Any] = {
        "form": form,
        "kept": form.parameters(),
        "base": "fragment.html" if part else "base.html",
        "mode": "results",
        "first": "cursor" not in request.GET and "offset" not in request.GET,
        **answer,
    }
    if context["first"] or not part:
        # Of a further page htmx takes the cells alone, so nothing is counted for it.
        counting = visible(request.user)
        counts = counting.counts()
        context |= {"counts": counts, "pending": unfinished(counts), "holdings": _holdings(counts)}
        if context["mode"] == "home":
            context["suggestions"] = suggestions(counting)
        if not part:
            context |= _controls(form, counts)
    response = render(request, "search/page.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _holdings(counts: dict[str, dict[str, int]]) -> list[str]:
    """How much there is of each kind, what is on its way, and what failed: “3 pictures”, “1 being indexed”."""
    kinds = [
        f"{n} {Kind(kind).label.lower()}{'' if n == 1 else 's'}" for kind, n in sorted(counts["kind"].items()) if n
    ]
    states = [
        f"{n} {label}"
        for n, label in ((unfinished(counts), "being indexed"), (counts["status"].get("failed"), "failed"))
        if n
    ]
    return kinds + states


def _controls(form: SearchForm, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """What the form offers: only kinds that there are, besides those that were asked for."""
    asked = [kind for kind in form.given("kind") if kind]
    there = {kind for kind, count in counts["kind"].items() if count} | set(asked)
    return {
        "kinds": [(kind, label) for kind, label in KINDS.items() if not kind or kind in there],
        "kind": asked[0] if len(asked) == 1 else "" if not asked else None,
        "lengths": [*LENGTHS.items(), *_typed(form)],
        "given": {name: form.given(name)[-1] if form.given(name) else "" for name in ("length", "album", "sort")},
    }


def _typed(form: SearchForm) -> list[tuple[str, str]]:
    """A length that is none of those to choose from."""
    return [(each, f"{each} seconds") for each in form.given("length") if each and each not in LENGTHS]
