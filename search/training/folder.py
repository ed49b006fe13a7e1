"""The folder of a run: its config, its log, its checkpoints and what came out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.training.errors import TrainingError

if TYPE_CHECKING:
    from search.training.loop import Progress


class RunFolder:
    """Everything about one run. What is written under a name is there whole or not at all.

    ``config.json``, ``log.jsonl`` (a line every few steps), ``checkpoints/epoch-003.pt`` (and ``stopped.pt`` for a run
    that was stopped within an epoch), ``results.json``, and what the run draws.
    """

    def __init__(self, path: Path, *, writes: bool = True, keep: int = 0) -> None:
        """`writes` is false for all but one of several processes; `keep` the newest checkpoints only, 0 for all."""
        self.path, self._writes, self._keep = path, writes, keep

    @classmethod
    def make(cls, path: Path, preset: str, config: dict[str, Any]) -> RunFolder:
        """A new one. Raises TrainingError where the folder holds a run already."""
        folder = cls(path)
        if folder.begun:
            raise TrainingError(f"{path} holds a run already: go on with --resume {path}, or name another folder.")
        try:
            folder.checkpoints.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TrainingError(f"The folder {path} cannot be made: {error.strerror}.") from error
        folder.write_json("config.json", {"preset": preset, **config})
        return folder

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def begun(self) -> bool:
        """Whether it holds a run."""
        return self._config.exists()

    @property
    def _config(self) -> Path:
        return self.path / "config.json"

    @property
    def _log(self) -> Path:
        return self.path / "log.jsonl"

    def config(self, *presets: str) -> dict[str, Any]:
        """Raises TrainingError where there is no run, or one of other presets."""
        try:
            saved = json.loads(self._config.read_text())
        except (OSError, ValueError) as error:
            raise TrainingError(f"{self.path} holds no run: it has no readable config.json.") from error
        if saved.get("preset") not in presets:
            raise TrainingError(f"{self.path} is a run of “{saved.get('preset')}”, not of “{'” or “'.join(presets)}”.")
        return saved

    def prolong(self, preset: str, epochs: int) -> None:
        """Have the run go on to `epochs`."""
        self.write_json("config.json", {**self.config(preset), "epochs": epochs})

    def read_json(self, name: str) -> Any:
        """None where there is none."""
        path = self.path / name
        return json.loads(path.read_text()) if path.exists() else None

    def write_json(self, name: str, value: object) -> None:
        self._replace(name, json.dumps(value, indent=2).encode() + b"\n")

    def _replace(self, name: str, content: bytes) -> None:
        if not self._writes:
            return
        unfinished = self.path / f"{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(self.path / name)

    # --- The log -----------------------------------------------------------------------------------------

    def log(self, progress: Progress) -> None:
        if not self._writes:
            return
        with self._log.open("a") as out:
            out.write(json.dumps(progress.as_dict()) + "\n")

    def logged(self) -> list[dict[str, float]]:
        """The lines of the log; one that a killed run left unfinished is left out."""
        return list(self._lines()) if self._log.exists() else []

    def _lines(self) -> Iterator[dict[str, float]]:
        for line in self._log.read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def forget_after(self, step: int) -> None:
        """Drop what was logged after `step`, counted over all epochs: a resumed run tells it again."""
        kept = [line for line in self.logged() if line["step"] <= step]
        self._replace("log.jsonl", "".join(json.dumps(line) + "\n" for line in kept).encode())

    # --- Checkpoints -------------------------------------------------------------------------------------

    def save(self, name: str, state: dict[str, Any]) -> None:
        if not self._writes:
            return
        import torch

        unfinished = self.checkpoints / f"{name}.pt.part"
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoints / f"{name}.pt")
        if self._keep:
            for old in sorted(self.checkpoints.glob("epoch-*.pt"))[: -self._keep]:
                old.unlink()

    def drop(self, name: str) -> None:
        if self._writes:
            (self.checkpoints / f"{name}.pt").unlink(missing_ok=True)

    def latest(self) -> dict[str, Any] | None:
        """The state from which the run goes on; None where it never saved one."""
        import torch

        states = (self._newest("epoch-*.pt"), self._newest("stopped.pt"))
        loaded = [torch.load(path, map_location="cpu", weights_only=True) for path in states if path]
        return max(loaded, key=lambda state: state["step"], default=None)

    def _newest(self, pattern: str) -> Path | None:
        return max(self.checkpoints.glob(pattern), default=None)
