"""Hostile status entries and lists: what `credential.status` must refuse (STA-01 to -06, -08, -09, -11).

An input is an entry, and what stands at its URL where that matters. Who signed a list is the verifier's
question and has its own area.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from contexts.document import STATUS_LIST_LIMITS, compose
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.status import (
    Bitstring,
    RevocationListEntry,
    StatusEntry,
    list_credential,
    read_entries,
    read_status,
    withdrawn_in_revocation_list,
)
from keys.multibase import base64url_encode
from tests.attacks.framework import Case, Recipe

AREA = "status"
URL = "https://badges.example.edu/status/3"
ENTRY = StatusEntry("revocation", 23, URL)
MADE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PACKED_ZEROS = gzip.compress(bytes(16_384), mtime=0)


def judge(data: bytes, suffix: str) -> str:
    try:
        told = json.loads(data)
        entries = read_entries(told["entry"])
        for entry in entries if "list" in told else ():
            listed = compose(told["list"], STATUS_LIST_LIMITS)
            if isinstance(entry, RevocationListEntry):
                withdrawn_in_revocation_list(listed, entry, "urn:a")
                continue
            status = read_status(listed, entry)
            if status != told.get("status", status):
                return "wrong_bit"
    except (CredentialError, DocumentError) as error:
        return error.code
    return "ok"


def a_list(
    bits: str | None = None, *, changes: dict[str, Any] | None = None, **subject: Any
) -> dict[str, Any]:
    """A list credential with what an attack changes in it."""
    made = list_credential(
        Bitstring.of([23]),
        url=URL,
        issuer="did:web:badges.example.edu",
        valid_from=MADE,
        valid_until=MADE + timedelta(days=1),
        time_to_live=timedelta(minutes=5),
    )
    made["credentialSubject"] |= subject if bits is None else {"encodedList": bits} | subject
    return made | (changes or {})


def told(entry: Any = None, listed: Any = None, **more: Any) -> bytes:
    """An entry, and what stands at its URL."""
    value = {"entry": ENTRY.to_json() if entry is None else entry} | more
    return json.dumps(value if listed is None else value | {"list": listed}, ensure_ascii=False).encode()


def packed(data: bytes) -> str:
    return "u" + base64url_encode(data)


def bomb(size: int, *, twice: bool = False) -> bytes:
    """A list that expands to so many bytes of zero, packed once or twice."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = bytes(min(size, 1_048_576))
    data = b"".join(packer.compress(part) for _ in range(size // len(part))) + packer.flush()
    return told(listed=a_list(packed(gzip.compress(data, mtime=0) if twice else data)))


def many_entries(count: int) -> bytes:
    """A `credentialStatus` of so many entries."""
    return told([ENTRY.to_json()] * count)


def of_length(bits: int) -> bytes:
    """A list of so many bits, which are a multiple of eight."""
    return told(listed=a_list(packed(gzip.compress(bytes(bits // 8), mtime=0))))


RECIPES: dict[str, Callable[..., bytes]] = {
    "bomb": bomb,
    "many_entries": many_entries,
    "of_length": of_length,
}


def case(name: str, data: bytes, expect: str, twin: bytes | None = None) -> Case:
    return Case(name, data, "json", expect, told(listed=a_list()) if twin is None else twin)


def cases() -> Iterator[Case]:
    yield from of_encodings()
    yield from of_lengths()
    yield from of_indices()
    yield from of_lists()
    yield from of_entries()
    yield from of_bit_orders()


def of_encodings() -> Iterator[Case]:
    largest = Recipe("bomb", {"size": 16_777_216})
    for megabytes in (17, 200):
        size = megabytes * 1_048_576
        yield Case(
            f"STA-01-{megabytes}-megabytes",
            Recipe("bomb", {"size": size}),
            "json",
            "status_too_large",
            largest,
        )
    yield Case(
        "STA-01-packed-twice",
        Recipe("bomb", {"size": 8_388_608, "twice": True}),
        "json",
        "STATUS_LIST_LENGTH_ERROR",  # it is expanded once, to the eight kilobytes that its gzip has
        largest,
    )

    whole = told(listed=a_list(packed(PACKED_ZEROS)))
    half = gzip.compress(bytes(8_192), mtime=0)
    for name, data in (
        ("trailing-byte", PACKED_ZEROS + b"\0"),
        ("two-members", half + half),
        ("empty-second-member", PACKED_ZEROS + gzip.compress(b"", mtime=0)),
        ("cut-short", PACKED_ZEROS[:-1]),
        ("without-trailer", PACKED_ZEROS[:-8]),
        ("checksum", PACKED_ZEROS[:-8] + b"\1\2\3\4" + PACKED_ZEROS[-4:]),
        ("length", PACKED_ZEROS[:-4] + b"\1\2\3\4"),
        ("zlib", zlib.compress(bytes(16_384))),
        ("raw-deflate", zlib.compress(bytes(16_384))[2:-4]),
        ("not-packed", bytes(300)),
        ("empty", b""),
    ):
        yield case(f"STA-02-{name}", told(listed=a_list(packed(data))), "status_malformed", whole)
    for name, text in (
        ("no-prefix", packed(PACKED_ZEROS)[1:]),
        ("another-multibase", "z" + packed(PACKED_ZEROS)[1:]),
        ("padded", packed(PACKED_ZEROS) + "="),
        ("line-break", packed(PACKED_ZEROS) + "\n"),
        ("other-alphabet", packed(PACKED_ZEROS).replace("-", "+").replace("_", "/") + "+"),
        ("number", 5),
        ("array", [packed(PACKED_ZEROS)]),
    ):
        yield case(f"STA-02-{name}", told(listed=a_list(encodedList=text)), "status_malformed", whole)


def of_lengths() -> Iterator[Case]:
    shortest = Recipe("of_length", {"bits": 131_072})
    for bits in (8, 100_000, 131_064):
        yield Case(
            f"STA-03-{bits}-bits",
            Recipe("of_length", {"bits": bits}),
            "json",
            "STATUS_LIST_LENGTH_ERROR",
            shortest,
        )
    wide = StatusEntry("revocation", 23, URL, 2, messages=("in force", "withdrawn", "late", "lost")).to_json()
    two_bits = told(wide, a_list(packed(gzip.compress(bytes(32_768), mtime=0))))
    yield case(
        "STA-03-two-bits-an-entry",
        told(wide, a_list()),
        "STATUS_LIST_LENGTH_ERROR",
        two_bits,
    )


def of_indices() -> Iterator[Case]:
    last = told(ENTRY.to_json() | {"statusListIndex": "131071"}, a_list())
    for index in ("131072", "9999999999"):
        yield case(
            f"STA-04-index-{index}",
            told(ENTRY.to_json() | {"statusListIndex": index}, a_list()),
            "RANGE_ERROR",
            last,
        )
    for name, wrong in (
        ("minus", "-1"),
        ("plus", "+5"),
        ("fraction", "1.0"),
        ("exponent", "1e5"),
        ("space", " 5"),
        ("line-break", "5\n"),
        ("leading-zero", "05"),
        ("arabic-digit", "٥"),
        ("full-width-digit", "５"),
        ("number", 5),
        ("fraction-number", 5.5),
        ("true", True),
        ("null", None),
        ("four-hundred-digits", "9" * 400),
        ("hexadecimal", "0x5"),
        ("underscore", "1_0"),
        ("empty", ""),
        ("array", ["5"]),
    ):
        yield case(
            f"STA-04-{name}", told(ENTRY.to_json() | {"statusListIndex": wrong}), "status_malformed", told()
        )


def of_lists() -> Iterator[Case]:
    both = a_list(statusPurpose=["suspension", "revocation"])
    for name, purpose in (
        ("other", "suspension"),
        ("several-others", ["suspension", "refresh"]),
        ("none", []),
        ("number", 5),
        ("capital", "Revocation"),
    ):
        yield case(
            f"STA-05-purpose-{name}",
            told(listed=a_list(statusPurpose=purpose)),
            "STATUS_VERIFICATION_ERROR",
            told(listed=both),
        )
    suspension = StatusEntry("suspension", 23, URL).to_json()
    yield case(
        "STA-05-suspension-entry-on-revocation-list",
        told(suspension, a_list()),
        "STATUS_VERIFICATION_ERROR",
        told(suspension, both),
    )

    for name, changes in (
        ("other-id", {"id": f"{URL}0"}),
        ("id-in-other-case", {"id": URL.upper()}),
        ("id-with-slash", {"id": f"{URL}/"}),
        ("id-a-number", {"id": 5}),
        ("no-type", {"type": []}),
        ("badge-as-list", {"type": ["VerifiableCredential", "OpenBadgeCredential"]}),
        ("old-type", {"type": ["VerifiableCredential", "StatusList2021Credential"]}),
        ("no-subject", {"credentialSubject": []}),
        ("two-subjects", {"credentialSubject": [{"type": "BitstringStatusList"}] * 2}),
    ):
        yield case(f"STA-06-{name}", told(listed=a_list(changes=changes)), "STATUS_VERIFICATION_ERROR")
    yield case(
        "STA-06-subject-of-another-type",
        told(listed=a_list(type="StatusList2021")),
        "STATUS_VERIFICATION_ERROR",
    )

    for name, ttl in (("text", "300000"), ("negative", -1), ("fraction", 0.5), ("true", True)):
        yield case(
            f"STA-08-ttl-{name}",
            told(listed=a_list(ttl=ttl)),
            "status_malformed",
            told(listed=a_list(ttl=315_576_000_000)),
        )


def of_entries() -> Iterator[Case]:
    two = told([ENTRY.to_json(), StatusEntry("suspension", 23, URL).to_json()])
    for name, entry in (
        ("unknown", {"id": URL, "type": "StatusListFromTheFuture"}),
        ("no-type", {k: v for k, v in ENTRY.to_json().items() if k != "type"}),
        ("other-case", ENTRY.to_json() | {"type": "bitstringStatusListEntry"}),
        ("two-types", ENTRY.to_json() | {"type": ["BitstringStatusListEntry", "StatusList2021Entry"]}),
        ("known-and-unknown", [ENTRY.to_json(), {"id": URL, "type": "StatusListFromTheFuture"}]),
    ):
        yield case(f"STA-09-type-{name}", told(entry), "status_type_unknown", two)
    for name, value in (
        ("empty-array", []),
        ("text", URL),
        ("number", 5),
        ("array-in-array", [[ENTRY.to_json()]]),
        ("null-in-array", [None]),
    ):
        yield case(f"STA-09-{name}", told(value), "status_malformed", two)
    most = Recipe("many_entries", {"count": 8})
    for count in (9, 1_000):
        yield Case(
            f"STA-09-{count}-entries",
            Recipe("many_entries", {"count": count}),
            "json",
            "status_malformed",
            most,
        )
    for name, changed in (
        ("size-0", {"statusSize": 0}),
        ("size-9", {"statusSize": 9}),
        ("size-text", {"statusSize": "1"}),
        ("id-is-the-list", {"id": URL}),
        ("purpose-array", {"statusPurpose": ["revocation"]}),
        ("list-is-an-object", {"statusListCredential": {"id": URL}}),
    ):
        yield case(f"STA-09-{name}", told(ENTRY.to_json() | changed), "status_malformed", told())
    revocations = {"id": f"{URL}.json", "type": "1EdTechRevocationList"}
    for name, listed, expect in (
        ("no-rows", {}, "status_malformed"),
        ("rows-of-text", {"revokedCredential": ["urn:a"]}, "status_malformed"),
        ("revoked-is-text", {"revokedCredential": [{"id": "urn:a", "revoked": "false"}]}, "status_malformed"),
        ("of-another-id", {"id": URL, "revokedCredential": []}, "STATUS_VERIFICATION_ERROR"),
    ):
        yield case(
            f"STA-09-revocation-list-{name}",
            told(revocations, listed),
            expect,
            told(revocations, {"revokedCredential": []}),
        )


def of_bit_orders() -> Iterator[Case]:
    for index, byte in ((0, 0x80), (7, 0x01), (131_071, 0x01)):
        bits = bytearray(16_384)
        bits[index >> 3] = byte
        turned = bytearray(16_384)
        turned[index >> 3] = int(f"{byte:08b}"[::-1], 2)
        entry = ENTRY.to_json() | {"statusListIndex": str(index)}
        yield case(
            f"STA-11-bit-order-{index}",
            told(entry, a_list(Bitstring(bytes(turned)).encode()), status=1),
            "wrong_bit",
            told(entry, a_list(Bitstring(bytes(bits)).encode()), status=1),
        )
