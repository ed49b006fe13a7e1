"""What the pages of invoices, tables and flow charts share: reading again, waiting, comparing, choosing, files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from media_library.extracting import comparing, readings, runs, works, writing
from media_library.models import Extraction, ExtractionKind, ExtractionState, MediaItem
from media_library.throttling import refusal


@dataclass(frozen=True)
class Listed:
    """A reading in a list, without its data."""

    pk: int
    who: str
    state: str
    state_name: str
    created_at: datetime
    seconds: float | None
    problem: str
    counts: bool

    @property
    def done(self) -> bool:
        return self.state == ExtractionState.DONE


def context(item: MediaItem, kind: str, counts: Extraction | None, *, editable: bool) -> dict[str, Any]:
    """What every page of a kind has: its readings, whether one is under way and how far it is, and who can be asked.

    `counts`: the reading that counts.
    """
    rows = list(readings.of(item, kind).defer("data", "prompt").select_related("asked_by"))
    waiting = [row for row in rows if row.state == ExtractionState.WAITING]
    # Only what was just read, and failed or found nothing, is worth a notice beside what counts.
    failed = rows[0] if rows and rows[0].state in (ExtractionState.FAILED, ExtractionState.EMPTY) else None
    listed = [_listed(row, counts) for row in rows]
    return {
        "item": item,
        "kind": kind,
        "name": works.of(kind).name,
        "editable": editable,
        "readings": listed,
        "comparable": sum(row.done for row in listed) > 1,
        "newer": _newer(listed),
        "providers": readings.providers(),
        "waiting": _waiting(waiting[0]) if waiting else None,
        "failed": failed,
    }


def _listed(row: Extraction, counts: Extraction | None) -> Listed:
    by = readings.who(row)
    if row.provider == readings.PERSON and row.asked_by:
        by = row.asked_by.get_username()
    at, state = row.created_at, row.get_state_display()
    return Listed(
        row.pk, by, row.state, state, at, row.seconds, row.problem, counts is not None and row.pk == counts.pk
    )


def _newer(listed: list[Listed]) -> Listed | None:
    """A reading since the one that counts."""
    for row in listed:
        if row.counts:
            return None
        if row.done:
            return row
    return None


@dataclass(frozen=True)
class Waiting:
    problem: str
    read: int
    pages: int


def _waiting(extraction: Extraction) -> Waiting:
    # Its data holds how far it is, beside all pages of a long document; somebody may drop it meanwhile.
    progress = Extraction.objects.filter(pk=extraction.pk).values_list("data__pages_read", "data__pages").first()
    read, pages = progress or (0, 0)
    return Waiting(extraction.problem, read or 0, pages or 0)


def known(kind: str) -> str:
    """A kind that there is. Raises Http404."""
    if kind not in ExtractionKind:
        raise Http404
    return kind


def _editable(request: HttpRequest, pk: UUID) -> MediaItem:
    return get_object_or_404(MediaItem.objects.editable_by(request.user), pk=pk)


@login_required
@require_POST
def read(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Have it read, by whom the form says."""
    known(kind)
    item = _editable(request, pk)
    if sentence := refusal(request, "lmm"):
        messages.error(request, sentence)
        return redirect(item)
    try:
        runs.ask_for(request.user, item, request.POST.get("provider", ""), kind)
    except runs.NotExtractable as error:
        messages.error(request, str(error))
        return redirect(item)
    return redirect(kind, pk=pk)


@login_required
@require_safe
def status(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """How far the reading is, for the page that waits; reloads it when there is something."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    rows = readings.of(item, known(kind)).filter(state=ExtractionState.WAITING)
    row = rows.defer("data").first()
    shown = {"item": item, "kind": kind, "waiting": _waiting(row) if row else None}
    response = render(request, "media_library/reading_waiting.html", shown)
    if row is None:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def choose(request: HttpRequest, pk: UUID, kind: str, extraction: int) -> HttpResponse:
    """Let another reading count."""
    item = _editable(request, pk)
    found = get_object_or_404(readings.of(item, known(kind)), pk=extraction, state=ExtractionState.DONE)
    readings.choose(found)
    messages.success(request, f"What {readings.who(found)} read counts now.")
    return redirect(kind, pk=pk)


@login_required
@require_POST
def forget(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """It shows none."""
    item = _editable(request, pk)
    readings.forget(item, known(kind))
    messages.success(request, "What was read was dropped. The item itself stays, and can be read again.")
    return redirect(item)


@login_required
@require_safe
def compare(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Two readings side by side: by default the one that counts and the newest other one."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    counts = readings.chosen(item, known(kind))
    rows = list(readings.of(item, kind).filter(state=ExtractionState.DONE).defer("data").select_related("asked_by"))
    by_pk = {row.pk: row for row in rows}
    shown = {
        "item": item,
        "kind": kind,
        "name": works.of(kind).name,
        "editable": MediaItem.objects.editable_by(request.user).filter(pk=pk).exists(),
        "readings": [_listed(row, counts) for row in rows],
    }
    left = by_pk.get(number(request, "left")) or (by_pk.get(counts.pk) if counts else None) or (rows or [None])[-1]
    right = by_pk.get(number(request, "right")) or next((row for row in rows if row is not left), None)
    if left and right:
        sections = comparing.compare(writing.read(left), writing.read(right))
        shown |= {
            "left": _listed(left, counts),
            "right": _listed(right, counts),
            "sections": sections,
            "differing": sum(section.differing for section in sections),
            "only": "all" not in request.GET,
        }
    return render(request, "media_library/reading_compare.html", shown)


@login_required
@require_safe
def file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The reading that counts, as a file: ``as`` names the form, ``table`` or ``chart`` one of several."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    counts = readings.chosen(item, known(kind))
    if counts is None:
        raise Http404
    try:
        one = next((number(request, name) for name in ("table", "chart") if name in request.GET), None)
        written = writing.write(counts, request.GET.get("as", ""), one)
    except writing.NotWritable as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    name = f"{kind}{f'-{one}' if one else ''}.{written.form.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written.content, content_type=written.content_type, headers=headers)


def number(request: HttpRequest, name: str) -> int:
    """A whole number of the address; 0 where it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
