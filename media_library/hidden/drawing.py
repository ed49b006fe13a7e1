"""Drawing a message in one colour on another that hardly differs from it."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

INK, GROUND = "#73D955", "#7ED957"
"""The two greens of the course: 11, 0 and 2 of 255 apart in red, green and blue."""

SMALLEST_FONT, LARGEST_FONT = 10, 96
LONGEST_MESSAGE = 300
NARROWEST, WIDEST, HIGHEST = 320, 1200, 2400
"""Pixels of the picture."""
MARGIN = 1.5
"""Around the message, in heights of its letters."""

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

Colour = tuple[int, int, int]


class CannotDraw(ValueError):
    """The message is a sentence for the user."""


@dataclass(frozen=True)
class Message:
    """What is drawn. Colours as #RRGGBB or #RGB; `size` of the font in pixels."""

    text: str
    size: int = 40
    ink: str = INK
    ground: str = GROUND


def colour(text: str) -> Colour:
    """Red, green and blue, 0 to 255, of ``#73D955`` or ``#7d5``. Raises CannotDraw."""
    found = _COLOUR.fullmatch(text.strip())
    if not found:
        raise CannotDraw(f"“{text[:20]}” is not a colour. Write one like {INK}.")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def draw(message: Message) -> Image.Image:
    """An RGB picture of `message`, as large as it needs. Raises CannotDraw with a sentence."""
    text = message.text.replace("\0", "").strip()
    if not text:
        raise CannotDraw("Write a message to hide.")
    if len(text) > LONGEST_MESSAGE:
        raise CannotDraw(f"The message may have at most {LONGEST_MESSAGE} characters.")
    if not SMALLEST_FONT <= message.size <= LARGEST_FONT:
        raise CannotDraw(f"Choose a font size from {SMALLEST_FONT} to {LARGEST_FONT} pixels.")
    ink, ground = colour(message.ink), colour(message.ground)
    if ink == ground:
        raise CannotDraw("The two colours are the same, so nobody could ever read it. Change one of them a little.")
    font = _font(message.size)
    if unknown := sorted({each for each in text if not each.isspace() and not _drawable(font, each)}):
        raise CannotDraw(f"The font has no “{unknown[0]}”. Write the message without it.")
    lines = _lines(text, font)
    margin = round(message.size * MARGIN)
    high = round(message.size * 1.4)
    width = max(NARROWEST, max(round(font.getlength(line)) for line in lines) + 2 * margin)
    height = len(lines) * high + 2 * margin
    if height > HIGHEST or width > WIDEST + 2 * margin:
        raise CannotDraw("The message is too long for letters of that size. Choose a smaller font.")
    picture = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((margin, margin + number * high), line, font=font, fill=ink)
    return picture


def _lines(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """`text` broken at spaces where it is wider than WIDEST."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > WIDEST:
                lines.append(line)
                line = word
            else:
                line = longer
        if line:
            lines.append(line)
    return lines


def _drawable(font: ImageFont.FreeTypeFont, character: str) -> bool:
    missing = font.getmask("\uffff").getbbox(), bytes(font.getmask("\uffff"))
    drawn = font.getmask(character)
    return (drawn.getbbox(), bytes(drawn)) != missing


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib and knows Latin, Greek and Cyrillic; Pillow's own font without it."""
    # Found, not imported: matplotlib takes half a second.
    if (spec := importlib.util.find_spec("matplotlib")) and spec.origin:
        path = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)
