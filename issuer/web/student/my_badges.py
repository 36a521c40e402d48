"""My badges: the wall, and one badge with what it means, where it leads, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from contexts.document import parse
from issuer import student_sharing
from issuer.carry.everything import badge_folder
from issuer.carry.facts import Facts, facts_of
from issuer.carry.picture import picture_of
from issuer.carry.wording import subjects
from issuer.correction import next_ref
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.issuance import Issued, stored
from issuer.pathway_map import HEIGHT, WIDTH, PathwayMap, pathway_map
from issuer.rule_sets import pathways_on
from issuer.securing import release
from issuer.shares import policy_of
from issuer.sharing.ages import day_in, zone_named
from issuer.sharing.policy import CHOSEN, Audience
from issuer.store import contacts, dossier, queries, ways_back
from issuer.store.dossier import Badge
from issuer.store.session import Session
from issuer.web.student.door import Me, StudentSession
from issuer.web.student.page import HEADERS, WORDS, Page, page

router = APIRouter()

SOON: Final = timedelta(days=60)
"""So long before its last day a badge is said to expire."""
FILES: Final[Mapping[str, str]] = {
    ".json": "application/vc",
    ".jwt": "application/vc+jwt",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
MOST_EVIDENCE: Final = 40
"""Lines of evidence that one page shows."""
_ORDER: Final = {"valid": 0, "expiring": 0, "expired": 1, "replaced": 2, "withdrawn": 2}
"""How near the top of the wall a badge stands, by its state."""
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A badge of the student's, as pages show it.

    Attributes:
        badge: The record.
        issued: The signed bytes.
        facts: What it says.
        title: What was earned, in the page's language.
        alt: What its picture shows.
        state: A key of the words under `badge.state.`.
    """

    badge: Badge
    issued: Issued
    facts: Facts
    title: str
    alt: str
    state: str


@router.get("/badges")
def wall(request: Request, me: Me) -> Response:
    """Every badge of the student: first what is in force, of each kind the newest first."""
    with me.store.reading() as session:
        rows = dossier.own(session, me.district_id, me.subject_id, me.now)
        reached = contacts.contact(session, me.district_id, me.subject_id)
        passkeys = ways_back.passkeys(session, me.district_id, me.subject_id)
    values = {
        "badges": sorted((shown_of(me, one) for one in reversed(rows)), key=lambda one: _ORDER[one.state]),
        # What outlives the school's address; whoever has neither is told so as long as it can be mended.
        "lacks_way": not passkeys and (reached is None or reached.own_email is None),
    }
    return page(request, me.place, Page("badges.title", "badges.html", values))


@router.get("/badges/{badge_id}")
def one(request: Request, me: Me, badge_id: str) -> Response:
    """One badge, whole."""
    return badge_page(request, me, badge_id)


def badge_page(
    request: Request, me: StudentSession, badge_id: str, faults: Mapping[str, str] | None = None
) -> Response:
    """One badge, and what was wrong with what was asked of it."""
    shown = find(me, badge_id)
    value = parse(shown.issued.document).value
    achievement = value["credentialSubject"]["achievement"]
    with me.store.reading() as session:
        row = queries.credential(session, me.district_id, shown.badge.credential_id)
        cards = student_sharing.cards(session, me.district, row.id, me.now)
        refused = student_sharing.refusals(session, me.district, row, me.now)
        newer = _newer(me, session, shown.badge)
        ways = _map(session, me, shown.badge.code)
    values: dict[str, Any] = {
        "one": shown,
        "criteria": achievement.get("criteria", {}).get("narrative", ""),
        "description": achievement.get("description", ""),
        "evidence": _evidence(value)[:MOST_EVIDENCE],
        "alignments": achievement.get("alignment", ())[:MOST_EVIDENCE],
        "more": max(len(_evidence(value)), len(achievement.get("alignment", ()))) > MOST_EVIDENCE,
        "map": ways,
        "box": (WIDTH, HEIGHT),
        "cards": cards,
        "may_share": shown.badge.withdrawn_at is None and any(one not in refused for one in CHOSEN),
        "refused": next(iter(refused.values()), ""),
        "may_print": not refused.get(Audience.PAPER),
        "can_link": bool(request.app.state.printing.verifier_origin),
        "newer": newer,
        "has_jwt": shown.issued.jwt is not None,
        "reason": WORDS[me.language].get(f"reason.{shown.badge.reason}", ""),
    }
    status = 409 if faults else 200
    return page(request, me.place, Page("badge.title", "badge.html", values, status, faults or {}))


@router.get("/badges/{badge_id}/picture.svg")
def picture(me: Me, badge_id: str) -> Response:
    """The picture of a badge, without the badge in it."""
    shown = find(me, badge_id)
    with me.store.reading() as session:
        entry = district_catalogue(session, me.district_id).get(shown.badge.code)
        chosen = picture_of(session, me.district_id, shown.facts, entry, shown.issued.signed_at)
    headers = {
        **HEADERS,
        "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    }
    return Response(chosen.svg(), media_type="image/svg+xml", headers=headers)


@router.get("/badges/{badge_id}/file{suffix}")
def file(me: Me, badge_id: str, suffix: str) -> Response:
    """The badge as a file that keeps working without this site."""
    shown = find(me, badge_id)
    with me.store.reading() as session:
        entry = district_catalogue(session, me.district_id).get(shown.badge.code)
        chosen = picture_of(session, me.district_id, shown.facts, entry, shown.issued.signed_at)
    made = badge_folder(shown.issued, shown.facts, entry, chosen) if suffix in FILES else {}
    body = made.get(f"badge{suffix}")
    if body is None:
        raise IssuerError("not_found", "there is no such file")
    with me.store.transaction() as session:
        row = queries.credential(session, me.district_id, shown.badge.credential_id, lock=True)
        release(session, row, now=me.now, actor=me.actor)
    return attached(body, FILES[suffix], f"badge-{badge_id[:8]}{suffix}")


def attached(body: bytes, media_type: str, name: str) -> Response:
    """A file to be kept, under a name that says nothing of anybody."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


def find(me: StudentSession, badge_id: str) -> Shown:
    """A badge of the student's own.

    Raises:
        IssuerError: `not_found`: for another's, for one that nobody can have yet, for none, alike.
    """
    found = None
    if _ID.fullmatch(badge_id):
        with me.store.reading() as session:
            name = f"urn:uuid:{badge_id}"
            found = dossier.own_badge(session, me.district_id, me.subject_id, name, me.now)
    if found is None:
        raise IssuerError("not_found", "there is no such badge")
    return shown_of(me, found)


def shown_of(me: StudentSession, badge: Badge) -> Shown:
    """A record with what it says."""
    issued = stored(me.store, me.district_id, badge.credential_id)
    facts = facts_of(issued.document)
    with me.store.reading() as session:
        entry = district_catalogue(session, me.district_id).get(badge.code)
        chosen = picture_of(session, me.district_id, facts, entry, issued.signed_at)
    title = facts.title
    if facts.is_readiness:
        title = f"{facts.title}: {subjects(facts, me.language)}"
    return Shown(badge, issued, facts, title, chosen.alt, _state(badge, facts, today(me)))


def today(me: StudentSession) -> date:
    """The day in the district."""
    return day_in(me.now, zone_named(policy_of(me.district).zone))


def _state(badge: Badge, facts: Facts, day: date) -> str:
    if badge.withdrawn_at is not None:
        return "replaced" if badge.reason == "corrected" else "withdrawn"
    if facts.last_day is None or facts.last_day > day + SOON:
        return "valid"
    return "expired" if facts.last_day < day else "expiring"


def _map(session: Session, me: StudentSession, code: str) -> PathwayMap | None:
    """Where the badge leads by the pathways that are in force, if any are."""
    try:
        return pathway_map(pathways_on(session, me.district_id, today(me)), code)
    except IssuerError as fault:
        if fault.code != "no_rule_set":
            raise
        return None


def _newer(me: StudentSession, session: Session, badge: Badge) -> Badge | None:
    """The badge that took the place of one that was corrected."""
    if badge.reason != "corrected":
        return None
    row = queries.credential_of_award(session, me.district_id, next_ref(badge.award_ref))
    return dossier.own_badge(session, me.district_id, me.subject_id, row.id, me.now) if row else None


def _evidence(value: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, text and address of each piece of evidence; no address where the badge carries it itself."""
    return [
        (
            str(one.get("name", "")),
            str(one.get("description") or one.get("narrative") or ""),
            str(one.get("id", "")) if str(one.get("id", "")).startswith("https://") else "",
        )
        for one in value.get("evidence", ())
    ]
