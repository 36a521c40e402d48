"""What any place must keep to: a document goes in only above an older one, whoever writes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from issuer.public_documents import PublicDocument

MOST_SAVED: Final = 20_000
"""Documents that are taken back in from one place: two for each of ten thousand lists."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a bucket is reached. What is empty comes from the machine's own identity, where it has one.

    Attributes:
        endpoint: The store's address; empty for Amazon's own.
        region: The store's region.
        key_id: Who writes.
        secret: With what it proves that.
    """

    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"Access(endpoint={self.endpoint!r}, region={self.region!r})"


class Put(StrEnum):
    """What became of one document."""

    WRITTEN = "written"
    STANDS = "stands"
    """The same bytes are there."""
    NEWER = "newer"
    """A later version is there, and stays."""


class Place(Protocol):
    """A place for public documents."""

    def saved(self) -> Iterator[bytes]:
        """What is there of status lists and the notes beside them, at most `MOST_SAVED` documents.

        Raises:
            IssuerError: `place_failed`, also where there are more.
        """
        ...

    def put(self, documents: Iterable[PublicDocument]) -> dict[str, Put]:
        """Put documents in place, each whole or not at all, and never an older one over a newer one.

        Args:
            documents: All of one district.

        Returns:
            What became of each, by its path.

        Raises:
            IssuerError: `place_failed` where the place cannot be used; `place_differs` where it has other
                bytes under the same version, as after a backup that was restored without saying so.
        """
        ...
