"""What moves: cars, ships, trains, planes, things that fly in space. From the side they look right."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import along, darker, down, lighter
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import box, circle, curve, rounded


def wheel(canvas: Canvas, x: float, y: float, radius: float, rim: str = "#c9ccd1") -> None:
    canvas.shape(circle(x, y, radius), "#121214")
    canvas.shape(circle(x, y, radius * 0.58), rim)
    canvas.shape(circle(x, y, radius * 0.2), "#121214")


@element
def car(canvas: Canvas, colour: str = "#c9202a", kind: str = "roadster", glass: str = "#cfe8f2") -> None:
    """Stands on the origin; roadster, coupe, saloon."""
    if kind == "roadster":
        canvas.shape(curve("12 -26!, 20 -38!, 23 -38!, 20 -24!"), glass)
        canvas.shape(
            curve(
                "-50 -10!, -50 -22, -36 -28, -8 -26!, -4 -20, 10 -20, 14 -27!, 34 -26, 48 -20, 50 -8!, 40 -6, -40 -6"
            ),
            down(lighter(colour, 0.3), colour, darker(colour, 0.25)),
        )
    elif kind == "coupe":
        canvas.shape(curve("-22 -26!, -8 -40!, 10 -40, 26 -26!"), glass)
        canvas.shape(
            curve("-54 -8!, -56 -20, -52 -28, -22 -28!, -8 -41!, 10 -41!, 28 -27!, 50 -22, 56 -10!, 44 -5, -44 -5"),
            down(lighter(colour, 0.3), colour, darker(colour, 0.4)),
        )
        canvas.shape(curve("-17 -28!, -6 -38!, 8 -38!, 22 -27!"), glass)
        canvas.line(((1, -39), (2, -27)), 1.6, darker(colour, 0.3))
    else:
        canvas.shape(
            curve("-58 -8!, -60 -22, -30 -24!, -18 -38!, 14 -38!, 28 -24!, 58 -22, 60 -8!"),
            down(lighter(colour, 0.25), colour),
        )
        canvas.shape(curve("-26 -25!, -16 -35!, 12 -35!, 23 -25!"), glass)
        canvas.line(((-2, -36), (-2, -25)), 1.8, colour)
    for x in (-32, 32):
        wheel(canvas, x, -8, 9.6)
    canvas.shape(circle(49, -17, 3, 2.6), "#fff3c4")


@element
def van(canvas: Canvas, colour: str = "#f5b915", roof: str = "#fff6e0", glass: str = "#4b6a78") -> None:
    """An old bus with a split window and a round nose, standing on the origin."""
    canvas.shape(curve("-56 -8!, -58 -46, -50 -62, -30 -64, 36 -64, 48 -58, 56 -36, 56 -8!"), colour)
    canvas.shape(curve("-57 -42!, -54 -56, -46 -63!, 38 -64!, 48 -58, 54 -42!"), roof)
    for x in (-50, -29, -8, 13):
        canvas.shape(rounded(x, -56, x + 17, -40, 3), glass)
    canvas.shape(curve("34 -56!, 45 -55, 52 -42!, 34 -40!"), glass)
    canvas.shape(circle(54, -22, 3, 4), "#fff3c4")
    canvas.shape(box(-57, -13, 57, -9), roof)
    for x in (-34, 34):
        wheel(canvas, x, -7, 10)


@element
def car_front(canvas: Canvas, colour: str = "#c3c8cf", light: str = "#fff6d2") -> None:
    """A flat wedge of a car from the front, standing on the origin."""
    for side in (-1, 1):
        canvas.shape(rounded(side * 36 - 8, -16, side * 36 + 8, 2, 3), "#0b0b0d")
    canvas.shape(
        curve("0 -50!, 26 -48!, 36 -30!, 47 -26!, 48 -6!, 0 -6!", mirrored=True),
        along(90, lighter(colour, 0.35), colour, darker(colour, 0.4)),
    )
    canvas.shape(curve("0 -46!, 23 -45!, 31 -31!, 0 -30!", mirrored=True), "#15202b")
    canvas.shape(box(-46, -23, 46, -12), "#16181c")
    for side in (-1, 1):
        for x in (26, 37):
            canvas.glow(side * x, -17, 22, light, 1)
            canvas.shape(rounded(side * x - 5, -21, side * x + 5, -14, 1.5), light)


@element
def bicycle(canvas: Canvas, colour: str = "#0a0a0f", rider: str = "", basket: bool = False) -> None:
    """Stands on the origin, with somebody on it if the rider has a colour."""
    for x in (-26, 26):
        canvas.line(circle(x, -18, 18), 1.8, colour, closed=True)
        for k in range(6):
            a = math.pi * k / 6
            canvas.line(
                ((x - 18 * math.cos(a), -18 - 18 * math.sin(a)), (x + 18 * math.cos(a), -18 + 18 * math.sin(a))),
                0.4,
                colour,
            )
    for points in (
        ((-26, -18), (-10, -46), (18, -46), (-2, -18), (-26, -18)),
        ((-10, -50), (-2, -18)),
        ((26, -18), (16, -54), (26, -58)),
        ((-16, -51), (-4, -51)),
    ):
        canvas.line(points, 2, colour)
    if basket:
        canvas.shape(((24, -60), (44, -60), (40, -44), (28, -44)), colour)
        canvas.shape(curve("28 -58, 26 -70, 33 -76, 41 -70, 40 -58"), colour)
    if rider:
        canvas.line(((-10, -52), (8, -34), (-2, -14)), 6, rider)
        canvas.shape(curve("-16 -50!, -12 -76, 0 -88, 8 -80, 2 -50!"), rider)
        canvas.line(((2, -78), (14, -66), (25, -59)), 4.6, rider)
        canvas.shape(circle(8, -95, 8, 9), rider)
        canvas.shape(curve("-2 -96!, 0 -108, 12 -106!, 8 -98, -2 -84!"), rider)


@element
def motorbike(canvas: Canvas, colour: str = "#d3121a", dark: str = "#14090b", light: str = "#ffe7d0") -> None:
    """A long low one of the future with its rider, standing on the origin."""
    for x in (-40, 42):
        canvas.shape(circle(x, -14, 15), dark)
        canvas.shape(circle(x, -14, 10), darker(colour, 0.35))
        canvas.shape(circle(x, -14, 3.4), light)
    canvas.shape(
        curve("-58 -22!, -46 -36, -22 -32, -10 -24, 12 -26, 24 -44, 40 -40, 60 -18!, 48 -22, 30 -8, -26 -6, -34 -24"),
        down(lighter(colour, 0.25), colour, darker(colour, 0.4)),
    )
    canvas.shape(curve("22 -42!, 34 -54, 42 -38!"), light)
    canvas.shape(curve("-30 -30!, -24 -54, -6 -60, 4 -48, -4 -28!"), darker(colour, 0.2))
    canvas.line(((-6, -50), (10, -44), (20, -42)), 5, darker(colour, 0.2))
    canvas.line(((-16, -30), (4, -26), (-6, -12)), 6, dark)
    canvas.shape(circle(2, -66, 7.4, 8), "#e3b58e")
    canvas.shape(curve("-6 -66!, -8 -76, 4 -78, 9 -70!, 2 -70"), dark)
    canvas.glow(58, -20, 26, light, 0.9)


@element
def steam_train(canvas: Canvas, colour: str = "#8f1d1d", dark: str = "#141114", window: str = "#ffdb8a") -> None:
    """An engine with its coach, standing on the origin."""
    canvas.shape(rounded(-20, -34, 44, -12, 8), dark)
    canvas.shape(box(28, -48, 36, -30), dark)
    canvas.shape(box(26, -50, 38, -47), dark)
    canvas.shape(rounded(-34, -50, -16, -12, 2), colour)
    canvas.shape(rounded(-30, -44, -20, -34, 1), window)
    canvas.shape(circle(6, -36, 5), "#d9a63a")
    canvas.shape(((44, -14), (58, -4), (40, -4)), colour)
    for x in (-26, -8, 10, 28):
        wheel(canvas, x, -7, 7.6, colour)
    for coach in (-44, -100):
        canvas.shape(rounded(coach - 50, -42, coach, -10, 2), colour)
        for k in range(4):
            canvas.shape(rounded(coach - 46 + k * 12, -36, coach - 38 + k * 12, -24, 1), window)
        for k in (-40, -12):
            wheel(canvas, coach + k, -5, 5, colour)
    for x, y, r in ((32, -62, 7), (22, -74, 10), (4, -84, 13), (-22, -92, 16), (-54, -98, 19)):
        canvas.shape(circle(x, y, r), "#f2f2f2", alpha=0.75, soft=1.5)


@element
def plane(canvas: Canvas, colour: str = "#1a1a1f") -> None:
    """A propeller plane from the side, climbing right."""
    canvas.shape(curve("-54 4, -20 -6, 24 -10, 48 -4, 54 4, 40 10, -10 10"), colour)
    canvas.shape(curve("-54 4!, -62 -20, -52 -22!, -38 0"), colour)
    canvas.shape(curve("-16 4!, 18 2, 26 10, -30 28!, -34 24"), colour)
    canvas.shape(circle(16, 10, 9, 4), colour)
    canvas.line(((30, -8), (30, 28)), 1.1, colour)
    for x in range(-24, 34, 8):
        canvas.shape(circle(x, -2, 1.6, points=12), "#ffe6a8")


@element
def liner(
    canvas: Canvas, hull: str = "#12151d", white: str = "#efe6d6", funnel: str = "#d08a3c", light: str = "#ffdf9a"
) -> None:
    """A great ship's bow straight before us, its waterline at the origin."""
    canvas.shape(
        curve("0 -108!, 14 -98, 30 -84!, 34 -56, 26 -20, 6 6, 0 8!", mirrored=True),
        along(0, lighter(hull, 0.2), hull, "#000000"),
    )
    canvas.shape(curve("0 -114!, 20 -104, 32 -90!, 31 -84!, 16 -98, 0 -107!", mirrored=True), white)
    canvas.line(((0, -106), (0, 6)), 0.7, lighter(hull, 0.35))
    canvas.shape(box(-22, -128, 22, -102), white)
    canvas.shape(box(-16, -140, 16, -126), white)
    for x in range(-18, 20, 5):
        canvas.shape(box(x - 1.2, -121, x + 1.2, -116), light)
    canvas.shape(box(-9, -168, 9, -140), funnel)
    canvas.shape(box(-9, -174, 9, -165), hull)
    canvas.line(((0, -178), (0, -200)), 0.8, hull)
    canvas.shape(curve("0 8!, 8 4, 46 12, 60 20!, 20 14, 0 18", mirrored=True), "#e9f3f7", alpha=0.85)


@element
def rowing_boat(canvas: Canvas, colour: str = "#1c1a1e", people: int = 0, light: str = "") -> None:
    """From the side, its waterline at the origin."""
    for index in range(people):
        x = -16 + 32 * index / max(1, people - 1) if people > 1 else 0
        canvas.shape(curve(f"{x - 9} -6!, {x - 7} -24, {x} -28, {x + 7} -24, {x + 9} -6!"), colour)
        canvas.shape(circle(x, -35, 6, 7), colour)
    canvas.shape(curve("-50 -14!, -36 4, 0 8, 36 4, 50 -14!, 30 -6, -30 -6"), colour)
    if light:
        canvas.line(((42, -10), (46, -34)), 1.4, colour)
        canvas.glow(46, -38, 30, light, 1)
        canvas.shape(circle(46, -37, 4), light)


@element
def rocket(canvas: Canvas, body: str = "#f4f4f2", accent: str = "#e3342b", flame: bool = True) -> None:
    """Points up."""
    if flame:
        canvas.glow(0, 62, 46, "#ffb03a", 0.9)
        canvas.shape(curve("-9 44!, -6 64, 0 84!, 6 64, 9 44!"), down("#fff3b0", "#ff9a2b", "#e8401c"))
    canvas.shape(curve("14 12!, 30 30, 30 50!, 14 42!"), accent)
    canvas.shape(curve("-14 12!, -30 30, -30 50!, -14 42!"), accent)
    canvas.shape(
        curve("0 -54!, 15 -28, 17 8, 12 44!, 0 46", mirrored=True),
        along(0, lighter(body, 0.2), body, darker(body, 0.3)),
    )
    canvas.shape(curve("0 -54!, 10 -38, 14 -26!, 0 -24", mirrored=True), accent)
    canvas.shape(circle(0, -6, 7), accent)
    canvas.shape(circle(0, -6, 5), "#9fd8f0")


@element
def shell_rocket(canvas: Canvas, metal: str = "#6f675a") -> None:
    """A fat shell as of 1900, its point at the origin, its body to the upper right."""
    with canvas.at(0, 0, angle=45):
        canvas.shape(
            curve("0 0!, 9 -14, 12 -34, 12 -60!, 0 -62", mirrored=True),
            along(0, lighter(metal, 0.35), metal, darker(metal, 0.5)),
        )
        for y in (-30, -44, -57):
            canvas.line(((-12, y), (12, y)), 1.2, darker(metal, 0.5))
        canvas.shape(circle(0, -37, 3), "#2a251d")


@element
def fighter(canvas: Canvas, colour: str = "#d7d9dd", engine: str = "#ff6a3a") -> None:
    """A small ship with crossed wings, from behind, flying away."""
    for x, y in ((-44, -26), (44, -26), (-44, 26), (44, 26)):
        canvas.shape(((0, -4), (0, 4), (x, y + 2), (x, y - 2)), darker(colour, 0.3))
        canvas.line(((x, y), (x * 1.02, y - 16)), 1.8, colour)
        canvas.glow(x * 0.36, y * 0.36, 16, engine, 1)
        canvas.shape(circle(x * 0.36, y * 0.36, 6.4), colour)
        canvas.shape(circle(x * 0.36, y * 0.36, 4.4), engine)
    canvas.shape(circle(0, 0, 9, 7), darker(colour, 0.15))


@element
def saucer_car(canvas: Canvas, colour: str = "#1a2233", light: str = "#7ff0ff") -> None:
    """A car of a rainy future that flies towards the left, lit below."""
    canvas.glow(0, 16, 50, light, 0.6)
    canvas.shape(
        curve("-54 2!, -36 -10, -14 -14, 0 -24, 24 -24, 40 -10, 54 -4!, 48 10, -30 12"),
        down(lighter(colour, 0.25), colour),
    )
    canvas.shape(curve("-12 -13!, 2 -22, 16 -22, 16 -11!"), light, alpha=0.7)
    for x, tint in ((-50, "#fff4c8"), (50, "#ff3b3b"), (-20, light), (20, light)):
        canvas.glow(x, 6 if abs(x) < 40 else 0, 18, tint, 1)
        canvas.shape(circle(x, 6 if abs(x) < 40 else 0, 3, 2), tint)


@element
def flying_house(canvas: Canvas, number: int = 90) -> None:
    """A small house under a cloud of balloons, its foot at the origin."""
    chance = canvas.random
    colours = ("#f94144", "#f3722c", "#f9c74f", "#90be6d", "#43aa8b", "#4d96e0", "#9b5de5", "#f15bb5")
    spots = []
    for _ in range(number):
        turn, far = chance.uniform(0, 2 * math.pi), math.sqrt(chance.random())
        spots.append((44 * far * math.cos(turn), -112 + 42 * far * math.sin(turn)))
    for x, y in spots:
        canvas.line(((x, y), (2, -42)), 0.22, "#5b5b66", alpha=0.5)
    for x, y in sorted(spots, key=lambda spot: spot[1]):
        colour = chance.choice(colours)
        canvas.shape(circle(x, y, 6.6, 8), along(60, lighter(colour, 0.35), colour, darker(colour, 0.18)))
        canvas.shape(circle(x - 2, y - 3, 1.6, 2), "#ffffff", alpha=0.65)
    canvas.shape(box(-1, -46, 5, -34), "#8f5b4a")
    canvas.shape(((-20, -22), (0, -44), (20, -22)), "#6d4b8f")
    canvas.shape(box(-16, -23, 16, 0), "#f2d488")
    canvas.shape(box(-4, -15, 4, 0), "#b5533c")
    for x in (-11, 8):
        canvas.shape(box(x - 2.6, -18, x + 3.4, -10), "#cfeaf5")
    canvas.shape(box(-18, -2, 18, 1.6), "#fff8ec")
