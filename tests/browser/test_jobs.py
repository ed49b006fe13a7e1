"""Jobs and uploads of many files, as a person meets them."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from media_library import jobs, pipeline, services
from media_library.models import Import, MediaItem, Priority, Status
from search import indexing
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def upload_of(file) -> dict:
    return {"name": file.name, "mimeType": file.content_type, "buffer": file.read()}


@pytest.fixture
def busy(user, make_item):
    """An import with something in every state, and an item that failed for a long reason."""
    batch = jobs.start_import(user, "Holidays on the coast with everybody who was there", expected=9)
    for seed in range(6):
        make_item(seed=seed, ready=False, batch=batch, name=f"{'a_long_name_without_any_space_' * 3}{seed}.png")
    pks = list(batch.items.order_by("created_at").values_list("pk", flat=True))
    pipeline.process(pks[0])
    indexing.embed_pending()
    services.claim(MediaItem.objects.filter(pk=pks[1]), 1, status=Status.SEGMENTING, progress=0.4)
    services.mark_failed(pks[2], "The file ends in the middle. " + "Copyitagainfromthecamera" * 4)
    batch.files.create(path="notes.bin", size=1, modified_ns=1, reason="Nothing that the library reads.")
    return batch


def test_an_import_is_paused_cancelled_and_brought_back_by_keyboard(own_page, busy):
    own_page.goto("/jobs/")
    own_page.get_by_role("button", name="Pause Holidays").focus()
    own_page.keyboard.press("Enter")
    expect(own_page.get_by_text("Nothing of it is read until it is resumed.")).to_be_visible()
    assert own_page.evaluate("document.activeElement.textContent.includes('Resume')"), "the focus went astray"
    own_page.keyboard.press("Enter")
    # Otherwise what comes of resuming may take the button away while it is clicked.
    expect(own_page.get_by_role("button", name="Pause Holidays")).to_be_visible()
    own_page.get_by_role("button", name="Cancel Holidays").click()
    own_page.get_by_role("button", name="Undo Holidays").click()
    expect(own_page.get_by_role("button", name="Pause Holidays")).to_be_visible()
    assert MediaItem.objects.alive().count() == 6


def test_the_page_follows_what_happens(own_page, busy):
    own_page.goto("/jobs/")
    job = own_page.locator(".job")
    expect(job).to_contain_text("1 of")
    MediaItem.objects.unfinished().update(status=Status.READY)
    expect(job).to_contain_text("5 of", timeout=8000)


def test_without_scripts_everything_works_too(open_context, user, busy):
    page = open_context(signed_in=user, java_script_enabled=False).new_page()
    page.goto("/jobs/")
    page.get_by_role("button", name="Pause Holidays").click()
    expect(page.get_by_role("button", name="Resume Holidays")).to_be_visible()
    page.locator("section", has=page.get_by_role("heading", name="Now")).get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("Reading 1 item again.")).to_be_visible()
    assert MediaItem.objects.alive().count() == 6


def test_many_files_are_an_import_and_a_single_one_goes_first(own_page, make_image, make_item):
    make_item("green", file=make_image("red", seed=3), title="Known already")
    own_page.goto("/upload/")
    broken = {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": b"<html></html>"}
    many = [upload_of(make_image("red", name=f"red-{seed}.png", seed=seed)) for seed in range(14)]
    own_page.locator("#files").set_input_files([*many, broken])
    panel = own_page.locator(".sent")
    expect(panel).to_contain_text("All 15 files are sent: you can close this page.")
    expect(panel).to_contain_text("1 of them you had already.")
    rows = own_page.locator("#rows .row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("page.jpg")
    imported = Import.objects.get()
    assert set(imported.items.values_list("priority", flat=True)) == {Priority.BULK}
    assert imported.items.count() == 13
    expect(panel.locator(".job")).to_contain_text("of 13 ready")
    own_page.locator("#files").set_input_files(upload_of(make_image("blue")))
    expect(rows.last.get_by_role("link", name="blue.png")).to_be_visible()
    assert MediaItem.objects.to_read().first().original_name == "blue.png"


def test_an_upload_of_many_survives_a_broken_connection(own_page, make_image, no_queue):
    own_page.goto("/upload/")
    own_page.clock.install()
    own_page.route("**/upload/", lambda route: route.abort())
    own_page.locator("#files").set_input_files(
        [upload_of(make_image("red", name=f"{seed}.png", seed=seed)) for seed in range(12)]
    )
    panel = own_page.locator(".sent")
    for _ in range(3):
        own_page.wait_for_timeout(200)
        own_page.clock.run_for(7000)
    expect(panel).to_contain_text("The connection broke. Nothing was lost.")
    own_page.unroute("**/upload/")
    panel.get_by_role("button", name="Go on").click()
    expect(panel).to_contain_text("All 12 files are sent")
    assert MediaItem.objects.count() == 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_sticks_out(open_context, user, busy, scheme, viewport):
    context = open_context(signed_in=user, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for address in ("/jobs/", f"/jobs/imports/{busy.pk}/", "/upload/"):
        page.goto(address)
        if broken := Axe().run(page).response["violations"]:
            found[address] = [(rule["id"], rule["nodes"][0]["html"]) for rule in broken]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > viewport["width"]:
            found[f"{address} sticks out"] = wide
    assert not found, json.dumps(found, indent=1)
