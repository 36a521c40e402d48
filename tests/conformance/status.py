"""The status lists of this server: one for each purpose, kept while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from contexts.document import Document, compose
from contexts.pinned import ISSUING
from credential.bitstring import MINIMUM_ENTRIES, Bitstring
from credential.proof.data_integrity import add_proof
from credential.status import StatusEntry, list_credential
from tests.conformance.keyring import KeySigner

HOLDS_FOR: Final = timedelta(days=1)
KEPT_FOR: Final = timedelta(minutes=1)
REVOCATION: Final = "revocation"


class UnknownEntryError(LookupError):
    """No credential of this id has an entry in this list."""


@dataclass
class StatusList:
    """A list, and who stands in it.

    Args:
        url: Where it is published.
        signer: Who signs it: the issuer of the credentials that stand in it.
        random: Gives that many octets that nobody can guess.
    """

    url: str
    signer: KeySigner
    random: Callable[[int], bytes]
    purpose: str = REVOCATION
    _indices: dict[str, list[int]] = field(default_factory=dict)
    _given: set[int] = field(default_factory=set)
    _set: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_entry(self, credential_id: str | None) -> dict[str, Any]:
        """An entry that nobody else has."""
        with self._lock:
            index = self._free()
            self._given.add(index)
            if credential_id is not None:
                self._indices.setdefault(credential_id, []).append(index)
        return StatusEntry(self.purpose, index, self.url).to_json()

    def _free(self) -> int:
        while True:
            index = int.from_bytes(self.random(4), "big") % MINIMUM_ENTRIES
            if index not in self._given:
                return index

    def mark(self, credential_id: str, *, withdrawn: bool) -> None:
        """Set or unset every entry of a credential.

        Raises:
            UnknownEntryError: It has none.
        """
        with self._lock:
            indices = self._indices.get(credential_id)
            if not indices:
                raise UnknownEntryError(credential_id)
            self._set = self._set | set(indices) if withdrawn else self._set - set(indices)

    def signed(self, now: datetime) -> Document:
        """The list as it is now."""
        with self._lock:
            marked: Iterable[int] = sorted(self._set)
        value = list_credential(
            Bitstring.of(marked),
            url=self.url,
            issuer=self.signer.controller,
            valid_from=now,
            valid_until=now + HOLDS_FOR,
            time_to_live=KEPT_FOR,
            purposes=(self.purpose,),
        )
        signed = add_proof(compose(value), self.signer, created=now, contexts=ISSUING).value
        return compose(signed | {"proof": signed["proof"][0]})  # the W3C's tests read no list of one
