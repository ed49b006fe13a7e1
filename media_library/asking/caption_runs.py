"""Captions for many items: what they will cost, and making them in the background.

Each item is a job with a lease, like everything that workers do. While the model is away, or a person's limit for the
day is reached, the run rests and says why; it goes on by itself.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from media_library import leases, lmm, troubles
from media_library.asking import captions, prompts
from media_library.lmm import calls
from media_library.lmm.base import Away, LmmError, NotConfigured, OverBudget
from media_library.models import (
    MAX_ATTEMPTS,
    CaptionJob,
    CaptionRun,
    JobState,
    MadeCaption,
    MediaItem,
    RunState,
    Status,
)
from media_library.queue import stopping, wake

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from media_library.querysets import MediaItemQuerySet

logger = logging.getLogger(__name__)

CAPTION = "media_library.tasks.caption_pending"

WORK_FOR = 60.0
"""Seconds after which a worker asks for its next message, so that it can be recycled or stopped."""

MOST = 5000
"""Items of one run."""

SAMPLE = 20
"""Items whose requests are made to estimate those of all."""

REST = timedelta(seconds=30)
LONG_REST = timedelta(minutes=15)
"""How long a run rests while the model is away, and while only a new day or a setting helps."""

NOT_YOURS = "You may not describe this item any more, so it was left as it was."
GONE = "It is in the trash, so it was left as it was."


class NothingToDo(ValueError):
    """The message is a sentence for the user."""


# --- Before ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """What captions would cost. `count`: items that would get one; `kept`: that keep what a person wrote.

    `cost` in US dollars, `left` what the person may still spend today, None for no limit.
    """

    count: int
    kept: int
    cost: Decimal
    left: Decimal | None
    model: str
    remote: bool

    @property
    def more_than_left(self) -> bool:
        return self.left is not None and self.cost > self.left


def estimate(user: AbstractBaseUser, items: MediaItemQuerySet, *, replace: bool = False) -> Estimate:
    """About what captions for `items` would cost `user`; nothing is asked of a model."""
    due = to_caption(items, replace)
    count = due.count()
    cost = Decimal(0)
    if lmm.remote() and count:
        sample = list(due.order_by("pk")[:SAMPLE])
        each = sum((lmm.estimate(prompts.caption_of(item)) for item in sample), Decimal(0)) / len(sample)
        cost = (each * count).quantize(Decimal("0.000001"))
    left = calls.left_today(user) if lmm.remote() else None
    return Estimate(count, items.count() - count, cost, left, lmm.model_name(), lmm.remote())


def to_caption(items: MediaItemQuerySet, replace: bool) -> MediaItemQuerySet:
    """Those of `items` that a run would caption: without what a person wrote, unless that may be replaced."""
    alive = items.alive()
    if replace:
        return alive
    made = MadeCaption.objects.filter(item=OuterRef("pk"), text=OuterRef("caption"))
    return alive.filter(Q(caption="") | Exists(made))


def start(user: AbstractBaseUser, items: MediaItemQuerySet, *, replace: bool = False) -> CaptionRun:
    """Begin a run for `items`, which the caller has found `user` to be allowed to describe. Raises NothingToDo."""
    told = estimate(user, items, replace=replace)
    ids = list(to_caption(items, replace).order_by("-created_at", "-pk").values_list("pk", flat=True)[: MOST + 1])
    if not ids:
        raise NothingToDo("All of these have a caption that a person wrote. Tick that it may be replaced, or leave it.")
    if len(ids) > MOST:
        raise NothingToDo(f"At most {MOST:,} items can be captioned in one go. Choose fewer.")
    with transaction.atomic():
        run = CaptionRun.objects.create(owner=user, replace=replace, estimate=told.cost)
        CaptionJob.objects.bulk_create([CaptionJob(run=run, item_id=pk) for pk in ids], batch_size=1000)
        transaction.on_commit(wake_captioners)
    return run


# --- Meanwhile -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    run: CaptionRun
    waiting: int
    done: int
    skipped: int
    failed: int

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.skipped + self.failed

    @property
    def share(self) -> float:
        return 1 - self.waiting / self.total if self.total else 1.0

    @property
    def moving(self) -> bool:
        return self.run.state == RunState.RUNNING and self.waiting > 0

    @property
    def phase(self) -> str:
        if self.run.state == RunState.STOPPED:
            return "Stopped"
        if not self.waiting:
            return "Done"
        return "Resting" if self.run.waits else "Captioning"


def progress(runs: QuerySet[CaptionRun]) -> list[Progress]:
    """How far each of `runs` is, in their order."""
    counts = {state: Count("jobs", filter=Q(jobs__state=state)) for state in JobState.values}
    return [
        Progress(run, *(getattr(run, state) for state in ("waiting", "done", "skipped", "failed")))
        for run in runs.annotate(**counts)
    ]


def of(user: AbstractBaseUser) -> QuerySet[CaptionRun]:
    """The runs that `user` began."""
    return CaptionRun.objects.filter(owner=user) if user.is_authenticated else CaptionRun.objects.none()


def stop(run: CaptionRun) -> None:
    """Caption nothing more until it is resumed; what is in hand is finished."""
    CaptionRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.STOPPED, waits="", updated_at=timezone.now()
    )


def resume(run: CaptionRun) -> None:
    """Go on, and try once more what failed."""
    with transaction.atomic():
        again = CaptionRun.objects.filter(pk=run.pk)
        again.update(state=RunState.RUNNING, waits="", updated_at=timezone.now())
        run.jobs.filter(state=JobState.FAILED).update(state=JobState.WAITING, attempts=0, lease_until=None, problem="")
        # What rests need not rest any longer: somebody asks for it.
        run.jobs.filter(state=JobState.WAITING, attempts=0).update(lease_until=None)
        transaction.on_commit(wake_captioners)


def undo(run: CaptionRun) -> int:
    """Take back every caption of `run` that still stands; returns how many."""
    count = 0
    for job in run.jobs.filter(state=JobState.DONE).select_related("item"):
        count += captions.undo(job.item)
    return count


def wake_captioners() -> None:
    """Have a worker caption what waits. Call it on commit."""
    wake(CAPTION)


# --- The work --------------------------------------------------------------------------------------------


def caption_pending() -> int:
    """Caption what waits, oldest run first, for WORK_FOR seconds; returns how many items were looked at."""
    until, count = time.monotonic() + WORK_FOR, 0
    while time.monotonic() < until and not stopping():
        job = _claim()
        if job is None:
            return count
        if not _work(job):
            continue
        count += 1
    wake_captioners()
    return count


def _claim() -> CaptionJob | None:
    with transaction.atomic():
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        waiting = CaptionJob.objects.filter(free, state=JobState.WAITING, run__state=RunState.RUNNING)
        job = (
            waiting.select_for_update(of=("self",), skip_locked=True)
            .select_related("run__owner", "item")
            .order_by("run__created_at", "run", "id")
            .first()
        )
        if job:
            job.attempts += 1
            job.lease_until = now + leases.length()
            job.save(update_fields=["attempts", "lease_until"])
    return job


def _work(job: CaptionJob) -> bool:
    """Caption one item; False where its run rests now."""
    run, item = job.run, job.item
    if job.attempts > MAX_ATTEMPTS:
        _close(job, JobState.FAILED, f"The worker stopped {MAX_ATTEMPTS} times at this item.")
        return True
    if item.deleted_at or not _may_describe(run, item):
        _close(job, JobState.SKIPPED, GONE if item.deleted_at else NOT_YOURS)
        return True
    if item.status not in (Status.EMBEDDING, Status.READY):
        if item.status == Status.FAILED:
            _close(job, JobState.SKIPPED, "It could not be read, so there is nothing to look at.")
        else:
            _set_aside(job, REST)  # It is still being read.
        return True
    try:
        with leases.kept(lambda: _renew(job)):
            captions.make(run.owner, item, replace=run.replace)
    except captions.HasCaption as has:
        _close(job, JobState.SKIPPED, str(has))
    except OverBudget as over:
        _rest(job, f"{over.message} It goes on by itself then.", LONG_REST)
        return False
    except NotConfigured as missing:
        _rest(job, missing.message, LONG_REST)
        return False
    except Away as away:
        pause = max(REST, timedelta(seconds=min(away.retry_after or 0, 900)))
        _rest(job, f"{away.message} It goes on by itself.", pause)
        return False
    except LmmError as failed:
        state = JobState.SKIPPED if failed.code == "lmm-blocked" else JobState.FAILED
        _close(job, state, failed.message)
    except SoftTimeLimitExceeded:
        _close(job, JobState.FAILED, "It took too long and was stopped.")
    except OSError as error:
        if not troubles.of_storage(error):
            raise
        _rest(job, troubles.meanwhile(error), REST)
        return False
    else:
        _close(job, JobState.DONE)
    return True


def _may_describe(run: CaptionRun, item: MediaItem) -> bool:
    """Whoever began it may have lost the right meanwhile; curators may describe everything."""
    if run.owner.is_staff and run.owner.has_perm("media_library.change_mediaitem"):
        return True
    return MediaItem.objects.editable_by(run.owner).filter(pk=item.pk).exists()


def _renew(job: CaptionJob) -> None:
    held = CaptionJob.objects.filter(pk=job.pk, state=JobState.WAITING)
    held.update(lease_until=timezone.now() + leases.length())


def _close(job: CaptionJob, state: JobState, problem: str = "") -> None:
    with transaction.atomic():
        CaptionJob.objects.filter(pk=job.pk).update(state=state, problem=problem, lease_until=None, attempts=0)
        run = CaptionRun.objects.select_for_update(no_key=True).get(pk=job.run_id)
        left = run.jobs.filter(state=JobState.WAITING).exists()
        ended = not left and run.state == RunState.RUNNING
        if run.waits or ended:
            CaptionRun.objects.filter(pk=run.pk).update(
                waits="", state=RunState.DONE if ended else run.state, updated_at=timezone.now()
            )


def _set_aside(job: CaptionJob, rest: timedelta) -> None:
    """Give it back for a while: that attempt does not count."""
    CaptionJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() + rest, attempts=F("attempts") - 1)


def _rest(job: CaptionJob, why: str, rest: timedelta) -> None:
    """Let the whole run rest: its other items would fare no better."""
    logger.warning("Captions wait: %s", why)
    _set_aside(job, rest)
    until = timezone.now() + rest
    CaptionRun.objects.filter(pk=job.run_id).update(waits=why, updated_at=timezone.now())
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=until)
    CaptionJob.objects.filter(free, run=job.run_id, state=JobState.WAITING, attempts=0).update(lease_until=until)
