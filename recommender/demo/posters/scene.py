"""A poster as data: what is drawn, where, how large, in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.elements import draw
from recommender.demo.posters.paths import curve


@dataclass(frozen=True)
class Part:
    """One element: its name, the place of its origin, how many units of the poster a hundred of its own are.

    What covers the whole poster stays at (0, 0) in its own size. `inside` is an outline, in units of the poster, at
    which the element is cut off.
    """

    name: str
    x: float = 0
    y: float = 0
    size: float = 100
    angle: float = 0
    flip: bool = False
    stretch: float = 1
    inside: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """The parts from the back to the front, how dark the corners are and how coarse the grain."""

    parts: tuple[Part, ...]
    vignette: float = 0.35
    grain: float = 4.5


def part(
    name: str,
    x: float = 0,
    y: float = 0,
    size: float = 100,
    *,
    angle: float = 0,
    flip: bool = False,
    stretch: float = 1,
    inside: str = "",
    **options: Any,
) -> Part:
    return Part(name, x, y, size, angle, flip, stretch, inside, options)


def words(text: str, x: float, y: float, size: float, *, tilt: float = 0, **how: Any) -> Part:
    """Letters around (x, y), their capitals `size` units high; the rest as in `Letters`."""
    return Part("text", x, y, options={"text": text, "size": size, "angle": tilt, **how})


def scene(*parts: Part, vignette: float = 0.35, grain: float = 4.5) -> Scene:
    return Scene(parts, vignette, grain)


def drawn(canvas: Canvas, what: Scene) -> None:
    """Draws a scene."""
    for piece in what.parts:
        if piece.inside:
            with canvas.within(curve(piece.inside)):
                _place(canvas, piece)
        else:
            _place(canvas, piece)
    if what.vignette:
        canvas.vignette(what.vignette)


def _place(canvas: Canvas, piece: Part) -> None:
    if (piece.x, piece.y, piece.size, piece.angle, piece.flip, piece.stretch) == (0, 0, 100, 0, False, 1):
        draw(canvas, piece.name, **piece.options)
        return
    with canvas.at(piece.x, piece.y, piece.size / 100, angle=piece.angle, flip=piece.flip, wide=piece.stretch):
        draw(canvas, piece.name, **piece.options)
