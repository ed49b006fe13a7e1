"""What can be asked, as plain frozen values: a query means the same on a page, in the API and in a command."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from media_library.querysets import MediaItemQuerySet


class QueryError(Exception):
    """The query cannot be answered; the message is a sentence for whoever asked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Filters:
    """What narrows a search. Empty values narrow nothing; an item must carry every one of `tags`."""

    kind: str = ""
    tags: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def apply(self, items: MediaItemQuerySet) -> MediaItemQuerySet:
        return items.of_kind(self.kind).tagged(self.tags).dated(self.first, self.last)

    def __bool__(self) -> bool:
        return bool(self.kind or self.tags or self.first or self.last)


@dataclass(frozen=True)
class Query:
    """Words, an example, or both.

    `example` is the token of a picture or clip that examples.remember() has encoded; `item` is a stored item
    to find more like. At most one of the two.
    """

    words: str = ""
    example: str = ""
    item: UUID | None = None
    filters: Filters = field(default_factory=Filters)

    def __bool__(self) -> bool:
        return bool(self.words or self.example or self.item)

    def digest(self) -> str:
        """The same for the same question, in every process."""
        return hashlib.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()
