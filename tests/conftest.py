"""What the suite shares: real Postgres and Redis, people, pictures of plain colours, and items made of them."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import hypothesis
import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TransactionTestCase
from PIL import Image

from config import services as servers
from tests import emptying

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _servers() -> Iterator[None]:
    """The embedded Postgres and Redis, for as long as the suite runs; nothing where URLs are configured."""
    with servers.running(settings.SIGHTLINE_EMBEDDED):
        yield


@pytest.fixture(scope="session")
def django_db_setup(_servers, django_db_setup):
    """Make the test database once the server runs."""


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """After each test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptying.empty())
        yield


@pytest.fixture(autouse=True)
def _media_root(settings, tmp_path: Path) -> Iterator[None]:
    """Each test has a storage of its own."""
    root = tmp_path / "media"
    default = settings.STORAGES["default"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**default, "OPTIONS": {**default["OPTIONS"], "location": str(root)}},
    }
    yield
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache(request) -> None:
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def make_user(db) -> Callable:
    def make(name: str, **fields):
        return get_user_model().objects.create_user(name, password="correct horse", **fields)

    return make


@pytest.fixture
def user(make_user):
    return make_user("ada")


@pytest.fixture
def other_user(make_user):
    return make_user("grace")


@pytest.fixture
def staff_user(make_user):
    return make_user("curator", is_staff=True, is_superuser=True)


@pytest.fixture
def make_image() -> Callable[..., SimpleUploadedFile]:
    """A picture of one colour as an upload. `seed` makes pictures of the same colour different files."""

    def make(
        colour: str = "red",
        name: str | None = None,
        size: tuple[int, int] = (64, 48),
        format: str = "PNG",
        seed: int = 0,
    ) -> SimpleUploadedFile:
        picture = Image.new("RGB", size, colour)
        picture.putpixel((seed % size[0], seed // size[0] % size[1]), (seed % 256, 1, 2))
        out = io.BytesIO()
        picture.save(out, format)
        name = name or f"{colour}.{format.lower()}"
        return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{format.lower()}")

    return make


@pytest.fixture
def no_queue(monkeypatch) -> list[str]:
    """Messages to workers are noted instead of sent; returns the list of task names."""
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args=(), **kwargs: sent.append(name))
    return sent


@pytest.fixture
def said(settings, monkeypatch) -> Iterator[ModuleType]:
    """A model that says what a test puts into `said.script`, and notes what it was `asked`; it never rests."""
    from media_library.lmm import fake, retrying

    settings.SIGHTLINE_LMM = "fake"
    monkeypatch.setattr(retrying, "sleep", lambda seconds: None)
    fake.script.clear()
    fake.asked.clear()
    yield fake
    fake.script.clear()


@pytest.fixture
def make_item(db, no_queue, make_image, user) -> Callable:
    """An item as an upload makes it; read and embedded by the pipeline's own functions unless ``ready=False``."""
    from media_library import pipeline
    from media_library.services import ingest_file
    from search import indexing

    def make(colour: str = "red", *, owner=None, ready: bool = True, file=None, seed: int = 0, **details):
        file = file or make_image(colour, seed=seed)
        item = ingest_file(owner or user, file, details.pop("name", file.name), **details).item
        if ready:
            pipeline.process(item.pk)
            indexing.embed_pending()
            item.refresh_from_db()
        return item

    return make


@pytest.fixture
def live_worker(transactional_db, settings, _media_root, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen]]:
    """Starts real Celery workers, in processes of their own, on this test's database and storage."""
    current_app.control.purge()
    log = tmp_path / "worker.log"
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        url = urlsplit(settings.DATABASE_URL or servers.database_url(settings.DATA_DIR))
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            # It finds the queue and the cache there, unless they are configured.
            "SIGHTLINE_TEST_DATA_DIR": str(settings.DATA_DIR),
            "SIGHTLINE_TEST_MEDIA": settings.STORAGES["default"]["OPTIONS"]["location"],
            "PYTEST_XDIST_WORKER": "",
            "OMP_NUM_THREADS": "1",
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-Q",
            "media,embed",
            "-c",
            "1",
            "-l",
            "INFO",
        ]
        with log.open("ab") as out:
            started.append(subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    current_app.control.purge()
