"""Tables and flow charts beside their picture, and two readings side by side, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from media_library.extracting import readings, writing
from media_library.models import Extraction, ExtractionKind
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = (("Business", "2024", "2025"), ("Acme", "100", "150"), ("Umbra", "400", "440"))


def _table(rows):
    cells = [
        {
            "row": row,
            "column": column,
            "text": text,
            "confidence": 0.4 if text == "440" else 1.0,
            "box": {"page": 1, "left": column / 4, "top": row / 4, "right": column / 4 + 0.2, "bottom": row / 4 + 0.1},
        }
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    return {"tables": [{"rows": len(rows), "columns": 3, "cells": cells}]}


def _read(item, kind, data, **fields):
    return Extraction.objects.create(item=item, kind=kind, provider="reader", state="done", data=data, **fields)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_a_table_is_asked_and_put_right_by_keys(open_context, user, make_item, viewport):
    item = make_item("red", title="Figures")
    _read(item, "table", _table(ROWS), chosen=True)
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto(f"/items/{item.pk}/table/")
    expect(page.locator("rect")).to_have_count(9)
    page.get_by_label("Ask this table").fill("Which business has the highest growth?")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("Acme: 50 %")
    expect(page.locator("td.answers, rect.answers")).to_have_count(4)
    page.get_by_role("button", name="Go to the next").click()
    unsure = page.get_by_label("Row 3, 2025, hard to read")
    expect(unsure).to_be_focused()
    expect(page.locator("rect.lit")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Row 2, 2025")).to_be_focused()
    page.keyboard.press("Enter")
    expect(unsure).to_be_focused()
    unsure.fill("444")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 value put right.")).to_be_visible()
    expect(page.locator("textarea").last).to_have_value("444")
    expect(page.locator(".unsure")).to_have_count(0)
    chosen = readings.chosen(item, ExtractionKind.TABLE)
    assert (chosen.provider, writing.read(chosen).tables[0].at(2, 2).text) == ("person", "444")


def test_a_flow_chart_is_put_right_and_two_readings_are_compared(open_context, user, make_item):
    item = make_item("red", title="Order")
    box = {"page": 1, "left": 0.1, "top": 0.1, "right": 0.4, "bottom": 0.2}
    shapes = [
        {"id": 0, "kind": "start", "text": "Order in", "box": box},
        {"id": 1, "kind": "decision", "text": "In stok?", "box": {**box, "top": 0.5, "bottom": 0.6}},
        {"id": 2, "kind": "end", "text": "Sent"},
    ]
    edges = [{"start": 0, "end": 1}, {"start": 1, "end": 2, "label": "yes"}, {"start": 1, "end": 0, "label": "no"}]
    first = _read(item, "flowchart", {"shapes": shapes, "edges": edges}, chosen=True)
    page = open_context(signed_in=user).new_page()
    page.goto(f"/items/{item.pk}/flowchart/")
    page.locator("#step-1").hover()
    expect(page.locator("rect.lit")).to_have_count(1)
    page.get_by_label("Step 2", exact=True).fill("In stock?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 value put right.")).to_be_visible()
    expect(page.locator("pre").filter(has_text="flowchart TD")).to_contain_text("In stock?")
    page.get_by_text("Readings", exact=True).click()
    page.get_by_role("link", name="Compare two readings").click()
    expect(page.locator("mark").get_by_text("In stok?", exact=True)).to_be_visible()
    page.get_by_role("button", name="Let this one count").click()
    expect(page.get_by_label("Step 2", exact=True)).to_have_value("In stok?")
    assert readings.chosen(item, ExtractionKind.FLOWCHART) == first


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_rows_and_columns_come_and_go(open_context, user, make_item, viewport):
    item = make_item("red", title="Figures")
    first = _read(item, "table", _table(ROWS), chosen=True)
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto(f"/items/{item.pk}/table/")
    page.get_by_label("Row 2, Business").fill("Acme Ltd")
    page.get_by_label("Row 2, 2024").focus()
    page.keyboard.press("Alt+r")
    expect(page.get_by_label("Row", exact=True)).to_be_focused()
    expect(page.get_by_label("Row", exact=True)).to_have_value("2")
    expect(page.get_by_label("Column", exact=True)).to_have_value("2")
    page.get_by_role("button", name="Add one below").click()
    expect(page.get_by_text("A row was added. 1 value put right.")).to_be_visible()
    # Where it was added the keys are, and what is typed goes into it.
    expect(page.get_by_label("Row 3, Business")).to_be_focused()
    page.keyboard.type("Globex")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 value put right.", exact=True)).to_be_visible()
    page.get_by_label("Row 1, column 3").click()
    page.get_by_text("Add or take away rows and columns").click()
    page.get_by_role("group", name="A column").get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("The column was taken away.")).to_be_visible()
    grid = [
        [cell.text for cell in row if cell] for row in writing.read(readings.chosen(item, "table")).tables[0].grid()
    ]
    assert grid == [["Business", "2024"], ["Acme Ltd", "100"], ["Globex"], ["Umbra", "400"]]
    # Each of the three is a reading, and the first one is a click away.
    assert readings.of(item, "table").count() == 4
    page.get_by_text("Readings", exact=True).click()
    page.get_by_role("button", name="Let this one count").last.click()
    expect(page.get_by_text("counts now")).to_be_visible()
    assert readings.chosen(item, "table") == first


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_steps_and_arrows_come_and_go_in_one_of_two_charts(open_context, user, make_item, viewport):
    item = make_item("red", title="Order")
    chart = {
        "shapes": [{"id": 0, "kind": "start", "text": "In"}, {"id": 1, "kind": "decision", "text": "There?"}],
        "edges": [{"start": 0, "end": 1}, {"start": 1, "end": 0, "label": "no"}],
    }
    _read(item, "flowchart", {"charts": [chart, chart]}, chosen=True)
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto(f"/items/{item.pk}/flowchart/")
    page.get_by_role("link", name="Flow chart 2").click()
    page.get_by_label("Step 2", exact=True).focus()
    page.keyboard.press("Alt+r")
    expect(page.locator("#step-2 [data-changes]")).to_have_attribute("open", "")
    page.locator("#step-2").get_by_role("button", name="Add a step after").click()
    expect(page.get_by_text("A step was added.")).to_be_visible()
    expect(page.get_by_label("Step 3", exact=True)).to_be_focused()
    page.keyboard.type("Send it")
    step = page.locator("#step-2")
    step.get_by_text("Steps and arrows").click()
    step.get_by_label("Arrow to step").fill("3")
    step.get_by_label("Label", exact=True).fill("yes")
    step.get_by_label("Label", exact=True).press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("An arrow was added. 1 value put right.")).to_be_visible()
    expect(page.locator("pre").filter(has_text="flowchart TD")).to_contain_text('s2 -->|"yes"| s3')
    step.get_by_text("Steps and arrows").click()
    step.get_by_role("button", name="Take the arrow to 1").click()
    expect(page.get_by_text("The arrow was taken away.")).to_be_visible()
    untouched, fixed = writing.read(readings.chosen(item, "flowchart")).charts
    assert [(edge.start, edge.end, edge.label) for edge in fixed.edges] == [(0, 1, ""), (1, 2, "yes")]
    assert [shape.text for shape in fixed.shapes] == ["In", "There?", "Send it"]
    assert len(untouched.shapes) == 2
    page.get_by_role("button", name="Flow chart 2 is none").click()
    expect(page.get_by_text("The flow chart was taken away.")).to_be_visible()
    expect(page.get_by_role("link", name="Flow chart 2")).to_have_count(0)


def test_copying_takes_what_the_file_holds(open_context, user, make_item):
    item = make_item("red", title="Figures")
    _read(item, "table", _table(ROWS), chosen=True)
    page = open_context(signed_in=user, permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"/items/{item.pk}/table/")
    button = page.get_by_role("button", name="Copy CSV")
    button.click()
    expect(button).to_have_text("Copied")
    assert "Umbra,400,440" in page.evaluate("navigator.clipboard.readText()")
