"""What reading each kind of document takes: its schema, what a model is asked, and how one page is read.

All are read page by page, so that a long document can be interrupted and goes on where it was. What was found of tables
and flow charts is there before its end. The pages of an invoice belong together: it is put together when all are read,
and a model is shown it as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media_library.extracting import prompts
from media_library.extraction import reread
from media_library.extraction.amounts import decimal_mark
from media_library.extraction.flowcharts.schema import GUESSED, MAX_CHARTS, FlowChart, FlowCharts
from media_library.extraction.reread import PagesRead
from media_library.extraction.schemas import Box, Invoice, Source
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.tables.schema import MAX_TABLES, Cell, Table, Tables
from media_library.models import ExtractionKind
from media_library.ocr import Reader

if TYPE_CHECKING:
    from PIL.Image import Image
    from pydantic import BaseModel

LONGEST = 1000
"""Pages of a document that are looked through; the page says where there are more."""


@dataclass(frozen=True)
class Work:
    """`name`: as in “It is being read as …”; `by_model` is None for what a model reads as a whole.

    `kept`: what pages are kept as until all are read; `joined`: what was found on the pages before, and on the next
    one; `finished`: what comes of it, with a way to open a page again by its number.
    """

    name: str
    schema: type[BaseModel]
    prompt: str
    nothing: str
    by_page: Callable[[Image, Reader, int], BaseModel]
    joined: Callable[[Any, Any], BaseModel]
    kept: type[BaseModel]
    by_model: Callable[[Any, int], BaseModel] | None = None
    finished: Callable[[Any, Callable[[int], Image], Reader], BaseModel] = lambda found, opened, reader: found


def of(kind: str) -> Work:
    return _WORKS[ExtractionKind(kind)]


# --- Invoices --------------------------------------------------------------------------------------------


def _page_read(picture: Image, reader: Reader, page: int) -> PagesRead:
    return PagesRead(pages=[reread.kept(reader.read(picture), page)])


def _pages_joined(before: PagesRead, now: PagesRead) -> PagesRead:
    return PagesRead(pages=[*before.pages, *now.pages])


def _invoice_on(found: PagesRead, opened: Callable[[int], Image], reader: Reader) -> Invoice:
    from media_library.extraction.invoices import read_readings

    return read_readings({page.number: page.reading() for page in found.pages}, opened, reader)


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
    told = {"cells": cells, "box": _on(table.box, page), "source": source, "page": page or table.page}
    return Table(**{**_fields(table), **told})


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


def _charts_on(picture: Image, reader: Reader, page: int) -> FlowCharts:
    from media_library.extraction.flowcharts.reading import read_picture

    return FlowCharts(charts=[read_picture(picture, reader, page).model_copy(update={"page": page})])


def _charts_joined(before: FlowCharts, now: FlowCharts) -> FlowCharts:
    """Those that are sure to be some; where none is, the one that most looks like one."""
    charts = [*before.charts, *(chart for chart in now.charts if not chart.is_empty)]
    likely = sorted(charts, key=lambda chart: -len(chart.edges))[:1]
    return FlowCharts(charts=([chart for chart in charts if _is_sure(chart)] or likely)[:MAX_CHARTS])


def _is_sure(chart: FlowChart) -> bool:
    """Whether it is a flow chart for itself, whatever else the document has. A model that sees is believed.

    Cells look like shapes, and the lines between them like arrows without heads: but they lead to every side, so there
    are more of them than cells, and hardly one points anywhere. Two shapes and a line may be anything.
    """
    pointing = sum(edge.confidence > GUESSED for edge in chart.edges)
    arrows = len(chart.edges)
    few = arrows <= len(chart.shapes) and pointing > 0
    return chart.source is not Source.READER or (arrows > 1 and (few or 2 * pointing >= arrows))


def _charts_by_model(found: FlowCharts, page: int) -> FlowCharts:
    """As the model's, on the page that it was shown."""
    return FlowCharts(charts=[_chart_by_model(chart, page) for chart in found.charts])


def _chart_by_model(found: FlowChart, page: int) -> FlowChart:
    shapes = [shape.model_copy(update={"box": _on(shape.box, page)}) for shape in found.shapes]
    return found.model_copy(update={"shapes": shapes, "source": Source.LMM, "page": page})


_WORKS = {
    ExtractionKind.INVOICE: Work(
        name="an invoice",
        schema=Invoice,
        prompt=prompts.INVOICE,
        nothing="Nothing on it looks like an invoice or a receipt.",
        by_page=_page_read,
        joined=_pages_joined,
        kept=PagesRead,
        finished=_invoice_on,
    ),
    ExtractionKind.TABLE: Work(
        name="a table",
        schema=Tables,
        prompt=prompts.TABLE,
        nothing="Nothing on it looks like a table.",
        kept=Tables,
        by_page=_tables_on,
        by_model=_tables_by_model,
        joined=_tables_joined,
    ),
    ExtractionKind.FLOWCHART: Work(
        name="a flow chart",
        schema=FlowCharts,
        prompt=prompts.FLOWCHART,
        nothing="Nothing on it looks like a flow chart.",
        kept=FlowCharts,
        by_page=_charts_on,
        by_model=_charts_by_model,
        joined=_charts_joined,
    ),
}
