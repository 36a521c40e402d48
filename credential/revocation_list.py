"""`1EdTechRevocationList`: withdrawn credentials by their `id` (Open Badges 3.0, CredentialStatus).

It is no credential, has no dates, and need not be signed: then only the connection that it came by vouches
for it, which is the verifier's question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from contexts.document import Document
from credential.errors import CredentialError

_UUID: Final = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class RevocationListEntry:
    """A `1EdTechRevocationList` entry: the list at this URL names withdrawn credentials by `id`."""

    list_url: str


def withdrawn_in_revocation_list(
    document: Document, entry: RevocationListEntry, credential_id: str
) -> str | None:
    """Read a `1EdTechRevocationList`: None where the credential is not withdrawn, else the stated reason or
    "".

    `revokedCredential` and `revokedCredentials` are both found in the wild. A row without `revoked` counts as
    withdrawn. Identifiers are compared as Open Badges does, percent-decoded and trimmed, and a UUID in either
    case: one that is spelled in another way in the list is withdrawn all the same.

    Raises:
        CredentialError: `status_malformed`; `STATUS_VERIFICATION_ERROR` where the list has another id.
    """
    value = document.value
    if value.get("id", entry.list_url) != entry.list_url:
        raise CredentialError(
            "STATUS_VERIFICATION_ERROR", "the list's id is not the URL that the entry names", "/id"
        )
    named = [value[m] for m in ("revokedCredential", "revokedCredentials") if m in value]
    if not named or not all(isinstance(rows, list) for rows in named):
        raise CredentialError("status_malformed", "a revocation list has an array `revokedCredential`")
    name = _same(credential_id)
    for row in (row for rows in named for row in rows):
        if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
            raise CredentialError("status_malformed", "a row of a revocation list has an id")
        revoked = row.get("revoked", True)
        if not isinstance(revoked, bool):
            raise CredentialError("status_malformed", "`revoked` is true or false")
        if revoked and _same(row["id"]) == name:
            reason = row.get("revocationReason", "")
            return reason if isinstance(reason, str) else ""
    return None


def _same(identifier: str) -> str:
    """One spelling of an identifier (Open Badges 3.0, Credential Equivalence; RFC 9562, 4)."""
    plain = unquote(identifier.strip())
    return plain.lower() if plain[: len(_UUID)].lower() == _UUID else plain
