"""Every option of a training on sounds."""

from __future__ import annotations

from dataclasses import dataclass

from search.training.errors import TrainingError
from search.training.options import option


@dataclass(frozen=True, slots=True)
class SoundConfig:
    data: str = option("", "a folder with a folder of sounds per class")
    names: str = option(
        "",
        'JSON that gives each class its names, {"folder": ["name", …]}, and whole sentences if there are any, '
        '{"folder": {"names": […], "captions": […]}}',
    )
    split: str = option(
        "", 'JSON with what is not trained on, {"held_out": ["class/file", …], "left_out": […]}; see --held-out'
    )
    held_out: float = option(0.1, "share of each class that is not trained on, where no --split says which")
    epochs: int = option(60, "how often each sound is heard, on average")
    batch: int = option(64, "sounds in a step")
    seconds: float = option(2.56, "of a sound in a step")
    lr: float = option(2e-3, "highest learning rate of AdamW")
    warm_up: float = option(0.05, "share of the steps in which it rises; then it falls as a cosine")
    weight_decay: float = option(0.05, "of matrices and kernels")
    smoothing: float = option(0.05, "share of the target spread over everything")
    temperature: float = option(0.07, "to start from; it is learnt")
    mixed: float = option(0.6, "share of the sounds that another one is laid over; both then count by their volume")
    masked: float = option(0.15, "of time and of pitches, at most, that is struck out at a place (SpecAugment)")
    muffled: float = option(0.35, "share of the sounds whose high pitches are cut off, as telephones do")
    apart: int = option(48, "other words in a step that no sound fits, so that a bark is unlike a piano as well")
    keep: int = option(2, "checkpoints that are kept, the newest")
    seed: int = option(0, "of everything random")

    def check(self) -> None:
        """Raises TrainingError for what cannot work."""
        if not self.data:
            raise TrainingError("Name the folder with a folder of sounds per class to train on: --data FOLDER.")
        for name in ("epochs", "batch", "lr", "temperature", "keep"):
            if getattr(self, name) <= 0:
                raise TrainingError(f"--{name} must be more than 0.")
        if not 1 <= self.seconds <= 5:
            raise TrainingError("--seconds must be from 1 to 5.")
        if self.weight_decay < 0 or self.apart < 0:
            raise TrainingError("--weight-decay and --apart must not be less than 0.")
        for name in ("held_out", "warm_up", "smoothing", "masked"):
            if not 0 <= getattr(self, name) < 1:
                raise TrainingError(f"--{name.replace('_', '-')} must be at least 0 and less than 1.")
        for name in ("mixed", "muffled"):
            if not 0 <= getattr(self, name) <= 1:
                raise TrainingError(f"--{name} must be from 0 to 1.")
        if not 0 <= self.seed < 2**31:
            raise TrainingError("--seed must be at least 0 and less than 2147483648.")
