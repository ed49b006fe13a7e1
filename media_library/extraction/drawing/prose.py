"""Pages of text that are drawn: letters, articles in columns, minutes with lists; to be told from other documents."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from media_library.extraction.drawing import fonts
from media_library.extraction.drawing.damage import Damage

LAYOUTS = ("letter", "article", "columns", "list", "article")
WORDS = {
    "en": (
        "the harbour was quiet when first boats came back with their nets and a thin light lay over water while people "
        "of town waited at wall for news from islands where storm had passed in night nobody could say how long it "
        "would take until road is open again but council has asked every house to keep some bread and candles at hand "
        "because winter may be early this year we thank you for letter and will answer as soon as report is complete"
    ),
    "de": (
        "der Hafen war noch still als die ersten Boote zurückkamen und ein dünnes Licht über dem Wasser lag während "
        "die Leute der Stadt an der Mauer auf Nachricht von den Inseln warteten wo in der Nacht ein Sturm gewesen war "
        "wir danken für Ihren Brief und werden antworten sobald der Bericht vollständig ist niemand konnte sagen wie"
    ),
    "fr": (
        "le port était encore calme quand les premiers bateaux sont revenus avec leurs filets et une lumière pâle "
        "couvrait la mer pendant que les gens de la ville attendaient des nouvelles des îles où la tempête avait passé "
        "nous vous remercions de votre lettre et nous répondrons dès que le rapport sera complet"
    ),
    "es": (
        "el puerto estaba tranquilo cuando volvieron los primeros barcos con sus redes y una luz fina cubría el agua "
        "mientras la gente del pueblo esperaba noticias de las islas donde había pasado la tormenta agradecemos su "
        "carta y contestaremos en cuanto el informe esté completo"
    ),
}
HEADINGS = (
    "Report of the spring",
    "What was agreed",
    "A walk along the coast",
    "Notes",
    "Chapter two",
    "To all members",
)


@dataclass
class DrawnPage:
    seed: int
    picture: Image.Image
    layout: str
    damage: Damage


def draw(seed: int) -> DrawnPage:
    """The page of `seed`."""
    chance = random.Random(seed * 32452843 + 1)
    layout = chance.choice(LAYOUTS)
    words = WORDS[chance.choice(tuple(WORDS))].split()
    family = chance.choice(fonts.families(chance.choice(("sans", "serif", "serif", "mono"))))
    size = chance.choice((20, 22, 26, 30))
    face, bold = fonts.font(family, size), fonts.font(family, round(size * 1.5), True)
    width = chance.choice((1240, 1240, 1000))
    height = chance.choice((1754, 1754, 900, 1300))
    page = Image.new("RGB", (width, height), chance.choice(("#ffffff", "#ffffff", "#fbf8f0")))
    pen = ImageDraw.Draw(page)
    margin = round(width * chance.uniform(0.07, 0.14))
    y = float(margin)
    if layout == "letter":
        for row in ("Halden & Sons", f"{chance.randint(1, 99)} Harbour Road", "Malmö"):
            pen.text((margin, y), row, "#222222", face)
            y += size * 1.3
        day = f"{chance.randint(1, 28)} May {chance.randint(1990, 2026)}"
        pen.text((width - margin, y), day, "#222222", face, anchor="ra")
        y += size * 3
    else:
        pen.text((margin, y), chance.choice(HEADINGS), "#111111", bold)
        y += size * 3
    if layout == "columns":
        gap = size * 2
        half = (width - 2 * margin - gap) // 2
        for left in (margin, margin + half + gap):
            _paragraphs(chance, pen, words, face, (left, y, left + half, height - margin))
    else:
        _paragraphs(chance, pen, words, face, (margin, y, width - margin, height - margin), listed=layout == "list")
    if chance.random() < 0.6:
        pen.text((width / 2, height - margin / 2), str(chance.randint(1, 300)), "#222222", face, anchor="mm")
    damage = Damage.some(chance)
    return DrawnPage(seed, damage.apply(page, seed), layout, damage)


def _paragraphs(
    chance: random.Random,
    pen: ImageDraw.ImageDraw,
    words: list[str],
    face: fonts.ImageFont.FreeTypeFont,
    box: tuple[float, float, float, float],
    listed: bool = False,
) -> None:
    left, y, right, bottom = box
    line = face.size * chance.uniform(1.25, 1.6)
    number = 0
    end = bottom - chance.choice((0.0, 0.0, 0.3)) * (bottom - y)
    while y < end - line:
        number += 1
        start = f"{number}. " if listed else ""
        text = start
        for _ in range(chance.randint(12, 30) if listed else chance.randint(40, 120)):
            word = chance.choice(words)
            if chance.random() < 0.02:
                word = str(chance.randint(2, 2000))
            word = word.capitalize() if text in ("", start) or text.endswith(". ") else word
            if pen.textlength(text + word, face) > right - left:
                pen.text((left, y), text, "#1a1a1a", face)
                y += line
                text = ""
                if y > end - line:
                    return
            text += word + (". " if chance.random() < 0.07 else ", " if chance.random() < 0.06 else " ")
        pen.text((left, y), f"{text.strip(' ,.')}.", "#1a1a1a", face)
        y += line * chance.choice((1.0, 1.5, 1.8))
