"""Sounds that are one recording: cut, shifted, louder or encoded otherwise.

    python -m bench.pocket_data.doubles OUT --fold 5

writes ``OUT/sounds-fold-5.json``: the clips of that fold of ESC-10, which are held out, and every double of one of
them, which is left out of training. Three of the sources are copies of one another in part.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np

from search.training.sound.clips import spectrogram_of

SAME = 0.9
"""Correlation from which on two clips are one recording: different barks of one dog stay below 0.8."""
TEMPLATE = 75
"""Columns of 20 ms that are looked for: one and a half seconds, the loudest of a clip."""
LENGTH = 2048
"""Columns of 20 ms that are looked through: 40 seconds."""
ESC = re.compile(r"esc-10-.*-(?P<fold>[1-5])-\d+-[A-Z]\.ogg$")


class Prints:
    """Clips ready to be compared."""

    def __init__(self, heard: list[np.ndarray]) -> None:
        halved = [_halved(each) for each in heard]
        self.templates = [_template(each) for each in halved]
        self.spectra = [np.fft.rfft(each, 2 * LENGTH, axis=0).astype(np.complex64) for each in halved]
        self.squares = [np.concatenate([[0], np.cumsum((each**2).sum(axis=1))]) for each in halved]

    def correlation(self, which: int, within: int) -> float:
        """How well the loudest part of one fits somewhere into another, up to 1."""
        template, squares = self.templates[which], self.squares[within]
        places = len(squares) - len(template)
        if places < 1:
            return 0.0
        spectrum = np.fft.rfft(template[::-1], 2 * LENGTH, axis=0)
        products = np.fft.irfft((spectrum * self.spectra[within]).sum(axis=1), 2 * LENGTH)
        products = products[len(template) - 1 : len(template) - 1 + places]
        local = np.sqrt(np.maximum(squares[len(template) :] - squares[: -len(template)], 1e-9))
        # Nothing but silence fits anything.
        heard = local > 0.25 * np.linalg.norm(template)
        return float((products / (np.linalg.norm(template) * local))[heard].max(initial=0.0))


def _halved(heard: np.ndarray) -> np.ndarray:
    """(columns of 20 ms, pitches), each pitch without its mean, so that a hum tells nothing."""
    columns = heard[: 2 * min(len(heard) // 2, LENGTH)].reshape(-1, 2, heard.shape[1]).mean(axis=1)
    columns = np.maximum(columns, columns.max() - 120)  # 60 dB below the loudest
    return columns - columns.mean(axis=0) if len(columns) > 1 else columns - columns.mean()


def _template(columns: np.ndarray) -> np.ndarray:
    length = min(TEMPLATE, len(columns))
    energy = np.concatenate([[0], np.cumsum((columns**2).sum(axis=1))])
    start = int(np.argmax(energy[length:] - energy[:-length]))
    return columns[start : start + length]


def doubles(clips: list[Path], wanted: list[int]) -> dict[int, set[int]]:
    """For each of `wanted` the numbers of the clips that are the same recording."""
    prints = Prints([spectrogram_of(path) for path in clips])
    found: dict[int, set[int]] = {}
    for one in wanted:
        for other in range(len(clips)):
            if other != one and max(prints.correlation(one, other), prints.correlation(other, one)) >= SAME:
                found.setdefault(one, set()).add(other)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--fold", type=int, default=5)
    given = parser.parse_args()
    root = given.out / "sounds"
    held_out: list[str] = []
    left_out: set[str] = set()
    for folder in sorted(each for each in root.iterdir() if each.is_dir()):
        clips = sorted(folder.iterdir())
        wanted = [number for number, path in enumerate(clips) if _fold(path) == given.fold]
        if not wanted:
            continue
        same = doubles(clips, wanted)
        names = [str(path.relative_to(root)) for path in clips]
        held_out += [names[number] for number in wanted]
        own = {names[other] for others in same.values() for other in others} - {names[number] for number in wanted}
        print(f"{folder.name:16} {len(wanted):3} held out, {len(own):3} doubles of them left out")
        left_out |= own
    content = {"held_out": held_out, "left_out": sorted(left_out)}
    (given.out / f"sounds-fold-{given.fold}.json").write_text(json.dumps(content, indent=1))


def _fold(path: Path) -> int | None:
    match = ESC.search(path.name)
    return int(match["fold"]) if match else None


if __name__ == "__main__":
    main()
