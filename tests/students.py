"""Students at their browsers: one that is signed in, without the way that led in.

browser = signed_in(app, house)                     # the student of `house.award()`
browser = signed_in(app, house, "100000002")
browser.get("/my/badges"); browser.post("/my/badges/A-1/stop", {...})
"""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI

from issuer.claiming import sessions
from issuer.claiming.sessions import Method
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser

STUDENT = "100000001"
"""The student of `House.award`."""


class StudentBrowser(Browser):
    """A browser without scripts at the students' site of one district."""

    def post(self, path: str, data: dict[str, Any] | None = None, **named: Any) -> httpx.Response:
        """Send a form, as a browser does that got it from one of the site's own pages."""
        sent = {"form_token": self.form_token("/my/way-in")} | (data or {})
        return super().post(path, sent, **named)

    def form_token(self, path: str = "/my/way-in") -> str:
        """What the forms of a page carry; the page to sign in has none for who is signed in already."""
        answer = self.get(path)
        if answer.status_code == 303:
            answer = self.get("/my/ways-back")
        return field_of(answer.text)


def field_of(text: str) -> str:
    """The value of the field that every form of a page carries."""
    before, found, after = text.partition('name="form_token" value="')
    assert found, before
    return after.partition('"')[0]


def signed_in(
    app: FastAPI, house: House, student_id: str = STUDENT, method: Method = Method.LINK
) -> StudentBrowser:
    """The browser of a student who is signed in."""
    browser = StudentBrowser(app, house.district.origin)
    with house.store.of(house.district.id).transaction() as session:
        token = sessions.begin(
            session, house.district.id, student_id, method, now=house.time, entropy=house.entropy
        )
    secure = house.district.origin.startswith("https:")
    browser.cookies["__Host-cairn-student" if secure else "cairn-student"] = token
    return browser
