"""Encoders in the admin: how far each is, adding one, changing to it and back, removing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from media_library.queue import wake
from search import indexing, recall, spaces
from search.encoders import registry
from search.encoders.base import EncoderError
from search.models import Encoder, Space

COVERAGE = "admin/search/encoder/coverage.html"


class AddEncoderForm(forms.ModelForm):
    """An encoder by its name; what it is and whether it can be had is found out before anything is written."""

    space = forms.ChoiceField(choices=Space, widget=UnfoldAdminSelectWidget)
    spec = forms.CharField(
        label="Encoder",
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text="open_clip:ViT-B-32:laion2b_s34b_b79k, open_clip:local-dir:/path, pocket:/path with what a training "
        "made, sentence:/path, sound:/path. It is built up beside the one that serves; search goes on meanwhile.",
    )

    class Meta:
        model = Encoder
        fields = ("space", "spec")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "spec" in given and "space" in given:
            try:
                registry.key_for(given["spec"])
                with transaction.atomic():
                    self.instance = spaces.add(given["spec"], given["space"])
            except (EncoderError, spaces.NotNow) as error:
                raise ValidationError({"spec": str(error)}) from error
        return given


@admin.register(Encoder)
class EncoderAdmin(ModelAdmin):
    """One row each; what changes them are actions, never typing."""

    form = AddEncoderForm
    list_display = ("space", "spec", "serving", "coverage", "found", "judged", "activated")
    list_display_links = None
    list_filter = ("space", "state")
    list_fullwidth = True
    actions = None
    actions_row = ("activate", "remove")
    actions_list = ("roll_back",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_coverage()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("search.change_encoder")

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("search.delete_encoder")

    def save_model(self, request: HttpRequest, obj: Encoder, form: forms.ModelForm, change: bool) -> None:
        """The form has added it."""
        transaction.on_commit(lambda: wake(indexing.COMPLETE))

    # --- Columns -----------------------------------------------------------------------------------------

    @display(
        description="State",
        ordering="state",
        label={"Active": "success", "Building": "info", "Standing by": "warning", "Being removed": "danger"},
    )
    def serving(self, encoder: Encoder) -> str:
        return encoder.get_state_display()

    @display(description="Vectors")
    def coverage(self, encoder: Encoder) -> str:
        return render_to_string(COVERAGE, {"encoder": encoder, "progress": spaces.progress(encoder)})

    @display(description="Recall")
    def found(self, encoder: Encoder) -> str:
        """The least of the last check_recall: what an index may miss that comparing everything would find."""
        if (last := recall.last(encoder)) is None:
            return ""
        return f"{last.recall:.3f} at {last.k}, {last.at:%-d %b %Y}"

    @display(description="Matches believed")
    def judged(self, encoder: Encoder) -> str:
        """The level of calibration.py, and how large the library was when it was measured."""
        if not encoder.calibration:
            return "Not calibrated yet"
        return f"from {encoder.calibration['level']:.3f} on, calibrated at {encoder.calibration['segments']:,} segments"

    @display(description="Activated", ordering="activated_at")
    def activated(self, encoder: Encoder) -> str:
        return encoder.activated_at.strftime("%-d %b %Y") if encoder.activated_at else ""

    # --- Changing ----------------------------------------------------------------------------------------

    @action(
        description="Use for search",
        url_path="activate",
        permissions=["activate"],
        icon="swap_horiz",
        dialog={
            "title": "Use this encoder for search",
            "description": "Search in its space switches to it at once. The one before it stands by.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Use for search",
        },
    )
    def activate(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        encoder = self._one(request, object_id)
        return self._done(request, lambda: spaces.activate(encoder), f"Search uses {encoder.spec} now.")

    @action(
        description="Remove",
        url_path="remove",
        permissions=["remove"],
        icon="delete",
        dialog={
            "title": "Remove this encoder",
            "description": "Its vectors and its index are deleted. Making them again takes as long as it took.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Remove",
        },
    )
    def remove(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        encoder = self._one(request, object_id)
        return self._done(request, lambda: spaces.remove(encoder), f"{encoder.spec} is removed.")

    @action(
        description="Back to the one before",
        url_path="roll-back",
        permissions=["activate"],
        icon="undo",
        dialog={
            "title": "Back to the encoder before",
            "description": "The encoder of pictures that served before the present one serves again, at once.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Go back",
        },
    )
    def roll_back(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        return self._done(request, lambda: spaces.roll_back(Space.VISUAL), "Search uses the encoder before again.")

    def _one(self, request: HttpRequest, object_id: str) -> Encoder:
        encoder = self.get_object(request, object_id)
        if encoder is None:
            raise Http404
        return encoder

    def _done(self, request: HttpRequest, change: Callable[[], object], told: str) -> HttpResponse:
        try:
            change()
        except spaces.NotNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, told)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:search_encoder_changelist")})
