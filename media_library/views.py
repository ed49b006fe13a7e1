"""The pages of the library: items, putting them in, curating one's own. Views check, call services, and render."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_library import counting, jobs, services, troubles
from media_library.extracting import offers
from media_library.fetching import FetchRefused
from media_library.formats.base import FileRejected
from media_library.forms import BulkForm, ItemForm, LibraryForm, UploadForm
from media_library.models import Kind, MediaItem, Visibility
from media_library.names import clean_name
from media_library.pages import asking, captions, viewers
from media_library.pages.albums import choose_album
from media_library.pages.sharing import item_sharing
from media_library.paging import newest
from media_library.querysets import MediaItemQuerySet
from media_library.templatetags.sightline import unfinished
from media_library.throttling import THROTTLED, require_patience

logger = logging.getLogger(__name__)

PAGE = 48
TAGS_SHOWN = 12

KINDS = (
    (Kind.IMAGE, "Pictures"),
    (Kind.VIDEO, "Videos"),
    (Kind.SOUND, "Sounds"),
    (Kind.DOCUMENT, "Documents"),
    (Kind.TEXT, "Texts"),
)

UNDO = "undo"
"""Under this name a session keeps what was just put into the trash, until the library page has offered it back."""


# --- One item --------------------------------------------------------------------------------------------


@require_safe
def item(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    found = MediaItem.objects.select_related("owner").one_visible_to(request.user, pk)
    if found is None:
        trashed = get_object_or_404(MediaItem.objects.owned_by(request.user).trashed(), pk=pk)
        return render(request, "media_library/trashed.html", {"item": trashed})
    context = {**details(request, found), **viewers.context(found, request.GET)}
    context |= asking.panel(request, found, editable=context["editable"])
    context |= offers.panel(request.user, found, editable=context["editable"])
    return render(request, "media_library/item.html", context)


def details(request: HttpRequest, found: MediaItem) -> dict[str, Any]:
    """What details.html needs. `owned`: it is the visitor's; `editable`: they may describe it."""
    owned = found.owner_id == request.user.pk
    editable = owned or MediaItem.objects.editable_by(request.user).filter(pk=found.pk).exists()
    return {"item": found, "editable": editable, **item_sharing(request, found)}


@require_safe
def item_status(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far an item is, as a part of the page that asks for it again and again."""
    found = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    return _status(request, found)


def _status(request: HttpRequest, found: MediaItem) -> HttpResponse:
    if request.GET.get("as") == "row":
        return render(request, "media_library/row.html", {"row": Row(str(found), found)})
    response = render(request, "media_library/status.html", {"item": found, "compact": "compact" in request.GET})
    if "reload" in request.GET and not found.in_progress:
        # The page had nothing to show yet; now there is something.
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    found = get_object_or_404(MediaItem.objects.editable_by(request.user).select_related("owner"), pk=pk)
    form = ItemForm(request.POST or None, instance=found, owned=found.owner_id == request.user.pk)
    base = "fragment.html" if request.htmx else "base.html"
    if request.method == "POST" and form.is_valid():
        if changes := {name: value for name, value in form.cleaned_data.items() if value != form.initial[name]}:
            services.update_item(found, **changes)
        if not request.htmx:
            return redirect(found)
        # What is offered to be read follows from what it is said to be.
        shown = details(request, found) | offers.panel(request.user, found, editable=True)
        return render(request, "media_library/details.html", shown | {"beside": True})
    status = 400 if form.errors else 200
    return render(request, "media_library/edit.html", {"item": found, "form": form, "base": base}, status=status)


@login_required
@require_POST
def item_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    services.delete_item(get_object_or_404(MediaItem.objects.owned_by(request.user).alive(), pk=pk))
    request.session[UNDO] = [str(pk)]
    return redirect("library")


@login_required
@require_POST
def item_restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MediaItem.objects.owned_by(request.user).trashed(), pk=pk)
    services.restore_item(found)
    return redirect(found)


@login_required
@require_POST
def item_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MediaItem.objects.owned_by(request.user).alive(), pk=pk)
    services.retry_items(MediaItem.objects.filter(pk=found.pk))
    if not request.htmx:
        return redirect(found)
    found.refresh_from_db()
    return _status(request, found)


# --- Putting things in -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What became of one file of an upload."""

    name: str
    item: MediaItem | None = None
    created: bool = True
    problem: str = ""
    code: str = ""
    """Why it was refused, for scripts."""
    status: int = 200
    """Of an answer about nothing else."""


MANY = 10
"""More files than this at once are an import: what somebody adds one by one does not wait behind them."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Files or a link. A script sends one file at a time and gets its row; a plain form sends all of them."""
    if request.method != "POST":
        return _upload_page(request, UploadForm(request.user))
    form = UploadForm(request.user, request.POST)
    files, rows = request.FILES.getlist("file"), []
    if form.is_valid():
        url, visibility, tags = (form.cleaned_data[name] for name in ("url", "visibility", "tags"))
        batch = form.cleaned_data["import"]
        if batch is None and len(files) > MANY:
            batch = jobs.start_upload(request.user, len(files))
        details = {"visibility": visibility, "tags": tags}
        for file in files:
            name = clean_name(file.name or "file")
            row = _take(name, partial(services.ingest_file, request.user, file, name, batch=batch, **details))
            if batch and row.status < 500:  # What could not be stored is sent again.
                jobs.note_arrival(batch, services.Ingested(row.item, row.created) if row.item else None)
            rows.append(row)
        if url:
            rows.append(_take(url, partial(_fetch, request, url, **details)))
        if not rows:
            form.add_error(None, "Choose files to add, or give a link to one.")
    status = 200 if any(row.item for row in rows) else max([400, *(row.status for row in rows)])
    if request.htmx:
        row = rows[0] if rows else Row("", problem=_first_error(form))
        response = render(request, "media_library/row.html", {"row": row}, status=status)
    else:
        response = _upload_page(request, form, rows, status)
    if status >= 500:
        response.headers["Retry-After"] = str(troubles.RETRY_AFTER_S)
    return response


def _fetch(request: HttpRequest, url: str, **details: object) -> services.Ingested:
    require_patience(request, "url")
    return services.ingest_url(request.user, url, **details)


def _take(name: str, take: Callable[[], services.Ingested]) -> Row:
    try:
        ingested = take()
    except (FileRejected, FetchRefused) as refused:
        return Row(name, problem=refused.message, code=refused.code, status=429 if refused.code == THROTTLED else 200)
    except OSError as error:
        logger.exception("Could not store an upload")
        status = 507 if troubles.is_full(error) else 503
        return Row(name, problem=troubles.sentence(error), code="storage", status=status)
    return Row(str(ingested.item), ingested.item, ingested.created)


def _upload_page(
    request: HttpRequest, form: UploadForm, rows: list[Row] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "rows": rows or [], "most": services.limits().max_bytes, "many": MANY}
    return render(request, "media_library/upload.html", context, status=status)


def _first_error(form: UploadForm | BulkForm) -> str:
    return next(str(message) for errors in form.errors.values() for message in errors)


# --- One's own library -----------------------------------------------------------------------------------


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    own, shared = MediaItem.objects.owned_by(request.user), MediaItem.objects.shared_with(request.user)
    form = LibraryForm(request.GET)
    form.full_clean()
    listed = shared if form.cleaned_data.get("shared") else own
    found = newest(form.narrow(listed.for_cards()), request.GET.get("cursor", ""), PAGE)
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    context = {"asked": asked, "items": found.items, "cursor": found.cursor, "base": "base.html"}
    if request.htmx and not request.htmx.history_restore_request:
        context["base"] = "fragment.html"
    else:
        owned = counting.own(request.user)
        counts = owned.counts()
        context |= {
            "counts": counts,
            "views": _views(asked, counts, owned.size("trashed", own.trashed()), owned.size("shared", shared)),
            "tags": [] if "shared" in asked else owned.tags(TAGS_SHOWN),
            "undo": _undoable(request, own),
        }
    response = render(request, "media_library/library.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@dataclass(frozen=True)
class View:
    """One way to look at the library, with how many items it holds."""

    label: str
    query: str
    count: int
    chosen: bool


def _views(asked: dict[str, object], counts: dict[str, dict[str, int]], trashed: int, shared: int) -> list[View]:
    kind, status = counts["kind"], counts["status"]
    views = [
        View("All", "", counts["total"]["items"], not asked),
        *(View(label, f"kind={name}", kind.get(name, 0), asked.get("kind") == name) for name, label in KINDS),
        View("In progress", "status=unfinished", unfinished(counts), asked.get("status") == "unfinished"),
        View("Failed", "status=failed", status.get("failed", 0), asked.get("status") == "failed"),
        View("Shared with you", "shared=on", shared, "shared" in asked),
        View("Trash", "trash=on", trashed, "trash" in asked),
    ]
    # What is empty is not worth a look; the way back and where one stands stay.
    return [view for view in views if view.count or view.chosen or not view.query]


def _undoable(request: HttpRequest, own: MediaItemQuerySet) -> list[UUID]:
    ids = request.session.pop(UNDO, [])
    return list(own.trashed().filter(pk__in=ids).values_list("pk", flat=True)) if ids else []


@login_required
@require_POST
def library_bulk(request: HttpRequest) -> HttpResponse:
    """One action on the ticked items, then back to where they were ticked."""
    back = QueryDict(request.POST.get("back", "")).urlencode()
    form = BulkForm(request.user, request.POST)
    if form.is_valid() and form.cleaned_data["action"] == "album":
        return choose_album(request, request.POST)
    if form.is_valid() and form.cleaned_data["action"] == "caption":
        return captions.choose(request, request.POST)
    if form.is_valid():
        _apply(request, form.cleaned_data["action"], form.cleaned_data["item"], form.cleaned_data["tags"])
    else:
        messages.error(request, _first_error(form))
    return redirect(f"{reverse('library')}?{back}" if back else "library")


def _apply(request: HttpRequest, action: str, items: MediaItemQuerySet, tags: list[str]) -> None:
    match action:
        case "tag":
            messages.success(request, f"Tagged {_items(services.tag_items(items.alive(), add=tags))}.")
        case "public":
            count = services.set_visibility(items.alive(), Visibility.PUBLIC)
            messages.success(request, f"Everybody can see {_items(count)} now.")
        case "private":
            count = services.set_visibility(items.alive(), Visibility.PRIVATE)
            messages.success(request, f"Only you, and whom you share with, can see {_items(count)} now.")
        case "retry":
            messages.success(request, f"Reading {_items(services.retry_items(items.alive()))} again.")
        case "delete":
            request.session[UNDO] = [str(pk) for pk in items.alive().values_list("pk", flat=True)]
            services.delete_items(items)
        case "restore":
            messages.success(request, f"Brought back {_items(services.restore_items(items))}.")


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
