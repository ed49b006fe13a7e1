"""What the pages of tables and of flow charts share: one of several beside its page, put right and added to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from media_library.extracting import corrections, readings, runs, writing
from media_library.extracting.reshaping import Change
from media_library.extraction.schemas import Box
from media_library.models import ExtractionKind, ExtractionState, MediaItem, Segment, SegmentKind
from media_library.pages import readings as shared


@dataclass(frozen=True)
class Called:
    """`name`: of one, as in addresses; `field`: of the schema."""

    name: str
    title: str
    field: str

    @property
    def titles(self) -> str:
        return f"{self.title}s"


CALLED = {
    ExtractionKind.TABLE: Called("table", "Table", "tables"),
    ExtractionKind.FLOWCHART: Called("chart", "Flow chart", "charts"),
}
SAID = {
    "add_row": "A row was added.",
    "add_column": "A column was added.",
    "add_shape": "A step was added.",
    "add_edge": "An arrow was added.",
    "remove_row": "The row was taken away.",
    "remove_column": "The column was taken away.",
    "remove_shape": "The step and its arrows were taken away.",
    "remove_edge": "The arrow was taken away.",
    "remove_table": "The table was taken away.",
    "remove_chart": "The flow chart was taken away.",
}

Place = Callable[[Any, Change], tuple[dict[str, int], str]]
"""Where a change is seen: what the address asks for, and the id of what is looked at, of what was made of it."""


def around(box: Box | None) -> tuple[float, float, float, float] | None:
    """A box as left, top, width and height."""
    return (box.left, box.top, box.right - box.left, box.bottom - box.top) if box else None


# --- Showing ---------------------------------------------------------------------------------------------


def found_in(read: Any, kind: str) -> Sequence[Any]:
    """The tables, or the flow charts, of what was read."""
    return getattr(read, CALLED[ExtractionKind(kind)].field) if read is not None else ()


def at(request: HttpRequest, kind: str, count: int) -> int:
    """Which of `count` the address names, from 0."""
    return min(max(shared.number(request, CALLED[ExtractionKind(kind)].name), 1), max(count, 1)) - 1


def context(
    request: HttpRequest, item: MediaItem, kind: str, *, editable: bool, first: int | None = None
) -> dict[str, Any]:
    """What reading_page.html needs: `part` is the one that is shown, absent where there is none; `first` names it
    where the address does not. While nothing counts, what a reading under way has found so far."""
    called = CALLED[ExtractionKind(kind)]
    counts = readings.chosen(item, kind)
    shown = shared.context(item, kind, counts, editable=editable)
    shown |= {"of": counts, "partly": counts is None, "called": called}
    read = writing.read(counts) if counts else _so_far(item, kind)
    parts = found_in(read, kind)
    if not parts or (counts is None and read.is_empty):
        return shown
    place = at(request, kind, len(parts)) if first is None else first
    part = parts[place]
    return shown | {
        "part": part,
        "number": place + 1,
        "parts": [{"number": number, "page": each.on_page} for number, each in enumerate(parts, start=1)],
        "pages": _pictures(item, part.on_page),
        "may_edit": editable and counts is not None,
        "reshaping": "reshape" in request.GET,
        "forms": writing.FORMS[kind],
    }


def _so_far(item: MediaItem, kind: str) -> Any:
    """What a reading that is under way has found on the first pages."""
    row = readings.of(item, kind).filter(state=ExtractionState.WAITING).first()
    return runs.so_far(row) if row else None


def _pictures(item: MediaItem, page: int) -> list[Segment]:
    """The picture of a page; of an item without pages its own."""
    kinds = (SegmentKind.IMAGE, SegmentKind.PAGE)
    found = item.segments.filter(Q(page=page) | Q(page__isnull=True), kind__in=kinds).exclude(picture="")
    return list(found.defer("words", "lines", "text")[:1])


# --- Keeping ---------------------------------------------------------------------------------------------


def kept(
    request: HttpRequest, item: MediaItem, kind: str, prefix: str, change: Change | None, place: Place
) -> HttpResponse:
    """Keep what the form has put right, and the `change` of the button that sent it; say what became of it."""
    name = CALLED[ExtractionKind(kind)].name
    asked = {name: posted(request, "part") or shared.number(request, name), "rows": shared.number(request, "rows")}
    given = {name.removeprefix(prefix): value for name, value in request.POST.items() if name.startswith(prefix)}
    base = readings.of(item, kind).filter(state=ExtractionState.DONE, pk=posted(request, "of")).first()
    if base is None:
        messages.error(request, "What you put right is not there any more. Look at what is there now.")
        return redirect(_address(item, kind, asked))
    try:
        made, count = corrections.correct(request.user, base, given, [change] if change else [])
    except corrections.BadValue as bad:
        messages.error(request, f"{bad} Nothing was changed.")
        return redirect(_address(item, kind, asked | ({"reshape": 1} if change else {})))
    if made is None:
        messages.success(request, "Nothing was changed.")
    elif made.chosen:
        messages.success(request, _said(count, change))
    else:
        sentence = "Another reading has come to count meanwhile. Yours is kept beside it: compare the two."
        messages.error(request, sentence)
    if made is None or change is None:
        return redirect(_address(item, kind, asked))
    there, mark = place(writing.read(made), change)
    return redirect(_address(item, kind, asked | {"reshape": 1} | there, mark))


def posted(request: HttpRequest, name: str) -> int:
    """A whole number of the form; 0 where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _said(count: int, change: Change | None) -> str:
    values = count - bool(change)
    said = [SAID[change.do]] if change else []
    said += [f"{values} value{'' if values == 1 else 's'} put right."] if values else []
    return " ".join(said)


def _address(item: MediaItem, kind: str, asked: dict[str, int], mark: str = "") -> str:
    query = "&".join(f"{name}={number}" for name, number in asked.items() if number)
    return reverse(kind, args=[item.pk]) + (f"?{query}" if query else "") + (f"#{mark}" if mark else "")
