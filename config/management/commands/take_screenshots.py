"""`manage.py take_screenshots`: the README's pictures, out of the running product with its demo library."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
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
from search.models import RunState, TrainingRun
from search.training import runs as training
from search.training.digits.config import LOSSES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from playwright.sync_api import Browser

T = TypeVar("T")

MAX_BYTES = 300_000
"""Of one picture: a clone of the repository should not wait for them."""

READ_WITHIN_S = 180
TRAINED_WITHIN_S = 900
"""Seconds in which the running product's workers have read a document, or learnt digits with each loss."""

SETTLE_MS = 500
"""Milliseconds for what fades in or out by itself, such as a video's spinner."""

DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass(frozen=True)
class Shot:
    name: str
    path: Callable[[], str]
    """Called before the browser starts; has done by the workers what should be seen there."""
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
        wanted = [shot for shot in shots(film, user) if not only or shot.name in only]
        if unknown := set(only) - {shot.name for shot in wanted}:
            raise CommandError(f"There is no screenshot called {', '.join(sorted(unknown))}.")
        folder.mkdir(parents=True, exist_ok=True)
        addresses = {shot.name: url.rstrip("/") + shot.path() for shot in wanted}
        try:
            with session_of(user) as session, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium())
                for shot in wanted:
                    size = save(take(browser, addresses[shot.name], shot, session), folder / f"{shot.name}.png")
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


def waited_for(found: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    """What `found` finds, as soon as it does."""
    until = time.monotonic() + seconds
    while (result := found()) is None:
        if time.monotonic() > until:
            raise CommandError(f"{otherwise} Do the workers run?")
        time.sleep(1)
    return result


def page_of(kind: str, query: str = "") -> str:
    """The page of the demo library's document of that kind, once the reader has read it."""
    item = document(kind)
    if readings.chosen(item, kind) is None:
        runs.ask_for(item.owner, item, readings.READER, kind)
    waited_for(lambda: readings.chosen(item, kind), READ_WITHIN_S, f"{item.original_name} was not read.")
    return f"{reverse(kind, args=[item.pk])}{query}"


def compared(user: str) -> str:
    """The page that compares what digits are learnt with each loss, which is done where it was not."""
    chosen = []
    for loss in LOSSES:
        begun = TrainingRun.objects.filter(preset="digits", config={"loss": loss})
        run = begun.exclude(state__in=(RunState.STOPPED, RunState.FAILED)).first()
        chosen.append(run or training.ask_for("digits", {"loss": loss}, staff(user)))
    numbers = [run.pk for run in chosen]
    done = TrainingRun.objects.filter(pk__in=numbers, state=RunState.DONE)
    waited_for(lambda: done.count() == len(LOSSES) or None, TRAINED_WITHIN_S, "The trainings did not end.")
    return f"{reverse('admin:search_trainingrun_compare')}?runs={','.join(map(str, numbers))}"


def shots(film: MediaItem, user: str) -> list[Shot]:
    found = partial(reverse, "search", query={"q": "rocket launch"})
    item = partial(reverse, "item", args=[film.pk], query={"t": f"{FILMS[0].cuts[1] + 1:g}"})
    best = "?q=Which+business+has+the+highest+revenue+growth%3F"
    return [
        Shot("first-page", partial(reverse, "search")),
        Shot("search", found),
        Shot("search-dark", found, dark=True),
        Shot("search-phone", found, PHONE),
        Shot("item", item),
        Shot("ask", partial(reverse, "ask"), signed_in=True, ask="When will the reading room be closed?"),
        Shot("invoice", partial(page_of, "invoice"), signed_in=True),
        Shot("table", partial(page_of, "table", best), signed_in=True),
        Shot("flowchart", partial(page_of, "flowchart"), signed_in=True),
        Shot("films", partial(reverse, "films"), signed_in=True),
        Shot("film-search", partial(reverse, "film-search", query={"q": "something spooky"})),
        Shot("map", partial(reverse, "map")),
        Shot("map-phone", partial(reverse, "map"), PHONE, dark=True),
        Shot("training", partial(compared, user), signed_in=True),
        Shot("admin", partial(reverse, "admin:index"), signed_in=True),
    ]


def staff(name: str) -> AbstractBaseUser:
    user = get_user_model().objects.filter(username=name, is_staff=True).first()
    if user is None:
        raise CommandError(f"There is no staff user {name}: name one with --user.")
    return user


@contextmanager
def session_of(name: str) -> Iterator[str]:
    """A session key of that user, for as long as the context lasts; no password is needed or changed."""
    user = staff(name)
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


def take(browser: Browser, address: str, shot: Shot, session: str) -> bytes:
    """What `shot` looks like at `address` once everything has loaded, as PNG."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    if shot.signed_in:
        host = urlsplit(address).hostname or ""
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": host, "path": "/"}
        context.add_cookies([cookie])
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
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
