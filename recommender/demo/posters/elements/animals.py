"""Beasts, mostly from the side and looking right, about a hundred units long around the origin."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import along, darker, down, lighter, mix, out
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import arc, capsule, circle, curve, flipped, smooth


@element
def dog(canvas: Canvas, coat: str = "#fdfbf6", spot: str = "", ear: str = "#17120f", collar: str = "#c8202c") -> None:
    """One that sits, on the origin, a hundred units high."""
    canvas.line(curve("-24 -6, -40 -8, -48 -22", closed=False), 5, coat, taper=0.4)
    canvas.shape(curve("-26 0!, -32 -18, -22 -42, -6 -62!, 14 -60, 18 -40, 16 0!, 6 0, 6 -22, -2 -24, 2 0!"), coat)
    canvas.shape(curve("-28 0!, -30 -24, -14 -32, 2 -18, 4 -2, 10 0!"), coat)
    canvas.shape(curve("-28 0!, -30 -24, -14 -32, 2 -18, 4 -2, 10 0!"), darker(coat, 0.15), alpha=0.5)
    canvas.shape(curve("-12 -58, -14 -80, 2 -94, 20 -92, 28 -82!, 42 -78, 44 -70, 36 -64, 18 -62, 8 -54"), coat)
    canvas.shape(curve("-2 -90!, -16 -88, -22 -66, -14 -56, -4 -66, 4 -80"), ear)
    canvas.shape(circle(43, -75, 4, 3.6), "#0f0c0b")
    canvas.shape(circle(22, -80, 2.8), "#1a110c")
    canvas.line(curve("28 -66, 34 -64, 40 -66", closed=False), 1.2, "#1a110c")
    if collar:
        canvas.shape(curve("-12 -58!, 0 -52, 14 -56!, 14 -62, 0 -57, -12 -64!"), collar)
        canvas.shape(circle(9, -50, 3.4), "#e8b93c")
    for x, y, r in (
        (
            (4, -36, 4),
            (-12, -44, 3.4),
            (12, -22, 3),
            (-18, -14, 4),
            (-8, -6, 2.6),
            (10, -46, 2.4),
            (10, -72, 2.6),
            (12, -8, 2.4),
            (-22, -28, 2.8),
            (2, -76, 2.2),
        )
        if spot
        else ()
    ):
        canvas.shape(circle(x, y, r, r * 0.85, points=20), spot)


@element
def dog_back(canvas: Canvas, coat: str = "#1b1410", ears: str = "drop", collar: str = "", tail: int = 1) -> None:
    """One that sits and looks away from us, on the origin, a hundred units high."""
    canvas.line(curve(f"{tail * 16} -6, {tail * 34} -6, {tail * 44} -18", closed=False), 6, coat, taper=0.4)
    canvas.shape(curve("0 -66, 12 -62, 18 -40, 26 -18, 22 0!, 0 0", mirrored=True), coat)
    canvas.shape(curve("0 -98, 14 -95, 18 -82, 14 -66, 0 -62", mirrored=True), coat)
    for side in (-1, 1):
        outline = (
            curve("8 -96!, 20 -96, 26 -78, 20 -68, 14 -80") if ears == "drop" else curve("5 -94!, 14 -116, 19 -88!")
        )
        canvas.shape(outline if side > 0 else flipped(outline), coat if ears != "drop" else darker(coat, 0.25))
    if collar:
        canvas.shape(curve("-13 -68!, 0 -62, 13 -68!, 12 -62, 0 -57, -12 -62!"), collar)


@element
def cat(canvas: Canvas, colour: str = "#120f16", eye: str = "", arched: bool = False) -> None:
    """One from behind or, arched, from the side; on the origin."""
    if arched:
        canvas.line(curve("-36 -34, -50 -50, -44 -72, -54 -86", closed=False), 6, colour, taper=0.4)
        canvas.shape(
            curve("-38 0!, -40 -30, -20 -54, 6 -52, 22 -38, 34 -34, 34 0!, 26 0!, 24 -18, 4 -22, -20 -20, -28 0!"),
            colour,
        )
        canvas.shape(circle(36, -46, 14, 12), colour)
        for x in (28, 42):
            canvas.shape(curve(f"{x - 6} -52!, {x + 1} -70!, {x + 7} -52!"), colour)
        for x in (32, 42) if eye else ():
            canvas.shape(circle(x, -47, 3, 2.2), eye)
        return
    canvas.line(curve("16 -6, 34 -4, 40 -20, 34 -30", closed=False), 6, colour, taper=0.5)
    canvas.shape(curve("0 -66, 11 -60, 15 -40, 24 -18, 21 0!, 0 0", mirrored=True), colour)
    canvas.shape(circle(0, -76, 17, 14), colour)
    for side in (-1, 1):
        canvas.shape(((side * 4, -86), (side * 13, -104), (side * 17, -78)), colour)


@element
def mouse(canvas: Canvas, coat: str = "#8a8f9c", ear: str = "#e7a3ad", tail: str = "#d98d9a", belly: str = "") -> None:
    """One that stands on its hind legs, on the origin, a hundred units high, looking right."""
    canvas.line(curve("-16 -6, -40 -4, -56 -16, -50 -34, -60 -44", closed=False), 3, tail, taper=0.4)
    canvas.shape(curve("-20 -4!, -26 -24, -18 -48, -4 -58, 12 -52, 18 -30, 16 -4!, 0 0"), coat)
    if belly:
        canvas.shape(curve("2 -50, 14 -46, 16 -24, 12 -6, 2 -6, -2 -28"), belly)
    canvas.shape(capsule((-8, -3), (6, -1), 4, 3), tail)
    canvas.shape(capsule((8, -3), (20, -1), 4, 3), tail)
    canvas.shape(circle(-14, -88, 15, 16), darker(coat, 0.15))
    canvas.shape(curve("-14 -62, -12 -80, 4 -90, 20 -84, 40 -66!, 30 -56, 10 -52, -6 -54"), coat)
    canvas.shape(circle(4, -90, 15, 17), coat)
    canvas.shape(circle(5, -89, 10, 12), ear)
    canvas.shape(circle(40, -66, 3.6), "#e0758a")
    canvas.shape(circle(20, -72, 4), "#130d0c")
    canvas.shape(circle(18.8, -73.4, 1.2), "#ffffff")
    canvas.shape(capsule((8, -42), (26, -48), 4, 2.6), coat)
    canvas.shape(circle(28, -49, 3, points=20), tail)


@element
def hen(canvas: Canvas, coat: str = "#c9702c", comb: str = "#d3212f", wing: str = "", scarf: str = "") -> None:
    """A plump hen that stands on the origin."""
    for x in (-4, 8):
        canvas.line(((x, -20), (x, -2)), 2, "#e3a32a")
        canvas.line(((x - 5, 0), (x, -3), (x + 7, 0)), 1.8, "#e3a32a")
    canvas.shape(
        curve("-52 -66!, -40 -44, -34 -26, -14 -14, 12 -14, 30 -30, 32 -52, 24 -62!, 8 -48, -16 -48, -34 -58"), coat
    )
    for tip in ("-58 -58", "-60 -48", "-54 -40"):
        canvas.shape(curve(f"{tip}!, -36 -44, -24 -30, -34 -28"), darker(coat, 0.15))
    canvas.shape(curve("12 -48!, 16 -74, 22 -88, 34 -88, 40 -78, 36 -60, 32 -46, 22 -40"), coat)
    for x, y, r in ((24, -92, 5), (31, -94, 5.4), (37, -90, 4.4)):
        canvas.shape(circle(x, y, r), comb)
    canvas.shape(((40, -82), (54, -77), (40, -73)), "#f0b02f")
    canvas.shape(circle(40, -68, 3.6, 5.4), comb)
    for x, y in ((29, -81), (37, -81)):
        canvas.shape(circle(x, y, 5, 5.6), "#fffdf2")
        canvas.shape(circle(x + 1, y, 2, points=20), "#15100d")
    canvas.shape(
        curve("-22 -42!, -2 -46, 14 -40, 8 -24, -10 -22, -26 -30!, -16 -32, -30 -36!"), wing or darker(coat, 0.28)
    )
    if scarf:
        canvas.shape(curve("12 -58!, 24 -52, 38 -56!, 37 -49, 24 -45, 12 -50!"), scarf)
        canvas.shape(curve("16 -52!, 4 -40, 6 -32!, 14 -38, 20 -48!"), scarf)


@element
def ant(canvas: Canvas, colour: str = "#3f5fb0", light: str = "") -> None:
    """A cartoon ant that walks right, feet on the origin."""
    for start, knee, foot in (
        ((-6, -34), (-22, -46), (-34, 0)),
        ((0, -34), (-8, -16), (-14, 0)),
        ((6, -34), (16, -16), (12, 0)),
        ((10, -36), (30, -40), (38, 0)),
    ):
        canvas.line((start, knee, foot), 2.6, darker(colour, 0.25))
    canvas.shape(circle(-28, -38, 22, 15), down(lighter(colour, 0.25), darker(colour, 0.25)))
    canvas.shape(circle(2, -38, 11, 9), colour)
    canvas.shape(circle(26, -56, 19, 18), down(lighter(colour, 0.25), colour))
    for tip in ("18 -94, 8 -98", "36 -94, 46 -98"):
        canvas.line(curve(f"26 -70, {tip}", closed=False), 1.8, darker(colour, 0.25))
    canvas.shape(circle(8, -98, 3), darker(colour, 0.25))
    canvas.shape(circle(46, -98, 3), darker(colour, 0.25))
    for x in (24, 36):
        canvas.shape(circle(x, -60, 6, 7.4), "#fffef4")
        canvas.shape(circle(x + 1.6, -59, 2.8), "#17120f")
    canvas.line(curve("22 -47, 29 -44, 37 -48", closed=False), 1.5, darker(colour, 0.6))


@element
def ladybird(canvas: Canvas, colour: str = "#d9261c") -> None:
    canvas.shape(circle(30, -12, 13), "#15110f")
    canvas.shape(arc(0, 0, 38, 34, 180, 360), colour)
    canvas.line(((-2, -34), (-2, 0)), 1.4, "#15110f")
    for x, y, r in ((-20, -14, 6), (12, -20, 6), (-10, -26, 4), (22, -8, 4)):
        canvas.shape(circle(x, y, r), "#15110f")
    canvas.shape(circle(36, -15, 3), "#ffffff")


@element
def mammoth(canvas: Canvas, coat: str = "#6a4430", tusk: str = "#f3ead2", dark: str = "") -> None:
    """On the origin, looking right."""
    shade = dark or darker(coat, 0.3)
    for x in (-40, 14):
        canvas.shape(curve(f"{x} -40!, {x - 2} 0!, {x + 16} 0!, {x + 18} -40!"), shade)
    canvas.shape(
        curve(
            "-58 -30!, -60 -58, -44 -78, -18 -80, 4 -92, 14 -108, 34 -110, 48 -92, 50 -70, 44 -50, 34 -30!, 24 -22!,"
            " 14 -30!, 4 -18!, -8 -28!, -20 -16!, -32 -26!, -44 -16!"
        ),
        coat,
    )
    for x in (-54, -4):
        canvas.shape(curve(f"{x} -40!, {x} 0!, {x + 20} 0!, {x + 22} -40!"), coat)
    canvas.line(curve("46 -76, 58 -58, 58 -32, 52 -12, 62 -4", closed=False), 13, coat, taper=0.5)
    canvas.shape(curve("18 -84!, 8 -92, -2 -80, 4 -64, 16 -62"), shade)
    canvas.shape(curve("2 -98!, 14 -112, 30 -114, 44 -106!, 30 -98"), shade)
    canvas.line(curve("42 -60, 52 -34, 74 -26, 88 -44, 84 -62", closed=False), 7, tusk, taper=0.25)
    canvas.shape(circle(36, -84, 3.6), "#1a100b")
    canvas.shape(circle(35, -85, 1), "#ffffff")
    chance = canvas.random
    for _ in range(34):
        x, y = chance.uniform(-50, 20), chance.uniform(-72, -30)
        canvas.line(curve(f"{x} {y}, {x - 1} {y + 6}, {x - 4} {y + 11}", closed=False), 1, shade, alpha=0.5, taper=0.2)


@element
def sloth(canvas: Canvas, coat: str = "#c2a365") -> None:
    canvas.shape(curve("-16 0!, -22 -34, -10 -56, 8 -54, 18 -30, 16 0!"), coat)
    for end in ("-30 -8", "34 -12"):
        canvas.line(
            curve(f"0 -48, {int(end.split()[0]) * 0.8} -36, {end}", closed=False), 6, darker(coat, 0.14), taper=0.7
        )
    canvas.shape(curve("-12 -54, -12 -78, 4 -92, 20 -84, 26 -68, 16 -56, 0 -50"), coat)
    for x, y in ((4, -80), (24, -78)):
        canvas.shape(circle(x, y, 7), "#fffdf0")
        canvas.shape(circle(x + 1, y, 2.4), "#17120f")
    canvas.shape(circle(16, -68, 5, 3.4), "#4a3320")
    canvas.line(curve("0 -60, 14 -56, 28 -62", closed=False), 1.5, "#4a3320")


@element
def sabretooth(canvas: Canvas, coat: str = "#b7793d") -> None:
    """Walks right, on the origin."""
    for x, foot in ((-36, -44), (-20, -24), (18, 12), (30, 34)):
        canvas.line(curve(f"{x} -34, {x - 2} -16, {foot} -2", closed=False), 9, darker(coat, 0.18), taper=0.7)
    canvas.line(curve("-44 -44, -60 -46, -66 -60", closed=False), 6, coat, taper=0.6)
    canvas.shape(
        curve("-48 -28, -46 -52, -20 -56, 10 -62, 26 -74, 46 -74, 62 -62, 62 -50!, 46 -46, 36 -32, 10 -26, -20 -24"),
        coat,
    )
    canvas.shape(curve("20 -70!, 22 -84, 34 -74!"), coat)
    for x in (50, 56):
        canvas.shape(curve(f"{x - 2} -50!, {x} -30!, {x + 3} -50!"), "#fbf6e6")
    canvas.shape(circle(46, -64, 2.6), "#16100b")
    canvas.shape(circle(62, -57, 3), "#2a170f")


@element
def squirrel(canvas: Canvas, coat: str = "#7d5a3f") -> None:
    """A thin one with a huge tail that clings to an acorn, on the origin."""
    canvas.shape(curve("-12 0!, -40 -6, -50 -40, -34 -70, -20 -60, -30 -36, -14 -14"), darker(coat, 0.1))
    canvas.shape(curve("-14 0!, -14 -26, 0 -44, 12 -36, 14 0!"), coat)
    canvas.shape(curve("-6 -40, -4 -60, 14 -70, 34 -56, 46 -46!, 30 -40, 8 -36"), coat)
    for x in (2, 16):
        canvas.shape(circle(x, -66, 10), "#fffdf0")
        canvas.shape(circle(x + 3, -66, 2.6), "#17120f")
    canvas.shape(circle(46, -47, 3), "#17120f")
    canvas.shape(((30, -42), (34, -32), (38, -43)), "#fffdf0")
    canvas.shape(circle(24, -18, 11, 13), "#b9772f")
    canvas.shape(arc(24, -22, 13, 9, 180, 360), "#6b4322")
    canvas.line(((24, -31), (24, -36)), 2, "#6b4322")
    canvas.line(((4, -30), (18, -22)), 4, coat)


@element
def lion(canvas: Canvas, colour: str = "#160a05") -> None:
    """A silhouette that stands on the origin, looking right."""
    canvas.line(curve("-44 -48, -60 -44, -64 -24, -56 -14", closed=False), 3.6, colour)
    canvas.shape(circle(-56, -12, 5, 7), colour)
    for x, foot in ((-38, -44), (-28, -24), (14, 14), (24, 30)):
        canvas.line(curve(f"{x} -34, {x + (foot - x) * 0.3} -16, {foot} -2", closed=False), 10, colour, taper=0.6)
        canvas.shape(circle(foot + 3, -2.4, 5.4, 2.6), colour)
    canvas.shape(curve("-48 -34, -46 -56, -20 -60, 8 -62, 24 -50, 22 -32, 0 -28, -30 -26"), colour)
    canvas.shape(curve("6 -58, 8 -82, 26 -98, 44 -94!, 46 -86, 48 -60, 38 -38!, 28 -24!, 20 -36!, 10 -34!"), colour)
    canvas.shape(curve("34 -92, 52 -86, 64 -74, 60 -66, 46 -62, 36 -66"), colour)
    canvas.shape(circle(32, -95, 5), colour)


@element
def wolf(canvas: Canvas, colour: str = "#eef0f2", howl: bool = False) -> None:
    """Stands on the origin, looking right, or howls."""
    canvas.shape(curve("-44 -50!, -66 -40, -74 -14, -62 -18, -44 -36"), colour)
    for x, foot in ((-36, -42), (-26, -22), (16, 14), (24, 28)):
        canvas.line(curve(f"{x} -36, {x + (foot - x) * 0.4} -16, {foot} -2", closed=False), 9, colour, taper=0.45)
    canvas.shape(curve("-48 -38, -44 -56, -14 -56, 12 -66, 26 -60, 26 -36, 8 -26, -24 -28"), colour)
    if howl:
        canvas.shape(curve("4 -56!, 10 -78, 22 -92, 36 -108, 44 -116!, 46 -108, 44 -96, 40 -80, 30 -50"), colour)
        canvas.shape(curve("16 -84!, 2 -94!, 22 -96!"), colour)
        return
    canvas.shape(curve("2 -54!, 10 -80, 18 -84, 20 -100!, 30 -86, 44 -80, 64 -70!, 60 -62, 44 -60, 30 -44"), colour)


@element
def pig(canvas: Canvas, coat: str = "#f2b3ae") -> None:
    """A small pig that looks at us from the side, on the origin."""
    for x in (-30, -16, 16, 28):
        canvas.shape(
            curve(f"{x - 6} -26!, {x - 5} 0!, {x + 5} 0!, {x + 6} -26!"), darker(coat, 0.12 if x in (-16, 16) else 0)
        )
    canvas.shape(
        curve("-46 -36, -40 -60, -8 -66, 24 -62, 34 -44, 26 -22, -6 -18, -38 -20"), down(lighter(coat, 0.25), coat)
    )
    canvas.line(curve("-44 -46, -54 -54, -60 -46, -52 -42, -56 -54", closed=False), 2.4, darker(coat, 0.1))
    canvas.shape(curve("14 -50, 16 -72, 34 -82, 52 -76, 60 -62, 58 -46, 42 -38, 24 -40"), lighter(coat, 0.1))
    canvas.shape(curve("18 -72!, 12 -90, 22 -94, 32 -78!"), darker(coat, 0.14))
    canvas.shape(curve("44 -78!, 52 -96, 60 -92, 54 -72!"), darker(coat, 0.14))
    canvas.shape(circle(58, -56, 11, 9.4), darker(coat, 0.12))
    for x in (54.5, 61):
        canvas.shape(circle(x, -56, 1.9, 3), darker(coat, 0.5))
    for x in (36, 51):
        canvas.shape(circle(x, -67, 2.8), "#23130f")
        canvas.shape(circle(x - 0.8, -68, 0.8), "#ffffff")
    canvas.line(curve("42 -44, 48 -41, 55 -43", closed=False), 1.2, darker(coat, 0.5))


@element
def sheep(canvas: Canvas, wool: str = "#f7f3e8", face: str = "#2c2622") -> None:
    for x in (-18, 16):
        canvas.line(((x, -20), (x, 0)), 5, face)
    for x, y, r in (
        (-24, -34, 16),
        (-8, -42, 17),
        (10, -42, 17),
        (24, -34, 15),
        (0, -28, 20),
        (-14, -26, 15),
        (16, -26, 15),
    ):
        canvas.shape(circle(x, y, r), wool)
    canvas.shape(circle(36, -46, 10, 13), face)
    canvas.shape(circle(32, -58, 9, 6), wool)


@element
def clownfish(canvas: Canvas, orange: str = "#f47a1f", white: str = "#fffaf0", dark: str = "#1b130f") -> None:
    """Swims right."""
    body = curve("-34 0, -22 -20, 6 -30, 34 -20, 48 -2, 36 18, 8 26, -20 16")
    canvas.shape(curve("-30 0!, -48 -18, -60 -18, -54 0, -60 18, -48 18"), orange)
    canvas.line(curve("-50 -18, -58 -18, -54 0, -58 18, -50 18", closed=False), 2.4, dark)
    canvas.shape(curve("-16 -20!, -6 -40, 22 -38, 26 -22!"), orange)
    canvas.line(curve("-14 -28, -4 -40, 20 -38, 26 -26", closed=False), 2.2, dark)
    canvas.shape(curve("-8 20!, -4 36, 12 36, 16 20!"), orange)
    canvas.shape(body, down(lighter(orange, 0.2), orange, darker(orange, 0.15)))
    with canvas.within(body):
        for outline in (
            "18 -40!, 30 -40!, 26 -14, 30 6, 22 40!, 10 40!, 18 8, 12 -12",
            "-10 -40!, 2 -40!, 0 0, 2 40!, -12 40!, -8 0",
            "-30 -30!, -24 -30!, -24 30!, -32 30!",
        ):
            canvas.shape(curve(outline), dark)
        for outline in (
            "20 -40!, 28 -40!, 24 -14, 28 6, 20 40!, 13 40!, 20 8, 15 -12",
            "-8 -40!, 0 -40!, -2 0, 0 40!, -10 40!, -6 0",
            "-29 -30!, -25 -30!, -25 30!, -31 30!",
        ):
            canvas.shape(curve(outline), white)
    canvas.shape(curve("4 4!, -8 10, -12 20, 0 20, 8 14"), lighter(orange, 0.1))
    canvas.line(curve("-9 12, -12 20, -2 20", closed=False), 1.8, dark)
    canvas.shape(circle(38, -8, 6.4), white)
    canvas.shape(circle(39.4, -8, 4), dark)
    canvas.shape(circle(38, -10, 1.4), "#ffffff")
    canvas.line(curve("46 4, 41 8, 36 7", closed=False), 1.3, darker(orange, 0.5))


@element
def tang(canvas: Canvas, blue: str = "#2457d6", yellow: str = "#ffd21f") -> None:
    """A blue fish with a yellow tail."""
    canvas.shape(curve("-30 0!, -54 -20, -48 0, -54 20"), yellow)
    canvas.shape(curve("-36 0, -20 -24, 8 -30, 34 -18, 46 0, 34 18, 8 28, -20 20"), blue)
    canvas.shape(curve("-30 -4, -10 -18, 16 -18, 30 -8, 12 -10, 0 2, 14 12, -8 14"), "#0d1c52")
    canvas.shape(circle(32, -6, 6), "#fffaf0")
    canvas.shape(circle(33.4, -6, 3.4), "#120d10")


@element
def shark(canvas: Canvas, colour: str = "#5c7685", belly: str = "#e9eef0") -> None:
    """Comes straight up out of the deep with open mouth; the tip of its nose is the origin."""
    body = curve("0 0, 10 6, 22 26, 32 56, 44 96, 56 140!, 0 150", mirrored=True)
    canvas.shape(body, along(0, darker(colour, 0.4), lighter(colour, 0.15), darker(colour, 0.4)))
    for side in (-1, 1):
        fin = curve("38 84!, 70 104, 94 136!, 60 124, 48 112!")
        canvas.shape(fin if side > 0 else flipped(fin), darker(colour, 0.35))
        canvas.shape(circle(side * 20, 33, 2.8), "#050708")
    canvas.shape(curve("0 44, 18 48, 27 62, 30 88, 20 106, 0 112", mirrored=True), belly)
    canvas.shape(curve("0 47, 15 50, 22 64, 24 84, 14 96, 0 98", mirrored=True), down("#7c1f22", "#1c0506"))
    for index in range(9):
        turn = -1 + index / 4
        x, y = turn * 19.5, 48 + turn * turn * 15
        canvas.shape(((x - 3, y - 1), (x + 3, y - 1), (x * 0.86, y + 10)), "#fffdf4")
    for index in range(8):
        turn = -0.86 + index * 0.245
        x, y = turn * 20, 96 - turn * turn * 14
        canvas.shape(((x - 2.6, y + 1), (x + 2.6, y + 1), (x * 0.9, y - 9)), "#f2efe2")


@element
def jellyfish(canvas: Canvas, colour: str = "#f29ac8", alpha: float = 0.7) -> None:
    canvas.glow(0, 0, 70, colour, 0.35)
    for index in range(7):
        x = -24 + index * 8
        line = curve(f"{x} 6, {x + 5} 26, {x - 5} 48, {x + 4} {70 + index % 3 * 10}", closed=False)
        canvas.line(line, 2, colour, alpha=alpha * 0.8, taper=0.2)
    canvas.shape(
        curve("-34 8!, -32 -18, -14 -36, 14 -36, 32 -18, 34 8!, 24 4, 17 9, 8 4, 0 9, -8 4, -17 9, -24 4"),
        colour,
        alpha=alpha,
    )
    canvas.shape(circle(-8, -14, 12, 9), "#ffffff", alpha=0.3)


@element
def turtle(canvas: Canvas, shell: str = "#5e7f3c", skin: str = "#8fae5e") -> None:
    for x, y, turn in ((26, 16, 40), (-26, 16, 130), (28, -12, -20), (-28, -8, 200)):
        with canvas.at(x, y, angle=turn):
            canvas.shape(curve("-6 -7!, 20 -8, 30 0, 18 8, -6 7!"), skin)
    canvas.shape(circle(46, -6, 13, 10), skin)
    canvas.shape(circle(50, -9, 2.4), "#141210")
    canvas.shape(circle(0, 0, 38, 27), shell)
    for x, y in ((0, 0), (-20, 0), (20, 0), (-10, -14), (10, -14), (-10, 14), (10, 14)):
        canvas.line(
            tuple((x + 9 * math.cos(k * math.pi / 3), y + 7.6 * math.sin(k * math.pi / 3)) for k in range(6)),
            1.2,
            darker(shell, 0.4),
            closed=True,
        )


@element
def tyrannosaur(canvas: Canvas, colour: str = "#0c0a08", eye: str = "#ffcf3a") -> None:
    """A roaring one from the side, on the origin, a hundred units high."""
    canvas.shape(
        curve(
            "-108 -40!, -80 -50, -50 -54, -28 -66, -6 -78, 8 -92, 14 -108, 26 -118, 44 -120, "
            "66 -110, 76 -102!, 72 -96!, 50 -92,"
            " 42 -88!, 56 -80, 66 -74!, 58 -68, 40 -70, 30 -72, 26 -56, 24 -40, 12 -28, 6 -18, "
            "12 -8, 26 0!, -2 0!, -4 -10, -10 -22,"
            " -16 -14, -22 -6, -10 0!, -40 0!, -36 -10, -28 -28, -30 -42, -50 -42, -80 -38"
        ),
        colour,
    )
    canvas.line(curve("22 -58, 32 -54, 34 -48, 40 -46", closed=False), 3.4, colour, taper=0.5)
    for x in range(48, 74, 5):
        canvas.shape(((x, -94.4 - (x - 48) * 0.14), (x + 3, -95 - (x - 48) * 0.14), (x + 1.4, -88.5)), "#f4ecd8")
    for x in range(46, 62, 5):
        canvas.shape(((x, -83 + (x - 46) * 0.36), (x + 3, -82 + (x - 46) * 0.36), (x + 1.6, -88)), "#f4ecd8")
    canvas.shape(circle(44, -109, 3), eye)
    canvas.shape(circle(44.6, -109, 1.1, 2.6), "#0a0705")


@element
def dragon(canvas: Canvas, colour: str = "#0c0f16", eye: str = "") -> None:
    """Seen from below with spread wings, flying to the upper right, about a hundred units wide."""
    for side in (-1, 1):
        wing = curve(
            "6 -8!, 26 -34, 58 -46, 92 -38, 112 -14!, 98 -16, 88 -2!, 76 -10, 64 6!, 50 -4, 38 14!, 24 6, 8 16"
        )
        canvas.shape(wing if side > 0 else flipped(wing), colour)
        for end in ("88 -2", "64 6", "38 14"):
            bone = curve(f"24 -28, {float(end.split()[0]) * 0.7} -24, {end}", closed=False)
            canvas.line(bone if side > 0 else flipped(bone), 0.9, lighter(colour, 0.16))
    canvas.shape(curve("0 -46, 8 -42, 11 -32, 9 -14, 10 10, 6 30, 3 50, 0 70", mirrored=True), colour)
    canvas.shape(curve("3 -44!, 10 -58, 10 -42!"), colour)
    canvas.shape(flipped(curve("3 -44!, 10 -58, 10 -42!")), colour)
    for side in (-1, 1):
        fin = curve("1 64!, 16 78, 18 92!, 6 84, 0 74!")
        canvas.shape(fin if side > 0 else flipped(fin), colour if side > 0 else (colour if not eye else "#b3242b"))
        if eye:
            canvas.shape(circle(side * 5, -36, 2.2, 2.8), eye)


@element
def bat(canvas: Canvas, colour: str = "#08070b") -> None:
    canvas.shape(
        curve(
            "0 -8!, 4 -14!, 6 -4, 14 -8, 30 -20!, 50 -8, 58 12!, 46 4, 38 12!, 30 6, 20 16!, 10 8, 0 20", mirrored=True
        ),
        colour,
    )


@element
def bats(canvas: Canvas, colour: str = "#08070b", number: int = 9, top: float = 10, bottom: float = 70) -> None:
    chance = canvas.random
    for _ in range(number):
        with canvas.at(
            chance.uniform(6, 94),
            chance.uniform(top, bottom),
            chance.uniform(0.05, 0.13),
            angle=chance.uniform(-25, 25),
        ):
            bat(canvas, colour)


@element
def birds(
    canvas: Canvas, colour: str = "#14161c", number: int = 9, top: float = 20, bottom: float = 60, each: float = 5
) -> None:
    chance = canvas.random
    for _ in range(number):
        with canvas.at(
            chance.uniform(8, 92),
            chance.uniform(top, bottom),
            each * chance.uniform(0.5, 1.1) / 100,
            angle=chance.uniform(-12, 12),
        ):
            canvas.line(curve("-50 -10, -26 -24, 0 4", closed=False), 9, colour, taper=0.7)
            canvas.line(curve("50 -10, 26 -24, 0 4", closed=False), 9, colour, taper=0.7)


@element
def crow(canvas: Canvas, colour: str = "#08080b") -> None:
    """One that sits on the origin and looks right."""
    canvas.shape(
        curve("-56 -10!, -30 -30, -10 -50, 10 -62, 22 -70, 36 -68, 52 -58!, 36 -56, 32 -40, 20 -20, 0 -10, -24 -12"),
        colour,
    )
    canvas.line(((4, -12), (4, 0)), 2.4, colour)
    canvas.line(((12, -14), (12, 0)), 2.4, colour)


@element
def owl(canvas: Canvas, coat: str = "#f5f2ea", eye: str = "#f2b921", spot: str = "#8f8a80") -> None:
    canvas.shape(curve("0 -50, 22 -46, 30 -26, 34 6, 24 38, 0 50", mirrored=True), coat)
    for side in (-1, 1):
        wing = curve("28 -18!, 38 10, 30 40!, 20 24")
        canvas.shape(wing if side > 0 else flipped(wing), darker(coat, 0.14))
        canvas.shape(circle(side * 12, -24, 12), darker(coat, 0.08))
        canvas.shape(circle(side * 12, -24, 7), eye)
        canvas.shape(circle(side * 12, -24, 3.6), "#120d08")
    canvas.shape(curve("-4 -18!, 0 -20, 4 -18!, 0 -8!"), "#3a332a")
    for y in (2, 12, 22, 32):
        for x in range(-16, 17, 8):
            canvas.shape(curve(f"{x - 2.4} {y}!, {x} {y + 4}, {x + 2.4} {y}!, {x} {y + 1}"), spot)


@element
def spider(canvas: Canvas, colour: str = "#0b0a10") -> None:
    """Hangs at the origin."""
    for side in (-1, 1):
        for knee, foot in (((22, -30), (34, 6)), ((28, -14), (44, 16)), ((26, 4), (38, 34)), ((18, 14), (24, 46))):
            canvas.line(((side * 5, -2), (side * knee[0], knee[1]), (side * foot[0], foot[1])), 2.4, colour)
    canvas.shape(circle(0, 8, 15, 19), colour)
    canvas.shape(circle(0, -12, 9), colour)


@element
def groundhog(canvas: Canvas, coat: str = "#8a6542") -> None:
    """Looks out of the ground at the origin, paws before it."""
    canvas.shape(curve("0 -74, 18 -70, 28 -52, 32 -24, 34 2!, 0 4", mirrored=True), down(lighter(coat, 0.15), coat))
    for side in (-1, 1):
        canvas.shape(circle(side * 22, -66, 8), darker(coat, 0.2))
    canvas.shape(curve("0 -52, 14 -48, 18 -34, 10 -24, 0 -22", mirrored=True), lighter(coat, 0.35))
    eyes_y = -54
    for side in (-1, 1):
        canvas.shape(circle(side * 13, eyes_y, 4), "#1a100a")
        canvas.shape(circle(side * 13 - 1.3, eyes_y - 1.5, 1.3), "#ffffff")
        canvas.shape(capsule((side * 22, -16), (side * 12, -10), 6, 5), darker(coat, 0.18))
    canvas.shape(circle(0, -44, 5, 3.6), "#1a100a")
    canvas.shape(((-4, -32), (-0.4, -32), (-0.6, -23), (-3.6, -23)), "#fffdf0")
    canvas.shape(((0.4, -32), (4, -32), (3.6, -23), (0.6, -23)), "#fffdf0")


@element
def worm(canvas: Canvas, colour: str = "#7a4a28", mouth: str = "#1a0b05") -> None:
    """A huge one that rises out of the sand at the origin and opens its round mouth, a hundred units high."""
    body = curve("-30 0!, -34 -30, -26 -62, -4 -88, 26 -100!, 44 -66!, 28 -52, 20 -30, 26 0!")
    canvas.shape(body, along(0, darker(colour, 0.5), colour, lighter(colour, 0.15)))
    with canvas.within(body):
        for index in range(9):
            y = -4 - index * 10.5
            canvas.line(
                curve(f"-44 {y - 4}, -10 {y + 5}, 40 {y - 6 - index}", closed=False),
                1.4,
                darker(colour, 0.5),
                alpha=0.8,
            )
    with canvas.at(35, -83, angle=-28):
        canvas.shape(circle(0, 0, 13, 20), lighter(colour, 0.12))
        canvas.shape(circle(0, 0, 10.5, 17), out("#000000", mouth, "#3b1c0c"))
        for index in range(22):
            turn = 2 * math.pi * index / 22
            start = 10.5 * math.cos(turn), 17 * math.sin(turn)
            canvas.line((start, (start[0] * 0.5, start[1] * 0.5)), 0.9, "#ead9b4", taper=0.1)


@element
def blob(canvas: Canvas, paint: str = "#ffffff", wobble: float = 0.2, points: int = 9, alpha: float = 1) -> None:
    chance = canvas.random
    knots = []
    for index in range(points):
        turn, radius = 2 * math.pi * index / points, 50 * chance.uniform(1 - wobble, 1)
        knots.append(((radius * math.cos(turn), radius * math.sin(turn)), False))
    canvas.shape(smooth(knots), paint, alpha=alpha)


@element
def ghost(canvas: Canvas, paint: str = "#f4fbff", ink: str = "#15171d") -> None:
    """A friendly one in a sheet."""
    canvas.shape(
        curve("0 -50, 22 -44, 32 -20, 36 10, 52 2, 56 12, 40 26, 38 44!, 26 36, 14 48!, 0 38", mirrored=True), paint
    )
    for side in (-1, 1):
        canvas.shape(circle(side * 11, -20, 5, 7.4), ink)
    canvas.shape(circle(0, 0, 9, 11), ink)
    canvas.shape(circle(0, 5, 6, 4), mix("#e8617a", ink, 0.2))
