"""The verifier takes a badge that carries what a committee decided, and none of it once it was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.committee import ENGLISH_ROW, MATH_ROW, ONET_ROW, data, endorsement, sections
from tests.world import World
from verifier.evidence import Code


def decided(world: World) -> Callable[[dict[str, Any]], None]:
    """Puts alignments and a signed endorsement into the badge of the world, as the issuer does."""
    from credential.readiness import Subject
    from issuer.decisions.badge import Addition, alignments_of, with_addition
    from issuer.decisions.reading import parse_proposal

    rows = {"alignments": [ENGLISH_ROW, MATH_ROW, ONET_ROW]}
    made = parse_proposal(data(sections(standards=rows)))
    signed = json.loads(endorsement(f"{world.origin}/achievements/safety-10"))

    def put(badge: dict[str, Any]) -> None:
        subject = badge["credentialSubject"]
        addition = Addition(alignments_of(made, frozenset({Subject.ENGLISH})), (signed,))
        subject["achievement"] = with_addition(subject["achievement"], addition)

    return put


def test_it_is_valid() -> None:
    world = World()
    world.edit["badge"] = decided(world)
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID
    assert verdict.credential is not None


def alignment(badge: dict[str, Any]) -> None:
    badge["credentialSubject"]["achievement"]["alignment"][0]["targetName"] = "Read anything"


def comment(badge: dict[str, Any]) -> None:
    subject = badge["credentialSubject"]["achievement"]["endorsement"][0]["credentialSubject"]
    subject["endorsementComment"] = "We hire everybody."


def without(badge: dict[str, Any]) -> None:
    del badge["credentialSubject"]["achievement"]["endorsement"]


@pytest.mark.parametrize("change", [alignment, comment, without])
def test_what_was_decided_was_signed(change: Callable[[dict[str, Any]], None]) -> None:
    world = World()
    world.edit["badge"] = decided(world)
    world.tamper["badge"] = change
    assert world.check(world.badge()).code is not Code.VALID
