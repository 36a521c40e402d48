"""A certificate of destruction: what was destroyed, what was kept and why, signed by the district's key.

It is a compact JWS (RFC 7515) over JSON: `alg`, `kid`, `typ`, nothing else. It holds numbers and counts
and no name, so that it brings nothing back of what it says is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from issuer.catalog.retention import CLASS_NAMES, RecordClass
from issuer.errors import IssuerError
from issuer.retention.plan import ALWAYS_STAYS, BACKUPS, Line
from keys.multibase import base64url_decode, base64url_encode
from keys.public import PublicKey
from keys.signer import Signer

TYPE: Final = "cairn-destruction+jwt"
MAX_TOKEN: Final = 262_144
"""Characters of a certificate."""
_LIMITS: Final = Limits(max_bytes=MAX_TOKEN, max_depth=6, max_nodes=2_000)
_PARTS: Final = 3


def lines_json(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    """What goes or stays, as a certificate says it."""
    return [
        {"class": one.record_class.value, "table": one.table, "records": one.rows, "why": one.why}
        for one in lines
    ]


def sign(value: Mapping[str, Any], signer: Signer) -> str:
    """The certificate as a compact JWS.

    Raises:
        IssuerError: `signature_failed` where it would not open again.
    """
    header = {"alg": signer.public_key.jws_algorithm, "kid": signer.verification_method, "typ": TYPE}
    signing_input = ".".join(_part(one) for one in (header, value))
    token = f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"
    if read(token, lambda _kid: signer.public_key) != value:
        raise IssuerError("signature_failed", "the certificate does not say what was signed")
    return token


def read(token: str, key_for: Callable[[str], PublicKey]) -> dict[str, Any]:
    """What a certificate says, if its signature fits.

    Args:
        token: The compact JWS.
        key_for: Gives the public key that the header's `kid` names, or raises.

    Raises:
        IssuerError: `signature_failed` for what is no certificate, or was changed, or is another key's.
    """
    if len(token) > MAX_TOKEN:
        raise _refused(f"a certificate has at most {MAX_TOKEN} characters")
    parts = token.strip().split(".")
    if len(parts) != _PARTS or not token.isascii():
        raise _refused("a certificate is three parts with dots between them")
    header = _opened(parts[0])
    if set(header) != {"alg", "kid", "typ"} or header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise _refused("this is signed, and is no certificate of destruction")
    key = key_for(header["kid"])
    if header["alg"] != key.jws_algorithm or not key.verify(
        _bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii")
    ):
        raise _refused("the signature does not fit: the certificate was changed, or is not this district's")
    return _opened(parts[1])


def shown(token: str) -> str:
    """The words of a certificate of our own store, whose signature nobody asks about."""
    return text(_opened(token.split(".")[1]))


def text(value: Mapping[str, Any]) -> str:
    """The certificate for people."""
    lines = [
        "CERTIFICATE OF DESTRUCTION",
        "",
        f"{value['district']['name']} ({value['district']['id']})",
        f"Certificate {value['id']}",
        f"Student number {value['student']}",
        f"Destroyed at {value['destroyedAt']} by {', '.join(value['by'])}",
        f"By the rules of retention {value['schedule']}; {_ASKED[value['asked']]}",
        f"Entered in the audit trail as row {value['auditRow']}",
    ]
    for heading, name in (("Destroyed", "destroyed"), ("Kept", "kept")):
        lines += ["", heading if value[name] else f"{heading}: nothing"]
        for one in value[name]:
            named = CLASS_NAMES[RecordClass(one["class"])]
            lines.append(f"  {one['records']:>5}  {named} ({one['table']})")
            lines.append(f"         {one['why']}")
    if value["withdrawn"]:
        lines += ["", f"{value['withdrawn']} badges that stood were withdrawn first, as requested."]
    return "\n".join([*lines, "", ALWAYS_STAYS, "", BACKUPS, ""])


_ASKED: Final = {
    True: "the student or a guardian asked for it",
    False: "the periods of these records are over",
}


def _part(value: Mapping[str, Any]) -> str:
    return base64url_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _bytes(part: str) -> bytes:
    try:
        return base64url_decode(part)
    except ValueError as fault:
        raise _refused("a part of it is not base64url") from fault


def _opened(part: str) -> dict[str, Any]:
    try:
        return dict(parse(_bytes(part), _LIMITS).value)
    except DocumentError as fault:
        raise _refused("a part of it is not strict JSON") from fault


def _refused(message: str) -> IssuerError:
    return IssuerError("signature_failed", message)
