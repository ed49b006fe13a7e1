"""What is heard of a sound: the right pitch at the right time, whatever the file is like."""

from __future__ import annotations

import numpy as np
import pytest

from media_library.formats import Limits, cuts, spectrograms
from media_library.formats.ears import Ear, between
from media_library.formats.listening import listen
from media_library.formats.spectrograms import COLUMNS_S, PITCHES, is_silent, packed, spectrogram, unpacked
from tests.media.sounds import RATE, hiss, silence, tone, wav, write_sound
from tests.media_library.formats.conftest import probed

LIMITS = Limits()


def heard(path, mime_type="audio/wav"):
    ear = Ear()
    listen(path, mime_type, LIMITS, 30, ear=ear)
    return ear.spectrogram()


def test_a_tone_is_loud_in_its_band_alone():
    made = spectrogram(tone(1, 1000, level=1.0)).astype(int)
    assert made.shape == (98, PITCHES)
    assert abs(made.max() * spectrograms.STEP_DB + spectrograms.FLOOR_DB) < 2  # a full scale is 0 dB
    loudest = made.mean(axis=0).argmax()
    assert made[:, loudest].min() - np.delete(made, [loudest - 1, loudest, loudest + 1], axis=1).max() > 40
    # Half as loud is 6 dB less, which is 12 of its steps.
    assert made.max() - spectrogram(tone(1, 1000, level=0.5)).max() == 12


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(1, np.float32),
        np.full(RATE, np.nan, np.float32),
        np.full(RATE, 0.7, np.float32),
        silence(1),
    ],
    ids=["nothing", "one sample", "no numbers", "constant", "silence"],
)
def test_silence_is_silent(samples):
    made = spectrogram(samples)
    assert made.shape[1] == PITCHES
    assert is_silent(made)


def test_numbers_that_are_none_leave_the_rest_as_it_is():
    broken = tone(1)
    broken[100], broken[5000], broken[9000] = np.nan, np.inf, -1e30
    made = spectrogram(broken)
    np.testing.assert_array_equal(made[70:], spectrogram(tone(1))[70:])


def test_it_survives_packing():
    made = spectrogram(hiss(3, 0.2))
    np.testing.assert_array_equal(unpacked(packed(made)), made)
    assert len(packed(made)) < made.size
    for wrong in (b"", b"no picture", packed(made)[:50]):
        with pytest.raises((OSError, ValueError)):
            unpacked(wrong)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16_000, 8), (44_100, 2), (48_000, 6)])
def test_any_rate_and_any_channels_are_heard_alike(tmp_path, rate, channels):
    samples = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)).astype(np.float32)
    path = write_sound(tmp_path / "a.wav", np.concatenate([samples, 0 * samples]), rate=rate, channels=channels)
    made = heard(path)
    assert abs(len(made) - 4 * COLUMNS_S) < 6
    assert made[5:190].mean(axis=0).argmax() == spectrogram(tone(1)).mean(axis=0).argmax()
    assert made[5:190].max(axis=1).min() > 150
    assert is_silent(made[215:])


def test_one_sample_is_a_sound(tmp_path):
    path = tmp_path / "one.wav"
    path.write_bytes(wav(b"\xff\x7f"))
    assert len(heard(path)) >= 1


def test_what_was_not_sent_is_silence(tmp_path):
    """Where times leave something out, what follows stands where it belongs."""
    ear = Ear()
    ear.hear(tone(1), RATE, 0.0)
    ear.hear(tone(1, 2000), RATE, 5.0)
    made = ear.spectrogram()
    assert abs(len(made) - 6 * COLUMNS_S) < 6
    assert is_silent(made[110:490])
    assert not is_silent(made[505:590])


def test_pieces_make_what_the_whole_makes():
    whole, pieces = Ear(), Ear()
    samples = hiss(2.5, 0.3)
    whole.hear(samples, RATE, 0.0)
    for at in range(0, len(samples), 777):
        pieces.hear(samples[at : at + 777], RATE, at / RATE)
    np.testing.assert_array_equal(whole.spectrogram(), pieces.spectrogram())


def test_each_stretch_holds_what_is_heard_in_it(tmp_path):
    samples = np.concatenate([silence(1), tone(6, 300), silence(4), tone(6, 3000), silence(1)])
    path = write_sound(tmp_path / "two.flac", samples, "flac")
    first, second = cuts(path, probed(path), LIMITS, lambda progress: None)
    low, high = (unpacked(cut.heard) for cut in (first, second))
    assert low.mean(axis=0).argmax() < 20 < 40 < high.mean(axis=0).argmax()
    assert len(low) == pytest.approx((first.end - first.start) * COLUMNS_S, abs=2)
    assert len(packed(low)) < 30_000


def test_of_silence_nothing_is_kept(tmp_path):
    path = write_sound(tmp_path / "quiet.wav", silence(3))
    assert [cut.heard for cut in cuts(path, probed(path), LIMITS, lambda progress: None)] == [b""]


def test_a_part_is_never_empty():
    made = spectrogram(tone(1))
    assert len(between(made, 0.5, 0.5)) == 1
    assert len(between(made, 99, 100)) == 1
    assert len(between(made[:0], 0, 1)) == 0
