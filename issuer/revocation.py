"""Revoke a credential: one row, irreversible, with its audit row. The list is derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from credential.withdrawal import Reason
from issuer.errors import IssuerError
from issuer.store import audit, derived, queries, status_lists
from issuer.store.session import Session, Store
from issuer.store.tables import State, Status


@dataclass(frozen=True, slots=True)
class Revoked:
    """A revocation as it stands.

    Attributes:
        credential_id: What was revoked.
        revoked_at: When. Of a second call for the same credential: when the first one was.
        reason: Why, as coarse as strangers may know it.
        list_id: The list whose next version says so.
        first: Whether this call revoked it.
    """

    credential_id: str
    revoked_at: datetime
    reason: Reason
    list_id: str
    first: bool


def revoke(
    store: Store,
    district_id: str,
    credential_id: str,
    *,
    reason: Reason | str,
    note: str,
    now: datetime,
    actor: str,
) -> Revoked:
    """Revoke a credential for good. When this returns, the revocation is kept; `publish_due` makes it seen.

    Args:
        store: The database.
        district_id: Whose credential.
        credential_id: Its `urn:uuid`.
        reason: One of `credential.withdrawal.Reason`; it is published with the day.
        note: For the district's own eyes; never published.
        now: The time of the decision.
        actor: Who decided.

    Raises:
        IssuerError: `bad_reason`; `not_found`; `not_signed` for a credential that nobody can have.
    """
    with store.transaction() as session:
        return revoke_in(session, district_id, credential_id, reason=reason, note=note, now=now, actor=actor)


def revoke_in(
    session: Session,
    district_id: str,
    credential_id: str,
    *,
    reason: Reason | str,
    note: str,
    now: datetime,
    actor: str,
) -> Revoked:
    """Revoke inside the caller's transaction, where something else must be kept together with it.

    Args and errors are those of `revoke`.
    """
    if reason not in set(Reason):
        choices = ", ".join(Reason)
        raise IssuerError("bad_reason", f"{str(reason)[:40]!r} is not a reason: choose one of {choices}")
    row = queries.credential(session, district_id, credential_id, lock=True)
    standing = queries.status(session, district_id, credential_id)
    if standing is not None:
        return Revoked(
            credential_id, standing.revoked_at, Reason(standing.reason), standing.list_id, first=False
        )
    if row.state not in {State.SIGNED, State.RELEASED}:
        raise IssuerError(
            "not_signed", f"{credential_id} has not been signed: nobody holds it, so issue or leave it"
        )
    session.add(
        Status(
            district_id=district_id,
            credential_id=credential_id,
            list_id=row.list_id,
            list_index=row.list_index,
            revoked_at=now,
            reason=Reason(reason).value,
            note=note,
        )
    )
    status_lists.count_change(session, district_id, row.list_id)
    # What was derived from it falls with this very row; its lists must say so.
    derived.count_falls(session, district_id, credential_id)
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="credential.revoked",
        subject=credential_id,
        facts={"reason": Reason(reason).value, "list": row.list_id, "index": row.list_index},
    )
    return Revoked(credential_id, now, Reason(reason), row.list_id, first=True)
