"""A committee that does not exist: its members, a complete proposal, endorsements under invented keys."""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from contexts.document import compose
from credential.proof.data_integrity import add_proof
from credential.readiness import Subject
from issuer.committee import approving, deciding, people, proposing
from issuer.decisions.alignment import Alignment
from issuer.decisions.decision import Decision
from issuer.store import decisions
from tests.house import NOW, House
from tests.signers import SeededSigner, did_key_signer

TODAY = NOW.date()
MINUTES = "https://riverbend.example/minutes/2026-06"
MENU = "CO 2026"
ENDORSER = did_key_signer("industry 1")
_NUMBERS = itertools.count(1)

ONET_ROW: dict[str, Any] = {
    "framework": "O*NET-SOC 2019",
    "code": "31-1131.00",
    "name": "Nursing Assistants",
    "url": "https://www.onetonline.org/link/summary/31-1131.00",
    "target_type": "ext:ONET",
    "strength": "full",
    "author": "cte-1",
    "date": "2026-05-01",
    "next_review": "2027-05-01",
}
ENGLISH_ROW: dict[str, Any] = ONET_ROW | {
    "framework": "Colorado Academic Standards 2020",
    "code": "RWC.HS.3.1",
    "name": "Write for a purpose",
    "url": "https://standards.example/RWC.HS.3.1",
    "target_type": "CFItem",
    "subject": "ENG",
    "strength": "partial",
    "note": "charting and reports",
}
MATH_ROW: dict[str, Any] = ENGLISH_ROW | {
    "code": "MA.HS.N-Q.A.1",
    "name": "Use units to solve problems",
    "url": "https://standards.example/MA.HS.N-Q.A.1",
    "target_type": "ceasn:Competency",
    "subject": "MTH",
    "strength": "full",
}
PROPOSAL: dict[str, Any] = {
    "code": "CO-CNA",
    "origin": "program",
    "author": "cte-1",
    "date": "2026-05-01",
    "subjects": ["ENG", "MTH"],
    "next_review": "2027-05-01",
    "recognition": {"body": "Colorado State Board of Nursing"},
    "sections": {
        "course_content": {"statements": [{"text": "Health science 1 and 2, then the clinical course."}]},
        "standards": {"alignments": [ENGLISH_ROW, MATH_ROW]},
        "cte_program": {"waived": "The program is under review until August."},
        "industry_need": {
            "alignments": [ONET_ROW],
            "demand": [
                {"source": "State labor office", "year": 2025, "occupation": "31-1131.00", "openings": 640}
            ],
        },
        "postsecondary": {"statements": [{"text": "The college counts it for its nursing program."}]},
    },
}
"""Complete: it can be voted on."""


def proposal(**changes: Any) -> dict[str, Any]:
    """The proposal with some members changed; None takes one out."""
    made = copy.deepcopy(PROPOSAL) | changes
    return {name: value for name, value in made.items() if value is not None}


def sections(**changes: Any) -> dict[str, Any]:
    """The proposal with some of its sections changed."""
    made = copy.deepcopy(PROPOSAL["sections"]) | changes
    return proposal(sections={name: value for name, value in made.items() if value is not None})


def data(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


def endorsement(
    target: str, signer: SeededSigner = ENDORSER, *, created: datetime = NOW, **changes: Any
) -> bytes:
    """A signed endorsement, as an endorser's software writes it."""
    value: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0c4a52-6f0f-4c6f-9d80-1d6a4a8c0e01",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "We hire on this",
        "issuer": {"id": signer.controller, "type": ["Profile"], "name": "Quail Creek Care Home"},
        "validFrom": "2026-05-20T09:00:00Z",
        "credentialSubject": {
            "id": target,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Our nursing assistants come with it.",
        },
    }
    value = {name: member for name, member in (value | changes).items() if member is not None}
    return add_proof(compose(value), signer, created=created.astimezone(UTC)).raw


@dataclass
class Committee:
    """The committee of a house's district; its day is the house's."""

    house: House
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, house: House) -> Committee:
        """One member of each kind, all there since January."""
        made = cls(house)
        for kind in ("cte", "administrator", "faculty", "postsecondary", "industry", "counselor", "student"):
            made.add(kind, did=ENDORSER.controller if kind == "industry" else "")
        return made

    @property
    def day(self) -> date:
        return self.house.time.date()

    @property
    def _usual(self) -> dict[str, Any]:
        return {"now": self.house.time, "actor": "test"}

    def add(self, kind: str, *, did: str = "", key: str = "", since: date = date(2026, 1, 1)) -> str:
        made = people.add_member(
            self.house.store,
            self.house.district.id,
            kind=kind,
            name=f"A {kind} member, {next(_NUMBERS)}",
            organization="",
            endorser=did,
            endorser_key=key,
            since=since,
            **self._usual,
        )
        return made.id

    def propose(self, value: dict[str, Any] | None = None) -> str:
        return proposing.propose(
            self.house.store,
            self.house.district.id,
            data(PROPOSAL if value is None else value),
            today=self.day,
            **self._usual,
        )

    def approve(self, ref: str, *members: str, **changes: Any) -> None:
        for member in members:
            given: dict[str, Any] = {"on": self.day, "today": self.day, "document": MINUTES} | changes
            approving.approve(
                self.house.store, self.house.district.id, ref, member_id=member, **given, **self._usual
            )

    def approved(self, value: dict[str, Any] | None = None) -> str:
        """A proposal that has its quorum."""
        ref = self.propose(value)
        self.approve(ref, "administrator-1", "faculty-1", "industry-1")
        return ref

    def decide(self, ref: str, *subjects: Subject, **changes: Any) -> Decision:
        given: dict[str, Any] = {
            "subjects": subjects or (Subject.ENGLISH,),
            "on": self.day,
            "effective_from": self.day,
            "effective_until": None,
            "minutes": MINUTES,
            "menu_version": MENU,
            "today": self.day,
            "entropy": self.house.entropy,
        }
        return deciding.decide_go(
            self.house.store, self.house.district.id, ref, **(given | changes), **self._usual
        )

    def end(
        self, decision_id: str, last_day: date, why: str = "The body retires the examination."
    ) -> Decision:
        return deciding.end_decision(
            self.house.store,
            self.house.district.id,
            decision_id,
            last_day=last_day,
            why=why,
            today=self.day,
            **self._usual,
        )

    def review(self, ref: str, **changes: Any) -> Alignment:
        given: dict[str, Any] = {
            "row": 1,
            "member_id": "faculty-1",
            "on": self.day,
            "next_review": date(2028, 6, 1),
            "today": self.day,
        }
        return proposing.review(
            self.house.store, self.house.district.id, ref, **(given | changes), **self._usual
        )

    def endorse(self, body: bytes, *, code: str = "CO-CNA", member: str = "industry-1") -> str:
        return approving.endorse(
            self.house.store,
            self.house.district.id,
            code,
            body,
            member_id=member,
            today=self.day,
            **self._usual,
        )

    def active(self, day: date | None = None) -> list[Decision]:
        with self.house.store.reading() as session:
            return decisions.active_decisions(session, self.house.district.id, day or self.day)

    @property
    def target(self) -> str:
        return f"{self.house.district.origin}/achievements/co-cna"
