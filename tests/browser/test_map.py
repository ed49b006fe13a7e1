"""The map in a browser: its points are drawn, pointed at, opened, lit up, selected, tagged and searched within."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from media_library import pipeline
from media_library.models import MediaItem
from search import indexing
from search.map import fits, layout
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def library(make_item, monkeypatch) -> dict[str, list[MediaItem]]:
    """Twelve pictures of two colours on a map that is drawn by the first directions: red on one side, blue on the
    other."""
    monkeypatch.setattr(layout, "umap", lambda vectors, neighbours, start: start.astype(np.float64))
    items = {
        colour: [
            make_item(colour, seed=seed, title=f"{colour} {seed}", visibility="public", ready=False)
            for seed in range(6)
        ]
        for colour in ("red", "blue")
    }
    for item in MediaItem.objects.all():
        pipeline.process(item.pk)
    indexing.embed_pending()
    fits.keep_up()
    return items


def open_map(page: Page) -> None:
    page.goto("/map/")
    page.wait_for_selector("#map[data-ready='12']")
    page.wait_for_function("() => document.getElementById('plot').plot.frames > 1")


def pixels(page: Page) -> dict[int, tuple[float, float]]:
    """Where each point is on the page."""
    found = page.evaluate(
        """() => { const canvas = document.getElementById("plot"); const { left, top } = canvas.getBoundingClientRect();
        const all = []; canvas.plot.each((number, x, y) => all.push([number, left + x, top + y])); return all; }"""
    )
    return {number: (x, y) for number, x, y in found}


def opacity(page: Page, item: MediaItem) -> int:
    """How opaque what is drawn at its place is, of 255."""
    return page.evaluate(
        """([x, y]) => { const { plot } = document.getElementById("plot"); const { gl, canvas } = plot; plot.now();
        const box = canvas.getBoundingClientRect(); const ratio = canvas.width / canvas.clientWidth;
        const pixel = new Uint8Array(4); const [across, down] = [(x - box.left) * ratio, (y - box.top) * ratio];
        gl.readPixels(across, canvas.height - down, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); return pixel[3]; }""",
        list(pixels(page)[numbers_of(page, [item])[0]]),
    )


def around(page: Page, numbers: list[int]) -> None:
    """Draw a line around these points."""
    places = [pixels(page)[number] for number in numbers]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    left, right, top, bottom = min(xs) - 14, max(xs) + 14, min(ys) - 14, max(ys) + 14
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 2)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def numbers_of(page: Page, items: list[MediaItem]) -> list[int]:
    """Their places in the order of ids, in which the points come."""
    order = sorted(MediaItem.objects.values_list("pk", flat=True))
    return [order.index(item.pk) for item in items]


def test_points_are_seen_pointed_at_and_opened(page, library):
    open_map(page)
    item = library["red"][0]
    x, y = pixels(page)[numbers_of(page, [item])[0]]
    assert opacity(page, item) > 150
    page.mouse.move(x, y)
    peek = page.locator("#peek")
    expect(peek).to_be_visible()
    expect(peek).to_contain_text(re.compile(r"(red|blue) \d"))
    expect(peek.locator("img")).to_have_attribute("src", re.compile("/thumbnail/$"))
    with page.expect_navigation():
        page.mouse.click(x, y)
    assert re.search(r"/items/[0-9a-f-]{36}/", page.url)


def test_a_line_selects_what_is_then_tagged_taken_back_and_searched_within(own_page, library):
    page = own_page
    open_map(page)
    reds = numbers_of(page, library["red"])
    plain = opacity(page, library["blue"][0])
    page.get_by_role("button", name="Lasso").click()
    around(page, reds)
    expect(page.locator("#chosen")).to_have_text("6 pictures selected.")
    assert page.evaluate("document.activeElement.id") == "chosen"
    expect(page.locator("#list .card")).to_have_count(6)
    # All six of a colour lie on one place.
    assert opacity(page, library["blue"][0]) < plain - 60
    page.fill("#tagging input", "Sunset")
    page.get_by_role("button", name="Tag these").click()
    expect(page.locator(".toast")).to_contain_text("6 items tagged #sunset.")
    assert MediaItem.objects.filter(tags=["sunset"]).count() == 6
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Taken back on 6 items.")
    assert not MediaItem.objects.filter(tags=["sunset"]).exists()
    page.fill("#q", "red")
    page.get_by_role("link", name="Search within these").click()
    expect(page.locator(".chips.on")).to_contain_text("selected on the map")
    expect(page.locator("#hits .card")).to_have_count(6)
    # What is typed next is searched for in the same items.
    page.fill("#q", "blue")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=blue"))
    assert "within=" in page.url


def test_words_light_up_what_fits_and_escape_puts_it_out(page, library):
    open_map(page)
    plain = opacity(page, library["blue"][0])
    page.keyboard.press("/")
    page.keyboard.type("red")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("6 items stand out for “red”")
    assert opacity(page, library["red"][0]) >= plain
    assert opacity(page, library["blue"][0]) < plain - 60
    page.locator("#plot").press("Escape")
    assert opacity(page, library["blue"][0]) == plain


def test_it_can_be_used_by_keys_alone(page, library):
    open_map(page)
    plot = page.locator("#plot")
    before = pixels(page)[0]
    plot.press("ArrowRight")
    assert pixels(page)[0][0] == pytest.approx(before[0] - 60, abs=1)
    plot.press("+")
    plot.press("0")
    assert pixels(page)[0] == pytest.approx(before, abs=1)
    page.select_option("#view", "room")
    turned = pixels(page)[0]
    plot.press("ArrowLeft")
    assert pixels(page)[0] != pytest.approx(turned, abs=1)
    page.select_option("#view", "pca")
    page.select_option("#colour", "kind")
    entry = page.get_by_role("list", name="Legend").get_by_role("button")
    expect(entry).to_have_text(re.compile("Picture 12"))
    entry.press("Enter")
    expect(entry).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Select what is in view").press("Enter")
    expect(page.locator("#chosen")).to_have_text("12 pictures selected.")
    page.keyboard.press("Tab")
    page.locator("#list a").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#selected")).to_be_hidden()


def test_a_finger_sees_before_it_opens(open_context, library):
    page = open_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    open_map(page)
    page.locator("#plot").scroll_into_view_if_needed()
    page.touchscreen.tap(*next(iter(pixels(page).values())))
    expect(page.locator("#peek")).to_be_visible()
    assert page.url.endswith("/map/")
    with page.expect_navigation():
        page.locator("#peek").tap()
    assert "/items/" in page.url


def test_names_of_groups_keep_clear_of_the_buttons(open_context, library):
    page = open_context(viewport=PHONE).new_page()
    open_map(page)
    named = page.locator("#labels span:visible").first
    name, buttons = named.bounding_box(), page.locator(".map-zoom").bounding_box()
    points = pixels(page)
    middles = [np.median([points[number] for number in numbers_of(page, items)], axis=0) for items in library.values()]
    # Its own group is the nearest, also where the name was moved in from the edge.
    centre = name["x"] + name["width"] / 2, name["y"] + name["height"] / 2
    middle = min(middles, key=lambda each: np.hypot(*(each - centre)))
    across = buttons["x"] + buttons["width"] / 2 - middle[0]
    down = buttons["y"] + buttons["height"] / 2 - middle[1]
    canvas = page.locator("#plot").bounding_box()
    x, y = canvas["x"] + 5, canvas["y"] + 5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "due => Math.abs(document.querySelector('#labels span:not([hidden])').getBoundingClientRect().y - due) < 2",
        arg=name["y"] + down,
    )
    moved = named.bounding_box()
    assert moved["x"] + moved["width"] <= buttons["x"]


def test_without_webgl_a_sentence_says_so(open_context, library):
    page = open_context().new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/map/")
    expect(page.locator("#wait")).to_contain_text("This browser cannot draw the map")


# The answer with the points, in two parts of which the second waits for `send()`, or never comes where that says false.
IN_PARTS = """(() => {
    const fetched = window.fetch;
    window.fetch = async (address, ...rest) => {
        const answer = await fetched(address, ...rest);
        if (!String(address).includes("/map/points/")) return answer;
        const all = new Uint8Array(await answer.arrayBuffer());
        const begins = 12 + new DataView(all.buffer).getUint32(8, true);
        const enough = begins + JSON.parse(new TextDecoder().decode(all.subarray(12, begins))).drawable;
        return new Response(new ReadableStream({ async start(out) {
            // Cut anywhere, also inside the header.
            const cuts = [0, 5, 40, begins + 3, enough];
            cuts.slice(1).forEach((cut, number) => out.enqueue(all.slice(cuts[number], cut)));
            if (await new Promise((done) => { window.send = done; })) out.enqueue(all.slice(enough));
            out.close();
        } }));
    };
})()"""


def test_points_are_drawn_while_the_rest_is_still_on_its_way(page, library):
    page.add_init_script(IN_PARTS)
    page.goto("/map/")
    page.wait_for_function("() => document.getElementById('plot').plot.n === 12 && window.send")
    expect(page.get_by_role("list", name="Legend").get_by_role("button").first).to_be_visible()
    expect(page.locator("#wait")).to_be_hidden()
    assert page.locator("#map").get_attribute("data-ready") is None
    # What needs the rest waits for it.
    page.select_option("#view", "room")
    assert not page.evaluate("document.getElementById('plot').plot.room")
    page.evaluate("send(true)")
    page.wait_for_selector("#map[data-ready='12']")
    page.wait_for_function("() => document.getElementById('plot').plot.room")
    # And so it is the same as one that comes in one piece.
    numbers = numbers_of(page, library["red"])
    assert page.evaluate("document.getElementById('plot').plot.projected().at.every(Number.isFinite)")
    page.select_option("#view", "umap")
    page.get_by_role("button", name="Lasso").click()
    around(page, numbers)
    expect(page.locator("#chosen")).to_have_text("6 pictures selected.")


def test_an_answer_that_ends_too_early_is_told(page, library):
    page.add_init_script(IN_PARTS)
    page.goto("/map/")
    page.wait_for_function("() => document.getElementById('plot').plot.n === 12 && window.send")
    page.evaluate("send(false)")
    expect(page.locator("#wait")).to_contain_text("The points could not be loaded. Try again in a moment.")
    assert page.evaluate("document.getElementById('plot').plot.n") == 0


# What is pointed at, by its cell of the screen and by looking at all, at places all over the map.
POINTED = """() => {
    const { plot } = document.getElementById("plot");
    const all = [];
    plot.each((number, x, y) => all.push([number, x, y]));
    const found = [];
    for (let x = 0; x < plot.width; x += 7)
        for (let y = 0; y < plot.height; y += 7) {
            const near = Math.min(...all.map(([, px, py]) => Math.hypot(px - x, py - y)));
            const [away, got] = [near <= 24 ? near : -1, plot.at(x, y, 24)];
            const told = got < 0 ? -1 : Math.hypot(all[got][1] - x, all[got][2] - y);
            if (Math.abs(told - away) > 0.01) found.push([x, y, told, away]);
        }
    return [found, all.length];
}"""


def test_what_is_pointed_at_is_the_nearest_point_wherever_one_looks_from(page, library):
    open_map(page)
    assert page.evaluate(POINTED) == [[], 12]
    page.locator("#plot").press("+")
    page.locator("#plot").press("ArrowDown")
    assert page.evaluate(POINTED) == [[], 12]
    page.select_option("#view", "room")
    page.wait_for_function("() => document.getElementById('plot').plot.room")
    page.locator("#plot").press("ArrowLeft")
    assert page.evaluate(POINTED) == [[], 12]


def test_where_frames_come_slowly_some_points_are_drawn_until_it_rests(page, library):
    open_map(page)
    page.evaluate(
        """() => { const { plot } = document.getElementById("plot"); const { gl } = plot; window.drawn = [];
        const draw = gl.drawArrays.bind(gl);
        gl.drawArrays = (...what) => { window.drawn.push(what[2]); draw(...what); };
        // As with a hundred thousand points: a few are always all drawn.
        plot.pace(100); window.few = plot.share;
        plot.n = 100000; for (let frame = 0; frame < 50; frame += 1) plot.pace(100); window.least = plot.share;
        for (let frame = 0; frame < 50; frame += 1) plot.pace(16); window.most = plot.share;
        plot.n = 12; plot.share = 0.5; plot.pace = () => {}; }"""
    )
    assert page.evaluate("[few, least, most]") == [1, 0.1, 1]
    page.locator("#plot").press("ArrowRight")
    page.wait_for_function("() => drawn.length > 1 && drawn.at(-1) === 12")
    assert page.evaluate("drawn[0]") == 6


def test_a_map_that_is_being_drawn_appears_by_itself(page, make_item, monkeypatch):
    make_item("red", visibility="public")
    page.goto("/map/")
    expect(page.locator("main")).to_contain_text("The map is not drawn yet")
    fits.keep_up()
    page.wait_for_selector("#map[data-ready='1']")
