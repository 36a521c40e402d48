"""A token's claims and the credential between them: the one must say what the other says.

A reader of claims and a reader of the credential must come to the same badge (Open Badges 3.0, 8.2.4, 8.2.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contexts.document import STATUS_LIST_LIMITS, Document, compose
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.issuer import issuer_id

_CLAIMS: Final = ("iss", "jti", "nbf", "sub", "exp", "iat", "cnf")
_LATEST: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that a datetime holds
_CONTEXT_2: Final = "https://www.w3.org/ns/credentials/v2"
_CONTEXT_1: Final = "https://www.w3.org/2018/credentials/v1"


def credential_in(payload: Mapping[str, Any]) -> Document:
    """The credential: at the top, or under `vc` in the data model of 2019.

    The context must agree with the place (Open Badges 3.0 Implementation Guide, VCDM 1.1).
    """
    if "vp" in payload or "aud" in payload:
        raise CredentialError(
            "not_a_credential", "the token is meant for one recipient: it is a presentation or a sign-in"
        )
    inner = payload.get("vc")
    if "vc" in payload and not isinstance(inner, dict):
        raise CredentialError("not_a_credential", "vc is the credential as an object", "/vc")
    value = inner if isinstance(inner, dict) else {n: part for n, part in payload.items() if n not in _CLAIMS}
    place, context = ("/vc", _CONTEXT_1) if "vc" in payload else ("", _CONTEXT_2)
    types = value.get("type")
    if "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
        raise CredentialError(
            "not_a_credential",
            "the token holds no credential: its type lacks VerifiableCredential",
            place + "/type",
        )
    contexts = value.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else contexts
    if first != context:
        raise CredentialError(
            "not_a_credential",
            f"the first context of a credential in this place is {context}",
            place + "/@context",
        )
    if inner is not None and (stray := sorted(payload.keys() - {"vc", *_CLAIMS})):
        raise CredentialError(
            "envelope_mismatch", f"beside vc stands {stray[0][:40]!r}, outside the credential"
        )
    return compose(value, STATUS_LIST_LIMITS)


def is_of_2019(credential: Mapping[str, Any]) -> bool:
    """Whether a credential is of the data model that stands under `vc`."""
    contexts = credential.get("@context")
    return (contexts[0] if isinstance(contexts, list) and contexts else contexts) == _CONTEXT_1


def check_envelope(
    payload: Mapping[str, Any], credential: Mapping[str, Any], header: Mapping[str, Any], *, required: bool
) -> None:
    """The token's claims say what the credential says, each of them.

    Open Badges requires each claim whose source is in the credential, so `exp` exactly where the credential
    ends (8.2.4); VC-JOSE-COSE lets any of them be absent (1.0, 3.1.3). What is there must agree, whole, never
    as part of a text.
    """
    begin, end = ("validFrom", "validUntil") if "vc" not in payload else ("issuanceDate", "expirationDate")
    expected: dict[str, Any] = {
        "iss": issuer_id(credential),
        "jti": credential.get("id"),
        "sub": subject_id(credential),
        "nbf": seconds(credential[begin], "/" + begin) if begin in credential else None,
        "exp": seconds(credential[end], "/" + end) if end in credential else None,
    }
    for name, value in expected.items():
        stated = payload.get(name)
        if name not in payload:
            agree = value is None or not required
        elif name in ("nbf", "exp"):
            agree = _numeric_date(stated, name) == value
        else:
            agree = isinstance(stated, str) and stated == value
        if not agree:
            raise CredentialError(
                "envelope_mismatch", f"the token's {name} and the credential in it disagree", f"/{name}"
            )
    if "iat" in payload:
        _numeric_date(payload["iat"], "iat")
    if "iss" in header and header["iss"] != expected["iss"]:
        raise CredentialError("envelope_mismatch", "the header's iss is not the credential's issuer", "/iss")


def _numeric_date(value: object, name: str) -> int:
    """NumericDate (RFC 7519, 2), in whole seconds: fractions of a second decide nothing about a badge."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
        raise CredentialError(
            "bad_numeric_date", f"{name} is a whole number of seconds since 1970", f"/{name}"
        )
    return value


def seconds(text: object, pointer: str) -> int:
    """A DateTimeZ as NumericDate; a fraction of a second is dropped."""
    return int(parse_date_time(text, pointer).instant.timestamp() // 1)


def subject_id(credential: Mapping[str, Any]) -> str | None:
    """The id of the one subject; None where it has none, or where there are several."""
    subject = credential.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    named = subject.get("id") if isinstance(subject, dict) else None
    return named if isinstance(named, str) else None
