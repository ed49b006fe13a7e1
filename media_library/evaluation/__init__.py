"""How good the reader is, kind of thing by kind of thing; each kind is a module of its own.

A module has `measure(count, seed, told)`, which draws or takes `count` cases, calls ``told(done, total)`` as
it goes, and returns a Result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

Told = Callable[[int, int], None]

KINDS = {
    "messages": "media_library.evaluation.messages",
    "receipts": "media_library.extraction.evaluation.receipts",
    "invoices": "media_library.extraction.evaluation.invoices",
    "tables": "media_library.extraction.evaluation.tables",
    "flowcharts": "media_library.extraction.evaluation.flowcharts",
    "kinds": "media_library.extraction.evaluation.kinds",
}
"""By the name that the command knows them by."""


@dataclass(frozen=True)
class Result:
    """`figures`: what was measured, shares from 0 to 1; `misses`: cases that went wrong, as they were and as read."""

    kind: str
    count: int
    seconds: float
    figures: Mapping[str, float]
    misses: list[Mapping[str, Any]] = field(default_factory=list)


class Kind(Protocol):
    @staticmethod
    def measure(count: int, seed: int, told: Told) -> Result: ...


def kind(name: str) -> Kind:
    """The module that measures `name`, a key of KINDS."""
    return import_module(KINDS[name])  # type: ignore[return-value]
