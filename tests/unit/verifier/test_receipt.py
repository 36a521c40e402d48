"""A receipt says what was found, names no student, and is genuine only as it was signed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credential.digest import digest_of
from credential.withdrawal import Reason
from keys.multibase import base64url_decode, base64url_encode
from tests.seeded import did_key_signer
from tests.world import NOW, World
from verifier.evidence import CheckOutcome, Code, Outcome, Presented, PresentedKind
from verifier.receipt import (
    DRAFT_LASTS,
    LONGEST_RECEIPT,
    LONGEST_TEXT,
    MEMBERS,
    NOTHING_CHECKED,
    Receipt,
    ReceiptAnswer,
    check_receipt,
    draft_receipt,
    find_receipt,
    finish,
    marked,
    receipt_file,
    sign_receipt,
)
from verifier.report import explain

HERE = "https://check.example.org"
SIGNER, STRANGER = did_key_signer("receipts"), did_key_signer("another verifier")
KEYS = {SIGNER.verification_method: SIGNER.public_key}


def receipt_of(world: World, locale: str = "en") -> Receipt:
    badge = world.badge()
    made = draft_receipt(explain(world.check(badge), locale), digest_of(badge), HERE)
    assert made is not None
    return made


def payload(token: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64url_decode(token.split(".")[1]))
    return read


def resigned(value: dict[str, Any]) -> str:
    """A payload of our choice under our own key, as a later version of the program might write."""
    header, _, _ = sign_receipt(receipt_of(World()), SIGNER).split(".")
    said = f"{header}.{base64url_encode(json.dumps(value).encode())}"
    return f"{said}.{base64url_encode(SIGNER.sign(said.encode()))}"


def test_it_says_what_was_found_and_comes_back_as_it_went() -> None:
    receipt = receipt_of(World())
    token = sign_receipt(receipt, SIGNER)
    assert check_receipt(token, KEYS) == (ReceiptAnswer.GENUINE, receipt)
    assert (receipt.outcome, receipt.code, receipt.headline) == (
        Outcome.VALID,
        Code.VALID,
        "This badge is valid",
    )
    assert (receipt.badge, receipt.issuer) == (
        "Workplace Safety, 10 hours",
        "did:web:badges.riverbend.example",
    )
    assert (receipt.issuer_name, receipt.trust_list) == ("Riverbend School District", "State list")
    assert (receipt.issuer_level, receipt.verifier, receipt.checked_at) == ("trusted", HERE, NOW)
    assert [one.check for one in receipt.checks] == ["unchanged", "issuer", "status", "period", "recipient"]
    assert receipt.checks[-1].answer is CheckOutcome.COULD_NOT_CHECK
    assert payload(token).keys() == MEMBERS


@pytest.mark.parametrize("locale", ["en", "es"])
def test_it_names_no_student_and_opens_nothing(locale: str) -> None:
    world = World()
    token = "A" * 32
    world.shares[token] = world.badge()
    verdict = world.check(Presented(PresentedKind.SHARE, tag="RIVER", token=token))
    made = draft_receipt(explain(verdict, locale), digest_of(world.badge()), HERE)
    assert made is not None
    said = json.dumps(payload(sign_receipt(made, SIGNER)))
    assert made.badge
    for word in ("Jordan", "Rivera", token, "urn:uuid", "RIVER-"):
        assert word not in said


def test_of_a_changed_badge_it_says_nothing_but_the_verdict() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["credentialSubject"]["achievement"].update(name="Surgery")
    made = receipt_of(world)
    assert made.code is Code.TAMPERED
    assert (made.badge, made.issuer, made.issuer_name, made.trust_list) == ("", "", "", "")
    assert "Surgery" not in json.dumps(payload(sign_receipt(made, SIGNER)))


def test_a_stranger_is_on_no_list() -> None:
    made = receipt_of(World(trusted=False))
    assert made.code is Code.ISSUER_UNKNOWN
    assert (made.issuer_name, made.trust_list, made.issuer_level) == ("", "", "domain")


def test_there_is_none_where_no_badge_was_checked() -> None:
    world = World()
    world.fail[f"{world.origin}/retrieve"] = "share_ended"
    verdict = world.check(Presented(PresentedKind.SHARE, tag="RIVER", token="A" * 32))
    assert draft_receipt(explain(verdict), "", HERE) is None
    assert draft_receipt(explain(world.check(b"{")), "", HERE) is None
    assert {Code.UNREADABLE, Code.NOT_FOUND, Code.NOT_SHARED, Code.SHARE_ENDED} == NOTHING_CHECKED


def test_every_changed_character_is_noticed() -> None:
    token = sign_receipt(receipt_of(World()), SIGNER)
    for at in range(0, len(token), 7):
        other = "B" if token[at] != "B" else "C"
        assert check_receipt(token[:at] + other + token[at + 1 :], KEYS)[0] is not ReceiptAnswer.GENUINE, at


def test_a_claim_that_was_changed_is_named_as_that() -> None:
    world = World()
    world.revoke(reason=Reason.ISSUED_IN_ERROR)
    header, body, signature = sign_receipt(receipt_of(world), SIGNER).split(".")
    value = json.loads(base64url_decode(body)) | {"outcome": "valid", "code": "valid"}
    forged = f"{header}.{base64url_encode(json.dumps(value).encode())}.{signature}"
    assert check_receipt(forged, KEYS) == (ReceiptAnswer.CHANGED, None)


def test_an_algorithm_that_is_not_the_keys_is_a_change() -> None:
    _, body, _ = sign_receipt(receipt_of(World()), SIGNER).split(".")
    for algorithm, answer in (("EdDSA", ReceiptAnswer.GENUINE), ("RS256", ReceiptAnswer.CHANGED)):
        header = {"alg": algorithm, "kid": SIGNER.verification_method, "typ": "cairn-receipt+jwt"}
        said = f"{base64url_encode(json.dumps(header).encode())}.{body}"
        token = f"{said}.{base64url_encode(SIGNER.sign(said.encode()))}"
        assert check_receipt(token, KEYS)[0] is answer


def test_another_verifiers_receipt_is_elsewhere_and_says_nothing() -> None:
    token = sign_receipt(receipt_of(World()), STRANGER)
    assert check_receipt(token, KEYS) == (ReceiptAnswer.ELSEWHERE, None)
    assert check_receipt(token, {STRANGER.verification_method: STRANGER.public_key})[1] is not None


def test_our_name_over_another_key_is_a_change() -> None:
    posing = replace(STRANGER, method=SIGNER.verification_method)
    assert check_receipt(sign_receipt(receipt_of(World()), posing), KEYS) == (ReceiptAnswer.CHANGED, None)


def test_a_key_of_earlier_times_is_known_still() -> None:
    token = sign_receipt(receipt_of(World()), STRANGER)
    both = KEYS | {STRANGER.verification_method: STRANGER.public_key}
    assert check_receipt(token, both)[0] is ReceiptAnswer.GENUINE


def test_a_draft_is_no_receipt_and_a_receipt_no_draft() -> None:
    made = receipt_of(World())
    draft, token = sign_receipt(made, SIGNER, draft=True), sign_receipt(made, SIGNER)
    assert check_receipt(draft, KEYS) == (ReceiptAnswer.NONE, None)
    assert check_receipt(token, KEYS, draft=True) == (ReceiptAnswer.NONE, None)
    assert check_receipt(draft, KEYS, draft=True) == (ReceiptAnswer.GENUINE, made)


def test_a_draft_lasts_a_day_and_comes_from_no_future() -> None:
    made = receipt_of(World())
    at_bound = finish(made, NOW + DRAFT_LASTS, photo_id=True)
    assert at_bound is not None
    assert (at_bound.photo_id, at_bound.made_at) == (True, NOW + DRAFT_LASTS)
    assert at_bound.checked_at == made.checked_at
    assert finish(made, NOW + DRAFT_LASTS + timedelta(seconds=1), photo_id=True) is None
    assert finish(made, NOW - timedelta(seconds=1), photo_id=False) is None


@pytest.mark.parametrize(
    "change",
    [
        {"receipt": 2},
        {"code": "splendid"},
        {"outcome": "yes"},
        {"checked_at": "yesterday"},
        {"iat": "now"},
        {"checks": [{"check": "issuer"}]},
        {"checks": [{"check": "c", "answer": "yes", "said": ""}] * 17},
        {"more": 1},
    ],
)
def test_what_a_later_version_says_is_not_guessed_at(change: dict[str, Any]) -> None:
    value = payload(sign_receipt(receipt_of(World()), SIGNER))
    assert check_receipt(resigned(value), KEYS)[0] is ReceiptAnswer.GENUINE
    assert check_receipt(resigned(value | change), KEYS) == (ReceiptAnswer.NONE, None)


@pytest.mark.parametrize("token", ["", "ey", "ey.ey.ey", "x" * (LONGEST_RECEIPT + 1), "eyJ9.eyJ9.é"])
def test_what_is_no_receipt_is_none(token: str) -> None:
    assert check_receipt(token, KEYS) == (ReceiptAnswer.NONE, None)


def test_long_words_are_cut_so_that_every_receipt_stays_small() -> None:
    world = World(name="N" * 5_000)
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(name="é" * 5_000)
    made = receipt_of(world)
    assert len(made.badge) == LONGEST_TEXT
    assert len(sign_receipt(made, SIGNER)) < LONGEST_RECEIPT // 2


def test_a_receipt_is_found_in_its_file_its_text_and_its_pdf() -> None:
    token = sign_receipt(receipt_of(World()), SIGNER)
    assert find_receipt(receipt_file(token)) == token
    assert find_receipt(f"\n {token} \n".encode()) == token
    pdf = b"%PDF-1.7\n" + base64.b64encode(bytes(9_000)) + f"<d>{marked(token)}</d>".encode() + bytes(50_000)
    assert find_receipt(pdf) == token
    assert find_receipt(b"%PDF-1.7\n" + bytes(90_000)) == ""
    assert find_receipt(b"") == ""
    assert find_receipt(bytes(40_000) + token.encode()) == ""


def test_what_was_valid_on_an_earlier_day_says_which() -> None:
    world = World()
    report = explain(replace(world.check(world.badge()), as_of=NOW - timedelta(days=40)))
    made = draft_receipt(report, "", HERE)
    assert made is not None
    assert made.as_of == NOW - timedelta(days=40)
    assert made.headline == "Valid as of April 22, 2026"
    assert check_receipt(sign_receipt(made, SIGNER), KEYS) == (ReceiptAnswer.GENUINE, made)
