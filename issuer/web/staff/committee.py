"""Certifications > Committee: who is on it, and how many of them a decision needs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission, check_may
from issuer.committee import people
from issuer.committee.people import LONGEST_NAME
from issuer.decisions.member import QUORUM_KINDS, MemberKind
from issuer.errors import IssuerError
from issuer.store import decision_tables as rows
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Anybody, Form, Posted, Visit, signed_in
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


@router.get("/certifications/committee")
def show(request: Request, visit: Reading) -> Response:
    """Everybody who is or was on the committee, and a form to add somebody."""
    return _page(request, visit, Form())


@router.post("/certifications/committee")
def add(request: Request, visit: Recording, form: Posted) -> Response:
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
        return _page(request, visit, form, refused)
    return go("/certifications/committee", "member-added")


@router.post("/certifications/committee/end")
def end(request: Request, visit: Recording, form: Posted) -> Response:
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
        return _page(request, visit, form, refused, "last_day")
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


def _page(
    request: Request, visit: Visit, form: Form, refused: IssuerError | None = None, field: str = ""
) -> Response:
    with visit.store.reading() as session:
        members = decisions.members(session, visit.district.id)
        _, quorum = decisions.policy(session, visit.district.id)
    values = {
        "members": members,
        "kinds": KINDS,
        "quorum": quorum,
        "must": ", ".join(KINDS[one] for one in sorted(quorum.must)),
        "serving": options([one for one in members if one.until is None]),
        "typed": {
            name: form.text(name)
            for name in (
                "kind",
                "name",
                "organization",
                "endorser",
                "endorser_key",
                "since",
                "leaving",
                "last_day",
            )
        },
        "today": today(visit).isoformat(),
        "longest_name": LONGEST_NAME,
        "may": visit.person.may(Permission.ENDORSE) or visit.person.may(Permission.DECIDE),
    }
    faults = faults_in(refused, {"bad_member": "name"}, field) if refused else {}
    return page(
        request,
        visit,
        Page(WORDS["committee.title"], "committee.html", values, 422 if refused else 200, faults),
    )
