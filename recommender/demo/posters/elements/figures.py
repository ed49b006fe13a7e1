"""People, as a poster shows them: a pose, clothes, something in the hand.

A figure stands on the origin and is a hundred units high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import Paint, darker
from recommender.demo.posters.elements.registry import draw, element
from recommender.demo.posters.paths import Outline, Point, capsule, circle, curve

Limb = tuple[Point, Point]


@dataclass(frozen=True)
class Pose:
    """Where the joints are: the arms' elbows and hands, the legs' knees and feet, the ones behind first."""

    arms: tuple[Limb, Limb] = (((-12, -66), (-13, -48)), ((12, -66), (13, -48)))
    legs: tuple[Limb, Limb] = (((-5, -25), (-6, -1)), ((5, -25), (6, -1)))
    head: Point = (0, -92)
    neck: Point = (0, -83)
    hip: Point = (0, -49)


POSES = {
    "stand": Pose(),
    "hero": Pose(
        arms=(((-20, -67), (-9, -53)), ((20, -67), (9, -53))), legs=(((-9, -25), (-13, -1)), ((9, -25), (13, -1)))
    ),
    "wide": Pose(
        arms=(((-24, -84), (-42, -92)), ((24, -84), (42, -92))), legs=(((-6, -25), (-8, -1)), ((6, -25), (8, -1)))
    ),
    "open": Pose(arms=(((-18, -64), (-30, -54)), ((18, -64), (30, -54)))),
    "walk": Pose(
        arms=(((-9, -66), (-3, -50)), ((8, -66), (15, -53))), legs=(((-4, -25), (-16, -3)), ((7, -26), (11, -1)))
    ),
    "run": Pose(
        head=(11, -90),
        neck=(8, -81),
        hip=(0, -50),
        arms=(((-9, -72), (-16, -60)), ((19, -68), (30, -76))),
        legs=(((-6, -28), (-28, -24)), ((17, -42), (18, -18))),
    ),
    "leap": Pose(
        head=(8, -92),
        neck=(5, -83),
        hip=(0, -52),
        arms=(((-16, -82), (-30, -92)), ((22, -84), (38, -90))),
        legs=(((-20, -44), (-42, -38)), ((20, -46), (40, -30))),
    ),
    "fly": Pose(
        head=(2, -92),
        neck=(0, -83),
        hip=(-2, -50),
        arms=(((-10, -68), (-6, -54)), ((8, -98), (10, -122))),
        legs=(((-6, -26), (-9, -2)), ((4, -28), (-2, -6))),
    ),
    "glide": Pose(
        head=(0, -92),
        neck=(0, -83),
        hip=(0, -50),
        arms=(((-22, -74), (-36, -62)), ((22, -74), (36, -62))),
        legs=(((-5, -25), (-4, 2)), ((6, -30), (9, -10))),
    ),
    "swing": Pose(
        head=(6, -88),
        neck=(3, -80),
        hip=(-8, -52),
        arms=(((-2, -92), (6, -112)), ((16, -70), (28, -78))),
        legs=(((-22, -34), (-8, -16)), ((12, -44), (22, -22))),
    ),
    "sit": Pose(
        head=(2, -64),
        neck=(0, -55),
        hip=(-2, -20),
        arms=(((-8, -38), (2, -24)), ((10, -38), (16, -24))),
        legs=(((20, -20), (20, -1)), ((24, -20), (26, -1))),
    ),
    "ride": Pose(
        head=(10, -88),
        neck=(6, -80),
        hip=(-6, -48),
        arms=(((14, -62), (30, -58)), ((18, -64), (32, -58))),
        legs=(((12, -36), (4, -12)), ((16, -40), (12, -20))),
    ),
    "draw": Pose(
        arms=(((-16, -66), (-20, -52)), ((16, -66), (20, -52))), legs=(((-8, -25), (-12, -1)), ((8, -25), (12, -1)))
    ),
    "strike": Pose(
        head=(2, -90),
        neck=(0, -81),
        hip=(-2, -48),
        arms=(((-14, -74), (-4, -88)), ((12, -84), (6, -102))),
        legs=(((-14, -26), (-22, -1)), ((12, -28), (20, -1))),
    ),
    "thrust": Pose(
        head=(7, -84),
        neck=(4, -76),
        hip=(-3, -44),
        arms=(((-14, -64), (-22, -74)), ((18, -66), (34, -68))),
        legs=(((-14, -24), (-26, -1)), ((16, -30), (18, -1))),
    ),
    "reach": Pose(arms=(((-12, -66), (-13, -48)), ((14, -92), (20, -110)))),
    "raise": Pose(arms=(((-16, -92), (-20, -114)), ((16, -92), (20, -114)))),
    "point": Pose(arms=(((-12, -66), (-10, -48)), ((20, -80), (38, -81)))),
    "lead": Pose(
        head=(0, -93),
        neck=(-1, -84),
        hip=(-4, -50),
        arms=(((12, -72), (20, -64)), ((14, -86), (30, -92))),
        legs=(((-10, -26), (-24, -4)), ((4, -26), (8, -1))),
    ),
    "follow": Pose(
        head=(-3, -92),
        neck=(0, -83),
        hip=(3, -49),
        arms=(((-14, -84), (-24, -90)), ((-8, -70), (-18, -72))),
        legs=(((6, -26), (2, -1)), ((14, -28), (28, -14))),
    ),
    "lean": Pose(
        head=(-8, -90),
        neck=(-5, -82),
        hip=(2, -49),
        arms=(((-10, -66), (-6, -52)), ((6, -64), (12, -52))),
        legs=(((-2, -25), (-8, -1)), ((7, -26), (8, -1))),
    ),
    "hide": Pose(arms=(((-14, -70), (-5, -88)), ((14, -70), (5, -88)))),
    "hush": Pose(arms=(((-12, -66), (-13, -48)), ((13, -70), (3, -88)))),
}


@element
def figure(
    canvas: Canvas,
    colour: str = "#0a0a0f",
    pose: str = "stand",
    skin: str = "",
    legs: str = "",
    hat: str = "",
    hat_colour: str = "",
    hair: str = "",
    hair_colour: str = "",
    cape: Paint = "",
    wind: float = 0,
    coat: float = 0,
    skirt: float = 0,
    skirt_colour: str = "",
    build: float = 1,
    head: float = 1,
    hold: str = "",
    hold_size: float = 40,
    hold_angle: float = 0,
    hold_options: dict[str, Any] | None = None,
    light: str = "",
) -> None:
    """A person. All of one colour, or with skin, hair, legs, a cape that the wind takes, a coat or skirt, a hat.

    `build` makes the shoulders and limbs stouter, `head` the head larger (a child's), `light` draws a lit edge.
    """
    at = POSES[pose]
    flesh = skin or colour
    if cape:
        canvas.shape(_cape(at, wind), cape)
    if hair == "long":
        _long_hair(canvas, at, hair_colour or colour, head, wind)
    for index, (limb, name) in enumerate(zip((at.arms[0], at.legs[0], at.legs[1]), ("arm", "leg", "leg"), strict=True)):
        tint = colour if name == "arm" else legs or colour
        _limb(canvas, at, limb, name, index == 2 or (name == "arm" and limb[0][0] > 0), tint, flesh, build)
    canvas.shape(_torso(at, build), colour)
    if coat or skirt:
        canvas.shape(_skirt(at, coat or skirt, 1.5 if skirt else 1.05, wind), skirt_colour or colour)
    _limb(canvas, at, at.arms[1], "arm", True, colour, flesh, build)
    canvas.shape(capsule(at.neck, at.head, 2.5 * build, 2.4), flesh)
    canvas.shape(circle(*at.head, 5.9 * head, 7.4 * head), flesh)
    if light:
        canvas.line(curve(_edge(at), closed=False), 0.9, light, alpha=0.9, taper=0.4)
    if hair and hair != "long":
        _hair(canvas, at, hair, hair_colour or colour, head)
    elif hair:
        canvas.shape(circle(at.head[0], at.head[1] - 2.4 * head, 6.8 * head, 6.4 * head), hair_colour or colour)
        if skin:
            canvas.shape(circle(at.head[0], at.head[1] + 1.4 * head, 4.8 * head, 5.4 * head), flesh)
    if hat:
        with canvas.at(at.head[0], at.head[1] - 4 * head, head):
            draw(canvas, "hat", kind=hat, colour=hat_colour or colour)
    if hold:
        x, y = at.arms[1][1]
        with canvas.at(x, y, hold_size / 100, angle=hold_angle):
            draw(canvas, hold, **(hold_options or {}))


def _torso(at: Pose, build: float) -> Outline:
    (nx, ny), (hx, hy) = at.neck, at.hip
    wide, waist = 11.5 * build, 6.6 * build
    middle = (nx + hx) / 2, ny + (hy - ny) * 0.66
    return curve(
        f"{nx} {ny - 1}, {nx + wide * 0.55} {ny + 1}, {nx + wide} {ny + 6}, {middle[0] + waist * 1.1} {middle[1]},"
        f" {hx + waist * 1.1} {hy + 2}!, {hx - waist * 1.1} {hy + 2}!, {middle[0] - waist * 1.1} {middle[1]},"
        f" {nx - wide} {ny + 6}, {nx - wide * 0.55} {ny + 1}"
    )


def _limb(canvas: Canvas, at: Pose, limb: Limb, name: str, right: bool, colour: str, skin: str, build: float) -> None:
    joint, end = limb
    if name == "arm":
        side = 1 if right else -1
        start = at.neck[0] + side * 9 * build, at.neck[1] + 6
        canvas.shape(capsule(start, joint, 3.6 * build, 2.9 * build), colour)
        canvas.shape(capsule(joint, end, 2.9 * build, 1.9 * build), colour)
        canvas.shape(circle(*end, 2.5 * build, points=20), skin)
        return
    side = 1 if right else -1
    start = at.hip[0] + side * 3.4 * build, at.hip[1]
    canvas.shape(capsule(start, joint, 5 * build, 3.7 * build), colour)
    canvas.shape(capsule(joint, end, 3.7 * build, 2.2 * build), colour)
    toe = end[0] + (5 if end[0] >= 0 else -5) * (0.7 if abs(end[0] - joint[0]) < 6 else 1), end[1] - 0.4
    canvas.shape(capsule(end, toe, 2.4, 1.6), darker(colour, 0.25))


def _skirt(at: Pose, length: float, flare: float, wind: float) -> Outline:
    x, y = at.hip
    half, sway = 7.4 + length * 0.24 * flare, wind * length * 0.4
    return curve(
        f"{x - 7} {y - 12}!, {x + 7} {y - 12}!, {x + half * 0.8 + sway * 0.4} {y + length * 0.6},"
        f" {x + half + sway} {y + length}!, {x + sway} {y + length + 2}, {x - half + sway} {y + length}!,"
        f" {x - half * 0.8 + sway * 0.4} {y + length * 0.6}"
    )


def _cape(at: Pose, wind: float) -> Outline:
    x, y = at.neck
    blown = wind * 60
    low = at.hip[1] + 44 - abs(blown) * 0.5
    return curve(
        f"{x - 10} {y + 1}!, {x + 10} {y + 1}!, {x + 16 + blown * 0.35} {y + 30}, {x + 22 + blown * 0.95} {low - 6},"
        f" {x + 15 + blown * 1.25} {low + 4}!, {x + 6 + blown * 0.9} {low - 3}, {x - 3 + blown} {low + 5}!,"
        f" {x - 12 + blown * 0.7} {low - 2}, {x - 23 + blown * 0.8} {low + 4}!, {x - 19 + blown * 0.25} {y + 40}"
    )


def _edge(at: Pose) -> str:
    (nx, ny), (hx, hy) = at.neck, at.hip
    return f"{at.head[0] + 5} {at.head[1] - 4}, {nx + 4} {ny}, {nx + 10} {ny + 6}, {hx + 7} {hy}"


def _long_hair(canvas: Canvas, at: Pose, colour: str, head: float, wind: float) -> None:
    x, y = at.head
    sway = wind * 22
    canvas.shape(
        curve(
            f"{x} {y - 9 * head}, {x + 7.6 * head} {y - 4}, {x + 8 * head + sway * 0.6} {y + 12}, "
            f"{x + 6 + sway * 1.3} {y + 27}!,"
            f" {x + sway} {y + 24}, {x - 7 + sway} {y + 26}!, "
            f"{x - 8 * head + sway * 0.5} {y + 10}, {x - 7.6 * head} {y - 4}"
        ),
        colour,
    )


def _hair(canvas: Canvas, at: Pose, kind: str, colour: str, head: float) -> None:
    x, y = at.head
    with canvas.at(x, y, head):
        if kind == "wild":
            points = ", ".join(
                f"{px} {py}!"
                for px, py in (
                    (-7, 3),
                    (-14, 0),
                    (-9, -4),
                    (-15, -10),
                    (-8, -8),
                    (-9, -17),
                    (-3, -11),
                    (0, -19),
                    (4, -11),
                    (10, -16),
                    (8, -8),
                    (15, -9),
                    (9, -3),
                    (14, 1),
                    (7, 3),
                    (5, -4),
                    (-5, -4),
                )
            )
            canvas.shape(curve(points), colour)
            return
        canvas.shape(curve("-6.6 2, -6.8 -5, -3 -9, 3 -9, 6.8 -5, 6.6 2!, 4 -3, -4 -3!"), colour)
        if kind == "bun":
            canvas.shape(circle(0, -9.5, 3.6), colour)
        elif kind == "bob":
            for side in (-1, 1):
                canvas.shape(capsule((side * 5.6, -2), (side * 5.4, 6), 2.4, 2), colour)
        elif kind == "pigtails":
            for side in (-1, 1):
                canvas.shape(capsule((side * 6, 0), (side * 9, 10), 2, 1.2), colour)
        elif kind == "tail":
            canvas.shape(capsule((-5, -5), (-14, 6), 2.6, 0.8), colour)


@element
def hat(canvas: Canvas, kind: str = "fedora", colour: str = "#0a0a0f", band: str = "") -> None:
    """A hat on a head whose brow is the origin."""
    if kind == "witch":
        canvas.shape(curve("-16 2!, -6 -1, 6 -1, 16 2!, 6 5, -6 5"), colour)
        canvas.shape(curve("-8 1!, -3 -12, 3 -23, 12 -29!, 7 -20, 8 -9, 8 1!"), colour)
        if band:
            canvas.shape(((-7.6, 0), (-6.6, -3.4), (7.4, -3.4), (7.8, 0)), band)
    elif kind == "top":
        canvas.shape(circle(0, 0, 10, 2), colour)
        canvas.shape(((-6.4, 0), (-7, -15), (7, -15), (6.4, 0)), colour)
    elif kind == "bowler":
        canvas.shape(circle(0, 0, 9.4, 1.8), colour)
        canvas.shape(circle(0, -2, 6.4, 7), colour)
    elif kind == "cowboy":
        canvas.shape(curve("-17 -3!, -8 2, 8 2, 17 -3!, 9 4, -9 4"), colour)
        canvas.shape(curve("-7 1!, -6 -8, -3 -11, 0 -9.4, 3 -11, 6 -8, 7 1!"), colour)
    elif kind == "straw":
        canvas.shape(((-18, 3), (0, -10), (18, 3)), colour)
    elif kind == "helmet":
        canvas.shape(curve("-8 4!, -8 -4, -4 -8, 4 -8, 8 -4, 8 4!"), colour)
        for side in (-1, 1):
            canvas.shape(
                curve(f"{side * 5} -6!, {side * 13} -11, {side * 12} -20!, {side * 8} -13, {side * 2} -8!"), colour
            )
    elif kind == "crown":
        canvas.shape(((-6, 0), (-8, -9), (-3, -4), (0, -11), (3, -4), (8, -9), (6, 0)), colour)
    elif kind == "hood":
        canvas.shape(curve("-9 10!, -8 -4, 0 -10, 8 -4, 9 10!, 4 6, -4 6!"), colour)
    elif kind == "bat":
        canvas.shape(curve("-6.6 8!, -6.6 -4, -6.4 -14!, -3.4 -6, 3.4 -6, 6.4 -14!, 6.6 -4, 6.6 8!"), colour)
    else:
        canvas.shape(curve("-13 1!, -6 -1, 6 -1, 13 1!, 6 4, -6 4"), colour)
        canvas.shape(curve("-7 1!, -6 -8, -2 -9, 0 -8, 3 -9.4, 6 -8, 7 1!"), colour)
        if band:
            canvas.shape(((-7, 1), (-6.6, -2), (6.6, -2), (7, 1)), band)


@element
def witch(canvas: Canvas, colour: str = "#07060d", broom: str = "", hair: str = "", skirt: str = "") -> None:
    """A witch on a broom that flies to the right; the middle of the broom is the origin."""
    stick = broom or colour
    canvas.line(((-46, 6), (54, -6)), 2, stick)
    canvas.shape(curve("-44 5!, -60 -4, -80 -3!, -72 4, -84 8!, -72 12, -80 18!, -58 12"), stick)
    canvas.shape(curve("-4 -28, 8 -22, 12 -8, 18 2!, 4 6, -20 4, -44 16!, -34 2, -22 -10"), skirt or colour)
    canvas.shape(curve("-4 -40, 6 -36, 9 -22, 6 -8!, -12 -8, -10 -28"), colour)
    canvas.shape(capsule((2, -32), (16, -18), 3, 2.4), colour)
    canvas.shape(capsule((16, -18), (28, -5), 2.4, 2), colour)
    canvas.shape(capsule((8, -2), (20, 12), 3, 2), colour)
    canvas.shape(curve("18 10!, 30 8, 30 14, 16 15"), colour)
    canvas.shape(curve("-2 -46, -10 -40, -24 -34!, -16 -44, -26 -48!, -10 -54"), hair or colour)
    canvas.shape(curve("-6 -44, 0 -56, 9 -54, 10 -48, 16 -46!, 9 -42, 4 -37"), colour)
    with canvas.at(1, -52, 0.92, angle=-10):
        hat(canvas, "witch", colour)


@element
def couple(canvas: Canvas, first: str = "#0a0a0f", second: str = "", skirt: str = "", skin: str = "") -> None:
    """Two that dance."""
    with canvas.at(-12, 0):
        figure(canvas, first, "lead", skin=skin)
    with canvas.at(16, 0, 0.94):
        figure(
            canvas,
            second or first,
            "follow",
            skirt=30,
            skirt_colour=skirt or second or first,
            hair="bun",
            skin=skin,
            wind=0.5,
        )


@element
def crowd(canvas: Canvas, colour: str, wide: float = 100, number: int = 24, high: float = 24) -> None:
    """People seen from behind, heads and shoulders, their foot at the origin."""
    chance = canvas.random
    for index in range(number):
        x = -wide / 2 + wide * (index + chance.random()) / number
        size = high * chance.uniform(0.75, 1.1)
        canvas.shape(
            curve(
                f"{x - size * 0.4} 4!, {x - size * 0.32} {-size * 0.5}, {x} {-size * 0.62},"
                f" {x + size * 0.32} {-size * 0.5}, {x + size * 0.4} 4!"
            ),
            colour,
        )
        canvas.shape(circle(x, -size * 0.8, size * 0.17, size * 0.21), colour)
