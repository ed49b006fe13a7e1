"""What an invoice is, for whoever reads one: the reader, an LMM, a person.

The same schema asks an LMM and checks its answer: `Invoice.model_json_schema()` and `Invoice.model_validate_json()`.
A value may be given bare (“9.00”) or with where it stands and how sure it is. Money is decimal, never a float; a
number that is none, a box outside of its page or a confidence above 1 is refused with pydantic's ValidationError.
"""

from __future__ import annotations

import math
from datetime import date as Day
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

T = TypeVar("T")

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
MAX_LINES = 5000
"""The most lines of one invoice that are kept."""
MAX_TAXES = 50


class Source(StrEnum):
    """Who read a value. What a person said is never overwritten by the others."""

    LMM = "lmm"
    READER = "reader"
    PERSON = "person"


class Kind(StrEnum):
    INVOICE = "invoice"
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class Box(BaseModel):
    """Where something stands: the page, from 1, and its edges as shares of that page as displayed."""

    model_config = ConfigDict(frozen=True)

    page: int = Field(ge=1)
    left: Share
    top: Share
    right: Share
    bottom: Share


class Value(BaseModel, Generic[T]):
    """A value with the text it was read from, its place, how sure it is (0 to 1), and who read it."""

    value: T
    text: Words = ""
    box: Box | None = None
    confidence: Share = 1.0
    source: Source = Source.LMM

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        if isinstance(given, Value):
            return given.model_dump()
        if isinstance(given, float):
            # As it was written: 0.1 is a tenth, and not the nearest binary fraction.
            return {"value": str(given) if math.isfinite(given) else given}
        if isinstance(given, dict) and isinstance(given.get("value"), float) and math.isfinite(given["value"]):
            return {**given, "value": str(given["value"])}
        return given if isinstance(given, dict) else {"value": given}


class InvoiceLine(BaseModel):
    """A thing that was sold. `amount` is what the line costs, `discount` what was taken off in it, not negative, and
    `discount_rate` the same in per cent, each where it is printed."""

    quantity: Value[Money] | None = None
    description: Value[Words] | None = None
    unit_price: Value[Money] | None = None
    discount: Value[Money] | None = None
    discount_rate: Value[Money] | None = None
    amount: Value[Money] | None = None


class Tax(BaseModel):
    """A tax and its rate in per cent. `included`: the prices of the lines hold it already."""

    rate: Value[Money] | None = None
    amount: Value[Money] | None = None
    included: bool = False


class Mark(BaseModel):
    """Something that does not add up or is missing: a sentence for people, and the fields it is about."""

    code: str
    message: str
    fields: list[str] = []


class Invoice(BaseModel):
    """An invoice, receipt or credit note. What was not found is None; nothing is made up and nothing corrected.

    `discount`: what is taken off all lines together, not negative; `charges`: what is added, such as postage;
    `rounding`: with its sign; `paid`: what was handed over, `change` what was given back.
    """

    kind: Kind = Kind.INVOICE
    vendor: Value[Words] | None = None
    address: Value[Words] | None = None
    number: Value[Words] | None = None
    date: Value[Day] | None = None
    due_date: Value[Day] | None = None
    currency: Value[Currency] | None = None
    lines: list[InvoiceLine] = Field(default_factory=list, max_length=MAX_LINES)
    subtotal: Value[Money] | None = None
    discount: Value[Money] | None = None
    charges: Value[Money] | None = None
    taxes: list[Tax] = Field(default_factory=list, max_length=MAX_TAXES)
    rounding: Value[Money] | None = None
    total: Value[Money] | None = None
    paid: Value[Money] | None = None
    change: Value[Money] | None = None
    marks: list[Mark] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that makes it one."""
        return self.total is None and not self.lines and self.subtotal is None
