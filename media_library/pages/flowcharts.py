"""The flow charts of an item beside their pages: as steps, as Mermaid, as Python; put right and taken away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from media_library.extracting import doubts, writing
from media_library.extracting.reshaping import Change
from media_library.extraction.flowcharts.schema import FlowChart, FlowCharts, Kind
from media_library.models import ExtractionKind, MediaItem
from media_library.pages import parts

KIND = ExtractionKind.FLOWCHART
KINDS = {Kind.START: "Start", Kind.END: "End", Kind.STEP: "Step", Kind.DECISION: "Question", Kind.DATA: "Data"}
TEXTS = ("steps", "mermaid", "python")
CHANGES = {
    "shape-before": ("add_shape", 0),
    "shape-after": ("add_shape", 1),
    "shape-remove": ("remove_shape", 0),
    "edge-add": ("add_edge", 0),
    "edge-remove": ("remove_edge", 0),
    "remove": ("remove_chart", 0),
}
"""Buttons: what they do, and how far from the step or arrow, whose place follows, something is added."""


@dataclass(frozen=True)
class Exit:
    """An arrow out of a step. `place`: among all arrows, from 0; `path`: of its label, as corrections know it; `to`:
    the step that it leads to; `labelled`: it has a label, or wants one to be told from others."""

    place: int
    path: str
    label: str
    to: int
    back: bool
    unsure: bool
    labelled: bool


@dataclass(frozen=True)
class Step:
    """A shape as a step with its number, from 1, and its place, from 0."""

    number: int
    place: int
    path: str
    kind: str
    text: str
    lane: str
    unsure: bool
    exits: tuple[Exit, ...]
    page: int
    box: tuple[float, float, float, float] | None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flowchart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its steps beside the picture; POST keeps what was put right."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    editable = MediaItem.objects.editable_by(request.user).filter(pk=pk).exists()
    if request.method == "POST":
        get_object_or_404(MediaItem.objects.editable_by(request.user), pk=pk)
        return parts.kept(request, item, KIND, "value:", _change(request), _place_of)
    return render(request, "media_library/flowchart.html", _shown(request, item, editable=editable))


def _change(request: HttpRequest) -> Change | None:
    """What the button that sent the form adds or takes away; None for that which only keeps."""
    button = request.POST.get("change", "")
    if not button:
        return None
    name, *places = button.split(".")
    do, after = CHANGES.get(name, (button, 0))
    # Of an arrow that is taken away, also the step that it led away from, to look at afterwards.
    at, to = ([*map(_number, places), -1, -1])[:2]
    label = ""
    if do == "add_edge":
        to, label = parts.posted(request, f"to:{at}") - 1, request.POST.get(f"label:{at}", "")
    return Change(do, parts.posted(request, "part") - 1, at if at < 0 else at + after, to, label)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,5}", text, re.ASCII) else -1


def _place_of(read: FlowCharts, change: Change) -> tuple[dict[str, int], str]:
    """Where a change is looked at: the step that was added or has a new arrow, or what stands there now."""
    if change.do == "remove_chart":
        return {parts.CALLED[KIND].name: min(change.of + 1, len(read.charts))}, ""
    step = change.to if change.do == "remove_edge" else change.at
    return {}, f"step-{min(max(step, 0) + 1, len(read.charts[change.of].shapes))}"


def _shown(request: HttpRequest, item: MediaItem, *, editable: bool) -> dict[str, Any]:
    context = parts.context(request, item, KIND, editable=editable)
    if "part" not in context:
        return context
    chart: FlowChart = context["part"]
    counts, number = context["of"], context["number"]
    forms = {form.name: form for form in writing.FORMS[KIND]}
    return context | {
        "steps": _steps(chart, number - 1),
        "doubts": doubts.of_chart(chart),
        "kinds": KINDS.items(),
        "texts": [(forms[name], writing.write(counts, name, number).content) for name in TEXTS] if counts else [],
    }


def _steps(chart: FlowChart, of: int) -> list[Step]:
    place = {shape.id: number for number, shape in enumerate(chart.shapes, start=1)}
    asks = {shape.id for shape in chart.shapes if shape.kind is Kind.DECISION or len(chart.leaving(shape.id)) > 1}
    exits: dict[int, list[Exit]] = {}
    for number, edge in enumerate(chart.edges):
        exits.setdefault(edge.start, []).append(
            Exit(
                place=number,
                path=f"{of}.edges.{number}.label",
                label=edge.label,
                to=place[edge.end],
                back=place[edge.end] <= place[edge.start],
                unsure=doubts.is_unsure(edge, chart.source),
                labelled=bool(edge.label) or edge.start in asks,
            )
        )
    return [
        Step(
            number=number,
            place=number - 1,
            path=f"{of}.shapes.{number - 1}",
            kind=shape.kind,
            text=shape.text,
            lane=shape.lane,
            unsure=doubts.is_unsure(shape, chart.source),
            exits=tuple(exits.get(shape.id, ())),
            page=shape.box.page if shape.box else 0,
            box=parts.around(shape.box),
        )
        for number, shape in enumerate(chart.shapes, start=1)
    ]
