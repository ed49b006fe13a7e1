"""Runs as rows: asked for by somebody, trained by a worker or a command, watched, stopped, and made an encoder.

Messages only wake a worker; what waits stands in the database. A run whose worker is gone is taken up again from its
last checkpoint.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from media_library import leases, queue
from search import spaces
from search.models import Encoder, RunState, Space, TrainingRun
from search.training import options
from search.training.errors import TrainingError
from search.training.folder import RunFolder
from search.training.presets import PRESETS

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from search.training.loop import Progress

logger = logging.getLogger(__name__)

TRAIN = "search.tasks.train"
TELL_S = 2.0
"""Between two writes of how far it is."""
LOST_LEASES = 4
"""Without a sign of life for so many leases, whoever trained it is gone."""
MAX_ATTEMPTS = 3
"""Times that a run is taken up without getting on, before it is called failed."""
POINTS = 600
"""Of a curve that is kept: more than a page has pixels for."""


class WrongState(Exception):
    """A run is not in a state for that; the message is a sentence for people."""


def new_folder(preset: str) -> Path:
    return Path(settings.DATA_DIR) / "runs" / f"{preset}-{datetime.now():%Y%m%d-%H%M%S-%f}"


# --- What people ask for ---------------------------------------------------------------------------------


def ask_for(preset: str, config: dict[str, Any], user: AbstractBaseUser | None) -> TrainingRun:
    """Have a worker train. Raises TrainingError for options that cannot be."""
    PRESETS[preset].config(**config).check()
    run = TrainingRun.objects.create(preset=preset, config=config, folder=str(new_folder(preset)), started_by=user)
    transaction.on_commit(lambda: queue.wake(TRAIN))
    return run


def stop(run: TrainingRun) -> None:
    """Have it end after the step it is at, with a checkpoint; one that waits does not begin. Raises WrongState."""
    if TrainingRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(state=RunState.STOPPED):
        return
    if not TrainingRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(stop_asked=True):
        raise WrongState("It is not running.")


def go_on(run: TrainingRun) -> None:
    """Have one that was stopped or failed trained to its end. Raises WrongState."""
    ended = TrainingRun.objects.filter(pk=run.pk, state__in=(RunState.STOPPED, RunState.FAILED))
    if not ended.update(state=RunState.WAITING, stop_asked=False, problem="", attempts=0, ended_at=None):
        raise WrongState("It has not been stopped, so it cannot go on.")
    transaction.on_commit(lambda: queue.wake(TRAIN))


def make_encoder(run: TrainingRun) -> Encoder:
    """Have what it made built up beside what serves now. Raises WrongState and what `spaces.add` raises."""
    if run.state != RunState.DONE or not (run.results or {}).get("encoder"):
        raise WrongState("Only a training of pictures or sounds that has come to its end makes an encoder.")
    run.encoder = spaces.add(run.results["encoder"], run.results.get("space", Space.VISUAL))
    run.save(update_fields=["encoder"])
    return run.encoder


# --- What a command does ---------------------------------------------------------------------------------


@contextmanager
def noted(preset: str, config: dict[str, Any], folder: Path) -> Iterator[Recorder]:
    """A row for what a command trains in `folder`, as for what a worker does; none where there is no database."""
    run = None
    try:
        run, _ = TrainingRun.objects.update_or_create(
            folder=str(folder.resolve()),
            defaults={"state": RunState.RUNNING, "alive_at": timezone.now(), "stop_asked": False, "problem": ""},
            create_defaults={
                "preset": preset,
                "config": config,
                "state": RunState.RUNNING,
                "by_worker": False,
                "alive_at": timezone.now(),
            },
        )
    except DatabaseError:
        logger.info("No database is at hand, so this run is in its folder alone.")
    if run is None:
        yield Recorder(None)
        return
    try:
        with Recorder(run).kept() as recorder:
            yield recorder
    except BaseException as error:
        _end(run, RunState.FAILED, problem=str(error) if isinstance(error, TrainingError) else "It was broken off.")
        raise
    # What an earlier part of the run has found is no result of one that was stopped now.
    _end(run, RunState.DONE if recorder.results else RunState.STOPPED, results=recorder.results)


# --- What a worker does ----------------------------------------------------------------------------------


def train_pending() -> int:
    """Train what waits, the oldest first, until nothing does or the worker is to end; returns how many ended."""
    ended = 0
    while not queue.stopping() and (run := _taken()):
        _train(run)
        ended += 1
    return ended


def _taken() -> TrainingRun | None:
    lost = timezone.now() - LOST_LEASES * leases.length()
    gone = TrainingRun.objects.filter(state=RunState.RUNNING, alive_at__lt=lost)
    gone.filter(by_worker=True).update(state=RunState.WAITING)
    gone.filter(by_worker=False).update(state=RunState.STOPPED)
    with transaction.atomic():
        waiting = TrainingRun.objects.select_for_update(skip_locked=True).filter(state=RunState.WAITING)
        if run := waiting.order_by("created_at", "pk").first():
            run.state, run.stop_asked = RunState.RUNNING, False
            run.alive_at, run.attempts = timezone.now(), run.attempts + 1
            run.save(update_fields=["state", "stop_asked", "alive_at", "attempts"])
    return run


def _train(run: TrainingRun) -> None:
    if run.attempts > MAX_ATTEMPTS:
        _end(run, RunState.FAILED, problem="Its worker was lost several times at the same place. Its log may say why.")
        return
    preset = PRESETS[run.preset]
    try:
        module = preset.run()
        folder = RunFolder(Path(run.folder))
        with Recorder(run, queue.stopping).kept() as recorder:
            if not folder.begun:
                module.start(folder.path, preset.config(**options.given(preset.config, run.config)))
            found = module.go_on(folder, module.Watcher(recorder.tell, recorder.stopping), logger.info)
    except TrainingError as error:
        _end(run, RunState.FAILED, problem=str(error))
    except Exception:
        logger.exception("Run %s failed", run)
        _end(run, RunState.FAILED, problem="It failed for a reason we did not expect. The worker's log has it.")
    else:
        if found is not None:
            _end(run, RunState.DONE, results=found)
        elif queue.stopping():
            # Its worker is to end: the next one goes on.
            TrainingRun.objects.filter(pk=run.pk).update(state=RunState.WAITING)
        else:
            _end(run, RunState.STOPPED)


def _end(run: TrainingRun, state: RunState, **changes: Any) -> None:
    TrainingRun.objects.filter(pk=run.pk).update(state=state, ended_at=timezone.now(), stop_asked=False, **changes)


class Recorder:
    """Writes down how far a run is, every few seconds, and learns whether it is to stop. Without a run it does nothing.

    A database that is away stops no training: what was not written is written the next time.
    """

    def __init__(self, run: TrainingRun | None, stopping: Callable[[], bool] = lambda: False) -> None:
        self._run = TrainingRun.objects.filter(pk=run.pk) if run else None
        self._stopping = stopping
        self._curve: list[list[float]] = list(run.curve) if run else []
        self._last: Progress | None = None
        self._due, self._asked = 0.0, False
        self.results: dict[str, Any] | None = None
        """What came out, as whoever trains says it."""

    @contextmanager
    def kept(self) -> Iterator[Recorder]:
        """Says all the while that it is alive, also where there is nothing to tell, and at the end the last of it."""
        with leases.kept(lambda: self._run.update(alive_at=timezone.now())):
            try:
                yield self
            finally:
                self._write()

    def tell(self, progress: Progress) -> None:
        # A run that goes on tells again what came after its checkpoint.
        while self._curve and self._curve[-1][0] >= progress.step:
            self._curve.pop()
        self._curve.append([progress.step, progress.loss, progress.learning_rate])
        if len(self._curve) > 2 * POINTS:
            self._curve = self._curve[1::2]
        self._last = progress

    def stopping(self) -> bool:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + TELL_S
            self._write()
        return self._asked or self._stopping()

    def _write(self) -> None:
        if self._run is None:
            return
        try:
            if self._last:
                self._run.update(progress=self._last.as_dict(), curve=self._curve, attempts=0)
            self._asked = bool(self._run.values_list("stop_asked", flat=True).first())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("How far a training is could not be written down: %s", error)
            with suppress(DatabaseError, InterfaceError):
                connection.close()
