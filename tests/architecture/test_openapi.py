"""The copy of the OpenAPI document is the one that is served."""

from __future__ import annotations

from pathlib import Path

from verifier.web.openapi import document_text

COPY = Path(__file__).parents[2] / "docs" / "openapi" / "verifier.json"


def test_the_copy_is_up_to_date() -> None:
    """Renew it: `.venv/bin/python -m verifier.web.openapi > docs/openapi/verifier.json`."""
    assert COPY.read_text("utf-8") == document_text()
