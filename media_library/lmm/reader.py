"""The reader: it answers in the place of a model where none is set up, from what is known of an item, and says so.

It repeats: what a file says of itself, what people wrote about it, the text that was read in it. It sees nothing and
concludes nothing, and where nothing that is known answers a question it says that, too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media_library import stems
from media_library.lmm.base import Blocked, LmmError, Material, NotConfigured, Reply, Request, Source

MODEL = "reader"

NOTICE = "*This was put together from what is known of the file. No LMM was asked.*"
"""Ends every answer."""
WORKED_NOTICE = "*Worked out from what was read of it as an invoice. No LMM was asked.*"

LINES_SHOWN = 12
"""Of text in an item, where all of it is asked for."""
ANSWERS = 4
"""Passages that an answer quotes."""
LONGEST_QUOTE = 400
LONGEST_CAPTION = 240

ASKS = {
    "Taken": "when date day time year taken shot captured old recorded written made",
    "Recorded": "when date day time year recorded",
    "Written": "when date day time year written made",
    "Camera": "camera device lens phone",
    "Size": "size large big resolution pixels dimensions width height bytes megabytes",
    "Length": "long length duration lasts minutes seconds",
    "Pages": "pages long many",
    "Credit": "who author credit licence license photographer copyright made",
    "File": "name filename file called",
    "Format": "format type kind jpeg png pdf",
    "Title": "title name called",
    "In the file": "artist album author title said metadata",
}
"""The words that ask for a fact, by its label."""

ALL_TEXT = frozenset(
    "say says said read reads written text words transcribe transcript stand stands write writes".split()  # noqa: SIM905
)
AMOUNT = re.compile(r"\d")
NUMBERS = frozenset("much many number amount total price cost sum count percent date year".split())  # noqa: SIM905

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


class ItemReader:
    key = MODEL
    remote = False

    def ask(self, request: Request) -> Reply:
        begun = time.monotonic()
        if request.material is None or request.schema is not None:
            raise NotConfigured(
                "Only an LMM can do this, and none is set up. Whoever runs this library can set GOOGLE_API_KEY."
            )
        text, sources = _ANSWERS.get(request.purpose, _answer)(request.material, request.question)
        citations = tuple(source.citation for source in sources if source.citation)
        return Reply(text, MODEL, latency_s=time.monotonic() - begun, citations=citations, by_lmm=False)

    def stream(self, request: Request) -> Iterator[str | Reply]:
        reply = self.ask(request)
        yield from reply.text.splitlines(keepends=True)
        yield reply


Answer = tuple[str, Sequence[Source]]


def _describe(material: Material, question: str = "") -> Answer:
    """Everything that is known, in order."""
    facts = dict(material.facts)
    paragraphs = [_first_sentence(material, facts)]
    if material.caption:
        paragraphs.append(f"Its caption: {_quote(material.caption)}")
    if material.tags:
        paragraphs.append(f"Tagged {', '.join(escaped(tag) for tag in material.tags)}.")
    if written := _written(material):
        paragraphs.append(f"{'In it stands' if material.what == 'a picture' else 'It says'}:\n\n{written}")
    elif material.unread:
        paragraphs.append("It is still to be looked through for text.")
    else:
        paragraphs.append("No text was found in it.")
    if material.what in ("a picture", "a video"):
        paragraphs.append("What it shows besides, only an LMM could say.")
    return "\n\n".join([*paragraphs, NOTICE]), material.sources[:1]


def _first_sentence(material: Material, facts: dict[str, str]) -> str:
    what = material.what.capitalize()
    form = f", {facts['Format']}" if "Format" in facts else ""
    parts = [f"{what} called “{escaped(material.name)}”{escaped(form)}"]
    if "Length" in facts:
        parts.append(f"{facts['Length']} long")
    if "Pages" in facts:
        parts.append(f"{facts['Pages']} page{'' if facts['Pages'] == '1' else 's'}")
    if "Size" in facts:
        parts.append(escaped(facts["Size"]))
    sentence = ", ".join(parts) + "."
    for label, said in (("Taken", "It was taken on"), ("Recorded", "It was recorded on"), ("Written", "Its date is")):
        if label in facts:
            sentence += f" {said} {facts[label]}" + (f" with {escaped(facts['Camera'])}." if "Camera" in facts else ".")
    return sentence


def _written(material: Material) -> str:
    """The first lines of the text in it, each as it stands there."""
    lines = [line.strip() for source in material.sources for line in source.text.splitlines() if line.strip()]
    shown = "\n".join(f"> {escaped(line[:LONGEST_QUOTE])}  " for line in lines[:LINES_SHOWN])
    rest = len(lines) - LINES_SHOWN
    return shown + (f"\n\n… and {rest} more line{'' if rest == 1 else 's'}." if rest > 0 else "")


def _caption(material: Material, question: str = "") -> Answer:
    """A caption out of the text in it. Raises Blocked where there is none: nothing is made up."""
    for source in material.sources:
        lines = [line.strip() for line in source.text.splitlines() if sum(map(str.isalnum, line)) > 2]
        if lines:
            words = " / ".join(lines)
            short = words if len(words) <= LONGEST_CAPTION else words[: LONGEST_CAPTION - 1].rsplit(" ", 1)[0] + "…"
            return f"{material.what[2:].capitalize()} with the text “{short}”", [source]
    raise Blocked(
        "The reader found no text in it to make a caption of, and it invents nothing. An LMM could describe it."
    )


@dataclass(frozen=True)
class _Passage:
    text: str
    source: Source
    score: float


def _answer(material: Material, question: str) -> Answer:
    """What stands in it, or is known of it, that has to do with `question`, quoted with its place."""
    worked = [f"{escaped(source.text)}  " for source in material.worked]
    if material.answered:
        return "\n\n".join(["\n".join(worked), WORKED_NOTICE]), [each for each in material.worked if each.citation]
    asked = stems.stems(question, stems.KINDS)
    raw = {word.lower() for word in _WORD.findall(question)}
    found: list[str] = ["\n".join(worked)] if worked else []
    facts = [(label, value) for label, value in material.facts if _asked_for(label, raw)]
    found += [f"{label}: **{escaped(value)}**" for label, value in facts]
    if raw & {"caption", "tag", "tags"}:
        found += [f"Caption: {_quote(material.caption)}"] if material.caption and "caption" in raw else []
        found += [f"Tags: {escaped(', '.join(material.tags))}"] if material.tags and raw & {"tag", "tags"} else []
    passages = _passages(material, asked, wants_number=bool(raw & NUMBERS))
    found += [f"{_place(each.source)}{_quote(each.text)}" for each in passages]
    sources = [each.source for each in passages]
    if not passages and raw & ALL_TEXT and (written := _written(material)):
        found.append(f"This stands in it:\n\n{written}")
        sources = list(material.sources)
    if found:
        return "\n\n".join([*found, NOTICE]), sources
    if material.unread:
        sentence = "It is still to be looked through for text. Nothing that is known so far answers that."
    elif material.sources:
        sentence = "Nothing that is written in it or about it answers that."
    else:
        sentence = "There is no text in it, and nothing that is known of it answers that."
    return f"{sentence}\n\n{NOTICE}", ()


def _passages(material: Material, asked: set[str], *, wants_number: bool) -> list[_Passage]:
    if not asked:
        return []
    scored: list[_Passage] = []
    about = [Source(material.caption, "its caption")] if material.caption else []
    for source in (*about, *material.sources):
        for sentence in _SENTENCE.split(source.text):
            if score := len(asked & stems.stems(sentence, stems.KINDS)) / len(asked):
                # Who asks how much wants the line with the figure.
                score += 0.2 if wants_number and AMOUNT.search(sentence) else 0
                scored.append(_Passage(sentence.strip(), source, score))
    scored.sort(key=lambda each: -each.score)
    best = scored[0].score if scored else 0
    return [each for each in scored if each.score >= best * 0.6][:ANSWERS]


def _asked_for(label: str, raw: set[str]) -> bool:
    return bool(raw & set(ASKS.get(label, "").split()))


def _place(source: Source) -> str:
    return f"{source.place.capitalize()}: " if source.place else ""


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    short = flat if len(flat) <= LONGEST_QUOTE else flat[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"
    return f"“{escaped(short)}”"


def escaped(text: str) -> str:
    """`text` as it stands, in Markdown: what is a mark in it is shown, not obeyed."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


_ANSWERS = {"describe": _describe, "explain": _describe, "caption": _caption, "ask": _answer}

__all__ = ["MODEL", "NOTICE", "ItemReader", "LmmError", "escaped"]
