"""What is fuzzed: a reader of strange bytes, and the only errors that may come out of it.

A target takes any bytes. A refusal with a code is an answer; whatever else comes out is a find, and so is an
answer that contradicts itself.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from contexts.document import parse
from contexts.errors import CODES as DOCUMENT_CODES
from contexts.errors import DocumentError
from credential.baking.png import SIGNATURE, chunks, extract_png
from credential.baking.svg import extract_svg
from credential.bitstring import Bitstring
from credential.errors import CODES, CredentialError
from credential.proof.compact_jws import read_compact
from credential.proof.vc_jwt import split
from credential.status import read_entries
from keys.errors import KeyRefused
from keys.multibase import base64url_encode
from verifier.evidence import Evidence, Outcome, Presented, PresentedKind
from verifier.intake import MOST_ITEMS, read, read_files
from verifier.policy import Policy
from verifier.verify import verify

NOW: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SMALL_LIST: Final = 65_536


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to be fuzzed.

    Args:
        run: Takes any bytes; returns, or raises what is a find.
        seeds: Areas of the attack suite whose inputs it begins with.
    """

    run: Callable[[bytes], None]
    seeds: tuple[str, ...]


def png(data: bytes) -> None:
    """The walker over chunks. A checksum that a fuzzer cannot guess is put right, so that it gets on."""
    for one in (data, _with_checksums(data)):
        try:
            extract_png(one)
        except CredentialError as refused:
            _coded(refused)


def svg(data: bytes) -> None:
    """The reader of baked SVG."""
    try:
        extract_svg(data)
    except CredentialError as refused:
        _coded(refused)


def json_text(data: bytes) -> None:
    """Strict JSON: what is accepted says the same when it is read again."""
    try:
        document = parse(data)
    except DocumentError as refused:
        _coded(refused)
        return
    if parse(document.raw).value != document.value:
        raise AssertionError("one document, two readings")


def jws(data: bytes) -> None:
    """The splitter of tokens: as a token, and as a credential in one."""
    for reader in (read_compact, split):
        try:
            reader(data)
        except (CredentialError, DocumentError) as refused:
            _coded(refused)
        except KeyRefused:
            continue  # a `kid` that is no DID URL of ours: coded too, and a finding of the check


def status(data: bytes) -> None:
    """The decoder of status lists: the text as it came, the bytes packed by us, and entries."""
    packed = "u" + base64url_encode(data)
    for text in (data.decode("latin-1"), packed, "u" + base64url_encode(zlib.compress(data, wbits=31))):
        try:
            bits = Bitstring.decode(text, max_bytes=SMALL_LIST)
        except CredentialError as refused:
            _coded(refused)
            continue
        if len(bits.bits) > SMALL_LIST:
            raise AssertionError("more than the bound")
    try:
        read_entries(parse(data).value.get("credentialStatus"))
    except (CredentialError, DocumentError) as refused:
        _coded(refused)


def intake(data: bytes) -> None:
    """The front of the upload: any file, alone and packed, with nothing that looks at pixels."""
    items = read_files([("a.zip", data)], most=MOST_ITEMS)
    if not items or len(items) > MOST_ITEMS:
        raise AssertionError(f"{len(items)} items")
    for item in items:
        if item.presented.kind is PresentedKind.UNREADABLE and not item.presented.code:
            raise AssertionError("unreadable, and nobody says why")
    read(data)


def check(data: bytes) -> None:
    """The whole check without a network and with nobody trusted: a verdict, and never *valid*."""
    for kind in (PresentedKind.DOCUMENT, PresentedKind.JWT):
        verdict = verify(Evidence(Presented(kind, data)), Policy(), NOW)
        if verdict.outcome is Outcome.VALID:
            raise AssertionError("valid by nothing")


TARGETS: Final = {
    "png": Target(png, ("png",)),
    "svg": Target(svg, ("svg",)),
    "json": Target(json_text, ("json", "meaning")),
    "jws": Target(jws, ("jwt", "suites")),
    "status": Target(status, ("status", "lists")),
    "intake": Target(intake, ("opened", "intake", "qr")),
    "check": Target(check, ("shape", "proof", "jwt")),
}


def _coded(refused: CredentialError | DocumentError) -> None:
    known = CODES if isinstance(refused, CredentialError) else DOCUMENT_CODES
    if refused.code not in known:
        raise AssertionError(f"{refused.code} is no code of ours")


def _with_checksums(data: bytes) -> bytes:
    """The same chunks, each with the checksum that it should have."""
    try:
        chunks(data)
    except CredentialError:
        pass
    else:
        return data
    made, place = bytearray(data[:8] if data[:8] == SIGNATURE else SIGNATURE), 8
    while place + 8 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        body = data[place + 4 : place + 8 + min(length, len(data))]
        made += struct.pack(">I", max(len(body) - 4, 0)) + body + struct.pack(">I", zlib.crc32(body))
        place += 12 + min(length, len(data))
    return bytes(made)
