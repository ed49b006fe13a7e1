"""Questions that a table answers: computed from what was read of it, with the cells that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from media_library import lmm, stems
from media_library.extracting import table_questions, writing
from media_library.extracting.table_questions import Told
from media_library.extraction.tables.schema import Cell, Table, Tables
from media_library.extraction.tables.writing import to_markdown
from media_library.lmm.reader import escaped
from media_library.models import Extraction, ExtractionKind, Segment, SegmentKind
from search.hits import Box
from search.rag.sources import Cited, Found
from search.rag.worked import Answer

NOTICE = "*Computed from the table that was read. No LMM was asked.*"
"""Ends every answer."""

MOST_CHARACTERS = 2_400
"""Of a table that goes to a model with the source it was read of."""
MOST_DATA = 12_000
"""The same, of all sources of a question."""


def answer(question: str, found: Found) -> Answer | None:
    """What the table of a source says to `question`, that of the best source first; None where none answers.

    Sources are of items that the person may see, and so are their tables.
    """
    if len(question) > table_questions.LONGEST or not found.sources:
        return None
    read = _read(found.sources)
    for source in sorted(found.sources, key=lambda each: -each.fits):
        if (tables := read.get(source.item.pk)) is None:
            continue
        told = table_questions.ask(tables.tables, question)
        if told.cells and _meant(question, tables.tables[told.table], told):
            cited = _cited(source, question, tables.tables[told.table], told)
            rows = tuple(cited if each.number == source.number else each for each in found.sources)
            text = f"{escaped(told.text)} [{source.number}]\n\n{NOTICE}"
            return Answer(text, (source.number,), replace(found, sources=rows))
    return None


def with_tables(found: Found) -> Found:
    """`found` with the tables of its sources in their texts where a model answers: their pictures are hard to read."""
    if not found.sources or not lmm.remote():
        return found
    read, rows, left = _read(found.sources), [], MOST_DATA
    for source in found.sources:
        # Once for each item.
        tables = read.pop(source.item.pk, None)
        text = "\n".join(map(to_markdown, tables.tables))[: min(MOST_CHARACTERS, left)] if tables else ""
        left -= len(text)
        rows.append(replace(source, text=f"{source.text}\n{text}") if text else source)
    return replace(found, sources=tuple(rows))


def _read(sources: Sequence[Cited]) -> dict[object, Tables]:
    """The tables that count, by item; one statement."""
    rows = Extraction.objects.filter(
        item__in={each.item.pk for each in sources}, kind=ExtractionKind.TABLE, chosen=True
    )
    return {row.item_id: writing.read(row) for row in rows}


def _meant(question: str, table: Table, told: Told) -> bool:
    """Whether the question names something of the table: a word for a sum alone fits any table."""
    asked = stems.stems(question, without=stems.KINDS)
    said = " ".join(f"{table.heading(cell.column)} {_name(table, cell)}" for cell in told.cells[:50])
    return bool(asked & stems.stems(said))


def _name(table: Table, cell: Cell) -> str:
    first = table.at(cell.row, 0)
    return f"{first.text if first else ''} {table.heading(0)}"


def _cited(source: Cited, question: str, table: Table, told: Told) -> Cited:
    """The source as the cells that answer, on the page where they stand."""
    boxes = [cell.box for cell in told.cells if cell.box]
    page = boxes[0].page if boxes else 1
    boxes = [box for box in boxes if box.page == page]
    marks: tuple[Box, ...] = ()
    if boxes:
        lefts, tops = [box.left for box in boxes], [box.top for box in boxes]
        rights, bottoms = [box.right for box in boxes], [box.bottom for box in boxes]
        marks = ((min(lefts), min(tops), max(rights), max(bottoms)),)
    shown = _page(source, page)
    number = f"table {told.table + 1}"
    place = f"page {page}, {number}" if source.item.pages else number
    values = "\n".join(
        f"{_name(table, cell).split(chr(10))[0].strip()}, {table.heading(cell.column)}: {cell.text}"
        for cell in told.cells[:20]
    )
    asked = urlencode({"table": told.table + 1, "q": question})
    return replace(
        source,
        text=values,
        place=place,
        segment=shown or source.segment,
        shown=shown or source.shown,
        marks=marks,
        url=f"{reverse('table', args=[source.item.pk])}?{asked}",
    )


def _page(source: Cited, page: int) -> Segment | None:
    kinds = (SegmentKind.IMAGE, SegmentKind.PAGE)
    found = source.item.segments.filter(Q(page=page) | Q(page__isnull=True), kind__in=kinds).exclude(picture="")
    return found.defer("words", "lines").first()
