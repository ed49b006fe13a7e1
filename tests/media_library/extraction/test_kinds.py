"""Kinds of documents, told from what is drawn and from words at known places: no engine reads here."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from media_library.extraction import kinds
from media_library.extraction.drawing import fonts
from media_library.extraction.evaluation.kinds import cases
from media_library.extraction.kinds import Kind, kind_of
from media_library.models import DocumentKind
from media_library.ocr import Piece, Reading

FACE = fonts.font(fonts.families("sans")[0], 20)


class Paper:
    """A page that knows what was written on it, as a reader would tell."""

    def __init__(self, width=900, height=1200, colour="white"):
        self.picture = Image.new("RGB", (width, height), colour)
        self.pen = ImageDraw.Draw(self.picture)
        self.pieces = []

    def write(self, x, y, text):
        self.pen.text((x, y), text, "black", FACE)
        left, top, right, bottom = self.pen.textbbox((x, y), text, FACE)
        self.pieces.append(Piece(text, 0.99, ((left, top), (right, top), (right, bottom), (left, bottom))))
        return self

    def told(self, turned=0):
        """What it is taken for, also where it lies on its side."""
        picture = self.picture.rotate(turned, expand=True)
        return kind_of(picture, Reading((), turned, (), tuple(self.pieces), self.picture.size))[0]


def invoice():
    paper = Paper()
    for x, y, text in [
        (60, 40, "Halden Tools Ltd"), (560, 40, "INVOICE"), (560, 80, "Invoice No. 2024-118"),
        (560, 120, "Date 03.05.2024"),
        (60, 160, "Bill to"), (60, 190, "Orvika Ltd"), (560, 160, "Due date 02.06.2024"),
        (60, 300, "Description"), (460, 300, "Qty"), (580, 300, "Unit price"), (760, 300, "Amount"),
        (60, 340, "Steel bolts"), (460, 340, "10"), (580, 340, "1.20"), (760, 340, "12.00"),
        (60, 380, "Copper pipe, two metres"), (460, 380, "3"), (580, 380, "9.00"), (760, 380, "27.00"),
        (580, 460, "Subtotal"), (760, 460, "39.00"), (580, 500, "VAT 20 %"), (760, 500, "7.80"),
        (580, 540, "Total"), (760, 540, "46.80"),
    ]:  # fmt: skip
        paper.write(x, y, text)
    return paper


def receipt():
    paper = Paper(420, 900)
    for y, label, amount in [
        (40, "CORNER SHOP", ""), (80, "RECEIPT", ""), (120, "12/03/2024 10:31", ""), (180, "MILK 1L", "1.20"),
        (220, "BREAD", "2.35"), (260, "APPLES", "3.10"), (320, "TOTAL", "6.65"), (360, "CASH", "10.00"),
        (400, "CHANGE", "3.35"), (460, "THANK YOU", ""),
    ]:  # fmt: skip
        paper.write(30, y, label)
        if amount:
            paper.write(320, y, amount)
    return paper


def table():
    paper = Paper(900, 500)
    rows = [
        ("City", "Visitors", "Growth"),
        ("Porto", "1,204", "4.1 %"),
        ("Graz", "860", "-0.3 %"),
        ("Leeds", "2,310", "7 %"),
    ]
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            paper.write(60 + 280 * column, 60 + 60 * number, text)
    for y in range(45, 300, 60):
        paper.pen.line((40, y, 860, y), "black", 2)
    return paper


def chart():
    paper = Paper(900, 600)
    for number in range(6):
        paper.write(60, 480 - 80 * number, str(number * 20))
        paper.pen.line((110, 490 - 80 * number, 860, 490 - 80 * number), "#dddddd")
    for number, name in enumerate(("Jan", "Feb", "Mar", "Apr")):
        x = 150 + 180 * number
        paper.write(x + 20, 510, name)
        paper.pen.rectangle((x, 490 - 90 * (number + 1), x + 90, 490), "#1f77b4")
    return paper


def flowchart():
    paper = Paper(700, 900)
    for number, text in enumerate(("Start", "Check the order", "In stock?", "Pack the goods", "End")):
        y = 40 + 170 * number
        paper.pen.rounded_rectangle((200, y, 500, y + 90), 20, "white", "black", 3)
        paper.write(250, y + 32, text)
        if number:
            paper.pen.line((350, y - 80, 350, y), "black", 3)
    return paper


def page():
    paper = Paper()
    for number in range(24):
        paper.write(80, 80 + 40 * number, "the boats came back with their nets while people waited at the wall")
    return paper


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize("drawn", [invoice, receipt, table, chart, flowchart, page])
def test_each_is_told_whichever_way_it_lies(drawn, turned):
    assert drawn().told(turned) == drawn.__name__


def test_what_says_nothing_and_has_many_shades_is_a_photograph():
    grain = np.random.default_rng(1).normal(0, 18, (60, 80, 3)).cumsum(axis=0).cumsum(axis=1)
    scene = Image.fromarray(np.clip(128 + grain / 6, 0, 255).astype(np.uint8)).resize((960, 720))
    kind, sure = kind_of(scene, Reading())
    assert kind is Kind.PHOTOGRAPH
    assert 0 <= sure <= 1


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (3, 4000), (4000, 3), (640, 480)])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1"])
def test_no_picture_breaks_it(size, mode):
    broken = (Piece("Total 1.00", 0.9, ((0.0, 0.0), (float("nan"), 0.0), (5.0, 2.0), (0.0, 2.0))),)
    for reading in (Reading(), Reading((), 90, (), broken, size[::-1])):
        assert kind_of(Image.new(mode, size), reading)[0] in Kind


def test_the_kinds_are_those_of_items():
    assert {kind.value for kind in Kind} == set(DocumentKind)


def test_measured_documents_of_odd_and_even_seeds_are_different_ones():
    odd, even = ({(case.true, case.name) for case in cases(70, first, 2)} for first in (1, 2))
    assert not {pair for pair in odd & even if pair[0] is not Kind.PHOTOGRAPH}
    assert {case[0] for case in odd} >= set(Kind) - {Kind.PHOTOGRAPH}
    assert kinds.TICKS > 2
