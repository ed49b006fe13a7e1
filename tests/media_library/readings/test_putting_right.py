"""Tables and flow charts put right by hand: values, rows, columns, steps and arrows; undone by choosing."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.extracting import corrections, doubts, readings, reshaping, writing
from media_library.extracting.reshaping import Change
from media_library.extraction.flowcharts.schema import FlowChart, FlowCharts
from media_library.extraction.flowcharts.several import all_python
from media_library.extraction.tables.schema import Tables
from media_library.models import Extraction
from tests.media_library.readings.figures import BOX, FIRMS, FLOWCHART, ORDER, TABLE, table

pytestmark = pytest.mark.usefixtures("db", "said")


def test_a_correction_is_a_reading_of_its_own_and_is_undone_by_choosing(firms, item, user):
    made, count = corrections.correct(user, firms, {"0.1.1": "€ 120", "0.1.0": "Acme", "0.2.0": ""})
    assert (made.provider, made.chosen, count) == ("person", True, 2)
    fixed = writing.read(made).tables[0]
    assert (fixed.at(1, 1).text, str(fixed.at(1, 1).number), fixed.at(1, 1).confidence) == ("€ 120", "120", 1.0)
    assert fixed.at(1, 1).box == fixed.at(1, 0).box
    firms.refresh_from_db()
    assert writing.read(firms).tables[0].at(1, 1).text == "€ 100"
    readings.choose(firms)
    assert readings.chosen(item, TABLE) == firms


def test_what_somebody_else_chose_meanwhile_stays_and_nothing_is_lost(firms, read, item, user):
    other = read({"tables": [FIRMS]})
    readings.choose(other)
    made, _ = corrections.correct(user, firms, {"0.1.1": "€ 120"})
    assert not made.chosen
    assert readings.chosen(item, TABLE) == other


@pytest.mark.parametrize(
    ("path", "text", "refusal"),
    [
        ("0.9.0", "x", "There is no cell"),
        ("5.0.0", "x", "There is no cell"),
        ("0.٣.0", "x", "There is no cell"),
        ("__class__", "x", "There is no cell"),
        ("0.1.1", "x" * 2001, "A text may have 2000 characters"),
    ],
)
def test_what_cannot_be_put_right_is_said_and_changes_nothing(firms, user, path, text, refusal):
    with pytest.raises(corrections.BadValue, match=refusal):
        corrections.correct(user, firms, {"0.1.0": "Somebody", path: text})
    assert Extraction.objects.count() == 1


def test_a_flow_chart_is_put_right_step_by_step(chart, user):
    changes = {"shapes.2.text": "Sent off", "0.shapes.2.kind": "step", "edges.1.label": "plenty"}
    made, count = corrections.correct(user, chart, changes)
    (fixed,) = writing.read(made).charts
    assert count == 3
    assert (fixed.shapes[2].text, fixed.shapes[2].kind, fixed.edges[1].label) == ("Sent off", "step", "plenty")
    for path, text in (
        ("shapes.2.kind", "poem"),
        ("shapes.9.text", "x"),
        ("edges.0.start", "1"),
        ("1.shapes.0.text", "x"),
    ):
        with pytest.raises(corrections.BadValue):
            corrections.correct(user, chart, {path: text})


MERGED = {
    "rows": 4,
    "columns": 3,
    "heads": 2,
    "cells": [
        {"row": 0, "column": 0, "rows": 2, "text": "Tall"},
        {"row": 0, "column": 1, "columns": 2, "text": "Wide"},
        {"row": 1, "column": 1, "text": "a"},
        {"row": 2, "column": 0, "text": "x"},
        {"row": 2, "column": 2, "rows": 2, "text": "€ 7", "box": BOX},
    ],
}


@pytest.mark.parametrize(
    ("do", "at", "size", "cells"),
    [
        ("add_row", 1, (5, 3, 3), "Tall 0 0 3 1|Wide 0 1 1 2|a 2 1 1 1|x 3 0 1 1|€ 7 3 2 2 1"),
        ("add_row", 2, (5, 3, 2), "Tall 0 0 2 1|Wide 0 1 1 2|a 1 1 1 1|x 3 0 1 1|€ 7 3 2 2 1"),
        ("add_row", 4, (5, 3, 2), "Tall 0 0 2 1|Wide 0 1 1 2|a 1 1 1 1|x 2 0 1 1|€ 7 2 2 2 1"),
        ("remove_row", 0, (3, 3, 1), "Tall 0 0 1 1|a 0 1 1 1|x 1 0 1 1|€ 7 1 2 2 1"),
        ("remove_row", 2, (3, 3, 2), "Tall 0 0 2 1|Wide 0 1 1 2|a 1 1 1 1|€ 7 2 2 1 1"),
        ("add_column", 2, (4, 4, 2), "Tall 0 0 2 1|Wide 0 1 1 3|a 1 1 1 1|x 2 0 1 1|€ 7 2 3 2 1"),
        ("add_column", 0, (4, 4, 2), "Tall 0 1 2 1|Wide 0 2 1 2|a 1 2 1 1|x 2 1 1 1|€ 7 2 3 2 1"),
        ("remove_column", 0, (4, 2, 2), "Wide 0 0 1 2|a 1 0 1 1|€ 7 2 1 2 1"),
        ("remove_column", 2, (4, 2, 2), "Tall 0 0 2 1|Wide 0 1 1 1|a 1 1 1 1|x 2 0 1 1"),
    ],
)
def test_rows_and_columns_come_and_go_around_merged_cells(do, at, size, cells):
    before = Tables.model_validate({"tables": [FIRMS, MERGED]})
    untouched, one = reshaping.reshaped(before, Change(do, of=1, at=at)).tables
    assert untouched == before.tables[0]
    assert (one.rows, one.columns, one.heads) == size
    found = (f"{c.text} {c.row} {c.column} {c.rows} {c.columns}" for c in one.cells)
    assert "|".join(found) == cells


@given(data=st.data())
def test_what_was_added_and_taken_away_again_was_never_there(data):
    table_ = Tables.model_validate({"tables": [MERGED]})
    what = data.draw(st.sampled_from(["row", "column"]))
    at = data.draw(st.integers(0, 4 if what == "row" else 3))
    more = reshaping.reshaped(table_, Change(f"add_{what}", at=at))
    assert reshaping.reshaped(more, Change(f"remove_{what}", at=at)) == table_
    charts = FlowCharts.model_validate(ORDER)
    at = data.draw(st.integers(0, 3))
    more = reshaping.reshaped(charts, Change("add_shape", at=at, text="new", kind="decision"))
    assert len({shape.id for shape in more.charts[0].shapes}) == 4
    ast.parse(all_python(more.charts))
    assert reshaping.reshaped(more, Change("remove_shape", at=at)) == charts


def test_steps_and_arrows_come_and_go(chart, user):
    changes = [
        Change("add_shape", at=2, text="Wait", kind="step"),
        Change("add_edge", at=1, to=2, text="later"),
        Change("add_edge", at=2, to=1),
        Change("remove_edge", at=2),
        Change("remove_shape", at=0),
    ]
    made, count = corrections.correct(user, chart, {"shapes.1.text": "There?"}, changes)
    (fixed,) = writing.read(made).charts
    assert count == 6
    texts = {shape.id: shape.text for shape in fixed.shapes}
    arrows = [(texts[edge.start], texts[edge.end], edge.label) for edge in fixed.edges]
    assert list(texts.values()) == ["There?", "Wait", "Sent"]
    assert arrows == [("There?", "Sent", "yes"), ("There?", "Wait", "later"), ("Wait", "There?", "")]
    assert "actions.wait()" in writing.write(made, "python").content
    chart.refresh_from_db()
    assert len(writing.read(chart).charts[0].edges) == 3


@pytest.mark.parametrize(
    ("kind", "change", "refusal"),
    [
        (TABLE, Change("add_row", at=4), "There is no row 5: choose one from 1 to 4"),
        (TABLE, Change("remove_column", at=-1), "There is no column 0"),
        (TABLE, Change("add_row", of=1), "There is no table 2"),
        (TABLE, Change("remove_table"), "the only table"),
        (TABLE, Change("add_edge"), "cannot be done to a table"),
        (FLOWCHART, Change("remove_row"), "cannot be done to a flow chart"),
        (FLOWCHART, Change("add_edge", at=0, to=3), "There is no step 4"),
        (FLOWCHART, Change("add_edge", at=0, to=1), "such an arrow from step 1 to step 2 already"),
        (FLOWCHART, Change("add_shape", kind="poem"), "no kind of step"),
        (FLOWCHART, Change("remove_chart"), "the only flow chart"),
    ],
)
def test_what_cannot_be_added_or_taken_away_is_said_and_changes_nothing(firms, chart, user, kind, change, refusal):
    base, path = (firms, "0.1.0") if kind == TABLE else (chart, "shapes.0.text")
    with pytest.raises(corrections.BadValue, match=refusal):
        corrections.correct(user, base, {path: "Somebody"}, [change])
    assert Extraction.objects.count() == 2


def test_the_last_row_and_the_last_step_stay(read, user):
    small = read({"tables": [table(("only",))]})
    for do in ("remove_row", "remove_column"):
        with pytest.raises(corrections.BadValue, match="one (row|column) at least"):
            corrections.correct(user, small, {}, [Change(do)])
    # What is left of it may say nothing, and is a table all the same.
    made, _ = corrections.correct(user, small, {}, [Change("add_row", at=1), Change("remove_row", at=0)])
    assert not writing.read(made).is_empty
    lone = read({**ORDER, "shapes": ORDER["shapes"][:2], "edges": ORDER["edges"][:1]}, FLOWCHART)
    with pytest.raises(corrections.BadValue, match="one step at least"):
        corrections.correct(user, lone, {}, [Change("remove_shape")] * 2)


def test_what_is_doubtful_is_told(chart):
    (read,) = writing.read(chart).charts
    assert doubts.of_chart(read) == []
    loose = FlowChart.model_validate(
        {**ORDER, "edges": [{"start": 7, "end": 8, "confidence": 0.5}], "shapes": [*ORDER["shapes"], {"id": 1}]}
    )
    said = " ".join(each.text for each in doubts.of_chart(loose))
    for part in ("fewer than two answers", "Nothing leads to step 3", "hard to make out", "Step 4 has no text"):
        assert part in said
