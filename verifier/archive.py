"""Answers from a folder instead of the network: what an issuer had published, as it was kept.

The folder's form is `credential.archive`'s. Nothing that is not in it is known, and nothing is ever fetched.
A kept status list is judged at the time at which it was kept; the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contexts.errors import DocumentError
from credential.archive import INDEX, Kept, parse_index
from credential.errors import CredentialError
from verifier.evidence import Failure, Fetched, Need

MAX_FILE = 4 * 1024 * 1024


class ArchiveError(ValueError):
    """A folder that is not a usable archive. The message says what to do."""


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
        if path.is_symlink() or not path.is_file():
            return Failure(need, "not_in_archive", f"{path.name} is no file of the archive", found.retrieved)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as fault:
            return Failure(need, "not_in_archive", f"{path.name}: {fault.strerror}", found.retrieved)
        if len(data) > MAX_FILE:
            return Failure(need, "too_large", f"{path.name} has more than {MAX_FILE} bytes", found.retrieved)
        return Fetched(need, data, found.retrieved, archived=True)


def open_archive(folder: Path) -> Archive:
    """Open a folder that an issuer wrote.

    Raises:
        ArchiveError: There is no index, or it is not one.
    """
    try:
        return Archive(folder, parse_index((folder / INDEX).read_bytes()))
    except OSError as fault:
        raise ArchiveError(f"{folder} has no readable {INDEX}: {fault.strerror}") from fault
    except (DocumentError, CredentialError) as fault:
        raise ArchiveError(f"{folder / INDEX} is not usable: {fault}") from fault
