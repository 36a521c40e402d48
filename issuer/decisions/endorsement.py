"""A signed endorsement: a credential by somebody else's own key, about what the district offers.

Its key is never asked for over a network: a `did:key` or `did:jwk` holds its own, and for a `did:web` the
registrar was given it. A signature under any other key is only a signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contexts.document import Document, Limits, compose, parse
from contexts.errors import DocumentError
from contexts.pinned import ISSUING
from contexts.schema import Schema, faults
from credential.conformance import check_model
from credential.dates import validity_period
from credential.errors import CredentialError
from credential.model import EndorsementCredential, EndorsementSubject
from credential.proof.data_integrity import check_proof
from credential.proof.issuer import issuer_id
from credential.proof.verified import ProofClaim, Verified
from credential.terms import CONTEXT_2023, listed
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Member
from keys.did import AssertionKey, assertion_key, did_jwk_document, did_key_document, parse_did
from keys.errors import KeyRefused
from keys.public import PublicKey

LIMITS: Final = Limits(max_bytes=16_384, max_depth=12, max_nodes=400, max_string=4_096)
"""An endorsement; each goes into every badge of what it endorses."""

MOST_ENDORSEMENTS: Final = 6
"""Endorsements in one badge."""

_FORBIDDEN: Final = ("credentialStatus", "refreshService", "evidence", "endorsement", "endorsementJwt")
"""Members that could change an endorsement later, or hide another document in it."""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """An endorsement that was checked.

    Args:
        id: The credential's own id.
        target: What it endorses.
        endorser: Who signed, by DID.
        valid_from: From when on it holds.
        valid_until: Until when, or None.
        body: Its bytes as they came.
        sha256: Their digest, hexadecimal.
    """

    id: str
    target: str
    endorser: str
    valid_from: datetime
    valid_until: datetime | None
    body: bytes
    sha256: str

    def holds_at(self, moment: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


def check_endorsement(data: bytes, *, member: Member, achievement_id: str, now: datetime) -> Endorsement:
    """Check everything about an endorsement that a district has to know before it rests on it.

    Args:
        data: The file: an EndorsementCredential (Open Badges 3.0, B.1) with a Data Integrity proof.
        member: Who is said to endorse.
        achievement_id: The absolute address of what is to be endorsed.
        now: The time.

    Raises:
        DecisionRefused: `bad_endorsement`, `not_a_member`, `endorsement_key`, `endorsement_target`.
    """
    try:
        document = parse(data, LIMITS)
        return _checked(document, member, achievement_id, now)
    except DocumentError as fault:
        raise DecisionRefused(
            "bad_endorsement", f"the endorsement cannot be read: {fault.message}"
        ) from fault
    except CredentialError as fault:
        raise DecisionRefused("bad_endorsement", f"it does not hold: {fault.message}") from fault


def draft_endorsement(
    *, endorsement_id: str, name: str, member: Member, achievement_id: str, now: datetime
) -> dict[str, Any]:
    """The credential that a member is asked to sign, still without a proof; they may add a comment first.

    Args:
        endorsement_id: A fresh `urn:uuid`.
        name: What the achievement is called.
        member: Who will sign.
        achievement_id: The absolute address of what is endorsed.
        now: From when on it holds.

    Raises:
        DecisionRefused: `not_a_member` for a member who signs under no DID.
    """
    if member.endorser is None:
        raise DecisionRefused(
            "not_a_member",
            f"no DID is written down for {member.id}: ask for it, then `cairn decisions member key`",
        )
    return EndorsementCredential(
        id=endorsement_id,
        name=f"Endorsement of {name}",
        issuer=member.endorser,
        valid_from=now.replace(microsecond=0),
        credential_subject=EndorsementSubject(id=achievement_id),
    ).to_json()


def embeddable(document: Document) -> dict[str, Any]:
    """The endorsement as a badge carries it (Open Badges 3.0, Serialization: lists are written as lists).

    Raises:
        CredentialError: It is no EndorsementCredential.
    """
    return EndorsementCredential.from_json(document.value).to_json()


def _checked(document: Document, member: Member, achievement_id: str, now: datetime) -> Endorsement:
    value = document.value
    _check_shape(document)
    endorser = issuer_id(value)
    if member.endorser is None or endorser != member.endorser:
        raise DecisionRefused(
            "not_a_member",
            f"the endorsement is signed for {endorser[:100]!r}, and that is not the DID that is written down "
            f"for {member.id}",
        )
    embedded = compose(embeddable(document))
    for form in (document, embedded):
        # What the badge will carry has to hold as well: a list in place of a single value changes nothing.
        verified = check_proof(form, lambda claim: _key(claim, member), contexts=ISSUING)
        _check_proofs(verified, now)
    subject = value["credentialSubject"]
    if subject["id"] != achievement_id:
        raise DecisionRefused(
            "endorsement_target",
            f"the endorsement is about {str(subject['id'])[:200]!r}; it has to be about {achievement_id}",
        )
    period = validity_period(value)
    made = Endorsement(
        id=value["id"],
        target=achievement_id,
        endorser=endorser,
        valid_from=period.begin.instant,
        valid_until=None if period.end is None else period.end.instant,
        body=document.raw,
        sha256=hashlib.sha256(document.raw).hexdigest(),
    )
    if not made.holds_at(now):
        raise DecisionRefused("bad_endorsement", "the endorsement does not hold today: ask for a current one")
    return made


def _check_proofs(verified: Verified, now: datetime) -> None:
    """One proof over the whole, by the endorser, made by now and not over."""
    if verified.partial:
        # What is left out could be the day on which it ends.
        raise DecisionRefused(
            "bad_endorsement", "the endorsement shows only a part of what was signed: ask for the whole of it"
        )
    if len(verified.claims) != 1 or verified.notes:
        raise DecisionRefused("bad_endorsement", "the endorsement carries more than the endorser's one proof")
    claim = verified.claims[0]
    if isinstance(claim, ProofClaim) and claim.created is not None and claim.created > now:
        raise DecisionRefused("bad_endorsement", "the endorsement's proof says that it is made in the future")
    if claim.expires is not None and claim.expires <= now:
        raise DecisionRefused("bad_endorsement", "the endorsement's proof has ended: ask for a current one")


def _check_shape(document: Document) -> None:
    value = document.value
    types = listed(value.get("type"))
    subject = value.get("credentialSubject")
    if "EndorsementCredential" not in types:
        raise DecisionRefused("bad_endorsement", "the file is no EndorsementCredential: its type says so")
    if not isinstance(subject, dict) or "EndorsementSubject" not in listed(subject.get("type")):
        raise DecisionRefused("bad_endorsement", "what is endorsed has to be of the type EndorsementSubject")
    if listed(value.get("@context"))[:1] != [CONTEXT_2023]:
        raise DecisionRefused("bad_endorsement", f"the endorsement's first context has to be {CONTEXT_2023}")
    for name in _FORBIDDEN:
        if name in value:
            raise DecisionRefused(
                "bad_endorsement",
                f"the endorsement has {name}, which cannot be asked about here: ask for one without. It is "
                "taken back by a word to the district",
            )
    found = (*faults(document, Schema.ENDORSEMENT_CREDENTIAL), *check_model(document))
    if found:
        raise DecisionRefused(
            "bad_endorsement",
            f"it breaks Open Badges 3.0: {found[0].message} ({found[0].pointer})",
        )


def _key(claim: ProofClaim, member: Member) -> PublicKey:
    """The key of the member's own DID, if the proof names it."""
    if claim.controller != claim.issuer or claim.issuer != member.endorser:
        raise DecisionRefused("not_a_member", "the endorsement is signed by somebody else than its issuer")
    try:
        method = parse_did(claim.issuer).method
        if method in ("key", "jwk"):
            document = did_key_document(claim.issuer) if method == "key" else did_jwk_document(claim.issuer)
            found: AssertionKey = assertion_key(document, claim.verification_method)
            return found.public_key
        if member.endorser_key is None:
            raise DecisionRefused(
                "endorsement_key",
                f"{claim.issuer} publishes its key on the web, which is not asked here. Get it another way "
                "and write it down: `cairn decisions member key`",
            )
        return PublicKey.from_multikey(member.endorser_key)
    except KeyRefused as fault:
        raise DecisionRefused("endorsement_key", f"the endorser's key cannot be used: {fault}") from fault
