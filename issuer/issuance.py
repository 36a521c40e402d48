"""Issue a credential: reserve, draft, prepare, record, sign, check, record.

Each step is kept before the next begins, so that a crash anywhere leaves a record of what was meant, and
doing the same thing again goes on from there. Nothing is signed that was not prepared and recorded; nothing
is handed out whose signature was not checked; what is handed out is what was stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contexts.document import Document, parse
from credential.digest import digest_of
from credential.model import Achievement
from credential.status import StatusEntry
from issuer.award import Award
from issuer.determination import Grounds, grounds, results
from issuer.draft import AwardFacts, DistrictFacts, draft_credential
from issuer.errors import IssuerError
from issuer.evidence.item import Attached, check_fits, check_holder
from issuer.prepare import Prepared, prepare
from issuer.publication import is_loopback, list_url
from issuer.reserving import (
    Names,
    check_same,
    end_of,
    order_anew,
    ordered,
    prepared_facts,
    reservation,
    unknown_achievement,
)
from issuer.securing import JWT, VC, prepared_again, record_secured, secure
from issuer.store import audit, evidence, queries, sheet_drafts, status_lists
from issuer.store.determined import signed_bodies, standing
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Award as AwardRecord
from issuer.store.tables import Credential, District, State
from keys.signer import Signer

MOST_ATTEMPTS = 5
"""How often one call looks again after another took its reference."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential that was signed and stored.

    Attributes:
        credential_id: Its `urn:uuid`.
        award_ref: The award that led to it.
        document: The credential with its proof, byte for byte as it is given out.
        jwt: The same as a compact JWS, where it was asked for.
        signed_at: When it was signed.
        first: Whether this call signed it; False means that an earlier one had.
    """

    credential_id: str
    award_ref: str
    document: bytes
    jwt: str | None
    signed_at: datetime
    first: bool


def issue(
    award: Award,
    *,
    store: Store,
    district_id: str,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Issued:
    """Issue the credential for an award, or give back the one that was issued for it.

    Args:
        award: What was earned. Its evidence is what was attached under its reference.
        store: The database.
        district_id: Who issues.
        signer: Signs as the district.
        now: The time of issuing: of a new credential its `validFrom`.
        entropy: Random bytes, for the ids and the status position.
        actor: Who asks, for the audit.

    Raises:
        IssuerError: `award_ref_reused` when the reference stands for other content; `not_found` for an
            unknown achievement; `signature_failed`; `bad_text`; `database_busy`.
        EvidenceRefused: `evidence_full`, `holder_differs`.
        contexts.errors.DocumentError: The credential would not say what the award says.
        credential.errors.CredentialError: Likewise, or the key does not fit.
    """
    row, asked = _reserve(store, district_id, award, now=now, entropy=entropy)
    prepared = None
    if row.state == State.RESERVED:
        prepared, row = _record_prepared(store, row, asked, now=now, actor=actor)
    first = row.state == State.PREPARED and _sign(store, row, signer, prepared, now=now, actor=actor)
    return stored(store, district_id, row.id, first=first)


def resume(store: Store, district_id: str, *, signer: Signer, now: datetime, actor: str) -> list[Issued]:
    """Sign what a crash left prepared: the stored bytes, not new ones; not what was given up as its cause.

    Raises:
        IssuerError: As `issue`.
    """
    with store.reading() as session:
        rows = queries.unfinished(session, district_id)
        left = sheet_drafts.given_up(session, district_id, [row.award_ref for row in rows]) if rows else ()
    return [
        stored(store, district_id, row.id, first=_sign(store, row, signer, None, now=now, actor=actor))
        for row in rows
        if row.award_ref not in left
    ]


def rehearse(award: Award, *, store: Store, district_id: str, now: datetime) -> Prepared:
    """Draft and prepare without reserving anything: what `--dry-run` does, and what finds faults early.

    Raises:
        As `issue`; it also finds a reused reference.
    """
    with store.reading() as session:
        known = queries.award(session, district_id, award.award_ref)
        before = queries.credential_of_award(session, district_id, award.award_ref)
        attached = evidence.attached(session, district_id, award.award_ref)
        award = replace(award, evidence=tuple(one.item for one in attached))
        if known is not None and before is not None and before.state != State.RESERVED:
            check_same(known, award)
        district = queries.district(session, district_id)
        nobody = f"urn:uuid:{uuid.UUID(int=0)}"
        stand_in = Names(nobody, nobody, status_lists.Position("rehearsal", 0))
        achievement = achievement_as_published(session, district_id, award.achievement_id)
        grounds_ = grounds_of(session, district_id, award)
        return prepared_from(
            district, award, achievement.value, stand_in, now=now, attached=attached, rests_on=grounds_
        )


def _reserve(
    store: Store, district_id: str, award: Award, *, now: datetime, entropy: Entropy
) -> tuple[Credential, str]:
    """Give the award an id and a status position, once: the same award finds its reservation again.

    Returns:
        The reservation, and the digest of what it is for.
    """
    for _ in range(MOST_ATTEMPTS):
        found = _reserved(store, district_id, award, now=now, entropy=entropy)
        if found is not None:
            return found
    raise IssuerError("database_busy", f"{award.award_ref} is being issued by others: try again")


def _reserved(
    store: Store, district_id: str, award: Award, *, now: datetime, entropy: Entropy
) -> tuple[Credential, str] | None:
    """One attempt; None when another took the reference just now, and has something to be found."""
    with store.transaction() as session:
        known = queries.award(session, district_id, award.award_ref, lock=True)
        row = queries.credential_of_award(session, district_id, award.award_ref)
        award = replace(award, evidence=evidence.items(session, district_id, award.award_ref))
        asked = award.digest()
        if known is not None and row is not None and row.state != State.RESERVED:
            check_same(known, award)
            return row, asked
        achievement = queries.achievement(session, district_id, award.achievement_id)
        if achievement is None:
            raise unknown_achievement(award.achievement_id)
        if known is not None and row is not None:
            order_anew(known, row, award, achievement)
            return row, asked
        if not queries.add_award(session, AwardRecord(**ordered(award, achievement, asked, now=now))):
            return None
        place = status_lists.reserve(session, district_id, now=now, entropy=entropy)
        row = Credential(**reservation(district_id, award, place, now=now, entropy=entropy))
        session.add(row)
        return row, asked


def _record_prepared(
    store: Store, row: Credential, asked: str, *, now: datetime, actor: str
) -> tuple[Prepared, Credential]:
    """Draft and prepare the credential, and record the bytes that will be signed, with their audit row.

    Only for the order with the digest `asked`: another may have taken its place meanwhile.
    """
    with store.reading() as session:
        district = queries.district(session, row.district_id)
        known = queries.award(session, row.district_id, row.award_ref)
        if known is None:
            raise IssuerError("state_conflict", f"{row.id} has no award")
        award = Award.from_json(known.facts)
        achievement = achievement_as_published(
            session, row.district_id, known.achievement_id, known.achievement_version
        )
        rests_on = grounds_of(session, row.district_id, award)
        attached = evidence.attached(session, row.district_id, row.award_ref)
    names = Names.of(row)
    prepared = prepared_from(
        district, award, achievement.value, names, now=now, attached=attached, rests_on=rests_on
    )
    ends = end_of(award)
    with store.transaction() as session:
        ordered = queries.award(session, row.district_id, row.award_ref, lock=True)
        if ordered is None or ordered.content_sha256 != asked:
            raise IssuerError("database_busy", f"{row.award_ref} was ordered otherwise just now: try again")
        moved = queries.advance(
            session,
            row,
            State.RESERVED,
            state=State.PREPARED.value,
            prepared=prepared.raw,
            prepared_at=now,
            valid_until=ends,
        )
        if moved:
            audit.record(
                session,
                row.district_id,
                at=now,
                actor=actor,
                action="credential.prepared",
                subject=row.id,
                facts=prepared_facts(row.award_ref, names.place, prepared),
            )
            # Whoever adds evidence holds the audit chain too, so one of the two sees the other.
            if evidence.items(session, row.district_id, row.award_ref) != award.evidence:
                raise IssuerError(
                    "database_busy", f"the evidence of {row.award_ref} changed just now: try again"
                )
            # So does whoever prepares another determination, or withdraws what this one rests on.
            grounds_of(session, row.district_id, award)
    with store.reading() as session:
        return prepared, queries.credential(session, row.district_id, row.id)


def _sign(
    store: Store, row: Credential, signer: Signer, prepared: Prepared | None, *, now: datetime, actor: str
) -> bool:
    """Sign the stored bytes, check the signature, record both. Whether this call was the one that did."""
    if prepared is None or prepared.raw != row.prepared:
        prepared = prepared_again(row)
    forms = secure(prepared, signer, also_jwt=row.also_jwt, now=now)
    with store.transaction() as session:
        if not queries.advance(session, row, State.PREPARED, state=State.SIGNED.value, signed_at=now):
            return False
        record_secured(session, row, forms, signer, number=1, now=now, actor=actor)
    return True


def stored(store: Store, district_id: str, credential_id: str, *, first: bool = False) -> Issued:
    """The stored answer: what was signed, as it is given out today.

    Raises:
        IssuerError: `not_found`; `not_signed`.
    """
    with store.reading() as session:
        row = queries.credential(session, district_id, credential_id)
        forms = queries.secured(session, district_id, credential_id)
    if VC not in forms or row.signed_at is None:
        raise IssuerError("not_signed", f"{credential_id} has not been signed")
    jwt = forms[JWT].body.decode("ascii") if JWT in forms else None
    return Issued(row.id, row.award_ref, forms[VC].body, jwt, row.signed_at, first=first)


def achievement_as_published(
    session: Session, district_id: str, achievement_id: str, version: int | None = None
) -> Document:
    """An achievement as it was published."""
    found = queries.achievement(session, district_id, achievement_id, version=version)
    if found is None:
        raise unknown_achievement(achievement_id)
    return parse(found.document)


def grounds_of(session: Session, district_id: str, award: Award) -> Grounds | None:
    """What a determination rests on, as it was signed; None for any other award.

    Raises:
        IssuerError: `state_conflict` where a credential is not this student's, was withdrawn meanwhile, or
            has other bytes than were judged; or where a subject was determined meanwhile.
    """
    if award.determined is None:
        return None
    for other in standing(session, district_id, award.student_id, besides=award.award_ref):
        before = Award.from_json(other).determined
        if before is not None and set(before.subjects) & set(award.determined.subjects):
            raise IssuerError(
                "state_conflict", f"what {award.award_ref} says was determined meanwhile: judge again"
            )
    ids = [credential_id for credential_id, _ in award.determined.credentials]
    bodies = signed_bodies(session, district_id, award.student_id, ids)
    return grounds(award.determined, {digest_of(body): body for body in bodies})


def prepared_from(
    district: District,
    award: Award,
    achievement: Mapping[str, Any] | Achievement,
    names: Names,
    *,
    now: datetime,
    attached: tuple[Attached, ...],
    rests_on: Grounds | None,
) -> Prepared:
    """Draft and prepare, from rows and the time alone.

    The badge begins when it is prepared: a place that was reserved earlier may have waited for an order that
    speaks of a later day.
    """
    check_fits(award.evidence)
    for item in award.evidence:
        check_holder(item, award.recipient_name)
    facts = AwardFacts(
        achievement=achievement,
        date_earned=award.date_earned,
        last_day=award.last_day,
        recipient_name=award.recipient_name,
        subject_id=names.subject_id,
        number=award.number,
        score=award.score,
        evaluator=award.evaluator,
        evidence_url=award.evidence_url,
        provisional=award.provisional,
        evidence=attached,
        results=results(award.determined, _id_of(achievement)) if award.determined else (),
        grounds=rests_on.evidence if rests_on else (),
        linked=rests_on.linked if rests_on else (),
    )
    issuer = DistrictFacts(id=district.did, name=district.name, url=district.profile["url"])
    entry = StatusEntry("revocation", names.place.index, list_url(district.origin, names.place.list_id))
    draft = draft_credential(facts, issuer, credential_id=names.credential_id, issued_at=now, status=entry)
    withheld = (award.student_id, *award.withheld)
    return prepare(draft.to_json(), loopback=is_loopback(district.origin), withheld=withheld)


def _id_of(achievement: Mapping[str, Any] | Achievement) -> str:
    return achievement.id if isinstance(achievement, Achievement) else str(achievement["id"])
