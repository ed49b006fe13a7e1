"""Things one can hold, and what lies about, about a hundred units large around the origin."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import Paint, along, darker, down, lighter, mix, out
from recommender.demo.posters.elements.registry import draw, element
from recommender.demo.posters.paths import arc, box, circle, curve, flipped, rounded, star


@element
def scissor_hand(canvas: Canvas, steel: str = "#c9d2dc", leather: str = "#15151b") -> None:
    """A hand whose fingers are blades, rising from the origin."""
    canvas.shape(curve("-14 10!, -20 -14, -16 -30, 0 -36, 16 -30, 20 -12, 14 10!"), leather)
    for x, y, turn, long in (
        (-15, -24, -34, 62),
        (-7, -32, -14, 84),
        (3, -34, 2, 94),
        (12, -30, 18, 80),
        (18, -14, 48, 54),
    ):
        with canvas.at(x, y, angle=turn):
            canvas.shape(
                curve(f"-4 4!, -5 {-long * 0.5}, 0 {-long}!, 3.4 {-long * 0.5}, 3.4 4!"),
                along(0, lighter(steel, 0.4), steel, darker(steel, 0.55)),
            )
            canvas.line(((-1, 0), (-0.6, -long * 0.9)), 0.5, darker(steel, 0.5))
            canvas.shape(circle(0, 2, 3.4), darker(steel, 0.35))
            canvas.shape(circle(0, 2, 1.3, points=16), "#111116")
    for y in (-2, -12, -22):
        canvas.line(((-18, y), (18, y - 2)), 2, lighter(leather, 0.22))
        canvas.shape(circle(0, y - 1, 2, points=16), steel)


@element
def shield(canvas: Canvas, colours: tuple[str, ...] = ("#b3202c", "#e9e6df", "#b3202c", "#2b4d8f")) -> None:
    """A round one with rings and a star."""
    for radius, colour in zip((50, 40, 30, 20), colours, strict=True):
        canvas.shape(circle(0, 0, radius, points=90), along(50, lighter(colour, 0.3), colour, darker(colour, 0.35)))
    canvas.shape(star(0, 0, 19, 7.4, 5), "#f4f2ec")


@element
def sword(canvas: Canvas, steel: str = "#d8dde4", grip: str = "#6b4a2b", gold: str = "#d9a63a") -> None:
    """Points up; the hand holds it at the origin."""
    canvas.shape(
        ((-2.6, -8), (-2, -86), (0, -94), (2, -86), (2.6, -8)), along(0, lighter(steel, 0.5), steel, darker(steel, 0.4))
    )
    canvas.shape(rounded(-13, -10, 13, -6, 2), gold)
    canvas.shape(rounded(-2.4, -6, 2.4, 12, 1), grip)
    canvas.shape(circle(0, 14, 3.6), gold)


@element
def stick(canvas: Canvas, colour: str = "#0a0a0f", long: float = 90) -> None:
    canvas.line(((0, -long * 0.7), (0, long * 0.3)), 3, colour)


@element
def umbrella(canvas: Canvas, colour: str = "#e8b923", dark: str = "", stick: str = "#2a1c14") -> None:
    """Open, the hand at the origin."""
    canvas.line(((0, 4), (0, -84)), 2.4, stick)
    canvas.shape(
        curve(
            "-52 -48!, -44 -74, -20 -90, 0 -93, 20 -90, 44 -74, 52 -48!, 40 -54, 34 -48!, "
            "18 -55, 0 -50!, -18 -55, -34 -48!, -40 -54"
        ),
        colour,
    )
    for x in (-18, 18):
        canvas.line(curve(f"0 -93, {x} -78, {x} -54", closed=False), 0.9, dark or darker(colour, 0.3))
    canvas.line(((0, -93), (0, -100)), 1.8, stick)


@element
def balloon(canvas: Canvas, colour: str = "#d3121a", string: float = 80, text: str = "") -> None:
    """Round, on a string that hangs from it."""
    if string:
        canvas.line(
            curve(f"0 58, 5 {58 + string * 0.3}, -4 {58 + string * 0.65}, 2 {58 + string}", closed=False),
            1,
            mix(colour, "#ffffff", 0.3),
        )
    canvas.shape(
        curve("0 -50, 32 -40, 42 -10, 26 32, 4 54, 0 55", mirrored=True),
        out(lighter(colour, 0.45), colour, darker(colour, 0.55), at=(0.34, 0.3), reach=0.85),
    )
    canvas.shape(((-5, 60), (0, 53), (5, 60)), darker(colour, 0.3))
    canvas.shape(circle(-15, -26, 6, 10), "#ffffff", alpha=0.5, soft=1.5)


@element
def pumpkin(canvas: Canvas, colour: str = "#e8791c", light: str = "#ffe169", face: bool = True) -> None:
    for x, wide in ((-34, 24), (34, 24), (-18, 26), (18, 26), (0, 24)):
        canvas.shape(circle(x, 4, wide, 40), out(lighter(colour, 0.2), colour, darker(colour, 0.4), at=(0.45, 0.35)))
    canvas.shape(curve("-6 -32!, -8 -50, 2 -60!, 10 -56, 5 -44, 7 -32!"), "#4f6b2a")
    if face:
        canvas.glow(0, 8, 70, light, 0.6)
        for side in (-1, 1):
            canvas.shape(((side * 10, 0), (side * 22, -20), (side * 34, 0)), light)
        canvas.shape(((-5, 10), (0, 1), (5, 10)), light)
        canvas.shape(
            (
                (-38, 14),
                (-26, 20),
                (-20, 14),
                (-12, 22),
                (-5, 16),
                (5, 23),
                (12, 16),
                (20, 22),
                (26, 15),
                (38, 14),
                (26, 34),
                (16, 30),
                (8, 38),
                (-2, 32),
                (-12, 38),
                (-22, 31),
            ),
            light,
        )


@element
def knife(canvas: Canvas, steel: str = "#dfe5ea", grip: str = "#141114") -> None:
    """A kitchen knife, point up."""
    canvas.shape(
        curve("-9 14!, -9 -30, 2 -56!, 9 -30, 9 14!"), along(0, lighter(steel, 0.4), steel, darker(steel, 0.35))
    )
    canvas.shape(rounded(-7, 14, 7, 52, 4), grip)
    for y in (24, 40):
        canvas.shape(circle(0, y, 1.8, points=16), steel)


@element
def lantern(canvas: Canvas, light: str = "#ffd070", metal: str = "#15131a") -> None:
    canvas.glow(0, 0, 110, light, 0.9)
    canvas.shape(rounded(-18, -22, 18, 24, 5), light)
    for x in (-18, -6, 6, 18):
        canvas.line(((x, -22), (x, 24)), 2.2, metal)
    canvas.shape(((-24, -22), (0, -42), (24, -22)), metal)
    canvas.shape(box(-22, 24, 22, 30), metal)
    canvas.line(arc(0, -42, 9, 11, 180, 360), 2, metal)


@element
def candle(canvas: Canvas, wax: str = "#f4ead0", light: str = "#ffc24a") -> None:
    """Stands on the origin."""
    canvas.glow(0, -56, 60, light, 0.9)
    canvas.shape(rounded(-8, -44, 8, 0, 2), down(lighter(wax, 0.3), wax))
    canvas.shape(curve("0 -70!, 5 -58, 4 -50, 0 -46, -4 -50, -5 -58"), light)
    canvas.shape(curve("0 -62!, 2 -54, 0 -48, -2 -54"), "#fffbe0")


@element
def teacup(canvas: Canvas, china: str = "#f4f1ea", tea: str = "#8a4b22", rim: str = "#b9a15a") -> None:
    """With saucer and spoon."""
    canvas.shape(circle(0, 34, 56, 11), darker(china, 0.15))
    canvas.shape(circle(0, 31, 56, 11), china)
    canvas.line(circle(0, 31, 54, 10), 0.9, rim, closed=True)
    canvas.line(arc(38, -6, 16, 16, -80, 110), 5, china)
    canvas.shape(
        curve("-36 -24!, -34 8, -18 28, 0 31, 18 28, 34 8, 36 -24!"),
        along(0, lighter(china, 0.4), china, darker(china, 0.3)),
    )
    canvas.shape(circle(0, -24, 36, 9), darker(china, 0.1))
    canvas.shape(circle(0, -23, 33, 7.4), tea)
    canvas.line(circle(0, -24, 36, 9), 1, rim, closed=True)
    canvas.line(((10, -24), (40, -62)), 2.4, "#cfd4d8")


@element
def guitar(canvas: Canvas, body: str = "#f2efe6", edge: str = "#b9a15a", neck: str = "#4a2c1a") -> None:
    """Points up; the sound hole lies at the origin."""
    canvas.shape(curve("0 -28, 15 -28, 25 -17, 20 -2, 19 6, 32 22, 28 44, 12 52, 0 52", mirrored=True), edge)
    canvas.shape(
        curve("0 -25, 13 -25, 22 -16, 17 -2, 16 7, 29 23, 25 42, 11 49, 0 49", mirrored=True),
        out(lighter(body, 0.4), body, darker(body, 0.2)),
    )
    canvas.shape(box(-4, -96, 4, 4), neck)
    canvas.shape(curve("-5 -96!, -8 -120!, 8 -120!, 5 -96!"), neck)
    canvas.shape(circle(0, 6, 9), "#20130c")
    canvas.shape(box(-11, 32, 11, 35), neck)
    for x in (-3, -1, 1, 3):
        canvas.line(((x, -110), (x, 33)), 0.4, "#e8d9a8")
    for side in (-1, 1):
        for y in (-102, -108, -114):
            canvas.shape(circle(side * 9, y, 1.8, points=14), edge)
    canvas.line(curve("-19 30, -14 36, -18 42", closed=False), 1, "#d3343f")
    canvas.line(curve("19 30, 14 36, 18 42", closed=False), 1, "#2ea39a")


@element
def cymbal(canvas: Canvas, colour: str = "#e0a93a") -> None:
    canvas.shape(
        circle(0, 0, 50, 11),
        along(
            0,
            darker(colour, 0.35),
            lighter(colour, 0.5),
            darker(colour, 0.2),
            lighter(colour, 0.3),
            darker(colour, 0.4),
        ),
    )
    for radius in (44, 36, 28, 20):
        canvas.line(circle(0, 0, radius, radius * 0.22), 0.4, darker(colour, 0.4), closed=True, alpha=0.7)
    canvas.shape(circle(0, -2, 9, 4), lighter(colour, 0.3))


@element
def drum(canvas: Canvas, shell: str = "#a3161c", skin: str = "#f3ede0") -> None:
    canvas.shape(
        curve("-46 -12!, -46 34, 0 46, 46 34, 46 -12!"), along(0, lighter(shell, 0.25), shell, darker(shell, 0.5))
    )
    for x in (-40, -22, 0, 22, 40):
        canvas.line(((x, -4), (x, 40 - abs(x) * 0.2)), 1.4, "#d5d8dc")
    canvas.shape(circle(0, -12, 47, 14), "#c9cdd2")
    canvas.shape(circle(0, -13, 43, 12), skin)


@element
def clock(
    canvas: Canvas, face: str = "#fbf3df", rim: str = "#b58a3c", ink: str = "#1d1713", hour: float = 10.1
) -> None:
    """A round one; `hour` in hours sets its hands."""
    canvas.shape(circle(0, 0, 50, points=90), along(45, lighter(rim, 0.4), rim, darker(rim, 0.5)))
    canvas.shape(circle(0, 0, 44), face)
    for index in range(60):
        turn, long = math.radians(index * 6), 7 if index % 5 == 0 else 2.6
        far = 41, 41 - long
        canvas.line(tuple((r * math.sin(turn), -r * math.cos(turn)) for r in far), 1.8 if index % 5 == 0 else 0.6, ink)
    for turn, long, wide in ((hour / 12, 24, 3.4), (hour % 1, 36, 2.2)):
        angle = 2 * math.pi * turn
        canvas.line(((0, 0), (long * math.sin(angle), -long * math.cos(angle))), wide, ink)
    canvas.shape(circle(0, 0, 3), ink)


@element
def flip_clock(
    canvas: Canvas, case: str = "#1c1c20", flap: str = "#2b2b31", ink: str = "#f6f3ea", text: str = "6:00"
) -> None:
    """A bedside one with digits on flaps."""
    canvas.shape(rounded(-62, -30, 62, 32, 7), down(lighter(case, 0.25), case))
    hours, minutes = text.split(":")
    for x, digits in ((-28, hours), (28, minutes)):
        canvas.shape(rounded(x - 25, -20, x + 25, 21, 3), flap)
        with canvas.at(x, 0.5):
            draw(canvas, "text", text=digits, size=27, width=44, paint=ink, style="sans")
        canvas.line(((x - 25, 0.5), (x + 25, 0.5)), 1.2, darker(case, 0.4))
    for y in (-7, 8):
        canvas.shape(circle(0, y, 2.2), ink)


@element
def snow_globe(canvas: Canvas, base: str = "#3a2a22") -> None:
    """A ball of glass with a house in the snow."""
    canvas.shape(curve("-34 40!, -40 58!, 40 58!, 34 40!"), down(lighter(base, 0.25), base))
    ball = circle(0, 0, 46, points=90)
    canvas.shape(ball, out("#dbe6ee", "#8ba3b5", "#3c4c5c", at=(0.45, 0.4)))
    with canvas.within(ball):
        canvas.shape(circle(0, 46, 62, 26), "#f4f7f9")
        with canvas.at(2, 27, 0.42):
            draw(canvas, "house", wall="#6d5a4a", roof="#4a3a34", snow="#f4f7f9")
        with canvas.at(-26, 30, 0.34):
            draw(canvas, "pine", colour="#3a4a44", light="#e8eef0")
        for _ in range(60):
            turn, far = canvas.random.uniform(0, 7), 46 * math.sqrt(canvas.random.random())
            canvas.shape(circle(far * math.cos(turn), far * math.sin(turn), 0.9, points=10), "#ffffff", alpha=0.9)
    canvas.line(circle(0, 0, 46), 1, "#eef4f8", closed=True, alpha=0.7)
    canvas.shape(curve("-34 -18, -26 -32, -12 -39!, -22 -28, -30 -12"), "#ffffff", alpha=0.7)


@element
def film_reel(canvas: Canvas, colour: str = "#2a2622", hole: str = "#d9b06a") -> None:
    canvas.shape(circle(0, 0, 50, points=90), colour)
    for index in range(5):
        turn = math.radians(72 * index - 90)
        canvas.shape(circle(27 * math.cos(turn), 27 * math.sin(turn), 12), hole)
    canvas.shape(circle(0, 0, 6), hole)


@element
def projector(canvas: Canvas, colour: str = "#1d1815", reel: str = "#3a302a", light: str = "#ffe9b0") -> None:
    """Throws its light to the right; its lens is the origin."""
    for x, y, size in ((-50, -44, 0.5), (-8, -48, 0.42)):
        with canvas.at(x, y, size):
            film_reel(canvas, reel, darker(reel, 0.6))
    canvas.shape(rounded(-62, -22, -12, 26, 5), colour)
    canvas.shape(box(-14, -9, 0, 9), lighter(colour, 0.15))
    canvas.line(((-52, 26), (-66, 62)), 4, colour)
    canvas.line(((-22, 26), (-8, 62)), 4, colour)
    canvas.glow(2, 0, 40, light, 1)
    canvas.shape(circle(0, 0, 4, 8), light)


@element
def idol(canvas: Canvas, gold: str = "#e0ab2e") -> None:
    """A small golden head on a pedestal, standing on the origin."""
    dark, pale = darker(gold, 0.55), lighter(gold, 0.5)
    canvas.glow(0, -50, 90, gold, 0.8)
    canvas.shape(
        curve("0 -92, 18 -88, 25 -68, 22 -50, 30 -34, 26 -12, 20 0!, 0 0", mirrored=True), along(25, pale, gold, dark)
    )
    for side in (-1, 1):
        canvas.shape(circle(side * 9, -68, 5, 3.6), dark)
        canvas.shape(circle(side * 25, -62, 4, 8), gold)
        canvas.line(curve(f"{side * 28} -30, {side * 14} -24, {side * 6} -18", closed=False), 4, dark, alpha=0.8)
    canvas.shape(curve("-4 -64!, 0 -66, 4 -64!, 5 -55, 0 -53, -5 -55"), dark, alpha=0.8)
    canvas.shape(circle(0, -45, 9, 4), dark)
    for y in (-82, -77):
        canvas.line(curve(f"-18 {y + 2}, 0 {y - 2}, 18 {y + 2}", closed=False), 1.3, dark)


@element
def gold_ring(canvas: Canvas, gold: str = "#e8b23a", runes: str = "#ff5a1f") -> None:
    canvas.glow(0, 0, 130, "#ff8a1f", 0.7)
    canvas.line(circle(0, 0, 44, 40), 15, darker(gold, 0.55), closed=True)
    canvas.line(circle(0, -0.6, 44, 40), 12, gold, closed=True)
    canvas.line(arc(0, -1, 47, 43, 190, 330), 3, lighter(gold, 0.7))
    canvas.line(arc(0, 0, 41, 37, 20, 160), 2, lighter(gold, 0.4))
    chance = canvas.random
    for index in range(30):
        turn = 2 * math.pi * index / 30
        x, y = 44 * math.cos(turn), 40 * math.sin(turn)
        canvas.line(
            curve(
                f"{x - 1.4} {y + 2}, {x + chance.uniform(-2, 2)} {y - 2}, {x + 1.6} {y + chance.uniform(-1, 2)}",
                closed=False,
            ),
            0.7,
            runes,
        )


@element
def soap(canvas: Canvas, pink: str = "#f08fb4", text: str = "") -> None:
    """A bar of soap, lying at a slant."""
    canvas.shape(rounded(-50, -24, 50, 32, 12), darker(pink, 0.35))
    canvas.shape(rounded(-50, -30, 50, 22, 12), along(60, lighter(pink, 0.4), pink, darker(pink, 0.12)))
    canvas.line(rounded(-43, -24, 43, 16, 8), 1, darker(pink, 0.22), closed=True)
    if text:
        with canvas.at(0, -4):
            draw(canvas, "text", text=text, size=11, width=74, paint=darker(pink, 0.38), spacing=0.02, gap=0.3)


@element
def briefcase(canvas: Canvas, colour: str = "#2b1a12", light: str = "#ffcf3a") -> None:
    """Open, with something that shines inside."""
    canvas.glow(0, -14, 120, light, 0.9)
    canvas.shape(curve("-46 -46!, 46 -46!, 50 -2!, -50 -2!"), darker(colour, 0.3))
    canvas.shape(curve("-41 -42!, 41 -42!, 45 -2!, -45 -2!"), down(darker(light, 0.35), light))
    canvas.shape(circle(0, -2, 47, 8), "#fff4c0", soft=2)
    canvas.shape(rounded(-54, -2, 54, 40, 4), down(lighter(colour, 0.2), colour))
    canvas.line(curve("-12 16!, -10 26, 10 26, 12 16!", closed=False), 3.4, "#0c0705")
    for x in (-36, 36):
        canvas.shape(rounded(x - 5, 0, x + 5, 8, 1), "#c9a24a")


@element
def spaghetti(canvas: Canvas, plate: str = "#fbf7ee", sauce: str = "#b3291c") -> None:
    """A plate of spaghetti with two balls of meat."""
    canvas.shape(circle(0, 22, 60, 16), darker(plate, 0.2))
    canvas.shape(circle(0, 18, 60, 16), plate)
    canvas.line(circle(0, 18, 52, 12), 0.9, darker(plate, 0.25), closed=True)
    chance = canvas.random
    for _ in range(54):
        x, y, wide = chance.uniform(-22, 22), chance.uniform(-8, 16), chance.uniform(8, 20)
        tint = mix("#f0c75e", "#d99a33", chance.random())
        canvas.line(
            arc(x, y, wide, wide * chance.uniform(0.3, 0.6), chance.uniform(0, 180), chance.uniform(220, 360)),
            1.8,
            tint,
        )
    canvas.shape(curve("-22 -4, -8 -14, 14 -13, 24 -2, 10 6, -12 7"), sauce)
    for x, y in ((-8, -12), (10, -11)):
        canvas.shape(circle(x, y, 8.4), out("#a8623c", "#6b3418", "#3f1c0c", at=(0.4, 0.35)))
    canvas.shape(curve("-3 -20!, 4 -30, 10 -20!, 4 -17"), "#4d8f3a")


@element
def top(canvas: Canvas, metal: str = "#b9b3a4") -> None:
    """A spinning top, its point at the origin."""
    canvas.shape(
        curve("0 0!, 6 -14, 34 -30, 38 -36!, 14 -42, 0 -42", mirrored=True),
        along(0, lighter(metal, 0.55), metal, darker(metal, 0.6)),
    )
    canvas.shape(
        curve("2.4 -42!, 2 -70, 4 -74!, 0 -76", mirrored=True), along(0, lighter(metal, 0.4), darker(metal, 0.5))
    )
    canvas.line(curve("-38 -36, 0 -30, 38 -36", closed=False), 0.9, darker(metal, 0.5))


@element
def feather(canvas: Canvas, colour: str = "#ffffff", shade: str = "#c9d6e0") -> None:
    canvas.shape(curve("-48 18!, -30 -6, 4 -22, 46 -20!, 36 0, 8 14, -22 20"), colour)
    canvas.shape(curve("-48 18!, -20 6, 14 -8, 46 -20!, 36 0, 8 14, -22 20"), shade, alpha=0.8)
    canvas.line(curve("-62 26, -30 10, 10 -8, 46 -20", closed=False), 1.2, darker(shade, 0.3))


@element
def bench(canvas: Canvas, colour: str = "#4a3526") -> None:
    """Stands on the origin."""
    for y in (-44, -36, -22):
        canvas.shape(rounded(-50, y, 50, y + 5, 1), colour)
    for x in (-42, 42):
        canvas.line(((x, -44), (x, 0)), 3.4, darker(colour, 0.4))
        canvas.line(((x, -18), (x + 6, 0)), 3, darker(colour, 0.4))


@element
def plant_boot(canvas: Canvas, boot: str = "#6b4a30", leaf: str = "#6fce4a") -> None:
    """A seedling in an old boot, standing on the origin."""
    canvas.glow(0, -66, 46, leaf, 0.5)
    canvas.line(((-4, -40), (-4, -72)), 2, leaf)
    for turn in (-150, -30):
        with canvas.at(-4, -70, 0.28, angle=turn), canvas.at(50, 0):
            draw(canvas, "leaf", paint=leaf, vein=darker(leaf, 0.4))
    canvas.shape(curve("-20 -42!, 12 -42!, 12 -20, 34 -14, 38 0!, -20 0!"), boot)
    canvas.shape(box(-22, -2, 40, 3), darker(boot, 0.4))
    canvas.shape(circle(-4, -42, 16, 4), "#2b1c12")


@element
def small_robot(canvas: Canvas, body: str = "#d9982b", metal: str = "#8b8478", lens: str = "#1a2a38") -> None:
    """A rusty cube on tracks with eyes like field glasses, standing on the origin."""
    for side in (-1, 1):
        canvas.shape(curve(f"{side * 20} -30!, {side * 44} -24, {side * 54} 0!, {side * 18} 0!"), "#2c2824")
        for x, y in ((32, -15), (26, -5), (44, -5)):
            canvas.shape(circle(side * x, y, 4.4), metal)
    canvas.shape(rounded(-28, -58, 28, -14, 3), along(30, lighter(body, 0.25), body, darker(body, 0.35)))
    for y in (-46, -34):
        canvas.line(((-28, y), (28, y)), 1, darker(body, 0.45))
    canvas.shape(rounded(-20, -55, 20, -48, 1), "#3a332b")
    for x, tint in ((-14, "#e0402b"), (-8, "#f2c230"), (-2, "#58b86a")):
        canvas.shape(circle(x, -51.5, 1.8, points=14), tint)
    canvas.line(((0, -58), (0, -70)), 5, metal)
    for side in (-1, 1):
        canvas.line(((side * 28, -44), (side * 42, -36), (side * 46, -22)), 4.4, metal)
        canvas.line(((side * 46, -22), (side * 42, -14)), 2.6, metal)
        canvas.line(((side * 46, -22), (side * 51, -15)), 2.6, metal)
        with canvas.at(side * 15, -80, angle=side * 9):
            canvas.shape(
                curve("-16 -10, -4 -16, 12 -13, 17 2, 10 13, -8 13, -16 4"),
                along(40, lighter(metal, 0.4), metal, darker(metal, 0.4)),
            )
            canvas.shape(circle(0, 0, 10.4), "#15130f")
            canvas.shape(circle(0, 0, 8.4), lens)
            canvas.shape(circle(0, 0, 3.6), "#05080b")
            canvas.shape(circle(-3.4, -3.6, 2.8), "#ffffff", alpha=0.9)


@element
def red_eye(canvas: Canvas, ring: str = "#8a9096", light: str = "#ff2014") -> None:
    """The lens of a machine that watches."""
    canvas.shape(circle(0, 0, 50, points=90), along(50, lighter(ring, 0.5), ring, darker(ring, 0.75)))
    canvas.shape(circle(0, 0, 44), "#0a0506")
    canvas.shape(circle(0, 0, 40), out(light, darker(light, 0.45), darker(light, 0.8), "#080102", reach=0.62))
    canvas.glow(0, 0, 34, light, 1)
    canvas.shape(circle(0, 0, 7), out("#fff6c0", "#ffb52b", light))
    for turn, far in ((-120, 27), (-60, 24), (140, 28), (40, 30)):
        x, y = far * math.cos(math.radians(turn)), far * math.sin(math.radians(turn))
        canvas.shape(circle(x, y, 4.4, 2), "#ffffff", alpha=0.3, soft=1)


@element
def egg(canvas: Canvas, shell: str = "#2a3a30", light: str = "#b8ff3a") -> None:
    """One that cracks, with light inside."""
    outline = curve("0 -50, 20 -42, 34 -10, 32 22, 16 44, 0 47", mirrored=True)
    canvas.shape(outline, out(lighter(shell, 0.35), shell, "#040705", at=(0.42, 0.32)))
    chance = canvas.random
    with canvas.within(outline):
        for _ in range(120):
            x, y = chance.uniform(-34, 34), chance.uniform(-48, 46)
            canvas.shape(circle(x, y, chance.uniform(0.5, 1.8), points=10), lighter(shell, 0.25), alpha=0.4)
        crack = ((-34, 10), (-22, 16), (-15, 8), (-6, 20), (2, 11), (9, 22), (17, 12), (25, 18), (35, 10))
        canvas.line(crack, 7, light, alpha=0.25)
        canvas.line(crack, 3, light)
        canvas.shape(((-6, 20), (2, 11), (9, 22), (3, 38), (-1, 30)), light)
    canvas.glow(2, 18, 60, light, 1)


@element
def rose_dome(canvas: Canvas, glass: str = "#d8efff", petal: str = "#d3163c") -> None:
    """A rose under glass, standing on the origin."""
    canvas.glow(0, -60, 90, "#ff8fb0", 0.6)
    canvas.shape(circle(0, 0, 44, 9), "#7a5523")
    canvas.shape(circle(0, -4, 40, 8), "#b8863a")
    with canvas.at(0, -72, 0.58):
        draw(canvas, "rose", colour=petal, stem="#3f6b35")
    for x, y in ((-14, -8), (12, -6), (20, -10)):
        canvas.shape(circle(x, y, 4, 2), petal)
    canvas.shape((*arc(0, -84, 36, 34, 180, 360), (36, -4), (-36, -4)), glass, alpha=0.14)
    canvas.line(((-36, -4), *arc(0, -84, 36, 34, 180, 360), (36, -4)), 1.1, glass, alpha=0.8)
    canvas.shape(curve("-28 -20!, -30 -70, -22 -100!, -25 -70"), "#ffffff", alpha=0.55)
    canvas.shape(circle(0, -120, 4), "#b8863a")


@element
def emblem(canvas: Canvas, paint: Paint = "#d3202c", edge: str = "#f2c230", kind: str = "diamond") -> None:
    """What a hero wears on the chest: a diamond, a mask of two eyes in an oval, an eagle of two letters."""
    if kind == "mask":
        canvas.shape(circle(0, 0, 50, 34), edge)
        canvas.shape(circle(0, 0, 45, 29.4), paint)
        for side in (-1, 1):
            eye = curve("3 -2!, 14 -15, 34 -11!, 35 2, 22 14, 9 9")
            canvas.shape(eye if side > 0 else flipped(eye), "#0c0b0d")
            white = curve("10 -2!, 17 -8, 28 -5!, 26 4, 18 7")
            canvas.shape(white if side > 0 else flipped(white), "#fffdf4")
    elif kind == "wings":
        for y, reach in ((0, 50), (16, 36)):
            wing = curve(
                f"0 {y + 22}!, 10 {y + 4}, {reach * 0.6} {y - 2}, {reach} {y - 22}!, "
                f"{reach * 0.95} {y - 4}, {reach * 0.55} {y + 12}, 8 {y + 24}!"
            )
            canvas.shape(wing, paint)
            canvas.shape(flipped(wing), paint)
        canvas.shape(curve("-6 -12!, 0 -26!, 6 -12!, 3 20, 0 44!, -3 20"), paint)
    else:
        canvas.shape(((-30, -40), (30, -40), (50, -14), (0, 48), (-50, -14)), edge)
        canvas.shape(((-27, -35), (27, -35), (43, -13), (0, 40), (-43, -13)), paint)


@element
def fist(canvas: Canvas, colour: str = "#4f9a3a") -> None:
    """Comes straight at us out of the dark."""
    dark, pale = darker(colour, 0.5), lighter(colour, 0.28)
    canvas.shape(curve("-40 30!, -52 90!, 52 90!, 42 30!"), along(0, dark, colour, dark))
    canvas.shape(rounded(-50, -34, 50, 42, 20), colour)
    for index, (x, width) in enumerate(((-50, 25), (-25, 26), (1, 25), (26, 24))):
        drop = (3, 0, 1, 6)[index]
        canvas.shape(rounded(x, -42 + drop, x + width, 14 + drop, 10), along(50, pale, colour, dark))
        canvas.line(
            curve(f"{x + 4} {-14 + drop}, {x + width / 2} {-11 + drop}, {x + width - 4} {-14 + drop}", closed=False),
            1.2,
            dark,
        )
        canvas.line(
            curve(
                f"{x + width - 0.5} {-34 + drop}, {x + width - 1} {-4 + drop}, {x + width - 0.5} {12 + drop}",
                closed=False,
            ),
            1.8,
            dark,
        )
    canvas.shape(curve("-54 2!, -46 -6, -10 6, 18 14, 22 28, 8 36, -30 34, -52 24"), along(60, pale, colour, dark))
    canvas.shape(curve("6 16!, 18 17, 19 27, 8 30!"), pale, alpha=0.7)
    for points in ("-40 48, -30 62, -34 80", "-10 46, -4 66, -10 86", "24 46, 22 60, 30 82"):
        canvas.line(curve(points, closed=False), 2, pale, alpha=0.7, taper=0.3)


@element
def phone_strings(canvas: Canvas, colour: str = "#f2f0ea") -> None:
    """A hand that holds a cross of wood with strings hanging from it."""
    canvas.shape(rounded(-40, -4, 40, 3, 2), colour)
    with canvas.at(0, 0, angle=62, wide=0.6):
        canvas.shape(rounded(-34, -3, 34, 3, 2), darker(colour, 0.15))
    canvas.shape(
        curve("-12 -6!, -16 -26, -14 -58!, 14 -58!, 15 -30, 13 -4!, 8 8, 3 10!, 2 2, -2 12!, -5 3, -9 10!"), colour
    )
    for x in (-38, -18, 18, 38):
        canvas.line(((x, 2), (x * 0.8, 110)), 0.5, colour, alpha=0.85)


@element
def monolith(canvas: Canvas, colour: str = "#050507") -> None:
    canvas.shape(box(-16, -72, 16, 0), along(0, lighter(colour, 0.14), colour))


@element
def bow_tie_faces(canvas: Canvas, colour: str, number: int = 12) -> None:
    """Chairs around a long table, seen from above; one of them is another colour."""
    canvas.shape(rounded(-22, -46, 22, 46, 3), down("#8f6238", "#6b4523"))
    for index in range(6):
        for side in (-1, 1):
            y = -40 + index * 16
            mark = index == 4 and side == 1
            canvas.shape(rounded(side * 33 - 6, y - 5, side * 33 + 6, y + 5, 2), "#f5f1e4" if mark else colour)
            canvas.shape(
                rounded(side * 40 - 2, y - 5.6, side * 40 + 2, y + 5.6, 1),
                darker(colour, 0.4) if not mark else "#d9d2bd",
            )
    for x, y, turn in ((-8, -30, 20), (9, -14, -15), (-7, 4, 8), (8, 22, -25), (-9, 34, 12), (7, -36, 5)):
        with canvas.at(x, y, angle=turn):
            canvas.shape(box(-3.6, -4.6, 3.6, 4.6), "#f2ead4")


@element
def capsule_row(canvas: Canvas, colours: tuple[str, ...], radius: float = 9, step: float = 22) -> None:
    """Balls in a row, lit from the upper left."""
    start = -step * (len(colours) - 1) / 2
    for index, colour in enumerate(colours):
        x = start + index * step
        canvas.glow(x, 0, radius * 2.2, colour, 0.7)
        canvas.shape(
            circle(x, 0, radius), out(lighter(colour, 0.7), colour, darker(colour, 0.4), at=(0.35, 0.32), reach=0.8)
        )


@element
def hand(canvas: Canvas, colour: str = "#0b0b10") -> None:
    """A hand with spread claws that reaches up from the origin."""
    canvas.shape(curve("-10 60!, -12 20, -18 -2, -10 -14, 8 -16, 18 -4, 13 20, 12 60!"), colour)
    for points in (
        "-14 -2, -26 -20, -28 -44",
        "-8 -12, -14 -40, -12 -68",
        "1 -14, 2 -46, 6 -76",
        "9 -12, 17 -38, 24 -62",
        "15 4, 30 -6, 40 -22",
    ):
        canvas.line(curve(points, closed=False), 7.6, colour, taper=0.12)


@element
def barrow_wheel(canvas: Canvas, colour: str = "#15171d") -> None:
    """A wheelchair with somebody in it, standing on the origin, looking right."""
    canvas.line(circle(-6, -20, 20), 2.4, colour, closed=True)
    for k in range(8):
        a = math.pi * k / 4
        canvas.line(((-6, -20), (-6 + 19 * math.cos(a), -20 + 19 * math.sin(a))), 0.6, colour)
    canvas.line(circle(24, -7, 7), 2, colour, closed=True)
    canvas.line(((-22, -62), (-20, -34), (14, -34), (26, -10), (36, -8)), 3, colour)
    canvas.shape(curve("-20 -36!, -20 -62, -10 -72, 0 -66, 4 -36!"), colour)
    canvas.line(((-4, -38), (18, -40), (26, -14), (36, -12)), 7, colour)
    canvas.line(((-8, -62), (6, -50), (16, -46)), 5, colour)
    canvas.shape(circle(-6, -82, 8, 9.4), colour)


@element
def paraglider(canvas: Canvas, colour: str = "#e8502b", second: str = "#ffd23f") -> None:
    """A wing of cloth with somebody hanging below."""
    for index in range(9):
        a, b = -80 + index * 17.8, -80 + (index + 1) * 17.8
        outer, inner = arc(0, 20, 60, 52, a - 90, b - 90, points=6), arc(0, 30, 58, 44, b - 90, a - 90, points=6)
        canvas.shape((*outer, *inner), colour if index % 2 else second)
    for x in (-50, -26, 0, 26, 50):
        canvas.line(((x, -14 + abs(x) * 0.42), (0, 62)), 0.5, "#20242e", alpha=0.8)
    canvas.shape(curve("-8 62!, -5 76, 4 80, 16 78!, 18 83, 2 88, -9 80"), "#20242e")
    canvas.shape(circle(-2, 60, 5), "#20242e")
