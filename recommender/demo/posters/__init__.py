"""Posters of the demo catalogue, each drawn by its own scene."""

from recommender.demo.posters.drawing import draw_poster
from recommender.demo.posters.scenes import SCENES

__all__ = ["SCENES", "draw_poster"]
