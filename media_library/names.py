"""File names that are safe to show and to offer as a download."""

from __future__ import annotations

import unicodedata

LONGEST = 200
LONGEST_EXTENSION = 12
NAMELESS = "unnamed"


def clean_name(raw: str) -> str:
    """The base name in `raw`, on one line: NFC, no path, no control, format or bidi characters, never empty.

    At most LONGEST characters; a longer one keeps its beginning and its extension.
    """
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    # Categories C*: control, format (zero-width, bidi), surrogate, private, unassigned; Z*: all kinds of space.
    name = "".join(" " if unicodedata.category(char)[0] == "Z" or char in "\t\r\n" else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(name.split()).strip(". ") or NAMELESS
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        return name[:LONGEST].rstrip()
    return stem[: LONGEST - len(extension) - 1].rstrip() + dot + extension
