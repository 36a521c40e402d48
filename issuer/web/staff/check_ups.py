"""Check-ups: what has to be looked at soon, each with the place where it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission, Role
from issuer.committee.deciding import decided_with_proposals
from issuer.decisions import review
from issuer.decisions.review import Due, DueCode
from issuer.district import district_catalogue
from issuer.health import OK, look_at
from issuer.store import decisions
from issuer.store.expiring import ending
from issuer.web.access import Visit, signed_in
from issuer.web.staff import nav, todo
from issuer.web.staff.page import WORDS, Page, day, page
from issuer.web.staff.refusals import sentence, today

router = APIRouter()
nav.join(nav.CHECK_UPS, WORDS["check-ups.nav"], "/check-ups", Permission.READ_CATALOG)

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_CATALOG))]
AHEAD: Final = timedelta(days=90)
"""How long before the end of a certification its holders are told of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        what: A sentence.
        on: By when, as people write it; "" where it is now.
        overdue: Whether that day has passed, or it is wrong now.
        action: The text of the link; "" where no page here can mend it.
        path: Where it is mended, under `/staff`.
    """

    what: str
    on: str = ""
    overdue: bool = False
    action: str = ""
    path: str = ""


@router.get("/check-ups")
def check_ups(request: Request, visit: Reading) -> Response:
    """Everything that is due, in the parts that the person may see."""
    parts = [
        ("reviews", list(_reviews(visit))),
        *([("ending", list(_ending(visit)))] if _may_see_students(visit) else []),
        *([("health", list(_health(visit)))] if visit.person.may(Permission.READ_CHECKS) else []),
    ]
    values = {"parts": parts, "days": AHEAD.days}
    return page(request, visit, Page(WORDS["check-ups.title"], "check_ups.html", values))


def _may_see_students(visit: Visit) -> bool:
    """Whether the numbers of the whole district are theirs to see: a clerk has one school."""
    return visit.person.may(Permission.READ_STUDENTS) and visit.person.role is not Role.CLERK


def _due(visit: Visit) -> tuple[Due, ...]:
    with visit.store.reading() as session:
        return review.due(decided_with_proposals(session, visit.district.id), today(visit))


def _reviews(visit: Visit) -> Iterator[Finding]:
    """What decisions rest on that must be looked at again, and decisions that end."""
    found = _due(visit)
    with visit.store.reading() as session:
        proposals = {
            one.decision_id: decisions.decision_row(session, visit.district.id, one.decision_id).proposal_id
            for one in found
        }
        catalogue = district_catalogue(session, visit.district.id)
    for one in found:
        entry = catalogue.get(one.credential_code)
        name = entry.name if entry else one.credential_code
        step = "look" if one.code in (DueCode.ALIGNMENT_REVIEW, DueCode.ITEM_ENDED) else "again"
        yield Finding(
            f"{name}: {sentence(one.what)}",
            day(one.on),
            one.overdue,
            WORDS[f"check-ups.{step}"],
            f"/certifications/proposals/{proposals[one.decision_id]}",
        )


def _ending(visit: Visit) -> Iterator[Finding]:
    """Certifications on badges that end soon. The badge stays true; its holder may want to renew."""
    with visit.store.reading() as session:
        found = ending(session, visit.district.id, visit.now, visit.now + AHEAD)
        catalogue = district_catalogue(session, visit.district.id)
    places = {one.path for one in nav.main(visit.person)}
    for one in found:
        entry = catalogue.get(one.code)
        words = WORDS["check-ups.ending-one" if one.count == 1 else "check-ups.ending-some"]
        yield Finding(
            words.format(count=one.count, name=entry.name if entry else one.code),
            day(one.first),
            action=WORDS["check-ups.badges"] if "/badges" in places else WORDS["check-ups.certification"],
            path="/badges" if "/badges" in places else f"/certifications/{one.code}",
        )


def _health(visit: Visit) -> Iterator[Finding]:
    """What keeps the district's badges from being checked. Whoever runs the server mends it."""
    with visit.store.reading() as session:
        parts = look_at(session, visit.district, visit.now)
    for part, state in parts.items():
        if state != OK:
            yield Finding(f"{sentence(state)} {WORDS[f'check-ups.mend.{part}']}", overdue=True)


def _waiting(visit: Visit) -> Iterator[todo.Todo]:
    """What the person who opens Home can do about it."""
    if visit.person.may(Permission.PROPOSE):
        overdue = sum(one.overdue for one in _due(visit))
        soon = len(_due(visit)) - overdue
        if overdue:
            yield _todo(WORDS["todo.overdue"], overdue)
        if soon:
            yield _todo(WORDS["todo.due"], soon)
    if visit.person.may(Permission.PROPOSE) or visit.person.may(Permission.DECIDE):
        with visit.store.reading() as session:
            rows = decisions.proposals(session, visit.district.id)
        waiting = sum(one.state == "open" for one in rows)
        if waiting:
            words = WORDS["todo.proposal" if waiting == 1 else "todo.proposals"].format(count=waiting)
            yield todo.Todo(words, WORDS["todo.look"], "/certifications")
    if visit.person.may(Permission.ISSUE):
        badges = len(list(_ending(visit)))
        if badges:
            yield _todo(WORDS["todo.ending"], badges)
    if visit.person.may(Permission.READ_CHECKS):
        wrong = len(list(_health(visit)))
        if wrong:
            yield _todo(WORDS["todo.health"], wrong)


def _todo(words: str, count: int) -> todo.Todo:
    return todo.Todo(words.format(count=count), WORDS["todo.look"], "/check-ups")


todo.join(_waiting)
