"""What it takes to withdraw or replace a badge, by one person or two: asked, shown, confirmed, done once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from fastapi.responses import Response

from credential.withdrawal import Reason
from issuer.access import approvals
from issuer.access.errors import AccessError
from issuer.access.policy import Kind
from issuer.access.roles import Permission
from issuer.correction import Correction, correct, interrupted
from issuer.errors import IssuerError
from issuer.publication import publish_due
from issuer.revocation import revoke
from issuer.store import queries
from issuer.store.columns import canonical_json
from issuer.store.dossier import Badge
from issuer.store.session import Session
from issuer.web.access import Visit
from issuer.web.staff import actions, todo
from issuer.web.staff.actions import Action
from issuer.web.staff.dossier import reason_words, said, signer_of
from issuer.web.staff.page import WORDS, go
from keys.signer import Signer


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done, as a request for a second person keeps it.

    Args:
        district: Whose badge.
        what: `withdraw` or `correct`.
        badge: The `urn:uuid`.
        award: The digest of the award that it stands for: what was asked for rests on that.
        reason: Why it is withdrawn.
        note: For the district's own eyes.
        facts: What the corrected badge says; empty for a withdrawal.
    """

    district: str
    what: str
    badge: str
    award: str
    reason: str
    note: str
    facts: Mapping[str, str]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Asked | None:
        """What a request says, or None where it is none of ours."""
        names = ("district", "what", "badge", "award", "reason", "note", "facts")
        if set(content) != set(names) or content["what"] not in {"withdraw", "correct"}:
            return None
        return cls(*(content[name] for name in names))

    @property
    def correction(self) -> Correction:
        """The facts as they are corrected."""
        return correction_of(self.facts)


def correction_of(typed: Mapping[str, str]) -> Correction:
    """The facts of a form whose days can be read."""
    last_day = typed["last_day"]
    return Correction(
        recipient_name=typed["recipient_name"] or None,
        date_earned=date.fromisoformat(typed["date_earned"]),
        last_day=date.fromisoformat(last_day) if last_day else None,
        number=typed["number"] or None,
        score=typed["score"] or None,
        evaluator=typed["evaluator"] or None,
    )


def ask(visit: Visit, asked: Asked) -> Response:
    """Keep it until a second person confirms it."""
    found = approvals.ask(
        visit.store,
        visit.person,
        Kind.WITHDRAW,
        asdict(asked),
        now=visit.now,
        entropy=visit.here.entropy,
    )
    return go(f"/approvals/{found.id}", "asked")


def do(visit: Visit, asked: Asked) -> None:
    """Do it, in the name of whoever is here. Doing it again changes nothing.

    Raises:
        AccessError: `approval_refused` where a corrected badge cannot be signed here.
        IssuerError: As `revoke` and `correct`.
    """
    signer = signer_of(visit)
    if asked.what == "withdraw":
        revoke(
            visit.store,
            visit.district.id,
            asked.badge,
            reason=asked.reason,
            note=asked.note,
            now=visit.now,
            actor=visit.person.actor,
        )
    else:
        if signer is None:
            raise AccessError("approval_refused", WORDS["sign.no-key"].rstrip("."))
        with visit.store.reading() as session:
            award_ref = queries.credential(session, visit.district.id, asked.badge).award_ref
        correct(
            visit.store,
            visit.district.id,
            award_ref,
            asked.correction,
            signer=signer,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
            note=asked.note,
        )
    if signer is not None:
        publish(visit, signer)


def publish(visit: Visit, signer: Signer) -> None:
    """Make what was done seen by everybody."""
    publish_due(visit.store, visit.district.id, signer, clock=visit.here.clock, actor=visit.person.actor)


def asked_for(visit: Visit, found: Badge, reason: Reason, note: str, facts: Mapping[str, str]) -> Asked:
    """What is to be done, with what it rests on."""
    with visit.store.reading() as session:
        digest = _digest(session, visit.district.id, found.credential_id)
    what = "correct" if reason is Reason.CORRECTED else "withdraw"
    return Asked(visit.district.id, what, found.credential_id, digest, reason.value, note, facts)


def _digest(session: Session, district_id: str, credential_id: str) -> str:
    row = queries.credential(session, district_id, credential_id)
    known = queries.award(session, district_id, row.award_ref)
    return known.content_sha256 if known else ""


def _show(_session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    """What a second person reads: everything that will be done."""
    asked = Asked.of(content)
    if asked is None:
        return {WORDS["approval.as-kept"]: canonical_json(content)}
    shown = {
        WORDS["show.what"]: WORDS[f"show.{asked.what}"],
        WORDS["show.badge"]: asked.badge,
        WORDS["show.reason"]: reason_words(asked.reason),
        WORDS["show.note"]: asked.note or WORDS["show.none"],
    }
    for name, text in asked.facts.items():
        shown[WORDS[f"correct.{name}"]] = text or WORDS["show.none"]
    return shown


def _still_true(session: Session, request: approvals.Request, _now: datetime) -> bool:
    """Whether the badge stands, and for the award that was looked at."""
    asked = Asked.of(request.content)
    if asked is None or queries.status(session, asked.district, asked.badge) is not None:
        return False
    return _digest(session, asked.district, asked.badge) == asked.award


def _perform(visit: Visit, request: approvals.Request) -> None:
    asked = Asked.of(request.content)
    if asked is None:
        raise AccessError("approval_refused", "nothing here can do this: refuse it, and ask for it anew")
    try:
        do(visit, asked)
    except IssuerError as fault:
        if isinstance(fault, AccessError) or fault.code in {"database_busy", "not_found"}:
            raise
        raise AccessError("approval_refused", said(fault).rstrip(".")) from fault


actions.join(Kind.WITHDRAW, Action(_show, _still_true, _perform))


def _broken_off(visit: Visit) -> Iterator[todo.Todo]:
    """Corrections of which the new badge is there and the wrong one still stands."""
    if not visit.person.may(Permission.WITHDRAW):
        return
    with visit.store.reading() as session:
        for award_ref in interrupted(session, visit.district.id):
            row = queries.credential_of_award(session, visit.district.id, award_ref)
            if row is not None:
                path = f"/badges/{row.id.removeprefix('urn:uuid:')}"
                yield todo.Todo(WORDS["todo.correction"].format(ref=award_ref), WORDS["todo.finish"], path)


todo.join(_broken_off)
