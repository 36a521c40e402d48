"""What axe-core says of a page: its whole word once for each page, and of its colours for each look of it."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.looking import looked

_SCRIPT: Final = Axe().axe_script
_COLOURS: Final = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
_ALL: Final = {"resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """Everything that axe finds against a page as it is now."""
    return _found(page, _ALL)


def colours(page: Page) -> list[str]:
    """What it finds against the colours: for a page of which all else was looked at in another look."""
    return _found(page, _COLOURS)


def _found(page: Page, options: dict[str, Any]) -> list[str]:
    def look() -> list[dict[str, Any]]:
        # Half a megabyte: brought into a page once, however often it is asked.
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(_SCRIPT)
        said: list[dict[str, Any]] = page.evaluate(
            "options => axe.run(options).then(said => said.violations)", options
        )
        return said

    found = looked(page, look)
    return [f"{fault['id']}: {[node['target'] for node in fault['nodes']]}" for fault in found]
