"""The page on which a student puts a badge in a wallet: the file first, and nobody else's badge."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from credential.withdrawal import Reason
from issuer.revocation import revoke
from issuer.web.student.wallet import wallet_path
from tests.house import House
from tests.students import signed_in


def test_the_file_comes_first_and_no_offer_is_made_by_looking(app: FastAPI, house: House) -> None:
    issued = house.issue()
    browser = signed_in(app, house)
    page = browser.get(wallet_path(issued.credential_id))
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    first = main.partition("<h2>")[0]
    assert "/badge.json" in first
    assert "openid-credential-offer" not in page.text
    held = browser.get(f"{wallet_path(issued.credential_id)}/badge.json")
    assert held.content == issued.document
    assert held.headers["content-disposition"].startswith("attachment")


def test_the_button_shows_a_code_digits_and_a_link_once(app: FastAPI, house: House) -> None:
    browser = signed_in(app, house)
    path = wallet_path(house.issue().credential_id)
    page = browser.post(path)
    assert page.status_code == 200
    assert 'href="openid-credential-offer://?credential_offer_uri=https' in page.text
    assert re.search(r"<strong>[0-9]{6}</strong>", page.text)
    assert "data:image/svg+xml;base64," in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "<strong>" not in browser.get(path).text


def test_it_speaks_spanish(app: FastAPI, house: House) -> None:
    path = wallet_path(house.issue().credential_id)
    assert "Ponla en una cartera" in signed_in(app, house).get(f"{path}?lang=es").text


def test_a_withdrawn_badge_is_not_offered(app: FastAPI, house: House) -> None:
    issued = house.issue()
    revoke(
        house.store,
        house.district.id,
        issued.credential_id,
        reason=Reason.REQUESTED,
        note="",
        now=house.time,
        actor="test",
    )
    page = signed_in(app, house).post(wallet_path(issued.credential_id))
    assert page.status_code == 409
    assert "openid-credential-offer" not in page.text


@pytest.mark.parametrize("end", ["", "/badge.json"])
def test_others_see_what_they_see_of_a_badge_that_never_was(app: FastAPI, house: House, end: str) -> None:
    issued = house.issue()
    other = signed_in(app, house, "100000002")
    never = "/my/badges/00000000-0000-4000-8000-000000000000/wallet"
    theirs, none = other.get(wallet_path(issued.credential_id) + end), other.get(never + end)
    assert (theirs.status_code, theirs.content) == (none.status_code, none.content)
    assert theirs.status_code == 404
    if not end:
        assert other.post(wallet_path(issued.credential_id)).status_code == 404
