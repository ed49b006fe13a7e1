"""The secret key of a copy that runs on its owner's machine: made once, kept in the data folder."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_secret(data_dir: Path) -> str:
    """The key in `data_dir`, made at first use; several processes at once agree on one.

    Where the folder cannot be written the key is good for this process only; starting the servers says why.
    """
    path = data_dir / "secret-key"
    try:
        return path.read_text()
    except OSError:
        pass
    key = get_random_secret_key()
    fresh = path.with_name(f"secret-key.{os.getpid()}")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        try:
            # Unlike a rename, a link fails where another process came first.
            os.link(fresh, path)
        finally:
            fresh.unlink()
        return key
    except FileExistsError:
        return path.read_text()
    except OSError:
        return key
