"""Charts that are drawn, for measuring how well they are told from other documents: bars, lines, dots, pies.

`draw(seed)` gives the same picture for the same seed on the same machine; fonts are those that are found there.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts
from media_library.extraction.drawing.damage import MAX_SKEW, Damage
from media_library.extraction.drawing.tables import damaged

STYLES = ("bars", "bars", "lying bars", "stacked", "lines", "lines", "dots", "area", "pie", "ring")
THEMES = (
    # paper, ink, grid, colours
    ("#ffffff", "#222222", "#d9d9d9", ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")),
    ("#ffffff", "#333344", "#e6e8ee", ("#4c6ef5", "#20c997", "#fab005", "#fa5252", "#7950f2", "#12b886")),
    ("#fbf7ee", "#3a3226", "#ddd3c0", ("#7a9e7e", "#c97b63", "#5b7b9a", "#d9b44a", "#8a6f9e", "#a4a58b")),
    ("#ffffff", "#111111", "#c8c8c8", ("#111111", "#555555", "#888888", "#aaaaaa", "#666666", "#333333")),
    ("#1c2027", "#e8ebf0", "#39404c", ("#5cc8ff", "#ffb454", "#7ee787", "#ff7b72", "#d2a8ff", "#79c0ff")),
)
TITLES = (
    "Visitors by month", "Revenue by region", "Rainfall and temperature", "Share of the market", "Energy by source",
    "Units sold", "Population of the towns", "Average speed", "What people read", "Results of the survey",
)  # fmt: skip
AXES = ("Year", "Month", "Revenue (k€)", "Units", "Share (%)", "Temperature (°C)", "Visitors", "Length (km)", "Group")
SERIES = ("North", "South", "Plan", "Actual", "Bicycles", "Trams", "2022", "2023", "Online", "Shops")
LABELS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"),
    ("2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023"),
    ("Berlin", "Porto", "Leeds", "Graz", "Malmö", "Utrecht", "Genova", "Krakow"),
    ("Coal", "Wind", "Solar", "Water", "Gas", "Biomass", "Oil", "Waste"),
    ("A", "B", "C", "D", "E", "F", "G", "H"),
)


@dataclass
class DrawnChart:
    """A picture with one chart. `style`: one of STYLES."""

    seed: int
    picture: Image.Image
    style: str
    damage: Damage


def draw(seed: int) -> DrawnChart:
    chance = random.Random(seed * 15485863 + 5)
    style = chance.choice(STYLES)
    paper, ink, grid, colours = chance.choice(THEMES)
    size = chance.choice((16, 18, 20, 24))
    face = fonts.font(chance.choice(fonts.families(chance.choice(("sans", "sans", "serif")))), size)
    width, height = chance.randint(34, 60) * size, chance.randint(22, 38) * size
    picture = Image.new("RGB", (width, height), paper)
    canvas = _Canvas(chance, ImageDraw.Draw(picture), face, size, ink, grid, paper, chance.sample(colours, 6))
    top = size
    if chance.random() < 0.75:
        canvas.pen.text((width / 2, size), chance.choice(TITLES), ink, face, anchor="ma")
        top = round(size * 3)
    if style in ("pie", "ring"):
        _pie(canvas, (size, top, width - size, height - size), hole=style == "ring")
    else:
        _axes(canvas, style, (size * 6, top, width - size * 2, height - size * 4))
    damage = replace(
        Damage.some(chance), skew=chance.choice((0.0, 0.0, 1.0)) * chance.uniform(-MAX_SKEW, MAX_SKEW),
        quality=chance.randint(40, 95),
    )  # fmt: skip
    return DrawnChart(seed, damaged(picture, damage, paper, seed), style, damage)


@dataclass
class _Canvas:
    chance: random.Random
    pen: ImageDraw.ImageDraw
    face: fonts.ImageFont.FreeTypeFont
    size: int
    ink: str
    grid: str
    paper: str
    colours: list[str]


def _pie(on: _Canvas, box: tuple[int, int, int, int], hole: bool) -> None:
    chance, pen = on.chance, on.pen
    left, top, right, bottom = box
    radius = 0.36 * min(right - left, bottom - top)
    middle = (left + right) * chance.uniform(0.35, 0.5), (top + bottom) / 2
    weights = [chance.randint(4, 40) for _ in range(chance.randint(3, 6))]
    names = chance.sample(chance.choice(LABELS), len(weights))
    beside, at = chance.random() < 0.5, -90.0
    around = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
    for number, (weight, name) in enumerate(zip(weights, names, strict=True)):
        turn = 360 * weight / sum(weights)
        pen.pieslice(around, at, at + turn, on.colours[number], on.paper, 2)
        angle = math.radians(at + turn / 2)
        share = f"{100 * weight / sum(weights):.{chance.choice((0, 0, 1))}f} %"
        x, y = middle[0] + 1.25 * radius * math.cos(angle), middle[1] + 1.2 * radius * math.sin(angle)
        pen.text((x, y), share if beside else f"{name} {share}", on.ink, on.face, anchor="mm")
        if beside:
            y = top + number * on.size * 1.7
            pen.rectangle((right - 9 * on.size, y, right - 8 * on.size, y + on.size), on.colours[number])
            pen.text((right - 7.5 * on.size, y + on.size / 2), name, on.ink, on.face, anchor="lm")
        at += turn
    if hole:
        pen.ellipse([edge + 0.55 * radius * (1 if place < 2 else -1) for place, edge in enumerate(around)], on.paper)


def _axes(on: _Canvas, style: str, box: tuple[int, int, int, int]) -> None:
    chance, pen, size = on.chance, on.pen, on.size
    left, top, right, bottom = box
    step = chance.choice((1, 2, 5, 10, 20, 25, 50, 100, 250, 1000))
    ticks = chance.randint(4, 8)
    unit = chance.choice(("", "", "", " %", "k")) if step < 100 else ""
    lying = style == "lying bars"
    spread = (right - left if lying else bottom - top) / ticks
    for number in range(ticks + 1):
        text = f"{number * step:,}{unit}"
        if lying:
            x = left + number * spread
            pen.line((x, top, x, bottom), on.grid)
            pen.text((x, bottom + size * 0.5), text, on.ink, on.face, anchor="ma")
        else:
            y = bottom - number * spread
            pen.line((left, y, right, y), on.grid)
            pen.text((left - size * 0.6, y), text, on.ink, on.face, anchor="rm")
    names = list(chance.choice(LABELS))[: chance.randint(4, 8)]
    room = (bottom - top if lying else right - left) / len(names)
    for number, name in enumerate(names):
        if lying:
            pen.text((left - size * 0.6, top + (number + 0.5) * room), name, on.ink, on.face, anchor="rm")
        else:
            pen.text((left + (number + 0.5) * room, bottom + size * 0.5), name, on.ink, on.face, anchor="ma")
    series = 1 if style == "lying bars" else chance.randint(2, 3) if style == "stacked" else chance.randint(1, 3)
    values = [[chance.uniform(0.08, 0.95) for _ in names] for _ in range(series)]
    match style:
        case "bars" | "lying bars" | "stacked":
            _bars(on, style, box, room, values)
        case _:
            _curves(on, style, box, room, values)
    pen.line((left, bottom, right, bottom), on.ink, 2)
    pen.line((left, top, left, bottom), on.ink, 2)
    if chance.random() < 0.6:
        pen.text(((left + right) / 2, bottom + size * 2.2), chance.choice(AXES), on.ink, on.face, anchor="ma")
    if series > 1:
        for number, name in enumerate(chance.sample(SERIES, series)):
            x = left + size + number * size * 8
            pen.rectangle((x, top - size * 0.9, x + size * 0.8, top - size * 0.1), on.colours[number])
            pen.text((x + size * 1.2, top - size * 0.5), name, on.ink, on.face, anchor="lm")


def _bars(on: _Canvas, style: str, box: tuple[int, int, int, int], room: float, values: list[list[float]]) -> None:
    left, top, right, bottom = box
    outline = on.ink if on.chance.random() < 0.2 else None
    share = on.chance.uniform(0.5, 0.85)
    told = on.chance.random() < 0.3
    for place in range(len(values[0])):
        base = 0.0
        for number, row in enumerate(values):
            value, colour = row[place], on.colours[number]
            if style == "lying bars":
                y = top + (place + 0.5 - share / 2) * room
                pen_box = (left, y, left + value * (right - left), y + share * room)
            elif style == "stacked":
                x, value = left + (place + 0.5 - share / 2) * room, value / len(values)
                high = bottom - (base + value) * (bottom - top)
                pen_box = (x, high, x + share * room, bottom - base * (bottom - top))
                base += value
            else:
                thin = share * room / len(values)
                x = left + (place + 0.5 - share / 2) * room + number * thin
                pen_box = (x, bottom - value * (bottom - top), x + thin - 1, bottom)
            on.pen.rectangle(pen_box, colour, outline)
            if told and style == "bars" and len(values) == 1:
                x = (pen_box[0] + pen_box[2]) / 2
                on.pen.text((x, pen_box[1] - 2), f"{value * 100:.0f}", on.ink, on.face, anchor="ms")


def _curves(on: _Canvas, style: str, box: tuple[int, int, int, int], room: float, values: list[list[float]]) -> None:
    left, top, right, bottom = box
    width = on.chance.choice((2, 3, 4))
    if style == "dots":
        for number in range(len(values)):
            for _ in range(on.chance.randint(20, 60)):
                x = on.chance.uniform(0.03, 0.97)
                y = min(0.97, max(0.03, 0.2 + 0.25 * number + 0.5 * x + on.chance.gauss(0, 0.09)))
                spot = left + x * (right - left), bottom - y * (bottom - top)
                on.pen.ellipse((spot[0] - 4, spot[1] - 4, spot[0] + 4, spot[1] + 4), on.colours[number])
        return
    for number, row in enumerate(values):
        points = [(left + (place + 0.5) * room, bottom - value * (bottom - top)) for place, value in enumerate(row)]
        if style == "area" and number == 0:
            on.pen.polygon([(points[0][0], bottom), *points, (points[-1][0], bottom)], on.colours[number])
        on.pen.line(points, on.colours[number], width, joint="curve")
        if on.chance.random() < 0.4:
            for x, y in points:
                on.pen.ellipse((x - 4, y - 4, x + 4, y + 4), on.colours[number])
