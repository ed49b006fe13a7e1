"""What was learnt from ratings: which models there are, having another one made, removing one."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from recommender import collaborating
from recommender.models import FactorModel, Rating

logger = logging.getLogger(__name__)

LIST = "admin:recommender_factormodel_changelist"
TOO_FEW = (
    "There is too little to learn from: {ratings:,} ratings by {raters:,} people, where at least {least:,} by "
    f"{collaborating.FEWEST_RATERS:,} are needed. Import the ratings of MovieLens first."
)
NO_QUEUE = "The task queue cannot be reached, so nothing was begun. Try again once it is back."


@admin.register(FactorModel)
class FactorModelAdmin(ModelAdmin):
    """One row each, written by the training; one of them serves."""

    list_display = ("made", "standing", "learnt_from", "placed", "factors", "took")
    list_display_links = None
    list_fullwidth = True
    show_facets = admin.ShowFacets.NEVER
    actions_list = ("train_now",)
    list_before_template = "admin/recommender/factormodel/state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FactorModel]:
        return super().get_queryset(request).defer("gram")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FactorModel | None = None) -> bool:
        return False

    def has_train_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.add_factormodel")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_view_or_change_permission(request):
            extra_context = {**(extra_context or {}), **_counted()}
        return super().changelist_view(request, extra_context)

    # --- Columns -----------------------------------------------------------------------------------------

    @display(description="Made", ordering="created_at")
    def made(self, model: FactorModel) -> str:
        return f"{model.created_at:%-d %b %Y, %H:%M}"

    @display(description="State", ordering="state", label={"Active": "success", "Building": "info"})
    def standing(self, model: FactorModel) -> str:
        return model.get_state_display()

    @display(description="Learnt from", ordering="ratings")
    def learnt_from(self, model: FactorModel) -> str:
        return f"{model.ratings:,} ratings by {model.raters:,} people"

    @display(description="Films", ordering="films")
    def placed(self, model: FactorModel) -> str:
        return f"{model.films:,}"

    @display(description="Took", ordering="seconds")
    def took(self, model: FactorModel) -> str:
        return f"{model.seconds:.1f} s"

    # --- Changing ----------------------------------------------------------------------------------------

    @action(
        description="Train now",
        url_path="train",
        permissions=["train"],
        icon="model_training",
        dialog={
            "title": "Train now",
            "description": "Everything is learnt anew from all ratings, in the background. What serves now serves "
            "until that is done.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Train",
        },
    )
    def train_now(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        counted = _counted()
        if not counted["enough"]:
            messages.error(request, TOO_FEW.format(**counted))
        elif _send():
            messages.success(request, "It waits for the training worker. The new model appears here once it is made.")
        else:
            messages.error(request, NO_QUEUE)
        return HttpResponse(headers={"HX-Redirect": reverse(LIST)})

    def delete_model(self, request: HttpRequest, obj: FactorModel) -> None:
        collaborating.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FactorModel]) -> None:
        for model in queryset:
            collaborating.remove(model)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The models; the places of their films would be thousands of lines."""
        models = list(objs)
        return [str(model) for model in models], {"models": len(models)}, set(), []


def _counted() -> dict[str, Any]:
    """Of strangers' ratings, and whether a training would take place."""
    counted = Rating.objects.aggregate(ratings=Count("pk"), raters=Count("rater", distinct=True))
    least = collaborating.FEWEST_RATINGS
    enough = counted["ratings"] >= least and counted["raters"] >= collaborating.FEWEST_RATERS
    return {**counted, "least": least, "enough": enough}


def _send() -> bool:
    """Ask the worker, by a message of its own: one that is on its way already might find that nothing is due."""
    try:
        current_app.send_task(collaborating.TRAIN, kwargs={"anew": True})
    except Exception as error:  # whatever a queue that is away raises; nothing depends on it
        logger.warning("The training cannot be asked for: %s", error)
        return False
    return True
