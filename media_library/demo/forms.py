"""The demo library's documents that are data: an invoice, a table and a flow chart, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from media_library.demo.papers import Paper

INK, RULE, PAPER, FILL = "#1a1c22", "#4a4e57", "#ffffff", "#e8edf4"

BILL = (
    ("1", "Front and rear brake cables", "100.00", "100.00"),
    ("2", "New set of pedal arms", "15.00", "30.00"),
    ("3", "Labor, per hour", "5.00", "15.00"),
)
"""Quantity, description, unit price and amount."""
SUMS = (("Subtotal", "145.00"), ("Sales tax 6.25%", "9.06"), ("TOTAL", "$154.06"))

FIRMS = (
    ("Business", "Revenue 2024", "Revenue 2025", "Staff"),
    ("Northwind Mills", "$1,200", "$1,380", "12"),
    ("Blue Harbour", "$640", "$992", "30"),
    ("Oakfield", "$2,050", "$1,990", "41"),
    ("Lumen Works", "$310", "$372", "7"),
    ("Tern Bay Cider", "$875", "$1,015", "18"),
)
FIRMS_TITLE = "Five businesses of the harbour, in thousands"


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)  # type: ignore[return-value]


def _save(picture: Image.Image, path: Path) -> None:
    picture.save(path, "PNG", optimize=True)


def _write_bill(path: Path) -> None:
    picture = Image.new("RGB", (1240, 1400), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((100, 90), "Harbour Bicycles", INK, _font(56))
    pen.text((100, 165), "12 Quay Street, Portsmouth NH 03801", INK, _font(28))
    pen.text((820, 90), "INVOICE", INK, _font(52))
    for at, (label, value) in enumerate((("Invoice No.", "US-001"), ("Invoice date", "11 Feb 2019"))):
        pen.text((820, 170 + 44 * at), label, INK, _font(28))
        pen.text((1020, 170 + 44 * at), value, INK, _font(28))
    for at, line in enumerate(("Bill to", "Ada Larsson", "4 Mill Lane, Kittery ME 03904")):
        pen.text((100, 250 + 40 * at), line, INK, _font(28))
    edges, top = (100, 220, 800, 980, 1140), 450
    pen.rectangle((edges[0], top - 14, edges[-1], top + 44), FILL)
    _row(pen, edges, top, ("Qty", "Description", "Unit price", "Amount"), 28)
    for at, line in enumerate(BILL, start=1):
        _row(pen, edges, top + 70 * at, line, 28)
        pen.line((edges[0], top + 70 * at + 52, edges[-1], top + 70 * at + 52), RULE, 1)
    for at, (label, value) in enumerate(SUMS):
        size = 36 if label.isupper() else 28
        pen.text((720, 800 + 64 * at), label, INK, _font(size))
        pen.text((edges[-1], 800 + 64 * at), value, INK, _font(size), anchor="ra")
    pen.text((100, 1120), "Payment is due within 15 days. Thank you for riding with us.", INK, _font(26))
    _save(picture, path)


def _row(pen: ImageDraw.ImageDraw, edges: Sequence[int], y: int, texts: Sequence[str], size: int) -> None:
    """Quantity and description from the left, prices to the right."""
    pen.text((edges[0] + 12, y), texts[0], INK, _font(size))
    pen.text((edges[1], y), texts[1], INK, _font(size))
    pen.text((edges[3], y), texts[2], INK, _font(size), anchor="ra")
    pen.text((edges[4], y), texts[3], INK, _font(size), anchor="ra")


def _write_firms(path: Path) -> None:
    wide, high, left, top = 290, 74, 60, 130
    picture = Image.new("RGB", (2 * left + 4 * wide, top + len(FIRMS) * high + 60), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((left, 48), FIRMS_TITLE, INK, _font(36))
    for row, texts in enumerate(FIRMS):
        for column, text in enumerate(texts):
            x, y = left + column * wide, top + row * high
            pen.rectangle((x, y, x + wide, y + high), FILL if row == 0 else PAPER, RULE, 2)
            right = column and row
            at = (x + wide - 22, y + high / 2) if right else (x + 22, y + high / 2)
            pen.text(at, text, INK, _font(28), anchor="rm" if right else "lm")
    _save(picture, path)


STEPS: tuple[tuple[str, str, tuple[int, int]], ...] = (
    ("end", "Parcel arrives", (330, 110)),
    ("step", "Write down its number", (330, 300)),
    ("question", "Is it damaged?", (330, 520)),
    ("step", "Take a photograph", (820, 520)),
    ("step", "Put it on the shelf", (330, 760)),
    ("step", "Call the sender", (820, 760)),
    ("end", "Done", (330, 960)),
)
"""What is drawn around a text, the text, and where its middle is."""
ARROWS: tuple[tuple[tuple[tuple[int, int], ...], str], ...] = (
    (((330, 155), (330, 250)), ""),
    (((330, 350), (330, 420)), ""),
    (((500, 520), (660, 520)), "yes"),
    (((330, 620), (330, 710)), "no"),
    (((820, 570), (820, 710)), ""),
    (((330, 810), (330, 915)), ""),
    (((820, 810), (820, 960), (480, 960)), ""),
)
"""The corners of an arrow, and its label."""


def _write_parcels(path: Path) -> None:
    picture = Image.new("RGB", (1120, 1070), PAPER)
    pen = ImageDraw.Draw(picture)
    for corners, label in ARROWS:
        pen.line(corners, RULE, 4)
        _arrowhead(pen, corners[-2], corners[-1])
        if label:
            (x, y), (to_x, _) = corners[:2]
            at = ((x + to_x) / 2, y - 24) if x != to_x else (x + 40, y + 34)
            pen.text(at, label, INK, _font(28), anchor="mm")
    for kind, text, (x, y) in STEPS:
        if kind == "question":
            pen.polygon(((x - 170, y), (x, y - 100), (x + 170, y), (x, y + 100)), FILL, RULE, 4)
        elif kind == "end":
            pen.ellipse((x - 150, y - 45, x + 150, y + 45), FILL, RULE, 4)
        else:
            pen.rectangle((x - 160, y - 50, x + 160, y + 50), FILL, RULE, 4)
        pen.text((x, y), text, INK, _font(28), anchor="mm")
    _save(picture, path)


def _arrowhead(pen: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int]) -> None:
    (x, y), along = end, 18
    if start[0] == x:
        away = along if start[1] > y else -along
        pen.polygon(((x, y), (x - 10, y + away), (x + 10, y + away)), RULE)
    else:
        away = along if start[0] > x else -along
        pen.polygon(((x, y), (x + away, y - 10), (x + away, y + 10)), RULE)


INVOICE = Paper(
    "bicycle-invoice.png", "Invoice of a bicycle shop", "What a repair cost.", ("invoice", "document"), _write_bill
)
TABLE = Paper(
    "harbour-businesses.png",
    "Businesses of the harbour",
    "Their revenue and staff.",
    ("table", "document"),
    _write_firms,
)
FLOWCHART = Paper(
    "parcels.png",
    "What to do with a parcel",
    "A flow chart from the porter's desk.",
    ("chart", "document"),
    _write_parcels,
)
FORMS = (INVOICE, TABLE, FLOWCHART)
