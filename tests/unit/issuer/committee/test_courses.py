"""Whatever people do, in whatever order: no decision counts without its quorum, and no two on one day."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.readiness import Subject
from issuer.committee import approving, deciding, people, proposing
from issuer.decisions.errors import DecisionRefused
from issuer.errors import IssuerError
from issuer.store import audit, decisions
from issuer.store.session import Store
from tests.committee import MENU, MINUTES, Committee, endorsement, proposal
from tests.databases import Fresh
from tests.house import House

MEMBERS = (
    "cte-1",
    "administrator-1",
    "faculty-1",
    "postsecondary-1",
    "industry-1",
    "counselor-1",
    "student-1",
)


@dataclass
class Course:
    """A committee, and an account of its own of what each member's word is worth."""

    committee: Committee
    words: dict[str, dict[str, bool]] = field(default_factory=dict)
    students: set[str] = field(default_factory=set)
    signed_off: set[str] = field(default_factory=set)
    authors: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    worth: dict[str, set[str]] = field(default_factory=dict)
    ends: dict[str, date] = field(default_factory=dict)
    endorsers: dict[str, str] = field(default_factory=dict)

    @property
    def refs(self) -> list[str]:
        return [*self.words, "CO-CNA.99"]

    def _place(self) -> dict[str, Any]:
        return {"now": self.committee.house.time, "actor": "test"}

    def _where(self) -> tuple[Store, str]:
        return self.committee.house.store, self.committee.house.district.id

    def propose(self, one: int, other: int) -> None:
        author = MEMBERS[one % len(MEMBERS)]
        origin = "student" if other % 3 == 0 else "program"
        ref = self.committee.propose(
            proposal(author=author, origin=origin, date=self.committee.day.isoformat())
        )
        self.words[ref] = {}
        self.authors[ref] = author
        if origin == "student":
            self.students.add(ref)

    def approve(self, one: int, other: int) -> None:
        ref, member = self.refs[one % len(self.refs)], MEMBERS[other % len(MEMBERS)]
        self.committee.approve(ref, member)
        self.words[ref][member] = True

    def declare(self, one: int, other: int) -> None:
        ref, member = self.refs[one % len(self.refs)], MEMBERS[other % len(MEMBERS)]
        self.committee.approve(ref, member, conflict="I sell the course.")
        self.words[ref][member] = False

    def say_without_paper(self, one: int, other: int) -> None:
        ref, member = self.refs[one % len(self.refs)], MEMBERS[other % len(MEMBERS)]
        self.committee.approve(ref, member, document=None)
        self.words[ref][member] = False

    def endorse(self, one: int, other: int) -> None:
        ref = self.refs[one % len(self.refs)]
        number = f"urn:uuid:5f0c4a52-6f0f-4c6f-9d80-{other:012d}"
        signed = endorsement(self.committee.target, id=number)
        self.committee.approve(ref, "industry-1", document=None, endorsement=signed)
        self.words[ref]["industry-1"] = True
        self.endorsers[number] = ref

    def unendorse(self, _one: int, other: int) -> None:
        number = f"urn:uuid:5f0c4a52-6f0f-4c6f-9d80-{other:012d}"
        approving.withdraw_endorsement(
            *self._where(), number, on=self.committee.day, why="No more.", **self._place()
        )
        for ref in [self.endorsers[number]] if number in self.endorsers else []:
            self.words[ref]["industry-1"] = False

    def take_back(self, one: int, other: int) -> None:
        ref, member = self.refs[one % len(self.refs)], MEMBERS[other % len(MEMBERS)]
        approving.take_back(
            *self._where(),
            ref,
            member_id=member,
            on=self.committee.day,
            today=self.committee.day,
            why="No more.",
            **self._place(),
        )
        self.words[ref][member] = False

    def sign_off(self, one: int, other: int) -> None:
        ref, member = self.refs[one % len(self.refs)], MEMBERS[-2 if other % 2 else 0]
        proposing.sign_off(*self._where(), ref, member_id=member, on=self.committee.day, **self._place())
        assert member == "counselor-1"
        self.signed_off.add(ref)

    def decide(self, one: int, other: int) -> None:
        ref = self.refs[one % len(self.refs)]
        known = [*self.decided, None]
        made = self.committee.decide(
            ref,
            *([Subject.ENGLISH] if other % 2 else [Subject.ENGLISH, Subject.MATH]),
            supersedes=known[other % len(known)],
            effective_from=self.committee.day + timedelta(days=other % 4),
            effective_until=self.committee.day + timedelta(days=other % 11) if other % 5 else None,
        )
        self.decided[made.id] = ref
        self.worth[made.id] = {member for member, good in self.words[ref].items() if good}

    def refuse(self, one: int, other: int) -> None:
        deciding.decide_no(
            *self._where(),
            self.refs[one % len(self.refs)],
            on=self.committee.day,
            why="No teacher.",
            minutes=MINUTES if other % 2 else None,
            menu_version=MENU,
            today=self.committee.day,
            entropy=self.committee.house.entropy,
            **self._place(),
        )

    def end(self, one: int, other: int) -> None:
        known = list(self.decided) or ["urn:uuid:0"]
        which = known[one % len(known)]
        last = self.committee.day + timedelta(days=other % 9 - 2)
        self.committee.end(which, last)
        self.ends[which] = min(last, self.ends.get(which, date.max))

    def withdraw(self, one: int, _other: int) -> None:
        proposing.withdraw(*self._where(), self.refs[one % len(self.refs)], why="Later.", **self._place())

    def leave(self, one: int, other: int) -> None:
        if other % 8 == 0:
            last = self.committee.day - timedelta(days=1)
            people.end_member(*self._where(), MEMBERS[one % len(MEMBERS)], last_day=last, **self._place())

    def wait(self, _one: int, other: int) -> None:
        self.committee.house.later(days=1 + other % 3)

    def check(self) -> None:
        """What must hold after every step, on every day that is near."""
        for ahead in range(-3, 15):
            day = self.committee.day + timedelta(days=ahead)
            active = self.committee.active(day)
            assert len(active) <= 1
            for one in active:
                ref = self.decided[one.id]
                worth = self.worth[one.id] - {self.authors[ref], "counselor-1"}
                assert len({member.split("-")[0] for member in worth}) >= 3
                assert "industry-1" in worth
                assert ref not in self.students or ref in self.signed_off
                assert one.decided_on <= one.effective_from <= day
                assert day <= self.ends.get(one.id, date.max)


STEPS: dict[str, Callable[[Course, int, int], None]] = {
    name: getattr(Course, name)
    for name in (
        "propose", "approve", "declare", "say_without_paper", "endorse", "unendorse", "take_back", "sign_off",
        "decide", "refuse", "end", "withdraw", "leave", "wait",
    )
}  # fmt: skip
WEIGHTED = [*STEPS, *["approve"] * 8, *["decide"] * 5, "propose", "endorse"]
courses = st.lists(
    st.tuples(st.sampled_from(WEIGHTED), st.integers(0, 20), st.integers(0, 20)), min_size=5, max_size=40
)


@contextlib.contextmanager
def committee_in(fresh: Fresh) -> Iterator[Course]:
    """A committee in a database of its own."""
    with fresh() as store:
        yield Course(Committee.build(House.build(store)))


EXAMPLES = {"sqlite": 25, "postgresql": 6}
"""How many courses are played in each; a step is three times as slow in the second."""


def test_no_course_of_steps_makes_a_decision_count_without_its_quorum(
    fresh: Fresh, request: pytest.FixtureRequest
) -> None:
    @settings(max_examples=EXAMPLES[request.node.callspec.params["fresh"]], deadline=None)
    @given(course=courses)
    def plays(course: list[tuple[str, int, int]]) -> None:
        with committee_in(fresh) as played:
            for name, one, other in course:
                with contextlib.suppress(IssuerError, KeyError):
                    STEPS[name](played, one, other)
                played.check()
            with played.committee.house.store.reading() as session:
                audit.check_chain(session, played.committee.house.district.id)

    plays()


def test_the_courses_do_reach_decisions(fresh: Fresh) -> None:
    """Otherwise the test above would hold for want of anything to test."""
    with committee_in(fresh) as played:
        played.propose(0, 1)
        for member in (1, 2, 4):
            played.approve(0, member)
        played.decide(0, 0)
        played.check()
        assert len(played.committee.active()) == 1
        played.end(0, 2)
        played.wait(0, 0)
        played.check()
        assert played.committee.active() == []


def test_two_votes_at_once_leave_one_decision(house: House) -> None:
    committee = Committee.build(house)
    refs = [committee.approved(), committee.approved()]
    said: list[str] = []
    together = threading.Barrier(2)

    def vote(ref: str) -> None:
        together.wait()
        try:
            committee.decide(ref)
        except DecisionRefused as refused:
            said.append(refused.code)

    threads = [threading.Thread(target=vote, args=(ref,)) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["overlap"]
    assert len(committee.active()) == 1


def test_one_member_approves_once_also_at_once(house: House) -> None:
    committee = Committee.build(house)
    ref = committee.propose()
    said: list[str] = []
    together = threading.Barrier(2)

    def approve() -> None:
        together.wait()
        try:
            committee.approve(ref, "industry-1")
        except DecisionRefused as refused:
            said.append(refused.code)

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["approved_before"]
    with house.store.reading() as session:
        assert len(decisions.approvals(session, house.district.id, ref)) == 1


def test_an_endorsement_is_the_same_whoever_reads_it(house: House) -> None:
    committee = Committee.build(house)
    signed = endorsement(committee.target)
    number = committee.endorse(signed)
    with house.store.reading() as session:
        row = decisions.endorsement_row(session, house.district.id, number)
    assert (row.body, json.loads(row.body)["id"]) == (signed, number)
    with house.store.reading() as session, pytest.raises(IssuerError, match="not_found"):
        decisions.endorsement_row(session, house.district.id, "urn:uuid:0")
