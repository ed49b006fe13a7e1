"""Imports of films: started by a file, watched while they go on, with what did not get in and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from recommender.admin.forms import ImportForm, import_form_of
from recommender.importing import runs
from recommender.models import MovieImport, MovieImportState

RUNNING = (MovieImportState.WAITING, MovieImportState.RUNNING)
TEMPLATE = "admin/recommender/movieimport/import.html"


@admin.register(MovieImport)
class MovieImportAdmin(ModelAdmin):
    """One row each. Adding one is handing in a file; what becomes of it is the worker's to write."""

    list_display = ("label", "standing", "how_far", "films", "not_taken", "posters_are", "started_by", "created_at")
    list_filter = (("state", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("started_by",)
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("label",)
    fields = ("file", "source", "base")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("failures")

    def has_change_permission(self, request: HttpRequest, obj: MovieImport | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MovieImport | None = None) -> bool:
        """They tell what came in from where."""
        return False

    # --- Starting one ------------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        own = {"title": "Import films", "show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **own})

    def get_form(
        self, request: HttpRequest, obj: MovieImport | None = None, change: bool = False, **kwargs: Any
    ) -> type[ImportForm]:
        return import_form_of(request.user)

    def save_form(self, request: HttpRequest, form: ImportForm, change: bool) -> MovieImport:
        """The form has started it."""
        return form.instance

    def save_model(self, request: HttpRequest, obj: MovieImport, form: forms.ModelForm, change: bool) -> None:
        """See `save_form`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on it."""

    def response_add(
        self, request: HttpRequest, obj: MovieImport, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, f"{obj} waits for a worker.")
        return HttpResponseRedirect(reverse("admin:recommender_movieimport_change", args=[obj.pk]))

    # --- Columns -----------------------------------------------------------------------------------------

    @display(
        description="State",
        ordering="state",
        label={"Done": "success", "Running": "info", "Stopped": "warning", "Failed": "danger"},
    )
    def standing(self, imported: MovieImport) -> str:
        return imported.get_state_display()

    @display(description="How far")
    def how_far(self, imported: MovieImport) -> str:
        return how_far(imported)

    @display(description="Films")
    def films(self, imported: MovieImport) -> str:
        return f"{imported.new:,} new, {imported.changed:,} changed, {imported.same:,} as they were"

    @display(description="Not taken in")
    def not_taken(self, imported: MovieImport) -> str:
        return f"{imported.failed:,}" if imported.failed else ""

    @display(description="Posters")
    def posters_are(self, imported: MovieImport) -> str:
        if not (imported.posters_stored or imported.posters_failed):
            return ""
        failed = f", {imported.posters_failed:,} failed" if imported.posters_failed else ""
        return f"{imported.posters_stored:,} stored{failed}"

    # --- One import --------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        go_on = self.admin_site.admin_view(require_POST(self.go_on))
        return [path("<uuid:pk>/go-on/", go_on, name="recommender_movieimport_go_on"), *super().get_urls()]

    def go_on(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Have an import that ended before its end go on."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        imported = get_object_or_404(MovieImport, pk=pk)
        if runs.go_on(imported):
            messages.success(request, f"{imported} waits for a worker.")
        elif imported.state in RUNNING:
            messages.info(request, f"{imported} goes on already.")
        else:
            messages.error(request, "There is nothing left to go on with. Import the file once more.")
        return HttpResponseRedirect(reverse("admin:recommender_movieimport_change", args=[pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        imported = self.get_object(request, object_id)
        if imported is None:
            raise Http404
        if not self.has_view_permission(request, imported):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Import of {imported.label}",
            "imported": imported,
            "how_far": how_far(imported),
            "going_on": imported.state in RUNNING,
            "may_go_on": runs.may_go_on(imported) and self.has_add_permission(request),
            "failures": [(row, reason) for row, reason, *_ in imported.failures],
            "unlisted": max(0, imported.failed + imported.posters_failed - len(imported.failures)),
        }
        return TemplateResponse(request, TEMPLATE, context)


def how_far(imported: MovieImport) -> str:
    """A line about what is being done."""
    if imported.state not in RUNNING:
        return ""
    if not imported.step:
        return "not begun"
    if imported.total:
        return f"{imported.step}: {imported.done:,} of {imported.total:,}"
    return f"{imported.step}: {imported.done:,}" if imported.done else imported.step
