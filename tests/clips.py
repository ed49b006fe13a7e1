"""Short videos as uploads."""

from itertools import chain
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.media import scene, still, write_video

SCENE_S = 2.0
_made: dict[int, bytes] = {}
"""By number of scenes: one takes half a second to write, and dozens of tests ask for the same."""


def clip(folder: Path, scenes: int, name: str = "clip.mp4") -> SimpleUploadedFile:
    """A video of so many scenes, each of SCENE_S seconds, with a hard cut between two."""
    if scenes not in _made:
        pictures = chain.from_iterable(still(scene(number, 320, 240), SCENE_S, 10) for number in range(scenes))
        _made[scenes] = write_video(folder / f"{scenes}-{name}", pictures, size=(320, 240)).read_bytes()
    return SimpleUploadedFile(name, _made[scenes], content_type="video/mp4")
