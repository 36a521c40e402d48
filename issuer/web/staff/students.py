"""Students: who is there, what is recorded of each, and what that shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.errors import AccessError
from issuer.access.policy import Apart, read
from issuer.access.roles import Permission
from issuer.commands.judging import judging
from issuer.determining import Determination, assess, candidates, determine
from issuer.district import offer_readiness
from issuer.errors import IssuerError
from issuer.known_measures import known_measures
from issuer.publication import publish_due
from issuer.readiness_words import sentences, uncounted
from issuer.roster.days import coming_of_age
from issuer.roster.report import Student
from issuer.store import audit, dossier, queries, students
from issuer.store.columns import canonical_json
from issuer.store.dossier import Badge
from issuer.store.measures import ATTESTED, SCORE, Measure, NewMeasure, record_measures, retract_measures
from issuer.store.session import Session
from issuer.text import fault_in, length, normal
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.dossier import (
    check_student,
    next_page,
    number_of,
    own_school,
    path_of,
    said,
    signer_of,
    standing_words,
    titles,
    wanted,
)
from issuer.web.staff.page import WORDS, Page, day, go, page
from issuer.web.staff.time_line import SUBJECTS, time_line
from keys.signer import Signer

router = APIRouter()
nav.join(nav.STUDENTS, WORDS["students.nav"], "/students", Permission.READ_STUDENTS)

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_STUDENTS))]
Recording = Annotated[Visit, Depends(signed_in(Permission.RECORD_AWARDS))]
Issuing = Annotated[Visit, Depends(signed_in(Permission.ISSUE))]
LONGEST: Final = 300
"""Characters of a score's texts: what a rule can hold."""
_FIELDS: Final = ("kind", "assessment", "part", "value", "on")
_CODE: Final = re.compile(r"\b[A-Z0-9][A-Z0-9+-]+\b(?=[,:])")
_ISO_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
CONFIRMED: Final = "yes"
"""What the box says by which a score is recorded that today's menu does not know."""
_UNJUDGED: Final = frozenset(
    {"no_rule_set", "names_differ", "too_much_evidence", "bad_rule", "rule_too_large"}
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is recorded shows today.

    Attributes:
        subjects: For each: its name, whether it is met, the reasons, and what does not count.
        found: What would be determined, or None where nothing could be judged.
        why: Why nothing could be judged, or "".
        digest: Of what would be determined: what a person saw is what is issued.
    """

    subjects: tuple[tuple[str, bool, tuple[str, ...], tuple[str, ...]], ...] = ()
    found: Determination | None = None
    why: str = ""
    digest: str = ""


@router.get("/students")
def everybody(request: Request, visit: Reading) -> Response:
    """The students by name; a clerk's are those of one school."""
    asked = wanted(request, visit)
    with visit.store.reading() as session:
        rows, more = dossier.students(session, visit.district.id, asked)
        schools = queries.schools(session, visit.district.id)
    values = {
        "rows": [(one, path_of(one.student_id)) for one in rows],
        "asked": asked,
        "schools": schools,
        "confined": bool(own_school(visit)),
        "older": next_page(asked, more),
    }
    return page(request, visit, Page(WORDS["students.title"], "students.html", values))


@router.get("/students/{student_id}")
def one(request: Request, visit: Reading, student_id: str) -> Response:
    """One student, whole."""
    return _student_page(request, visit, number_of(student_id))


@router.post("/students/{student_id}/measures")
def add(request: Request, visit: Recording, student_id: str, form: Posted) -> Response:
    """Record a score or an attestation."""
    number = number_of(student_id)
    with visit.store.reading() as session:
        check_student(session, visit, number)
    measure, faults = _measure(number, form, visit.now.date())
    if measure is not None and form.text("confirm") != CONFIRMED:
        faults = _doubts(visit, measure)
    if measure is None or faults:
        return _student_page(request, visit, number, form, faults=faults)
    with visit.store.transaction() as session:
        count = record_measures(
            session, visit.district.id, [measure], now=visit.now, actor=visit.person.actor
        )
        if count:
            _say(session, visit, "scores.recorded", measure)
    return go(f"/students/{path_of(number)}", "score-recorded")


@router.post("/students/{student_id}/retract")
def retract(visit: Recording, student_id: str, form: Posted) -> Response:
    """Mark a score or an attestation as wrong."""
    number = number_of(student_id)
    with visit.store.transaction() as session:
        check_student(session, visit, number)
        rows = dossier.measures(session, visit.district.id, number)
        row = next((one for one in rows if _mark(one) == form.text("measure")), None)
        if row is None:
            raise IssuerError("not_found", "there is no such score")
        wrong = NewMeasure(number, row.kind, row.assessment, row.part, row.value, row.measured_on)
        if retract_measures(session, visit.district.id, [wrong], now=visit.now):
            _say(session, visit, "scores.retracted", wrong)
    return go(f"/students/{path_of(number)}", "score-retracted")


@router.post("/students/{student_id}/determine")
def issue_determination(request: Request, visit: Issuing, student_id: str, form: Posted) -> Response:
    """Issue the determination that was shown; nothing else, and not twice."""
    number = number_of(student_id)
    with visit.store.reading() as session:
        check_student(session, visit, number)
    try:
        found, signer = _ordered(visit, number, form.text("seen"))
        offer_readiness(visit.store, visit.district.id, now=visit.now, actor=visit.person.actor)
        determine(
            found,
            store=visit.store,
            district_id=visit.district.id,
            signer=signer,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except IssuerError as refused:
        status = 403 if isinstance(refused, AccessError) else 409
        return _student_page(request, visit, number, faults={"": said(refused)}, status=status)
    publish_due(visit.store, visit.district.id, signer, clock=visit.here.clock, actor=visit.person.actor)
    return go(f"/students/{path_of(number)}", "determined")


def _ordered(visit: Visit, number: str, seen: str) -> tuple[Determination, Signer]:
    """What is to be issued, if it is what was seen, and who signs it.

    Raises:
        IssuerError: `not_ready`; `key_not_usable`.
        AccessError: `same_person` where the district wants who records and who issues apart.
    """
    judged, signer = _judged(visit, number), signer_of(visit)
    if judged.found is None or judged.found.award is None:
        raise IssuerError("not_ready", "there is nothing to determine")
    if judged.digest != seen:
        raise IssuerError("not_ready", "what is recorded has changed since you looked: read it again")
    if judged.found.award.recipient_name is None:
        raise IssuerError("not_ready", "no name is known: bring the student into the roster first")
    if signer is None:
        raise IssuerError("key_not_usable", WORDS["sign.no-key"].rstrip("."))
    with visit.store.reading() as session:
        policy = read(session, visit.district.id)
        for row in dossier.measures(session, visit.district.id, number):
            if row.retracted_at is None:
                policy.check_apart(Apart.RECORD_AND_ISSUE, row.recorded_by, visit.person.actor)
    return judged.found, signer


def _student_page(
    request: Request,
    visit: Visit,
    student_id: str,
    form: Form | None = None,
    *,
    faults: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    with visit.store.reading() as session:
        check_student(session, visit, student_id)
        try:
            who = students.student(session, visit.district.id, student_id)
        except IssuerError:
            who = None
        badges = dossier.badges_of(session, visit.district.id, student_id)
        measures = dossier.measures(session, visit.district.id, student_id)
        joined = dossier.joined(session, visit.district.id, [one.credential_id for one in badges])
        schools = queries.schools(session, visit.district.id)
        named = titles(session, visit.district.id)
    may_record = visit.person.may(Permission.RECORD_AWARDS)
    values = {
        "who": who,
        "number": student_id,
        "path": path_of(student_id),
        "name": _name(who, badges),
        "adult": _is_adult(who, visit.now.date()),
        "schools": schools,
        "badges": badges,
        "titles": named,
        "earned": lambda one: dossier.day_of(one.facts, "date_earned"),
        "stands": lambda one: standing_words(one, visit.now.date()),
        "measures": [(one, _mark(one)) for one in measures if one.retracted_at is None],
        "events": list(time_line(badges, measures, joined, named)),
        "judged": _judged(visit, student_id),
        "can_sign": signer_of(visit) is not None,
        "may_record": may_record,
        "may_issue": visit.person.may(Permission.ISSUE),
        "typed": {name: form.text(name) if form else "" for name in _FIELDS},
        "doubted": "confirm" in (faults or {}),
        "kinds": {SCORE: WORDS["measure.score"], ATTESTED: WORDS["measure.attested"]},
        "longest": LONGEST,
    }
    shown = Page(
        _name(who, badges) or student_id, "student.html", values, status if faults else 200, faults or {}
    )
    return page(request, visit, shown)


def _judged(visit: Visit, student_id: str) -> Judged:
    now = visit.now.date()
    try:
        with visit.store.reading() as session:
            found = candidates(session, visit.district.id, students=[student_id])
            if not found:
                return Judged(why=WORDS["judged.nothing"])
            held = {one.code for one in found[0].record.certifications}
            named = titles(session, visit.district.id)
            decisions, rules = judging(session, visit.district.id, now, held)
            name = None
            if found[0].person.name is None:
                name = _roster_name(session, visit, student_id)
        done = assess(found[0], decisions, rules, now, name=name)
    except ValueError as fault:
        code = getattr(fault, "code", "")
        if code not in _UNJUDGED:
            raise
        return Judged(why=WORDS["judged.no-menu"] if code == "no_rule_set" else said(fault))
    subjects = []
    for subject, word in SUBJECTS.items():
        judgement = done.readiness.judgements.get(subject)
        why = sentences(judgement) if judgement else (WORDS["judged.no-rule"],)
        met = judgement is not None and judgement.met
        left_out = () if met else uncounted(done.readiness.uncounted[subject])
        subjects.append(
            (
                WORDS[word],
                met,
                tuple(_readable(line, named) for line in why),
                tuple(_readable(line, named) for line in left_out),
            )
        )
    return Judged(tuple(subjects), done, digest=done.award.digest() if done.award else "")


def _readable(line: str, named: Mapping[str, str]) -> str:
    """A reason as this page's reader says it: a certification by its name, a day as people write it."""
    line = _CODE.sub(lambda found: named.get(found[0], found[0]), line)
    text = _ISO_DAY.sub(_day, line)
    start = len(text) - len(text.lstrip())
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def _day(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:  # somebody's own words only look like a day
        return found[0]


def _roster_name(session: Session, visit: Visit, student_id: str) -> str | None:
    try:
        return " ".join(students.student(session, visit.district.id, student_id).name)
    except IssuerError:
        return None


def _measure(student_id: str, form: Form, today: date) -> tuple[NewMeasure | None, dict[str, str]]:
    """What a form wants to be recorded, or what is wrong with it at which field."""
    typed = {name: normal(form.text(name)) for name in _FIELDS}
    kind = typed["kind"] if typed["kind"] in {SCORE, ATTESTED} else ""
    faults = {} if kind else {"kind": WORDS["measure.no-kind"]}
    for name in ("assessment", "part", "value"):
        if (fault := fault_in(typed[name])) is not None:
            faults[name] = WORDS["field.fault"].format(fault=fault)
        elif length(typed[name]) > LONGEST:
            faults[name] = WORDS["field.long"].format(most=LONGEST)
    if not typed["assessment"]:
        faults["assessment"] = WORDS["measure.no-assessment"]
    if kind == SCORE and not typed["value"]:
        faults["value"] = WORDS["measure.no-value"]
    if kind == ATTESTED and (typed["value"] or typed["part"]):
        faults["value"] = WORDS["measure.value-attested"]
    on = None
    try:
        on = date.fromisoformat(typed["on"])
    except ValueError:
        faults["on"] = WORDS["field.day"]
    if on is not None and on > today:
        faults["on"] = WORDS["field.day-ahead"]
    if faults or on is None:
        return None, faults
    return NewMeasure(student_id, kind, typed["assessment"], typed["part"], typed["value"], on), {}


def _doubts(visit: Visit, measure: NewMeasure) -> dict[str, str]:
    """Why a score would show nothing under the name that it has, at the box that records it all the same."""
    with visit.store.reading() as session:
        known = known_measures(session, visit.district.id, visit.now.astimezone().date())
    why = known.doubt(measure.kind, measure.assessment, measure.part)
    return {"confirm": WORDS["measure.look-twice"].format(why=f"{why[:1].upper()}{why[1:]}")} if why else {}


def _mark(row: Measure) -> str:
    """Names one row in a form, without repeating what it says."""
    value = [row.kind, row.assessment, row.part, row.measured_on.isoformat(), row.value]
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]


def _say(session: Session, visit: Visit, action: str, measure: NewMeasure) -> None:
    value = [measure.student_id, measure.kind, measure.assessment, measure.part, measure.value]
    value.append(measure.on.isoformat())
    audit.record(
        session,
        visit.district.id,
        at=visit.now,
        actor=visit.person.actor,
        action=action,
        subject=visit.district.id,
        facts={"rows": 1, "sha256": hashlib.sha256(canonical_json(value).encode()).hexdigest()},
    )


def _name(who: Student | None, badges: list[Badge]) -> str:
    if who is not None:
        return " ".join(who.name)
    return next((one.name for one in badges[::-1] if one.name), "")


def _is_adult(who: Student | None, today: date) -> bool:
    """Whether the student is 18; nobody is of whom nobody knows it."""
    if who is None or who.birth_date is None:
        return False
    return coming_of_age(who.birth_date) <= today
