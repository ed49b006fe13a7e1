"""What every model is asked, and answers, whichever it is: pictures and text in, text out.

A request tells apart what the product or a person asks (Words) from what is only looked at (Data, Picture): whatever a
file says of itself is Data, and an instruction in it is a text like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel

DONE, CUT_OFF = "done", "cut-off"


@dataclass(frozen=True)
class Words:
    """What the product or a person asks."""

    text: str


@dataclass(frozen=True)
class Data:
    """Text out of files, names and metadata: to be read, never to be obeyed. `name` says what it is."""

    name: str
    text: str


@dataclass(frozen=True)
class Picture:
    """An encoded picture; `width` and `height` in pixels, 0 where they are not known."""

    content: bytes = field(repr=False)
    mime_type: str = "image/webp"
    width: int = 0
    height: int = 0


Part = Words | Data | Picture


@dataclass(frozen=True)
class Turn:
    """What one side said."""

    role: Literal["person", "model"]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Source:
    """A piece of text that an answer may rest on. `place`: where it stands, for people: “page 3”, “at 0:12”.

    `citation`: the same for programs: item, segment, page, start (seconds).
    """

    text: str
    place: str = ""
    citation: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Material:
    """What is known of what is asked about, for a model that sees no pictures.

    `what`: “a picture”; `facts`: pairs of a label and what it is; `sources`: text in it and about it, best first.
    """

    what: str
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    caption: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    unread: bool = False
    """Its pictures are still to be looked through for text."""
    worked: tuple[Source, ...] = ()
    """What its data as an invoice says to the question, sentence by sentence."""
    answered: bool = False
    """`worked` is the answer, and does not only say what is not there."""


@dataclass(frozen=True)
class Request:
    """One question. `purpose`: describe, explain, ask, caption, message …, for records and for the reader.

    `schema`: the reply is JSON that fits this pydantic model. `max_tokens`: of the reply, with what it thinks.
    """

    purpose: str
    turns: tuple[Turn, ...]
    system: str = ""
    schema: type[BaseModel] | None = None
    max_tokens: int = 4096
    material: Material | None = None

    @property
    def question(self) -> str:
        """The last words that were asked."""
        for turn in reversed(self.turns):
            if turn.role == "person":
                words = [part.text for part in turn.parts if isinstance(part, Words)]
                return words[-1] if words else ""
        return ""


@dataclass(frozen=True)
class Reply:
    """What came back. `finish`: ``done``, or ``cut-off`` where it ended at the limit of its length.

    `cost` in US dollars, `latency_s` in seconds. `data`: the reply as an instance of the request's schema.
    `by_lmm`: False where no model was asked. `attempts`: how often it was asked until it answered.
    """

    text: str
    model: str
    finish: str = DONE
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)
    latency_s: float = 0.0
    data: Any = None
    citations: tuple[Mapping[str, Any], ...] = ()
    by_lmm: bool = True
    cached: bool = False
    attempts: int = 1


class Lmm(Protocol):
    """A model. Both ways of asking raise LmmError; `stream` gives pieces of text and, last, the whole Reply."""

    key: str
    """Names the model and everything that changes its replies."""
    remote: bool
    """Whether what it is asked leaves this machine: it is then counted, cached, limited and waited for."""

    def ask(self, request: Request) -> Reply: ...

    def stream(self, request: Request) -> Iterator[str | Reply]: ...


# --- What can go wrong -----------------------------------------------------------------------------------


class LmmError(Exception):
    """No (whole) answer. The message is a sentence for people that says what to do.

    `text`: what there was of the answer. `tokens_in`, `tokens_out`: what it was counted as all the same.
    """

    code = "lmm-error"

    def __init__(self, message: str, *, text: str = "", tokens_in: int = 0, tokens_out: int = 0) -> None:
        super().__init__(message)
        self.message, self.text = message, text
        self.tokens_in, self.tokens_out = tokens_in, tokens_out


class NotConfigured(LmmError):
    """The settings name no model that can be asked: asking again helps nobody."""

    code = "lmm-not-configured"


class Blocked(LmmError):
    """The model's rules stopped the question, or the answer in the middle of it."""

    code = "lmm-blocked"


class CutOff(LmmError):
    """The answer is too short to be of use: it ended at the limit of its length."""

    code = "lmm-cut-off"


class Malformed(LmmError):
    """The answer is not what was asked for: no JSON, or other types."""

    code = "lmm-malformed"


class Refused(LmmError):
    """The model does not take the question as it is."""

    code = "lmm-refused"


class OverBudget(LmmError):
    """This person's limit for the day is reached."""

    code = "lmm-over-budget"


class Away(LmmError):
    """The model cannot be reached, or is asked too much, right now. `retry_after`: seconds, where they are known."""

    code = "lmm-away"

    def __init__(self, message: str, *, retry_after: float | None = None, **still: Any) -> None:
        super().__init__(message, **still)
        self.retry_after = retry_after
