"""Which texts are DIDs, which are the names of keys, and where a did:web is found."""

from __future__ import annotations

import pytest

from keys.did_syntax import check_host, did_for_web, did_web_location, parse_did, parse_did_url
from keys.errors import KeyRefused
from tests.unit.keys.constants import DID_KEY_ED25519, DID_KEY_P256


@pytest.mark.parametrize(
    ("did", "location"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com/.well-known/did.json"),
        ("did:web:localhost%3A8001", "http://localhost:8001/.well-known/did.json"),
        ("did:web:localhost%3A8001:a", "http://localhost:8001/a/did.json"),
        ("did:web:a.example:A_b~c.d-e", "https://a.example/A_b~c.d-e/did.json"),
    ],
)
def test_a_did_web_is_found_where_the_method_says(did: str, location: str) -> None:
    assert did_web_location(did) == location
    assert did_web_location(parse_did(did)) == location
    assert str(parse_did(did)) == did


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "%5B%3A%3A1%5D",
        "10.0.0.5",
        "169.254.169.254",
        "0177.0.0.1",
        "0x7f.1",
        "0x7f.0x1",
        "10.0.0.0x5",
        "2130706433",
        "127.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "example",
        "example.com.",
        ".example.com",
        "example..com",
        "Example.com",
        "-a.example",
        "a-.example",
        "a_b.example",
        "аррӏе.com",
        "a.example\n",
        "user@a.example",
        "a.example/b",
        "a.example%2Fb",
        "a.example%2fb",
        "a.example#",
        "a.example?x",
        "a" * 64 + ".example",
        ".".join(["abcdefgh"] * 29) + ".example",
        "a.exa%6Dple",
        "a.b1-",
        "a.1b",
        "a.e",
        "",
    ],
)
def test_what_is_no_full_host_name_is_refused(host: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        parse_did(f"did:web:{host}")


@pytest.mark.parametrize("port", ["", "0", "08", "65536", "99999", "-1", "80a", "443%3A443", "80 "])
def test_a_bad_port_is_refused(port: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        parse_did(f"did:web:a.example%3A{port}")


@pytest.mark.parametrize(
    "segment", ["", ".", "..", "%2e%2e", "%2F", "a%2Fb", "a/b", "a\\b", "é", "a b", "a\n", "a" * 256]
)
def test_a_bad_path_segment_is_refused(segment: str) -> None:
    for tail in (f":{segment}", f":{segment}:x"):
        with pytest.raises(KeyRefused, match="malformed_did"):
            parse_did(f"did:web:a.example{tail}")


def test_the_threats_own_escape_is_refused() -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        parse_did("did:web:host.example%3A443:..:..")


def test_limits_hold_at_their_edge() -> None:
    longest_label = "a" * 63
    check_host(f"{longest_label}.example")
    host = ".".join([longest_label] * 3 + ["a" * 53, "example"])
    assert len(host) == 253
    check_host(host)
    with pytest.raises(KeyRefused):
        check_host("a" + host)
    assert parse_did("did:web:a.example%3A65535:" + "a" * 255).method == "web"
    whole = "did:jwk:" + "A" * 2_040
    assert parse_did(whole).identifier == "A" * 2_040
    with pytest.raises(KeyRefused):
        parse_did(whole + "A")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did",
        "did:",
        "did:web",
        "did:web:",
        "DID:web:a.example",
        "did:Web:a.example",
        " did:web:a.example",
        "did:key:",
        "did:key:6Mk",
        "did:key:z0",
        "did:key:zabc#",
        "did:key:z6Mk\n",
        "did:jwk:",
        "did:jwk:a=",
        "did::a",
    ],
)
def test_what_is_no_did_is_refused(text: str) -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        parse_did(text)


def test_another_method_is_named_as_such() -> None:
    with pytest.raises(KeyRefused, match="unsupported_did_method"):
        parse_did("did:ion:EiClkZMDxPKqC9c")


def test_a_did_url_is_split_and_written() -> None:
    found = parse_did_url("did:web:a.example:b#key-1")
    assert (found.did.text, found.fragment) == ("did:web:a.example:b", "key-1")
    assert str(found) == "did:web:a.example:b#key-1"


def test_a_did_key_names_its_own_key_only() -> None:
    body = DID_KEY_ED25519.removeprefix("did:key:")
    assert parse_did_url(f"{DID_KEY_ED25519}#{body}").fragment == body
    with pytest.raises(KeyRefused, match="malformed_did_url"):
        parse_did_url(f"{DID_KEY_P256}#{body}")
    with pytest.raises(KeyRefused, match="malformed_did_url"):
        parse_did_url(f"{DID_KEY_ED25519}#0")


def test_a_did_jwk_names_key_0_only() -> None:
    assert parse_did_url("did:jwk:e30#0").fragment == "0"
    with pytest.raises(KeyRefused, match="malformed_did_url"):
        parse_did_url("did:jwk:e30#1")


@pytest.mark.parametrize(
    "tail", ["", "#", "#a#b", "#a b", "#é", "#a\n", "/path#a", "?query=1#a", "#" + "%41"], ids=repr
)
def test_a_did_url_with_anything_else_is_refused(tail: str) -> None:
    with pytest.raises(KeyRefused):
        parse_did_url(f"did:web:a.example{tail}")


def test_a_did_web_is_made_from_host_and_path() -> None:
    assert did_for_web("localhost:8001") == "did:web:localhost%3A8001"
    assert did_for_web("a.example:8443", "b") == "did:web:a.example%3A8443:b"
    for host, path in (
        ("127.0.0.1", ()),
        ("a.example", ("..",)),
        ("a.example", ("b/c",)),
        ("a.example", ("",)),
    ):
        with pytest.raises(KeyRefused):
            did_for_web(host, *path)


def test_only_a_did_web_is_found_on_the_web() -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        did_web_location(DID_KEY_ED25519)
