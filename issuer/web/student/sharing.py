"""Share a badge, stop sharing it, print it, take all of it along, and see what is held and who saw what."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from credential.qr import share_url
from issuer import student_sharing
from issuer.award import Award
from issuer.carry.everything import pack_badges
from issuer.carry.facts import facts_of
from issuer.carry.paper import Kind, Printing, print_papers
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.linkedin import Organization, add_to_profile, hidden
from issuer.mail.wording import day
from issuer.render.errors import DesignError
from issuer.render.qr import qr_svg
from issuer.retention import export
from issuer.retention.register import about_students
from issuer.roster.report import Student
from issuer.shares import NewShare, born
from issuer.sharing.policy import CHOSEN, Audience
from issuer.sharing.terms import DAYS, Asked, Terms, read_terms
from issuer.store import claims, contacts, dossier, queries, sharing, students
from issuer.store.session import Session
from issuer.student_sharing import has_evidence
from issuer.web.student.door import Me, Posted, StudentSession
from issuer.web.student.my_badges import Shown, attached, badge_page, find, today
from issuer.web.student.page import Page, go, page
from keys.signer import Signer

router = APIRouter()

MOST_SHOWN: Final = 200
"""Rows of the ledger that one page shows; the export has all."""
_FIELDS: Final = ("audience", "label", "applicant", "name", "evidence", "days")
_TOLD: Final = frozenset(
    {
        "sharing_refused", "state_conflict", "too_many_shares", "too_many_made", "too_many_copies",
        "withheld_value",
    }
)  # fmt: skip


@router.get("/badges/{badge_id}/share")
def ask(request: Request, me: Me, badge_id: str) -> Response:
    """For whom, what, until when."""
    return _form(request, me, find(me, badge_id), {"audience": request.query_params.get("for", "")[:20]})


@router.post("/badges/{badge_id}/share")
def make(request: Request, me: Me, badge_id: str, form: Posted) -> Response:
    """Make the link, and show it once; or only what it would show."""
    shown = find(me, badge_id)
    typed = {name: form.text(name)[:400] for name in _FIELDS}
    terms, faults = read_terms(Asked(**typed), today(me))
    if terms is None:
        return _form(request, me, shown, typed, {name: f"share.fault.{key}" for name, key in faults.items()})
    if not request.app.state.printing.verifier_origin:
        return _form(request, me, shown, typed, {"": "share.fault.no-verifier"})
    if form.text("look"):
        return _look(request, me, shown, typed, terms)
    try:
        made = student_sharing.share_badge(
            me.store,
            me.district,
            me.subject_id,
            shown.badge.credential_id,
            terms,
            signer=lambda: _signer(me),
            now=me.now,
            entropy=me.place.entropy,
            actor=me.actor,
        )
    except IssuerError as fault:
        if fault.code not in _TOLD:
            raise
        return _form(request, me, shown, typed, {"": f"share.fault.{fault.code}"})
    return _made(request, me, shown, terms, made)


@router.post("/shares/{share_id}/stop")
def stop(me: Me, share_id: str) -> Response:
    """Stop sharing, at once."""
    badge = student_sharing.stop(
        me.store, me.district, me.subject_id, share_id[:40], now=me.now, actor=me.actor
    )
    return go(f"/badges/{badge.removeprefix('urn:uuid:')}", "share-stopped")


@router.post("/badges/{badge_id}/print")
def print_badge(request: Request, me: Me, badge_id: str, form: Posted) -> Response:
    """A certificate or a wallet card, with a code of its own."""
    shown = find(me, badge_id)
    with me.store.reading() as session:
        row = queries.credential(session, me.district_id, shown.badge.credential_id)
        refused = student_sharing.refusals(session, me.district, row, me.now)
    if Audience.PAPER in refused or shown.badge.withdrawn_at is not None:
        return badge_page(request, me, badge_id, {"": "share.fault.sharing_refused"})
    printing: Printing = request.app.state.printing
    if not printing.verifier_origin:
        return badge_page(request, me, badge_id, {"": "share.fault.no-verifier"})
    kind = Kind.CARD if form.text("paper") == Kind.CARD else Kind.CERTIFICATE
    try:
        made = print_papers(
            me.store,
            me.district,
            shown.badge.credential_id,
            {kind},
            printing,
            language=me.language,
            now=me.now,
            entropy=me.place.entropy,
            actor=me.actor,
            agreed=False,  # judged again, with the badge locked: the rule may say otherwise by now
        )
    except DesignError:
        return badge_page(request, me, badge_id, {"": "share.fault.paper"})
    except IssuerError as fault:
        told = "sharing_refused" if fault.code == "not_agreed" else fault.code
        if told not in _TOLD:
            raise
        return badge_page(request, me, badge_id, {"": f"share.fault.{told}"})
    return attached(made.files[kind], "application/pdf", f"{kind}-{badge_id[:8]}.pdf")


@router.get("/about-me")
def about_me(request: Request, me: Me) -> Response:
    """What the district holds about the student, and what was shown to whom."""
    with me.store.reading() as session:
        badges = dossier.own(session, me.district_id, me.subject_id, me.now)
        rows = sharing.disclosures(
            session, me.district_id, [one.credential_id for one in badges], MOST_SHOWN + 1
        )
        consents = sharing.consents(session, me.district_id, me.subject_id)
        known = _known(session, me)
        titles = {one.code: one.name for one in district_catalogue(session, me.district_id).entries}
        told = claims.problems_of(session, me.district_id, me.subject_id, most=MOST_SHOWN + 1)
    values = {
        "known": known,
        "titles": titles,
        "tables": [one.in_words(me.language) for one in about_students()],
        "rows": [
            (one, next(b for b in badges if b.credential_id == one.credential_id))
            for one in rows[:MOST_SHOWN]
        ],
        "consents": consents[:MOST_SHOWN],
        "told": [
            (one, next((b for b in badges if b.credential_id == one.credential_id), None))
            for one in told[:MOST_SHOWN]
        ],
        "more": max(len(rows), len(consents), len(told)) > MOST_SHOWN,
    }
    return page(request, me.place, Page("about.title", "about_me.html", values))


def _known(session: Session, me: StudentSession) -> list[tuple[str, str]]:
    """What stands in the roster and beside it, by a key of the words under `about.known.`; "" for nothing."""
    reached = contacts.contact(session, me.district_id, me.subject_id)
    try:
        found = students.student(session, me.district_id, me.subject_id)
    except IssuerError:  # a badge may be older than the roster
        found = Student(me.subject_id, "", "")
    schools = queries.schools(session, me.district_id)
    return [
        ("name", " ".join(part for part in found.name if part)),
        ("number", me.subject_id),
        ("born", day(found.birth_date, me.language) if found.birth_date else ""),
        ("school", schools.get(found.school_code, found.school_code)),
        ("grade", found.grade),
        ("mail", (reached.school_email if reached else None) or ""),
        ("own", (reached.own_email if reached else None) or ""),
    ]


@router.get("/about-me/everything.zip")
def everything(me: Me) -> Response:
    """Every record about the student, as a file."""
    body = export.export(me.store, me.district_id, me.subject_id, now=me.now, actor=me.actor)
    return attached(body, "application/zip", "everything.zip")


@router.get("/badges.zip")
def all_badges(request: Request, me: Me) -> Response:
    """Every badge in every form, as one file."""
    with me.store.reading() as session:
        badges = dossier.own(session, me.district_id, me.subject_id, me.now)
    body = pack_badges(
        me.store,
        me.district,
        badges,
        request.app.state.printing,
        papers=None,
        now=me.now,
        entropy=me.place.entropy,
        actor=me.actor,
    )
    return attached(body, "application/zip", "badges.zip")


def _signer(me: StudentSession) -> Signer:
    if me.place.signer_of is None:
        raise IssuerError("cannot_sign_here", "this process may not sign")
    return me.place.signer_of(me.district_id)


def _look(
    request: Request, me: StudentSession, shown: Shown, typed: dict[str, str], terms: Terms
) -> Response:
    """The form again, with what they will see above it. Nothing is made."""
    try:
        with me.store.reading() as session:
            body = student_sharing.preview(
                session, me.district, me.subject_id, shown.badge.credential_id, terms
            )
    except IssuerError as fault:
        if fault.code not in _TOLD:
            raise
        return _form(request, me, shown, typed, {"": f"share.fault.{fault.code}"})
    seen = {"facts": facts_of(body), "evidence": has_evidence(body), "last_day": terms.last_day}
    return _form(request, me, shown, typed, seen=seen)


def _form(  # noqa: PLR0917 - what was asked, and what is said of it
    request: Request,
    me: StudentSession,
    shown: Shown,
    typed: dict[str, str],
    faults: Any = None,
    seen: Any = None,
) -> Response:
    with me.store.reading() as session:
        row = queries.credential(session, me.district_id, shown.badge.credential_id)
        refused = student_sharing.refusals(session, me.district, row, me.now)
        evidence = has_evidence(row.prepared)
        short = student_sharing.shown_name(session, me.district, Award.from_json(shown.badge.facts))
    offered = [one for one in CHOSEN if one not in refused]
    values = {
        "one": shown,
        "offered": offered,
        "refused": next((refused[one] for one in CHOSEN if one in refused), ""),
        "short": short,
        "whole_only": shown.facts.is_readiness,
        "seen": seen,
        "evidence": evidence,
        "typed": {name: typed.get(name, "") for name in _FIELDS},
        "days": sorted({day for one in offered for day in DAYS[one]}, key=lambda day: day or 9_999),
    }
    status = 400 if faults else 200
    return page(request, me.place, Page("share.title", "share.html", values, status, faults or {}))


def _made(request: Request, me: StudentSession, shown: Shown, terms: Terms, made: NewShare) -> Response:
    parts = urlsplit(request.app.state.printing.verifier_origin)
    scanned = share_url(parts.netloc, made.tag, made.token, scheme=parts.scheme)
    # The square is smallest in capitals; a link that is typed or sent looks like a link in small letters.
    link = f"{parts.scheme}://{parts.netloc}{urlsplit(scanned).path}"
    full = f"{link}?applicant={quote(terms.applicant, safe='')}" if terms.applicant else link
    linkedin = why_hidden = ""
    if terms.audience is Audience.ANYONE:
        with me.store.reading() as session:
            birth = born(session, me.district_id, me.subject_id)
            kept = sharing.terms_of(session, me.district_id, made.share_id)
        # Of what the link opens: the id of the badge itself would join the link's copy to it.
        opens = kept.derived_id if kept and kept.derived_id else shown.badge.credential_id
        why_hidden = str(hidden(birth, me.now) or "")
        if not why_hidden:
            linkedin = add_to_profile(
                shown.facts.title,
                Organization(me.district.name),
                issued=shown.facts.earned,
                last_day=shown.facts.last_day,
                url=link,
                credential_id=opens,
            )
    values = {
        "one": shown,
        "link": full,
        "label": terms.label,
        "qr": qr_svg(scanned),
        "linkedin": linkedin,
        "why_hidden": why_hidden,
        "share_id": made.share_id,
    }
    return page(request, me.place, Page("shared.title", "shared.html", values))
