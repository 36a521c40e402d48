"""Whole cases as attack inputs: a saved `Evidence`, judged by the whole verifier without a network."""

from __future__ import annotations

import json

from tests.world import NOW, World
from verifier.evidence import Evidence, Outcome, Verdict
from verifier.outcome import PASSES
from verifier.verify import verify

POLICY = World().policy
"""Riverbend is trusted, and nobody else."""


def saved(world: World, badge: bytes | None = None) -> bytes:
    """What a verifier would gather from this world, as a compact saved case."""
    return compact(world.evidence(badge if badge is not None else world.badge(), policy=POLICY))


def compact(held: Evidence) -> bytes:
    """A saved case without the white space."""
    return json.dumps(json.loads(held.to_json()), separators=(",", ":")).encode()


def judge_case(data: bytes) -> str:
    """Replay a saved case: "ok" if it is valid, else the code of the gravest finding against it."""
    held = Evidence.from_json(data.decode())
    return code_of(verify(held, POLICY, held.asked_at or NOW))


def code_of(verdict: Verdict) -> str:
    """The code of the gravest finding against a badge; "ok" if it is valid."""
    if verdict.outcome is Outcome.VALID:
        return "ok"
    against = [f for f in verdict.findings if f.outcome not in PASSES[f.check] and f.code != "not_reached"]
    return min(against, key=lambda finding: finding.outcome != "no").code
