"""Every door that takes a secret: wrong ones and those that never were cost the same and are answered alike.

Nothing is timed. What takes time is counted: statements of the database, and hashes, in their order. Answers
are compared byte for byte, with their headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from credential.qr import check_character, new_code, new_token
from issuer.app import create_app
from issuer.claiming import claims, contacts
from issuer.mail.sending import send_due
from issuer.mail.smtp import Post
from issuer.shares import create_share
from issuer.wallet.offers import GRANT, code_of
from issuer.wallet_offering import make_offer
from issuer.web.limiter import Limiter, Rate
from tests.house import House
from tests.students import STUDENT, StudentBrowser
from tests.unit.issuer.web.asking import Client
from tests.work import working

NO_LIMIT = Limiter(Rate(1_000_000, 0.001), Rate(1_000_000, 0.001))
SHEET = b"student_id,email,language\n100000001,maya@riverbend.example,en\n"


@dataclass(frozen=True)
class Secrets:
    """What a district has given out, each of another kind."""

    link: str
    slip: str
    token: str
    code: str
    reference: str

    @classmethod
    def of(cls, house: House) -> Secrets:
        badge = house.issue().credential_id
        made = claims.new_codes(house.district, [STUDENT], entropy=house.entropy)
        about: dict[str, Any] = {"now": house.time, "entropy": house.entropy}
        with house.store.of(house.district.id).transaction() as session:
            link = claims.new_link(session, house.district.id, STUDENT, badge, **about)
            claims.new_slips(session, house.district.id, made, actor="test", **about)
        store = house.store.of(house.district.id)
        share = create_share(store, house.district.id, badge, actor="test", **about)
        offer = make_offer(store, house.district.id, badge, actor="test", with_tx_code=False, **about)
        assert share.code is not None
        address = parse_qs(urlsplit(offer.link).query)["credential_offer_uri"][0]
        return cls(link, made[STUDENT].code, share.token, share.code, address.rpartition("/")[2])


@dataclass(frozen=True)
class Door:
    """One way to send a secret.

    Attributes:
        real: Which of a district's secrets it opens to.
        ask: Sends one.
        hashed: How the secret is kept, which must be among the hashes that are made.
        opens: How the real one is answered.
    """

    real: str
    ask: Callable[[StudentBrowser, str], httpx.Response]
    hashed: str
    opens: int = 200


def got(path: str) -> Callable[[StudentBrowser, str], httpx.Response]:
    return lambda browser, secret: browser.get(path.format(secret))


def sent(path: str, **fields: str) -> Callable[[StudentBrowser, str], httpx.Response]:
    """A form from a page of the site; "{}" is the secret, in the path and in the fields."""

    def ask(browser: StudentBrowser, secret: str) -> httpx.Response:
        data = {name: value.format(secret) for name, value in fields.items()}
        token = {"form_token": browser.form_token()}
        return browser.ask(
            "POST",
            path.format(secret),
            data=data | token,
            headers={"Origin": browser.origin, "Sec-Fetch-Site": "same-origin"},
        )

    return ask


def retrieved(field: str) -> Callable[[StudentBrowser, str], httpx.Response]:
    return lambda browser, secret: browser.ask("POST", "/retrieve", json={field: secret})


def granted(browser: StudentBrowser, reference: str) -> httpx.Response:
    """A wallet takes the code of an offer that asks for no digits."""
    data = {"grant_type": GRANT, "pre-authorized_code": code_of(reference)}
    return browser.ask("POST", "/wallet/token", data=data)


DOORS: Mapping[str, Door] = {
    "a claim link is opened": Door("link", got("/my/claim/{}"), "sha256"),
    "a claim link is used": Door("link", sent("/my/claim/{}"), "sha256", 303),
    "something is wrong": Door("link", got("/my/claim/{}/wrong"), "sha256"),
    "something is said to be wrong": Door("link", sent("/my/claim/{}/wrong", what="other"), "sha256"),
    "a slip is scanned": Door("slip", got("/my/slip/{}"), "scrypt"),
    "a slip is used": Door("slip", sent("/my/slip/{}"), "scrypt", 303),
    "a slip is typed": Door("slip", sent("/my/slip", code="{}"), "scrypt", 303),
    "a share's link is checked": Door("token", retrieved("token"), "sha256"),
    "a share's code is checked": Door("code", retrieved("code"), "scrypt"),
    "a wallet asks for an offer": Door("reference", got("/wallet/offers/{}"), "sha256"),
    "a wallet takes an offer": Door("reference", granted, "sha256"),
}


@pytest.fixture
def app(house: House) -> FastAPI:
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        limiter=NO_LIMIT,
        signer_of=lambda _: house.signer,
    )


def wrong(house: House, here: Secrets, there: Secrets, kind: str) -> Iterator[tuple[str, str]]:
    """Secrets that open nothing at a door, all well formed: anybody can tell by its look what is not."""
    short = kind in {"slip", "code"}
    yield "never", new_code(house.entropy(7)) if short else new_token(house.entropy(20))
    yield "never either", new_code(bytes(7)) if short else new_token(bytes(20))
    real = getattr(here, kind)
    body = real[:-1] if short else real
    for place in (0, len(body) - 1):
        letter = "0" if body[place] != "0" else "1"
        other = body[:place] + letter + body[place + 1 :]
        yield f"letter {place} is wrong", other + (check_character(other) if short else "")
    yield "of the other district", getattr(there, kind)
    for other_kind in ("slip", "code") if short else ("link", "token", "reference"):
        if other_kind != kind:
            yield f"a {other_kind} of this district", getattr(here, other_kind)


@pytest.mark.parametrize("name", DOORS)
def test_wrong_and_never_given_cost_the_same_and_are_answered_alike(
    house: House, app: FastAPI, name: str
) -> None:
    door = DOORS[name]
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    here, there = Secrets.of(house), Secrets.of(other)
    browser = StudentBrowser(app, house.district.origin)
    browser.form_token()  # as whoever has looked at a page
    answers, costs = {}, {}
    tried = list(wrong(house, here, there, door.real))
    assert len({secret for _, secret in tried}) == len(tried) >= 6
    for why, secret in tried:
        with working(house.store) as work:
            answer = door.ask(browser, secret)
        # A page that repeats what was typed repeats as many letters of any.
        answers[why] = (
            answer.status_code,
            answer.content.replace(secret.encode(), b"-" * len(secret)),
            sorted(answer.headers.items()),
        )
        costs[why] = work.done()
    assert answers["never"][0] in {400, 403, 404}
    assert [why for why in answers if answers[why] != answers["never"]] == []
    assert [why for why in costs if costs[why] != costs["never"]] == []
    statements, hashes = costs["never"]
    assert door.hashed in hashes  # the counting counts
    assert any("SELECT" in one for one in statements)
    # None of this was the door being shut: the real one opens.
    assert door.ask(browser, getattr(here, door.real)).status_code == door.opens


def delivered(house: House) -> int:
    """Send the mails that are due; how many there were."""
    mails: list[EmailMessage] = []

    @contextmanager
    def connect() -> Iterator[Post]:
        yield mails.append

    send_due(
        house.store,
        house.district.id,
        connect,
        sender="badges@riverbend.example",
        clock=house.clock,
        entropy=house.entropy,
    )
    return len(mails)


@pytest.mark.parametrize("path", ["/my/code", "/my/code/enter"])
def test_an_address_of_a_student_costs_what_an_address_of_nobody_does(
    house: House, app: FastAPI, path: str
) -> None:
    contacts.take(house.store, house.district.id, SHEET, now=house.time, actor="test")
    browser = StudentBrowser(app, house.district.origin)
    browser.post("/my/code", {"address": "maya@riverbend.example"})
    assert delivered(house) == 1  # a code waits for her
    ask = sent(path, address="{}", code="12345678")
    seen = []
    for address in ("maya@riverbend.example", "evex@riverbend.example", "maya@riverbend.example"):
        browser.form_token()
        with working(house.store) as work:
            answer = ask(browser, address)
        said = answer.content.replace(address.encode(), b"-" * len(address))
        seen.append((answer.status_code, said, sorted(answer.headers.items()), work.done()))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][3][0]


def test_a_link_that_was_real_says_what_became_of_it_and_nothing_else(house: House, app: FastAPI) -> None:
    """To its holder: nothing of the student, of the badge or of the district."""
    badge = house.issue().credential_id
    store, district = house.store.of(house.district.id), house.district
    about: dict[str, Any] = {"now": house.time, "entropy": house.entropy, "actor": "test"}
    with store.transaction() as session:
        link = claims.new_link(session, district.id, STUDENT, badge, now=house.time, entropy=house.entropy)
    stays = create_share(store, district.id, badge, ends=house.time.replace(hour=23), **about)
    house.later(days=400)
    client = Client(app, district.origin)
    texts = [
        client.get(f"/my/claim/{link}").text,
        client.post("/retrieve", json={"token": stays.token}).text,
    ]
    assert "ended on 2026-06-01" in texts[1]
    for text in texts:
        for told in ("Maya", "Okafor", STUDENT, "NA-000123", badge, "A-1", "Nurse"):
            assert told not in text
