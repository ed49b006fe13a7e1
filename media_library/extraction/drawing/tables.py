"""Tables that are drawn, with what stands in each of their cells, for measuring how well tables are read.

`draw(seed)` gives the same picture for the same seed on the same machine; fonts are those that are found there.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts
from media_library.extraction.drawing.damage import MAX_SKEW, Damage

RULES = ("grid", "grid", "rows", "book", "none", "none", "zebra", "inner")
THEMES = (
    # paper, ink, rule, head's fill
    ("#ffffff", "#161616", "#444444", "#e6e6e6"),
    ("#ffffff", "#222233", "#b4b4bc", "#dfe8f5"),
    ("#fdf8ec", "#30261a", "#8a7a5a", "#eaddbd"),
    ("#ffffff", "#101010", "#000000", "#2d4a6d"),
    ("#1d2129", "#eceff4", "#6f7a8c", "#313846"),
    ("#0f2b26", "#e8fff8", "#5f9a8c", "#1c463e"),
)
NAMES = (
    "Northwind", "Acme", "Blue Harbour", "Zephyr", "Oakfield", "Riverton", "Lumen Works", "Kestrel", "Fjord",
    "Pinecrest",
    "Globex", "Halden", "Vertex Labs", "Solaris", "Maple & Co", "Tern Bay", "Umbra", "Quarry Hill", "Delta Nine",
    "Iron Peak",
    "Berlin", "Toulouse", "Genova", "Utrecht", "Sevilla", "Malmö", "Leeds", "Krakow", "Porto", "Graz",
    "Oak table", "Desk lamp", "Steel bolts", "Garden hose", "Paper A4", "Blue ink", "Wool blanket", "Copper pipe",
)  # fmt: skip
NOTES = (
    "delivered in March", "on hold", "see annex", "ships from the northern depot", "awaiting a second quote",
    "approved by the board in spring", "new", "spare parts are sold separately", "in stock", "renewed every two years",
    "only with a permit of the town", "tested", "replaces the model of last year", "low demand",
)  # fmt: skip
HEADS = {
    "name": ("Business", "City", "Product", "Item", "Branch", "Name"),
    "note": ("Notes", "Remarks", "Status", "Comment"),
    "count": ("Units", "Orders", "Staff", "Visits", "Qty"),
    "money": ("Revenue", "Cost", "Price", "Budget", "Sales"),
    "share": ("Growth", "Margin", "Share", "Change"),
    "measure": ("Weight", "Length", "Area", "Power"),
    "year": ("2019", "2020", "2021", "2022", "2023", "2024"),
}
GROUPS = ("First half", "Second half", "Plan", "Actual", "Europe", "Overseas", "Before", "After")
TITLES = ("Table 3: figures of the year", "Summary of the branches", "Quarterly overview", "What was sold")
UNITS = ("kg", "km", "m²", "kW", "cm", "t")
NUMERIC = ("count", "money", "share", "measure", "year")


@dataclass(frozen=True)
class TrueCell:
    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass
class DrawnTable:
    """A picture with one table, and its cells; empty ones are left out."""

    seed: int
    picture: Image.Image
    cells: list[TrueCell]
    rules: str
    damage: Damage
    heads: int
    traits: tuple[str, ...] = ()


@dataclass
class _Plan:
    kinds: list[str]
    cells: list[TrueCell]
    heads: int
    rows: int
    traits: list[str] = field(default_factory=list)


def draw(seed: int) -> DrawnTable:
    chance = random.Random(seed * 7919 + 3)
    rules = chance.choice(RULES)
    plan = _plan(chance, rules)
    picture, background = _page(chance, plan, rules)
    damage = replace(
        Damage.some(chance), skew=chance.choice((0.0, 1.0, 1.0)) * chance.uniform(-MAX_SKEW, MAX_SKEW),
        quality=chance.randint(40, 95),
    )  # fmt: skip
    return DrawnTable(
        seed, damaged(picture, damage, background, seed), plan.cells, rules, damage, plan.heads, tuple(plan.traits)
    )


def damaged(picture: Image.Image, damage: Damage, background: str, seed: int) -> Image.Image:
    """As `damage.apply`, but what skew lays bare has the colour of the page."""
    if damage.skew:
        picture = picture.rotate(damage.skew, Image.Resampling.BICUBIC, expand=True, fillcolor=background)
    return replace(damage, skew=0.0).apply(picture, seed)


def _plan(chance: random.Random, rules: str) -> _Plan:
    ruled = rules in ("grid", "inner")
    kinds = ["name"] + [chance.choice(("note", *NUMERIC)) for _ in range(chance.randint(1, 5))]
    while kinds.count("note") > 1:
        kinds[len(kinds) - 1 - kinds[::-1].index("note")] = "count"
    if "year" in kinds:
        # Years stand side by side, one after the other.
        years = kinds.count("year")
        kinds = [kind for kind in kinds if kind != "year"] + ["year"] * years
    rows = chance.randint(2, 10)
    plan = _Plan(kinds, [], 1, rows)
    first = chance.randint(0, 6 - max(1, min(6, kinds.count("year"))))
    heads, years = [], 0
    for kind in kinds:
        if kind == "year":
            heads.append(HEADS["year"][min(5, first + years)])
            years += 1
        else:
            heads.append(chance.choice([head for head in HEADS[kind] if head not in heads] or HEADS[kind]))
    top = 0
    if len(kinds) >= 4 and chance.random() < 0.3:
        top, plan.heads = 1, 2
        plan.traits.append("grouped head")
        start = chance.randint(1, len(kinds) - 3) if len(kinds) > 4 else 1
        middle = start + 2
        groups = chance.sample(GROUPS, 2)
        spans = [(start, middle), (middle, len(kinds))] if len(kinds) - middle >= 2 else [(start, middle)]
        for (left, right), group in zip(spans, groups, strict=False):
            plan.cells.append(TrueCell(0, left, group, 1, right - left))
        grouped = {column for left, right in spans for column in range(left, right)}
        for column, head in enumerate(heads):
            if column in grouped or not ruled:
                plan.cells.append(TrueCell(1, column, head))
            else:
                plan.cells.append(TrueCell(0, column, head, 2, 1))
    else:
        plan.cells += [TrueCell(0, column, head) for column, head in enumerate(heads)]
    covered: set[tuple[int, int]] = set()
    names = chance.sample(NAMES, rows)
    empty = chance.random() < 0.35
    for row in range(rows):
        for column, kind in enumerate(kinds):
            at = row + top + 1
            if (at, column) in covered:
                continue
            tall = 1
            if ruled and column == 0 and row + 1 < rows and chance.random() < 0.08:
                tall = 2
                covered.add((at + 1, 0))
                plan.traits.append("row span")
            if empty and column and chance.random() < 0.1:
                continue
            text = names[row] if kind == "name" else _value(chance, kind)
            plan.cells.append(TrueCell(at, column, text, tall, 1))
    plan.rows = rows + top + 1
    return plan


def _value(chance: random.Random, kind: str) -> str:
    if kind == "note":
        return chance.choice(NOTES)
    if kind == "count":
        return f"{chance.choice((chance.randint(1, 99), chance.randint(100, 99999))):,}"
    if kind in ("money", "year"):
        return f"{chance.randint(1, 900000) / 100:,.2f}" if chance.random() < 0.5 else f"{chance.randint(100, 99999):,}"
    if kind == "share":
        return f"{'-' if chance.random() < 0.25 else ''}{chance.randint(1, 999) / 10} %"
    return f"{chance.randint(1, 9000) / chance.choice((1, 10)):g} {chance.choice(UNITS)}"


def _page(chance: random.Random, plan: _Plan, rules: str) -> tuple[Image.Image, str]:
    paper, ink, rule, fill = chance.choice(THEMES)
    family = chance.choice(fonts.families(chance.choice(("sans", "sans", "serif", "mono"))))
    size = chance.choice((18, 20, 22, 26))
    face, bold = fonts.font(family, size), fonts.font(family, size, chance.random() < 0.7)
    pen = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    line = round(size * chance.choice((1.15, 1.25)))
    ruled = rules in ("grid", "inner")
    pad_x = round(size * (chance.uniform(0.5, 1.2) if ruled else chance.uniform(0.8, 1.6)))
    pad_y = round(size * (chance.uniform(0.25, 0.6) if ruled else chance.uniform(0.4, 0.7)))
    most = round(size * chance.choice((8, 10, 14)))
    wrapped = {
        cell: _wrap(pen, cell.text, face, most) if plan.kinds[cell.column] == "note" else [cell.text]
        for cell in plan.cells
    }
    if any(len(lines) > 1 for lines in wrapped.values()):
        plan.traits.append("wrapped")
    widths = [0.0] * len(plan.kinds)
    for cell, lines in wrapped.items():
        wide = max(pen.textlength(text, bold if cell.row < plan.heads else face) for text in lines)
        share = (wide + 2 * pad_x) / cell.columns
        for column in range(cell.column, cell.column + cell.columns):
            widths[column] = max(widths[column], share)
    heights = [line + 2 * pad_y] * plan.rows
    for cell, lines in wrapped.items():
        if cell.rows == 1:
            heights[cell.row] = max(heights[cell.row], len(lines) * line + 2 * pad_y)
    margin = round(size * chance.uniform(1.5, 3))
    title = chance.random() < 0.3
    top = margin + (round(2.4 * size) if title else 0)
    xs = [margin + round(sum(widths[:number])) for number in range(len(widths) + 1)]
    ys = [top + sum(heights[:number]) for number in range(len(heights) + 1)]
    picture = Image.new("RGB", (max(420, xs[-1] + margin), max(260, ys[-1] + margin)), paper)
    pen = ImageDraw.Draw(picture)
    if title:
        plan.traits.append("title")
        pen.text((margin, margin), chance.choice(TITLES), ink, fonts.font(family, round(size * 1.1), True))
    filled = chance.random() < 0.5 and rules != "book"
    if filled:
        pen.rectangle((xs[0], ys[0], xs[-1], ys[plan.heads]), fill)
    if rules == "zebra":
        for row in range(plan.heads, plan.rows, 2):
            pen.rectangle((xs[0], ys[row], xs[-1], ys[row + 1]), _mix(paper, fill))
    _rules(pen, rules, plan, xs, ys, rule, chance.choice((1, 2, 2, 3)))
    upright = chance.choice(("top", "middle"))
    right = chance.random() < 0.7
    head_ink = "#ffffff" if filled and fill == "#2d4a6d" else ink
    for cell, lines in wrapped.items():
        left, last = xs[cell.column], xs[cell.column + cell.columns]
        high, low = ys[cell.row], ys[cell.row + cell.rows]
        y = high + pad_y if upright == "top" else high + (low - high - len(lines) * line) / 2
        used = bold if cell.row < plan.heads else face
        for text in lines:
            colour = head_ink if cell.row < plan.heads else ink
            if cell.columns > 1:
                pen.text(((left + last) / 2, y), text, colour, used, anchor="ma")
            elif right and plan.kinds[cell.column] in NUMERIC:
                pen.text((last - pad_x, y), text, colour, used, anchor="ra")
            else:
                pen.text((left + pad_x, y), text, colour, used)
            y += line
    return picture, paper


def _rules(
    pen: ImageDraw.ImageDraw, rules: str, plan: _Plan, xs: list[int], ys: list[int], rule: str, width: int
) -> None:
    if rules in ("rows", "book"):
        for number, y in enumerate(ys):
            if rules == "rows" or number in (0, plan.heads, plan.rows):
                pen.line((xs[0], y, xs[-1], y), rule, width)
    if rules not in ("grid", "inner"):
        return
    covered = {
        (cell.row + r, cell.column + c): cell
        for cell in plan.cells
        for r in range(cell.rows)
        for c in range(cell.columns)
    }
    edge = rules == "grid"
    for row in range(plan.rows):
        for column in range(len(plan.kinds)):
            own = covered.get((row, column))
            above, before = covered.get((row - 1, column)), covered.get((row, column - 1))
            if (row or edge) and (own is None or own is not above):
                pen.line((xs[column], ys[row], xs[column + 1], ys[row]), rule, width)
            if (column or edge) and (own is None or own is not before):
                pen.line((xs[column], ys[row], xs[column], ys[row + 1]), rule, width)
    if edge:
        pen.line((xs[0], ys[-1], xs[-1], ys[-1]), rule, width)
        pen.line((xs[-1], ys[0], xs[-1], ys[-1]), rule, width)


def _wrap(pen: ImageDraw.ImageDraw, text: str, face: fonts.ImageFont.FreeTypeFont, most: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, face) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _mix(one: str, other: str) -> tuple[int, ...]:
    return tuple((int(one[at : at + 2], 16) + int(other[at : at + 2], 16)) // 2 for at in (1, 3, 5))
