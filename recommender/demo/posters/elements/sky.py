"""What is above: stars, moons, suns, clouds, weather, planets."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import HIGH, WIDE, Canvas
from recommender.demo.posters.colours import Paint, darker, down, lighter, mix, out
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import arc, capsule, circle, star


@element
def stars(
    canvas: Canvas, number: int = 150, bottom: float = HIGH, colour: str = "#ffffff", bright: int = 6, most: float = 0.3
) -> None:
    chance = canvas.random
    for _ in range(number):
        x, y = chance.uniform(0, WIDE), bottom * chance.random() ** 1.2
        canvas.shape(circle(x, y, chance.uniform(0.08, most), points=10), colour, alpha=chance.uniform(0.35, 1))
    for _ in range(bright):
        x, y, size = chance.uniform(4, 96), chance.uniform(3, bottom * 0.8), chance.uniform(0.9, 2)
        canvas.glow(x, y, size * 2.2, colour, 0.7)
        canvas.shape(star(x, y, size, size * 0.12, 4), colour)


@element
def moon(canvas: Canvas, paint: Paint = "#f3e7b8", halo: float = 1.0, craters: bool = True, light: str = "") -> None:
    """A full moon with its seas, in a halo `halo` times as strong as usual."""
    base = paint if isinstance(paint, str) else paint.colours[0]
    glow = light or base
    canvas.glow(0, 0, 150, glow, 0.45 * halo)
    canvas.glow(0, 0, 85, glow, 0.6 * halo)
    outline = circle(0, 0, 50, points=96)
    fill = out(lighter(base, 0.35), base, darker(base, 0.14), at=(0.4, 0.38), reach=0.62)
    canvas.shape(outline, fill if isinstance(paint, str) else paint)
    if not craters:
        return
    with canvas.within(outline):
        seas = ((-16, -18, 15), (8, -26, 9), (20, -4, 13), (-8, 12, 10), (-28, 8, 8), (10, 30, 12), (34, 18, 6))
        for x, y, radius in seas:
            canvas.shape(circle(x, y, radius, radius * 0.85), darker(base, 0.3), alpha=0.38, soft=2.2)
        chance = canvas.random
        for _ in range(16):
            x, y, radius = chance.uniform(-44, 44), chance.uniform(-44, 44), chance.uniform(1.2, 4)
            canvas.shape(circle(x, y, radius, points=24), darker(base, 0.3), alpha=0.22)
            canvas.shape(circle(x + radius * 0.2, y + radius * 0.25, radius * 0.75, points=24), base, alpha=0.5)


@element
def crescent(canvas: Canvas, colour: str = "#f3e7b8", halo: float = 1) -> None:
    canvas.glow(0, 0, 120, colour, 0.4 * halo)
    outer = arc(0, 0, 50, 50, -60, -300, points=50)
    canvas.shape((*outer, *arc(18, 0, 44, 44, -281, -79, points=50)), colour)


@element
def sun(canvas: Canvas, paint: Paint = "#ffd34d", halo: float = 1.0, light: str = "#ffb347") -> None:
    canvas.glow(0, 0, 190, light, 0.55 * halo)
    canvas.glow(0, 0, 95, light, 0.7 * halo)
    canvas.shape(circle(0, 0, 50, points=96), paint)


@element
def cut_sun(canvas: Canvas, paint: Paint, bars: int = 6) -> None:
    """A low sun of the kind that is cut into bars towards its foot."""
    for index in range(bars + 1):
        top = -50 if index == 0 else 50 * (index - 0.5) / bars + 2.4 * index / bars
        bottom = 50 * (index + 0.5) / bars - 1.2 * index / bars
        turn_top, turn_bottom = math.asin(max(-1, top / 50)), math.asin(min(1, bottom / 50))
        right = arc(0, 0, 50, 50, math.degrees(turn_top), math.degrees(turn_bottom), points=24)
        band = (*right, *((-x, y) for x, y in reversed(right)))
        canvas.shape(band, paint if isinstance(paint, str) else mix(paint.colours[0], paint.colours[-1], index / bars))


@element
def cloud(canvas: Canvas, colour: str = "#ffffff", shade: str = "", alpha: float = 1) -> None:
    """A puffy one with a flat foot."""
    puffs = ((-32, 4, 15), (-15, -8, 20), (8, -14, 24), (28, -2, 17), (40, 7, 10), (0, 4, 20))
    for x, y, radius in puffs:
        canvas.shape(circle(x, y, radius), down(colour, shade) if shade else colour, alpha=alpha)
    canvas.shape(capsule((-34, 10), (40, 11), 10, 8), shade or colour, alpha=alpha)


@element
def clouds(canvas: Canvas, colour: str, bottom: float, number: int = 7, top: float = 0, shade: str = "") -> None:
    chance = canvas.random
    for index in range(number):
        y = top + (bottom - top) * (index + chance.random()) / number
        with canvas.at(chance.uniform(-5, 105), y, chance.uniform(0.16, 0.42), flip=chance.random() < 0.5):
            cloud(canvas, colour, shade)


@element
def rain(canvas: Canvas, colour: str = "#cfe3ff", number: int = 260, lean: float = -0.15, alpha: float = 0.35) -> None:
    chance = canvas.random
    for _ in range(number):
        x, y, length = chance.uniform(-10, 110), chance.uniform(-5, HIGH), chance.uniform(3, 11)
        canvas.line(((x, y), (x + lean * length, y + length)), 0.16, colour, alpha=alpha * chance.uniform(0.4, 1))


@element
def snow(canvas: Canvas, number: int = 160, colour: str = "#ffffff", most: float = 0.8, blurred: int = 12) -> None:
    chance = canvas.random
    for _ in range(number):
        x, y = chance.uniform(0, WIDE), chance.uniform(0, HIGH)
        canvas.shape(circle(x, y, chance.uniform(0.15, most), points=12), colour, alpha=chance.uniform(0.4, 0.95))
    for _ in range(blurred):
        x, y, radius = chance.uniform(0, WIDE), chance.uniform(0, HIGH), chance.uniform(1.2, 2.6)
        canvas.shape(circle(x, y, radius, points=20), colour, alpha=0.35, soft=0.8)


@element
def flake(canvas: Canvas, colour: str = "#ffffff", width: float = 3.4, alpha: float = 1) -> None:
    """One crystal of snow, six arms with twigs."""
    for arm in range(6):
        with canvas.at(0, 0, angle=60 * arm):
            canvas.line(((0, 0), (0, -50)), width, colour, alpha=alpha)
            for height, reach in ((-16, 9), (-28, 14), (-39, 9)):
                for side in (-1, 1):
                    canvas.line(((0, height), (side * reach, height - reach * 0.8)), width * 0.8, colour, alpha=alpha)
    canvas.line(
        tuple((11 * math.cos(math.radians(60 * k)), 11 * math.sin(math.radians(60 * k))) for k in range(6)),
        width * 0.8,
        colour,
        alpha=alpha,
        closed=True,
    )


@element
def bolt(canvas: Canvas, paint: Paint = "#ffe45c", light: str = "") -> None:
    """A flash of lightning, as on a chest."""
    outline = ((12, -50), (-22, 6), (-2, 6), (-14, 50), (24, -12), (3, -12), (24, -50))
    if light:
        canvas.glow(0, 0, 95, light, 0.8)
    canvas.shape(outline, paint)


@element
def lightning(canvas: Canvas, colour: str = "#e6f0ff", reach: float = 80, width: float = 1) -> None:
    """A forked one, out of the sky."""
    chance = canvas.random
    x, y = 0.0, 0.0
    points = [(x, y)]
    while y < reach:
        x, y = x + chance.uniform(-7, 7), y + chance.uniform(5, 10)
        points.append((x, y))
        if chance.random() < 0.4:
            fork = [(x, y)]
            for _ in range(4):
                fork.append((fork[-1][0] + chance.uniform(-9, 9), fork[-1][1] + chance.uniform(3, 8)))
            canvas.line(tuple(fork), width * 0.5, colour, taper=0.2)
    canvas.glow(points[len(points) // 2][0], y / 2, reach * 0.6, colour, 0.35)
    canvas.line(tuple(points), width, colour, taper=0.3)


@element
def planet(
    canvas: Canvas,
    colour: str = "#d98c5f",
    second: str = "#8a4b3a",
    rings: str = "",
    light: float = -0.35,
    bands: int = 5,
) -> None:
    """A ball with bands and a dark side; with a colour for rings it has some."""
    chance = canvas.random
    if rings:
        for radius, width in ((86, 7), (74, 4)):
            canvas.line(arc(0, 0, radius, radius * 0.26, 180, 360, points=50), width, rings, alpha=0.85)
    outline = circle(0, 0, 50, points=96)
    canvas.shape(outline, colour)
    with canvas.within(outline):
        for _ in range(bands):
            y, height = chance.uniform(-45, 45), chance.uniform(3, 11)
            canvas.shape(circle(0, y, 62, height), second, alpha=0.45, soft=1.2)
        canvas.shape(
            outline,
            out(lighter(colour, 0.5), colour, "#05060c", at=(0.5 + light, 0.3), reach=0.95),
            alpha=0.75,
            soft=0.01,
        )
    if rings:
        for radius, width in ((86, 7), (74, 4)):
            canvas.line(arc(0, 0, radius, radius * 0.26, 0, 180, points=50), width, rings, alpha=0.85)


@element
def black_hole(canvas: Canvas, colour: str = "#ffb35c", pale: str = "#fff1d0") -> None:
    """A dark ball in a bent ring of light."""
    canvas.glow(0, 0, 130, colour, 0.5)
    for radius, width, tint, alpha in ((40, 9, colour, 0.55), (38, 5, colour, 0.9), (36, 1.8, pale, 1)):
        canvas.line(circle(0, 0, radius), width, tint, alpha=alpha, closed=True)
    canvas.shape(circle(0, 0, 34), "#000000")
    for height, tint, alpha, soft in ((13, colour, 0.55, 3), (7, colour, 0.9, 1.6), (2.4, pale, 1, 0.8)):
        canvas.shape(circle(0, 3, 120, height), tint, alpha=alpha, soft=soft, mode="light")


@element
def fire(canvas: Canvas, high: float = 60, wide: float = 100, number: int = 26) -> None:
    """Flames that stand on the origin's height."""
    chance = canvas.random
    canvas.glow(0, -high * 0.3, max(high, wide) * 0.9, "#ff6a00", 0.6)
    for colour, share in (("#c22a06", 1.0), ("#f4651a", 0.75), ("#ffae2b", 0.5), ("#ffe98a", 0.28)):
        for index in range(number):
            x = -wide / 2 + wide * (index + chance.random()) / number
            height = high * share * chance.uniform(0.45, 1) * (1 - 0.5 * abs(x) / (wide / 2))
            width = wide / number * chance.uniform(1.2, 2)
            bend = chance.uniform(-width, width)
            canvas.shape(
                (
                    (x - width / 2, 2),
                    (x - width / 2.4, -height * 0.35),
                    (x - width / 6 + bend * 0.4, -height * 0.7),
                    (x + bend, -height),
                    (x + width / 4 + bend * 0.4, -height * 0.6),
                    (x + width / 2, -height * 0.25),
                    (x + width / 2, 2),
                ),
                colour,
                alpha=0.85,
            )


@element
def sparks(canvas: Canvas, colour: str = "#ffb84d", number: int = 80, top: float = 0, bottom: float = HIGH) -> None:
    chance = canvas.random
    for _ in range(number):
        x, y, size = chance.uniform(0, WIDE), chance.uniform(top, bottom), chance.uniform(0.1, 0.5)
        canvas.glow(x, y, size * 5, colour, 0.5)
        canvas.shape(circle(x, y, size, points=10), colour, alpha=chance.uniform(0.5, 1))
