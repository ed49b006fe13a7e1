"""The earth and what grows on it: hills, mountains, sea, roads, trees, grass, flowers."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import HIGH, WIDE, Canvas
from recommender.demo.posters.colours import Paint, darker, lighter, mix
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import Outline, Point, arc, box, capsule, circle, curve, smooth


def ridge(canvas: Canvas, y: float, rough: float, step: float) -> list[Point]:
    """Points of a skyline of hills from the left to the right, `rough` units up and down."""
    count = round(WIDE / step) + 3
    phase = [canvas.random.uniform(0, 7) for _ in range(3)]
    found = []
    for index in range(count):
        x = -step + index * step
        wave = math.sin(x / 31 + phase[0]) + 0.5 * math.sin(x / 13 + phase[1]) + 0.25 * math.sin(x / 6 + phase[2])
        found.append((x, y + rough * wave / 1.75))
    return found


@element
def hills(canvas: Canvas, paint: Paint, base: float, rough: float = 6, bottom: float = HIGH, alpha: float = 1) -> None:
    points = ridge(canvas, base, rough, 2.5)
    canvas.shape((*points, (WIDE + 5, bottom), (-5, bottom)), paint, alpha=alpha)


@element
def ranges(canvas: Canvas, far: str, near: str, top: float, bottom: float, number: int = 5, rough: float = 6) -> None:
    """Hills behind hills, paler the further off."""
    for index in range(number):
        share = index / max(1, number - 1)
        hills(canvas, mix(far, near, share), top + (bottom - top) * share, rough * (0.6 + share * 0.6))


@element
def mountains(
    canvas: Canvas,
    colour: str,
    base: float,
    high: float = 40,
    peaks: int = 4,
    snow: str = "",
    bottom: float = HIGH,
    shade: str = "",
) -> None:
    """Pointed ones: a light and a shaded side each, and snow on top if it has a colour."""
    chance = canvas.random
    dark = shade or darker(colour, 0.28)
    step = WIDE / peaks
    tops = [
        (step * (index + 0.5) + chance.uniform(-0.3, 0.3) * step, base - high * chance.uniform(0.6, 1))
        for index in range(peaks)
    ]
    for x, top in sorted(tops, key=lambda point: point[1]):
        width = (bottom - top) * 0.62 if bottom - top < 90 else 60
        foot = top + width / 0.62
        jag = [(x + (k % 2 * 2 - 1) * width * 0.035, top + (foot - top) * k / 6) for k in range(1, 6)]
        canvas.shape(((x, top), (x + width, foot), (x - width, foot)), colour)
        canvas.shape(((x, top), *jag, (x, foot), (x + width, foot)), dark)
        if snow:
            cap = top + (foot - top) * 0.26
            side = width * 0.26
            teeth = [(x + side - side * 2 * k / 6, cap + (2.4 if k % 2 else -2.4)) for k in range(7)]
            canvas.shape(((x, top), *teeth), snow)
            canvas.shape(((x, top), *[p for p in teeth if p[0] >= x - 0.1]), darker(snow, 0.16))


@element
def sea(
    canvas: Canvas, far: str, near: str, top: float, bottom: float = HIGH, rows: int = 9, high: float = 1.6
) -> None:
    """Rows of waves, larger towards us."""
    for row in range(rows):
        share = row / max(1, rows - 1)
        y = top + (bottom - top) * share**1.4 * 0.94
        size = high * (0.5 + share * 1.6)
        phase = canvas.random.uniform(0, 7)
        crest = [
            (x / 2, y - abs(math.sin(x / 2 / (4 + 6 * share) + phase)) * size) for x in range(-4, 2 * int(WIDE) + 6)
        ]
        canvas.shape((*crest, (WIDE + 3, HIGH), (-2, HIGH)), mix(far, near, share))


@element
def glitter(
    canvas: Canvas, colour: str, top: float, bottom: float, middle: float = 50, wide: float = 30, number: int = 70
) -> None:
    """The path of light that a sun or moon lays on water."""
    chance = canvas.random
    for _ in range(number):
        share = chance.random()
        y, spread = top + (bottom - top) * share, wide * (0.25 + 0.75 * share) / 2
        here, length = middle + chance.gauss(0, spread / 2), chance.uniform(1, 5) * (0.4 + share)
        canvas.shape(circle(here, y, length, 0.22 + 0.3 * share, points=16), colour, alpha=chance.uniform(0.3, 0.9))


@element
def wave(canvas: Canvas, paint: Paint = "#1f6f9f", foam: str = "#f4f8f4") -> None:
    """One great wave that curls to the right."""
    body = curve(
        "-120 60!, -100 20, -70 -14, -34 -42, 8 -50, 38 -38, 52 -18, 54 2, 47 14!, 44 -2, 34 -15, 18 -18, 6 -8,"
        " 2 10, 10 30, 40 46, 100 56, 140 60!"
    )
    canvas.shape(body, paint)
    for shift in (10, 22, 35):
        inner = curve("-104 60!, -80 26, -52 -4, -22 -28, 10 -36, 32 -28!", closed=False)
        canvas.line(tuple((x + shift * 0.5, y + shift) for x, y in inner), 1.6, foam, alpha=0.35, taper=0.3)
    for x, y, radius in (
        (8, -50, 5),
        (20, -47, 6),
        (32, -41, 6),
        (42, -32, 6),
        (50, -20, 6),
        (54, -6, 5),
        (53, 6, 4),
        (49, 15, 3.4),
        (-6, -49, 4),
        (60, 2, 2.4),
        (58, 14, 2),
        (44, 22, 2.2),
        (64, -14, 1.8),
        (38, -18, 3),
        (44, -8, 3),
    ):
        canvas.shape(circle(x, y, radius, points=20), foam)


@element
def dunes(canvas: Canvas, light: str, dark: str, top: float, rows: int = 4, bottom: float = HIGH) -> None:
    """Sand with a sharp crest each, light on one side."""
    for row in range(rows):
        y = top + (bottom - top) * (row / rows) ** 1.2
        high, peak = 7 + row * 4, canvas.random.uniform(15, 85)
        crest = curve(
            f"-20 {y + high}!, {peak - 40} {y + high * 0.5}, {peak} {y - high * 0.35}!, {peak + 34} {y + high * 0.55},"
            f" 125 {y + high * 1.1}!, 125 {HIGH + 20}!, -20 {HIGH + 20}!"
        )
        canvas.shape(crest, mix(light, dark, 0.12 * row))
        slope = curve(
            f"{peak} {y - high * 0.35}!, {peak + 34} {y + high * 0.55}, 125 {y + high * 1.1}!, 125 {HIGH + 20}!,"
            f" {peak + 30} {HIGH + 20}!, {peak - 12} {y + high * 2.6}, {peak + 8} {y + high * 1.2}"
        )
        canvas.shape(slope, mix(dark, light, 0.1 * (rows - row)))


@element
def road(
    canvas: Canvas,
    paint: Paint,
    horizon: float,
    vanish: float = 50,
    narrow: float = 1.2,
    wide: float = 90,
    line: str = "#f2e6b0",
    edge: str = "",
    bottom: float = HIGH,
    to: float = 50,
) -> None:
    """A straight road from the foot of the poster to a point of the horizon."""
    canvas.shape(
        (
            (vanish - narrow / 2, horizon),
            (vanish + narrow / 2, horizon),
            (to + wide / 2, bottom),
            (to - wide / 2, bottom),
        ),
        paint,
    )
    length = bottom - horizon
    if edge:
        for side in (-1, 1):
            canvas.shape(
                (
                    (vanish + side * narrow * 0.44, horizon),
                    (vanish + side * narrow * 0.5, horizon),
                    (to + side * wide * 0.47, bottom),
                    (to + side * wide * 0.44, bottom),
                ),
                edge,
            )
    if line:
        for dash in range(9):
            start, end = (dash / 9) ** 2.2, ((dash + 0.55) / 9) ** 2.2
            a, b = (
                (vanish + (to - vanish) * start, horizon + length * start),
                (vanish + (to - vanish) * end, horizon + length * end),
            )
            w1, w2 = 0.06 + 1.4 * start, 0.06 + 1.4 * end
            canvas.shape(((a[0] - w1, a[1]), (a[0] + w1, a[1]), (b[0] + w2, b[1]), (b[0] - w2, b[1])), line)


@element
def winding(
    canvas: Canvas, paint: Paint, points: tuple[tuple[float, float, float], ...], edge: str = "", bricks: str = ""
) -> None:
    """A path through (x, y, width), the first the furthest."""
    middle = smooth([((x, y), False) for x, y, _ in points], closed=False, steps=14)
    widths = smooth([((w, 0.0), False) for _, _, w in points], closed=False, steps=14)
    left = [(x - w / 2, y) for (x, y), (w, _) in zip(middle, widths, strict=True)]
    right = [(x + w / 2, y) for (x, y), (w, _) in zip(middle, widths, strict=True)]
    outline: Outline = (*left, *reversed(right))
    canvas.shape(outline, paint)
    if bricks:
        for index in range(1, len(middle)):
            (x, y), (w, _) = middle[index], widths[index]
            canvas.line(((x - w / 2, y), (x + w / 2, y)), 0.1 + w / 160, bricks, alpha=0.7)
            count = 5
            below = middle[min(index + 1, len(middle) - 1)]
            wide_below = widths[min(index + 1, len(middle) - 1)][0]
            for joint in range(count):
                share = (joint + 0.5 * (index % 2)) / count - 0.5
                canvas.line(
                    ((x + share * w, y), (below[0] + share * wide_below, below[1])), 0.1 + w / 200, bricks, alpha=0.6
                )
    if edge:
        canvas.line(tuple(left), 0.5, edge)
        canvas.line(tuple(right), 0.5, edge)


@element
def bare_tree(canvas: Canvas, colour: str = "#0b0b10", spread: float = 26, depth: int = 7, lean: float = 0) -> None:
    """A leafless tree that stands on the origin, about a hundred units high."""
    chance = canvas.random

    def grow(start: Point, angle: float, length: float, width: float, left: int) -> None:
        end = start[0] + length * math.sin(angle), start[1] - length * math.cos(angle)
        canvas.shape(capsule(start, end, width / 2, width * 0.36), colour)
        if not left:
            return
        for side in (-1, 1):
            turn = math.radians(spread * chance.uniform(0.6, 1.35)) * side
            grow(end, angle + turn, length * chance.uniform(0.66, 0.84), width * 0.68, left - 1)

    grow((0, 0), math.radians(lean), 30, 9, depth)


@element
def round_tree(canvas: Canvas, leaf: str = "#3f8f4a", trunk: str = "#5b3a24", light: str = "") -> None:
    """A tree with a full crown, standing on the origin."""
    canvas.shape(curve("-6 0!, -4 -24, -5 -45!, 5 -45!, 4 -24, 6 0!"), trunk)
    for x, y, radius in ((-22, -52, 22), (22, -52, 22), (0, -48, 24), (-14, -74, 22), (15, -74, 21), (0, -86, 17)):
        canvas.shape(circle(x, y, radius), leaf)
    for x, y, radius in ((-16, -72, 14), (8, -84, 11), (16, -60, 11), (-24, -54, 10)):
        canvas.shape(circle(x, y, radius), light or lighter(leaf, 0.14), alpha=0.8)


@element
def pine(canvas: Canvas, colour: str = "#123524", light: str = "") -> None:
    """A fir that stands on the origin, a hundred units high."""
    canvas.shape(box(-3, -12, 3, 0), darker(colour, 0.5))
    for level in range(6):
        top, width = -100 + level * 14, 9 + level * 5.4
        foot = top + 26
        teeth = [(width - 2 * width * k / 6, foot + (3 if k % 2 else -2)) for k in range(7)]
        canvas.shape(((0, top), *teeth), colour)
        if light:
            canvas.shape(((0, top), *teeth[3:]), light, alpha=0.5)


@element
def pines(
    canvas: Canvas,
    colour: str,
    base: float,
    number: int = 22,
    least: float = 14,
    most: float = 30,
    light: str = "",
    rough: float = 2,
) -> None:
    """A row of firs across the poster."""
    chance = canvas.random
    for index in range(number):
        x = -4 + 108 * (index + chance.random()) / number
        with canvas.at(x, base + chance.uniform(-rough, rough), chance.uniform(least, most) / 100):
            pine(canvas, colour, light)
    canvas.shape(box(-5, base, WIDE + 5, HIGH), colour)


@element
def trunks(
    canvas: Canvas,
    colour: str,
    number: int = 12,
    bottom: float = HIGH,
    least: float = 2,
    most: float = 6,
    top: float = -5,
) -> None:
    """Straight bare trunks from above the poster down to a height."""
    chance = canvas.random
    for index in range(number):
        x, width = -3 + 106 * (index + chance.random()) / number, chance.uniform(least, most)
        drift = chance.uniform(-3, 3)
        canvas.shape(
            curve(
                f"{x - width / 2 + drift} {top}!, {x - width * 0.45} {bottom * 0.6}, {x - width * 0.8} {bottom}!,"
                f" {x + width * 0.8} {bottom}!, {x + width * 0.45} {bottom * 0.6}, {x + width / 2 + drift} {top}!"
            ),
            colour,
        )
        for _ in range(2):
            y, side, reach = chance.uniform(top + 8, bottom * 0.6), chance.choice((-1, 1)), chance.uniform(6, 16)
            twig = curve(
                f"{x} {y}, {x + side * reach * 0.5} {y - 3}, {x + side * reach} {y - reach * 0.7}", closed=False
            )
            canvas.line(twig, width * 0.3, colour, taper=0.2)


@element
def grass(
    canvas: Canvas, colour: str, base: float, high: float = 14, number: int = 90, wide: float = 1.3, second: str = ""
) -> None:
    """Blades that stand on a height and bend."""
    chance = canvas.random
    for index in range(number):
        x = -4 + 108 * (index + chance.random()) / number
        height, bend = high * chance.uniform(0.5, 1), chance.uniform(-0.4, 0.4) * high
        tint = mix(colour, second, chance.random()) if second else colour
        canvas.shape(
            (
                (x - wide / 2, base),
                (x - wide / 3 + bend * 0.25, base - height * 0.5),
                (x + bend, base - height),
                (x + wide / 3 + bend * 0.3, base - height * 0.5),
                (x + wide / 2, base),
            ),
            tint,
        )


@element
def leaf(canvas: Canvas, paint: Paint = "#4c9a3f", vein: str = "#2f6b2a") -> None:
    """A broad leaf from the left to the right, tip at (50, 0)."""
    canvas.shape(curve("-50 0!, -26 -22, 6 -24, 34 -12, 50 0!, 32 12, 4 22, -26 20"), paint)
    canvas.line(curve("-56 2, -20 1, 46 0", closed=False), 1.6, vein, taper=0.3)
    for x in (-30, -14, 2, 18):
        for side in (-1, 1):
            canvas.line(curve(f"{x} 0, {x + 9} {side * 8}, {x + 20} {side * 15}", closed=False), 0.8, vein, taper=0.4)


@element
def frond(canvas: Canvas, colour: str = "#1d4d2b", number: int = 16) -> None:
    """A fern's frond from the origin upwards, bending to the right."""
    spine = curve("0 0, 4 -30, 14 -62, 34 -92", closed=False)
    canvas.line(spine, 2.2, colour, taper=0.3)
    for index in range(2, len(spine) - 1, max(1, len(spine) // number)):
        x, y = spine[index]
        reach = 26 * (1 - index / len(spine)) + 5
        turn = math.atan2(spine[index + 1][1] - y, spine[index + 1][0] - x)
        for side in (-1, 1):
            angle = turn + side * 1.15
            tip = x + reach * math.cos(angle), y + reach * math.sin(angle) + 5
            middle = x + reach * 0.5 * math.cos(angle - side * 0.2), y + reach * 0.5 * math.sin(angle - side * 0.2)
            canvas.shape(((x, y - 1.6), middle, tip, (middle[0] + 1, middle[1] + 3.4), (x, y + 1.6)), colour)


@element
def flower(canvas: Canvas, petal: str = "#e84a6f", heart: str = "#ffd35c", petals: int = 5, dark: str = "") -> None:
    for index in range(petals):
        with canvas.at(0, 0, angle=360 / petals * index):
            canvas.shape(curve("0 0!, 15 -16, 18 -36, 8 -50, 0 -46, -8 -50, -18 -36, -15 -16"), petal)
            canvas.shape(curve("0 -4!, 5 -18, 0 -34, -5 -18"), dark or darker(petal, 0.25), alpha=0.6)
    canvas.shape(circle(0, 0, 11), heart)


@element
def rose(canvas: Canvas, colour: str = "#b3122a", stem: str = "#3b5a2c", dark: str = "") -> None:
    """A long-stemmed one; the blossom lies at the origin."""
    shade = dark or darker(colour, 0.4)
    if stem:
        canvas.line(curve("0 10, 3 50, -2 90, 2 130", closed=False), 3.6, stem)
        for x, y, turn, flip in ((2, 56, -38, False), (0, 84, -140, True)):
            with canvas.at(x, y, 0.34, angle=turn, flip=flip), canvas.at(50, 0):
                leaf(canvas, stem, darker(stem, 0.4))
        canvas.shape(curve("-14 14!, 0 30, 14 14!, 0 20"), stem)
    canvas.shape(curve("0 26!, 24 20, 34 -2, 28 -22, 12 -33, 0 -34", mirrored=True), shade)
    canvas.shape(curve("-32 -8!, -22 -24, -4 -18, 6 4, 2 26!, -18 22, -30 8"), colour)
    canvas.shape(curve("32 -8!, 22 -24, 6 -18, -4 6, 2 26!, 18 22, 30 8"), lighter(colour, 0.1))
    canvas.shape(circle(0, -14, 17, 15), shade)
    canvas.shape(curve("-16 -16!, -8 -32, 10 -31, 17 -18!, 8 -24, -4 -24"), lighter(colour, 0.12))
    canvas.line(curve("-9 -12, -2 -20, 8 -17, 9 -8, 1 -4, -5 -9", closed=False), 2.2, lighter(colour, 0.2), taper=0.4)


@element
def bamboo(
    canvas: Canvas, colour: str = "#4f8a4b", number: int = 14, least: float = 1.6, most: float = 4, alpha: float = 1
) -> None:
    """Stalks over the whole height, with knots and leaves."""
    chance = canvas.random
    for index in range(number):
        x, width = -2 + 104 * (index + chance.random()) / number, chance.uniform(least, most)
        lean = chance.uniform(-4, 4)
        canvas.shape(
            ((x, -5), (x + width, -5), (x + width + lean, HIGH + 5), (x + lean, HIGH + 5)), colour, alpha=alpha
        )
        canvas.shape(
            ((x, -5), (x + width * 0.3, -5), (x + width * 0.3 + lean, HIGH + 5), (x + lean, HIGH + 5)),
            lighter(colour, 0.2),
            alpha=0.5 * alpha,
        )
        y = chance.uniform(0, 15)
        while y < HIGH:
            drift = lean * y / HIGH
            canvas.line(((x + drift, y), (x + width + drift, y)), 0.5, darker(colour, 0.4), alpha=alpha)
            if chance.random() < 0.25:
                for turn in (-60, -20, 25):
                    with canvas.at(x + drift + width / 2, y, 0.09, angle=turn + chance.uniform(-20, 20)):
                        canvas.shape(curve("0 0!, 40 -12, 100 0!, 40 12"), colour, alpha=alpha)
            y += chance.uniform(9, 18)


@element
def corn(canvas: Canvas, colour: str, base: float, high: float = 40, number: int = 16) -> None:
    """Stalks of maize with long leaves."""
    chance = canvas.random
    for index in range(number):
        x, height = -4 + 108 * (index + chance.random()) / number, high * chance.uniform(0.75, 1.1)
        canvas.line(((x, base), (x + chance.uniform(-2, 2), base - height)), 1.1, colour, taper=0.5)
        for level in range(6):
            start, side = base - height * (0.2 + 0.13 * level), 1 if level % 2 else -1
            reach = chance.uniform(7, 13)
            leaf_line = curve(
                f"{x} {start}, {x + side * reach * 0.4} {start - 7}, {x + side * reach} {start + 2}", closed=False
            )
            canvas.line(leaf_line, 1.5, colour, taper=0.1)


@element
def acacia(canvas: Canvas, colour: str = "#1a0c06") -> None:
    """The flat tree of the savanna, standing on the origin."""
    canvas.line(curve("0 0, -2 -20, 3 -38, -4 -58", closed=False), 5, colour, taper=0.5)
    for end in ("26 -60", "-30 -58", "12 -64"):
        canvas.line(curve(f"0 -26, 4 -44, {end}", closed=False), 3, colour, taper=0.4)
    for x, y, wide, high in ((0, -68, 44, 8), (-26, -60, 26, 6), (26, -62, 28, 6), (4, -76, 24, 6)):
        canvas.shape(circle(x, y, wide, high), colour)


@element
def coral(canvas: Canvas, colour: str = "#e86a5c", depth: int = 5) -> None:
    """A branching one, standing on the origin."""
    chance = canvas.random

    def grow(start: Point, angle: float, length: float, width: float, left: int) -> None:
        end = start[0] + length * math.sin(angle), start[1] - length * math.cos(angle)
        canvas.shape(capsule(start, end, width / 2, width * 0.45), colour)
        if left:
            for turn in (-0.45, 0.42):
                grow(end, angle + turn * chance.uniform(0.6, 1.4), length * 0.78, width * 0.84, left - 1)

    grow((0, 0), 0, 24, 12, depth)


@element
def weeds(canvas: Canvas, colour: str, base: float, number: int = 14, high: float = 36) -> None:
    """Long leaves that sway under water."""
    chance = canvas.random
    for index in range(number):
        x, height = 100 * (index + chance.random()) / number, high * chance.uniform(0.4, 1)
        sway = chance.uniform(-5, 5)
        stalk = curve(
            f"{x} {base}, {x + sway} {base - height * 0.35}, {x - sway} {base - height * 0.7}, "
            f"{x + sway} {base - height}",
            closed=False,
        )
        canvas.line(stalk, 2.2, colour, taper=0.2)


@element
def bubbles(canvas: Canvas, colour: str = "#d8f4ff", number: int = 26, top: float = 0, bottom: float = HIGH) -> None:
    chance = canvas.random
    for _ in range(number):
        x, y, radius = chance.uniform(2, 98), chance.uniform(top, bottom), chance.uniform(0.4, 2.4)
        canvas.shape(circle(x, y, radius), colour, alpha=0.18)
        canvas.line(arc(x, y, radius, radius, 0, 359), 0.22, colour, alpha=0.7)
        canvas.shape(circle(x - radius * 0.35, y - radius * 0.35, radius * 0.22, points=12), "#ffffff", alpha=0.9)


@element
def ice(canvas: Canvas, light: str = "#dff4ff", mid: str = "#8fcdec", dark: str = "#4a93c4") -> None:
    """A berg about a hundred units wide, its waterline through the origin."""
    canvas.shape(
        ((-50, 0), (-38, -30), (-26, -24), (-12, -62), (4, -48), (16, -70), (30, -34), (40, -28), (50, 0)), mid
    )
    canvas.shape(((-38, -30), (-26, -24), (-12, -62), (-16, -20), (-30, 0), (-50, 0)), light)
    canvas.shape(((4, -48), (16, -70), (14, -30), (2, 0), (-8, 0)), light)
    canvas.shape(((16, -70), (30, -34), (40, -28), (50, 0), (24, 0), (20, -28)), dark)
