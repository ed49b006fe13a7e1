"""Asking about an item in a browser: the answer appears as it is made, laid out and clean when it is whole."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from media_library.lmm import fake
from media_library.lmm.base import Away, Reply
from media_library.models import Message
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Slow(fake.FakeLmm):
    """Says its first words, and the rest when it is told to."""

    go = threading.Event()
    RESTS = "<img src=x onerror=alert(1)> and **bold**."

    def stream(self, request):
        fake.asked.append(request)
        yield "A red "
        self.go.wait(10)
        yield self.RESTS
        yield Reply("A red " + self.RESTS, "fake")


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_an_answer_appears_as_it_comes_and_is_clean_when_it_is_whole(
    said, monkeypatch, open_context, user, media, viewport
):
    monkeypatch.setattr(fake, "FakeLmm", Slow)
    Slow.go.clear()
    page = open_context(signed_in=user, **({"viewport": viewport} if viewport else {})).new_page()
    page.goto(f"/items/{media['red'].pk}/")
    page.get_by_label("Your question").fill("What is it?")
    page.keyboard.press("Enter")
    answer = page.locator(".said-model")
    # The first words are there while the rest is not even said.
    expect(answer.locator(".prose.coming")).to_have_text("A red ", use_inner_text=False)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert "conversation=" in page.url
    Slow.go.set()
    expect(answer.locator("strong")).to_have_text("bold")
    assert answer.locator("img").count() == 0
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    # A further question goes on with it; reloaded, all of it is there.
    said.script.append("Still red.")
    monkeypatch.undo()
    page.get_by_role("button", name="Explain it").click()
    # Only what is answered is sure to be kept.
    expect(page.locator(".said-model .prose").nth(1)).to_have_text("Still red.")
    page.reload()
    expect(page.locator(".said-person")).to_have_count(2)
    expect(page.locator(".said-model strong").first).to_have_text("bold")


def test_what_goes_wrong_is_said_where_the_answer_would_be(said, own_page, media):
    said.script.extend([Away("The model is out of order right now.")] * 3)
    own_page.goto(f"/items/{media['red'].pk}/")
    own_page.get_by_role("button", name="Describe it").click()
    expect(own_page.locator(".said-model .notice")).to_have_text("The model is out of order right now.")
    assert Message.objects.filter(state="away").count() == 1


def test_what_was_answered_before_can_be_asked_anew(said, own_page, media):
    said.script.extend(["First.", "Second."])
    for _ in range(2):
        own_page.goto(f"/items/{media['red'].pk}/")
        own_page.get_by_role("button", name="Describe it").click()
        expect(own_page.locator(".said-model .prose")).to_have_text("First.")
    own_page.get_by_role("button", name="Ask anew").click()
    expect(own_page.locator(".said-model .prose").last).to_have_text("Second.")


def test_without_scripts_a_form_does_the_same(said, open_context, user, media):
    page = open_context(signed_in=user, java_script_enabled=False).new_page()
    page.goto(f"/items/{media['red'].pk}/")
    said.script.append("A **field**.")
    page.get_by_label("Your question").fill("What is it?")
    page.locator("#ask .go").click()
    expect(page.locator(".said-model strong")).to_have_text("field")
