"""What a curator does to many items at once. Each says how many it changed; what hurts is asked again first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.forms import Form
from django.http import HttpRequest
from django.template.response import TemplateResponse

from media_library import services
from media_library.admin.forms import TagItemsForm
from media_library.asking import caption_runs
from media_library.models import Visibility
from media_library.querysets import MediaItemQuerySet

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

SHOWN = 12
"""Items pictured on a page that asks."""


def report(request: HttpRequest, count: int, done: str, nothing: str) -> None:
    """Tell what was done: `done` follows "3 items", `nothing` is the sentence where there was nothing to do."""
    if count:
        messages.success(request, f"{count} item{'' if count == 1 else 's'} {done}.")
    else:
        messages.warning(request, nothing)


def confirmed(request: HttpRequest) -> bool:
    return "confirmed" in request.POST


def ask(
    model_admin: ModelAdmin,
    request: HttpRequest,
    items: MediaItemQuerySet,
    *,
    title: str,
    consequence: str,
    button: str,
    form: Form | None = None,
) -> TemplateResponse:
    """The page that asks before an action is done, or what it needs to know. It posts to the same action."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "consequence": consequence,
        "button": button,
        "form": form,
        "shown": items[:SHOWN],
        "count": items.count(),
        "unshown": max(0, items.count() - SHOWN),
        "opts": model_admin.opts,
        "action": request.POST["action"],
        "select_across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/media_library/mediaitem/ask.html", context)


@admin.action(description="Add or remove tags", permissions=["change"])
def tag_items(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> TemplateResponse | None:
    form = TagItemsForm(request.POST if confirmed(request) else None)
    if not form.is_valid():
        return ask(
            model_admin,
            request,
            items,
            title="Add or remove tags",
            consequence="Search follows: these items are found by their new tags.",
            button="Change tags",
            form=form,
        )
    count = services.tag_items(items, add=form.cleaned_data["add"], remove=form.cleaned_data["remove"])
    report(request, count, "tagged anew", "The selected items have just these tags already.")
    return None


@admin.action(description="Write captions", permissions=["change"])
def write_captions(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> TemplateResponse | None:
    told = caption_runs.estimate(request.user, items)
    if not confirmed(request):
        cost = f"by {told.model}, for about ${told.cost:.4f}" if told.remote else "by the reader, for nothing"
        return ask(
            model_admin,
            request,
            items,
            title="Write captions",
            consequence=f"{told.count} of these items get a caption {cost}; {told.kept} keep what a person wrote. "
            "It is done in the background: see the page of jobs.",
            button="Write captions",
        )
    try:
        caption_runs.start(request.user, items)
    except caption_runs.NothingToDo as nothing:
        messages.warning(request, str(nothing))
    else:
        report(request, told.count, "being captioned", "")
    return None


@admin.action(description="Publish", permissions=["change"])
def publish(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> TemplateResponse | None:
    private = items.exclude(visibility=Visibility.PUBLIC)
    if not confirmed(request):
        return ask(
            model_admin,
            request,
            items,
            title="Publish",
            consequence="Everybody who can open this site will see these items, whoever owns them.",
            button="Publish",
        )
    count = services.set_visibility(private, Visibility.PUBLIC)
    report(request, count, "made public", "The selected items are public already.")
    return None


@admin.action(description="Make private", permissions=["change"])
def make_private(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> None:
    count = services.set_visibility(items.exclude(visibility=Visibility.PRIVATE), Visibility.PRIVATE)
    report(request, count, "made private", "The selected items are private already.")


@admin.action(description="Retry what failed", permissions=["change"])
def retry_failed(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> None:
    count = services.retry_items(items)
    report(request, count, "being tried again", "None of the selected items has failed.")


@admin.action(description="Read again", permissions=["change"])
def read_again(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> TemplateResponse | None:
    if not confirmed(request):
        return ask(
            model_admin,
            request,
            items,
            title="Read again",
            consequence="Their moments and previews are made anew. "
            "Until that is done these items may be missing from search.",
            button="Read again",
        )
    count = services.reprocess_items(items)
    report(request, count, "being read again", "A worker has all of the selected items in hand already.")
    return None


@admin.action(description="Move to the trash", permissions=["delete"])
def move_to_trash(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> None:
    count = services.delete_items(items)
    report(request, count, "moved to the trash", "The selected items are in the trash already.")


@admin.action(description="Restore from the trash", permissions=["delete"])
def restore(model_admin: ModelAdmin, request: HttpRequest, items: MediaItemQuerySet) -> None:
    count = services.restore_items(items)
    report(request, count, "restored", "None of the selected items is in the trash.")


ACTIONS = [tag_items, write_captions, publish, make_private, retry_failed, read_again, move_to_trash, restore]
