"""Taking something to search by from a browser: a file that was sent, or what is at an address.

The page that searches the library and the one that searches films both do so; what comes of it is theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from media_library.fetching import FetchRefused
from media_library.formats.base import FileRejected
from media_library.throttling import THROTTLED, require_patience
from search import examples
from search.encoders.base import EncoderError
from search.query import QueryError

logger = logging.getLogger(__name__)

ENCODER_AWAY = (
    "The encoder cannot be loaded, so nothing can be searched right now. The library itself is unharmed; "
    "whoever runs it finds the reason in its log."
)

STATES = {"nothing-indexed", "not-indexed", "encoder-away"}
"""Query errors that say how things are, not that something was wrong with the question."""


@dataclass(eq=False)
class Refused(Exception):
    """Nothing to search by came of it: a sentence for the user, and the status to answer with. `state`: it says how
    things are, not that something was wrong with what was sent."""

    problem: str
    status: int = 400
    state: bool = False


def taken(request: HttpRequest) -> examples.Example | str:
    """What was sent along: the file, ready to be searched by, or the address, to be looked at first. Raises Refused."""
    if file := request.FILES.get("file"):
        return _remembered(request, "search-by-file", lambda: examples.remember_file(file, file.name or "picture"))
    return request.POST.get("url", "").strip()


def at(request: HttpRequest, url: str) -> examples.Example:
    """What is at `url`, ready to be searched by. Raises Refused."""
    return _remembered(request, "url", lambda: examples.remember_url(url))


def page_here(request: HttpRequest, url: str) -> ResolverMatch | None:
    """Which page of this very site `url` is, if it is one."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    return match if parts.netloc.lower() == request.get_host().lower() else None


def _remembered(request: HttpRequest, scope: str, remember: Callable[[], examples.Example]) -> examples.Example:
    try:
        require_patience(request, scope)
        return remember()
    except EncoderError as error:
        raise encoder_away() from error
    except (FileRejected, FetchRefused, QueryError) as error:
        if error.code in STATES:
            raise Refused(error.message, 200, state=True) from error
        raise Refused(error.message, 429 if error.code == THROTTLED else 400) from error


def encoder_away() -> Refused:
    """To be called where an EncoderError was caught; it is logged."""
    logger.exception("The encoder cannot be loaded")
    return Refused(ENCODER_AWAY, 503)
