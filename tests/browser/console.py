"""A district's console, served on this machine, with something on every page."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Page

from issuer.access import approvals, people, provider
from issuer.access.policy import Kind
from issuer.access.roles import Role
from issuer.app import create_app
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.web.staff import actions
from issuer.web.staff.actions import Action
from tests.house import House
from tests.staff import PASSWORD, Staff
from tests.unit.issuer.web.staff.committee import Decided, choose_menu


@dataclass(frozen=True, slots=True)
class Console:
    """What is served.

    Attributes:
        address: Its origin.
        staff: Its people.
        link: The path of a link that nobody has used.
        request_id: What waits for a second person.
    """

    address: str
    staff: Staff
    link: str
    request_id: str

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
            "people": "/staff/people",
            "person": f"/staff/people/{clerk.id}",
            "own-password": "/staff/settings/password",
            "policy": "/staff/settings/approval",
            "sign-on": "/staff/settings/sign-on",
            "approvals": "/staff/approvals",
            "approval": f"/staff/approvals/{self.request_id}",
            "audit": "/staff/audit",
            "audit-none": "/staff/audit?subject=nothing",
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
def serving(folder: Path, *, sign_on: bool = True) -> Iterator[Console]:
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
    content = {"sheet": "awards.csv", "badges": 312}
    _ask(staff, Kind.WITHDRAW, content)
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
    server = uvicorn.Server(
        uvicorn.Config(create_app(store, clock=house.clock), log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    known = actions.action_of(Kind.ISSUE_BATCH)
    if known is None:  # no page is responsible for it yet: somebody must be, to show the form
        actions.join(Kind.ISSUE_BATCH, _SHEET)
    try:
        yield Console(address, staff, waiting.url.removeprefix(address), request.id)
    finally:
        if known is None:
            actions._ACTIONS.pop(Kind.ISSUE_BATCH)
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
        store.close()


_SHEET = Action(
    lambda _session, content: {"Sheet": content["sheet"], "Badges": f"{content['badges']} badges are signed"},
    lambda _session, _request: True,
    lambda _visit, _request: None,
)


def _ask(staff: Staff, kind: Kind, content: dict[str, object]) -> approvals.Request:
    now: datetime = staff.house.time
    person = staff.person(Role.REGISTRAR)
    return approvals.ask(staff.house.store, person, kind, content, now=now, entropy=staff.house.entropy)
