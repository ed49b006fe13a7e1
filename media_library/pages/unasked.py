"""What somebody wants to be read without being asked: a small form below the list of invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from media_library.extracting import runs, unasked
from media_library.models import ExtractionKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LABELS = {
    ExtractionKind.INVOICE: "Invoices and receipts",
    ExtractionKind.TABLE: "Tables",
    ExtractionKind.FLOWCHART: "Flow charts",
}


def context(user: AbstractBaseUser | AnonymousUser) -> dict[str, Any]:
    """What unasked.html needs."""
    wanted = unasked.wishes(user)
    return {"unasked": [(kind.value, label, kind.value in wanted) for kind, label in LABELS.items()]}


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what is ticked."""
    try:
        unasked.wish(request.user, request.POST.getlist("kind"))
    except runs.NotExtractable as error:
        messages.error(request, str(error))
        return redirect("invoices")
    chosen = [label.lower() for kind, label in LABELS.items() if kind.value in request.POST.getlist("kind")]
    said = f"From now on {' and '.join(chosen)} are read as they come in." if chosen else "Nothing is read unasked now."
    messages.success(request, said)
    return redirect("invoices")
