"""Read one Data Integrity proof strictly: its claims, its signed part, the octets of its signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.proof.sd_value import octets_of
from credential.proof.suite import Suite
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
        "previousProof",
        "domain",
        "challenge",
    }
)
_MOST_PREVIOUS: Final = 4


@dataclass(frozen=True, slots=True)
class Use:
    """What a proof is asked for.

    Args:
        purpose: What `proofPurpose` must say.
        challenge: The challenge that it must answer; None where it must answer none.
        domain: The recipient for whom it must be made; None where it must be for nobody in particular.
    """

    purpose: str
    challenge: str | None = None
    domain: str | None = None


CREDENTIAL: Final = Use(PURPOSE)
"""A credential is for everybody: its proof answers no challenge and names no recipient."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof, read.

    Args:
        claim: What it says of itself.
        signature: 64 octets, or 96 for P-384; for a selective suite all that its `proofValue` holds.
        options: The members that are signed with the document: the proof without `proofValue`.
        pointer: Where it stands in the document (JSON pointer).
        previous: The ids of the proofs that it signs over.
    """

    claim: ProofClaim
    signature: bytes
    options: dict[str, Any]
    pointer: str
    previous: tuple[str, ...] = ()


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


def read_proof(
    member: Mapping[str, Any],
    *,
    issuer: str,
    context: Any,
    pointer: str,
    suite: Suite | None = None,
    use: Use = CREDENTIAL,
) -> Proof:
    """Read a proof of a suite that is known here.

    Args:
        member: The entry of `proof`.
        issuer: The document's issuer, as the document names it.
        context: The document's `@context`, which is the proof's too.
        pointer: Where the entry stands.
        suite: The suite, where it is none of the plain ones that sign what words mean.
        use: What the proof must be for.

    Raises:
        CredentialError: `proof_malformed`, `proof_purpose`, `proof_chain`, `proof_domain`.

    Source: VC Data Integrity 1.0, 2.1 and 4.4; Data Integrity EdDSA Cryptosuites 1.0, 3.2.2 and 3.2.5.
    """
    _check_audience(member, use, pointer)
    if unknown := sorted(member.keys() - _MEMBERS):
        raise CredentialError("proof_malformed", f"a proof has no member {unknown[0][:40]!r}", pointer)
    # An empty array here would be covered by no signature (VC Data Integrity 1.0, 2.1: both are strings).
    for name in ("id", "nonce"):
        if name in member:
            _text(member, name, pointer)
    _check_context(member, context, pointer, prefix=suite is not None and suite.signs_bytes)
    purpose = _text(member, "proofPurpose", pointer)
    if purpose != use.purpose:
        raise CredentialError(
            "proof_purpose",
            f"this is signed for {use.purpose}, not {purpose[:40]!r}",
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
        cryptosuite=suite_label(member, pointer),
        verification_method=method,
        purpose=purpose,
        created=_moment(member, "created", pointer),
        expires=_moment(member, "expires", pointer),
        proof_value=value if isinstance(value, str) else "",
        issuer=issuer,
    )
    signed = {name: part for name, part in member.items() if name != "proofValue"}
    where = pointer + "/proofValue"
    octets = octets_of(value, where) if suite is not None and suite.selective else _signature(value, where)
    return Proof(claim, octets, signed, pointer, _previous(member, pointer))


def _check_audience(member: Mapping[str, Any], use: Use, pointer: str) -> None:
    """`challenge` and `domain` are exactly those that are asked for (VC Data Integrity 1.0, 4.4, 8 and 9)."""
    for name, expected in (("domain", use.domain), ("challenge", use.challenge)):
        found = member.get(name)
        same = name not in member if expected is None else expected in (found, _only(found))
        if not same:
            asked = "nobody in particular" if expected is None else "this recipient and this question"
            raise CredentialError("proof_domain", f"the proof must be made for {asked}", f"{pointer}/{name}")


def _only(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else None


def _check_context(member: Mapping[str, Any], context: Any, pointer: str, *, prefix: bool) -> None:
    """A proof's contexts are the document's.

    A suite that signs what words mean signs the proof under the document's contexts: another one would be
    ignored, not obeyed. One that signs what is written signs the proof's own, with which the document's must
    begin (Data Integrity EdDSA Cryptosuites 1.0, 3.3.2).
    """
    if "@context" not in member:
        return
    named = member["@context"]
    if prefix:
        own, whole = ([one] if not isinstance(one, list) else one for one in (named, context))
        same = bool(own) and whole[: len(own)] == own
    else:
        same = named == context
    if not same:
        raise CredentialError(
            "proof_malformed", "the proof's @context differs from the document's", pointer + "/@context"
        )


def _previous(member: Mapping[str, Any], pointer: str) -> tuple[str, ...]:
    """The ids of earlier proofs: one, or a list of them (VC Data Integrity 1.0, 2.1 and 2.1.2)."""
    if "previousProof" not in member:
        return ()
    named = member["previousProof"]
    ids = named if isinstance(named, list) else [named]
    if not 1 <= len(ids) <= _MOST_PREVIOUS or not all(
        isinstance(one, str) and 0 < len(one) <= _LONGEST_URL for one in ids
    ):
        raise CredentialError(
            "proof_chain",
            f"previousProof is the id of a proof, or a list of 1 to {_MOST_PREVIOUS} of them",
            pointer + "/previousProof",
        )
    if len(set(ids)) != len(ids):
        raise CredentialError("proof_chain", "previousProof names a proof twice", pointer + "/previousProof")
    return tuple(ids)


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
