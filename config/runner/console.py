"""What the runner says in the terminal."""

import sys


class Refusal(Exception):
    """Running is not possible. The message is for a person: what happened, and what to do."""


def say(text: str) -> None:
    """One line, at once, also where the output is a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def banner(rows: dict[str, str]) -> None:
    """The lines that a person looks for: names on the left, values on the right."""
    width = max(map(len, rows)) + 3
    body = "\n".join(f"  {name:<{width}}{value}" for name, value in rows.items())
    say(f"\n  Sightline is running\n\n{body}\n\n  Ctrl-C stops everything.\n")
