"""`manage.py evaluate_encoder`"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search.encoders.base import EncoderError
from search.training.errors import TrainingError


class Command(BaseCommand):
    help = (
        "Measure an encoder of pictures or sounds on a folder with a folder of them per class: zero-shot accuracy, "
        "precision@10 of those that the name of a class finds, and milliseconds for each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--encoder",
            default="",
            help="as in SIGHTLINE_VISUAL_ENCODER, or for a folder of sounds SIGHTLINE_SOUND_ENCODER (default: as set "
            "there)",
        )
        parser.add_argument(
            "--names", default="", help='JSON with the names and synonyms of each class: {"folder": ["name", …]}'
        )
        parser.add_argument(
            "--split", default="", help='JSON that names the sounds to measure, {"held_out": ["class/file", …]}'
        )
        parser.add_argument("--skip-unreadable", action="store_true", help="leave broken pictures out")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["folder"].is_dir() and _holds_sounds(options["folder"]):
            self._sounds(**options)
            return
        # Here, since it loads torch.
        from search import spaces
        from search.encoders import registry
        from search.training.clip import evaluation, pairs

        spec = options["encoder"] or settings.SIGHTLINE_VISUAL_ENCODER
        try:
            if not registry.encodes_pictures(spec):
                raise CommandError(f"“{spec}” encodes words alone.")
            if not options["folder"].is_dir():
                raise CommandError(f"{options['folder']} is no folder.")
            found = pairs.of_folder(options["folder"], options["names"])
            quality = evaluation.measure(spaces.load(spec), pairs.readable(found, options["skip_unreadable"]))
            key = registry.key_for(spec)
        except (EncoderError, TrainingError) as error:
            raise CommandError(str(error)) from error
        self._tell(
            quality,
            f"{key}: {quality.pictures:,} pictures of {quality.kinds:,} classes",
            {
                "zero-shot top-1": quality.top_1,
                "zero-shot top-5": quality.top_5,
                "precision@10, name alone": quality.precision_at_10,
            },
            f"milliseconds per picture   {quality.ms_per_picture:.1f}",
            {"encoder": key} if options["json"] else None,
        )

    def _sounds(self, folder: Path, encoder: str, names: str, split: str, **options: Any) -> None:
        from search import spaces
        from search.encoders import registry
        from search.training.sound import clips, evaluation

        spec = encoder or settings.SIGHTLINE_SOUND_ENCODER
        try:
            if spec == spaces.OFF or not registry.hears(spec):
                raise CommandError(f"“{spec}” encodes no sounds: name one that does, as in --encoder sound:pocket.")
            found = clips.of_folder(folder, names)
            if split:
                found = found.split(folder, split, 0, 0)[1]
            if not found.sounds:
                raise CommandError(f"{split} names no sounds to measure.")
            quality = evaluation.measure(spaces.load(spec), found, clips.heard(found.sounds))
            key = registry.key_for(spec)
        except (EncoderError, TrainingError) as error:
            raise CommandError(str(error)) from error
        self._tell(
            quality,
            f"{key}: {quality.sounds:,} sounds of {quality.classes:,} classes",
            {
                "zero-shot top-1": quality.top_1,
                "zero-shot top-5": quality.top_5,
                "top-1 by the name alone": quality.top_1_by_name,
                "precision@10, name alone": quality.precision_at_10,
            },
            f"milliseconds per sound     {quality.ms_per_sound:.1f}",
            {"encoder": key} if options["json"] else None,
        )

    def _tell(
        self, quality: Any, heading: str, shares: dict[str, float], time: str, as_json: dict[str, str] | None
    ) -> None:
        if as_json is not None:
            self.stdout.write(json.dumps({**as_json, **quality.as_dict()}))
            return
        self.stdout.write(heading)
        for name, share in shares.items():
            self.stdout.write(f"{name:26} {share:.3f}")
        self.stdout.write(time)


def _holds_sounds(folder: Path) -> bool:
    """Whether what lies in the folder's folders are sounds and not pictures."""
    from search.training.clip.pairs import SUFFIXES as PICTURES
    from search.training.sound.clips import SUFFIXES as SOUNDS

    for path in folder.rglob("*"):
        if path.suffix.lower() in PICTURES:
            return False
        if path.suffix.lower() in SOUNDS:
            return True
    return False
