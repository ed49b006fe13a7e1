"""What a model is asked about the sources of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from media_library.asking import material
from media_library.lmm.base import Data, Part, Picture, Request, Turn, Words
from search.rag.sources import Cited, Found

SYSTEM = (
    "You answer questions of a person from their own media library. You are given numbered sources out of it: "
    "pictures, moments of videos, pages and passages of documents. Answer from them alone, in the language of the "
    "question, in plain Markdown without HTML, links or pictures. Put the number of the source behind each sentence "
    "that rests on it, in square brackets: [2], or [1][3]. Never cite a number that is not there. Where the sources do "
    "not answer the question, say so, and say what they do tell. Keep it short: a few sentences, unless more is asked "
    "for. Do not name people by their faces."
)
DESCRIBE = "describe this image in detail"
"""What the course asks of the best picture (Multimodal RAG)."""

MOST_TOKENS = 8192
"""Of an answer, with what the model thinks before it."""


def request(
    question: str, found: Found, before: Sequence[tuple[str, str]] = (), shown: Sequence[Picture] = ()
) -> Request:
    """The question with its sources: their text marked as data, and their pictures, each after its number.

    `shown` are pictures that the question itself came with.
    """
    parts: list[Part] = []
    for source in found.sources:
        where = f", {source.place}" if source.place else ""
        parts.append(Data(f"source {source.number}: {source.name}{where}", source.text))
        if source.number in found.pictures and (picture := picture_of(source)):
            parts += [Words(f"Source {source.number} as a picture:"), picture]
    turns = [
        turn
        for asked, answered in before[-4:]
        for turn in (Turn("person", (Words(asked),)), Turn("model", (Words(answered),)))
    ]
    if shown:
        parts += [Words("The question comes with:"), *shown]
    parts.append(Words(question))
    return Request("library", (*turns, Turn("person", tuple(parts))), SYSTEM, max_tokens=MOST_TOKENS)


def picture_of(source: Cited) -> Picture | None:
    return material.picture(source.picture)
