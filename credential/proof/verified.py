"""The type that says "this was signed": only the two checkers make it.

A function that needs a checked credential takes a `Verified`. It holds the secured document without its proof
(Verifiable Credentials Data Model 2.0, 5.13 and 7.1), so whoever shows it shows nothing that was not signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, Self, final

from contexts.document import Document


@dataclass(frozen=True, slots=True)
class ProofClaim:
    """What a Data Integrity proof says of itself; nothing here is verified until it stands in a `Verified`.

    Args:
        cryptosuite: The suite's name as the proof spells it: `eddsa-rdfc-2022`.
        verification_method: The URL of the key: a controller's id, `#`, a name.
        purpose: `proofPurpose`; a credential's is `assertionMethod`.
        created: When the signer says that it signed: the signer's word, never evidence of time.
        expires: When the proof itself ends.
        proof_value: The signature in multibase, as it was written.
        issuer: The id of the issuer that the document names. Whoever looks up the key compares it with
            `controller`.
        earlier: Whether it is somebody else's, and a proof by the issuer was made over it (`previousProof`):
            then it must pass, under the key of its own controller.

    Source: VC Data Integrity 1.0, 2.1.
    """

    cryptosuite: str
    verification_method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    proof_value: str
    issuer: str
    earlier: bool = False

    @property
    def controller(self) -> str:
        """Whose key the proof names: the verification method without its fragment."""
        return self.verification_method.partition("#")[0]


@dataclass(frozen=True, slots=True)
class JwtClaim:
    """What a VC-JWT says of itself; nothing here is verified until it stands in a `Verified`.

    Args:
        algorithm: The header's `alg`, one of the four that are allowed.
        issuer: The id of the credential's issuer; `iss`, where present, was equal to it.
        kid: The header's `kid`: which of the issuer's keys, in the issuer's own names.
        thumbprint: RFC 7638 thumbprint (SHA-256, base64url) of the header's `jwk`. A key in a header proves
            nothing by itself: whoever looks it up must find this thumbprint among the issuer's own keys.
        not_before: `nbf`.
        expires: `exp`.
        issued_at: `iat`: the signer's word.

    Source: Open Badges 3.0, 8.2; RFC 7515, 4.1; RFC 7519, 4.1.
    """

    algorithm: str
    issuer: str
    kid: str | None
    thumbprint: str | None
    not_before: datetime | None
    expires: datetime | None
    issued_at: datetime | None


@final
class Verified:
    """A credential whose proof passed: made by `check_proof` and `check_jwt`, and by nobody else.

    It cannot be constructed, subclassed, changed, copied piecemeal or unpickled: a value read from elsewhere
    has to be checked again.
    """

    __slots__ = ("_claims", "_document", "_notes", "_partial", "_status_may_be_hidden")

    _document: Document
    _claims: tuple[ProofClaim | JwtClaim, ...]
    _notes: tuple[str, ...]
    _partial: bool
    _status_may_be_hidden: bool

    def __new__(cls, *_args: Any, **_members: Any) -> Self:
        """Refuse: only a check makes one."""
        raise TypeError("Verified is made by check_proof and check_jwt only")

    def __init_subclass__(cls) -> NoReturn:
        """Refuse: a subclass could say what it likes."""
        raise TypeError("Verified has no subclasses")

    @property
    def document(self) -> Document:
        """The secured document, without proof and without token claims."""
        return self._document

    @property
    def claims(self) -> tuple[ProofClaim | JwtClaim, ...]:
        """The proofs that passed, one or more."""
        return self._claims

    @property
    def notes(self) -> tuple[str, ...]:
        """What a careful reader should know: extra proofs that were not checked, old names of suites."""
        return self._notes

    @property
    def partial(self) -> bool:
        """Whether the holder may have left parts out: what is not there says nothing then."""
        return self._partial

    @property
    def status_may_be_hidden(self) -> bool:
        """Whether the holder may have left out some of its status: an entry, or what one is read by."""
        return self._status_may_be_hidden

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Verified does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Verified does not change")

    def __copy__(self) -> Verified:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> Verified:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a Verified cannot be stored: keep the credential and check it again")

    def __setstate__(self, _state: object) -> NoReturn:
        raise TypeError("a Verified cannot be restored: check the credential again")

    def __repr__(self) -> str:
        return f"<Verified: {len(self._claims)} proof(s), {len(self._notes)} note(s)>"


def sealed(
    document: Document,
    claims: tuple[ProofClaim | JwtClaim, ...],
    notes: tuple[str, ...],
    *,
    partial: bool = False,
    status_may_be_hidden: bool = False,
) -> Verified:
    """Make a `Verified`. For the two checkers; a test looks at who calls it."""
    verified: Verified = object.__new__(Verified)
    object.__setattr__(verified, "_document", document)
    object.__setattr__(verified, "_claims", claims)
    object.__setattr__(verified, "_notes", notes)
    object.__setattr__(verified, "_partial", partial)
    object.__setattr__(verified, "_status_may_be_hidden", status_may_be_hidden)
    return verified
