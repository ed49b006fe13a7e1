"""The tables of an item beside its pages: put right, asked, taken away as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from media_library import lmm
from media_library.extracting import doubts, readings, table_questions, writing
from media_library.extracting.reshaping import Change
from media_library.extracting.table_questions import Told
from media_library.extraction.tables.schema import Cell, Table, Tables
from media_library.extraction.tables.writing import to_markdown
from media_library.lmm.base import LmmError
from media_library.models import ExtractionKind, MediaItem
from media_library.pages import parts
from media_library.pages import readings as shared
from media_library.throttling import refusal

KIND = ExtractionKind.TABLE
CHANGES = {
    "row-above": ("add_row", "row", 0),
    "row-below": ("add_row", "row", 1),
    "row-remove": ("remove_row", "row", 0),
    "column-left": ("add_column", "column", 0),
    "column-right": ("add_column", "column", 1),
    "column-remove": ("remove_column", "column", 0),
    "remove": ("remove_table", "", 0),
}
"""Buttons: what they do, the field with the number of the row or column, and how far from it something is added."""
MOST_PLACES = 600
"""Cells that one page shows at a time: each is a field, and a browser takes a form of a thousand."""
MOST_TEXT = 20_000
"""Characters of Markdown that the page shows; the file has all."""


@dataclass(frozen=True)
class Shown:
    """A place of the table on the page. `path`: as corrections know it, empty where it goes on from further up.

    `box`: left, top, width and height as shares of the page.
    """

    path: str
    text: str
    label: str
    rows: int
    columns: int
    number: bool
    unsure: bool
    answers: bool
    page: int = 0
    box: tuple[float, float, float, float] | None = None


def _page(request: HttpRequest, pk: UUID) -> tuple[MediaItem, bool]:
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    return item, MediaItem.objects.editable_by(request.user).filter(pk=pk).exists()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One table beside its page; ``q`` asks it something. POST keeps what was put right."""
    item, editable = _page(request, pk)
    if request.method == "POST":
        get_object_or_404(MediaItem.objects.editable_by(request.user), pk=pk)
        return parts.kept(request, item, KIND, "cell:", _change(request), _place_of)
    told, problem = None, ""
    question = request.GET.get("q", "").strip()[: 2 * table_questions.LONGEST]
    if question and (counts := readings.chosen(item, KIND)):
        tables = writing.read(counts).tables
        try:
            told = table_questions.ask(tables, question, parts.at(request, KIND, len(tables)))
        except table_questions.BadQuestion as bad:
            problem = str(bad)
    shown = _shown(request, item, told, editable=editable)
    return render(request, "media_library/table.html", shown | {"question": question, "problem": problem})


@login_required
@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A question: the reader's answer has an address, a model's is shown once and costs once."""
    item, editable = _page(request, pk)
    counts = get_object_or_404(readings.of(item, KIND), chosen=True)
    question = request.POST.get("q", "").strip()[: 2 * table_questions.LONGEST]
    if request.POST.get("by") != "model":
        asked = urlencode({"table": max(shared.number(request, "table"), 1), "q": question})
        return redirect(f"{reverse('table', args=[pk])}?{asked}")
    told, problem, status = None, "", 200
    if not lmm.remote():
        problem = "No model is set up here, so only the reader can be asked."
    elif problem := refusal(request, "lmm"):
        status = 429
    else:
        tables = writing.read(counts).tables
        try:
            told = table_questions.ask_model(request.user, tables, question, parts.at(request, KIND, len(tables)))
        except (table_questions.BadQuestion, LmmError) as error:
            problem = str(error)
    shown = _shown(request, item, told, editable=editable)
    return render(
        request, "media_library/table.html", shown | {"question": question, "problem": problem}, status=status
    )


def _change(request: HttpRequest) -> Change | None:
    """What the button that sent the form adds or takes away; None for that which only keeps."""
    button = request.POST.get("change", "")
    if not button:
        return None
    do, field, after = CHANGES.get(button, (button, "", 0))
    number = parts.posted(request, field)
    return Change(do, parts.posted(request, "part") - 1, number - 1 + after if number else -1)


def _place_of(read: Tables, change: Change) -> tuple[dict[str, int], str]:
    """Where a change is looked at: what was added, or what stands where something was taken away."""
    if change.do == "remove_table":
        return {parts.CALLED[KIND].name: min(change.of + 1, len(read.tables))}, ""
    one = read.tables[change.of]
    of_rows = change.do in ("add_row", "remove_row")
    at = min(change.at, (one.rows if of_rows else one.columns) - 1)
    row, column = (at, 0) if of_rows else (0, at)
    return {"rows": row // _size(one) + 1}, f"at-{change.of}.{row}.{column}"


def _shown(request: HttpRequest, item: MediaItem, told: Told | None, *, editable: bool) -> dict[str, Any]:
    first = told.table if told and told.cells else None
    context = parts.context(request, item, KIND, editable=editable, first=first)
    context["model"] = lmm.model_name() if lmm.remote() else ""
    if "part" not in context:
        return context
    one: Table = context["part"]
    number, may_edit = context["number"] - 1, context["may_edit"]
    rows, slices, current = _rows(request, one)
    return context | {
        "head": _places(one, number, _heads(one, rows), told, editable=False) if current > 1 else [],
        "body": _places(one, number, rows, told, editable=may_edit),
        "slices": range(1, slices + 1) if slices > 1 else (),
        "slice": current,
        "first_row": rows[0] + 1 if rows else 1,
        "unsure": doubts.unsure_cells(one),
        "told": told,
        "markdown": to_markdown(one)[:MOST_TEXT],
    }


def _rows(request: HttpRequest, one: Table) -> tuple[Sequence[int], int, int]:
    """The rows that are shown, how many such slices there are, and which this is."""
    size = _size(one)
    slices = max(1, -(-one.rows // size))
    current = min(max(shared.number(request, "rows"), 1), slices)
    return range((current - 1) * size, min(current * size, one.rows)), slices, current


def _size(one: Table) -> int:
    """Rows of a slice."""
    return max(1, MOST_PLACES // max(one.columns, 1))


def _heads(one: Table, rows: Sequence[int]) -> Sequence[int]:
    return range(min(one.heads, rows[0] if rows else 0))


def _places(
    one: Table, number: int, rows: Sequence[int], told: Told | None, *, editable: bool
) -> list[tuple[bool, list[Shown]]]:
    """Rows of what is shown, each with whether it is a heading. A merged cell that reaches over the end of a heading or
    a slice goes on below it."""
    grid, shown = one.grid(), []
    lit = told.places if told and told.table == number else frozenset()
    for row in rows:
        head = row < one.heads
        first = max(rows[0], 0 if head else one.heads)
        last = min(rows[-1] + 1, one.heads if head else one.rows)
        places = []
        for column in range(one.columns):
            cell = grid[row][column]
            if cell and (column != cell.column or row != max(cell.row, first)):
                continue
            places.append(_place(one, number, row, column, cell, last, lit, editable=editable))
        shown.append((head, places))
    return shown


def _place(
    one: Table,
    number: int,
    row: int,
    column: int,
    cell: Cell | None,
    last: int,
    lit: frozenset[tuple[int, int]],
    *,
    editable: bool,
) -> Shown:
    heading = one.heading(column) if row >= one.heads else ""
    goes_on = cell is not None and cell.row != row
    return Shown(
        path=f"{number}.{row}.{column}" if editable and not goes_on else "",
        text=cell.text if cell else "",
        label=f"Row {row + 1}, {heading or f'column {column + 1}'}",
        rows=min(cell.row + cell.rows, last) - row if cell else 1,
        columns=cell.columns if cell else 1,
        number=cell is not None and cell.number is not None,
        unsure=cell is not None and doubts.is_unsure(cell, one.source),
        answers=cell is not None and (cell.row, cell.column) in lit,
        page=cell.box.page if cell and cell.box else 0,
        box=parts.around(cell.box) if cell else None,
    )
