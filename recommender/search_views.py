"""The page that searches films: by words, a picture, an item of the library, and other films."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from recommender.describing import adding, address, filter_chips, subject_chips, without_filters
from recommender.filters import genres, languages
from recommender.forms import EXAMPLES, MAX_GENRES, MAX_OFFSET, SORTS, VOTES, FilmSearchForm, written
from recommender.models import Movie
from recommender.paging import USUAL, page
from recommender.searching import MAX_LIKES, Like, search
from recommender.showing import cards, hit_cards
from recommender.templatetags.films import language_name
from search.encoders.base import EncoderError
from search.example_views import STATES, Refused, at, encoder_away, page_here, taken
from search.examples import Example
from search.query import QueryError

PAGE = 24

NOT_WRONG = STATES | {"nothing-weighed"}
"""Query errors that say how things are, not that something was wrong with the question."""

UNSEEN = "Films are found by what can be seen or read, and not by a sound. Choose a picture or a clip."


@require_safe
def film_search(request: HttpRequest) -> HttpResponseBase:
    form = FilmSearchForm(request.GET)
    if not form.is_valid():
        return _page(request, form, {"problem": form.problem}, status=400)
    if form.address:
        return _by_address(request, form, form.address)
    try:
        return _page(request, form, _answer(request, form))
    except QueryError as error:
        status = 200 if error.code in NOT_WRONG else 410
        return _page(request, form, {"problem": error.message, "state": status == 200}, status)
    except EncoderError:
        return _refused(request, form, encoder_away())


@require_http_methods(["GET", "HEAD", "POST"])
def film_example(request: HttpRequest) -> HttpResponseBase:
    """Search films by a file or an address that was sent; goes on to the results, words and filters kept.

    It takes the place of what was searched by before, or with ``together`` joins it.
    """
    if request.method != "POST":
        return redirect("film-search")
    form = FilmSearchForm(request.POST)
    if not form.is_valid():
        return _page(request, form, {"problem": form.problem}, status=400)
    try:
        sent = taken(request)
    except Refused as refused:
        return _refused(request, form, refused)
    if not sent:
        return _page(request, form, {"problem": "Choose a picture or a clip to search films by."}, status=400)
    return _by_address(request, form, sent) if isinstance(sent, str) else _by_example(request, form, sent)


# --- Asking by example -----------------------------------------------------------------------------------


def _by_address(request: HttpRequest, form: FilmSearchForm, url: str) -> HttpResponseBase:
    words = {"q": "" if form.address else form.cleaned_data["q"]}
    if like := _here(request, url):
        return _go(request, form.parameters(**words, **_liked(request, form, like)))
    try:
        return _by_example(request, form, at(request, url), **words)
    except Refused as refused:
        return _refused(request, form, refused)


def _by_example(request: HttpRequest, form: FilmSearchForm, example: Example, **words: str) -> HttpResponseBase:
    if example.look() is None and not example.text:
        return _page(request, form, {"problem": UNSEEN}, status=400)
    return _go(request, form.parameters(**words, **_liked(request, form, Like(example=example.token))))


def _liked(request: HttpRequest, form: FilmSearchForm, new: Like) -> dict[str, list[str]]:
    """What to search by: `new` alone, or together with what there was. Films that were chosen stay in any case."""
    together = bool(request.POST.get("together"))
    before = form.likes if together else tuple(like for like in form.likes if like.movie)
    others = [like for like in before if (like.movie, like.item, like.example) != (new.movie, new.item, new.example)]
    likes = [*others, new][-MAX_LIKES:]
    attributes = zip(EXAMPLES, ("movie", "item", "example"), strict=True)
    return {name: [written(like) for like in likes if getattr(like, kind)] for name, kind in attributes}


def _here(request: HttpRequest, url: str) -> Like | None:
    """The film or item whose page or picture `url` is, where it is an address of this very site."""
    match = page_here(request, url)
    if match is None:
        return None
    pk: UUID | None = match.kwargs.get("pk")
    if match.url_name in ("item", "item-file"):
        return Like(item=pk)
    return Like(movie=pk) if match.url_name in ("film", "film-poster") else None


def _go(request: HttpRequest, parameters: Sequence[tuple[str, str]]) -> HttpResponse:
    # The head of the page shows the example, so the whole page changes, also for htmx.
    respond = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
    return respond(address(parameters))


# --- Answering -------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, form: FilmSearchForm) -> dict[str, Any]:
    """What the page shows for a valid question: films that were found, or all of them where only filters were given."""
    query = form.query
    offset = form.cleaned_data["offset"] or 0
    context = {
        "chips": filter_chips(form),
        "without_filters": without_filters(form),
        "ask": adding(form.parameters()),
        "first": not offset,
    }
    if not query:
        order, cursor = form.cleaned_data["sort"] or USUAL, form.cleaned_data["cursor"]
        found = page(query.filters.apply(Movie.objects.defer("words", "overview")), order, cursor, PAGE)
        more = address(form.parameters(cursor=found.after.written(order))) if found.after else ""
        shown = {"mode": "browse", "cards": cards(request.user, found.films), "more": more, "first": not cursor}
        return context | shown
    context["subjects"] = subject_chips(form, request.user)
    found = search(query, request.user, offset, PAGE)
    ends = found.next_offset is not None and found.next_offset > MAX_OFFSET
    more = address(form.parameters(offset=str(found.next_offset))) if found.next_offset and not ends else ""
    return context | {
        "mode": "results",
        "cards": hit_cards(request.user, found.hits),
        "total": found.total,
        "doubtful": found.stands_out is False and not offset,
        "more": more,
        "ended_after": found.next_offset if ends else None,
    }


def _refused(request: HttpRequest, form: FilmSearchForm, refused: Refused) -> HttpResponse:
    return _page(request, form, {"problem": refused.problem, "state": refused.state}, refused.status)


def _page(request: HttpRequest, form: FilmSearchForm, answer: dict[str, Any], status: int = 200) -> HttpResponse:
    # An answer to htmx is a part of the page, unless the browser goes back in its history.
    part = bool(request.htmx) and not request.htmx.history_restore_request
    context: dict[str, Any] = {
        "form": form,
        "kept": form.parameters(),
        "base": "fragment.html" if part else "base.html",
        "mode": "results",
        "first": True,
        **answer,
    }
    if not context.get("cards"):
        context["there"] = Movie.objects.exists()
    if not part:
        context |= _controls(form)
    response = render(request, "recommender/search.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _controls(form: FilmSearchForm) -> dict[str, Any]:
    """What the form offers: genres and languages that there are, besides those that were asked for."""
    asked = [genre for genre in form.given("genre") if genre][:MAX_GENRES]
    language, vote = form.given("language")[-1:], form.given("vote")[-1:]
    codes = dict.fromkeys([*languages(), *filter(None, language)])
    (story, look), (usual_story, usual_look) = form.weights, form.usual_weights
    return {
        "genres": list(dict.fromkeys([*genres(), *asked])),
        "asked_genres": asked,
        "languages": sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1]),
        "votes": [*VOTES.items(), *((each, f"{each} and more") for each in vote if each and each not in VOTES)],
        "sorts": list(SORTS.items()),
        "given": {name: next(iter(form.given(name)[-1:]), "") for name in ("language", "vote", "sort", "from", "to")},
        "sliders": [
            ("story", "Story", "How much the words about a film count", story, usual_story),
            ("look", "Look", "How much the poster counts", look, usual_look),
        ],
    }
