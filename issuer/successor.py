"""Which badge stands now in the place of one that was corrected."""

from __future__ import annotations

from typing import Final

from credential.withdrawal import Reason
from issuer.correction import MOST_CORRECTIONS, next_ref
from issuer.errors import IssuerError
from issuer.store import queries
from issuer.store.session import Session
from issuer.store.tables import Credential, State

_SIGNED: Final = frozenset({State.SIGNED, State.RELEASED})


def standing_badge(session: Session, row: Credential) -> Credential:
    """The badge that stands in the place of one, correction after correction; itself where none does.

    A correction counts once its badge is signed and the one before is withdrawn as corrected.
    """
    for _ in range(MOST_CORRECTIONS):
        status = queries.status(session, row.district_id, row.id)
        if status is None or status.reason != Reason.CORRECTED:
            return row
        try:
            newer = queries.credential_of_award(session, row.district_id, next_ref(row.award_ref))
        except IssuerError:
            return row  # it was the last that there may be
        if newer is None or newer.state not in _SIGNED:
            return row
        row = newer
    return row
