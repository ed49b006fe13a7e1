"""The real SDK against a local server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from media_library.lmm import retrying
from tests.gemini_server import GeminiServer

MODEL = "gemini-3.5-flash-lite"


@pytest.fixture
def gemini(settings, monkeypatch) -> Iterator[GeminiServer]:
    with GeminiServer() as server:
        settings.SIGHTLINE_LMM, settings.GOOGLE_API_KEY, settings.GOOGLE_API_BASE = "gemini", "a-key", server.url
        settings.SIGHTLINE_LMM_MODEL, settings.SIGHTLINE_LMM_TIMEOUT_S = MODEL, 60
        monkeypatch.setattr(retrying, "sleep", lambda seconds: server.__dict__.setdefault("pauses", []).append(seconds))
        server.pauses = []
        yield server
