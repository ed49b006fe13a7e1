"""Headless Chromium on a live server of this process. Absent, the tests are skipped, or fail where it is required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = "SIGHTLINE_REQUIRE_BROWSER"

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "No Chromium on the PATH; install one to run the browser tests."
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread, in which Django would refuse to use its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """Browser sessions at the live server; a test fails where a script broke, or the content policy was."""
    opened: list[BrowserContext] = []
    broken: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)

    def open_(signed_in=None, viewport=DESKTOP, **options) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, **options)
        context.set_default_timeout(15_000)
        context.on("page", watch)
        opened.append(context)
        if signed_in:
            context.add_cookies([session_cookie(signed_in, live_server.url)])
        return context

    yield open_
    for context in opened:
        context.close()
    assert not broken


def session_cookie(user, url: str) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def page(open_context) -> Page:
    """A page of somebody who is not signed in."""
    return open_context().new_page()


@pytest.fixture
def own_page(open_context, user) -> Page:
    """A page of `user`."""
    return open_context(signed_in=user).new_page()


@pytest.fixture
def media(make_item, tmp_path):
    """A small library that everybody sees: pictures of three colours, and a video of three scenes."""
    from media_library import pipeline
    from search import indexing
    from tests.clips import clip

    shown = {"visibility": "public", "ready": False}
    items = {colour: make_item(colour, title=f"A {colour} field", **shown) for colour in ("red", "blue")}
    items["green"] = make_item("green", title="A green field", tags=["meadow"], **shown)
    items["video"] = make_item(file=clip(tmp_path, scenes=3), title="Three scenes", **shown)
    for item in items.values():
        pipeline.process(item.pk)
    # Once for all of them: that takes as long as for one.
    indexing.embed_pending()
    for item in items.values():
        item.refresh_from_db()
    return items
