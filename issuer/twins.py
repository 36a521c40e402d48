"""The same thing of the same day under two references: one student, one badge for it.

A sheet's check looks for these when it is made, and two sheets may be checked at once. So whoever issues
looks again where nobody else can prepare a badge of the district meanwhile. A correction, a renewal and
another determination are no twins: each stands for what it takes the place of, and does not come this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from issuer.award import Award
from issuer.catalog import Catalogue
from issuer.catalog.achievement import slug
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.roster import Held
from issuer.store import audit
from issuer.store.held import held
from issuer.store.session import Session


def twins(session: Session, district_id: str, awards: Sequence[Award]) -> dict[str, IssuerError]:
    """Which of these awards a student has already, of the same day, under another reference.

    Args:
        session: A writing transaction. What is found holds until it ends: it stands in the line of the audit
            chain, where everybody stands who prepares a badge.
        district_id: Whose awards.
        awards: What is about to be prepared.

    Returns:
        By reference `award_held`; of two among `awards` the one whose reference comes first stays.
    """
    plain = [award for award in awards if award.determined is None]
    if not plain:
        return {}
    catalogue = district_catalogue(session, district_id)
    audit.hold(session, district_id)
    codes = {slug(entry.code): entry.code for entry in catalogue.entries}
    students = sorted({award.student_id for award in plain})
    has = {
        key: list(found)
        for key, found in held(session, district_id, students=students, prepared=True).items()
    }
    refused = {}
    for award in sorted(plain, key=lambda one: one.award_ref):
        code = codes.get(award.achievement_id, award.achievement_id)
        already = has.setdefault((award.student_id, code), [])
        other = same_day(award, already, catalogue, code)
        if other is not None:
            refused[award.award_ref] = award_held(other.award_ref)
        else:
            already.append(Held(award.date_earned, award.number or "", award.award_ref))
    return refused


def same_day(award: Award, has: Iterable[Held], catalogue: Catalogue, code: str) -> Held | None:
    """What a student has of the same day under another reference, as the check of a sheet sees it."""
    entry = catalogue.get(code)
    for one in has:
        other = bool(entry and entry.versioned) and one.number != (award.number or "")
        if one.award_ref != award.award_ref and one.date_earned == award.date_earned and not other:
            return one
    return None


def award_held(award_ref: str) -> IssuerError:
    """What is said of an award that the student has already."""
    return IssuerError("award_held", f"the student has it already, of the same day, as {award_ref}")
