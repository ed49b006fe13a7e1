"""Putting tables and flow charts right: what a person says becomes a reading of its own, so that nothing is lost and
an earlier one can be chosen again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from media_library.extracting import readings, works, writing
from media_library.extracting.invoices import BadValue
from media_library.extraction.flowcharts.schema import Edge, FlowChart, Kind, Shape
from media_library.extraction.tables.schema import Cell, Table, Tables
from media_library.models import Extraction, ExtractionState

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 2000
"""Characters of one text, as the schemas have it."""


def correct(user: AbstractBaseUser, base: Extraction, changes: dict[str, str]) -> tuple[Extraction | None, int]:
    """What `base` read, put right: a new reading by a person, and how many values it changes; None for none.

    `changes` by path: “0.2.1” is the cell in row 2 and column 1 of table 0; “shapes.3.text”, “shapes.3.kind” and
    “edges.2.label” are of a flow chart. The new reading counts, unless another one than `base` has come to count
    meanwhile. Raises BadValue, and then keeps nothing.
    """
    try:
        found = writing.read(base)
    except writing.NotWritable as error:
        raise BadValue("It has not been read yet, so nothing can be put right.") from error
    texts = {path: _plain(text) for path, text in changes.items()}
    try:
        fixed, count = _in_tables(found, texts) if isinstance(found, Tables) else _in_chart(found, texts)
    except ValidationError as error:
        raise BadValue(f"That cannot stand there: {error.errors()[0]['msg']}.") from error
    if not count:
        return None, 0
    with transaction.atomic():
        made = Extraction.objects.create(
            item_id=base.item_id,
            kind=base.kind,
            provider=readings.PERSON,
            model=readings.PERSON,
            data=fixed.model_dump(mode="json"),
            state=ExtractionState.DONE,
            asked_by=user,
            ended_at=timezone.now(),
        )
        # Under the same lock as choosing, so that what somebody else chose a moment ago stays.
        readings.hold(made)
        if Extraction.objects.filter(pk=base.pk, chosen=True).exists():
            readings.choose(made)
    return made, count


def _plain(text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise BadValue(f"A text may have {LONGEST} characters, and this one has {len(text)}. Shorten it.")
    return text


# --- Tables ----------------------------------------------------------------------------------------------


def _in_tables(found: Tables, texts: dict[str, str]) -> tuple[Tables, int]:
    by_table: dict[int, dict[tuple[int, int], str]] = {}
    for path, text in texts.items():
        number, row, column = _place(found, path)
        by_table.setdefault(number, {})[row, column] = text
    tables, count = list(found.tables), 0
    for number, cells in by_table.items():
        tables[number], changed = _in_table(tables[number], cells)
        count += changed
    return Tables(tables=tables), count


def _place(found: Tables, path: str) -> tuple[int, int, int]:
    if re.fullmatch(r"\d{1,4}(\.\d{1,4}){2}", path, re.ASCII):
        number, row, column = map(int, path.split("."))
        if number < len(found.tables):
            table = found.tables[number]
            if row < table.rows and column < table.columns:
                return number, row, column
    raise BadValue(f"There is no cell “{path[:60]}” in these tables.")


def _in_table(table: Table, texts: dict[tuple[int, int], str]) -> tuple[Table, int]:
    kept = {(cell.row, cell.column): cell for cell in table.cells}
    count = 0
    for (row, column), text in texts.items():
        there = table.at(row, column)
        before = there.text if there else ""
        if text == before:
            continue
        count += 1
        if there:
            # Where it stands is still where somebody looked. A merged one is put right from any of its places.
            new = there.model_copy(update={"text": text, "confidence": 1.0})
        else:
            new = Cell(row=row, column=column, text=text)
        kept[new.row, new.column] = new
    cells = [cell for _, cell in sorted(kept.items())]
    fixed = Table(**{**{name: getattr(table, name) for name in Table.model_fields}, "cells": cells})
    # The rest is still as the reader or the model read it, and as sure.
    return (works.counted(fixed, table.source) if count else table), count


# --- Flow charts -----------------------------------------------------------------------------------------


def _in_chart(chart: FlowChart, texts: dict[str, str]) -> tuple[FlowChart, int]:
    shapes, edges, count = list(chart.shapes), list(chart.edges), 0
    for path, text in texts.items():
        rows: list[Any] = shapes if path.startswith("shapes.") else edges
        number, name = _part(path, len(rows))
        if name == "kind" and text not in tuple(Kind):
            raise BadValue(f"“{text[:40]}” is no kind of step. Choose one of: {', '.join(Kind)}.")
        if str(getattr(rows[number], name)) == text:
            continue
        count += 1
        value = Kind(text) if name == "kind" else text
        row: Shape | Edge = rows[number].model_copy(update={name: value, "confidence": 1.0})
        rows[number] = row
    return FlowChart(
        shapes=shapes, edges=edges, lanes=chart.lanes, confidence=chart.confidence, source=chart.source
    ), count


def _part(path: str, count: int) -> tuple[int, str]:
    match = re.fullmatch(r"(shapes)\.(\d{1,4})\.(text|kind)|(edges)\.(\d{1,4})\.(label)", path, re.ASCII)
    if match:
        number, name = int(match[2] or match[5]), match[3] or match[6]
        if number < count:
            return number, name
    raise BadValue(f"There is no “{path[:60]}” in this flow chart.")


__all__ = ["BadValue", "correct"]
