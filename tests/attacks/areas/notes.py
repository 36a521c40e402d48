"""Hostile withdrawal notes: what `credential.withdrawal` must refuse. The rows of tokens (JWT-01 and on) are
repeated here for this kind of token, because a note decides between *withdrawn* and *corrected*.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from credential.errors import CredentialError
from credential.withdrawal import (
    MAX_TOKEN,
    NOTES_TYPE,
    Note,
    Reason,
    WithdrawalNotes,
    check_notes,
    sign_notes,
)
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from keys.public import PublicKey
from tests.attacks.framework import Case, Recipe
from tests.world import SeededSigner

AREA = "notes"
ISSUER, URL = "did:web:badges.example.edu", "https://badges.example.edu/status/3"
SIGNER, OTHER = SeededSigner("notes", ISSUER), SeededSigner("somebody else", "did:web:evil.example")
NOTES = WithdrawalNotes(ISSUER, URL, 7, {5: Note(date(2026, 5, 22), Reason.CORRECTED)})
HEADER = {"alg": "EdDSA", "kid": SIGNER.verification_method, "typ": NOTES_TYPE}
PAYLOAD = NOTES.to_json()
TWIN = sign_notes(NOTES, SIGNER)


def judge(data: bytes, suffix: str) -> str:
    try:
        check_notes(data, key_for, issuer=ISSUER, list_url=URL)
    except (CredentialError, KeyRefused) as error:
        return error.code
    return "ok"


def key_for(method: str) -> PublicKey:
    if method != SIGNER.verification_method:
        raise KeyRefused("key_not_in_document", "the issuer publishes no such key")
    return SIGNER.public_key


def signed(
    header: Mapping[str, Any] | str, payload: Mapping[str, Any] | str, by: SeededSigner = SIGNER
) -> str:
    """A token that is truly signed, whatever it says."""
    parts = [p if isinstance(p, str) else json.dumps(p, separators=(",", ":")) for p in (header, payload)]
    signing_input = ".".join(base64url_encode(part.encode()) for part in parts)
    return f"{signing_input}.{base64url_encode(by.sign(signing_input.encode()))}"


def padded(size: int) -> bytes:
    """Notes of about so many characters, well signed."""
    notes = WithdrawalNotes(
        ISSUER, URL, 7, {i: Note(date(2026, 5, 22), Reason.REQUESTED) for i in range(1_000)}
    )
    text = json.dumps(notes.to_json())
    return signed(HEADER, text + " " * max(0, size * 3 // 4 - len(text))).encode()


RECIPES: dict[str, Callable[..., bytes]] = {"padded": padded}


def case(name: str, text: str, expect: str, twin: str = TWIN) -> Case:
    return Case(name, text.encode(), "jws", expect, twin.encode())


def cases() -> Iterator[Case]:
    yield from of_headers()
    yield from of_signatures()
    yield from of_payloads()


def of_headers() -> Iterator[Case]:
    head, body, _ = TWIN.split(".")
    for alg in ("none", "None", "NoNe", "HS256", "ES256", "RS256", "null"):
        yield case(
            f"JWT-01-notes-alg-{alg}",
            signed(HEADER | {"alg": None if alg == "null" else alg}, PAYLOAD),
            "alg_key_mismatch",
        )
    yield case(
        "JWT-01-notes-no-alg",
        signed({k: v for k, v in HEADER.items() if k != "alg"}, PAYLOAD),
        "notes_malformed",
    )
    yield case("JWT-01-notes-no-signature", f"{head}.{body}.", "bad_signature")
    own = {"alg": "EdDSA", "kid": OTHER.verification_method, "typ": NOTES_TYPE}
    yield case(
        "JWT-04-notes-by-a-key-in-the-header",
        signed(HEADER | {"jwk": OTHER.public_key.jwk()}, PAYLOAD, OTHER),
        "notes_malformed",
    )
    yield case("JWT-04-notes-by-another-key", signed(HEADER, PAYLOAD, OTHER), "bad_signature")
    yield case("JWT-05-notes-by-anothers-key-of-his-own", signed(own, PAYLOAD, OTHER), "key_not_in_document")
    for kid in ("../../../etc/passwd", "' OR 1=1--", "https://evil.example/k#1", ""):
        yield case(
            f"JWT-05-notes-kid-{len(kid)}", signed(HEADER | {"kid": kid}, PAYLOAD), "key_not_in_document"
        )
    for name, value in (("number", 5), ("array", [SIGNER.verification_method]), ("null", None)):
        yield case(f"JWT-05-notes-kid-{name}", signed(HEADER | {"kid": value}, PAYLOAD), "notes_malformed")
    for member in ("jku", "x5u", "x5c", "crit", "b64", "cty", "zip"):
        yield case(
            f"JWT-07-notes-header-{member}", signed(HEADER | {member: "x"}, PAYLOAD), "notes_malformed"
        )
    twice = json.dumps(HEADER)[:-1] + ',"\\u0061lg":"none"}'
    yield case("JWT-09-notes-alg-twice", signed(twice, PAYLOAD), "notes_malformed")
    yield case(
        "JWT-09-notes-issuer-twice",
        signed(HEADER, json.dumps(PAYLOAD)[:-1] + ',"iss":"did:web:evil.example"}'),
        "notes_malformed",
    )
    for kind in ("JWT", "vc+jwt", "vp+jwt", "at+jwt", "statuslist+jwt", None):
        yield case(
            f"JWT-10-notes-typ-{kind}".replace("+", "-"),
            signed(HEADER | {"typ": kind}, PAYLOAD),
            "notes_malformed",
        )


def of_payloads() -> Iterator[Case]:
    for name, change in (("issuer", {"iss": "did:web:evil.example"}), ("list", {"sub": f"{URL}0"})):
        yield case(f"JWT-11-notes-of-another-{name}", signed(HEADER, PAYLOAD | change), "notes_not_of_list")
    good = PAYLOAD["withdrawn"][0]
    for name, group in (
        ("index-twice", good | {"indexes": [5, 5]}),
        ("index-negative", good | {"indexes": [-5]}),
        ("index-text", good | {"indexes": ["5"]}),
        ("reason-unknown", good | {"reason": "because"}),
        ("reason-null", good | {"reason": None}),
        ("day-that-does-not-exist", good | {"on": "2026-02-30"}),
        ("day-with-time", good | {"on": "2026-05-22T00:00:00Z"}),
        ("no-indexes", {k: v for k, v in good.items() if k != "indexes"}),
    ):
        yield case(f"STA-notes-{name}", signed(HEADER, PAYLOAD | {"withdrawn": [group]}), "notes_malformed")
    for name, version in (("text", "7"), ("negative", -1), ("true", True), ("null", None)):
        yield case(
            f"STA-notes-version-{name}", signed(HEADER, PAYLOAD | {"version": version}), "notes_malformed"
        )


def of_signatures() -> Iterator[Case]:
    head, body, signature = TWIN.split(".")
    for name, size in (("63", 63), ("64", 64), ("65", 65)):
        yield case(
            f"JWT-14-notes-{name}-zeros", f"{head}.{body}.{base64url_encode(bytes(size))}", "bad_signature"
        )
    for name, text in (
        ("padded", TWIN + "="),
        ("line-break", TWIN + "\n"),
        ("two-parts", f"{head}.{body}"),
        ("four-parts", f"{TWIN}.{signature}"),
        ("empty", ""),
        ("other-alphabet", f"{head}.{body}.{signature[:-1]}+"),
        (
            "stray-bits",
            f"{head}.{body}.{signature[:-1]}{'B' if signature[-1] == 'A' else chr(ord(signature[-1]) + 1)}",
        ),
    ):
        yield case(f"JWT-15-notes-{name}", text, "notes_malformed")
    flattened = json.dumps({"protected": head, "payload": body, "signature": signature})
    yield case("JWT-16-notes-as-json", flattened, "notes_malformed")
    yield Case(
        "JWT-17-notes-too-long",
        Recipe("padded", {"size": MAX_TOKEN + 4_096}),
        "jws",
        "notes_too_large",
        Recipe("padded", {"size": MAX_TOKEN - 4_096}),
    )
