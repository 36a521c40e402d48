"""Whose decision a share is: every combination of policy, age, agreement and opt-out."""

from __future__ import annotations

import itertools

import pytest

from issuer.errors import IssuerError
from issuer.sharing.policy import CHOSEN, Audience, Minors, Policy, Refusal, Standing, refusal

EVERYBODY = frozenset(CHOSEN)


def test_whoever_is_of_age_decides_alone_whatever_anybody_chose() -> None:
    for minors, audience, opted in itertools.product(Minors, Audience, (False, True)):
        policy = Policy(minors, frozenset())
        assert refusal(policy, Standing(adult=True, opted_out=opted), audience) is None


@pytest.mark.parametrize(
    ("minors", "agreed", "opted_out", "expected"),
    [
        (Minors.ALLOWED, False, False, None),
        (Minors.ALLOWED, True, False, None),
        (Minors.ALLOWED, False, True, Refusal.OPTED_OUT),
        (Minors.ALLOWED, True, True, None),
        (Minors.GUARDIAN, False, False, Refusal.GUARDIAN),
        (Minors.GUARDIAN, True, False, None),
        (Minors.GUARDIAN, False, True, Refusal.OPTED_OUT),
        (Minors.GUARDIAN, True, True, None),
        (Minors.OFF, False, False, Refusal.OFF),
        (Minors.OFF, True, False, Refusal.OFF),
        (Minors.OFF, True, True, Refusal.OFF),
    ],
)
@pytest.mark.parametrize("audience", list(Audience))
def test_somebody_under_18(
    minors: Minors,
    agreed: bool,  # noqa: FBT001 - a column of the table
    opted_out: bool,  # noqa: FBT001 - likewise
    expected: Refusal | None,
    audience: Audience,
) -> None:
    standing = Standing(adult=False, agreed=EVERYBODY if agreed else frozenset(), opted_out=opted_out)
    assert refusal(Policy(minors, EVERYBODY), standing, audience) is expected


def test_an_agreement_counts_for_its_audience_alone() -> None:
    standing = Standing(adult=False, agreed=frozenset({Audience.COLLEGE}))
    policy = Policy(Minors.GUARDIAN, EVERYBODY)
    assert refusal(policy, standing, Audience.COLLEGE) is None
    assert refusal(policy, standing, Audience.EMPLOYER) is Refusal.GUARDIAN


def test_an_audience_that_is_off_is_off_in_spite_of_an_agreement() -> None:
    policy = Policy(Minors.ALLOWED, frozenset({Audience.COLLEGE}))
    standing = Standing(adult=False, agreed=EVERYBODY)
    assert refusal(policy, standing, Audience.EMPLOYER) is Refusal.AUDIENCE


def test_a_policy_is_kept_and_read_back_and_the_careful_one_is_the_default() -> None:
    policy = Policy(Minors.OFF, frozenset({Audience.ANYONE}), "America/Denver")
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json(None).minors is Minors.GUARDIAN


@pytest.mark.parametrize(
    "value",
    [
        {"minors": "maybe", "audiences": [], "zone": ""},
        {"minors": "off", "audiences": ["aunt"], "zone": ""},
        {"minors": "off", "audiences": ["paper"], "zone": ""},
        {"minors": "off", "audiences": [], "zone": "Mars/Base"},
        {"minors": "off"},
    ],
)
def test_a_policy_that_cannot_be_obeyed_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(IssuerError, match="bad_setting"):
        Policy.from_json(value)
