"""The chat with the library, and the review of an invoice, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from media_library.extracting import invoices
from media_library.extraction.schemas import Invoice as Read
from media_library.models import Conversation, Extraction, Invoice
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOX = {"page": 1, "left": 0.1, "top": 0.2, "right": 0.4, "bottom": 0.3}


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_a_question_is_answered_with_a_source_that_opens(said, open_context, user, make_item, viewport):
    item = make_item("red", title="Lighthouse", caption="The lighthouse was painted red in 1988.")
    said.script.extend(["Painted in **1988** [1]. And <b>this</b> [9].", "Red [1]."])
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto("/ask/")
    page.get_by_label("Your question").fill("When was the lighthouse painted?")
    page.keyboard.press("Enter")
    answer = page.locator(".said-model").first
    expect(answer.locator("strong")).to_have_text("1988")
    expect(answer.locator(".prose b")).to_have_count(0)
    expect(answer.locator("a.cite")).to_have_text("1")
    expect(answer.get_by_role("listitem").filter(has_text="Lighthouse")).to_be_visible()
    answer.get_by_role("button", name="Not helpful").click()
    answer.get_by_label("Why?").fill("It left out the colour.")
    answer.get_by_role("button", name="Keep").click()
    expect(answer.get_by_text("You found this not helpful.")).to_be_visible()
    page.get_by_label("Your question").fill("Which colour has the lighthouse?")
    page.keyboard.press("Enter")
    expect(page.locator(".said-model").nth(1).locator(".prose")).to_contain_text("Red")
    assert Conversation.objects.count() == 1
    page.reload()
    expect(page.locator(".said-model")).to_have_count(2)
    page.locator("a.cite").first.click()
    page.wait_for_url(f"**/items/{item.pk}/**")


def test_an_invoice_is_put_right_and_approved_by_keys(open_context, user, make_item):
    item = make_item("red", title="Bill")
    read = {
        "vendor": {"value": "Gren Bicycles", "confidence": 0.3, "box": BOX},
        "total": {"value": "154.06", "confidence": 0.99, "box": BOX | {"top": 0.6, "bottom": 0.7}},
        "date": "2019-02-11",
        "lines": [{"description": "Pedal arms", "amount": "154.06"}],
    }
    data = Read.model_validate(read).model_dump(mode="json")
    invoices.take(Extraction.objects.create(item=item, provider="reader", state="done", data=data))
    page = open_context(signed_in=user).new_page()
    page.goto(f"/items/{item.pk}/invoice/")
    # What is least certain has the keys at once, and is lit on the page.
    vendor = page.get_by_label("Vendor")
    expect(vendor).to_be_focused()
    expect(page.locator("rect.lit")).to_have_count(1)
    vendor.fill("Green Bicycles")
    page.keyboard.press("Enter")
    expect(vendor).not_to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/invoices/")
    expect(page.get_by_role("link", name="Green Bicycles").first).to_be_visible()
    found = Invoice.objects.get()
    assert (found.vendor, found.state) == ("Green Bicycles", "approved")
    assert [(each.field, each.before) for each in found.changes.all()] == [("vendor", "Gren Bicycles")]
