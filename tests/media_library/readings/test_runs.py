"""Tables and flow charts: read page by page in the background; the first reading counts."""

from __future__ import annotations

import ast
import io
import json
from dataclasses import replace
from functools import partial

import pytest
from PIL import Image

from media_library.extracting import readings, runs, works, writing
from media_library.lmm.base import Away, Malformed
from media_library.models import MAX_ATTEMPTS, Extraction, ExtractionState, Invoice
from tests.media_library.readings.figures import FIRMS, FLOWCHART, INVOICE, ORDER, TABLE, table

pytestmark = pytest.mark.usefixtures("db", "said")


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
