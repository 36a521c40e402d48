from __future__ import annotations

import gzip
import zlib

import pytest

from credential.bitstring import MAX_ENCODED, MINIMUM_ENTRIES, Bitstring
from credential.errors import CredentialError
from keys.multibase import base64url_decode, base64url_encode

EXAMPLE = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
"""The example of Bitstring Status List 1.0, section 2.2: 16,384 octets of zero."""


def code_of(text: object, **how: object) -> str:
    with pytest.raises(CredentialError) as refused:
        Bitstring.decode(text, **how)  # type: ignore[arg-type]  # some are no text on purpose
    return refused.value.code


def packed(data: bytes) -> str:
    return "u" + base64url_encode(data)


def test_the_specifications_example_is_read() -> None:
    assert Bitstring.decode(EXAMPLE).bits == bytes(16_384)


def test_index_zero_is_the_most_significant_bit_of_the_first_byte() -> None:
    assert Bitstring.of([0]).bits[0] == 0x80
    assert Bitstring.of([7]).bits[0] == 0x01
    assert Bitstring.of([8]).bits[1] == 0x80
    assert Bitstring.of([MINIMUM_ENTRIES - 1]).bits[-1] == 0x01


def test_exactly_the_indices_that_were_set_are_set() -> None:
    indices = (0, 1, 7, 8, 4_095, 131_071)
    bits = Bitstring.of(indices)
    assert bits.set_indices() == indices
    assert [i for i in range(MINIMUM_ENTRIES) if bits.get(i)] == list(indices)


def test_wider_entries_are_read_most_significant_bit_first() -> None:
    bits = Bitstring(bytes([0b01_10_11_00]) + bytes(32_767))
    assert [bits.get(i, size=2) for i in range(4)] == [0b01, 0b10, 0b11, 0b00]
    assert bits.entries(2) == 131_072
    assert bits.get(0, size=3) == 0b011
    assert bits.get(2, size=3) == 0b000


@pytest.mark.parametrize(("size", "index"), [(1, -1), (1, 131_072), (2, 65_536), (8, 16_384)])
def test_an_index_outside_the_list_is_refused(size: int, index: int) -> None:
    with pytest.raises(CredentialError) as refused:
        Bitstring.of([]).get(index, size=size)
    assert refused.value.code == "RANGE_ERROR"


@pytest.mark.parametrize("index", [-1, 131_072])
def test_an_index_outside_the_list_cannot_be_set(index: int) -> None:
    with pytest.raises(CredentialError, match="RANGE_ERROR"):
        Bitstring.of([index])


@pytest.mark.parametrize("entries", [0, 131_071, 131_064, 131_073])
def test_a_list_too_short_for_privacy_or_of_odd_length_is_not_made(entries: int) -> None:
    with pytest.raises(CredentialError, match="STATUS_LIST_LENGTH_ERROR"):
        Bitstring.of([], entries=entries)


def test_what_was_encoded_is_decoded_and_always_the_same_text() -> None:
    bits = Bitstring.of([5, 99])
    assert Bitstring.decode(bits.encode()) == bits
    assert bits.encode() == Bitstring.of([99, 5]).encode()
    assert base64url_decode(bits.encode()[1:])[4:8] == bytes(4)  # gzip's time (RFC 1952, 2.3.1)


def test_a_list_without_its_prefix_is_read_only_where_the_old_form_is_asked_for() -> None:
    assert Bitstring.decode(EXAMPLE[1:], prefix="").bits == bytes(16_384)
    assert code_of(EXAMPLE[1:]) == "status_malformed"


@pytest.mark.parametrize("text", [None, 5, b"u", ["u"], "", "zH4s"])
def test_what_is_no_multibase_text_is_refused(text: object) -> None:
    assert code_of(text) == "status_malformed"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(bytes(16_384)) + b"x", id="trailing byte"),
        pytest.param(gzip.compress(bytes(8_192)) * 2, id="two members, which gzip would join"),
        pytest.param(gzip.compress(bytes(16_384))[:-1], id="cut short"),
        pytest.param(gzip.compress(bytes(16_384))[:-8] + bytes(8), id="wrong checksum"),
        pytest.param(gzip.compress(bytes(16_384))[:-4] + bytes(4), id="wrong length"),
        pytest.param(zlib.compress(bytes(16_384)), id="zlib"),
        pytest.param(zlib.compress(bytes(16_384))[2:-4], id="raw deflate"),
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(16_384), id="not compressed"),
    ],
)
def test_anything_but_one_whole_gzip_member_is_refused(data: bytes) -> None:
    assert code_of(packed(data)) == "status_malformed"


@pytest.mark.parametrize("change", ["=", "\n", " ", "+", "/", "é"])
def test_anything_but_canonical_base64url_is_refused(change: str) -> None:
    assert code_of(EXAMPLE + change) == "status_malformed"
    assert code_of(EXAMPLE[:-1] + change) == "status_malformed"


def test_a_list_expands_to_its_bound_and_not_a_byte_further() -> None:
    assert len(Bitstring.decode(packed(gzip.compress(bytes(20_000))), max_bytes=20_000).bits) == 20_000
    assert code_of(packed(gzip.compress(bytes(20_001))), max_bytes=20_000) == "status_too_large"


def test_a_bomb_of_two_hundred_megabytes_is_refused() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = bytes(1_048_576)
    bomb = b"".join(packer.compress(million) for _ in range(200)) + packer.flush()
    assert code_of(packed(bomb)) == "status_too_large"


def test_too_long_a_text_is_refused_before_it_is_decoded() -> None:
    assert code_of("u" + "!" * MAX_ENCODED) == "status_too_large"
