"""A district's console, served on this machine, with something on every page."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import uvicorn
from playwright.sync_api import Page

from credential.withdrawal import Reason
from issuer.access import approvals, people, provider
from issuer.access.policy import Kind
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.claiming import problems
from issuer.evidence.attach import attach
from issuer.evidence.files import file_item
from issuer.jobs import steering
from issuer.revocation import revoke
from issuer.roster.report import Student
from issuer.store import report_queries, students
from issuer.store.measures import NewMeasure, record_measures
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.students import Incoming
from tests.house import House
from tests.staff import PASSWORD, SCHOOL, Staff
from tests.unit.issuer.jobs.conftest import Batches
from tests.unit.issuer.web.staff.committee import Decided, choose_menu


@dataclass(frozen=True, slots=True)
class Console:
    """What is served.

    Attributes:
        address: Its origin.
        staff: Its people.
        link: The path of a link that nobody has used.
        request_id: What waits for a second person.
        badge: A student's badge, by its address.
        batches: A batch's id by how it stands.
    """

    address: str
    staff: Staff
    link: str
    request_id: str
    badge: str
    batches: dict[str, str]

    @property
    def registrar_pages(self) -> dict[str, str]:
        """What a registrar can see and an administrator cannot, by name."""
        return {
            "student": f"/staff/students/{STUDENT}",
            "badge": f"/staff/badges/{self.badge}",
            "withdraw": f"/staff/badges/{self.badge}/withdraw",
            "correct": f"/staff/badges/{self.badge}/correct",
            "reach": "/staff/reach",
            "problems": "/staff/problems",
            "student-sharing": f"/staff/students/{STUDENT}/sharing",
            "batches": "/staff/batches",
        } | {f"batch-{name}": f"/staff/batches/{one}" for name, one in self.batches.items()}

    @property
    def coordinator_pages(self) -> dict[str, str]:
        """What a coordinator can see and an administrator cannot, by name."""
        return {
            "propose": "/staff/certifications/CO-CNA/propose",
            "propose-again": "/staff/certifications/CO-CNA/propose?from=CO-CNA.2",
            "certification-endorsing": "/staff/certifications/CO-CNA",
        }

    @property
    def open_pages(self) -> dict[str, str]:
        """What anybody can see, by name."""
        return {"sign-in": "/staff/sign-in", "password": self.link}

    @property
    def pages(self) -> dict[str, str]:
        """What an administrator can see, by name."""
        clerk = self.staff.person(Role.CLERK)
        return {
            "home": "/staff/",
            "settings": "/staff/settings",
            "api-keys": "/staff/settings/api-keys",
            "sharing": "/staff/settings/sharing",
            "people": "/staff/people",
            "person": f"/staff/people/{clerk.id}",
            "own-password": "/staff/settings/password",
            "policy": "/staff/settings/approval",
            "sign-on": "/staff/settings/sign-on",
            "approvals": "/staff/approvals",
            "approval": f"/staff/approvals/{self.request_id}",
            "audit": "/staff/audit",
            "audit-none": "/staff/audit?subject=nothing",
            # students, badges, reports
            "students": "/staff/students",
            "students-none": "/staff/students?search=nobody",
            "student": f"/staff/students/{STUDENT}",
            "badges": "/staff/badges",
            "badge": f"/staff/badges/{self.badge}",
            "reports": "/staff/reports",
            "report": "/staff/reports/accountability?year=2026&students=400",
            "report-few": "/staff/reports/outcomes",
            "certifications": "/staff/certifications",
            "certifications-none": "/staff/certifications?q=nothing-of-that-name",
            "certification": "/staff/certifications/CO-CNA",
            "certification-undecided": "/staff/certifications/OSHA10-GI",
            "proposal-decided": "/staff/certifications/proposals/CO-CNA.1",
            "proposal-open": "/staff/certifications/proposals/CO-CNA.2",
            "committee": "/staff/certifications/committee",
            "menu": "/staff/certifications/menu",
            "check-ups": "/staff/check-ups",
        }

    def sign_in(self, page: Page, role: Role = Role.ADMINISTRATOR) -> None:
        """Sign in as a person does."""
        page.goto(f"{self.address}/staff/sign-in")
        page.get_by_label("E-mail").fill(self.staff.person(role).email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/staff/$"))


@contextmanager
def serving(folder: Path, *, sign_on: bool = True, people_known: bool = True) -> Iterator[Console]:
    """A console on a free port, for as long as the block lasts."""
    store = Store.open(str(folder / "cairn.db"))
    migrate(store)
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    house = House.build(store, origin=address)
    staff = Staff(house)
    for role in Role:
        staff.person(role)
    waiting = staff.link(Role.AUDITOR, 2)
    disabled = staff.person(Role.REGISTRAR, 2)
    people.disable(store, staff.district, disabled.id, now=house.time, actor="test")
    content: dict[str, object] = {"sheet": "awards.csv", "badges": 312}
    _ask(staff, Kind.WITHDRAW, content)
    content |= {"district": staff.district, "certifications": {"CO-CNA": 312}, "schools": {"0187": 312}}
    refused = _ask(staff, Kind.ISSUE_BATCH, content)
    approvals.refuse(store, staff.person(Role.APPROVER), refused.id, now=house.time)
    request = _ask(staff, Kind.ISSUE_BATCH, content)
    decided = Decided.of(house)
    decided.committee.approve(decided.open, "administrator-1", "faculty-1")
    choose_menu(house, {"option": "SAT", "raise": {"MTH": "520"}}, {"option": "INDUSTRY_CERT"})
    if sign_on:
        provider.choose(
            store,
            staff.district,
            issuer="https://accounts.riverbend.example",
            client_id="cairn-console",
            hosted_domain="riverbend.example",
            now=house.time,
            actor="test",
        )
    badge = _students(staff) if people_known else ""
    batches = _batches(staff) if people_known else {}
    app = create_app(store, clock=house.clock, signer_of=lambda _district: house.signer)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Console(address, staff, waiting.url.removeprefix(address), request.id, badge, batches)
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()
        store.close()


STUDENT = "100000001"


def _students(staff: Staff) -> str:
    """A roster, a year of badges, one of them with evidence and one withdrawn; the address of the first."""
    house = staff.house
    names = [("Maya", "Okafor"), ("José", "Nuñez"), ("Noor", "Haddad"), ("Ana", "Lopez")]
    born = date(2008, 3, 2)
    people = [
        Student(str(100000001 + n), *names[n % 4], birth_date=born, school_code=SCHOOL, grade="12")
        for n in range(24)
    ]
    with house.store.transaction() as session:
        students.take(
            session, staff.district, [Incoming(one) for one in people], source="sheet", now=house.time,
            actor="test",
        )  # fmt: skip
        scores = [
            NewMeasure(STUDENT, "score", "SAT", "Math", "520", date(2026, 3, 1)),
            NewMeasure(STUDENT, "attested", "Capstone project passed", "", "", date(2026, 5, 1)),
        ]
        record_measures(session, staff.district, scores, now=house.time, actor="test")
    attach(house.store, staff.district, "A-0", file_item(b"A work sample."), now=house.time, actor="test")
    made = []
    for number, one in enumerate(people):
        with house.store.transaction() as session:
            report_queries.put_school(session, staff.district, f"A-{number}", SCHOOL)
        made.append(
            house.issue(
                f"A-{number}",
                student_id=one.student_id,
                recipient_name=" ".join(one.name),
                number=f"NA-{number:06}",
            )
        )
    revoke(
        house.store, staff.district, made[1].credential_id, reason="issued-in-error", note="", now=house.time,
        actor="test",
    )  # fmt: skip
    return made[0].credential_id.removeprefix("urn:uuid:")


def _batches(staff: Staff) -> dict[str, str]:
    """One that waits, one that rests, one that is held, one that was stopped, one that was undone and how."""
    house = staff.house
    jobs = Batches(house)
    made = {name: jobs.ask(jobs.wanted(2, prefix=name), key=name) for name in _STANDS}
    jobs.act(steering.pause, made["paused"])
    jobs.act(steering.stop, made["stopped"])
    for name in _STANDS[1:]:
        jobs.run(made[name])
    made["undoing"] = steering.withdraw(
        house.store,
        staff.district,
        made["undone"].id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )
    jobs.run(made["undoing"])
    problems.report(
        house.store,
        staff.district,
        STUDENT,
        None,
        what="name",
        said="My name is Okafor-Lee.",
        now=house.time,
        entropy=house.entropy,
    )
    return {name: one.id for name, one in made.items()}


_STANDS: Final = ("waiting", "paused", "stopped", "held", "undone")


def _ask(staff: Staff, kind: Kind, content: dict[str, object]) -> approvals.Request:
    now: datetime = staff.house.time
    person = staff.person(Role.REGISTRAR)
    return approvals.ask(staff.house.store, person, kind, content, now=now, entropy=staff.house.entropy)
