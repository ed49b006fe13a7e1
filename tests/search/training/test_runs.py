"""Runs as rows: asked for, trained, stopped, taken up again, compared, and made an encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from media_library import leases
from search.models import Encoder, RunState, TrainingRun
from search.training import runs
from search.training.errors import TrainingError
from search.training.loop import Progress

pytestmark = pytest.mark.usefixtures("db", "no_queue", "_runs_here")

SMALL = {"channels": [4, 4], "hidden": 16, "epochs": 2, "batch": 64}


@pytest.fixture
def _runs_here(settings, tmp_path, monkeypatch) -> None:
    from search.training.digits import report

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(report, "draw", lambda *args: None)
    monkeypatch.setattr(runs, "TELL_S", 0.0)


def asked(**changes: object) -> TrainingRun:
    return runs.ask_for("digits", {**SMALL, "channels": (4, 4), **changes}, None)


def test_a_worker_trains_what_was_asked_for(no_queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = asked()
    assert runs.TRAIN in no_queue
    assert runs.train_pending() == 1
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.problem
    assert run.results["accuracy"] > 0.5
    assert run.progress["step"] == run.progress["steps"] == run.curve[-1][0]
    assert (Path(run.folder) / "checkpoints").is_dir()
    assert runs.train_pending() == 0


def test_options_that_cannot_be_are_refused_at_once():
    with pytest.raises(TrainingError, match="--lr"):
        asked(lr=0.0)
    assert not TrainingRun.objects.exists()


def test_one_that_fails_says_why_and_stops_no_other():
    broken, whole = asked(data="/nowhere.csv"), asked()
    assert runs.train_pending() == 2
    broken.refresh_from_db(), whole.refresh_from_db()
    assert (broken.state, whole.state) == (RunState.FAILED, RunState.DONE)
    assert "/nowhere.csv cannot be read" in broken.problem


def test_it_is_stopped_and_goes_on(monkeypatch):
    run = asked()
    written = runs.Recorder.tell

    def stop_at_the_first_word(self: runs.Recorder, progress: Progress) -> None:
        written(self, progress)
        if not TrainingRun.objects.get().stop_asked and progress.epoch == 1:
            runs.stop(run)

    monkeypatch.setattr(runs.Recorder, "tell", stop_at_the_first_word)
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert run.progress["step"] < run.progress["steps"]
    with pytest.raises(runs.WrongState):
        runs.stop(run)
    monkeypatch.setattr(runs.Recorder, "tell", written)
    runs.go_on(run)
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    steps = [point[0] for point in run.curve]
    assert steps == sorted(set(steps))
    with pytest.raises(runs.WrongState):
        runs.go_on(run)


def test_one_that_waits_does_not_begin_once_it_is_stopped():
    run = asked()
    runs.stop(run)
    assert runs.train_pending() == 0


def test_a_worker_that_is_to_end_leaves_its_run_to_the_next(monkeypatch):
    run = asked()
    answers = iter([False, False, True, True, True, True])
    monkeypatch.setattr(runs.queue, "stopping", lambda: next(answers))
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.WAITING
    monkeypatch.setattr(runs.queue, "stopping", lambda: False)
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_one_whose_worker_is_gone_is_taken_up_and_not_for_ever():
    long_ago = timezone.now() - 2 * runs.LOST_LEASES * leases.length()
    run = asked()
    lost = TrainingRun.objects.filter(pk=run.pk)
    lost.update(state=RunState.RUNNING, alive_at=long_ago, attempts=1)
    by_command = TrainingRun.objects.create(preset="digits", state="running", by_worker=False, alive_at=long_ago)
    assert runs.train_pending() == 1
    run.refresh_from_db(), by_command.refresh_from_db()
    assert (run.state, by_command.state) == (RunState.DONE, RunState.STOPPED)
    lost.update(state=RunState.RUNNING, alive_at=long_ago, attempts=runs.MAX_ATTEMPTS)
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "lost several times" in run.problem


def test_what_a_command_trains_is_a_row_too(tmp_path):
    given = ("--epochs", "1", "--channels", "4", "4", "--hidden", "16")
    call_command("train_contrastive", "digits", "--out", str(tmp_path / "run"), *given)
    run = TrainingRun.objects.get()
    assert (run.state, run.by_worker, run.folder) == (RunState.DONE, False, str(tmp_path / "run"))
    assert run.results == json.loads((tmp_path / "run" / "results.json").read_text())
    call_command("train_contrastive", "digits", "--resume", str(tmp_path / "run"), "--epochs", "2")
    run.refresh_from_db()
    assert TrainingRun.objects.count() == 1
    assert run.progress["epoch"] == 2


def test_a_run_that_is_prolonged_and_stopped_is_not_done(tmp_path, monkeypatch):
    given = ("--epochs", "1", "--channels", "4", "4", "--hidden", "16")
    call_command("train_contrastive", "digits", "--out", str(tmp_path / "run"), *given)
    monkeypatch.setattr(runs.Recorder, "stopping", lambda self: True)
    call_command("train_contrastive", "digits", "--resume", str(tmp_path / "run"), "--epochs", "3")
    assert TrainingRun.objects.get().state == RunState.STOPPED


def test_a_long_curve_is_thinned_and_keeps_its_end():
    recorder = runs.Recorder(None)
    for step in range(1, 5001):
        recorder.tell(Progress(1, step, 5000, 1 / step, 0.1, 10))
    assert runs.POINTS / 2 < len(recorder._curve) <= 2 * runs.POINTS
    assert recorder._curve[-1][0] == 5000


# --- In the admin ----------------------------------------------------------------------------------------


@pytest.fixture
def curator(client, staff_user):
    client.force_login(staff_user)
    return client


def page(client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"admin:search_trainingrun_{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def do(client, run: TrainingRun, verb: str) -> str:
    response = client.post(reverse("admin:search_trainingrun_do", args=[run.pk, verb]), follow=True)
    return response.content.decode()


def test_it_is_asked_for_watched_stopped_and_compared(curator):
    assert "No results" in page(curator, "changelist") or "0 training runs" in page(curator, "changelist")
    form = page(curator, "add", preset="digits")
    assert "multiplied by --lr-factor" in form
    url = reverse("admin:search_trainingrun_add") + "?preset=digits"
    usual = {"channels": "4 4", "held_out": 1000, "hidden": 16, "dimensions": 64, "dropout": 0.3, "loss": "triplet"}
    usual |= {"temperature": 0.1, "margin": 0.5, "epochs": 1, "batch": 64, "lr": 0.005, "lr_every": 7}
    usual |= {"lr_factor": 0.3, "neighbours": 5, "seed": 0, "data": ""}
    assert "Give 2 numbers" in curator.post(url, {**usual, "channels": "4"}).content.decode()
    assert "--lr must be more than 0" in curator.post(url, {**usual, "lr": 0}).content.decode()
    assert curator.post(url, usual).status_code == 302
    run = TrainingRun.objects.get()
    assert run.config == {"channels": [4, 4], "hidden": 16, "epochs": 1, "batch": 64, "loss": "triplet"}
    waiting = page(curator, "change", run.pk)
    assert "Curves appear here" in waiting
    assert "every 3s" in waiting
    assert "has not been stopped" in do(curator, run, "go-on")
    runs.train_pending()
    done = page(curator, "change", run.pk)
    assert "<polyline" in done
    assert "accuracy" in done
    assert "every 3s" not in done
    assert "Only a training of pictures" in do(curator, run, "encoder")
    other = asked()
    runs.train_pending()
    both = page(curator, "compare", runs=f"{run.pk},{other.pk}")
    assert both.count("<polyline") == 4
    assert f"{run}, " in both
    assert "triplet" in both
    assert "cosine-mse" in both
    response = curator.post(
        reverse("admin:search_trainingrun_changelist"), {"action": "compare", "_selected_action": [run.pk, other.pk]}
    )
    assert response.headers["Location"].endswith(("1,2", f"{other.pk},{run.pk}", f"{run.pk},{other.pk}"))
    assert "Choose some runs" in page(curator, "compare", runs="nonsense")


def test_only_staff_with_permission_trains(client, user, make_user):
    run = asked()
    for who, expected in ((user, 302), (make_user("clerk", is_staff=True), 403)):
        client.force_login(who)
        for name, args in (("changelist", ()), ("add", ()), ("change", (run.pk,)), ("compare", ())):
            assert client.get(reverse(f"admin:search_trainingrun_{name}", args=args)).status_code == expected
        assert client.post(reverse("admin:search_trainingrun_do", args=[run.pk, "stop"])).status_code == expected
    run.refresh_from_db()
    assert run.state == RunState.WAITING


def test_what_it_made_is_built_beside_what_serves(curator, classes, make_item, tiny):
    make_item("red")
    given = {"data": str(classes), "model": tiny, "epochs": 1, "batch": 20, "workers": 0}
    run = runs.ask_for("clip", given, None)
    runs.train_pending()
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.problem
    assert "after: top 1" in page(curator, "change", run.pk)
    assert "is being built" in do(curator, run, "encoder")
    run.refresh_from_db()
    assert Encoder.objects.get(pk=run.encoder_id).spec == run.results["encoder"]
    assert "It is there already" in do(curator, run, "encoder")
    assert curator.get(reverse("admin:search_trainingrun_do", args=[run.pk, "encoder"])).status_code == 404
