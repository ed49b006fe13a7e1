"""The README keeps up with the code: every setting is in its table, every link and picture leads somewhere."""

import re

import pytest
from django.conf import settings

DOCUMENTS = [
    "README.md",
    "docs/architecture.md",
    "docs/evaluation.md",
    "docs/adr/README.md",
    "docs/adr/0008-pocket-encoder.md",
]


def settings_read():
    """The names that the settings read from the environment."""
    code = "\n".join(path.read_text() for path in (settings.BASE_DIR / "config" / "settings").glob("*.py"))
    return sorted(set(re.findall(r'(?:env(?:\.\w+)?|required|number)\(\s*"([A-Z0-9_]+)"', code)))


@pytest.mark.parametrize("name", settings_read())
def test_every_setting_is_in_the_readme(name):
    assert f"`{name}`" in (settings.BASE_DIR / "README.md").read_text()


def test_the_readme_names_no_setting_that_nothing_reads():
    named = re.findall(r"`(SIGHTLINE_[A-Z0-9_]+)`", (settings.BASE_DIR / "README.md").read_text())
    assert named
    assert set(named) <= set(settings_read())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    path = settings.BASE_DIR / document
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)\)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
