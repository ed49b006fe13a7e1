"""Plain things: grounds, shapes, rings, lines, stripes, spots, dots of print, letters."""

from __future__ import annotations

import math
from typing import Any

from recommender.demo.posters.canvas import HIGH, WIDE, Canvas
from recommender.demo.posters.colours import Paint
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.lettering import Letters, letter
from recommender.demo.posters.paths import Outline, arc, box, circle, curve, regular, rounded, smooth, star


@element
def ground(canvas: Canvas, paint: Paint) -> None:
    """The whole poster in one colour or gradient."""
    canvas.fill(paint)


@element
def shape(
    canvas: Canvas,
    points: str,
    paint: Paint,
    mirrored: bool = False,
    alpha: float = 1,
    soft: float = 0,
    mode: str = "over",
) -> None:
    """A smooth outline through points, written as `paths.curve` reads them."""
    canvas.shape(curve(points, mirrored=mirrored), paint, alpha=alpha, soft=soft, mode=mode)


@element
def path(canvas: Canvas, points: str, colour: str, width: float = 1, alpha: float = 1, taper: float = 1) -> None:
    """A smooth stroke through points."""
    canvas.line(curve(points, closed=False), width, colour, alpha=alpha, taper=taper)


@element
def disc(
    canvas: Canvas, paint: Paint, squash: float = 1, alpha: float = 1, soft: float = 0, mode: str = "over"
) -> None:
    canvas.shape(circle(0, 0, 50, 50 * squash), paint, alpha=alpha, soft=soft, mode=mode)


@element
def ring(
    canvas: Canvas,
    colour: str,
    width: float = 4,
    squash: float = 1,
    alpha: float = 1,
    start: float = 0,
    end: float = 360,
) -> None:
    canvas.line(arc(0, 0, 50, 50 * squash, start, end, points=80), width, colour, alpha=alpha)


@element
def block(
    canvas: Canvas,
    paint: Paint,
    wide: float = 100,
    high: float = 100,
    radius: float = 0,
    alpha: float = 1,
    soft: float = 0,
    mode: str = "over",
) -> None:
    """A rectangle around the origin."""
    outline: Outline = box(-wide / 2, -high / 2, wide / 2, high / 2)
    if radius:
        outline = rounded(-wide / 2, -high / 2, wide / 2, high / 2, radius)
    canvas.shape(outline, paint, alpha=alpha, soft=soft, mode=mode)


@element
def corners(canvas: Canvas, paint: Paint, number: int = 6, turn: float = -90, alpha: float = 1) -> None:
    """A regular polygon."""
    canvas.shape(regular(0, 0, 50, number, turn=turn), paint, alpha=alpha)


@element
def burst(
    canvas: Canvas, paint: Paint, spikes: int = 12, inner: float = 30, turn: float = -90, alpha: float = 1
) -> None:
    """A star."""
    canvas.shape(star(0, 0, 50, inner, spikes, turn=turn), paint, alpha=alpha)


@element
def glow(canvas: Canvas, colour: str, strength: float = 1, squash: float = 1) -> None:
    canvas.glow(0, 0, 50, colour, strength, squash=squash)


@element
def rays(
    canvas: Canvas,
    colour: str,
    number: int = 24,
    reach: float = 200,
    alpha: float = 0.5,
    turn: float = 0,
    share: float = 0.5,
) -> None:
    """Wedges out of the origin, each `share` of its part of the circle wide."""
    step = 360 / number
    for index in range(number):
        start, end = math.radians(turn + index * step), math.radians(turn + (index + share) * step)
        wedge = (
            (0, 0),
            (reach * math.cos(start), reach * math.sin(start)),
            (reach * math.cos(end), reach * math.sin(end)),
        )
        canvas.shape(wedge, colour, alpha=alpha)


@element
def beam(
    canvas: Canvas,
    colour: str,
    narrow: float = 4,
    wide: float = 40,
    reach: float = 100,
    alpha: float = 0.5,
    soft: float = 1.5,
) -> None:
    """A cone of light downwards from the origin."""
    cone = ((-narrow / 2, 0), (narrow / 2, 0), (wide / 2, reach), (-wide / 2, reach))
    canvas.shape(cone, colour, alpha=alpha, soft=soft, mode="light")


@element
def stripes(
    canvas: Canvas,
    colour: str,
    number: int = 10,
    wavy: float = 0,
    upright: bool = True,
    share: float = 0.5,
    alpha: float = 1,
) -> None:
    """Bars over the whole poster, straight or swinging by that many units."""
    length, across = (HIGH, WIDE) if upright else (WIDE, HIGH)
    step = across / number
    for index in range(-1, number + 1):
        left, right = index * step, (index + share) * step
        swing = [wavy * math.sin(k / 40 * math.pi * 4) for k in range(41)]
        edge = [(left + swing[k], length * k / 40) for k in range(41)]
        edge += [(right + swing[k], length * k / 40) for k in range(40, -1, -1)]
        canvas.shape(tuple(edge if upright else [(y, x) for x, y in edge]), colour, alpha=alpha)


@element
def spots(
    canvas: Canvas,
    colour: str,
    number: int = 60,
    least: float = 2,
    most: float = 8,
    keep_out: tuple[float, float, float] | None = None,
    alpha: float = 1,
) -> None:
    """Uneven blots that do not touch, none within the circle (x, y, radius) that is kept free."""
    placed: list[tuple[float, float, float]] = [keep_out] if keep_out else []
    chance = canvas.random
    for _ in range(number * 30):
        radius = chance.uniform(least, most)
        x, y = chance.uniform(-2, WIDE + 2), chance.uniform(-2, HIGH + 2)
        if any(math.hypot(x - px, y - py) < radius + pr + 1.2 for px, py, pr in placed):
            continue
        placed.append((x, y, radius))
        wobble = [
            ((x + r * math.cos(turn), y + r * math.sin(turn)), False)
            for turn, r in ((k * math.pi / 4, radius * chance.uniform(0.72, 1.12)) for k in range(8))
        ]
        canvas.shape(smooth(wobble, steps=6), colour, alpha=alpha)
        if len(placed) > number:
            return


@element
def dots(
    canvas: Canvas,
    colour: str,
    step: float = 3,
    top: float = 0,
    bottom: float = HIGH,
    start: float = 0,
    end: float = 1.0,
    alpha: float = 1,
) -> None:
    """Dots of print on a slanted grid, growing from the top (as a share of the step) to the bottom."""
    rows = round((bottom - top) / (step / 2))
    for row in range(rows):
        y = top + row * step / 2
        radius = step / 2 * (start + (end - start) * row / max(1, rows - 1))
        if radius < 0.12:
            continue
        for column in range(round(WIDE / step) + 2):
            x = column * step + (row % 2) * step / 2
            canvas.shape(circle(x, y, radius, points=14), colour, alpha=alpha)


@element
def checks(canvas: Canvas, colour: str, wide: float = 100, high: float = 100, step: float = 10) -> None:
    """Every other square of a board around the origin."""
    for row in range(round(high / step)):
        for column in range(round(wide / step)):
            if (row + column) % 2:
                x, y = -wide / 2 + column * step, -high / 2 + row * step
                canvas.shape(box(x, y, x + step, y + step), colour)


@element
def mist(canvas: Canvas, colour: str, top: float, bottom: float, **how: Any) -> None:
    canvas.mist(colour, top, bottom, **how)


@element
def mirror(canvas: Canvas, level: float, shade: str = "#000000", alpha: float = 0.3) -> None:
    """Still water below that height."""
    canvas.mirror(level, shade=shade, alpha=alpha)


@element
def border(canvas: Canvas, colour: str, margin: float = 4, width: float = 1) -> None:
    frame = box(margin, margin, WIDE - margin, HIGH - margin)
    canvas.line(frame, width, colour, closed=True)


@element
def text(canvas: Canvas, text: str, **how: Any) -> None:
    """Words around the origin; the options are those of `Letters`."""
    letter(canvas, text, 0, 0, Letters(**how))
