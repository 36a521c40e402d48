"""Consents, terms and disclosures are ledgers: the database itself lets none be rewritten."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from issuer.consents import end_consent
from issuer.errors import IssuerError
from issuer.shares import create_share
from issuer.store.share_tables import Consent, Disclosure, ShareTerms
from issuer.store.tables import Base
from tests.house import House, attempt
from tests.unit.issuer.test_student_sharing import STUDENT, agree, opened, share

REFUSED = (
    *(
        f"UPDATE share_terms SET {column} = '{value}'"  # noqa: S608 - ours
        for column, value in {
            "audience": "anyone",
            "label": "another",
            "applicant": "A-1",
            "name": "full",
            "last_day": "2099-01-01",
            "credential_id": "another",
            "derived_id": "another",
        }.items()
    ),
    "UPDATE share_terms SET evidence = NOT evidence",
    *(
        f"UPDATE consent SET {column} = '{value}' WHERE kind = 'guardian'"  # noqa: S608 - ours
        for column, value in {
            "student_id": "200",
            "kind": "opt-out",
            "audiences": "employer,college,anyone",
            "share_id": "another",
            "how": "in-person",
            "given_on": "2020-01-01",
            "recorded_by": "another",
            "recorded_at": "2020-01-01 00:00:00",
        }.items()
    ),
    # Ended once: the end is neither moved nor taken back.
    "UPDATE consent SET ended_at = '2020-01-01 00:00:00' WHERE ended_at IS NOT NULL",
    "UPDATE consent SET ended_at = NULL, ended_by = NULL WHERE ended_at IS NOT NULL",
    "UPDATE disclosure SET times = times - 1",
    "UPDATE disclosure SET times = times + 2",
    "UPDATE disclosure SET times = times + 1, last_at = '2020-01-01 00:00:00'",
    *(
        f"UPDATE disclosure SET times = times + 1, {column} = '{value}'"  # noqa: S608 - ours
        for column, value in {"day": "2020-01-01", "audience": "college", "name": "full"}.items()
    ),
)


@pytest.fixture
def kept(house: House) -> House:
    """Two agreements, one of them ended; a share, opened twice."""
    badge = house.issue(adult_on=None).credential_id
    ended = agree(house)
    agree(house)
    end_consent(house.store, house.district.id, STUDENT, ended, now=house.time, actor="registrar")
    made = share(house, badge)
    opened(house, made), opened(house, made)
    return house


def test_no_ledger_is_rewritten(kept: House) -> None:
    """One house for all of them: each is refused by the database, whoever asks."""
    for statement in REFUSED:
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(kept.store, statement)


def test_what_the_program_does_is_let_through(kept: House) -> None:
    attempt(kept.store, "UPDATE disclosure SET times = times + 1")
    attempt(
        kept.store,
        "UPDATE consent SET ended_at = '2026-06-02 00:00:00', ended_by = 'r' WHERE ended_at IS NULL"
        " AND kind = 'guardian'",
    )


BROKEN: tuple[tuple[type[Base], dict[str, object]], ...] = (
    (ShareTerms, {"audience": "everybody"}),
    (ShareTerms, {"name": "initials"}),
    (ShareTerms, {"share_id": "no such share"}),
    (Consent, {"kind": "hearsay"}),
    (Consent, {"how": "telepathy"}),
    (Consent, {"ended_by": "r", "ended_at": None}),
    (Disclosure, {"audience": "everybody"}),
    (Disclosure, {"name": "none"}),
    (Disclosure, {"times": 0}),
    (Disclosure, {"credential_id": "no such badge"}),
)


def test_a_row_that_says_what_cannot_be_is_refused(kept: House) -> None:
    badge = str(_first(kept, Disclosure)["credential_id"])
    bare = create_share(
        kept.store, kept.district.id, badge, now=kept.time, entropy=kept.entropy, actor="t", agreed=True
    )
    fresh = {"share_terms": ("share_id", bare.share_id), "consent": ("id", "c"), "disclosure": ("day", "d")}
    for table, wrong in BROKEN:
        name, value = fresh[table.__tablename__]
        row = _first(kept, table) | {name: value} | wrong
        with pytest.raises(IntegrityError), kept.store.engine.begin() as connection:
            connection.execute(insert(table).values(row))
    for table in (ShareTerms, Consent, Disclosure):
        name, value = fresh[table.__tablename__]
        with kept.store.engine.begin() as connection:
            connection.execute(insert(table).values(_first(kept, table) | {name: value}))


def _first(house: House, table: type[Base]) -> dict[str, object]:
    with house.store.reading() as session:
        return dict(session.execute(select(*table.__table__.columns)).mappings().first() or {})
