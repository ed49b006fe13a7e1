"""The pocket encoder's ear."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from media_library.formats.spectrograms import spectrogram
from search.encoders import registry, specs
from search.encoders.base import EncoderError, HearingEncoder
from search.encoders.pocket import hearing
from tests.media.sounds import hiss, tone

pytestmark = pytest.mark.encoder


@pytest.fixture(scope="module")
def encoder():
    return registry.load("sound:pocket")


def test_it_hears_into_the_space_of_its_words(encoder):
    assert isinstance(encoder, HearingEncoder)
    rows = encoder.encode_sounds([spectrogram(tone(2)), spectrogram(hiss(0.1, 0.3)), spectrogram(hiss(33, 0.3))])
    assert (rows.shape, rows.dtype) == ((3, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    assert encoder.encode_sounds([]).shape == (0, 384)
    # A picture's words, a text's and a sound's are the same vectors.
    assert specs.text_key_for("sound:pocket") == specs.text_key_for("pocket") == specs.key_for("sentence:minilm")
    assert "dog" in encoder.knows


def test_how_loud_it_was_recorded_changes_nothing(encoder):
    loud, soft = encoder.encode_sounds([spectrogram(hiss(3, 0.5)), spectrogram(hiss(3, 0.05))])
    assert loud @ soft > 0.99


@pytest.mark.parametrize("columns", [1, 2, 99, 100, 501, 4321])
def test_any_length_is_heard(encoder, columns):
    heard = np.random.default_rng(0).integers(0, 255, (columns, 64), dtype=np.uint8)
    assert np.isfinite(encoder.encode_sounds([heard, 0 * heard])).all()


def test_white_noise_is_rain_rather_than_a_dog(encoder):
    words = encoder.encode_texts(["rain", "sea waves", "a dog barking", "somebody speaking"])
    rain, sea, dog, speech = words @ encoder.encode_sounds([spectrogram(hiss(5, 0.3))])[0]
    assert max(rain, sea) > max(dog, speech)


def test_what_it_was_never_taught_is_not_familiar(encoder):
    clicks = np.where(np.random.default_rng(0).random(48_000) < 0.0005, 1.0, 0.0)
    rain, click = encoder.familiar(encoder.encode_sounds([spectrogram(hiss(5, 0.3)), spectrogram(clicks)]))
    assert rain and not click


def test_its_key_is_that_of_its_weights_and_no_other(tmp_path, encoder):
    assert specs.key_for("sound:pocket").startswith("sound:sha256-")
    for name in (hearing.WEIGHTS, hearing.RECORD):
        shutil.copy(hearing.OWN / name, tmp_path)
    assert specs.key_for(f"sound:{tmp_path}") == specs.key_for("sound:pocket")
    assert registry.hears(f"sound:{tmp_path}")
    record = json.loads((tmp_path / hearing.RECORD).read_text())
    (tmp_path / hearing.RECORD).write_text(json.dumps({**record, "sha256": "0" * 64}))
    # Other weights of sounds: pictures keep their vectors.
    assert specs.key_for(f"sound:{tmp_path}") != specs.key_for("sound:pocket")
    with pytest.raises(EncoderError, match="damaged"):
        registry.load(f"sound:{tmp_path}")
    (tmp_path / hearing.RECORD).write_text("{}")
    with pytest.raises(EncoderError, match="no encoder of sounds"):
        specs.key_for(f"sound:{tmp_path}")


@pytest.mark.parametrize("spec", ["pocket", "fake:visual", "fake:text", "sentence:minilm", "open_clip:local-dir:/x"])
def test_others_do_not_hear(spec):
    assert not registry.hears(spec)


@pytest.mark.parametrize("spec", ["sound:", "sound", "sound:no-such-thing"])
def test_what_is_none_says_so(spec):
    with pytest.raises(EncoderError, match="sound:pocket"):
        specs.parse(spec)
