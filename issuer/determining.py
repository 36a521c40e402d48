"""Determine readiness: gather what a student has, judge it, and issue what was shown and not yet determined.

A subject is determined once. Who was determined ready in English and later shows readiness in math is given a
second determination, for math; who is judged again without having anything new is given nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from contexts.document import parse
from credential.digest import digest_of
from credential.readiness import Subject
from issuer.award import Award
from issuer.decisions.decision import Decision
from issuer.determination import CODE, Person, determination_award
from issuer.errors import IssuerError
from issuer.issuance import Issued, issue, rehearse
from issuer.readiness import Readiness, RecordedCertification, RuleSet, StudentRecord, judge_readiness
from issuer.store.determined import SignedAward, signed_awards
from issuer.store.measures import measures_of
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from keys.signer import Signer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who may be judged.

    Args:
        person: Whom a determination would be for.
        record: What the student has.
        determined: The subjects of determinations that stand.
        withdrawn: How many determinations were withdrawn, by their subjects.
    """

    person: Person
    record: StudentRecord
    determined: frozenset[Subject] = frozenset()
    withdrawn: Mapping[tuple[Subject, ...], int] | None = None

    @property
    def student_id(self) -> str:
        """The student's number."""
        return self.person.student_id


@dataclass(frozen=True, slots=True)
class Determination:
    """What came of judging one student.

    Args:
        candidate: The student.
        readiness: What was found.
        award: What is ordered, or None where nothing is to be determined.
        code: `ready`, `determined_before`, `not_ready`.
        issued: The credential, where one was issued.
    """

    candidate: Candidate
    readiness: Readiness
    award: Award | None
    code: str
    issued: Issued | None = None


def candidates(
    session: Session, district_id: str, *, students: Collection[str] | None = None
) -> list[Candidate]:
    """Everybody of whom something is recorded that may show readiness, by number.

    Args:
        session: For reading.
        district_id: Whose students.
        students: Some of them, or None for all.
    """
    by_student: dict[str, list[SignedAward]] = {}
    for one in signed_awards(session, district_id, students=students):
        by_student.setdefault(one.student_id, []).append(one)
    measured = measures_of(session, district_id, students=students)
    found = []
    for student_id in sorted(by_student.keys() | measured.keys()):
        signed = by_student.get(student_id, [])
        scores, attested = measured.get(student_id, ((), ()))
        recorded = tuple(_recorded(one) for one in signed if one.code != CODE)
        determined, withdrawn = _determined(one for one in signed if one.code == CODE)
        record = StudentRecord(recorded, scores, attested)
        found.append(Candidate(_person(student_id, signed), record, determined, withdrawn))
    return found


def assess(
    candidate: Candidate, decisions: Sequence[Decision], rules: RuleSet, day: date, *, name: str | None = None
) -> Determination:
    """Judge a student and order what was shown and is not determined yet. Nothing is written.

    Args:
        candidate: The student.
        decisions: The district's.
        rules: Of the day.
        day: For which it is judged.
        name: The name for the badge, where it is another than that of the newest badge, or there is none.

    Raises:
        IssuerError: `names_differ`, `too_much_evidence`.
    """
    readiness = judge_readiness(candidate.record, decisions, rules, day)
    left = tuple(subject for subject in readiness.met if subject not in candidate.determined)
    if not left:
        code = "determined_before" if readiness.met else "not_ready"
        return Determination(candidate, readiness, None, code)
    number = 1 + (candidate.withdrawn or {}).get(left, 0)
    person = replace(candidate.person, name=name) if name else candidate.person
    award = determination_award(readiness, left, person, number=number)
    return Determination(candidate, readiness, award, "ready")


def determine(
    found: Determination,
    *,
    store: Store,
    district_id: str,
    signer: Signer | None,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Determination:
    """Issue what was ordered; without a signer, only find out whether it could be.

    Raises:
        IssuerError: `not_ready` where nothing was ordered; the codes of `issuer.issuance.issue`.
    """
    if found.award is None:
        raise IssuerError("not_ready", "there is nothing that could be determined")
    if found.award.date_earned > now.date():
        raise IssuerError("bad_time", f"{found.award.date_earned} has not come yet")
    if signer is None:
        rehearse(found.award, store=store, district_id=district_id, now=now)
        return found
    issued = issue(
        found.award,
        store=store,
        district_id=district_id,
        signer=signer,
        now=now,
        entropy=entropy,
        actor=actor,
    )
    return replace(found, issued=issued)


def _recorded(one: SignedAward) -> RecordedCertification:
    award = Award.from_json(one.facts)
    return RecordedCertification(
        credential_id=one.credential_id,
        code=one.code,
        achievement_type=str(parse(one.achievement).value.get("achievementType")),
        earned=award.date_earned,
        digest=digest_of(one.body),
        recipient_name=award.recipient_name,
        last_day=award.last_day,
        provisional=award.provisional,
        withdrawn=one.withdrawn_at is not None,
    )


def _person(student_id: str, signed: Sequence[SignedAward]) -> Person:
    """As the newest badge that stands has it: that is the name the student goes by."""
    awards = [Award.from_json(one.facts) for one in signed]
    named = [
        award.recipient_name
        for award, one in zip(awards, signed, strict=True)
        if award.recipient_name and one.withdrawn_at is None
    ]
    grown = [award.adult_on for award in awards if award.adult_on]
    withheld = tuple(sorted({text for award in awards for text in award.withheld}))
    return Person(student_id, named[-1] if named else None, withheld, grown[-1] if grown else None)


def _determined(
    signed: Iterable[SignedAward],
) -> tuple[frozenset[Subject], dict[tuple[Subject, ...], int]]:
    standing: set[Subject] = set()
    withdrawn: dict[tuple[Subject, ...], int] = {}
    for one in signed:
        determined = Award.from_json(one.facts).determined
        subjects = tuple(Subject(name) for name in determined.subjects) if determined else ()
        if one.withdrawn_at is None:
            standing.update(subjects)
        else:
            withdrawn[subjects] = withdrawn.get(subjects, 0) + 1
    return frozenset(standing), withdrawn
