"""The pocket encoder's ear: a small network that puts sounds where words for them lie, with no download.

pocket-sound.safetensors holds its weights, sound.json their record. docs/model_card_pocket.md says what it knows and
how it was made. One that was trained here lies in a folder of its own, with the same two files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.encoders import fingerprint, runtime, sentence
from search.encoders.base import EncoderError, TextEncoder, unit_rows

if TYPE_CHECKING:
    import torch

OWN = Path(__file__).parent
"""The one that comes with the project."""

RECORD, WEIGHTS = "sound.json", "pocket-sound.safetensors"

CENTRES = "centres"
"""The name of what lies among the weights and is none: where the sounds of each class lie that it was taught with."""

FAMILIAR = 0.83
"""Cosine to the nearest centre below which a sound is none of what it was taught. Of unheard sounds of those classes
.94 lie above; bells, heartbeats, pianos and clicks, which it was never taught, lie below."""


@dataclass(frozen=True)
class PocketHearing:
    """Sounds and words in the space of all-MiniLM-L6-v2."""

    key: str
    text_key: str
    dimensions: int
    tower: Any
    words: TextEncoder
    knows: tuple[str, ...]
    centres: np.ndarray
    device: torch.device

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self.words.encode_texts(texts)

    def encode_sounds(self, spectrograms: Sequence[np.ndarray]) -> np.ndarray:
        rows = [heard(self.tower, each, self.device) for each in spectrograms]
        return unit_rows(np.stack(rows)) if rows else np.empty((0, self.dimensions), np.float32)

    def familiar(self, rows: np.ndarray) -> np.ndarray:
        return (rows @ self.centres.T).max(axis=1, initial=-1) >= FAMILIAR


def heard(tower: Any, spectrogram: np.ndarray, device: torch.device) -> np.ndarray:
    """Where the parts of one spectrogram point to together, by a network that is ready to listen; (dimensions,)."""
    import torch

    from search.encoders.pocket import ear

    parts = ear.windows(spectrogram)
    with torch.inference_mode():
        rows = [
            tower(torch.from_numpy(parts[at : at + runtime.BATCH]).to(device)).float().cpu().numpy()
            for at in range(0, len(parts), runtime.BATCH)
        ]
    return unit_rows(np.concatenate(rows)).mean(axis=0)


def weights_sha256(folder: Path = OWN) -> str:
    """The recorded SHA-256 of the weights: the encoder's identity, known without reading them. Raises EncoderError."""
    return str(_record(folder)["sha256"])


def _record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / RECORD).read_text())
        return {"sha256": record["sha256"], "knows": record["knows"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"There is no encoder of sounds in {folder}: its {RECORD} cannot be read.") from error


def store(folder: Path, tower: dict[str, torch.Tensor], knows: Sequence[str], centres: np.ndarray) -> None:
    """Write the network's parameters and `centres`, (classes, dimensions), in half precision, and their record with the
    names of what it `knows`."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    halves = {
        name: (value.half() if value.is_floating_point() else value).to("cpu", memory_format=torch.contiguous_format)
        for name, value in {**tower, CENTRES: torch.from_numpy(centres)}.items()
    }
    save_file(halves, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    record = {"sha256": fingerprint.of_file(folder / WEIGHTS), "knows": list(knows)}
    (folder / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def load(key: str, text_key: str, folder: Path = OWN) -> PocketHearing:
    """The encoder in `folder`, its words those of the process's one MiniLM. Raises EncoderError."""
    path = folder / WEIGHTS
    if fingerprint.of_file(path) != weights_sha256(folder):
        raise EncoderError(
            f"The weights of the encoder of sounds in {path} are damaged: their SHA-256 is not the recorded one. "
            "Restore the file from the project's repository, or from where it was trained."
        )
    words = sentence.load_minilm(text_key)
    import torch
    from safetensors.torch import load_file

    from search.encoders.pocket import ear

    with torch.device("meta"):
        tower = ear.SoundTower(words.dimensions)
    try:
        parameters = load_file(path)
        centres = unit_rows(parameters.pop(CENTRES).float().numpy())
        tower.load_state_dict(parameters, assign=True)
    except (RuntimeError, KeyError) as error:
        raise EncoderError(f"The weights in {path} are of another version. Restore or train them anew.") from error
    tower = tower.float().to(runtime.device(), memory_format=torch.channels_last)
    knows = tuple(map(str, _record(folder)["knows"]))
    return PocketHearing(key, text_key, words.dimensions, tower.eval(), words, knows, centres, runtime.device())
