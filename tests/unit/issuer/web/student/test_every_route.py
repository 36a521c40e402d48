"""What holds for every route of the students' pages, whoever adds one: the table of routes is read.

Four students, two in each of two districts, the numbers of the two districts alike. Everybody tries
everything of everybody else's. A route with a new kind of id in its path needs a line in `Student.ids`, or
this fails.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from dataclasses import dataclass
from itertools import permutations

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import Mount

from issuer.app import create_app
from issuer.carry.paper import Printing
from issuer.claiming import claims
from issuer.store.tables import Base
from issuer.store.ways_back import StudentPasskey
from issuer.web.limiter import Limiter, Rate
from issuer.web.student.pages import ROUTERS
from tests.house import House
from tests.students import StudentBrowser, signed_in
from tests.unit.issuer.web.asking import Client
from tests.work import working

EASTFIELD = "https://badges.eastfield.example"
OPEN = {
    "/", "/way-in", "/sign-out", "/static/{name}", "/code", "/code/enter", "/passkey", "/sign-on",
    "/sign-on/back", "/slip", "/slip/{secret}", "/claim/{secret}", "/claim/{secret}/wrong",
}  # fmt: skip
"""What can be asked for before anybody is signed in. A longer list is a decision."""
BEARER = {"/claim/{secret}", "/claim/{secret}/wrong", "/slip/{secret}"}
"""Whoever holds one of these may use it, once, at the district that gave it out: that is what a link is."""
FILES = {"/static/{name}"}
"""These are the site's own, and nobody's."""
WORK = {"audience": "employer", "label": "A job", "applicant": "", "name": "full", "days": "90"}
NO_LIMIT = Limiter(Rate(1_000_000, 0.001), Rate(1_000_000, 0.001))


@dataclass
class Student:
    """A student who has one of everything that an address can name."""

    house: House
    number: str
    name: str
    badge: str
    link: str
    slip: str
    passkey: str
    share: str = ""

    @classmethod
    def of(cls, app: FastAPI, house: House, number: str, name: str) -> Student:
        where = f"{house.district.id}-{number}"
        badge = house.issue(f"A-{where}", student_id=number, recipient_name=name).credential_id
        codes = claims.new_codes(house.district, [number], entropy=house.entropy)
        passkey = uuid.uuid5(uuid.NAMESPACE_URL, where).hex
        with house.store.of(house.district.id).transaction() as session:
            link = claims.new_link(
                session, house.district.id, number, badge, now=house.time, entropy=house.entropy
            )
            claims.new_slips(
                session, house.district.id, codes, now=house.time, entropy=house.entropy, actor="test"
            )
            session.add(
                StudentPasskey(
                    district_id=house.district.id,
                    id=passkey,
                    student_id=number,
                    key_id=where.encode(),
                    public_key=b"key",
                    user_handle=where.encode(),
                    counter=0,
                    created=house.time,
                    last_used=None,
                )
            )
        made = cls(house, number, name, badge.removeprefix("urn:uuid:"), link, codes[number].code, passkey)
        answer = made.browser(app).post(f"/my/badges/{made.badge}/share", WORK | {"label": f"label-{where}"})
        found = re.search(r"/my/shares/([0-9a-z]+)/stop", answer.text)
        assert found, answer.text
        made.share = found[1]
        token = re.search(r"/S/[A-Z]+-([0-9A-Z]+)", answer.text)
        assert token
        opened = Client(app, house.district.origin).post("/retrieve", json={"token": token[1]})
        assert opened.status_code == 200, opened.text
        assert f"/my/badges/{made.badge}" in made.browser(app).get("/my/about-me").text  # who saw it
        return made

    @property
    def where(self) -> str:
        return f"{self.house.district.id}-{self.number}"

    def browser(self, app: FastAPI) -> StudentBrowser:
        return signed_in(app, self.house, self.number)

    def ids(self, secret: str) -> dict[str, str]:
        """What stands in a path under each name; every name of every route is here."""
        return {
            "badge": self.badge,
            "badge_id": self.badge,
            "share_id": self.share,
            "passkey_id": self.passkey,
            "secret": secret,
            "suffix": ".json",
            "name": "student.css",
        }

    def traces(self) -> set[str]:
        """Texts that no page of anybody else may show."""
        return {self.name, self.badge, self.share, self.passkey, f"label-{self.where}", f"A-{self.where}"}

    def rows(self) -> list[str]:
        """Every row of the database that has to do with the student."""
        mine = {*self.traces(), self.number}
        found = []
        district = self.house.district.id
        with self.house.store.of(district).reading() as session:
            for table in Base.metadata.sorted_tables:
                if "district_id" in table.c:
                    rows = session.execute(select(table).where(table.c.district_id == district))
                    found += [f"{table.name}: {tuple(row)}" for row in rows]
        return sorted(row for row in found if any(one in row for one in mine))


NEVER = {
    "badge": str(uuid.UUID(int=7)),
    "badge_id": str(uuid.UUID(int=7)),
    "share_id": "0" * 16,
    "passkey_id": "0" * 32,
    "suffix": ".json",
    "name": "student.css",
}
"""Ids of the same shape that nobody was ever given."""


@pytest.fixture
def app(house: House) -> FastAPI:
    """The issuer's application, which signs and prints; nobody has to wait."""
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        limiter=NO_LIMIT,
        signer_of=lambda _district: house.signer,
        printing=Printing("https://verify.example.edu"),
    )


@pytest.fixture
def four(house: House, app: FastAPI) -> list[Student]:
    """Two students in each of two districts of one database."""
    eastfield = House.build(house.store, "eastfield", EASTFIELD)
    return [
        Student.of(app, house, "100000001", "Maya Okafor"),
        Student.of(app, house, "100000002", "Robin Vale"),
        Student.of(app, eastfield, "100000001", "Ines Quillfeather"),
        Student.of(app, eastfield, "100000002", "Tomas Brandywine"),
    ]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, read from the application that is served."""
    mounted = next(one for one in app.routes if isinstance(one, Mount) and one.path == "/my")
    assert isinstance(mounted.app, FastAPI)
    routers = [getattr(one, "original_router", None) for one in mounted.app.routes]
    assert all(one in ROUTERS for one in routers), "name its router in pages.ROUTERS"
    found = [route for router in routers if router for route in router.routes]
    assert all(isinstance(one, APIRoute) for one in found), "what is no APIRoute skips what guards the others"
    return [
        (method, one.path)
        for one in found
        if isinstance(one, APIRoute)
        for method in sorted(one.methods or ())
    ]


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with ids in it."""
    names = re.findall(r"{(\w+)}", path)
    assert set(names) <= set(ids), f"{path}: name a student's id for it in `Student.ids`"
    for name in names:
        path = path.replace("{" + name + "}", ids[name])
    return f"/my{path}"


def own_of(path: str, student: Student) -> str:
    """The path with the ids of a student."""
    return filled(path, student.ids(student.slip if path.startswith("/slip") else student.link))


def never_of(path: str, district: House) -> str:
    """The path with ids that nobody was given."""
    code = claims.new_codes(district.district, ["nobody"], entropy=district.entropy)["nobody"].code
    return filled(path, NEVER | {"secret": code if path.startswith("/slip") else "Z" * 32})


def ask(browser: StudentBrowser, method: str, path: str, **fields: str) -> httpx.Response:
    return browser.get(path, params=fields) if method == "GET" else browser.post(path, WORK | fields)


def shown(answer: httpx.Response) -> str:
    """Everything that an answer shows, also what is packed."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
        return "\n".join([*names, *(packed.read(name).decode("utf-8", "replace") for name in names)])


def test_the_table_of_routes_is_what_is_served(app: FastAPI) -> None:
    found = routes(app)
    assert {method for method, _ in found} == {"GET", "POST"}
    assert len(found) == len(set(found)) > 40
    assert {path for _, path in found} >= OPEN >= BEARER
    assert {path for _, path in found if "{" in path} - OPEN  # what is somebody's is not open


def test_its_own_ids_open_everything_to_a_student(app: FastAPI, four: list[Student]) -> None:
    for student in four[::2]:
        browser = student.browser(app)
        for method, path in routes(app):
            if "{" in path and method == "GET":
                assert browser.get(own_of(path, student)).status_code == 200, path
        told = browser.post(own_of("/claim/{secret}/wrong", student), {"what": "other"})
        assert told.status_code == 200
        for method, path in routes(app):
            if "{" in path and method == "POST":
                answer = student.browser(app).post(own_of(path, student), WORK | {"what": "other"})
                # The link was used by the time that somebody says that something is wrong with it.
                assert answer.status_code in ({200, 410} if path.endswith("/wrong") else {200, 303}), path


def test_what_is_anothers_and_what_never_was_cannot_be_told_apart(app: FastAPI, four: list[Student]) -> None:
    """By words, size, headers, or what was done to find out: for everybody, against everybody else."""
    named = [one for one in routes(app) if "{" in one[1] and one[1] not in FILES]
    tried = 0
    for me, other in permutations(four, 2):
        browser, kept = me.browser(app), other.rows()
        assert len(kept) > 8, "the student has rows to lose"
        for method, path in named:
            if path in BEARER and me.house is other.house:
                continue
            answers = []
            for address in (own_of(path, other), never_of(path, me.house)):
                token = browser.form_token()
                with working(me.house.store) as work:
                    answer = (
                        browser.get(address)
                        if method == "GET"
                        else browser.ask(
                            "POST",
                            address,
                            data=WORK | {"form_token": token, "what": "other"},
                            headers={"Origin": browser.origin, "Sec-Fetch-Site": "same-origin"},
                        )
                    )
                answers.append((answer.status_code, answer.content, dict(answer.headers), work.done()))
                tried += 1
            assert answers[0][0] == 404, (method, path)
            assert answers[0] == answers[1], (method, path)
            assert answers[0][3][0], "what was done was counted"
        assert other.rows() == kept, (me.where, other.where)
    assert tried > 200


def test_no_page_shows_or_changes_anything_of_anybody_else(app: FastAPI, four: list[Student]) -> None:
    """Each is asked for with the ids of one other, of the own district or not."""
    for me, asked in zip(four, [*four[-1:], *four[:-1]], strict=True):
        others = [one for one in four if one is not me]
        kept = [one.rows() for one in others]
        fields = {
            "district": asked.house.district.id,
            "district_id": asked.house.district.id,
            "student": asked.number,
            "student_id": asked.number,
            "subject_id": asked.number,
            "share_id": asked.share,
            "passkey_id": asked.passkey,
        }
        for method, path in [one for one in routes(app) if "{" not in one[1]]:
            answer = ask(me.browser(app), method, f"/my{path}", **fields)
            assert answer.status_code < 500, (method, path)
            text = shown(answer)
            assert not [trace for one in others for trace in one.traces() if trace in text], (method, path)
        assert [one.rows() for one in others] == kept, me.where


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_badge_that_is_named_in_a_form_is_ones_own(app: FastAPI, four: list[Student], method: str) -> None:
    for me, other in permutations(four, 2):
        answers = []
        for badge in (other.badge, NEVER["badge"]):
            browser = me.browser(app)
            browser.form_token()
            answer = ask(browser, method, "/my/problem", badge=badge, what="other")
            answers.append((answer.status_code, answer.content))
        assert answers[0][0] == 404
        assert answers[0] == answers[1]
    assert ask(four[0].browser(app), "GET", "/my/problem", badge=four[0].badge).status_code == 200


def test_without_signing_in_nothing_is_shown_or_done(app: FastAPI, four: list[Student]) -> None:
    for student in four[::2]:
        kept = student.rows()
        for method, path in routes(app):
            if path in OPEN:
                continue
            browser = StudentBrowser(app, student.house.district.origin)
            answer = ask(browser, method, own_of(path, student))
            assert (answer.status_code, answer.text) == (303, ""), (method, path)
            assert answer.headers["location"] == "/my/way-in", (method, path)
        assert student.rows() == kept


def test_a_session_is_one_districts(app: FastAPI, four: list[Student]) -> None:
    """Also where a student of the other district has the same number."""
    here, there = four[0], four[2]
    assert here.number == there.number
    browser = StudentBrowser(app, there.house.district.origin)
    for method, path in routes(app):
        if path not in OPEN and method == "GET":
            browser.cookies = dict(here.browser(app).cookies)
            answer = browser.get(own_of(path, there))
            assert (answer.status_code, answer.headers["location"]) == (303, "/my/way-in"), path


FORGERIES: dict[str, dict[str, str]] = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another site, by its origin alone": {"Origin": "https://evil.example"},
    "another site, by the browser's word alone": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour of the site": {"Sec-Fetch-Site": "same-site"},
    "a page without an origin": {"Origin": "null"},
    "the same name without encryption": {"Origin": "http://badges.riverbend.example"},
    "another port": {"Origin": "https://badges.riverbend.example:8443"},
    "another type of body": {"Content-Type": "text/plain"},
    "a body that a page of another site can send": {"Content-Type": "multipart/form-data; boundary=x"},
    "a body of a program": {"Content-Type": "application/json"},
}
"""What headers give a form away, although all else of it is right."""


def test_no_forged_form_gets_as_far_as_its_route(app: FastAPI, house: House) -> None:
    """Every route that takes one, for who is signed in and for who is not: refused before anything is read.

    The ids are nobody's, so that what gets further is answered otherwise.
    """
    me, visitor = signed_in(app, house), StudentBrowser(app, house.district.origin)
    tokens = {
        "no token": {},
        "an empty one": {"form_token": ""},
        "another student's": {"form_token": signed_in(app, house, "100000002").form_token()},
        "another visitor's": {"form_token": StudentBrowser(app, me.origin).form_token()},
        "the cookie itself": {"form_token": me.cookies["__Host-cairn-student"]},
    }
    paths = [path for method, path in routes(app) if method == "POST"]
    assert len(paths) > 15
    for browser in (me, visitor):
        own = browser.form_token()
        good = {"Origin": browser.origin, "Sec-Fetch-Site": "same-origin"}
        refused = browser.ask("POST", "/my/sign-out", headers=good).content
        body = str(httpx.QueryParams(WORK | {"form_token": own})).encode()
        for path in paths if browser is me else sorted(OPEN.intersection(paths)):
            address = never_of(path, house)
            assert path == "/sign-out" or browser.post(address).content != refused, path
            for what, headers in FORGERIES.items():
                sent = {"Content-Type": "application/x-www-form-urlencoded"} | headers
                answer = browser.ask("POST", address, content=body, headers=sent)
                assert (answer.status_code, answer.content) == (403, refused), (path, what)
            for what, token in tokens.items():
                answer = browser.ask("POST", address, data=WORK | token, headers=good)
                assert (answer.status_code, answer.content) == (403, refused), (path, what)
                assert "set-cookie" not in answer.headers, (path, what)
            asked = browser.ask("POST", f"{address}?form_token={own}", headers=good)
            assert (asked.status_code, asked.content) == (403, refused), path
