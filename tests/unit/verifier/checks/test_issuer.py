"""Whose key it is, and who vouches for the issuer; the attacks are in `tests.attacks.areas.issuer`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keys.did import PublishedKey
from tests.world import AWARDED, NOW, SeededSigner, World
from verifier.checks.issuer import IssuerKeys
from verifier.evidence import Check, CheckOutcome, Code, IssuerLevel, Outcome

SECOND = timedelta(seconds=1)


def test_a_badge_made_before_its_key_retired_stays_valid() -> None:
    world = World(retired_at=AWARDED)
    assert world.check(world.badge()).code is Code.VALID
    world.retired_at = AWARDED - SECOND
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.INVALID, "key_expired")


@pytest.mark.parametrize("stolen_at", [AWARDED - timedelta(days=1), AWARDED + timedelta(days=1), NOW])
def test_nothing_that_a_stolen_key_signed_is_believed_whatever_its_date(stolen_at: object) -> None:
    world = World(revoked_at=stolen_at)  # type: ignore[arg-type] # parametrize gives objects
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.TAMPERED)
    assert verdict.finding(Check.ISSUER).code == "key_revoked"


def test_another_key_of_the_issuer_being_stolen_spoils_nothing() -> None:
    world = World(published=[PublishedKey(SeededSigner("other").public_key, revoked=NOW)])
    assert world.check(world.badge()).code is Code.VALID


def test_who_is_on_no_list_is_known_by_its_domain_only() -> None:
    world = World(trusted=False)
    verdict = world.check(world.badge())
    assert verdict.issuer_level is IssuerLevel.DOMAIN
    assert verdict.finding(Check.ISSUER).facts["domain"] == world.host
    shared = World(trusted=False, path=("u", "mallory"))
    assert shared.check(shared.badge()).finding(Check.ISSUER).facts["domain"] == f"{world.host}:u:mallory"


def test_the_shown_name_is_the_lists_and_not_the_badges() -> None:
    world = World(name="Ridgeway School District")
    world.edit["badge"] = lambda made: made["issuer"].update(name="Harvard")
    verdict = world.check(world.badge())
    assert verdict.issuer_name == "Ridgeway School District"
    assert verdict.finding(Check.ISSUER).outcome is CheckOutcome.YES


@pytest.mark.parametrize(
    "method", ["did:web:mallory.example#key", "", "#key-1", "did:web:badges.riverbend.example"]
)
def test_a_key_under_another_identifier_is_not_looked_up(method: str) -> None:
    world = World()
    from keys.errors import KeyRefused

    with pytest.raises(KeyRefused):
        IssuerKeys(world.did, {"id": world.did}, AWARDED).for_notes(method)
