"""The contexts of this server: the product's, and those that tests of conformance write documents with."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from contexts.pinned import CHECKING, ContextSet
from tests.interop import digital_bazaar

EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
VDL: Final = "https://w3id.org/vdl/v1"

_EXAMPLES: Final = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
"""The examples of the data model give every word a meaning of that kind."""

_VDL_FILE: Final = digital_bazaar.NODE / "node_modules/@digitalbazaar/vdl-context/contexts/vdl-v1.jsonld"
_VDL_SHA256: Final = "5e61aa138bc6a1bf92299edd01408df52f20c24057b9dbea72ccaeef5b792010"


def w3c() -> ContextSet:
    """The set of this server. The context of driving licences is in it where its package is installed."""
    return _set(installed=_VDL_FILE.exists())


@functools.cache
def _set(*, installed: bool) -> ContextSet:
    documents: dict[str, Any] = {url: CHECKING.get(url) for url in CHECKING.urls} | {EXAMPLES: _EXAMPLES}
    if installed and (vdl := _vdl(_VDL_FILE)) is not None:
        documents[VDL] = vdl
    return ContextSet("w3c", documents, written_in=True)


def _vdl(file: Path) -> dict[str, Any] | None:
    """The context as the package has it, None where nobody has installed it.

    Raises:
        ValueError: It is another file than the one that was looked at.
    """
    if not file.exists():
        return None
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != _VDL_SHA256:
        raise ValueError(f"{file} is not the file that was pinned")
    read: dict[str, Any] = json.loads(data)
    return read
