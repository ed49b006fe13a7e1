"""The settings as each way of running sees them, in processes of their own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings.secret import kept_secret

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "for this check only, 50 or more characters: xYz-0123456789-qwertz",
    "ALLOWED_HOSTS": "library.example.org",
    "DATABASE_URL": "postgres://sightline:secret@db.example.org/sightline",
    "REDIS_URL": "redis://redis.example.org/0",
}


def check(tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    base = {"PATH": os.environ["PATH"], "SIGHTLINE_DATA_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**base, "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
    )


def test_a_complete_production_passes_djangos_own_check_without_a_warning(tmp_path):
    result = check(tmp_path, COMPLETE)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize("missing", COMPLETE)
def test_what_production_misses_is_an_error_that_names_it(tmp_path, missing):
    result = check(tmp_path, {**COMPLETE, missing: ""})
    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr.splitlines()[-1]


def test_a_copys_own_key_is_made_once_and_is_its_owners_alone(tmp_path):
    key = kept_secret(tmp_path / "data")
    assert kept_secret(tmp_path / "data") == key
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_a_folder_that_cannot_be_written_still_gives_a_key(tmp_path):
    (tmp_path / "file").touch()
    assert len(kept_secret(tmp_path / "file" / "data")) >= 50
