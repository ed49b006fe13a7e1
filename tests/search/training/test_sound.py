"""Learning to hear: that it learns, that it can be stopped, that what it made serves, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from search.encoders import registry
from search.training import runs
from search.training.errors import TrainingError
from search.training.loop import Watcher
from search.training.sound import clips, run
from search.training.sound.config import SoundConfig
from tests.media.sounds import hiss, tone, write_sound

pytestmark = [pytest.mark.encoder, pytest.mark.usefixtures("db")]

QUIET = {"epochs": 3, "batch": 8, "seconds": 1.0, "apart": 8, "held_out": 0.25, "lr": 3e-3}
KINDS = {"whistle": lambda seed: tone(1, 3000 + 40 * seed), "hum": lambda seed: tone(1, 150 + 5 * seed)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("sounds")
    for kind, made in KINDS.items():
        (root / kind).mkdir()
        for seed in range(12):
            write_sound(root / kind / f"{seed:02}.wav", made(seed) + hiss(1, 0.01, seed))
    return root


def trained(path: Path, folder: Path, watcher: Watcher | None = None, **options: object) -> dict | None:
    config = SoundConfig(**{"data": str(folder), **QUIET, **options})
    return run.go_on(run.start(path, config), watcher or Watcher(), lambda words: None)


def weights(path: Path) -> np.ndarray:
    return (path / "encoder" / "pocket-sound.safetensors").read_bytes()


def test_it_learns_and_what_it_made_hears(folder, tmp_path):
    found = trained(tmp_path / "run", folder, epochs=8)
    assert found["after"]["sounds"] == 6
    assert found["after"]["top_1"] == 1.0
    encoder = registry.load(found["encoder"])
    assert encoder.knows == ("hum", "whistle")
    out = io.StringIO()
    call_command("evaluate_encoder", folder, "--encoder", found["encoder"], "--json", stdout=out)
    measured = json.loads(out.getvalue())
    assert (measured["sounds"], measured["top_1"]) == (24, 1.0)
    assert (tmp_path / "run" / "report.html").exists()


def test_one_that_was_stopped_ends_as_if_it_had_not_been(folder, tmp_path):
    trained(tmp_path / "whole", folder)
    asked = iter([False] * 3 + [True])
    assert trained(tmp_path / "parts", folder, Watcher(stopping=lambda: next(asked))) is None
    run.go_on(run.RunFolder(tmp_path / "parts"), Watcher(), lambda words: None)
    assert weights(tmp_path / "parts") == weights(tmp_path / "whole")


def test_what_is_named_is_held_out_and_left_out(folder, tmp_path):
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"held_out": ["hum/00.wav"], "left_out": ["hum/01.wav", "whistle/00.wav"]}))
    trained_on, held_out = clips.of_folder(folder).split(folder, str(split), 0.5, 0)
    assert [path.name for path in held_out.sounds] == ["00.wav"]
    assert len(trained_on.sounds) == 21
    split.write_text(json.dumps({"held_out": ["hum/99.wav"]}))
    with pytest.raises(TrainingError, match=r"hum/99\.wav"):
        clips.of_folder(folder).split(folder, str(split), 0.5, 0)


def test_names_give_captions(folder, tmp_path):
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"hum": {"names": ["hum", "buzz"], "captions": ["a fridge at night"]}}))
    hum, whistle = clips.of_folder(folder, str(names)).captions
    assert {"buzz", "the sound of a hum", "a fridge at night"} <= set(hum)
    assert "the sound of a whistle" in whistle


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"data": ""}, "--data FOLDER"),
        ({"data": "/no/such/folder"}, "is no folder"),
        ({"seconds": 9.0}, "--seconds"),
        ({"names": "/no/such.json"}, "cannot be read"),
        ({"batch": 999}, "smaller --batch"),
    ],
)
def test_what_cannot_be_is_said_at_once(folder, tmp_path, options, said):
    with pytest.raises(TrainingError, match=said):
        trained(tmp_path / "run", folder, **options)
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_no_sound_is_named(folder, tmp_path):
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        for file in (folder / kind).iterdir():
            (tmp_path / kind / file.name).write_bytes(file.read_bytes())
    (tmp_path / "hum" / "broken.wav").write_text("no sound")
    with pytest.raises(TrainingError, match=r"broken\.wav cannot be heard"):
        trained(tmp_path / "run", tmp_path)


def test_an_encoder_of_pictures_measures_no_sounds(folder):
    with pytest.raises(CommandError, match="encodes no sounds"):
        call_command("evaluate_encoder", folder, "--encoder", "fake:visual")


def test_asked_for_in_the_admin_it_makes_an_encoder_of_sounds(folder, tmp_path, no_queue):
    asked = runs.ask_for("sound", {"data": str(folder), **QUIET}, None)
    assert runs.train_pending() == 1
    asked.refresh_from_db()
    assert asked.problem == ""
    assert asked.results["after"]["sounds"] == 6
    assert runs.make_encoder(asked).space == "sound"
