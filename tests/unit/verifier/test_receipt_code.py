"""The code on a paper receipt vouches for what is printed above it, and is stored nowhere."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.seeded import did_key_signer
from tests.unit.verifier.test_receipt import KEYS, SIGNER, STRANGER, receipt_of
from tests.world import NOW, World
from verifier.evidence import Code
from verifier.receipt import ReceiptAnswer, sign_receipt
from verifier.receipt_code import CODES, LONGEST_CODE, LONGEST_NAME, check_stub, receipt_number, sign_stub
from verifier.render.qr import qr_svg

RECEIPT = receipt_of(World())
TOKEN = sign_receipt(RECEIPT, SIGNER)


def test_it_says_what_the_receipt_says() -> None:
    answer, stub = check_stub(sign_stub(replace(RECEIPT, photo_id=True), TOKEN, SIGNER), KEYS)
    assert answer is ReceiptAnswer.GENUINE
    assert stub is not None
    assert (stub.code, stub.checked_at, stub.photo_id, stub.past) == (Code.VALID, NOW, True, False)
    assert (stub.badge, stub.issuer_name) == ("Workplace Safety, 10 hours", "Riverbend School District")
    assert stub.number == receipt_number(TOKEN)


@pytest.mark.parametrize("code", list(Code))
def test_every_verdict_has_a_number_of_its_own(code: Code) -> None:
    _, stub = check_stub(sign_stub(replace(RECEIPT, code=code), TOKEN, SIGNER), KEYS)
    assert stub is not None
    assert stub.code is code
    assert len(set(CODES)) == len(CODES)


def test_numbers_stay_as_they_were_printed() -> None:
    assert [str(code) for code in CODES[:10]] == [
        *("valid", "expired", "not_yet_valid", "suspended", "revoked"),
        *("replaced", "tampered", "issuer_unknown", "incomplete", "evidence_fails"),
    ]


def test_every_changed_character_is_noticed() -> None:
    code = sign_stub(RECEIPT, TOKEN, SIGNER)
    for at in range(len(code)):
        other = "A" if code[at] != "A" else "B"
        assert check_stub(code[:at] + other + code[at + 1 :], KEYS)[0] is not ReceiptAnswer.GENUINE, at
    assert check_stub(code.lower(), KEYS)[0] is ReceiptAnswer.GENUINE


def test_another_verifiers_code_is_elsewhere() -> None:
    assert check_stub(sign_stub(RECEIPT, TOKEN, STRANGER), KEYS) == (ReceiptAnswer.ELSEWHERE, None)


@pytest.mark.parametrize(
    "code", ["", "A", "1", "A" * 160, "A" * LONGEST_CODE, "A" * (LONGEST_CODE + 1), "Á" * 9]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert check_stub(code, KEYS) == (ReceiptAnswer.NONE, None)


@pytest.mark.parametrize("letter", ["x", "é", "李", "🎓"])
@pytest.mark.parametrize("length", [0, 1, LONGEST_NAME, LONGEST_NAME + 1, 400])
def test_long_names_are_cut_between_letters_and_fit_a_code_that_phones_read(letter: str, length: int) -> None:
    long = replace(RECEIPT, badge=letter * length, issuer_name=letter * length)
    code = sign_stub(long, TOKEN, SIGNER)
    assert len(code) <= LONGEST_CODE
    _, stub = check_stub(code, KEYS)
    assert stub is not None
    assert stub.badge.rstrip("…") == letter * len(stub.badge.rstrip("…"))
    assert len(stub.badge.encode()) <= LONGEST_NAME
    assert stub.badge.endswith("…") == (len(long.badge.encode()) > LONGEST_NAME)
    assert "<svg" in qr_svg(f"HTTPS://VERIFY.EXAMPLE-DISTRICT.EDU/R/{code}")


@pytest.mark.parametrize(("length", "answer"), [(107, ReceiptAnswer.GENUINE), (108, ReceiptAnswer.NONE)])
def test_a_code_is_read_up_to_its_bound(length: int, answer: ReceiptAnswer) -> None:
    head = base64.b32decode(pad(sign_stub(RECEIPT, TOKEN, SIGNER)))[:27]
    said = head + bytes([length]) + b"x" * length + b"\0"
    code = base64.b32encode(said + SIGNER.sign(b"cairn receipt code\0" + said)).decode().rstrip("=")
    assert (len(code) <= LONGEST_CODE) == (answer is ReceiptAnswer.GENUINE), len(code)
    assert check_stub(code, KEYS)[0] is answer


def pad(code: str) -> str:
    return code + "=" * (-len(code) % 8)


def test_a_signature_over_something_else_is_no_code() -> None:
    """The two forms are signed in different words: neither passes for the other."""
    signer = did_key_signer("receipts")
    assert not signer.public_key.verify(signer.sign(TOKEN.encode()), b"cairn receipt code\0" + TOKEN.encode())


def test_paper_lasts() -> None:
    late = replace(RECEIPT, checked_at=datetime(2105, 12, 31, tzinfo=UTC))
    _, stub = check_stub(sign_stub(late, TOKEN, SIGNER), KEYS)
    assert stub is not None
    assert stub.checked_at == late.checked_at
