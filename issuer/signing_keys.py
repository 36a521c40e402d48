"""The keys of a district over time: take one into use, end one, answer for one that was stolen.

The sealed files of `keys.custody` decide which keys there are; the table mirrors their public halves, so
that the DID document follows from rows as the lists do, on every machine that serves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.derived import sign_derived_anew
from issuer.errors import IssuerError
from issuer.publication import Outcome, publish_did, publish_list
from issuer.securing import JWT, VC, prepared_again, record_secured, secure
from issuer.store import audit, derived, queries, status_lists
from issuer.store.session import Session, Store
from issuer.store.tables import SigningKey
from keys.key_record import KeyRecord
from keys.signer import Signer

KEYS_OF_EXAMPLES: Final = frozenset(
    {
        # VC Data Integrity: the key pairs of the EdDSA and ECDSA cryptosuites' test vectors
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        # RFC 8032, 7.1, test 1; RFC 8037, A.1
        "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw",
        # The default seed of a widely used signing service
        "z6MknNQD1WHLGGraFi6zcbGevuAgkVfdyCdtZnQTGWVVvR5Q",
    }
)
"""Keys whose private halves anybody can read in a specification or a sample configuration."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A credential that a compromised key had signed and that still lives.

    Attributes:
        credential_id: Which.
        form: `vc` or `jwt`.
        signed_at: When, by the store's own record; the date in its proof proves nothing any more.
        after: Whether that was at or after the time from which the key may have been in other hands.
    """

    credential_id: str
    form: str
    signed_at: datetime
    after: bool


def mirror(
    store: Store, district_id: str, records: Iterable[KeyRecord], *, now: datetime, actor: str
) -> None:
    """Bring the table up to the sealed files: new keys, and ends of old ones. Ends are never taken back.

    Raises:
        IssuerError: `key_not_usable` for a key of a specification's examples, or of another district; nothing
            is taken then. `database_busy`.
    """
    records = tuple(records)
    with store.reading() as session:
        known = {row.id: row for row in queries.signing_keys(session, district_id)}
    if all(_is_mirrored(known.get(record.verification_method), record) for record in records):
        return  # as almost always: a server asks every few seconds, and need not take the write lock
    with store.transaction() as session:
        known = {row.id: row for row in queries.signing_keys(session, district_id)}
        for record in records:
            row = known.get(record.verification_method)
            said: list[str] = []
            if row is None:
                row = SigningKey(
                    district_id=district_id,
                    id=record.verification_method,
                    multikey=record.public_key.multikey(),
                    created=record.created,
                    retired=None,
                    compromised_since=None,
                )
                _take_key(session, record, row)
                said.append("key.created")
            if record.retired is not None and row.retired is None:
                row.retired = record.retired
                said.append("key.retired")
            since = record.compromised_since
            if since is not None and (row.compromised_since is None or since < row.compromised_since):
                row.compromised_since = since
                said.append("key.compromised")
            session.flush()
            for action in said:
                audit.record(
                    session,
                    district_id,
                    at=now,
                    actor=actor,
                    action=action,
                    subject=row.id,
                    facts={"since": since.isoformat()} if action == "key.compromised" and since else {},
                )


def _is_mirrored(row: SigningKey | None, record: KeyRecord) -> bool:
    """Whether the table says of a key all that its file says."""
    if row is None or (record.retired is not None and row.retired is None):
        return False
    since, known = record.compromised_since, row.compromised_since
    return since is None or (known is not None and known <= since)


def _take_key(session: Session, record: KeyRecord, row: SigningKey) -> None:
    """Add a key, unless others hold it too."""
    if row.multikey in KEYS_OF_EXAMPLES:
        raise IssuerError(
            "key_not_usable", f"{record.key_id} is an example's key: anybody can sign with it. Make another"
        )
    if not queries.add_signing_key(session, row):
        raise IssuerError("key_not_usable", f"{record.key_id} is the key of another district: make another")


def affected(
    store: Store, district_id: str, key_id: str, *, since: datetime, now: datetime
) -> list[Affected]:
    """Everything live that a key had signed: what must be signed anew if the key was stolen.

    Args:
        store: The database.
        district_id: Whose key.
        key_id: Its verification method.
        since: From when on the key may have been in other hands.
        now: What has ended by now needs nothing.
    """
    with store.reading() as session:
        found = queries.live_under_key(session, district_id, key_id, now=now)
        found += derived.live_under_key(session, district_id, key_id, now=now)
    return [Affected(one.credential_id, one.form, one.signed_at, one.signed_at >= since) for one in found]


def sign_anew(
    store: Store,
    district_id: str,
    credential_ids: Iterable[str],
    signer: Signer,
    *,
    now: datetime,
    actor: str,
) -> list[str]:
    """Give credentials a proof by another key: same id, same status position, same content.

    Safe to run again: a credential that this key has already signed is left as it is.

    Returns:
        The ids of those that were signed by this call.

    Raises:
        IssuerError: As `issuer.issuance.secure`.
    """
    done = []
    for credential_id in dict.fromkeys(credential_ids):
        with store.reading() as session:
            is_derived = session.get(derived.DerivedCredential, (district_id, credential_id)) is not None
        if is_derived:
            if sign_derived_anew(store, district_id, credential_id, signer, now=now, actor=actor):
                done.append(credential_id)
            continue
        with store.reading() as session:
            row = queries.credential(session, district_id, credential_id)
            before = queries.secured(session, district_id, credential_id)
        if VC not in before or before[VC].key_id == signer.verification_method:
            continue
        forms = secure(prepared_again(row), signer, also_jwt=JWT in before, now=now)
        with store.transaction() as session:
            queries.credential(session, district_id, credential_id, lock=True)
            current = queries.secured(session, district_id, credential_id)
            if current[VC].number != before[VC].number:
                continue
            number = before[VC].number + 1
            record_secured(session, row, forms, signer, number=number, now=now, actor=actor)
            done.append(credential_id)
    return done


def republish(
    store: Store, district_id: str, signer: Signer, *, clock: Callable[[], datetime], actor: str
) -> list[Outcome]:
    """Publish the DID document and every list anew, because the keys have changed.

    Raises:
        IssuerError: As `issuer.publication.publish_due`.
    """
    outcomes = [publish_did(store, district_id, now=clock(), actor=actor)]
    with store.reading() as session:
        lists = [row.id for row in status_lists.all_lists(session, district_id)]
    return outcomes + [
        publish_list(store, district_id, one, signer, clock=clock, actor=actor, always=True) for one in lists
    ]
