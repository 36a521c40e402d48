"""The registrar records what guardians said; the district chooses what students under 18 may share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from issuer.access.roles import Role
from issuer.shares import policy_of
from issuer.sharing.policy import Minors
from issuer.store import queries
from issuer.store.share_tables import Consent
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
STUDENT = "100000001"
AGREED = {"kind": "guardian", "audience": ["employer", "college"], "how": "paper", "on": "2026-05-30"}


def test_an_agreement_is_recorded_shown_and_taken_back(house: House, at: At) -> None:
    house.issue(adult_on=None)
    browser = at(Role.REGISTRAR)
    path = f"/staff/students/{STUDENT}/sharing"
    assert browser.get(path).status_code == 200
    assert browser.post(path, AGREED).status_code == 303
    text = browser.get(path).text
    assert "A guardian agrees to sharing: Employers, Colleges" in text
    with house.store.reading() as session:
        [row] = session.scalars(select(Consent)).all()
    assert (row.student_id, row.given_on, row.how, row.ended_at) == (STUDENT, "2026-05-30", "paper", None)
    assert browser.post(f"{path}/end", {"consent": row.id}).status_code == 303
    with house.store.reading() as session:
        assert session.scalars(select(Consent)).one().ended_at == house.time


def test_a_form_that_is_wrong_records_nothing(house: House, at: At) -> None:
    house.issue(adult_on=None)
    browser = at(Role.REGISTRAR)
    path = f"/staff/students/{STUDENT}/sharing"
    wrong: dict[str, Any]
    for wrong in ({"on": ""}, {"on": "2027-01-01"}, {"how": "dream"}, {"audience": []}):
        assert browser.post(path, AGREED | wrong).status_code == 400, wrong
    with house.store.reading() as session:
        assert session.scalars(select(Consent)).all() == []


def test_the_policy_is_chosen_on_its_page(house: House, at: At) -> None:
    browser = at(Role.ADMINISTRATOR)
    sent = {"minors": "off", "audience": ["college"], "zone": "America/Denver"}
    assert browser.get("/staff/settings/sharing").status_code == 200
    assert browser.post("/staff/settings/sharing", sent | {"zone": "Denver"}).status_code == 400
    assert browser.post("/staff/settings/sharing", sent).status_code == 303
    with house.store.reading() as session:
        chosen = policy_of(queries.district(session, house.district.id))
    assert (chosen.minors, chosen.zone) == (Minors.OFF, "America/Denver")
