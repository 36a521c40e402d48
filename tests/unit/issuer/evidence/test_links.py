"""Links: an address that lasts, with its digest; nothing is fetched."""

from __future__ import annotations

import base64
import hashlib

import pytest

from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import MOST_BYTES, Place, Words
from issuer.evidence.links import link_item, read_digest

URL = "https://work.riverbend.example/portfolio/7.pdf"
COPY = b"What stands there."
SHA256 = hashlib.sha256(COPY).hexdigest()


def refused(url: str = URL, **how: str) -> str:
    with pytest.raises(EvidenceRefused) as fault:
        link_item(url, **({"digest": SHA256} | how))  # type: ignore[arg-type] # texts only
    return fault.value.code


@pytest.mark.parametrize(
    ("digest", "sha256", "sri"),
    [
        (SHA256, SHA256, f"sha256-{base64.b64encode(hashlib.sha256(COPY).digest()).decode()}"),
        (SHA256.upper(), SHA256, f"sha256-{base64.b64encode(hashlib.sha256(COPY).digest()).decode()}"),
        (
            hashlib.sha384(COPY).hexdigest(),
            "",
            f"sha384-{base64.b64encode(hashlib.sha384(COPY).digest()).decode()}",
        ),
        (
            f"sha512-{base64.b64encode(hashlib.sha512(COPY).digest()).decode()}",
            "",
            f"sha512-{base64.b64encode(hashlib.sha512(COPY).digest()).decode()}",
        ),
    ],
)
def test_a_digest_is_read_as_people_have_it(digest: str, sha256: str, sri: str) -> None:
    item = link_item(URL, digest=digest).item
    assert (item.sha256, item.sri, item.url, item.place) == (sha256, sri, URL, Place.ELSEWHERE)


@pytest.mark.parametrize(
    "digest",
    ["", "abc", SHA256[:-2], "z" * 64, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "sha256-AAAA", "md5-" + "A" * 22,
     "sha384-" + base64.b64encode(hashlib.sha256(COPY).digest()).decode(), "sha256-" + "=" * 44],
)  # fmt: skip
def test_what_is_no_digest_is_refused(digest: str) -> None:
    assert refused(digest=digest) == "link_digest"


def test_the_digest_of_a_copy_is_taken_and_the_copy_is_not_kept() -> None:
    one = link_item(URL, Words(name="Portfolio"), copy=COPY)
    assert (one.item.sha256, one.item.sri.partition("-")[0], one.body) == (SHA256, "sha384", b"")
    assert one.item.sri == link_item(URL, digest=hashlib.sha384(COPY).hexdigest()).item.sri
    assert link_item(URL, digest=SHA256, copy=COPY).item == link_item(URL, copy=COPY).item
    with pytest.raises(EvidenceRefused, match="link_digest"):
        link_item(URL, digest=SHA256, copy=COPY + b"!")
    with pytest.raises(EvidenceRefused, match="evidence_too_large"):
        link_item(URL, copy=b"a" * (MOST_BYTES + 1))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://work.riverbend.example/",
        "https://user:secret@work.riverbend.example/",
        "https://localhost/",
        "https://printer.local/",
        "https://127.0.0.1/",
        "https://10.0.0.7/x",
        "https://[::1]/",
        "https://work/",
        "https://work.riverbend.example/a b",
        "https://work.riverbend.example\\@evil.example/",
        "HTTPS://work.riverbend.example/",
        "https://piñon.example/",
        "javascript:alert(1)",
        "data:text/plain;base64,SGk=",
        "file:///etc/passwd",
        "https://work.riverbend.example/" + "a" * 2_000,
    ],
)
def test_an_address_that_nobody_can_open_is_refused(url: str) -> None:
    assert refused(url) == "link_address"


def test_an_address_is_taken_up_to_its_bound() -> None:
    assert link_item("https://a.example/".ljust(2_000, "a"), digest=SHA256).item.name == "Evidence"


def test_reading_a_digest_twice_says_the_same() -> None:
    assert read_digest(read_digest(SHA256)[1]) == read_digest(SHA256)
