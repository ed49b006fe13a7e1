"""The fault run, short: sixty files, three killed workers, each server killed once, the import killed once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.pipeline
@pytest.mark.timeout(900)
def test_nothing_is_lost_left_over_or_done_twice_while_everything_fails():
    command = [sys.executable, "-m", "bench.faults", "--quick", "--json", "--no-disk"]
    done = subprocess.run(
        [*command, "--files", "60", "--kills", "3", "--restarts", "1"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout, done.stderr[-3000:]
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert done.returncode == 0
    # That it was a test at all.
    assert sum(result["killed"].values()) == 5
    assert "killed by signal 9" in result["the import ended"]
    assert result["ready"] >= 58
    assert sum(result["requests"].values()) > 30
