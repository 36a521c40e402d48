"""Step 5 of issuing: read what will be signed, order it, and issue it a part at a time."""

from __future__ import annotations

import base64
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from contexts.document import parse
from contexts.errors import DocumentError
from issuer.access import approvals, policy
from issuer.access.errors import AccessError
from issuer.access.policy import Kind
from issuer.carry.facts import facts_of
from issuer.carry.picture import picture_of
from issuer.catalog import Catalogue
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.issuance import rehearse
from issuer.jobs import asking, steering
from issuer.prepare import PrepareRefused
from issuer.roster.report import harmless
from issuer.sheets import batch, order
from issuer.sheets import draft as drafts
from issuer.sheets.draft import Draft
from issuer.sheets.order import Ordered
from issuer.store import jobs, queries, sheet_drafts
from issuer.store.session import Session
from issuer.store.sheet_drafts import FAILED, SheetDraft
from issuer.web.access import Posted, Visit
from issuer.web.forms import Form
from issuer.web.staff import actions
from issuer.web.staff.page import HEADERS, WORDS, day, faults_of, go
from issuer.web.staff.wizard import Issuing, Recording, find, look, look_anew, names, signer, step

router = APIRouter()

TYPED_ABOVE: Final = 500
"""With more badges than this, their number is typed before they are issued."""
MOST_CONFIRMED: Final = 500
"""Badges that are issued while a second person waits for the answer; the others are gone on with after."""
MOST_FAILED_SHOWN: Final = 200


@router.get("/issue/{draft_id}/review")
def review(request: Request, visit: Recording, draft_id: str) -> Response:
    """What will be issued; later, how far it has come."""
    draft = find(visit, draft_id)
    return _review_page(request, visit, draft)


@router.post("/issue/{draft_id}/review")
def issue(request: Request, visit: Issuing, draft_id: str, form: Posted) -> Response:
    """Order what was shown: issue it, or ask a second person, as the district wants it."""
    draft = find(visit, draft_id)
    try:
        return _order(visit, draft, form)
    except AccessError as refused:
        return _review_page(request, visit, find(visit, draft_id), faults_of(refused))


@router.post("/issue/{draft_id}/go-on")
def go_on(request: Request, visit: Issuing, draft_id: str) -> Response:
    """Issue the next rows."""
    draft = find(visit, draft_id)
    try:
        _check_apart(visit, draft)
        return _some(visit, draft_id)
    except AccessError as refused:
        return _review_page(request, visit, draft, faults_of(refused))


@router.post("/issue/{draft_id}/again")
def again(request: Request, visit: Issuing, draft_id: str) -> Response:
    """Try once more what could not be issued."""
    draft = find(visit, draft_id)
    try:
        _check_apart(visit, draft)
        signer(visit)
        batch.try_again(visit.store, visit.person, draft_id, now=visit.now)
        job_id = _job_of(visit, draft_id)
        if job_id is not None:
            steering.again(visit.store, visit.district.id, job_id, now=visit.now, actor=visit.person.actor)
        return _some(visit, draft_id)
    except AccessError as refused:
        return _review_page(request, visit, draft, faults_of(refused))


@router.post("/issue/{draft_id}/hand-over")
def hand_over(visit: Recording, draft_id: str) -> Response:
    """Tell those who may issue that the rows are ready."""
    drafts.hand_over(visit.store, visit.person, draft_id, now=visit.now)
    return go("/issue", "handed-over")


@router.post("/issue/{draft_id}/reopen")
def reopen(visit: Recording, draft_id: str) -> Response:
    """Change the rows again after a second person refused."""
    order.reopen(visit.store, visit.person, draft_id, now=visit.now)
    return go(f"/issue/{draft_id}/check")


@router.get("/issue/{draft_id}/list.csv")
def download(visit: Recording, draft_id: str) -> Response:
    """What became of each row that was ordered."""
    draft = find(visit, draft_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(WORDS["issue.list.columns"].split(", "))
    with visit.store.reading() as session:
        for row in sheet_drafts.rows(session, visit.district.id, draft.id):
            award = row.award
            texts = (award["student_id"], award["recipient_name"] or "", row.school_code, row.code)
            last = (row.award_ref, row.state, row.credential_id or "", row.why)
            writer.writerow((row.line, *map(harmless, (*texts, award["date_earned"], *last))))
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="badges.csv"'}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _order(visit: Visit, draft: Draft, form: Form) -> Response:
    asked_for = _check_apart(visit, draft)
    checked = look_anew(visit, draft).checked
    rows = order.ordered(checked) if checked and draft.can_change else ()
    if len(rows) > TYPED_ABOVE and form.text("count").replace(",", "").strip() != str(len(rows)):
        raise drafts.refused(WORDS["issue.review.type-it"].format(count=len(rows)), "count")
    two = Kind.ISSUE_BATCH in asked_for.two_people

    def request() -> approvals.Request:
        return approvals.ask(
            visit.store,
            visit.person,
            Kind.ISSUE_BATCH,
            order.content(visit.district.id, draft, rows),
            now=visit.now,
            entropy=visit.here.entropy,
        )

    if not two:
        signer(visit)  # better known before anything is ordered
    seen = form.text("seen")
    order.order(
        visit.store,
        visit.person,
        draft.id,
        rows,
        seen=seen,
        request=request if two else None,
        then=_job(visit, visit.person.actor),
        now=visit.now,
    )
    return go(f"/issue/{draft.id}/review", "asked") if two else _some(visit, draft.id)


def _job(visit: Visit, actor: str) -> Callable[[Session, SheetDraft], object] | None:
    """Asks for the job that issues a sheet, where a worker carries jobs out."""
    hold = visit.here.hold
    if hold is None:
        return None

    def asks(session: Session, row: SheetDraft) -> object:
        return asking.ask_sheet(
            session, row, hold=hold, now=visit.now, entropy=visit.here.entropy, actor=actor
        )

    return asks


def _job_of(visit: Visit, draft_id: str) -> str | None:
    """The job that issues a sheet, where there is one."""
    with visit.store.reading() as session:
        found = jobs.of_subject(session, visit.district.id, jobs.ISSUE, draft_id)
    return found[0].id if found else None


def _check_apart(visit: Visit, draft: Draft) -> policy.Policy:
    """What the district asks for; refused where it wants another person than who recorded."""
    with visit.store.reading() as session:
        asked_for = policy.read(session, visit.district.id)
    order.check_apart(asked_for, draft, visit.person)
    return asked_for


def _some(visit: Visit, draft_id: str) -> Response:
    job_id = _job_of(visit, draft_id)
    if job_id is not None:
        return go(f"/batches/{job_id}")
    so_far = batch.issue_some(
        visit.store,
        visit.district.id,
        draft_id,
        signer=signer(visit),
        clock=visit.here.clock,
        entropy=visit.here.entropy,
        actor=visit.person.actor,
    )
    return go(f"/issue/{draft_id}/review", "issuing" if so_far.queued else "")


def _review_page(
    request: Request, visit: Visit, draft: Draft, faults: Mapping[str, str] | None = None
) -> Response:
    with visit.store.reading() as session:
        catalogue = district_catalogue(session, visit.district.id)
        schools = queries.schools(session, visit.district.id)
        asked_for = policy.read(session, visit.district.id)
        counted = sheet_drafts.counted(session, visit.district.id, [draft.id])[draft.id]
        failed = sheet_drafts.rows(session, visit.district.id, draft.id, state=FAILED, most=MOST_FAILED_SHOWN)
        waits = approvals.one(session, visit.district.id, draft.request_id) if draft.request_id else None
        tallies = sheet_drafts.tallies(session, visit.district.id, draft.id)
    checked = look(visit, draft).checked if draft.can_change else None
    rows = order.ordered(checked) if checked else ()
    if draft.can_change:
        tallies = [(one.school_code, one.code, 1) for one in rows]
    values = {
        "count": sum(number for _, _, number in tallies),
        "seen": order.digest(rows),
        "by_school": _named(_sums((school, number) for school, _, number in tallies), schools),
        "by_code": _named(_sums((code, number) for _, code, number in tallies), _titles(catalogue)),
        "others": len(checked.report.rows) - len(rows) if checked else 0,
        "preview": _preview(visit, catalogue, rows[0]) if rows and draft.can_change else None,
        "typed_above": TYPED_ABOVE,
        "two_people": Kind.ISSUE_BATCH in asked_for.two_people,
        "can_sign": visit.here.signer_of is not None,
        "counted": counted,
        "failed": failed,
        "request": waits,
        "can_reopen": waits is not None
        and waits.outcome != approvals.CONFIRMED
        and (waits.outcome is not None or waits.ends <= visit.now),
        "names": names(visit),
        "going": request.query_params.get("notice") == "issuing" and not faults,
    }
    return step(request, visit, draft, "review", values, faults=faults, status=409 if faults else 200)


def _named(counts: Mapping[str, int], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    return sorted((titles.get(code, code), number) for code, number in counts.items())


def _sums(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for code, number in counts:
        found[code] += number
    return found


def _titles(catalogue: Catalogue) -> dict[str, str]:
    return {one.code: one.name for one in catalogue.entries}


def _preview(visit: Visit, catalogue: Catalogue, row: Ordered) -> dict[str, Any]:
    """What an employer will see of one badge, drafted and checked as it will be; nothing is reserved."""
    try:
        prepared = rehearse(row.award, store=visit.store, district_id=visit.district.id, now=visit.now)
    except PrepareRefused as fault:
        return {"why": " ".join(f"{one.message}." for one in fault.faults)}
    except (IssuerError, DocumentError) as fault:
        return {"why": f"{fault}."}
    badge = parse(prepared.raw).value
    achievement = badge["credentialSubject"]["achievement"]
    entry = catalogue.get(row.code)
    with visit.store.reading() as session:
        drawn = picture_of(session, visit.district.id, facts_of(prepared.raw), entry, visit.now)
    picture = base64.b64encode(drawn.svg().encode()).decode()
    return {
        "name": row.award.recipient_name or "",
        "achievement": achievement["name"],
        "criteria": achievement["criteria"]["narrative"],
        "body": achievement["creator"]["name"],
        "issuer": badge["issuer"]["name"],
        "earned": day(row.award.date_earned),
        "ends": day(row.award.last_day) if row.award.last_day else "",
        "number": row.award.number or "",
        "picture": picture,
    }


def _show(session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    """Every badge that a second person lets be issued."""
    district_id = content["district"]
    titles = _titles(district_catalogue(session, district_id))
    schools = queries.schools(session, district_id)
    rows = order.kept_rows(session, district_id, content["sheet"])
    lines = [
        WORDS["issue.asked.row"].format(
            line=one.line,
            name=one.award.recipient_name,
            number=one.award.student_id,
            what=titles.get(one.code, one.code),
            day=day(one.award.date_earned),
        )
        for one in rows
    ]
    return {
        WORDS["issue.asked.badges"]: str(content["badges"]),
        WORDS["issue.asked.certifications"]: _lines(content["certifications"], titles),
        WORDS["issue.asked.schools"]: _lines(content["schools"], schools),
        WORDS["issue.asked.rows"]: "\n".join(lines),
    }


def _lines(counts: Mapping[str, int], titles: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {number}" for name, number in _named(counts, titles))


def _perform(visit: Visit, request: approvals.Request) -> None:
    """Issue what was confirmed, in the name of who asked; more than a few hundred are gone on with after."""
    key = signer(visit)
    asks = _job(visit, f"person:{request.asked_by}")
    draft_id = order.release(visit.store, visit.person, request, then=asks, now=visit.now)
    if asks is not None:
        return
    for _ in range(MOST_CONFIRMED // batch.AT_ONCE):
        so_far = batch.issue_some(
            visit.store,
            visit.district.id,
            draft_id,
            signer=key,
            clock=visit.here.clock,
            entropy=visit.here.entropy,
            actor=f"person:{request.asked_by}",
        )
        if not so_far.queued:
            return


def _still_true(session: Session, asked: approvals.Request, _now: datetime) -> bool:
    return order.is_as_asked(session, asked)


actions.join(Kind.ISSUE_BATCH, actions.Action(_show, _still_true, _perform))
