"""Hostile claims: an envelope that says something else than the badge in it (JWT-11 to JWT-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.attacks import badges
from tests.attacks.badges import DISTRICT, MALLORY, badge, case, claims, header, token
from tests.attacks.framework import Case


def cases() -> Iterator[Case]:
    yield from _envelopes()
    yield from _numbers()
    yield from _legacy()


def _envelopes() -> Iterator[Case]:
    other = "urn:uuid:00000000-0000-4000-8000-000000000000"
    for name, change in (
        ("iss-other", {"iss": MALLORY}),
        ("iss-missing", {"iss": None}),
        ("iss-part", {"iss": "did:web:"}),
        ("iss-longer", {"iss": DISTRICT + ":u"}),
        ("iss-case", {"iss": DISTRICT.upper()}),
        ("iss-space", {"iss": DISTRICT + " "}),
        ("jti-other", {"jti": other}),
        ("jti-missing", {"jti": None}),
        ("sub-other", {"sub": other}),
        ("sub-missing", {"sub": None}),
        ("nbf-other", {"nbf": 1_777_626_001}),
        ("nbf-missing", {"nbf": None}),
        ("exp-later", {"exp": 1_903_856_401}),
        ("exp-earlier", {"exp": 1_903_856_399}),
        ("exp-missing", {"exp": None}),
    ):
        yield case(f"JWT-11-{name}", token(payload=claims(**change)), "envelope_mismatch")
    for name, value in (("list", [DISTRICT]), ("object", {"id": DISTRICT}), ("number", 1)):
        yield case(f"JWT-13-iss-{name}", token(payload=claims() | {"iss": value}), "envelope_mismatch")
    for name, change in (
        ("issuer", {"issuer": MALLORY}),
        ("id", {"id": other}),
        ("validFrom", {"validFrom": "2020-05-01T09:00:00Z"}),
        ("validUntil", {"validUntil": "2099-05-01T09:00:00Z"}),
    ):
        yield case(f"JWT-11-body-{name}", token(payload=claims() | change), "envelope_mismatch")
    endless = {name: part for name, part in badge().items() if name != "validUntil"}
    yield case(
        "JWT-11-exp-without-end",
        token(payload=claims(endless)),
        "envelope_mismatch",
        token(payload=claims(endless, exp=None)),
    )
    payload = claims() | {"credentialSubject": {"type": ["AchievementSubject"]}}
    without = {name: part for name, part in payload.items() if name != "sub"}
    yield case("JWT-11-sub-of-nobody", token(payload=payload), "envelope_mismatch", token(payload=without))
    two = [{"id": badge()["credentialSubject"]["id"]}, {"id": other}]
    yield case("JWT-11-sub-of-two", token(payload=claims() | {"credentialSubject": two}), "envelope_mismatch")
    joint = header(typ="vc+jwt")
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        twin = token(joint, claims(**{name: None}))
        wrong: Any = 1 if name in ("nbf", "exp") else MALLORY
        yield case(f"JWT-11-vc-jwt-{name}", token(joint, claims(**{name: wrong})), "envelope_mismatch", twin)


def _numbers() -> Iterator[Case]:
    numeric, unread = "bad_numeric_date", "malformed_jwt"
    for claim in ("nbf", "exp", "iat"):
        for name, value, expect in (
            ("text", '"1903856400"', numeric),
            ("negative", "-1", numeric),
            ("boolean", "true", numeric),
            ("null", "null", numeric),
            ("array", "[1903856400]", numeric),
            ("fraction", "1903856400.5", numeric),
            ("year-10000", "253402300800", numeric),
            ("nan", "NaN", unread),
            ("infinity", "Infinity", unread),
            ("1e400", "1e400", unread),
            ("2-63", "9223372036854775808", unread),
        ):
            body = badges.text({name: part for name, part in claims().items() if name != claim})
            data = token(payload=f'{{"{claim}":{value},'.encode() + body[1:])
            yield case(f"JWT-12-{claim}-{name}", data, expect, token(payload=claims(iat=1_777_626_000)))


def _legacy() -> Iterator[Case]:
    """The data model of 2019 keeps the credential under `vc`; place and context must agree."""
    old = badge() | {
        "@context": ["https://www.w3.org/2018/credentials/v1", badges.BADGES],
        "issuanceDate": "2026-05-01T09:00:00Z",
        "expirationDate": "2030-05-01T09:00:00Z",
    }
    old = {name: part for name, part in old.items() if name not in ("validFrom", "validUntil")}
    outer = {name: part for name, part in claims().items() if name in ("iss", "jti", "nbf", "sub", "exp")}
    good = token(payload=outer | {"vc": old})
    kind = "not_a_credential"
    yield case("JWT-11-vc-with-new-context", token(payload=outer | {"vc": badge()}), kind, good)
    yield case("JWT-11-old-context-at-top", token(payload=claims() | {"@context": old["@context"]}), kind)
    yield case("JWT-11-vc-beside-badge", token(payload=claims() | {"vc": old}), "envelope_mismatch", good)
    yield case(
        "JWT-11-vc-beside-name", token(payload=outer | {"vc": old, "name": "X"}), "envelope_mismatch", good
    )
    yield case("JWT-11-vc-text", token(payload=outer | {"vc": "x"}), kind, good)
    yield case("JWT-11-vc-null", token(payload=outer | {"vc": None}), kind, good)
    yield case("JWT-11-vc-null-beside-old-badge", token(payload=outer | old | {"vc": None}), kind, good)
    yield case("JWT-11-vc-text-beside-old-badge", token(payload=outer | old | {"vc": "x"}), kind, good)
    later = old | {"expirationDate": "2031-05-01T09:00:00Z"}
    yield case("JWT-11-vc-exp", token(payload=outer | {"vc": later}), "envelope_mismatch", good)
