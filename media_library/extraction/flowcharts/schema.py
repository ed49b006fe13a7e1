"""What a flow chart is, for whoever reads one: the reader, an LMM, a person.

The same schema asks an LMM and checks its answer. An edge from or to a shape that is not there, or two shapes of one
number, are refused with pydantic's ValidationError.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from media_library.extraction.schemas import Box, Share, Source, Words

MAX_SHAPES = 500
MAX_EDGES = 2000
MAX_CHARTS = 1000
GUESSED = 0.5
"""The confidence of an arrow without a head that was found: which way it leads is guessed."""


class Kind(StrEnum):
    START = "start"
    END = "end"
    STEP = "step"
    DECISION = "decision"
    DATA = "data"


class Shape(BaseModel):
    """A shape; `id` is its number in the chart, `lane` the name of the lane it stands in, "" for none."""

    id: int = Field(ge=0, le=10**6)
    kind: Kind = Kind.STEP
    text: Words = ""
    lane: Words = ""
    box: Box | None = None
    confidence: Share = 1.0


class Edge(BaseModel):
    """An arrow from `start` to `end`, ids of shapes; `label` is what stands beside it, as yes and no."""

    start: int
    end: int
    label: Words = ""
    confidence: Share = 1.0


class FlowChart(BaseModel):
    """`page`: the one it stands on, from 1; 0 where only its boxes tell."""

    shapes: Annotated[list[Shape], Field(max_length=MAX_SHAPES)] = []
    edges: Annotated[list[Edge], Field(max_length=MAX_EDGES)] = []
    lanes: list[Words] = []
    confidence: Share = 1.0
    source: Source = Source.LMM
    page: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _hangs_together(self) -> FlowChart:
        ids = [shape.id for shape in self.shapes]
        if len(set(ids)) != len(ids):
            raise ValueError("Two shapes have the same number.")
        for edge in self.edges:
            if edge.start not in ids or edge.end not in ids:
                raise ValueError(f"There is no shape for the edge from {edge.start} to {edge.end}.")
        return self

    @property
    def is_empty(self) -> bool:
        """Nothing that is a flow chart was found."""
        return not self.edges

    @property
    def on_page(self) -> int:
        """The page it stands on, 1 where nothing tells."""
        return self.page or next((shape.box.page for shape in self.shapes if shape.box), 1)

    def shape(self, number: int) -> Shape:
        return next(shape for shape in self.shapes if shape.id == number)

    def leaving(self, number: int) -> list[Edge]:
        return [edge for edge in self.edges if edge.start == number]

    def starts(self) -> list[int]:
        """Where one begins: starts that nothing leads to, else any start, whatever nothing leads to, or the first."""
        led = {edge.end for edge in self.edges if edge.end != edge.start}
        free = [shape for shape in self.shapes if shape.id not in led]
        for some in (
            [shape for shape in free if shape.kind is Kind.START],
            [shape for shape in self.shapes if shape.kind is Kind.START],
            free,
            self.shapes[:1],
        ):
            if some:
                return [shape.id for shape in some]
        return []


class FlowCharts(BaseModel):
    """The flow charts of a page or of a whole document, in order. One alone may be given as it is."""

    charts: Annotated[list[FlowChart], Field(max_length=MAX_CHARTS)] = []

    @model_validator(mode="before")
    @classmethod
    def _one(cls, given: Any) -> Any:
        # Documents used to have one, and it was stored so; a model that finds one may answer with it.
        alone = isinstance(given, dict) and "charts" not in given and not {"shapes", "edges"}.isdisjoint(given)
        return {"charts": [given]} if alone else given

    @property
    def is_empty(self) -> bool:
        return all(chart.is_empty for chart in self.charts)
