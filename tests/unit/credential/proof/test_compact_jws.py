"""Limits of the pre-parser, each at the limit and one beyond."""

from __future__ import annotations

import pytest

from credential.errors import CredentialError
from credential.proof.compact_jws import LONGEST_HEADER, LONGEST_TOKEN, read_compact
from keys.multibase import base64url_encode
from tests.attacks.badges import claims, header, segment, token


def test_reads_header_payload_signing_input_and_signature() -> None:
    made = token()
    read = read_compact(made)
    assert read.header == header()
    assert read.payload.value == claims()
    assert read.signing_input == made.rpartition(b".")[0]
    assert len(read.signature) == 64


def test_a_header_at_the_limit_is_read_and_one_beyond_is_not() -> None:
    def of_length(characters: int) -> bytes:
        text = b'{"alg":"EdDSA","typ":"JWT","cty":"' + b"x" * (characters * 3 // 4 - 36) + b'"}'
        made = base64url_encode(text)
        assert len(made) == characters
        return f"{made}.{segment(claims())}.{base64url_encode(bytes(64))}".encode()

    assert read_compact(of_length(LONGEST_HEADER)).header["alg"] == "EdDSA"
    with pytest.raises(CredentialError, match=r"^too_large"):
        read_compact(of_length(LONGEST_HEADER + 2))


def test_a_token_at_the_limit_is_read_and_one_beyond_is_not() -> None:
    def of_length(characters: int) -> bytes:
        head, signature = segment(header()), base64url_encode(bytes(64))
        room = characters - len(head) - len(signature) - 2
        filler = {f"m{number:02}": "d" * 48_000 for number in range(3)}
        short = len(segment(filler | {"last": ""}))
        last = "d" * ((room - short) * 3 // 4)
        body = segment(filler | {"last": last})
        while len(body) < room:
            last += "d"
            body = segment(filler | {"last": last})
        made = f"{head}.{body}.{signature}".encode()
        assert len(made) == characters
        return made

    assert len(read_compact(of_length(LONGEST_TOKEN)).payload.raw) > 190_000
    with pytest.raises(CredentialError, match=r"^too_large"):
        read_compact(of_length(LONGEST_TOKEN + 1))


def test_size_is_judged_before_anything_is_decoded() -> None:
    with pytest.raises(CredentialError, match=r"^too_large"):
        read_compact("\u00e9" * (LONGEST_TOKEN + 1))


def test_every_refusal_names_the_part() -> None:
    head, payload, signature = token().decode().split(".")
    for name, text in (
        ("header", f"{head}=.{payload}.{signature}"),
        ("payload", f"{head}.{payload}=.{signature}"),
        ("signature", f"{head}.{payload}.{signature}="),
    ):
        with pytest.raises(CredentialError, match=rf"the {name} is unreadable"):
            read_compact(text)


ORDERS = {
    "ES256": (32, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "ES384": (48, 2**384 - 1388124618062372383947042015309946732620727252194336364173),
}


def with_signature(algorithm: str, octets: bytes) -> str:
    return f"{segment(header(alg=algorithm))}.{segment(claims())}.{base64url_encode(octets)}"


@pytest.mark.parametrize("algorithm", ORDERS)
def test_an_ecdsa_signature_is_two_numbers_of_the_group_and_no_more(algorithm: str) -> None:
    """Refused before any key is looked for, whatever a library would say of it later."""
    size, order = ORDERS[algorithm]
    one, last, zero, beyond = (number.to_bytes(size, "big") for number in (1, order - 1, 0, order))
    for good in (one + last, last + one):
        assert read_compact(with_signature(algorithm, good)).signature == good
    for bad in (zero + one, one + zero, beyond + one, one + beyond, one + one[1:], one + one + b"\x01", one):
        with pytest.raises(CredentialError, match=r"^bad_signature"):
            read_compact(with_signature(algorithm, bad))


@pytest.mark.parametrize("length", [1, 63, 65, 128])
def test_an_ed25519_signature_has_64_octets(length: int) -> None:
    assert len(read_compact(with_signature("EdDSA", b"\x01" * 64)).signature) == 64
    with pytest.raises(CredentialError, match=r"^bad_signature"):
        read_compact(with_signature("EdDSA", b"\x01" * length))
