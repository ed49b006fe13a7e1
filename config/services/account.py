"""The account that the servers run under.

PostgreSQL refuses to run as root, so root's servers run as `nobody`, which exists everywhere: starting a
program must not add users to a machine. Everybody else's servers run as themselves.
"""

import os
import pwd
import subprocess
from pathlib import Path
from typing import TypedDict

from .errors import ServiceError

# Nothing is inherited: PGPORT and its like would change the server.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


class Identity(TypedDict, total=False):
    """The arguments that make `subprocess` run a program as another user; empty for no change."""

    user: int
    group: int
    extra_groups: list[int]
    env: dict[str, str]


def server_uid() -> int:
    """The user id that the servers run under."""
    return _nobody().pw_uid if os.geteuid() == 0 else os.geteuid()


def identity() -> Identity:
    """The keyword arguments of `subprocess` for every program that serves."""
    if os.geteuid() != 0:
        return {"env": _ENVIRONMENT}
    nobody = _nobody()
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "env": _ENVIRONMENT}


def give(path: Path) -> None:
    """Make the servers' account the owner of a file or folder."""
    if os.geteuid() == 0:
        os.chown(path, _nobody().pw_uid, _nobody().pw_gid)


def can_reach(path: Path) -> bool:
    """Whether the servers' account may enter this folder, or run this program."""
    try:
        return subprocess.run(["test", "-x", path], cwd="/", check=False, **identity()).returncode == 0
    except (PermissionError, subprocess.SubprocessError) as error:
        raise ServiceError(
            "This root may not act as another user, and PostgreSQL will not run as root: "
            "run Sightline as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServiceError(
            "PostgreSQL will not run as root and this machine has no user `nobody`: "
            "run Sightline as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
