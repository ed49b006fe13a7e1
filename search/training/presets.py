"""What can be trained: its options, and what it is. Loads nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from search.training.clip.config import ClipConfig, PocketConfig
from search.training.digits.config import DigitsConfig
from search.training.sound.config import SoundConfig


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    config: type
    told: str
    package: str

    def run(self) -> ModuleType:
        """The module that trains it. Loads torch."""
        return import_module(f"search.training.{self.package}.run")


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("digits", DigitsConfig, "The first lesson: handwritten digits in a space of 64 dimensions.", "digits"),
        Preset(
            "clip", ClipConfig, "Fine-tune an open_clip model, or the pocket encoder, on pictures and captions.", "clip"
        ),
        Preset("sound", SoundConfig, "Teach the pocket encoder to hear, from a folder of sounds per class.", "sound"),
        Preset("pocket", PocketConfig, "Make the pocket encoder's picture tower, from a folder per class.", "clip"),
    )
}
