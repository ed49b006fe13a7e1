"""`manage.py take_screenshots`: the README's pictures, out of the running product with its demo library."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from PIL import Image

from media_library.demo import forms
from media_library.demo.films import FILMS
from media_library.demo.loading import OWNER
from media_library.extracting import readings, runs
from media_library.models import ExtractionKind, MediaItem

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MAX_BYTES = 300_000
"""Of one picture: a clone of the repository should not wait for them."""

READ_WITHIN_S = 180
"""Seconds in which the running product's workers have read a document."""

SETTLE_MS = 500
"""Milliseconds for what fades in or out by itself, such as a video's spinner."""

DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    size: tuple[int, int] = DESKTOP
    dark: bool = False
    signed_in: bool = False
    ask: str = ""
    """A question that is asked there first."""


class Command(BaseCommand):
    help = "Take the README's screenshots of the running product, with the demo library in it. Needs Chromium."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the product runs")
        parser.add_argument("--user", default="admin", help="whose view of the admin is shown")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs" / "screenshots")
        parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="take these alone, such as films")

    def handle(self, *args: Any, url: str, user: str, folder: Path, only: list[str], **options: Any) -> None:
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as error:
            raise CommandError("Playwright is missing: pip install -r requirements-dev.txt") from error
        film = MediaItem.objects.filter(owner__username=OWNER, original_name=FILMS[0].file).first()
        if film is None:
            raise CommandError("The demo library is not there: manage.py load_demo")
        read_documents()
        wanted = [shot for shot in shots(film) if not only or shot.name in only]
        if unknown := set(only) - {shot.name for shot in wanted}:
            raise CommandError(f"There is no screenshot called {', '.join(sorted(unknown))}.")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with session_of(user) as session, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium())
                for shot in wanted:
                    size = save(take(browser, url.rstrip("/"), shot, session), folder / f"{shot.name}.png")
                    self.stdout.write(f"{shot.name}.png  {size // 1000} kB")
        except Error as error:
            raise CommandError(f"{error.message.splitlines()[0]} Is the product running at {url}?") from error


DOCUMENTS = {
    ExtractionKind.INVOICE: forms.INVOICE,
    ExtractionKind.TABLE: forms.TABLE,
    ExtractionKind.FLOWCHART: forms.FLOWCHART,
}


def document(kind: str) -> MediaItem:
    """The demo library's document of that kind."""
    found = MediaItem.objects.filter(owner__username=OWNER, original_name=DOCUMENTS[ExtractionKind(kind)].file).first()
    if found is None:
        raise CommandError("The demo library's documents are not there: manage.py load_demo")
    return found


def read_documents() -> None:
    """Have the demo library's documents read by the reader, where they are not."""
    until = time.monotonic() + READ_WITHIN_S
    for kind in DOCUMENTS:
        item = document(kind)
        if readings.chosen(item, kind) is None:
            runs.ask_for(item.owner, item, readings.READER, kind)
        while readings.chosen(item, kind) is None:
            if time.monotonic() > until:
                raise CommandError(f"{item.original_name} was not read. Do the workers run?")
            time.sleep(1)


def page_of(kind: str, query: str = "") -> str:
    return f"{reverse(kind, args=[document(kind).pk])}{query}"


def shots(film: MediaItem) -> list[Shot]:
    item = f"{reverse('item', args=[film.pk])}?t={FILMS[0].cuts[1] + 1:g}"
    found = f"{reverse('search')}?q=rocket+launch"
    return [
        Shot("first-page", reverse("search")),
        Shot("search", found),
        Shot("search-dark", found, dark=True),
        Shot("search-phone", found, PHONE),
        Shot("item", item),
        Shot("ask", reverse("ask"), signed_in=True, ask="When will the reading room be closed?"),
        Shot("invoice", page_of("invoice"), signed_in=True),
        Shot("table", page_of("table", "?q=Which+business+has+the+highest+revenue+growth%3F"), signed_in=True),
        Shot("flowchart", page_of("flowchart"), signed_in=True),
        Shot("films", reverse("films"), signed_in=True),
        Shot("film-search", f"{reverse('film-search')}?q=something+spooky"),
        Shot("map", reverse("map")),
        Shot("map-phone", reverse("map"), PHONE, dark=True),
        Shot("admin", reverse("admin:index"), signed_in=True),
    ]


@contextmanager
def session_of(name: str) -> Iterator[str]:
    """A session key of that user, for as long as the context lasts; no password is needed or changed."""
    user = get_user_model().objects.filter(username=name, is_staff=True).first()
    if user is None:
        raise CommandError(f"There is no staff user {name}: name one with --user.")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        yield session.session_key
    finally:
        session.delete()


def chromium() -> str | None:
    """The system's Chromium; None for the one that Playwright has installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def take(browser: Browser, url: str, shot: Shot, session: str) -> bytes:
    """What `shot` looks like once everything has loaded, as PNG."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    if shot.signed_in:
        host = urlsplit(url).hostname or ""
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}
        context.add_cookies([cookie])
    page = context.new_page()
    page.goto(url + shot.path, wait_until="networkidle")
    page.wait_for_function("() => [...document.querySelectorAll('video')].every(v => v.readyState > 3 && !v.seeking)")
    page.wait_for_function("() => [...document.querySelectorAll('#map')].every(map => map.dataset.ready)")
    if shot.ask:
        page.fill("#question", shot.ask)
        page.keyboard.press("Enter")
        page.wait_for_selector(".judge")
    page.wait_for_timeout(SETTLE_MS)
    picture = page.screenshot()
    context.close()
    return picture


def save(png: bytes, path: Path) -> int:
    """Write a screenshot with as many colours as fit into MAX_BYTES; returns its size in bytes."""
    with Image.open(io.BytesIO(png)) as full:
        picture = full.convert("RGB")
    for colours in (256, 128, 64, 32):
        palette = picture.quantize(colours, kmeans=1)
        out = io.BytesIO()
        # Quantising to a given palette is what makes Pillow dither, without which photographs show steps.
        picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    path.write_bytes(out.getvalue())
    return out.tell()
