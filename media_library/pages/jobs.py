"""The page of jobs: what is read, waits or has failed, and imports that are paused, resumed and cancelled as one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from media_library import jobs, services
from media_library.asking import caption_runs
from media_library.models import Import, MediaItem

UNDO = "jobs-undo"
"""Under this name a session keeps the item that was just cancelled, until the page has offered it back."""

SOON, LATER = 3, 15
"""Seconds after which the page asks again: while something moves, and while something only waits."""

FILES_SHOWN = 200
CAPTION_RUNS_SHOWN = 3

VERBS = {
    "pause": jobs.pause_import,
    "resume": jobs.resume_import,
    "cancel": jobs.cancel_import,
    "restore": jobs.restore_import,
}


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All of one's jobs; to htmx, which asks again and again, without what is around them."""
    return _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    imports = jobs.progress(jobs.recent(request.user))
    summary = jobs.summary(request.user)
    captions = caption_runs.progress(caption_runs.of(request.user)[:CAPTION_RUNS_SHOWN])
    moving = summary.unfinished or any(each.moving for each in (*imports, *captions))
    waiting = summary.paused or summary.text or any(each.active for each in imports)
    part = request.htmx and not request.htmx.history_restore_request
    context = {
        "base": "fragment.html" if part else "base.html",
        "imports": imports,
        "captions": captions,
        "summary": summary,
        "again": SOON if moving else LATER if waiting else 0,
        "undo": None if part else _undoable(request),
    }
    response = render(request, "media_library/jobs.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _undoable(request: HttpRequest) -> MediaItem | None:
    pk = request.session.pop(UNDO, None)
    return MediaItem.objects.owned_by(request.user).trashed().filter(pk=pk).first() if pk else None


# --- Items -----------------------------------------------------------------------------------------------


@login_required
@require_POST
def item_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MediaItem.objects.owned_by(request.user).alive(), pk=pk)
    try:
        jobs.cancel_item(found)
    except jobs.WrongState as wrong:
        messages.info(request, str(wrong))
    else:
        request.session[UNDO] = str(found.pk)
    return redirect("jobs")


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    try:
        pk = UUID(request.POST.get("item", ""))
    except ValueError as error:
        raise Http404 from error
    services.restore_item(get_object_or_404(MediaItem.objects.owned_by(request.user).trashed(), pk=pk))
    return redirect("jobs")


@login_required
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """``item``: read that one again; without, all that failed."""
    if "item" in request.POST:
        try:
            pk = UUID(request.POST["item"])
        except ValueError as error:
            raise Http404 from error
        count = services.retry_items(MediaItem.objects.owned_by(request.user).alive().filter(pk=pk))
    else:
        count = jobs.retry_failed(request.user)
    messages.success(request, f"Reading {_items(count)} again." if count else "Nothing has failed any more.")
    return redirect("jobs")


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


# --- Imports ---------------------------------------------------------------------------------------------


@login_required
@require_POST
def import_start(request: HttpRequest) -> JsonResponse:
    """``files``: how many somebody is about to send. Answers with the id that they are sent with."""
    text = request.POST.get("files", "")
    files = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= files <= jobs.MAX_FILES:
        return JsonResponse({"problem": "Say how many files there are."}, status=400)
    imported = jobs.start_upload(request.user, files)
    jobs.note_storing(imported)
    return JsonResponse({"id": str(imported.pk)}, status=201)


@login_required
@require_safe
def one_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One import with what did not get in, and why; to htmx only how far it is."""
    return _import(request, _own(request, pk))


@login_required
@require_POST
def import_change(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Pause, resume, cancel, or restore what was cancelled."""
    if verb not in VERBS:
        raise Http404
    imported = _own(request, pk)
    try:
        VERBS[verb](imported)
    except jobs.WrongState as wrong:
        messages.info(request, str(wrong))
    if request.htmx:
        return _import(request, imported) if "alone" in request.GET else _page(request)
    return redirect("import", pk) if request.POST.get("back") == "import" else redirect("jobs")


def _own(request: HttpRequest, pk: UUID) -> Import:
    return get_object_or_404(Import, owner=request.user, pk=pk)


def _import(request: HttpRequest, imported: Import) -> HttpResponse:
    progress = jobs.progress_of(imported)
    again = SOON if progress.moving else LATER if progress.active or progress.text else 0
    context = {"progress": progress, "alone": True, "again": again, "back": "import"}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "media_library/jobs_import.html", context)
    failed = MediaItem.objects.alive().failed().filter(batch=imported)
    context |= {
        "failed": failed.order_by("-finished_at")[:FILES_SHOWN],
        "refused": imported.files.exclude(reason="").order_by("path")[:FILES_SHOWN],
    }
    response = render(request, "media_library/jobs_of_import.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
