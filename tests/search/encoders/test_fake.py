import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.encoders.base import TextEncoder, VisualEncoder
from search.encoders.fake import FakeTextEncoder, FakeVisualEncoder

ROOT = Path(__file__).parents[3]

visual = FakeVisualEncoder("fake:visual")
text = FakeTextEncoder("fake:text")


def picture(colour, size=(60, 40)):
    return Image.new("RGB", size, colour)


def test_they_keep_the_protocols():
    assert isinstance(visual, VisualEncoder)
    assert isinstance(text, TextEncoder)
    assert not isinstance(text, VisualEncoder)


@pytest.mark.parametrize("query", ["red", "a Red car", "scarlet"])
def test_a_colour_finds_the_picture_of_that_colour(query):
    pictures = visual.encode_images([picture("green"), picture((210, 20, 20)), picture("blue")])
    scores = pictures @ visual.encode_texts([query])[0]
    assert scores.argmax() == 1
    assert scores[1] > scores[[0, 2]].max() + 0.3


@pytest.mark.parametrize("colour", ["white", "orange", "purple", "blue"])
def test_colours_that_end_like_a_stem_are_known(colour):
    assert visual.encode_images([picture(colour)])[0] @ visual.encode_texts([colour])[0] > 0.8


def test_other_words_say_nothing_about_any_picture():
    pictures = visual.encode_images([picture("red"), picture("white"), picture("black")])
    np.testing.assert_array_equal(pictures @ visual.encode_texts(["zebra crossing"])[0], 0)


def test_pictures_of_the_same_colours_differ_by_where_they_are_bright():
    left, right = picture("black"), picture("black")
    left.paste("white", (0, 0, 30, 40))
    right.paste("white", (30, 0, 60, 40))
    one, other, again = visual.encode_images([left, right, left.resize((300, 200))])
    assert one @ other < 0.999 < one @ again


def test_texts_meet_by_stems_of_words():
    cat, cats, dog = text.encode_texts(["a cat plays", "cats playing", "thunderstorm"])
    assert cat @ cats > 0.7 > 0.3 > abs(cat @ dog)


@pytest.mark.parametrize("encoder", [visual, text], ids=["visual", "text"])
def test_every_text_has_a_unit_vector(encoder):
    rows = encoder.encode_texts(["", "   ", "☃", "\ud800", "word " * 5000])
    assert rows.shape == (5, encoder.dimensions)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    assert encoder.encode_texts([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_and_size_of_picture_has_a_unit_vector(mode):
    rows = visual.encode_images([Image.new(mode, (1, 1)), Image.new(mode, (3000, 2))])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)


def test_another_process_with_another_hash_seed_gives_the_same_vectors():
    code = (
        "from search.encoders.fake import FakeTextEncoder, FakeVisualEncoder\n"
        "for kind in (FakeTextEncoder, FakeVisualEncoder):\n"
        "    print(kind('').encode_texts(['old red barn']).tobytes().hex())"
    )
    env = {"PYTHONHASHSEED": "4711"}
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    here = [encoder.encode_texts(["old red barn"]).tobytes().hex() for encoder in (text, visual)]
    assert told.stdout.split() == here
