"""Drawn invoices, receipts and credit notes: varied in layout, font, language, currency, skew, turn, noise and JPEG.

What is drawn has a truth, so every value is compared. Lines are right only if all of a document are, each in quantity,
description (letters and digits), unit price and amount.
"""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from media_library import evaluation
from media_library.extraction.drawing import draw
from media_library.extraction.drawing.documents import Truth
from media_library.extraction.evaluation.measuring import (
    READER,
    Read,
    Told,
    as_result,
    peak_mb,
    read_by,
    share,
    untold,
)
from media_library.extraction.schemas import Invoice, Value
from media_library.extraction.words import squash

COUNT = 200


def evaluate(
    folder: Path | None = None,
    provider: str = READER,
    *,
    count: int = COUNT,
    first: int = 1000,
    read: Read | None = None,
    told: Told = untold,
) -> dict[str, Any]:
    """Shares of `count` drawn documents, of the seeds from `first` on, that are read exactly.

    `folder` is not looked at: everything is drawn. Raises ValueError for a provider that cannot be measured here.
    """
    reads = read_by(provider, read)
    right: Counter[str] = Counter()
    misses: list[dict[str, Any]] = []
    seconds, pages = 0.0, 0
    for seed in range(first, first + count):
        drawn = draw(seed)
        pictures = [lambda page=page: page for page in drawn.pages]
        started = time.perf_counter()
        invoice = reads(pictures)
        seconds += time.perf_counter() - started
        pages += len(pictures)
        found = compare(invoice, drawn.truth)
        right.update({name: int(is_right) for name, is_right in found.items()})
        wrong = [name for name, is_right in found.items() if not is_right]
        if wrong:
            misses.append({"seed": seed, "layout": drawn.layout, "language": drawn.truth.language, "wrong": wrong})
        told(seed - first + 1, count)
    return {
        "kind": "invoices",
        "provider": provider,
        "count": count,
        "shares": {name: share(number, count) for name, number in right.items()},
        "seconds": round(seconds, 1),
        "seconds_per_page": round(seconds / max(1, pages), 3),
        "peak_mb": peak_mb(),
        "misses": misses,
    }


def measure(
    count: int, seed: int, told: Told, *, folder: Path | None = None, provider: str = READER
) -> evaluation.Result:
    """`count` drawn documents from `seed` on, for the command."""
    return as_result(evaluate(folder, provider, count=count, first=seed, told=told))


def compare(invoice: Invoice, truth: Truth) -> dict[str, bool]:
    """Which values were read: name → whether. What is not printed has to be missing or nought."""
    true_lines = [(line.quantity, squash(line.description), line.unit_price, line.amount) for line in truth.lines]
    read_lines = [
        (
            _of(line.quantity),
            squash(_of(line.description) or ""),
            _of(line.unit_price),
            _of(line.amount),
        )
        for line in invoice.lines
    ]
    taxes = sorted(tax.amount.value for tax in invoice.taxes if tax.amount)
    return {
        "lines": read_lines == true_lines,
        "total": _of(invoice.total) == truth.total,
        "subtotal": invoice.subtotal is None or _of(invoice.subtotal) == truth.subtotal,
        "taxes": taxes == sorted(truth.taxes.values()),
        "discount": _or_nought(invoice.discount) == truth.discount,
        "charges": _or_nought(invoice.charges) == truth.shipping,
        "rounding": _or_nought(invoice.rounding) == truth.rounding,
        "paid": _of(invoice.paid) == truth.paid,
        "vendor": squash(_of(invoice.vendor) or "") == squash(truth.vendor),
        "address": squash(_of(invoice.address) or "") == squash(truth.address),
        "number": _of(invoice.number) == truth.number,
        "date": _of(invoice.date) == truth.date,
        "currency": _of(invoice.currency) == truth.currency,
        "kind": invoice.kind.value == truth.kind,
        # These add up, so a mark is one too many unless something was misread.
        "unmarked": not invoice.marks,
    }


def _of(value: Value[Any] | None) -> Any:
    return value.value if value else None


def _or_nought(value: Value[Decimal] | None) -> Decimal:
    return value.value if value else Decimal()
