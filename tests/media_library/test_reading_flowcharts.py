"""Flow charts: read from drawings, and told as steps, Mermaid and Python."""

from __future__ import annotations

import ast
import random
import re
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pydantic import ValidationError

from media_library.extraction.drawing.flowcharts import draw
from media_library.extraction.evaluation.flowcharts import compare
from media_library.extraction.flowcharts.mermaid import to_mermaid
from media_library.extraction.flowcharts.python_code import to_python
from media_library.extraction.flowcharts.reading import read_flowchart, read_picture
from media_library.extraction.flowcharts.schema import Edge, FlowChart, Kind, Shape
from media_library.extraction.flowcharts.steps import to_steps
from media_library.ocr import Piece, Reading

ANY_TEXT = st.text(max_size=40) | st.sampled_from(
    [
        '"""',
        "\\",
        "'); import os\n",
        "\u2028x = 1",
        "end\n    evil[x]",
        '"] --> z["',
        "{{",
        "\x00",
        "#\r\nprint(1)",
        "class",
        "été 1",
        "%%{init",
    ]
)


def chart_of(shapes: list[tuple[str, str]], edges: list[tuple[int, int, str]]) -> FlowChart:
    return FlowChart(
        shapes=[Shape(id=number, kind=kind, text=text) for number, (kind, text) in enumerate(shapes)],
        edges=[Edge(start=start, end=end, label=label) for start, end, label in edges],
    )


ORDER = chart_of(
    [("start", "Start"), ("step", "Ask for the order"), ("decision", "Valid?"), ("step", "Pack it"), ("end", "End")],
    [(0, 1, ""), (1, 2, ""), (2, 1, "no"), (2, 3, "yes"), (3, 4, "")],
)


class Drawing:
    """A chart on a white page, and what a reader without a mistake reads on it: `pieces` are exact."""

    def __init__(self, width: int = 500, height: int = 560) -> None:
        self.picture = Image.new("RGB", (width, height), "white")
        self.pen = ImageDraw.Draw(self.picture)
        self.pieces: list[Piece] = []

    def text(self, x: float, y: float, text: str) -> None:
        wide, tall = 11 * len(text), 26
        box = (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
        for start in range(round(box[0]) + 3, round(box[2]) - 5, 9):
            self.pen.line((start, y - 6, start + 4, y + 6), "black", 2)
        corners = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
        self.pieces.append(Piece(text, 1.0, corners))

    def shape(self, kind: str, x: int, y: int, text: str) -> None:
        box = (x - 90, y - 30, x + 90, y + 30)
        if kind == "decision":
            self.pen.polygon([(x, y - 40), (x + 105, y), (x, y + 40), (x - 105, y)], "white", "black", 2)
        elif kind == "start":
            self.pen.ellipse(box, "white", "black", 2)
        elif kind == "data":
            self.pen.polygon(
                [(x - 78, y - 30), (x + 102, y - 30), (x + 78, y + 30), (x - 102, y + 30)], "white", "black", 2
            )
        else:
            self.pen.rectangle(box, "white", "black", 2)
        self.text(x, y, text)

    def arrow(self, *points: tuple[int, int]) -> None:
        self.pen.line(points, "black", 2)
        (x0, y0), (x1, y1) = points[-2:]
        dx, dy = np.sign(x1 - x0), np.sign(y1 - y0)
        back = (x1 - 14 * dx, y1 - 14 * dy)
        self.pen.polygon(
            [(x1, y1), (back[0] + 6 * dy, back[1] + 6 * dx), (back[0] - 6 * dy, back[1] - 6 * dx)], "black"
        )

    def read(self) -> FlowChart:
        return read_flowchart(self.picture, Reading(pieces=tuple(self.pieces), size=self.picture.size))


def loop() -> Drawing:
    drawing = Drawing()
    for kind, y, text in (
        ("start", 50, "Start"),
        ("data", 170, "Read it"),
        ("decision", 300, "Good?"),
        ("step", 430, "Keep it"),
    ):
        drawing.shape(kind, 250, y, text)
    drawing.arrow((250, 80), (250, 139))
    drawing.arrow((250, 200), (250, 259))
    drawing.arrow((250, 340), (250, 399))
    drawing.arrow((145, 300), (70, 300), (70, 170), (155, 170))
    drawing.text(120, 280, "no")
    drawing.text(280, 360, "yes")
    return drawing


def test_a_loop_is_read_with_its_labels():
    chart = loop().read()
    said = {shape.id: shape.text for shape in chart.shapes}
    assert {(shape.kind.value, shape.text) for shape in chart.shapes} == {
        ("start", "Start"),
        ("data", "Read it"),
        ("decision", "Good?"),
        ("step", "Keep it"),
    }
    assert {(said[edge.start], said[edge.end], edge.label) for edge in chart.edges} == {
        ("Start", "Read it", ""),
        ("Read it", "Good?", ""),
        ("Good?", "Read it", "no"),
        ("Good?", "Keep it", "yes"),
    }
    box = next(shape.box for shape in chart.shapes if shape.text == "Keep it")
    assert box is not None
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.32, 0.714, 0.68, 0.821), abs=0.02)


def test_lines_that_cross_are_followed_straight_on():
    drawing = Drawing(640, 420)
    for x, y, text in (
        (120, 60, "Upper left"),
        (520, 60, "Upper right"),
        (120, 340, "Lower left"),
        (520, 340, "Lower right"),
    ):
        drawing.shape("step", x, y, text)
    drawing.arrow((210, 60), (260, 60), (260, 340), (429, 340))
    drawing.arrow((520, 90), (520, 200), (120, 200), (120, 309))
    chart = drawing.read()
    said = {shape.id: shape.text for shape in chart.shapes}
    assert {(said[edge.start], said[edge.end]) for edge in chart.edges} == {
        ("Upper left", "Lower right"),
        ("Upper right", "Lower left"),
    }


def test_lines_that_meet_lead_to_the_same_shape():
    drawing = Drawing(640, 420)
    for x, y, text in ((120, 60, "One way"), (520, 60, "Other way"), (320, 340, "Both")):
        drawing.shape("step", x, y, text)
    drawing.pen.line([(120, 90), (120, 200), (320, 200)], "black", 2)
    drawing.arrow((520, 90), (520, 200), (320, 200), (320, 309))
    chart = drawing.read()
    said = {shape.id: shape.text for shape in chart.shapes}
    assert {(said[edge.start], said[edge.end]) for edge in chart.edges} == {("One way", "Both"), ("Other way", "Both")}


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(5).integers(0, 255, (400, 500, 3), np.uint8))


HOSTILE = {
    "nothing": (),
    "no numbers": (Piece("word", 1.0, ((float("nan"),) * 2,) * 4), Piece("far", 1.0, ((float("inf"), 0.0),) * 4)),
    "outside": (Piece("word", 1.0, ((-900.0, -900.0), (-800.0, -900.0), (-800.0, -870.0), (-900.0, -870.0))),),
    "odd corners": (Piece("word", 1.0, ((1.0, 2.0), (3.0, 4.0))),),
    "a point": (Piece("word", 1.0, ((5.0, 5.0),) * 4),),
    "many": tuple(
        Piece(f"word {n}", 1.0, ((x, y), (x + 40.0, y), (x + 40.0, y + 9.0), (x, y + 9.0)))
        for n in range(5000)
        for x, y in [((n * 37) % 460 + 0.5, (n * 11) % 390 + 0.5)]
    ),
}


@pytest.mark.parametrize("pieces", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("picture", [Image.new("RGB", (500, 400), "white"), noise(), Image.new("RGBA", (500, 400))])
def test_what_is_no_chart_gives_an_empty_one(picture, pieces):
    assert read_flowchart(picture, Reading(pieces=pieces, size=picture.size)).is_empty


@pytest.mark.encoder
def test_drawn_charts_are_read_by_the_engine():
    from media_library import ocr

    found = [compare(read_picture(drawn.picture, ocr.load("rapidocr")), drawn) for drawn in map(draw, (38, 70))]
    right, both = sum(one["edge_right"] for one in found), sum(one["edge_read"] + one["edge_true"] for one in found)
    assert 2 * right / both >= 0.9


def test_the_same_seed_draws_the_same():
    assert draw(11).picture.tobytes() == draw(11).picture.tobytes()
    assert draw(11).edges == draw(11).edges


# --- Telling ---------------------------------------------------------------------------------------------


def test_steps_say_where_one_goes_on():
    assert to_steps(ORDER) == (
        "1. Start: Start\n2. Ask for the order\n3. Valid? no: back to 2; yes: go on to 4.\n4. Pack it\n5. End: End\n"
    )


def test_mermaid_has_every_shape_and_edge():
    text = to_mermaid(ORDER)
    assert 's3{"Valid?"}' in text
    assert 's3 -->|"no"| s2' in text
    assert text.count("-->") == 5


def test_a_loop_is_while_and_if():
    text = to_python(ORDER, "take order")
    assert "def take_order(actions):" in text
    assert "while True:" in text
    assert "step ==" not in text


def test_lanes_are_subgraphs_and_stand_in_steps():
    chart = FlowChart(shapes=[Shape(id=4, text="Pay", lane="Bank")], lanes=["Bank"])
    assert 'subgraph lane1["Bank"]' in to_mermaid(chart)
    assert "[Bank] Pay" in to_steps(chart)


@pytest.mark.parametrize("edges", [[(0, 9, "")], [(9, 0, "")]])
def test_an_edge_to_nowhere_is_refused(edges):
    with pytest.raises(ValidationError):
        chart_of([("step", "a")], edges)


@st.composite
def charts(draw_: st.DrawFn) -> FlowChart:
    """Any chart, whether somebody would draw it or not; labels of one shape differ."""
    count = draw_(st.integers(1, 9))
    shapes = [(draw_(st.sampled_from(list(Kind))), f"shape {number}") for number in range(count)]
    edges = []
    for number in range(count):
        ends = draw_(st.lists(st.integers(0, count - 1), max_size=3 if draw_(st.booleans()) else 1))
        labels = (
            draw_(st.sampled_from((("yes", "no"), ("No", "Yes"), ("red", "blue"))))
            if len(ends) == 2
            else ("a", "b", "c")
        )
        edges += [(number, end, label) for end, label in zip(ends, labels, strict=False)]
    return chart_of(shapes, edges)


@settings(max_examples=300, deadline=None)
@given(charts(), st.integers(0, 10**6))
def test_python_takes_the_way_of_the_chart(chart, seed):
    """The code is walked, not run: same shapes in the same order, whatever is answered."""
    wanted = list(walk_chart(chart, random.Random(seed)))
    told = list(walk_code(to_python(chart), chart, random.Random(seed)))
    assert told == wanted


@settings(max_examples=200, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=5), ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_stays_text(texts, label, lane, name):
    shapes = [Shape(id=n, kind=list(Kind)[n % 5], text=text, lane=lane) for n, text in enumerate(texts)]
    edges = [Edge(start=n, end=(n + 1) % len(texts), label=label) for n in range(len(texts))]
    edges += [Edge(start=0, end=0, label=label), Edge(start=0, end=len(texts) - 1, label=texts[0])]
    chart = FlowChart(shapes=shapes, edges=edges)
    tree = ast.parse(to_python(chart, name))
    assert [type(node) for node in tree.body] == [ast.FunctionDef]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert all(isinstance(call.func, ast.Attribute) and call.func.value.id == "actions" for call in calls)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    line = re.compile(
        r"flowchart TD|    subgraph lane\d+\[\"[^\"\[\]{}<>|`]*\"\]|    end"
        r"| +s\d+(\(\[|\[/?|\{)\"[^\"\[\]{}<>|`]*\"(\]\)|/?\]|\})|    s\d+ -->(\|\"[^\"\[\]{}<>|`]*\"\|)? s\d+"
    )
    assert all(line.fullmatch(one) for one in to_mermaid(chart).splitlines())
    assert len(to_steps(chart).splitlines()) == len(texts)


def test_a_long_chart_compiles():
    count = 500
    edges = [(n, n + 1, "yes") for n in range(count - 1)] + [(n, max(0, n - 7), "no") for n in range(count - 1)]
    ast.parse(to_python(chart_of([("decision", f"q{n}") for n in range(count)], edges)))


STEPS = 40


def walk_chart(chart: FlowChart, chance: random.Random):
    number = chart.starts()[0]
    for _ in range(STEPS):
        yield number
        leaving = chart.leaving(number)
        if not leaving:
            return
        number = (chance.choice(leaving) if len(leaving) > 1 else leaving[0]).end


def walk_code(text: str, chart: FlowChart, chance: random.Random):
    """Which shapes the code comes to: a walk over its tree that knows only what to_python writes."""
    by_name = {shape.text.replace(" ", "_"): shape.id for shape in chart.shapes}
    came: list[int] = []
    known: dict[str, object] = {}

    def value(node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return known[node.id]
        if isinstance(node, ast.UnaryOp):
            return not value(node.operand)
        if isinstance(node, ast.Compare):
            return value(node.left) == value(node.comparators[0])
        if isinstance(node, ast.IfExp):
            return value(node.body) if value(node.test) else value(node.orelse)
        assert isinstance(node, ast.Call)
        number = by_name[node.func.attr]
        came.append(number)
        if len(came) >= STEPS:
            raise StopIteration
        leaving = chart.leaving(number)
        if len(leaving) < 2:
            return None
        label = chance.choice(leaving).label
        return {"yes": True, "no": False}.get(label.lower(), label)

    def block(nodes):
        for node in nodes:
            if isinstance(node, ast.Expr):
                value(node.value)
            elif isinstance(node, ast.Assign):
                known[node.targets[0].id] = value(node.value)
            elif isinstance(node, ast.If):
                if (left := block(node.body if value(node.test) else node.orelse)) is not None:
                    return left
            elif isinstance(node, ast.While):
                while value(node.test):
                    left = block(node.body)
                    if left == "break":
                        break
                    if left == "return":
                        return left
            elif isinstance(node, ast.Break | ast.Continue | ast.Return):
                return type(node).__name__.lower()
        return None

    with suppress(StopIteration):
        block(ast.parse(text).body[0].body)
    return came
