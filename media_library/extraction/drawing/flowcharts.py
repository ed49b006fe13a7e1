"""Flow charts that are drawn, with their shapes, edges and lanes, for measuring how well flow charts are read.

`draw(seed)` gives the same picture for the same seed on the same machine; fonts are those that are found there.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts
from media_library.extraction.drawing.damage import MAX_SKEW, Damage
from media_library.extraction.drawing.tables import damaged

THEMES = (
    # page, shape, outline, text, connector
    ("#ffffff", "#ffffff", "#111111", "#111111", "#111111"),
    ("#ffffff", "#dbe9fb", "#2f6db5", "#10243c", "#333333"),
    ("#ffffff", "#3a6ea5", "#3a6ea5", "#ffffff", "#222222"),
    ("#fbf6e9", "#fff2c4", "#a57c1b", "#33270a", "#6b5416"),
    ("#1b1f27", "#2c3441", "#8fa3bf", "#f0f4fa", "#b9c4d4"),
    ("#10281f", "#10281f", "#8fe0c0", "#e9fff6", "#8fe0c0"),
)
STARTS = ("Start", "Begin", "Order arrives", "Request received")
ENDS = ("End", "Done", "Finished", "Order closed", "Stop")
STEPS = (
    "Check the order", "Pack the goods", "Send the invoice", "Call the customer", "Weigh the parcel", "Print the label",
    "Add to the list", "Open the ticket", "Ask for approval", "Repair the part", "Book the payment", "Clean the filter",
    "Update the record", "Write the report", "Archive the file", "Measure again", "Restart the pump", "Assign a nurse",
)  # fmt: skip
DATA = ("Read the file", "Enter the number", "Show the result", "Load the list", "Type the name")
QUESTIONS = (
    "In stock?",
    "Paid?",
    "Approved?",
    "Is it valid?",
    "More items?",
    "Too hot?",
    "Damaged?",
    "On time?",
    "Known?",
)
ANSWERS = (("yes", "no"), ("Yes", "No"), ("YES", "NO"), ("ja", "nein"), ("true", "false"), ("oui", "non"))
LANES = ("Customer", "Sales", "Warehouse", "Accounting", "Support", "Workshop")


@dataclass(frozen=True)
class TrueShape:
    kind: str
    text: str
    lane: str = ""


@dataclass(frozen=True)
class TrueEdge:
    """Numbers of shapes, from 0."""

    start: int
    end: int
    label: str = ""


@dataclass
class DrawnChart:
    seed: int
    picture: Image.Image
    shapes: list[TrueShape]
    edges: list[TrueEdge]
    lanes: list[str]
    damage: Damage
    traits: tuple[str, ...] = ()


@dataclass
class _Plan:
    """`cells`: column and row of each shape; `routes`: the way each edge goes."""

    shapes: list[TrueShape] = field(default_factory=list)
    cells: list[tuple[int, int]] = field(default_factory=list)
    edges: list[TrueEdge] = field(default_factory=list)
    routes: list[str] = field(default_factory=list)
    lanes: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str, column: int, row: int) -> int:
        self.shapes.append(TrueShape(kind, text, self.lanes[column] if self.lanes else ""))
        self.cells.append((column, row))
        return len(self.shapes) - 1

    def join(self, start: int, end: int, route: str, label: str = "") -> None:
        self.edges.append(TrueEdge(start, end, label))
        self.routes.append(route)


def draw(seed: int) -> DrawnChart:
    chance = random.Random(seed * 104729 + 11)
    plan = _plan(chance)
    picture, page = _page(chance, plan)
    damage = replace(
        Damage.some(chance), skew=chance.choice((0.0, 1.0, 1.0)) * chance.uniform(-MAX_SKEW, MAX_SKEW),
        quality=chance.randint(40, 95),
    )  # fmt: skip
    return DrawnChart(
        seed, damaged(picture, damage, page, seed), plan.shapes, plan.edges, plan.lanes, damage, tuple(plan.traits)
    )


def _plan(chance: random.Random) -> _Plan:
    plan = _Plan()
    if chance.random() < 0.3:
        plan.lanes = chance.sample(LANES, chance.choice((2, 2, 3)))
        plan.traits.append("lanes")
    wanted = chance.randint(4, 14 if not plan.lanes else 10)
    yes, no = chance.choice(ANSWERS)
    if chance.random() < 0.25:
        yes, no = no, yes
    steps, questions = chance.sample(STEPS, len(STEPS)), chance.sample(QUESTIONS, len(QUESTIONS))
    data = chance.sample(DATA, len(DATA))
    lanes = max(1, len(plan.lanes))
    column = 0
    before = plan.add("start", chance.choice(STARTS), column, 0)
    row, label, floor, plain = 1, "", 0, 0
    joins: list[int] = []
    skips: list[int] = []
    while len(plan.shapes) < wanted - 1 or plain:
        if plan.lanes and not plain and chance.random() < 0.45:
            column = chance.randrange(lanes)
        left = wanted - 1 - len(plan.shapes)
        if not plain and left >= 2 and questions and row > 1 and chance.random() < 0.45:
            here = plan.add("decision", questions.pop(), column, row)
            plan.join(before, here, "down", label)
            back = [
                number
                for number, (c, r) in enumerate(plan.cells)
                if c == column == 0 and floor < r < row and plan.shapes[number].kind in ("step", "data")
            ]
            what = chance.choice(("side", "exit", "skip") if not plan.lanes else ("exit",))
            if back and chance.random() < 0.5:
                plan.join(here, chance.choice(back), "loop", no)
                plan.traits.append("loop")
                floor = row
            elif what == "side" and left >= 3:
                side = plan.add("step", steps.pop(), 1, row)
                plan.join(here, side, "right", no)
                joins.append(side)
            elif what == "skip" and left >= 4:
                skips.append(here)
            elif column + 1 < lanes or not plan.lanes:
                end = plan.add("end", chance.choice(ENDS), column + 1, row)
                plan.join(here, end, "right", no)
            else:
                plan.edges.pop()
                plan.routes.pop()
                plan.shapes.pop()
                plan.cells.pop()
                continue
            before, label, plain = here, yes, 2 if skips else 1
            row += 1
            continue
        kind = "data" if data and chance.random() < 0.15 else "step"
        if kind == "step" and not steps:
            break
        here = plan.add(kind, (data if kind == "data" else steps).pop(), column, row)
        plan.join(before, here, "down", label)
        for side in joins:
            plan.join(side, here, "side")
        if plain == 1:
            # Past the shape before this one.
            for decision in skips:
                plan.join(decision, here, "skip", no)
            skips = []
        joins, before, label, plain = [], here, "", max(0, plain - 1)
        row += 1
    end = plan.add("end", chance.choice(ENDS), column, row)
    plan.join(before, end, "down", label)
    return plan


def _page(chance: random.Random, plan: _Plan) -> tuple[Image.Image, str]:
    page, fill, outline, ink, wire = chance.choice(THEMES)
    family = chance.choice(fonts.families(chance.choice(("sans", "sans", "serif"))))
    size = chance.choice((16, 18, 20))
    face, small = fonts.font(family, size), fonts.font(family, size - 2)
    width = chance.choice((2, 2, 3))
    wide, high = round(size * 10.5), round(size * 3.2)
    columns = max(len(plan.lanes), *(column + 1 for column, _ in plan.cells))
    rows = max(row for _, row in plan.cells) + 1
    across = not plan.lanes and columns <= 2 and rows <= 7 and chance.random() < 0.25
    if across:
        plan.traits.append("across")
    gap_x, gap_y = round(size * chance.uniform(4, 6)), round(size * chance.uniform(2.2, 3.2))
    if across:
        gap_x, gap_y = round(size * 3.5), round(size * 4.2)
    margin = round(size * 4.5)
    head = round(size * 2.4) if plan.lanes else 0
    step_x, step_y = wide + gap_x, round(high * 1.25) + gap_y
    if across:
        shape_at = [
            (margin + wide / 2 + row * step_x, margin + high / 2 + column * (step_y + size * 2))
            for column, row in plan.cells
        ]
        total = (2 * margin + rows * step_x, 2 * margin + columns * (step_y + size * 2))
    else:
        shape_at = [
            (margin + gap_x / 2 + wide / 2 + column * step_x, margin + head + high / 2 + row * step_y)
            for column, row in plan.cells
        ]
        total = (2 * margin + columns * step_x, 2 * margin + head + rows * step_y)
    picture = Image.new("RGB", (round(total[0]), round(total[1])), page)
    pen = ImageDraw.Draw(picture)
    if plan.lanes:
        _lanes(
            pen, plan, margin, step_x, total[1], head, wire, ink if page != "#ffffff" else "#111111", face, width, gap_x
        )
    boxes = []
    for shape, (x, y) in zip(plan.shapes, shape_at, strict=True):
        tall = high * (1.25 if shape.kind == "decision" else 1)
        boxes.append((x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
    filled_head = chance.random() < 0.75
    label_ink = wire
    for edge, route in zip(plan.edges, plan.routes, strict=True):
        points = _route(boxes[edge.start], boxes[edge.end], route, across, size, gap_x, gap_y)
        _arrow(pen, points, wire, width, size, filled_head)
        if edge.label:
            _label(pen, points, edge.label, label_ink, small, size)
    rounded = chance.random() < 0.3
    oval = chance.random() < 0.5
    for shape, box in zip(plan.shapes, boxes, strict=True):
        _shape(pen, shape.kind, box, fill, outline, width, rounded, oval)
        pen.text(
            ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
            _wrapped(pen, shape, face, wide),
            ink,
            face,
            anchor="mm",
            align="center",
        )
    return picture, page


def _wrapped(pen: ImageDraw.ImageDraw, shape: TrueShape, face: fonts.ImageFont.FreeTypeFont, wide: int) -> str:
    if pen.textlength(shape.text, face) <= wide * (0.55 if shape.kind == "decision" else 0.8):
        return shape.text
    words = shape.text.split()
    half = (len(words) + 1) // 2
    return " ".join(words[:half]) + "\n" + " ".join(words[half:])


def _lanes(pen, plan, margin, step_x, bottom, head, wire, ink, face, width, gap_x) -> None:  # noqa: ANN001
    left, top = margin * 0.25, margin * 0.25
    edges = [left] + [margin + (number + 1) * step_x for number in range(len(plan.lanes))]
    for number, lane in enumerate(plan.lanes):
        pen.rectangle((edges[number], top, edges[number + 1], bottom - margin * 0.25), outline=wire, width=width)
        pen.line((edges[number], top + head, edges[number + 1], top + head), wire, width)
        pen.text(((edges[number] + edges[number + 1]) / 2, top + head / 2), lane, ink, face, anchor="mm")


Box = tuple[float, float, float, float]


def _route(
    start: Box, end: Box, route: str, across: bool, size: int, gap_x: int, gap_y: int
) -> list[tuple[float, float]]:
    if across:
        turned = [_turned(start), _turned(end)]
        return [(y, x) for x, y in _route(turned[0], turned[1], route, False, size, gap_y, gap_x)]
    middle = (start[0] + start[2]) / 2, (start[1] + start[3]) / 2
    goal = (end[0] + end[2]) / 2, (end[1] + end[3]) / 2
    if route == "down":
        if abs(middle[0] - goal[0]) < 1:
            return [(middle[0], start[3]), (goal[0], end[1])]
        bend = end[1] - min(size * 1.1, (end[1] - start[3]) / 2)
        return [(middle[0], start[3]), (middle[0], bend), (goal[0], bend), (goal[0], end[1])]
    if route == "right":
        return [(start[2], middle[1]), (end[0], goal[1])]
    if route == "side":
        return [(middle[0], start[3]), (middle[0], goal[1]), (end[2], goal[1])]
    if route == "skip":
        x = max(start[2], end[2]) + min(2.2 * size, 0.45 * gap_x)
        return [(start[2], middle[1]), (x, middle[1]), (x, goal[1]), (end[2], goal[1])]
    x = min(start[0], end[0]) - min(2.2 * size, 0.45 * gap_x)
    return [(start[0], middle[1]), (x, middle[1]), (x, goal[1]), (end[0], goal[1])]


def _turned(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


def _arrow(
    pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], wire: str, width: int, size: int, filled: bool
) -> None:
    (x0, y0), (x1, y1) = points[-2:]
    angle = math.atan2(y1 - y0, x1 - x0)
    long = size * 0.7
    sides = [(x1 - long * math.cos(angle + turn), y1 - long * math.sin(angle + turn)) for turn in (-0.45, 0.45)]
    pen.line(points, wire, width, joint="curve")
    if filled:
        pen.polygon([(x1, y1), *sides], wire)
    else:
        for side in sides:
            pen.line([side, (x1, y1)], wire, width)


def _label(
    pen: ImageDraw.ImageDraw,
    points: list[tuple[float, float]],
    label: str,
    ink: str,
    face: fonts.ImageFont.FreeTypeFont,
    size: int,
) -> None:
    (x0, y0), (x1, y1) = points[:2]
    if abs(x1 - x0) < 1:
        pen.text(
            (x0 + size * 0.45, y0 + (size * 0.25 if y1 > y0 else -size * 0.25)),
            label,
            ink,
            face,
            anchor="la" if y1 > y0 else "ld",
        )
    else:
        pen.text(
            (x0 + (size * 0.3 if x1 > x0 else -size * 0.3), y0 - size * 0.3),
            label,
            ink,
            face,
            anchor="ld" if x1 > x0 else "rd",
        )


def _shape(
    pen: ImageDraw.ImageDraw, kind: str, box: Box, fill: str, outline: str, width: int, rounded: bool, oval: bool
) -> None:
    left, top, right, bottom = box
    if kind in ("start", "end"):
        if oval:
            pen.ellipse(box, fill, outline, width)
        else:
            pen.rounded_rectangle(box, (bottom - top) / 2, fill, outline, width)
    elif kind == "decision":
        middle = (left + right) / 2, (top + bottom) / 2
        corners = [(middle[0], top), (right, middle[1]), (middle[0], bottom), (left, middle[1])]
        pen.polygon(corners, fill)
        pen.line([*corners, corners[0], corners[1]], outline, width, joint="curve")
    elif kind == "data":
        lean = (bottom - top) * 0.35
        corners = [
            (left + lean / 2, top),
            (right + lean / 2, top),
            (right - lean / 2, bottom),
            (left - lean / 2, bottom),
        ]
        pen.polygon(corners, fill)
        pen.line([*corners, corners[0], corners[1]], outline, width, joint="curve")
    elif rounded:
        pen.rounded_rectangle(box, (bottom - top) * 0.15, fill, outline, width)
    else:
        pen.rectangle(box, fill, outline, width)
