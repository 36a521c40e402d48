"""Signed endorsements: only by the member, under the member's key, about this achievement, unaltered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contexts.document import compose, parse
from contexts.pinned import ISSUING
from credential.proof import data_integrity
from credential.proof.data_integrity import add_proof, check_proof
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.selective import add_base_proof, derive_proof
from issuer.decisions.endorsement import LIMITS, Endorsement, check_endorsement, embeddable
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.member import Member, MemberKind
from keys.did import did_jwk
from keys.multibase import base58btc_encode
from keys.one_time import OneTimeKey
from keys.public import KeyType
from tests.committee import ENDORSER, endorsement
from tests.house import NOW
from tests.signers import SeededSigner, did_key_signer

TARGET = "https://badges.riverbend.example/achievements/co-cna"
MEMBER = Member("industry-1", MemberKind.INDUSTRY, date(2026, 1, 1), endorser=ENDORSER.controller)
STRANGER = did_key_signer("stranger")
WEB = SeededSigner("care home", "did:web:quailcreek.example")
P256 = did_key_signer("industry 256", KeyType.P256)


def check(data: bytes, member: Member = MEMBER, **changes: Any) -> Endorsement:
    given: dict[str, Any] = {"achievement_id": TARGET, "now": NOW}
    return check_endorsement(data, member=member, **(given | changes))


def altered(data: bytes, **changes: Any) -> bytes:
    value = json.loads(data) | changes
    return json.dumps({name: member for name, member in value.items() if member is not None}).encode()


GOOD = endorsement(TARGET)


def test_a_good_one_is_taken_as_it_came() -> None:
    found = check(GOOD)
    assert (found.target, found.endorser, found.body) == (TARGET, ENDORSER.controller, GOOD)
    assert found.valid_from == datetime(2026, 5, 20, 9, tzinfo=UTC)
    assert embeddable(parse(GOOD, LIMITS)) == json.loads(GOOD)


SUBJECT = json.loads(GOOD)["credentialSubject"]
PROOF = json.loads(GOOD)["proof"]
REFUSED: dict[str, tuple[str, bytes]] = {
    "a word changed": ("bad_endorsement", altered(GOOD, name="We hire on that")),
    "the target changed": (
        "bad_endorsement",
        altered(GOOD, credentialSubject=SUBJECT | {"id": TARGET + "x"}),
    ),
    "the period changed": ("bad_endorsement", altered(GOOD, validFrom="2026-05-19T09:00:00Z")),
    "a word added": ("bad_endorsement", altered(GOOD, description="And more.")),
    "the proof taken out": ("bad_endorsement", altered(GOOD, proof=None)),
    "a proof from another": (
        "bad_endorsement",
        altered(GOOD, proof=json.loads(endorsement(TARGET + "x"))["proof"]),
    ),
    "two proofs": ("bad_endorsement", altered(GOOD, proof=[*PROOF, *PROOF])),
    "a stranger": ("not_a_member", endorsement(TARGET, STRANGER)),
    "a stranger's proof": (
        "not_a_member",
        altered(GOOD, proof=json.loads(endorsement(TARGET, STRANGER))["proof"]),
    ),
    "a stranger's key under our name": (
        "endorsement_key",
        endorsement(
            TARGET,
            SeededSigner("stranger", ENDORSER.controller, method=f"{ENDORSER.controller}#z6Mkstranger"),
        ),
    ),
    "a stranger's signature under our key's name": (
        "bad_endorsement",
        endorsement(TARGET, SeededSigner("stranger", ENDORSER.controller)),
    ),
    "about something else": ("endorsement_target", endorsement(TARGET + "-2")),
    "about a person": ("endorsement_target", endorsement("did:example:somebody")),
    "over": ("bad_endorsement", endorsement(TARGET, validUntil="2026-05-31T00:00:00Z")),
    "not yet": ("bad_endorsement", endorsement(TARGET, validFrom="2026-06-02T00:00:00Z")),
    "signed in the future": ("bad_endorsement", endorsement(TARGET, created=NOW + timedelta(hours=1))),
    "an award": ("bad_endorsement", altered(GOOD, type=["VerifiableCredential", "OpenBadgeCredential"])),
    "a subject of another type": (
        "bad_endorsement",
        altered(GOOD, credentialSubject=SUBJECT | {"type": ["AchievementSubject"]}),
    ),
    "the older data model": (
        "bad_endorsement",
        altered(GOOD, **{"@context": ["https://www.w3.org/2018/credentials/v1"]}),
    ),
    "a status to be asked for": (
        "bad_endorsement",
        endorsement(
            TARGET, credentialStatus={"id": "https://a.example/1", "type": "BitstringStatusListEntry"}
        ),
    ),
    "an endorsement inside": ("bad_endorsement", altered(GOOD, endorsement=[json.loads(GOOD)])),
    "no name": ("bad_endorsement", altered(GOOD, name=None)),
    "a word that no context defines": ("bad_endorsement", altered(GOOD, rank="gold")),
    "no JSON": ("bad_endorsement", b"{"),
    "a token": ("bad_endorsement", b"eyJhbGciOiJFZERTQSJ9.e30.AA"),
    "one byte too many": ("bad_endorsement", GOOD + b" " * (LIMITS.max_bytes - len(GOOD) + 1)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_the_members_own_word_is_refused(name: str) -> None:
    code, data = REFUSED[name]
    with pytest.raises(DecisionRefused) as refused:
        check(data)
    assert refused.value.code == code, refused.value.message


SAID = {
    "an award": "its type says so",
    "a subject of another type": "has to be of the type EndorsementSubject",
    "the older data model": "first context has to be",
    "a status to be asked for": "has credentialStatus, which cannot be asked about",
    "no name": "breaks Open Badges 3.0",
    "two proofs": "more than the endorser's one proof",
    "signed in the future": "made in the future",
    "over": "does not hold today",
    "not yet": "does not hold today",
}


@pytest.mark.parametrize("name", SAID)
def test_each_guard_says_its_own_sentence(name: str) -> None:
    """Another guard behind it would refuse too, and leave the registrar guessing."""
    with pytest.raises(DecisionRefused) as refused:
        check(REFUSED[name][1])
    assert SAID[name] in refused.value.message


TWINS = {
    "in other order": json.dumps(json.loads(GOOD), sort_keys=True).encode(),
    "until tomorrow": endorsement(TARGET, validUntil="2026-06-02T00:00:00Z"),
    "from this moment": endorsement(TARGET, validFrom="2026-06-01T12:00:00Z"),
    "a single proof, no list": altered(GOOD, proof=PROOF[0]),
    "a single type": altered(GOOD, credentialSubject=SUBJECT | {"type": "EndorsementSubject"}),
    "the very last byte": GOOD + b" " * (LIMITS.max_bytes - len(GOOD)),
    "without a profile": endorsement(TARGET, issuer=ENDORSER.controller),
}


@pytest.mark.parametrize("name", TWINS)
def test_its_twin_is_taken_and_checks_as_a_badge_carries_it(name: str) -> None:
    check(TWINS[name])
    carried = embeddable(parse(TWINS[name], LIMITS))
    assert isinstance(carried["proof"], list)
    assert carried["credentialSubject"]["type"] == ["EndorsementSubject"]
    check_proof(compose(carried), lambda _: ENDORSER.public_key)


def test_whoever_endorses_is_a_member_who_signs() -> None:
    for member in (
        replace(MEMBER, endorser=None),
        replace(MEMBER, endorser=STRANGER.controller),
    ):
        with pytest.raises(DecisionRefused, match="not the DID that is written down for industry-1"):
            check(GOOD, member)


def test_the_key_of_a_web_address_comes_from_the_registrar_alone() -> None:
    data = endorsement(TARGET, WEB)
    web = replace(MEMBER, endorser=WEB.controller, endorser_key=WEB.public_key.multikey())
    assert check(data, web).endorser == WEB.controller
    with pytest.raises(DecisionRefused, match="endorsement_key"):
        check(data, replace(web, endorser_key=None))
    with pytest.raises(DecisionRefused, match="bad_endorsement"):
        check(data, replace(web, endorser_key=STRANGER.public_key.multikey()))
    with pytest.raises(DecisionRefused, match="endorsement_key"):
        check(data, replace(web, endorser_key="zNonsense"))


def test_other_keys_that_hold_themselves() -> None:
    jwk = did_jwk(ENDORSER.public_key)
    signer = SeededSigner("industry 1", jwk, method=f"{jwk}#0")
    assert check(endorsement(TARGET, signer), replace(MEMBER, endorser=jwk)).endorser == jwk
    signed = add_proof(
        compose(json.loads(altered(endorsement(TARGET, P256_AS_ED), proof=None))),
        P256,
        cryptosuite="ecdsa-rdfc-2019",
        created=NOW,
    ).raw
    assert check(signed, replace(MEMBER, endorser=P256.controller)).endorser == P256.controller


def test_a_part_of_an_endorsement_is_not_the_members_word() -> None:
    """What is left out here is the day on which it ended."""
    member = replace(MEMBER, endorser=P256.controller)
    made = altered(endorsement(TARGET, P256_AS_ED, validUntil="2026-05-31T00:00:00Z"), proof=None)
    once = OneTimeKey(lambda count: b"k" * count)
    whole = add_base_proof(parse(made), P256, once, hmac_key=b"h" * 32, mandatory=("/issuer",), created=NOW)
    part = derive_proof(whole, ["/id", "/name", "/validFrom", "/credentialSubject"])
    assert "validUntil" not in part.value
    with pytest.raises(DecisionRefused, match="only a part of what was signed"):
        check(part.raw, member)


P256_AS_ED = SeededSigner("any", P256.controller)
"""Only to write the draft: its proof is taken out and made anew."""


def expiring(expires: str) -> bytes:
    """An endorsement whose proof names an end, which our own signing never writes."""
    document = compose(json.loads(altered(GOOD, proof=None)))
    options = {name: value for name, value in PROOF[0].items() if name != "proofValue"} | {"expires": expires}
    secured = compose(options | {"@context": document.value["@context"]})
    key = ENDORSER.public_key.key_type
    message = data_integrity._hashed_options(secured.raw, EDDSA_RDFC_2022.name, key, ISSUING)
    message += EDDSA_RDFC_2022.hashed(document, key, ISSUING)
    proof = options | {"proofValue": "z" + base58btc_encode(ENDORSER.sign(message))}
    return json.dumps(document.value | {"proof": [proof]}).encode()


def test_a_proof_that_has_ended_is_refused() -> None:
    check(expiring("2026-06-01T12:00:01Z"))
    with pytest.raises(DecisionRefused, match="the endorsement's proof has ended"):
        check(expiring("2026-06-01T12:00:00Z"))
