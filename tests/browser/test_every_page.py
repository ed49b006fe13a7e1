"""What holds for every page: it fits a phone, and anybody can use it."""

import io
import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from PIL import Image

from media_library import albums, services, sharing
from media_library.asking import answers, caption_runs
from media_library.extracting import invoices
from media_library.extraction.schemas import Invoice as Read
from media_library.models import Extraction
from recommender import opinions
from recommender import services as film_services
from recommender.importing.facts import facts_of
from recommender.models import Movie
from search import indexing, spaces
from search.map import fits
from search.rag import answering
from search.rag.answering import Question
from tests.browser.axe import OF_COLOURS, violations
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "first": "/",
    "results": "/?q=red field",
    "like": "/?like={red}",
    "nothing": "/?tag=nothing",
    "problem": "/?from=x",
    "picture": "/items/{red}/",
    "video": "/items/{video}/",
    "failed": "/items/{blue}/",
    "edit": "/items/{red}/edit/",
    "upload": "/upload/",
    "library": "/library/",
    "failures": "/library/?status=failed",
    "trash": "/library/?trash=on",
    "albums": "/albums/",
    "album": "/albums/{album}/",
    "no album": "/albums/?show=shared",
    "new album": "/albums/new/",
    "sharing": "/albums/{album}/shares/",
    "duplicates": "/library/duplicates/",
    "ask": "/ask/",
    "chat": "/ask/{chat}/",
    "invoices": "/invoices/",
    "invoice": "/items/{red}/invoice/",
    "no invoice": "/items/{video}/invoice/",
    "table": "/items/{red}/table/?q=highest count",
    "table to change": "/items/{red}/table/?reshape=1",
    "no table": "/items/{video}/table/",
    "table that waits": "/items/{blue}/table/",
    "flow chart": "/items/{red}/flowchart/",
    "two readings": "/items/{red}/readings/table/compare/?all=1",
    "map": "/map/",
    "jobs": "/jobs/",
    "searches": "/searches/",
    "into an album": "/albums/add/?item={red}",
    "asked about": "/items/{red}/?conversation={conversation}",
    "captions": "/captions/{captions}/",
    "new captions": "/captions/new/?item={red}",
    "hidden message": "/hidden-message/",
    "films": "/films/",
    "a row of films": "/films/rows/for-you/",
    "film": "/films/{film}/",
    "drawn film": "/films/{drawn}/",
    "films found": "/films/search/?q=witch&like={film}&genre=Horror",
    "films filtered": "/films/search/?from=1990&vote=6",
    "no film fits": "/films/search/?from=1800&to=1801",
    "films to start with": "/films/start/",
    "my films": "/films/mine/",
    "lost": "/no/such/page/",
}


@pytest.fixture
def addresses(media, make_item, make_user):
    services.mark_failed(media["blue"].pk, "The file ends in the middle. " + "Copyitagainfromthecamera" * 4)
    services.delete_item(make_item("gold"))
    make_item("navy", ready=False, title="a_file_name_without_any_space_in_it_" * 5)
    ids = {name: item.pk for name, item in media.items()}
    asked = answers.whole(media["red"].owner, media["red"], answers.check("describe", ""))
    ids["conversation"] = asked.conversation.pk
    ids["captions"] = caption_runs.start(media["red"].owner, media["red"].owner.items.all()).pk
    caption_runs.caption_pending()
    ids["chat"] = answering.whole(media["red"].owner, Question("Which red thing is there?"))[1].conversation.pk
    read = {"vendor": {"value": "Redred", "confidence": 0.2}, "total": "2.00", "lines": [{"description": "A thing"}]}
    data = Read.model_validate(read).model_dump(mode="json")
    invoices.take(Extraction.objects.create(item=media["red"], provider="reader", state="done", data=data))
    _read(media["red"])
    Extraction.objects.create(
        item=media["blue"],
        kind="table",
        provider="reader",
        data={"pages": 9, "pages_read": 2},
        asked_by=media["blue"].owner,
    )
    ids["album"] = _shared_album(media["red"].owner, make_user("grace")).pk
    ids |= _films(media["red"].owner)
    # Of few items, so without UMAP.
    fits.ask_for(spaces.serving()["visual"]), fits.keep_up()
    return {name: path.format(**ids) for name, path in PAGES.items()}


def _read(item):
    """A table with a long word that was hard to read, read twice, and a flow chart."""
    texts = (("Name", "Count"), ("Averylongwordwithoutanyspace" * 3, "4"), ("Red", "9"))
    cells = [
        {"row": row, "column": column, "text": text, "confidence": 0.5}
        for row, pair in enumerate(texts)
        for column, text in enumerate(pair)
    ]
    tables = {"tables": [{"rows": 3, "columns": 2, "cells": cells}] * 2}
    fields = {"item": item, "provider": "reader", "state": "done"}
    Extraction.objects.create(kind="table", chosen=True, data=tables, **fields)
    Extraction.objects.create(kind="table", data={"tables": tables["tables"][:1]}, **fields)
    shapes = [{"id": number, "kind": "decision", "text": f"Red {number}?", "lane": "Fields"} for number in range(3)]
    edges = [{"start": 0, "end": 1, "label": "yes"}, {"start": 1, "end": 2}, {"start": 2, "end": 0, "confidence": 0.2}]
    Extraction.objects.create(kind="flowchart", chosen=True, data={"shapes": shapes, "edges": edges}, **fields)


def _shared_album(owner, guest):
    album = albums.make_album(owner, "Fields, and what grows on them", "All colours of them")
    albums.add_items(album, owner, owner.items.all())
    sharing.share(album, owner, person=guest.username, may_edit=True)
    return album


def _films(fan):
    rows = [
        {"id": number, "title": f"Night of witch number {number}", "genres": [{"name": "Horror"}], "vote_count": 90}
        | {"release_date": f"20{number}-01-01", "vote_average": 7.5, "overview": "A witch flies.", "runtime": 100}
        for number in range(10, 22)
    ]
    film_services.upsert_films([facts_of(row) for row in rows])
    films = list(Movie.objects.order_by("tmdb_id"))
    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "purple").save(picture, "PNG")
    for film in films[1:]:
        film_services.set_poster(film, ContentFile(picture.getvalue(), "poster.png"))
    indexing.embed_missing()
    opinions.like(fan, films[1])
    opinions.rate(fan, films[1], 4.5)
    return {"drawn": films[0].pk, "film": films[1].pk}


ROWS_HAVE_COME = """() => {
    const waiting = document.querySelector(":is(.reel, #alike-films) > .waits");
    waiting?.scrollIntoView();
    return !waiting;
}"""


# Selectors with a class that fit something on a page, of sheets that it does not load.
UNSTYLED = """(sheets) => {
    const loaded = [...document.querySelectorAll("link[rel=stylesheet]")].map(({ href }) => href.split("/").pop());
    const missing = [];
    for (const [name, text] of Object.entries(sheets)) {
        if (loaded.includes(name)) continue;
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        for (const { selectorText } of sheet.cssRules)
            if (selectorText?.includes(".") && document.querySelector(selectorText)) missing.push(name + selectorText);
    }
    return missing;
}"""

SETTLED = "() => !document.getAnimations().some((each) => each instanceof CSSTransition)"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_nothing_sticks_out_and_styles_are_there(open_context, user, addresses, viewport):
    """Each page is loaded once for each width, looked at in the light, and then in the dark.

    Darkness changes colours alone, as tests/config/test_darkness.py holds.
    """
    context = open_context(signed_in=user, viewport=viewport, color_scheme="light", reduced_motion="reduce")
    page, found, sheets = context.new_page(), {}, _sheets()
    for name, address in addresses.items():
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for similar in page.locator("#similar").all():
            similar.scroll_into_view_if_needed()
            page.wait_for_selector(".skeleton.shown", state="detached")
        # Rows of films come when they are looked at.
        page.wait_for_function(ROWS_HAVE_COME)
        found[name] = violations(page)
        if missing := page.evaluate(UNSTYLED, sheets):
            found[f"{name} has no styles for"] = missing
        found[f"{name} sticks out"] = _beyond(page, viewport)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(SETTLED)
        found[f"{name} in the dark"] = violations(page, OF_COLOURS)
        found[f"{name} sticks out in the dark"] = _beyond(page, viewport)
    found = {where: what for where, what in found.items() if what}
    assert not found, json.dumps(found, indent=1)


def _beyond(page, viewport) -> int:
    """How wide the page is, where that is wider than the window, else 0."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wide if wide > viewport["width"] else 0


def _sheets() -> dict[str, str]:
    folder = Path(finders.find("sightline/css/base.css")).parent
    sheets = {path.name: path.read_text() for path in folder.glob("*.css")}
    assert len(sheets) > 2
    return sheets


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_sign_in_page(open_context, db, scheme):
    page = open_context(viewport=PHONE, color_scheme=scheme).new_page()
    page.goto("/library/")
    assert not violations(page)


def test_the_first_view_fits_a_phone(open_context, media):
    page = open_context(viewport=PHONE).new_page()
    page.goto("/")
    for part in ("searchbox", "button"):
        box = page.locator("#ask").get_by_role(part).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    first = page.locator("#hits .card .picture").first.bounding_box()
    assert first["y"] + first["height"] < PHONE["height"] - 64


def test_the_skip_link_leads_past_the_header(page, media):
    page.goto("/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
