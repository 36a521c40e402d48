"""Answers from a folder instead of the network: what an issuer had published, as it was kept.

The folder holds `index.json`, {"version": 1, "answers": [{"url", "file", "retrieved"}]}, and the files that
it names. Nothing that is not in it is known, and nothing is ever fetched. A kept status list is judged at the
time at which it was kept; the report says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contexts.document import Limits, compose, parse
from contexts.errors import DocumentError
from credential.dates import format_date_time, parse_date_time
from credential.errors import CredentialError
from verifier.evidence import Failure, Fetched, Need

INDEX = "index.json"
VERSION = 1
INDEX_LIMITS = Limits(max_bytes=16 * 1024 * 1024, max_nodes=1_000_000)
MAX_FILE = 4 * 1024 * 1024
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class ArchiveError(ValueError):
    """A folder that is not a usable archive. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer that was kept.

    Args:
        url: Where it was published.
        file: Its file's name in the folder.
        retrieved: When it was retrieved.
    """

    url: str
    file: str
    retrieved: datetime


@dataclass(frozen=True, slots=True)
class Archive:
    """A source of answers for `verifier.gather`, from a folder alone.

    Args:
        folder: Where the files are.
        kept: URL to what was kept of it.
    """

    folder: Path
    kept: Mapping[str, Kept]

    async def answer(self, need: Need) -> Fetched | Failure:
        """The kept answer, or the failure `not_in_archive`."""
        found = self.kept.get(need.url)
        if found is None or need.body:
            return Failure(need, "not_in_archive", "the archive does not hold it", datetime.now(UTC))
        path = self.folder / found.file
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as fault:
            return Failure(need, "not_in_archive", f"{path.name}: {fault.strerror}", found.retrieved)
        if len(data) > MAX_FILE:
            return Failure(need, "too_large", f"{path.name} has more than {MAX_FILE} bytes", found.retrieved)
        return Fetched(need, data, found.retrieved, archived=True)


def open_archive(folder: Path) -> Archive:
    """Open a folder that `write_archive` wrote.

    Raises:
        ArchiveError: There is no index, or it is not one.
    """
    try:
        value = parse((folder / INDEX).read_bytes(), INDEX_LIMITS).value
    except OSError as fault:
        raise ArchiveError(f"{folder} has no readable {INDEX}: {fault.strerror}") from fault
    except DocumentError as fault:
        raise ArchiveError(f"{folder / INDEX} is not usable: {fault}") from fault
    answers = value.get("answers")
    if value.get("version") != VERSION or not isinstance(answers, list):
        raise ArchiveError(f"{folder / INDEX} is not an archive's index of version {VERSION}")
    kept = [_kept(answer, folder) for answer in answers]
    return Archive(folder, {one.url: one for one in kept})


def write_archive(folder: Path, answers: Iterable[tuple[str, bytes, datetime]]) -> None:
    """Keep published documents, each under a name that follows from its address.

    Args:
        folder: Where; made if it is not there.
        answers: URL, body, and when it was retrieved, aware.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for url, body, retrieved in answers:
        name = hashlib.sha256(url.encode()).hexdigest()[:24]
        (folder / name).write_bytes(body)
        listed.append({"url": url, "file": name, "retrieved": format_date_time(retrieved)})
    index = compose({"version": VERSION, "answers": listed}, INDEX_LIMITS)
    (folder / INDEX).write_bytes(index.raw)


def _kept(answer: Any, folder: Path) -> Kept:
    fault = ArchiveError(f"{folder / INDEX}: an answer has a url, a file in this folder and a time")
    if not isinstance(answer, Mapping):
        raise fault
    url, file, retrieved = (answer.get(name) for name in ("url", "file", "retrieved"))
    if not isinstance(url, str) or not isinstance(file, str) or not _FILE.fullmatch(file):
        raise fault
    try:
        return Kept(url, file, parse_date_time(retrieved).instant)
    except CredentialError:
        raise fault from None
