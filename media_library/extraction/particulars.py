"""Number, dates and currency: what has a label of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media_library.extraction.amounts import SIGNS, amounts, currency_of
from media_library.extraction.dates import FoundDate, Order, dates, order_of
from media_library.extraction.labels import DATE, DUE_DATE, FIRM_NUMBER, NUMBER, OTHER_DATE, OTHER_NUMBER
from media_library.extraction.layout import Page, Piece, Row
from media_library.extraction.vendors import STREET
from media_library.extraction.words import digits, fold, letters

DOLLARS = (
    ("SGD", re.compile(r"singapore|\bs'pore\b|\bsgd\b|pte\.? ltd")),
    ("AUD", re.compile(r"australia|\babn\b|\bnsw\b|\bvic\b|pty\.? ltd")),
    ("CAD", re.compile(r"canada|\bhst\b|\bpst\b|\bqst\b|ontario|quebec")),
    ("NZD", re.compile(r"new zealand")),
    ("HKD", re.compile(r"hong kong")),
    ("MYR", re.compile(r"malaysia|sdn\.? ?bhd|\brm\b|selangor|johor|kuala lumpur")),
)
"""What tells whose dollar it is, folded; else it is that of the United States. Malaysian tills print $ for RM."""
CROWNS = (("SEK", re.compile(r"sverige|\bmoms\b.*\bab\b|sweden")), ("DKK", re.compile(r"danmark|denmark|\bcvr\b")))


@dataclass(frozen=True)
class Found:
    """Something with a label: its text, the piece it is in, how sure it is."""

    text: str
    piece: Piece
    sure: float


def document_order(pages: Sequence[Page], currency: str = "") -> Order:
    """Which of two small numbers is the day: told by other dates; else by the currency; else the day comes first."""
    told = order_of(piece.text for page in pages for piece in page.pieces)
    return told or ("mdy" if currency == "USD" else "dmy")


def dates_of(
    pages: Sequence[Page], order: Order
) -> tuple[tuple[FoundDate, Found] | None, tuple[FoundDate, Found] | None]:
    """The date of the document and the one it is due on."""
    found: list[tuple[float, FoundDate, Piece, bool]] = []
    for number, row, page in _rows(pages):
        above = page.rows[row - 1] if row else None
        for piece, one in _row_dates(page.rows[row], order):
            label = _label_of(page.rows[row], piece, one.start, above)
            score, due = _date_score(label, one)
            whole = page.rows[row].text
            score += 0.6 * bool(re.search(r"\d{1,2}[:.]\d{2}", whole.replace(one.text, ""))) - 0.02 * min(number, 40)
            found.append((score, one, piece, due))
    counts = Counter(one.value for _, one, _, due in found if not due)
    best: tuple[float, FoundDate, Piece] | None = None
    for score, one, piece, due in found:
        score += 0.5 * min(3, counts[one.value] - 1)
        if not due and (best is None or score > best[0]):
            best = (score, one, piece)
    dated = None
    if best and best[0] > 0:
        score, one, piece = best
        dated = one, Found(one.text, piece, min(0.98, 0.5 + 0.2 * score) * piece.sure * (0.8 if one.doubtful else 1))
    due_on = next(
        ((one, Found(one.text, piece, 0.85 * one.sure * piece.sure)) for _, one, piece, due in found if due), None
    )
    return dated, due_on


def _rows(pages: Sequence[Page]) -> Iterator[tuple[int, int, Page]]:
    number = 0
    for page in pages:
        for row in range(len(page.rows)):
            yield number, row, page
            number += 1


def _row_dates(row: Row, order: Order) -> Iterator[tuple[Piece, FoundDate]]:
    alone = False
    for piece in row.pieces:
        for one in dates(piece.text, order):
            alone = True
            yield piece.part(one.start, one.end), one
    if not alone and len(row.pieces) > 1:
        # A date that was found in pieces.
        for one in dates(row.text, order):
            if one.sure < 0.95:
                continue
            at, piece = 0, row.pieces[0]
            for piece in row.pieces:
                at += len(piece.text) + 1
                if at > one.start:
                    break
            yield piece, one


def _label_of(row: Row, piece: Piece, start: int, above: Row | None) -> str:
    """The words before a date in its row; where there are none, those above it."""
    before = [other for other in row.pieces if other.left < piece.left]
    words = " ".join(other.text for other in before[-2:])
    for other in before:
        if other.right > piece.left:  # the piece that the date is a part of
            words = other.text[: max(0, start)]
            if letters(words) < 2:
                words = " ".join(one.text for one in before[:-1][-2:])
    if letters(words) < 2 and above:
        words = " ".join(
            other.text for other in above.pieces if min(other.right, piece.right) > max(other.left, piece.left)
        )
        return words if not digits(words) else ""
    return words


def _date_score(label: str, one: FoundDate) -> tuple[float, bool]:
    score, due = one.sure * 2 - 0.3, False
    if label:
        due = DUE_DATE.in_(label)
        if OTHER_DATE.in_(label):
            score -= 1.5
        elif DATE.in_(label):
            score += 2.0
    if one.sure <= 0.5 and not DATE.in_(label):
        score -= 0.5
    return score, due


def number_of(pages: Sequence[Page]) -> Found | None:
    """The number of the invoice: what stands right of, or below, a label that says so."""
    best: tuple[float, Found] | None = None
    for number, at, page in _rows(pages[:1]):
        row = page.rows[at]
        for place, piece in enumerate(row.pieces):
            firm = FIRM_NUMBER.in_(piece.text)
            if not (firm or NUMBER.in_(piece.text)) or (OTHER_NUMBER.in_(piece.text) and not firm):
                continue
            for distance, other, text in _after(piece, row.pieces[place + 1 :], page.rows[at + 1 : at + 2]):
                token = _token(text)
                if token is None or (not firm and (distance > 1 or STREET.search(fold(text)))):
                    continue
                score = 2.0 * firm + 1.0 - 0.4 * distance - 0.02 * number - 0.5 * (len(token) < 3)
                if best is None or score > best[0]:
                    start = other.text.find(token)
                    part = other.part(start, start + len(token)) if start >= 0 else other
                    best = score, Found(token, part, max(0.2, min(0.95, 0.35 + 0.2 * score)) * other.sure)
                break
    return best[1] if best else None


def _after(piece: Piece, right: Sequence[Piece], below: Sequence[Row]) -> Iterator[tuple[int, Piece, str]]:
    text = _past_label(piece.text)
    if text:
        yield 0, piece, text
    for distance, other in enumerate(right[:2]):
        yield distance, other, other.text
    for row in below:
        for other in row.pieces:
            if min(other.right, piece.right) > max(other.left, piece.left):
                yield 2, other, other.text


def _past_label(text: str) -> str:
    match = re.search(r"[:#]\s*(?=\S)|(?<=[a-zA-Zºo°.])\s+(?=[A-Z]{0,6}[-/]?\d)", text)
    if match is None:
        # The label may run into what it labels.
        match = re.search(r"[^\W\d_]{4,}(?=[A-Z]{0,4}\d[\d/-]{3,}$)", text)
    return text[match.end() :] if match else ""


def _token(text: str) -> str | None:
    """The first word that may be a number: with a digit, no date, no time, no amount."""
    text = re.sub(r"^\W+", "", text)
    for one in dates(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    for match in re.finditer(r"[A-Za-z]{1,6} ?\d[\w/.-]*|[\w][\w/.-]*\d[\w/.-]*|\d", text):
        token = match[0].strip(".-/")
        if digits(token) and not re.fullmatch(r"\d{1,2}:\d\d.*|\d+[.,]\d\d", token) and len(token) <= 40:
            return token
    return None


def currency_in(pages: Sequence[Page], mark: str | None) -> Found | None:
    """The currency most amounts are written in, or that a label names: “Total (RM)”."""
    votes: Counter[str] = Counter()
    first: dict[str, Piece] = {}
    for page in pages:
        for piece in page.pieces:
            told = {one.currency for one in amounts(piece.text, mark) if one.currency}
            told |= _named(piece.text)
            for code in told:
                votes[code] += 1
                first.setdefault(code, piece)
    said = fold(" ".join(piece.text for page in pages for piece in page.pieces))
    if not votes:
        # No sign anywhere: the country may be told, which is little.
        iso = next((iso for iso, pattern in DOLLARS if pattern.search(said)), None)
        piece = next((piece for page in pages for piece in page.pieces), None)
        return Found(iso, piece, 0.4) if iso and piece else None
    code, count = votes.most_common(1)[0]
    iso = _country(code, said)
    if iso is None:
        return None
    sure = 0.9 if code == iso else 0.6
    return Found(iso, first[code], min(0.98, sure + 0.02 * count) * first[code].sure)


_NAMED = re.compile(
    r"(?<![A-Za-z])\(?(RM|S\$|US\$|HK\$|MYR|EUR|USD|GBP|CHF|SGD|AUD|CAD|INR|JPY|SEK|NOK|DKK|€|£|\$)\)?(?![A-Za-z])"
)


def _named(text: str) -> set[str]:
    return {code for code in (currency_of(match) for match in _NAMED.findall(text)) if code}


def _country(code: str, said: str) -> str | None:
    if code == "$":
        return next((iso for iso, pattern in DOLLARS if pattern.search(said)), "USD")
    if code == "kr":
        return next((iso for iso, pattern in CROWNS if pattern.search(said)), "NOK")
    return code if len(code) == 3 else SIGNS.get(code.lower())
