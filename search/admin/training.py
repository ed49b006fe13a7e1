"""Training in the admin: asked for, watched while it goes on, stopped, compared, and made an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, get_args, get_type_hints

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from search import spaces
from search.charts import Line, chart
from search.encoders.base import EncoderError
from search.models import RunState, TrainingRun
from search.training import options, runs
from search.training.errors import TrainingError
from search.training.presets import PRESETS

LIST = "admin:search_trainingrun_changelist"
COMPARED = 6
"""Runs beside one another at most: more lines are not told apart."""


class TrainForm(forms.ModelForm):
    """The options of a preset, as its command has them."""

    preset_name = ""

    class Meta:
        model = TrainingRun
        fields = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors:
            try:
                usual = asdict(PRESETS[self.preset_name].config())
                chosen = {name: value for name, value in given.items() if name in usual and value != usual[name]}
                PRESETS[self.preset_name].config(**chosen).check()
                self.chosen = chosen
            except TrainingError as error:
                raise ValidationError(str(error)) from error
        return given


def form_of(preset: str) -> type[TrainForm]:
    """A form with a field for each option of `preset`."""
    config = PRESETS[preset].config
    types = get_type_hints(config)
    made: dict[str, Any] = {"preset_name": preset, "Meta": TrainForm.Meta}
    for each in fields(config):
        made[each.name] = _field(types[each.name], each.default, each.metadata["help"], each.metadata["choices"])
    return type("TrainForm", (TrainForm,), made)


def _field(kind: type, default: Any, told: str, choices: Sequence[str]) -> forms.Field:
    usual: dict[str, Any] = {"initial": default, "help_text": told[:1].upper() + told[1:]}
    if choices:
        return forms.ChoiceField(choices=[(each, each) for each in choices], widget=UnfoldAdminSelectWidget, **usual)
    if kind is bool:
        return forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget, **usual)
    if get_args(kind):
        return NumbersField(count=len(default), widget=UnfoldAdminTextInputWidget, **usual)
    fitting = {int: forms.IntegerField, float: forms.FloatField}.get(kind, forms.CharField)
    return fitting(required=kind is not str, widget=UnfoldAdminTextInputWidget, **usual)


class NumbersField(forms.CharField):
    """A few whole numbers with spaces between them."""

    def __init__(self, *, count: int, **options: Any) -> None:
        super().__init__(**options)
        self._count = count

    def prepare_value(self, value: Any) -> Any:
        return " ".join(map(str, value)) if isinstance(value, tuple) else value

    def to_python(self, value: Any) -> tuple[int, ...]:
        parts = value if isinstance(value, tuple) else tuple(str(value).split())
        if len(parts) != self._count or not all(str(part).isdigit() for part in parts):
            raise ValidationError(f"Give {self._count} numbers with a space between them.")
        return tuple(int(part) for part in parts)

    def validate(self, value: Any) -> None:
        """Done above."""

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit."""


@admin.register(TrainingRun)
class TrainingRunAdmin(ModelAdmin):
    list_display = ("name", "standing", "how_far", "loss", "came_out", "started_by", "created_at")
    list_filter = ("preset", "state")
    list_fullwidth = True
    list_select_related = ("started_by",)
    actions = ("compare",)
    list_before_template = "admin/search/trainingrun/presets.html"

    def has_change_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        """What a run is, is not typed in; `_may` asks who may stop it and so on."""
        return False

    def has_compare_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("compare/", self.admin_site.admin_view(self.compare_view), name="search_trainingrun_compare"),
            path("<int:pk>/do/<slug:verb>/", self.admin_site.admin_view(self.do_view), name="search_trainingrun_do"),
        ]
        return own + super().get_urls()

    # --- Asking for one ----------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: TrainingRun | None = None, change: bool = False, **kwargs: Any
    ) -> type:
        return form_of(_preset(request))

    def get_fields(self, request: HttpRequest, obj: TrainingRun | None = None) -> list[str]:
        return [each.name for each in fields(PRESETS[_preset(request)].config)]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {"title": PRESETS[_preset(request)].told}
        return super().add_view(request, form_url, {**(extra_context or {}), **told})

    def save_form(self, request: HttpRequest, form: TrainForm, change: bool) -> TrainingRun:
        return runs.ask_for(form.preset_name, form.chosen, request.user)

    def save_model(self, request: HttpRequest, obj: TrainingRun, form: forms.ModelForm, change: bool) -> None:
        """It has been, and nothing hangs on it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """See `save_model`."""

    def response_add(
        self, request: HttpRequest, obj: TrainingRun, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, f"{obj} waits for the training worker.")
        return HttpResponseRedirect(_address(obj))

    # --- Columns -----------------------------------------------------------------------------------------

    @display(description="Run", ordering="pk")
    def name(self, run: TrainingRun) -> str:
        return str(run)

    @display(
        description="State",
        ordering="state",
        label={"Done": "success", "Running": "info", "Stopped": "warning", "Failed": "danger"},
    )
    def standing(self, run: TrainingRun) -> str:
        return run.get_state_display()

    @display(description="How far")
    def how_far(self, run: TrainingRun) -> str:
        return how_far(run)

    @display(description="Loss")
    def loss(self, run: TrainingRun) -> str:
        return f"{run.progress['loss']:.4f}" if run.progress else ""

    @display(description="Came out")
    def came_out(self, run: TrainingRun) -> SafeString | str:
        if run.problem:
            return run.problem
        best = [(name, value) for name, value in measures(run) if name in ("accuracy", "after: top 1")]
        return format_html("{} {:}", best[0][0], f"{best[0][1]:.3f}") if best else ""

    @admin.action(description="Compare", permissions=["compare"])
    def compare(self, request: HttpRequest, chosen: QuerySet[TrainingRun]) -> HttpResponse:
        numbers = ",".join(str(pk) for pk in chosen.values_list("pk", flat=True)[:COMPARED])
        return HttpResponseRedirect(f"{reverse('admin:search_trainingrun_compare')}?runs={numbers}")

    # --- Pages -------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(run),
            "run": run,
            "how_far": how_far(run),
            "share": run.progress["step"] / run.progress["steps"] if run.progress else None,
            "charts": charts([run], [str(run)]),
            "measures": [(name, _shown(value)) for name, value in measures(run)],
            "options": sorted(_options(run).items()),
            "may": request.user.has_perm("search.change_trainingrun"),
        }
        return TemplateResponse(request, "admin/search/trainingrun/run.html", context)

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbers = [int(each) for each in request.GET.get("runs", "").split(",") if each.isdigit()][:COMPARED]
        chosen = list(TrainingRun.objects.filter(pk__in=numbers).order_by("pk"))
        given = [_options(run) for run in chosen]
        names = dict.fromkeys(name for each in given for name in each)
        differing = [name for name in names if len({str(each.get(name)) for each in given}) > 1]
        found = [dict(measures(run)) for run in chosen]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Runs compared",
            "runs": chosen,
            "charts": charts(chosen, [_told_apart(*each, differing) for each in zip(chosen, given, strict=True)]),
            "measures": [
                (name, [_shown(each[name]) if name in each else "" for each in found])
                for name in dict.fromkeys(name for each in found for name in each)
            ],
            "options": [(name, [each.get(name, "") for each in given]) for name in differing],
        }
        return TemplateResponse(request, "admin/search/trainingrun/compare.html", context)

    def do_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        verbs: dict[str, tuple[Callable[[TrainingRun], object], str]] = {
            "stop": (runs.stop, "It stops after the step it is at."),
            "go-on": (runs.go_on, "It waits for the training worker."),
            "encoder": (runs.make_encoder, "Its encoder is being built beside the one that serves."),
        }
        run = TrainingRun.objects.filter(pk=pk).first()
        if run is None or verb not in verbs or request.method != "POST":
            raise Http404
        if not request.user.has_perm("search.change_trainingrun"):
            raise PermissionDenied
        do, told = verbs[verb]
        try:
            do(run)
        except (runs.WrongState, spaces.NotNow, EncoderError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, told)
        return HttpResponseRedirect(_address(run))


def _preset(request: HttpRequest) -> str:
    asked = request.GET.get("preset", "clip")
    return asked if asked in PRESETS else "clip"


def _address(run: TrainingRun) -> str:
    return reverse("admin:search_trainingrun_change", args=[run.pk])


def _options(run: TrainingRun) -> dict[str, Any]:
    """All of them, with those that nobody chose."""
    config = PRESETS[run.preset].config
    return asdict(config(**options.given(config, run.config)))


def how_far(run: TrainingRun) -> str:
    """A line about where it is, with rate and time left while it runs."""
    if not run.progress:
        return "not begun" if run.state != RunState.FAILED else ""
    at = run.progress
    line = f"epoch {at['epoch']}, step {at['step']:,} of {at['steps']:,}"
    if run.state == RunState.RUNNING and len(run.curve) > 1 and at["rate"]:
        line += f", {at['rate']:,.0f} examples a second"
    return line


def measures(run: TrainingRun) -> list[tuple[str, float]]:
    """The figures of its results, however deep they lie, by a name for people."""

    def flat(name: str, value: Any) -> list[tuple[str, float]]:
        if isinstance(value, dict):
            return [found for key, each in value.items() for found in flat(f"{name}: {key}" if name else key, each)]
        return [(name.replace("_", " "), value)] if isinstance(value, int | float) else []

    return flat("", run.results or {})


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _told_apart(run: TrainingRun, given: dict[str, Any], differing: Sequence[str]) -> str:
    """Its name with the first options that not all of the compared share, as the legend of a chart has room for."""
    values = [str(given[name]) for name in differing if given.get(name) not in (None, "")]
    return ", ".join([str(run), *values[:2]])


def charts(chosen: Sequence[TrainingRun], names: Sequence[str]) -> list[tuple[str, SafeString]]:
    """Loss and learning rate over the steps, a line for each run, by these names."""
    curves = [(name, run.curve) for name, run in zip(names, chosen, strict=True)]
    return [
        (title, chart([Line(name, [(point[0], point[column]) for point in curve]) for name, curve in curves]))
        for title, column in (("Loss", 1), ("Learning rate", 2))
        if any(run.curve for run in chosen)
    ]
