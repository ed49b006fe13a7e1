"""English words by what they mean: without endings, and without those that hold a sentence together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from snowballstemmer import stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_snowball = stemmer("english")

EMPTY = frozenset(Path(__file__).with_name("question_words.txt").read_text().split())
"""Words that say nothing of what is asked about."""

KINDS = frozenset(
    (
        *("picture", "photo", "photograph", "image", "video", "clip", "film", "sound", "recording"),
        *("document", "page", "pdf", "file", "item", "library", "text"),
    )
)
"""Words for what a library holds: in a question they ask for a kind, in a text they are words like others."""


def words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """“running” → “run”, “parties” → “parti”: the Snowball algorithm, as PostgreSQL's English search has it."""
    return _snowball.stemWord(word.removesuffix("'s"))


def content(text: str, without: Iterable[str] = ()) -> list[str]:
    """The words of `text` that mean something, as they stand there and in their order."""
    left_out = EMPTY | set(without)
    return [word for word in words(text) if word not in left_out]


def stems(text: str, without: Iterable[str] = ()) -> set[str]:
    """Of the words in `text` that mean something; not those among `without`."""
    return {stem(word) for word in content(text, without)}
