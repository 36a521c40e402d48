"""Shares: a link, and where wanted a code, that open one credential until they are stopped or end.

The database keeps hashes only. A token has 160 random bits, so SHA-256 hides it. A code has 55, few enough
to be tried against a stolen database; scrypt makes each try cost some hundredth of a second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from credential.qr import new_code, new_token
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.securing import VC, release
from issuer.sharing.ages import day_in, is_adult, zone_named
from issuer.sharing.policy import CHOSEN, Audience, Policy, Refusal, Standing, refusal
from issuer.sharing.terms import NameShown
from issuer.store import audit, derived, queries, sharing
from issuer.store.columns import checked_time
from issuer.store.derived import DerivedSecured
from issuer.store.session import Session, Store
from issuer.store.share_tables import Consent, Disclosure, ShareTerms
from issuer.store.status_lists import Entropy, random_name
from issuer.store.tables import Credential, District, Secured, Share
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


class ShareEnded(IssuerError):  # noqa: N818 - it says what happened; callers read `except ShareEnded`
    """A share that was open is over.

    Args:
        last_day: The last day on which it opened anything.
    """

    def __init__(self, last_day: date) -> None:
        super().__init__("share_ended", f"this link ended on {last_day.isoformat()}")
        self.last_day = last_day


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

    A student of full age decides alone. For everybody else, and for whom no birth date is known, the
    district's policy holds, on the district's own calendar.

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
        IssuerError: `not_found`; `not_signed`; `bad_time`; `not_agreed`; `sharing_refused`;
            `too_many_made`.
    """
    token = new_token(entropy(20))
    code = new_code(entropy(7)) if with_code else None
    share_id = random_name(entropy)
    with store.reading() as session:
        district = queries.district(session, district_id)
    hashed = code_hash(code, district.code_salt) if code else None
    with store.transaction() as session:
        row = queries.credential(session, district_id, credential_id, lock=True)
        audit.hold(session, district_id)  # as in `student_sharing.share_badge`
        _check_allowed(session, row, now, agreed=agreed)
        if sharing.count_of_badge(session, district_id, credential_id) >= sharing.MOST_MADE:
            raise IssuerError(
                "too_many_made",
                f"{sharing.MOST_MADE} links and codes were made of this badge: use one of them again",
            )
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


def born(session: Session, district_id: str, student_id: str) -> date | None:
    """The birth date as the roster has it, or None."""
    found = sharing.birth_date_of(session, district_id, student_id)
    return date.fromisoformat(found) if found else None


def standing_of(
    session: Session, district: District, student_id: str, now: datetime, *, adult_on: date | None = None
) -> Standing:
    """What is known now of a student's right to share.

    Args:
        session: A transaction.
        district: Whose student.
        student_id: The number.
        now: The time.
        adult_on: The day from which on an award says that the student is of age: it counts where the roster
            knows no birth date, as of somebody who has left.
    """
    zone = zone_named(policy_of(district).zone)
    birth = born(session, district.id, student_id)
    adult = is_adult(birth, now, zone) if birth else adult_on is not None and adult_on <= day_in(now, zone)
    return standing_under(sharing.consents(session, district.id, student_id), adult=adult)


def standing_under(consents: Iterable[Consent], *, adult: bool) -> Standing:
    """What a student may do under what was agreed and opted out of.

    Args:
        consents: All about the student; what has ended does not count.
        adult: Whether they are of age.
    """
    agreed: set[Audience] = set()
    opted_out = False
    for row in consents:
        if row.ended_at is not None:
            continue
        opted_out = opted_out or row.kind == "opt-out"
        if row.kind == "guardian":
            agreed |= {Audience(one) for one in row.audiences.split(",") if one}
    return Standing(adult, frozenset(agreed), opted_out)


def _check_allowed(session: Session, row: Credential, now: datetime, *, agreed: bool) -> None:
    """Judge what the school makes by the rule of what students make (`sharing.policy.refusal`).

    Somebody's word that a guardian agreed stands for a recorded agreement; it does not stand for the
    district's policy.
    """
    known = queries.award(session, row.district_id, row.award_ref)
    if known is None:
        raise IssuerError("state_conflict", f"{row.id} has no award")
    award = Award.from_json(known.facts)
    district = queries.district(session, row.district_id)
    standing = standing_of(session, district, award.student_id, now, adult_on=award.adult_on)
    if agreed:
        standing = replace(standing, agreed=frozenset(CHOSEN))
    why = refusal(policy_of(district), standing, Audience.PAPER)
    if why in {Refusal.OFF, Refusal.AUDIENCE}:
        raise IssuerError(
            "sharing_refused",
            "the district lets nobody under 18 share, and this student is not known to be 18: "
            "an administrator chooses that under Sharing",
        )
    if why is not None:
        unknown = award.adult_on is None and born(session, row.district_id, award.student_id) is None
        who = (
            "no birth date is known, so the student may be under 18" if unknown else "the student is under 18"
        )
        raise IssuerError(
            "not_agreed",
            f"{who}: a guardian agrees first, then run `cairn share {row.award_ref} --agreed`",
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
    """What a link's token opens. That it was opened is counted, once, before anything is given out.

    Args:
        store: The database.
        district: Whose.
        token: The token.
        form: `vc`, or `jwt` where there is one.
        now: The time.
        current: Whether the badge is wanted that took the place of one that was corrected.

    Raises:
        IssuerError: `not_shared` for a token that nobody was given; `share_stopped` and `share_ended`, which
            only a holder hears.
    """
    hashed = token_hash(token)
    with store.transaction() if current else store.reading() as session:
        share = queries.share_by_token(session, district.id, hashed)
        found = _open(session, share, form, now, current=current)
    return _counted(store, district, found, now)


def open_code(
    store: Store,
    district: District,
    code: str,
    *,
    form: str,
    now: datetime,
    current: bool = False,
    counted: bool = True,
) -> Opened:
    """What a code opens.

    Args:
        store: The database.
        district: Whose.
        code: The code.
        form: `vc`, or `jwt` where there is one.
        now: The time.
        current: As in `open_token`.
        counted: Whether this is a check by somebody outside; the holder who prints it again is none.

    Raises:
        IssuerError: As `open_token`.
    """
    hashed = code_hash(code, district.code_salt)
    with store.transaction() if current else store.reading() as session:
        share = queries.share_by_code(session, district.id, hashed)
        found = _open(session, share, form, now, current=current)
    return _counted(store, district, found, now) if counted else found[1]


def _open(
    session: Session, share: Share | None, form: str, now: datetime, *, current: bool
) -> tuple[Share, Opened]:
    if share is None:
        raise not_shared()
    if share.stopped is not None:
        raise IssuerError("share_stopped", "the holder has stopped sharing this")
    terms = sharing.terms_of(session, share.district_id, share.id)
    if share.ends is not None and share.ends <= now:
        raise ShareEnded(last_day_of(share.ends, terms))
    forms: Mapping[str, Secured | DerivedSecured]
    if terms is not None and terms.derived_id is not None:
        # Never the badge that took the original's place: it would show what this share leaves out.
        forms = derived.secured(session, share.district_id, terms.derived_id)
    else:
        credential_id = _standing(session, share, now) if current else share.credential_id
        forms = queries.secured(session, share.district_id, credential_id)
    if form not in forms:
        form = VC
    return share, Opened(forms[form].body, MEDIA_TYPES[form])


def _counted(store: Store, district: District, found: tuple[Share, Opened], now: datetime) -> Opened:
    """Put a retrieval into the ledger: on which day, for which class of audience, what; never who asked."""
    share, opened = found
    zone = zone_named(policy_of(district).zone)
    with store.transaction() as session:
        terms = sharing.terms_of(session, district.id, share.id)
        sharing.count_disclosure(
            session,
            Disclosure(
                district_id=district.id,
                share_id=share.id,
                day=day_in(now, zone).isoformat(),
                credential_id=terms.credential_id if terms else share.credential_id,
                audience=terms.audience if terms else sharing.SCHOOL,
                name=terms.name if terms else NameShown.FULL.value,
                evidence=terms.evidence if terms else True,
                times=1,
                last_at=now,
            ),
        )
    return opened


def last_day_of(ends: datetime, terms: ShareTerms | None) -> date:
    """The last day on which a share opened: as its student chose it, or by its end in UTC."""
    if terms is not None and terms.last_day is not None:
        return date.fromisoformat(terms.last_day)
    return (ends - timedelta(microseconds=1)).astimezone(UTC).date()


def policy_of(district: District) -> Policy:
    """What the district chose for sharing."""
    return Policy.from_json(district.profile.get("sharing"))


def not_shared() -> IssuerError:
    """The one answer to every link and code that nobody was given."""
    return IssuerError("not_shared", "nothing is shared under this link or code: check it for slips")


def _standing(session: Session, share: Share, now: datetime) -> str:
    """The badge in the place of the shared one: it was shared, wrong as it was, with whoever has the link."""
    row = queries.credential(session, share.district_id, share.credential_id)
    standing = standing_badge(session, row)
    if standing.id != row.id:
        release(session, standing, now=now, actor=f"share:{share.id}")
    return standing.id
