"""Read one Data Integrity proof strictly: its claims, its signed part, the octets of its signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.verified import ProofClaim
from keys.errors import KeyRefused
from keys.multibase import base58btc_decode

PROOF_TYPE: Final = "DataIntegrityProof"
PURPOSE: Final = "assertionMethod"
LONGEST_PROOF_VALUE: Final = 200
"""Characters of `proofValue`: a P-384 signature takes 132, and reading base58 costs the square of its
length."""

_LONGEST_URL: Final = 2_048
_SIGNATURE_OCTETS: Final = frozenset({64, 96})
_MEMBERS: Final = frozenset(
    {
        "@context",
        "id",
        "type",
        "cryptosuite",
        "created",
        "expires",
        "verificationMethod",
        "proofPurpose",
        "proofValue",
        "nonce",
    }
)
# Members of the specification that a credential's proof has no use for: each would need a check of its own.
_REFUSED: Final = {
    "previousProof": (
        "proof_chain",
        "a chain of proofs is not supported: present the credential with a plain proof",
    ),
    "domain": (
        "proof_domain",
        "the proof was made for one recipient only; a credential's proof names no domain",
    ),
    "challenge": ("proof_domain", "the proof answers somebody's challenge; a credential's proof has none"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof, read.

    Args:
        claim: What it says of itself.
        signature: 64 octets, or 96 for P-384.
        options: The members that are signed with the document: the proof without `proofValue`.
        pointer: Where it stands in the document (JSON pointer).
    """

    claim: ProofClaim
    signature: bytes
    options: dict[str, Any]
    pointer: str


def suite_label(member: Any, pointer: str) -> str:
    """The suite that an entry of `proof` names: its `cryptosuite`, or its `type` in the older style.

    Raises:
        CredentialError: `proof_malformed` where the entry is no object or names no suite.
    """
    if not isinstance(member, Mapping):
        raise CredentialError("proof_malformed", "a proof is a JSON object", pointer)
    kind = member.get("type")
    if not isinstance(kind, str):
        raise CredentialError(
            "proof_malformed", "a proof has one type, written as a string", pointer + "/type"
        )
    if kind != PROOF_TYPE:
        return kind
    suite = member.get("cryptosuite")
    if not isinstance(suite, str) or not suite:
        raise CredentialError(
            "proof_malformed", f"a {PROOF_TYPE} names its cryptosuite as a string", pointer + "/cryptosuite"
        )
    return suite


def read_proof(member: Mapping[str, Any], *, issuer: str, context: Any, pointer: str) -> Proof:
    """Read a proof of a suite that is known here.

    Args:
        member: The entry of `proof`.
        issuer: The document's issuer, as the document names it.
        context: The document's `@context`, which is the proof's too.
        pointer: Where the entry stands.

    Raises:
        CredentialError: `proof_malformed`, `proof_purpose`, `proof_chain`, `proof_domain`.

    Source: VC Data Integrity 1.0, 2.1 and 4.4; Data Integrity EdDSA Cryptosuites 1.0, 3.2.2 and 3.2.5.
    """
    for name, (code, message) in _REFUSED.items():
        if name in member:
            raise CredentialError(code, message, f"{pointer}/{name}")
    if unknown := sorted(member.keys() - _MEMBERS):
        raise CredentialError("proof_malformed", f"a proof has no member {unknown[0][:40]!r}", pointer)
    # An empty array here would be covered by no signature (VC Data Integrity 1.0, 2.1: both are strings).
    for name in ("id", "nonce"):
        if name in member:
            _text(member, name, pointer)
    # The suite signs the proof under the document's contexts: another one would be ignored, not obeyed.
    if "@context" in member and member["@context"] != context:
        raise CredentialError(
            "proof_malformed", "the proof's @context differs from the document's", pointer + "/@context"
        )
    purpose = _text(member, "proofPurpose", pointer)
    if purpose != PURPOSE:
        raise CredentialError(
            "proof_purpose",
            f"a credential is signed for {PURPOSE}, not {purpose[:40]!r}",
            pointer + "/proofPurpose",
        )
    method = _text(member, "verificationMethod", pointer)
    controller, mark, fragment = method.partition("#")
    if not (controller and mark and fragment) or "#" in fragment:
        raise CredentialError(
            "proof_malformed",
            "verificationMethod is a URL with a fragment: controller#key",
            pointer + "/verificationMethod",
        )
    value = member.get("proofValue")
    claim = ProofClaim(
        cryptosuite=member["cryptosuite"],
        verification_method=method,
        purpose=purpose,
        created=_moment(member, "created", pointer),
        expires=_moment(member, "expires", pointer),
        proof_value=value if isinstance(value, str) else "",
        issuer=issuer,
    )
    signed = {name: part for name, part in member.items() if name != "proofValue"}
    return Proof(claim, _signature(value, pointer + "/proofValue"), signed, pointer)


def _text(member: Mapping[str, Any], name: str, pointer: str) -> str:
    value = member.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_URL:
        raise CredentialError(
            "proof_malformed",
            f"{name} is missing, or is not a string of at most {_LONGEST_URL} characters",
            f"{pointer}/{name}",
        )
    return value


def _moment(member: Mapping[str, Any], name: str, pointer: str) -> datetime | None:
    """`created` or `expires`: a dateTimeStamp (2.1)."""
    if name not in member:
        return None
    try:
        return parse_date_time(member[name]).instant
    except CredentialError as error:
        raise CredentialError("proof_malformed", f"{name}: {error.message}", f"{pointer}/{name}") from None


def _signature(value: object, pointer: str) -> bytes:
    """The octets of `proofValue`: multibase base58btc and nothing else (Cryptosuites 1.0, 3.2.2)."""
    if not isinstance(value, str) or not value.startswith("z") or len(value) > LONGEST_PROOF_VALUE:
        raise CredentialError(
            "proof_malformed",
            f"proofValue is z and base58btc, at most {LONGEST_PROOF_VALUE} characters",
            pointer,
        )
    try:
        octets = base58btc_decode(value[1:])
    except KeyRefused as error:
        raise CredentialError("proof_malformed", error.message, pointer) from None
    if len(octets) not in _SIGNATURE_OCTETS:
        raise CredentialError(
            "proof_malformed",
            f"proofValue holds {len(octets)} octets; a signature has 64, or 96 with P-384, and is never DER",
            pointer,
        )
    return octets
