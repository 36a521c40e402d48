"""The console's pages: people, requests, policy, audit trail, navigation."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI

from issuer.access import approvals, people
from issuer.access.policy import Kind
from issuer.access.roles import ROLES, Permission, Role
from issuer.decisions.proposal import QUESTIONS
from issuer.reports.report import NAMES
from issuer.web.staff import actions, nav
from issuer.web.staff.actions import Action
from issuer.web.staff.page import WORDS
from tests.house import ORIGIN, without_triggers
from tests.staff import PASSWORD, SCHOOL, Staff
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
STEPS = ("what", "who", "roster", "columns", "check", "row", "review")


def links(text: str) -> set[str]:
    return {unescape(one) for one in re.findall(r'href="(/staff[^"]*)"', text)}


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_places_that_their_role_may_open(at: At, role: Role) -> None:
    browser = at(role)
    shown = links(browser.get("/staff/").text) | links(browser.get("/staff/settings").text)
    for entry in nav.everything():
        path = f"/staff{entry.path}"
        may = entry.permission is None or entry.permission in ROLES[role]
        assert (path in shown) == may, path
        assert browser.get(path).status_code == (200 if may else 403), path


def test_no_page_is_linked_that_is_not_there(at: At) -> None:
    browser = at()
    seen, waiting = set(), {"/staff/"}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code == 200, path
        if "static" not in path:
            waiting |= {one.partition("#")[0] for one in links(answer.text)} - seen
    assert len(seen) > 8


def test_an_administrator_adds_somebody_and_gives_them_the_link(at: At, app: FastAPI) -> None:
    browser = at()
    form = {"name": "Nia Brook", "email": "Nia@Example.edu", "role": "clerk", "school": SCHOOL}
    answer = browser.post("/staff/people", form)
    link = re.search(rf"{re.escape(ORIGIN)}(/staff/password/[\w-]{{43}})", answer.text)
    assert answer.status_code == 200
    assert link is not None
    hers = Browser(app, ORIGIN)
    hers.post(link[1], {"password": PASSWORD, "again": PASSWORD})
    assert hers.sign_in("nia@example.edu").status_code == 303
    assert "Clerk of one school" in hers.get("/staff/").text
    assert "Riverbend High School" in browser.get("/staff/people").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nia"}, "email"),
        ({"name": ""}, "name"),
        ({"role": ""}, "role"),
        ({"role": "superuser"}, "role"),
        ({"role": "clerk"}, "school"),
        ({"role": "clerk", "school": "9999"}, "school"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    at: At, changes: dict[str, str], field: str
) -> None:
    form = {"name": "Nia Brook", "email": "nia@example.edu", "role": "registrar", "school": ""} | changes
    answer = at().post("/staff/people", form)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert 'role="alert"' in answer.text
    for typed in (form["name"], form["email"]):
        assert typed in answer.text


def test_what_somebody_typed_is_shown_as_text(at: At) -> None:
    evil = "<script>alert(1)</script>"
    browser = at()
    assert "<script>" not in browser.post("/staff/people", {"name": evil, "email": evil}).text
    browser.post("/staff/people", {"name": evil, "email": "e@example.edu", "role": "auditor"})
    for path in ("/staff/people", "/staff/audit"):
        answer = browser.get(path)
        assert "&lt;script&gt;alert(1)" in answer.text
        assert "<script>" not in answer.text


def test_what_a_form_says_beyond_its_fields_changes_nothing(at: At, staff: Staff) -> None:
    form = {
        "name": "Nia Brook",
        "email": "nia@example.edu",
        "role": "auditor",
        "id": "x",
        "district_id": "eastfield",
        "password_hash": "x",
        "disabled": "1",
    }
    at().post("/staff/people", form)
    added = next(
        one for one in people.everybody(staff.house.store, staff.district) if one.name == "Nia Brook"
    )
    assert (added.district_id, added.role, added.has_password) == ("riverbend", Role.AUDITOR, False)
    assert not added.disabled


def test_roles_are_changed_people_disabled_and_let_in_again(at: At, app: FastAPI, staff: Staff) -> None:
    browser, clerk = at(), at(Role.CLERK)
    one = f"/staff/people/{staff.person(Role.CLERK).id}"
    assert "Riverbend High School" in browser.get(one).text
    assert browser.post(f"{one}/role", {"role": "auditor", "school": SCHOOL}).status_code == 303
    assert clerk.get("/staff/").status_code == 303
    clerk.sign_in(staff.person(Role.CLERK).email)
    assert clerk.get("/staff/audit").status_code == 200
    assert browser.post(f"{one}/disable").status_code == 303
    assert clerk.get("/staff/").status_code == 303
    assert clerk.sign_in(staff.person(Role.CLERK).email).status_code == 403
    assert "/staff/password/" in browser.post(f"{one}/reset").text
    assert clerk.sign_in(staff.person(Role.CLERK).email).status_code == 403


def test_an_administrator_cannot_lock_everybody_out(at: At, staff: Staff) -> None:
    browser = at()
    me = f"/staff/people/{staff.person(Role.ADMINISTRATOR).id}"
    assert "This is you" in browser.get(me).text
    for path, form in ((f"{me}/role", {"role": "auditor"}), (f"{me}/disable", {})):
        answer = browser.post(path, form)
        assert answer.status_code == 422
        assert "another administrator" in answer.text.lower()


def test_the_policy_is_what_was_ticked(at: At) -> None:
    browser = at()
    form: dict[str, Any] = {"two_people": ["withdraw", "decide", "none"], "apart": ["propose_and_decide"]}
    assert browser.post("/staff/settings/approval", form).status_code == 303
    ticked = re.findall(r'value="(\w+)" checked', browser.get("/staff/settings/approval").text)
    assert ticked == ["withdraw", "decide", "propose_and_decide"]
    browser.post("/staff/settings/approval")
    assert "checked" not in browser.get("/staff/settings/approval").text


class Performed:
    """An action that counts, and may break off."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.still = True
        self.breaks = False

    def action(self) -> Action:
        def perform(_visit: object, request: approvals.Request) -> None:
            if self.breaks:
                raise RuntimeError("the power failed")
            self.done.append(request.id)

        return Action(lambda _session, content: {"Badges": str(content["n"])}, lambda *_: self.still, perform)


@pytest.fixture
def performed(monkeypatch: pytest.MonkeyPatch) -> Performed:
    made = Performed()
    monkeypatch.setattr(actions, "_ACTIONS", {Kind.ISSUE_BATCH: made.action()})
    return made


def ask(staff: Staff, kind: Kind = Kind.ISSUE_BATCH, role: Role = Role.REGISTRAR) -> approvals.Request:
    return approvals.ask(
        staff.house.store,
        staff.person(role),
        kind,
        {"n": 312},
        now=staff.house.time,
        entropy=staff.house.entropy,
    )


def test_a_second_person_reads_and_confirms_and_then_it_is_done(
    at: At, staff: Staff, performed: Performed
) -> None:
    request, approver, registrar = ask(staff), at(Role.APPROVER), at(Role.REGISTRAR)
    path = f"/staff/approvals/{request.id}"
    assert "1 request waits for a second person" in approver.get("/staff/").text
    assert "waits for a second" not in registrar.get("/staff/").text
    page = approver.get(path).text
    assert "312" in page
    assert request.sha256 in page
    assert "A colleague must confirm it" in registrar.get(path).text
    own = registrar.post(f"{path}/confirm", {"seen": request.sha256})
    assert (own.status_code, performed.done) == (403, [])
    unseen = approver.post(f"{path}/confirm", {"seen": "0" * 64})
    assert (unseen.status_code, performed.done) == (409, [])
    performed.still = False
    stale = approver.post(f"{path}/confirm", {"seen": request.sha256})
    assert (stale.status_code, performed.done) == (409, [])
    assert "has changed since" in stale.text
    performed.still = True
    assert approver.post(f"{path}/confirm", {"seen": request.sha256}).status_code == 303
    assert approver.post(f"{path}/confirm", {"seen": request.sha256}).status_code == 409
    assert approver.post(f"{path}/finish").status_code == 409
    assert performed.done == [request.id]
    assert "Confirmed" in registrar.get("/staff/approvals").text


def test_what_broke_off_is_finished(at: At, staff: Staff, performed: Performed) -> None:
    request, approver = ask(staff), at(Role.APPROVER)
    path = f"/staff/approvals/{request.id}"
    performed.breaks = True
    assert approver.post(f"{path}/confirm", {"seen": request.sha256}).status_code == 500
    performed.breaks = False
    assert "not finished: 1" in approver.get("/staff/").text
    assert approver.post(f"{path}/finish").status_code == 303
    assert performed.done == [request.id]
    assert "Nothing waits" in approver.get("/staff/").text


def test_a_request_is_refused_or_taken_back(at: At, staff: Staff, performed: Performed) -> None:
    first, second = ask(staff), ask(staff)
    approver, registrar = at(Role.APPROVER), at(Role.REGISTRAR)
    assert approver.post(f"/staff/approvals/{first.id}/refuse").status_code == 303
    assert registrar.post(f"/staff/approvals/{second.id}/refuse").status_code == 303
    page = approver.get("/staff/approvals").text
    assert "Refused" in page
    assert "Taken back" in page
    assert performed.done == []


def test_what_nothing_here_can_do_is_only_refused(at: At, staff: Staff, performed: Performed) -> None:
    request, approver = ask(staff, Kind.WITHDRAW), at(Role.APPROVER)
    path = f"/staff/approvals/{request.id}"
    page = approver.get(path).text
    assert "No page here can do this" in page
    assert "{&#34;n&#34;:312}" in page
    assert approver.post(f"{path}/confirm", {"seen": request.sha256}).status_code == 409
    assert approver.post(f"{path}/refuse").status_code == 303


def test_who_neither_asked_nor_approves_sees_no_request(at: At, staff: Staff) -> None:
    request, clerk = ask(staff), at(Role.CLERK)
    assert request.id not in clerk.get("/staff/approvals").text
    for answer in (
        clerk.get(f"/staff/approvals/{request.id}"),
        clerk.post(f"/staff/approvals/{request.id}/refuse"),
    ):
        assert answer.status_code == 404


def test_the_trail_is_read_by_what_was_done_and_by_whom(at: At, staff: Staff) -> None:
    browser, person = at(), staff.person()
    whole = browser.get("/staff/audit").text
    assert "session.begun" in whole
    assert "Ada Fenn" in whole
    for query, shown in (
        ("action=person", {"person.added", "person.password-set"}),
        ("action=person.added", {"person.added"}),
        (f"actor={person.actor}", {"person.password-set"}),
        (f"subject={person.id}", {"person.added", "person.password-set"}),
        ("action=none", set()),
        ("before=1", set()),
        ("before=x&action=district.founded", {"district.founded"}),
    ):
        page = browser.get(f"/staff/audit?{query}").text
        body = page[page.index("</form>\n<") :]
        assert set(re.findall(r"<code>([a-z-]+\.[a-z-]+)</code>", body)) == shown, query


def test_a_long_trail_has_pages(at: At, staff: Staff) -> None:
    browser = at()
    for _ in range(60):
        browser.post("/staff/settings/approval", {"two_people": "withdraw"})
        browser.post("/staff/settings/approval")
    first = browser.get("/staff/audit?action=policy")
    older = next(one for one in links(first.text) if "before=" in one)
    second = browser.get(older)
    numbers = [re.findall(r'<th scope="row">(\d+)', page.text) for page in (first, second)]
    assert [len(page) for page in numbers] == [50, 50]
    assert min(map(int, numbers[0])) > max(map(int, numbers[1]))


def test_the_trail_is_checked(at: At, staff: Staff) -> None:
    browser = at(Role.AUDITOR)
    good = browser.post("/staff/audit/check")
    assert "The trail holds" in good.text
    assert re.search(r"<code>\d+:[0-9a-f]{64}</code>", good.text)
    without_triggers(staff.house.store, "audit")
    with staff.house.store.transaction() as session:
        from issuer.store.tables import Audit

        session.query(Audit).filter(Audit.number == 2).update({"actor": "somebody else"})
    bad = browser.post("/staff/audit/check")
    assert "The trail does not hold" in bad.text
    assert "audit row 2" in bad.text


def test_every_text_is_used_and_every_permission_has_words() -> None:
    from importlib import resources

    folder = resources.files("issuer.web.staff")
    source = "".join(
        one.read_text("utf-8")
        for place in (folder, folder.joinpath("templates"))
        for one in place.iterdir()
        if one.name.endswith((".py", ".html"))
    )
    built: tuple[str, ...] = ("notice.", "error.", "approval.outcome.")
    built += ("issue.column.", "issue.columns.by.", "issue.kind.", "issue.review.heading.", "issue.show.")
    built += ("issue.state.", "issue.step.", "issue.tag.", "issue.who.has.", "issue.who.hint.")
    built += tuple(f"issue.{step}.title" for step in STEPS)
    built += ("certifications.state.", "certifications.for.", "certification.state.", "certification.lasts")
    built += ("committee.kind.", "alignment.", "proposal.state.", "proposal.origin.", "proposal.section.")
    built += ("proposal.row.", "proposal.add.", "subject.", "answer.", "check-ups.")
    built += (
        "home.first.",
        "home.go.",
        "badge.state.",
        "badge.evidence.",
        "seen.",
        "show.",
        "withdraw.reason.",
    )
    built += ("withdraw.withdrawn", "withdraw.unfinished", "report.mode.", "report.mapping.")
    built += ("audience.", "consent.", "sharing.minors.")
    built += tuple(f"report.{name}.hint" for name in NAMES)
    built += tuple(f"assessment.{key}" for key in QUESTIONS)
    built += ("picture.shape.", "picture.icon.", "reach.purpose.", "problems.kind.")
    built += ("batches.kind.", "batches.state.", "keys.scope.")
    unused = [key for key in WORDS if f'"{key}"' not in source and not key.startswith(built)]
    assert unused == [], unused
    assert len(set(Permission)) == len(Permission)
