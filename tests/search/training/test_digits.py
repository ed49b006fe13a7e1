"""The first lesson: what it reads, how it pairs, that it learns, and that it can be stopped anywhere."""

from __future__ import annotations

import gzip
import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from search.training import options
from search.training.digits import data, pairs
from search.training.digits.config import LOSSES, DigitsConfig
from search.training.errors import TrainingError

pytestmark = pytest.mark.usefixtures("db")

ROOT = Path(__file__).resolve().parents[3]
HEADER = ",".join(["label", *(f"pixel{number}" for number in range(784))])


def some_digits(count: int = 60) -> data.Digits:
    rng = np.random.default_rng(1)
    return data.Digits(rng.integers(0, 256, (count, 28, 28)).astype(np.uint8), np.arange(count) % 3)


def as_csv(digits: data.Digits) -> str:
    rows = np.hstack([digits.labels[:, None], digits.images.reshape(len(digits.labels), -1)])
    return "\n".join([HEADER, *(",".join(map(str, row)) for row in rows)]) + "\n"


def as_idx(array: np.ndarray) -> bytes:
    return (
        bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    )


# --- What it reads ---------------------------------------------------------------------------------------


def test_the_digits_of_scikit_learn_are_28_by_28_and_all_kinds():
    digits = data.read("")
    assert digits.images.shape == (1797, 28, 28)
    assert digits.images.dtype == np.uint8
    assert set(digits.labels) == set(range(10))
    assert not digits.images[:, :4].any()
    assert digits.images.max() == 255


def test_a_kaggle_file_is_read_packed_or_not(tmp_path):
    digits = some_digits()
    (tmp_path / "train.csv").write_text(as_csv(digits))
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(as_csv(digits).encode()))
    for name in ("train.csv", "train.csv.gz"):
        read = data.read(str(tmp_path / name))
        assert (read.images == digits.images).all()
        assert (read.labels == digits.labels).all()


@pytest.mark.parametrize("dash", ["-", "."])
@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_read_by_folder_or_by_name(tmp_path, dash, packed):
    digits = some_digits()
    written = {
        "images": (f"train-images{dash}idx3-ubyte", digits.images),
        "labels": (f"train-labels{dash}idx1-ubyte", digits.labels),
    }
    for name, array in written.values():
        content = as_idx(array)
        (tmp_path / f"{name}{'.gz' * packed}").write_bytes(gzip.compress(content) if packed else content)
    for source in (tmp_path, tmp_path / f"{written['images'][0]}{'.gz' * packed}"):
        read = data.read(str(source))
        assert (read.images == digits.images).all()
        assert (read.labels == digits.labels).all()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", HEADER + "\n", "no rows"),
        ("a.csv", "pixel0,pixel1\n1,2\n", "columns label, pixel0"),
        ("a.csv", "", "columns label, pixel0"),
        ("a.csv", HEADER + "\n1,2,3\n", "a.csv"),
        ("a.csv", HEADER + "\n" + ",".join(["x"] * 785) + "\n", "a.csv"),
        ("a.csv", HEADER + "\n" + ",".join(["300"] * 785) + "\n", "outside of 0 to 255"),
        ("a.csv.gz", "no gzip", "a.csv.gz"),
        ("train-images-idx3-ubyte", "abc", "no IDX file"),
        ("anything", "abc", "neither a CSV nor IDX"),
    ],
)
def test_what_is_no_data_is_refused_with_its_name(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(TrainingError, match=said):
        data.read(str(tmp_path / name))


def test_idx_files_that_lie_are_refused(tmp_path):
    digits = some_digits()
    images, labels = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte"
    with pytest.raises(TrainingError, match="neither"):
        data.read(str(tmp_path))
    images.write_bytes(as_idx(digits.images))
    with pytest.raises(TrainingError, match="cannot be read"):
        data.read(str(images))
    labels.write_bytes(as_idx(digits.labels[:-1]))
    with pytest.raises(TrainingError, match="60 pictures and .* 59 labels"):
        data.read(str(images))
    labels.write_bytes(as_idx(digits.labels)[:-5])
    with pytest.raises(TrainingError, match="cut off"):
        data.read(str(images))
    labels.write_bytes(as_idx(digits.labels))
    images.write_bytes(as_idx(digits.images[:, :20]))
    with pytest.raises(TrainingError, match="20 by 28"):
        data.read(str(images))
    images.write_bytes(bytes((0, 0, 8, 3)) + b"\xff" * 12)
    with pytest.raises(TrainingError, match="cut off"):
        data.read(str(images))
    images.with_suffix(".gz").write_bytes(gzip.compress(as_idx(digits.images))[:50])
    with pytest.raises(TrainingError):
        data.read(str(images.with_suffix(".gz")))


def test_one_kind_of_digits_is_too_few(tmp_path):
    digits = some_digits()
    (tmp_path / "a.csv").write_text(as_csv(data.Digits(digits.images, digits.labels * 0)))
    with pytest.raises(TrainingError, match="two kinds"):
        data.read(str(tmp_path / "a.csv"))


@pytest.mark.parametrize(("count", "held_out", "expected"), [(60, 1000, 6), (60, 3, 3), (20_000, 1000, 1000)])
def test_the_last_are_held_out(count, held_out, expected):
    digits = data.Digits(np.zeros((count, 1, 1), np.uint8), np.arange(count))
    trained_on, rest = digits.split(held_out)
    assert len(rest.labels) == expected
    assert np.concatenate([trained_on.labels, rest.labels]).tolist() == list(range(count))


# --- How it pairs ----------------------------------------------------------------------------------------


@given(
    labels=st.lists(st.integers(-3, 3), min_size=2, max_size=60).map(lambda drawn: [*drawn, 7, 7, *drawn, 8, 8]),
    seed=st.integers(0, 2**31 - 1),
    epoch=st.integers(1, 1000),
)
def test_partners_are_alike_and_unlike(labels, seed, epoch):
    labels = np.array(labels)
    drawn = pairs.draw(labels, seed, epoch)
    assert sorted(drawn.anchors) == list(range(len(labels)))
    assert (labels[drawn.positives] == labels[drawn.anchors]).all()
    assert (drawn.positives != drawn.anchors).all()
    assert (labels[drawn.negatives] != labels[drawn.anchors]).all()
    again = pairs.draw(labels, seed, epoch)
    assert (again.negatives == drawn.negatives).all()


def test_partners_are_drawn_evenly():
    labels = np.repeat([0, 1, 2], [3, 4, 5])
    drawn = [pairs.draw(labels, 0, epoch) for epoch in range(1, 2001)]
    first = [int(each.anchors.tolist().index(0)) for each in drawn]
    positives = np.bincount([each.positives[at] for each, at in zip(drawn, first, strict=True)], minlength=12)
    negatives = np.bincount([each.negatives[at] for each, at in zip(drawn, first, strict=True)], minlength=12)
    assert positives[0] == 0
    assert np.allclose(positives[1:3] / 2000, 1 / 2, atol=0.06)
    assert np.allclose(negatives[3:] / 2000, 1 / 9, atol=0.03)


# --- That it learns, stops and goes on -------------------------------------------------------------------


@pytest.fixture
def nothing_drawn(monkeypatch) -> None:
    from search.training.digits import report

    monkeypatch.setattr(report, "draw", lambda *args: None)


def result(folder: Path) -> dict[str, float]:
    return json.loads((folder / "results.json").read_text())


def weights(folder: Path, epoch: int) -> dict:
    import torch

    return torch.load(folder / "checkpoints" / f"epoch-{epoch:03d}.pt", weights_only=True)["learnt"]


SMALL = ("--channels", "8", "16", "--hidden", "64")


def test_it_learns_to_tell_digits_apart_and_shows_it(tmp_path, capsys, monkeypatch):
    from search.training.digits import report

    monkeypatch.setattr(report, "SHOWN", 300)
    call_command("train_contrastive", "digits", "--out", str(tmp_path / "run"), "--epochs", "4", *SMALL)
    told = capsys.readouterr()
    found = result(tmp_path / "run")
    assert found["accuracy"] > 0.9
    assert f"{found['accuracy']:.1%}" in told.out
    assert "loss=" in told.err
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["lr"] == 0.005
    assert config["digits"] == 1797
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["step"] == log[-1]["steps"]
    assert log[-1]["loss"] < log[0]["loss"] / 2
    assert len(list((tmp_path / "run" / "checkpoints").iterdir())) == 4
    page = (tmp_path / "run" / "report.html").read_text()
    for name in ("loss", "learning_rate", "pca_3d", "umap_cosine", "umap_euclidean"):
        assert (tmp_path / "run" / f"{name}.png").stat().st_size > 5000
    assert page.count('class="plotly-graph-div"') == 5
    assert "scatter3d" in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("loss", LOSSES)
def test_a_run_that_is_stopped_anywhere_ends_as_one_that_is_not(tmp_path, nothing_drawn, loss):
    import torch

    from search.training.digits import run
    from search.training.loop import Watcher

    (tmp_path / "a.csv").write_text(as_csv(some_digits(200)))
    config = DigitsConfig(data=str(tmp_path / "a.csv"), channels=(4, 4), hidden=32, batch=20, epochs=3, loss=loss)
    whole, broken = run.start(tmp_path / "whole", config), run.start(tmp_path / "broken", config)
    run.go_on(whole, Watcher(), lambda words: None)
    asked = iter([False] * 3 + [True] + [False] * 9 + [True] + [False] * 99)
    watcher = Watcher(stopping=lambda: next(asked))
    assert run.go_on(broken, watcher, lambda words: None) is None
    assert run.go_on(broken, watcher, lambda words: None) is None
    assert run.go_on(broken, watcher, lambda words: None) == result(whole.path)
    expected, got = weights(whole.path, 3), weights(broken.path, 3)
    assert all(torch.equal(expected[name], got[name]) for name in expected)
    steps = [line["step"] for line in broken.logged()]
    assert steps == sorted(set(steps))
    assert not (broken.checkpoints / "stopped.pt").exists()


def test_more_epochs_prolong_a_run(tmp_path, nothing_drawn):
    call_command("train_contrastive", "digits", "--out", str(tmp_path), *SMALL, "--epochs", "1")
    call_command("train_contrastive", "digits", "--resume", str(tmp_path), "--epochs", "2")
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
    assert json.loads((tmp_path / "config.json").read_text())["epochs"] == 2


def test_ctrl_c_saves(tmp_path):
    command = [sys.executable, "manage.py", "train_contrastive", "digits", "--out", str(tmp_path)]
    command += ["--epochs", "500", *SMALL]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 100
    while not (tmp_path / "log.jsonl").exists() and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert f"--resume {tmp_path}" in out
    assert (tmp_path / "checkpoints" / "stopped.pt").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--lr", "0"), "--lr must be more than 0"),
        (("--dropout", "1"), "--dropout"),
        (("--seed", "-1"), "--seed"),
        (("--data", "/nowhere/train.csv"), "cannot be read"),
        (("--resume", "/nowhere"), "holds no run"),
        (("--resume", "/nowhere", "--lr", "1"), "keeps its options"),
        (("--lr", "1e30", "--epochs", "1", *SMALL), "no longer a number"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, given, said):
    out = () if "--resume" in given else ("--out", str(tmp_path / "run"))
    with pytest.raises(CommandError, match=said):
        call_command("train_contrastive", "digits", *given, *out)


def test_a_folder_is_not_trained_into_twice_nor_with_other_digits(tmp_path, nothing_drawn):
    digits = some_digits()
    (tmp_path / "a.csv").write_text(as_csv(digits))
    given = ("--data", str(tmp_path / "a.csv"), "--out", str(tmp_path / "run"), "--epochs", "1")
    call_command("train_contrastive", "digits", *given)
    with pytest.raises(CommandError, match="--resume"):
        call_command("train_contrastive", "digits", *given)
    (tmp_path / "a.csv").write_text(as_csv(data.Digits(digits.images, digits.labels[::-1])))
    with pytest.raises(CommandError, match="not those"):
        call_command("train_contrastive", "digits", "--resume", str(tmp_path / "run"))


def test_a_config_of_another_version_is_named():
    with pytest.raises(TrainingError, match="held_out"):
        options.restored(DigitsConfig, {"data": ""})
