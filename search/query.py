"""What can be asked, as plain frozen values: a query means the same on a page, in the API and in a command."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from uuid import UUID

from media_library import stems
from search import syntax
from search.filters import Filters

__all__ = ["MAX_LIKES", "SORTS", "Filters", "Like", "Query", "QueryError"]

MAX_LIKES = 8
"""Pictures, clips and items that one search can be by."""

SORTS = ("relevance", "date")

_LIKE = re.compile(r"(-?)([0-9a-f-]{36}|[0-9a-f]{40})(?:\^(\d(?:\.\d{1,3})?))?", re.IGNORECASE)


class QueryError(Exception):
    """The query cannot be answered; the message is a sentence for whoever asked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Like:
    """What hits should be like, or with a negative weight should not: a stored item, or an example by its token.

    `example` is the token of what examples.remember_file() has encoded. Just one of the two is given.
    """

    item: UUID | None = None
    example: str = ""
    weight: float = 1.0

    @classmethod
    def parse(cls, written: str) -> Like:
        """Out of an address: an id or a token, ``-`` before it for less like it, ``^2`` after it for a weight.

        Raises ValueError for anything else.
        """
        match = _LIKE.fullmatch(written.strip())
        if not match:
            raise ValueError(written)
        minus, name, weight = match.groups()
        size = float(weight or 1)
        if not syntax.LEAST <= size <= syntax.MOST:
            raise ValueError(written)
        signed = -size if minus else size
        return cls(example=name.lower(), weight=signed) if len(name) == 40 else cls(item=UUID(name), weight=signed)

    def __str__(self) -> str:
        return f"{'-' if self.weight < 0 else ''}{self.item or self.example}{syntax.weight_text(abs(self.weight))}"

    def weighing(self, weight: float) -> Like:
        return Like(self.item, self.example, weight)


@dataclass(frozen=True)
class Query:
    """Words as they were typed (see syntax.py), what to be like, filters, and what comes first.

    `sort`: ``relevance``, or ``date`` for the newest of those hits that stand out. `question`: the words are one, so
    that any of those that mean something is enough to be found by.
    """

    words: str = ""
    likes: tuple[Like, ...] = ()
    filters: Filters = field(default_factory=Filters)
    sort: str = "relevance"
    question: bool = False

    def __bool__(self) -> bool:
        return bool(self.words.strip() or self.likes)

    @property
    def asked(self) -> syntax.Asked:
        if self.question:
            # “Which picture shows a rocket?” is to be compared with pictures of a rocket, and not with questions.
            return syntax.parse(" ".join(stems.content(self.words, stems.KINDS)) or self.words)
        return syntax.parse(self.words)

    @property
    def websearch(self) -> str:
        """The words in the syntax of websearch_to_tsquery; empty for a question without one that means something."""
        if not self.question:
            return self.asked.websearch
        return " or ".join(f'"{word}"' for word in stems.content(self.asked.text, stems.KINDS))

    @property
    def item_ids(self) -> list[UUID]:
        """The stored items it is by."""
        return [like.item for like in self.likes if like.item]

    def digest(self) -> str:
        """The same for the same question, in every process."""
        return hashlib.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()
