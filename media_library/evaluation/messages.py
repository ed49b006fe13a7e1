"""Hidden messages of varied words, sizes and colours: how many the reader reads without any mistake."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator

from PIL import Image

from media_library.evaluation import Result, Told
from media_library.hidden import drawing, reading

WORDS = """
meet me at the old harbour before sunrise bring lantern key seven blue doors nobody knows about garden behind
wall train leaves midnight platform nine follow river until bridge turns north letter under third stone do not trust
captain signal clear three knocks winter comes early this year silver spoon table remember first word every page
market closes tomorrow evening send help quickly all quiet along border message hidden plain sight green light means
wait red leave now find museum clock stopped four dream begins where road ends tell queen crown safe
"""

SHORTEST_DISTANCE, LONGEST_DISTANCE = 4, 26
"""Between the two colours, in RGB of 0 to 255: from what only a machine sees to what one sees on a second look."""

SIZES = (14, 16, 18, 20, 24, 28, 32, 40, 48, 64, 80)
LOSSY = 0.15
"""The share that is stored as JPEG, as a picture that is passed on often is."""


def measure(count: int, seed: int, told: Told) -> Result:
    """Draw `count` messages and read each.

    Figures: exact, the share that is read without any mistake, of pictures as they were drawn; the same of those stored
    with losses (exact_jpeg); and by_character of all: 1 less the mistakes per character.
    """
    begun, mistakes, characters, misses = time.monotonic(), 0, 0, []
    right: dict[bool, list[bool]] = {False: [], True: []}
    for number, (message, lossy) in enumerate(cases(count, seed), 1):
        read = reading.read_here(_stored(drawing.draw(message), lossy))
        wrong = distance(message.text, read)
        right[lossy].append(not wrong)
        mistakes += wrong
        characters += len(message.text)
        if wrong:
            colours = f"{message.ink} on {message.ground}"
            misses.append({"text": message.text, "read": read, "size": message.size, "colours": colours, "jpeg": lossy})
        told(number, count)
    figures = {
        name: sum(each) / len(each) for name, each in zip(("exact", "exact_jpeg"), right.values(), strict=True) if each
    }
    figures["by_character"] = max(0.0, 1 - mistakes / characters)
    return Result("hidden messages", count, time.monotonic() - begun, figures, misses)


def cases(count: int, seed: int) -> Iterator[tuple[drawing.Message, bool]]:
    """`count` messages, with whether each is stored with losses; the same ones for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        words = chance.sample(WORDS.split(), chance.randint(1, 8))
        if chance.random() < 0.25:
            words.append(str(chance.randint(10, 9999)))
        text = " ".join(words)
        text = chance.choice((text, text.capitalize(), text.upper(), text.title()))
        ground = tuple(chance.randint(30, 225) for _ in range(3))
        if number == 0:
            yield drawing.Message("The crown is safe"), False
            continue
        lossy = chance.random() < LOSSY
        # JPEG keeps nothing of differences that small.
        ink = _near(chance, ground, 14 if lossy else SHORTEST_DISTANCE)
        size = chance.choice([size for size in SIZES if not lossy or size >= 24])
        yield drawing.Message(text, size, _hex(ink), _hex(ground)), lossy


def _near(chance: random.Random, ground: tuple[int, ...], least: int) -> tuple[int, ...]:
    while True:
        ink = tuple(level + chance.randint(-18, 18) for level in ground)
        apart = sum((one - other) ** 2 for one, other in zip(ink, ground, strict=True)) ** 0.5
        if least <= apart <= LONGEST_DISTANCE:
            return ink


def _hex(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{level:02X}" for level in colour)


def _stored(picture: Image.Image, lossy: bool) -> Image.Image:
    if not lossy:
        return picture
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def distance(one: str, other: str) -> int:
    """Letters to change, add or leave out to make one of the other (Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, same in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != same))
    return row[-1]
