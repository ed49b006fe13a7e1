"""Tables and flow charts: read page by page in the background, put right, compared, chosen, asked, taken away."""

from __future__ import annotations

import ast
import csv
import io
import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media_library.extracting import comparing, corrections, doubts, offers, readings, reshaping, runs, works, writing
from media_library.extracting.reshaping import Change
from media_library.extraction.flowcharts.schema import FlowChart, FlowCharts
from media_library.extraction.flowcharts.several import all_python
from media_library.extraction.schemas import Invoice as Read
from media_library.extraction.tables.schema import Tables
from media_library.lmm.base import Away, Malformed
from media_library.models import MAX_ATTEMPTS, Extraction, ExtractionKind, ExtractionState, Invoice

pytestmark = pytest.mark.usefixtures("db", "said")

TABLE, FLOWCHART, INVOICE = ExtractionKind.TABLE, ExtractionKind.FLOWCHART, ExtractionKind.INVOICE
BOX = {"page": 1, "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.25}


def table(*rows: tuple[str, ...], sure: float = 1.0) -> dict:
    cells = [
        {"row": r, "column": c, "text": text, "confidence": sure, "box": BOX}
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return {"rows": len(rows), "columns": len(rows[0]), "cells": cells}


FIRMS = table(("Business", "Revenue 2024", "Revenue 2025"), ("Acme", "€ 100", "€ 150"), ("=Umbra", "€ 400", "€ 440"))
ORDER = {
    "shapes": [
        {"id": 7, "kind": "start", "text": "Order <b>in</b>", "box": BOX},
        {"id": 8, "kind": "decision", "text": "In stock?"},
        {"id": 9, "kind": "end", "text": "Sent", "confidence": 0.4},
    ],
    "edges": [{"start": 7, "end": 8}, {"start": 8, "end": 9, "label": "yes"}, {"start": 8, "end": 7, "label": "no"}],
}


@pytest.fixture
def item(make_item):
    return make_item("red", title="Figures")


@pytest.fixture
def read(item, user, said):
    """Reads `item` once more with a model that answers with what is given."""

    def again(data: dict, kind: str = TABLE) -> Extraction:
        said.script.append(json.dumps(data))
        made = runs.ask_for(user, item, "fake", kind)
        assert runs.extract_pending(by_model=True) == 1
        made.refresh_from_db()
        return made

    return again


@pytest.fixture
def firms(read):
    return read({"tables": [FIRMS]})


@pytest.fixture
def chart(read):
    return read(ORDER, FLOWCHART)


@pytest.fixture
def page_client(client, user):
    client.force_login(user)
    return client


# --- Reading ---------------------------------------------------------------------------------------------


def test_the_first_reading_counts_and_another_waits_to_be_chosen(firms, read, item):
    assert (firms.state, firms.chosen, firms.model) == (ExtractionState.DONE, True, "fake")
    second = read({"tables": [table(("Business",), ("Other",))]})
    assert not second.chosen
    readings.choose(second)
    assert readings.chosen(item, TABLE) == second
    readings.choose(firms)
    assert [each.pk for each in readings.of(item, TABLE).filter(chosen=True)] == [firms.pk]


def test_what_a_model_says_of_its_cells_is_not_believed(read):
    lying = FIRMS | {"source": "person", "cells": [{**cell, "number": "9", "unit": "x"} for cell in FIRMS["cells"]]}
    found = writing.read(read({"tables": [lying]})).tables[0]
    assert found.source == "lmm"
    assert {cell.text: cell.number for cell in found.cells}["Acme"] is None
    assert {cell.text: (str(cell.number), cell.unit) for cell in found.cells}["€ 150"] == ("150", "€")


@pytest.mark.parametrize(
    ("kind", "reply", "state", "problem"),
    [
        (TABLE, json.dumps({"tables": []}), ExtractionState.EMPTY, "Nothing on it looks like a table."),
        (FLOWCHART, json.dumps({"shapes": [{"id": 1}]}), ExtractionState.EMPTY, "looks like a flow chart"),
        (
            TABLE,
            json.dumps({"tables": [{"rows": 1, "columns": 1, "cells": [{"row": 5, "column": 0}]}]}),
            "failed",
            "form",
        ),
        (FLOWCHART, Malformed("The answer is no JSON. Ask again."), ExtractionState.FAILED, "no JSON"),
    ],
)
def test_what_is_none_leaves_a_sentence_on_the_page(item, user, said, page_client, kind, reply, state, problem):
    said.script.append(reply)
    asked = runs.ask_for(user, item, "fake", kind)
    runs.extract_pending(by_model=True)
    asked.refresh_from_db()
    assert (asked.state, asked.chosen, asked.data) == (state, False, {})
    assert problem in asked.problem
    page = page_client.get(f"/items/{item.pk}/{kind}/").content.decode()
    assert problem in page
    assert "Read again with" in page


@pytest.fixture
def long_item(make_item, settings, monkeypatch):
    """A document of four pages, read by a reader that finds on each what `on_page` gives it."""
    settings.SIGHTLINE_LMM = "reader"
    file = io.BytesIO()
    pages = [Image.new("RGB", (60, 80), colour) for colour in ("white", "red", "blue", "green")]
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:])
    from django.core.files.uploadedfile import SimpleUploadedFile

    item = make_item(file=SimpleUploadedFile("four.pdf", file.getvalue(), "application/pdf"))
    on_page = {number: {"tables": [table((f"Page {number}", "1"))]} for number in (1, 2, 3, 4)}
    of = works.of

    def by_page(kind):
        def read(picture, reader, page):
            if isinstance(on_page[page], Exception):
                raise on_page[page]
            return of(kind).kept.model_validate(on_page[page])

        return read

    monkeypatch.setattr(works, "of", lambda kind: replace(of(kind), by_page=by_page(kind)))
    return item, on_page


def test_each_flow_chart_of_a_document_is_read_shown_and_taken_away(long_item, user, page_client):
    item, on_page = long_item
    on_page |= {number: {"charts": []} for number in (1, 3)}
    by_reader = {"source": "reader", "shapes": ORDER["shapes"], "edges": ORDER["edges"]}
    on_page[2], on_page[4] = {"charts": [{**by_reader, "page": 2}]}, {"charts": [{**by_reader, "page": 4}]}
    # Two boxes and a line, and cells with lines between them that lead nowhere: neither is one beside real ones.
    guessed = {"confidence": 0.5}
    pair = {"shapes": [{"id": 0, "text": "Fig. 1"}, {"id": 1, "text": "Fig. 2"}], "edges": [{"start": 0, "end": 1}]}
    cells = [{"id": number, "text": f"Cell {number}"} for number in range(4)]
    grid = [{"start": a, "end": b, **guessed} for a, b in ((0, 1), (0, 2), (1, 3), (2, 3))]
    on_page[1] = {"charts": [{"source": "reader", **pair}]}
    on_page[3] = {"charts": [{"source": "reader", "shapes": cells, "edges": grid}]}
    asked = runs.ask_for(user, item, "", FLOWCHART)
    runs.extract_pending()
    asked.refresh_from_db()
    assert [chart.on_page for chart in writing.read(asked).charts] == [2, 4]
    address = f"/items/{item.pk}/flowchart/"
    second = page_client.get(address, {"chart": 2}).content.decode()
    assert 'data-page="4"' in second
    assert 'name="value:1.shapes.0.text"' in second
    assert 'name="value:0.' not in second
    assert "def flow(actions)" in second
    file = partial(page_client.get, f"/items/{item.pk}/readings/flowchart/file/")
    both = file({"as": "mermaid"}).content.decode()
    assert both.count("flowchart TD") == 1
    assert 'subgraph chart2["Flow chart 2, page 4"]' in both
    assert both.count("Sent") == 2
    module = ast.parse(file({"as": "python"}).content)
    assert [each.name for each in module.body] == ["flow_1", "flow_2"]
    assert file({"as": "steps"}).content.decode().count("1. Start: Order") == 2
    assert "attachment" in (one := file({"as": "json", "chart": 2}))["Content-Disposition"]
    assert json.loads(one.content)["page"] == 4
    whole = page_client.get(f"/api/v1/items/{item.pk}/extractions/{asked.pk}/").json()
    assert [chart["page"] for chart in whole["data"]["charts"]] == [2, 4]
    by_api = page_client.get(f"/api/v1/items/{item.pk}/extractions/{asked.pk}/", {"as": "python", "chart": 2})
    assert b"def flow(actions)" in by_api.content
    assert "2 flow charts with 6 steps and 6 arrows" in page_client.get(f"/items/{item.pk}/").content.decode()
    # Of a document that holds nothing better, the one that most looks like a chart is shown.
    on_page[2] = on_page[4] = {"charts": []}
    again = runs.ask_for(user, item, "", FLOWCHART)
    runs.extract_pending()
    again.refresh_from_db()
    assert [len(chart.edges) for chart in writing.read(again).charts] == [4]


def test_what_was_stored_when_a_document_had_one_chart_is_read_as_ever(item, page_client):
    stored = {"item": item, "kind": FLOWCHART, "provider": "reader", "state": "done", "data": ORDER}
    old = Extraction.objects.create(chosen=True, **stored)
    page = page_client.get(f"/items/{item.pk}/flowchart/").content.decode()
    assert "Order &lt;b&gt;in&lt;/b&gt;" in page
    whole = page_client.get(f"/api/v1/items/{item.pk}/extractions/{old.pk}/").json()
    assert [len(chart["shapes"]) for chart in whole["data"]["charts"]] == [3]
    assert page_client.get(f"/items/{item.pk}/readings/flowchart/compare/").status_code == 200


def test_an_invoice_of_many_pages_goes_on_where_it_was(long_item, user, monkeypatch, page_client):
    item, on_page = long_item
    lines = {
        1: ("Miller Ltd", "INVOICE No 17", "Bolts 2 4.00 8.00"),
        2: ("Nuts 1 5.00 5.00",),
        3: (),
        4: ("Total 13.00",),
    }
    for number, texts in lines.items():
        shown = [(text, (0.1, 0.1 + 0.05 * at, 0.8, 0.13 + 0.05 * at)) for at, text in enumerate(texts)]
        on_page[number] = {"pages": [{"number": number, "lines": shown}]}
    on_page[3] = Malformed("It is torn.")
    asked = runs.ask_for(user, item, "", INVOICE)
    monkeypatch.setattr(runs, "stopping", partial(next, iter([False, False, True, True]), False))
    assert runs.extract_pending() == 0
    asked.refresh_from_db()
    assert (runs.progress(asked), asked.attempts, Invoice.objects.exists()) == ((2, 4), 0, False)
    assert "2 of 4 pages" in page_client.get(f"/items/{item.pk}/invoice/").content.decode()
    on_page[1] = on_page[2] = Malformed("never asked again")
    assert runs.extract_pending() == 1
    found = Invoice.objects.get()
    assert (found.total, found.lines.count()) == (13, 2)
    assert found.data["total"]["box"]["page"] == 4
    assert "Page 3 was left out. It is torn." in page_client.get(f"/items/{item.pk}/invoice/").content.decode()


def test_a_model_that_saw_some_of_the_pages_is_not_taken_to_have_seen_all(long_item, user, said, page_client, settings):
    item, _ = long_item
    settings.SIGHTLINE_LMM = "fake"
    said.script.append(json.dumps({"total": "5.00", "vendor": "Acme"}))
    runs.ask_for(user, item, "fake", INVOICE)
    runs.extract_pending(by_model=True)
    page = page_client.get(f"/items/{item.pk}/invoice/").content.decode()
    assert "The model was shown 1 of its 4 pages" in page


def test_a_long_document_lets_others_go_first_and_goes_on_where_it_was(long_item, user, monkeypatch, page_client):
    item, _ = long_item
    asked = runs.ask_for(user, item, "", TABLE)
    # Once before a document is taken, then before each further page.
    answers = iter([False, False, True, True])
    monkeypatch.setattr(runs, "stopping", lambda: next(answers, False))
    assert runs.extract_pending() == 0
    asked.refresh_from_db()
    read, pages = runs.progress(asked)
    assert 0 < read < pages == 4
    assert asked.attempts == 0
    page = page_client.get(f"/items/{item.pk}/table/").content.decode()
    assert f"{read} of 4 pages" in page
    assert "Page 1" in page
    assert 'name="cell:' not in page
    assert runs.extract_pending() == 1
    asked.refresh_from_db()
    assert asked.state == ExtractionState.DONE
    assert [each.cells[0].text for each in writing.read(asked).tables] == [f"Page {n}" for n in (1, 2, 3, 4)]


def test_a_page_that_cannot_be_read_is_left_out_and_said(long_item, user):
    item, on_page = long_item
    on_page[2] = Malformed("It is torn.")
    asked = runs.ask_for(user, item, "", TABLE)
    runs.extract_pending()
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (ExtractionState.DONE, "Page 2 was left out. It is torn.")
    assert len(writing.read(asked).tables) == 3


def test_a_page_that_workers_are_lost_on_is_left_out(long_item, user):
    item, on_page = long_item
    asked = runs.ask_for(user, item, "", TABLE)
    on_page[2] = Away("It is away.")
    runs.extract_pending()
    asked.refresh_from_db()
    assert (asked.state, asked.problem, asked.attempts) == (ExtractionState.WAITING, "It is away.", 0)
    on_page[2] = Malformed("never asked")
    Extraction.objects.update(attempts=MAX_ATTEMPTS, lease_until=None)
    runs.extract_pending()
    asked.refresh_from_db()
    assert (asked.state, "Page 2 was left out" in asked.problem) == (ExtractionState.DONE, True)
    assert len(writing.read(asked).tables) == 3


def test_kinds_do_not_get_into_each_others_way(firms, chart, read, item, user):
    invoice = read({"kind": "invoice", "total": "5.00", "vendor": "Acme"}, INVOICE)
    assert Invoice.objects.get().extraction == invoice
    assert not invoice.chosen
    readings.forget(item, INVOICE)
    assert {each.kind for each in readings.of(item)} == {TABLE, FLOWCHART}
    readings.forget(item, TABLE)
    assert list(readings.of(item)) == [chart]
    with pytest.raises(runs.NotExtractable, match="“poem” cannot be read"):
        runs.ask_for(user, item, "", "poem")


# --- Putting right ---------------------------------------------------------------------------------------


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


# --- The pages -------------------------------------------------------------------------------------------


def test_the_table_page_shows_asks_and_keeps(firms, item, page_client):
    address = f"/items/{item.pk}/table/"
    page = page_client.get(address).content.decode()
    assert 'name="cell:0.1.0"' in page
    assert 'data-box="0.10000' in page
    answered = page_client.get(address, {"q": "Which business has the highest growth?"}).content.decode()
    assert "Acme: 50 %" in answered
    assert answered.count(" answers") == 2
    posted = page_client.post(address + "ask/?table=1", {"q": "Which business has the highest growth?"}, follow=True)
    assert "Acme: 50 %" in posted.content.decode()
    unknown = page_client.get(address, {"q": "Who is the king?"}).content.decode()
    assert "cannot be told from the table" in unknown
    kept = page_client.post(address + "?table=1", {"of": firms.pk, "cell:0.1.0": "Acme Ltd"}, follow=True)
    assert "1 value put right." in kept.content.decode()
    assert readings.chosen(item, TABLE).asked_by == item.owner
    for body in ({"of": "x"}, {"of": "99999999"}, {"of": firms.pk, "cell:0.77.0": "x"}):
        assert "error" in [each.level_tag for each in _said(page_client.post(address, body, follow=True))]


def _said(response):
    return list(response.context["messages"])


def test_a_model_answers_from_the_cells_and_names_them(firms, item, page_client, said):
    said.script.append(json.dumps({"answer": "<b>Umbra</b>, with € 440.", "cells": [{"row": 2, "column": 2}] * 3}))
    page = page_client.post(f"/items/{item.pk}/table/ask/", {"q": "who earns most?", "by": "model"}).content.decode()
    assert "&lt;b&gt;Umbra" in page
    assert page.count(" answers") == 1
    assert "row 2 | 0: =Umbra | 1: € 400" in said.asked[-1].turns[-1].parts[0].text
    said.script.append(json.dumps({"answer": "Nobody knows.", "table": 99, "cells": [{"row": -3, "column": 10**6}]}))
    page = page_client.post(f"/items/{item.pk}/table/ask/", {"q": "who else?", "by": "model"}).content.decode()
    assert "it names no cells" in page
    page = page_client.post(f"/items/{item.pk}/table/ask/", {"q": " ", "by": "model"}).content.decode()
    assert "Ask something first" in page


def test_several_tables_large_and_merged_ones_are_shown_piece_by_piece(read, item, page_client):
    long = table(*((f"r{number}", "1", "2") for number in range(450)))
    merged = {
        "rows": 3,
        "columns": 2,
        "heads": 1,
        "cells": [
            {"row": 0, "column": 0, "rows": 2, "text": "Tall"},
            {"row": 2, "column": 0, "columns": 2, "text": "W"},
        ],
    }
    read({"tables": [long, merged]})
    first = page_client.get(f"/items/{item.pk}/table/").content.decode()
    assert first.count('name="cell:') == 600
    assert "Rows 3" in first
    last = page_client.get(f"/items/{item.pk}/table/?table=1&rows=3").content.decode()
    assert (last.count('name="cell:'), "r449" in last) == (150, True)
    second = page_client.get(f"/items/{item.pk}/table/?table=2").content.decode()
    # In the heading as a field, below it as what goes on.
    assert (second.count("Tall</textarea>"), second.count("Tall</td>")) == (1, 1)
    assert second.count('name="cell:1.0.0"') == 1
    assert page_client.get(f"/items/{item.pk}/table/?table=zz&rows=-4").status_code == 200


def test_a_few_tables_stand_side_by_side_and_many_are_turned_to(read, item, page_client):
    for count, turned in ((9, False), (10, True)):
        read({"tables": [table((f"only in {number}",)) for number in range(1, count + 1)]})
        made = readings.of(item, TABLE).first()
        page_client.post(f"/items/{item.pk}/readings/table/choose/{made.pk}/")
        page = page_client.get(f"/items/{item.pk}/table/?table=9").content.decode()
        assert ("only in 9" in page, "only in 8" in page) == (True, False)
        assert ('class="turner"' in page, ">Table 3" in page) == (turned, not turned)
        assert ('rel="prev" href="?table=8"' in page, 'rel="next" href="?table=10"' in page) == (turned, turned)
    last = page_client.get(f"/items/{item.pk}/table/?table=10").content.decode()
    assert ('max="10" value="10"' in last, 'rel="next"' in last) == (True, False)


def test_the_flow_chart_page_shows_and_keeps(chart, item, page_client):
    address = f"/items/{item.pk}/flowchart/"
    page = page_client.get(address).content.decode()
    assert "Order &lt;b&gt;in&lt;/b&gt;" in page
    assert "<b>in" not in page
    assert "never run" in page
    assert "flowchart TD" in page
    kept = page_client.post(address, {"of": chart.pk, "value:shapes.1.text": "There?"}, follow=True)
    assert "1 value put right." in kept.content.decode()
    assert "There?" in page_client.get(address).content.decode()


@pytest.mark.parametrize("form", ["markdown", "csv", "html", "json", "xlsx"])
def test_tables_are_taken_away_and_nothing_in_them_comes_alive(firms, item, page_client, form):
    response = page_client.get(f"/items/{item.pk}/readings/table/file/", {"as": form, "table": 1})
    assert "attachment" in response["Content-Disposition"]
    if form == "xlsx":
        from openpyxl import load_workbook

        sheet = load_workbook(io.BytesIO(response.content))["Table 1"]
        assert (sheet["A3"].value, sheet["A3"].data_type) == ("=Umbra", "s")
    elif form == "csv":
        assert list(csv.reader(io.StringIO(response.content.decode())))[2][0] == "'=Umbra"
    else:
        assert "Umbra" in response.content.decode()


def test_flow_charts_are_taken_away(chart, item, page_client):
    get = partial(page_client.get, f"/items/{item.pk}/readings/flowchart/file/")
    assert "In stock?" in get({"as": "steps"}).content.decode()
    assert get({"as": "mermaid"}).content.startswith(b"flowchart TD")
    ast.parse(get({"as": "python"}).content)
    assert len(json.loads(get({"as": "json", "chart": 1}).content)["edges"]) == 3
    assert len(json.loads(get({"as": "json"}).content)["charts"]) == 1
    assert get({"as": "json", "chart": 2}).status_code == 400
    assert get({"as": "csv"}).status_code == 400
    assert page_client.get(f"/items/{item.pk}/readings/table/file/?as=csv").status_code == 404
    assert page_client.get(f"/items/{item.pk}/readings/poem/file/?as=csv").status_code == 404


@pytest.mark.parametrize(
    ("kind", "first", "second", "differs"),
    [
        (TABLE, {"tables": [FIRMS]}, {"tables": [table(*([("Business", "a", "b")] * 3))]}, "€ 150"),
        (FLOWCHART, ORDER, {**ORDER, "edges": ORDER["edges"][:2]}, "no: → Order &lt;b&gt;in"),
        (INVOICE, {"total": "5.00", "vendor": "Acme"}, {"total": "6.00", "vendor": "Acme"}, "6"),
    ],
)
def test_two_readings_are_compared_and_one_is_chosen(read, item, page_client, kind, first, second, differs):
    one, two = read(first, kind), read(second, kind)
    address = f"/items/{item.pk}/readings/{kind}/compare/"
    page = page_client.get(address, {"left": one.pk, "right": two.pk}).content.decode()
    assert f"<mark>{differs}" in page
    # Of an invoice that nobody has touched, the newest reading counts by itself.
    newer = "There is a newer reading" in page_client.get(f"/items/{item.pk}/{kind}/").content.decode()
    assert newer == (kind != INVOICE)
    response = page_client.post(f"/items/{item.pk}/readings/{kind}/choose/{two.pk}/", follow=True)
    assert "counts now" in response.content.decode()
    assert readings.chosen(item, kind) == two
    assert page_client.get(address, {"left": "x", "right": "0", "all": ""}).status_code == 200


def test_rows_that_moved_are_not_called_different():
    rows = [(f"r{n}", str(n)) for n in range(40)]
    left = Tables.model_validate({"tables": [table(*rows)]})
    right = Tables.model_validate({"tables": [table(("new", "0"), *rows)]})
    (section,) = comparing.compare(left, right)
    assert (section.differing, len(section.pairs)) == (1, 41)
    same = Read.model_validate({"total": "9.00"}), Read.model_validate({"total": "9.0"})
    assert not sum(each.differing for each in comparing.compare(*same))


def test_the_item_offers_what_fits_first(item, user, page_client, firms):
    item.has_text, item.document_kind = True, "flowchart"
    item.save()
    kinds = [offer.kind for offer in offers.of(item)]
    assert kinds[0] == FLOWCHART
    page = page_client.get(f"/items/{item.pk}/").content.decode()
    assert "This looks like a flow chart." in page
    assert "1 table of 3 × 3 cells" in page
    assert f"/items/{item.pk}/readings/invoice/read/" in page


def test_nobody_sees_or_changes_what_they_may_not(firms, chart, item, client, other_user):
    client.force_login(other_user)
    gets = ("table/", "flowchart/", "readings/table/status/", "readings/table/compare/", "readings/table/file/?as=csv")
    posts = ("table/", "table/ask/", "flowchart/", "readings/table/read/", "readings/table/forget/")
    posts = (*posts, f"readings/table/choose/{firms.pk}/")
    assert {client.get(f"/items/{item.pk}/{path}").status_code for path in gets} == {404}
    item.visibility = "public"
    item.save()
    assert {client.get(f"/items/{item.pk}/{path}").status_code for path in gets} == {200}
    assert 'name="cell:' not in client.get(f"/items/{item.pk}/table/").content.decode()
    body = {"of": firms.pk, "cell:0.1.0": "x", "q": "highest"}
    codes = {path: client.post(f"/items/{item.pk}/{path}", body).status_code for path in posts}
    assert {code for path, code in codes.items() if path != "table/ask/"} == {404}
    assert Extraction.objects.count() == 2


def test_pages_take_few_statements_however_often_it_was_read(read, item, page_client, django_assert_max_num_queries):
    for _ in range(5):
        read({"tables": [FIRMS] * 3})
    for path in ("table/", "readings/table/compare/", ""):
        with django_assert_max_num_queries(32 if not path else 14):
            assert page_client.get(f"/items/{item.pk}/{path}").status_code == 200


# --- The API ---------------------------------------------------------------------------------------------


def test_the_api_has_all_of_it(item, firms, chart, page_client, said):
    base = f"/api/v1/items/{item.pk}/extractions/"
    listed = page_client.get(base).json()
    assert {(each["kind"], each["counts"]) for each in listed} == {("table", True), ("flowchart", True)}
    assert [each["kind"] for each in page_client.get(base, {"kind": "table"}).json()] == ["table"]
    assert page_client.get(base, {"kind": "poem"}).status_code == 400
    whole = page_client.get(f"{base}{firms.pk}/").json()
    assert whole["data"]["tables"][0]["rows"] == 3
    assert page_client.get(f"{base}{firms.pk}/?as=markdown").content.decode().startswith("| Business |")
    assert page_client.get(f"{base}{chart.pk}/?as=python").status_code == 200
    assert page_client.get(f"{base}{chart.pk}/?as=markdown").status_code == 400
    assert page_client.get(f"{base}{firms.pk}/?as=csv&table=9").status_code == 400

    send = partial(page_client.patch, content_type="application/json")
    made = send(f"{base}{firms.pk}/", {"values": {"0.1.0": "Acme Ltd"}}).json()
    assert (made["provider"], made["counts"]) == ("person", True)
    assert send(f"{base}{firms.pk}/", {"values": {"0.99.0": "x"}}).status_code == 400

    post = partial(page_client.post, content_type="application/json")
    assert post(f"{base}{firms.pk}/choose/").json()["counts"] is True
    told = post(f"{base}{firms.pk}/ask/", {"question": "Which business has the highest growth?"}).json()
    assert (told["value"], [cell["text"] for cell in told["cells"]]) == ("50", ["€ 100", "€ 150"])
    assert post(f"{base}{chart.pk}/ask/", {"question": "highest?"}).status_code == 409
    assert post(f"{base}{firms.pk}/ask/", {"question": "highest?", "provider": "oracle"}).status_code == 400
    said.script.append(Away("It is away."))
    said.script.extend([Away("It is away.")] * 9)
    assert post(f"{base}{firms.pk}/ask/", {"question": "highest?", "provider": "fake"}).status_code == 503

    asked = post(base, {"kind": "flowchart", "provider": "reader"})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert post(f"{base}{asked.json()['id']}/choose/").status_code == 409


def test_the_admin_shows_readings_and_invoices(read, client, staff_user, firms):
    read({"vendor": "Green", "total": "5.00", "lines": [{"description": "<b>Bell</b>", "amount": "5.00"}]}, INVOICE)
    client.force_login(staff_user)
    for path in ("extraction/", f"extraction/{firms.pk}/change/", "extraction/?kind__exact=table", "invoice/?q=gre"):
        assert client.get(f"/admin/media_library/{path}").status_code == 200
    page = client.get(f"/admin/media_library/invoice/{Invoice.objects.get().pk}/change/").content.decode()
    assert "&lt;b&gt;Bell&lt;/b&gt;" in page
    assert client.post("/admin/media_library/invoice/add/").status_code == 403
