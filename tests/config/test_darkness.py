"""What darkness changes is colours alone, so that what else holds of a page in the light holds in the dark."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

ONLY_VALUES = re.compile(r"@media \(prefers-color-scheme: dark\) {\s*:root {([^{}]*)}\s*}")
COLOUR = re.compile(r"--[\w-]+: (#[0-9a-f]{3,8}|.*\brgb\([^()]*\))")


def test_darkness_changes_colours_alone():
    folder = Path(finders.find("sightline/css/base.css")).parent
    said = 0
    for path in folder.parent.rglob("*"):
        if path.suffix not in (".css", ".js"):
            continue
        text = path.read_text()
        values = ONLY_VALUES.findall(text)
        assert len(values) == text.count("prefers-color-scheme"), f"{path.name} asks for darkness elsewhere."
        for value in filter(None, map(str.strip, ";".join(values).split(";"))):
            assert COLOUR.fullmatch(value), f"{path.name}: {value}"
            said += 1
    assert said > 10
