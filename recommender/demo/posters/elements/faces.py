"""Faces and masks, seen from the front, about a hundred units high around the origin."""

from __future__ import annotations

import math

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import along, darker, down, lighter, mix, out
from recommender.demo.posters.elements.registry import element
from recommender.demo.posters.paths import arc, capsule, circle, curve, flipped, rounded


def both(canvas: Canvas, outline: str, paint: str, **how: float) -> None:
    """A shape on the right and its mirror image."""
    canvas.shape(curve(outline), paint, **how)
    canvas.shape(flipped(curve(outline)), paint, **how)


def eyes(
    canvas: Canvas, x: float, y: float, radius: float, iris: str = "#4a2b16", white: str = "", look: float = 0
) -> None:
    """A pair of round eyes with a glint each."""
    for side in (-1, 1):
        if white:
            canvas.shape(circle(side * x, y, radius * 1.35, radius * 1.4), white)
        canvas.shape(circle(side * x + look, y, radius), iris)
        canvas.shape(circle(side * x + look, y, radius * 0.62), "#0b0705")
        canvas.shape(circle(side * x + look - radius * 0.32, y - radius * 0.36, radius * 0.3, points=20), "#ffffff")


@element
def dog_face(
    canvas: Canvas,
    coat: str = "#a8632f",
    muzzle: str = "#fbf4e8",
    ears: str = "#5b3018",
    blaze: str = "#fbf4e8",
    iris: str = "#4a2b16",
    tongue: str = "#e8617a",
    ear: str = "drop",
    patch: str = "",
    jowls: bool = True,
) -> None:
    """A dog. `ear` is drop, prick or puppy; `patch` a colour around one eye."""
    if ear == "prick":
        both(canvas, "10 -34!, 24 -68, 34 -74!, 44 -48, 40 -18!", ears)
        both(canvas, "20 -38!, 28 -58, 33 -64!, 37 -46, 35 -26!", mix(ears, "#e8a0a0", 0.5))
    canvas.shape(curve("0 -46, 22 -42, 36 -24, 38 0, 30 24, 16 42, 0 46", mirrored=True), coat)
    canvas.shape(
        curve("0 -46, 22 -42, 36 -24, 38 0, 30 24, 16 42, 0 46", mirrored=True),
        out(lighter(coat, 0.2), coat, darker(coat, 0.3)),
        alpha=0.7,
        soft=0.3,
    )
    if blaze:
        canvas.shape(curve("0 -46!, 9 -40, 6 -20, 12 0, 20 12, 0 20", mirrored=True), blaze)
    if patch:
        canvas.shape(curve("6 -30, 22 -34, 33 -20, 32 0, 20 8, 8 -4"), patch)
    if ear == "drop":
        both(canvas, "20 -42!, 34 -46, 50 -34, 56 -6, 52 22, 42 30, 36 12, 34 -14", ears)
        both(canvas, "30 -38, 44 -28, 49 -4, 46 18, 41 18, 40 -6", lighter(ears, 0.14), alpha=0.7)
    elif ear == "puppy":
        both(canvas, "16 -42!, 34 -44, 48 -24, 50 0, 42 8, 32 -10, 26 -26", ears)
    eyes(canvas, 16, -10, 5.6, iris)
    both(canvas, "8 -20, 16 -24, 25 -18!, 16 -21", darker(coat, 0.55), alpha=0.7)
    if tongue:
        canvas.shape(curve("-9 30!, 0 28, 9 30!, 11 46, 5 56, 0 57, -5 56, -11 46"), tongue)
        canvas.line(curve("0 32, 1 42, 0 50", closed=False), 1, darker(tongue, 0.25))
    if jowls:
        canvas.shape(curve("0 10, 16 10, 28 22, 27 38, 15 41, 3 34, 0 33", mirrored=True), muzzle)
        canvas.shape(curve("3 34!, 15 41, 27 37!, 15 38"), darker(muzzle, 0.35), alpha=0.8)
        canvas.shape(flipped(curve("3 34!, 15 41, 27 37!, 15 38")), darker(muzzle, 0.35), alpha=0.8)
        canvas.line(((0, 18), (0, 33)), 1.2, darker(muzzle, 0.6))
        for x, y in ((12, 24), (18, 28), (13, 31), (20, 22)):
            for side in (-1, 1):
                canvas.shape(circle(side * x, y, 0.9, points=10), darker(muzzle, 0.5))
    canvas.shape(curve("0 6, 10 7, 12 13, 6 19, 0 21", mirrored=True), "#17110f")
    canvas.shape(circle(-3, 10, 3.4, 1.6), "#ffffff", alpha=0.5)


@element
def mouse_face(
    canvas: Canvas, coat: str = "#f6f4f2", ear: str = "#f3b3bd", nose: str = "#e98a9c", shade: str = "#d5d2d4"
) -> None:
    for side in (-1, 1):
        canvas.shape(circle(side * 34, -34, 25), shade)
        canvas.shape(circle(side * 34, -34, 22), coat)
        canvas.shape(circle(side * 34, -32, 16), ear)
    canvas.shape(curve("0 -34, 24 -30, 36 -8, 32 14, 16 30, 0 36", mirrored=True), coat)
    canvas.shape(curve("0 36!, 16 30, 32 14, 34 2!, 26 16, 12 26, 0 28", mirrored=True), shade, alpha=0.7)
    eyes(canvas, 14, -6, 6.4, "#3b2417")
    for side in (-1, 1):
        for y, drop in ((16, -4), (20, 2), (23, 8)):
            canvas.line(
                curve(f"{side * 8} {y}, {side * 26} {y - 2}, {side * 46} {y + drop}", closed=False),
                0.6,
                "#8b8589",
                alpha=0.8,
            )
    canvas.shape(circle(0, 17, 6, 4.8), nose)
    canvas.shape(circle(-1.8, 15.4, 1.6, 1.1), "#ffffff", alpha=0.8)
    canvas.line(curve("-7 25, -3 28, 0 25, 3 28, 7 25", closed=False), 1.1, darker(shade, 0.5))


@element
def bear_face(canvas: Canvas, coat: str = "#8a5a35", muzzle: str = "#c99a68") -> None:
    for side in (-1, 1):
        canvas.shape(circle(side * 28, -32, 14), coat)
        canvas.shape(circle(side * 28, -31, 8), darker(coat, 0.3))
    canvas.shape(
        curve("0 -42, 28 -36, 42 -8, 38 18, 22 36, 0 42", mirrored=True),
        out(lighter(coat, 0.14), coat, darker(coat, 0.2)),
    )
    canvas.shape(circle(0, 18, 21, 18), muzzle)
    eyes(canvas, 15, -6, 4.6, "#2a160b")
    canvas.shape(curve("0 4, 8 5, 10 10, 4 15, 0 16", mirrored=True), "#1a0f0a")
    canvas.line(curve("-10 23, -5 27, 0 24, 5 27, 10 23", closed=False), 1.4, "#1a0f0a")


@element
def ghost_mask(canvas: Canvas, paint: str = "#f4f1ea") -> None:
    """A long white mask that howls, in a black hood."""
    canvas.shape(curve("0 -64, 30 -56, 50 -26, 54 20, 62 74!, 0 90", mirrored=True), "#050506")
    canvas.shape(curve("0 -50, 18 -46, 27 -26, 25 0, 20 22, 14 42, 5 53, 0 54", mirrored=True), paint)
    canvas.shape(
        curve("12 -46!, 27 -26, 25 0, 20 22, 14 42, 4 54!, 12 36, 18 8, 20 -20"),
        darker(paint, 0.4),
        alpha=0.55,
        soft=1.6,
    )
    both(canvas, "4 -24!, 8 -34, 17 -33, 21 -20, 19 -4, 13 -4, 8 -12", "#060607")
    canvas.shape(curve("2 2!, 4 8, 2 13!, 1 8"), "#060607")
    canvas.shape(flipped(curve("2 2!, 4 8, 2 13!, 1 8")), "#060607")
    canvas.shape(curve("0 16, 7 20, 9 32, 6 45, 0 49", mirrored=True), "#060607")
    both(canvas, "3 -36!, 12 -42, 20 -38!, 12 -40", darker(paint, 0.5), alpha=0.7)


@element
def skull(canvas: Canvas, paint: str = "#f6efe0", hole: str = "#17141f") -> None:
    canvas.shape(curve("0 -48, 26 -44, 42 -22, 40 2, 28 16, 25 24!, 22 40, 10 46, 0 47", mirrored=True), paint)
    for side in (-1, 1):
        canvas.shape(circle(side * 17, -6, 11.5, 12), hole)
    canvas.shape(curve("0 8!, 5 17, 3 21!, 0 18!", mirrored=True), hole)
    for x in (-14, -7, 0, 7, 14):
        canvas.line(((x, 28), (x * 0.92, 43)), 1.5, hole)
    canvas.line(curve("-22 33, 0 36, 22 33", closed=False), 1.5, hole)


@element
def sugar_skull(canvas: Canvas, paint: str = "#fff6e6") -> None:
    """A skull with flowers around its eyes, for the Day of the Dead."""
    skull(canvas, paint, "#2a1440")
    colours = ("#f0386b", "#ff9f1c", "#2ec4b6", "#8f3dd1")
    for side in (-1, 1):
        for index in range(10):
            turn = math.radians(36 * index)
            x, y = side * 17 + 15 * math.cos(turn), -6 + 15 * math.sin(turn)
            canvas.shape(circle(x, y, 3.4, points=20), colours[index % 2])
        canvas.shape(circle(side * 17, -6, 11), "#2a1440")
        canvas.shape(circle(side * 17, -6, 4.4), "#ffd23f")
        canvas.line(
            curve(f"{side * 24} 18, {side * 32} 12, {side * 30} 6, {side * 25} 9", closed=False), 1.5, "#2ec4b6"
        )
        canvas.line(
            curve(f"{side * 10} -32, {side * 20} -36, {side * 25} -29, {side * 19} -26", closed=False), 1.5, "#8f3dd1"
        )
    for index in range(6):
        with canvas.at(0, -30, 0.15, angle=60 * index):
            canvas.shape(curve("0 0!, 26 -34, 0 -62!, -26 -34"), "#ff9f1c" if index % 2 else "#f0386b")
    canvas.shape(circle(0, -30, 2.6), "#ffd23f")
    canvas.shape(curve("0 40!, 4 36, 0 43!, -4 36"), "#f0386b")


@element
def iron_mask(canvas: Canvas, red: str = "#a5161d", gold: str = "#e2a93b", light: str = "#c8f6ff") -> None:
    """A helmet of red and gold with lit eyes."""
    head = curve("0 -52, 24 -48, 38 -30, 40 -4, 36 24, 24 44, 12 54!, 0 54", mirrored=True)
    canvas.shape(head, along(20, lighter(red, 0.25), red, darker(red, 0.55)))
    face = curve("0 -34!, 12 -36, 26 -30!, 31 -8, 27 16!, 23 34, 12 47!, 0 48", mirrored=True)
    canvas.shape(face, along(40, lighter(gold, 0.45), gold, darker(gold, 0.5)))
    canvas.shape(curve("0 -34!, 10 -35, 14 -50!, 0 -52", mirrored=True), darker(red, 0.15))
    for side in (-1, 1):
        canvas.glow(side * 15, -7, 26, light, 0.8)
    both(canvas, "5 -6!, 12 -10, 25 -11!, 24 -4, 8 -3!", "#07131a")
    both(canvas, "6.4 -5.8!, 12 -9, 24 -9.8!, 23.4 -5, 8 -4!", light)
    canvas.line(curve("-10 32, 0 33, 10 32", closed=False), 1.4, darker(gold, 0.7))
    for side in (-1, 1):
        canvas.line(
            curve(f"{side * 24} 2, {side * 17} 12, {side * 15} 30, {side * 12} 46", closed=False), 1, darker(gold, 0.65)
        )
        canvas.line(curve(f"{side * 31} -8, {side * 36} -4, {side * 38} 6", closed=False), 1, darker(red, 0.7))
        canvas.shape(circle(side * 38, 2, 4.6, 10), darker(red, 0.3))
    canvas.line(curve("-26 -30, -12 -22, 0 -24, 12 -22, 26 -30", closed=False), 1, darker(gold, 0.6))


@element
def terminator(canvas: Canvas, steel: str = "#8f9aa6", eye: str = "#ff2a1c") -> None:
    """A skull of steel with red eyes."""
    canvas.shape(
        curve("0 -52, 26 -48, 40 -24, 38 0, 27 14, 25 30!, 20 46, 8 52, 0 52", mirrored=True),
        along(30, lighter(steel, 0.5), steel, darker(steel, 0.75)),
    )
    both(canvas, "6 -8!, 10 -17, 25 -16, 28 -4, 20 5, 9 2", "#090a0c")
    canvas.shape(curve("0 6!, 6 17, 3 22!, 0 20!", mirrored=True), "#090a0c")
    both(canvas, "26 8!, 38 2!, 33 16, 24 22!", darker(steel, 0.7))
    for side in (-1, 1):
        canvas.glow(side * 16, -6, 28, eye, 1)
        canvas.shape(circle(side * 16, -6, 4.6), eye)
        canvas.shape(circle(side * 16, -6, 2), "#ffe1d6")
        canvas.line(curve(f"{side * 8} -26, {side * 22} -30, {side * 34} -22", closed=False), 1, darker(steel, 0.6))
        canvas.shape(capsule((side * 25, 16), (side * 22, 38), 2.2, 1.6), darker(steel, 0.5))
    canvas.shape(rounded(-17, 28, 17, 46, 4), "#0b0c0e")
    for index in range(8):
        x = -15.4 + index * 4.4
        canvas.shape(rounded(x - 1.8, 29, x + 1.8, 36.4, 1), lighter(steel, 0.55))
        canvas.shape(rounded(x - 1.7, 37.6, x + 1.7, 45, 1), lighter(steel, 0.3))


@element
def machine_woman(canvas: Canvas, gold: str = "#c9a35a") -> None:
    """A woman of metal, as the twenties drew the future."""
    dark, pale = darker(gold, 0.72), lighter(gold, 0.5)
    canvas.shape(curve("0 -58, 26 -54, 38 -34, 40 0, 34 24, 48 66!, 0 72", mirrored=True), along(20, gold, dark))
    canvas.shape(
        curve("0 -36, 18 -34, 25 -16, 24 10, 17 30, 6 41, 0 42", mirrored=True),
        along(15, pale, gold, darker(gold, 0.45)),
    )
    both(canvas, "5 -4!, 12 -9, 20 -5!, 12 -1", dark)
    both(canvas, "4 -12!, 12 -17, 21 -12!, 12 -14", dark)
    canvas.shape(curve("0 -8, 3 -4, 4 12, 0 14", mirrored=True), darker(gold, 0.3), alpha=0.7)
    canvas.shape(curve("-7 24!, -3 21, 0 23, 3 21, 7 24!, 0 28"), dark)
    for radius in (33, 39, 45):
        canvas.line(arc(0, -8, radius * 0.86, radius, 195, 345), 1.2, pale, alpha=0.8)
    canvas.shape(circle(0, -44, 6), pale)
    for side in (-1, 1):
        canvas.shape(circle(side * 31, 0, 8), gold)
        canvas.line(circle(side * 31, 0, 5), 1, dark, closed=True)
        for y in (48, 55, 62):
            canvas.line(curve(f"{side * 4} {y}, {side * 22} {y - 3}, {side * 40} {y + 4}", closed=False), 1.4, dark)


@element
def blue_alien(canvas: Canvas, coat: str = "#3b6fd4", pale: str = "#a9d3f5", inner: str = "#e58bb0") -> None:
    """A small blue one with great ears and a broad grin."""
    both(canvas, "24 -18!, 40 -44, 62 -58, 76 -40, 72 -8, 50 8, 34 6!", coat)
    both(canvas, "36 -18!, 46 -36, 62 -46, 69 -34, 64 -12, 48 0", inner)
    both(canvas, "58 -58!, 66 -46, 61 -36!, 54 -46", "#12264f")
    canvas.shape(curve("0 -40, 24 -38, 42 -20, 46 4, 34 28, 14 38, 0 39", mirrored=True), coat)
    for x in (-5, 0, 5):
        canvas.shape(curve(f"{x - 3} -38!, {x * 2.2} -56!, {x + 3} -38!"), coat)
    both(canvas, "6 0, 14 -24, 34 -20, 40 0, 28 16, 12 14", pale)
    for side in (-1, 1):
        canvas.shape(circle(side * 24, -3, 13, 15), "#0c1024")
        canvas.shape(circle(side * 24 - 4, -9, 4, 4.6), "#ffffff")
        canvas.shape(circle(side * 24 + 4, 4, 2), "#7d8fc7")
    canvas.shape(curve("0 2, 9 4, 11 11, 5 17, 0 18", mirrored=True), "#1c2f6b")
    canvas.shape(curve("-28 20!, -14 25, 0 26, 14 25, 28 20!, 18 33, 0 36, -18 33"), "#5b1730")
    canvas.shape(curve("-26 21!, -14 25, 0 26, 14 25, 26 21!, 14 28, -14 28"), "#fffdf5")


@element
def jungle_face(canvas: Canvas, blue: str = "#2f76b5", light: str = "#8ff0ff") -> None:
    """Half of a blue face out of the dark, with golden eyes and dots that glow."""
    canvas.shape(
        curve("0 -62, 30 -52, 42 -20, 38 18, 24 46, 8 60, 0 61", mirrored=True),
        along(0, darker(blue, 0.75), blue, lighter(blue, 0.1)),
    )
    both(canvas, "40 -22!, 62 -42, 70 -46!, 60 -22, 40 -4!", blue)
    both(canvas, "22 -48!, 30 -10, 26 22!, 34 8, 38 -22", darker(blue, 0.35), alpha=0.6)
    for y in (-36, -26):
        canvas.shape(curve(f"-24 {y}!, 0 {y + 7}, 24 {y}!, 0 {y + 3}"), darker(blue, 0.35), alpha=0.55)
    for side in (-1, 1):
        canvas.shape(
            curve("6 -6!, 14 -16, 26 -15, 32 -7!, 22 0, 12 0")
            if side > 0
            else flipped(curve("6 -6!, 14 -16, 26 -15, 32 -7!, 22 0, 12 0")),
            "#f7f3cf",
        )
        canvas.glow(side * 19, -8, 18, "#ffd24a", 0.8)
        canvas.shape(circle(side * 19, -8, 7.6), "#e6a91c")
        canvas.shape(circle(side * 19, -8, 3.4), "#120a02")
        canvas.shape(circle(side * 17, -10.4, 1.6), "#ffffff")
    canvas.shape(curve("0 -14!, 6 -4, 13 16, 8 22, 0 24", mirrored=True), lighter(blue, 0.18), alpha=0.8)
    canvas.shape(curve("0 17!, 8 17, 11 20, 4 24, 0 24", mirrored=True), darker(blue, 0.55))
    canvas.shape(curve("-14 38!, -5 34, 0 36, 5 34, 14 38!, 0 43"), darker(blue, 0.5))
    chance = canvas.random
    for _ in range(34):
        turn, far = chance.uniform(0, 360), chance.uniform(0.55, 0.95)
        x, y = 38 * far * math.cos(math.radians(turn)), -2 + 56 * far * math.sin(math.radians(turn))
        if abs(y + 8) < 11:
            continue
        canvas.glow(x, y, 4, light, 0.8)
        canvas.shape(circle(x, y, chance.uniform(0.4, 1.0), points=12), light)


@element
def ogre(canvas: Canvas, green: str = "#7fae3b") -> None:
    """A green head with ears like trumpets."""
    both(canvas, "30 -30!, 46 -40, 62 -46, 68 -36, 60 -26, 44 -20!", darker(green, 0.12))
    for side in (-1, 1):
        canvas.shape(circle(side * 64, -41, 5, 8), darker(green, 0.45))
    canvas.shape(
        curve("0 -52, 24 -48, 36 -26, 42 6, 40 30, 24 48, 0 54", mirrored=True),
        out(lighter(green, 0.2), green, darker(green, 0.3)),
    )
    both(canvas, "6 -16!, 16 -23, 30 -18!, 28 -12, 16 -15", darker(green, 0.5))
    for side in (-1, 1):
        canvas.shape(circle(side * 17, -6, 8, 6.4), "#fbfaf0")
        canvas.shape(circle(side * 16, -6, 3.8), "#5a3a1c")
        canvas.shape(circle(side * 16, -6, 1.8), "#0b0705")
        canvas.shape(
            curve("7 -9!, 17 -14, 27 -8!, 17 -10") if side > 0 else flipped(curve("7 -9!, 17 -14, 27 -8!, 17 -10")),
            darker(green, 0.25),
        )
    canvas.shape(curve("0 -6, 7 0, 14 12, 8 19, 0 19", mirrored=True), lighter(green, 0.12))
    both(canvas, "3 15!, 8 13, 12 16!, 7 19", darker(green, 0.55))
    canvas.shape(curve("-24 27!, -8 32, 8 32, 25 23!, 14 40, -10 41"), "#4a1f14")
    canvas.shape(curve("-22 28!, -8 32, 8 32, 23 25!, 12 35, -10 36"), "#f5efcf")


@element
def forest_spirit(canvas: Canvas, fur: str = "#6d7480", belly: str = "#e6dfcf") -> None:
    """A great round furry being, standing on the origin, a hundred units high."""
    for side in (-1, 1):
        with canvas.at(side * 14, -86, angle=side * 8):
            canvas.shape(curve("-5 2!, -7 -12, 0 -24!, 7 -12, 5 2!"), fur)
    canvas.shape(curve("0 -92, 20 -86, 28 -66, 42 -44, 46 -16, 34 0, 0 2", mirrored=True), fur)
    canvas.shape(curve("0 -56, 22 -52, 34 -32, 32 -8, 16 -2, 0 -1", mirrored=True), belly)
    for x, y in ((-14, -44), (0, -47), (14, -44), (-20, -33), (-7, -36), (7, -36), (20, -33)):
        canvas.shape(curve(f"{x - 5} {y + 3}!, {x} {y - 3}, {x + 5} {y + 3}!, {x} {y}"), fur)
    for side in (-1, 1):
        canvas.shape(circle(side * 15, -76, 6), "#fdfcf4")
        canvas.shape(circle(side * 14.4, -76, 2.4), "#111111")
        for dy in (-2, 2, 6):
            canvas.line(((side * 20, -68 + dy), (side * 38, -72 + dy * 1.9)), 0.7, "#20232a")
        canvas.shape(
            curve("38 -46!, 50 -26, 48 -8, 40 -8, 38 -26!")
            if side > 0
            else flipped(curve("38 -46!, 50 -26, 48 -8, 40 -8, 38 -26!")),
            fur,
        )
    canvas.shape(curve("-5 -75!, 0 -77, 5 -75!, 0 -71!"), "#20232a")
    canvas.line(curve("-12 -64, 0 -61, 12 -64", closed=False), 1.2, "#20232a")


@element
def no_face(canvas: Canvas, mask: str = "#f6f3ec", body: str = "#0d0b14") -> None:
    """A white mask on a black, see-through body; the middle of the mask is the origin."""
    canvas.shape(curve("0 -44, 26 -38, 36 -10, 40 40, 56 150!, 0 150", mirrored=True), body, alpha=0.92)
    canvas.shape(curve("0 -34, 16 -31, 24 -14, 22 12, 14 30, 0 35", mirrored=True), mask)
    both(canvas, "5 -8!, 11 -12, 17 -8!, 11 -4", "#141018")
    both(canvas, "9 -15!, 11 -26, 13 -15!", "#8a6fb0")
    both(canvas, "9 0!, 11 14, 13 0!", "#8a6fb0")
    canvas.shape(curve("-8 20!, 0 18, 8 20!, 0 23"), "#141018")


@element
def profile(canvas: Canvas, paint: str = "#101018") -> None:
    """A head seen from the side, looking right, down to the shoulders."""
    canvas.shape(
        curve(
            "-4 -50, 14 -46, 24 -32, 26 -20!, 28 -12, 35 -2!, 28 2, 30 8!, 28 11, 29 15!, 26 18, 26 25, 20 29, 8 27,"
            " 6 38, 20 50, 34 56!, -46 56!, -34 44, -20 36, -22 16, -32 0, -32 -26, -22 -44"
        ),
        paint if not isinstance(paint, str) else down(paint, paint),
    )


@element
def panther(canvas: Canvas, colour: str = "#14121c", edge: str = "#8b6ff0", eye: str = "#f2f4ff") -> None:
    """A black cat's mask with a lit edge."""
    head = curve("0 -40, 14 -42, 26 -60!, 34 -44, 38 -18, 32 10, 22 34, 8 48, 0 49", mirrored=True)
    canvas.shape(head, along(60, lighter(colour, 0.2), colour, "#020203"))
    canvas.line(head, 1.1, edge, closed=True, alpha=0.9)
    for side in (-1, 1):
        canvas.glow(side * 16, -4, 18, edge, 0.8)
    both(canvas, "6 0!, 13 -9, 27 -11!, 22 0, 12 4!", eye)
    both(canvas, "20 -40!, 26 -52, 30 -42!", edge, alpha=0.5)
    canvas.shape(curve("0 14!, 8 13, 5 20, 0 23", mirrored=True), edge, alpha=0.7)
    for side in (-1, 1):
        canvas.line(curve(f"{side * 2} 23, {side * 9} 31, {side * 20} 26", closed=False), 1, edge, alpha=0.8)
        canvas.line(curve(f"{side * 3} -34, {side * 10} -24, {side * 26} -22", closed=False), 0.9, edge, alpha=0.7)
        canvas.line(curve(f"{side * 30} -2, {side * 24} 12, {side * 14} 18", closed=False), 0.9, edge, alpha=0.7)
        canvas.line(curve(f"{side * 4} -36, {side * 4} -16, {side * 6} -6", closed=False), 0.9, edge, alpha=0.7)
    for index in range(7):
        canvas.shape(
            curve(f"{-15 + index * 5 - 2} 54!, {-15 + index * 5 + 2} 54!, {(-15 + index * 5) * 1.1} 66!"),
            edge,
            alpha=0.75,
        )


@element
def moon_face(canvas: Canvas, paint: str = "#ece3c8", ink: str = "#2a251d") -> None:
    """The moon with a face, as in an old picture, wrinkled about something in its eye."""
    canvas.shape(
        circle(0, 0, 50, points=96), out(lighter(paint, 0.4), paint, darker(paint, 0.35), at=(0.35, 0.4), reach=0.65)
    )
    with canvas.within(circle(0, 0, 50, points=96)):
        for x, y, r in ((-34, -26, 8), (34, -32, 6), (-38, 20, 6), (30, 34, 9), (-10, -42, 5)):
            canvas.shape(circle(x, y, r, r * 0.8), darker(paint, 0.3), alpha=0.5, soft=1)
        canvas.shape(curve("-4 -6!, 4 -6!, 10 14, 2 19, -8 15"), darker(paint, 0.16))
        canvas.line(curve("3 -8, 9 12, 2 18, -6 15", closed=False), 1.3, ink, alpha=0.8)
        canvas.shape(curve("-24 26!, -10 31, 4 31, 18 24!, 8 37, -12 38"), "#6b2d26")
        canvas.line(curve("-27 23, -12 30, 4 30, 21 21", closed=False), 1.2, ink)
        canvas.line(curve("-30 -4, -20 -11, -10 -4", closed=False), 1.6, ink)
        canvas.shape(circle(-20, -4, 5, 4), "#fffbe8")
        canvas.shape(circle(-19, -4, 2.4), ink)
        canvas.line(curve("-32 -17, -20 -21, -9 -15", closed=False), 1.6, ink)
        for drop in (0, 5, 9):
            canvas.line(curve(f"-32 {6 + drop}, -24 {9 + drop}, -17 {6 + drop}", closed=False), 0.7, ink, alpha=0.5)
            canvas.line(curve(f"22 {12 + drop}, 30 {9 + drop}, 37 {11 + drop}", closed=False), 0.7, ink, alpha=0.5)
