"""What kind of document an item is, said by a person, and what is read without being asked, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from media_library.extracting import unasked
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_what_is_read_unasked_is_switched_on_and_off(open_context, user, viewport):
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto("/invoices/")
    form = page.get_by_role("form", name="Read without being asked")
    form.get_by_label("Invoices and receipts").check()
    form.get_by_label("Flow charts").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("invoices and receipts and flow charts are read as they come in")).to_be_visible()
    assert unasked.wishes(user) == {"invoice", "flowchart"}
    # It stands there when one comes back, and by keys it goes off.
    page.goto("/invoices/")
    expect(form.get_by_label("Flow charts")).to_be_checked()
    expect(form.get_by_label("Tables")).not_to_be_checked()
    form.get_by_label("Flow charts").focus()
    page.keyboard.press("Space")
    form.get_by_label("Invoices and receipts").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is read unasked now.")).to_be_visible()
    assert not unasked.wishes(user)


def test_the_kind_of_a_document_is_chosen_and_what_fits_is_offered_first(open_context, user, make_item):
    item, other = make_item("red", title="Order"), make_item("blue", title="Sea")
    item.has_text, item.document_kind = True, "receipt"
    item.save()
    page = open_context(signed_in=user).new_page()
    page.goto(f"/items/{item.pk}/")
    expect(page.get_by_text("This looks like a receipt.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("What it is").select_option(label="Flow chart")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This looks like a flow chart.")).to_be_visible()
    item.refresh_from_db()
    assert item.document_kind == "flowchart"
    # And it is found by what it is.
    page.goto("/library/?document=flowchart")
    expect(page.locator(f'a[href*="{item.pk}"]').first).to_be_visible()
    expect(page.locator(f'a[href*="{other.pk}"]')).to_have_count(0)
