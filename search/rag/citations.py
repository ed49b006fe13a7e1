"""Citations in an answer: [2] stands only where source 2 is there, and has to do with what is said."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from media_library import stems

CITED = re.compile(r"\[(\d{1,3}(?: *[,;] *\d{1,3})*)\](?!\()")
REMOVED = "*[no source]*"
"""Stands where a citation was that nothing supports."""

_END = re.compile(r"[.!?:](?:[ \t]*\[\d[\d ,;]*\])*[ \t]+(?=[^\s\[]|\[[^\d]|\[\d[\d ,;]*[^\d ,;\]])|\n")
"""Ends a sentence, its citations included; seen once it is clear that no further citation follows."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TWICE = re.compile(rf"{re.escape(REMOVED)}(?:\s*{re.escape(REMOVED)})+")
LONGEST_HELD = 2_000
"""Characters that are held back at most: an answer without an end of a sentence flows all the same."""


@dataclass
class Checked:
    """Lets an answer through a sentence at a time, without citations that do not hold.

    `texts` are the sources by number; of those in `seen` a picture was shown, so that what is said of them may stand in
    no text. `used` and `removed` are numbers, in the order in which they came.
    """

    texts: Mapping[int, str]
    seen: Collection[int] = ()
    used: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stems = {number: stems.stems(text) for number, text in self.texts.items()}
        self._numbers = {number: _numbers(text) for number, text in self.texts.items()}
        self._held = ""
        self._before = ""

    def feed(self, piece: str) -> str:
        """What can be shown now; the beginning of a sentence is held back until its end."""
        self._held += piece
        shown = []
        while match := _END.search(self._held):
            sentence, self._held = self._held[: match.end()], self._held[match.end() :]
            shown.append(self._sentence(sentence))
        if len(self._held) > LONGEST_HELD:
            shown.append(self.end())
        return "".join(shown)

    def end(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return self._sentence(rest) if rest else ""

    def _sentence(self, sentence: str) -> str:
        said = CITED.sub(" ", sentence)
        # A citation on a line of its own speaks of the sentence before it.
        if stems.stems(said):
            self._before = said
        marked = CITED.sub(lambda match: self._kept(match.group(1), self._before), sentence)
        return _TWICE.sub(REMOVED, marked)

    def _kept(self, listed: str, said: str) -> str:
        kept = []
        for number in map(int, re.findall(r"\d+", listed)):
            if self._supported(number, said):
                kept.append(number)
                if number not in self.used:
                    self.used.append(number)
            else:
                self.removed.append(number)
        return "".join(f"[{number}]" for number in kept) or REMOVED

    def _supported(self, number: int, said: str) -> bool:
        """Whether source `number` has a figure of the sentence in it, or where it has none, a word; a picture may show
        what stands in no text."""
        if number not in self.texts:
            return False
        if number in self.seen:
            return True
        figures = _numbers(said)
        return bool(figures & self._numbers[number] if figures else stems.stems(said) & self._stems[number])


def _numbers(text: str) -> set[str]:
    """Figures as they are meant: 1,250.00 and 1250 are one."""
    return {_plain(match) for match in _NUMBER.findall(text)}


def _plain(number: str) -> str:
    head, mark, tail = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", number).groups()
    whole = re.sub(r"[.,]", "", head).lstrip("0") or "0"
    fraction = (tail or "").rstrip("0") if mark else ""
    return f"{whole}.{fraction}" if fraction else whole
