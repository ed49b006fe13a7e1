"""Asking about an item on its page: questions and answers, streamed where the browser can, and captions by a model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from media_library import lmm
from media_library.asking import answers, captions, conversations, events, prompts, suggestions
from media_library.lmm.base import LmmError
from media_library.models import Conversation, MediaItem, Status
from media_library.throttling import refusal

OLDER = 8
"""Conversations about an item that its page lists."""


def panel(request: HttpRequest, item: MediaItem, *, editable: bool) -> dict[str, Any]:
    """What asking.html needs; nothing where nobody is signed in, or the item is not read yet."""
    if not request.user.is_authenticated or item.status not in (Status.EMBEDDING, Status.READY):
        return {"asking": None}
    mine = list(conversations.about(request.user, item)[:OLDER])
    current = _current(request, mine)
    return {
        "asking": {
            "conversation": current,
            "messages": list(current.messages.order_by("id")) if current else [],
            "others": [each for each in mine if each != current],
            "questions": suggestions.questions(item),
            "remote": lmm.remote(),
            "model": lmm.model_name(),
            "longest": prompts.LONGEST_QUESTION,
        },
        "made_caption": captions.standing(item) if item.caption else None,
        "captionable": editable,
    }


def _current(request: HttpRequest, mine: list[Conversation]) -> Conversation | None:
    """The conversation that the address names; a new one begins where it names none."""
    wanted = request.GET.get("conversation", "")
    return next((each for each in mine if str(each.pk) == wanted), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One question. A script that takes text/event-stream gets the answer as it comes, a form the page with it all."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":
        return redirect(f"{item.get_absolute_url()}#ask")
    streamed = events.TYPE in request.headers.get("Accept", "")
    within = _conversation(request, item)
    try:
        asked = answers.check(request.POST.get("purpose") or "ask", request.POST.get("question", ""))
    except answers.BadQuestion as bad:
        return _refused(request, item, within, str(bad), 400, streamed)
    if sentence := refusal(request, "lmm"):
        return _refused(request, item, within, sentence, 429, streamed)
    fresh = "fresh" in request.POST
    if streamed:
        return events.response(answers.stream(request.user, item, asked, within, fresh=fresh))
    answered = answers.whole(request.user, item, asked, within, fresh=fresh)
    return redirect(f"{item.get_absolute_url()}?conversation={answered.conversation.pk}#ask")


def _conversation(request: HttpRequest, item: MediaItem) -> Conversation | None:
    try:
        pk = UUID(request.POST.get("conversation", ""))
    except ValueError:
        return None
    return conversations.find(request.user, pk, item)


def _refused(
    request: HttpRequest, item: MediaItem, within: Conversation | None, sentence: str, status: int, streamed: bool
) -> HttpResponse:
    if streamed:
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, sentence)
    return redirect(f"{item.get_absolute_url()}{f'?conversation={within.pk}' if within else ''}#ask")


@login_required
@require_POST
def conversation_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(conversations.of(request.user), pk=pk)
    item = found.item
    conversations.delete(found)
    messages.success(request, "The conversation was deleted.")
    return redirect(f"{item.get_absolute_url()}#ask" if item else "library")


@login_required
@require_POST
def caption_make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the model write the caption. With ``replace`` also in the place of one that a person wrote."""
    item = get_object_or_404(MediaItem.objects.editable_by(request.user), pk=pk)
    if sentence := refusal(request, "lmm"):
        messages.error(request, sentence)
        return redirect(item)
    try:
        captions.make(request.user, item, replace="replace" in request.POST, fresh="fresh" in request.POST)
    except (captions.HasCaption, LmmError) as failed:
        messages.error(request, str(failed))
    else:
        messages.success(request, "The caption was written. It is searched, too.")
    return redirect(item)


@login_required
@require_POST
def caption_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    item = get_object_or_404(MediaItem.objects.editable_by(request.user), pk=pk)
    if captions.undo(item):
        messages.success(request, "The caption is as it was before.")
    else:
        messages.error(request, "The caption was changed meanwhile, so it was left as it is.")
    return redirect(item)
