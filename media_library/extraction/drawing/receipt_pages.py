"""Receipts of a till: narrow, in one font of equal or of varied widths, without a rule between the lines."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts, languages
from media_library.extraction.drawing.documents import Truth

WIDTH, MARGIN = 640, 36
MANNERS = ("one row", "below", "above", "columns", "code row")
"""Where quantity and price of a line stand: before the description in its row; in a row below it, with or without the
amount; in columns of their own, with the description beside them or below."""


@dataclass(frozen=True)
class _Print:
    """A row of the receipt: texts with where they stand, "l" at the left edge, "r" at the right, "c" in the middle, or
    the share of the width at which they end."""

    parts: tuple[tuple[str, str | float], ...]
    big: float = 1.0


def receipt_page(truth: Truth, chance: random.Random) -> tuple[str, Image.Image]:
    """The name of the layout and the page, undamaged."""
    words = {key: chance.choice(choices) for key, choices in languages.WORDS[truth.language].items()}
    family = chance.choice(fonts.families(chance.choice(("mono", "mono", "sans"))))
    size = chance.choice((20, 22, 24))
    layout = chance.choice(MANNERS)
    rows = [*_head(truth, words, chance), *_lines(truth, words, layout), *_sums(truth, words, chance)]
    step = round(size * chance.choice((1.25, 1.4, 1.6)))
    height = 2 * MARGIN + sum(round(step * row.big) for row in rows)
    page = Image.new("RGB", (WIDTH, height), (255, 255, 255))
    pen, y = ImageDraw.Draw(page), MARGIN
    for row in rows:
        face = fonts.font(family, _fitting(pen, row, family, round(size * row.big)), row.big > 1)
        for text, where in row.parts:
            x = {"l": MARGIN, "r": WIDTH - MARGIN, "c": WIDTH / 2}.get(where, where)  # type: ignore[arg-type]
            if isinstance(where, float):
                x = MARGIN + where * (WIDTH - 2 * MARGIN)
            anchor = {"l": "la", "c": "ma"}.get(where, "ra")  # type: ignore[arg-type]
            pen.text((x, y), text, (25, 25, 25), face, anchor=anchor)
        y += round(step * row.big)
    return f"till {layout}", page


def _fitting(pen: ImageDraw.ImageDraw, row: _Print, family: str, size: int) -> int:
    """A size at which the texts of a row do not run into each other."""
    while size > 13:
        face = fonts.font(family, size, row.big > 1)
        edges = []
        for text, where in row.parts:
            width = pen.textlength(text, face)
            if where == "l":
                edges.append((MARGIN, MARGIN + width))
            elif where == "c":
                edges.append((WIDTH / 2 - width / 2, WIDTH / 2 + width / 2))
            else:
                share = 1.0 if where == "r" else float(where)
                right = MARGIN + share * (WIDTH - 2 * MARGIN)
                edges.append((right - width, right))
        if all(one[1] + 14 <= two[0] for one, two in pairwise(edges)) and all(one[1] <= WIDTH - 8 for one in edges):
            return size
        size -= 1
    return size


def _head(truth: Truth, words: dict[str, str], chance: random.Random) -> list[_Print]:
    rows = [_Print(((truth.vendor, "c"),), chance.choice((1.0, 1.4)))]
    rows += [_Print(((part, "c"),)) for part in truth.address.split(", ")]
    rows += [_Print(((f"Tel. 0{chance.randint(10, 99)} {chance.randint(100000, 999999)}", "c"),)), _Print(())]
    rows.append(_Print(((words["receipt"], "c"),)))
    day = languages.written_date(truth.date, truth.language, truth.currency, chance.choice((1, 2, 2)))
    time = f"{chance.randint(8, 21):02d}:{chance.randint(0, 59):02d}"
    rows.append(_Print(((f"{words['number']}: {truth.number}", "l"),)))
    rows.append(_Print(((f"{words['date']}: {day} {time}", "l"),)))
    rows.append(_Print(()))
    return rows


def _lines(truth: Truth, words: dict[str, str], layout: str) -> list[_Print]:
    rows = []
    number = truth.manner.number
    code = " S" if len(truth.vendor) % 4 == 0 and layout != "code row" else ""
    if layout in ("columns", "code row"):
        rows.append(
            _Print(
                (
                    (words["description"], "l"),
                    (words["quantity"], 0.58),
                    (words["price"], 0.8),
                    (words["amount"], "r"),
                )
            )
        )
    for line in truth.lines:
        quantity, price, amount = f"{line.quantity}", number(line.unit_price), number(line.amount) + code
        if layout == "one row":
            rows.append(_Print(((f"{quantity} x {line.description}", "l"), (price, 0.78), (amount, "r"))))
        elif layout == "below":
            rows.append(_Print(((line.description, "l"),)))
            rows.append(_Print(((f"  {quantity} x {price}", "l"), (amount, "r"))))
        elif layout == "above":
            rows.append(_Print(((line.description, "l"), (amount, "r"))))
            rows.append(_Print(((f"  {quantity} x {price}", "l"),)))
        elif layout == "code row":
            digits = f"{sum(map(ord, line.description)) * 7919:08d}"
            rows.append(_Print(((digits, "l"), (quantity, 0.58), (price, 0.8), (amount, "r"))))
            rows.append(_Print(((line.description, "l"),)))
        else:
            rows.append(_Print(((line.description, "l"), (quantity, 0.58), (price, 0.8), (amount, "r"))))
    return [*rows, _Print(())]


def _sums(truth: Truth, words: dict[str, str], chance: random.Random) -> list[_Print]:
    number = truth.manner.number
    rows = []
    if truth.discount or truth.rounding or chance.random() < 0.3:
        rows.append(_Print(((languages.WORDS[truth.language]["subtotal"][0], "l"), (number(truth.subtotal), "r"))))
    if truth.discount:
        rows.append(_Print(((words["discount"], "l"), (number(-truth.discount), "r"))))
    if truth.rounding:
        rows.append(_Print(((words["rounding"], "l"), (number(truth.rounding), "r"))))
    sign = languages.SIGNS[truth.currency]
    # A receipt's prices hold the tax, so its total is not called one that holds it.
    total = languages.WORDS[truth.language]["total"][0]
    label = f"{total} {sign}" if chance.random() < 0.5 else total
    written = number(truth.total) if sign in label else f"{sign} {number(truth.total)}"
    rows.append(
        _Print(((label.upper() if chance.random() < 0.5 else label, "l"), (written, "r")), chance.choice((1.0, 1.3)))
    )
    if truth.paid is not None:
        rows.append(_Print(((words["paid"], "l"), (number(truth.paid), "r"))))
        rows.append(_Print(((words["change"], "l"), (number(truth.paid - truth.total), "r"))))
    rows.append(_Print(()))
    for rate, tax in truth.taxes.items():
        rows.append(_Print(((f"{words['tax']} {number(rate, 1 if rate % 1 else 0)}%", "l"), (number(tax), "r"))))
    rows += [_Print(()), _Print(((words["thanks"], "c"),))]
    return rows
