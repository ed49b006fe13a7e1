"""What reading each kind of document takes: its schema, what a model is asked, and how one page is read.

An invoice is read as a whole, because its pages belong together; tables and flow charts are read page by page, so that
a long document can be interrupted, and what was found is there before its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media_library.extracting import prompts
from media_library.extraction.amounts import decimal_mark
from media_library.extraction.flowcharts.schema import FlowChart
from media_library.extraction.invoices import MAX_PAGES
from media_library.extraction.schemas import Box, Invoice, Source
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.tables.schema import MAX_TABLES, Cell, Table, Tables
from media_library.models import ExtractionKind
from media_library.ocr import Reader

if TYPE_CHECKING:
    from PIL.Image import Image
    from pydantic import BaseModel

LONGEST = 1000
"""Pages of a document that are looked through for tables or a flow chart."""


@dataclass(frozen=True)
class Work:
    """`name`: as in “It is being read as …”; `by_page` is None for what is read as a whole.

    `joined`: what was found on the pages before, and on the next one; `enough`: whether the others need no look.
    """

    name: str
    schema: type[BaseModel]
    prompt: str
    nothing: str
    most_pages: int
    by_page: Callable[[Image, Reader, int], BaseModel] | None = None
    by_model: Callable[[Any, int], BaseModel] | None = None
    joined: Callable[[Any, Any], BaseModel] = lambda before, now: now
    enough: Callable[[Any], bool] = lambda found: False


def of(kind: str) -> Work:
    return _WORKS[ExtractionKind(kind)]


# --- Tables ----------------------------------------------------------------------------------------------


def _tables_on(picture: Image, reader: Reader, page: int) -> Tables:
    from media_library.extraction.tables.reading import read_picture

    return Tables(tables=read_picture(picture, reader, page))


def _tables_joined(before: Tables, now: Tables) -> Tables:
    return Tables(tables=[*before.tables, *(table for table in now.tables if table.cells)][:MAX_TABLES])


def _tables_by_model(found: Tables, page: int) -> Tables:
    """As the model's, on the page that it was shown. What a cell is as a number follows from its text alone."""
    return Tables(tables=[counted(table, Source.LMM, page) for table in found.tables])


def counted(table: Table, source: Source, page: int = 0) -> Table:
    """`table` as read by `source`, with the numbers that its texts are; on `page`, unless that is 0."""
    mark = decimal_mark(cell.text for cell in table.cells)
    cells = [_counted(cell, mark, page) for cell in table.cells]
    box = _on(table.box, page)
    return Table(**{**_fields(table), "cells": cells, "box": box, "source": source})


def _counted(cell: Cell, mark: str | None, page: int) -> Cell:
    found = number_in(cell.text, mark)
    return cell.model_copy(
        update={
            "number": found[0] if found else None,
            "unit": found[1][:12] if found else "",
            "box": _on(cell.box, page),
        }
    )


def _on(box: Box | None, page: int) -> Box | None:
    return box.model_copy(update={"page": page}) if box and page else box


def _fields(table: Table) -> dict[str, Any]:
    return {name: getattr(table, name) for name in Table.model_fields}


# --- Flow charts -----------------------------------------------------------------------------------------


def _chart_on(picture: Image, reader: Reader, page: int) -> FlowChart:
    from media_library.extraction.flowcharts.reading import read_picture

    return read_picture(picture, reader, page)


def _chart_joined(before: FlowChart, now: FlowChart) -> FlowChart:
    return now if len(now.edges) > len(before.edges) else before


def _chart_by_model(found: FlowChart, page: int) -> FlowChart:
    shapes = [shape.model_copy(update={"box": _on(shape.box, page)}) for shape in found.shapes]
    return found.model_copy(update={"shapes": shapes, "source": Source.LMM})


_WORKS = {
    ExtractionKind.INVOICE: Work(
        name="an invoice",
        schema=Invoice,
        prompt=prompts.INVOICE,
        nothing="Nothing on it looks like an invoice or a receipt.",
        most_pages=MAX_PAGES + 1,
    ),
    ExtractionKind.TABLE: Work(
        name="a table",
        schema=Tables,
        prompt=prompts.TABLE,
        nothing="Nothing on it looks like a table.",
        most_pages=LONGEST,
        by_page=_tables_on,
        by_model=_tables_by_model,
        joined=_tables_joined,
    ),
    ExtractionKind.FLOWCHART: Work(
        name="a flow chart",
        schema=FlowChart,
        prompt=prompts.FLOWCHART,
        nothing="Nothing on it looks like a flow chart.",
        most_pages=LONGEST,
        by_page=_chart_on,
        by_model=_chart_by_model,
        joined=_chart_joined,
        # One chart is read; two shapes and an arrow may be anything.
        enough=lambda chart: len(chart.edges) > 1,
    ),
}
