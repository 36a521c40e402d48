"""In January, who leaves school this year is asked for an address of their own, while the school's works.

Once for each student and year, and nobody runs anything: the sender orders the mails when it looks at the
whole, and the day is the district's own. Of somebody under 18 the rule of sharing is obeyed: where the
district lets them share with nobody, where a guardian has not agreed, or where the family has opted out, no
mail asks them to take their badges out of the school's hands. Who comes of age in January is asked then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime
from typing import Final

from issuer.shares import policy_of, standing_under
from issuer.sharing.ages import day_in, is_adult, zone_named
from issuer.sharing.policy import CHOSEN, Policy, refusal
from issuer.store import audit, leaving, queries
from issuer.store.contacts import StudentContact
from issuer.store.outbox import OutboxMail, Purpose, queued
from issuer.store.session import Session
from issuer.store.share_tables import Consent
from issuer.store.status_lists import Entropy

JANUARY: Final = 1
MOST_AT_ONCE: Final = 2_000
"""Mails that are put into line at once; the next round goes on."""
_LAST_GRADE: Final = re.compile(r"(?<![0-9])12(?:th)?(?![0-9a-z])|\b(?:senior|twelfth)\b", re.ASCII)


def is_last(grade: str) -> bool:
    """Whether a grade, as the school writes it, is the one before leaving.

    >>> [is_last(one) for one in ("12", "Grade 12", "12th", "SENIOR", "11", "112", "")]
    [True, True, True, True, False, False, False]
    """
    return _LAST_GRADE.search(grade.casefold()) is not None


def queue_seniors(session: Session, district_id: str, *, now: datetime, entropy: Entropy) -> bool:
    """Put the mails into line that are due, inside the caller's transaction: the same again adds nothing.

    Returns:
        Whether some may be left for the next round.
    """
    district = queries.district(session, district_id)
    policy = policy_of(district)
    zone = zone_named(policy.zone)
    day = day_in(now, zone)
    if day.month != JANUARY:
        return False
    grades = [one for one in leaving.grades(session, district_id) if is_last(one)]
    found = leaving.unasked(session, district_id, grades, year=day.year, now=now) if grades else []
    minors = {one.student_id for one, born in found if born is None or not is_adult(_day(born), now, zone)}
    consents: dict[str, list[Consent]] = defaultdict(list)
    for row in leaving.open_consents(session, district_id, grades) if minors else []:
        consents[row.student_id].append(row)
    asked = [
        one
        for one, _ in found
        if _may(policy, adult=one.student_id not in minors, consents=consents[one.student_id])
    ]
    for one in asked[:MOST_AT_ONCE]:
        session.add(_mail(one, day.year, now, entropy))
    if asked:
        audit.record(
            session,
            district_id,
            at=now,
            actor="mail",
            action="mail.queued",
            subject=district_id,
            facts={"senior": len(asked[:MOST_AT_ONCE])},
        )
    return len(asked) > MOST_AT_ONCE


def still_to_ask(session: Session, district_id: str, student_id: str) -> bool:
    """Whether a mail that is in line still has its reason: a student who has no address of their own yet."""
    return leaving.has_no_own_address(session, district_id, student_id)


def _may(policy: Policy, *, adult: bool, consents: list[Consent]) -> bool:
    standing = standing_under(consents, adult=adult)
    return any(refusal(policy, standing, one) is None for one in CHOSEN)


def _day(born: str | None) -> date | None:
    return date.fromisoformat(born) if born else None


def _mail(one: StudentContact, year: int, now: datetime, entropy: Entropy) -> OutboxMail:
    return queued(
        one.district_id,
        one.student_id,
        one.school_email or "",
        language=one.language,
        purpose=Purpose.SENIOR,
        about=leaving.about(year, one.student_id),
        now=now,
        entropy=entropy,
    )
