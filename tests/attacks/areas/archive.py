"""Archives by somebody who wants to be answered from elsewhere on this machine (UPL-02).

An input is the index of an archive; it is opened in a folder beside which a file lies that the archive must
not reach. A packed archive is put before `verifier.intake`, which unpacks nothing.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contexts.errors import DocumentError
from credential.archive import INDEX
from credential.errors import CredentialError
from tests.attacks.framework import Case
from verifier.archive import ArchiveError, open_archive
from verifier.evidence import Fetched, Need, NeedKind, PresentedKind
from verifier.intake import read

AREA = "archive"
URL = "https://badges.riverbend.example/status/1"
SECRET = b"what lies beside the archive"
GOOD = {"url": URL, "file": "a.json", "retrieved": "2026-06-01T12:00:00Z"}


def judge(data: bytes, _suffix: str) -> str:
    """Open the archive and ask it for the one answer that it should have."""
    if data.startswith(b"PK"):
        presented = read(data)
        return presented.code if presented.kind is PresentedKind.UNREADABLE else "unpacked"
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above, "archive")
        folder.mkdir()
        Path(above, "secret").write_bytes(SECRET)
        (folder / "a.json").write_bytes(b"{}")
        (folder / INDEX).write_bytes(data.replace(b"ABOVE", above.encode()))
        try:
            archive = open_archive(folder)
        except ArchiveError as refused:
            cause = refused.__cause__
            return cause.code if isinstance(cause, CredentialError | DocumentError) else str(refused)
        found = asyncio.run(archive.answer(Need(NeedKind.STATUS_LIST, URL)))
        if not isinstance(found, Fetched):
            return found.code
        return "ok" if found.data == b"{}" else "reached"


def index(*answers: Any, **members: Any) -> bytes:
    """An index with these answers."""
    return json.dumps({"version": 1, "answers": list(answers)} | members).encode()


def packed(name: str, content: bytes) -> bytes:
    """A ZIP file with one entry of this name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def cases() -> Iterator[Case]:
    good = index(GOOD)
    for name, file in (
        ("above", "../secret"),
        ("above-by-a-way-round", "a/../../secret"),
        ("absolute", "ABOVE/secret"),
        ("backslash", "..\\secret"),
        ("drive", "C:\\secret"),
        ("percent", "%2e%2e%2fsecret"),
        ("newline", "a.json\n"),
        ("dots", ".."),
        ("hidden", ".secret"),
        ("empty", ""),
        ("url", "file:///secret"),
        ("long", "a" * 201),
        ("number", 5),
        ("array", ["../secret"]),
    ):
        yield _case(f"UPL-02-file-{name}", index(GOOD | {"file": file}), "archive_malformed", good)
    for name, made in (
        ("address-twice", index(GOOD, GOOD | {"file": "b.json"})),
        ("time-without-zone", index(GOOD | {"retrieved": "yesterday"})),
        ("no-version", index(GOOD, version=None)),
        ("true-for-version", index(GOOD, version=True)),
        ("answers-object", index(answers={URL: "a.json"})),
    ):
        yield _case(f"UPL-02-index-{name}", made, "archive_malformed", good)
    nul = index(GOOD | {"file": "a.json\u0000/../../secret"})
    yield _case("UPL-02-file-nul", nul, "bad_encoding", good)
    doubled = good.replace(b'"file": ', b'"file": "../secret", "file": ')
    yield _case("UPL-02-index-file-twice", doubled, "duplicate_key", good)
    yield _case("UPL-02-file-missing", index(GOOD | {"file": "b.json"}), "not_in_archive", good)
    yield _case("UPL-02-packed-path-out", packed("../secret", b"x"), "unsupported_file", good)
    yield _case("UPL-02-packed-bomb", packed("a.json", bytes(4_000_000)), "unsupported_file", good)


def _case(name: str, data: bytes, expect: str, twin: bytes) -> Case:
    return Case(name, data, "json", expect, twin)
