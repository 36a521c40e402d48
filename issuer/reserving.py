"""The rows that issuing begins with: an award under its reference, and a credential that has its place."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from issuer.award import Award
from issuer.draft import last_second
from issuer.errors import IssuerError
from issuer.prepare import Prepared
from issuer.store.status_lists import Entropy, Position
from issuer.store.tables import Achievement, Credential, State
from issuer.store.tables import Award as AwardRecord


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of a badge before anything else: two random names, and its status position."""

    credential_id: str
    subject_id: str
    place: Position

    @classmethod
    def of(cls, row: Credential) -> Self:
        """What was reserved."""
        return cls(row.id, row.subject_id, Position(row.list_id, row.list_index))


def ordered(award: Award, achievement: Achievement, digest: str, *, now: datetime) -> dict[str, Any]:
    """The columns of an award that nobody has ordered before; `digest` is the award's."""
    return {
        "district_id": achievement.district_id,
        "award_ref": award.award_ref,
        "student_id": award.student_id,
        "achievement_id": achievement.id,
        "achievement_version": achievement.version,
        "facts": award.to_json(),
        "content_sha256": digest,
        "fingerprint": award.fingerprint,
        "created": now,
    }


def order_anew(known: AwardRecord, row: Credential, award: Award, achievement: Achievement) -> None:
    """Nothing was recorded as prepared: a corrected order may take the place of the first."""
    known.facts, known.content_sha256 = award.to_json(), award.digest()
    known.achievement_id, known.achievement_version = achievement.id, achievement.version
    known.student_id, known.fingerprint = award.student_id, award.fingerprint
    row.also_jwt = award.also_jwt


def reservation(
    district_id: str, award: Award, place: Position, *, now: datetime, entropy: Entropy
) -> dict[str, Any]:
    """The columns of a credential that has an id and a status position, and nothing else yet."""
    return {
        "district_id": district_id,
        "id": _random_urn(entropy),
        "award_ref": award.award_ref,
        "state": State.RESERVED.value,
        "subject_id": _random_urn(entropy),
        "list_id": place.list_id,
        "list_index": place.index,
        "also_jwt": award.also_jwt,
        "reserved_at": now,
    }


def check_same(known: AwardRecord, award: Award) -> None:
    """Refuse another order under a reference whose badge was prepared: `award_ref_reused`."""
    if known.content_sha256 != award.digest():
        raise IssuerError(
            "award_ref_reused",
            f"{award.award_ref} was used for an award with other content: use a new reference, or revoke and "
            "correct the first",
        )


def unknown_achievement(achievement_id: str) -> IssuerError:
    """What is said of an achievement that the district does not have."""
    return IssuerError(
        "not_found", f"the district has no achievement {achievement_id!r}: `cairn catalog list`"
    )


def end_of(award: Award) -> datetime | None:
    """The moment until which a badge says that it holds."""
    return None if award.last_day is None else datetime.fromisoformat(last_second(award.last_day))


def prepared_facts(award_ref: str, place: Position, prepared: Prepared) -> dict[str, Any]:
    """What the audit says of a credential that was prepared."""
    return {
        "award": award_ref,
        "list": place.list_id,
        "index": place.index,
        "sha256": hashlib.sha256(prepared.raw).hexdigest(),
    }


def _random_urn(entropy: Entropy) -> str:
    """A version 4 UUID as a URN (RFC 9562, 5.4)."""
    return f"urn:uuid:{uuid.UUID(bytes=entropy(16), version=4)}"
