"""Contexts that the published vectors use and the product does not carry: examples, citizenship, CLR."""

from __future__ import annotations

import json
from pathlib import Path

from contexts.pinned import ContextSet


def every_context(specs: Path) -> ContextSet:
    """Every context of the specifications' folder."""
    index = json.loads((specs / "contexts" / "index.json").read_text("utf-8"))
    return ContextSet(
        "published vectors",
        {url: json.loads((specs / entry["file"]).read_text("utf-8")) for url, entry in index.items()},
    )
