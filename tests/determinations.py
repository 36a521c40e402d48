"""Readiness determinations of the simulated district, as the verifier sees them. Nobody in them exists."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from contexts.document import compose
from credential.digest import digest_of
from credential.embedded import data_uri
from credential.readiness import READINESS_TYPE
from tests.rules import DECISION
from tests.world import World

Edit = Callable[[dict[str, Any]], Any]

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
CODE = "CO-CNA"
CERTIFICATION, DETERMINATION = 6, 5
"""Their positions in the status list."""

ENGLISH: dict[str, Any] = {
    "any_of": [
        {"score": {"assessment": "SAT", "part": "English", "at_least": "470"}, "label": "SAT, English"},
        {"certification": {"code": CODE}, "label": "Industry certification"},
    ],
    "label": "One option of the menu",
}


@dataclass
class Story:
    """A determination, with every step of its making open to a test.

    Args:
        world: The district that signs.
        certification: Changes of the certification credential before it is signed.
        rule: Changes of the rule document.
        badge: Changes of the determination before it is signed.
        inside: Changes of the signed certification's bytes before they are embedded.
    """

    world: World = field(default_factory=World)
    certification: Edit = lambda _: None
    rule: Edit = lambda _: None
    badge: Edit = lambda _: None
    inside: Callable[[bytes], bytes] = lambda data: data

    def signed_certification(self, index: int = CERTIFICATION) -> bytes:
        """The certification credential."""
        value = self.world.badge_value(index)
        value["awardedDate"] = "2026-04-18T12:00:00Z"
        value["credentialSubject"]["achievement"]["humanCode"] = CODE
        value["credentialSubject"]["licenseNumber"] = "NA-000123"
        self.certification(value)
        return self.world.sign(compose(value)).raw

    def rule_value(self, embedded: bytes) -> dict[str, Any]:
        """The rule document."""
        value: dict[str, Any] = {
            "language": "cairn-rule/1",
            "version": "state-menu-2021+/RIVER-2026-08-01",
            "subjects": {"ENG": copy.deepcopy(ENGLISH)},
            "inputs": [
                {
                    "kind": "certification",
                    "code": CODE,
                    "earned": "2026-04-18",
                    "evidence": digest_of(embedded),
                    "decision": DECISION,
                }
            ],
            "decisions": [
                {
                    "id": DECISION,
                    "code": CODE,
                    "subjects": ["ENG"],
                    "from": "2025-08-01",
                    "until": None,
                    "decidedOn": "2025-06-02",
                }
            ],
            "judgedOn": "2026-05-01",
        }
        self.rule(value)
        return value

    def badge_value(self, evidence: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
        """The determination without a proof."""
        value = self.world.badge_value(DETERMINATION)
        address = f"{self.world.origin}/achievements/readiness"
        value["@context"] = CONTEXTS
        value.pop("validUntil")
        value["awardedDate"] = "2026-05-01T12:00:00Z"
        value["name"] = "Graduation readiness determination"
        value["credentialSubject"]["achievement"] = {
            "id": address,
            "type": ["Achievement"],
            "achievementType": READINESS_TYPE,
            "name": "Graduation readiness determination",
            "description": "The district has determined that the student has shown readiness.",
            "criteria": {"narrative": "The student met an option of the district's menu."},
            "creator": {"id": self.world.did, "type": ["Profile"], "name": self.world.name},
            "resultDescription": [
                {
                    "id": f"{address}#{subject}",
                    "type": ["ResultDescription"],
                    "name": name,
                    "resultType": "Status",
                }
                for subject, name in (("ENG", "Readiness in English"), ("MTH", "Readiness in math"))
            ],
        }
        value["credentialSubject"]["result"] = [
            {"type": ["Result"], "resultDescription": f"{address}#ENG", "status": "Completed"}
        ]
        value["evidence"] = [evidence_of(kind, data) for kind, data in evidence]
        self.badge(value)
        return value

    def signed(self) -> bytes:
        """The determination as it is given out."""
        embedded = self.inside(self.signed_certification())
        rule = json.dumps(self.rule_value(embedded), separators=(",", ":")).encode()
        return self.signed_with(("application/vc", embedded), ("application/json", rule))

    def signed_with(self, *evidence: tuple[str, bytes]) -> bytes:
        """A determination with other evidence."""
        return self.world.sign(compose(self.badge_value(evidence))).raw


def evidence_of(kind: str, data: bytes) -> dict[str, Any]:
    """One embedded thing."""
    named = "Certification" if kind.startswith("application/vc") else "Rule"
    return {"id": data_uri(kind, data), "type": ["Evidence"], "name": named}


def both_subjects(value: dict[str, Any]) -> None:
    """Let a determination claim math too."""
    result = value["credentialSubject"]["result"]
    result.append(result[0] | {"resultDescription": result[0]["resultDescription"][:-3] + "MTH"})
