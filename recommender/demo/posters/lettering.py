"""Titles: letters that are stretched, spaced, bent, leaning, jumping, outlined and lit.

The letters come from whatever fonts the machine has; where it has none, from Pillow's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from media_library.extraction.drawing.fonts import families, font
from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.colours import Paint, painted, rgb

DRAWN = 150
"""The size letters are drawn in, in pixels, before they are brought to the one asked for."""

NARROW = ("LiberationSansNarrow", "DejaVuSansCondensed", "DejaVuSerifCondensed")


@dataclass(frozen=True)
class Letters:
    """How a text is set. Lengths are in units of the poster, `size` the height of a capital letter.

    A line longer than `width` is squeezed into it; with `block` every line is stretched to it. `spacing` is in shares
    of a capital's height. `lean` shears, `bend` is the angle in degrees over which a line is bent (upwards in its
    middle), `jump` how far letters hop and turn.
    """

    size: float = 9
    width: float = 88
    style: str = "sans"
    bold: bool = True
    narrow: bool = False
    spacing: float = 0.04
    gap: float = 0.4
    lean: float = 0
    bend: float = 0
    jump: float = 0
    angle: float = 0
    block: bool = False
    paint: Paint = "#ffffff"
    edge: tuple[str, float] | None = None
    shadow: tuple[str, float, float] | None = None
    glow: tuple[str, float] | None = None
    align: str = "middle"
    alpha: float = 1


def letter(canvas: Canvas, text: str, x: float, y: float, how: Letters) -> None:
    """Sets a text, the middle of all of its lines at (x, y)."""
    lines = [_line(canvas, line, how) for line in text.split("\n")]
    step = how.size * canvas.pixels
    heights = [line.height * (min(3.0, how.width * canvas.pixels / line.width) if how.block else 1) for line in lines]
    gaps = how.gap * step * (len(lines) - 1)
    ((middle, centre),) = canvas.place([(x, y)])
    total, width = round(sum(heights) + gaps), max(line.width for line in lines)
    if how.block:
        width = round(how.width * canvas.pixels)
    pad = round(step * 0.9)
    whole = Image.new("L", (width + 2 * pad, total + 2 * pad))
    top = float(pad)
    for line, height in zip(lines, heights, strict=True):
        fitted = line.resize((width, max(1, round(height)))) if how.block else line
        free = width - fitted.width
        left = pad + {"left": 0, "middle": free // 2, "right": free}[how.align]
        whole.paste(255, (left, round(top)), fitted)
        top += height + how.gap * step
    if how.angle:
        whole = whole.rotate(-how.angle, Image.Resampling.BICUBIC, expand=True)
    anchor = {"left": whole.width / 2 - pad, "middle": 0, "right": -(whole.width / 2 - pad)}[how.align]
    _lay(canvas, whole, round(middle + anchor - whole.width / 2), round(centre - whole.height / 2), how)


def _lay(canvas: Canvas, mask: Image.Image, left: int, top: int, how: Letters) -> None:
    def plain(colour: str) -> Image.Image:
        return Image.new("RGB", mask.size, rgb(colour))

    if how.glow:
        colour, radius = how.glow
        lit = mask.filter(ImageFilter.GaussianBlur(radius * canvas.pixels)).point(lambda value: min(255, value * 2))
        canvas.stamp(plain(colour), lit, left, top, 0.9)
    outer = mask
    if how.edge:
        colour, thick = how.edge
        outer = _thickened(mask, max(1, round(thick * canvas.pixels)))
    if how.shadow:
        colour, dx, dy = how.shadow
        canvas.stamp(plain(colour), outer, left + round(dx * canvas.pixels), top + round(dy * canvas.pixels))
    if how.edge:
        canvas.stamp(plain(how.edge[0]), outer, left, top)
    found = mask.getbbox() or (0, 0, *mask.size)
    fill = Image.new("RGB", mask.size)
    fill.paste(painted(how.paint, found[2] - found[0], found[3] - found[1]), found[:2])
    canvas.stamp(fill, mask, left, top, how.alpha)


def _thickened(mask: Image.Image, by: int) -> Image.Image:
    """The mask wider by so many pixels on every side, its corners round."""
    whole = mask
    for radius in {by, (by + 1) // 2}:
        for step in range(16):
            angle = math.tau * step / 16
            moved = Image.new("L", mask.size)
            moved.paste(mask, (round(radius * math.cos(angle)), round(radius * math.sin(angle))))
            whole = ImageChops.lighter(whole, moved)
    return whole


def _line(canvas: Canvas, text: str, how: Letters) -> Image.Image:
    """One line as a mask, cut close to its letters, in pixels of the canvas."""
    face = _face(how)
    capital = face.getbbox("H")
    high = capital[3] - capital[1]
    spread = how.spacing * high
    widths = [face.getlength(sign) + spread for sign in text]
    if not how.spacing:
        widths = [face.getlength(text[: index + 1]) - face.getlength(text[:index]) for index in range(len(text))]
    length = sum(widths) - spread
    radius = length / math.radians(how.bend) if how.bend else 0
    sink = radius * (1 - math.cos(math.radians(how.bend) / 2)) if how.bend else 0
    room = high * 2
    mask = Image.new("L", (round(length + 2 * room), round(room * 2 + high + abs(sink))))
    base = room - capital[1] + (0 if sink >= 0 else -sink)
    along = 0.0
    for sign, width in zip(text, widths, strict=True):
        tile = Image.new("L", (round(width + 2 * high), round(3 * high)))
        ImageDraw.Draw(tile).text((high, high - capital[1]), sign, fill=255, font=face)
        turn, lift = 0.0, 0.0
        if how.jump:
            turn = canvas.random.uniform(-1, 1) * 14 * how.jump
            lift = canvas.random.uniform(-0.2, 0.2) * how.jump * high
        x, y = along, float(base + capital[1])
        if how.bend:
            angle = (along + width / 2 - length / 2) / radius
            turn -= math.degrees(angle)
            x = length / 2 + radius * math.sin(angle) - width / 2
            y += radius * (1 - math.cos(angle))
        if turn:
            tile = tile.rotate(turn, Image.Resampling.BICUBIC)
        mask.paste(255, (round(room + x - high), round(y + lift - high)), tile)
        along += width
    if how.lean:
        shift = how.lean * mask.height
        size = mask.width + round(abs(shift)), mask.height
        mask = mask.transform(
            size, Image.Transform.AFFINE, (1, how.lean, -max(0, shift), 0, 1, 0), Image.Resampling.BICUBIC
        )
    mask = mask.crop(mask.getbbox() or (0, 0, 1, 1))
    factor = how.size * canvas.pixels / high
    width = min(mask.width * factor, how.width * canvas.pixels)
    return mask.resize((max(1, round(width)), max(1, round(mask.height * factor))), Image.Resampling.LANCZOS)


def _face(how: Letters) -> ImageFont.FreeTypeFont:
    here = families(how.style)
    narrow = [name for name in here if name in NARROW]
    family = narrow[0] if how.narrow and narrow else next((name for name in here if name not in NARROW), here[0])
    return font(family, DRAWN, how.bold)
