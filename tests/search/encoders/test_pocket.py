import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.encoders import pocket, registry
from search.encoders.base import EncoderError, VisualEncoder

pytestmark = pytest.mark.encoder

ANIMALS = Path(__file__).parents[4] / "shared/data/animals"

TEXTS = ["a cat", "", "two\n lines  of   text", "Ünïcode ☃", "word " * 100, "word " * 1000]


@pytest.fixture(scope="module")
def encoder():
    return registry.load("pocket")


@pytest.fixture(scope="module")
def text_encoder():
    return registry.load("sentence:minilm")


@pytest.fixture
def pictures():
    noise = np.random.default_rng(1).integers(0, 256, (3, 120, 90, 3), dtype=np.uint8)
    return [Image.fromarray(pixels) for pixels in noise]


def test_it_is_an_encoder_of_pictures_and_words(encoder, pictures):
    assert isinstance(encoder, VisualEncoder)
    for rows in (encoder.encode_images(pictures), encoder.encode_texts(TEXTS[:3])):
        assert (rows.shape, rows.dtype) == ((3, 384), np.float32)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_its_words_are_those_of_the_text_encoder(encoder, text_encoder):
    assert encoder.text_key == text_encoder.text_key
    cosines = np.sum(encoder.encode_texts(TEXTS) * text_encoder.encode_texts(TEXTS), axis=1)
    assert cosines.min() > 0.9999


def test_one_text_model_is_in_memory(encoder, text_encoder):
    ours = dict(encoder.model.text.transformer.named_parameters())
    theirs = dict(text_encoder.model[0].model.named_parameters())
    assert len(ours) > 100
    assert all(ours[name] is theirs[name] for name in ours)


def test_it_is_what_open_clip_makes_of_its_configuration(encoder, pictures, tmp_path):
    import open_clip
    from safetensors.torch import load_file

    path = tmp_path / "pocket-by-open-clip.json"
    path.write_text(json.dumps(pocket.config()))
    open_clip.add_model_config(path)
    model, _, transform = open_clip.create_model_and_transforms("pocket-by-open-clip")
    fit = model.load_state_dict(load_file(pocket.weights()), strict=False)
    assert not fit.unexpected_keys
    assert {name.partition(".")[0] for name in fit.missing_keys} == {"text", "logit_scale"}

    import torch

    with torch.inference_mode():
        images = torch.stack([transform(picture) for picture in pictures])
        expected = model.eval().encode_image(images, normalize=True).numpy()
        words = model.encode_text(open_clip.get_tokenizer("pocket-by-open-clip")(["a cat"]), normalize=True).numpy()
    np.testing.assert_allclose(encoder.encode_images(pictures), expected, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(["a cat"]), words, atol=1e-5)


def test_every_picture_parameter_came_from_the_file(encoder):
    assert not any(value.is_meta for value in encoder.model.visual.state_dict().values())


def test_a_pixel_and_a_long_strip_are_encoded(encoder):
    rows = encoder.encode_images([Image.new("L", (1, 1), 90), Image.new("RGB", (60000, 1), "red")])
    assert np.isfinite(rows).all()


def test_damaged_weights_are_refused(tmp_path):
    (tmp_path / "weights.json").write_text(json.dumps({"sha256": pocket.weights_sha256()}))
    (tmp_path / pocket.WEIGHTS).write_bytes(pocket.weights().read_bytes()[:-1] + b"\0")
    with pytest.raises(EncoderError, match="damaged"):
        pocket.load("key", "text-key", tmp_path)


@pytest.mark.parametrize("another", ["resnet34d", "tf_efficientnet_lite1", "tf_efficientnet_b0"])
def test_weights_of_another_shape_of_model_are_refused(monkeypatch, another):
    settings = pocket.config()
    settings["vision_cfg"]["timm_model_name"] = another
    monkeypatch.setattr(pocket, "config", lambda folder: settings)
    with pytest.raises(EncoderError, match="do not fit"):
        pocket.load("key", "text-key")


@pytest.mark.skipif(not ANIMALS.is_dir(), reason="the animals' pictures are not here")
def test_a_cat_is_found_by_a_picture_and_by_the_word(encoder):
    paths = sorted((ANIMALS / "source/image").glob("*.jpg"))
    library = encoder.encode_images([Image.open(path) for path in paths])
    cats = np.array([path.stem.startswith("cat") for path in paths])

    by_picture = library @ encoder.encode_images([Image.open(ANIMALS / "test/test-cat.jpg")])[0]
    assert cats[np.argsort(-by_picture)[:3]].all()
    by_word = library @ encoder.encode_texts(["cat"])[0]
    assert cats[by_word.argmax()]
    assert by_word[cats].mean() > by_word[~cats].mean()
