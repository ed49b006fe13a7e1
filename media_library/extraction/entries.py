"""Amounts with what stands beside them: the raw material of totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from media_library.extraction.amounts import Amount, amounts
from media_library.extraction.labels import SUMMARY, Role, role_of
from media_library.extraction.layout import Page, Piece, Row
from media_library.extraction.words import letters


@dataclass(frozen=True)
class Entry:
    """An amount, the words to its left (or above, where it stands alone), and what they make of it.

    `number` counts the rows of the document. `last`: it is the rightmost of its row. `of_many`: the row has several.
    `in_summary`: it stands below the heading of a table of taxes.
    """

    amount: Amount
    piece: Piece
    label: str
    role: Role | None
    firm: float
    number: int
    last: bool
    of_many: bool
    in_summary: bool
    big: float


def entries_of(pages: Sequence[Page], mark: str | None) -> list[Entry]:
    """Everything in `pages` that is written like a price, from top to bottom."""
    found: list[Entry] = []
    number, in_summary, above = 0, False, ""
    for page in pages:
        for row in page.rows:
            number += 1
            prices = _prices(row, mark)
            in_summary = in_summary or _opens_summary(row, prices)
            for place, (source, piece, price) in enumerate(prices):
                label, read = _label(row, source, price)
                if not letters(label) and place == 0:
                    label = above
                    read = role_of(above) if above else None
                found.append(
                    Entry(
                        amount=price,
                        piece=piece,
                        label=label,
                        role=read[0] if read else None,
                        firm=read[1] if read else 0.0,
                        number=number,
                        last=place == len(prices) - 1,
                        of_many=len(prices) > 1,
                        in_summary=in_summary,
                        big=piece.height / page.em,
                    )
                )
            above = row.text if not prices else ""
    return found


def _prices(row: Row, mark: str | None) -> list[tuple[Piece, Piece, Amount]]:
    """Each price with the piece it was found in and the part of it that it is."""
    found = []
    for piece in row.pieces:
        for price in amounts(tidied(piece.text), mark):
            if price.is_money:
                found.append((piece, piece.part(price.start, price.end), price))
    return found


def tidied(text: str) -> str:
    """`text` with what OCR makes of digits beside digits set right: RMO.40, 1O.00, “12 00”. Its length stays."""
    text = re.sub(r"(?<=[\d.,])[Oo](?=[\d.,])|(?<=RM)[Oo](?=[.,]\d)|(?<=\d[.,]\d)[Oo](?!\w)", "0", text)
    return re.sub(r"^(\W*\d{1,4}) (\d\d\W*)$", r"\1.\2", text)


def _label(row: Row, source: Piece, price: Amount) -> tuple[str, tuple[Role, float] | None]:
    """The words to the left of a price. The nearest that tell what it is go before what stands farther away."""
    texts = [_without_numbers(other.text) for other in row.pieces[: row.pieces.index(source)]]
    texts = [text for text in [*texts, _without_numbers(source.text[: price.start])] if text.strip()]
    for start in range(len(texts) - 1, -1, -1):
        # One label may come in several pieces: “Total” “(RM)”.
        read = role_of(" ".join(texts[start:])) if letters(texts[start]) >= 2 else None
        if read:
            return " ".join(texts), role_of(" ".join(texts)) or read
    return " ".join(texts), None


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+[.,]\d\d\b", " ", text)


def _opens_summary(row: Row, prices: Sequence[object]) -> bool:
    return not prices and len(row.text) < 60 and SUMMARY.in_(row.text)
