"""Nobody takes a line out of the ledger of disclosures and consents, but an erasure that names it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from issuer.consents import record_opt_out
from issuer.errors import IssuerError
from issuer.shares import create_share, open_token
from issuer.store.retention_tables import Erased
from issuer.store.share_tables import Consent, Disclosure
from tests.house import House, attempt
from tests.unit.issuer.retention.test_erasure import MAYA, enrol, go

FORBIDDEN = (
    "DELETE FROM disclosure",
    "DELETE FROM consent",
    "UPDATE disclosure SET times = 1",
    "UPDATE disclosure SET audience = 'paper', times = times + 1",
    "UPDATE consent SET given_on = '2020-01-01'",
)


def counts(house: House) -> tuple[int, int]:
    with house.store.reading() as session:
        disclosures = session.scalar(select(func.count()).select_from(Disclosure)) or 0
        return disclosures, session.scalar(select(func.count()).select_from(Consent)) or 0


def looked_at(house: House, ref: str, student: str) -> None:
    """A badge of a student, looked at twice."""
    badge = house.issue(ref, student_id=student, number=f"NA-{ref}")
    link = create_share(
        house.store, house.district.id, badge.credential_id, now=house.time, entropy=house.entropy, actor="t"
    )
    for _ in range(2):
        open_token(house.store, house.district, link.token, form="vc", now=house.time)


def opted_out(house: House, student: str) -> None:
    record_opt_out(
        house.store, house.district.id, student, how="paper", given_on=house.time.date(), now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip


def test_the_database_refuses_and_an_erasure_takes_what_is_the_students(house: House) -> None:
    enrol(house)
    opted_out(house, "300")
    opted_out(house, "400")
    looked_at(house, "A-1", MAYA)
    looked_at(house, "B-1", "300")
    assert counts(house) == (2, 2)
    for statement in FORBIDDEN:
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement)
    go(house)
    assert counts(house) == (1, 2)
    go(house, "300")
    assert counts(house) == (0, 1)
    with house.store.reading() as session:
        named = sorted(session.scalars(select(Erased.kind).where(Erased.district_id == house.district.id)))
    assert named == ["consent", "share", "share"]
    # What erasures named opens nothing else.
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(house.store, "DELETE FROM consent")
