"""What else has vectors of search's encoders, besides segments: told by apps above, which search may not import.

An encoder is complete once these have their vectors, too, and what is removed with it is theirs as well.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import QuerySet

from search.models import Encoder


class Holding(Protocol):
    """Things of one kind that have vectors. All of it concerns only spaces in which they have any."""

    noun: str
    """What they are called in a sentence: “films”."""

    def missing(self, encoder: Encoder) -> int:
        """How many should have a vector of `encoder` and have none, including those that a worker has in hand."""
        ...

    def embed(self, encoder: Encoder, most: int) -> int:
        """Make up to about `most` of the missing vectors of `encoder`; 0 where none can be made now.

        Raises EncoderError, and indexing.StorageAway where no stored picture can be read at all.
        """
        ...

    def made(self) -> QuerySet[Any]:
        """The vectors that are there, with a field `encoder`."""
        ...

    def fitting(self, space: str) -> QuerySet[Any] | None:
        """What should have a vector in `space`; None where nothing should."""
        ...

    def build_index(self, encoder: Encoder) -> None:
        """Index the vectors of `encoder`, unless that was done."""
        ...

    def remove(self, encoder: Encoder) -> int:
        """Delete the vectors of `encoder` and their index, a part at a time; returns how many."""
        ...


_known: dict[str, Holding] = {}


def register(name: str, holding: Holding) -> None:
    """To be called by an app when it is ready; the same name again replaces what was known by it."""
    _known[name] = holding


def known() -> list[Holding]:
    return list(_known.values())


def missing(encoder: Encoder) -> int:
    """How many things of all kinds lack a vector of `encoder`."""
    return sum(holding.missing(encoder) for holding in known())


def lacking(encoder: Encoder) -> str:
    """How many of which lack a vector of `encoder`, such as “12 films”; empty where none do."""
    counted = ((holding.missing(encoder), holding.noun) for holding in known())
    return " and ".join(f"{count:,} {noun}" for count, noun in counted if count)


def build_indexes(encoder: Encoder) -> None:
    for holding in known():
        holding.build_index(encoder)


def remove(encoder: Encoder) -> int:
    """Delete all their vectors of `encoder`; returns how many."""
    return sum(holding.remove(encoder) for holding in known())
