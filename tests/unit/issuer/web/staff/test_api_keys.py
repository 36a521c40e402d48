"""Settings > Keys of programs: shown once, confirmed by a second person where that is asked, ended."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import FastAPI

from issuer.access import policy
from issuer.access.policy import Kind, Policy
from issuer.access.roles import Role
from issuer.api import keys
from issuer.api.keys import Key
from issuer.store import access_tables
from tests.house import House
from tests.unit.issuer.web.asking import Client
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
PAGE = "/staff/settings/api-keys"
FORM = {"name": "Student system", "scopes": "issue", "days": "365"}


def shown(text: str) -> str:
    found = re.search(r"cairn_[a-z0-9]{16}_[A-Za-z0-9_-]{43}", text)
    assert found is not None
    return found[0]


def the_key(house: House) -> Key:
    (found,) = keys.everything(house.store, house.district.id)
    return found


def status(app: FastAPI, house: House, key: str) -> int:
    """What a program is answered that asks with the key: 400 where it is let in with no body of sense."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return (
        Client(app, house.district.origin)
        .post("/credentials/issue", headers=headers, content=b"{}")
        .status_code
    )


def test_a_key_is_shown_once_and_ended(at: At, app: FastAPI, house: House) -> None:
    browser = at()
    key = shown(browser.post(PAGE, FORM).text)
    assert status(app, house, key) == 400
    page = browser.get(PAGE).text
    assert "Student system" in page
    assert key not in page
    assert browser.post(f"{PAGE}/{the_key(house).id}/revoke", {}).status_code == 303
    assert status(app, house, key) == 401
    assert browser.post(f"{PAGE}/0000000000000000/revoke", {}).status_code == 404


def test_a_key_that_cannot_be_made_is_said_at_the_form(at: At, house: House) -> None:
    browser = at()
    for change in ({"name": ""}, {"scopes": "everything"}, {"days": "0"}, {"days": "731"}, {"days": "x"}):
        assert browser.post(PAGE, FORM | change).status_code == 422
    assert keys.everything(house.store, house.district.id) == []


def test_where_the_district_asks_two_people_the_key_waits_for_the_second(
    at: At, app: FastAPI, house: House
) -> None:
    asks = Policy(frozenset({Kind.ISSUE_BATCH}))
    policy.change(house.store, house.district.id, asks, now=house.time, actor="test")
    browser = at()
    key = shown(browser.post(PAGE, FORM).text)
    assert status(app, house, key) == 401
    with house.store.reading() as session:
        (asked,) = session.query(access_tables.ApprovalRequest).all()
    seen = {"seen": asked.content_sha256}
    own = browser.post(f"/staff/approvals/{asked.id}/confirm", seen)
    assert status(app, house, key) == 401, own.text
    other = at(Role.ADMINISTRATOR, 2)
    assert "Student system" in other.get(f"/staff/approvals/{asked.id}").text
    assert other.post(f"/staff/approvals/{asked.id}/confirm", seen).status_code == 303
    assert status(app, house, key) == 400
    assert the_key(house).two_people
