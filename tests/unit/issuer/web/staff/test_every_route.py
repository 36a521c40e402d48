"""What holds for every route of the console, whoever adds one: the table of routes is read, not repeated.

A route with a new kind of id in its path needs a line in `IDS`, or this fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from issuer.access import approvals, provider
from issuer.access.people import Link
from issuer.access.policy import Kind
from issuer.access.roles import Role
from issuer.api import keys
from issuer.claiming import problems
from issuer.issuance import Issued
from issuer.jobs.asking import HOLD, Wanted, ask_awards
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.store.tables import School
from issuer.web.access import LARGEST_FORM
from issuer.web.staff.pages import ROUTERS
from tests.house import ORIGIN, House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.committee import Decided, own_code, take_own

At = Callable[..., Browser]
EASTFIELD = "https://badges.eastfield.example"
OPEN = {"/sign-in", "/sign-out", "/password/{token}", "/sign-on", "/sign-on/back", "/static/{name}"}
"""What can be asked for before anybody is signed in. A longer list is a decision."""


@dataclass
class District:
    """A district whose every table of the console has a row, and its ids."""

    staff: Staff
    link: Link
    request: approvals.Request
    settled: approvals.Request
    badge: Issued
    draft: Draft
    decided: Decided
    problem: str
    job_id: str
    key_id: str

    @classmethod
    def of(cls, staff: Staff) -> District:
        house = staff.house
        for role in Role:
            staff.person(role)
        asked = [
            approvals.ask(
                house.store,
                staff.person(Role.REGISTRAR),
                Kind.WITHDRAW,
                {"credential": f"canary-{staff.district}"},
                now=house.time,
                entropy=house.entropy,
            )
            for _ in range(2)
        ]
        approvals.refuse(house.store, staff.person(Role.APPROVER), asked[0].id, now=house.time)
        provider.choose(
            house.store,
            staff.district,
            issuer=f"https://login.{staff.district}.example",
            client_id=f"client-{staff.district}",
            hosted_domain=None,
            now=house.time,
            actor="test",
        )
        badge = house.issue(
            student_id=f"S-{staff.district}", recipient_name=f"Robin {staff.district.title()}"
        )
        registrar = staff.person(Role.REGISTRAR)
        draft = drafts.start(house.store, registrar, now=house.time, entropy=house.entropy)
        row = {"external_id": "1", "given_name": f"sheet-of-{staff.district}", "date_earned": "2026-01-01"}
        drafts.take(house.store, registrar, draft.id, drafts.one_row(row), drafts.ONE, now=house.time)
        problem = problems.report(
            house.store,
            staff.district,
            f"S-{staff.district}",
            badge.credential_id,
            what="other",
            said=f"said-at-{staff.district}",
            now=house.time,
            entropy=house.entropy,
        )
        take_own(house)
        decided = Decided.of(house, own_code(house))
        with house.store.transaction() as session:
            session.add(School(district_id=staff.district, code="0001", name="A school"))
        job = ask_awards(
            house.store,
            staff.district,
            [Wanted(house.award("J-1", student_id=f"S-{staff.district}"), "0001", "CO-CNA")],
            key="canary",
            hold=HOLD,
            now=house.time,
            entropy=house.entropy,
            actor="test",
        )
        made = keys.create(
            house.store,
            staff.district,
            name=f"program-of-{staff.district}",
            scopes=[keys.Scope.READ],
            now=house.time,
            entropy=house.entropy,
            actor="test",
        )
        link = staff.link(Role.AUDITOR, 2)
        return cls(staff, link, asked[1], asked[0], badge, draft, decided, problem, job.id, made.key.id)

    def ids(self) -> dict[str, str]:
        """What stands in a path under each name; every name of every route is here."""
        return {
            "person_id": self.staff.person(Role.CLERK).id,
            "request_id": self.request.id,
            "token": self.link.url.rpartition("/")[2],
            "name": "console.css",
            # students, badges
            "student_id": f"S-{self.staff.district}",
            "badge_id": self.badge.credential_id.removeprefix("urn:uuid:"),
            "draft_id": self.draft.id,
            "line": "2",
            "job_id": self.job_id,
            "key_id": self.key_id,
            "code": own_code(self.staff.house),
            "proposal_id": self.decided.decided,
            "member_id": "industry-1",
            "problem_id": self.problem,
        }

    def traces(self) -> set[str]:
        """Texts that no page of another district may show."""
        people = {one.id for one in self.staff.added.values()}
        texts = {
            f"@{self.staff.district}.example",
            self.staff.house.district.name,
            self.request.sha256,
            self.settled.id,
            self.draft.id,
            self.job_id,
            self.key_id,
            f"program-of-{self.staff.district}",
            f"sheet-of-{self.staff.district}",
        }
        return (
            people
            | texts
            | {self.link.person.id, f"canary-{self.staff.district}"}
            | {f"login.{self.staff.district}", f"client-{self.staff.district}"}
            | {f"S-{self.staff.district}", self.badge.credential_id.removeprefix("urn:uuid:")}
            | {self.problem, f"said-at-{self.staff.district}"}
            | {f"Robin {self.staff.district.title()}"}
            | {own_code(self.staff.house), f"Canary of {self.staff.district}", self.decided.decision}
        )


@pytest.fixture
def two(staff: Staff) -> tuple[District, District]:
    """Two districts in one database, alike in everything."""
    eastfield = Staff(House.build(staff.house.store, "eastfield", EASTFIELD))
    return District.of(staff), District.of(eastfield)


def console(app: FastAPI) -> FastAPI:
    mounted = next(one for one in app.routes if isinstance(one, Mount) and one.path == "/staff")
    assert isinstance(mounted.app, FastAPI)
    return mounted.app


def table(app: FastAPI) -> list[APIRoute]:
    """Every route, read from the application that is served."""
    routers = [getattr(one, "original_router", None) for one in console(app).routes]
    assert all(one in ROUTERS for one in routers), "name its router in pages.ROUTERS"
    found = [route for router in routers if router for route in router.routes]
    assert all(isinstance(one, APIRoute) for one in found), "what is no APIRoute skips what guards the others"
    return [one for one in found if isinstance(one, APIRoute)]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route."""
    return [(method, one.path) for one in table(app) for method in sorted(one.methods or ())]


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with ids in it."""
    names = re.findall(r"{(\w+)}", path)
    assert set(names) <= set(ids), f"{path}: name a district's id for it in `District.ids`"
    for name in names:
        path = path.replace("{" + name + "}", ids[name])
    return f"/staff{path}"


def test_the_table_of_routes_is_what_is_served(app: FastAPI) -> None:
    assert {method for method, _ in routes(app)} == {"GET", "POST"}
    assert len(routes(app)) > 25


def test_no_route_reads_its_form_before_it_is_checked(app: FastAPI) -> None:
    for one in table(app):
        assert one.body_field is None, f"{one.path}: take `Posted` instead of Form, File or Body"


def forged(browser: Browser, path: str, case: str, own: str, others: str) -> Any:
    """A form that did not come from this browser's own page; `own` and `others` are two browsers' tokens."""
    cases: dict[str, dict[str, Any]] = {
        "no token": {"data": {"role": "auditor"}},
        "an empty token": {"data": {"form_token": ""}},
        "somebody else's token": {"data": {"form_token": others}},
        "the token as a header": {"data": {}, "headers": {"X-CSRF-Token": own}},
        "the token in the address": {"data": {}, "params": {"form_token": own}},
        "from another site": {"data": {"form_token": own}, "headers": {"Origin": "https://evil.example"}},
        "from no origin": {"data": {"form_token": own}, "headers": {"Origin": "null"}},
        "from the other district": {"data": {"form_token": own}, "headers": {"Origin": EASTFIELD}},
        "across sites": {"data": {"form_token": own}, "headers": {"Sec-Fetch-Site": "cross-site"}},
        "across the site's hosts": {"data": {"form_token": own}, "headers": {"Sec-Fetch-Site": "same-site"}},
        "as JSON": {"json": {"form_token": own}},
        "as plain text": {
            "content": f"form_token={own}".encode(),
            "headers": {"Content-Type": "text/plain"},
        },
        "of no kind": {"content": f"form_token={own}".encode()},
        "nothing": {},
    }
    return browser.ask("POST", path, **cases[case])


FORGED = (
    "no token",
    "an empty token",
    "somebody else's token",
    "the token as a header",
    "the token in the address",
    "from another site",
    "from no origin",
    "from the other district",
    "across sites",
    "across the site's hosts",
    "as JSON",
    "as plain text",
    "of no kind",
    "nothing",
)


def test_every_forged_form_is_refused_and_changes_nothing(
    app: FastAPI, at: At, two: tuple[District, District]
) -> None:
    own, _ = two
    browser, other = at(), at(Role.REGISTRAR)
    tokens = browser.form_token(), other.form_token()
    before = own.staff.audited()
    tried = 0
    for path in [path for method, path in routes(app) if method != "GET"]:
        for case in FORGED:
            answer = forged(browser, filled(path, own.ids()), case, *tokens)
            assert answer.status_code == 403, (path, case)
            tried += 1
    assert tried == len(FORGED) * len([1 for method, _ in routes(app) if method != "GET"])
    assert own.staff.audited() == before
    assert browser.get("/staff/").status_code == 200  # and nobody was signed out
    assert (browser.form_token(), other.form_token()) == tokens  # none was refused for an old token


def test_nobody_signs_somebody_in_from_another_site(app: FastAPI, two: tuple[District, District]) -> None:
    own, _ = two
    browser = Browser(app, ORIGIN)
    for data in ({}, {"form_token": "x"}, {"form_token": Browser(app, ORIGIN).form_token()}):
        form = {"email": own.staff.person().email, "password": "kayak moth lantern orbit"} | data
        assert browser.ask("POST", "/staff/sign-in", data=form).status_code == 403


def test_other_methods_do_nothing(app: FastAPI, at: At, two: tuple[District, District]) -> None:
    browser, own = at(), two[0]
    token = browser.form_token()
    for path in sorted({path for _, path in routes(app)}):
        for method in ("PUT", "PATCH", "DELETE"):
            answer = browser.ask(
                method,
                filled(path, own.ids()),
                data={"form_token": token},
                headers={"X-HTTP-Method-Override": "POST"},
            )
            assert answer.status_code == 405, (method, path)
    assert browser.form_token() == token


def test_without_signing_in_nothing_is_shown_or_done(app: FastAPI, two: tuple[District, District]) -> None:
    own, _ = two
    browser = Browser(app, ORIGIN)
    before = own.staff.audited()
    for method, path in routes(app):
        if path in OPEN:
            continue
        if method == "GET":
            answer = browser.get(filled(path, own.ids()))
        else:
            answer = browser.post(filled(path, own.ids()))
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/staff/sign-in"), (method, path)
        assert answer.text == ""
    assert own.staff.audited() == before
    assert {path for _, path in routes(app)} >= OPEN


def test_no_route_gives_or_takes_anything_of_another_district(
    app: FastAPI, at: At, two: tuple[District, District]
) -> None:
    _, foreign = two
    before = foreign.staff.audited()
    overrides = {"X-Forwarded-Host": "badges.eastfield.example", "X-District": "eastfield"}
    query = {
        "district_id": "eastfield",
        "district": "eastfield",
        "actor": foreign.staff.person().actor,
        "subject": foreign.staff.person().id,
        "school": "eastfield",
    }
    hidden: dict[tuple[str, str], set[int]] = {}
    for role in Role:
        browser = at(role)
        for method, path in routes(app):
            if path == "/sign-out":
                continue
            address, headers = filled(path, foreign.ids()), dict(overrides)
            answer = (
                browser.get(address, params=query, headers=headers)
                if method == "GET"
                else browser.post(address, query | {"seen": foreign.request.sha256}, headers=headers)
            )
            assert answer.status_code != 500, (method, path)
            shown = answer.text.replace(query["actor"], "").replace(query["subject"], "")
            assert not [trace for trace in foreign.traces() if trace in shown], (method, path)
            if "{" in path and path != "/static/{name}":
                hidden.setdefault((method, path), set()).add(answer.status_code)
    for route, statuses in hidden.items():
        gone = {410} if "{token}" in route[1] else {404}
        assert statuses <= gone | {403}, route
        assert statuses & gone, f"{route}: no role gets so far as to look: give one the permission"
    assert foreign.staff.audited() == before


def test_its_own_ids_open_what_another_district_s_do_not(
    app: FastAPI, at: At, two: tuple[District, District]
) -> None:
    own, _ = two
    for path in [path for method, path in routes(app) if method == "GET" and "{" in path]:
        statuses = {at(role).get(filled(path, own.ids())).status_code for role in Role}
        assert 200 in statuses, path


def test_a_session_is_one_district_s(app: FastAPI, at: At, two: tuple[District, District]) -> None:
    browser = at()
    there = Browser(app, EASTFIELD)
    there.cookies = dict(browser.cookies)
    for method, path in routes(app):
        if method == "GET" and path not in OPEN:
            answer = there.get(filled(path, two[1].ids()))
            assert answer.status_code == 303, path
    assert there.post("/staff/people", {"name": "x"}).status_code == 303


def test_every_bad_body_is_refused_on_every_route(
    app: FastAPI, at: At, two: tuple[District, District]
) -> None:
    browser, own = at(), two[0]
    token = browser.form_token()
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    bodies: list[tuple[bytes, dict[str, str]]] = [
        (b"form_token=" + token.encode() + b"&x=" + b"a" * LARGEST_FORM, plain),
        (b"&".join([b"form_token=" + token.encode(), *[b"a=1"] * 2_100]), plain),
        (b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n', boundary),
        (b"--x\r\n\r\n\r\n--x--", boundary),
        (b"\xff\xfe\x00", boundary),
        (b"%ff%fe=%00&form_token=%ed%a0%80", plain),
        (b"", plain),
    ]
    for path in [path for method, path in routes(app) if method == "POST"]:
        for body, headers in bodies:
            answer = browser.ask("POST", filled(path, own.ids()), content=body, headers=headers)
            assert answer.status_code in {400, 403, 413}, (path, body[:60])
    assert browser.get("/staff/").status_code == 200


def test_texts_that_no_database_can_hold_are_refused(
    app: FastAPI, at: At, two: tuple[District, District], caplog: pytest.LogCaptureFixture
) -> None:
    browser = at()
    everybody = [browser, *(at(role) for role in Role if role is not Role.ADMINISTRATOR)]
    for method, path in routes(app):
        if "{" not in path or path == "/static/{name}":
            continue
        for text in ("%00", "a%00b", "%ed%a0%80", "..%2f..", "a" * 3_000):
            address = filled(path, dict.fromkeys(two[0].ids(), text))
            statuses = set()
            for one in everybody:  # until somebody may, who is told that there is no such thing
                answer = one.get(address) if method == "GET" else one.post(address)
                statuses.add(answer.status_code)
                if answer.status_code != 403:
                    break
            assert statuses - {403} <= {400, 404, 405, 410}, (method, address[:80])
            assert statuses != {403}, f"{path}: no role gets so far as to look: give one the permission"
    for name in ("email", "name", "role", "school"):
        form = {"email": "a@example.edu", "name": "A", "role": "clerk", "school": "0187"}
        assert browser.post("/staff/people", form | {name: "a\x00b"}).status_code == 422, name
    for name in ("action", "actor", "subject", "before"):
        assert browser.get(f"/staff/audit?{name}=a%00b").status_code in {200, 400}, name
    assert caplog.messages == []
