"""A student shares a badge, looks at the shares, and stops them.

What shows less than the badge is a second credential, derived for this one share (`issuer.derived`): it has
an id, a subject and a status entry of its own that join no two of them, and it falls with the badge.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contexts.document import parse
from credential.qr import new_token
from credential.status import StatusEntry
from issuer.award import Award
from issuer.derivation import Derivation, derived_document
from issuer.derived import derive
from issuer.errors import IssuerError
from issuer.publication import list_url
from issuer.securing import release
from issuer.shares import NewShare, policy_of, standing_of, stop_share, token_hash
from issuer.sharing.ages import day_in, end_of_day, zone_named
from issuer.sharing.names import short_name
from issuer.sharing.policy import Audience, Refusal, refusal
from issuer.sharing.terms import NameShown, State, Terms, state_of
from issuer.store import audit, queries, sharing, students
from issuer.store.columns import checked_time
from issuer.store.derived import SHARE
from issuer.store.session import Session, Store
from issuer.store.share_tables import Consent, ShareTerms
from issuer.store.sharing import MOST_MADE, MOST_OPEN, Checks
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import Credential, District, Share
from keys.signer import Signer

_NOBODY: Final = uuid.UUID(int=0).urn
"""Ids of what is only looked at."""


@dataclass(frozen=True, slots=True)
class Card:
    """A share as its student sees it.

    Attributes:
        share_id: For stopping it.
        state: How it stands.
        audience: For whom; "" for a link or a code that the school made.
        label: The student's word for it, or "".
        applicant: A college's number, or "".
        name: How it names the student.
        evidence: Whether evidence goes with it.
        made: When.
        last_day: The last day on which it opens, or None.
        checks: How often it was opened, and when last; None where it never was.
    """

    share_id: str
    state: State
    audience: str
    label: str
    applicant: str
    name: NameShown
    evidence: bool
    made: datetime
    last_day: date | None
    checks: Checks | None


def refusals(
    session: Session, district: District, badge: Credential, now: datetime
) -> dict[Audience, Refusal]:
    """With whom the student may not share a badge now, and why."""
    award = _award(session, badge)
    standing = standing_of(session, district, award.student_id, now, adult_on=award.adult_on)
    found = {one: refusal(policy_of(district), standing, one) for one in Audience}
    return {one: why for one, why in found.items() if why is not None}


def share_badge(
    store: Store,
    district: District,
    student_id: str,
    credential_id: str,
    terms: Terms,
    *,
    signer: Callable[[], Signer],
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> NewShare:
    """Make a link that shows what the student chose.

    Args:
        store: The database.
        district: Who issued.
        student_id: Who shares.
        credential_id: Which badge of theirs.
        terms: For whom, what, until when.
        signer: Opens the district's key; asked only where something is to be signed.
        now: The time.
        entropy: Random bytes.
        actor: The student, for the audit.

    Raises:
        IssuerError: `not_found`, also for another's badge; `sharing_refused`; `too_many_shares`;
            `too_many_made`; `state_conflict` for a badge that is withdrawn, or a determination without its
            names; `bad_time`; as `derive`.
    """
    token, share_id = new_token(entropy(20)), random_name(entropy)
    zone = zone_named(policy_of(district).zone)
    ends = None if terms.last_day is None else checked_time(end_of_day(terms.last_day, zone))
    if ends is not None and ends <= now:
        raise IssuerError("bad_time", "the last day of a share has not passed yet")
    with store.reading() as session:
        row, award = _own(session, district, student_id, credential_id)
        _check(session, district, row, award, terms, now)
        derivation = _derivation(session, district, row, award, terms, share_id)
    derived_id = None
    if derivation is not None:
        made = derive(
            store,
            district.id,
            credential_id,
            derivation,
            signer=signer(),
            now=now,
            entropy=entropy,
            actor=actor,
        )
        derived_id = made.derived_id
    with store.transaction() as session:
        row, award = _own(session, district, student_id, credential_id, lock=True)
        # Again, with the badge locked: a guardian, a second page or the registrar may have been faster. Who
        # ends an agreement or changes the policy writes to the audit first and then looks for open shares:
        # with its head held, either this share is among them, or their change is seen here.
        audit.hold(session, district.id)
        _check(session, queries.district(session, district.id), row, award, terms, now)
        release(session, row, now=now, actor=actor)
        session.add(
            Share(
                district_id=district.id,
                id=share_id,
                credential_id=credential_id,
                token_hash=token_hash(token),
                code_hash=None,
                created=now,
                ends=ends,
                stopped=None,
            )
        )
        session.flush()
        _keep_terms(session, district, share_id, student_id, row, terms, derived_id, now=now, actor=actor)
        audit.record(
            session,
            district.id,
            at=now,
            actor=actor,
            action="share.created",
            subject=credential_id,
            facts={
                "share": share_id,
                "audience": terms.audience.value,
                "name": terms.name.value,
                "evidence": terms.evidence,
                "derived": derived_id,
                "ends": ends and ends.isoformat(),
            },
        )
    return NewShare(share_id, district.tag, token, None)


def stop(
    store: Store, district: District, student_id: str, share_id: str, *, now: datetime, actor: str
) -> str:
    """Stop a share of the student's: its link opens nothing from now on. The badge that it was of.

    Raises:
        IssuerError: `not_found`, also for a share of somebody else's badge.
    """
    with store.reading() as session:
        credential_id = sharing.shared_by(session, district.id, student_id, share_id)
    if credential_id is None:
        raise IssuerError("not_found", "there is no such share")
    stop_share(store, district.id, share_id, now=now, actor=actor)
    return credential_id


def cards(session: Session, district: District, credential_id: str, now: datetime) -> list[Card]:
    """Every share of a badge, the newest first."""
    rows = sharing.of_badge(session, district.id, credential_id)
    checks = sharing.checks(session, district.id, [share.id for share, _ in rows])
    status = queries.status(session, district.id, credential_id)
    withdrawn = status.revoked_at if status else None
    return [_card(share, terms, checks.get(share.id), withdrawn, now) for share, terms in rows]


def preview(session: Session, district: District, student_id: str, credential_id: str, terms: Terms) -> bytes:
    """What a share would open, made as it would be made and not signed: nothing is stored.

    Raises:
        IssuerError: `not_found`; `state_conflict` as `share_badge`.
    """
    row, award = _own(session, district, student_id, credential_id)
    prepared = row.prepared or b"{}"
    derivation = _derivation(session, district, row, award, terms, "")
    if derivation is None:
        return prepared
    nowhere = StatusEntry("revocation", 0, list_url(district.origin, "0"))
    value = derived_document(
        parse(prepared).value, derivation, derived_id=_NOBODY, subject_id=_NOBODY, status=nowhere
    )
    return json.dumps(value, ensure_ascii=False).encode()


def _derivation(  # noqa: PLR0917 - whose, which, how
    session: Session, district: District, row: Credential, award: Award, terms: Terms, made_for: str
) -> Derivation | None:
    """What a share is to differ in; None where it opens the badge itself."""
    # A badge without a name still has its number, and whoever asks for less than the name means that too.
    short = terms.name is NameShown.SHORT and bool(award.recipient_name or award.number)
    if not short and (terms.evidence or not has_evidence(row.prepared)):
        return None
    if award.determined is not None:
        raise IssuerError(
            "state_conflict", "a determination is shared as it is: the badges inside it bear the name"
        )
    if not short:
        return Derivation(SHARE, made_for, evidence=terms.evidence)
    name = shown_name(session, district, award) if award.recipient_name else None
    return Derivation(SHARE, made_for, name=name, evidence=terms.evidence)


def has_evidence(document: bytes | None) -> bool:
    """Whether a badge carries evidence, or digests of it."""
    value = parse(document or b"{}").value
    return bool(value.get("evidence") or value.get("relatedResource"))


def _card(
    share: Share, terms: ShareTerms | None, checks: Checks | None, withdrawn: datetime | None, now: datetime
) -> Card:
    last = date.fromisoformat(terms.last_day) if terms and terms.last_day else None
    return Card(
        share.id,
        state_of(stopped=share.stopped, ends=share.ends, withdrawn=withdrawn, now=now),
        terms.audience if terms else "",
        terms.label if terms else "",
        terms.applicant if terms else "",
        NameShown(terms.name) if terms else NameShown.FULL,
        terms.evidence if terms else True,
        share.created,
        last if terms else (share.ends and share.ends.date()),
        checks,
    )


def _own(
    session: Session, district: District, student_id: str, credential_id: str, *, lock: bool = False
) -> tuple[Credential, Award]:
    row = queries.credential(session, district.id, credential_id, lock=lock)
    award = _award(session, row)
    if award.student_id != student_id:
        raise IssuerError("not_found", "there is no such badge")
    return row, award


def _award(session: Session, row: Credential) -> Award:
    known = queries.award(session, row.district_id, row.award_ref)
    if known is None:
        raise IssuerError("not_found", "there is no such badge")
    return Award.from_json(known.facts)


def _check(  # noqa: PLR0917 - what a share is judged by, each once
    session: Session, district: District, row: Credential, award: Award, terms: Terms, now: datetime
) -> None:
    standing = standing_of(session, district, award.student_id, now, adult_on=award.adult_on)
    why = refusal(policy_of(district), standing, terms.audience)
    if why is not None:
        raise IssuerError("sharing_refused", f"this cannot be shared now: {why}")
    if queries.status(session, district.id, row.id) is not None:
        raise IssuerError("state_conflict", "the badge is withdrawn: there is nothing to show to anybody")
    rows = sharing.of_badge(session, district.id, row.id)
    is_open = [one for one, _ in rows if one.stopped is None and (one.ends is None or one.ends > now)]
    if len(rows) >= MOST_MADE:
        raise IssuerError("too_many_made", f"{MOST_MADE} links were made of this badge: no more can be")
    if len(is_open) >= MOST_OPEN:
        raise IssuerError("too_many_shares", f"a badge has {MOST_OPEN} open shares at most: stop one first")


def shown_name(session: Session, district: District, award: Award) -> str:
    """The short name that a copy of this award's badge carries."""
    given, family = "", ""
    try:
        who = students.student(session, district.id, award.student_id)
    except IssuerError:
        pass
    else:
        given, family = who.name
    return short_name(award.recipient_name or "", given, family)


def _keep_terms(  # noqa: PLR0917 - the two rows' own columns
    session: Session,
    district: District,
    share_id: str,
    student_id: str,
    row: Credential,
    terms: Terms,
    derived_id: str | None,
    *,
    now: datetime,
    actor: str,
) -> None:
    day = day_in(now, zone_named(policy_of(district).zone)).isoformat()
    session.add_all(
        [
            ShareTerms(
                district_id=district.id,
                share_id=share_id,
                credential_id=row.id,
                derived_id=derived_id,
                audience=terms.audience.value,
                label=terms.label,
                applicant=terms.applicant,
                name=terms.name.value,
                evidence=terms.evidence,
                last_day=terms.last_day.isoformat() if terms.last_day else None,
                made=now,
            ),
            Consent(
                district_id=district.id,
                id=share_id,
                student_id=student_id,
                kind="student",
                audiences=terms.audience.value,
                share_id=share_id,
                how="share",
                given_on=day,
                recorded_by=actor,
                recorded_at=now,
                ended_by=None,
                ended_at=None,
            ),
        ]
    )
