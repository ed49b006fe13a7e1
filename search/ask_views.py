"""The chat with the library: a page of its own per conversation, answers streamed where the browser can."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_library import lmm
from media_library.asking import answers, conversations, events
from media_library.fetching import FetchRefused
from media_library.formats.base import FileRejected
from media_library.models import Conversation, MediaItem
from media_library.throttling import refusal, require_patience
from search import examples
from search.encoders.base import EncoderError
from search.example_views import ENCODER_AWAY
from search.forms import MAX_WORDS, SearchForm
from search.query import Like, QueryError
from search.rag import answering, keeping, showing
from search.rag.answering import Question

LISTED = 60
"""Conversations beside the page."""

TRIES = ("What is in my library?", "Which documents mention a date?", "What is there to see outdoors?")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, pk: UUID | None = None) -> HttpResponseBase:
    """A conversation, or the beginning of one. A script that takes text/event-stream gets an answer as it comes."""
    conversation = get_object_or_404(keeping.of(request.user), pk=pk) if pk else None
    if request.method == "POST":
        return _ask(request, conversation)
    if conversation is None and (named := request.GET.get("conversation")):
        return redirect("chat", pk=get_object_or_404(keeping.of(request.user), pk=_uuid(named)).pk)
    return render(request, "search/ask.html", _page(request, conversation))


def _page(request: HttpRequest, conversation: Conversation | None) -> dict[str, Any]:
    said = conversation.messages.order_by("id") if conversation else ()
    return {
        "conversation": conversation,
        "shown": showing.messages(request.user, said),
        "others": keeping.of(request.user)[:LISTED],
        "remote": lmm.remote(),
        "model": lmm.model_name(),
        "longest": MAX_WORDS,
        "tries": TRIES,
        "holds": MediaItem.objects.visible_to(request.user).ready().exists(),
    }


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _ask(request: HttpRequest, conversation: Conversation | None) -> HttpResponseBase:
    streamed = events.TYPE in request.headers.get("Accept", "")
    if conversation is None and (named := _uuid(request.POST.get("conversation", ""))):
        conversation = keeping.of(request.user).filter(pk=named).first()
    try:
        question = _question(request)
        if sentence := refusal(request, "lmm"):
            return _refused(request, conversation, sentence, 429, streamed)
        asked_in, pieces = answering.begin(request.user, question, conversation, fresh="fresh" in request.POST)
    except (QueryError, FileRejected, FetchRefused, answers.BadQuestion) as error:
        return _refused(request, conversation, str(error), 400, streamed)
    except EncoderError:
        return _refused(request, conversation, ENCODER_AWAY, 503, streamed)
    if streamed:
        return events.response(pieces, showing.teller(request.user, question.text))
    for _ in pieces:
        pass
    return redirect("chat", pk=asked_in.pk)


def _question(request: HttpRequest) -> Question:
    """What is asked, with its picture and filters. Raises BadQuestion and what an example can."""
    data = request.POST.copy()
    text = data.pop("question", [""])[-1]
    form = SearchForm(data)
    if not form.is_valid():
        raise answers.BadQuestion(form.problem)
    asked = answers.check("ask", text)
    if len(asked.question) > MAX_WORDS:
        raise answers.BadQuestion(f"Ask in at most {MAX_WORDS:,} characters.")
    likes: list[Like] = [*form.cleaned_data["by"], *form.cleaned_data["like"]]
    if file := request.FILES.get("file"):
        require_patience(request, "search-by-file")
        likes.append(Like(example=examples.remember_file(file, file.name or "picture").token))
    return Question(asked.question, tuple(likes), form.filters)


def _refused(
    request: HttpRequest, conversation: Conversation | None, sentence: str, status: int, streamed: bool
) -> HttpResponse:
    if streamed:
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, sentence)
    return redirect("chat", pk=conversation.pk) if conversation else redirect("ask")


@login_required
@require_POST
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(keeping.of(request.user), pk=pk)
    try:
        keeping.rename(conversation, request.POST.get("title", ""))
    except QueryError as error:
        messages.error(request, error.message)
    return redirect("chat", pk=pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    conversations.delete(get_object_or_404(keeping.of(request.user), pk=pk))
    messages.success(request, "The conversation was deleted.")
    return redirect("ask")


@login_required
@require_safe
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The conversation as a file of JSON."""
    conversation = get_object_or_404(keeping.of(request.user), pk=pk)
    body = json.dumps(keeping.exported(request.user, conversation), ensure_ascii=False, indent=2)
    name = slugify(conversation.title)[:60] or "conversation"
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(body, content_type="application/json", headers=headers)


@login_required
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """What one thinks of an answer; a part of the page for htmx."""
    message = get_object_or_404(keeping.answers_of(request.user), pk=pk)
    helpful = {"yes": True, "no": False}.get(request.POST.get("helpful", ""))
    keeping.judge(message, helpful, request.POST.get("reason", ""))
    if request.htmx:
        return render(request, "search/ask_feedback.html", {"message": message})
    return redirect("chat", pk=message.conversation_id)
