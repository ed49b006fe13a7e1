"""A fine-tuning from its options to an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from search.training import figures, options
from search.training.clip import evaluation, model, pairs
from search.training.clip.config import ClipConfig, PocketConfig
from search.training.clip.pairs import Pairs
from search.training.clip.processes import Processes
from search.training.clip.training import ClipTask
from search.training.errors import TrainingError
from search.training.folder import RunFolder
from search.training.loop import Watcher, fit

CONFIGS = {config.preset: config for config in (ClipConfig, PocketConfig)}
PROLONGED = False
"""Its learning rate falls towards the last step from the first on."""
Say = Callable[[str], None]


def start(path: Path, config: ClipConfig) -> RunFolder:
    """A folder for a new run with its config and what it is trained on. Raises TrainingError, on every process."""
    processes, problem = Processes.join(), ""
    if processes.first:
        try:
            config.check()
            named = read(config, path)
            data = pairs.checked(pairs.readable(named, config.skip_unreadable))
            left_out = [str(each) for each in sorted({*named.pictures} - {*data.pictures})]
            found = {"pictures": len(data.pictures), "sha256": _digest(data), "left_out": left_out}
            RunFolder.make(path, config.preset, {**asdict(config), **found})
        except TrainingError as error:
            problem = str(error)
    path, problem = processes.same((path, problem))
    if problem:
        raise TrainingError(problem)
    return RunFolder(path)


def speaks() -> bool:
    """Whether this is the one of several processes that tells how it goes."""
    return Processes.join().first


def read(config: ClipConfig, folder: Path) -> Pairs:
    """What the config names, with no look at the pictures themselves. Raises TrainingError where it cannot be read."""
    path = Path(config.data).expanduser()
    if config.data == "library":
        from search.training.clip.library import of_library

        return of_library(folder)
    return pairs.of_folder(path, config.names) if path.is_dir() else pairs.of_csv(path)


def go_on(folder: RunFolder, watcher: Watcher, say: Say) -> dict[str, Any] | None:
    """Train a run that was started to its end, and store it as an encoder. None where it was stopped.

    Returns its results, which are in its folder as well: quality before and after on what was held out, and the spec of
    the encoder. Raises TrainingError.
    """
    saved = folder.config(*CONFIGS)
    config = options.restored(CONFIGS[saved["preset"]], saved)
    # Which of them can be read was seen when the run was started.
    data = read(config, folder.path).without(saved["left_out"])
    if _digest(data) != saved["sha256"]:
        raise TrainingError("The pictures or captions are not those that the run was started with. Start a new one.")
    trained_on, held_out = data.split(config.held_out, config.seed)
    say(f"{len(trained_on.pictures):,} pictures to train on, {len(held_out.pictures):,} held out.")
    processes = Processes.join()
    folder = RunFolder(folder.path, writes=processes.first, keep=config.keep)
    encoder = model.load(config)
    size = config.size or model.picture_size(encoder)
    before = _before(folder, encoder, held_out) if processes.first else None
    task = ClipTask(config, encoder, trained_on, size, config.epochs, processes)
    start = model.start(config, task.towers) if config.start_share else {}
    # Asked by all of them together: one that stopped alone would leave the others waiting for it.
    together = Watcher(watcher.tell, lambda: processes.any(watcher.stopping()))
    if not fit(task, folder, epochs=config.epochs, seed=config.seed, watcher=together, device=encoder.device):
        return None
    found = None
    if processes.first:
        task.towers.eval()
        if start:
            task.towers.restore(model.between(task.towers.learnt(), start, config.start_share))
        say("Measuring what it learnt …")
        if config.served_size:
            size = config.served_size
            encoder = model.looking(encoder, size)
        after = evaluation.measure(encoder, held_out).as_dict() if held_out.pictures else None
        spec = model.store(encoder, config, folder.path / "encoder", size)
        found = {"before": before, "after": after, "encoder": spec}
        folder.write_json("results.json", found)
        _draw(folder, config, found)
    return processes.same(found)


def _before(folder: RunFolder, encoder: Any, held_out: Pairs) -> dict[str, Any] | None:
    """Measured once: a run that goes on has other weights by then."""
    if not held_out.pictures:
        return None
    known = folder.read_json("before.json")
    if known is None:
        known = evaluation.measure(encoder, held_out).as_dict()
        folder.write_json("before.json", known)
    return known


def _draw(folder: RunFolder, config: ClipConfig, found: dict[str, Any]) -> None:
    log = folder.logged()
    steps, losses, rates = (np.array([line[name] for line in log]) for name in ("step", "loss", "learning_rate"))
    facts = {name.replace("_", " "): str(value) for name, value in asdict(config).items() if value != ""}
    for when in ("before", "after"):
        if found[when]:
            facts[f"{when} training"] = _line(found[when])
    figures.draw(
        folder.path,
        "Fine-tuning",
        facts,
        [
            figures.Curve("loss", "Loss (InfoNCE)", steps, losses),
            figures.Curve("learning_rate", "Learning rate", steps, rates),
        ],
    )


def told(found: dict[str, Any]) -> str:
    """The results in a few lines."""
    lines = [f"{when}: {_line(found[when])}" for when in ("before", "after") if found[when]]
    return "\n".join([*lines, f"The encoder it made: {found['encoder']}"])


def _line(quality: dict[str, Any]) -> str:
    recall = {
        way: " / ".join(f"{share:.3f}" for share in quality[way].values())
        for way in ("picture_to_text", "text_to_picture")
    }
    line = f"recall@1/5/10 {recall['picture_to_text']} picture to text, {recall['text_to_picture']} text to picture"
    if quality["top_1"] is not None:
        line += f"; zero-shot top-1 {quality['top_1']:.3f}, top-5 {quality['top_5']:.3f}"
        line += f"; precision@10 {quality['precision_at_10']:.3f}"
    return line


def _digest(data: Pairs) -> str:
    whole = hashlib.sha256(data.kinds.tobytes())
    for picture in data.pictures:
        size = picture.stat().st_size if picture.exists() else None
        whole.update(f"{picture}\0{size}\n".encode())
    whole.update(repr(data.captions).encode())
    return whole.hexdigest()
