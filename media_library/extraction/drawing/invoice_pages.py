"""Invoices on A4, one page or several, in layouts, fonts and rules that vary."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts, languages
from media_library.extraction.drawing.documents import TrueLine, Truth

SIZE = (1240, 1754)
"""A4 at 150 dots per inch."""
MARGIN = 90
ORDERS = (
    ("quantity", "description", "price", "amount"),
    ("description", "quantity", "price", "amount"),
    ("position", "description", "quantity", "price", "amount"),
    ("description", "price", "quantity", "amount"),
)
WIDTHS = {"position": 60, "code": 125, "quantity": 125, "unit": 95, "price": 175, "off": 105, "rate": 90, "amount": 180}
RIGHT = ("price", "amount", "quantity", "off", "rate")
RULES = ("grid", "head", "none", "zebra", "dark head")
RISES = ("top", "top", "middle", "bottom")
"""At which row of a description that is wrapped the numbers of its line stand."""


@dataclass
class _Style:
    family: str
    size: int
    words: dict[str, str]
    order: tuple[str, ...]
    rules: str
    sign_on_lines: bool
    sign_before: bool
    rise: str

    @property
    def step(self) -> int:
        return round(self.size * 1.35)


class _Sheet:
    """One page that is filled from above."""

    def __init__(self, style: _Style) -> None:
        self.picture = Image.new("RGB", SIZE, (255, 255, 255))
        self.pen = ImageDraw.Draw(self.picture)
        self.style = style
        self.y = MARGIN

    def text(
        self,
        x: float,
        text: str,
        *,
        y: float | None = None,
        right: bool = False,
        big: float = 1,
        bold: bool = False,
        light: bool = False,
    ) -> None:
        face = fonts.font(self.style.family, round(self.style.size * big), bold)
        self.pen.text(
            (x, self.y if y is None else y),
            text,
            (245, 245, 245) if light else (20, 20, 25),
            face,
            anchor="ra" if right else "la",
        )

    def width(self, text: str, bold: bool = False) -> float:
        return self.pen.textlength(text, fonts.font(self.style.family, self.style.size, bold))


def invoice_pages(truth: Truth, chance: random.Random) -> tuple[str, list[Image.Image]]:
    """The name of the layout and the pages, undamaged."""
    words = {key: chance.choice(choices) for key, choices in languages.WORDS[truth.language].items()}
    if words["subtotal"] == words["total"] or words["subtotal"] == words["amount"]:
        words["subtotal"] = languages.WORDS[truth.language]["subtotal"][0]
    style = _Style(
        family=chance.choice(fonts.families(chance.choice(("sans", "sans", "serif")))),
        size=chance.choice((20, 22, 24, 26)),
        words=words,
        order=_with_extras(chance.choice(ORDERS), truth.extras),
        rules=chance.choice(RULES),
        sign_on_lines=chance.random() < 0.3,
        sign_before=truth.language == "en" or chance.random() < 0.2,
        rise=chance.choice(RISES),
    )
    if len(truth.extras) > 1:
        style.size = min(style.size, 20)
    right = chance.random() < 0.4
    sheet = _Sheet(style)
    pages = [sheet]
    _head(sheet, truth, right, chance)
    columns = _columns(style)
    _table_head(sheet, columns)
    for number, line in enumerate(truth.lines):
        rows = _wrapped(sheet, line, columns)
        if sheet.y + (len(rows) + 1) * style.step > SIZE[1] - MARGIN - 3 * style.step:
            if chance.random() < 0.5:
                sheet.text(columns["description"][0], words["carried"])
                sheet.text(
                    columns["amount"][1],
                    _money(truth, style, sum(one.amount for one in truth.lines[:number])),
                    right=True,
                )
            sheet = _Sheet(style)
            pages.append(sheet)
            _table_head(sheet, columns)
        _table_line(sheet, truth, line, number, rows, columns)
    if sheet.y + 9 * style.step > SIZE[1] - MARGIN:
        sheet = _Sheet(style)
        pages.append(sheet)
    _sums(sheet, truth, columns, chance)
    return f"{style.rules} {'-'.join(part[0] for part in style.order)}", [page.picture for page in pages]


def _with_extras(order: tuple[str, ...], extras: tuple[str, ...]) -> tuple[str, ...]:
    """The columns with those that a document has besides, each where it is usual."""
    columns = list(order)
    if "code" in extras:
        columns.insert(columns.index("description"), "code")
    if "unit" in extras:
        columns.insert(columns.index("quantity") + 1, "unit")
    for extra in ("off", "rate"):
        if extra in extras:
            columns.insert(columns.index("amount"), extra)
    return tuple(columns)


def _head(sheet: _Sheet, truth: Truth, right: bool, chance: random.Random) -> None:
    style, words = sheet.style, sheet.style.words
    x = SIZE[0] - MARGIN if right else MARGIN
    sheet.text(x, truth.vendor, right=right, big=1.5, bold=True)
    sheet.y += round(style.step * 1.6)
    for part in truth.address.split(", "):
        sheet.text(x, part, right=right)
        sheet.y += style.step
    title = words["credit_note" if truth.kind == "credit_note" else "invoice"]
    sheet.text(MARGIN if right else SIZE[0] - MARGIN, title, y=MARGIN, right=not right, big=1.8, bold=True)
    sheet.y += style.step
    top = sheet.y
    sheet.text(MARGIN, words["to"] + ":")
    sheet.text(MARGIN, truth.buyer, y=top + style.step)
    sheet.text(MARGIN, chance.choice(languages.STREETS[truth.language]), y=top + 2 * style.step)
    sheet.text(MARGIN, chance.choice(languages.TOWNS[truth.language]), y=top + 3 * style.step)
    x = round(SIZE[0] * 0.58)
    colon = chance.choice((":", "", ":"))
    widest = max(sheet.width(words[label]) for label in ("number", "date", "due"))
    values = SIZE[0] - MARGIN if chance.random() < 0.5 else x + max(240, widest + 40)
    date_style = chance.randint(0, 2)
    day = languages.written_date(truth.date, truth.language, truth.currency, date_style)
    for number, (label, value) in enumerate(((words["number"], truth.number), (words["date"], day))):
        sheet.text(x, label + colon, y=top + number * style.step)
        sheet.text(values, value, y=top + number * style.step, right=values == SIZE[0] - MARGIN)
    if chance.random() < 0.4:
        due = truth.date.replace(year=truth.date.year + 1) if truth.date.day < 29 else truth.date
        sheet.text(x, words["due"] + colon, y=top + 2 * style.step)
        sheet.text(
            values,
            languages.written_date(due, truth.language, truth.currency, date_style),
            y=top + 2 * style.step,
            right=values == SIZE[0] - MARGIN,
        )
    sheet.y = top + 5 * style.step


def _columns(style: _Style) -> dict[str, tuple[float, float]]:
    """Column → left and right edge in pixels."""
    free = SIZE[0] - 2 * MARGIN - sum(WIDTHS.get(column, 0) for column in style.order)
    columns, x = {}, float(MARGIN)
    for column in style.order:
        width = WIDTHS.get(column, free)
        columns[column] = (x, x + width)
        x += width
    return columns


def _table_head(sheet: _Sheet, columns: dict[str, tuple[float, float]]) -> None:
    style = sheet.style
    dark = style.rules == "dark head"
    if dark:
        sheet.pen.rectangle((MARGIN, sheet.y - 4, SIZE[0] - MARGIN, sheet.y + style.step), (45, 60, 90))
    for column, (left, right) in columns.items():
        label = "#" if column == "position" else style.words[column]
        numeric = column in RIGHT
        # A heading is set as small as its column is narrow.
        big = min(1.0, (right - left - 22) / max(1.0, sheet.width(label, bold=True)))
        sheet.text(right - 8 if numeric else left + 8, label, right=numeric, big=big, bold=True, light=dark)
    sheet.y += style.step
    if style.rules in ("grid", "head"):
        sheet.pen.line((MARGIN, sheet.y, SIZE[0] - MARGIN, sheet.y), (60, 60, 60), 2)
    sheet.y += 8


def _wrapped(sheet: _Sheet, line: TrueLine, columns: dict[str, tuple[float, float]]) -> list[str]:
    left, right = columns["description"]
    rows: list[str] = []
    for word in line.description.split():
        if rows and sheet.width(f"{rows[-1]} {word}") <= right - left - 24:
            rows[-1] += " " + word
        else:
            rows.append(word)
    return rows


def _table_line(
    sheet: _Sheet, truth: Truth, line: TrueLine, number: int, rows: list[str], columns: dict[str, tuple[float, float]]
) -> None:
    style, top = sheet.style, sheet.y
    height = len(rows) * style.step + 10
    if style.rules == "zebra" and number % 2 == 0:
        sheet.pen.rectangle((MARGIN, top - 4, SIZE[0] - MARGIN, top + height - 6), (236, 238, 242))
    places = max(0, -line.quantity.as_tuple().exponent)  # type: ignore[operator]
    shift = {"top": 0, "middle": (len(rows) - 1) / 2, "bottom": len(rows) - 1}[style.rise] * style.step
    values = {
        "code": line.code,
        "unit": line.unit,
        "off": f"{line.off:.0f}%" if line.off else "",
        "rate": f"{truth.manner.number(line.rate, 1 if line.rate % 1 else 0)}%",
        "position": str(number + 1),
        "quantity": truth.manner.number(line.quantity, places),
        "price": _money(truth, style, line.unit_price, style.sign_on_lines),
        "amount": _money(truth, style, line.amount, style.sign_on_lines),
    }
    for column, (left, right) in columns.items():
        if column == "description":
            for offset, row in enumerate(rows):
                sheet.text(left + 8, row, y=top + offset * style.step)
        elif column in RIGHT:
            sheet.text(right - 8, values[column], y=top + shift, right=True)
        else:
            sheet.text(left + 8, values[column], y=top + shift)
    sheet.y = top + height
    if style.rules == "grid":
        sheet.pen.line((MARGIN, sheet.y - 4, SIZE[0] - MARGIN, sheet.y - 4), (120, 120, 120), 1)
        for left, right in columns.values():
            for x in (left, right):
                sheet.pen.line((x, top - 8, x, sheet.y - 4), (120, 120, 120), 1)


def _sums(sheet: _Sheet, truth: Truth, columns: dict[str, tuple[float, float]], chance: random.Random) -> None:
    style, words = sheet.style, sheet.style.words
    sheet.y += style.step
    rows = [(words["subtotal"], truth.subtotal, False)]
    if truth.discount:
        rows.append((words["discount"], -truth.discount, False))
    if truth.shipping:
        rows.append((words["shipping"], truth.shipping, False))
    tax_first = chance.random() < 0.7
    for rate, tax in truth.taxes.items():
        written = truth.manner.number(rate, 1 if rate % 1 else 0)
        rows.append((f"{words['tax']} {written}%" if tax_first else f"{written} % {words['tax']}", tax, False))
    if truth.rounding:
        rows.append((words["rounding"], truth.rounding, False))
    rows.append((words["total"], truth.total, True))
    x = columns["price"][0] - 160 if chance.random() < 0.7 else MARGIN + 40
    for label, value, last in rows:
        sheet.text(x, label, bold=last)
        sheet.text(
            columns["amount"][1] - 8, _money(truth, style, value, last or style.sign_on_lines), right=True, bold=last
        )
        sheet.y += style.step
    sheet.y += 2 * style.step
    sheet.text(MARGIN, words["thanks"])


def _money(truth: Truth, style: _Style, value: object, sign: bool = False) -> str:
    written = truth.manner.number(value)  # type: ignore[arg-type]
    if not sign:
        return written
    mark = languages.SIGNS[truth.currency]
    if style.sign_before:
        return f"{mark} {written}" if len(mark) > 2 else f"{mark}{written}"
    return f"{written} {mark}"
