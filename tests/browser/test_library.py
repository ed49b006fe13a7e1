"""Putting in, looking at, changing and deleting, as a person does it."""

import pytest
from playwright.sync_api import expect

from media_library import pipeline
from media_library.models import MediaItem
from search import indexing
from tests.browser.conftest import PHONE
from tests.clips import SCENE_S

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def upload_of(file) -> dict:
    return {"name": file.name, "mimeType": file.content_type, "buffer": file.read()}


def test_uploads_are_followed_from_the_file_to_ready(own_page, make_image, make_item):
    make_item("green", title="Known already")
    own_page.goto("/upload/")
    own_page.get_by_label("Everybody").check()
    own_page.get_by_label("Tags").fill("Sea, sky")
    broken = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"\0not a picture"}
    files = [upload_of(make_image("red")), broken, upload_of(make_image("green"))]
    own_page.locator("#files").set_input_files(files)
    rows = own_page.locator("#rows .row")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Waiting")
    expect(rows.nth(1)).to_contain_text("Not added")
    expect(rows.nth(2)).to_contain_text("You have this already: Known already")
    item = MediaItem.objects.get(original_name="red.png")
    assert (item.visibility, item.tags) == ("public", ["sea", "sky"])
    pipeline.process(item.pk)
    expect(rows.nth(0)).to_contain_text("Indexing")
    indexing.embed_pending()
    expect(rows.nth(0)).to_contain_text("Ready")
    rows.nth(0).get_by_role("link").click()
    expect(own_page.get_by_role("heading", name="red.png")).to_be_visible()


def test_an_upload_whose_connection_broke_is_sent_again(own_page, make_image, no_queue):
    own_page.goto("/upload/")
    own_page.route("**/upload/", lambda route: route.abort())
    own_page.locator("#files").set_input_files(upload_of(make_image("red")))
    row = own_page.locator("#rows .row")
    expect(row).to_contain_text("The connection broke")
    own_page.unroute("**/upload/")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Waiting")
    assert MediaItem.objects.count() == 1


def test_an_item_that_failed_is_read_again_from_its_row(own_page, make_item, no_queue):
    from media_library import services

    item = make_item("red")
    services.mark_failed(item.pk, "The disk was away.")
    own_page.goto("/library/?status=failed")
    card = own_page.locator(".card")
    expect(card).to_contain_text("The disk was away.")
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Waiting")


def test_moments_of_a_video_are_gone_to(page, media):
    page.goto(media["video"].get_absolute_url() + f"?t={SCENE_S}")
    time = "() => document.querySelector('video').currentTime"
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    assert page.evaluate(time) == pytest.approx(SCENE_S, abs=0.3)
    moments = page.locator("#timeline a")
    expect(moments).to_have_count(3)
    page.evaluate("document.querySelector('video').play = () => Promise.resolve()")
    moments.nth(2).click()
    expect(moments.nth(2)).to_have_attribute("aria-current", "true")
    assert page.evaluate(time) == pytest.approx(2 * SCENE_S, abs=0.5)
    page.keyboard.press("ArrowLeft")
    expect(moments.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(moments.nth(1)).to_have_attribute("aria-current", "true")


def test_a_hit_opens_at_its_moment_and_shows_what_is_like_it(page, media):
    page.goto(media["red"].get_absolute_url())
    similar = page.locator(".below .card")
    expect(similar).to_have_count(3)
    page.goto("/?q=scenes&kind=video")
    page.locator("#hits .card .picture").click()
    expect(page.get_by_role("heading", name="Three scenes")).to_be_visible()


def test_editing_in_place(own_page, media):
    own_page.goto(media["red"].get_absolute_url())
    own_page.get_by_role("link", name="Edit").click()
    expect(own_page.get_by_label("Title")).to_be_focused()
    own_page.get_by_label("Title").fill("Dawn")
    own_page.get_by_label("Tags").fill("Sea, sky")
    own_page.get_by_role("button", name="Save").click()
    expect(own_page.get_by_role("heading", name="Dawn")).to_be_focused()
    expect(own_page.get_by_role("list", name="Tags").get_by_role("link")).to_have_text(["sea", "sky"])


def test_deleting_and_undoing(own_page, media):
    own_page.goto(media["red"].get_absolute_url())
    own_page.get_by_role("button", name="Delete").click()
    expect(own_page.locator(".toast")).to_contain_text("1 item moved to the trash")
    expect(own_page.locator("#hits .card")).to_have_count(3)
    own_page.get_by_role("button", name="Undo").click()
    expect(own_page.locator("#hits .card")).to_have_count(4)


def test_ticked_items_are_changed_together(own_page, media):
    own_page.goto("/library/")
    expect(own_page.get_by_role("button", name="Delete")).to_be_hidden()
    own_page.get_by_label("Select A red field").check()
    own_page.get_by_label("Select A blue field").check()
    expect(own_page.locator("#ticked")).to_have_text("2 selected")
    own_page.get_by_label("Tags to add").fill("field")
    own_page.get_by_role("button", name="Tag", exact=True).click()
    expect(own_page.locator(".toast")).to_contain_text("Tagged 2 items")
    assert MediaItem.objects.filter(tags=["field"]).count() == 2


def test_on_a_phone_ticking_moves_nothing_and_the_view_one_is_in_is_in_sight(open_context, user, media):
    page = open_context(signed_in=user, viewport=PHONE).new_page()
    page.goto("/library/")
    card = page.locator("#hits .card").first
    before = card.bounding_box()
    card.get_by_role("checkbox").check()
    acts = page.locator("#bulk .acts").bounding_box()
    places = page.get_by_role("navigation", name="Places").bounding_box()
    assert card.bounding_box() == before
    assert acts["y"] + acts["height"] <= places["y"] + 1
    page.get_by_role("button", name="Delete").click()
    page.goto("/library/?trash=on")
    chosen = page.locator(".views [aria-current]")
    expect(chosen).to_contain_text("Trash")
    expect(chosen).to_be_in_viewport(ratio=1)


def test_uploading_and_deleting_without_scripts(open_context, user, make_image, no_queue):
    page = open_context(signed_in=user, java_script_enabled=False).new_page()
    page.goto("/upload/")
    page.locator("#files").set_input_files([upload_of(make_image("red")), upload_of(make_image("blue"))])
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#rows .row")).to_have_count(2)
    page.locator("#rows a").first.click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    assert MediaItem.objects.alive().count() == 2
