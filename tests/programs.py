"""A district's own program, which asks the issuer's interface with a key. All names are invented."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import httpx
from fastapi import FastAPI

from issuer.api import keys
from issuer.api.keys import NewKey, Scope
from issuer.app import create_app
from issuer.roster import Student
from issuer.store import queries, students
from issuer.store.students import Incoming
from issuer.store.tables import School
from tests.house import House
from tests.unit.issuer.web.asking import Client

SCHOOL = "0187"
STUDENT = "200000001"
NAME = "Inés Farrow"
WEBHOOK_KEY = b"a key of this test that is long enough"


def app_of(house: House, **named: Any) -> FastAPI:
    """The application of a house, which may sign."""
    given: dict[str, Any] = {
        "clock": house.clock,
        "entropy": house.entropy,
        "signer_of": lambda _district: house.signer,
        "webhook_key": WEBHOOK_KEY,
    }
    return create_app(house.store, **(given | named))


def enrol(house: House, *more: Student) -> None:
    """Give the house a school and a roster of one student, and more."""
    own, district = house.store.of(house.district.id), house.district.id
    with own.transaction() as session:
        if SCHOOL not in queries.schools(session, district):
            session.add(School(district_id=district, code=SCHOOL, name="Riverbend High School"))
        session.flush()
        known = (Student(STUDENT, "Inés", "Farrow", school_code=SCHOOL), *more)
        students.take(
            session, district, [Incoming(one) for one in known], source="test", now=house.time, actor="test"
        )


class Program:
    """A program that holds a key.

    Args:
        house: The district whose key it holds.
        scopes: What the key may do.
        app: The application; else one of the house.
        key: The key; else a new one.
    """

    def __init__(
        self,
        house: House,
        scopes: Collection[str] = tuple(Scope),
        *,
        app: FastAPI | None = None,
        key: NewKey | None = None,
    ) -> None:
        self.house = house
        self.app = app or app_of(house)
        self.key = key or new_key(house, scopes)
        self.client = Client(self.app, house.district.origin)

    def send(self, method: str, path: str, value: Any = None, **headers: str) -> httpx.Response:
        """Ask with the key; further headers by their names with underscores."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        given = {"authorization": f"Bearer {self.key.text}"} | named
        if value is None:
            return self.client.request(method, path, headers=given)
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        given = {"content-type": "application/json"} | given
        return self.client.request(method, path, headers=given, content=body)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, value: Any, **headers: str) -> httpx.Response:
        """POST."""
        return self.send("POST", path, value, **headers)

    def draft(self, **changes: Any) -> dict[str, Any]:
        """A credential as a program posts it; a change to None leaves a member out."""
        value: dict[str, Any] = {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "awardedDate": "2026-04-18T12:00:00Z",
            "validUntil": "2028-01-31T23:59:59Z",
            "credentialSubject": self.subject(),
        }
        return {name: member for name, member in (value | changes).items() if member is not None}

    def subject(self, **changes: Any) -> dict[str, Any]:
        """Its subject."""
        value: dict[str, Any] = {
            "type": ["AchievementSubject"],
            "identifier": [identity("sisSourcedId", STUDENT), identity("name", NAME)],
            "achievement": {"id": f"{self.house.district.origin}/achievements/co-cna"},
            "licenseNumber": "NA-000123",
        }
        return {name: member for name, member in (value | changes).items() if member is not None}


def new_key(house: House, scopes: Collection[str] = tuple(Scope), **named: Any) -> NewKey:
    """A key of the house."""
    given: dict[str, Any] = {
        "name": "Student system",
        "now": house.time,
        "entropy": house.entropy,
        "actor": "test",
    }
    return keys.create(house.store, house.district.id, scopes=scopes, **(given | named))


def identity(kind: str, text: str) -> dict[str, Any]:
    """An IdentityObject."""
    return {"type": "IdentityObject", "identityType": kind, "identityHash": text, "hashed": False}


def award(at: int = 1, /, **changes: str) -> dict[str, str]:
    """An award as a program hands it in."""
    value = {
        "external_id": STUDENT,
        "credential_code": "CO-CNA",
        "date_earned": "2026-04-18",
        "expires_on": "2028-01-31",
        "number": f"NA-{at:06}",
        "award_ref": f"A-{at}",
    }
    return value | changes
