"""Every film's scene, by TMDB id."""

from recommender.demo.posters.scene import Scene
from recommender.demo.posters.scenes import (
    adventures,
    cartoons,
    classics,
    course,
    course_heroes,
    dark,
    japan,
    lives,
    love,
    pets,
    worlds,
)

GROUPS = (adventures, cartoons, classics, course, course_heroes, dark, japan, lives, love, pets, worlds)

SCENES: dict[int, Scene] = {film: scene for group in GROUPS for film, scene in group.SCENES.items()}
