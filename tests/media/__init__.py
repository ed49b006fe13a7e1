"""Real files, made on the spot: pictures with something on them, videos with known scenes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import ExifTags, Image

PLACE = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (48.0, 51.0, 29.6),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (2.0, 17.0, 40.2),
    ExifTags.GPS.GPSMapDatum: "SECRET-PLACE-84",
}
SECRET = b"SECRET-PLACE-84"
"""Lies beside the coordinates in every GPS block made here; must be in no public copy."""

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,51.4N" exif:GPSLongitude="2,17.6E" '
    b'exif:GPSMapDatum="SECRET-PLACE-84"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def scene(seed: int, width: int = 160, height: int = 120) -> Image.Image:
    """A picture with colours and shapes of its own for every seed."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (4, 5, 3), dtype=np.uint8)
    small[0, 0], small[-1, -1] = 255 * random.integers(0, 2, 3), random.integers(0, 256, 3)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red at the top left, green top right, blue bottom left, white bottom right."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height // 2))
    picture.paste("lime", (width // 2, 0, width, height // 2))
    picture.paste("blue", (0, height // 2, width // 2, height))
    return picture


def corners(picture: Image.Image) -> str:
    """The corners' colours by initial, clockwise from the top left: "rgwb" for `quarters` upright."""
    width, height = picture.size
    inset = 0.2
    places = [(inset, inset), (1 - inset, inset), (1 - inset, 1 - inset), (inset, 1 - inset)]
    return "".join(_initial(picture.convert("RGB").getpixel((int(x * width), int(y * height)))) for x, y in places)


def _initial(colour: tuple[int, ...]) -> str:
    bright = [channel > 127 for channel in colour]
    return {
        (True, False, False): "r",
        (False, True, False): "g",
        (False, False, True): "b",
        (True, True, True): "w",
    }.get(tuple(bright), "?")


def exif(orientation: int = 1, place: bool = False, **tags: object) -> Image.Exif:
    """EXIF with an orientation, a place, and tags by name: Make="Canon", DateTimeOriginal="…"."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    details = {}
    for name, value in tags.items():
        tag = ExifTags.Base[name]
        (made if tag < 0x8000 else details)[tag] = value
    if details:
        made._ifds[ExifTags.IFD.Exif] = details
    if place:
        made._ifds[ExifTags.IFD.GPSInfo] = dict(PLACE)
    return made


def still(picture: Image.Image, seconds: float, fps: int) -> Iterator[Image.Image]:
    yield from (picture for _ in range(round(seconds * fps)))


def write_video(
    path: Path,
    pictures: Iterable[Image.Image],
    *,
    fps: int = 10,
    size: tuple[int, int] = (160, 120),
    codec: str = "libx264",
    format: str | None = None,
    rotation: int = 0,
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    times: Iterable[float] | None = None,
    sound_s: float = 0,
) -> Path:
    """Encode `pictures`, one per frame, at `fps` or at `times` (seconds)."""
    clock = iter(times) if times is not None else None
    with av.open(str(path), "w", format=format, options=options or {}) as out:
        out.metadata.update(metadata or {})
        stream = out.add_stream(codec, rate=fps, options={"threads": "1", **(codec_options or {})})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000) if clock else Fraction(1, fps)
        if rotation:
            stream.set_display_rotation(rotation)
        sound = out.add_stream("aac", rate=8000, layout="mono") if sound_s else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_image(picture.resize(size))
            frame.pts = round(next(clock) * 1000) if clock else number
            frame.time_base = stream.codec_context.time_base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound:
            samples = np.zeros((1, round(sound_s * 8000)), dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate = 8000
            out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
    return path
