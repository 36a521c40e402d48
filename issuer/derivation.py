"""What a derived credential says: the original's content with a part of it changed or left out. Pure.

Nothing is added, and no time is moved: it says no more than the original and holds no longer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from credential.recipient import name_identity
from credential.status import StatusEntry
from issuer.text import normal

OF_THE_BADGE: Final = frozenset(
    {
        "@context", "id", "type", "name", "issuer", "validFrom", "validUntil", "awardedDate",
        "credentialSubject", "credentialStatus", "credentialSchema", "evidence", "relatedResource",
    }
)  # fmt: skip
"""Members of a badge that stay in a copy under another name; what is not here may name the holder."""
OF_THE_AWARD: Final = frozenset({"id", "type", "achievement", "result", "source"})
"""Members of its subject that stay likewise. `licenseNumber` does not: the certifying body's public look-up
turns it into the whole name; so a copy of a licence goes without its number too."""


class Keep(Enum):
    """Says that the name stays as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Derivation:
    """What is to differ from the original.

    Args:
        purpose: `WALLET` or `SHARE`.
        made_for: For whom, as a digest or an id: the same purpose and receiver get the same credential again.
        subject_id: The `id` of the subject: the DID of a wallet; None for a fresh `urn:uuid`, so that
            nothing joins it to the original.
        name: The name that it shows instead, `KEEP` for the original's, None for no name. With another name
            or none, the certifying body's number and everything else that may name the holder go too.
        evidence: Whether the evidence stays, with the digests of what is linked.
        also_jwt: Whether it is wanted as a JWT too.
    """

    purpose: str
    made_for: str
    subject_id: str | None = None
    name: str | Keep | None = KEEP
    evidence: bool = True
    also_jwt: bool = False


def derived_document(
    original: Mapping[str, Any],
    derivation: Derivation,
    *,
    derived_id: str,
    subject_id: str,
    status: StatusEntry,
) -> dict[str, Any]:
    """The credential without a proof. Its times are the original's, so it never holds longer or counts later.

    Args:
        original: The original without its proof.
        derivation: What is to differ.
        derived_id: Its own `urn:uuid`.
        subject_id: The `id` of its subject.
        status: Its own place in a status list.
    """
    value = {name: part for name, part in original.items() if name != "proof"}
    subject = dict(value["credentialSubject"]) | {"id": subject_id}
    if derivation.name is not KEEP:
        value = {name: part for name, part in value.items() if name in OF_THE_BADGE}
        subject = {name: part for name, part in subject.items() if name in OF_THE_AWARD}
        if derivation.name is not None:
            subject["identifier"] = [name_identity(normal(derivation.name)).to_json()]
    if isinstance(subject.get("source"), Mapping):
        # As the original's is: for this credential alone.
        subject["source"] = dict(subject["source"]) | {
            "id": f"urn:uuid:{uuid.uuid5(uuid.UUID(derived_id), 'source')}"
        }
    if not derivation.evidence:
        value.pop("evidence", None)
        value.pop("relatedResource", None)
    return value | {"id": derived_id, "credentialSubject": subject, "credentialStatus": status.to_json()}
