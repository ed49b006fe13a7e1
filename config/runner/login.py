"""The first administrator, so that a fresh library can be curated at once."""

import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model

NAME = "admin"


def ensure_admin(data_dir: Path) -> str | None:
    """Make `admin` when there is no administrator yet, with a random password.

    Returns that password for as long as it is the one in use: it is kept, readable by its owner alone, in
    `admin-password` in the data folder. Returns None once it was changed, or when people made their own.
    """
    path = data_dir / "admin-password"
    users = get_user_model()._default_manager
    admin = users.filter(username=NAME).first()
    if admin is None and not users.filter(is_superuser=True).exists():
        password = secrets.token_urlsafe(12)
        _write(path, password)
        users.create_superuser(NAME, email="", password=password)
        return password
    if admin is not None and path.exists():
        password = path.read_text().strip()
        return password if admin.check_password(password) else None
    return None


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)  # so that the mode below holds
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
