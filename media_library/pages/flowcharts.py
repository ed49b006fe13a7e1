"""The flow chart of an item beside its picture: as steps, as Mermaid, as Python; put right and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from media_library.extracting import doubts, readings, writing
from media_library.extraction.flowcharts.schema import FlowChart, Kind
from media_library.models import Extraction, ExtractionKind, MediaItem, SegmentKind
from media_library.pages import readings as shared
from media_library.pages.tables import around, kept

KIND = ExtractionKind.FLOWCHART
KINDS = {Kind.START: "Start", Kind.END: "End", Kind.STEP: "Step", Kind.DECISION: "Question", Kind.DATA: "Data"}
TEXTS = ("steps", "mermaid", "python")


@dataclass(frozen=True)
class Exit:
    """An arrow out of a step. `path`: of its label, as corrections know it; `to`: the step that it leads to;
    `labelled`: it has a label, or wants one to be told from others."""

    path: str
    label: str
    to: int
    back: bool
    unsure: bool
    labelled: bool


@dataclass(frozen=True)
class Step:
    """A shape as a step with its number, from 1."""

    number: int
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
        return kept(request, item, KIND, "value:")
    counts = readings.chosen(item, KIND)
    return render(request, "media_library/flowchart.html", _shown(item, counts, editable=editable))


def _shown(item: MediaItem, counts: Extraction | None, *, editable: bool) -> dict[str, Any]:
    context = shared.context(item, KIND, counts, editable=editable)
    if counts is None:
        return context
    chart: FlowChart = writing.read(counts)
    page = next((shape.box.page for shape in chart.shapes if shape.box), 1)
    forms = {form.name: form for form in writing.FORMS[KIND]}
    pictures = item.segments.filter(
        Q(page=page) | Q(page__isnull=True), kind__in=(SegmentKind.IMAGE, SegmentKind.PAGE)
    ).exclude(picture="")
    return context | {
        "of": counts,
        "chart": chart,
        "steps": _steps(chart),
        "doubts": doubts.of_chart(chart),
        "kinds": KINDS.items(),
        "pages": list(pictures.defer("words", "lines", "text")[:1]),
        "texts": [(forms[name], writing.write(counts, name).content) for name in TEXTS],
        "forms": forms.values(),
    }


def _steps(chart: FlowChart) -> list[Step]:
    place = {shape.id: number for number, shape in enumerate(chart.shapes, start=1)}
    asks = {shape.id for shape in chart.shapes if shape.kind is Kind.DECISION or len(chart.leaving(shape.id)) > 1}
    exits: dict[int, list[Exit]] = {}
    for number, edge in enumerate(chart.edges):
        exits.setdefault(edge.start, []).append(
            Exit(
                path=f"edges.{number}.label",
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
            path=f"shapes.{number - 1}",
            kind=shape.kind,
            text=shape.text,
            lane=shape.lane,
            unsure=doubts.is_unsure(shape, chart.source),
            exits=tuple(exits.get(shape.id, ())),
            page=shape.box.page if shape.box else 0,
            box=around(shape.box),
        )
        for number, shape in enumerate(chart.shapes, start=1)
    ]
