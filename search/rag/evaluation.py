"""How well questions are answered: what was found for them, what the answers cite, and what stands in them."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media_library import stems
from search.filters import Filters
from search.rag import answering
from search.rag.answering import Question

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class QuestionsError(Exception):
    """The file of questions cannot be used; the message is a sentence that says where and why."""


@dataclass(frozen=True)
class Expected:
    """A question, the items that answer it, by original name or title (none where nothing does), and what must stand in
    the answer."""

    question: str
    expect: frozenset[str] = frozenset()
    facts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """An answer. `found` and `cited`: the names that each source goes by. `seconds` from asking to the end."""

    expected: Expected
    found: tuple[frozenset[str], ...]
    cited: tuple[frozenset[str], ...]
    text: str
    problem: str
    seconds: float

    @property
    def recall(self) -> float:
        """The share of the expected items among the sources."""
        return len(self.expected.expect & frozenset().union(*self.found)) / len(self.expected.expect)

    @property
    def precision(self) -> float:
        """The share of the citations that are of an expected item."""
        return sum(bool(names & self.expected.expect) for names in self.cited) / len(self.cited)

    @property
    def has_facts(self) -> bool:
        said = " ".join(stems.words(self.text))
        return all(" ".join(stems.words(fact)) in said for fact in self.expected.facts)


def read(path: Path) -> list[Expected]:
    """[{"question": "…", "expect": ["file or title", …], "facts": ["…", …], "kinds": ["image", …]}, …]

    Raises QuestionsError.
    """
    try:
        rows = json.loads(path.read_text())
        return [
            Expected(
                row["question"],
                frozenset(row.get("expect", ())),
                tuple(row.get("facts", ())),
                tuple(row.get("kinds", ())),
            )
            for row in rows
        ]
    except OSError as error:
        raise QuestionsError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise QuestionsError(f"{path} is not a list of questions as docs/evaluation.md has them: {error!r}.") from error


def ask(user: AbstractBaseUser, questions: Sequence[Expected]) -> Iterator[Given]:
    """Each question in a conversation of its own, which is deleted; no answer is taken from the cache."""
    for expected in questions:
        started = time.perf_counter()
        told, answered = answering.whole(
            user, Question(expected.question, filters=Filters(kinds=expected.kinds)), fresh=True
        )
        seconds = time.perf_counter() - started
        names = {
            each.number: frozenset({each.item.original_name, each.item.title} - {""}) for each in told.found.sources
        }
        message = answered.message
        answered.conversation.delete()
        yield Given(
            expected,
            tuple(names.values()),
            tuple(names[each["number"]] for each in message.citations),
            message.text,
            message.problem,
            seconds,
        )


def summary(given: Sequence[Given]) -> dict[str, Any]:
    """Means; a figure is None where no question counts towards it.

    ``recall`` of retrieval, ``citation_precision``, ``facts``: the share of the answers that hold all that they should,
    ``nothing``: of the questions that nothing answers, the share that is told so. Latency in milliseconds, median.
    """
    answerable = [each for each in given if each.expected.expect]
    return {
        "questions": len(given),
        "recall": _mean([each.recall for each in answerable]),
        "citation_precision": _mean([each.precision for each in answerable if each.cited]),
        "facts": _mean([float(each.has_facts) for each in answerable if each.expected.facts]),
        "nothing": _mean([float(not each.found) for each in given if not each.expected.expect]),
        "failed": sum(bool(each.problem) for each in given),
        "latency_ms": round(statistics.median(each.seconds for each in given) * 1000, 1) if given else None,
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None
