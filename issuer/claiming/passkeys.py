"""Passkeys: a phone's own key as the way back in. The one door to `webauthn`.

A passkey is discoverable: the phone knows whose it is, and the student types nothing. It is bound to the
district's own host. Each question is put once and answered once, within minutes.

Source: Web Authentication, Level 3 (7.1 registration, 7.2 assertion; 6.1.1 counters; 6.1.3 what is signed).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from issuer.claiming import sessions
from issuer.claiming.errors import ClaimError
from issuer.errors import IssuerError
from issuer.store import audit, ways_back
from issuer.store.session import Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import District
from issuer.store.ways_back import PasskeyChallenge, StudentPasskey

LASTS: Final = timedelta(minutes=5)
MOST_PASSKEYS: Final = 5
MOST_WAITING: Final = 5_000
"""Questions of a district that wait for their answer."""
ANSWER_LIMITS: Final = Limits(max_bytes=32_768, max_depth=6, max_nodes=200)
CLIENT_LIMITS: Final = Limits(max_bytes=4_096, max_depth=4, max_nodes=50)
LONGEST_ID: Final = 1_023
"""Octets of a passkey's own name (Level 3, 5.8.3)."""
_SIGN_IN: Final = "sign-in"


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey, as a student's page shows it."""

    id: str
    created: datetime
    last_used: datetime | None


def ask_new(
    store: Store, district: District, student_id: str, *, label: str, now: datetime, entropy: Entropy
) -> str:
    """What a browser is asked to make a passkey: the options, as JSON.

    Args:
        store: The database.
        district: Whose host it is bound to.
        student_id: Who is signed in.
        label: What the phone lists it as.
        now: The time.
        entropy: Random bytes.

    Raises:
        ClaimError: `passkey_refused` where the student has `MOST_PASSKEYS`.
        IssuerError: `too_many_requests`.
    """
    with store.of(district.id).reading() as session:
        known = ways_back.passkeys(session, district.id, student_id)
    if len(known) >= MOST_PASSKEYS:
        raise ClaimError("passkey_refused", f"{MOST_PASSKEYS} passkeys are set up: take one out first")
    challenge = _ask(store, district.id, student_id, now, entropy)
    options = webauthn.generate_registration_options(
        rp_id=rp_id(district),
        rp_name=district.name,
        # Random and the same for all of a student's passkeys; it says nothing of the student.
        user_id=known[0].user_handle if known else entropy(32),
        user_name=label,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.key_id) for one in known],
    )
    return webauthn.options_to_json(options)


def add(
    store: Store,
    district: District,
    student_id: str,
    answer: str,
    handle: str,
    *,
    now: datetime,
    entropy: Entropy,
) -> None:
    """Take the passkey that a browser made for a student who is signed in.

    Args:
        store: The database.
        district: Whose host it is bound to.
        student_id: Who is signed in.
        answer: What the browser answered, as JSON.
        handle: The `user.id` of the options, which the page sends back.
        now: The time.
        entropy: Random bytes.

    Raises:
        ClaimError: `passkey_refused`.
    """
    value = _read(answer)
    challenge = _challenge_of(value)
    user_handle = _bytes(handle)
    if not 16 <= len(user_handle) <= 64:  # noqa: PLR2004 - Level 3, 5.4.3: at most 64 octets
        raise _refused()
    with store.of(district.id).transaction() as session:
        asked = ways_back.answered(session, district.id, _hash(student_id, challenge), now)
    if not asked:
        raise _refused()
    try:
        made = webauthn.verify_registration_response(
            credential=value,
            expected_challenge=challenge,
            expected_rp_id=rp_id(district),
            expected_origin=district.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as fault:
        raise _refused() from fault
    if len(made.credential_id) > LONGEST_ID:
        raise _refused()
    with store.of(district.id).transaction() as session:
        known = ways_back.passkeys(session, district.id, student_id)
        taken = ways_back.passkey(session, district.id, made.credential_id) is not None
        if taken or len(known) >= MOST_PASSKEYS or any(one.user_handle != user_handle for one in known):
            raise _refused()
        name = random_name(entropy)
        session.add(
            StudentPasskey(
                district_id=district.id,
                id=name,
                student_id=student_id,
                key_id=made.credential_id,
                public_key=made.credential_public_key,
                user_handle=user_handle,
                counter=made.sign_count,
                created=now,
                last_used=None,
            )
        )
        session.flush()
        audit.record(
            session,
            district.id,
            at=now,
            actor=sessions.actor_of(student_id),
            action="passkey.added",
            subject=student_id,
            facts={"passkey": name},
        )


def ask_known(store: Store, district: District, *, now: datetime, entropy: Entropy) -> str:
    """What a browser is asked to show a passkey, whosever: the options, as JSON. They name nobody.

    Raises:
        IssuerError: `too_many_requests`.
    """
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(district),
        challenge=_ask(store, district.id, _SIGN_IN, now, entropy),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def enter(store: Store, district: District, answer: str, *, now: datetime, entropy: Entropy) -> str:
    """Sign in whoever showed a passkey: the session's token.

    Raises:
        ClaimError: `passkey_refused`, the same for every cause.
    """
    value = _read(answer)
    challenge = _challenge_of(value)
    key_id, handle = _bytes(value.get("rawId")), _bytes(_response(value).get("userHandle"))
    with store.of(district.id).transaction() as session:
        asked = ways_back.answered(session, district.id, _hash(_SIGN_IN, challenge), now)
    if not asked:
        raise _refused()
    with store.of(district.id).transaction() as session:
        row = ways_back.passkey(session, district.id, key_id)
        if row is None or row.user_handle != handle:
            raise _refused()
        try:
            # A counter that does not rise says that the key may have been copied (7.2, step 22).
            shown = webauthn.verify_authentication_response(
                credential=value,
                expected_challenge=challenge,
                expected_rp_id=rp_id(district),
                expected_origin=district.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.counter,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as fault:
            raise _refused() from fault
        row.counter, row.last_used = shown.new_sign_count, now
        session.flush()
        return sessions.begin(
            session, district.id, row.student_id, sessions.Method.PASSKEY, now=now, entropy=entropy
        )


def of_student(store: Store, district_id: str, student_id: str) -> list[Kept]:
    """A student's passkeys, the oldest first."""
    with store.of(district_id).reading() as session:
        rows = ways_back.passkeys(session, district_id, student_id)
    return [Kept(row.id, row.created, row.last_used) for row in rows]


def remove(store: Store, district_id: str, student_id: str, passkey_id: str, *, now: datetime) -> None:
    """Take a passkey out.

    Raises:
        IssuerError: `not_found`, also for somebody else's.
    """
    with store.of(district_id).transaction() as session:
        if not ways_back.remove_passkey(session, district_id, student_id, passkey_id):
            raise IssuerError("not_found", "there is no such passkey")
        audit.record(
            session,
            district_id,
            at=now,
            actor=sessions.actor_of(student_id),
            action="passkey.removed",
            subject=student_id,
            facts={"passkey": passkey_id},
        )


def rp_id(district: District) -> str:
    """What passkeys of a district are bound to: the host of its origin."""
    return urlsplit(district.origin).hostname or ""


def _ask(store: Store, district_id: str, whom: str, now: datetime, entropy: Entropy) -> bytes:
    challenge = entropy(32)
    row = PasskeyChallenge(district_id=district_id, challenge_hash=_hash(whom, challenge), ends=now + LASTS)
    with store.of(district_id).transaction() as session:
        if not ways_back.ask(session, row, now=now, most=MOST_WAITING):
            raise IssuerError("too_many_requests", "too many sign in at this moment: wait")
    return challenge


def _hash(whom: str, challenge: bytes) -> bytes:
    """What is kept of a question: it fits the one whom it was put to."""
    return hashlib.sha256(f"{whom}\n".encode() + challenge).digest()


def _read(answer: str) -> dict[str, Any]:
    try:
        return parse(answer.encode("utf-8", "replace"), ANSWER_LIMITS).value
    except DocumentError as fault:
        raise _refused() from fault


def _response(value: dict[str, Any]) -> dict[str, Any]:
    said = value.get("response")
    if not isinstance(said, dict):
        raise _refused()
    return said


def _challenge_of(value: dict[str, Any]) -> bytes:
    """The question that an answer answers; whether it was ours is for the database to say."""
    try:
        client = parse(_bytes(_response(value).get("clientDataJSON")), CLIENT_LIMITS).value
    except DocumentError as fault:
        raise _refused() from fault
    return _bytes(client.get("challenge"))


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not text or not text.isascii():
        raise _refused()
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as fault:
        raise _refused() from fault


def _refused() -> ClaimError:
    return ClaimError("passkey_refused", "this passkey does not open anything here: try another way")
