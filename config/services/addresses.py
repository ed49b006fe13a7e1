"""Where the embedded servers are: pure functions of the data folder, known before any server runs."""

import hashlib
import os
from pathlib import Path

POSTGRES_SOCKET = ".s.PGSQL.5432"  # PostgreSQL's own name for the socket of its default port
REDIS_SOCKET = "redis.sock"

_ROOT_DATA = Path("/var/lib/sightline")


def data_dir_for(base_dir: Path) -> Path:
    """The default data folder of the copy of the project in `base_dir`.

    It is `data` beside manage.py. For root it is outside the project: PostgreSQL refuses to run as root, and
    the account that it runs under instead cannot enter root's home, where the project may well be.
    """
    if os.geteuid() == 0:
        return _ROOT_DATA / _digest(base_dir)
    return base_dir.resolve() / "data"


def socket_dir(data_dir: Path) -> Path:
    """The folder of both sockets. Short, because the whole path of a socket must stay under 104 bytes."""
    return Path("/tmp") / f"sightline-{os.geteuid()}-{_digest(data_dir)}"


def database_url(data_dir: Path) -> str:
    """The embedded database, as both django-environ and libpq read it: `postgres://user@:port/name?host=folder`.

    The port, a part of the socket's name, is there so that no PGPORT in the environment changes it.
    """
    return f"postgres://sightline@:5432/sightline?host={socket_dir(data_dir)}"


def broker_url(data_dir: Path) -> str:
    """The embedded Redis as Celery spells it; the queues are in its database 0."""
    return f"redis+socket://{socket_dir(data_dir) / REDIS_SOCKET}?virtual_host=0"


def redis_url(data_dir: Path, db: int = 1) -> str:
    """The embedded Redis as redis-py spells it. Database 1 for the cache, so that clearing it clears no queue."""
    return f"unix://{socket_dir(data_dir) / REDIS_SOCKET}?db={db}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
