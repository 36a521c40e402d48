"""Shares: a link, and where wanted a code, that open one credential until they are stopped or end.

The database keeps hashes only. A token has 160 random bits, so SHA-256 hides it. A code has 55, few enough
to be tried against a stolen database; scrypt makes each try cost some hundredth of a second.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from credential.qr import new_code, new_token
from issuer.errors import IssuerError
from issuer.securing import VC, release
from issuer.store import audit, queries
from issuer.store.columns import checked_time
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import Credential, District, Share
from issuer.successor import standing_badge

SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES = 4_096, 8, 1
"""About 15 ms and 4 MiB a try: the whole space of codes would take one machine seventeen million years."""

MEDIA_TYPES = {"vc": "application/vc", "jwt": "application/vc+jwt"}


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share that was just made. Its token and code are told once, here, and kept nowhere.

    Attributes:
        share_id: For stopping it.
        tag: The issuer's tag, which goes before both.
        token: What a link carries.
        code: What is printed and typed, or None.
    """

    share_id: str
    tag: str
    token: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a share opens: the stored bytes and their media type."""

    body: bytes
    media_type: str


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def code_hash(code: str, salt: bytes) -> bytes:
    """What is kept of a code (RFC 7914)."""
    return hashlib.scrypt(code.encode(), salt=salt, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=SCRYPT_LANES, dklen=32)


def create_share(
    store: Store,
    district_id: str,
    credential_id: str,
    *,
    now: datetime,
    entropy: Entropy,
    actor: str,
    with_code: bool = True,
    ends: datetime | None = None,
    agreed: bool = False,
) -> NewShare:
    """Make a link, and a code where wanted, for one credential.

    A student of full age decides alone. For everybody else, and for whom no birth date is known, a guardian
    does, and somebody must say that they have agreed.

    Args:
        store: The database.
        district_id: Whose credential.
        credential_id: Which.
        now: The time.
        entropy: Random bytes.
        actor: Who shares it: the student, or the district on the student's word.
        with_code: Whether it gets a code too.
        ends: From when on it opens nothing, or None.
        agreed: Whether the guardian of a student under 18 has agreed.

    Raises:
        IssuerError: `not_found`; `not_signed`; `bad_time`; `not_agreed`.
    """
    token = new_token(entropy(20))
    code = new_code(entropy(7)) if with_code else None
    share_id = random_name(entropy)
    with store.reading() as session:
        district = queries.district(session, district_id)
    hashed = code_hash(code, district.code_salt) if code else None
    with store.transaction() as session:
        row = queries.credential(session, district_id, credential_id, lock=True)
        if not agreed:
            _check_decides_alone(session, row, now)
        release(session, row, now=now, actor=actor)
        session.add(
            Share(
                district_id=district_id,
                id=share_id,
                credential_id=credential_id,
                token_hash=token_hash(token),
                code_hash=hashed,
                created=now,
                ends=ends and checked_time(ends),
                stopped=None,
            )
        )
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="share.created",
            subject=credential_id,
            facts={
                "share": share_id,
                "code": code is not None,
                "ends": ends and ends.isoformat(),
                "agreed": agreed,
            },
        )
    return NewShare(share_id, district.tag, token, code)


def _check_decides_alone(session: Session, row: Credential, now: datetime) -> None:
    award = queries.award(session, row.district_id, row.award_ref)
    if award is None:
        raise IssuerError("state_conflict", f"{row.id} has no award")
    adult_on = award.facts.get("adult_on")
    # The last place on earth to begin a day: a birthday is never taken as come before it has come there too.
    today = (now.astimezone(UTC) - timedelta(hours=12)).date()
    if adult_on is None or today < date.fromisoformat(adult_on):
        why = (
            "no birth date is known, so the student may be under 18"
            if adult_on is None
            else "the student is under 18"
        )
        raise IssuerError(
            "not_agreed",
            f"{why}: a guardian agrees first, then run `cairn share {row.award_ref} --agreed`",
        )


def stop_share(store: Store, district_id: str, share_id: str, *, now: datetime, actor: str) -> None:
    """Make a share open nothing from now on. Stopping it again changes nothing.

    Raises:
        IssuerError: `not_found`.
    """
    with store.transaction() as session:
        share = queries.share(session, district_id, share_id, lock=True)
        if share.stopped is not None:
            return
        share.stopped = now
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="share.stopped",
            subject=share.credential_id,
            facts={"share": share_id},
        )


def open_token(
    store: Store, district: District, token: str, *, form: str, now: datetime, current: bool = False
) -> Opened:
    """What a link's token opens.

    Args:
        store: The database.
        district: Whose.
        token: The token.
        form: `vc`, or `jwt` where there is one.
        now: The time.
        current: Whether the badge is wanted that took the place of one that was corrected.

    Raises:
        IssuerError: `not_shared` for a token that nobody was given; `share_ended`, which only a holder hears.
    """
    hashed = token_hash(token)
    with store.transaction() if current else store.reading() as session:
        share = queries.share_by_token(session, district.id, hashed)
        return _open(session, share, form, now, current=current)


def open_code(
    store: Store, district: District, code: str, *, form: str, now: datetime, current: bool = False
) -> Opened:
    """What a code opens.

    Raises:
        IssuerError: As `open_token`.
    """
    hashed = code_hash(code, district.code_salt)
    with store.transaction() if current else store.reading() as session:
        share = queries.share_by_code(session, district.id, hashed)
        return _open(session, share, form, now, current=current)


def _open(session: Session, share: Share | None, form: str, now: datetime, *, current: bool) -> Opened:
    if share is None:
        raise IssuerError("not_shared", "nothing is shared under this link or code: check it for slips")
    if share.stopped is not None or (share.ends is not None and share.ends <= now):
        raise IssuerError("share_ended", "the holder has stopped sharing this badge, or the share has ended")
    credential_id = _standing(session, share, now) if current else share.credential_id
    forms = queries.secured(session, share.district_id, credential_id)
    if form not in forms:
        form = VC
    return Opened(forms[form].body, MEDIA_TYPES[form])


def _standing(session: Session, share: Share, now: datetime) -> str:
    """The badge in the place of the shared one: it was shared, wrong as it was, with whoever has the link."""
    row = queries.credential(session, share.district_id, share.credential_id)
    standing = standing_badge(session, row)
    if standing.id != row.id:
        release(session, standing, now=now, actor=f"share:{share.id}")
    return standing.id
