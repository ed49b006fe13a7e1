"""The process that keeps one embedded server: `python -m config.services.keeper NAME DATA_DIR`.

It starts the server, says so on its standard output, starts it again should it die, and stops it once nobody
holds the users' lock. The kernel lets go of a lock when its holder ends: a killed user leaves no server behind.
"""

import logging
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from .errors import ServiceError
from .locks import Lock
from .postgres import Postgres
from .redis import Redis
from .server import Server

READY = "ready"
SERVERS: dict[str, type[Server]] = {server.name: server for server in (Postgres, Redis)}

_LOOK_EVERY_S = 0.2
_LONGEST_PAUSE_S = 30.0

logger = logging.getLogger(__name__)


def lock_path(data_dir: Path, name: str, role: str) -> Path:
    """`users`: shared by those who need it. `keeper`: its keeper lives. `start`: one start at a time."""
    return data_dir / "locks" / f"{name}.{role}"


def main(name: str, data_dir: Path) -> int:
    alive, users = (Lock(lock_path(data_dir, name, role)) for role in ("keeper", "users"))
    alive.take()
    server = SERVERS[name](data_dir)
    try:
        server.start()
    except (ServiceError, OSError) as error:
        server.stop()
        _reply(str(error))
        return 1
    _reply(READY)
    _keep(server, users)
    server.stop()
    # In this order: whoever gets the users' lock next must not find this keeper still alive.
    alive.close()
    users.close()
    return 0


def _keep(server: Server, users: Lock) -> None:
    """Return when nobody uses the server any more, or this process is asked to end."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, ask)

    pause_s = next_try = 0.0
    while not asked and not users.try_take():
        if server.is_alive():
            pause_s = 0.0
        elif time.monotonic() >= next_try:
            logger.warning("%s is gone; starting it again", server.title)
            try:
                server.start()
            except (ServiceError, OSError) as error:
                logger.error("%s", error)
                pause_s = min(max(1.0, 2 * pause_s), _LONGEST_PAUSE_S)
                next_try = time.monotonic() + pause_s
        time.sleep(_LOOK_EVERY_S)


def _reply(text: str) -> None:
    """Tell the starter, and hang up: it reads until the end."""
    with suppress(BrokenPipeError):  # killed meanwhile; others may be waiting for the server
        os.write(1, text.encode())
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.close(devnull)


if __name__ == "__main__":
    logging.basicConfig(format="{asctime} keeper: {message}", style="{")
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
