"""What axe finds wrong on a page: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

OF_COLOURS = {"runOnly": ["cat.color"], "rules": {"color-contrast-enhanced": {"enabled": False}}}
"""Its rules of which the answer lies in the colours, without the one that it does not ask for by itself."""

_RUN = """(options) => axe.run({ resultTypes: ["violations"], ...options }).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes[0].html]))"""


def violations(page: Page, options: dict[str, Any] | None = None) -> list[list[str]]:
    """The rules that are broken, by default of all that axe asks for, each with the first place that breaks it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_RUN, options or {})
