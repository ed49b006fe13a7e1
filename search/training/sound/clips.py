"""Sounds by class and what is said about each class."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from media_library import formats
from media_library.formats.base import FileRejected, Limits
from search.training.errors import TrainingError

SUFFIXES = {".wav", ".ogg", ".oga", ".opus", ".mp3", ".flac", ".m4a", ".aac"}
TEMPLATES = ("{}", "{}", "the sound of a {}", "a recording of a {}", "a {} can be heard")
"""How a class is spoken of. Its bare name counts twice: it is how people search, and pictures of it lie near it."""
FEWEST = 16
LONGEST_S = 60.0
"""Of a clip; what comes later is not heard."""
BUDGET_S = 30.0


@dataclass(frozen=True, slots=True)
class Clips:
    """`kinds` int64 of shape (n,) gives each of n `sounds` its class, `captions` what may be said of each class, and
    `classes` their names, the one that people search by first."""

    sounds: tuple[Path, ...]
    kinds: np.ndarray
    captions: tuple[tuple[str, ...], ...]
    classes: tuple[tuple[str, ...], ...]

    def take(self, rows: np.ndarray) -> Clips:
        """Those `rows`, with all classes."""
        return replace(self, sounds=tuple(self.sounds[row] for row in rows), kinds=self.kinds[rows])

    def split(self, root: Path, file: str, share: float, seed: int) -> tuple[Clips, Clips]:
        """What is trained on, and what is held out: what the JSON `file` names, or without one a `share` of each class.

        Raises TrainingError.
        """
        if not file:
            rng, out = np.random.default_rng((seed, 1)), np.zeros(len(self.kinds), dtype=bool)
            for kind in range(len(self.captions)):
                rows = np.flatnonzero(self.kinds == kind)
                out[rng.permutation(rows)[: int(len(rows) * share)]] = True
            return self.take(np.flatnonzero(~out)), self.take(np.flatnonzero(out))
        given = _json(Path(file).expanduser())
        held_out, left_out = (set(map(str, given.get(part, ()))) for part in ("held_out", "left_out"))
        names = [path.relative_to(root).as_posix() for path in self.sounds]
        if lacking := sorted(held_out - set(names)):
            raise TrainingError(f"{file} holds out what is not there, {lacking[0]} for one.")
        out = np.array([name in held_out for name in names])
        neither = np.array([name in left_out for name in names])
        return self.take(np.flatnonzero(~out & ~neither)), self.take(np.flatnonzero(out))


def of_folder(folder: Path, names: str = "") -> Clips:
    """Each folder below it is a class, called by its name or by those that the JSON file `names` gives it.

    Raises TrainingError where there are too few.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder} is no folder.")
    called = _json(Path(names).expanduser()) if names else {}
    found = {each: _sounds(each) for each in sorted(folder.iterdir()) if each.is_dir()}
    found = {each: sounds for each, sounds in found.items() if sounds}
    if len(found) < 2 or sum(map(len, found.values())) < FEWEST:
        raise TrainingError(
            f"{folder} needs at least two folders with sounds in them, one for each class, and {FEWEST} sounds."
        )
    spoken = [_spoken(each.name, called.get(each.name)) for each in found]
    return Clips(
        sounds=tuple(sound for sounds in found.values() for sound in sounds),
        kinds=np.repeat(np.arange(len(found)), [len(sounds) for sounds in found.values()]),
        captions=tuple(captions for _, captions in spoken),
        classes=tuple(names for names, _ in spoken),
    )


def _sounds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def _spoken(folder: str, given: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a class, and all that may be said of it."""
    told = given if isinstance(given, dict) else {"names": given}
    names, captions = _strings(told.get("names")), _strings(told.get("captions"))
    names = names or (folder.replace("_", " ").replace("-", " "),)
    return names, (*(template.format(name) for name in names for template in TEMPLATES), *captions)


def _strings(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _json(path: Path) -> dict[str, Any]:
    try:
        given = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error
    if not isinstance(given, dict):
        raise TrainingError(f"{path} should hold a JSON object.")
    return given


# --- Hearing them ----------------------------------------------------------------------------------------


def heard(sounds: Sequence[Path], tell: Callable[[int], object] = lambda done: None) -> list[np.ndarray]:
    """The spectrogram of each, as the library would hear it. Raises TrainingError for one that is none."""
    made = []
    for path in sounds:
        made.append(spectrogram_of(path))
        tell(len(made))
    return made


def spectrogram_of(path: Path) -> np.ndarray:
    """uint8 (columns, pitches) of the first minute of a sound. Raises TrainingError."""
    from media_library.formats.ears import Ear
    from media_library.formats.listening import listen
    from media_library.formats.sounds import SOUND_ALONE
    from media_library.formats.spectrograms import COLUMNS_S

    ear = Ear()
    try:
        sniffed = formats.sniff(path)
        if sniffed.kind not in ("sound", "video"):
            raise FileRejected("no-sound", "It is no sound.")
        listen(path, SOUND_ALONE.get(sniffed.mime_type, sniffed.mime_type), Limits(), BUDGET_S, ear=ear)
    except (FileRejected, OSError) as error:
        raise TrainingError(f"{path} cannot be heard: {error}") from error
    return ear.spectrogram()[: round(LONGEST_S * COLUMNS_S)]
