"""Badges of every suite, whole and in part, before the whole verifier."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contexts.document import compose, parse
from contexts.pinned import CHECKING
from credential.proof.data_integrity import add_proof
from credential.proof.selective import add_base_proof, always_shown, derive_proof
from credential.status import StatusEntry
from keys.one_time import OneTimeKey
from keys.public import KeyType
from tests.world import AWARDED, World
from verifier.evidence import Check, CheckOutcome, Code, Outcome

SUITES = [
    ("eddsa-rdfc-2022", KeyType.ED25519),
    ("eddsa-jcs-2022", KeyType.ED25519),
    ("Ed25519Signature2020", KeyType.ED25519),
    ("ecdsa-rdfc-2019", KeyType.P256),
    ("ecdsa-rdfc-2019", KeyType.P384),
    ("ecdsa-jcs-2019", KeyType.P256),
    ("ecdsa-jcs-2019", KeyType.P384),
]
SHOWN = ["/id", "/name", "/credentialSubject"]


def signed(world: World, value: dict[str, Any], suite: str) -> bytes:
    return add_proof(compose(value), world.signer, cryptosuite=suite, created=AWARDED, contexts=CHECKING).raw


@pytest.mark.parametrize(("suite", "key_type"), SUITES)
def test_a_badge_of_every_suite_is_valid_and_one_changed_letter_is_not(suite: str, key_type: KeyType) -> None:
    world = World(
        key_type=key_type, suite="eddsa-rdfc-2022" if key_type is KeyType.ED25519 else "ecdsa-rdfc-2019"
    )
    badge = signed(world, world.badge_value(), suite)
    verdict = world.check(badge)
    assert verdict.code is Code.VALID, verdict.findings
    assert verdict.suite == suite
    changed = badge.replace(b"Knows the hazards", b"Knows a few hazard", 1)
    assert world.check(changed).code is Code.TAMPERED


def test_a_word_without_meaning_is_noted_where_every_byte_is_signed_and_refused_where_it_is_not() -> None:
    world = World()
    value = world.badge_value() | {"gpa": "4.0"}
    verdict = world.check(signed(world, value, "eddsa-jcs-2022"))
    assert verdict.code is Code.VALID
    assert verdict.finding(Check.MEANING).notes == ("undefined_terms",)
    both = json.loads(signed(world, value, "eddsa-jcs-2022"))
    plain = json.loads(world.badge())
    both["proof"].append(plain["proof"][0])
    assert world.check(compose(both).raw).finding(Check.MEANING).outcome is CheckOutcome.NO


def test_contexts_that_were_added_to_a_signed_document_are_not_part_of_what_was_signed() -> None:
    world = World()
    value = json.loads(signed(world, world.badge_value(), "eddsa-jcs-2022"))
    value["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    verdict = world.check(compose(value).raw)
    assert verdict.code is Code.VALID
    assert "context_not_signed" in verdict.finding(Check.PROOF).detail
    assert verdict.credential is not None
    assert verdict.credential.value["@context"] == world.badge_value()["@context"]


# selective disclosure


def octets(word: bytes) -> Any:
    return lambda count: (word * count)[:count]


def base(world: World, mandatory: list[str] | None = None) -> bytes:
    document = compose(world.badge_value())
    return add_base_proof(
        document,
        world.signer,
        OneTimeKey(octets(b"once")),
        hmac_key=octets(b"label")(32),
        mandatory=always_shown(document) if mandatory is None else mandatory,
        created=AWARDED,
    ).raw


def p256_world() -> World:
    return World(key_type=KeyType.P256, suite="ecdsa-rdfc-2019")


def test_a_part_of_a_badge_is_valid_if_what_decides_is_shown() -> None:
    world = p256_world()
    part = derive_proof(parse(base(world)), SHOWN)
    verdict = world.check(part.raw)
    assert verdict.code is Code.VALID, verdict.findings
    assert verdict.suite == "ecdsa-sd-2023"
    withdrawn = p256_world()
    withdrawn.revoke(5)
    assert withdrawn.check(part.raw).code is Code.REVOKED


@pytest.mark.parametrize(
    ("hidden", "check"),
    [("/validUntil", Check.PERIOD), ("/credentialStatus", Check.STATUS)],
)
def test_what_may_have_been_left_out_is_never_taken_as_not_there(hidden: str, check: Check) -> None:
    world = p256_world()
    world.revoke(5)
    others = [one for one in ["/issuer", "/validFrom", "/validUntil", "/credentialStatus"] if one != hidden]
    part = derive_proof(parse(base(world, others)), SHOWN)
    assert hidden[1:] not in part.value
    verdict = world.check(part.raw)
    assert verdict.outcome is not Outcome.VALID
    assert verdict.finding(check).outcome is CheckOutcome.COULD_NOT_CHECK
    assert verdict.finding(check).code == "may_be_hidden"


def test_a_part_that_shows_one_of_two_status_entries_is_not_valid() -> None:
    world = p256_world()
    world.revoke(5)
    value = world.badge_value()
    lists = (("revocation", world.list_url), ("suspension", world.suspension_url))
    value["credentialStatus"] = [StatusEntry(purpose, 5, url).to_json() for purpose, url in lists]
    whole = compose(value)
    one_time, label = OneTimeKey(octets(b"once")), octets(b"label")(32)
    dates = ["/issuer", "/validFrom", "/validUntil"]
    signed_base = add_base_proof(
        whole, world.signer, one_time, hmac_key=label, mandatory=dates, created=AWARDED
    )
    assert world.check(derive_proof(signed_base, [""]).raw).code is Code.REVOKED
    part = derive_proof(signed_base, ["/id", "/name", "/credentialSubject", "/credentialStatus/1"])
    verdict = world.check(part.raw)
    assert (verdict.outcome, verdict.finding(Check.STATUS).code) == (Outcome.UNKNOWN, "may_be_hidden")


def test_a_status_of_which_only_some_statements_are_always_shown_says_nothing() -> None:
    world = p256_world()
    shown = [f"/credentialStatus/{name}" for name in ("id", "statusPurpose", "statusListIndex")]
    part = derive_proof(
        parse(base(world, ["/issuer", "/validFrom", "/validUntil", *shown])),
        [*SHOWN, "/credentialStatus/statusListCredential"],
    )
    verdict = world.check(part.raw)
    assert (verdict.outcome, verdict.finding(Check.STATUS).code) == (Outcome.UNKNOWN, "may_be_hidden")


def test_a_part_that_does_not_show_the_kind_of_achievement_is_not_valid() -> None:
    world = p256_world()
    subject = "/credentialSubject"
    achievement = [f"{subject}/achievement/{name}" for name in ("name", "description", "criteria")]
    part = derive_proof(parse(base(world)), ["/id", "/name", f"{subject}/identifier", *achievement])
    verdict = world.check(part.raw)
    assert (verdict.outcome, verdict.finding(Check.ISSUER).code) == (Outcome.UNKNOWN, "may_be_hidden")


def test_what_speaks_against_a_badge_still_does_where_something_is_hidden() -> None:
    world = p256_world()
    part = derive_proof(parse(base(world, ["/issuer", "/validFrom", "/credentialStatus"])), SHOWN)
    verdict = world.check(part.raw, now=AWARDED.replace(year=2020))
    assert verdict.finding(Check.PERIOD).outcome is CheckOutcome.NO


def test_the_holders_own_proof_is_named_and_not_checked() -> None:
    world = p256_world()
    verdict = world.check(base(world))
    assert (verdict.outcome, verdict.finding(Check.PROOF).code) == (Outcome.UNKNOWN, "base_proof")
    assert verdict.credential is None


def test_a_part_with_one_changed_word_is_tampered_with() -> None:
    world = p256_world()
    part = derive_proof(parse(base(world)), SHOWN).raw
    assert world.check(part.replace(b"10 hours", b"90 hours", 1)).code is Code.TAMPERED


def test_a_status_list_of_every_suite_is_read_and_one_shown_in_part_is_not() -> None:
    for suite, key_type in SUITES:
        plain = "eddsa-rdfc-2022" if key_type is KeyType.ED25519 else "ecdsa-rdfc-2019"
        world = World(key_type=key_type, suite=plain)
        unsigned = json.loads(world.status_list(world.list_url, [6], "revocation"))
        del unsigned["proof"]
        world.serve[world.list_url] = signed(world, unsigned, suite)
        assert world.check(world.badge(5)).code is Code.VALID
        assert world.check(world.badge(6)).code is Code.REVOKED
    world = p256_world()
    unsigned = json.loads(world.status_list(world.list_url, [], "revocation"))
    del unsigned["proof"]
    whole = add_base_proof(
        compose(unsigned), world.signer, OneTimeKey(octets(b"once")), hmac_key=b"h" * 32, created=AWARDED
    )
    world.serve[world.list_url] = derive_proof(whole, ["/id", "/validFrom", "/credentialSubject"]).raw
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.finding(Check.STATUS).outcome) == (
        Outcome.UNKNOWN,
        CheckOutcome.COULD_NOT_CHECK,
    )
