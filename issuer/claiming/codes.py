"""One-time codes by mail: eight figures, ten minutes, five tries, one use.

Whoever asks for a code hears the same, in the same time, whether the address is a student's or nobody's: the
request is only put into line, and the sender looks the address up. A code is kept under scrypt, with the
address and the district's salt.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.access.errors import AccessError
from issuer.access.people import normal_email
from issuer.claiming import sessions
from issuer.claiming.errors import ClaimError
from issuer.errors import IssuerError
from issuer.store import audit, contacts, outbox, ways_back
from issuer.store.outbox import CodeRequest, OutboxMail, Purpose
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import District
from issuer.store.ways_back import StudentCode

FIGURES: Final = 8
LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
MOST_AN_HOUR: Final = 5
"""Codes that are mailed to one student within an hour; more are asked for in vain, and nobody is told."""
MOST_SHARING: Final = 5
"""Students who share one address, as a family does."""
MOST_WAITING: Final = 1_000
"""Requests that wait for the sender; beyond that nobody's is taken until it has come by."""
SIGN_IN, HAND_OVER = "sign-in", "hand-over"
_CODE: Final = re.compile(rf"[0-9]{{{FIGURES}}}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s-]+")
_SCRYPT_COST, _SCRYPT_BLOCK, _SCRYPT_LANES = 4_096, 8, 1


@dataclass(frozen=True, slots=True)
class Opened:
    """Whom a code let in.

    Attributes:
        student_id: The student.
        token: The session's.
    """

    student_id: str
    token: str


def read_address(text: str) -> str:
    """An address as it is kept.

    Raises:
        ClaimError: `contact_refused`.
    """
    try:
        return normal_email(text)
    except AccessError as fault:
        raise ClaimError(
            "contact_refused", "write the e-mail address as in rosa@example.edu", "address"
        ) from fault


def ask(
    store: Store, district_id: str, address: str, language: str, *, now: datetime, entropy: Entropy
) -> None:
    """Ask for a code to an address, whoever's it is. Nothing here depends on whether anybody has it.

    Raises:
        ClaimError: `contact_refused` for what is no address.
        IssuerError: `too_many_requests` where too many wait.
    """
    address = read_address(address)
    with store.of(district_id).transaction() as session:
        row = CodeRequest(
            district_id=district_id,
            id=random_name(entropy),
            address=address,
            language=language,
            created=now,
        )
        if not outbox.add_request(session, row, most=MOST_WAITING):
            raise IssuerError("too_many_requests", "too many codes are asked for at this moment: wait")


def take_up(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> int:
    """Put a mail into line for each request whose address is a student's; how many. The sender does this."""
    made = 0
    for request in outbox.take_requests(session, district_id):
        if not timedelta(0) <= now - request.created < LASTS:
            continue
        for one in contacts.at_address(session, district_id, request.address, MOST_SHARING):
            if _too_many(session, district_id, one.student_id, now):
                continue
            _line_up(
                session,
                district_id,
                one.student_id,
                request.address,
                language=request.language,
                purpose=Purpose.CODE,
                now=now,
                entropy=entropy,
            )
            made += 1
    return made


def ask_hand_over(
    store: Store,
    district_id: str,
    student_id: str,
    address: str,
    language: str,
    *,
    now: datetime,
    entropy: Entropy,
) -> str:
    """Mail a code to an address that a student, who is signed in, says is theirs; the address as it is kept.

    Raises:
        ClaimError: `contact_refused`.
        IssuerError: `too_many_requests`.
    """
    address = read_address(address)
    with store.of(district_id).transaction() as session:
        if _too_many(session, district_id, student_id, now):
            raise IssuerError("too_many_requests", "too many codes within an hour: wait")
        _line_up(
            session,
            district_id,
            student_id,
            address,
            language=language,
            purpose=Purpose.HAND_OVER,
            now=now,
            entropy=entropy,
        )
    return address


def mint(session: Session, district: District, mail: OutboxMail, *, now: datetime, entropy: Entropy) -> str:
    """A new code for a mail that is being written: told there, and kept nowhere."""
    code = f"{int.from_bytes(entropy(16), 'big') % 10**FIGURES:0{FIGURES}}"
    purpose = HAND_OVER if mail.purpose == Purpose.HAND_OVER else SIGN_IN
    row = StudentCode(
        district_id=district.id,
        id=random_name(entropy),
        student_id=mail.student_id,
        purpose=purpose,
        address=mail.address,
        code_hash=_hash(district, mail.address, code),
        tries=0,
        created=now,
        ends=now + LASTS,
        used=None,
    )
    ways_back.add_code(session, row, before=now - LASTS)
    return code


def enter(
    store: Store, district: District, address: str, typed: str, *, now: datetime, entropy: Entropy
) -> Opened:
    """Sign in whoever typed the code that was mailed to an address.

    Raises:
        ClaimError: `code_refused`, the same for every cause.
    """
    student_id = _check(store, district, SIGN_IN, address, typed, now=now)
    with store.of(district.id).transaction() as session:
        token = sessions.begin(
            session, district.id, student_id, sessions.Method.CODE, now=now, entropy=entropy
        )
    return Opened(student_id, token)


def confirm_hand_over(
    store: Store,
    district: District,
    student_id: str,
    address: str,
    typed: str,
    *,
    now: datetime,
    entropy: Entropy,
) -> None:
    """Take an address as the student's own, once its code was typed; news and codes go there from now on.

    Raises:
        ClaimError: `code_refused`.
    """
    whose = _check(store, district, HAND_OVER, address, typed, now=now, only=student_id)
    address = read_address(address)
    with store.of(district.id).transaction() as session:
        row = contacts.contact(session, district.id, whose)
        before = row.address if row is not None else None
        language = row.language if row is not None else "en"
        if row is None:
            session.add(
                contacts.StudentContact(
                    district_id=district.id,
                    student_id=whose,
                    school_email=None,
                    own_email=address,
                    own_since=now,
                    language=language,
                    teacher="",
                    updated=now,
                )
            )
        else:
            row.own_email, row.own_since, row.updated = address, now, now
        session.flush()
        if before is not None and before != address:
            # Whoever reads the old address hears of it, should it not have been the student.
            _line_up(
                session,
                district.id,
                whose,
                before,
                language=language,
                purpose=Purpose.HAND_OVER_DONE,
                now=now,
                entropy=entropy,
            )
        audit.record(
            session,
            district.id,
            at=now,
            actor=sessions.actor_of(whose),
            action="student-contact.handed-over",
            subject=whose,
            facts={},
        )


def forget_own(store: Store, district_id: str, student_id: str, *, now: datetime, actor: str) -> None:
    """Take a student's own address out again."""
    with store.of(district_id).transaction() as session:
        row = contacts.contact(session, district_id, student_id)
        if row is None or row.own_email is None:
            return
        row.own_email, row.own_since, row.updated = None, None, now
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="student-contact.own-forgotten",
            subject=student_id,
            facts={},
        )


def _check(
    store: Store,
    district: District,
    purpose: str,
    address: str,
    typed: str,
    *,
    now: datetime,
    only: str | None = None,
) -> str:
    """Whose code it is. Each call costs one try of every code of the address, and the same time."""
    code = _BETWEEN.sub("", typed[:40])
    try:
        address = normal_email(address)
    except AccessError:
        address = ""
    given = _hash(district, address, code)
    with store.of(district.id).transaction() as session:
        rows = ways_back.try_codes(session, district.id, purpose, address, now=now, most=MOST_TRIES)
        fits = [
            (code_id, student_id)
            for code_id, student_id, kept in rows
            if hmac.compare_digest(kept, given) and only in (None, student_id)
        ]
        opened = bool(_CODE.fullmatch(code) and fits) and ways_back.use_code(
            session, district.id, fits[0][0], now
        )
        # Not raised in here: what a try costs must be kept.
    if not opened:
        raise ClaimError("code_refused", "this code does not open anything: look at it again", "code")
    return fits[0][1]


def _too_many(session: Session, district_id: str, student_id: str, now: datetime) -> bool:
    since = now - timedelta(hours=1)
    return outbox.recent_codes(session, district_id, student_id, since) >= MOST_AN_HOUR


def _line_up(
    session: Session,
    district_id: str,
    student_id: str,
    address: str,
    *,
    language: str,
    purpose: Purpose,
    now: datetime,
    entropy: Entropy,
) -> None:
    session.add(
        outbox.queued(
            district_id,
            student_id,
            address,
            language=language,
            purpose=purpose,
            about=None,
            now=now,
            entropy=entropy,
        )
    )
    session.flush()


def _hash(district: District, address: str, code: str) -> bytes:
    return hashlib.scrypt(
        f"{address}\n{code}".encode(),
        salt=district.code_salt,
        n=_SCRYPT_COST,
        r=_SCRYPT_BLOCK,
        p=_SCRYPT_LANES,
        dklen=32,
    )
