"""The rows of many awards, each kind with one question. What is locked is locked in the order of its keys.

Whoever changes many rows in one transaction takes the awards first, then the credentials, then positions or
the audit chain, as `issuer.issuance` does for one: so no two wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from issuer.store.evidence import EvidenceRow
from issuer.store.session import Session
from issuer.store.tables import Award, Credential, Secured


def awards(
    session: Session, district_id: str, refs: Sequence[str], *, lock: bool = False
) -> dict[str, Award]:
    """The awards under these references, by reference; with `lock`, nobody else changes them meanwhile."""
    asked = (
        select(Award)
        .where(Award.district_id == district_id, Award.award_ref.in_(refs))
        .order_by(Award.award_ref)
        .execution_options(populate_existing=True)
    )
    return {row.award_ref: row for row in session.scalars(asked.with_for_update() if lock else asked)}


def add_awards(session: Session, rows: Sequence[Award]) -> bool:
    """Take references for awards: all of them, or none where another took one just now."""
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        return False
    return True


def credentials(
    session: Session, district_id: str, refs: Sequence[str], *, lock: bool = False
) -> dict[str, Credential]:
    """The credentials that awards led to, by the award's reference; with `lock` as `awards`."""
    asked = (
        select(Credential)
        .where(Credential.district_id == district_id, Credential.award_ref.in_(refs))
        .order_by(Credential.award_ref)
        .execution_options(populate_existing=True)
    )
    return {row.award_ref: row for row in session.scalars(asked.with_for_update() if lock else asked)}


def evidence(session: Session, district_id: str, refs: Sequence[str]) -> dict[str, list[EvidenceRow]]:
    """The evidence of awards, by reference, in the order in which it was added; nothing for one without."""
    found: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in session.scalars(
        select(EvidenceRow)
        .where(EvidenceRow.district_id == district_id, EvidenceRow.award_ref.in_(refs))
        .order_by(EvidenceRow.award_ref, EvidenceRow.number)
        .execution_options(populate_existing=True)
    ):
        found[row.award_ref].append(row)
    return dict(found)


def secured(session: Session, district_id: str, ids: Sequence[str]) -> dict[str, dict[str, Secured]]:
    """What is given out for credentials now: by id, for each form the newest."""
    found: dict[str, dict[str, Secured]] = defaultdict(dict)
    for row in session.scalars(
        select(Secured)
        .where(Secured.district_id == district_id, Secured.credential_id.in_(ids))
        .order_by(Secured.credential_id, Secured.form, Secured.number)
    ):
        found[row.credential_id][row.form] = row
    return dict(found)
