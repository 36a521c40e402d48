"""Which URLs may be asked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.web_address import LONGEST_URL, AddressRefused, check_loopback_origin, check_url

DEMO = frozenset({"http://localhost:8001"})


def refusal(
    url: str, allow_origins: frozenset[str] = frozenset(), ports: frozenset[int] = frozenset()
) -> str:
    with pytest.raises(AddressRefused) as refused:
        check_url(url, allow_origins=allow_origins, ports=ports)
    return refused.value.code


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.Example:443/x", "https://a.example/x"),
        ("HTTPS://a.example/", "https://a.example/"),
        ("https://a.example/.well-known/did.json", "https://a.example/.well-known/did.json"),
        ("https://a.example/a/b/", "https://a.example/a/b/"),
        ("https://a.example/credentials/urn:uuid:1@2", "https://a.example/credentials/urn:uuid:1@2"),
        ("https://a.example/x?list=3&of=%2F..", "https://a.example/x?list=3&of=%2F.."),
        ("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/"),
        ("https://a.internal.example/", "https://a.internal.example/"),
    ],
)
def test_an_https_url_of_a_full_name_is_asked_in_one_spelling(url: str, asked: str) -> None:
    assert check_url(url).url == asked


@pytest.mark.parametrize(
    "scheme", ["http", "file", "gopher", "ftp", "data", "ws", "javascript", "HTTP", "https+unix"]
)
def test_another_scheme_is_refused(scheme: str) -> None:
    assert refusal(f"{scheme}://a.example/") == "not_https"
    assert refusal(f"{scheme}:a.example") in {"not_https", "bad_url"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.5",
        "93.184.216.34",
        "0.0.0.0",  # noqa: S104 - it is refused, not bound
        "0177.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "127.1",
        "127.0.0.1.",
        "１２７.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1%25lo]",
        "[2606:4700::1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "metadata.google.internal.",
        "router.lan",
        "router.home.arpa",
        "a.onion",
        "1.0.0.127.in-addr.arpa",
    ],
)
def test_what_can_only_be_private_is_refused_before_any_look_up(host: str) -> None:
    assert refusal(f"https://{host}/") == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "//a.example/",
        "https:",
        "https:/a.example/",
        "https:a.example",
        "https://",
        "https:///x",
        "https://example",
        "https://127。0。0。1/",
        "https://аррӏе.com/",
        "https://good.example@evil.example/",
        "https://user:pass@evil.example/",
        "https://evil.example\\@good.example/",
        "https://good.example%40evil.example/",
        "https://a_b.example/",
        "https://a..example/",
        "https://-a.example/",
        "https://a.example./",
        "https://" + "a" * 300 + ".example/",
        "https://a.example:/",
        "https://a.example:22/",
        "https://a.example:25/",
        "https://a.example:6379/",
        "https://a.example:80/",
        "https://a.example:8443/",
        "https://a.example:65979/",
        "https://a.example:443:443/",
        "https://a.example:https/",
        "https://a.example/../x",
        "https://a.example/a/./b",
        "https://a.example/%2e%2e/x",
        "https://a.example/a%2Fb",
        "https://a.example/a%00b",
        "https://a.example//x",
        "https://a.example/a//b",
        "https://a.example/a\\b",
        "https://a.example/a b",
        "https://a.example/a\nHost: b",
        "https://a.example/a\r\n",
        "https://a.example/é",
        "https://a.example/x?é",
        "https://a.example/x?a b",
        "https://a.example/x?a%zz",
        "https://a.example/x#fragment",
        "https://a.example/#@evil.example/",
        "https://a.example?@evil.example/#",
        " https://a.example/",
        "https://a.example/ ",
        "https://a.example/" + "a" * LONGEST_URL,
    ],
)
def test_a_url_of_another_form_is_refused(url: str) -> None:
    assert refusal(url) == "bad_url"


def test_a_port_is_asked_where_the_settings_allow_it() -> None:
    assert check_url("https://a.example:8443/", ports=frozenset({8443})).port == 8443
    assert refusal("https://a.example:8444/", ports=frozenset({8443})) == "bad_url"
    assert refusal("http://a.example:8443/", ports=frozenset({8443})) == "not_https"


def test_loopback_is_asked_where_the_settings_name_its_origin_exactly() -> None:
    address = check_url("http://localhost:8001/x", allow_origins=DEMO)
    assert (address.url, address.allowed_loopback) == ("http://localhost:8001/x", True)
    assert not check_url("https://a.example/", allow_origins=DEMO).allowed_loopback
    for url in (
        "http://localhost:8002/",
        "http://localhost/",
        "http://127.0.0.1:8001/",
        "http://a.example:8001/",
        "http://localhost.evil.example:8001/",
        "http://evil.example/localhost:8001",
    ):
        assert refusal(url, allow_origins=DEMO) == "not_https"
    assert refusal("https://localhost:8001/", allow_origins=DEMO) == "blocked_address"
    assert refusal("http://evil@localhost:8001/", allow_origins=DEMO) == "bad_url"
    assert refusal("http://localhost:8001/%2e%2e/", allow_origins=DEMO) == "bad_url"


@pytest.mark.parametrize("origin", ["http://localhost:8001", "http://127.0.0.1:1", "https://[::1]:65535"])
def test_an_origin_of_this_machine_can_be_allowed(origin: str) -> None:
    check_loopback_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "http://localhost",
        "http://localhost:",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:8001/",
        "http://10.0.0.1:8001",
        "http://a.example:8001",
        "http://localhost.evil.example:8001",
        "http://localhost:8001\n",
    ],
)
def test_nothing_wider_can_be_allowed(origin: str) -> None:
    with pytest.raises(ValueError, match="allowed origin"):
        check_loopback_origin(origin)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["", "https://", "https://a.example/", "https://a.example:"]), st.text(max_size=30))
def test_any_text_is_an_address_or_refused(start: str, text: str) -> None:
    try:
        address = check_url(start + text)
    except AddressRefused:
        return
    assert check_url(address.url) == address
