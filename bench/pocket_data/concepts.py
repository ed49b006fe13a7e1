"""The classes: which labels are one thing, and what it is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.pocket_data.labels import MORE, RARE, SAME, SENSES
from bench.pocket_data.own_classes import OWN
from bench.pocket_data.wordnet import WordNet

_WNID = re.compile(r"n\d{8}")
MOST_NAMES = 8
_SYNONYMS = 4


@dataclass
class Concept:
    folder: str
    names: list[str]
    gloss: str
    broader: list[str] = field(default_factory=list)
    wnid: str = ""

    def own_names(self) -> set[str]:
        """Without the word for the whole group, which others may share."""
        return {name.lower() for name in self.names} - {word.lower() for word in self.broader}

    def said(self) -> dict[str, list[str]]:
        """Its names, and whole sentences about it, as `manage.py train_contrastive --names` reads them."""
        captions = [f"{self.names[0]}: {self.gloss}"] if self.gloss else []
        captions += [f"{self.names[0]}, a kind of {word}" for word in self.broader[:1]]
        return {"names": self.names, "captions": captions}


class Concepts:
    """Finds the concept of a label; one concept for one WordNet synset."""

    def __init__(self, wordnet: WordNet, imagenet: Sequence[str] = ()) -> None:
        """`imagenet` are the ids of its 1,000 classes in order, for labels that say only their number, from 1."""
        self._wordnet, self._imagenet = wordnet, imagenet
        self._by_identity: dict[str, Concept | None] = {}
        self._folders: set[str] = set()

    def of(self, label: str) -> Concept | None:
        """None where the label is to be dropped, or means nothing that is known."""
        if label.startswith("imagenet "):
            number = int(label.removeprefix("imagenet "))
            label = self._imagenet[number - 1] if number <= len(self._imagenet) else ""
        is_emoji = label.startswith("emoji ")
        label = label.removeprefix("emoji ")
        name = SAME.get(label, label)
        identity = self._identity(name, self._of_emoji if is_emoji else self._wordnet.thing)
        if identity not in self._by_identity:
            self._by_identity[identity] = self._make(identity, name)
        return self._by_identity[identity]

    def _of_emoji(self, name: str) -> str | None:
        """What photographs of this name show, where there are any; else only what is beyond doubt."""
        thing = self._wordnet.thing(name)
        return thing if thing in self._by_identity else self._wordnet.plain_thing(name)

    def _identity(self, name: str, find: Callable[[str], str | None]) -> str:
        if not name or _WNID.fullmatch(name) or name in OWN:
            return name
        return SENSES.get(name) or find(name) or ""

    def _make(self, identity: str, name: str) -> Concept | None:
        if not identity:
            return None
        if identity in OWN:
            names, gloss = OWN[identity]
            return Concept(self._folder(names[0]), list(names), gloss)
        lemmas = [word for word in self._wordnet.names(identity) if word.replace(" ", "-") not in RARE]
        said = [] if _WNID.fullmatch(name) else [name]
        broader = self._wordnet.everyday(identity)
        names = _unlike([*said, *lemmas[:_SYNONYMS], *MORE.get(identity, ()), *broader[:1]])
        if len(names) == 1:
            names += self._wordnet.above(identity)[:1]
        first = said[0] if said else lemmas[0]
        folder = self._folder(MORE[identity][0] if identity in MORE and first == "crane" else first)
        return Concept(folder, names[:MOST_NAMES], self._wordnet[identity].gloss, broader, identity)

    def _folder(self, name: str) -> str:
        letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
        number = 1
        while (unique := slug if number == 1 else f"{slug}_{number}") in self._folders:
            number += 1
        self._folders.add(unique)
        return unique


def _unlike(names: list[str]) -> list[str]:
    """Each once, whatever its capitals."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.lower(), name)
    return list(seen.values())
