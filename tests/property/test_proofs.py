"""Whatever comes in, a typed refusal comes out; whatever is changed, the signature notices."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.document import compose
from contexts.errors import DocumentError
from credential.errors import CODES, CredentialError
from credential.proof.data_integrity import check_proof, proof_claims
from credential.proof.vc_jwt import check_jwt, sign_jwt, split
from keys.errors import KeyRefused
from tests.attacks.badges import ED25519, badge, claims, header, one_proof, segment, signed, token

GOOD = token()
SIGNED = signed()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def judged(data: bytes | str) -> str:
    try:
        check_jwt(split(data), lambda _: ED25519.public_key)
    except (CredentialError, KeyRefused, DocumentError) as error:
        return error.code
    return "ok"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_octets_are_refused_with_a_code(data: bytes | str) -> None:
    assert judged(data) in CODES


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*header(), "jwk", "cty", "iss", "crit"]) | st.text(max_size=5), JSON, max_size=4
    ),
    st.dictionaries(
        st.sampled_from([*claims(), "iat", "vc", "vp", "aud"]) | st.text(max_size=5), JSON, max_size=4
    ),
)
def test_any_header_and_payload_get_a_verdict(head: dict[str, Any], payload: dict[str, Any]) -> None:
    try:
        made = token(header() | head, claims() | payload)
    except UnicodeEncodeError:
        return
    assert isinstance(judged(made), str)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(b"ABab01-_.=~ \n"))
def test_no_octet_of_a_token_can_change(at: int, octet: int) -> None:
    changed = GOOD[:at] + bytes([octet]) + GOOD[at + 1 :]
    assert judged(changed) == "ok" if changed == GOOD else judged(changed) != "ok"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*one_proof(SIGNED), "id", "previousProof", "@context", "nonce", "domain", "x"]), JSON)
def test_any_member_of_a_proof_gets_a_verdict(name: str, value: Any) -> None:
    changed = copy.deepcopy(SIGNED)
    unchanged = name in one_proof(changed) and one_proof(changed)[name] == value
    one_proof(changed)[name] = value
    try:
        document = compose(changed)
        proof_claims(document)
        check_proof(document, lambda _: ED25519.public_key)
        passed = True
    except (CredentialError, DocumentError):
        passed = False
    assert passed == unchanged


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_name_is_signed_and_comes_back(name: str) -> None:
    try:
        document = compose(badge(name=name))
    except DocumentError:
        return
    assert check_jwt(split(sign_jwt(document, ED25519)), lambda _: ED25519.public_key).document == document


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_leaf_is_noticed_by_both_forms(data: st.DataObject) -> None:
    changed = copy.deepcopy(badge())
    leaves = [(holder, key) for holder, key in _leaves(changed) if key != "@context"]
    holder, key = data.draw(st.sampled_from(leaves))
    holder[key] = holder[key] + "x"
    try:
        check_proof(compose(changed | {"proof": SIGNED["proof"]}), lambda _: ED25519.public_key)
        raise AssertionError(f"{key} can be changed")
    except (CredentialError, DocumentError):
        pass
    first, _, last = GOOD.decode().split(".")
    assert judged(f"{first}.{segment(claims() | changed)}.{last}") != "ok"


def _leaves(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        found += [(value, key)] if isinstance(part, str) else _leaves(part)
    return found


def test_the_strategies_can_reach_the_good_case() -> None:
    assert judged(GOOD) == "ok"
    assert json.loads(json.dumps(SIGNED)) == SIGNED
