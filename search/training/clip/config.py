"""Every option of a fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from search.training.errors import TrainingError
from search.training.options import option

FREEZE = ("none", "text", "image")
AGAINST = ("batch", "kinds")
PRECISION = ("auto", "bf16", "fp32")


@dataclass(frozen=True, slots=True)
class ClipConfig:
    preset: ClassVar[str] = "clip"

    data: str = option(
        "library",
        "library: this library's pictures with their captions or titles; or a CSV with the columns file and caption; "
        "or a folder with a folder per class",
    )
    names: str = option(
        "",
        'JSON that gives each class its names and synonyms, {"folder": ["name", …]}, and whole sentences if there are '
        'any, {"folder": {"names": […], "captions": […]}}',
    )
    model: str = option("pocket", "what to start from: a picture encoder as in SIGHTLINE_VISUAL_ENCODER")
    tower: str = option("", "a timm architecture for a new, untrained picture tower, in place of the model's own")
    size: int = option(0, "pixels a side of the pictures; 0: as the model has it")
    served_size: int = option(
        0,
        "pixels a side for the encoder it makes; 0: as --size. Random crops show things larger than whole pictures do, "
        "so more serves well (Touvron et al. 2019)",
    )
    small: int = option(0, "pixels a side in the first epochs, which are then as much faster; 0: as --size")
    small_for: float = option(0.75, "share of the epochs that --small is for")
    freeze: str = option(
        "text", "the tower that stays as it is: text is locked-text tuning, image locked-image", FREEZE
    )
    against: str = option(
        "batch",
        "what a picture's caption is told from: those of its batch, or one of every kind in the data "
        "(needs --freeze text)",
        AGAINST,
    )
    held_out: float = option(0.1, "share of the pictures that is not trained on")
    epochs: int = option(10, "how often each picture is shown")
    batch: int = option(128, "pictures in a step, on each process")
    accumulate: int = option(1, "parts that a batch is computed in, for little memory; the result is the same")
    lr: float = option(5e-4, "highest learning rate of AdamW")
    warm_up: float = option(0.05, "share of the steps in which it rises; then it falls as a cosine")
    weight_decay: float = option(0.05, "of matrices and kernels")
    smoothing: float = option(0.0, "share of the target spread over everything")
    temperature: float = option(0.07, "to start from where the model has none; it is learnt")
    crop: float = option(0.5, "least share of a picture that a random crop keeps; 1 crops nothing")
    flip: bool = option(True, "mirror half of the pictures")
    jitter: float = option(0.2, "how far brightness and contrast are changed")
    sharpness: float = option(
        0.0,
        "how far pictures are made softer or sharper, from 0 to 0.9, so that a class is not told by the sharpness of "
        "the set that it is from",
    )
    start_share: float = option(
        0.0,
        "share of the weights it started from in those of the encoder it makes, so that what was known before and not "
        "trained on is not forgotten (Wortsman et al. 2022)",
    )
    start_of: str = option(
        "",
        "whose weights --start-share is a share of, where --model was itself trained before: a picture encoder of the "
        "same shape",
    )
    precision: str = option("auto", "bf16 where the processor has it", PRECISION)
    workers: int = option(1, "processes that read pictures")
    keep: int = option(2, "checkpoints that are kept, the newest")
    skip_unreadable: bool = option(False, "leave pictures that cannot be read out, instead of stopping")
    seed: int = option(0, "of everything random")

    def check(self) -> None:
        """Raises TrainingError for what cannot work."""
        for name in ("epochs", "batch", "accumulate", "lr", "temperature", "keep"):
            if getattr(self, name) <= 0:
                raise TrainingError(f"--{name} must be more than 0.")
        for name in ("weight_decay", "jitter", "workers", "size", "served_size", "small"):
            if getattr(self, name) < 0:
                raise TrainingError(f"--{name.replace('_', '-')} must not be less than 0.")
        for name in ("held_out", "warm_up", "smoothing", "start_share"):
            if not 0 <= getattr(self, name) < 1:
                raise TrainingError(f"--{name.replace('_', '-')} must be at least 0 and less than 1.")
        if not 0 <= self.sharpness <= 0.9:
            raise TrainingError("--sharpness must be at least 0 and at most 0.9.")
        if not 0 < self.crop <= 1:
            raise TrainingError("--crop must be more than 0 and at most 1.")
        if not 0 <= self.small_for <= 1:
            raise TrainingError("--small-for must be at least 0 and at most 1.")
        if self.batch % self.accumulate:
            raise TrainingError("--batch must be a multiple of --accumulate.")
        if self.against == "kinds" and self.freeze != "text":
            raise TrainingError("--against kinds needs --freeze text: it compares with captions encoded once.")
        if self.tower and self.freeze == "image":
            raise TrainingError("A new --tower has learnt nothing yet, so --freeze image would keep it so.")
        if self.tower and self.start_share:
            raise TrainingError("A new --tower knows nothing at the start that --start-share could keep.")
        if self.start_of and not self.start_share:
            raise TrainingError("--start-of says whose weights are kept: say with --start-share how much of them.")
        if not 0 <= self.seed < 2**31:
            raise TrainingError("--seed must be at least 0 and less than 2147483648.")


def _usually(name: str, default: Any) -> Any:
    """An option of ClipConfig with another default."""
    return option(default, **ClipConfig.__dataclass_fields__[name].metadata)


@dataclass(frozen=True, slots=True)
class PocketConfig(ClipConfig):
    """How the pocket encoder is made: docs/model_card_pocket.md tells from what.

    In float32, since a CPU convolves the single channels of its tower in bf16 at less than half the speed.
    """

    preset: ClassVar[str] = "pocket"

    data: str = _usually("data", "")
    against: str = _usually("against", "kinds")
    size: int = _usually("size", 80)
    served_size: int = _usually("served_size", 112)
    held_out: float = _usually("held_out", 0.02)
    epochs: int = _usually("epochs", 1)
    lr: float = _usually("lr", 6e-4)
    smoothing: float = _usually("smoothing", 0.05)
    temperature: float = _usually("temperature", 0.05)
    crop: float = _usually("crop", 0.4)
    sharpness: float = _usually("sharpness", 0.5)
    start_share: float = _usually("start_share", 0.4)
    precision: str = _usually("precision", "fp32")
    skip_unreadable: bool = _usually("skip_unreadable", True)

    def check(self) -> None:
        if not self.data:
            raise TrainingError("Name the folder with a folder per class to train on: --data FOLDER.")
        ClipConfig.check(self)
