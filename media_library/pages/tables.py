"""The tables of an item beside its pages: put right, asked, taken away as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from media_library import lmm
from media_library.extracting import corrections, doubts, readings, runs, table_questions, writing
from media_library.extracting.table_questions import Told
from media_library.extraction.schemas import Box
from media_library.extraction.tables.schema import Cell, Table, Tables
from media_library.extraction.tables.writing import to_markdown
from media_library.lmm.base import LmmError
from media_library.models import Extraction, ExtractionKind, ExtractionState, MediaItem, Segment, SegmentKind
from media_library.pages import readings as shared
from media_library.throttling import refusal

KIND = ExtractionKind.TABLE
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


def around(box: Box | None) -> tuple[float, float, float, float] | None:
    """A box as left, top, width and height."""
    return (box.left, box.top, box.right - box.left, box.bottom - box.top) if box else None


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
        return kept(request, item, KIND, "cell:")
    told, problem = None, ""
    counts = readings.chosen(item, KIND)
    question = request.GET.get("q", "").strip()[: 2 * table_questions.LONGEST]
    if question and counts:
        found = writing.read(counts)
        try:
            told = table_questions.ask(found.tables, question, _at(request, found))
        except table_questions.BadQuestion as bad:
            problem = str(bad)
    shown = _shown(request, item, counts, told, editable=editable)
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
        found = writing.read(counts)
        try:
            told = table_questions.ask_model(request.user, found.tables, question, _at(request, found))
        except (table_questions.BadQuestion, LmmError) as error:
            problem = str(error)
    shown = _shown(request, item, counts, told, editable=editable)
    return render(
        request, "media_library/table.html", shown | {"question": question, "problem": problem}, status=status
    )


def kept(request: HttpRequest, item: MediaItem, kind: str, prefix: str) -> HttpResponse:
    """Keep what the form of a table or a flow chart has put right, and say what became of it."""
    back = redirect(f"{reverse(kind, args=[item.pk])}{_rest(request)}")
    given = {name.removeprefix(prefix): value for name, value in request.POST.items() if name.startswith(prefix)}
    number = request.POST.get("of", "")
    rows = readings.of(item, kind).filter(state=ExtractionState.DONE)
    base = rows.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 12 else None
    if base is None:
        messages.error(request, "What you put right is not there any more. Look at what is there now.")
        return back
    try:
        made, count = corrections.correct(request.user, base, given)
    except corrections.BadValue as bad:
        messages.error(request, f"{bad} Nothing was changed.")
        return back
    if made is None:
        messages.success(request, "Nothing was changed.")
    elif made.chosen:
        messages.success(request, f"{count} value{'' if count == 1 else 's'} put right.")
    else:
        sentence = "Another reading has come to count meanwhile. Yours is kept beside it: compare the two."
        messages.error(request, sentence)
    return back


def _rest(request: HttpRequest) -> str:
    """The table and the rows that were shown."""
    shown = [(name, shared.number(request, name)) for name in ("table", "rows")]
    query = "&".join(f"{name}={number}" for name, number in shown if number)
    return f"?{query}" if query else ""


def _at(request: HttpRequest, found: Tables) -> int:
    """The table that the address names, from 0."""
    return min(max(shared.number(request, "table"), 1), max(len(found.tables), 1)) - 1


def _shown(
    request: HttpRequest, item: MediaItem, counts: Extraction | None, told: Told | None, *, editable: bool
) -> dict[str, Any]:
    context = shared.context(item, KIND, counts, editable=editable)
    found, partly = (writing.read(counts), False) if counts else (_so_far(item), True)
    context |= {"of": counts, "partly": partly, "model": lmm.model_name() if lmm.remote() else ""}
    if found is None or found.is_empty:
        return context
    at = told.table if told and told.cells else _at(request, found)
    one = found.tables[at]
    rows, slices, current = _rows(request, one)
    page = page_of(one)
    may_edit = editable and not partly
    return context | {
        "tables": [
            {"number": number, "page": page_of(each), "rows": each.rows, "columns": each.columns}
            for number, each in enumerate(found.tables, start=1)
        ],
        "table": one,
        "number": at + 1,
        "pages": _pictures(item, page),
        "head": _places(one, at, _heads(one, rows), told, editable=False) if current > 1 else [],
        "body": _places(one, at, rows, told, editable=may_edit),
        "may_edit": may_edit,
        "slices": range(1, slices + 1) if slices > 1 else (),
        "slice": current,
        "unsure": doubts.unsure_cells(one),
        "told": told,
        "forms": writing.FORMS[KIND],
        "markdown": to_markdown(one)[:MOST_TEXT],
    }


def _so_far(item: MediaItem) -> Tables | None:
    """What a reading that is under way has found on the first pages."""
    row = readings.of(item, KIND).filter(state=ExtractionState.WAITING).first()
    return runs.so_far(row) if row else None  # type: ignore[return-value]


def page_of(one: Table) -> int:
    """The page that a table stands on, as its boxes tell; 1 where none does."""
    boxes = (one.box, *(cell.box for cell in one.cells))
    return next((box.page for box in boxes if box), 1)


def _pictures(item: MediaItem, page: int) -> list[Segment]:
    """The picture of a page; of an item without pages its own."""
    kinds = (SegmentKind.IMAGE, SegmentKind.PAGE)
    found = item.segments.filter(Q(page=page) | Q(page__isnull=True), kind__in=kinds).exclude(picture="")
    return list(found.defer("words", "lines", "text")[:1])


def _rows(request: HttpRequest, one: Table) -> tuple[Sequence[int], int, int]:
    """The rows that are shown, how many such slices there are, and which this is."""
    size = max(1, MOST_PLACES // max(one.columns, 1))
    slices = max(1, -(-one.rows // size))
    current = min(max(shared.number(request, "rows"), 1), slices)
    return range((current - 1) * size, min(current * size, one.rows)), slices, current


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
        box=around(cell.box) if cell else None,
    )
