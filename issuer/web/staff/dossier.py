"""What the pages about students and badges share: who may see whom, addresses, lists, who signs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from fastapi import Request

from issuer.access.roles import Role, check_school
from issuer.determination import CODE
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.store import dossier, students
from issuer.store.dossier import LONGEST_SEARCH, MOST_PAGES, STATES, Badge, Wanted
from issuer.store.session import Session
from issuer.web.access import Visit
from issuer.web.staff.page import WORDS
from keys.errors import KeyRefused
from keys.signer import Signer

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BADGE: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARK: Final = "~"
_MOST_DIGITS: Final = 4


def path_of(student_id: str) -> str:
    """A student's number as one step of an address, whatever characters it has."""
    if _PLAIN.fullmatch(student_id):
        return student_id
    return _MARK + base64.urlsafe_b64encode(student_id.encode("utf-8")).rstrip(b"=").decode("ascii")


def number_of(path: str) -> str:
    """The student's number of a step of an address.

    Raises:
        IssuerError: `not_found` where it is none.
    """
    if not path.startswith(_MARK):
        return path
    try:
        data = path[1:].encode("ascii")
        return base64.b64decode(data + b"=" * (-len(data) % 4), b"-_", validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError, ValueError) as fault:
        raise IssuerError("not_found", "there is no such student") from fault


def own_school(visit: Visit) -> str:
    """The school that somebody is confined to; "" where they see all."""
    return (visit.person.school or "\0") if visit.person.role is Role.CLERK else ""


def wanted(request: Request, visit: Visit) -> Wanted:
    """What a list was asked for, within bounds and within what the person may see."""
    said = request.query_params
    page = said.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= _MOST_DIGITS else 1
    state = said.get("state", "")
    # A text that no database can hold is nobody's name, and finds nothing in Python either.
    clean = {name: said.get(name, "")[:LONGEST_SEARCH].replace("\0", "") for name in ("search", "code")}
    school = said.get("school", "")[:LONGEST_SEARCH].replace("\0", "")
    if confined := own_school(visit):
        school = confined.replace("\0", " ")
    return Wanted(
        clean["search"],
        school,
        clean["code"],
        state if state in STATES else "",
        min(max(number, 1), MOST_PAGES),
    )


def check_student(session: Session, visit: Visit, student_id: str) -> None:
    """Refuse whom the person may not see, and whom nobody knows, alike.

    Raises:
        IssuerError: `not_found`.
    """
    found = dossier.badges_of(session, visit.district.id, student_id)
    try:
        school = students.student(session, visit.district.id, student_id).school_code
    except IssuerError:
        if not found and not dossier.measures(session, visit.district.id, student_id):
            raise
        school = ""
    check_school(
        visit.person.role, visit.person.school, school or next((one.school for one in found[::-1]), None)
    )


def find_badge(session: Session, visit: Visit, badge_id: str) -> Badge:
    """A badge that the person may see.

    Raises:
        IssuerError: `not_found`.
    """
    found = None
    if _BADGE.fullmatch(badge_id):
        found = dossier.badge(session, visit.district.id, f"urn:uuid:{badge_id}")
    if found is None:
        raise IssuerError("not_found", "there is no such badge")
    check_school(visit.person.role, visit.person.school, found.school or None)
    return found


def titles(session: Session, district_id: str) -> dict[str, str]:
    """What each certification is called, by its code; the determination's name among them."""
    named = {one.code: one.name for one in district_catalogue(session, district_id).entries}
    return named | {CODE: WORDS["badge.determination"]}


def name_of(session: Session, district_id: str, student_id: str) -> str:
    """What a student is called: as the roster has it, else as the newest badge does, else by the number."""
    try:
        return " ".join(students.student(session, district_id, student_id).name)
    except IssuerError:
        badges = dossier.badges_of(session, district_id, student_id)
        return next((one.name for one in badges[::-1] if one.name), student_id)


def standing_words(badge: Badge, today: date) -> str:
    """Where a badge stands on a day: past its last day it is not in force, though nobody withdrew it."""
    last_day = dossier.day_of(badge.facts, "last_day")
    if badge.standing == "standing":
        over = last_day is not None and last_day < today
        return WORDS["badge.state.expired" if over else "badge.state.in-force"]
    return WORDS[f"badge.state.{badge.standing}"]


def signer_of(visit: Visit) -> Signer | None:
    """Who signs as the district, where this process can reach its key."""
    if visit.here.signer_of is None:
        return None
    try:
        return visit.here.signer_of(visit.district.id)
    except KeyRefused:
        return None
    except IssuerError as fault:
        if fault.code != "key_not_usable":
            raise
        return None


def said(fault: ValueError) -> str:
    """What a refusal says, as a sentence."""
    faults = getattr(fault, "faults", None)
    message = (
        " ".join(str(one.message) for one in faults) if faults else str(getattr(fault, "message", fault))
    )
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def next_page(asked: Wanted, more: bool) -> Mapping[str, str]:  # noqa: FBT001 - what the store answered
    """The query of the page after this one; nothing where there is none."""
    if not more or asked.page >= MOST_PAGES:
        return {}
    query = {"search": asked.search, "school": asked.school, "code": asked.code, "state": asked.state}
    return {name: text for name, text in query.items() if text} | {"page": str(asked.page + 1)}


def reason_words(reason: str) -> str:
    """Why a badge was withdrawn, in words."""
    return WORDS[f"withdraw.reason.{reason}"]
