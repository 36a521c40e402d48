"""Evidence inside a credential: the one form in which it is written, and its bounds."""

from __future__ import annotations

import pytest

from credential.embedded import MOST_BYTES, Embedded, data_url, digest_of, read_data_url
from credential.errors import CredentialError


@pytest.mark.parametrize("data", [b"", b"x", b"{}", bytes(range(256))])
def test_what_is_written_is_read_again(data: bytes) -> None:
    assert read_data_url(data_url("application/vc", data)) == Embedded("application/vc", data)


def test_parameters_of_a_media_type_are_passed_over() -> None:
    assert read_data_url("data:application/json;charset=utf-8;base64,e30=").media_type == "application/json"


@pytest.mark.parametrize(
    "url",
    [
        "data:application/vc,e30=",
        "data:;base64,e30=",
        "data:application/vc;base64,e30",
        "data:application/vc;base64,e31=",
        "data:application/vc;base64,e3 0=",
        "data:application/vc;base64,e3-_",
        "DATA:application/vc;base64,e30=",
        "data:application/VC;base64,e30=",
        "data:application/vc;base64,e30=#",
        "https://badges.example/e",
        "data:application/vc;base64,e30=\n",
    ],
)
def test_another_spelling_is_refused(url: str) -> None:
    with pytest.raises(CredentialError) as caught:
        read_data_url(url)
    assert caught.value.code == "data_url_malformed"


def test_the_largest() -> None:
    read_data_url(data_url("application/pdf", b"x" * MOST_BYTES))
    for extra in (1, 2, 3, 4, 1_000):
        with pytest.raises(CredentialError) as caught:
            read_data_url(data_url("application/pdf", b"x" * (MOST_BYTES + extra)))
        assert caught.value.code == "too_large"


def test_a_digest_is_that_of_subresource_integrity() -> None:
    assert digest_of(b"alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
