"""Put proofs on what was prepared, check them as a stranger would, and record what will be given out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from contexts.canonical import walked_quads
from contexts.document import Document, parse, without
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.vc_jwt import check_jwt, sign_jwt, split
from credential.proof.verified import JwtClaim, ProofClaim
from issuer.errors import IssuerError
from issuer.prepare import Prepared, prepare
from issuer.store import audit, bulk, jobs, queries
from issuer.store.session import Session
from issuer.store.tables import Credential, Secured, State
from keys.public import KeyType, PublicKey
from keys.signer import Signer

VC, JWT = "vc", "jwt"
"""The two forms in which a credential is given out: an embedded proof, and a compact JWS."""

SUITES = {KeyType.ED25519: "eddsa-rdfc-2022", KeyType.P256: "ecdsa-rdfc-2019"}
"""The suite for each kind of key that embedded proofs are made with."""


def suite_for(signer: Signer) -> str:
    """The cryptosuite of an embedded proof by this signer's kind of key.

    Raises:
        IssuerError: `key_not_usable` for a key that makes no embedded proofs.
    """
    suite = SUITES.get(signer.public_key.key_type)
    if suite is None:
        raise IssuerError("key_not_usable", "credentials are signed with an Ed25519 or a P-256 key")
    return suite


def check_own(document: Document, signer: Signer) -> None:
    """Check a proof that was just made, under the key that should have made it and no other.

    Raises:
        CredentialError: The proof does not pass, or names another key.
    """

    def key_for(claim: ProofClaim) -> PublicKey:
        if claim.verification_method != signer.verification_method or claim.controller != claim.issuer:
            raise IssuerError("signature_failed", "the proof names another key than the one that was asked")
        return signer.public_key

    check_proof(document, key_for)


def prepared_again(row: Credential) -> Prepared:
    """The stored bytes of a credential, through `prepare` once more, so that they can be signed.

    They are walked: what stopped the first time was perhaps what badges that are alike were taken to say.

    Raises:
        IssuerError: `state_conflict` when there are none, or they are not what `prepare` makes of them today.
    """
    if row.prepared is None:
        raise IssuerError("state_conflict", f"{row.id} has not been prepared")
    prepared = prepare(parse(row.prepared).value, loopback=True, walked=True)
    if prepared.raw != row.prepared:
        raise IssuerError("state_conflict", f"the stored bytes of {row.id} are not what was prepared")
    return prepared


def secure(prepared: Prepared, signer: Signer, *, also_jwt: bool, now: datetime) -> dict[str, bytes]:
    """Put a proof on a prepared credential, and check it as a stranger would.

    Args:
        prepared: What is to be signed, and has been recorded.
        signer: Signs as its issuer.
        also_jwt: Whether a compact JWS is wanted as well.
        now: The time of the proof.

    Returns:
        What is given out, by form.

    Raises:
        IssuerError: `signature_failed`.
    """
    document = prepared.release()

    def key_for(claim: ProofClaim | JwtClaim) -> PublicKey:
        named = claim.verification_method if isinstance(claim, ProofClaim) else claim.kid
        if named != signer.verification_method or claim.issuer != signer.controller:
            raise IssuerError("signature_failed", "the proof names another key or issuer than it was made by")
        return signer.public_key

    try:
        signed = add_proof(document, signer, cryptosuite=suite_for(signer), created=now)
        # What was signed may have been filled in from badges that are alike (`contexts.alike`). What is
        # checked never is: two ways must lead to the same.
        walked_quads(without(signed, "proof"), contexts=CHECKING)
        said = [check_proof(signed, key_for).document]
        forms = {VC: signed.raw}
        if also_jwt:
            token = sign_jwt(document, signer)
            said.append(check_jwt(split(token), key_for).document)
            forms[JWT] = token.encode("ascii")
    except IssuerError:
        raise
    except ValueError as fault:
        raise IssuerError("signature_failed", f"nothing was recorded: {fault}") from fault
    if any(one.raw != document.raw for one in said):
        raise IssuerError("signature_failed", "the signature covers something else than what was prepared")
    return forms


def release(session: Session, row: Credential, *, now: datetime, actor: str) -> None:
    """Record, once, that a signed credential leaves the house: by a share, or as a file.

    Raises:
        IssuerError: `not_signed` for one that nobody can have; `held` while its batch can be undone.
    """
    if row.state == State.RELEASED:
        return
    if (until := jobs.held_until(session, row.district_id, row.award_ref, now=now)) is not None:
        raise IssuerError(
            "held",
            f"this badge is held until {until:%H:%M} UTC, so that its batch can be undone: wait, or let the "
            "batch go now",
        )
    moved = queries.advance(session, row, State.SIGNED, state=State.RELEASED.value, released_at=now)
    if not moved:
        raise IssuerError("not_signed", f"{row.id} has not been signed: there is nothing to give out")
    audit.record(
        session, row.district_id, at=now, actor=actor, action="credential.released", subject=row.id, facts={}
    )


def record_secured(
    session: Session,
    row: Credential,
    forms: Mapping[str, bytes],
    signer: Signer,
    *,
    number: int,
    now: datetime,
    actor: str,
) -> None:
    """Store what will be given out, with the audit row that says so.

    Raises:
        IssuerError: `key_not_usable` when the key has ended meanwhile.
    """
    record_all_secured(
        session, row.district_id, [(row.id, forms)], signer, number=number, now=now, actor=actor
    )


def record_all_secured(
    session: Session,
    district_id: str,
    made: Sequence[tuple[str, Mapping[str, bytes]]],
    signer: Signer,
    *,
    number: int,
    now: datetime,
    actor: str,
) -> None:
    """As `record_secured`, for several credentials of a district, each by its id: an audit row for each.

    Raises:
        IssuerError: As `record_secured`.
    """
    queries.check_key_in_use(session, district_id, signer.verification_method)
    rows = [
        {
            "district_id": district_id,
            "credential_id": credential_id,
            "form": form,
            "number": number,
            "key_id": signer.verification_method,
            "body": body,
            "signed_at": now,
        }
        for credential_id, forms in made
        for form, body in forms.items()
    ]
    bulk.add(session, Secured, rows)
    done = [
        audit.Done(
            "credential.signed",
            credential_id,
            {
                "key": signer.verification_method,
                "number": number,
                "sha256": {form: hashlib.sha256(body).hexdigest() for form, body in forms.items()},
            },
        )
        for credential_id, forms in made
    ]
    audit.record_all(session, district_id, done, at=now, actor=actor)
