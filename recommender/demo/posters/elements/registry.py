"""What can be drawn, by name. An element draws itself around the origin, about a hundred units large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recommender.demo.posters.canvas import Canvas

Element = Callable[..., None]
ELEMENTS: dict[str, Element] = {}


def element(draw: Element) -> Element:
    """Makes a function known by its name; the first argument is the canvas, the rest come from the scene."""
    ELEMENTS[draw.__name__] = draw
    return draw


def draw(canvas: Canvas, name: str, **options: Any) -> None:
    """An element at the origin of where the canvas is now."""
    ELEMENTS[name](canvas, **options)
