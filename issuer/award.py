"""What a district orders: one award, one reference, one credential."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final, Self

from issuer.catalog.achievement import slug
from issuer.evidence.item import EvidenceItem
from issuer.roster import AwardRow
from issuer.roster.days import coming_of_age
from issuer.store.columns import canonical_json


@dataclass(frozen=True, slots=True)
class Determined:
    """What a readiness determination says besides, and what it rests on.

    Attributes:
        subjects: In what readiness was shown: `ENG`, `MTH` or both.
        rule: The rule document (`credential.rule`), as it is embedded.
        credentials: The certification credentials that it rests on: each id, and the digest of the signed
            bytes that were judged.
    """

    subjects: tuple[str, ...]
    rule: str
    credentials: tuple[tuple[str, str], ...]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read back what an award's `to_json` wrote."""
        return cls(
            subjects=tuple(value["subjects"]),
            rule=value["rule"],
            credentials=tuple((credential_id, digest) for credential_id, digest in value["credentials"]),
        )


@dataclass(frozen=True, slots=True)
class Award:
    """What one student earned, as the district orders it.

    Attributes:
        award_ref: The district's own reference: one reference, one credential.
        student_id: The number in the student information system. It never enters a credential.
        achievement_id: Which of the district's achievements.
        date_earned: The day.
        last_day: The last day on which it holds.
        recipient_name: The name that the student goes by, or None to leave it out.
        number: The certifying body's number.
        score: A result, as text.
        evaluator: Who assessed.
        evidence_url: Where evidence is, https.
        provisional: Whether the body has still to confirm it.
        also_jwt: Whether the credential is wanted as a JWT too.
        withheld: Texts that must not enter it besides the student's number, such as a birth date.
        fingerprint: What tells the sheet's row from another under the same reference, or "".
        adult_on: The day from which on the student alone decides on sharing; None where nobody knows it.
        evidence: What was attached under the reference before the badge was prepared. `issuance.issue` fills
            it from the store, so that an order need not repeat it.
        determined: What makes this award a readiness determination, or None for any other.
    """

    award_ref: str
    student_id: str
    achievement_id: str
    date_earned: date
    last_day: date | None = None
    recipient_name: str | None = None
    number: str | None = None
    score: str | None = None
    evaluator: str | None = None
    evidence_url: str | None = None
    provisional: bool = False
    also_jwt: bool = False
    withheld: tuple[str, ...] = ()
    fingerprint: str = ""
    adult_on: date | None = None
    evidence: tuple[EvidenceItem, ...] = ()
    determined: Determined | None = None

    def to_json(self) -> dict[str, Any]:
        """The award as a JSON value: what is stored, and what its digest covers."""
        value: dict[str, Any] = {
            # Not `asdict`, which copies what cannot change: a class asks for thousands of these.
            name: member.isoformat() if isinstance(member, date) else member
            for name in _PLAIN
            for member in (getattr(self, name),)
        }
        if self.determined is not None:
            # Left out where there is none, so that the digest of every other award is what it was before.
            value["determined"] = asdict(self.determined)
        evidence = {"evidence": [one.to_json() for one in self.evidence]} if self.evidence else {}
        return value | {"withheld": list(self.withheld)} | evidence

    @classmethod
    def from_row(cls, row: AwardRow, *, also_jwt: bool = False) -> Self:
        """The award that a ready row of a sheet orders."""
        return cls(
            award_ref=row.award_ref,
            student_id=row.student_id,
            achievement_id=slug(row.credential_code),
            date_earned=row.date_earned,
            last_day=row.last_day,
            recipient_name=row.display_name,
            number=row.number or None,
            score=row.score or None,
            evaluator=row.evaluator or None,
            evidence_url=row.evidence_url or None,
            provisional=row.provisional,
            also_jwt=also_jwt,
            withheld=row.withheld,
            fingerprint=row.fingerprint,
            adult_on=row.birth_date and coming_of_age(row.birth_date),
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote."""
        days = {
            name: value[name] and date.fromisoformat(value[name])
            for name in ("date_earned", "last_day", "adult_on")
        }
        evidence = tuple(EvidenceItem.from_json(one) for one in value.get("evidence", ()))
        determined = value.get("determined") and Determined.from_json(value["determined"])
        own = {"withheld": tuple(value["withheld"]), "evidence": evidence, "determined": determined}
        return cls(**{**value, **days, **own})

    def digest(self) -> str:
        """SHA-256 of the content: whether two orders under one reference are the same order."""
        return hashlib.sha256(canonical_json(self.to_json()).encode()).hexdigest()


_PLAIN: Final = tuple(one.name for one in fields(Award) if one.name not in {"evidence", "determined"})
"""The members of an award that are JSON values as they are, but for days."""
