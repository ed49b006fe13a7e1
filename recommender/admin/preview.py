"""What a person would be recommended, and why: for curators who may see opinions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from recommender import recommending
from recommender.admin.forms import PersonForm
from recommender.models import Movie, Opinion

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

SHOWN = 24
SAID = 60
"""Of what the person has said, the last."""

PARTS = {
    "story": "Story",
    "look": "Look",
    "together": "People like you",
    "esteem": "Esteem",
    "known": "Well known",
    "recency": "Recency",
    "dislike": "Dislikes",
}


@dataclass(frozen=True)
class Row:
    """A film with the parts of its score in the order of the table's columns."""

    film: Movie
    score: float
    because: Movie | None
    taste: int | None
    parts: list[float]


def preview(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The page; it changes nothing."""
    if not (model_admin.has_view_permission(request) and request.user.has_perm("recommender.view_opinion")):
        raise PermissionDenied
    form = PersonForm(request.GET if "user" in request.GET else None, admin_site=model_admin.admin_site)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "What a person would get",
        "form": form,
        "media": model_admin.media + form.media,
    }
    if form.is_valid():
        context |= _explained(form.cleaned_data["user"])
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/recommender/movie/preview.html", context)


def _explained(person: Any) -> dict[str, Any]:
    found = recommending.recommend(person, SHOWN)
    # Names that the table does not know come last, by themselves.
    names = list(dict.fromkeys([*PARTS, *(name for each in found.films for name in each.parts)]))
    rows = [
        Row(
            each.movie,
            each.score,
            each.because,
            None if each.taste is None else each.taste + 1,
            [each.parts.get(name, 0.0) for name in names],
        )
        for each in found.films
    ]
    said = Opinion.objects.spoken().filter(user=person).select_related("movie").defer("movie__words")
    return {
        "person": person,
        "personal": found.personal,
        "rows": rows,
        "columns": [PARTS.get(name, name.capitalize()) for name in names],
        "tastes": found.tastes,
        "said": said[:SAID],
        "said_total": said.count(),
    }
