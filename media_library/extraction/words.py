"""Text made comparable: what OCR adds, drops and mixes up left out."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "!": "i", "5": "s", "8": "b"})


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character == "×":
        return "x"  # one is read for the other
    base = unicodedata.normalize("NFKD", character)[:1].lower()[:1]
    return base or character


def fold(text: str) -> str:
    """Lower case without accents, each character in its place: the length stays the same."""
    return "".join(map(_folded, text))


def squash(text: str) -> str:
    """Letters and digits only, folded. Spaces, which OCR loses and makes up, do not count."""
    return "".join(character for character in fold(text) if character.isalnum())


def blurred(squashed: str) -> str:
    """`squashed` with characters that look alike made one, so that “Totai” is “Total”."""
    return squashed.translate(_ALIKE)


def near(word: str, other: str) -> bool:
    """Whether one letter at most was replaced, lost or added."""
    if word == other:
        return True
    if abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    if len(word) == len(other):
        return word[start + 1 :] == other[start + 1 :]
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer[start + 1 :] == shorter[start:]


def letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
