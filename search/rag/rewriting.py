"""A follow-up as a question that stands alone: what search needs, since it knows nothing of what was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from media_library import lmm, stems
from media_library.lmm.base import Data, LmmError, Request, Turn, Words

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 400
"""Characters of a query."""

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|this|that|these|those|one|ones|there|then|former|latter|same|"
    r"first|second|third|last|other|others|another|else|more)\b|^\s*(and|but|or|so|also|what about|how about|why)\b",
    re.IGNORECASE,
)

SYSTEM = (
    "You turn the last question of a conversation into one that can be understood without it, for a search in a media "
    "library. Keep the language and the meaning, name what words like “it” stand for, add nothing. Answer in JSON."
)


class StandAlone(BaseModel):
    question: str = Field(min_length=1, max_length=LONGEST)


def stand_alone(user: AbstractBaseUser, question: str, before: Sequence[tuple[str, str]]) -> str:
    """`question` as it is where it needs nothing of what was said `before`: pairs of question and answer.

    A model puts it into words where there is one; without, or where that fails, what the question before was about is
    added.
    """
    if not before or not needs_more(question):
        return question
    if lmm.remote():
        try:
            return lmm.ask(user, _request(question, before)).data.question
        except LmmError:
            pass
    return joined(question, before)


def needs_more(question: str) -> bool:
    """Whether it points back, or names next to nothing."""
    return bool(_POINTS_BACK.search(question)) or len(stems.stems(question, without=stems.KINDS)) < 2


def joined(question: str, before: Sequence[tuple[str, str]]) -> str:
    """With the words of the last question that named something."""
    named = stems.stems(question, without=stems.KINDS)
    for asked, _ in reversed(before):
        missing = [
            word
            for word in re.findall(r"[^\s?!.,;:]+", asked)
            if (meant := stems.stems(word, without=stems.KINDS)) and not meant <= named
        ]
        if missing:
            return f"{question.rstrip('?!. ')} ({' '.join(missing)})"[:LONGEST]
    return question


def _request(question: str, before: Sequence[tuple[str, str]]) -> Request:
    said = "\n\n".join(f"Person: {asked}\nAnswer: {answer[:600]}" for asked, answer in before[-4:])
    parts = (Data("the conversation so far", said), Words(f"The last question: {question}"))
    return Request("rewrite", (Turn("person", parts),), SYSTEM, schema=StandAlone, max_tokens=1024)
