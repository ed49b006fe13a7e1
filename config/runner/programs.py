"""The programs of the product: five kinds of workers, their clock, and the web server."""

import os
import sys
from pathlib import Path

from .children import Program

# OpenMP's threads wait for work by spinning, which takes the cores from everybody else: with both cores busy the
# encoder took 67 to 297 ms per picture, 17 to 32 ms when they sleep instead, 16 to 19 ms with one thread.
# SIGHTLINE_ENCODER_THREADS asks for more, of the encoder alone.
_QUIET = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "OMP_WAIT_POLICY": "PASSIVE",
}


# A task goes on for half a minute, or a whole one, while there is work: what codecs leave behind in memory is given
# back after some twenty busy minutes. The embedding worker, slow to load its encoder, follows the settings.
_RECYCLED = {
    "media": ("--max-tasks-per-child", "40"),
    "text": ("--max-tasks-per-child", "20"),
    "train": ("--max-tasks-per-child", "1"),
}


def workers() -> list[Program]:
    """The workers: one cuts and reads files, on all cores; one embeds, one looks for text in pictures and one trains,
    each with one process, so one model in memory; one waits for the LMM, which nothing else should."""
    cores = os.cpu_count() or 1
    return [
        Program("worker-media", _worker("media", cores), _QUIET),
        Program("worker-embed", _worker("embed", 1), _QUIET),
        Program("worker-text", _worker("text", 1), _QUIET),
        Program("worker-train", _worker("train", 1), _QUIET),
        Program("worker-lmm", _worker("lmm", 1), _QUIET),
    ]


def clock(data_dir: Path | None = None) -> Program:
    """What wakes the workers for work that was left behind. A program by itself: a worker that has it as a part
    (--beat) does not notice when that part dies. With `data_dir` it remembers what was due while nothing ran."""
    memory = ["--scheduler", "celery.beat:Scheduler"]
    if data_dir:
        memory = ["--schedule", str(data_dir / "celerybeat-schedule")]
    return Program("beat", [*_CELERY, "beat", *memory, "--pidfile", "", "--loglevel", "WARNING"], _QUIET)


def web(host: str, port: int) -> Program:
    """The web server. It, too, encodes: the queries."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "python:config.gunicorn", "--bind", bind]
    return Program("web", command, _QUIET, essential=True)


_CELERY = (sys.executable, "-m", "celery", "-A", "config")


def _worker(queue: str, concurrency: int) -> list[str]:
    return [
        *(*_CELERY, "worker", "--queues", queue, "--concurrency", str(concurrency)),
        *("--hostname", f"{queue}@%h", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        *_RECYCLED.get(queue, ()),
    ]
