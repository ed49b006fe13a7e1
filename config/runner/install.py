"""Installs pinned requirements into this environment, with one line of progress instead of hundreds.

Run by its path, before anything is installed: it imports the standard library only.
"""

import re
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

NEEDED_BYTES = 4 * 1024**3
_STEP = re.compile(r"(Collecting|Building wheel for|Installing collected) ?([\w.\-\[\]]*)")


def main(requirements: str) -> int:
    free = shutil.disk_usage(sys.prefix).free
    if free < NEEDED_BYTES:
        return _fail(
            f"Only {free // 1024**2} MB are free on the disk of {sys.prefix}, and the libraries need about "
            f"{NEEDED_BYTES // 1024**2} MB: make room, then run this again."
        )
    _say(f"Installing {requirements}; the first time this takes about 3 minutes.\n")
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    pip = subprocess.Popen(
        [*command, "--requirement", requirements],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert pip.stdout is not None
    said: deque[str] = deque(maxlen=12)
    count = 0
    with (Path(sys.prefix) / "install.log").open("w") as log:
        for line in pip.stdout:
            log.write(line)
            said.append(line)
            if step := _STEP.match(line.strip()):
                count += 1
                _show(count, *step.groups())
    if pip.wait() != 0:
        return _fail(
            f"{''.join(said)}\nThe libraries could not be installed; pip's last words are above. "
            f"The whole log is {log.name}. Running this again goes on from here."
        )
    _say(f"{_clear()}Installed.\n")
    return 0


def _show(count: int, action: str, name: str) -> None:
    """One line that is written over on a terminal; elsewhere every twentieth step."""
    text = "Unpacking" if action.startswith("Installing") else f"{count:3} {name}"
    if sys.stdout.isatty():
        _say(f"{_clear()}  {text}")
    elif count % 20 == 0 or not name:
        _say(f"  {text}\n")


def _clear() -> str:
    return "\r\x1b[K" if sys.stdout.isatty() else ""


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _fail(text: str) -> int:
    sys.stderr.write(f"\n{text}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
