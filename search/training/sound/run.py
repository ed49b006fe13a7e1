"""A training on sounds from its options to an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from search.encoders import runtime, sentence, specs
from search.encoders.base import EncoderError, unit_rows
from search.encoders.pocket import hearing
from search.training import figures, options
from search.training.errors import TrainingError
from search.training.folder import RunFolder
from search.training.loop import Watcher, fit
from search.training.sound import clips as sounds
from search.training.sound import evaluation
from search.training.sound.clips import Clips
from search.training.sound.config import SoundConfig
from search.training.sound.training import SoundTask

PRESET = "sound"
PROLONGED = False
"""Its learning rate falls towards the last step from the first on."""
TOLD_EVERY = 500
"""Sounds that were listened to, between two words about it."""
Say = Callable[[str], None]


def start(path: Path, config: SoundConfig) -> RunFolder:
    """A folder for a new run with its config and what it is trained on. Raises TrainingError."""
    config.check()
    clips = _read(config)
    trained_on, _ = _split(config, clips)
    if len(trained_on.sounds) < config.batch:
        raise TrainingError(f"{len(trained_on.sounds)} sounds are fewer than one batch. Take a smaller --batch.")
    found = {"sounds": len(trained_on.sounds), "sha256": _digest(clips)}
    return RunFolder.make(path, PRESET, {**asdict(config), **found})


def go_on(folder: RunFolder, watcher: Watcher, say: Say) -> dict[str, Any] | None:
    """Train a run that was started to its end, and store it as an encoder. None where it was stopped.

    Returns its results, which are in its folder as well: quality on what was held out, and the spec of the encoder.
    Raises TrainingError.
    """
    saved = folder.config(PRESET)
    config = options.restored(SoundConfig, saved)
    clips = _read(config)
    if _digest(clips) != saved["sha256"]:
        raise TrainingError("The sounds or captions are not those that the run was started with. Start a new one.")
    trained_on, held_out = _split(config, clips)
    say(f"{len(trained_on.sounds):,} sounds to train on, {len(held_out.sounds):,} held out. Listening to them …")
    heard = sounds.heard(
        (*trained_on.sounds, *held_out.sounds), lambda done: done % TOLD_EVERY or say(f"{done:,} heard.")
    )
    heard, unknown = heard[: len(trained_on.sounds)], heard[len(trained_on.sounds) :]
    folder = RunFolder(folder.path, keep=config.keep)
    device = runtime.device()
    try:
        words = sentence.load_minilm(specs.key_for("sentence:minilm"))
    except EncoderError as error:
        raise TrainingError(str(error)) from error
    task = SoundTask(config, trained_on, heard, words, device)
    if not fit(task, folder, epochs=config.epochs, seed=config.seed, watcher=watcher, device=device):
        return None
    say("Measuring what it learnt …")
    place = (folder.path / "encoder").resolve()
    names = dict.fromkeys(name for kind in np.unique(trained_on.kinds) for name in clips.classes[kind])
    task.tower.eval()
    hearing.store(place, task.tower.state_dict(), [*names], _centres(task, trained_on, heard))
    spec = f"sound:{place}"
    # As it is stored, in half precision.
    encoder = hearing.load(specs.key_for(spec), specs.text_key_for(spec), place)
    after = evaluation.measure(encoder, held_out, unknown).as_dict() if unknown else None
    found = {"after": after, "encoder": spec, "space": "sound"}
    folder.write_json("results.json", found)
    _draw(folder, config, found)
    return found


def speaks() -> bool:
    """It is one process."""
    return True


def told(found: dict[str, Any]) -> str:
    """The results in two lines."""
    return "\n".join([*([_line(found["after"])] if found["after"] else []), f"The encoder it made: {found['encoder']}"])


def _line(quality: dict[str, Any]) -> str:
    return (
        f"{quality['sounds']} sounds of {quality['classes']} classes: zero-shot top-1 {quality['top_1']:.3f}, "
        f"top-5 {quality['top_5']:.3f}, by the bare name {quality['top_1_by_name']:.3f}; "
        f"precision@10 {quality['precision_at_10']:.3f}; {quality['ms_per_sound']:.1f} ms a sound"
    )


def _read(config: SoundConfig) -> Clips:
    return sounds.of_folder(Path(config.data).expanduser(), config.names)


def _split(config: SoundConfig, clips: Clips) -> tuple[Clips, Clips]:
    return clips.split(Path(config.data).expanduser(), config.split, config.held_out, config.seed)


def _centres(task: SoundTask, clips: Clips, heard: list[np.ndarray]) -> np.ndarray:
    """Where the sounds of each class that there are lie, (classes, dimensions) unit vectors."""
    rows = np.stack([hearing.heard(task.tower, each, task.device) for each in heard])
    means = np.stack([rows[clips.kinds == kind].mean(axis=0) for kind in np.unique(clips.kinds)])
    return unit_rows(means)


def _draw(folder: RunFolder, config: SoundConfig, found: dict[str, Any]) -> None:
    log = folder.logged()
    steps, losses, rates = (np.array([line[name] for line in log]) for name in ("step", "loss", "learning_rate"))
    facts = {name.replace("_", " "): str(value) for name, value in asdict(config).items() if value != ""}
    if found["after"]:
        facts["after training"] = _line(found["after"])
    figures.draw(
        folder.path,
        "Learning to hear",
        facts,
        [
            figures.Curve("loss", "Loss (cross-entropy against captions)", steps, losses),
            figures.Curve("learning_rate", "Learning rate", steps, rates),
        ],
    )


def _digest(clips: Clips) -> str:
    whole = hashlib.sha256(clips.kinds.tobytes())
    for sound in clips.sounds:
        whole.update(f"{sound}\0{sound.stat().st_size}\n".encode())
    whole.update(repr(clips.captions).encode())
    return whole.hexdigest()
