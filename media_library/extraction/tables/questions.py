"""Questions whose answer can be computed from a table: highest, lowest, sum, mean, count, growth, and single values.

An answer names the cells it was computed from. Where a column or a row cannot be told, or a column holds no numbers or
several units, it says so instead: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from media_library.extraction.tables.schema import Cell, Table
from media_library.extraction.words import fold, squash

HIGHEST = (
    "highest",
    "largest",
    "biggest",
    "most",
    "maximum",
    "max",
    "greatest",
    "hochste",
    "grosste",
    "meiste",
    "plus",
    "mayor",
    "maggiore",
    "hoogste",
)
LOWEST = (
    "lowest",
    "smallest",
    "least",
    "minimum",
    "min",
    "fewest",
    "niedrigste",
    "kleinste",
    "wenigste",
    "moins",
    "menor",
    "minore",
    "laagste",
)
MEAN = ("mean", "average", "durchschnitt", "mittel", "moyenne", "promedio", "media", "gemiddelde")
SUM = ("sum", "total", "altogether", "summe", "insgesamt", "somme", "suma", "somma", "som", "totaal")
COUNT = ("how many rows", "how many entries", "number of rows", "count", "wie viele", "combien")
GROWTH = (
    "growth",
    "grew",
    "grow",
    "grown",
    "increase",
    "increased",
    "rise",
    "rose",
    "change",
    "wachstum",
    "gewachsen",
    "croissance",
    "crecimiento",
    "crescita",
    "groei",
)
SHRUNK = ("decrease", "decreased", "fell", "shrank", "decline", "declined", "drop", "dropped")
_TIES = 5


@dataclass(frozen=True)
class Answer:
    """`text`: a sentence; `cells`: what it was computed from; `value` None where it cannot be told."""

    text: str
    value: Decimal | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.cells)


def answer(table: Table, question: str) -> Answer:
    """The answer to `question`, or why there is none. Never raises on what either says."""
    words = _words(question)
    if not table.cells or not words:
        return Answer(
            "There is nothing to compute: ask for the highest, lowest, sum, mean or a single value of a table."
        )
    columns = _columns_named(table, question)
    row = _row_named(table, question)
    low = _any(words, LOWEST) or _any(words, SHRUNK)
    high = _any(words, HIGHEST)
    if _any(words, (*GROWTH, *SHRUNK)) and not any(_any(_words(table.heading(one)), GROWTH) for one in columns):
        return _growth(table, columns, row, lowest=low, extreme=high or low or row is None)
    if row is not None and columns:
        cell = table.at(row, columns[0])
        if cell and cell.text:
            return Answer(f"{table.heading(columns[0])} of {_name(table, row)}: {cell.text}.", cell.number, (cell,))
        return Answer(f"The cell of {_name(table, row)} under “{table.heading(columns[0])}” is empty.")
    fold_of = next((name for name, said in (("mean", MEAN), ("sum", SUM)) if _any(words, said)), "")
    if high or low or fold_of:
        return _over(table, columns, "lowest" if low else "highest" if high else fold_of)
    if any(squash(said) in squash(question) for said in COUNT):
        cells = tuple(cell for row in range(table.heads, table.rows) if (cell := table.at(row, 0)))
        return Answer(f"{table.rows - table.heads} rows.", Decimal(table.rows - table.heads), cells)
    return Answer(
        "This cannot be told from the table. Name one of its columns"
        f" ({', '.join(filter(None, (table.heading(n) for n in range(table.columns))))[:300]}) and what is asked."
    )


def _over(table: Table, columns: Sequence[int], what: str) -> Answer:
    column = next((one for one in columns if _numbers(table, one)), None)
    if column is None:
        numeric = [one for one in range(1, table.columns) if _numbers(table, one)]
        if len(numeric) != 1 or columns:
            return Answer("It cannot be told which column of numbers is meant. Name its heading.")
        column = numeric[0]
    cells = _numbers(table, column)
    units = {cell.unit for cell in cells}
    if len(units) > 1:
        said = ", ".join(sorted(unit or "none" for unit in units))
        return Answer(
            f"The values under “{table.heading(column)}” have several units ({said}), so they do not compare."
        )
    unit = units.pop()
    values = [cell.number for cell in cells if cell.number is not None]
    heading = table.heading(column) or f"column {column + 1}"
    try:
        if what in ("sum", "mean"):
            total = sum(values, Decimal())
            value = total if what == "sum" else total / len(values)
            text = f"The {what} of {heading} is {_said(value, unit)}, over {len(values)} values."
            return Answer(text, value, tuple(cells))
        value = min(values) if what == "lowest" else max(values)
    except (InvalidOperation, ArithmeticError):
        return Answer(f"The values under “{heading}” are too large to compute with.")
    best = [cell for cell in cells if cell.number == value]
    names = ", ".join(_name(table, cell.row) for cell in best[:_TIES])
    return Answer(f"{names}: {heading} {best[0].text}, the {what} of {len(cells)}.", value, tuple(best))


def _growth(table: Table, columns: Sequence[int], row: int | None, *, lowest: bool, extreme: bool) -> Answer:
    ends = [one for one in sorted(columns) if _numbers(table, one)]
    if len(ends) < 2:
        years = [
            one
            for one in range(table.columns)
            if re.search(r"\b(19|20)\d\d\b", table.heading(one)) and _numbers(table, one)
        ]
        ends = sorted(years, key=lambda one: re.findall(r"\b(?:19|20)\d\d\b", table.heading(one))[-1])
    if len(ends) < 2:
        single = [
            one for one in range(table.columns) if _any(_words(table.heading(one)), GROWTH) and _numbers(table, one)
        ]
        if len(single) == 1:
            if row is not None and (cell := table.at(row, single[0])):
                return Answer(f"{table.heading(single[0])} of {_name(table, row)}: {cell.text}.", cell.number, (cell,))
            return _over(table, single, "lowest" if lowest else "highest")
        return Answer("Growth needs two columns of numbers. Name both headings, as in “growth from 2022 to 2023”.")
    first, last = ends[0], ends[-1]
    grown: list[tuple[Decimal, Cell, Cell]] = []
    for number in range(table.heads, table.rows):
        before, after = table.at(number, first), table.at(number, last)
        if row is not None and number != row:
            continue
        if (
            before
            and after
            and before.number
            and after.number is not None
            and before.unit == after.unit
            and before.number > 0
        ):
            try:
                grown.append(((after.number - before.number) / before.number * 100, before, after))
            except (InvalidOperation, ArithmeticError):
                continue
    if not grown:
        return Answer("No row has a positive number in both columns, so no growth can be computed.")
    best = (min if lowest else max)(grown, key=lambda one: one[0])
    which = f", the {'lowest' if lowest else 'highest'} of {len(grown)}" if extreme and row is None else ""
    text = (
        f"{_name(table, best[1].row)}: {_said(best[0], '%')} from {table.heading(first)} ({best[1].text})"
        f" to {table.heading(last)} ({best[2].text}){which}."
    )
    return Answer(text, best[0], best[1:])


def _numbers(table: Table, column: int) -> list[Cell]:
    """Cells of numbers in the body of a column; empty where most of it are words."""
    own = [
        cell
        for cell in table.cells
        if cell.column == column and cell.row >= table.heads and cell.text and cell.columns == 1
    ]
    counted = [cell for cell in own if cell.number is not None and abs(cell.number.adjusted()) < 30]
    return counted if counted and 2 * len(counted) > len(own) else []


def _columns_named(table: Table, question: str) -> list[int]:
    """Columns whose heading stands in the question, those named most exactly first."""
    asked, said = squash(question), set(_words(question))
    whole, partly = [], []
    for column in range(table.columns):
        heading = table.heading(column)
        plain, words = squash(heading), set(_words(heading))
        if not plain:
            continue
        if plain in asked and len(plain) > 1:
            whole.append((-len(plain), column))
        elif words and (shared := len([word for word in words if len(word) > 2 and word in said])):
            partly.append((-shared / len(words), column))
    found = [column for _, column in sorted(whole)] or [column for _, column in sorted(partly)]
    # “Which business has …” names the column of names, and asks for another.
    return [column for column in found if _numbers(table, column)] or found


def _row_named(table: Table, question: str) -> int | None:
    asked = squash(question)
    named = [
        (len(squash(cell.text)), row)
        for row in range(table.heads, table.rows)
        if (cell := table.at(row, 0)) and len(squash(cell.text)) > 1 and squash(cell.text) in asked
    ]
    return max(named)[1] if named else None


def _name(table: Table, row: int) -> str:
    cell = table.at(row, 0)
    return cell.text if cell and cell.text else f"row {row + 1}"


def _said(value: Decimal, unit: str) -> str:
    rounded = value.quantize(Decimal("0.01")) if abs(value.adjusted()) < 20 else value
    plain = f"{rounded:,f}".rstrip("0").rstrip(".") if "." in f"{rounded:f}" else f"{rounded:,f}"
    return f"{plain} {unit}".strip()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _any(words: Iterable[str], wanted: Sequence[str]) -> bool:
    return any(word in wanted for word in words)
