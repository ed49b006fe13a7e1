"""Posters of the demo catalogue, each drawn by its own scene."""

from recommender.demo.posters.drawing import SCENES, draw_poster

__all__ = ["SCENES", "draw_poster"]
