"""From a film's id to its poster."""

from __future__ import annotations

from PIL import Image

from recommender.demo.posters.canvas import Canvas
from recommender.demo.posters.scene import drawn
from recommender.demo.posters.scenes import SCENES


def draw_poster(film: int) -> Image.Image:
    """The poster of the film with that TMDB id, 500 by 750 pixels; the same picture every time.

    Raises KeyError where there is no scene for it.
    """
    scene = SCENES[film]
    canvas = Canvas(seed=film)
    drawn(canvas, scene)
    return canvas.finished(scene.grain)
