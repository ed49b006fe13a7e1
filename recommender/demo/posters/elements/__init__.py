"""The library of things that posters are drawn from; importing it makes all of them known by name."""

from recommender.demo.posters.elements import (
    animals,
    buildings,
    faces,
    figures,
    land,
    patterns,
    plain,
    sky,
    things,
    vehicles,
)
from recommender.demo.posters.elements.registry import ELEMENTS, draw

__all__ = [
    "ELEMENTS",
    "animals",
    "buildings",
    "draw",
    "faces",
    "figures",
    "land",
    "patterns",
    "plain",
    "sky",
    "things",
    "vehicles",
]
