"""Derive a credential: a second, signed form of one award, with its own id and its own status position.

It says no more than the original and holds no longer: its content is made from the original's prepared bytes,
and withdrawing the original is withdrawing everything derived from it (`store/derived.py`). The steps are
those of issuing: reserve, prepare, record, sign, check, record; doing the same again goes on from there.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contexts.document import parse
from credential.status import StatusEntry
from credential.withdrawal import Reason
from issuer.award import Award
from issuer.derivation import KEEP, Derivation, derived_document
from issuer.errors import IssuerError
from issuer.prepare import Prepared, prepare
from issuer.private_words import holds_withheld
from issuer.publication import is_loopback, list_url
from issuer.securing import JWT, VC, secure
from issuer.store import audit, derived, queries, status_lists
from issuer.store.derived import DerivedCredential, DerivedSecured
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy
from issuer.store.tables import Credential, State
from issuer.text import normal
from keys.signer import Signer

MOST_DERIVED: Final = 100
"""How many are derived from one original, all purposes together and withdrawn ones too."""
_SIGNED: Final = frozenset({State.SIGNED, State.RELEASED})


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived credential that was signed and stored.

    Attributes:
        derived_id: Its `urn:uuid`.
        credential_id: The original's.
        document: With its proof, byte for byte as it is given out.
        jwt: The same as a compact JWS, where it was asked for.
        signed_at: When it was signed.
        first: Whether this call signed it.
    """

    derived_id: str
    credential_id: str
    document: bytes
    jwt: str | None
    signed_at: datetime
    first: bool


def derive(
    store: Store,
    district_id: str,
    credential_id: str,
    derivation: Derivation,
    *,
    signer: Signer,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> Derived:
    """Make a derived credential, or give back the one that was made for the same receiver.

    Args:
        store: The database.
        district_id: Whose credential.
        credential_id: The original.
        derivation: What is to differ.
        signer: Signs as the district.
        now: The time.
        entropy: Random bytes.
        actor: Who asks, for the audit.

    Raises:
        IssuerError: `not_found`; `not_signed`; `state_conflict` where the original or the derived one is
            withdrawn or over, or where other content was derived for this receiver; `too_many_copies`;
            `signature_failed`; `key_not_usable`.
        contexts.errors.DocumentError: It would not say what the original says.
    """
    row, original = _reserve(store, district_id, credential_id, derivation, now=now, entropy=entropy)
    prepared = _prepare(store, row, original, derivation)
    if row.state == State.RESERVED:
        row = _record_prepared(store, row, prepared, original, now=now, actor=actor)
    if row.prepared != prepared.raw:
        raise IssuerError(
            "state_conflict", "something else was derived for the same receiver: make it for a new one"
        )
    first = row.state == State.PREPARED and _sign(store, row, prepared, signer, now=now, actor=actor)
    return stored_derived(store, district_id, row.id, first=first)


def stored_derived(store: Store, district_id: str, derived_id: str, *, first: bool = False) -> Derived:
    """The stored answer: what was signed, as it is given out today.

    Raises:
        IssuerError: `not_found`; `not_signed`.
    """
    with store.reading() as session:
        row = derived.one(session, district_id, derived_id)
        forms = derived.secured(session, district_id, derived_id)
    if VC not in forms or row.signed_at is None:
        raise IssuerError("not_signed", f"{derived_id} has not been signed")
    jwt = forms[JWT].body.decode("ascii") if JWT in forms else None
    return Derived(row.id, row.credential_id, forms[VC].body, jwt, row.signed_at, first=first)


def withdraw_derived(
    store: Store, district_id: str, derived_id: str, *, reason: Reason, now: datetime, actor: str
) -> bool:
    """Withdraw a derived credential alone, for good; the original stands. Whether this call did.

    Raises:
        IssuerError: `not_found`.
    """
    with store.transaction() as session:
        return withdraw_derived_in(session, district_id, derived_id, reason=reason, now=now, actor=actor)


def withdraw_derived_in(
    session: Session, district_id: str, derived_id: str, *, reason: Reason, now: datetime, actor: str
) -> bool:
    """As `withdraw_derived`, inside the caller's transaction."""
    row = derived.one(session, district_id, derived_id, lock=True)
    if row.withdrawn_at is not None:
        return False
    row.withdrawn_at, row.withdrawn_reason = now, Reason(reason).value
    session.flush()
    status_lists.count_change(session, district_id, row.list_id)
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="derived.withdrawn",
        subject=row.id,
        facts={"of": row.credential_id, "reason": Reason(reason).value},
    )
    return True


def sign_derived_anew(
    store: Store, district_id: str, derived_id: str, signer: Signer, *, now: datetime, actor: str
) -> bool:
    """Give a derived credential a proof by another key, as `signing_keys.sign_anew` does. Whether it did.

    Raises:
        IssuerError: `not_found`; `state_conflict`; `signature_failed`; `key_not_usable`.
    """
    with store.reading() as session:
        row = derived.one(session, district_id, derived_id)
        before = derived.secured(session, district_id, derived_id)
    if VC not in before or before[VC].key_id == signer.verification_method:
        return False
    if row.prepared is None:
        raise IssuerError("state_conflict", f"{derived_id} has not been prepared")
    forms = secure(_again(row.prepared), signer, also_jwt=JWT in before, now=now)
    with store.transaction() as session:
        derived.one(session, district_id, derived_id, lock=True)
        current = derived.secured(session, district_id, derived_id)
        if current[VC].number != before[VC].number:
            return False
        _record_secured(session, row, forms, signer, number=before[VC].number + 1, now=now, actor=actor)
    return True


def _reserve(
    store: Store,
    district_id: str,
    credential_id: str,
    derivation: Derivation,
    *,
    now: datetime,
    entropy: Entropy,
) -> tuple[DerivedCredential, Credential]:
    """Find what was made for this receiver, or give it an id and a status position of its own."""
    with store.transaction() as session:
        # Whoever withdraws the original holds this lock too, so that one of the two sees the other.
        original = queries.credential(session, district_id, credential_id, lock=True)
        check_stands(session, original, now)
        row = derived.made(session, district_id, credential_id, derivation.purpose, derivation.made_for)
        if row is not None:
            if row.withdrawn_at is not None:
                raise IssuerError("state_conflict", f"{row.id} is withdrawn: make one for a new receiver")
            return row, original
        if derived.count(session, district_id, credential_id) >= MOST_DERIVED:
            raise IssuerError(
                "too_many_copies", f"{MOST_DERIVED} copies were made of this badge: use one of them"
            )
        place = status_lists.reserve(session, district_id, now=now, entropy=entropy)
        row = DerivedCredential(
            district_id=district_id,
            id=_urn(entropy),
            credential_id=credential_id,
            purpose=derivation.purpose,
            made_for=derivation.made_for,
            subject_id=derivation.subject_id or _urn(entropy),
            state=State.RESERVED.value,
            list_id=place.list_id,
            list_index=place.index,
            also_jwt=derivation.also_jwt,
            reserved_at=now,
        )
        session.add(row)
        session.flush()
        return row, original


def check_stands(session: Session, original: Credential, now: datetime) -> None:
    """Refuse what nobody could use: not signed, withdrawn or over.

    Raises:
        IssuerError: `not_signed`; `state_conflict`.
    """
    if original.state not in _SIGNED or not original.prepared:
        raise IssuerError("not_signed", f"{original.id} has not been signed: nobody holds it yet")
    if queries.status(session, original.district_id, original.id) is not None:
        raise IssuerError("state_conflict", "the badge is withdrawn, and so is everything made from it")
    if original.valid_until is not None and original.valid_until <= now:
        raise IssuerError("state_conflict", "the badge is over: ask the school whether it was renewed")


def _prepare(store: Store, row: DerivedCredential, original: Credential, derivation: Derivation) -> Prepared:
    with store.reading() as session:
        district = queries.district(session, row.district_id)
        ordered = queries.award(session, row.district_id, original.award_ref)
    if ordered is None or original.prepared is None:
        raise IssuerError("state_conflict", f"{original.id} has no award")
    award = Award.from_json(ordered.facts)
    value = derived_document(
        parse(original.prepared).value,
        derivation,
        derived_id=row.id,
        subject_id=row.subject_id,
        status=StatusEntry("revocation", row.list_index, list_url(district.origin, row.list_id)),
    )
    withheld = (award.student_id, *award.withheld, *_hidden(award, derivation))
    named = derivation.name is KEEP
    return prepare(value, loopback=is_loopback(district.origin), withheld=withheld, numbered=named)


def _hidden(award: Award, derivation: Derivation) -> tuple[str, ...]:
    """What a copy under another name says nowhere, also not within a text such as a result."""
    if derivation.name is KEEP:
        return ()
    shown = normal(derivation.name or "")  # of a name of one word, or "Maya O", nothing is hidden
    known = (normal(award.recipient_name or ""), normal(award.number or ""))
    return tuple(one for one in known if one and not holds_withheld(shown, (one,)))


def _record_prepared(
    store: Store,
    row: DerivedCredential,
    prepared: Prepared,
    original: Credential,
    *,
    now: datetime,
    actor: str,
) -> DerivedCredential:
    with store.transaction() as session:
        moved = derived.advance(
            session,
            row,
            State.RESERVED,
            state=State.PREPARED.value,
            prepared=prepared.raw,
            prepared_at=now,
            valid_until=original.valid_until,
        )
        if moved:
            audit.record(
                session,
                row.district_id,
                at=now,
                actor=actor,
                action="derived.prepared",
                subject=row.id,
                facts={
                    "of": row.credential_id,
                    "purpose": row.purpose,
                    "list": row.list_id,
                    "index": row.list_index,
                    "sha256": hashlib.sha256(prepared.raw).hexdigest(),
                },
            )
    with store.reading() as session:
        return derived.one(session, row.district_id, row.id)


def _sign(
    store: Store,
    row: DerivedCredential,
    prepared: Prepared,
    signer: Signer,
    *,
    now: datetime,
    actor: str,
) -> bool:
    """Sign the stored bytes, check the signature, record both; nothing where the original fell meanwhile."""
    forms = secure(prepared, signer, also_jwt=row.also_jwt, now=now)
    with store.transaction() as session:
        original = queries.credential(session, row.district_id, row.credential_id, lock=True)
        check_stands(session, original, now)
        if not derived.advance(session, row, State.PREPARED, state=State.SIGNED.value, signed_at=now):
            return False
        _record_secured(session, row, forms, signer, number=1, now=now, actor=actor)
    return True


def _record_secured(
    session: Session,
    row: DerivedCredential,
    forms: Mapping[str, bytes],
    signer: Signer,
    *,
    number: int,
    now: datetime,
    actor: str,
) -> None:
    queries.check_key_in_use(session, row.district_id, signer.verification_method)
    session.add_all(
        DerivedSecured(
            district_id=row.district_id,
            derived_id=row.id,
            form=form,
            number=number,
            credential_id=row.credential_id,
            key_id=signer.verification_method,
            body=body,
            signed_at=now,
        )
        for form, body in forms.items()
    )
    audit.record(
        session,
        row.district_id,
        at=now,
        actor=actor,
        action="derived.signed",
        subject=row.id,
        facts={
            "key": signer.verification_method,
            "number": number,
            "sha256": {form: hashlib.sha256(body).hexdigest() for form, body in forms.items()},
        },
    )


def _again(raw: bytes) -> Prepared:
    prepared = prepare(parse(raw).value, loopback=True, numbered=False)
    if prepared.raw != raw:
        raise IssuerError("state_conflict", "the stored bytes are not what was prepared")
    return prepared


def _urn(entropy: Callable[[int], bytes]) -> str:
    return f"urn:uuid:{uuid.UUID(bytes=entropy(16), version=4)}"
