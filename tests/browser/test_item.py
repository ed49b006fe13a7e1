"""The page of an item shows where the hit is: the page and its box, the stretch of sound, the passage, the moment."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files import File
from django.urls import reverse
from playwright.sync_api import expect

from media_library.models import SegmentKind
from tests.browser.conftest import DESKTOP, PHONE
from tests.clips import clip
from tests.media import shelf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def lines(number: int) -> list[str]:
    return [f"Page {number} is about herons", "that stand in the harbour", "and wait for the tide."]


@pytest.fixture
def guide(no_queue, user):
    return shelf.document(user, [lines(number) for number in range(1, 31)], title="A guide")


@pytest.fixture
def talk(make_item, tmp_path):
    np = pytest.importorskip("numpy")
    from tests.media.sounds import silence, speech, write_sound

    samples = np.concatenate([speech(6), silence(2), speech(9, 4), silence(2), speech(12, 9)])
    with write_sound(tmp_path / "talk.wav", samples).open("rb") as file:
        return make_item(file=File(file, name="talk.wav"), title="A talk", visibility="public")


def middle(box: dict[str, float]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class TestDocuments:
    def test_the_hit_is_marked_where_it_stands_on_its_page(self, open_context, guide):
        passage = guide.segments.get(kind=SegmentKind.PASSAGE, page=7)
        for viewport in (DESKTOP, PHONE):
            page = open_context(viewport=viewport).new_page()
            page.goto(f"{guide.get_absolute_url()}?page=7&segment={passage.pk}&q=harbour")
            sheet = page.locator(".sheet img").bounding_box()
            for name, (left, top, right, bottom) in {".hit": passage.box, ".mark": passage.lines[1][1]}.items():
                page.wait_for_selector(f".sheet {name}", state="attached")
                box = page.locator(f".sheet {name}").first.bounding_box()
                # Within two pixels, which is about the width of its line.
                assert box["y"] == pytest.approx(sheet["y"] + top * sheet["height"], abs=2.5)
                assert box["height"] == pytest.approx((bottom - top) * sheet["height"], abs=5)
                assert sheet["x"] + left * sheet["width"] - 3 <= box["x"]
                assert box["x"] + box["width"] <= sheet["x"] + right * sheet["width"] + 3
            assert 0 <= middle(box)[1] < viewport["height"]

    def test_pages_are_turned_by_keys_and_the_address_follows(self, page, guide):
        page.goto(f"{guide.get_absolute_url()}?page=2")
        number = page.locator("#page-number")
        for key, expected in (("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1), ("ArrowLeft", 1)):
            page.keyboard.press(key)
            expect(number).to_have_value(str(expected))
        page.locator("#page-next").focus()
        for key, expected in (("PageDown", 2), ("End", 30), ("PageUp", 29), ("Home", 1), ("Enter", 1)):
            page.keyboard.press(key)
            expect(number).to_have_value(str(expected))
        # At the first page the way back is gone; the focus is still among the pages.
        assert page.evaluate("document.getElementById('document').contains(document.activeElement)")
        page.keyboard.press("End")
        expect(page.locator("#page-said")).to_have_text("Page 30 of 30")
        expect(page.locator("#strip [aria-current]")).to_have_attribute("data-page", "30")
        page.wait_for_url("**?page=30")
        page.reload()
        expect(page.locator(".sheet img")).to_have_attribute("alt", "Page 30; its text follows")

    def test_a_page_is_gone_to_by_its_number_and_by_its_picture(self, page, guide):
        page.goto(guide.get_absolute_url())
        page.locator("#page-number").fill("12")
        page.keyboard.press("Enter")
        page.wait_for_url("**?page=12")
        page.locator("#strip [data-page='14']").click()
        page.wait_for_url("**?page=14")
        # Its text stays open from page to page.
        page.get_by_text("Text of this page").click()
        page.get_by_role("link", name="Next page").click()
        expect(page.locator("#page-words")).to_contain_text("Page 15 is about herons")
        expect(page.locator("#page-words")).to_be_visible()
        assert page.evaluate("document.activeElement.id") == "page-next"

    def test_where_else_the_words_stand_is_one_click_away(self, page, guide):
        guide.segments.filter(kind=SegmentKind.PASSAGE).exclude(page__in=(3, 20)).delete()
        page.goto(f"{guide.get_absolute_url()}?page=3&q=herons")
        expect(page.locator("#strip .found")).to_have_count(2)
        page.get_by_role("link", name="Found on 2 pages: go to page 20").click()
        page.wait_for_url("**?page=20&q=herons")
        page.wait_for_selector(".sheet .mark", state="attached")

    def test_without_a_script_pages_are_turned_by_links(self, open_context, guide):
        page = open_context(java_script_enabled=False).new_page()
        page.goto(f"{guide.get_absolute_url()}?page=4&q=heron")
        page.get_by_role("link", name="Next page").click()
        assert page.url.endswith("?page=5&q=heron")
        page.locator("#page-number").fill("9")
        page.keyboard.press("Enter")
        expect(page.locator(".sheet img")).to_have_attribute("alt", "Page 9; its text follows")

    def test_the_words_on_a_page_can_be_selected(self, page, guide):
        page.goto(f"{guide.get_absolute_url()}?page=6")
        box = page.locator(".letters text").nth(1).bounding_box()
        page.mouse.dblclick(box["x"] + box["width"] * 0.9, middle(box)[1])
        assert page.evaluate("getSelection().toString()").strip() == "harbour"


class TestSounds:
    def test_it_stands_at_the_stretch_that_was_found_and_is_silent(self, page, talk):
        stretch = talk.segments.filter(kind=SegmentKind.SOUND).order_by("ordinal")[1]
        page.goto(f"{talk.get_absolute_url()}?t={stretch.start:.3f}")
        page.wait_for_function("() => document.getElementById('audio').readyState > 0")
        assert page.evaluate("document.getElementById('audio').currentTime") == pytest.approx(stretch.start, abs=0.1)
        assert page.evaluate("document.getElementById('audio').paused")
        slider = page.get_by_role("slider", name="Position")
        assert int(slider.get_attribute("aria-valuenow")) == pytest.approx(stretch.start, abs=1)
        expect(page.locator(".chip[aria-current]")).to_have_count(1)
        heard = page.locator("#heard-part").evaluate("each => each.width.baseVal.value / 120")
        assert heard == pytest.approx(stretch.start / talk.duration, abs=0.02)

    def test_it_is_sought_by_keys_and_by_pointing(self, page, talk):
        page.goto(talk.get_absolute_url())
        page.wait_for_function("() => document.getElementById('audio').readyState > 0")
        time = "document.getElementById('audio').currentTime"
        slider = page.get_by_role("slider", name="Position")
        slider.focus()
        for key, expected in (("ArrowRight", 5), ("ArrowRight", 10), ("ArrowLeft", 5), ("Home", 0), ("PageUp", 30)):
            slider.press(key)
            assert page.evaluate(time) == pytest.approx(expected, abs=0.1)
        box = slider.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.25, middle(box)[1])
        page.mouse.down()
        assert page.evaluate(time) == pytest.approx(talk.duration * 0.25, abs=0.3)
        page.mouse.move(box["x"] + box["width"] * 0.5, middle(box)[1])
        page.mouse.up()
        assert page.evaluate(time) == pytest.approx(talk.duration * 0.5, abs=0.3)

    def test_a_stretch_plays_when_it_is_chosen(self, page, talk):
        stretch = talk.segments.filter(kind=SegmentKind.SOUND).order_by("ordinal")[2]
        page.goto(talk.get_absolute_url())
        page.locator(".stretches .chip").nth(2).click()
        page.wait_for_function(f"() => document.getElementById('audio').currentTime > {stretch.start}")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("slider", name="Position").press(" ")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()

    def test_without_a_script_the_browser_plays_it(self, open_context, talk):
        page = open_context(java_script_enabled=False).new_page()
        page.goto(talk.get_absolute_url())
        assert page.locator("audio").get_attribute("controls") is not None
        expect(page.locator("#controls")).to_be_hidden()


class TestTexts:
    def test_it_opens_at_the_passage_that_was_found_with_its_words_marked(self, open_context, no_queue, user):
        page = open_context(viewport=PHONE).new_page()
        passages = [f"Passage {number}: the boats lay there. " * 40 for number in range(60)]
        passages[50] = "Fog lay over the Häfen, and the fishing boats stayed."
        item = shelf.text(user, passages, title="Notes")
        hit = item.segments.get(kind=SegmentKind.PASSAGE, ordinal=50)
        page.goto(f'{item.get_absolute_url()}?segment={hit.pk}&q=fished hafen -boats "lay"')
        passage = page.locator(f"#segment-{hit.pk}")
        expect(passage).to_be_in_viewport()
        assert passage.locator("mark").all_text_contents() == ["lay", "Häfen", "fishing"]
        # What stands before it comes when it is asked for, and is not all of it.
        page.get_by_role("link", name="What stands before").click()
        expect(page.locator(".reading section")).to_have_count(40 + 12)

    def test_what_is_hostile_in_markdown_does_nothing(self, page, no_queue, user):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        item = shelf.text(
            user,
            [
                "<script>alert(1)</script> <img src=x onerror=alert(2)> <svg onload=alert(3)>",
                "![a](https://evil.example/pixel.png) [b](javascript:alert(4)) <iframe src=//evil.example></iframe>",
                "[c](https://example.org/) [d](//evil.example/) <style>body { display: none }</style>",
            ],
            markdown=True,
        )
        page.goto(f"{item.get_absolute_url()}?q=alert")
        text = page.locator("#text")
        expect(text).to_contain_text("<script>alert(1)</script>")
        assert not [url for url in asked if "evil.example" in url]
        assert text.locator("script, img, svg, iframe, style").count() == 0
        for link in text.locator("a").all():
            assert link.get_attribute("href") in (None, "https://example.org/")
        text.get_by_text("[b](javascript:").first.click()


class TestTextInPictures:
    def test_a_line_shows_where_it_stands(self, page, make_item, make_image):
        picture = make_item(file=make_image("white", size=(600, 400)), visibility="public")
        shelf.writing(picture, ["Harbour closed", "from six to nine"])
        page.goto(f"{picture.get_absolute_url()}?q=closed")
        seen = page.locator("#pictured img").bounding_box()
        page.wait_for_selector("#pictured .mark", state="attached")
        mark = page.locator("#pictured .mark").bounding_box()
        assert mark["y"] == pytest.approx(seen["y"] + 0.1 * seen["height"], abs=2.5)
        assert mark["x"] > seen["x"] + 0.3 * seen["width"]
        lines = page.locator("#written li")
        lines.nth(0).hover()
        expect(page.locator("#lines .on")).to_have_count(1)
        lines.nth(0).focus()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == "from six to nine"
        assert page.locator("#lines rect").nth(1).get_attribute("class") == "on"
        page.get_by_role("button", name="Show where").press("Enter")
        expect(page.get_by_role("button", name="Show where")).to_have_attribute("aria-pressed", "true")

    def test_words_in_a_moment_are_marked_in_its_picture_until_it_plays(self, page, make_item, tmp_path):
        video = make_item(file=clip(tmp_path, scenes=3), visibility="public")
        moment = video.segments.filter(kind=SegmentKind.FRAME).order_by("ordinal")[1]
        shelf.writing(video, ["News at ten"], start=moment.start)
        page.goto(f"{video.get_absolute_url()}?t={moment.start:.3f}&q=news")
        assert page.locator("#video").get_attribute("poster") == reverse("segment-picture", args=[moment.pk])
        page.wait_for_selector("#moment-marks .mark", state="attached")
        expect(page.locator("#timeline [aria-current]")).to_have_attribute("data-seek", f"{moment.start:g}")
        page.locator(".said a").click()
        expect(page.locator("#moment-marks")).to_have_count(0)
        page.wait_for_function(f"() => document.getElementById('video').currentTime >= {moment.start}")


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_viewer_and_nothing_sticks_out(
    open_context, guide, talk, make_item, make_image, tmp_path, user, viewport, scheme
):
    shelf.figure(guide, 3, "Figure 1: A heron")
    table = "| " + " | ".join(f"a column of its own {number}" for number in range(12)) + " |\n" + "|---" * 12 + "|\n"
    notes = shelf.text(user, ["# Notes\n\n- [a link](https://example.org)\n\n`code`", table, "x" * 400], markdown=True)
    picture = make_item(file=make_image("white", size=(600, 400)), visibility="public")
    shelf.writing(picture, ["Harbour closed", "from six to nine"])
    video = make_item(file=clip(tmp_path, scenes=3), visibility="public")
    shelf.writing(video, ["News at ten"], start=video.segments.filter(kind=SegmentKind.FRAME)[1].start)
    page = open_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce").new_page()
    found = {}
    for item in (guide, talk, notes, picture, video):
        page.goto(f"{item.get_absolute_url()}?page=3&t=8&q=harbour notes news heron")
        page.evaluate("document.getElementById('page-text')?.setAttribute('open', '')")
        if broken := Axe().run(page).response["violations"]:
            found[item.kind] = [(rule["id"], rule["nodes"][0]["html"]) for rule in broken]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > viewport["width"]:
            found[f"{item.kind} sticks out"] = wide
    assert not found, json.dumps(found, indent=1)


def test_on_a_phone_what_a_text_is_stands_above_it(open_context, user):
    notes = shelf.text(user, [f"Passage {number}. " + "Words. " * 60 for number in range(30)], title="Notes")
    page = open_context(signed_in=user, viewport=PHONE).new_page()
    page.goto(notes.get_absolute_url())
    title, text = page.get_by_role("heading", name="Notes").bounding_box(), page.locator("#text").bounding_box()
    assert title["y"] + title["height"] < text["y"]
    assert title["y"] < PHONE["height"]
