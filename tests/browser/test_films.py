"""Films as a person uses them: rows, opinions at a click, search with sliders, choosing to begin with."""

import re

import pytest
from playwright.sync_api import Page, expect

from recommender import opinions
from recommender.models import Opinion
from tests.browser.conftest import PHONE
from tests.browser.test_search import give
from tests.recommender.conftest import embed, make_film, poster  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLES = ("A dog and a robot", "Night of the witch", "Morning of the witch", "The hero flies", "The hero falls", "Lost")
COLOURS = ("red", "black", "maroon", "blue", "navy", "")


@pytest.fixture
def films(make_film, embed):  # noqa: F811
    made = [
        make_film(
            number,
            title,
            colour,
            overview=f"A story about {title.lower()}.",
            genres=[{"name": "Horror" if "witch" in title else "Action"}],
            release_date=f"20{10 + number}-01-01",
            vote_average=7,
            vote_count=number * 100,
        )
        for number, (title, colour) in enumerate(zip(TITLES, COLOURS, strict=True), start=1)
    ]
    embed()
    return made


def card(page: Page, title: str):
    return page.locator(".film", has=page.locator(".name", has_text=title)).first


def pressed(page: Page, title: str, name: str):
    return card(page, title).get_by_role("button", name=re.compile(f"^{name}"), pressed=True, include_hidden=True)


def test_what_is_said_shows_at_once_and_is_taken_back(own_page, user, films):
    page = own_page
    page.goto("/films/")
    lost = card(page, "Lost")
    lost.hover()
    lost.get_by_role("button", name="Like Lost", exact=True).click()
    expect(pressed(page, "Lost", "Like")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("You like “Lost”.")
    assert Opinion.objects.get(user=user).liked == 1
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(pressed(page, "Lost", "Like")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Taken back.")
    # What nobody wants to see leaves the row, and comes back.
    lost.hover()
    lost.get_by_role("button", name="Not interested in Lost").click()
    expect(lost).to_be_hidden()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(card(page, "Lost")).to_be_visible()
    # Where it cannot be said, it is not shown as said.
    page.route("**/films/say/", lambda route: route.abort())
    lost.hover()
    lost.get_by_role("button", name="Seen Lost").click()
    expect(page.locator(".toast")).to_contain_text("That did not work.")
    expect(pressed(page, "Lost", "Seen")).to_have_count(0)


def test_rows_by_keys_alone(own_page, user, films):
    opinions.like(user, films[1])
    page = own_page
    page.goto("/films/")
    expect(page.get_by_role("heading", name="Because you liked Night of the witch")).to_be_attached()
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    # Each row is one stop.
    newest = page.get_by_role("region", name="Newest")
    newest.locator(".poster").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    focused = newest.locator(".film", has=page.locator(".poster:focus"))
    expect(focused.locator(".name")).to_have_text("The hero flies")
    assert newest.locator(".poster[tabindex='0']").count() == 1
    page.keyboard.press("l")
    expect(pressed(page, "The hero flies", "Like")).not_to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("You like “The hero flies”.")
    page.keyboard.press("h")
    expect(newest.locator(".poster:focus")).to_have_count(1)
    expect(focused.locator(".name")).not_to_have_text("The hero flies")
    # In another row the same film shows the same.
    page.keyboard.press("ArrowUp")
    expect(newest.locator(".poster:focus")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/films/[0-9a-f-]{36}/$"))


def test_what_is_said_last_is_kept_when_the_page_is_left_at_once(own_page, user, films):
    page, film = own_page, films[0]
    page.goto(film.get_absolute_url())
    page.get_by_role("button", name=re.compile("^Like")).first.click()
    page.get_by_role("radio", name="4 stars").check(force=True)
    page.goto("/films/")
    said = Opinion.objects.filter(user=user, movie=film, liked=1, rating=4, watched=True)
    for _ in range(50):
        if said.exists():
            break
        page.wait_for_timeout(100)
    assert said.exists()


def test_stars_by_keys_and_the_tabs(own_page, user, films):
    page = own_page
    page.goto(films[3].get_absolute_url())
    page.get_by_role("radio", name="3 stars").check(force=True)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stars output")).to_have_text("3½ stars")
    expect(page.locator(".toast")).to_contain_text("is rated")
    expect(page.get_by_role("button", name="Seen it", pressed=True)).to_be_visible()
    assert Opinion.objects.get(user=user).rating == 3.5
    page.get_by_role("button", name="Take the rating back").click()
    expect(page.locator(".stars :checked")).to_have_count(0)
    alike = page.locator("#alike-films")
    expect(alike.locator(".film").first).to_contain_text("The hero falls")
    page.get_by_role("radio", name="Look").check(force=True)
    expect(alike.locator(".film").first).to_contain_text("The hero falls")
    expect(alike.locator(".film", has_text="Lost")).to_have_count(0)
    page.goto(films[5].get_absolute_url())
    expect(page.locator(".one-film .drawn")).to_contain_text("Lost")
    page.get_by_role("radio", name="Look").check(force=True)
    expect(alike).to_contain_text("Nothing can be told by its look")


def test_search_with_sliders_genres_and_films_as_examples(page, films):
    page.goto("/films/")
    page.get_by_role("searchbox").fill("witch")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/films/search/\?q=witch$"))
    page.evaluate("window.same = true")
    page.get_by_label(re.compile("^Look")).fill("0")
    expect(page).to_have_url(re.compile(r"look=0(&|$)"))
    expect(page.locator("#hits .film-reasons", has_text="poster")).to_have_count(0)
    expect(page.locator("output[for=look]")).to_have_text("0%")
    page.get_by_label(re.compile("^Story")).fill("0")
    expect(page.locator("#results")).to_contain_text("Move one of the sliders up")
    page.get_by_label(re.compile("^Story")).fill("1")
    page.locator(".genres").get_by_text("Horror").click()
    expect(page.locator("#hits .film")).to_have_count(2)
    assert page.evaluate("window.same")
    night = card(page, "Night of the witch")
    night.hover()
    night.get_by_role("link", name="More like Night of the witch").click()
    chip = page.locator(".example")
    expect(chip).to_contain_text("More like")
    expect(page.locator("#hits .film")).to_have_count(1)
    chip.get_by_title("Less like it").click()
    expect(page.locator(".example")).to_contain_text("Less like")
    expect(page).to_have_url(re.compile(r"genre=Horror"))
    # The address alone brings all of it back.
    page.goto(page.url)
    expect(page.get_by_role("searchbox")).to_have_value("witch")
    expect(page.locator("output[for=look]")).to_have_text("0%")
    expect(page.locator(".genres :checked")).to_have_count(1)


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_by_a_picture_from_the_page_of_rows(page, films, make_image, how):
    page.goto("/films/")
    give(page, make_image("blue", seed=7), how)
    expect(page.locator(".example")).to_contain_text("blue.png")
    expect(page.locator("#hits .film").first).to_contain_text("The hero")


def test_choosing_three_to_begin_with(own_page, user, films):
    page = own_page
    page.goto("/films/")
    page.get_by_role("link", name="Choose films").click()
    done = page.get_by_role("button", name="Show films for me")
    expect(done).to_be_disabled()
    page.locator(".choice", has_text="Night of the witch").click()
    page.locator(".choice", has_text="The hero flies").click()
    expect(page.locator("#count")).to_have_text("2 of 3 chosen")
    page.get_by_role("searchbox").fill("los")
    expect(page.locator(".choice")).to_have_count(3)
    page.locator(".choice", has_text="Lost").click()
    expect(page.locator("#count")).to_have_text("3 chosen")
    done.click()
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    for_you = page.get_by_role("region", name="For you")
    expect(for_you.locator(".name", has_text="Morning of the witch")).to_have_count(1)
    page.goto("/films/mine/")
    expect(page.locator("#mine .film")).to_have_count(3)
    expect(page.get_by_role("heading", name="What you seem to like")).to_be_visible()
    card(page, "Lost").get_by_role("button", name="Remove Lost").click()
    expect(card(page, "Lost")).to_be_hidden()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(card(page, "Lost")).to_be_visible()


def test_without_scripts_everything_can_be_said(open_context, user, films):
    page = open_context(signed_in=user, java_script_enabled=False).new_page()
    page.goto("/films/search/?q=witch")
    page.get_by_role("button", name="Like Night of the witch", exact=True).click(force=True)
    expect(page).to_have_url(re.compile(r"/films/search/\?q=witch$"))
    expect(page.locator(".toast")).to_contain_text("You like “Night of the witch”.")
    page.goto(films[0].get_absolute_url())
    page.get_by_role("radio", name="4 stars").check(force=True)
    page.get_by_role("button", name="Save").click()
    assert set(Opinion.objects.values_list("liked", "rating")) == {(1, None), (None, 4.0)}


def test_on_a_phone_by_touch(open_context, user, films):
    page = open_context(signed_in=user, viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    page.goto("/films/")
    like = page.get_by_role("button", name="Like Lost", exact=True).first
    like.tap()
    expect(pressed(page, "Lost", "Like")).not_to_have_count(0)
    box = like.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    expect(page.get_by_role("link", name="Films", exact=True)).to_have_attribute("aria-current", "page")
    for tab in page.locator("nav.places a").all():
        edges = tab.bounding_box()
        assert edges["x"] >= 0
        assert edges["x"] + edges["width"] <= PHONE["width"]


def test_an_item_shows_films_that_look_like_it(page, films, make_item):
    item = make_item("blue", visibility="public")
    page.goto(item.get_absolute_url())
    section = page.get_by_role("region", name="Films that look like it")
    expect(section.locator(".film").first).to_contain_text("The hero")
    section.get_by_role("link", name="Search films by it").click()
    expect(page.locator(".example")).to_contain_text("More like")
