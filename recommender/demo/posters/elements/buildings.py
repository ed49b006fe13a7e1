"""Houses, towers, castles, streets."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import HIGH, WIDE, Canvas
from recommender.demo.posters.colours import Paint, darker, down, lighter, mix
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import arc, box, capsule, circle, curve, flipped


@element
def skyline(
    canvas: Canvas,
    colour: str,
    base: float,
    high: float = 40,
    lit: str = "",
    number: int = 16,
    share: float = 0.3,
    least: float = 0.3,
    bottom: float = HIGH,
) -> None:
    """Towers of a city that stand at a height, some windows lit."""
    chance = canvas.random
    x = -4.0
    while x < WIDE + 4:
        width = WIDE / number * chance.uniform(0.7, 1.5)
        top = base - high * chance.uniform(least, 1)
        canvas.shape(box(x, top, x + width, bottom), colour)
        kind = chance.random()
        if kind < 0.25:
            canvas.shape(box(x + width * 0.3, top - 4, x + width * 0.7, top), colour)
            canvas.line(((x + width / 2, top - 4), (x + width / 2, top - 11)), 0.35, colour)
        elif kind < 0.4:
            canvas.shape(((x, top), (x + width / 2, top - width * 0.7), (x + width, top)), colour)
        if lit:
            row = top + 2.2
            while row < min(base + 4, bottom):
                column = x + 1
                while column < x + width - 1.2:
                    if chance.random() < share:
                        canvas.shape(box(column, row, column + 0.8, row + 1.2), lit, alpha=chance.uniform(0.45, 1))
                    column += 1.7
                row += 2.6
        x += width + chance.uniform(-0.5, 0.6)


@element
def house(
    canvas: Canvas,
    wall: str = "#e9d7b7",
    roof: str = "#8f3f34",
    window: str = "#ffe9a8",
    door: str = "#5b3a29",
    chimney: bool = True,
    lights: bool = False,
    snow: str = "",
) -> None:
    """A family's house that stands on the origin, a hundred units wide."""
    if chimney:
        canvas.shape(box(22, -96, 34, -60), darker(wall, 0.3))
    canvas.shape(box(-42, -54, 42, 0), wall)
    canvas.shape(((-50, -52), (0, -96), (50, -52)), roof)
    canvas.shape(((-42, -54), (42, -54), (36, -50), (-36, -50)), darker(wall, 0.3), alpha=0.6)
    for x in (-28, 24):
        for y in (-42, -18) if x > 0 else (-42,):
            canvas.glow(x + 2, y + 4, 16, window, 0.3)
            canvas.shape(box(x - 8, y - 2, x + 10, y + 12), window)
            canvas.line(((x + 1, y - 2), (x + 1, y + 12)), 1.2, darker(wall, 0.4))
            canvas.line(((x - 8, y + 5), (x + 10, y + 5)), 1.2, darker(wall, 0.4))
    canvas.shape(circle(0, -70, 7), window)
    canvas.shape(box(-22, -26, -6, 0), door)
    canvas.shape(circle(-9, -12, 1.2, points=12), "#e8c25a")
    if snow:
        canvas.shape(
            curve(
                "-54 -50!, -30 -74, 0 -100, 30 -74, 54 -50!, 44 -52, 30 -66, 14 -78, 0 -86, -14 -78, -30 -66, -44 -52"
            ),
            snow,
        )
    if lights:
        colours = ("#ff4d4d", "#ffd23f", "#4dd16b", "#4da3ff")
        for index in range(25):
            share = index / 24
            x = -50 + 100 * share
            y = -52 - 44 * (1 - abs(x) / 50) + 2
            canvas.glow(x, y, 6, colours[index % 4], 0.9)
            canvas.shape(circle(x, y, 1.5, points=12), colours[index % 4])


@element
def mansion(canvas: Canvas, colour: str = "#08080c", window: str = "#ffd878", lit: tuple[int, ...] = (1,)) -> None:
    """A tall crooked house with a tower, standing on the origin, some of its windows lit."""
    canvas.shape(box(-34, -58, 30, 0), colour)
    canvas.shape(curve("-42 -56!, -32 -60, -26 -84!, 22 -84!, 28 -60, 38 -56!"), colour)
    canvas.shape(box(-14, -104, 8, -56), colour)
    canvas.shape(curve("-20 -102!, -12 -106, -4 -136!, 4 -106, 14 -102!"), colour)
    canvas.shape(box(20, -96, 25, -80), colour)
    canvas.line(((-3, -134), (-3, -146)), 1, colour)
    canvas.shape(((-44, 0), (-40, -18), (-34, -18), (-34, 0)), colour)
    places = ((-4, -94), (-22, -44), (16, -44), (-22, -20), (16, -20), (-3, -72))
    for index, (x, y) in enumerate(places):
        if index in lit:
            canvas.glow(x, y, 26, window, 0.7)
            canvas.shape((*arc(x, y - 4, 4, 4, 180, 360, points=12), (x + 4, y + 7), (x - 4, y + 7)), window)
            canvas.line(((x, y - 8), (x, y + 7)), 0.9, colour)
            canvas.line(((x - 4, y), (x + 4, y)), 0.9, colour)


@element
def castle(canvas: Canvas, paint: Paint = "#dfe9f7", roof: str = "#5b76b8", window: str = "", flags: str = "") -> None:
    """Towers with pointed roofs, standing on the origin."""
    towers = ((-40, 14, 52), (-22, 16, 74), (0, 20, 100), (22, 16, 82), (40, 14, 58), (-10, 10, 112), (12, 9, 92))
    for x, width, high in sorted(towers, key=lambda tower: -tower[2]):
        canvas.shape(box(x - width / 2, -high, x + width / 2, 0), paint)
        canvas.shape(((x - width * 0.66, -high), (x, -high - width * 2), (x + width * 0.66, -high)), roof)
        if flags:
            top = -high - width * 2
            canvas.line(((x, top), (x, top - 7)), 0.7, roof)
            canvas.shape(((x, top - 7), (x + 8, top - 5), (x, top - 3)), flags)
        if window:
            for y in range(int(-high) + 10, -14, 17):
                canvas.shape((*arc(x, y, 2, 2, 180, 360, points=8), (x + 2, y + 5), (x - 2, y + 5)), window)
    canvas.shape(box(-48, -30, 48, 0), paint)
    for index in range(13):
        canvas.shape(box(-48 + index * 8, -35, -44 + index * 8, -30), paint)
    canvas.shape((*arc(0, -12, 8, 10, 180, 360, points=16), (8, 0), (-8, 0)), darker(roof, 0.5))


@element
def ice_castle(canvas: Canvas, light: str = "#e8fbff", mid: str = "#8fd0f0", dark: str = "#3f86c4") -> None:
    """Spires of ice, standing on the origin."""
    for x, width, high in (
        (-44, 10, 40),
        (44, 10, 46),
        (-32, 13, 64),
        (32, 13, 70),
        (-18, 15, 92),
        (18, 14, 84),
        (0, 20, 124),
    ):
        canvas.shape(
            (
                (x - width / 2, 0),
                (x - width / 2, -high * 0.62),
                (x, -high),
                (x + width / 2, -high * 0.62),
                (x + width / 2, 0),
            ),
            mid,
        )
        canvas.shape(((x - width / 2, 0), (x - width / 2, -high * 0.62), (x, -high), (x - width * 0.08, 0)), light)
        canvas.shape(
            ((x + width / 2, 0), (x + width / 2, -high * 0.62), (x, -high), (x + width * 0.22, 0)), dark, alpha=0.75
        )
    canvas.shape(((-10, 0), (-8, -22), (0, -32), (8, -22), (10, 0)), darker(dark, 0.3))


@element
def hotel(
    canvas: Canvas, wall: str = "#f2a7b8", trim: str = "#fbe3e0", roof: str = "#b8475f", window: str = "#6b2f4a"
) -> None:
    """A grand pink one, symmetrical, standing on the origin, a hundred units wide."""
    for x, width, high in ((0, 96, 62), (0, 34, 84), (-40, 15, 76), (40, 15, 76)):
        canvas.shape(box(x - width / 2, -high, x + width / 2, 0), down(lighter(wall, 0.1), wall))
        canvas.shape(box(x - width / 2 - 1, -high - 2, x + width / 2 + 1, -high), trim)
        canvas.shape(
            curve(
                f"{x - width / 2} {-high - 2}!, {x - width * 0.3} {-high - 9}, {x} {-high - 15}!,"
                f" {x + width * 0.3} {-high - 9}, {x + width / 2} {-high - 2}!"
            ),
            roof,
        )
    canvas.shape(circle(0, -100, 6), trim)
    canvas.shape(circle(0, -100, 4.6), roof)
    canvas.line(((0, -106), (0, -116)), 0.8, trim)
    for row in range(5):
        y = -56 + row * 10.4
        canvas.shape(box(-48, y + 8, 48, y + 9), trim)
        for column in range(15):
            x = -45.5 + column * 6.5
            canvas.shape((*arc(x, y, 1.7, 1.7, 180, 360, points=8), (x + 1.7, y + 5), (x - 1.7, y + 5)), window)
    for x in (-5, 0, 5):
        canvas.shape((*arc(x, -72, 1.9, 1.9, 180, 360, points=8), (x + 1.9, -66), (x - 1.9, -66)), window)
    canvas.shape(box(-11, -10, 11, 0), trim)
    canvas.shape(box(-8, -8, 8, 0), window)


@element
def bathhouse(canvas: Canvas, wall: str = "#8f2e22", roof: str = "#23474b", window: str = "#ffce6b") -> None:
    """A tall house of many roofs with lit windows, standing on the origin."""
    for level, (width, y) in enumerate(((84, 0), (70, -30), (54, -58), (36, -84))):
        top = y - 26
        canvas.shape(box(-width / 2, top, width / 2, y), darker(wall, 0.1 * level))
        for column in range(int(width / 8)):
            x = -width / 2 + 4 + column * 8
            canvas.glow(x + 1.5, y - 11, 7, window, 0.25)
            canvas.shape(box(x - 1, y - 16, x + 4.4, y - 6), window)
            canvas.line(((x + 1.7, y - 16), (x + 1.7, y - 6)), 0.5, darker(wall, 0.3))
        half = width / 2 + 8
        canvas.shape(
            curve(
                f"{-half} {top + 4}!, {-half * 0.7} {top - 2}, {-width * 0.36} {top - 10}!, {width * 0.36} {top - 10}!,"
                f" {half * 0.7} {top - 2}, {half} {top + 4}!, {half * 0.5} {top + 1}, {-half * 0.5} {top + 1}"
            ),
            roof,
        )
    canvas.shape(box(22, -140, 30, -84), darker(wall, 0.3))
    canvas.shape(box(-42, 0, 42, 8), darker(wall, 0.5))


@element
def lantern_row(
    canvas: Canvas, colour: str = "#ff6a3c", wide: float = 100, number: int = 9, sag: float = 8, each: float = 5
) -> None:
    """Paper lanterns on a string that sags."""
    canvas.line(
        tuple((-wide / 2 + wide * k / 20, sag * math.sin(math.pi * k / 20)) for k in range(21)),
        0.3,
        darker(colour, 0.6),
    )
    for index in range(number):
        share = (index + 0.5) / number
        x, y = -wide / 2 + wide * share, sag * math.sin(math.pi * share) + each * 0.7
        canvas.glow(x, y, each * 2.4, colour, 0.8)
        canvas.shape(circle(x, y, each * 0.46, each * 0.6), down(lighter(colour, 0.5), colour))


@element
def eiffel(canvas: Canvas, colour: str = "#3b2a3a") -> None:
    """The tower of Paris, standing on the origin, a hundred units high."""
    canvas.shape(curve("1.2 -98!, 2.4 -70, 5 -46, 9 -26, 19 0!, 12 0!, 7.4 -14, 0 -19!", mirrored=True), colour)
    canvas.line(((0, -92), (0, -104)), 0.9, colour)
    for y, width in ((-27, 10.4), (-48, 6), (-78, 2.6)):
        canvas.shape(box(-width, y, width, y + 2.6), colour)


@element
def gate(canvas: Canvas, colour: str = "#0a0a0d", wide: float = 100, high: float = 40, bars: int = 21) -> None:
    """Railings with points, standing on the origin."""
    for index in range(bars):
        x = -wide / 2 + wide * index / (bars - 1)
        canvas.line(((x, 0), (x, -high)), 1, colour)
        canvas.shape(((x - 1.6, -high), (x, -high - 6), (x + 1.6, -high)), colour)
    for y in (-high * 0.9, -high * 0.2):
        canvas.line(((-wide / 2, y), (wide / 2, y)), 1.2, colour)


@element
def fence(
    canvas: Canvas, colour: str = "#8a5a35", wide: float = 100, high: float = 24, planks: int = 12, wire: str = ""
) -> None:
    """Planks that stand on the origin, with barbed wire above if it has a colour."""
    for index in range(planks):
        x, step = -wide / 2 + wide * index / planks, wide / planks
        tint = mix(colour, darker(colour, 0.3), canvas.random.random())
        canvas.shape(
            ((x + 0.4, 0), (x + 0.4, -high), (x + step / 2, -high - 2.4), (x + step - 0.4, -high), (x + step - 0.4, 0)),
            tint,
        )
    canvas.shape(box(-wide / 2, -high * 0.75, wide / 2, -high * 0.62), darker(colour, 0.35))
    if wire:
        for level in (-high - 7, -high - 13):
            canvas.line(((-wide / 2, level), (wide / 2, level + 0.6)), 0.4, wire)
            for index in range(18):
                x = -wide / 2 + wide * (index + 0.5) / 18
                canvas.line(((x - 1, level - 1.2), (x + 1, level + 1.2)), 0.3, wire)
                canvas.line(((x + 1, level - 1.2), (x - 1, level + 1.2)), 0.3, wire)


@element
def lamp(canvas: Canvas, colour: str = "#0b0b10", light: str = "#ffdf9a", cone: float = 0) -> None:
    """A street lamp that stands on the origin, a hundred units high, with a cone of light if it is wide."""
    if cone:
        canvas.shape(((-3, -90), (3, -90), (cone, 0), (-cone, 0)), light, alpha=0.4, soft=3, mode="light")
    canvas.glow(0, -92, 60, light, 0.8)
    canvas.line(((0, 0), (0, -84)), 2.2, colour)
    canvas.shape(((-5, 0), (-2, -8), (2, -8), (5, 0)), colour)
    canvas.shape(((-4, -84), (-6, -98), (6, -98), (4, -84)), light)
    canvas.shape(((-7.4, -98), (0, -106), (7.4, -98)), colour)
    for x in (-5, 0, 5):
        canvas.line(((x * 0.8, -84), (x * 1.2, -98)), 0.7, colour)
    canvas.line(((-7, -80), (7, -80)), 1.3, colour)


@element
def tower_block(
    canvas: Canvas, colour: str = "#15131a", window: str = "#2a2530", lit: str = "#ff2a1c", at: tuple[int, int] = (3, 6)
) -> None:
    """Rows of windows in a tall block that stands on the origin, one of them lit."""
    canvas.shape(box(-34, -130, 34, 0), down(lighter(colour, 0.12), colour))
    for row in range(14):
        for column in range(7):
            x, y = -29 + column * 8.6, -124 + row * 9
            here = (column, row) == at
            if here:
                canvas.glow(x + 3, y + 3, 34, lit, 1)
            canvas.shape(box(x, y, x + 6, y + 6), lit if here else window)


@element
def slum(canvas: Canvas, colours: tuple[str, ...], top: float, bottom: float = HIGH, rows: int = 11) -> None:
    """Small houses stacked up a hillside in many colours."""
    chance = canvas.random
    for row in range(rows):
        share = row / (rows - 1)
        y = top + (bottom - top) * share
        size = 5 + 9 * share
        x = -size * chance.random()
        while x < WIDE:
            width, high = size * chance.uniform(0.8, 1.4), size * chance.uniform(0.8, 1.5)
            tint = mix(chance.choice(colours), "#20140f", chance.uniform(0, 0.25))
            slope = 8 * math.sin(x / 26 + row * 0.2) * (1 - share)
            canvas.shape(box(x, y - high + slope, x + width, y + size * 2 + slope), tint)
            canvas.shape(
                box(x - 0.3, y - high - 0.8 + slope, x + width + 0.3, y - high + 0.5 + slope), darker(tint, 0.45)
            )
            for column in range(max(1, int(width / 5))):
                left = x + 1.2 + column * 4.4
                dark = "#ffd884" if chance.random() < 0.12 else "#2a1a14"
                canvas.shape(box(left, y - high * 0.62 + slope, left + size * 0.16, y - high * 0.3 + slope), dark)
            x += width


@element
def walking_castle(canvas: Canvas, iron: str = "#5d5a57", rust: str = "#8f5b3a", light: str = "#ffd98a") -> None:
    """A heap of houses, funnels and iron on four thin legs, standing on the origin."""
    for start, knee, foot in (
        ((-22, -30), (-36, -18), (-30, 0)),
        ((-8, -28), (-14, -14), (-6, 0)),
        ((10, -28), (18, -14), (12, 0)),
        ((24, -30), (38, -18), (34, 0)),
    ):
        canvas.line((start, knee, foot), 3.4, darker(iron, 0.3))
        canvas.shape(((foot[0] - 7, 1), (foot[0], -4), (foot[0] + 7, 1)), darker(iron, 0.4))
    canvas.shape(
        curve("-40 -34!, -46 -52, -30 -66, 0 -70, 30 -64, 44 -48, 40 -30!, 0 -22"),
        down(lighter(iron, 0.2), darker(iron, 0.3)),
    )
    for x, y, wide, high, roof in (
        (-24, -62, 20, 20, rust),
        (2, -66, 24, 28, "#7a4a4a"),
        (26, -60, 18, 16, rust),
        (-6, -92, 15, 14, "#54707a"),
    ):
        canvas.shape(box(x - wide / 2, y - high, x + wide / 2, y + 4), mix(iron, "#e8d9b8", 0.35))
        canvas.shape(((x - wide * 0.62, y - high), (x, y - high - wide * 0.6), (x + wide * 0.62, y - high)), roof)
        canvas.shape(box(x - 3, y - high * 0.7, x + 3, y - high * 0.35), light)
    for x, top in ((-36, -96), (14, -122), (36, -92), (-14, -112)):
        canvas.shape(box(x - 2.4, top, x + 2.4, -60), darker(rust, 0.3))
        canvas.shape(box(x - 3.4, top - 3, x + 3.4, top), darker(rust, 0.1))
    canvas.shape(curve("36 -48!, 56 -50, 58 -40, 40 -34!"), rust)
    for x in (44, 50):
        canvas.shape(circle(x, -47, 2.6), light)
    canvas.shape(curve("32 -34!, 54 -36, 50 -28, 34 -26!"), "#b8403a")


@element
def stairs(canvas: Canvas, paint: str, shade: str, steps: int = 12, wide: float = 60, high: float = 60) -> None:
    """Steps that rise to the right from the origin, cut like a section."""
    for index in range(steps):
        x, y = wide * index / steps, -high * index / steps
        canvas.shape(box(x, y - high / steps, wide, y + 0.2), paint)
        canvas.shape(box(x, y - high / steps, x + wide / steps, y - high / steps + 0.8), shade)


@element
def curtain(canvas: Canvas, colour: str = "#a3121c", left: bool = True, reach: float = 40, folds: int = 7) -> None:
    """Half of a stage's curtain, drawn aside."""
    shapes = []
    for index in range(folds):
        a, b = reach * index / folds, reach * (index + 1) / folds
        shapes.append(
            (curve(f"{a} -5!, {b} -5!, {b * 0.72} 70, {b * 0.94} 155!, {a * 0.94} 155!, {a * 0.72} 70"), index)
        )
    for outline, index in shapes:
        moved = outline if left else tuple((WIDE - x, y) for x, y in outline)
        canvas.shape(moved, mix(colour, "#000000", 0.45 if index % 2 else 0.05))


@element
def arch(canvas: Canvas, paint: Paint, wide: float = 30, high: float = 60) -> None:
    """An opening with a round top, standing on the origin."""
    canvas.shape(
        (*arc(0, -high + wide / 2, wide / 2, wide / 2, 180, 360, points=24), (wide / 2, 0), (-wide / 2, 0)), paint
    )


@element
def columns(canvas: Canvas, colour: str = "#e9c983", wide: float = 100, high: float = 70, number: int = 6) -> None:
    """A hall's pillars and arches, standing on the origin."""
    step = wide / number
    for index in range(number + 1):
        x = -wide / 2 + index * step
        canvas.shape(box(x - 1.6, -high, x + 1.6, 0), down(lighter(colour, 0.2), darker(colour, 0.2)))
        canvas.shape(box(x - 2.8, -high - 2, x + 2.8, -high), lighter(colour, 0.2))
        canvas.shape(box(x - 2.8, -2, x + 2.8, 0), darker(colour, 0.2))
        if index < number:
            canvas.line(arc(x + step / 2, -high - 1, step / 2, step * 0.5, 180, 360), 1.6, colour)


@element
def bell_tower(canvas: Canvas, colour: str = "#20242e", light: str = "") -> None:
    """Domes as on Montmartre, standing on the origin."""
    canvas.shape(box(-40, -30, 40, 0), colour)
    canvas.shape(box(-15, -46, 15, 0), colour)
    canvas.shape(curve("-15 -46!, -16 -62, -8 -82, 0 -92!, 8 -82, 16 -62, 15 -46!"), colour)
    canvas.shape(box(-3, -98, 3, -88), colour)
    canvas.shape(circle(0, -100, 3, 4), colour)
    for side in (-1, 1):
        dome = curve("20 -30!, 19 -44, 27 -58, 28 -60!, 29 -58, 37 -44, 36 -30!")
        canvas.shape(dome if side > 0 else flipped(dome), colour)
        canvas.shape(capsule((side * 28, -60), (side * 28, -66), 1.2, 0.4), colour)
    for x in (-10, 0, 10) if light else ():
        canvas.shape((*arc(x, -10, 3.4, 3.4, 180, 360, points=12), (x + 3.4, 0), (x - 3.4, 0)), light)
