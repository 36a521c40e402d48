"""The ways back in: a code by mail, the own address, a passkey, the school's sign-on."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from issuer.access import provider
from issuer.access.openid import Vouched
from issuer.claiming import codes, contacts, passkeys
from issuer.claiming.codes import LASTS, MOST_AN_HOUR, MOST_TRIES
from issuer.claiming.errors import ClaimError
from issuer.claiming.sessions import Method
from issuer.mail.sending import send_due
from issuer.mail.smtp import Post
from issuer.store import contacts as contact_rows
from issuer.web.student import coming_back
from tests.authenticator import PRESENT, Authenticator
from tests.house import House
from tests.students import STUDENT, StudentBrowser, signed_in

SHEET = (
    b"student_id,email,language\n"
    b"100000001,maya@riverbend.example,en\n"
    b"100000002,family@home.example,es\n"
    b"100000003,family@home.example,es\n"
)


@pytest.fixture
def browser(app: FastAPI, house: House) -> StudentBrowser:
    contacts.take(house.store, house.district.id, SHEET, now=house.time, actor="test")
    return StudentBrowser(app, house.district.origin)


@pytest.fixture
def deliver(house: House) -> Callable[[], list[EmailMessage]]:
    """Send what is due; the mails."""

    def sent() -> list[EmailMessage]:
        mails: list[EmailMessage] = []

        @contextlib.contextmanager
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
        return mails

    return sent


def code_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.findall(r"^\d{4} \d{4}$", body.get_content().replace("\r", ""), re.MULTILINE)[0]


def enter(browser: StudentBrowser, code: str, address: str = "maya@riverbend.example") -> int:
    return browser.post("/my/code/enter", {"address": address, "code": code}).status_code


Deliver = Callable[[], list[EmailMessage]]


def test_a_code_by_mail_lets_in_once(browser: StudentBrowser, deliver: Deliver) -> None:
    browser.post("/my/code", {"address": " Maya@Riverbend.example "})
    (mail,) = deliver()
    code = code_in(mail)
    assert enter(browser, code) == 303
    assert browser.get("/my/ways-back").status_code == 200
    browser.post("/my/sign-out")
    assert enter(browser, code) == 403


def test_nobody_learns_whether_an_address_is_a_students(browser: StudentBrowser, deliver: Deliver) -> None:
    said = []
    for address in ("maya@riverbend.example", "evex@riverbend.example"):
        answer = browser.post("/my/code", {"address": address})
        said.append((answer.status_code, answer.text.replace(address, "ADDRESS")))
        refused = browser.post("/my/code/enter", {"address": address, "code": "12345678"})
        said.append((refused.status_code, refused.text.replace(address, "ADDRESS")))
    assert said[0] == said[2]
    assert said[1] == said[3]
    assert [mail["To"] for mail in deliver()] == ["maya@riverbend.example"]


def test_asking_does_the_same_work_for_everybody(browser: StudentBrowser, house: House) -> None:
    work = []
    for address in ("maya@riverbend.example", "eve@nowhere.example"):
        before = house.entropy.drawn
        codes.ask(house.store, house.district.id, address, "en", now=house.time, entropy=house.entropy)
        work.append(house.entropy.drawn - before)
    assert work[0] == work[1]


def test_a_code_bears_five_tries(browser: StudentBrowser, house: House, deliver: Deliver) -> None:
    for wrong, status in ((MOST_TRIES - 1, 303), (MOST_TRIES, 403)):
        browser.post("/my/code", {"address": "maya@riverbend.example"})
        code = code_in(deliver()[0])
        other = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
        for _ in range(wrong):
            assert enter(browser, other) == 403
        assert enter(browser, code) == status
        browser.post("/my/sign-out")


def test_a_code_ends(browser: StudentBrowser, house: House, deliver: Deliver) -> None:
    for later, status in ((LASTS - timedelta(seconds=1), 303), (LASTS, 403)):
        browser.post("/my/code", {"address": "maya@riverbend.example"})
        code = code_in(deliver()[0])
        house.time += later
        assert enter(browser, code) == status
        browser.post("/my/sign-out")


def test_so_many_codes_an_hour_and_no_more(browser: StudentBrowser, house: House, deliver: Deliver) -> None:
    sent = []
    for _ in range(MOST_AN_HOUR + 1):
        browser.post("/my/code", {"address": "maya@riverbend.example"})
        sent.append(len(deliver()))
    assert sent == [1] * MOST_AN_HOUR + [0]
    house.later(hours=1, seconds=1)
    browser.post("/my/code", {"address": "maya@riverbend.example"})
    assert len(deliver()) == 1


def test_a_family_may_share_an_address(browser: StudentBrowser, house: House, deliver: Deliver) -> None:
    browser.post("/my/code", {"address": "family@home.example"})
    codes_sent = [code_in(mail) for mail in deliver()]
    assert len(set(codes_sent)) == 2
    came_in = {
        codes.enter(
            house.store,
            house.district,
            "family@home.example",
            one,
            now=house.time,
            entropy=house.entropy,
        ).student_id
        for one in codes_sent
    }
    assert came_in == {"100000002", "100000003"}


def test_an_own_address_is_taken_once_it_is_shown_and_stays(
    app: FastAPI, browser: StudentBrowser, house: House, deliver: Deliver
) -> None:
    me = signed_in(app, house)
    assert me.post("/my/ways-back/address", {"address": "Maya@home.example"}).status_code == 200
    (mail,) = deliver()
    assert mail["To"] == "maya@home.example"
    code = code_in(mail)
    wrong = {"address": "maya@home.example", "code": "00000000"}
    assert me.post("/my/ways-back/confirm", wrong).status_code == 403
    # Not somebody else's code, and no way in.
    other = signed_in(app, house, "100000002")
    assert other.post("/my/ways-back/confirm", wrong | {"code": code}).status_code == 403
    assert enter(browser, code, "maya@home.example") == 403
    assert me.post("/my/ways-back/confirm", wrong | {"code": code}).status_code == 303
    assert [one["To"] for one in deliver()] == ["maya@riverbend.example"]  # the old one hears of it
    # The school's address dies, and the next sheet does not have it: the own one stays.
    gone = b"student_id,email\n100000001,\n"
    contacts.take(house.store, house.district.id, gone, now=house.time, actor="test")
    browser.post("/my/code", {"address": "maya@home.example"})
    assert enter(browser, code_in(deliver()[0]), "maya@home.example") == 303
    me.post("/my/ways-back/forget-address")
    with house.store.of(house.district.id).reading() as session:
        row = contact_rows.contact(session, house.district.id, STUDENT)
        assert row is not None
        assert row.address is None


def options_of(text: str) -> str:
    return unescape(re.findall(r'data-options="([^"]*)"', text)[0])


def added(app: FastAPI, house: House) -> Authenticator:
    """A phone whose passkey is a student's."""
    phone = Authenticator(house.district.origin)
    me = signed_in(app, house)
    asked = options_of(me.get("/my/ways-back/passkey").text)
    handle = json.loads(asked)["user"]["id"]
    answer = me.post("/my/ways-back/passkey", {"answer": phone.create(asked), "handle": handle})
    assert answer.headers["location"] == "/my/ways-back?notice=passkey-added"
    return phone


def test_a_passkey_lets_in_and_nothing_is_typed(app: FastAPI, browser: StudentBrowser, house: House) -> None:
    phone = added(app, house)
    asked = options_of(browser.get("/my/passkey").text)
    assert "allowCredentials" not in json.loads(asked) or not json.loads(asked)["allowCredentials"]
    answer = phone.get(asked)
    assert browser.post("/my/passkey", {"answer": answer}).status_code == 303
    assert browser.get("/my/ways-back").status_code == 200
    browser.post("/my/sign-out")
    assert browser.post("/my/passkey", {"answer": answer}).status_code == 403  # answered once


@pytest.mark.parametrize(
    "what", ["origin", "counter", "unverified", "handle", "late", "removed", "other-key"]
)
def test_a_passkey_that_does_not_hold_lets_nobody_in(
    app: FastAPI, browser: StudentBrowser, house: House, what: str
) -> None:
    phone = added(app, house)
    assert (
        browser.post(
            "/my/passkey", {"answer": phone.get(options_of(browser.get("/my/passkey").text))}
        ).status_code
        == 303
    )
    browser.post("/my/sign-out")
    asked = options_of(browser.get("/my/passkey").text)
    if what == "origin":
        phone.origin = "https://badges.riverbend.example.evil.example"
    elif what == "counter":
        phone.counter = 0
    elif what == "unverified":
        phone.flags = PRESENT
    elif what == "handle":
        phone.handle = b"x" * 32
    elif what == "late":
        house.time += passkeys.LASTS
    elif what == "removed":
        (kept,) = passkeys.of_student(house.store, house.district.id, STUDENT)
        passkeys.remove(house.store, house.district.id, STUDENT, kept.id, now=house.time)
    else:
        phone.key = Authenticator(phone.origin).key
    assert browser.post("/my/passkey", {"answer": phone.get(asked)}).status_code == 403
    assert browser.get("/my/ways-back").status_code == 303


def test_a_question_fits_the_student_to_whom_it_was_put(app: FastAPI, house: House) -> None:
    phone = Authenticator(house.district.origin)
    asked = options_of(signed_in(app, house).get("/my/ways-back/passkey").text)
    made, handle = phone.create(asked), json.loads(asked)["user"]["id"]
    other = signed_in(app, house, "100000002")
    answer = other.post("/my/ways-back/passkey", {"answer": made, "handle": handle})
    assert answer.status_code == 422
    assert passkeys.of_student(house.store, house.district.id, "100000002") == []


def test_a_passkey_is_taken_out_by_its_own_student_alone(app: FastAPI, house: House) -> None:
    added(app, house)
    (kept,) = passkeys.of_student(house.store, house.district.id, STUDENT)
    path = f"/my/ways-back/passkey/{kept.id}/remove"
    assert signed_in(app, house, "100000002").post(path).status_code == 404
    assert signed_in(app, house).post(path).status_code == 303


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"response": {"clientDataJSON": "e30"}}', "{" * 100])
def test_what_is_no_answer_is_refused(house: House, answer: str) -> None:
    with pytest.raises(ClaimError, match="passkey_refused"):
        passkeys.enter(house.store, house.district, answer, now=house.time, entropy=house.entropy)


class Provider:
    """The school's sign-on, as far as the way there goes."""

    def get(self, _url: str, *, anew: bool = False) -> bytes:
        place = "https://login.riverbend.example"
        return json.dumps(
            {
                "issuer": place,
                "authorization_endpoint": f"{place}/auth",
                "token_endpoint": f"{place}/token",
                "jwks_uri": f"{place}/keys",
                "anew": anew,
            }
        ).encode()


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("Maya@riverbend.example", 303),
        ("nobody@riverbend.example", 403),
        ("family@home.example", 403),  # two students': nobody knows which
        (None, 403),
    ],
)
def test_the_schools_sign_on_lets_in_whom_the_roster_knows(  # noqa: PLR0917 - fixtures
    app: FastAPI,
    browser: StudentBrowser,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    email: str | None,
    status: int,
) -> None:
    assert browser.get("/my/sign-on").status_code == 404
    assert "/my/sign-on" not in browser.get("/my/way-in").text
    provider.choose(
        house.store,
        house.district.id,
        issuer="https://login.riverbend.example",
        client_id="cairn",
        hosted_domain=None,
        now=house.time,
        actor="test",
    )
    mounted = next(one for one in app.routes if isinstance(one, Mount) and one.path == "/my")
    assert isinstance(mounted.app, FastAPI)
    mounted.app.state.outbound = Provider()
    assert "/my/sign-on" in browser.get("/my/way-in").text
    place = urlsplit(browser.get("/my/sign-on").headers["location"])
    assert parse_qs(place.query)["redirect_uri"] == [f"{house.district.origin}/my/sign-on/back"]
    monkeypatch.setattr(coming_back, "vouched", lambda *_: Vouched("https://login", "sub", email))
    assert browser.get("/my/sign-on/back?code=x").status_code == status
    assert browser.get("/my/ways-back").status_code == (200 if status == 303 else 303)
    assert browser.get("/staff/").status_code in (303, 404)
    assert Method.SIGN_ON == "sign-on"


def test_a_sign_on_begins_in_the_same_browser(browser: StudentBrowser, house: House) -> None:
    assert browser.get("/my/sign-on/back?code=x&state=y").status_code == 403
