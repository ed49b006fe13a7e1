"""Invoices as files: CSV and XLSX with a row for each line, JSON with everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from media_library.extraction.tables.writing import safe
from media_library.models import Invoice

COLUMNS = (
    *("item", "file", "kind", "vendor", "address", "number", "date", "due_date", "currency"),
    *("subtotal", "tax", "total", "paid", "state", "does_not_add_up"),
    *("line", "quantity", "description", "unit_price", "discount", "amount"),
)
_OF_INVOICE = COLUMNS[2:14]
_OF_LINE = COLUMNS[16:]


def rows(invoices: Iterable[Invoice]) -> Iterator[tuple[Any, ...]]:
    """One for each line; an invoice without lines has one as well. `invoices` have their items and lines at hand."""
    for invoice in invoices:
        told = (
            str(invoice.item_id),
            invoice.item.original_name,
            *(getattr(invoice, name) for name in _OF_INVOICE),
            invoice.marks,
        )
        lines = list(invoice.lines.all())
        for line in lines:
            yield (*told, line.ordinal + 1, *(getattr(line, name) for name in _OF_LINE))
        if not lines:
            yield (*told, *(None,) * (len(_OF_LINE) + 1))


def as_csv(invoices: Iterable[Invoice]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows(invoices):
        writer.writerow([_plain(value) for value in row])
    return out.getvalue()


def as_xlsx(invoices: Iterable[Invoice]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Invoices")
    sheet.append(COLUMNS)
    for row in rows(invoices):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=clean(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                # Never a formula, whatever it begins with.
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(invoices: Iterable[Invoice]) -> str:
    return json.dumps([whole(invoice) for invoice in invoices], ensure_ascii=False, indent=2)


def whole(invoice: Invoice) -> dict[str, Any]:
    """Everything about one, every value with its box, confidence and source."""
    return {
        "id": str(invoice.pk),
        "item": str(invoice.item_id),
        "file": invoice.item.original_name,
        "state": invoice.state,
        "updated_at": invoice.updated_at.isoformat(),
        **invoice.data,
    }


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    text = clean(str(value))
    return safe(text) if isinstance(value, str) else text


def clean(text: str) -> str:
    """Without what no spreadsheet takes."""
    return "".join(each for each in text if (each >= " " and each not in "\ufffe\uffff") or each in "\n\t")
