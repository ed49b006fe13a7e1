"""Patterns and works: mazes, carpets, spirals, webs, signs that fall, wheels with teeth."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import along, darker, lighter, mix
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import box, circle, curve, regular, smooth


@element
def gear(canvas: Canvas, colour: str = "#6b6259", teeth: int = 16, hole: str = "", spokes: int = 5) -> None:
    outline = []
    for index in range(teeth * 4):
        turn = 2 * math.pi * index / (teeth * 4)
        radius = 50 if index % 4 in (1, 2) else 42
        outline.append((radius * math.cos(turn), radius * math.sin(turn)))
    canvas.shape(tuple(outline), along(45, lighter(colour, 0.3), colour, darker(colour, 0.4)))
    canvas.shape(circle(0, 0, 33), hole or darker(colour, 0.65))
    for index in range(spokes):
        with canvas.at(0, 0, angle=360 / spokes * index):
            canvas.shape(box(-4.4, -35, 4.4, 0), colour)
    canvas.shape(circle(0, 0, 12), lighter(colour, 0.1))
    canvas.shape(circle(0, 0, 4.6), hole or darker(colour, 0.65))


@element
def maze(canvas: Canvas, colour: str, step: float = 6, cells: int = 17, width: float = 1) -> None:
    """A maze of hedges around the origin, `cells` across."""
    chance = canvas.random
    cells += 1 - cells % 2
    walls = {(x, y) for x in range(cells) for y in range(cells)}
    todo = [(1, 1)]
    walls.discard((1, 1))
    while todo:
        x, y = todo[-1]
        ways = [
            (dx, dy)
            for dx, dy in ((2, 0), (-2, 0), (0, 2), (0, -2))
            if (x + dx, y + dy) in walls and 0 < x + dx < cells - 1 and 0 < y + dy < cells - 1
        ]
        if not ways:
            todo.pop()
            continue
        dx, dy = chance.choice(ways)
        walls -= {(x + dx, y + dy), (x + dx // 2, y + dy // 2)}
        todo.append((x + dx, y + dy))
    half = cells * step / 2
    for x, y in sorted(walls, key=lambda cell: (cell[1], cell[0])):
        left, top = x * step - half, y * step - half
        canvas.shape(box(left, top, left + step * width, top + step * width), colour)


@element
def honeycomb(
    canvas: Canvas, first: str = "#c8431f", second: str = "#5b1a12", third: str = "#f0a13a", step: float = 16
) -> None:
    """A carpet of nested hexagons with bars between them, over the whole poster."""
    for row in range(-1, 13):
        for column in range(-1, 8):
            x, y = column * step + (row % 2) * step / 2, row * step * 0.86
            canvas.shape(regular(x, y, step * 0.6, 6), second)
            canvas.shape(regular(x, y, step * 0.47, 6), first)
            canvas.shape(regular(x, y, step * 0.3, 6), second)
            canvas.shape(regular(x, y, step * 0.17, 6), third)
            canvas.shape(box(x - step * 0.05, y + step * 0.4, x + step * 0.05, y + step * 0.8), third)


@element
def spiral(canvas: Canvas, colour: str, turns: float = 7, width: float = 2, arms: int = 1, squash: float = 1) -> None:
    for arm in range(arms):
        start = 2 * math.pi * arm / arms
        points = []
        for index in range(int(turns * 36)):
            turn, radius = index / 36 * 2 * math.pi, 50 * index / (turns * 36)
            points.append((radius * math.cos(turn + start), radius * math.sin(turn + start) * squash))
        canvas.line(tuple(points), width * 0.25, colour, taper=4)


@element
def web(
    canvas: Canvas, colour: str = "#ffffff", spokes: int = 14, rings: int = 9, width: float = 0.5, alpha: float = 0.7
) -> None:
    for index in range(spokes):
        turn = 2 * math.pi * index / spokes
        canvas.line(((0, 0), (90 * math.cos(turn), 90 * math.sin(turn))), width, colour, alpha=alpha)
    for ring_number in range(1, rings + 1):
        radius = 90 * (ring_number / rings) ** 1.3
        for index in range(spokes):
            a, b = 2 * math.pi * index / spokes, 2 * math.pi * (index + 1) / spokes
            inner = 0.84 * radius
            middle = inner * math.cos((a + b) / 2), inner * math.sin((a + b) / 2)
            start, end = (radius * math.cos(a), radius * math.sin(a)), (radius * math.cos(b), radius * math.sin(b))
            thread = smooth([(start, False), (middle, False), (end, False)], closed=False)
            canvas.line(thread, width, colour, alpha=alpha)


@element
def code_rain(canvas: Canvas, colour: str = "#3dff7a", columns: int = 26) -> None:
    """Signs that fall in columns, bright at their foot."""
    chance = canvas.random
    strokes = (
        "-3 -3, 3 -3, 0 4",
        "-3 0, 3 0",
        "0 -4, 0 4",
        "-3 -3, 2 3, -3 4",
        "-2 4, -2 -3, 3 -3",
        "-3 3, 3 -3",
        "-3 -2, 3 -2, 3 3, -3 3",
    )
    for column in range(columns):
        x = 100 * (column + 0.5) / columns
        head, long = chance.uniform(15, 165), chance.randint(10, 34)
        for index in range(long):
            y = head - index * 4.3
            if not -5 < y < 155:
                continue
            fade = 1 - index / long
            tint = "#e8fff0" if index == 0 else mix("#04280f", colour, fade)
            with canvas.at(x, y, 0.4):
                for stroke in chance.sample(strokes, 2):
                    canvas.line(curve(stroke, closed=False, steps=3), 1.5, tint)


@element
def flare(canvas: Canvas, colour: str = "#9fd0ff", reach: float = 60) -> None:
    """A streak of light sideways, as in a lens."""
    canvas.glow(0, 0, 18, colour, 0.9)
    canvas.shape(circle(0, 0, reach, 0.7), colour, alpha=0.8, soft=0.6, mode="light")
    canvas.shape(circle(0, 0, reach * 0.5, 0.3), "#ffffff", alpha=0.9, soft=0.3, mode="light")
