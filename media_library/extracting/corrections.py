"""Putting tables and flow charts right: what a person says becomes a reading of its own, so that nothing is lost and
an earlier one can be chosen again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from media_library.extracting import readings, reshaping, works, writing
from media_library.extracting.invoices import BadValue
from media_library.extracting.reshaping import Change
from media_library.extraction.flowcharts.schema import Edge, FlowChart, FlowCharts, Kind, Shape
from media_library.extraction.tables.schema import Cell, Table, Tables
from media_library.models import Extraction, ExtractionState

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 2000
"""Characters of one text, as the schemas have it."""


def correct(
    user: AbstractBaseUser, base: Extraction, values: dict[str, str], changes: Sequence[Change] = ()
) -> tuple[Extraction | None, int]:
    """What `base` read, put right: a new reading by a person, and how much it changes; None for none.

    `values` by path: “0.2.1” is the cell in row 2 and column 1 of table 0; “1.shapes.3.text”, “1.shapes.3.kind” and
    “1.edges.2.label” are of flow chart 1, without its number of the first. `changes` come after them, one after the
    other, each to what those before it have left. The new reading counts, unless another one than `base` has come to
    count meanwhile. Raises BadValue, and then keeps nothing.
    """
    try:
        found = writing.read(base)
    except writing.NotWritable as error:
        raise BadValue("It has not been read yet, so nothing can be put right.") from error
    if len(changes) > reshaping.MOST:
        raise BadValue(f"{reshaping.MOST} changes can be made at a time, and these are {len(changes)}.")
    texts = {path: _plain(text) for path, text in values.items()}
    try:
        fixed, count = _in_tables(found, texts) if isinstance(found, Tables) else _in_charts(found, texts)
        for change in changes:
            fixed, count = reshaping.reshaped(fixed, change), count + 1
    except ValidationError as error:
        raise BadValue(f"That cannot stand there: {error.errors()[0]['msg']}.") from error
    return (_kept(user, base, fixed), count) if count else (None, 0)


def _kept(user: AbstractBaseUser, base: Extraction, fixed: Tables | FlowCharts) -> Extraction:
    with transaction.atomic():
        # The same lock as choosing, so that what somebody else chose a moment ago stays.
        if not readings.hold(base):
            raise BadValue("The item was removed meanwhile.")
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
        if Extraction.objects.filter(pk=base.pk, chosen=True).exists():
            readings.choose(made)
    return made


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


def _in_charts(found: FlowCharts, texts: dict[str, str]) -> tuple[FlowCharts, int]:
    by_chart: dict[int, dict[tuple[str, int, str], str]] = {}
    for path, text in texts.items():
        number, *place = _part(found, path)
        by_chart.setdefault(number, {})[tuple(place)] = text  # type: ignore[index]
    charts, count = list(found.charts), 0
    for number, parts in by_chart.items():
        charts[number], changed = _in_chart(charts[number], parts)
        count += changed
    return FlowCharts(charts=charts), count


def _in_chart(chart: FlowChart, texts: dict[tuple[str, int, str], str]) -> tuple[FlowChart, int]:
    rows: dict[str, list[Any]] = {"shapes": list(chart.shapes), "edges": list(chart.edges)}
    count = 0
    for (name, number, field), text in texts.items():
        row: Shape | Edge = rows[name][number]
        if field == "kind" and text not in tuple(Kind):
            raise BadValue(f"“{text[:40]}” is no kind of step. Choose one of: {', '.join(Kind)}.")
        if str(getattr(row, field)) == text:
            continue
        count += 1
        value = Kind(text) if field == "kind" else text
        rows[name][number] = row.model_copy(update={field: value, "confidence": 1.0})
    return FlowChart(**{**{name: getattr(chart, name) for name in FlowChart.model_fields}, **rows}), count


_PATH = re.compile(r"(?:(\d{1,4})\.)?(?:(shapes)\.(\d{1,4})\.(text|kind)|(edges)\.(\d{1,4})\.(label))", re.ASCII)


def _part(found: FlowCharts, path: str) -> tuple[int, str, int, str]:
    """The chart, “shapes” or “edges”, which of them, and its field. Raises BadValue."""
    if match := _PATH.fullmatch(path):
        chart, number = int(match[1] or 0), int(match[3] or match[6])
        name, field = match[2] or match[5], match[4] or match[7]
        if chart < len(found.charts) and number < len(getattr(found.charts[chart], name)):
            return chart, name, number, field
    raise BadValue(f"There is no “{path[:60]}” in these flow charts.")


__all__ = ["BadValue", "Change", "correct"]
