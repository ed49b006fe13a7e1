"""What the embedded servers have in common: starting, finding and stopping one process."""

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import psutil

from . import account, folders
from .addresses import socket_dir
from .errors import ServiceError


class Server(ABC):
    """One embedded server of one data folder. Only the keeper's process starts and stops it."""

    name: ClassVar[str]
    title: ClassVar[str]
    # How to end it: each signal, and the seconds to wait for it, from the friendliest on.
    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]]
    start_timeout_s: ClassVar[float]

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / self.name
        self.sockets = socket_dir(data_dir)
        self.log = data_dir / "logs" / f"{self.name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """The file whose first line is the process id, written by the server itself."""

    @property
    @abstractmethod
    def socket(self) -> Path:
        """The Unix socket that it listens on."""

    @abstractmethod
    def prepare(self) -> None:
        """Make its data if there are none, check them if there are."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that serves in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes connections now."""

    def process(self) -> psutil.Process | None:
        """The living server of this data folder, whoever started it."""
        if self._child is not None:
            self._child.poll()  # a dead child stays in the process table until it is asked for
        pid = self._written_pid()
        if pid is None:
            return None
        try:
            process = psutil.Process(pid)
            # After a crash or a restart of the machine the number may be another program's.
            ours = str(self.sockets) in " ".join(process.cmdline())
            return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    def is_alive(self) -> bool:
        """Whether its process lives and its socket is still there."""
        return self.process() is not None and self.socket.exists()

    def start(self) -> None:
        """Start it, or take over the one that runs; return when it takes connections. Raises ServiceError."""
        if not self.is_alive():
            folders.check_free_space(self.data_dir)
            self.stop()  # one that lost its socket cannot be reached, and would be in the way
            self.prepare()
            self._forget_recycled_pid()
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    self.command(),
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    **account.identity(),
                )
        self._wait_until_ready()

    def stop(self) -> None:
        """End it, by force if it must be. Returns when it is gone."""
        process = self.process()
        if process is None:
            return
        for sign, patience_s in self.stop_signals:
            try:
                process.send_signal(sign)
                process.wait(patience_s)
            except psutil.TimeoutExpired:
                continue
            except psutil.NoSuchProcess:
                pass
            return

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.start_timeout_s
        while not (self.socket.exists() and self.is_ready()):
            ended = self._child is not None and self._child.poll() is not None
            if ended or time.monotonic() > deadline:
                what = "stopped while starting" if ended else "did not become ready in time"
                raise ServiceError(f"{self.title} {what}. The end of {self.log}:\n{last_lines(self.log)}")
            time.sleep(0.05)

    def _written_pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _forget_recycled_pid(self) -> None:
        """Remove a pid file whose number now belongs to another program: servers take it for themselves."""
        pid = self._written_pid()
        if pid is not None and pid != os.getpid() and psutil.pid_exists(pid):
            for leftover in (self.pid_file, self.socket.with_name(self.socket.name + ".lock")):
                leftover.unlink(missing_ok=True)


def last_lines(path: Path, count: int = 6) -> str:
    """The last lines of a log, indented, for an error message."""
    with path.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
        lines = log.read().decode(errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-count:]) or "    (nothing was written)"
