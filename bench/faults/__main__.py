"""An import of many files while everything fails, and what is left of it.

    python -m bench.faults [--files 1000] [--kills 20] [--restarts 2] [--quick] [--json]

Runs by itself: it makes small files of every kind, starts the whole product on a new, temporary data folder, with the
workers, the clock and the web server in processes of their own, and imports the files by the product's own command.
Meanwhile workers of all three kinds and the clock are killed (SIGKILL; now one process, now the worker itself), Redis
is killed, PostgreSQL is killed or told to shut down, and the import itself is killed once and run again, while clients
go on asking for pages and searches, edit, delete, bring back, and send the same file several at once. Then, run by root
on Linux, the disk is full, read-only, and away.

At the end everything is looked at. It ends with status 1 where anything is lost, left over, done twice, or answered by
a bare error. --quick takes the test suite's encoders and text reader in place of the real ones, and shorter leases.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.faults import disk as disks
from bench.faults import shelf as shelves

CLIENTS = 2
"""Beside those that send the same file at once. The machine has other things to do, too."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20, help="of workers and of the clock")
    parser.add_argument("--restarts", type=int, default=2, help="of Redis, and of PostgreSQL")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="with the encoders and the text reader of the tests")
    parser.add_argument("--no-disk", action="store_true", help="leave out the faults of the disk")
    parser.add_argument("--keep-logs", type=Path, help="a folder for the logs of all programs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    no_disk = "not asked for" if arguments.no_disk else disks.own_mounts()
    with tempfile.TemporaryDirectory(prefix="sightline-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the servers have an account of their own, which must get in
        result = run(folder, arguments, no_disk)
        if arguments.keep_logs:
            shutil.copytree(folder / "data" / "logs", arguments.keep_logs, dirs_exist_ok=True)
    print(json.dumps(result) if arguments.json else report(result))
    return 1 if result["wrong"] else 0


def run(folder: Path, arguments: argparse.Namespace, no_disk: str) -> dict[str, Any]:
    """Everything, in order; what was counted, and what is wrong."""
    temporary = folder / "tmp"
    temporary.mkdir()
    _configure(folder / "data", temporary, arguments.quick)
    began = time.monotonic()
    note(f"making {arguments.files} files")
    broken = max(2, arguments.files * 12 // 1000)
    shelf = shelves.fill(folder / "files", arguments.files, broken, arguments.seed)
    own = shelves.pictures(folder / "own", 8 + arguments.files // 50, arguments.seed, side=60)

    import django
    from django.conf import settings

    from config import services

    django.setup()
    from bench.faults import audit, clients, killing, product, storage

    services.make_data_dir(settings.DATA_DIR)
    disk = None if no_disk else disks.Disk(settings.DATA_DIR / "media")
    counts = clients.Counts()
    crowd_result: dict[str, Any] = {}
    wrong: list[str] = []
    try:
        with product.running(settings.DATA_DIR) as running:
            crowd = clients.Crowd(running, counts, own, own[0])
            asked = (arguments.files, arguments.kills, arguments.restarts, arguments.seed)
            killer = killing.Killer(running, *asked, note=note)
            note(f"importing, with {len(killer.deaths)} deaths")
            with crowd.asking(CLIENTS), killer.at_work():
                ended, _ = killing.import_through(str(shelf.folder), kill_at=int(arguments.files * 0.3))
            note(f"waiting for the rest; the import ended: {ended}")
            wrong += [f"the import: {words}" for words in ended if words.startswith("Traceback")]
            settled_s = audit.wait_until_settled()
            sent = own[: crowd.sent_at_once]
            crowd_result = {"sent at once": len(sent), "clients each": clients.AT_ONCE}
            wrong += crowd.repeated
            told: dict[str, list[str]] = {}
            faults_files: list[Path] = []
            if disk:
                note("the disk is full, read-only, away")
                faults = storage.Faults(running, disk, counts, folder / "disk")
                for break_it in (faults.full, faults.read_only, faults.away):
                    break_it()
                told, faults_files = faults.told, faults.files
                settled_s += audit.wait_until_settled(300)
                wrong += faults.wrong
            note("looking at everything")
            extra = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in [*sent, *faults_files]}
            found, complaints = audit.audit(running, shelf, extra, temporary)
            wrong += complaints
            said = running.said
    finally:
        if disk:
            disk.close()
    wrong += [f"{what} ({n} times)" for what, n in _times(counts.wrong)]
    return {
        "killed": dict(sorted(killer.done.items())),
        "the import ended": ended,
        "started again by the runner": sum("started again" in line for line in said),
        "requests": {str(status): n for status, n in sorted(counts.statuses.items())},
        "requests without an answer": dict(counts.broken),
        "slowest request, seconds": round(counts.slowest_s, 1),
        **crowd_result,
        **found,
        "disk": told or f"left out: {no_disk}",
        "seconds until settled, after the import": round(settled_s, 1),
        "seconds": round(time.monotonic() - began),
        "wrong": wrong,
    }


def _configure(data: Path, temporary: Path, quick: bool) -> None:
    """By the environment, which every process inherits."""
    # Empty addresses: whatever .env names, only the servers started here are written to.
    os.environ |= {
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SIGHTLINE_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "OMP_NUM_THREADS": "1",
        "TMPDIR": str(temporary),
        **dict.fromkeys(("SIGHTLINE_RATE_ANON", "SIGHTLINE_RATE_USER"), "1000000/min"),
        **dict.fromkeys(("SIGHTLINE_RATE_FILE_SEARCH", "SIGHTLINE_RATE_SIGN_IN"), "1000000/min"),
    }
    if quick:
        os.environ |= {
            "SIGHTLINE_VISUAL_ENCODER": "fake:visual",
            "SIGHTLINE_TEXT_ENCODER": "fake:text",
            "SIGHTLINE_SOUND_ENCODER": "fake:sound",
            "SIGHTLINE_WARM_ENCODERS": "false",
            "SIGHTLINE_OCR": "fake",
            "SIGHTLINE_LEASE_S": "6",
        }
    tempfile.tempdir = str(temporary)


def _times(complaints: list[str]) -> list[tuple[str, int]]:
    """Each complaint once, with how often it came; ids do not make it another one."""
    import re
    from collections import Counter

    alike = Counter(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", complaint) for complaint in complaints)
    return alike.most_common(40)


def report(result: dict[str, Any]) -> str:
    lines = []
    for name, value in result.items():
        if name == "wrong":
            continue
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"  {key}: {inner}" for key, inner in value.items())]
        else:
            lines.append(f"{name}: {value}")
    wrong = result["wrong"]
    lines += [f"wrong: {len(wrong)}", *(f"  {what}" for what in wrong)] if wrong else ["Nothing is wrong."]
    return "\n".join(lines)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
