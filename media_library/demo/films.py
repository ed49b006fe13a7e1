"""The short films of the demo library: pans, zooms and hard cuts between its photographs.

Most titles keep quiet about what is shown, so that their scenes are found by what they look like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PIL import Image

from media_library.demo.photographs import by_file, path_of

SIZE = (640, 360)
FRAMES_PER_SECOND = 24

H264, VP9 = "libx264", "libvpx-vp9"
ENCODER_OPTIONS = {
    H264: {"preset": "veryfast", "crf": "23"},
    VP9: {"deadline": "realtime", "cpu-used": "8", "b": "0", "crf": "34", "row-mt": "0"},
}


@dataclass(frozen=True)
class View:
    """What the camera sees: its centre as shares of the photograph's width and height, and how near it is.

    At `zoom` 1 the frame is as large as fits into the photograph.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


@dataclass(frozen=True)
class Shot:
    """One photograph, on which the camera moves from one view to another."""

    file: str
    seconds: float
    start: View = View()
    end: View = View()


@dataclass(frozen=True)
class Film:
    file: str
    title: str
    caption: str
    tags: tuple[str, ...]
    shots: tuple[Shot, ...]
    codec: str = H264

    @property
    def seconds(self) -> float:
        return sum(shot.seconds for shot in self.shots)

    @property
    def cuts(self) -> list[float]:
        """The seconds at which its shots begin."""
        starts, second = [], 0.0
        for shot in self.shots:
            starts.append(second)
            second += shot.seconds
        return starts

    @property
    def credit(self) -> str:
        files = dict.fromkeys(shot.file for shot in self.shots)
        return "Made from photographs by " + " / ".join(by_file(file).credit for file in files)


FILMS = (
    Film(
        "short-tour.mp4",
        "A short tour",
        "Three scenes from the demo library, one after the other.",
        ("film",),
        (
            Shot("rocket.jpg", 3.0, View(zoom=1.0), View(0.5, 0.65, 1.6)),
            Shot("coffee.png", 3.0, View(0.4, 0.5, 1.25), View(0.6, 0.5, 1.25)),
            Shot("chelsea.png", 3.0, View(zoom=1.0), View(0.5, 0.4, 1.4)),
        ),
    ),
    Film(
        "weekend.mp4",
        "Weekend",
        "From indoors to outdoors.",
        ("film",),
        (
            Shot("motorcycle_left.png", 3.5, View(0.35, 0.5, 1.3), View(0.65, 0.5, 1.3)),
            Shot("flower.jpg", 3.5, View(zoom=1.5), View(zoom=1.0)),
            Shot("china.jpg", 4.0, View(0.4, 0.75, 1.2), View(0.45, 0.35, 1.2)),
        ),
    ),
    Film(
        "out-there.mp4",
        "Out there",
        "Slowly, and then further.",
        ("film", "space"),
        (
            Shot("moon.png", 4.0, View(0.35, 0.3, 1.5), View(0.6, 0.6, 1.5)),
            Shot("hubble_deep_field.jpg", 5.0, View(0.5, 0.5, 1.0), View(0.55, 0.45, 2.2)),
        ),
    ),
    Film(
        "crew.webm",
        "Crew",
        "Before the start.",
        ("film", "space"),
        (
            Shot("astronaut.png", 4.0, View(0.45, 0.8, 1.0), View(0.45, 0.25, 1.0)),
            Shot("rocket.jpg", 3.0, View(0.5, 0.6, 2.0), View(zoom=1.0)),
        ),
        VP9,
    ),
    Film(
        "desk.mp4",
        "On the desk",
        "Things to read, things to count, something to drink.",
        ("film",),
        (
            Shot("page.png", 2.5, View(0.4, 0.4, 1.2), View(0.6, 0.5, 1.2)),
            Shot("coins.png", 3.0, View(0.4, 0.3, 1.3), View(0.6, 0.7, 1.3)),
            Shot("coffee.png", 3.0, View(zoom=1.8), View(zoom=1.1)),
        ),
    ),
)


def make(film: Film, folder: Path) -> Path:
    """Write `film` into `folder`: H.264 in MP4 or VP9 in WebM, 640 x 360 at 24 frames a second, no sound.

    Deterministic: one thread, no time stamp and no random id in the file, so that the same versions of the
    encoders make the same bytes.
    """
    import av

    path = folder / film.file
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(film.codec, rate=FRAMES_PER_SECOND, options=ENCODER_OPTIONS[film.codec])
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.time_base = Fraction(1, FRAMES_PER_SECOND)
        for number, picture in enumerate(_pictures(film)):
            frame = av.VideoFrame.from_image(picture)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _pictures(film: Film) -> Iterator[Image.Image]:
    for shot in film.shots:
        with Image.open(path_of(by_file(shot.file))) as file:
            photograph = file.convert("RGB")
        count = round(shot.seconds * FRAMES_PER_SECOND)
        for number in range(count):
            yield _frame(photograph, _between(shot.start, shot.end, number / (count - 1)))


def _between(start: View, end: View, share: float) -> View:
    """The view at `share` (0 to 1) of the way, starting and ending gently (smoothstep)."""
    eased = share * share * (3 - 2 * share)
    return View(
        start.x + (end.x - start.x) * eased,
        start.y + (end.y - start.y) * eased,
        start.zoom + (end.zoom - start.zoom) * eased,
    )


def _frame(photograph: Image.Image, view: View) -> Image.Image:
    """What `view` shows of `photograph`, at SIZE. A view over the edge is moved inside."""
    width, height = photograph.size
    scale = min(width / SIZE[0], height / SIZE[1]) / view.zoom
    seen = (SIZE[0] * scale, SIZE[1] * scale)
    left = min(max(view.x * width - seen[0] / 2, 0), width - seen[0])
    top = min(max(view.y * height - seen[1] / 2, 0), height - seen[1])
    return photograph.resize(SIZE, Image.Resampling.BILINEAR, box=(left, top, left + seen[0], top + seen[1]))
