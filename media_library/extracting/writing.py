"""Readings as files: a table as Markdown, CSV, HTML, JSON or XLSX, a flow chart as steps, Mermaid, Python or JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from media_library.extracting import works
from media_library.extracting.exporting import clean
from media_library.extraction.flowcharts.mermaid import to_mermaid
from media_library.extraction.flowcharts.python_code import to_python
from media_library.extraction.flowcharts.schema import FlowChart
from media_library.extraction.flowcharts.steps import to_steps
from media_library.extraction.tables.schema import Table, Tables
from media_library.extraction.tables.writing import to_csv, to_html, to_json, to_markdown
from media_library.models import Extraction, ExtractionKind, ExtractionState

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


def write(extraction: Extraction, name: str, table: int | None = None) -> Written:
    """A reading in the form called `name`; of its tables the one that `table` counts, from 1, or all of them.

    Raises NotWritable.
    """
    forms = {form.name: form for form in FORMS[extraction.kind]}
    if name not in forms:
        raise NotWritable(f"This cannot be written as “{name[:40]}”. Choose one of: {', '.join(forms)}.")
    found, form = read(extraction), forms[name]
    if isinstance(found, Tables):
        return Written(_tables(_some(found, table), form, one=table is not None), form)
    if isinstance(found, FlowChart):
        return Written(_CHARTS[name](found), form)
    return Written(_json(found), form)


def _some(found: Tables, number: int | None) -> list[Table]:
    if number is None:
        return found.tables
    if not 1 <= number <= len(found.tables):
        raise NotWritable(f"There is no table {number}: choose one from 1 to {len(found.tables)}.")
    return [found.tables[number - 1]]


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


_CHARTS: dict[str, Callable[[FlowChart], str]] = {
    "steps": to_steps,
    "mermaid": to_mermaid,
    "python": to_python,
    "json": _json,
}
