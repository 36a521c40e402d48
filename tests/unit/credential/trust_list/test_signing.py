"""A list is what its publisher signed, whole, or it is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.document import Limits, compose
from contexts.reference import canonical_quads
from credential.baking.png import bake_png
from credential.errors import CredentialError
from credential.trust_list import (
    Withdrawal,
    digest,
    open_list,
    read_payload,
    sign_list,
    write_payload,
)
from credential.trust_list.model import MOST_ISSUERS, MOST_NAMED, MOST_RECOGNITIONS
from credential.trust_list.signing import MAX_TOKEN
from credential.trust_list.values import LARGEST_LOGO, WIDEST_LOGO
from keys.multibase import base64url_decode, base64url_encode
from keys.public import KeyType, PublicKey
from tests.pictures import chunk, header, png
from tests.seeded import SeededSigner
from tests.trust_lists import ALL, ENGLISH, MALLORY, SIGNER, STATE, issuer, listing, other, signed

SUBJECT = "credentialSubject"


def key_for(_kid: str) -> PublicKey:
    return SIGNER.public_key


def payload() -> dict[str, Any]:
    return write_payload(listing(issuer(), other()))


def logo(width: int = 8, height: int = 8, extra: bytes = b"") -> str:
    picture = png(head=header(width, height), tail=extra)
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def test_a_list_comes_back_as_it_was_signed() -> None:
    one = issuer(
        recognised=(ALL, ENGLISH, replace(ALL, certifications=frozenset({"CO-CNA"}), last=date(2027, 6, 30))),
        keys=frozenset({SIGNER.public_key.thumbprint()}),
        withdrawn=Withdrawal(date(2026, 5, 1), "It has merged with another district."),
        logo=logo(),
    )
    whole = listing(one, other())
    assert open_list(sign_list(whole, SIGNER), key_for) == whole


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256])
def test_every_kind_of_key_that_issuers_hold_signs_lists(key_type: KeyType) -> None:
    signer = SeededSigner("state", STATE, key_type)
    assert open_list(sign_list(listing(), signer), lambda _: signer.public_key) == listing()


def test_equal_lists_are_equal_bytes() -> None:
    two = issuer(recognised=(replace(ALL, types=frozenset({"License", "Certification"})),))
    assert signed(two) == signed(two)


def test_another_key_or_a_changed_letter_is_refused() -> None:
    token = signed()
    with pytest.raises(CredentialError, match="bad_signature"):
        open_list(signed(signer=MALLORY), key_for)
    head, body, signature = token.split(b".")
    changed = base64url_encode(base64url_decode(body.decode()).replace(b"Riverbend", b"Riverbemd")).encode()
    with pytest.raises(CredentialError, match="bad_signature"):
        open_list(b".".join((head, changed, signature)), key_for)


def test_only_the_publisher_signs() -> None:
    with pytest.raises(CredentialError, match="issuer_key_mismatch"):
        sign_list(listing(), SeededSigner("state", "did:web:elsewhere.example"))


def test_a_key_named_under_somebody_else_is_refused() -> None:
    foreign = replace(SIGNER, method="did:web:elsewhere.example#key-1")
    with pytest.raises(CredentialError, match="issuer_key_mismatch"):
        sign_list(listing(), foreign)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "x", "typ": "vc+jwt"},
        {"alg": "ES256", "kid": "x", "typ": "vc+jwt"},
        {"alg": "EdDSA", "kid": "x", "typ": "JWT"},
        {"alg": "EdDSA", "kid": "x"},
        {"alg": "EdDSA", "kid": 5, "typ": "vc+jwt"},
        {"alg": "EdDSA", "kid": "x", "typ": "vc+jwt", "crit": ["b64"]},
        {"alg": "EdDSA", "kid": "x", "typ": "vc+jwt", "jwk": {}},
    ],
)
def test_the_header_names_the_algorithm_of_the_key_and_nothing_more(header: dict[str, Any]) -> None:
    body = signed().split(b".")[1].decode()
    signing_input = f"{base64url_encode(json.dumps(header).encode())}.{body}"
    token = f"{signing_input}.{base64url_encode(SIGNER.sign(signing_input.encode()))}"
    with pytest.raises(CredentialError, match=r"alg_key_mismatch|trust_list_malformed"):
        open_list(token, key_for)


@pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c.d", "é.b.c", "{}.{}.{}", "ey=.ey.ey"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(CredentialError, match="trust_list_malformed"):
        open_list(token, key_for)


def test_a_list_has_a_largest_size() -> None:
    with pytest.raises(CredentialError, match="trust_list_malformed"):
        open_list(b"." * MAX_TOKEN, key_for)
    with pytest.raises(CredentialError, match="trust_list_too_large"):
        open_list(b"." * (MAX_TOKEN + 1), key_for)


def test_a_reader_of_linked_data_drops_no_word() -> None:
    """PyLD alone, with nothing but pinned contexts: every member and every value is in what it reads."""
    one = issuer(
        recognised=(
            replace(ALL, types=frozenset({"Certification"}), certifications=frozenset({"CO-CNA"})),
            ENGLISH,
        ),
        keys=frozenset({SIGNER.public_key.thumbprint()}),
        withdrawn=Withdrawal(date(2026, 5, 1), "It has merged."),
    )
    value = write_payload(listing(one, version=2, previous="sha256-" + "0" * 64))
    quads = canonical_quads(compose(value)).decode()
    known = {"id", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "name"}
    for name, leaf in leaves({k: v for k, v in value.items() if k != "@context"}):
        assert str(leaf) in quads, leaf
        assert name in known or f"<https://www.w3.org/ns/credentials/undefined-term#{name}>" in quads, name


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from leaves(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def inside(value: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = value[SUBJECT]["issuers"][0]
    return made


FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an unknown member": lambda v: v.update(more=1),
    "an unknown member of the subject": lambda v: v[SUBJECT].update(more=1),
    "an unknown member of an entry": lambda v: inside(v).update(only_for=["x"]),
    "an unknown member of a recognition": lambda v: inside(v)["recognised"][0].update(unless="x"),
    "another context": lambda v: v.update({"@context": [v["@context"][0]]}),
    "a context more": lambda v: v["@context"].append("https://example.org/more"),
    "another type": lambda v: v.update(type=["VerifiableCredential", "OpenBadgeCredential"]),
    "no name in English": lambda v: v.update(names={"es": "Lista"}),
    "a name in another language": lambda v: v["names"].update(fr="Liste"),
    "an empty name": lambda v: inside(v).update(names={"en": " "}),
    "a name that turns the line": lambda v: inside(v).update(names={"en": "River\u202ebend"}),
    "a name with a line break": lambda v: inside(v).update(names={"en": "River\nbend"}),
    "no version": lambda v: v[SUBJECT].pop("version"),
    "version 0": lambda v: v[SUBJECT].update(version=0),
    "a version that is true": lambda v: v[SUBJECT].update(version=True),
    "a version that is text": lambda v: v[SUBJECT].update(version="1"),
    "another version in the id": lambda v: v.update(id=v["id"] + "1"),
    "a first version with one before": lambda v: v[SUBJECT].update(previous="sha256-" + "0" * 64),
    "a later version without one before": lambda v: (
        v[SUBJECT].update(version=2),
        v.update(id=v["id"][:-1] + "2"),
    ),
    "a previous that is no digest": lambda v: v[SUBJECT].update(previous="sha256-xyz"),
    "no end": lambda v: v.pop("validUntil"),
    "an end before the beginning": lambda v: v.update(validUntil="2020-01-01T00:00:00Z"),
    "a time that is a day": lambda v: v.update(validFrom="2026-05-31"),
    "no publisher": lambda v: v.pop("issuer"),
    "a publisher by id alone": lambda v: v.update(issuer=STATE),
    "issuers that are no list": lambda v: v[SUBJECT].update(issuers={}),
    "an issuer that is text": lambda v: v[SUBJECT].update(issuers=["did:web:x.example"]),
    "no identifier": lambda v: inside(v).update(ids=[]),
    "an identifier that is a name": lambda v: inside(v).update(ids=["Riverbend"]),
    "an identifier with a fragment": lambda v: inside(v).update(ids=["did:web:x.example#key"]),
    "an identifier by http": lambda v: inside(v).update(ids=["http://x.example"]),
    "an identifier twice": lambda v: inside(v).update(ids=inside(v)["ids"] * 2),
    "the same issuer in two entries": lambda v: v[SUBJECT]["issuers"][1].update(ids=inside(v)["ids"]),
    "the same tag in two entries": lambda v: v[SUBJECT]["issuers"][1].update(
        tag="RIVER", retrieval="https://mallory.example"
    ),
    "a tag in small letters": lambda v: inside(v).update(tag="river"),
    "a tag without an address": lambda v: inside(v).pop("retrieval"),
    "an address without a tag": lambda v: inside(v).pop("tag"),
    "an address with a path": lambda v: inside(v).update(retrieval="https://x.example/y"),
    "an address by http": lambda v: inside(v).update(retrieval="http://x.example"),
    "a website that is a script": lambda v: inside(v).update(website="javascript:alert(1)"),
    "a website with a user": lambda v: inside(v).update(website="https://a@x.example/"),
    "a contact that is text": lambda v: inside(v).update(contact="call us"),
    "a logo elsewhere": lambda v: inside(v).update(logo="https://x.example/logo.png"),
    "a logo in SVG": lambda v: inside(v).update(logo="data:image/svg+xml;base64,PHN2Zy8+"),
    "a logo that is no PNG": lambda v: inside(v).update(logo="data:image/png;base64,AAAA"),
    "a logo with something behind it": lambda v: inside(v).update(logo=logo(extra=b"x")),
    "a logo that is too wide": lambda v: inside(v).update(logo=logo(WIDEST_LOGO + 1, 1)),
    "no recognitions member": lambda v: inside(v).pop("recognised"),
    "types that are none": lambda v: inside(v)["recognised"][0].update(types=[]),
    "types that are text": lambda v: inside(v)["recognised"][0].update(types="Certification"),
    "certifications that are none": lambda v: inside(v)["recognised"][0].update(certifications=[]),
    "an unknown subject": lambda v: inside(v)["recognised"][0].update(determinations=["ART"]),
    "a recognition that ends first": lambda v: inside(v)["recognised"][0].update(until="2025-12-31"),
    "a day that is none": lambda v: inside(v)["recognised"][0].update(until="2026-02-30"),
    "a day with a time": lambda v: inside(v)["recognised"][0].update(until="2027-01-01T00:00:00Z"),
    "a key that is none": lambda v: inside(v).update(keys=["abc"]),
    "keys that are none": lambda v: inside(v).update(keys=[]),
    "a withdrawal without a day": lambda v: inside(v).update(withdrawn={"reason": "x"}),
    "a withdrawal without a reason": lambda v: inside(v).update(withdrawn={"on": "2026-05-01"}),
    "a withdrawal that is false": lambda v: inside(v).update(withdrawn=False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_understood_is_refused(name: str) -> None:
    value = json.loads(compose(payload(), Limits(max_bytes=1 << 20)).raw)
    assert read_payload(value).version == 1
    FAULTS[name](value)
    with pytest.raises(CredentialError, match="trust_list_malformed"):
        read_payload(value)


def test_numbers_have_their_bounds() -> None:
    def many(count: int) -> dict[str, Any]:
        value = payload()
        entry = value[SUBJECT]["issuers"][1]
        value[SUBJECT]["issuers"] = [entry | {"ids": [f"did:web:{n}.example"]} for n in range(count)]
        return value

    assert len(read_payload(many(MOST_ISSUERS)).issuers) == MOST_ISSUERS
    with pytest.raises(CredentialError, match="trust_list_malformed"):
        read_payload(many(MOST_ISSUERS + 1))
    for member, most, one in (
        ("recognised", MOST_RECOGNITIONS, {}),
        ("keys", MOST_NAMED, SIGNER.public_key.thumbprint()),
    ):
        value = payload()
        inside(value)[member] = [one] * most
        read_payload(value)
        inside(value)[member] = [one] * (most + 1)
        with pytest.raises(CredentialError, match=member):
            read_payload(value)


def test_a_logo_has_a_largest_size() -> None:
    value = payload()
    # A palette of no use: the chunk is allowed, and as long as is wanted.
    room = LARGEST_LOGO - len(png(chunk(b"PLTE")))
    for extra, fits in ((room, True), (room + 1, False)):
        padded = png(chunk(b"PLTE", bytes(extra)))
        inside(value)["logo"] = "data:image/png;base64," + base64.b64encode(padded).decode()
        if fits:
            read_payload(value)
        else:
            with pytest.raises(CredentialError, match="at most"):
                read_payload(value)


def test_a_picture_with_words_in_it_is_no_logo() -> None:
    value = payload()
    baked = bake_png(png(), '{"@context": []}')
    inside(value)["logo"] = "data:image/png;base64," + base64.b64encode(baked).decode()
    with pytest.raises(CredentialError, match="pixels alone"):
        read_payload(value)


def test_a_digest_is_of_the_whole_text() -> None:
    token = signed()
    assert digest(token) == digest(token.decode())
    assert digest(token) != digest(signed(ends=listing().ends + timedelta(seconds=1)))
