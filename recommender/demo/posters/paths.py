"""Outlines: smooth curves through a few points, circles, stars, and what moves, turns and mirrors them.

A point is a pair (x, y), y pointing down. Nothing here knows of pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

Point = tuple[float, float]
Outline = tuple[Point, ...]


@lru_cache(maxsize=4096)
def curve(text: str, *, closed: bool = True, mirrored: bool = False, steps: int = 10) -> Outline:
    """The smooth outline through points written as "x y, x y, …"; a point with an exclamation mark is a corner.

    With `mirrored` the points are the right half, from the top to the bottom, and the left half follows of itself.
    The curve is a uniform Catmull-Rom spline, `steps` points long between two of its knots.
    """
    knots: list[tuple[Point, bool]] = []
    for part in text.split(","):
        corner = part.rstrip().endswith("!")
        x, y = part.strip().rstrip("!").split()
        knots.append(((float(x), float(y)), corner))
    if mirrored:
        knots += [((-x, y), corner) for (x, y), corner in reversed(knots) if abs(x) > 1e-6]
    return smooth(knots, closed=closed, steps=steps)


def smooth(knots: Sequence[tuple[Point, bool]], *, closed: bool = True, steps: int = 10) -> Outline:
    """The curve through knots, each a point and whether it is a corner."""
    number = len(knots)
    found: list[Point] = []
    for index in range(number if closed else number - 1):
        (start, sharp_start), (end, sharp_end) = knots[index], knots[(index + 1) % number]
        before = start if sharp_start or (not closed and index == 0) else knots[index - 1][0]
        last = not closed and index == number - 2
        after = end if sharp_end or last else knots[(index + 2) % number][0]
        if sharp_start and sharp_end:
            found.append(start)
            continue
        for step in range(steps):
            found.append(_between(before, start, end, after, step / steps))
    if not closed:
        found.append(knots[-1][0])
    return tuple(found)


def _between(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def along(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return along(p0[0], p1[0], p2[0], p3[0]), along(p0[1], p1[1], p2[1], p3[1])


def circle(x: float, y: float, rx: float, ry: float | None = None, *, points: int = 64) -> Outline:
    return arc(x, y, rx, rx if ry is None else ry, 0, 360, points=points)[:-1]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, *, points: int = 40) -> Outline:
    """Part of an ellipse, from one angle in degrees to the other; 0 points right, 90 down."""
    turns = (math.radians(start + (end - start) * index / points) for index in range(points + 1))
    return tuple((x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns)


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Outline:
    """A rectangle with round corners."""
    r = min(radius, abs(right - left) / 2, abs(bottom - top) / 2)
    return (
        *arc(right - r, top + r, r, r, -90, 0, points=8),
        *arc(right - r, bottom - r, r, r, 0, 90, points=8),
        *arc(left + r, bottom - r, r, r, 90, 180, points=8),
        *arc(left + r, top + r, r, r, 180, 270, points=8),
    )


def star(x: float, y: float, outer: float, inner: float, spikes: int, *, turn: float = -90) -> Outline:
    found = []
    for index in range(spikes * 2):
        radius, angle = (outer, inner)[index % 2], math.radians(turn + 180 * index / spikes)
        found.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return tuple(found)


def regular(x: float, y: float, radius: float, corners: int, *, turn: float = -90) -> Outline:
    turns = (math.radians(turn + 360 * index / corners) for index in range(corners))
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in turns)


def capsule(start: Point, end: Point, r1: float, r2: float) -> Outline:
    """A limb: two circles and what lies between them."""
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return (
        *arc(*start, r1, r1, angle + 90, angle + 270, points=10),
        *arc(*end, r2, r2, angle - 90, angle + 90, points=10),
    )


def flipped(outline: Iterable[Point]) -> Outline:
    return tuple((-x, y) for x, y in outline)


def moved(
    outline: Iterable[Point], x: float = 0, y: float = 0, *, scale: float = 1, angle: float = 0, stretch: float = 1
) -> Outline:
    """Stretched sideways, scaled, turned by `angle` degrees about the origin, then shifted."""
    c, s = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
    return tuple((x + px * stretch * c - py * s, y + px * stretch * s + py * c) for px, py in outline)
