"""Presentations: who presents, to whom, and what each credential comes to."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from contexts.document import compose
from credential.proof.vc_jwt import sign_jwt
from keys.public import KeyType
from tests.endorsements import member, record
from tests.presentations import STUDENT, V1, V2, envelope, presentation, signed, token
from tests.seeded import SeededSigner, did_key_signer
from tests.world import NOW, World, as_presented
from verifier.evidence import CheckOutcome, Code, Failure, Fetched, Need, NeedKind, Outcome
from verifier.gather import gather_presentation
from verifier.outcome import PRESENTATION_PASSES, conclude_presentation
from verifier.presentation import MOST_PRESENTED, examine_presentation, is_presentation, verify_presentation
from verifier.presented import (
    PresentationCheck,
    PresentationCode,
    PresentationFinding,
    PresentationVerdict,
)

CHALLENGE, DOMAIN = "7c1f6b1e-once", "https://verify.example"
ASKED: Any = {"challenge": CHALLENGE, "domain": DOMAIN}
YES, NO = CheckOutcome.YES, CheckOutcome.NO
OPEN, NOT_APPLICABLE = CheckOutcome.COULD_NOT_CHECK, CheckOutcome.NOT_APPLICABLE


def check(world: World, data: bytes, **asked: str) -> PresentationVerdict:
    """The whole check, answered by the world."""
    walk = examine_presentation(as_presented(data), world.seen, world.policy, NOW, **asked)
    try:
        need = next(walk)
        while True:
            need = walk.send(world.fetch(need))
    except StopIteration as end:
        verdict: PresentationVerdict = end.value
        return verdict


def found(verdict: PresentationVerdict, check: PresentationCheck) -> tuple[CheckOutcome, str]:
    finding = verdict.finding(check)
    return finding.outcome, finding.code


def of_the_student(world: World, index: int = 5) -> dict[str, Any]:
    return member(world, index, lambda made: made["credentialSubject"].update(id=STUDENT.controller))


# Good ones, in every form.


def plain(world: World) -> bytes:
    return signed(presentation(of_the_student(world), of_the_student(world, 6)), **ASKED)


def several_domains(world: World) -> bytes:
    return signed(
        presentation(of_the_student(world)), challenge=CHALLENGE, domain=["https://other.example", DOMAIN]
    )


def without_holder(world: World) -> bytes:
    return signed(presentation(of_the_student(world), holder=None), **ASKED)


def with_a_token_inside(world: World) -> bytes:
    value = world.badge_value()
    value["credentialSubject"]["id"] = STUDENT.controller
    return signed(presentation(envelope(sign_jwt(compose(value), world.signer).encode())), **ASKED)


def as_a_token(world: World) -> bytes:
    return token(presentation(of_the_student(world)), nonce=CHALLENGE, aud=DOMAIN)


def as_an_old_token(world: World) -> bytes:
    value = world.badge_value()
    value["credentialSubject"]["id"] = STUDENT.controller
    held = sign_jwt(compose(value), world.signer)
    shown = presentation(held, **{"@context": [V1]})
    return token(shown, old=True, nonce=CHALLENGE, aud=[DOMAIN], iss=STUDENT.controller)


def in_an_envelope(world: World) -> bytes:
    return json.dumps(envelope(as_a_token(world), "Presentation")).encode()


FORMS = (
    plain,
    several_domains,
    without_holder,
    with_a_token_inside,
    as_a_token,
    as_an_old_token,
    in_an_envelope,
)


@pytest.mark.parametrize("make", FORMS)
def test_a_good_presentation_is_valid_in_every_form(make: Any) -> None:
    world = World()
    data = make(world)
    verdict = check(world, data, **ASKED)
    assert (verdict.outcome, verdict.code) == (Outcome.VALID, PresentationCode.VALID), verdict.findings
    assert verdict.holder == STUDENT.controller
    assert verdict.key_id == STUDENT.verification_method
    assert {one.code for one in verdict.credentials} == {Code.VALID}
    assert [finding.outcome for finding in verdict.findings] == [YES] * 5
    assert is_presentation(as_presented(data))


def test_a_presentation_on_data_model_1_1_carries_a_proof_inside_too() -> None:
    world = World()
    value = presentation(**{"@context": [V1]})
    assert check(world, signed(value, **ASKED), **ASKED).code is PresentationCode.VALID


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
def test_a_holder_may_have_another_kind_of_key(key_type: KeyType) -> None:
    from keys.did import did_key

    key = SeededSigner("another wallet", key_type=key_type).public_key
    holder = SeededSigner("another wallet", did_key(key), key_type)
    shown = presentation(holder=holder.controller)
    verdict = check(World(), token(shown, holder, nonce=CHALLENGE, aud=DOMAIN), **ASKED)
    assert verdict.code is PresentationCode.VALID, verdict.findings


def test_a_record_inside_is_opened() -> None:
    world = World()
    shown = signed(presentation(json.loads(record(world, member(world)))), **ASKED)
    verdict = check(world, shown, **ASKED)
    assert verdict.code is PresentationCode.VALID, verdict.findings
    assert [len(one.members) for one in verdict.credentials] == [1]


# Who presents.


def test_nobody_need_sign_a_folder_of_badges() -> None:
    world = World()
    verdict = check(world, compose(presentation(member(world), member(world, 6))).raw)
    assert (verdict.code, verdict.holder) == (PresentationCode.VALID, None)
    assert found(verdict, PresentationCheck.PROOF) == (NOT_APPLICABLE, "presentation_unsigned")
    assert found(verdict, PresentationCheck.BINDING) == (OPEN, "nobody_signed")


@pytest.mark.parametrize("asked", [{"challenge": CHALLENGE}, {"domain": DOMAIN}, ASKED])
def test_where_a_challenge_was_asked_an_unsigned_one_is_refused(asked: dict[str, str]) -> None:
    world = World()
    verdict = check(world, compose(presentation(member(world))).raw, **asked)
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, PresentationCode.NOT_ANSWERED)
    assert verdict.credentials == ()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"challenge": "another", "domain": DOMAIN}, "challenge_differs"),
        ({"challenge": None, "domain": DOMAIN}, "challenge_differs"),
        ({"challenge": CHALLENGE, "domain": "https://other.example"}, "domain_differs"),
        ({"challenge": CHALLENGE, "domain": None}, "domain_differs"),
        ({"challenge": CHALLENGE.upper(), "domain": DOMAIN}, "challenge_differs"),
        ({"challenge": CHALLENGE, "domain": DOMAIN + "/"}, "domain_differs"),
    ],
)
def test_an_answer_to_somebody_else_is_none(options: dict[str, Any], code: str) -> None:
    world = World()
    verdict = check(world, signed(presentation(member(world)), **options), **ASKED)
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, PresentationCode.NOT_ANSWERED)
    assert found(verdict, PresentationCheck.CHALLENGE) == (NO, code)
    assert verdict.credentials == ()


def test_one_that_was_made_for_somebody_is_told_so_where_nobody_asked() -> None:
    world = World()
    verdict = check(world, signed(presentation(member(world)), **ASKED))
    assert verdict.code is PresentationCode.VALID
    assert found(verdict, PresentationCheck.CHALLENGE) == (NOT_APPLICABLE, "made_for_somebody")


def test_a_badge_about_somebody_else_is_told_and_decides_nothing() -> None:
    """A parent may show a child's badge, and every badge of ours has a fresh identifier of its holder."""
    world = World()
    verdict = check(world, signed(presentation(member(world)), **ASKED), **ASKED)
    assert verdict.code is PresentationCode.VALID
    assert found(verdict, PresentationCheck.BINDING) == (OPEN, "holder_not_named")


STRANGER = did_key_signer("somebody else")


def by_a_stranger(world: World) -> bytes:
    return signed(presentation(member(world)), STRANGER, **ASKED)


def with_anothers_name(world: World) -> bytes:
    """The stranger's key, under the student's name."""
    return signed(presentation(member(world)), SeededSigner("somebody else", STUDENT.controller), **ASKED)


def changed(world: World) -> bytes:
    made = json.loads(signed(presentation(member(world)), **ASKED))
    made["verifiableCredential"].append(member(world, 6))
    return compose(made).raw


def other_challenge(world: World) -> bytes:
    made = json.loads(signed(presentation(member(world)), challenge="old", domain=DOMAIN))
    made["proof"]["challenge"] = CHALLENGE
    return compose(made).raw


def for_another_purpose(world: World) -> bytes:
    return signed(presentation(member(world)), proofPurpose="assertionMethod", **ASKED)


def signed_twice(world: World) -> bytes:
    made = json.loads(signed(presentation(member(world)), **ASKED))
    return compose(made | {"proof": [made["proof"]] * 2}).raw


def with_no_proofs(world: World) -> bytes:
    return compose(presentation(member(world)) | {"proof": []}).raw


def token_by_a_stranger(world: World) -> bytes:
    return token(presentation(member(world)), STRANGER, nonce=CHALLENGE, aud=DOMAIN)


def changed_token(world: World) -> bytes:
    head, payload, _ = token(presentation(member(world)), nonce=CHALLENGE, aud=DOMAIN).split(b".")
    other = token(presentation(member(world, 6)), nonce=CHALLENGE, aud=DOMAIN).rsplit(b".", 1)[1]
    return b".".join((head, payload, other))


def ended(world: World) -> bytes:
    return signed(presentation(member(world)), expires="2026-06-01T11:58:00Z", **ASKED)


def ended_token(world: World) -> bytes:
    return token(presentation(member(world)), nonce=CHALLENGE, aud=DOMAIN, exp=1_780_315_000)


def of_the_future(world: World) -> bytes:
    return signed(presentation(member(world)), created="2026-06-01T12:05:00Z", **ASKED)


def token_of_the_future(world: World) -> bytes:
    """Made now, and not to be used before tomorrow (RFC 7519, 4.1.5)."""
    return token(presentation(member(world)), nonce=CHALLENGE, aud=DOMAIN, nbf=1_780_401_600)


@pytest.mark.parametrize(
    "make",
    [
        token_of_the_future,
        by_a_stranger,
        with_anothers_name,
        changed,
        other_challenge,
        token_by_a_stranger,
        changed_token,
        ended,
        ended_token,
        of_the_future,
    ],
)
def test_what_the_holder_did_not_sign_now_is_refused_and_nothing_in_it_is_opened(make: Any) -> None:
    world = World()
    questions: tuple[Any, ...] = (ASKED, {})
    for asked in questions:
        verdict = check(world, make(world), **asked)
        assert verdict.outcome is Outcome.INVALID, verdict.findings
        assert (verdict.holder, verdict.credentials, verdict.key_id) == (None, (), None)
        assert found(verdict, PresentationCheck.PROOF)[0] is NO
    assert NeedKind.STATUS_LIST not in {need.kind for need in world.asked}


@pytest.mark.parametrize("make", [for_another_purpose, signed_twice, with_no_proofs])
def test_what_is_no_presentations_proof_is_refused(make: Any) -> None:
    world = World()
    verdict = check(world, make(world), **ASKED)
    assert (verdict.outcome, verdict.credentials) == (Outcome.INVALID, ())


def test_a_badge_presented_as_a_presentation_is_none() -> None:
    world = World()
    verdict = check(world, world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, PresentationCode.UNREADABLE)
    assert not is_presentation(as_presented(world.badge()))
    world.form = "jwt"
    assert not is_presentation(as_presented(world.badge()))
    assert world.check(plain(World())).outcome is not Outcome.VALID


# A holder with an address.


def organisation(**changes: Any) -> World:
    made = World(host="wallet.example", signing="wallet", **changes)
    made.edit["did"] = lambda document: document.update(authentication=document["assertionMethod"])
    return made


def shown_by(holder: World) -> bytes:
    return signed(presentation(holder=holder.did), holder.signer, **ASKED)


def test_a_holder_with_an_address_is_asked_for_its_keys() -> None:
    holder = organisation()
    assert check(holder, shown_by(holder), **ASKED).code is PresentationCode.VALID
    assert [need.kind for need in holder.asked] == [NeedKind.DID_DOCUMENT]


def test_a_key_for_assertions_alone_presents_nothing() -> None:
    holder = organisation()
    del holder.edit["did"]
    verdict = check(holder, shown_by(holder), **ASKED)
    assert found(verdict, PresentationCheck.PROOF) == (NO, "wrong_relationship")


def test_a_holder_who_does_not_answer_is_not_known_to_have_signed() -> None:
    holder = organisation()
    holder.fail[holder.did_url] = "timeout"
    verdict = check(holder, shown_by(holder), **ASKED)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, PresentationCode.INCOMPLETE)
    assert found(verdict, PresentationCheck.PROOF) == (OPEN, "holder_unreachable")


def test_a_suite_that_is_not_known_is_no_forgery() -> None:
    made = json.loads(signed(presentation(), **ASKED))
    made["proof"]["cryptosuite"] = "bbs-2023"
    verdict = check(World(), compose(made).raw, **ASKED)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, PresentationCode.INCOMPLETE)


# What is inside.


@pytest.mark.parametrize(
    ("break_it", "outcome", "code"),
    [
        (lambda world: world.revoke(6), Outcome.INVALID, PresentationCode.CREDENTIAL_FAILS),
        (
            lambda world: world.fail.update({world.list_url: "timeout"}),
            Outcome.UNKNOWN,
            PresentationCode.INCOMPLETE,
        ),
    ],
)
def test_one_bad_credential_spoils_the_whole(break_it: Any, outcome: Outcome, code: PresentationCode) -> None:
    world = World()
    break_it(world)
    verdict = check(world, plain(world), **ASKED)
    assert (verdict.outcome, verdict.code) == (outcome, code)
    assert len(verdict.credentials) == 2


def test_an_unsigned_credential_is_not_made_good_by_who_presents_it() -> None:
    world = World()
    verdict = check(world, signed(presentation(world.badge_value()), **ASKED), **ASKED)
    assert verdict.code is PresentationCode.CREDENTIAL_FAILS


def test_showing_nothing_says_who_is_there_only_if_it_is_signed() -> None:
    world = World()
    assert check(world, signed(presentation(), **ASKED), **ASKED).code is PresentationCode.VALID
    verdict = check(world, compose(presentation()).raw)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, PresentationCode.INCOMPLETE)
    assert found(verdict, PresentationCheck.CREDENTIALS) == (OPEN, "nothing_presented")


def test_there_is_an_end_to_what_is_presented() -> None:
    held = [
        {"type": ["VerifiableCredential"], "id": f"urn:x:{number}"} for number in range(MOST_PRESENTED + 1)
    ]
    full = check(World(), compose(presentation(*held[:-1])).raw)
    assert len(full.credentials) == MOST_PRESENTED
    over = check(World(), compose(presentation(*held)).raw)
    assert (over.outcome, over.credentials) == (Outcome.UNKNOWN, ())
    assert found(over, PresentationCheck.CREDENTIALS) == (OPEN, "too_many_credentials")


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"not json",
        b"ey.ey.ey",
        json.dumps({"@context": [V2], "type": "EnvelopedVerifiablePresentation", "id": "urn:x:1"}).encode(),
        json.dumps(presentation("ey.ey.ey")).encode(),
        json.dumps(presentation(holder="me")).encode(),
    ],
)
def test_whatever_is_no_presentation_is_a_value_and_no_accident(data: bytes) -> None:
    verdict = check(World(), data)
    assert (verdict.outcome, verdict.code) == (Outcome.INVALID, PresentationCode.UNREADABLE)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (token(presentation(), iss="did:example:1"), "envelope_mismatch"),
        (token(presentation(), old=True), "not_a_credential"),
        (token(presentation(**{"@context": [V1]})), "not_a_credential"),
        (token(presentation(**{"@context": [V1]}), old=True, more=1), "envelope_mismatch"),
        (token(presentation(), exp="soon"), "bad_numeric_date"),
        (token(presentation(), nonce=7), "proof_domain"),
        (token(presentation(), aud=["a"] * 9), "proof_domain"),
        (token(presentation(), aud=["a"] * 8, nonce="n" * 513), "proof_domain"),
    ],
)
def test_a_token_that_contradicts_itself_is_refused(data: bytes, code: str) -> None:
    assert found(check(World(), data), PresentationCheck.SHAPE) == (NO, code)


# Gathering and replaying.


def test_what_was_gathered_replays_to_the_same_verdict() -> None:
    world = World()

    class Asked:
        async def answer(self, need: Need) -> Fetched | Failure:
            return world.fetch(need)

    presented = as_presented(plain(world))
    held = asyncio.run(gather_presentation(presented, world.policy, Asked(), NOW, CHALLENGE, DOMAIN))
    verdict = verify_presentation(held, world.policy, NOW, CHALLENGE, DOMAIN)
    assert verdict == check(World(), plain(World()), **ASKED)
    assert [need.kind for need in world.asked] == [NeedKind.DID_DOCUMENT, NeedKind.STATUS_LIST]
    assert len(verdict.seen) == 2
    late = verify_presentation(held, world.policy, NOW + timedelta(days=3), CHALLENGE, DOMAIN)
    assert late.outcome is not Outcome.VALID
    bare = verify_presentation(type(held)(presented), world.policy, NOW, CHALLENGE, DOMAIN)
    assert bare.outcome is Outcome.UNKNOWN


# Every combination of answers.

MAY_STAND = {
    PresentationCheck.SHAPE: {YES},
    PresentationCheck.PROOF: {YES, NOT_APPLICABLE},
    PresentationCheck.CHALLENGE: {YES, NOT_APPLICABLE},
    PresentationCheck.CREDENTIALS: {YES, NOT_APPLICABLE},
    PresentationCheck.BINDING: {YES, OPEN},
}


def test_valid_comes_from_nothing_but_passing_answers_to_all_questions() -> None:
    assert set(MAY_STAND) == set(PresentationCheck) == set(PRESENTATION_PASSES)
    for states in product((*CheckOutcome, None), repeat=len(PresentationCheck)):
        given = dict(zip(PresentationCheck, states, strict=True))
        findings = [PresentationFinding(check, state, "code") for check, state in given.items() if state]
        outcome, code, complete = conclude_presentation(findings)
        good = all(state in MAY_STAND[check] for check, state in given.items())
        assert (outcome is Outcome.VALID) == (code is PresentationCode.VALID) == good, given
        assert [finding.check for finding in complete] == list(PresentationCheck)
