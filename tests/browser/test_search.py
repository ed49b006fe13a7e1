"""Searching as a person does it."""

import base64
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.clips import SCENE_S
from tests.media import scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HITS = "#hits .card"

GIVE_FILE = """([content, name, kind]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: "image/png" }));
    const target = document.querySelector("main");
    if (kind === "paste") target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    else for (const type of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def give(page: Page, file, how: str) -> None:
    page.evaluate(GIVE_FILE, [base64.b64encode(file.read()).decode(), file.name, how])


def test_by_words(page, media):
    page.goto("/")
    page.get_by_role("searchbox").fill("red field")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?q=red(\+|%20)field$"))
    expect(page.locator(HITS).first).to_contain_text("A red field")
    expect(page.locator(HITS).first.locator(".why")).to_contain_text("title")
    # The page itself stayed; going back brings the first one.
    page.go_back()
    expect(page.get_by_role("heading", name="Newest")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("")


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_by_a_picture_that_is_dropped_or_pasted(page, media, make_image, how):
    page.goto("/")
    give(page, make_image("blue", seed=7), how)
    expect(page.locator(".example")).to_contain_text("blue.png")
    expect(page.locator(HITS).first).to_contain_text("A blue field")


def test_by_a_chosen_picture_with_words_and_without_it_again(page, media, make_image):
    page.goto("/")
    file = make_image("blue", seed=7)
    page.get_by_role("searchbox").fill("meadow")
    page.locator("#pick").set_input_files({"name": "sea.png", "mimeType": "image/png", "buffer": file.read()})
    expect(page.locator(".example")).to_contain_text("sea.png")
    expect(page.get_by_role("searchbox")).to_have_value("meadow")
    page.get_by_role("link", name="Search without it").click()
    expect(page.locator(".example")).to_have_count(0)
    expect(page.locator(HITS).first).to_contain_text("A green field")


def test_by_a_file_that_is_none(page, media):
    page.goto("/")
    page.locator("#pick").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_role("alert")).to_contain_text(".")
    expect(page.get_by_role("searchbox")).to_be_visible()


def test_by_the_address_of_an_item(page, media, live_server):
    page.goto("/")
    page.get_by_role("searchbox").fill(live_server.url + media["red"].get_absolute_url())
    page.keyboard.press("Enter")
    expect(page.locator(".example")).to_contain_text("A red field")
    expect(page.locator(HITS)).to_have_count(3)


def test_filters_change_the_results_in_place(page, media):
    page.goto("/?q=field")
    page.evaluate("window.same = true")
    page.get_by_text("Videos", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=video"))
    expect(page.locator(HITS)).to_have_count(1)
    page.get_by_text("All", exact=True).click()
    page.get_by_label("Tag").fill("meadow")
    page.get_by_label("Tag").press("Enter")
    expect(page.locator(HITS)).to_have_count(1)
    expect(page.locator(HITS)).to_contain_text("A green field")
    assert page.evaluate("window.same")
    page.get_by_label("From").fill("2999-01-01")
    expect(page.locator("#results")).to_contain_text("Nothing")
    page.get_by_role("link", name="Without filters").click()
    expect(page.locator(HITS)).to_have_count(4)


def test_results_go_on_as_one_scrolls(page, make_item, monkeypatch):
    monkeypatch.setattr("search.views.PAGE", 6)
    for seed in range(20):
        make_item("red", seed=seed, visibility="public")
    page.goto("/?q=red")
    for _ in range(6):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(150)
    expect(page.locator(HITS)).to_have_count(20)
    links = page.locator(f"{HITS} .picture").evaluate_all("links => links.map(link => link.pathname)")
    assert len(set(links)) == 20


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_video_plays_from_the_moment_of_the_hit_while_one_looks_at_it(page, media, how):
    second = io.BytesIO()
    scene(1, 320, 240).save(second, "PNG")
    page.goto("/?kind=video")
    page.locator("#pick").set_input_files({"name": "second.png", "mimeType": "image/png", "buffer": second.getvalue()})
    expect(page.locator(".example")).to_be_visible()
    link = page.locator(f"{HITS} .picture")
    start = float(link.get_attribute("data-start"))
    assert start == pytest.approx(SCENE_S, abs=0.3)
    assert link.get_attribute("href").endswith(f"?t={link.get_attribute('data-start')}")
    getattr(link, how)()
    video = page.locator(f"{HITS} video")
    expect(video).to_be_visible()
    assert video.evaluate("video => video.currentTime") >= start - 0.1
    getattr(page.get_by_role("searchbox"), how)()
    expect(video).to_have_count(0)


def test_on_a_phone_dates_and_tags_are_folded_away_until_asked_for(open_context, media):
    page = open_context(viewport=PHONE).new_page()
    page.goto("/?tag=meadow")
    button = page.get_by_role("button", name="Filters")
    expect(button).to_have_text("Filters1")
    expect(page.get_by_label("Tag")).to_be_hidden()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    for name in ("From", "To", "Tag"):
        box = page.get_by_label(name, exact=True).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    page.get_by_label("Tag").fill("")
    page.get_by_label("Tag").press("Tab")
    expect(page.locator(HITS)).to_have_count(4)
    expect(button).to_have_text("Filters")


def test_nothing_moves_for_who_wants_no_motion(open_context, media):
    page = open_context(reduced_motion="reduce").new_page()
    page.goto("/?kind=video")
    page.locator(HITS).first.hover()
    page.wait_for_timeout(500)
    expect(page.locator(f"{HITS} video")).to_have_count(0)


def test_by_keyboard_alone(page, media):
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("red field")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Best matches")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(f"{HITS} .picture").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{HITS} .picture").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="A red field")).to_be_visible()
    page.get_by_title("Look closer").click()
    expect(page.locator("#zoom")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#zoom")).to_be_hidden()


def test_rows_of_the_grid_end_flush_and_keep_shapes(page, make_item, make_image):
    sizes = [(160, 90), (90, 120), (120, 120), (200, 100), (120, 90)]
    for number in range(20):
        make_item(file=make_image("red", size=sizes[number % 5], seed=number), visibility="public")
    page.goto("/")
    boxes = page.locator(f"{HITS} .picture").evaluate_all(
        """all => all.map(each => (
            { ...each.getBoundingClientRect().toJSON(), ratio: Number(each.parentElement.dataset.ratio) }
        ))"""
    )
    rows: dict[int, list[dict]] = {}
    for box in boxes:
        rows.setdefault(round(box["top"]), []).append(box)
        assert box["width"] / box["height"] == pytest.approx(box["ratio"], rel=0.02)
    *full, _ = rows.values()
    assert len(full) >= 2
    for row in full:
        assert row[-1]["right"] == pytest.approx(
            boxes[0]["left"] + page.locator("#hits").bounding_box()["width"], abs=1
        )
        assert max(box["height"] for box in row) - min(box["height"] for box in row) < 1


def test_all_of_it_without_scripts(open_context, media, make_image):
    page = open_context(java_script_enabled=False, viewport=DESKTOP).new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("red field")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(HITS).first).to_contain_text("A red field")
    file = make_image("blue", seed=7)
    page.locator("#by-file [name=file]").set_input_files(
        {"name": "sea.png", "mimeType": "image/png", "buffer": file.read()}
    )
    page.get_by_role("button", name="Search by this file").click()
    expect(page.locator(".example")).to_contain_text("sea.png")
