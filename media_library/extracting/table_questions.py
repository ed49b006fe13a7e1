"""Questions to the tables of an item: computed by the reader from their cells, or answered by a model that has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from media_library import lmm
from media_library.extraction.schemas import Words
from media_library.extraction.tables import questions
from media_library.extraction.tables.schema import Cell, Table
from media_library.lmm.base import Data, Request, Turn
from media_library.lmm.base import Words as Asked

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 400
"""Characters of a question."""
MOST_CHARACTERS = 24_000
"""Of tables that one question to a model carries: some 6,000 tokens."""
SYSTEM = (
    "You answer a question about tables from nothing but their cells, in one or two sentences, with the figures. Name "
    "the cells that the answer rests on by table, row and column, as they are numbered. Where the tables do not answer "
    "the question, say so and name no cells."
)


class BadQuestion(ValueError):
    """The message is a sentence for the user."""


@dataclass(frozen=True)
class Told:
    """`text`: a sentence; `cells` of the table number `table`, from 0, are what it rests on: none where the tables do
    not answer. `by` names a model, and is empty for the reader."""

    text: str
    table: int = 0
    cells: tuple[Cell, ...] = ()
    by: str = ""
    value: str | None = None
    places: frozenset[tuple[int, int]] = field(default=frozenset(), compare=False)


def check(question: str) -> str:
    """The question as it is asked. Raises BadQuestion."""
    question = " ".join(question.replace("\0", " ").split())
    if not question:
        raise BadQuestion("Ask something first, such as “Which row has the highest total?”.")
    if len(question) > LONGEST:
        raise BadQuestion(f"A question may have {LONGEST} characters, and this one has {len(question)}.")
    return question


def ask(tables: Sequence[Table], question: str, first: int = 0) -> Told:
    """The reader's answer, from the table that is looked at `first` or else from the first that answers; without one,
    why the first does not. Raises BadQuestion."""
    question = check(question)
    if not tables:
        return Told("There is no table.")
    order = [first, *(number for number in range(len(tables)) if number != first)]
    refusal = None
    for number in order:
        found = questions.answer(tables[number], question)
        if found.is_known:
            value = None if found.value is None else f"{found.value.normalize():f}"
            return _told(found.text, number, found.cells, value=value)
        refusal = refusal or Told(found.text, number)
    assert refusal is not None
    return refusal


def _told(text: str, number: int, cells: Sequence[Cell], by: str = "", value: str | None = None) -> Told:
    return Told(text, number, tuple(cells), by, value, frozenset((cell.row, cell.column) for cell in cells))


# --- By a model ------------------------------------------------------------------------------------------


class _Place(BaseModel):
    row: int
    column: int


class _Answer(BaseModel):
    """What a model answers: `table` by its number from 1, cells by row and column from 0."""

    answer: Words
    table: int = 1
    cells: Annotated[list[_Place], Field(max_length=200)] = []


def ask_model(
    user: AbstractBaseUser, tables: Sequence[Table], question: str, first: int = 0, *, fresh: bool = False
) -> Told:
    """A model's answer from the same cells, those of the table looked at `first` before others.

    Raises BadQuestion and LmmError.
    """
    question = check(question)
    if not tables:
        return Told("There is no table.")
    order = [first, *(number for number in range(len(tables)) if number != first)]
    parts, left = [], MOST_CHARACTERS
    for number in order:
        text = _cells(tables[number])
        if parts and len(text) > left:
            break
        parts.append(Data(f"table {number + 1}", text[:left]))
        left -= len(text)
    turn = Turn("person", (*parts, Asked(question)))
    reply = lmm.ask(user, Request("table question", (turn,), SYSTEM, schema=_Answer, max_tokens=2048), fresh=fresh)
    said: _Answer = reply.data
    number = min(max(said.table, 1), len(tables)) - 1
    found = (tables[number].at(place.row, place.column) for place in said.cells)
    cells = dict.fromkeys((cell.row, cell.column) for cell in found if cell)
    by_place = {(cell.row, cell.column): cell for cell in tables[number].cells}
    return _told(said.answer, number, [by_place[place] for place in cells], reply.model)


def _cells(table: Table) -> str:
    """Its rows, each with its number and each cell with that of its column."""
    rows: dict[int, list[str]] = {}
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        rows.setdefault(cell.row, []).append(f"{cell.column}: {' '.join(cell.text.split())}")
    lines = [f"row {row}{' (heading)' if row < table.heads else ''} | " + " | ".join(rows[row]) for row in rows]
    return "\n".join(lines)
