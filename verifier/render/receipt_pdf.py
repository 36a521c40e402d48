"""A receipt as a sheet of paper: PDF/A-3a and PDF/UA-1, with the signed receipt attached, by typst.

Everything that is printed reaches typst as JSON strings, which it shows as they are: nothing in them is
markup. No file and no package can be read from the template.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

_LAST_COMMON: Final = 0x24F
"""The last letter of Latin Extended-B; beyond it the built-in fonts have gaps."""

_PUNCTUATION: Final = frozenset("…“”‘’–—«»€")


def receipt_pdf(told: Mapping[str, Any]) -> bytes:
    """Draw the sheet.

    Args:
        told: What stands on it, as `receipt.typ` reads it: texts, a day as [year, month, day], lists of
            texts. `unprintable` is a sentence that is added to `small` where letters had to be left out.
    """
    try:
        return _drawn(told)
    except typst.TypstError:
        # A letter that no font here has is an error, never an empty box. The signed receipt has it still.
        return _drawn(printable(dict(told) | {"small": [*told["small"], told["unprintable"]]}))


def _drawn(told: Mapping[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=True)
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"told": text},
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _template() -> bytes:
    return files("verifier.render").joinpath("receipt.typ").read_bytes()


def printable(value: Any) -> Any:
    """Texts, however deep inside lists and objects, with ? for every letter that the fonts may not have."""
    if isinstance(value, str):
        return "".join(c if ord(c) <= _LAST_COMMON or c in _PUNCTUATION else "?" for c in _composed(value))
    if isinstance(value, list | tuple):
        return [printable(one) for one in value]
    return {name: printable(one) for name, one in value.items()} if isinstance(value, dict) else value


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
