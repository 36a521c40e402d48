"""Sign and publish a trust list: the next version of what this district recognises, by one of its keys in
use.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from credential.errors import CredentialError
from credential.trust_list import MEDIA_TYPE, TrustListCredential, digest, open_list, sign_list
from issuer.errors import IssuerError
from issuer.publication import Outcome
from issuer.store import audit, published, queries
from issuer.store.published import Edition
from issuer.store.session import Store
from keys.key_record import KeyRecord
from keys.public import PublicKey
from keys.signer import Signer

LIST_PATH = "trust/list.jwt"
"""Where it is served, below the origin."""


def open_own(token: bytes, records: Iterable[KeyRecord]) -> TrustListCredential:
    """Read a list that this district has signed.

    Args:
        token: The signed list.
        records: The district's keys, retired ones too: an older version may be by one.

    Raises:
        IssuerError: `bad_request` where it is not the district's, or a key that was lost has signed it.
    """
    by_name = {one.verification_method: one for one in records}

    def key_for(kid: str) -> PublicKey:
        record = by_name.get(kid)
        if record is None or record.compromised_since is not None:
            raise IssuerError(
                "bad_request", f"the list is signed by {kid[:200]}, which is no good key of ours"
            )
        return record.public_key

    try:
        return open_list(token.strip(), key_for)
    except CredentialError as fault:
        raise IssuerError("bad_request", f"the signed list cannot be used: {fault}") from fault


def sign_trust_list(
    store: Store, district_id: str, listed: TrustListCredential, signer: Signer, *, now: datetime, actor: str
) -> bytes:
    """Sign a version, and record that it was signed.

    Raises:
        CredentialError: As `credential.trust_list.sign_list`.
        IssuerError: `key_not_usable`.
    """
    token = sign_list(listed, signer).encode("ascii")
    with store.transaction() as session:
        queries.check_key_in_use(session, district_id, signer.verification_method)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="trust_list.signed",
            subject=listed.id,
            facts={
                "version": listed.version,
                "digest": digest(token),
                "key": signer.verification_method,
                "issuers": len(listed.issuers),
            },
        )
    return token


def publish_trust_list(
    store: Store,
    district_id: str,
    token: bytes,
    records: Iterable[KeyRecord],
    *,
    now: datetime,
    actor: str,
) -> Outcome:
    """Put a signed version where verifiers ask for it, if it follows on the one that is there.

    Raises:
        IssuerError: `bad_request` where it is not this district's, has ended, or does not follow;
            `publish_contended` where somebody else was faster; `clock_went_back`.
    """
    token = token.strip()
    listed = open_own(token, records)
    if listed.ends <= now:
        raise IssuerError("bad_request", "the list has ended: sign the next version first")
    with store.transaction() as session:
        before = published.current(session, district_id, LIST_PATH)
        if before is not None and before.body == token:
            return Outcome(LIST_PATH, listed.version, published=False)
        if before is not None:
            old = open_own(before.body, records)
            if (listed.id, listed.previous) != (old.id, digest(before.body)) or listed.version <= old.version:
                raise IssuerError(
                    "bad_request",
                    f"version {listed.version} does not follow on the published version {old.version}: "
                    "sign it with --previous and the published one",
                )
        edition = Edition(
            LIST_PATH,
            published.next_version(session, district_id, LIST_PATH),
            MEDIA_TYPE,
            token,
            0,
            listed.starts,
            listed.ends,
        )
        if not published.put(session, district_id, edition, now=now):
            raise IssuerError(
                "publish_contended", "somebody else published a list just now: look, then try again"
            )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="trust_list.published",
            subject=listed.id,
            facts={"version": listed.version, "digest": digest(token)},
        )
    return Outcome(LIST_PATH, listed.version, published=True)
