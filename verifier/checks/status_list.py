"""A signed status list: got, read, its signature checked. Bitstring Status List 1.0, 3.2.

A list is believed only if the badge's own issuer signed it, or somebody whom this verifier's policy names as
keeping that issuer's lists. What a list says of itself (`issuer`, dates) counts only once its proof has
passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from contexts.document import STATUS_LIST_LIMITS, Document
from contexts.errors import DocumentError
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.verified import ProofClaim
from credential.status import StatusEntry, read_list
from keys.errors import KeyRefused
from keys.public import PublicKey
from verifier.checks.issuer import IssuerKeys, find_keys
from verifier.checks.proof import Secured, check_proof, read_secured
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Finding, Need, NeedKind
from verifier.policy import Policy

MOST_LISTS = 16
"""Lists that are kept as they were read and checked: a megabyte each at most, the least used goes first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose signature has passed.

    Attributes:
        document: What was signed.
        begins: From when on it says that it holds, None where it does not say.
        ends: Until when.
        at: When this copy was retrieved.
        archived: Whether it comes from an archive.
        signed: When its proofs say that they were made, None where one does not say.
    """

    document: Document
    begins: datetime | None
    ends: datetime | None
    at: datetime
    archived: bool
    signed: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether it says itself, from when and until when, that it holds at a moment."""
        begins, ends = self.begins, self.ends
        return begins is not None and ends is not None and begins <= moment <= ends


def get_list(url: str, keys: IssuerKeys, policy: Policy) -> Asking[Listed | Finding]:
    """Get a list and check who signed it.

    Args:
        url: Where it is.
        keys: The badge's issuer's.
        policy: For who else may sign that issuer's lists.

    Returns:
        The list, or why it says nothing.
    """
    answer = yield Need(NeedKind.STATUS_LIST, url, subject=keys.issuer_id)
    if isinstance(answer, Failure):
        return unclear("status_unreachable", answer.code)
    try:
        read = _read(answer.data)
        # A token need not say when it was signed. It was not before the list begins, whenever the badge did.
        signing = yield from _keys_of(read.secured, read.begins, keys, policy)
        if isinstance(signing, Finding):
            return signing
        undated = read.begins if read.signed is None else None
        then = signing.claiming(undated) if undated else signing
        document = _signed(answer.data, tuple([then.key_for(claim) for claim in read.secured.claims]))
    except DocumentError as fault:
        return unclear("status_malformed", str(fault))
    except (CredentialError, KeyRefused) as fault:
        return unclear("status_proof_failed", str(fault))
    return Listed(document, read.begins, read.ends, answer.at, answer.archived, read.signed)


def _keys_of(
    secured: Secured, begins: datetime | None, keys: IssuerKeys, policy: Policy
) -> Asking[IssuerKeys | Finding]:
    """The keys of whoever the list names as its issuer, if that one may sign it."""
    named = secured.issuer_id
    if named == keys.issuer_id:
        return (yield from _own_keys(secured, keys))
    if named not in policy.status_by.get(keys.issuer_id, frozenset()):
        return unclear("status_issuer_mismatch", f"the list is by {named[:200]}")
    found = yield from find_keys(named, begins or keys.claimed, secured.claims)
    return unclear("status_unreachable", found.code) if isinstance(found, Failure) else found


def _own_keys(secured: Secured, keys: IssuerKeys) -> Asking[IssuerKeys]:
    """An https issuer has the keys of tokens in one place and those of proofs in another: a badge in the one
    form may have its list in the other.
    """
    if not keys.issuer_id.startswith("https://"):
        return keys
    found = yield from find_keys(keys.issuer_id, keys.claimed, secured.claims)
    return keys if isinstance(found, Failure) else found


@dataclass(frozen=True, slots=True)
class _Read:
    """A list as it was fetched: read, and not checked at all. Beginning, end and times as in `Listed`."""

    secured: Secured
    begins: datetime | None
    ends: datetime | None
    signed: datetime | None


@lru_cache(maxsize=MOST_LISTS)
def _read(data: bytes) -> _Read:
    secured = read_secured(data, STATUS_LIST_LIMITS)
    begins, ends = period(secured.document.value)
    made = [one.created if isinstance(one, ProofClaim) else one.issued_at for one in secured.claims]
    signed = max((one for one in made if one), default=None) if all(made) else None
    return _Read(secured, begins, ends, signed)


@lru_cache(maxsize=MOST_LISTS)
def _signed(data: bytes, keys: tuple[PublicKey, ...]) -> Document:
    """A list whose proofs pass under these keys, one for each of its claims.

    That follows from the bytes and the keys alone, so it is worked out once for a list that every badge of
    its issuer asks for. Whose keys they are, whether they could be used then, and whether the list is in
    date, is asked each time; a refusal is an exception, and never kept.
    """
    secured = _read(data).secured
    verified = check_proof(secured, dict(zip(secured.claims, keys, strict=True)).__getitem__)
    if verified.partial:
        raise CredentialError("status_malformed", "a status list is shown whole, with its end")
    return verified.document


def period(value: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """From when until when a list says that it holds, in the words of either data model.

    Raises:
        CredentialError: `bad_date`.
    """
    begins, ends = (
        next((parse_date_time(value[name], f"/{name}").instant for name in names if name in value), None)
        for names in (("validFrom", "issuanceDate"), ("validUntil", "expirationDate"))
    )
    return begins, ends


def out_of_date(listed: Listed, entry: StatusEntry, policy: Policy, now: datetime) -> Finding | None:
    """Why a list cannot be relied on at a time, None where it can.

    A list without an end of its own is relied on only as long as it says that it may be kept: `ttl` is a hint
    beside `validUntil` (2.2), and all there is without it.

    Raises:
        CredentialError: As `read_list`.
    """
    # An archive's list was in date when it was kept; the report says as of when.
    at = listed.at if listed.archived else now
    if listed.begins is not None and listed.begins - at > policy.skew:
        return unclear("status_not_yet_valid", listed.begins.isoformat())
    if listed.ends is not None:
        return _stale(listed.ends) if at - listed.ends > policy.skew else None
    kept = read_list(listed.document, entry).time_to_live
    return _stale(listed.at + kept) if kept is not None and at - listed.at > kept + policy.skew else None


def _stale(ended: datetime) -> Finding:
    return unclear("status_stale", ended.isoformat(), {"date": ended.date().isoformat()})


def unclear(code: str, detail: str, facts: dict[str, str] | None = None) -> Finding:
    """A status that could not be checked."""
    return Finding(Check.STATUS, CheckOutcome.COULD_NOT_CHECK, code, detail, facts or {})
