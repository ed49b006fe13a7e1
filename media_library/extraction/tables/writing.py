"""A table as Markdown, CSV, HTML and JSON. What stands in cells is data wherever it goes: it never becomes a formula, a
tag or markup.
"""

from __future__ import annotations

import csv
import html
import io
import re

from media_library.extraction.tables.schema import Cell, Table

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~!&$])")
_SIGNED = re.compile(r"[-+]\d[\d.,]*( ?%)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also as full-width characters."""


def to_markdown(table: Table) -> str:
    """A table of GitHub's Markdown. It knows no merged cells, so their text stands in the first place only.

    Headings of several rows are put together."""
    if not table.rows or not table.columns:
        return ""
    grid = _texts(table)
    heads = [table.heading(column) for column in range(table.columns)]
    numeric = [_is_numeric(table, column) for column in range(table.columns)]
    lines = [_line([_plain(text) for text in heads]), _line(["---:" if right else "---" for right in numeric])]
    lines += [_line([_plain(text) for text in row]) for row in grid[table.heads :]]
    return "\n".join(lines) + "\n"


def to_csv(table: Table) -> str:
    """Rows as RFC 4180 has them, with CRLF. What a spreadsheet would compute gets an apostrophe; numbers stay."""
    file = io.StringIO()
    writer = csv.writer(file)
    for row in _texts(table):
        writer.writerow([safe(text) for text in row])
    return file.getvalue()


def safe(text: str) -> str:
    """`text` for a spreadsheet, which must not compute it."""
    return "'" + text if text.lstrip(" \u00a0").startswith(_FORMULA) and not _SIGNED.fullmatch(text) else text


def to_html(table: Table) -> str:
    """A <table> with a head, merged cells and everything escaped; no styles."""
    parts = ["<table>"]
    for name, rows in (("thead", range(table.heads)), ("tbody", range(table.heads, table.rows))):
        if not rows:
            continue
        parts.append(f"<{name}>")
        for row in rows:
            parts.append("<tr>" + "".join(_html(table, row, name == "thead")) + "</tr>")
        parts.append(f"</{name}>")
    return "\n".join([*parts, "</table>"]) + "\n"


def to_json(table: Table) -> str:
    """All that is known of it; `Table.model_validate_json` reads it back."""
    return table.model_dump_json(exclude_none=True, indent=1)


def _html(table: Table, row: int, head: bool) -> list[str]:
    tag = "th" if head else "td"
    cells, column = [], 0
    grid = table.grid()[row]
    while column < table.columns:
        cell = grid[column]
        if cell is None:
            cells.append(f"<{tag}></{tag}>")
        elif (cell.row, cell.column) == (row, column):
            cells.append(f"<{tag}{_spans(cell, table)}>{html.escape(cell.text)}</{tag}>")
        column += 1
    return cells


def _spans(cell: Cell, table: Table) -> str:
    # A cell cannot reach from the head into the body.
    end = table.heads if cell.row < table.heads else table.rows
    rows = min(cell.rows, end - cell.row)
    wide = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return wide + (f' rowspan="{rows}"' if rows > 1 else "")


def _texts(table: Table) -> list[list[str]]:
    """The text of every place, that of a merged cell in its first one."""
    texts = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        texts[cell.row][cell.column] = " ".join(cell.text.split())
    return texts


def _line(texts: list[str]) -> str:
    return "| " + " | ".join(texts) + " |"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _is_numeric(table: Table, column: int) -> bool:
    own = [
        cell
        for cell in table.cells
        if cell.column == column and cell.columns == 1 and cell.row >= table.heads and cell.text
    ]
    return bool(own) and sum(cell.number is not None for cell in own) * 2 > len(own)
