from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media_library.formats.scenes import CUT, SIDE, SceneFinder, cap, difference, look
from tests.media import scene


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((SIDE, SIDE)))


def found(timeline: list[tuple[float, Image.Image]], max_scenes: int = 120, duration: float = 0) -> list[float]:
    finder = SceneFinder(max_scenes)
    for time, picture in timeline:
        finder.see(time, pixels(picture), picture.copy)
    return [scene.start for scene in finder.scenes(duration or timeline[-1][0])]


def shot(picture: Image.Image, start: float, seconds: float) -> list[tuple[float, Image.Image]]:
    return [(round(start + step / 5, 3), picture) for step in range(round(seconds * 5))]


BLACK = Image.new("RGB", (SIDE, SIDE))
A, B, C = scene(1), scene(2), scene(3)


def test_difference_is_a_distance_of_looks():
    a, b = look(pixels(A)), look(pixels(B))
    assert difference(a, a) == 0
    assert difference(a, b) == difference(b, a) > CUT


def test_cuts_with_a_black_leader_and_a_repeated_shot():
    timeline = shot(BLACK, 0, 1) + shot(A, 1, 2) + shot(B, 3, 2) + shot(BLACK, 5, 1) + shot(A, 6, 2) + shot(C, 8, 1)
    assert found(timeline) == [1, 3, 8]


def test_nothing_but_black_gives_the_first_frame():
    assert found(shot(BLACK, 0, 3)) == [0]


def test_noise_is_no_scene():
    random = np.random.default_rng(0)
    noisy = [
        (time, Image.fromarray(np.clip(np.asarray(A) + random.normal(0, 12, (120, 160, 3)), 0, 255).astype(np.uint8)))
        for time, _ in shot(A, 0, 6)
    ]
    assert found(noisy) == [0]


def test_a_slow_pan_gives_a_picture_once_it_shows_something_else():
    wide = Image.new("RGB", (960, 120))
    for number, picture in enumerate((A, scene(4), scene(5), scene(6), scene(7), scene(8))):
        wide.paste(picture, (160 * number, 0))
    timeline = [(step / 5, wide.crop((step * 8, 0, step * 8 + 160, 120))) for step in range(100)]
    starts = found(timeline)
    assert 3 <= len(starts) <= 7
    assert all(later - earlier >= 3 for earlier, later in zip(starts, starts[1:], strict=False))


def test_a_pan_so_slow_that_no_two_samples_differ():
    wide = Image.new("RGB", (480, 120))
    for number, picture in enumerate((A, scene(4), scene(5))):
        wide.paste(picture, (160 * number, 0))
    timeline = [(step / 5, wide.crop((step, 0, step + 160, 120))) for step in range(320)]
    assert len(found(timeline)) >= 3


def test_a_light_that_goes_out_is_no_scene():
    dim = Image.blend(BLACK.resize(A.size), A, 0.5)
    assert found(shot(A, 0, 4) + shot(dim, 4, 4)) == [0]


def test_a_fade_in_is_shown_at_its_end():
    finder = SceneFinder(10)
    for time, picture in shot(A, 0, 2):
        faded = Image.blend(BLACK.resize(A.size), picture, min(1.0, time))
        finder.see(time, pixels(faded), faded.copy)
    (only,) = finder.scenes(2)
    assert np.asarray(only.picture).mean() == pytest.approx(np.asarray(A).mean(), rel=0.05)


def test_a_cap_keeps_the_newest_looking_ones_and_never_the_memory_of_all():
    timeline = [sample for number in range(40) for sample in shot(scene(number), number * 2, 2)]
    finder = SceneFinder(9)
    for time, picture in timeline:
        finder.see(time, pixels(picture), picture.copy)
        assert len(finder._kept) <= 9
    starts = [found.start for found in finder.scenes(3600)]
    assert len(starts) == 9
    assert starts == sorted(starts)
    assert starts[0] == 0


@pytest.mark.parametrize(("minutes", "frames"), [(0, 4), (0.1, 7), (1, 12), (10, 29), (60, 66), (240, 120)])
def test_cap_grows_with_the_square_root(minutes, frames):
    assert cap(minutes * 60, 120) == frames


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(1, 500))
def test_cap_never_shrinks_and_never_exceeds(one, other, most):
    short, long = sorted((one, other))
    assert 1 <= cap(short, most) <= cap(long, most) <= most
