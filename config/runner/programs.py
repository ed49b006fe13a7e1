"""The programs of the product: two kinds of workers and the web server."""

import os
import sys
from pathlib import Path

from .children import Program

# OpenMP programs that each take all cores slow one another down many times over.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def workers(data_dir: Path) -> list[Program]:
    """The workers: one cuts and reads files, on all cores; one embeds, with one process, so one encoder in memory."""
    cores = os.cpu_count() or 1
    schedule = ["--beat", "--schedule", str(data_dir / "celerybeat-schedule")]
    return [
        Program("worker-media", _celery("media", cores, *schedule), _threads(1)),
        Program("worker-embed", _celery("embed", 1), _threads(cores)),
    ]


def web(host: str, port: int) -> Program:
    """The web server. It, too, encodes: the queries."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "python:config.gunicorn", "--bind", bind]
    return Program("web", command, _threads(1), essential=True)


def _celery(queue: str, concurrency: int, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", queue),
        *("--concurrency", str(concurrency), "--hostname", f"{queue}@%h", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
        *options,
    ]


def _threads(count: int) -> dict[str, str]:
    return dict.fromkeys(_THREAD_VARIABLES, str(count))
