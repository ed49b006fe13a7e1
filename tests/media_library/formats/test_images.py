from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import TiffImageFile

from media_library.formats import FileRejected, Limits, cuts, images, public_copy, render
from tests import hostile
from tests.media import corners, exif, quarters, scene
from tests.media_library.formats.conftest import IMAGES, probed

LIMITS = Limits()
TURNED = [name for name in IMAGES if name != "gif"]


def only_cut(path, limits=LIMITS):
    (cut,) = cuts(path, probed(path), limits, lambda progress: None)
    return cut


@pytest.mark.parametrize("name", IMAGES)
def test_every_format_gives_facts_and_one_picture(samples, name):
    found = probed(samples[name])
    assert (found.kind, found.width, found.height, found.duration) == ("image", 64, 48, None)
    assert not found.has_location
    cut = only_cut(samples[name])
    assert (cut.ordinal, cut.start, cut.end) == (0, None, None)
    assert (cut.picture.mode, cut.picture.size, corners(cut.picture)) == ("RGB", (64, 48), "rgwb")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", TURNED)
def test_orientation(tmp_path, name, orientation):
    """The stored pixels are turned the other way; the picture must come out as `quarters` again."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(undo[orientation]) if orientation > 1 else quarters()
    path = tmp_path / "turned"
    stored.save(path, IMAGES[name][0], exif=exif(orientation).tobytes())
    found = probed(path)
    assert (found.width, found.height) == (64, 48)
    assert corners(only_cut(path).picture) == "rgwb"
    assert only_cut(path).picture.size == render(path, found, LIMITS).size == (64, 48)


def test_facts_of_the_camera(tmp_path):
    path = tmp_path / "photo"
    tags = exif(
        Make="Canon\0",
        Model="Canon EOS\x07 5D",
        DateTimeOriginal="2021:08:01 12:30:00",
        OffsetTimeOriginal="+02:00",
    )
    quarters().save(path, "JPEG", exif=tags)
    found = probed(path)
    assert found.camera == "Canon EOS 5D"
    assert found.captured_at == datetime(2021, 8, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))


def test_a_time_without_offset_is_utc_and_nonsense_is_none(tmp_path):
    path = tmp_path / "photo"
    quarters().save(path, "JPEG", exif=exif(DateTimeOriginal="2021:08:01 12:30:00"))
    assert probed(path).captured_at == datetime(2021, 8, 1, 12, 30, tzinfo=UTC)
    for nonsense in ("0000:00:00 00:00:00", "2021:13:45 99:00:00", "yesterday", ""):
        quarters().save(path, "JPEG", exif=exif(DateTimeOriginal=nonsense))
        assert probed(path).captured_at is None


@pytest.mark.parametrize("name", ["png_bomb", "gif_bomb", "tiff_bomb"])
def test_bombs_are_refused_by_their_header(tmp_path, name):
    path = tmp_path / "bomb"
    path.write_bytes(getattr(hostile, name)())
    with pytest.raises(FileRejected) as refused:
        probed(path)
    assert refused.value.code == "too-many-pixels"


def test_a_jpeg_that_claims_too_much(samples, tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(hostile.jpeg_claiming(samples["jpeg"].read_bytes()))
    with pytest.raises(FileRejected) as refused:
        probed(path)
    assert refused.value.code == "too-many-pixels"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_hundred_megapixels_are_fine(tmp_path):
    path = tmp_path / "large"
    Image.new("L", (12_000, 8_500), 90).save(path, "JPEG")
    assert probed(path).width == 12_000
    assert only_cut(path).picture.size == (1600, 1133)


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("name", IMAGES)
def test_truncated_files_are_refused(samples, tmp_path, name, tenth):
    whole = samples[name].read_bytes()
    path = tmp_path / "cut-off"
    path.write_bytes(whole[: len(whole) * tenth // 10])
    try:
        picture = only_cut(path).picture
    except FileRejected as refused:
        assert refused.message.endswith(".")
    else:  # A small PNG has its last tenth behind its pixels.
        assert (name, tenth) == ("png", 9)
        assert corners(picture) == "rgwb"


@pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
def test_larger_truncated_files_are_refused(tmp_path, name):
    path = tmp_path / "cut-off"
    scene(3, 1200, 900).save(path, IMAGES[name][0])
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(FileRejected):
        only_cut(path)


def test_a_missing_file_is_not_the_files_fault(samples, tmp_path):
    found = probed(samples["jpeg"])
    with pytest.raises(FileNotFoundError):
        render(tmp_path / "gone", found, LIMITS)


@pytest.mark.parametrize("name", ["GIF", "WEBP"])
def test_an_animation_is_its_first_frame_that_shows_something(tmp_path, name):
    path = tmp_path / "animation"
    black = Image.new("RGB", (64, 48))
    black.save(path, name, save_all=True, append_images=[black, quarters(), scene(5, 64, 48)], duration=[100] * 4)
    assert corners(only_cut(path).picture) == "rgwb"


def test_an_all_black_animation_is_its_first_frame(tmp_path):
    path = tmp_path / "animation"
    black = Image.new("RGB", (64, 48))
    black.save(path, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), (1, 1, 1))], duration=100)
    assert only_cut(path).picture.getextrema()[0][1] < 3


def _transparent(mode: str) -> Image.Image:
    picture = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 20, 40))
    return picture.quantize(4) if mode == "P" else picture.convert(mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_flattened_on_white(tmp_path, mode):
    path = tmp_path / "transparent"
    _transparent(mode).save(path, "PNG")
    picture = only_cut(path).picture
    assert picture.mode == "RGB"
    assert picture.getpixel((35, 20)) == (255, 255, 255)
    assert picture.getpixel((5, 20)) != (255, 255, 255)


def test_sixteen_bits_keep_their_shades(tmp_path):
    path = tmp_path / "deep"
    Image.fromarray(np.tile(np.linspace(0, 65535, 256), (16, 1)).astype(np.uint16)).save(path, "PNG")
    picture = only_cut(path).picture
    assert [picture.getpixel((x, 8))[0] // 32 for x in (2, 100, 250)] == [0, 3, 7]


@pytest.mark.parametrize("mode", ["CMYK", "F", "I", "1", "L", "P"])
def test_odd_modes(tmp_path, mode):
    path = tmp_path / "odd"
    scene(4, 64, 48).convert("L" if mode in "FI" else "RGB").convert(mode).save(path, "TIFF")
    picture = only_cut(path).picture
    assert picture.mode == "RGB"
    assert np.asarray(picture).std() > 10


def test_colours_are_converted_to_srgb(tmp_path):
    """By an sRGB profile whose red and blue primaries are exchanged: what it calls red is blue."""
    path = tmp_path / "profiled"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    Image.new("RGB", (32, 32), (250, 10, 10)).save(path, "PNG", icc_profile=exchanged)
    red, _, blue = only_cut(path).picture.getpixel((5, 5))
    assert blue > 200 > red


def test_a_broken_profile_is_ignored(tmp_path):
    path = tmp_path / "profiled"
    Image.new("RGB", (32, 32), (200, 100, 50)).save(path, "PNG", icc_profile=b"nonsense")
    assert only_cut(path).picture.getpixel((5, 5)) == (200, 100, 50)


def test_nothing_of_the_files_metadata_goes_on(tmp_path):
    path = tmp_path / "photo"
    quarters().save(path, "JPEG", exif=exif(place=True), icc_profile=b"x" * 200, comment=b"hello")
    assert only_cut(path).picture.info == {}


def test_the_poster_fits_and_is_never_enlarged(tmp_path, samples):
    path = tmp_path / "long"
    scene(1, 4000, 40).save(path, "PNG")
    assert render(path, probed(path), LIMITS).size == (1600, 16)
    assert render(samples["png"], probed(samples["png"]), LIMITS).size == (64, 48)


def test_a_webp_of_a_few_bytes_that_would_take_gigabytes_is_refused(tmp_path):
    """A picture of one colour; its decoder keeps several canvases of four bytes a pixel."""
    path = tmp_path / "file"
    Image.new("RGB", (7000, 7000)).save(path, "WEBP", lossless=True, quality=0, method=0)
    assert path.stat().st_size < 100
    with pytest.raises(FileRejected, match="takes up to 40 megapixels"):
        probed(path)


def test_of_a_tiff_of_very_many_pages_so_many_are_gone_through_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MAX_PAGES", 50)
    monkeypatch.setattr(images, "MAX_COPIED_PAGES", 100)
    fields = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 4), (277, 1), (278, 8), (279, 64)]
    page = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    starts = range(8, 8 + 300 * (len(page) + 4), len(page) + 4)
    path = tmp_path / "file"
    path.write_bytes(b"II*\0\x08\0\0\0" + b"".join(page + struct.pack("<I", start + len(page) + 4) for start in starts))
    gone_to: list[int] = []
    seek = TiffImageFile.seek
    monkeypatch.setattr(TiffImageFile, "seek", lambda image, frame: gone_to.append(frame) or seek(image, frame))
    found = probed(path)
    assert max(gone_to) == 50
    assert only_cut(path).picture.size == (8, 8)
    with pytest.raises(FileRejected, match="could not be removed"):
        public_copy(path, found, tmp_path / "copy")
    assert max(gone_to) == 100
    assert len(gone_to) < 300
