"""Links and slips: made for a badge or a student, used once, by two taps and without an account.

A link's token has 160 random bits and is kept as its SHA-256. A slip's code has 55 and a check character and
is kept under scrypt, as the codes of shares are (`issuer.shares`). What is asked for under a secret that does
not exist is answered as what was mistyped; a secret that was real says to its holder what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from contexts.document import parse
from credential.errors import CredentialError
from credential.qr import new_code, new_token, read_code, read_token
from issuer.claiming import sessions
from issuer.claiming.errors import ClaimError
from issuer.shares import code_hash, token_hash
from issuer.store import audit, claims, students
from issuer.store.claims import Claim
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.students import StudentRow
from issuer.store.tables import Award, District

LINK_LASTS: Final = timedelta(days=90)
SLIP_LASTS: Final = timedelta(days=180)
"""From August to the end of the winter term; the school prints a new one at any time."""
MOST_SLIPS: Final = 300
"""Slips of one printing: thirty sheets."""


@dataclass(frozen=True, slots=True)
class SlipCode:
    """A code as it is printed, and what is kept of it."""

    code: str
    hashed: bytes


class Kind(StrEnum):
    """How a secret reached the student."""

    LINK = "link"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a link or slip offers before anything is done.

    Attributes:
        claim_id: Which.
        kind: Link or slip.
        student_id: Whose.
        credential_id: The badge of a link; None for a slip, which leads to all.
        given_name: How the student is called, or "".
        badge: The badge's name, "" for a slip.
    """

    claim_id: str
    kind: Kind
    student_id: str
    credential_id: str | None
    given_name: str
    badge: str


def new_link(
    session: Session,
    district_id: str,
    student_id: str,
    credential_id: str,
    *,
    now: datetime,
    entropy: Entropy,
) -> str:
    """A new link to one badge, inside the caller's transaction: its token, told once and kept nowhere.

    Links that were made for the badge before stay as they are: a mail may be on its way.
    """
    token = new_token(entropy(20))
    _add(
        session,
        district_id,
        Kind.LINK,
        token_hash(token),
        student_id=student_id,
        credential_id=credential_id,
        now=now,
        ends=now + LINK_LASTS,
        entropy=entropy,
    )
    return token


def new_codes(district: District, student_ids: Sequence[str], *, entropy: Entropy) -> dict[str, SlipCode]:
    """A code for each student, which opens nothing yet. A hash costs some hundredth of a second.

    Raises:
        ClaimError: `contact_refused` beyond `MOST_SLIPS` of them.
    """
    if len(student_ids) > MOST_SLIPS:
        raise ClaimError("contact_refused", f"at most {MOST_SLIPS} slips are made at once: choose fewer")
    made = {}
    for one in student_ids:
        code = new_code(entropy(7))
        made[one] = SlipCode(code, code_hash(code, district.code_salt))
    return made


def new_slips(
    session: Session,
    district_id: str,
    made: Mapping[str, SlipCode],
    *,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> None:
    """Make codes the slips of their students; unused ones from before open nothing from now on."""
    claims.stop(session, district_id, Kind.SLIP, list(made), now)
    for student_id, code in made.items():
        _add(
            session,
            district_id,
            Kind.SLIP,
            code.hashed,
            student_id=student_id,
            credential_id=None,
            now=now,
            ends=now + SLIP_LASTS,
            entropy=entropy,
        )
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="slips.made",
        subject=district_id,
        facts={"students": len(made)},
    )


def _add(
    session: Session,
    district_id: str,
    kind: Kind,
    secret_hash: bytes,
    *,
    student_id: str,
    credential_id: str | None,
    now: datetime,
    ends: datetime,
    entropy: Entropy,
) -> None:
    session.add(
        Claim(
            district_id=district_id,
            id=random_name(entropy),
            kind=kind.value,
            secret_hash=secret_hash,
            student_id=student_id,
            credential_id=credential_id,
            created=now,
            ends=ends,
            kept=None,
            stopped=None,
        )
    )


def look(store: Store, district: District, kind: Kind, secret: str, *, now: datetime) -> Offered:
    """What a link or slip offers. Looking changes nothing: scanners of mail look at every link.

    Raises:
        ClaimError: `claim_unknown`; `claim_used`, `claim_ended`, which only a holder hears.
    """
    hashed = _hashed(district, kind, secret)
    with store.of(district.id).reading() as session:
        return _offered(session, district.id, kind, hashed, now)


def keep(
    store: Store, district: District, kind: Kind, secret: str, *, now: datetime, entropy: Entropy
) -> tuple[Offered, str]:
    """Use a link or slip, once, and sign its student in: what was offered, and the session's token.

    Raises:
        ClaimError: As `look`.
    """
    hashed = _hashed(district, kind, secret)
    with store.of(district.id).transaction() as session:
        offered = _offered(session, district.id, kind, hashed, now)
        if not claims.use(session, district.id, offered.claim_id, now):
            raise _used()
        audit.record(
            session,
            district.id,
            at=now,
            actor=sessions.actor_of(offered.student_id),
            action="badge.claimed" if offered.credential_id else "slip.used",
            subject=offered.credential_id or offered.student_id,
            facts={"claim": offered.claim_id, "kind": kind.value},
        )
        method = sessions.Method.LINK if kind is Kind.LINK else sessions.Method.SLIP
        token = sessions.begin(session, district.id, offered.student_id, method, now=now, entropy=entropy)
    return offered, token


def _hashed(district: District, kind: Kind, secret: str) -> bytes:
    """What is kept of a secret, as it was typed."""
    try:
        if kind is Kind.LINK:
            return token_hash(read_token(f"{district.tag}-{secret}").token)
        code = read_code(secret)
        if code.tag not in ("", district.tag):
            raise _unknown()
        return code_hash(code.code, district.code_salt)
    except CredentialError as fault:
        raise _unknown() from fault


def _offered(session: Session, district_id: str, kind: Kind, hashed: bytes, now: datetime) -> Offered:
    row = claims.by_secret(session, district_id, kind.value, hashed)
    if row is None:
        raise _unknown()
    if row.kept is not None:
        raise _used()
    withdrawn = row.credential_id is not None and claims.is_withdrawn(session, district_id, row.credential_id)
    if row.stopped is not None or row.ends <= now or withdrawn:
        raise ClaimError("claim_ended", "this link is no longer in use")
    found = claims.badge(session, district_id, row.credential_id) if row.credential_id else None
    return Offered(
        row.id,
        kind,
        row.student_id,
        row.credential_id,
        given_name(session, district_id, row.student_id, found[0] if found else None),
        badge_name(found[1].document) if found else "",
    )


def given_name(session: Session, district_id: str, student_id: str, award: Award | None = None) -> str:
    """How a student is called: as on the roster, else the first word of the name on the badge, else ""."""
    row = session.get(StudentRow, (district_id, student_id))
    if row is not None:
        who = students.as_student(row)
        return who.preferred_given_name or who.given_name
    name = str((award.facts if award is not None else {}).get("recipient_name") or "")
    return name.split(" ", 1)[0]


def badge_name(document: bytes) -> str:
    """What a badge is called in an achievement's document."""
    value: Any = parse(document).value
    return str(value["name"])


def _unknown() -> ClaimError:
    return ClaimError("claim_unknown", "nothing is waiting under this link or code: check it for slips")


def _used() -> ClaimError:
    return ClaimError("claim_used", "this link or slip was used before")
