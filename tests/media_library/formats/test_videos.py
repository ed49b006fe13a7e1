from __future__ import annotations

from datetime import UTC, datetime

import av
import numpy as np
import pytest
from PIL import Image

from media_library.formats import FileRejected, Limits, cuts, location, render, sniff, videos
from media_library.formats.scenes import SceneFinder
from tests.media import corners, quarters, scene, still, write_video
from tests.media_library.formats.conftest import VIDEOS, probed

LIMITS = Limits()
BLACK = Image.new("RGB", (160, 120))


def times(path, limits=LIMITS):
    found = probed(path)
    return [(cut.start, cut.end) for cut in cuts(path, found, limits, lambda progress: None)]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Black 0–1, A 1–4, B 4–6, C 6–9, A again 9–11, D 11–12 s."""
    pictures = [
        *still(BLACK, 1, 10),
        *still(scene(1), 3, 10),
        *still(scene(2), 2, 10),
        *still(scene(3), 3, 10),
        *still(scene(1), 2, 10),
        *still(scene(4), 1, 10),
    ]
    return write_video(tmp_path_factory.mktemp("film") / "film", pictures, format="mp4")


def test_scenes_begin_where_the_cuts_are(film):
    found = times(film)
    assert [start for start, _ in found] == pytest.approx([1, 4, 6, 11], abs=0.3)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert found[-1][1] == pytest.approx(12, abs=0.15)


def test_pictures_show_their_scene(film):
    for cut, seed in zip(cuts(film, probed(film), LIMITS, lambda progress: None), (1, 2, 3, 4), strict=True):
        error = np.abs(np.asarray(cut.picture, dtype=float) - np.asarray(scene(seed), dtype=float)).mean()
        assert error < 12, (cut.ordinal, error)
        assert cut.picture.mode == "RGB"


def test_the_poster_is_the_first_scene_not_the_leader(film):
    poster = render(film, probed(film), LIMITS)
    assert np.abs(np.asarray(poster, dtype=float) - np.asarray(scene(1), dtype=float)).mean() < 12


def test_progress_only_grows_and_reaches_the_end(film):
    heard = []
    list(cuts(film, probed(film), LIMITS, heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("name", VIDEOS)
def test_every_format(samples, name):
    found = probed(samples[name])
    assert (found.kind, found.mime_type) == ("video", VIDEOS[name][2])
    assert (found.width, found.height) == (160, 120)
    assert found.duration == pytest.approx(2, abs=0.15)
    assert [start for start, _ in times(samples[name])] == pytest.approx([0, 1], abs=0.3)


def test_a_black_video_gives_its_first_frame(tmp_path):
    path = write_video(tmp_path / "night", still(BLACK, 2, 10), format="mp4")
    assert [start for start, _ in times(path)] == [0]
    assert render(path, probed(path), LIMITS).size == (160, 120)


def test_a_static_video_gives_one_frame(tmp_path):
    path = write_video(tmp_path / "still", still(scene(1), 8, 10), format="mp4")
    assert len(times(path)) == 1


def test_a_single_frame(tmp_path):
    path = write_video(tmp_path / "one", [scene(1)], format="mp4")
    assert len(times(path)) == 1


@pytest.mark.parametrize(("rotation", "seen"), [(0, "rgwb"), (90, "gwbr"), (180, "wbrg"), (-90, "brgw")])
def test_rotation(tmp_path, rotation, seen):
    """`rotation` turns counter-clockwise, as in FFmpeg's display matrix."""
    path = write_video(tmp_path / "phone", still(quarters(160, 120), 1, 10), format="mp4", rotation=rotation)
    found = probed(path)
    assert (found.width, found.height) == ((120, 160) if rotation in (90, -90) else (160, 120))
    poster = render(path, found, LIMITS)
    assert (poster.size, corners(poster)) == ((found.width, found.height), seen)


def test_an_hour_is_looked_at_as_often_as_ten_minutes(tmp_path, monkeypatch):
    monkeypatch.setattr(videos, "MAX_SAMPLES", 120)
    looked = []
    monkeypatch.setattr(SceneFinder, "see", lambda *args, see=SceneFinder.see: looked.append(args[1]) or see(*args))
    pictures = (picture for seed in range(12) for picture in still(scene(seed, 64, 48), 60, 1))
    clock = (5 * number for number in range(720))
    path = write_video(tmp_path / "long", pictures, fps=1, size=(64, 48), format="mp4", times=clock)
    found = times(path)
    assert 110 < len(looked) <= 121
    assert looked[-1] == pytest.approx(3600, abs=35)
    # A scene begins at most so late.
    assert [start for start, _ in found] == pytest.approx([300 * number for number in range(12)], abs=30)


def test_key_frames_alone_find_the_cuts_of_large_videos(film, monkeypatch):
    decoded = []
    original = videos.frames
    monkeypatch.setattr(videos, "FULL_DECODE_PIXELS", 0)
    monkeypatch.setattr(videos, "frames", lambda *args: (decoded.append(f) or f for f in original(*args)))
    found = probed(film)
    decoded.clear()
    starts = [cut.start for cut in cuts(film, found, LIMITS, lambda progress: None)]
    assert starts == pytest.approx([1, 4, 6, 11], abs=0.5)
    assert len(decoded) < 12


def test_sparse_key_frames_are_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(videos, "FULL_DECODE_PIXELS", 0)
    pictures = [*still(scene(1), 30, 2), *still(scene(2), 30, 2)]
    path = write_video(
        tmp_path / "sparse", pictures, fps=2, format="mp4", codec_options={"g": "9999", "sc_threshold": "0"}
    )
    assert [start for start, _ in times(path)] == pytest.approx([0, 30], abs=0.6)


def test_a_live_webm_without_duration(tmp_path):
    pictures = [*still(scene(1), 2, 10), *still(scene(2), 2, 10)]
    path = write_video(tmp_path / "live", pictures, codec="libvpx", format="webm", options={"live": "1"})
    found = probed(path)
    assert found.duration == pytest.approx(4, abs=0.15)
    assert [start for start, _ in times(path)] == pytest.approx([0, 2], abs=0.3)


def test_a_variable_frame_rate(tmp_path):
    clock = [0, 0.1, 0.2, 1.5, 3.0, 3.1, 3.2, 6.0]
    pictures = [scene(1)] * 4 + [scene(2)] * 4
    path = write_video(tmp_path / "vfr", pictures, format="mp4", times=clock)
    assert [start for start, _ in times(path)] == pytest.approx([0, 3], abs=0.3)


def test_a_header_that_lies_about_the_duration(tmp_path):
    """The movie and track headers claim 100 times what there is."""
    path = write_video(tmp_path / "liar", still(scene(1), 3, 10), format="mp4")
    data = bytearray(path.read_bytes())
    for kind, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        at = data.index(kind) + offset
        data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") * 100).to_bytes(4, "big")
    path.write_bytes(data)
    assert probed(path).duration == pytest.approx(3, abs=0.5)


def test_a_broken_tail_keeps_what_came_before(tmp_path):
    pictures = [*still(scene(1), 3, 10), *still(scene(2), 3, 10), *still(scene(3), 3, 10)]
    path = write_video(tmp_path / "cut-off", pictures, format="matroska")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    found = times(path)
    assert found[0][0] == 0
    assert found[-1][1] < 8


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "sound"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), dtype=np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(FileRejected) as refused:
        videos.probe(path, sniff(path), LIMITS)
    assert refused.value.code == "no-picture"
    assert probed(path).kind == "sound"


@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_at_every_tenth(samples, tmp_path, name, tenth):
    """Refused with a sentence, or read as far as it goes."""
    whole = samples[name].read_bytes()
    path = tmp_path / "cut-off"
    path.write_bytes(whole[: len(whole) * tenth // 10])
    try:
        found = times(path)
    except FileRejected as refused:
        assert refused.message.endswith(".")
    else:
        assert found[0][0] == 0


def test_too_long_and_too_large(film):
    with pytest.raises(FileRejected) as refused:
        probed(film, Limits(max_duration_s=5))
    assert refused.value.code == "too-long"
    with pytest.raises(FileRejected) as refused:
        probed(film, Limits(max_pixels=1000))
    assert refused.value.code == "too-many-pixels"


def test_no_more_frames_than_allowed(film):
    assert len(times(film, Limits(max_frames=2))) == 2


def test_facts_of_the_camera(tmp_path):
    path = write_video(
        tmp_path / "phone",
        still(scene(1), 1, 10),
        format="mov",
        options={"movflags": "use_metadata_tags"},
        metadata={
            "com.apple.quicktime.make": "Apple",
            "com.apple.quicktime.model": "iPhone 13",
            "creation_time": "2021-08-01T10:30:00.000000Z",
        },
    )
    found = probed(path)
    assert found.camera == "Apple iPhone 13"
    assert found.captured_at == datetime(2021, 8, 1, 10, 30, tzinfo=UTC)


def test_mpeg4_pictures_of_other_shapes_are_shown_as_they_are_meant(tmp_path):
    """Anamorphic: 160 × 120 stored, shown twice as wide."""
    path = write_video(
        tmp_path / "wide", still(quarters(160, 120), 1, 10), format="mp4", codec_options={"aspect": "2:1"}
    )
    found = probed(path)
    assert (found.width, found.height) == (320, 120)
    assert render(path, found, LIMITS).size == (320, 120)


def test_opening_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    path = write_video(tmp_path / "file", still(scene(1, 64, 48), 1, 10), format="mp4", size=(64, 48))
    begins = path.read_bytes()
    at = int.from_bytes(begins[:4], "big")
    path.write_bytes(begins[:at] + b"\0\0\0\x08free" * 500_000 + begins[at:])
    monkeypatch.setattr(videos, "OPEN_S", 0.02)
    with pytest.raises(FileRejected) as refused:
        probed(path)
    assert refused.value.code in ("too-slow", "damaged")


def test_a_file_of_more_boxes_than_any_camera_writes_is_copied_unread(tmp_path, monkeypatch):
    path = write_video(tmp_path / "file", still(scene(1, 64, 48), 1, 10), format="mp4", size=(64, 48))
    path.write_bytes(path.read_bytes() + b"\0\0\0\x08free" * 50)
    assert not probed(path).has_location
    monkeypatch.setattr(location, "MAX_BOXES", 50)
    assert probed(path).has_location
