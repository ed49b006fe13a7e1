"""The answer without a model: the sentences of the sources that answer, quoted with their numbers, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from media_library import stems
from media_library.lmm.reader import escaped
from search import spaces
from search.models import Space
from search.rag.sources import Cited

NOTICE = "*Quoted from what was found. No LMM was asked.*"
"""Ends every answer."""

MOST, LONGEST = 4, 320
"""Quotes, and characters of one."""
CONSIDERED = 96
"""Sentences that are looked at, and encoded together: a fraction of a second on one core."""

FIGURE = re.compile(r"\d")
DAY = re.compile(r"\b\d{4}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
WANTS_FIGURE = re.compile(
    r"\b(how (?:much|many|long|old|far|high|big|large|often)|number|amount|total|price|cost|sum|count|percent|rate)\b",
    re.IGNORECASE,
)
WANTS_DAY = re.compile(r"\b(when|date|day|year|month)\b", re.IGNORECASE)

_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|[\d“\"])")


@dataclass(frozen=True)
class Quote:
    text: str
    source: Cited
    score: float


def answer(question: str, sources: Sequence[Cited]) -> tuple[str, list[int]]:
    """Markdown, and the numbers that it cites."""
    quotes = best(question, sources)
    if not quotes:
        shown = sources[:MOST]
        lines = [f"- {_named(source)} [{source.number}]" for source in shown]
        text = "Nothing that is written in them answers that in words. These fit the question best:\n\n" + "\n".join(
            lines
        )
        return f"{text}\n\n{NOTICE}", [source.number for source in shown]
    lines = [f"- “{escaped(quote.text)}” [{quote.source.number}]  \n  {_named(quote.source)}" for quote in quotes]
    return "\n".join(lines) + f"\n\n{NOTICE}", list(dict.fromkeys(quote.source.number for quote in quotes))


def best(question: str, sources: Sequence[Cited]) -> list[Quote]:
    """The sentences that hold the question's words or its meaning, best first; none where none does."""
    asked = stems.stems(question, without=stems.KINDS)
    sentences = [(text, source) for source in sources for text in _sentences(source.text)][:CONSIDERED]
    if not sentences or not asked:
        return []
    near = _nearness(question, [text for text, _ in sentences])
    quotes = []
    for (text, source), meaning in zip(sentences, near, strict=True):
        held = len(asked & stems.stems(text)) / len(asked)
        score = held + max(0.0, float(meaning))
        if WANTS_FIGURE.search(question) and FIGURE.search(text):
            score += 0.25
        if WANTS_DAY.search(question) and DAY.search(text):
            score += 0.25
        if held or meaning > 0.45:
            quotes.append(Quote(_short(text), source, score))
    quotes.sort(key=lambda quote: -quote.score)
    kept: list[Quote] = []
    for quote in quotes:
        # What a better one says already, as a heading does, is left out.
        said = stems.stems(quote.text)
        if quote.score >= 0.6 * quotes[0].score and not any(said <= stems.stems(each.text) for each in kept):
            kept.append(quote)
    return kept[:MOST]


def _sentences(text: str) -> list[str]:
    """Sentences, over the ends of lines that were only full; what stands by itself in a line is one, too."""
    lines = [line.strip() for line in text.splitlines()]
    full = 0.6 * max(map(len, lines), default=0)
    joined: list[str] = []
    for line in lines:
        if joined and line and _goes_on(joined[-1], line, full):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    sentences = (sentence.strip() for line in joined for sentence in _END.split(line))
    return [sentence for sentence in sentences if stems.words(sentence)]


def _goes_on(line: str, after: str, full: float) -> bool:
    """Whether a sentence goes on from `line` into the one `after` it, as where the text was wrapped."""
    if not line or line[-1] in ".!?" or len(line) > LONGEST or after[:1] in "-–•*#>":
        return False
    if line[-1] in ",;:":
        return True
    if line[-1].isdigit() and not after[0].islower():
        # A row of a bill or a table.
        return False
    return line.isupper() == after.isupper() and (after[0].islower() or len(line) >= full)


def _nearness(question: str, texts: Sequence[str]) -> np.ndarray:
    """Cosine similarity of each of `texts` with `question` in the text space; zeros before anything serves it."""
    encoder = spaces.serving().get(Space.TEXT)
    if encoder is None:
        return np.zeros(len(texts), np.float32)
    rows = spaces.load(encoder.spec).encode_texts([question, *texts])
    return rows[1:] @ rows[0]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[:LONGEST].rsplit(" ", 1)[0] + "…"


def _named(source: Cited) -> str:
    return escaped(f"{source.name}, {source.place}" if source.place else source.name)
