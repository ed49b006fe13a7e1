"""One small real file of every format that the library takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pillow_heif
import pytest

from media_library.formats import Cut, Limits, Probe, documents, probe, sniff
from media_library.formats.base import Cuts
from tests.media import quarters, scene, still, write_video

pillow_heif.register_heif_opener()

IMAGES = {
    "jpeg": ("JPEG", "image/jpeg", ".jpg"),
    "png": ("PNG", "image/png", ".png"),
    "webp": ("WEBP", "image/webp", ".webp"),
    "gif": ("GIF", "image/gif", ".gif"),
    "tiff": ("TIFF", "image/tiff", ".tif"),
    "avif": ("AVIF", "image/avif", ".avif"),
    "heic": ("HEIF", "image/heic", ".heic"),
}
VIDEOS = {
    "mp4": ("mp4", "libx264", "video/mp4", ".mp4"),
    "mov": ("mov", "libx264", "video/quicktime", ".mov"),
    "webm": ("webm", "libvpx", "video/webm", ".webm"),
    "mkv": ("matroska", "libx264", "video/x-matroska", ".mkv"),
}


@pytest.fixture(scope="session")
def samples(tmp_path_factory) -> dict[str, Path]:
    """Name of a format → a file of it without an extension, so that nothing can go by its name."""
    folder = tmp_path_factory.mktemp("samples")
    files = {}
    for name, (pillow_format, _, _) in IMAGES.items():
        files[name] = folder / name
        quarters().save(files[name], pillow_format)
    for name, (container, codec, _, _) in VIDEOS.items():
        pictures = [*still(scene(1), 1, 10), *still(scene(2), 1, 10)]
        files[name] = write_video(folder / name, pictures, codec=codec, format=container)
    return files


@pytest.fixture
def hours_pass(monkeypatch) -> Callable[[], None]:
    """Puts the clock of those who read documents forward, past any budget, as a slow machine's would be."""
    ahead = [0.0]
    monkeypatch.setattr(documents, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0]))
    return lambda: ahead.__setitem__(0, ahead[0] + 10_000)


def probed(path: Path, limits: Limits | None = None) -> Probe:
    limits = limits or Limits()
    return probe(path, sniff(path), limits)


def with_note(pieces: Cuts) -> tuple[list[Cut], str]:
    """What was cut, and the sentence for the owner at the end."""
    made: list[Cut] = []
    while True:
        try:
            made.append(next(pieces))
        except StopIteration as end:
            return made, end.value or ""
