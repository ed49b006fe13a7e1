"""The demo's films: as long as they say, with cuts where they say, the same bytes each time."""

import av
import numpy as np
import pytest

from media_library.demo import films
from media_library.demo.films import FILMS, FRAMES_PER_SECOND, SIZE, Film, Shot, View
from media_library.demo.photographs import PHOTOGRAPHS, DemoMissing, Photograph, path_of

SHORT = [
    Film("a.mp4", "A", "", (), (Shot("coffee.png", 0.5), Shot("flower.jpg", 0.5))),
    Film("b.webm", "B", "", (), (Shot("rocket.jpg", 0.5), Shot("china.jpg", 0.5)), films.VP9),
]


def frames(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.mark.parametrize("film", SHORT, ids=lambda film: film.file)
def test_a_film_has_its_shots_with_a_hard_cut_between(film, tmp_path):
    shown = frames(films.make(film, tmp_path))
    assert len(shown) == round(film.seconds * FRAMES_PER_SECOND)
    assert shown[0].shape == (SIZE[1], SIZE[0], 3)
    steps = [np.abs(a.astype(int) - b).mean() for a, b in zip(shown, shown[1:], strict=False)]
    assert int(np.argmax(steps)) + 1 == round(film.cuts[1] * FRAMES_PER_SECOND)


@pytest.mark.parametrize("film", SHORT, ids=lambda film: film.file)
def test_a_film_is_the_same_file_each_time(film, tmp_path):
    assert films.make(film, tmp_path).read_bytes() == films.make(film, tmp_path).read_bytes()


def test_a_pan_moves_and_a_still_does_not(tmp_path):
    still = Film("still.mp4", "", "", (), (Shot("china.jpg", 0.5),))
    pan = Film("pan.mp4", "", "", (), (Shot("china.jpg", 0.5, View(0.3, zoom=2), View(0.7, zoom=2)),))

    def change(film):
        shown = frames(films.make(film, tmp_path))
        return np.abs(shown[0].astype(int) - shown[-1]).mean()

    assert change(pan) > 10 * change(still)


@pytest.mark.parametrize("view", [View(0, 0), View(1, 1), View(0.5, 0.5, 3)])
def test_a_view_over_the_edge_stays_inside(view, tmp_path):
    film = Film("edge.mp4", "", "", (), (Shot("coins.png", 0.25, view, view),))
    assert len(frames(films.make(film, tmp_path))) == 6


def test_every_shot_shows_a_photograph_of_the_demo():
    known = {photograph.file for photograph in PHOTOGRAPHS}
    assert {shot.file for film in FILMS for shot in film.shots} <= known


def test_every_piece_is_named_once_described_and_credited():
    pieces = [*PHOTOGRAPHS, *FILMS]
    assert len({piece.file for piece in pieces}) == len(pieces)
    assert all(piece.title and piece.caption and piece.tags and piece.credit for piece in pieces)
    assert all(6 <= film.seconds <= 15 for film in FILMS)
    assert {film.codec for film in FILMS} == {films.H264, films.VP9}


def test_every_photograph_is_there():
    assert [photograph.file for photograph in PHOTOGRAPHS if not path_of(photograph).is_file()] == []


def test_a_missing_package_is_named():
    with pytest.raises(DemoMissing, match="no_such_package"):
        path_of(Photograph("a.png", "A", "", (), "", "no_such_package"))
