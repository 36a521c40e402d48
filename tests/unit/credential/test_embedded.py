"""What is embedded has one spelling and a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.embedded import CREDENTIAL, Embedded, EmbeddedLimits, data_uri, read_data_uri
from credential.errors import CredentialError

LIMITS = EmbeddedLimits(max_bytes=32)


@given(st.binary(max_size=200))
def test_what_is_written_is_read_back(data: bytes) -> None:
    assert read_data_uri(data_uri(CREDENTIAL, data)) == Embedded(CREDENTIAL, data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data:",
        "data:,x",
        "data:text/plain,x",
        "data:text/plain;base64",
        "data:text/plain;charset=utf-8;base64,SGk=",
        "data:TEXT/plain;base64,SGk=",
        "data:text/plain;BASE64,SGk=",
        "data:text/plain;base64,SGk",
        "data:text/plain;base64,SGl=",
        "data:text/plain;base64,SG k=",
        "data:text/plain;base64,SGk=\n",
        "data:text/plain;base64,SGk==",
        "data:text/plain;base64,S===",
        "data:text/plain;base64,_-8=",
        " data:text/plain;base64,SGk=",
        "https://riverbend.example/e",
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(CredentialError, match="embedded_malformed"):
        read_data_uri(text)


@pytest.mark.parametrize("kind", ["text/plain;charset=utf-8", "TEXT/plain", "text", "", "text/plain,"])
def test_another_media_type_is_not_written(kind: str) -> None:
    with pytest.raises(CredentialError, match="embedded_malformed"):
        data_uri(kind, b"")


def test_the_bound_is_of_the_thing_and_not_of_its_text() -> None:
    assert len(read_data_uri(data_uri("text/plain", bytes(32)), LIMITS).data) == 32
    for size in (33, 34, 10_000):
        with pytest.raises(CredentialError, match="embedded_too_large"):
            read_data_uri(data_uri("text/plain", bytes(size)), LIMITS)


def test_the_size_is_looked_at_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("decoded")

    text = data_uri("text/plain", bytes(100_000))
    monkeypatch.setattr("credential.embedded.base64.b64decode", never)
    with pytest.raises(CredentialError, match="embedded_too_large"):
        read_data_uri(text, LIMITS)


def test_a_long_head_is_no_way_around_the_bound() -> None:
    with pytest.raises(CredentialError):
        read_data_uri("data:" + "a" * 100_000, LIMITS)
