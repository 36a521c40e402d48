"""Certifications > Committee: who is on it, and how many of them a decision needs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission, check_may
from issuer.committee import people
from issuer.committee.people import LONGEST_NAME
from issuer.decisions.member import QUORUM_KINDS, MemberKind, Policy
from issuer.errors import IssuerError
from issuer.store import decision_tables as rows
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Anybody, Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff.page import WORDS, Page, go, page
from issuer.web.staff.refusals import REFUSALS, FieldRefused, faults_in, line_in, needed_day, today

router = APIRouter()

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_CATALOG))]
KINDS = {kind.value: WORDS[f"committee.kind.{kind.value}"] for kind in MemberKind}
"""What people call each kind of member."""


def recording(visit: Anybody) -> Visit:
    """A dependency: who may write down what members said, or decides and holds the minutes in hand."""
    if not visit.person.may(Permission.DECIDE):
        check_may(visit.person.role, Permission.ENDORSE)
    return visit


Recording = Annotated[Visit, Depends(recording)]


def seating(visit: Anybody) -> Visit:
    """A dependency: who may say who is on the committee: who records for it, and who sets it up."""
    return visit if visit.person.may(Permission.MANAGE_SETTINGS) else recording(visit)


Seating = Annotated[Visit, Depends(seating)]
Setting = Annotated[Visit, Depends(signed_in(Permission.MANAGE_SETTINGS))]
"""Who sets the committee up: its quorum, and the keys that its members sign with."""
FIELDS: Final = (
    "kind",
    "name",
    "organization",
    "endorser",
    "endorser_key",
    "since",
    "leaving",
    "last_day",
    "signing",
    "did",
    "key",
    "approvals",
    "kinds",
)
"""Every field of the page's forms that holds one text, so that nothing that was typed is lost."""


@router.get("/certifications/committee")
def show(request: Request, visit: Reading) -> Response:
    """Everybody who is or was on the committee, and a form for each step that the person may take."""
    return committee_page(request, visit, Form())


@router.post("/certifications/committee")
def add(request: Request, visit: Seating, form: Posted) -> Response:
    """Write somebody down."""
    try:
        if form.text("kind") not in KINDS:
            raise FieldRefused("kind", "choose what the member stands for")
        people.add_member(
            visit.store,
            visit.district.id,
            kind=form.text("kind"),
            name=line_in(form, "name"),
            organization=line_in(form, "organization"),
            endorser=form.text("endorser").strip(),
            endorser_key=form.text("endorser_key").strip(),
            since=needed_day(form, "since"),
            now=visit.now,
            actor=visit.person.actor,
        )
    except REFUSALS as refused:
        return committee_page(request, visit, form, refused)
    return go("/certifications/committee", "member-added")


@router.post("/certifications/committee/end")
def end(request: Request, visit: Seating, form: Posted) -> Response:
    """Say when somebody leaves."""
    try:
        people.end_member(
            visit.store,
            visit.district.id,
            chosen_member(visit, form, "leaving"),
            last_day=needed_day(form, "last_day"),
            now=visit.now,
            actor=visit.person.actor,
        )
    except REFUSALS as refused:
        return committee_page(request, visit, form, refused, "last_day")
    return go("/certifications/committee", "saved")


def chosen_member(visit: Visit, form: Form, field: str) -> str:
    """The member that a form names.

    Raises:
        FieldRefused: Nobody, or nobody of this committee.
    """
    with visit.store.reading() as session:
        known = {one.id for one in decisions.members(session, visit.district.id)}
    if form.text(field) not in known:
        raise FieldRefused(field, "choose a member of the committee")
    return form.text(field)


def names(session: Session, district_id: str) -> dict[str, str]:
    """Every member's name by id."""
    return {one.id: one.name for one in decisions.members(session, district_id)}


def serving(session: Session, district_id: str, day: date) -> list[rows.Member]:
    """The members of a day."""
    members = decisions.members(session, district_id)
    return [one for one in members if decisions.as_member(one).serves_on(day)]


def options(members: list[rows.Member], *, voting: bool | None = None) -> dict[str, str]:
    """Members to choose from: all, those who vote, or those who do not."""
    return {
        one.id: f"{one.name}, {KINDS[one.kind]}"
        for one in members
        if voting is None or (MemberKind(one.kind) in QUORUM_KINDS) == voting
    }


def committee_page(
    request: Request, visit: Visit, form: Form, refused: IssuerError | None = None, field: str = ""
) -> Response:
    """Draw it.

    Args:
        request: The request.
        visit: Who looks.
        form: What was typed, where a step was refused.
        refused: Why it was.
        field: At which field that stands, where the refusal does not say it.
    """
    with visit.store.reading() as session:
        members = decisions.members(session, visit.district.id)
        _, quorum = decisions.policy(session, visit.district.id)
    may_set = visit.person.may(Permission.MANAGE_SETTINGS)
    there = [one for one in members if one.until is None]
    values = {
        "members": members,
        "kinds": KINDS,
        "voting": {kind: KINDS[kind] for kind in MemberKind if kind in QUORUM_KINDS},
        "quorum": quorum,
        "quorum_words": quorum_in_words(quorum),
        "chosen": form.texts("must") if refused else sorted(quorum.must),
        "serving": options(there),
        "typed": {name: form.text(name) for name in FIELDS},
        "today": today(visit).isoformat(),
        "longest_name": LONGEST_NAME,
        "may": may_set or visit.person.may(Permission.ENDORSE) or visit.person.may(Permission.DECIDE),
        "may_set": may_set,
    }
    faults = faults_in(refused, {"bad_member": "name", "bad_policy": "approvals"}, field) if refused else {}
    return page(
        request,
        visit,
        Page(WORDS["committee.title"], "committee.html", values, 422 if refused else 200, faults),
    )


def quorum_in_words(quorum: Policy) -> str:
    """What a decision needs, as a sentence."""
    must = ", ".join(KINDS[one] for one in sorted(quorum.must)) or WORDS["committee.must-none"]
    return WORDS["committee.quorum"].format(approvals=quorum.approvals, kinds=quorum.kinds, must=must)
