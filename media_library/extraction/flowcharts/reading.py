"""From a picture and what was read on it to a flow chart, with the reader alone.

Nothing is made up: shapes are what is drawn around text, edges are what is drawn between shapes. Of an edge without an
arrowhead, the direction is guessed and its confidence says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from media_library.extraction.flowcharts.connectors import Found, edges_of, label_edges
from media_library.extraction.flowcharts.schema import MAX_EDGES, MAX_SHAPES, Edge, FlowChart, Kind, Shape
from media_library.extraction.flowcharts.shapes import Lanes, kind_of, lanes_of
from media_library.extraction.ink import Sheet, Word, rules_of, sheet_of
from media_library.extraction.ink_shapes import Region, regions_of, strokes_of
from media_library.extraction.schemas import Box, Source
from media_library.ocr import Reader, Reading

if TYPE_CHECKING:
    from PIL.Image import Image

ALONE_FROM = 0.85
"""The confidence of a single character that is one."""
ANSWERS = frozenset({"y", "n", "j", "0", "1"})
"""Single characters that are a label; others beside lines are arrowheads that were taken for letters."""


def read_picture(picture: Image, reader: Reader, page: int = 1) -> FlowChart:
    """The flow chart on `picture`; empty (`FlowChart.is_empty`) where there is none. Never raises on what it shows."""
    return read_flowchart(picture, reader.read(picture), page)


def read_flowchart(picture: Image, reading: Reading, page: int = 1) -> FlowChart:
    """The flow chart on a picture of which `reading` tells the text."""
    sheet = sheet_of(picture, reading, page)
    if sheet is None:
        return FlowChart(source=Source.READER)
    height, width = sheet.grey.shape
    across, down = rules_of(sheet)
    lanes = lanes_of(across, down, sheet.words, width, height)
    words = [word for word in sheet.words if not lanes.is_head(word) and not _is_arrowhead(word)]
    regions = [region for region in regions_of(sheet, words) if _said(region)][:MAX_SHAPES]
    inside = {word for region in regions for word in region.words}
    outside = [word for word in words if word not in inside]
    labels = [word for word in outside if _is_label(word)]
    kinds = [kind_of(region) for region in regions]
    edges = edges_of(strokes_of(sheet, regions, labels, lanes.frames), regions)
    label_edges(edges, labels, kinds)
    return _chart(sheet, regions, kinds, edges, lanes)


def _said(region: Region) -> bool:
    return any(character.isalnum() for word in region.words for character in word.text)


def _is_arrowhead(word: Word) -> bool:
    """Whether it is one character that arrowheads are taken for."""
    return len(word.text) == 1 and not (word.text.isascii() and word.text.isalnum() and word.sure >= ALONE_FROM)


def _is_label(word: Word) -> bool:
    said = [character for character in word.text if character.isalnum()]
    return len(said) > 1 or "".join(said).lower() in ANSWERS


def _chart(
    sheet: Sheet, regions: Sequence[Region], kinds: list[Kind], edges: Sequence[Found], lanes: Lanes
) -> FlowChart:
    edges = edges[:MAX_EDGES]
    joined = {number for edge in edges for number in (edge.start, edge.end)}
    led = {edge.end for edge in edges}
    shapes = []
    for number, (region, kind) in enumerate(zip(regions, kinds, strict=True)):
        # What no line leads to or from is a heading, a legend or a picture.
        if number not in joined:
            continue
        if kind is Kind.START and number in led:
            kind = Kind.END if not any(edge.start == number for edge in edges) else Kind.STEP
        shapes.append(
            Shape(
                id=number,
                kind=kind,
                text=_text(region.words),
                lane=lanes.lane_at(*region.middle),
                box=_box(sheet, region.box),
                confidence=_sure(fmean(word.sure for word in region.words)),
            )
        )
    shapes = _numbered(shapes, edges)
    numbers = {shape.id: new for new, shape in enumerate(shapes)}
    found = [
        Edge(
            start=numbers[edge.start],
            end=numbers[edge.end],
            label=_text(edge.labels),
            confidence=_sure(edge.sure),
        )
        for edge in edges
    ]
    return FlowChart(
        shapes=[shape.model_copy(update={"id": new}) for new, shape in enumerate(shapes)],
        edges=sorted(found, key=lambda edge: (edge.start, edge.end)),
        lanes=[name for name in lanes.names if name],
        confidence=_sure(
            fmean([*(shape.confidence for shape in shapes), *(edge.sure for edge in edges)]) if edges else 0
        ),
        source=Source.READER,
    )


def _numbered(shapes: list[Shape], edges: Sequence[Found]) -> list[Shape]:
    """Shapes in the order one comes by them, from the starts on; what follows first is what is drawn below."""
    by_id = {shape.id: shape for shape in shapes}
    led = {edge.end for edge in edges}
    waiting = [shape.id for shape in reversed(shapes) if shape.id not in led] or [shape.id for shape in shapes[:1]]
    order: list[int] = []
    while len(order) < len(shapes):
        if not waiting:
            waiting = [next(shape.id for shape in shapes if shape.id not in order)]
        number = waiting.pop()
        if number in order:
            continue
        order.append(number)
        after = [edge for edge in edges if edge.start == number and edge.end not in order]
        # The last of these comes first: what goes on downwards from its middle.
        after.sort(key=lambda edge: edge.tail.y)
        waiting += [edge.end for edge in after]
    return [by_id[number] for number in order]


def _text(words: Sequence[Word]) -> str:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.down):
        if lines and abs(word.down - lines[-1][0].down) <= 0.4 * min(word.height, lines[-1][0].height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return " ".join(word.text for line in lines for word in sorted(line, key=lambda word: word.left))[:2000]


def _box(sheet: Sheet, box: tuple[float, float, float, float]) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in sheet.piece(*box).box)
    return Box(page=sheet.page.number, left=left, top=top, right=right, bottom=bottom)


def _sure(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)
