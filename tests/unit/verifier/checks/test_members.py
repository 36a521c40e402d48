"""A learner record: each credential in it by itself, and what that does to the record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.status import StatusEntry
from credential.types import AssociationType, CredentialKind
from credential.withdrawal import Reason
from tests.endorsements import (
    BOARD,
    CLR,
    Change,
    endorsement,
    member,
    record,
    record_value,
    signed,
)
from tests.seeded import did_key_signer
from tests.world import AWARDED, NOW, World
from verifier.checks.members import MOST_MEMBERS
from verifier.evidence import Check, CheckOutcome, Code, NeedKind, Outcome, Verdict
from verifier.report import explain


def finding(verdict: Verdict) -> tuple[CheckOutcome, str]:
    found = verdict.finding(Check.EVIDENCE)
    return found.outcome, found.code


def test_a_record_of_two_good_badges_is_valid() -> None:
    world = World()
    verdict = world.check(record(world, member(world, 5), member(world, 6)))
    assert (verdict.code, verdict.kind) == (Code.VALID, CredentialKind.RECORD), verdict.findings
    assert finding(verdict) == (CheckOutcome.YES, "members_intact")
    assert [one.code for one in verdict.members] == [Code.VALID, Code.VALID]
    assert [one.credential.value["id"][-1] for one in verdict.members if one.credential] == ["5", "6"]


def test_keys_and_lists_are_asked_for_once_whatever_the_number() -> None:
    world = World()
    world.check(record(world, *(member(world, index) for index in range(5, 15))))
    assert [need.kind for need in world.asked] == [NeedKind.DID_DOCUMENT, NeedKind.STATUS_LIST]


def test_nothing_in_a_record_is_opened_before_its_own_proof_has_passed() -> None:
    world = World()
    made = json.loads(record(world, member(world)))
    made["name"] = "Another"
    verdict = world.check(compose(made).raw)
    assert (verdict.code, verdict.members) == (Code.TAMPERED, ())


def rename(made: dict[str, Any]) -> None:
    made["name"] = "Workplace Wizardry"


def test_a_changed_badge_inside_is_never_passed_over() -> None:
    """The record's own signature holds: whoever signed it put a changed badge in."""
    world = World()
    bad = member(world, 6)
    rename(bad)
    verdict = world.check(record(world, member(world, 5), bad))
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, Code.EVIDENCE_FAILS)
    assert finding(verdict) == (CheckOutcome.NO, "member_altered")
    assert [one.code for one in verdict.members] == [Code.VALID, Code.TAMPERED]
    assert verdict.members[1].credential is None


def test_a_withdrawn_badge_inside_is_never_passed_over() -> None:
    world = World()
    world.revoke(6, Reason.ISSUED_IN_ERROR)
    verdict = world.check(record(world, member(world, 5), member(world, 6)))
    assert (verdict.code, finding(verdict)) == (Code.EVIDENCE_FAILS, (CheckOutcome.NO, "member_withdrawn"))
    assert [one.code for one in verdict.members] == [Code.VALID, Code.REVOKED]


def test_a_lapsed_badge_inside_is_told() -> None:
    world = World()
    old = member(world, 6, lambda made: made.update(validUntil="2026-05-20T00:00:00Z"))
    verdict = world.check(record(world, old))
    assert (verdict.code, finding(verdict)) == (Code.VALID, (CheckOutcome.YES, "members_intact"))
    assert verdict.finding(Check.EVIDENCE).notes == ("member_lapsed",)
    assert verdict.members[0].code is Code.EXPIRED


def unsigned(world: World) -> dict[str, Any]:
    return world.badge_value(6)


def of_a_stranger(_: World) -> dict[str, Any]:
    stranger = World(host="elsewhere.example", signing="elsewhere")
    value = stranger.badge_value(6) | {"issuer": {"id": BOARD.controller, "type": ["Profile"]}}
    del value["credentialStatus"]
    return dict(signed(value).value)


def of_somebody_else(world: World) -> dict[str, Any]:
    return member(
        world, 6, lambda made: made["credentialSubject"]["identifier"][0].update(identityHash="Casey Stone")
    )


def with_an_unknown_list(world: World) -> dict[str, Any]:
    return member(
        world,
        6,
        lambda made: made.update(
            credentialStatus=StatusEntry("revocation", 6, f"{world.origin}/status/none").to_json()
        ),
    )


def record_inside(world: World) -> dict[str, Any]:
    return dict(json.loads(record(world, member(world, 6))))


def another_kind(world: World) -> dict[str, Any]:
    return member(world, 6, lambda made: made.update(type=["VerifiableCredential"]))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (unsigned, "member_unsigned"),
        (of_a_stranger, "member_issuer_not_known"),
        (of_somebody_else, "member_of_another"),
        (with_an_unknown_list, "member_not_checkable"),
        (another_kind, "member_not_checkable"),
        (record_inside, "member_not_checkable"),
    ],
)
def test_what_nobody_can_say_of_one_leaves_the_record_unfinished(make: Any, code: str) -> None:
    world = World()
    verdict = world.check(record(world, member(world, 5), make(world)))
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE), verdict.findings
    assert finding(verdict) == (CheckOutcome.COULD_NOT_CHECK, code)


def numbered(number: str) -> Change:
    given = {"type": "IdentityObject", "identityType": "sourcedId", "hashed": False, "identityHash": number}
    return lambda made: made["credentialSubject"]["identifier"].append(given)


def test_a_number_tells_two_of_one_name_apart_where_one_issuer_gave_both() -> None:
    world = World()
    told = [
        world.check(record(world, member(world, 5, numbered("17")), change=numbered(number)))
        for number in ("17", "18")
    ]
    assert [one.code for one in told] == [Code.VALID, Code.INCOMPLETE]
    state = did_key_signer("a state that numbers in its own way")
    value = record_value(world, member(world, 5, numbered("17")))
    numbered("18")(value)
    value["issuer"]["id"] = state.controller
    by_two = world.check(signed(value, state).raw)
    assert finding(by_two) == (CheckOutcome.YES, "members_intact"), by_two.findings


def test_a_badge_of_the_same_identifier_or_name_is_the_same_persons() -> None:
    world = World()

    def same_id(made: dict[str, Any]) -> None:
        made["credentialSubject"]["id"] = member(world, 5)["credentialSubject"]["id"]
        del made["credentialSubject"]["identifier"]

    assert world.check(record(world, member(world, 5), change=same_id)).code is Code.VALID

    def other_case(made: dict[str, Any]) -> None:
        made["credentialSubject"]["identifier"][0]["identityHash"] = "JORDAN RIVERA"

    assert world.check(record(world, member(world, 5), change=other_case)).code is Code.VALID


def test_an_endorsement_may_stand_in_a_record() -> None:
    world = World()
    made = endorsement(f"{world.origin}/achievements/safety-10", world.signer)
    verdict = world.check(record(world, member(world), made))
    assert verdict.code is Code.VALID, verdict.findings
    assert [one.kind for one in verdict.members] == [CredentialKind.BADGE, CredentialKind.ENDORSEMENT]


def test_there_is_an_end_to_what_a_record_holds() -> None:
    world = World()
    world.policy_changes["max_gathered_bytes"] = 1 << 26
    slim: Change = lambda made: [  # noqa: E731 - one expression that takes out what is long
        made["credentialSubject"]["achievement"].pop(name) for name in ("creator", "achievementType")
    ]
    members = [member(world, index, slim) for index in range(MOST_MEMBERS + 1)]
    full = world.check(record(world, *members[:-1]))
    assert (full.code, len(full.members)) == (Code.VALID, MOST_MEMBERS), full.findings
    over = world.check(record(world, *members))
    assert (over.outcome, over.members) == (Outcome.UNKNOWN, ())
    assert finding(over) == (CheckOutcome.COULD_NOT_CHECK, "too_many_members")


def test_how_its_achievements_belong_together_is_told() -> None:
    world = World()
    course = {
        "id": f"{world.origin}/achievements/course",
        "type": ["Achievement"],
        "name": "Shop course",
        "description": "A year in the shop.",
        "criteria": {"narrative": "Attended."},
    }

    def joined(made: dict[str, Any]) -> None:
        made["credentialSubject"]["achievement"] = [course]
        made["credentialSubject"]["association"] = [
            {
                "type": "Association",
                "associationType": "isChildOf",
                "sourceId": f"{world.origin}/achievements/safety-10",
                "targetId": course["id"],
            }
        ]

    verdict = world.check(record(world, member(world), change=joined))
    assert verdict.code is Code.VALID, verdict.findings
    (one,) = verdict.associations
    assert one.kind is AssociationType.IS_CHILD_OF
    assert (one.source_name, one.target_name) == ("Workplace Safety, 10 hours", "Shop course")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda made: made.update({"@context": made["@context"][::-1]}), "schema"),
        (lambda made: made["@context"].pop(1), "schema"),
        (lambda made: made.pop("name"), "schema"),
        (lambda made: made["credentialSubject"].update(verifiableCredential=[]), "schema"),
        (lambda made: made["credentialSubject"].update(verifiableCredential=["eyJ.e.s"]), "schema"),
        (
            lambda made: made["credentialSubject"].pop("identifier") and made["credentialSubject"].pop("id"),
            "subject_unnamed",
        ),
        (lambda made: made.update(partial="yes"), "schema"),
        (
            lambda made: made["credentialSubject"].update(
                association=[
                    {
                        "type": "Association",
                        "associationType": "isPartOf",
                        "sourceId": "urn:x:1",
                        "targetId": "urn:x:2",
                    }
                ]
            ),
            "association",
        ),
        (
            lambda made: made["credentialSubject"].update(
                association=[
                    {"type": "Association", "associationType": "nextTo", "sourceId": "a:b", "targetId": "a:b"}
                ]
            ),
            "schema",
        ),
        (lambda made: made.update(validUntil="2026-01-01T00:00:00Z"), "valid_period"),
    ],
)
def test_a_malformed_record_is_refused(change: Change, code: str) -> None:
    world = World()
    value = record_value(world, member(world))
    change(value)
    found = world.check(compose(value).raw).finding(Check.SHAPE)
    assert (found.outcome, found.code) == (CheckOutcome.NO, code)


@pytest.mark.parametrize(
    "association",
    [
        [1],
        [{}],
        [{"type": "Association", "associationType": "nextTo", "sourceId": "a:b", "targetId": "a:b"}],
        [{"type": "Association", "associationType": "isPartOf", "sourceId": {}, "targetId": []}],
        {"sourceId": 1},
    ],
)
def test_a_malformed_association_that_was_signed_is_refused_and_breaks_nothing(association: Any) -> None:
    world = World()
    value = record_value(world, member(world))
    value["credentialSubject"]["association"] = association
    made = add_proof(
        compose(value), world.signer, cryptosuite="eddsa-jcs-2022", created=AWARDED, contexts=CHECKING
    )
    verdict = world.check(made.raw)
    assert (verdict.outcome, verdict.associations) == (Outcome.INVALID, ())


def test_a_badge_in_a_record_is_told_for_the_moment_that_was_asked_about() -> None:
    then = NOW - timedelta(minutes=30)
    world = World(policy_changes={"at": then})
    verdict = world.check(record(world, member(world)))
    assert (verdict.code, verdict.as_of) == (Code.VALID, then)
    (inside,) = verdict.members
    assert (inside.as_of, inside.asked_about) == (then, then)
    assert explain(inside).headline != explain(replace(inside, as_of=None, asked_about=None)).headline


def test_the_first_version_of_records_is_unsupported_by_name() -> None:
    world = World()
    value = record_value(world, member(world)) | {"proof": member(world)["proof"]}
    value["@context"][1] = CLR.replace("context-2.0.1", "context")
    verdict = world.check(compose(value).raw)
    found = verdict.finding(Check.SHAPE)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert (found.outcome, found.code) == (CheckOutcome.COULD_NOT_CHECK, "unsupported_context")
    assert "Comprehensive Learner Record 2.0.0" in found.detail
