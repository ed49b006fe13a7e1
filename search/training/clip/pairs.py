"""Pictures and what is said about them, from wherever they are."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from search.training.errors import TrainingError

FEWEST = 16
"""Pairs: fewer can be learnt by heart and tell nothing."""
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"}
FILE_COLUMNS, CAPTION_COLUMNS = ("file", "path", "filename", "image", "filepath"), ("caption", "text", "title")
TEMPLATES = (
    "{}",
    "a photo of a {}",
    "a picture of a {}",
    "a {} in a scene",
    "a close-up of a {}",
    "this is a {}",
)
"""How a class is spoken of. The first is how people search."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """`kinds` int64 of shape (n,) gives each of n `pictures` its kind, `captions` what may be said of each kind.

    Pictures that share a caption are of one kind, so that none is told from another that it may as well be. `classes`
    has the names of the kinds where they are classes, and is empty where each is one picture or a few.
    """

    pictures: tuple[Path, ...]
    kinds: np.ndarray
    captions: tuple[tuple[str, ...], ...]
    classes: tuple[tuple[str, ...], ...] = ()

    def take(self, rows: np.ndarray) -> Pairs:
        """Those `rows`, with all kinds."""
        return replace(self, pictures=tuple(self.pictures[row] for row in rows), kinds=self.kinds[rows])

    def without(self, pictures: Iterable[str]) -> Pairs:
        """Those whose paths are not among `pictures`."""
        left_out = set(pictures)
        return self.take(np.flatnonzero([str(picture) not in left_out for picture in self.pictures]))

    def split(self, held_out: float, seed: int) -> tuple[Pairs, Pairs]:
        """What is trained on, and a share that is not: of each class, or of the kinds where there are no classes."""
        rng = np.random.default_rng((seed, 1))
        if self.classes:
            out = np.zeros(len(self.kinds), dtype=bool)
            for kind in range(len(self.captions)):
                rows = np.flatnonzero(self.kinds == kind)
                out[rng.permutation(rows)[: int(len(rows) * held_out)]] = True
        else:
            kinds = rng.permutation(len(self.captions))[: int(len(self.captions) * held_out)]
            out = np.isin(self.kinds, kinds)
        return self.take(np.flatnonzero(~out)), self.take(np.flatnonzero(out))


def readable(pairs: Pairs, skip: bool) -> Pairs:
    """`pairs` without pictures that cannot be opened. Raises TrainingError for those, unless it may `skip` them."""
    broken = {row: reason for row, picture in enumerate(pairs.pictures) if (reason := _unreadable(picture))}
    if not broken:
        return pairs
    if not skip:
        first = "; ".join(f"{pairs.pictures[row]} ({reason})" for row, reason in list(broken.items())[:3])
        raise TrainingError(
            f"{len(broken):,} of {len(pairs.pictures):,} pictures cannot be read: {first}. "
            "Mend or remove them, or leave them out with --skip-unreadable."
        )
    return pairs.without(str(pairs.pictures[row]) for row in broken)


def checked(pairs: Pairs) -> Pairs:
    """`pairs`, if they teach anything. Raises TrainingError."""
    if len(pairs.pictures) < FEWEST:
        raise TrainingError(
            f"{len(pairs.pictures)} pictures with captions are too few to learn from; {FEWEST} is the least."
        )
    if len(np.unique(pairs.kinds)) < 2:
        raise TrainingError(
            "All captions are the same, so there is nothing to tell apart. Give the pictures captions of their own."
        )
    return pairs


def _unreadable(path: Path) -> str:
    try:
        with Image.open(path) as picture:
            picture.draft("RGB", (8, 8))
        return ""
    except FileNotFoundError:
        return "not there"
    except Exception as error:  # Pillow's readers promise no set of exceptions
        return str(error).replace(repr(str(path)), "").strip() or type(error).__name__


# --- A folder with a folder per class --------------------------------------------------------------------


def of_folder(folder: Path, names: str = "") -> Pairs:
    """Each folder below it is a class, called by its name or by those that the JSON file `names` gives it."""
    called, said = _names(Path(names).expanduser()) if names else ({}, {})
    found = {each: _pictures(each) for each in sorted(folder.iterdir()) if each.is_dir()}
    found = {each: pictures for each, pictures in found.items() if pictures}
    if not found:
        raise TrainingError(f"{folder} has no folders with pictures in them, one for each class.")
    classes = tuple(called.get(each.name) or (each.name.replace("_", " ").replace("-", " "),) for each in found)
    return Pairs(
        pictures=tuple(picture for pictures in found.values() for picture in pictures),
        kinds=np.repeat(np.arange(len(found)), [len(pictures) for pictures in found.values()]),
        captions=tuple(
            (*prompts(each), *said.get(folder.name, ())) for folder, each in zip(found, classes, strict=True)
        ),
        classes=classes,
    )


def prompts(names: Sequence[str]) -> tuple[str, ...]:
    """Every name in every template."""
    return tuple(template.format(name) for name in names for template in TEMPLATES)


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def _names(path: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The names of classes, and the whole sentences for some of them."""
    try:
        given = {
            folder: value if isinstance(value, dict) else {"names": value}
            for folder, value in json.loads(path.read_text()).items()
        }
        return tuple(
            {folder: _strings(value[part]) for folder, value in given.items() if value.get(part)}
            for part in ("names", "captions")
        )
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise TrainingError(f'{path} cannot be read as {{"folder": ["name", …]}}: {error}') from error


def _strings(value: str | list[object]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


# --- Pictures with captions ------------------------------------------------------------------------------


def of_csv(path: Path) -> Pairs:
    """A row for each caption; files are named from the CSV's own folder."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            columns = [name.strip().lower() for name in rows.fieldnames or []]
            rows.fieldnames = columns
            file = next((name for name in FILE_COLUMNS if name in columns), None)
            caption = next((name for name in CAPTION_COLUMNS if name in columns), None)
            if not file or not caption:
                raise TrainingError(f"{path} needs a first line with the columns file and caption; it has: {columns}.")
            said = [(path.parent / row[file], row[caption]) for row in rows if row[file] and row[caption]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error
    return of_captions(said)


def of_captions(said: Iterable[tuple[Path, str]]) -> Pairs:
    """Pairs of picture and caption; a picture may have several."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    captions: dict[str, int] = {}
    spoken: dict[str, str] = {}
    pictures: dict[Path, int] = {}
    edges = []
    for picture, caption in said:
        words = " ".join(caption.split())
        if words:
            same = words.casefold()
            spoken.setdefault(same, words)
            edges.append((pictures.setdefault(picture, len(pictures)), captions.setdefault(same, len(captions))))
    if not edges:
        raise TrainingError("There are no pictures with captions.")
    # Pictures and captions as one graph: what hangs together is a kind.
    rows, columns = np.array(edges).T
    size = len(pictures) + len(captions)
    graph = coo_array((np.ones(len(edges)), (rows, columns + len(pictures))), shape=(size, size))
    _, kinds = connected_components(graph, directed=False)
    grouped = defaultdict(list)
    for words, number in captions.items():
        grouped[int(kinds[len(pictures) + number])].append(spoken[words])
    return Pairs(
        pictures=tuple(pictures),
        kinds=kinds[: len(pictures)].astype(np.int64),
        captions=tuple(tuple(grouped[kind]) for kind in range(len(grouped))),
    )
