from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from credential.errors import CredentialError
from credential.proof.vc_jwt import split
from credential.withdrawal import (
    MAX_TOKEN,
    NOTES_TYPE,
    Note,
    Reason,
    WithdrawalNotes,
    check_notes,
    sign_notes,
)
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from keys.public import KeyType, PublicKey
from tests.world import SeededSigner

ISSUER = "did:web:badges.example.edu"
URL = "https://badges.example.edu/status/3"
SIGNER = SeededSigner("notes", ISSUER)
MAY, JUNE = date(2026, 5, 22), date(2026, 6, 1)
NOTES = WithdrawalNotes(
    ISSUER,
    URL,
    7,
    {
        17: Note(JUNE, Reason.REQUESTED),
        5: Note(MAY, Reason.CORRECTED),
        131_071: Note(MAY, Reason.CORRECTED),
        6: Note(MAY, Reason.ISSUED_IN_ERROR),
        9: Note(JUNE, Reason.NO_LONGER_VALID),
    },
)
HEADER = {"alg": "EdDSA", "kid": SIGNER.verification_method, "typ": NOTES_TYPE}
PAYLOAD = NOTES.to_json()


def key_for(method: str) -> PublicKey:
    if method != SIGNER.verification_method:
        raise KeyRefused("key_not_in_document", "no such key")
    return SIGNER.public_key


def check(token: str | bytes) -> WithdrawalNotes:
    return check_notes(token, key_for, issuer=ISSUER, list_url=URL)


def token(header: Mapping[str, Any] | str = HEADER, payload: Mapping[str, Any] | str = PAYLOAD) -> str:
    """A token that is truly signed, whatever it says."""
    parts = [p if isinstance(p, str) else json.dumps(p) for p in (header, payload)]
    signing_input = ".".join(base64url_encode(part.encode()) for part in parts)
    return f"{signing_input}.{base64url_encode(SIGNER.sign(signing_input.encode()))}"


def refusal(text: str | bytes) -> str:
    with pytest.raises(CredentialError) as refused:
        check(text)
    return refused.value.code


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256, KeyType.P384])
def test_notes_are_read_as_they_were_signed(key_type: KeyType) -> None:
    signer = SeededSigner("notes", ISSUER, key_type)
    read = check_notes(sign_notes(NOTES, signer), lambda _: signer.public_key, issuer=ISSUER, list_url=URL)
    assert read == NOTES


def test_bytes_and_text_read_alike() -> None:
    assert check(sign_notes(NOTES, SIGNER).encode()) == check(sign_notes(NOTES, SIGNER))


def test_notes_are_grouped_so_that_equal_notes_give_equal_bytes() -> None:
    turned = WithdrawalNotes(ISSUER, URL, 7, dict(reversed(list(NOTES.notes.items()))))
    assert sign_notes(turned, SIGNER) == sign_notes(NOTES, SIGNER)
    assert PAYLOAD["withdrawn"][0] == {"on": "2026-05-22", "reason": "corrected", "indexes": [5, 131_071]}
    assert len(PAYLOAD["withdrawn"]) == 4


def test_no_withdrawal_is_a_list_of_notes_too() -> None:
    empty = WithdrawalNotes(ISSUER, URL, 1, {})
    assert check(sign_notes(empty, SIGNER)) == empty


def test_a_list_that_is_wholly_withdrawn_still_has_its_notes() -> None:
    reasons = list(Reason)
    full = {i: Note(date(2026, 1, 1 + i % 28), reasons[i % 4]) for i in range(131_072)}
    notes = WithdrawalNotes(ISSUER, URL, 9, full)
    assert check(sign_notes(notes, SIGNER)) == notes


def test_only_the_issuer_signs() -> None:
    with pytest.raises(CredentialError, match="notes_not_of_list"):
        sign_notes(NOTES, SeededSigner("notes", "did:web:other.example"))


@pytest.mark.parametrize("change", [{"iss": "did:web:other.example"}, {"sub": f"{URL}0"}])
def test_notes_of_another_issuer_or_list_are_refused_though_well_signed(change: dict[str, Any]) -> None:
    assert refusal(token(payload=PAYLOAD | change)) == "notes_not_of_list"


def test_a_key_that_is_not_the_issuers_is_refused_before_the_payload_is_read() -> None:
    forged = token(HEADER | {"kid": "did:web:evil.example#key"}, "this is no JSON")
    with pytest.raises(KeyRefused):
        check(forged)


def test_every_changed_byte_is_noticed() -> None:
    good = sign_notes(NOTES, SIGNER)
    for at in range(0, len(good), 7):
        other = "A" if good[at] != "A" else "B"
        with pytest.raises((CredentialError, KeyRefused)):
            check(good[:at] + other + good[at + 1 :])


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES256", "RS256", "Ed25519", None, 5, ["EdDSA"]])
def test_the_algorithm_is_the_keys_and_nobodys_choice(alg: object) -> None:
    assert refusal(token(HEADER | {"alg": alg})) == "alg_key_mismatch"


@pytest.mark.parametrize("kind", ["JWT", "vc+jwt", "vp+jwt", "at+jwt", "Withdrawal-Notes+JWT", None, 5])
def test_any_other_type_of_token_is_no_notes(kind: object) -> None:
    assert refusal(token(HEADER | {"typ": kind})) == "notes_malformed"


@pytest.mark.parametrize("extra", ["jwk", "jku", "x5c", "crit", "cty", "b64"])
def test_the_header_holds_nothing_else(extra: str) -> None:
    assert refusal(token(HEADER | {extra: "x"})) == "notes_malformed"


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_the_header_lacks_nothing(missing: str) -> None:
    assert refusal(token({k: v for k, v in HEADER.items() if k != missing})) == "notes_malformed"


def test_notes_are_no_credential() -> None:
    with pytest.raises(CredentialError):
        split(sign_notes(NOTES, SIGNER))


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "a.b.c.d", ".." * 50_000, "é.é.é", "{}", '{"alg":"none"}'],
    ids=[
        "empty",
        "one dot",
        "two dots",
        "two parts",
        "four parts",
        "many dots",
        "not ASCII",
        "JSON",
        "header",
    ],
)
def test_what_is_no_compact_jws_is_refused(text: str) -> None:
    assert refusal(text) == "notes_malformed"


@pytest.mark.parametrize("change", ["=", "\n", " "])
def test_a_second_spelling_of_the_same_notes_is_refused(change: str) -> None:
    assert refusal(sign_notes(NOTES, SIGNER) + change) == "notes_malformed"


def test_a_signature_of_zeros_is_none() -> None:
    head, body, _ = sign_notes(NOTES, SIGNER).split(".")
    assert refusal(f"{head}.{body}.{base64url_encode(bytes(64))}") == "bad_signature"
    assert refusal(f"{head}.{body}.") == "bad_signature"


def test_longer_than_a_full_list_is_refused_before_it_is_read() -> None:
    assert refusal("a" * (MAX_TOKEN + 1)) == "notes_too_large"
    assert refusal("a" * MAX_TOKEN) == "notes_malformed"


def group(**changes: Any) -> dict[str, Any]:
    return PAYLOAD | {"withdrawn": [{"on": "2026-05-22", "reason": "corrected", "indexes": [5]} | changes]}


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param("[]", id="an array"),
        pytest.param('{"iss":"a","iss":"b"}', id="a member twice"),
        pytest.param(PAYLOAD | {"version": "7"}, id="a version that is text"),
        pytest.param(PAYLOAD | {"version": True}, id="a version that is true"),
        pytest.param(PAYLOAD | {"version": -1}, id="a version below zero"),
        pytest.param(PAYLOAD | {"iss": 5}, id="an issuer that is a number"),
        pytest.param(PAYLOAD | {"sub": None}, id="no list"),
        pytest.param(PAYLOAD | {"withdrawn": {}}, id="notes that are no array"),
        pytest.param(PAYLOAD | {"withdrawn": [5]}, id="a note that is no object"),
        pytest.param(group(on="2026-02-30"), id="a day that does not exist"),
        pytest.param(group(on="2026-W21-5"), id="a week date"),
        pytest.param(group(on="20260522"), id="a day without dashes"),
        pytest.param(group(on=20260522), id="a day that is a number"),
        pytest.param(group(reason="Corrected"), id="a reason that nobody knows"),
        pytest.param(group(reason=["corrected"]), id="a reason that is an array"),
        pytest.param(group(indexes=5), id="indexes that are no array"),
        pytest.param(group(indexes=[5, 5]), id="an index twice"),
        pytest.param(group(indexes=[-1]), id="an index below zero"),
        pytest.param(group(indexes=[True]), id="an index that is true"),
        pytest.param(group(indexes=["5"]), id="an index that is text"),
        pytest.param(group(indexes=[1.5]), id="a broken index"),
        pytest.param(group(indexes=[2**31]), id="an index beyond every list"),
        pytest.param(
            PAYLOAD | {"withdrawn": [*PAYLOAD["withdrawn"], PAYLOAD["withdrawn"][0]]},
            id="an index in two groups",
        ),
    ],
)
def test_a_payload_that_is_not_as_it_must_be_is_refused_though_well_signed(
    payload: dict[str, Any] | str,
) -> None:
    assert refusal(token(payload=payload)) == "notes_malformed"
