"""Short videos as uploads."""

from itertools import chain
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.media import scene, still, write_video

SCENE_S = 2.0


def clip(folder: Path, scenes: int, name: str = "clip.mp4") -> SimpleUploadedFile:
    """A video of so many scenes, each of SCENE_S seconds, with a hard cut between two."""
    pictures = chain.from_iterable(still(scene(number, 320, 240), SCENE_S, 10) for number in range(scenes))
    path = write_video(folder / f"{scenes}-{name}", pictures, size=(320, 240))
    return SimpleUploadedFile(name, path.read_bytes(), content_type="video/mp4")
