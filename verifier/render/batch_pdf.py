"""A batch as paper: PDF/A-3a and PDF/UA-1, with the signed receipt of each row attached, by typst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from verifier.render.receipt_pdf import printable


def batch_pdf(told: Mapping[str, Any]) -> bytes:
    """Draw the pages.

    Args:
        told: What stands on them, as `batch.typ` reads it (`verifier.batch.paper`). `unprintable` is a
            sentence that is added to `lines` where letters had to be left out.
    """
    try:
        return _drawn(told)
    except typst.TypstError:
        # A letter that no font here has is an error, never an empty box. The other files have it still.
        return _drawn(printable(dict(told) | {"lines": [*told["lines"], told["unprintable"]]}))


def _drawn(told: Mapping[str, Any]) -> bytes:
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"told": json.dumps(told, ensure_ascii=True)},
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _template() -> bytes:
    return files("verifier.render").joinpath("batch.typ").read_bytes()
