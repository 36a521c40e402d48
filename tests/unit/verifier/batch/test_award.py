from __future__ import annotations

import json
from dataclasses import replace

from contexts.document import compose
from tests.unit.verifier.batch.colleges import certified
from tests.world import World
from verifier.batch.award import award_of
from verifier.policy import Policy
from verifier.trust import TrustList

BASIC, NURSING = "EXA-A+", "EXA-CNA"


def codes(*recognised: str) -> tuple[str, ...]:
    """The codes of a badge with two, by an issuer that the list recognises for some certifications."""
    world = World()
    value = json.loads(certified(world))
    del value["proof"]
    other = {"type": "IdentifierEntry", "identifier": NURSING, "identifierType": "ext:Code"}
    value["credentialSubject"]["achievement"]["otherIdentifier"] = [other]
    known = world.trust
    limits = frozenset(recognised) or None
    entries = tuple(replace(one, certifications=limits) for one in known.entries)
    policy = Policy(trust=TrustList(known.name, known.issued, entries))
    verdict = world.check(world.sign(compose(value)).raw, policy=policy)
    award = award_of(verdict)
    assert award is not None, verdict.findings
    return award.codes


def test_a_badge_has_every_code_where_the_list_sets_no_limit() -> None:
    assert codes() == (BASIC, NURSING)


def test_a_code_for_which_the_issuer_is_not_recognised_leads_to_no_course() -> None:
    assert codes(BASIC) == (BASIC,)
    assert codes(NURSING, "EXA-B") == (NURSING,)


def test_an_issuer_that_is_recognised_by_an_achievements_address_keeps_its_codes() -> None:
    assert codes(f"{World().origin}/achievements/safety-10") == (BASIC, NURSING)
