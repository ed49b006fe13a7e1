"""What a table is, for whoever reads one: the reader, an LMM, a person.

The same schema asks an LMM and checks its answer. Cells that overlap, or that stand outside of their table, are refused
with pydantic's ValidationError.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from media_library.extraction.schemas import Box, Share, Source, Words
from media_library.extraction.tables.numbers import number_in

MAX_ROWS = 2000
MAX_COLUMNS = 200
MAX_CELLS = 50_000
MAX_TABLES = 1000


class Cell(BaseModel):
    """A cell, at `row` and `column` from 0, over `rows` and `columns`. Empty ones may be left out.

    `number` and `unit`: what the text says where it is one number, as “12.5 %” and “€ 340” are.
    """

    row: int = Field(ge=0, lt=MAX_ROWS)
    column: int = Field(ge=0, lt=MAX_COLUMNS)
    rows: int = Field(default=1, ge=1, le=MAX_ROWS)
    columns: int = Field(default=1, ge=1, le=MAX_COLUMNS)
    text: Words = ""
    number: Annotated[Decimal, Field(allow_inf_nan=False)] | None = None
    unit: Annotated[str, Field(max_length=12)] = ""
    box: Box | None = None
    confidence: Share = 1.0

    @model_validator(mode="after")
    def _counted(self) -> Cell:
        if self.number is None and self.text:
            found = number_in(self.text)
            if found:
                self.number, self.unit = found
        return self


class Table(BaseModel):
    """`heads`: how many of the first rows are headings; `page`: the one it stands on, from 1; 0 where only its boxes
    tell.

    Another one is made where cells are to be others.
    """

    rows: int = Field(ge=0, le=MAX_ROWS)
    columns: int = Field(ge=0, le=MAX_COLUMNS)
    heads: int = Field(default=1, ge=0)
    cells: list[Cell] = Field(default_factory=list, max_length=MAX_CELLS)
    box: Box | None = None
    ruled: bool = False
    confidence: Share = 1.0
    source: Source = Source.LMM
    page: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Table:
        taken: set[tuple[int, int]] = set()
        for cell in self.cells:
            if cell.row + cell.rows > self.rows or cell.column + cell.columns > self.columns:
                raise ValueError(f"The cell at row {cell.row}, column {cell.column} does not fit into the table.")
            for place in places(cell):
                if place in taken:
                    raise ValueError(f"Two cells stand at row {place[0]}, column {place[1]}.")
                taken.add(place)
        if self.heads > self.rows:
            raise ValueError("There are more rows of headings than rows.")
        return self

    @property
    def on_page(self) -> int:
        """The page it stands on, 1 where nothing tells."""
        boxes = (self.box, *(cell.box for cell in self.cells))
        return self.page or next((box.page for box in boxes if box), 1)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place."""
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        return self._laid[row][column] if inside else None

    def heading(self, column: int) -> str:
        """What stands above a column, from above, without repeating what is merged."""
        above = (self.at(row, column) for row in range(self.heads))
        return " ".join(dict.fromkeys(cell.text for cell in above if cell and cell.text))

    def grid(self) -> list[list[Cell | None]]:
        """Every place's cell; a merged one stands at each place it covers."""
        return self._laid

    @cached_property
    def _laid(self) -> list[list[Cell | None]]:
        grid: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row, column in places(cell):
                grid[row][column] = cell
        return grid


class Tables(BaseModel):
    """The tables of a page or of a whole document, in order."""

    tables: list[Table] = Field(default_factory=list, max_length=MAX_TABLES)

    @property
    def is_empty(self) -> bool:
        return not any(table.cells for table in self.tables)


def places(cell: Cell) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
