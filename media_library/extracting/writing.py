"""Readings as files: tables as Markdown, CSV, HTML, JSON or XLSX, flow charts as steps, Mermaid, Python or JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from media_library.extracting import works
from media_library.extracting.exporting import clean
from media_library.extraction.flowcharts.schema import FlowChart, FlowCharts
from media_library.extraction.flowcharts.several import all_mermaid, all_python, all_steps
from media_library.extraction.tables.schema import Table, Tables
from media_library.extraction.tables.writing import to_csv, to_html, to_json, to_markdown
from media_library.models import Extraction, ExtractionKind, ExtractionState

Part = TypeVar("Part")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_XLSX = 50_000
"""Places of a table that go into a workbook: it is built in memory."""


class NotWritable(ValueError):
    """The message is a sentence for the user."""


@dataclass(frozen=True)
class Form:
    """A form that a reading can be written in. `ending`: of a file's name."""

    name: str
    label: str
    ending: str
    content_type: str


@dataclass(frozen=True)
class Written:
    content: str | bytes
    form: Form

    @property
    def content_type(self) -> str:
        kind = self.form.content_type
        return kind if isinstance(self.content, bytes) else f"{kind}; charset=utf-8"


JSON = Form("json", "JSON", "json", "application/json")
FORMS: dict[str, tuple[Form, ...]] = {
    ExtractionKind.INVOICE: (JSON,),
    ExtractionKind.TABLE: (
        Form("markdown", "Markdown", "md", "text/markdown"),
        Form("csv", "CSV", "csv", "text/csv"),
        Form("html", "HTML", "html", "text/html"),
        JSON,
        Form("xlsx", "XLSX", "xlsx", XLSX),
    ),
    ExtractionKind.FLOWCHART: (
        Form("steps", "Steps", "txt", "text/plain"),
        Form("mermaid", "Mermaid", "mmd", "text/plain"),
        Form("python", "Python", "py", "text/x-python"),
        JSON,
    ),
}
NAMES = tuple(dict.fromkeys(form.name for forms in FORMS.values() for form in forms))


def read(extraction: Extraction) -> Any:
    """What was read, as an instance of its schema. Raises NotWritable where nothing was."""
    if extraction.state != ExtractionState.DONE:
        raise NotWritable("There is nothing to write yet: it has not been read to the end.")
    return works.of(extraction.kind).schema.model_validate(extraction.data)


def write(extraction: Extraction, name: str, number: int | None = None) -> Written:
    """A reading in the form called `name`; of its tables or flow charts the one that `number` counts, from 1, or all.

    Raises NotWritable.
    """
    forms = {form.name: form for form in FORMS[extraction.kind]}
    if name not in forms:
        raise NotWritable(f"This cannot be written as “{name[:40]}”. Choose one of: {', '.join(forms)}.")
    found, form, one = read(extraction), forms[name], number is not None
    if isinstance(found, Tables):
        return Written(_tables(_some(found.tables, number, "table"), form, one=one), form)
    if isinstance(found, FlowCharts):
        return Written(_charts(_some(found.charts, number, "flow chart"), form, one=one), form)
    return Written(_json(found), form)


def _some(parts: list[Part], number: int | None, name: str) -> list[Part]:
    if number is None:
        return parts
    if not 1 <= number <= len(parts):
        raise NotWritable(f"There is no {name} {number}: choose one from 1 to {len(parts)}.")
    return [parts[number - 1]]


def _tables(tables: list[Table], form: Form, *, one: bool) -> str | bytes:
    match form.name:
        case "xlsx":
            return to_xlsx(tables)
        case "json":
            return to_json(tables[0]) if one else _json(Tables(tables=tables))
        case "html":
            body = "\n".join(to_html(table) for table in tables)
            return f'<!doctype html>\n<meta charset="utf-8">\n<title>Tables</title>\n{body}'
        case "csv":
            return "\r\n".join(to_csv(table) for table in tables)
        case _:
            return "\n".join(to_markdown(table) for table in tables)


def to_xlsx(tables: list[Table]) -> bytes:
    """A workbook with a sheet for each table: numbers are numbers, merged cells are merged, nothing is a formula."""
    from openpyxl import Workbook

    if sum(table.rows * table.columns for table in tables) > MOST_XLSX:
        raise NotWritable("There are too many cells for a workbook. Take the CSV.")
    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(f"Table {number}")
        for cell in table.cells:
            place = sheet.cell(cell.row + 1, cell.column + 1)
            if cell.number is not None and not cell.unit:
                place.value = cell.number
            else:
                place.value = clean(" ".join(cell.text.split()))
                place.data_type = "s"
            if cell.rows > 1 or cell.columns > 1:
                end = (cell.row + cell.rows, cell.column + cell.columns)
                sheet.merge_cells(None, cell.row + 1, cell.column + 1, *end)
    if not tables:
        book.create_sheet("No tables")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(found: BaseModel) -> str:
    return json.dumps(found.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1) + "\n"


def _charts(charts: list[FlowChart], form: Form, *, one: bool) -> str:
    if form.name == "json":
        return _json(charts[0] if one else FlowCharts(charts=charts))
    return _CHARTS[form.name](charts)


_CHARTS: dict[str, Callable[[Sequence[FlowChart]], str]] = {
    "steps": all_steps,
    "mermaid": all_mermaid,
    "python": all_python,
}
