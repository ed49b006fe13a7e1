"""Captions for many items: what they cost, asked before; how far they are, told after."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_library.asking import caption_runs
from media_library.forms import TickedForm
from media_library.models import CaptionRun, JobState, MediaItem
from media_library.pages.sharing import first_error

SOON, LATER = 3, 15
"""Seconds after which the page asks again: while it goes on, and while it rests."""

PROBLEMS_SHOWN = 100
PICTURED = 12


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What captions for the ticked items would cost; sent with ``go``, the run begins."""
    if request.method == "POST" and "go" in request.POST:
        return _start(request)
    return choose(request, request.POST if request.method == "POST" else request.GET)


def choose(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """The page that tells the cost, and asks."""
    ticked = TickedForm(MediaItem.objects.editable_by(request.user), asked)
    if not ticked.is_valid():
        messages.error(request, first_error(ticked))
        return redirect("library")
    items, replace = ticked.cleaned_data["item"], "replace" in asked
    context = {
        "items": items.order_by("-created_at", "-pk"),
        "shown": items.order_by("-created_at", "-pk").for_cards()[:PICTURED],
        "estimate": caption_runs.estimate(request.user, items, replace=replace),
        "replace": replace,
    }
    return render(request, "media_library/captions_new.html", context)


def _start(request: HttpRequest) -> HttpResponse:
    ticked = TickedForm(MediaItem.objects.editable_by(request.user), request.POST)
    if not ticked.is_valid():
        messages.error(request, first_error(ticked))
        return redirect("library")
    try:
        run = caption_runs.start(request.user, ticked.cleaned_data["item"], replace="replace" in request.POST)
    except caption_runs.NothingToDo as nothing:
        messages.error(request, str(nothing))
        return redirect("library")
    return redirect("caption-run", run.pk)


@login_required
@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a run is, and what was left out and why; to htmx only how far it is."""
    return _page(request, get_object_or_404(caption_runs.of(request.user), pk=pk))


def _page(request: HttpRequest, run: CaptionRun) -> HttpResponse:
    (progress,) = caption_runs.progress(caption_runs.of(request.user).filter(pk=run.pk))
    again = 0 if not progress.moving else LATER if progress.run.waits else SOON
    context = {"progress": progress, "again": again}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "media_library/captions_run.html", context)
    closed = run.jobs.select_related("item").filter(item__in=MediaItem.objects.visible_to(request.user).values("pk"))
    context |= {
        "problems": closed.filter(state__in=(JobState.SKIPPED, JobState.FAILED))[:PROBLEMS_SHOWN],
        "made": closed.filter(state=JobState.DONE).order_by("-id")[:PROBLEMS_SHOWN],
    }
    response = render(request, "media_library/captions.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_required
@require_POST
def change(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Stop, resume, or take back what was made."""
    run = get_object_or_404(caption_runs.of(request.user), pk=pk)
    match verb:
        case "stop":
            caption_runs.stop(run)
        case "resume":
            caption_runs.resume(run)
        case "undo":
            count = caption_runs.undo(run)
            messages.success(request, f"Took back {count} caption{'' if count == 1 else 's'}.")
        case _:
            raise Http404
    return redirect("caption-run", run.pk)
