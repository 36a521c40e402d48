"""Hostile texts: signatures, spellings and sizes (JWT-14 to JWT-18)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.multibase import base64url_decode, base64url_encode
from tests.attacks import badges
from tests.attacks.badges import P256, RSA, badge, case, claims, header, segment, token
from tests.attacks.framework import Case, Recipe

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def cases() -> Iterator[Case]:
    yield from _signatures()
    yield from _spellings()
    yield from _sizes()


def zipped_jwe() -> bytes:
    """A JWE with compression: five segments, and we read none."""
    parts = [{"alg": "dir", "enc": "A256GCM", "zip": "DEF"}, b"", b"0" * 12, b"1" * 400, b"2" * 16]
    return ".".join(segment(part) for part in parts).encode()


def _signatures() -> Iterator[Case]:
    es256 = token(signer=P256)
    signing_input, _, encoded = es256.rpartition(b".")
    octets = base64url_decode(encoded.decode())
    r, s = octets[:32], octets[32:]
    zero, order = bytes(32), P256_ORDER.to_bytes(32, "big")
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    for name, signature in (
        ("der", der),
        ("zero", zero + zero),
        ("r-zero", zero + s),
        ("s-zero", r + zero),
        ("s-order", r + order),
        ("r-order", order + s),
        ("s-beyond", r + b"\xff" * 32),
        ("63", octets[:-1]),
        ("65", octets + b"\x00"),
        ("65-front", b"\x00" + octets),
        ("swapped", s + r),
        ("96", octets + zero),
    ):
        data = signing_input + b"." + base64url_encode(signature).encode()
        yield case(f"JWT-14-ES256-{name}", data, "bad_signature", es256)
    # s to n - s is the same signature in another form: it verifies, and whoever counts badges counts ids.
    mirrored = r + (P256_ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    twin = signing_input + b"." + base64url_encode(mirrored).encode()
    yield case("JWT-18-mirrored-and-changed", _flip(twin), "bad_signature", twin)
    eddsa = token()
    head, _, encoded = eddsa.rpartition(b".")
    octets = base64url_decode(encoded.decode())
    beyond = (int.from_bytes(octets[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    for name, signature in (
        ("zero", bytes(64)),
        ("63", octets[:-1]),
        ("65", octets + b"\x00"),
        ("s-beyond", octets[:32] + beyond),
        ("flipped", bytes([octets[0] ^ 1]) + octets[1:]),
    ):
        data = head + b"." + base64url_encode(signature).encode()
        yield case(f"JWT-14-EdDSA-{name}", data, "bad_signature", eddsa)
    rs256 = token(signer=RSA)
    head, _, encoded = rs256.rpartition(b".")
    octets = base64url_decode(encoded.decode())
    for name, signature in (
        ("zero", bytes(256)),
        ("one", bytes(255) + b"\x01"),
        ("255", octets[1:]),
        ("257", b"\x00" + octets),
        ("flipped", octets[:-1] + bytes([octets[-1] ^ 1])),
    ):
        data = head + b"." + base64url_encode(signature).encode()
        yield case(f"JWT-14-RS256-{name}", data, "bad_signature", rs256)
    changed = segment(claims(badge(name="Welding, level nine"))).encode()
    first, _, last = eddsa.split(b".")
    yield case("JWT-14-changed-payload", b".".join((first, changed, last)), "bad_signature", eddsa)
    yield case(
        "JWT-14-changed-header",
        b".".join((segment(header(cty="vc")).encode(), *eddsa.split(b".")[1:])),
        "bad_signature",
        token(header(cty="vc")),
    )


def _flip(data: bytes) -> bytes:
    """The same token with another octet in the middle of its signature."""
    at = len(data) - 40
    return data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :]


def _spellings() -> Iterator[Case]:
    good = token()
    head, payload, signature = good.split(b".")
    assert b"-" in good or b"_" in good
    for name, data in (
        ("padding-header", b".".join((head + b"=", payload, signature))),
        ("padding-payload", b".".join((head, payload + b"=", signature))),
        ("padding-signature", good + b"=="),
        ("newline", good + b"\n"),
        ("space-front", b" " + good),
        ("space-inside", head + b". " + payload + b"." + signature),
        ("no-break-space", good + "\u00a0".encode()),
        ("nul", good + b"\x00"),
        ("two-segments", head + b"." + payload),
        ("one-segment", head),
        ("four-segments", good + b"." + signature),
        ("five-segments", good + b"." + signature + b"." + signature),
        ("empty", b""),
        ("dots", b".."),
        ("stray-bits", good[:-1] + _next_character(good[-1:])),
        ("other-alphabet", good.replace(b"-", b"+").replace(b"_", b"/")),
        ("bearer", b"Bearer " + good),
        ("utf-16", good.decode().encode("utf-16")),
        ("not-utf-8", good[:-1] + b"\xff"),
        ("empty-payload", head + b".." + signature),
    ):
        yield case(f"JWT-15-{name}", data, "malformed_jwt", good)
    for name, payload_text in (
        ("array", b"[]"),
        ("string", b'"x"'),
        ("not-json", b"{"),
        ("bom", b"\xef\xbb\xbf{}"),
    ):
        yield case(f"JWT-15-payload-{name}", token(payload=payload_text), "malformed_jwt", good)
    one = {"protected": head.decode(), "signature": signature.decode()}
    for name, value in (
        ("flattened", one | {"payload": payload.decode()}),
        ("general", {"payload": payload.decode(), "signatures": [one]}),
        ("no-signatures", {"payload": payload.decode(), "signatures": []}),
    ):
        yield case(f"JWT-16-{name}", badges.text(value), "malformed_jwt", good)


def _next_character(last: bytes) -> bytes:
    """The character that stands for the same octets with one stray bit."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    at = alphabet.index(last) + 1
    return alphabet[at : at + 1]


def _sizes() -> Iterator[Case]:
    fits = Recipe("long_payload", {"length": 80_000})
    yield case("JWT-17-300MB", Recipe("huge_text", {"length": 300_000_000}), "too_large", fits)
    yield case("JWT-17-header-1MB", Recipe("huge_header", {"length": 1_000_000}), "too_large", fits)
    yield case("JWT-17-header-9kB", Recipe("huge_header", {"length": 9_000}), "too_large", fits)
    yield case("JWT-17-token-too-long", Recipe("long_payload", {"length": 262_144}), "too_large", fits)
    yield case("JWT-17-header-deep", Recipe("deep_header", {"levels": 2_900}), "malformed_jwt", fits)
    yield case("JWT-17-header-deeper", Recipe("deep_header", {"levels": 100_000}), "too_large", fits)
    yield case("JWT-17-jwe-zip", zipped_jwe(), "malformed_jwt", fits)
