"""Fine-tuning: that it learns, that parts and processes change nothing, and that what it made serves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from PIL import Image

from media_library.models import MediaItem
from search.encoders import registry
from search.training.captions import Captions
from search.training.clip import pairs, run
from search.training.clip.config import ClipConfig
from search.training.clip.pairs import Pairs
from search.training.errors import TrainingError
from search.training.loop import Watcher

pytestmark = pytest.mark.usefixtures("db")

ROOT = Path(__file__).resolve().parents[3]
QUIET = {"epochs": 2, "batch": 12, "workers": 0, "lr": 1e-3, "crop": 0.8}


def trained(folder: Path, **options: object) -> dict[str, torch.Tensor]:
    run.go_on(run.start(folder, ClipConfig(**{**QUIET, **options})), Watcher(), lambda words: None)
    return learnt(folder)


def learnt(folder: Path) -> dict[str, torch.Tensor]:
    newest = max((folder / "checkpoints").glob("epoch-*.pt"))
    return torch.load(newest, weights_only=True)["learnt"]


def apart(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], start: str) -> float:
    """How far two runs from the model `start` ended from each other, as a share of the way that they went.

    Adam makes steps of one length out of gradients of any, so that rounding moves what hardly matters.
    """
    begun = registry.load(start).model.state_dict()
    assert one.keys() == other.keys()
    ways = [torch.cat([(a[name] - b[name]).flatten() for name in one]).norm() for a, b in ((one, other), (one, begun))]
    return float(ways[0] / ways[1])


def test_it_learns_to_join_pictures_and_names_and_what_it_made_serves(classes, tiny, tmp_path, capsys):
    given = {"data": classes, "model": tiny, "freeze": "none", "epochs": 60, "batch": 12, "lr": 0.003, "workers": 0}
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    call_command("train_contrastive", "clip", "--out", str(tmp_path / "run"), *options, "--held-out", "0.2")
    told = capsys.readouterr().out
    found = json.loads((tmp_path / "run" / "results.json").read_text())
    assert found["after"]["top_1"] > 0.9 > found["before"]["top_1"] + 0.2
    assert found["after"]["text_to_picture"]["1"] == 1
    assert found["encoder"] in told
    assert (tmp_path / "run" / "report.html").exists()
    assert len(list((tmp_path / "run" / "checkpoints").iterdir())) == 2
    call_command("evaluate_encoder", str(classes), "--encoder", found["encoder"], "--json")
    measured = json.loads(capsys.readouterr().out)
    assert measured["pictures"] == 60
    assert measured["top_1"] > 0.9
    assert measured["ms_per_picture"] > 0


def test_the_pocket_encoder_learns_with_its_words_locked(classes, tmp_path):
    red = Image.open(classes / "red_square" / "1.jpg").convert("RGB")
    before = registry.load("pocket").encode_texts(["red square"])
    trained(
        tmp_path / "run", data=str(classes), epochs=3, batch=24, against="kinds", size=48, held_out=0.2, smoothing=0.05
    )
    found = json.loads((tmp_path / "run" / "results.json").read_text())
    assert found["after"]["top_1"] > found["before"]["top_1"]
    encoder = registry.load(found["encoder"])
    assert encoder.key != registry.key_for("pocket")
    assert encoder.text_key == registry.load("pocket").text_key
    np.testing.assert_allclose(encoder.encode_texts(["red square"]), before, atol=1e-6)
    assert encoder.encode_images([red]).shape == (1, 384)
    assert encoder.transform(red).shape == (3, 48, 48)


def test_a_new_tower_takes_the_place_of_the_old_one(classes, tmp_path):
    trained(tmp_path / "run", data=str(classes), epochs=1, tower="resnet10t", size=32, against="kinds")
    spec = json.loads((tmp_path / "run" / "results.json").read_text())["encoder"]
    encoder = registry.load(spec)
    weights = Path(spec.removeprefix("pocket:")) / "pocket-visual.safetensors"
    assert weights.stat().st_size < 12e6
    assert encoder.encode_images([Image.new("RGB", (50, 40))]).shape == (1, 384)


def test_a_second_run_in_the_same_process_begins_where_the_first_did(classes, tiny, tmp_path):
    serving = {name: value.clone() for name, value in registry.load(tiny).model.state_dict().items()}
    first, second = (trained(tmp_path / name, data=str(classes), model=tiny, epochs=1) for name in ("first", "second"))
    for name, value in first.items():
        torch.testing.assert_close(second[name], value)
    assert any(not torch.equal(value, serving[name]) for name, value in first.items())
    for name, value in registry.load(tiny).model.state_dict().items():
        torch.testing.assert_close(value, serving[name], atol=0, rtol=0)


def test_what_was_known_before_keeps_its_share(classes, tiny, tmp_path):
    begun = registry.load(tiny).model.state_dict()
    trained(tmp_path / "run", data=str(classes), model=tiny, freeze="text", start_share=0.25)
    spec = json.loads((tmp_path / "run" / "results.json").read_text())["encoder"]
    made = registry.load(spec).model.state_dict()
    for name, value in learnt(tmp_path / "run").items():
        expected = 0.75 * value + 0.25 * begun[name] if value.is_floating_point() else value
        torch.testing.assert_close(made[name], expected, atol=1e-5, rtol=1e-4)
    with pytest.raises(TrainingError, match="start-share"):
        ClipConfig(tower="resnet10t", start_share=0.25).check()

    trained(tmp_path / "again", data=str(classes), model=spec, freeze="text", start_share=0.25, start_of=tiny, epochs=1)
    again = json.loads((tmp_path / "again" / "results.json").read_text())["encoder"]
    made = registry.load(again).model.state_dict()
    for name, value in learnt(tmp_path / "again").items():
        expected = 0.75 * value + 0.25 * begun[name] if value.is_floating_point() else value
        torch.testing.assert_close(made[name], expected, atol=1e-5, rtol=1e-4)
    with pytest.raises(TrainingError, match="another shape"):
        trained(tmp_path / "wrong", data=str(classes), model=spec, freeze="text", start_share=0.25, start_of="pocket")
    with pytest.raises(TrainingError, match="start-share"):
        ClipConfig(start_of="pocket").check()


def test_the_pocket_preset_goes_on_from_the_one_there_is_and_stays_small(classes, tmp_path, capsys):
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"red_square": {"names": ["red square", "shape"], "captions": ["four red corners"]}}))
    options = ["--data", classes, "--names", names, "--epochs", "2", "--batch", "24", "--small", "32"]
    options += ["--small-for", "0.5", "--size", "48", "--served-size", "64", "--workers", "0", "--held-out", "0.2"]
    call_command("train_contrastive", "pocket", "--out", str(tmp_path / "run"), *map(str, options))
    found = json.loads((tmp_path / "run" / "results.json").read_text())
    assert found["after"]["top_1"] > found["before"]["top_1"]
    folder = Path(found["encoder"].removeprefix("pocket:"))
    assert (folder / "pocket-visual.safetensors").stat().st_size < 15e6
    assert registry.load(found["encoder"]).transform(Image.new("RGB", (70, 90))).shape == (3, 64, 64)
    # It started where the project's own is, and not at random.
    first = [next(registry.load(spec).model.visual.parameters()) for spec in ("pocket", found["encoder"])]
    assert torch.cosine_similarity(*first).mean() > 0.9
    with pytest.raises(CommandError, match="--data FOLDER"):
        call_command("train_contrastive", "pocket", "--out", str(tmp_path / "other"))


def test_sentences_about_a_class_are_captions_as_they_are(classes, tmp_path):
    names = tmp_path / "names.json"
    names.write_text(
        json.dumps({"red_square": {"names": ["red square"], "captions": ["four corners"]}, "blue_square": "blue"})
    )
    found = pairs.of_folder(classes, str(names))
    captions = dict(zip(found.classes, found.captions, strict=True))
    assert captions[("red square",)][-1] == "four corners"
    assert len(captions[("red square",)]) == len(captions[("blue",)]) + 1


def test_what_may_be_said_of_two_classes_tells_neither_from_the_other():
    said = Pairs((), np.array([], dtype=np.int64), (("cat", "animal"), ("dog", "animal"), ("car",)))
    texts = Captions(said.captions, registry.load("pocket"), locked=True)
    masks = {}
    for seed in range(20):
        vectors, shared = texts.one_of_each((seed,))
        masks[tuple(vectors[:, 0].tolist())] = shared.tolist()
        assert vectors.shape == (3, 384)
    no, both = [False] * 3, [[False, True, False], [True, False, False], [False] * 3]
    assert len(masks) == 4
    assert [no] * 3 in masks.values()
    assert both in masks.values()
    assert all(shared[2] == no and not any(row[2] for row in shared) for shared in masks.values())


@pytest.mark.parametrize(("freeze", "moves"), [("text", "visual."), ("image", "text."), ("none", "")])
def test_a_locked_tower_stays(classes, tiny, tmp_path, freeze, moves):
    found = trained(tmp_path / "run", data=str(classes), model=tiny, freeze=freeze)
    before = {name: value.clone() for name, value in registry.load(tiny).model.state_dict().items()}
    spec = json.loads((tmp_path / "run" / "results.json").read_text())["encoder"]
    after = registry.load(spec).model.state_dict()
    changed = {name for name in before if not torch.equal(after[name], registry.load(tiny).model.state_dict()[name])}
    visual = {name for name in changed if name.startswith("visual.")}
    assert bool(visual) == (freeze != "image")
    assert bool(changed - visual - {"logit_scale"}) == (freeze != "text")
    assert "logit_scale" in changed
    assert changed <= set(found)


@pytest.mark.parametrize("options", [{"freeze": "none"}, {"freeze": "text"}, {"against": "kinds"}])
def test_parts_of_a_batch_give_what_the_whole_gives(write_csv, tiny, tmp_path, options):
    asked = {"data": str(write_csv()), "model": tiny, "precision": "fp32", **options}
    whole = trained(tmp_path / "whole", **asked)
    parts = trained(tmp_path / "parts", **asked, accumulate=3)
    other = trained(tmp_path / "other", **asked, seed=1)
    assert apart(whole, parts, tiny) < 0.02
    assert apart(whole, other, tiny) > 0.2


TWO_RUNS = """
import json, os, sys
import django
django.setup()
from django.core.management import call_command
from search.encoders import registry

for given in json.loads(sys.argv[1]):
    call_command("train_contrastive", "clip", *given)
    # Where the second meets: what the first left at the launcher's is not its own.
    os.environ |= {"MASTER_PORT": sys.argv[2], "TORCHELASTIC_USE_AGENT_STORE": "False"}
"""


@pytest.mark.timeout(400)
def test_two_processes_give_what_one_gives(write_csv, tiny, tmp_path):
    """Two runs in the same two processes, which take longer to start than both runs."""
    asked = {"data": str(write_csv()), "model": tiny, "precision": "fp32"}
    ways = {"both": {**asked, "freeze": "none"}, "one": {**asked, "freeze": "text", "against": "kinds"}}
    lines = []
    for name, options in ways.items():
        given = {**QUIET, **options, "batch": 6, "out": tmp_path / f"two-{name}"}
        lines.append([part for option, value in given.items() for part in (f"--{option}", str(value))])
    (tmp_path / "runs.py").write_text(TWO_RUNS)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += [str(tmp_path / "runs.py"), json.dumps(lines), str(port)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("The encoder it made") == 2
    for name, options in ways.items():
        whole = trained(tmp_path / f"whole-{name}", **options)
        assert apart(whole, learnt(tmp_path / f"two-{name}"), tiny) < 0.02, name


def test_a_run_that_is_stopped_anywhere_ends_as_one_that_is_not(write_csv, tiny, tmp_path):
    asked = {"data": str(write_csv()), "model": tiny, "freeze": "none"}
    whole = trained(tmp_path / "whole", **asked)
    folder = run.start(tmp_path / "broken", ClipConfig(**QUIET, **asked))
    answers = iter([False] * 2 + [True] + [False] * 3 + [True] + [False] * 99)
    stopping = Watcher(stopping=lambda: next(answers))
    for expected in (None, None, "done"):
        found = run.go_on(folder, stopping, lambda words: None)
        assert (found is None) == (expected is None)
    assert apart(whole, learnt(tmp_path / "broken"), tiny) == 0
    assert found["before"] == json.loads((tmp_path / "whole" / "before.json").read_text()) | {
        "ms_per_picture": found["before"]["ms_per_picture"]
    }


def test_the_library_teaches_by_its_captions(make_item, tmp_path):
    from search.training.clip.library import of_library

    for number in range(3):
        make_item("red", seed=number, caption="a red square", title="one")
    make_item("blue", seed=9, title="blue, untold")
    make_item("green", seed=8, title="", caption="", ready=False)
    found = of_library(tmp_path)
    assert len(found.pictures) == 4
    assert sorted(found.captions) == [("a red square",), ("blue, untold",)]
    assert all(Image.open(path).size for path in found.pictures)
    # A run goes on with what was said when it was started.
    MediaItem.objects.update(caption="something else")
    assert of_library(tmp_path).captions == found.captions
    with pytest.raises(CommandError, match="too few"):
        call_command("train_contrastive", "clip", "--out", str(tmp_path / "run"))


# --- What cannot be --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--lr", "0"), "--lr must be more than 0"),
        (("--batch", "10", "--accumulate", "3"), "multiple"),
        (("--against", "kinds", "--freeze", "none"), "needs --freeze text"),
        (("--freeze", "none", "--model", "pocket"), "keep --freeze text"),
        (("--model", "sentence:minilm"), "no picture tower"),
        (("--model", "nonsense"), "is not known"),
        (("--tower", "nonsense"), "no architecture"),
        (("--batch", "500"), "fewer than one batch"),
        (("--lr", "1e20", "--batch", "12"), "no longer a number"),
        (("--data", "/nowhere.csv"), "cannot be read"),
        (("--names", "/nowhere.json"), "nowhere.json cannot be read"),
    ],
)
def test_what_cannot_be_is_said(classes, tiny, tmp_path, given, said):
    defaults = {"--data": str(classes), "--model": tiny, "--workers": "0", "--epochs": "3", "--precision": "fp32"}
    options = {**defaults, **dict(zip(given[::2], given[1::2], strict=True))}
    with pytest.raises(CommandError, match=said):
        call_command(
            "train_contrastive", "clip", "--out", str(tmp_path / "run"), *(p for pair in options.items() for p in pair)
        )


def refused(data: Path, tmp_path: Path, *given: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("train_contrastive", "clip", "--data", str(data), "--out", str(tmp_path / "run"), *given)
    return str(error.value)


def test_captions_that_are_all_the_same_teach_nothing(classes, write_csv, tmp_path):
    rows = [(path, " A  square") for path in classes.rglob("*.jpg")]
    assert "nothing to tell apart" in refused(write_csv(rows), tmp_path)


def test_pictures_that_cannot_be_read_are_named_or_left_out(classes, write_csv, tiny, tmp_path):
    rows = [(path, path.stem) for path in sorted(classes.rglob("*.jpg"))]
    (tmp_path / "text.jpg").write_text("no picture")
    rows += [(tmp_path / "text.jpg", "text"), ("gone.jpg", "gone")]
    data = write_csv(rows)
    said = refused(data, tmp_path)
    assert "2 of 62 pictures cannot be read" in said
    assert "text.jpg" in said
    assert "gone.jpg (not there)" in said
    trained(tmp_path / "run", data=str(data), model=tiny, skip_unreadable=True, epochs=1)
    assert len(json.loads((tmp_path / "run" / "config.json").read_text())["left_out"]) == 2


def test_a_picture_that_breaks_off_is_named(classes, write_csv, tiny, tmp_path):
    whole = (classes / "red_square" / "0.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    rows = [(path, path.stem) for path in sorted(classes.rglob("*.jpg"))] + [(tmp_path / "half.jpg", "half")]
    said = refused(write_csv(rows), tmp_path, "--model", tiny, "--workers", "1", "--held-out", "0", "--batch", "61")
    assert "half.jpg cannot be read" in said


def test_a_csv_without_its_columns_says_which_it_has(tmp_path):
    (tmp_path / "a.csv").write_text("name,words\nx,y\n")
    assert "['name', 'words']" in refused(tmp_path / "a.csv", tmp_path)


def test_a_folder_without_classes_says_so(tmp_path):
    assert "no folders with pictures" in refused(tmp_path, tmp_path)


def test_other_pictures_are_another_run(classes, write_csv, tiny, tmp_path):
    data = write_csv()
    trained(tmp_path / "run", data=str(data), model=tiny, epochs=1)
    data.write_text("\n".join(data.read_text().splitlines()[:-1]))
    with pytest.raises(CommandError, match="not those"):
        call_command("train_contrastive", "clip", "--resume", str(tmp_path / "run"))
    gone = run.start(tmp_path / "gone", ClipConfig(**QUIET, data=str(data), model=tiny))
    (tmp_path / "moved").mkdir()
    last = next(classes.rglob("*.jpg"))
    last.rename(tmp_path / "moved" / last.name)
    with pytest.raises(TrainingError, match="not those"):
        run.go_on(gone, Watcher(), lambda words: None)
    (tmp_path / "moved" / last.name).rename(last)
    with pytest.raises(CommandError, match="keeps its options"):
        call_command("train_contrastive", "clip", "--resume", str(tmp_path / "run"), "--epochs", "9")
