"""Dates that were signed, against the time; boundaries to the second are in `tests.attacks.areas.verdict`."""

from __future__ import annotations

from datetime import timedelta

from tests.world import NOW, World
from verifier.evidence import Check, CheckOutcome, Code

SKEW = timedelta(seconds=60)


def test_a_proof_may_end_before_the_badge_does() -> None:
    world = World()
    badge = world.badge_with_proof({"expires": "2026-06-01T11:59:00Z"})
    assert world.check(badge, now=NOW).code is Code.VALID
    verdict = world.check(badge, now=NOW + timedelta(seconds=1))
    assert (verdict.code, verdict.finding(Check.PERIOD).code) == (Code.EXPIRED, "proof_expired")


def test_a_badge_signed_in_the_future_is_not_valid_yet() -> None:
    edge = World(created=NOW + SKEW)
    assert edge.check(edge.badge()).code is Code.VALID
    later = World(created=NOW + SKEW + timedelta(seconds=1))
    verdict = later.check(later.badge())
    assert (verdict.code, verdict.finding(Check.PERIOD).code) == (Code.NOT_YET_VALID, "signed_in_future")


def test_a_badge_without_an_end_says_so() -> None:
    world = World()
    world.edit["badge"] = lambda made: made.pop("validUntil")
    verdict = world.check(world.badge(), now=NOW)
    assert verdict.code is Code.VALID
    assert verdict.finding(Check.PERIOD).code == "no_end"


def test_the_last_second_of_the_calendar_is_an_end_like_any_other() -> None:
    last = "9999-12-31T23:59:59Z"
    world = World()
    world.edit["badge"] = world.edit["list"] = lambda made: made.update(validUntil=last)
    assert world.check(world.badge()).code is Code.VALID
    assert World().check(World().badge_with_proof({"expires": last})).code is Code.VALID


def test_a_date_without_its_zone_is_read_as_utc_with_a_note() -> None:
    world = World()
    world.edit["badge"] = lambda made: made.update(validUntil="2026-06-01T11:59:00")
    finding = world.check(world.badge()).finding(Check.PERIOD)
    assert finding.outcome is CheckOutcome.YES
    assert finding.notes == ("zone_assumed_utc",)
    assert world.check(world.badge(), now=NOW + timedelta(seconds=1)).code is Code.EXPIRED


def test_the_tolerance_is_the_policys() -> None:
    strict = World(policy_changes={"skew": timedelta(0)}, created=NOW + timedelta(seconds=1))
    assert strict.check(strict.badge()).code is Code.NOT_YET_VALID
