"""What a person says about films: saying it on any page, choosing some to begin with, and the list of it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recommender import opinions
from recommender.describing import adding
from recommender.forms import MIN_CHOSEN, ChoosingForm
from recommender.models import Movie, Opinion
from recommender.newcomers import onboarding
from recommender.recommending import recommend
from recommender.showing import Card, listed

PAGE = 24
GRID = 28

SIGN_IN = "Sign in to say what you think of films."
NO_VERB = "There is nothing of that kind to say about a film. Reload the page and try again."
NO_FILM = "This film is not here any more."
BAD_RATING = "A rating is a number from 0.5 to 5, in halves."

SENTENCES = {
    "like": "You like “{}”.",
    "dislike": "You do not like “{}”.",
    "unlike": "“{}”: neither liked nor disliked.",
    "watched": "You have seen “{}”.",
    "unwatched": "You have not seen “{}”.",
    "hide": "“{}” is not shown to you any more.",
    "unhide": "“{}” is shown again.",
    "rate": "“{}” is rated.",
    "unrate": "“{}” is not rated any more.",
    "forget": "What you said about “{}” is forgotten.",
    "undo": "Taken back.",
}
"""What can be said, and what is answered."""


# --- Saying it -------------------------------------------------------------------------------------------


@require_POST
def say(request: HttpRequest) -> HttpResponseBase:
    """Say something about a film: ``do`` is a verb and the id of the film, ``rating`` the stars where it is “rate”.

    Answers a script with what stands now, as JSON; a plain form with the page that it came from.
    """
    if not request.user.is_authenticated:
        return _answer(request, {"problem": SIGN_IN}, 401)
    verb, _, pk = request.POST.get("do", "").partition(" ")
    if verb not in SENTENCES:
        return _answer(request, {"problem": NO_VERB}, 400)
    try:
        film = Movie.objects.only("pk", "title").get(pk=UUID(pk))
    except (ValueError, Movie.DoesNotExist):
        return _answer(request, {"problem": NO_FILM}, 404)
    try:
        opinion = _say(request, film, verb)
    except ValueError:
        return _answer(request, {"problem": BAD_RATING}, 400)
    state = {name: getattr(opinion, name) if opinion else default for name, default in opinions.NOTHING.items()}
    return _answer(request, {"state": state, "said": SENTENCES[verb].format(film.title), "undoable": verb != "undo"})


def _say(request: HttpRequest, film: Movie, verb: str) -> Opinion | None:
    user = request.user
    match verb:
        case "rate":
            return opinions.rate(user, film, float(request.POST.get("rating", "")))
        case "unrate":
            return opinions.rate(user, film, None)
        case "watched" | "unwatched":
            return opinions.watched(user, film, verb == "watched")
        case "hide" | "unhide":
            return opinions.hide(user, film, verb == "hide")
        case "like":
            return opinions.like(user, film)
        case "dislike":
            return opinions.dislike(user, film)
        case "unlike":
            return opinions.unlike(user, film)
        case "forget":
            return opinions.forget(user, film)
    return opinions.undo(user, film)


def _answer(request: HttpRequest, answer: dict[str, Any], status: int = 200) -> HttpResponseBase:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(answer, status=status)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("films")
    if status == 401:
        return redirect(f"{reverse('login')}?{urlencode({'next': back})}")
    if problem := answer.get("problem"):
        messages.error(request, problem)
    else:
        messages.success(request, answer["said"])
    return redirect(back)


# --- Beginning -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose at least three films out of many different ones; then there is something to recommend."""
    sent = request.method == "POST"
    form = ChoosingForm(request.POST if sent else request.GET)
    if not form.is_valid():
        return _start_page(request, form, form.problem, 400)
    if not sent:
        return _start_page(request, form)
    least = _least(request)
    if len(form.chosen) < least:
        few = "one film that you like" if least == 1 else f"{least} films that you like"
        return _start_page(request, form, f"Choose at least {few}.", 400)
    opinions.choose(request.user, form.chosen)
    messages.success(request, "Thank you. This is what follows from it; each film you like or dislike makes it better.")
    return redirect("films")


def _least(request: HttpRequest) -> int:
    """How many films more somebody must like before there is something to go by."""
    return max(1, MIN_CHOSEN - Opinion.objects.filter(user=request.user, liked=1).count())


def _start_page(request: HttpRequest, form: ChoosingForm, problem: str = "", status: int = 200) -> HttpResponse:
    chosen = form.chosen if hasattr(form, "cleaned_data") else []
    words = form.cleaned_data.get("q", "").strip() if hasattr(form, "cleaned_data") else ""
    taken = {film.pk for film in chosen}
    if words:
        # Whoever looks for a film here types its name, and seldom all of it.
        offered = list(listed(request.user).titled(words).exclude(pk__in=taken).well_known()[:GRID])
    else:
        offered = [film for film in onboarding(count=GRID, user=request.user) if film.pk not in taken]
    part = bool(request.htmx) and not request.htmx.history_restore_request
    context = {
        "chosen": chosen,
        "offered": offered,
        "words": words,
        "problem": problem,
        "least": _least(request),
        "there": bool(offered or chosen or words) or Movie.objects.exists(),
        "base": "fragment.html" if part else "base.html",
    }
    response = render(request, "recommender/start.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


# --- What one has said -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """One list of what somebody has said, with how many films it holds."""

    name: str
    label: str
    empty: str
    count: int = 0
    chosen: bool = False


VIEWS = {
    "": (Q(liked=1), "Liked", "You have liked no film yet. The thumb on a film does it."),
    "rated": (Q(rating__isnull=False), "Rated", "You have rated no film yet. Its page has the stars."),
    "watched": (Q(watched=True), "Seen", "You have marked no film as seen yet. The eye on a film does it."),
    "disliked": (Q(liked=-1), "Disliked", "You have disliked no film yet."),
    "hidden": (Q(hidden=True), "Not interested", "There is no film that you do not want to be shown."),
}


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All that somebody has said about films, to change or to take back."""
    shown = request.GET.get("show", "")
    shown = shown if shown in VIEWS else ""
    own = Opinion.objects.filter(user=request.user)
    counts = own.aggregate(**{f"of_{name}": Count("pk", filter=rule) for name, (rule, _, _) in VIEWS.items()})
    views = [View(name, label, empty, counts[f"of_{name}"], name == shown) for name, (_, label, empty) in VIEWS.items()]
    listed_here = own.filter(VIEWS[shown][0]).select_related("movie").defer("movie__words", "movie__overview")
    page = Paginator(listed_here.order_by("-updated_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "views": views,
        "shown": next(view for view in views if view.chosen),
        "page": page,
        "cards": [Card(opinion.movie, opinion) for opinion in page],
        "any": any(view.count for view in views),
        "steps": opinions.STEPS,
        "ask": adding([]),
    }
    response = render(request, "recommender/mine.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_safe
def tastes(request: HttpRequest) -> HttpResponseBase:
    """What was made of it: the tastes that recommendations go by, each with its films; a part of the page above."""
    if not request.htmx:
        return redirect("my-films")
    return render(request, "recommender/tastes.html", {"tastes": recommend(request.user, count=1).tastes})
