"""Withdraw a badge, or replace it by a corrected one: look first at what an employer will see, then do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.withdrawal import Reason
from issuer.access import policy
from issuer.access.errors import AccessError
from issuer.access.policy import Apart, Kind
from issuer.access.roles import Permission
from issuer.award import Award
from issuer.correction import Correction, finish, preview
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.store import dossier
from issuer.store.dossier import Badge
from issuer.text import fault_in, length, normal
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff.badges import badge_page
from issuer.web.staff.dossier import find_badge, name_of, path_of, reason_words, said, signer_of, titles
from issuer.web.staff.page import WORDS, Page, day, go, page
from issuer.web.staff.seen import changes, facts_in
from issuer.web.staff.withdrawal import ask, asked_for, correction_of, do, publish

router = APIRouter()
Withdrawing = Annotated[Visit, Depends(signed_in(Permission.WITHDRAW))]

LONGEST_NOTE: Final = 1_000
_LONGEST: Final = {"recipient_name": 201, "number": 120, "score": 120, "evaluator": 200}
"""Characters of each text: what a sheet may have."""
_DAYS: Final = ("date_earned", "last_day")
_BY_HAND: Final = tuple(one for one in Reason if one is not Reason.CORRECTED)
"""Why somebody withdraws a badge; `corrected` belongs to the page that puts another in its place."""


@router.get("/badges/{badge_id}/withdraw")
def withdrawal(request: Request, visit: Withdrawing, badge_id: str) -> Response:
    """Choose why, before anything is done."""
    return _withdraw_page(request, visit, _standing(visit, badge_id), Form())


@router.post("/badges/{badge_id}/withdraw")
def withdraw(request: Request, visit: Withdrawing, badge_id: str, form: Posted) -> Response:
    """Show what an employer will see; withdraw it once that was confirmed."""
    found = _standing(visit, badge_id)
    reason, note = form.text("reason"), _note(form)
    faults = {}
    if reason not in _BY_HAND:
        faults["reason"] = WORDS["withdraw.no-reason"]
    faults |= _note_fault(note)
    if faults:
        return _withdraw_page(request, visit, found, form, faults)
    if form.text("step") != "do":
        return _withdraw_page(request, visit, found, form, looked=True)
    asked = asked_for(visit, found, Reason(reason), note, {})
    if _needs_two(visit, Kind.WITHDRAW):
        return ask(visit, asked)
    do(visit, asked)
    return go(f"/badges/{found.path}", "withdrawn")


@router.get("/badges/{badge_id}/correct")
def correction(request: Request, visit: Withdrawing, badge_id: str) -> Response:
    """What the badge says, to be made right."""
    found = _standing(visit, badge_id)
    return _correct_page(request, visit, found, _typed_of(found))


@router.post("/badges/{badge_id}/correct")
def replace(request: Request, visit: Withdrawing, badge_id: str, form: Posted) -> Response:
    """Show both badges side by side; replace the one by the other once that was confirmed."""
    found = _standing(visit, badge_id)
    typed = {name: normal(form.text(name)) for name in (*_LONGEST, *_DAYS)}
    note = _note(form)
    faults = dict(_faults(typed)) | _note_fault(note)
    if faults:
        return _correct_page(request, visit, found, typed, note=note, faults=faults)
    try:
        shown = preview(visit.store, visit.district.id, found.award_ref, correction_of(typed), now=visit.now)
    except ValueError as refused:
        if isinstance(refused, IssuerError) and refused.code == "database_busy":
            raise
        return _correct_page(request, visit, found, typed, note=note, faults={"": said(refused)})
    sides = changes(shown.before, shown.after.raw)
    if form.text("step") != "do":
        return _correct_page(request, visit, found, typed, note=note, sides=sides)
    asked = asked_for(visit, found, Reason.CORRECTED, note, typed)
    if _needs_two(visit, Kind.WITHDRAW) or _needs_two(visit, Apart.RECORD_AND_ISSUE):
        return ask(visit, asked)
    try:
        do(visit, asked)
    except ValueError as refused:
        return _correct_page(request, visit, found, typed, note=note, faults={"": said(refused)}, sides=sides)
    return go(f"/badges/{found.path}", "replaced")


@router.post("/badges/{badge_id}/finish")
def finish_correction(request: Request, visit: Withdrawing, badge_id: str) -> Response:
    """Go on with a correction that broke off. Doing it again changes nothing that was done."""
    with visit.store.reading() as session:
        found = find_badge(session, visit, badge_id)
    signer = signer_of(visit)
    if signer is None:
        return badge_page(request, visit, badge_id, WORDS["sign.no-key"])
    try:
        finish(
            visit.store,
            visit.district.id,
            found.award_ref,
            signer=signer,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except ValueError as refused:
        return badge_page(request, visit, badge_id, said(refused))
    publish(visit, signer)
    return go(f"/badges/{found.path}", "replaced")


def _standing(visit: Visit, badge_id: str) -> Badge:
    """A badge that can be withdrawn.

    Raises:
        IssuerError: `not_found`.
        AccessError: `approval_refused` for one that is withdrawn already, or that nobody has.
    """
    with visit.store.reading() as session:
        found = find_badge(session, visit, badge_id)
    if found.standing != "standing":
        raise AccessError("approval_refused", WORDS[f"withdraw.{found.standing}"].rstrip("."))
    return found


def _needs_two(visit: Visit, what: Kind | Apart) -> bool:
    with visit.store.reading() as session:
        asks = policy.read(session, visit.district.id)
    return what in asks.two_people or what in asks.apart


def _withdraw_page(
    request: Request,
    visit: Visit,
    found: Badge,
    form: Form,
    faults: Mapping[str, str] | None = None,
    *,
    looked: bool = False,
) -> Response:
    reason = form.text("reason")
    values = {
        **_shared(visit, found),
        "reasons": {one.value: WORDS[f"withdraw.reason.{one.value}"] for one in _BY_HAND},
        "chosen": reason,
        "note": _note(form),
        "looked": looked,
        "sees": WORDS["withdraw.sees"].format(
            day=day(visit.now), reason=reason_words(reason) if looked else ""
        ),
        "two": _needs_two(visit, Kind.WITHDRAW),
    }
    shown = Page(WORDS["withdraw.title"], "withdraw.html", values, 422 if faults else 200, faults or {})
    return page(request, visit, shown)


def _correct_page(
    request: Request,
    visit: Visit,
    found: Badge,
    typed: Mapping[str, str],
    *,
    note: str = "",
    faults: Mapping[str, str] | None = None,
    sides: tuple[tuple[str, str, str], ...] = (),
) -> Response:
    values = {
        **_shared(visit, found),
        "typed": typed,
        "note": note,
        "sides": sides,
        "longest": _LONGEST,
        "two": _needs_two(visit, Kind.WITHDRAW) or _needs_two(visit, Apart.RECORD_AND_ISSUE),
        "sees": WORDS["withdraw.sees"].format(day=day(visit.now), reason=reason_words(Reason.CORRECTED)),
    }
    shown = Page(WORDS["correct.title"], "correct.html", values, 422 if faults else 200, faults or {})
    return page(request, visit, shown)


def _shared(visit: Visit, found: Badge) -> dict[str, Any]:
    with visit.store.reading() as session:
        shares = dossier.open_shares(session, visit.district.id, found.credential_id, visit.now)
        own = dossier.badges_of(session, visit.district.id, found.student_id)
        whose = found.name or name_of(session, visit.district.id, found.student_id)
        what = titles(session, visit.district.id).get(found.code, found.code)
    return {
        "badge": found,
        "whose": whose,
        "what": what,
        "facts": facts_in(stored(visit.store, visit.district.id, found.credential_id).document),
        "student": path_of(found.student_id),
        "shares": shares,
        "resting": sum(_rests_on(one, found) for one in own),
        "can_sign": signer_of(visit) is not None,
        "longest_note": LONGEST_NOTE,
    }


def _rests_on(one: Badge, found: Badge) -> bool:
    """Whether a determination that stands rests on a badge."""
    named = (one.facts.get("determined") or {}).get("credentials", ())
    return one.standing == "standing" and found.credential_id in {credential_id for credential_id, _ in named}


def _typed_of(found: Badge) -> dict[str, str]:
    now = Correction.of(Award.from_json(found.facts))
    return {name: str(getattr(now, name) or "") for name in (*_LONGEST, *_DAYS)}


def _faults(typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, most in _LONGEST.items():
        if (fault := fault_in(typed[name])) is not None:
            yield name, WORDS["field.fault"].format(fault=fault)
        elif length(typed[name]) > most:
            yield name, WORDS["field.long"].format(most=most)
    for name in _DAYS:
        if name == "last_day" and not typed[name]:
            continue
        try:
            date.fromisoformat(typed[name])
        except ValueError:
            yield name, WORDS["field.day"]


def _note(form: Form) -> str:
    """A note as it is kept: browsers send two characters for the end of a line."""
    return normal(form.text("note").replace("\r\n", "\n"))


def _note_fault(note: str) -> dict[str, str]:
    if (fault := fault_in(note, lines=True)) is not None:
        return {"note": WORDS["field.fault"].format(fault=fault)}
    if length(note) > LONGEST_NOTE:
        return {"note": WORDS["field.long"].format(most=LONGEST_NOTE)}
    return {}
