"""Tables: read from drawings, written down, and asked."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pydantic import ValidationError

from media_library.extraction.drawing.tables import draw
from media_library.extraction.evaluation.tables import compare, f1
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.tables.questions import answer
from media_library.extraction.tables.reading import read_picture, read_tables
from media_library.extraction.tables.schema import Cell, Table
from media_library.extraction.tables.writing import to_csv, to_html, to_json, to_markdown
from media_library.ocr import Piece, Reading

FORMULAS = ("=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1+1", "＝1+1")


def table_of(*rows: tuple[str, ...], heads: int = 1) -> Table:
    cells = [
        Cell(row=r, column=c, text=text) for r, texts in enumerate(rows) for c, text in enumerate(texts) if text.strip()
    ]
    return Table(rows=len(rows), columns=max(map(len, rows)), heads=heads, cells=cells)


FIRMS = table_of(
    ("Business", "Revenue 2022", "Revenue 2023", "Staff"),
    ("Acme", "€ 100", "€ 150", "12"),
    ("Globex", "€ 400", "€ 440", "30"),
    ("Umbra", "€ 50", "€ 90", "7"),
)


class Page:
    """A page with words where they are put, and what a reader without a mistake reads on it."""

    def __init__(self, width: int = 640, height: int = 400) -> None:
        self.picture = Image.new("RGB", (width, height), "white")
        self.pen = ImageDraw.Draw(self.picture)
        self.pieces: list[Piece] = []

    def text(self, x: float, y: float, text: str, *, seen: bool = True) -> None:
        right, bottom = x + 12 * len(text), y + 26
        for start in range(round(x) + 2, round(right) - 3, 9):
            self.pen.line((start, y + 7, start + 4, y + 19), "black", 2)
        if seen:
            self.pieces.append(Piece(text, 1.0, ((x, y), (right, y), (right, bottom), (x, bottom))))

    def read(self, look=None) -> list[Table]:
        return read_tables(self.picture, Reading(pieces=tuple(self.pieces), size=self.picture.size), look=look)


def places(table: Table) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {(cell.row, cell.column): (cell.text, cell.rows, cell.columns) for cell in table.cells}


def ruled() -> Page:
    page = Page()
    for y in (20, 70, 120, 170, 220):
        # The first column of the last two rows is one cell.
        page.pen.line((180 if y == 170 else 20, y, 620, y), "black", 2)
    for x, top in ((20, 20), (180, 20), (320, 20), (470, 70), (620, 20)):
        page.pen.line((x, top, x, 220), "black", 2)
    page.text(30, 32, "Name")
    page.text(190, 32, "Staff")
    page.text(400, 32, "Revenue")
    for row, texts in enumerate(
        (("Acme", "7", "12.5 %", "€ 340"), ("Globex", "31", "-3 %", "€ 90"), ("", "5", "8 %", ""))
    ):
        for x, text in zip((30, 190, 330, 480), texts, strict=True):
            if text:
                page.text(x, 82 + 50 * row, text, seen=text != "7")
    return page


def test_a_grid_keeps_its_merged_cells():
    (table,) = ruled().read()
    read = places(table)
    assert table.ruled
    assert read[0, 2] == ("Revenue", 1, 2)
    assert read[2, 0] == ("Globex", 2, 1)
    assert read[3, 1] == ("5", 1, 1)
    cell = table.at(1, 2)
    assert cell is not None
    assert (cell.number, cell.unit) == (Decimal("12.5"), "%")


def test_what_was_not_read_is_looked_at_again():
    asked = []

    def look(quads):
        asked.extend(quads)
        return [("7", 0.9)] * len(quads)

    (table,) = ruled().read(look)
    assert places(table)[1, 1] == ("7", 1, 1)
    assert len(asked) == 1
    assert np.allclose(asked[0].mean(axis=0), (196, 95), atol=8)


def test_columns_without_lines_and_cells_of_two_lines():
    page = Page()
    page.text(20, 10, "Table 1: what was delivered last year")
    for x, text in ((20, "Name"), (200, "Notes"), (480, "Staff")):
        page.text(x, 80, text)
    for y, name, notes, staff in (
        (130, "Acme", ("sold in the", "north"), "12"),
        (210, "Globex", ("new",), "7"),
        (260, "Umbra", ("on hold",), "31"),
    ):
        page.text(20, y, name)
        for number, note in enumerate(notes):
            page.text(200, y + 28 * number, note)
        page.text(540 - 12 * len(staff), y, staff)
    (table,) = page.read()
    assert places(table)[1, 1] == ("sold in the north", 1, 1)
    assert (table.rows, table.columns) == (4, 3)
    assert [table.heading(column) for column in range(3)] == ["Name", "Notes", "Staff"]
    assert places(table)[3, 2] == ("31", 1, 1)


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(5).integers(0, 255, (400, 500, 3), np.uint8))


HOSTILE = {
    "nothing": (),
    "no numbers": (Piece("word", 1.0, ((float("nan"),) * 2,) * 4),),
    "outside": (Piece("word", 1.0, ((-900.0, -900.0), (-800.0, -900.0), (-800.0, -870.0), (-900.0, -870.0))),) * 3,
    "odd corners": (Piece("word", 1.0, ((1.0, 2.0), (3.0, 4.0))),),
    "one word": (Piece("word", 1.0, ((5.0, 5.0), (60.0, 5.0), (60.0, 25.0), (5.0, 25.0))),),
}


@pytest.mark.parametrize("pieces", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("picture", [Image.new("RGB", (500, 400), "white"), noise(), Image.new("LA", (500, 400))])
def test_what_is_no_table_gives_none(picture, pieces):
    assert read_tables(picture, Reading(pieces=pieces, size=picture.size)) == []


def test_thousands_of_words_are_borne():
    pieces = tuple(
        Piece(f"w{n}", 1.0, ((x, y), (x + 30.0, y), (x + 30.0, y + 9.0), (x, y + 9.0)))
        for n in range(5000)
        for x, y in [((n * 37) % 460 + 0.5, (n * 11) % 390 + 0.5)]
    )
    for table in read_tables(noise(), Reading(pieces=pieces, size=(500, 400))):
        assert Table.model_validate_json(to_json(table)) == table


@pytest.mark.encoder
def test_drawn_tables_are_read_by_the_engine():
    from media_library import ocr

    sums = np.array(
        [compare(read_picture(one.picture, ocr.load("rapidocr")), one.cells)[:3] for one in map(draw, (2, 8))]
    )
    assert f1(*sums.sum(axis=0).tolist()) >= 0.95


# --- Writing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_never_holds_a_formula(formula):
    rows = list(csv.reader(io.StringIO(to_csv(table_of(("Name", "n"), ("x", formula))))))
    assert not rows[1][1].lstrip(" \t").startswith(("=", "+", "@", "＝"))
    assert not rows[1][1].startswith("-")


def test_csv_keeps_negative_numbers():
    assert "-3.5" in to_csv(table_of(("a", "b"), ("x", "-3.5"))).splitlines()[1].split(",")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"colspan", "rowspan"}
        if tag in ("td", "th"):
            self.texts.append("")

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=30), min_size=4, max_size=4))
def test_any_text_stays_text(texts):
    table = table_of(tuple(texts[:2]), tuple(texts[2:]))
    parser = _Texts()
    parser.feed(to_html(table))
    assert parser.tags <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert [text.strip() for text in parser.texts] == [text.strip() for text in texts]
    assert len(to_markdown(table).splitlines()) == 3
    assert Table.model_validate_json(to_json(table)) == table
    assert len(list(csv.reader(io.StringIO(to_csv(table), newline="")))) == 2


def test_markdown_markup_in_cells_does_nothing():
    text = to_markdown(table_of(("a", "b"), ("<b>|x", "[l](javascript:1)")))
    assert "| \\<b\\>\\|x | \\[l\\](javascript:1) |" in text


def test_merged_cells_stay_merged_in_html():
    cells = [
        Cell(row=0, column=0, columns=2, text="Both"),
        Cell(row=1, column=0, text="1"),
        Cell(row=1, column=1, text="2"),
    ]
    table = Table(rows=2, columns=2, cells=cells)
    assert '<th colspan="2">Both</th>' in to_html(table)
    assert json.loads(to_json(table))["cells"][0]["columns"] == 2
    assert table.heading(1) == "Both"


@pytest.mark.parametrize("other", [{"row": 0, "column": 1}, {"row": 1, "column": 1, "columns": 2}])
def test_cells_that_do_not_fit_are_refused(other):
    with pytest.raises(ValidationError):
        Table(rows=2, columns=2, cells=[Cell(row=0, column=0, columns=2), Cell(**other)])


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("12.5 %", "12.5", "%"),
        ("€ 1,250.00", "1250", "€"),
        ("45 kg", "45", "kg"),
        ("-3", "-3", ""),
        ("70 m²", "70", "m²"),
    ],
)
def test_numbers_have_units(text, number, unit):
    assert number_in(text) == (Decimal(number), unit)


@pytest.mark.parametrize("text", ["", "Acme", "2 of 3", "12/03/2020", "A4 paper", "x" * 100, "1e999"])
def test_what_is_no_number(text):
    assert number_in(text) is None


# --- Asking ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("Which business has the highest revenue growth?", "80", "Umbra"),
        ("Which business has the lowest growth from revenue 2022 to revenue 2023?", "10", "Globex"),
        ("Who has the most staff?", "30", "Globex"),
        ("What is the sum of Revenue 2023?", "680", "680 €"),
        ("average staff", "16.33", "16.33"),
        ("Revenue 2022 of Umbra", "50", "€ 50"),
        ("How many rows are there?", "3", "3 rows"),
    ],
)
def test_questions_are_computed_from_cells(question, value, said):
    told = answer(FIRMS, question)
    assert told.value is not None
    assert round(told.value, 2) == Decimal(value)
    assert said in told.text
    assert told.cells


@pytest.mark.parametrize("question", ["", "?", "Who founded Acme?", "the highest temperature", "x" * 5000])
def test_what_cannot_be_told_is_not_guessed(question):
    told = answer(FIRMS, question)
    assert not told.is_known
    assert told.text


def test_several_units_do_not_compare():
    told = answer(table_of(("Item", "Weight"), ("a", "3 kg"), ("b", "900 g")), "highest weight")
    assert not told.is_known
    assert "several units" in told.text
