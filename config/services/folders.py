"""The folders that the servers need, made and checked before anything starts."""

import os
import shutil
import stat
from pathlib import Path

from . import account
from .addresses import socket_dir
from .errors import ServiceError

FREE_BYTES_NEEDED = 1024**3


def prepare(data_dir: Path) -> None:
    """Make the data folder with its parts and the sockets' folder. Raises ServiceError."""
    make_data_dir(data_dir)
    if not account.can_reach(data_dir):
        raise ServiceError(
            f"The data folder {data_dir} lies where only root may go, and PostgreSQL will not run as root: "
            "set SIGHTLINE_DATA_DIR to a folder outside of root's home, or leave it unset."
        )
    _make_socket_dir(socket_dir(data_dir))


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder, closed to others. Raises ServiceError if it cannot be written."""
    # Root's servers run as somebody else, who must be able to pass through; the parts inside are closed.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        for folder in reversed([data_dir, *data_dir.parents]):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
        data_dir.chmod(mode)
        for part in ("locks", "logs", "media"):
            (data_dir / part).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ServiceError(
            f"The data folder {data_dir} cannot be written ({error.strerror}): "
            "make it yours, or set SIGHTLINE_DATA_DIR to another folder."
        ) from error


def check_free_space(data_dir: Path) -> None:
    """Raise ServiceError when the disk is about to be full: a database on a full disk stops in the middle."""
    free = shutil.disk_usage(data_dir).free
    if free < FREE_BYTES_NEEDED:
        raise ServiceError(
            f"Only {free // 1024**2} MB are free on the disk of {data_dir}; Sightline needs at least "
            f"{FREE_BYTES_NEEDED // 1024**2} MB: make room, or set SIGHTLINE_DATA_DIR to a folder elsewhere."
        )


def _make_socket_dir(folder: Path) -> None:
    # /tmp is everybody's: somebody else may have made this folder first, to listen in our place.
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.server_uid()}:
        raise ServiceError(f"{folder} belongs to somebody else: remove it, then start again.")
    folder.chmod(0o700)
    account.give(folder)
