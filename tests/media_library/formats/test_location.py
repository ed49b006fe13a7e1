"""Locations: found in every place they hide in, absent from public copies, the originals untouched."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from media_library.formats import Limits, Probe, public_copy, render
from media_library.formats.location import tag_tells
from tests.media import SECRET, XMP, corners, exif, quarters, scene, still, write_video
from tests.media_library.formats.conftest import IMAGES, VIDEOS, probed

WITH_EXIF = [name for name in IMAGES if name != "gif"]
LOSSLESS = ["jpeg", "png", "webp"]


def stripped(path: Path, probe: Probe | None = None) -> Path:
    """The public copy of a file that must have one; its bytes hold no secret, the original its own."""
    before = path.read_bytes()
    copy = path.with_name("copy")
    assert public_copy(path, probe or probed(path), copy)
    assert path.read_bytes() == before
    assert SECRET not in copy.read_bytes()
    assert not probed(copy).has_location
    return copy


def pixels(path: Path) -> np.ndarray:
    return np.asarray(render(path, probed(path), Limits()))


@pytest.mark.parametrize("name", WITH_EXIF)
def test_exif(tmp_path, name):
    path = tmp_path / "photo"
    tags = exif(6, place=True, Make="Canon", DateTimeOriginal="2021:08:01 12:30:00")
    quarters().save(path, IMAGES[name][0], exif=tags.tobytes())
    assert probed(path).has_location
    copy = stripped(path)
    with Image.open(copy) as image:
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert ExifTags.Base.Make not in image.getexif()
    found = probed(copy)
    assert (found.width, found.height) == (48, 64)
    assert found.mime_type == IMAGES[name][1]
    picture = render(copy, found, Limits())
    assert corners(picture) == corners(render(path, probed(path), Limits()))
    if name in LOSSLESS:
        assert np.array_equal(pixels(copy), pixels(path))


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff", "avif", "heic"])
def test_xmp(tmp_path, name):
    path = tmp_path / "photo"
    if name == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
        quarters().save(path, "PNG", pnginfo=info)
    elif name == "tiff":
        quarters().save(path, "TIFF", tiffinfo={700: XMP})
    else:
        quarters().save(path, IMAGES[name][0], xmp=XMP)
    stripped(path)


@pytest.mark.parametrize("name", IMAGES)
def test_no_location_no_copy(samples, tmp_path, name):
    assert not public_copy(samples[name], probed(samples[name]), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def _jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    quarters().save(out, "JPEG", **options)
    return out.getvalue()


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


HIDING_PLACES = {
    "a second picture behind the first": _jpeg() + _jpeg(exif=exif(place=True).tobytes()),
    "a video behind the picture": _jpeg() + b"\0\0\0\x20ftypmp42" + b"\xa9xyz\0\x12+48.8577+002.2945/" + SECRET,
    "IPTC": _jpeg()[:2]
    + _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x5a\0\x0f" + SECRET)
    + _jpeg()[2:],
    "a thumbnail in the EXIF": _jpeg(exif=exif().tobytes() + _jpeg(exif=exif(place=True).tobytes())),
    "an extended XMP": _jpeg()[:2]
    + _segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"F" * 32 + b"\0" * 8 + XMP)
    + _jpeg()[2:],
    "an unknown segment": _jpeg()[:2] + _segment(0xE7, XMP) + _jpeg()[2:],
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_hiding_places_in_jpeg(tmp_path, place):
    path = tmp_path / "photo"
    path.write_bytes(HIDING_PLACES[place])
    copy = stripped(path)
    assert copy.read_bytes().endswith(b"\xff\xd9")
    assert np.array_equal(pixels(copy), pixels(path))


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0, "restart_marker_rows": 1}])
def test_progressive_and_restarting_jpegs_stay_what_they_are(tmp_path, options):
    path = tmp_path / "photo"
    profile = _srgb()  # each that is made has the second it was made in
    scene(7, 320, 200).save(path, "JPEG", exif=exif(8, place=True).tobytes(), icc_profile=profile, **options)
    copy = stripped(path)
    assert np.array_equal(pixels(copy), pixels(path))
    with Image.open(copy) as image:
        assert image.info["icc_profile"] == profile


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_hex_coded_exif_in_a_png(tmp_path):
    """As ImageMagick writes it: no byte of the location is there as such."""
    info = PngInfo()
    body = exif(place=True).tobytes()
    info.add_text("Raw profile type exif", f"\nexif\n{len(body):8}\n{body.hex()}\n")
    path = tmp_path / "photo"
    quarters().save(path, "PNG", pnginfo=info)
    copy = stripped(path)
    assert b"Raw profile" not in copy.read_bytes()


def test_an_animated_png_still_moves(tmp_path):
    path = tmp_path / "moving"
    frames = [scene(seed) for seed in range(3)]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:], exif=exif(place=True).tobytes())
    with Image.open(stripped(path)) as image:
        assert image.n_frames == 3


def test_an_animated_webp_still_moves(tmp_path):
    path = tmp_path / "moving"
    frames = [scene(seed) for seed in range(3)]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], exif=exif(place=True).tobytes())
    with Image.open(stripped(path)) as image:
        assert image.n_frames == 3


def test_xmp_in_an_animated_gif(tmp_path):
    path = tmp_path / "moving"
    frames = [scene(seed) for seed in range(3)]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:], loop=0, duration=80)
    whole = path.read_bytes()
    # The magic trailer lets XMP lie in one piece where readers expect sub-blocks.
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    path.write_bytes(whole[:-1] + b"\x21\xff\x0bXMP DataXMP" + XMP + trailer + b"\x3b")
    assert probed(path).has_location
    with Image.open(stripped(path)) as image:
        assert (image.n_frames, image.info["loop"]) == (3, 0)


def test_a_location_on_a_later_page_of_a_tiff(tmp_path):
    path = tmp_path / "pages"
    first, second = quarters(), scene(2)
    second.encoderinfo = {"exif": exif(place=True).tobytes()}
    first.save(path, "TIFF", save_all=True, append_images=[second])
    if not probed(path).has_location:
        pytest.skip("this Pillow writes the metadata of the first page only")
    with Image.open(stripped(path)) as image:
        assert image.n_frames == 2


def test_a_geotiff(tmp_path):
    path = tmp_path / "map"
    quarters().save(path, "TIFF", tiffinfo={33922: (0.0, 0.0, 0.0, 2.29, 48.85, 0.0)})
    stripped(path)


@pytest.mark.parametrize("name", ["mp4", "mov", "mkv"])
def test_tags_of_videos(tmp_path, name):
    path = tmp_path / "clip"
    container, codec, mime, _ = VIDEOS[name]
    write_video(
        path,
        still(scene(1), 2, 10),
        codec=codec,
        format=container,
        rotation=90,
        sound_s=1,
        metadata={"location": "+48.8577+002.2945/", "comment": SECRET.decode()},
    )
    found = probed(path)
    assert found.has_location
    copy = stripped(path)
    assert b"+48.8577" not in copy.read_bytes()
    after = probed(copy)
    assert after.mime_type == mime
    assert (after.width, after.height) == (found.width, found.height) == (120, 160)
    assert after.duration == pytest.approx(found.duration, abs=0.15)
    assert _decoded(copy) == _decoded(path) == 20


def _decoded(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_webm_with_a_location(tmp_path):
    path = tmp_path / "clip"
    write_video(
        path, still(scene(1), 1, 10), codec="libvpx", format="webm", metadata={"LOCATION": "+48.8577+002.2945/"}
    )
    copy = stripped(path)
    assert b"+48.8577" not in copy.read_bytes()


def test_apples_location_key(tmp_path):
    path = tmp_path / "clip"
    write_video(
        path,
        still(scene(1), 1, 10),
        format="mov",
        options={"movflags": "use_metadata_tags"},
        metadata={"com.apple.quicktime.location.ISO6709": "+48.8577+002.2945+035.0/"},
    )
    assert b"com.apple.quicktime.location" in path.read_bytes()
    copy = stripped(path)
    assert b"ISO6709" not in copy.read_bytes()


def test_a_time_code_track_is_no_location(tmp_path):
    path = tmp_path / "clip"
    write_video(path, still(scene(1), 1, 10), format="mov", metadata={"timecode": "01:00:00:00"})
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video", "data"]
    assert not probed(path).has_location


def test_subtitles_of_drones(tmp_path, samples):
    path = tmp_path / "flight"
    with av.open(str(samples["mkv"])) as source, av.open(str(path), "w", format="matroska") as out:
        pictures = out.add_stream_from_template(source.streams.video[0])
        words = out.add_mux_stream("subrip")
        words.time_base = Fraction(1, 1000)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = pictures
                out.mux(packet)
        said = av.Packet(b"ISO 100, GPS (48.8577, 2.2945), SECRET-PLACE-84")
        said.stream, said.pts, said.dts, said.duration, said.time_base = words, 0, 0, 500, Fraction(1, 1000)
        out.mux(said)
    assert SECRET in path.read_bytes()
    stripped(path)


def test_a_box_that_no_reader_shows(tmp_path, samples):
    path = tmp_path / "clip"
    xmp = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac" + XMP
    path.write_bytes(samples["mp4"].read_bytes() + struct.pack(">I", len(xmp) + 8) + b"uuid" + xmp)
    stripped(path)


@pytest.mark.parametrize("name", VIDEOS)
def test_videos_without_location_have_no_copy(samples, name):
    assert not probed(samples[name]).has_location


@pytest.mark.parametrize(
    ("key", "value", "tells"),
    [
        ("location", "anywhere", True),
        ("LOCATION-eng", "", True),
        ("com.apple.quicktime.location.ISO6709", "", True),
        ("comment", "+48.8577+002.2945/", True),
        ("title", "GPS track of Sunday", True),
        ("encoder", "Lavf62.12.102", False),
        ("major_brand", "isom", False),
        ("creation_time", "2021-08-01T12:30:00Z", False),
    ],
)
def test_tags(key, value, tells):
    assert tag_tells(key, value) is tells


def test_compressed_text_is_copied_out_even_if_harmless(tmp_path):
    """It might hold anything; zlib is not unpacked to find out."""
    body = b"Comment\0\0" + zlib.compress(b"nothing")
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    path = tmp_path / "photo"
    quarters().save(path, "PNG")
    whole = path.read_bytes()
    path.write_bytes(whole[:33] + chunk + whole[33:])
    stripped(path)
