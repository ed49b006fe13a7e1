"""Invoices: read in the background, put right by people, listed, summed and taken out."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from media_library.extracting import exporting, invoice_questions, invoices, readings, runs
from media_library.extraction.schemas import Invoice as Read
from media_library.lmm import fake
from media_library.lmm.base import Away, Malformed, OverBudget
from media_library.models import MAX_ATTEMPTS, Extraction, ExtractionState, Invoice, InvoiceState

pytestmark = pytest.mark.usefixtures("db", "said")

READ = {
    "kind": "invoice",
    "vendor": {"value": "Green Bicycles", "box": {"page": 1, "left": 0.1, "top": 0.1, "right": 0.5, "bottom": 0.15}},
    "number": "US-001",
    "date": "2019-02-11",
    "currency": "USD",
    "lines": [
        {"quantity": 1, "description": "Front brake cables", "unit_price": "100.00", "amount": "100.00"},
        {"quantity": 2, "description": "Pedal arms", "unit_price": "15.00", "amount": "30.00"},
        {"quantity": 3, "description": "=Labour", "unit_price": "5.00", "amount": "15.00"},
    ],
    "subtotal": "145.00",
    "taxes": [{"rate": "6.25", "amount": "9.06"}],
    "total": {"value": "154.06", "confidence": 0.4},
}


@pytest.fixture
def item(make_item):
    return make_item("red", title="Bicycles")


@pytest.fixture
def read(item, user):
    """An item whose invoice was read."""
    fake.script.append(json.dumps(READ))
    runs.ask_for(user, item, "fake")
    assert runs.extract_pending(by_model=True) == 1
    return Invoice.objects.get(item=item)


def test_what_a_model_read_is_an_invoice_to_review(read, item):
    assert (read.vendor, read.number, read.date, read.total) == (
        "Green Bicycles",
        "US-001",
        date(2019, 2, 11),
        Decimal("154.06"),
    )
    assert read.tax == Decimal("9.06")
    assert [line.description for line in read.lines.all()] == ["Front brake cables", "Pedal arms", "=Labour"]
    assert (read.state, read.marks) == (InvoiceState.REVIEW, 0)
    (extraction,) = runs.of(item)
    assert extraction.state == ExtractionState.DONE
    assert "Read this invoice" in extraction.prompt


def test_what_does_not_add_up_is_marked_and_not_corrected(item, user):
    fake.script.append(json.dumps(READ | {"total": "999.00"}))
    runs.ask_for(user, item, "fake")
    runs.extract_pending(by_model=True)
    found = Invoice.objects.get()
    assert found.total == Decimal("999.00")
    assert found.marks >= 1


@pytest.mark.parametrize(
    ("reply", "state", "problem"),
    [
        (json.dumps({"kind": "invoice"}), ExtractionState.EMPTY, runs.NOTHING),
        (Malformed("The answer is no JSON. Ask again."), ExtractionState.FAILED, "no JSON"),
    ],
)
def test_what_is_no_invoice_leaves_a_sentence(item, user, reply, state, problem):
    fake.script.append(reply)
    asked = runs.ask_for(user, item, "fake")
    runs.extract_pending(by_model=True)
    asked.refresh_from_db()
    assert asked.state == state
    assert problem in asked.problem
    assert not Invoice.objects.exists()


def test_a_model_cannot_say_that_a_person_said_so(item, user):
    fake.script.append(json.dumps(READ | {"total": {"value": "1.00", "source": "person"}}))
    runs.ask_for(user, item, "fake")
    runs.extract_pending(by_model=True)
    assert Invoice.objects.get().data["total"]["source"] == "lmm"


@pytest.mark.parametrize("error", [Away("It does not answer."), OverBudget("Your limit for today is reached.")])
def test_a_model_that_is_away_is_waited_for(item, user, error):
    fake.script.extend([error] * 9)
    asked = runs.ask_for(user, item, "fake")
    assert runs.extract_pending(by_model=True) == 0
    asked.refresh_from_db()
    assert (asked.state, asked.attempts, asked.problem) == (ExtractionState.WAITING, 0, error.message)
    assert runs.ask_for(user, item, "fake") == asked
    fake.script.clear()
    fake.script.append(json.dumps(READ))
    Extraction.objects.update(lease_until=None)
    assert runs.extract_pending(by_model=True) == 1
    assert Invoice.objects.exists()


def test_a_worker_that_is_lost_again_and_again_ends_it(item, user):
    asked = runs.ask_for(user, item, "fake")
    Extraction.objects.update(attempts=MAX_ATTEMPTS)
    runs.extract_pending(by_model=True)
    asked.refresh_from_db()
    assert (asked.state, "several times" in asked.problem) == (ExtractionState.FAILED, True)


def test_what_is_dropped_while_it_is_read_stays_dropped(item, user, monkeypatch):
    ask = runs.lmm.ask

    def dropped(*args, **kwargs):
        readings.forget(item, "invoice")
        return ask(*args, **kwargs)

    monkeypatch.setattr(runs.lmm, "ask", dropped)
    fake.script.append(json.dumps(READ))
    runs.ask_for(user, item, "fake")
    assert runs.extract_pending(by_model=True) == 0
    assert not Extraction.objects.exists()
    assert not Invoice.objects.exists()


def test_the_reader_reads_what_is_on_the_picture(make_item, user, settings, monkeypatch):
    settings.SIGHTLINE_LMM = "reader"
    item = make_item("red")
    monkeypatch.setattr("media_library.extraction.invoices.read_readings", lambda *args: Read.model_validate(READ))
    runs.ask_for(user, item)
    assert runs.extract_pending() == 1
    assert Invoice.objects.get().vendor == "Green Bicycles"


# --- People ----------------------------------------------------------------------------------------------


def test_a_correction_is_kept_with_its_history_and_outlives_another_reading(read, item, user):
    changes = {"total": "155.00", "lines.1.amount": "31.00", "vendor": "Green Bicycles", "lines.3.description": "Bell"}
    assert invoices.correct(user, read, changes) == 3
    read.refresh_from_db()
    assert read.total == Decimal("155.00")
    assert read.marks
    assert [line.amount for line in read.lines.all()][1] == Decimal("31.00")
    assert read.lines.count() == 4
    assert {(each.field, each.before, each.after) for each in read.changes.all()} == {
        ("total", "154.06", "155.00"),
        ("lines.1.amount", "30.00", "31.00"),
        ("lines.3.description", "", "Bell"),
    }
    assert Extraction.objects.get().data["total"]["value"] == "154.06"
    fake.script.append(json.dumps(READ))
    again = runs.ask_for(user, item, "fake")
    runs.extract_pending(by_model=True)
    read.refresh_from_db()
    assert read.total == Decimal("155.00")
    invoices.take(Extraction.objects.get(pk=again.pk), anyway=True)
    read.refresh_from_db()
    assert read.total == Decimal("155.00")
    assert read.lines.count() == 3


@pytest.mark.parametrize(
    ("path", "text", "refusal"),
    [
        ("total", "a lot", "cannot be the total: give an amount as 1234.50"),
        ("date", "31.31.2020", "cannot be the date: give a date as YYYY-MM-DD"),
        ("currency", "euros", "three letters"),
        ("lines.0.amount", "NaN", "amount of line 1"),
        ("kind", "poem", "cannot be the kind"),
        ("lines.x.amount", "1", "no “lines.x.amount”"),
        ("__class__", "1", "An invoice has no"),
        ("lines.99999.amount", "1", "An invoice has no"),
        ("vendor", "x" * 3000, "cannot be the vendor"),
    ],
)
def test_what_cannot_stand_there_is_said_and_changes_nothing(read, user, path, text, refusal):
    with pytest.raises(invoices.BadValue, match=refusal):
        invoices.correct(user, read, {"vendor": "Somebody"} | {path: text})
    read.refresh_from_db()
    assert read.vendor == "Green Bicycles"
    assert not read.changes.exists()


def test_the_review_page_keeps_approves_and_goes_on(read, item, client, user, make_item):
    client.force_login(user)
    page = client.get(f"/items/{item.pk}/invoice/").content.decode()
    assert "Look at these first" in page
    assert 'data-box="0.10000' in page
    client.post(f"/items/{item.pk}/invoice/", {"value:number": "US-002", "approve": "1"})
    read.refresh_from_db()
    assert (read.number, read.state, read.approved_by) == ("US-002", InvoiceState.APPROVED, user)
    client.post(f"/items/{item.pk}/invoice/reopen/")
    client.post(f"/items/{item.pk}/readings/invoice/forget/")
    assert not Invoice.objects.exists()
    assert not Extraction.objects.exists()


def test_a_bad_value_from_the_page_is_a_sentence(read, item, client, user):
    client.force_login(user)
    response = client.post(f"/items/{item.pk}/invoice/", {"value:total": "much"}, follow=True)
    assert "“much” cannot be the total" in response.content.decode()


def test_nobody_sees_or_changes_what_they_may_not(read, item, client, other_user):
    client.force_login(other_user)
    assert client.get(f"/items/{item.pk}/invoice/").status_code == 404
    for verb in ("invoice/", "invoice/reopen/", "readings/invoice/read/", "readings/invoice/forget/"):
        assert client.post(f"/items/{item.pk}/{verb}", {"value:total": "1"}).status_code == 404
    assert "Green Bicycles" not in client.get("/invoices/").content.decode()
    item.visibility = "public"
    item.save()
    assert "Green Bicycles" in client.get("/invoices/").content.decode()
    assert client.post(f"/items/{item.pk}/invoice/", {"value:total": "1"}).status_code == 404


# --- Many ------------------------------------------------------------------------------------------------


def test_sums_never_mix_currencies(read, make_item, user):
    other = make_item("blue", title="Other")
    fake.script.append(json.dumps(READ | {"currency": "EUR", "total": "10.00"}))
    runs.ask_for(user, other, "fake")
    runs.extract_pending(by_model=True)
    found = invoices.visible_to(user)
    assert {(each.name, each.currency, each.total) for each in invoices.by_vendor(found)} == {
        ("Green Bicycles", "USD", Decimal("154.06")),
        ("Green Bicycles", "EUR", Decimal("10.00")),
    }
    assert [each.name for each in invoices.by_month(found)] == ["2019-02", "2019-02"]
    assert invoices.Asked(currency="EUR").apply(found).count() == 1
    assert invoices.Asked(words="pedal").apply(found).count() == 2
    assert invoices.Asked(words="zeppelin").apply(found).count() == 0
    assert invoices.Asked(marked=True).apply(found).count() == 1


def test_what_came_back_is_taken_off_and_what_is_hidden_is_not_added(read, make_item, user, other_user):
    credit = READ | {"kind": "credit_note", "total": "30.00", "lines": READ["lines"][1:2], "date": None}
    for each, owner in ((credit, user), (READ, other_user)):
        item = make_item("blue", title="Other", owner=owner)
        data = Read.model_validate(each).model_dump(mode="json")
        invoices.take(Extraction.objects.create(item=item, provider="fake", data=data))
    (total,) = invoices.by_vendor(invoices.visible_to(user))
    assert (total.count, total.total) == (2, Decimal("124.06"))
    spent = invoice_questions.spent(user, "How much did we spend at Green Bicycles?", date(2026, 1, 1))
    assert [one.total for one in spent.sums] == [Decimal("124.06")]
    assert [invoice.date for invoice in spent.used] == [date(2019, 2, 11), None]
    spent = invoice_questions.spent(user, "How much did we spend on pedal arms?", date(2026, 1, 1))
    assert [(one.count, one.total) for one in spent.sums] == [(2, Decimal("0.00"))]
    assert not spent.cut


def test_a_sum_is_cut_in_the_open(read, user, monkeypatch):
    monkeypatch.setattr(invoice_questions, "MOST_LINES", 2)
    spent = invoice_questions.spent(user, "How much did we spend on pedal arms?", date(2026, 1, 1))
    assert (spent.cut, [one.total for one in spent.sums]) == (2, [Decimal("30.00")])


def test_taxes_that_are_too_much_together_are_kept_one_by_one(read, user):
    invoices.correct(user, read, {"taxes.0.amount": "999999999999", "taxes.1.amount": "999999999999"})
    read.refresh_from_db()
    assert read.tax is None
    assert [tax["amount"]["value"] for tax in read.data["taxes"]] == ["999999999999"] * 2


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "\n=1+1", "\uff1d1+1", "@SUM(1)", "+1+1"])
def test_no_cell_of_a_file_is_a_formula(read, user, text):
    read.vendor = text
    (row,) = list(csv.DictReader(io.StringIO(exporting.as_csv([read]))))[:1]
    assert row["vendor"] == f"'{text}"
    assert exporting.as_xlsx([read])


def test_files_hold_every_line_and_no_formula(read, client, user):
    from openpyxl import load_workbook

    client.force_login(user)
    rows = list(csv.DictReader(io.StringIO(client.get("/invoices/?as=csv").content.decode())))
    assert [row["description"] for row in rows] == ["Front brake cables", "Pedal arms", "'=Labour"]
    assert {row["total"] for row in rows} == {"154.06"}
    sheet = load_workbook(io.BytesIO(client.get("/invoices/?as=xlsx").content))["Invoices"]
    cells = [cell.value for cell in sheet[4]]
    assert "=Labour" in cells
    assert sheet[4][exporting.COLUMNS.index("description")].data_type == "s"
    (whole,) = json.loads(client.get("/invoices/?as=json").content)
    assert whole["vendor"]["box"]["page"] == 1


def test_a_long_list_takes_few_statements(read, client, user, make_item, django_assert_max_num_queries):
    for number in range(4):
        item = make_item("blue", seed=number)
        invoices.take(
            Extraction.objects.create(
                item=item, provider="fake", data=Read.model_validate(READ).model_dump(mode="json")
            )
        )
    client.force_login(user)
    with django_assert_max_num_queries(10):
        assert client.get("/invoices/").status_code == 200


@pytest.mark.parametrize("query", ["first=yesterday", "currency=euro", "state=gone", "page=many", "as=exe"])
def test_a_bad_address_is_no_error(client, user, query):
    client.force_login(user)
    assert client.get(f"/invoices/?{query}").status_code in (200, 400)


@pytest.mark.parametrize("kind", ["sound", "text"])
def test_only_what_is_seen_can_be_an_invoice(item, user, kind):
    item.kind = kind
    with pytest.raises(runs.NotExtractable, match="Only pictures and documents"):
        runs.ask_for(user, item)
    item.kind = "image"
    with pytest.raises(runs.NotExtractable, match="is not set up"):
        runs.ask_for(get_user_model()(), item, "nonsense")
