"""Tables and flow charts on their pages, over the API and in the admin: shown, asked, compared, taken away."""

from __future__ import annotations

import ast
import csv
import io
import json
from functools import partial

import pytest

from media_library.extracting import comparing, offers, readings
from media_library.extraction.schemas import Invoice as Read
from media_library.extraction.tables.schema import Tables
from media_library.lmm.base import Away
from media_library.models import Extraction, Invoice
from tests.media_library.readings.figures import FIRMS, FLOWCHART, INVOICE, ORDER, TABLE, table

pytestmark = pytest.mark.usefixtures("db", "said")


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
