"""The form of an archive: what an issuer had published, kept in a folder, by address.

A folder holds `index.json`, {"version": 1, "answers": [{"url", "file", "retrieved"}]}, and the files that it
names. An issuer writes one; a verifier answers from one when no server is left to ask. Here is only the form:
bytes in, bytes out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contexts.document import Limits, compose, parse
from credential.dates import format_date_time, parse_date_time
from credential.errors import CredentialError

INDEX: Final = "index.json"
VERSION: Final = 1
INDEX_LIMITS: Final = Limits(max_bytes=16 * 1024 * 1024, max_nodes=1_000_000)

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer that was kept.

    Args:
        url: Where it was published.
        file: Its file's name in the folder: no path, so that an index cannot point elsewhere.
        retrieved: When it was taken from there, aware. What changes with time is judged as of then.
    """

    url: str
    file: str
    retrieved: datetime


def file_name(url: str) -> str:
    """The name under which the answer of an address is kept; it follows from the address alone."""
    return hashlib.sha256(url.encode()).hexdigest()[:24]


def compose_index(answers: Iterable[Kept]) -> bytes:
    """Write an index.

    Raises:
        contexts.errors.DocumentError: `too_large`, `too_many_nodes`.
    """
    listed = [
        {"url": one.url, "file": one.file, "retrieved": format_date_time(one.retrieved)} for one in answers
    ]
    return compose({"version": VERSION, "answers": listed}, INDEX_LIMITS).raw


def parse_index(data: bytes) -> Mapping[str, Kept]:
    """Read an index: address to what was kept of it.

    Raises:
        CredentialError: `archive_malformed`.
        contexts.errors.DocumentError: It is not strict JSON.
    """
    value = parse(data, INDEX_LIMITS).value
    answers = value.get("answers")
    if value.get("version") != VERSION or isinstance(value.get("version"), bool):
        raise CredentialError("archive_malformed", f"this is no index of version {VERSION}", "/version")
    if not isinstance(answers, list):
        raise CredentialError("archive_malformed", "the index lists no answers", "/answers")
    kept = [_kept(answer, f"/answers/{number}") for number, answer in enumerate(answers)]
    named = {one.url: one for one in kept}
    if len(named) != len(kept):
        raise CredentialError("archive_malformed", "an address stands twice in the index", "/answers")
    return named


def _kept(answer: Any, pointer: str) -> Kept:
    fault = CredentialError("archive_malformed", "an answer has a url, a file beside it and a time", pointer)
    if not isinstance(answer, Mapping):
        raise fault
    url, file, retrieved = (answer.get(name) for name in ("url", "file", "retrieved"))
    if not isinstance(url, str) or not isinstance(file, str) or not _FILE.fullmatch(file):
        raise fault
    try:
        return Kept(url, file, parse_date_time(retrieved).instant)
    except CredentialError:
        raise fault from None
