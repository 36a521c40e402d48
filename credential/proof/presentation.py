"""Who presents credentials, and to whom: a presentation's own proof, inside the document or around it.

A presentation is signed by whoever holds the credentials, for `authentication`, and may answer one verifier's
challenge (VC Data Integrity 1.0, 2.1 and 4.4; VC-JOSE-COSE 1.0, 3.1.2; VC Data Model 2.0, 4.13). It says
nothing about the credentials inside: each of them has a proof of its own. So no `Verified` comes out of it,
and what is read here is only well formed; the credentials are not opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from contexts.document import Document, compose, without
from contexts.pinned import CHECKING, ContextSet
from credential.errors import CredentialError
from credential.proof.compact_jws import CompactJws, read_compact
from credential.proof.data_integrity import check_each, opened, proof_options, suite_for, with_proof
from credential.proof.options import Proof, Use, read_proof, suite_label
from credential.proof.suites import READABLE
from credential.terms import CONTEXT_2019, listed
from credential.vcdm import PRESENTATION
from keys.public import PublicKey
from keys.signer import Signer

AUTHENTICATION: Final = "authentication"
LONGEST: Final = 512
"""Characters of a challenge and of a domain."""

MOST_DOMAINS: Final = 8

_CLAIMS: Final = ("iss", "jti", "nbf", "exp", "iat", "aud", "nonce", "sub")
_TYPES: Final = frozenset({"vp+jwt", "jwt"})
_LATEST: Final = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a presentation's proof says of itself; nothing here is verified.

    Args:
        method: The DID URL of the key.
        suite: The cryptosuite, or the JWS algorithm.
        holder: Who presents, as the document or the token names them; None where neither does.
        made: When, by the holder's own word; of a token, not before it begins.
        expires: When it ends.
        challenge: What it answers: `challenge`, or `nonce` of a token.
        domains: For whom it was made: `domain`, or `aud` of a token.
    """

    method: str
    suite: str
    holder: str | None
    made: datetime | None
    expires: datetime | None
    challenge: str | None
    domains: tuple[str, ...]

    @property
    def controller(self) -> str:
        """Whose key it names."""
        return self.method.partition("#")[0]


@dataclass(frozen=True, slots=True)
class ReadPresentation:
    """A presentation, read and unverified.

    Args:
        document: The presentation without its proof or its token's claims.
        authentication: What its proof says; None where it has none.
        secured: The proof or the token itself.
    """

    document: Document
    authentication: Authentication | None = None
    secured: Proof | CompactJws | None = None


def read_presentation(document: Document) -> ReadPresentation:
    """Read a presentation that is secured by a proof inside it, or not at all.

    Raises:
        CredentialError: `too_many_proofs` for more than one; `proof_missing` for an empty list;
            `unsupported_cryptosuite`, `proof_purpose`, `proof_domain`, `bad_member`, and the codes of
            `read_proof`.
    """
    holder = holder_id(document.value)
    if "proof" not in document.value:
        return ReadPresentation(document)
    entries = listed(document.value["proof"])
    if len(entries) != 1:
        code = "too_many_proofs" if entries else "proof_missing"
        raise CredentialError(code, "a presentation carries one proof, or none at all", "/proof")
    where = "/proof/0" if isinstance(document.value["proof"], list) else "/proof"
    member = entries[0]
    label = suite_label(member, where)
    suite = READABLE.get(label)
    if suite is None or suite.proof_type != member["type"] or suite.selective:
        raise CredentialError("unsupported_cryptosuite", f"the suite {label[:40]!r} is not read here", where)
    challenge = _text(member.get("challenge"), f"{where}/challenge")
    domains = _domains(member.get("domain"), f"{where}/domain")
    # Everything else about it is as of any proof, and read by the same rules.
    plain = {name: part for name, part in member.items() if name not in ("challenge", "domain")}
    context = document.value.get("@context")
    proof = read_proof(
        plain, issuer=holder or "", context=context, pointer=where, suite=suite, use=Use(AUTHENTICATION)
    )
    options = {name: part for name, part in member.items() if name != "proofValue"}
    proof = replace(proof, options=options)
    claim = proof.claim
    authentication = Authentication(
        claim.verification_method,
        claim.cryptosuite,
        holder,
        claim.created,
        claim.expires,
        challenge,
        domains,
    )
    return ReadPresentation(without(document, "proof"), authentication, proof)


def read_presentation_token(token: str | bytes) -> ReadPresentation:
    """Read a presentation in a compact JWS: at the top, or under `vp` in Data Model 1.1.

    Raises:
        CredentialError: The codes of `read_compact`; `not_a_credential` where it holds no presentation;
            `envelope_mismatch`, `bad_numeric_date`, `key_not_bound_to_issuer`, `proof_domain`, `bad_member`.
    """
    jws = read_compact(token)
    kind = jws.header.get("typ", "JWT").lower().removeprefix("application/")
    if kind not in _TYPES:
        raise CredentialError("not_a_credential", "the header says that this is no presentation", "/typ")
    claims = jws.payload.value
    value = claims.get("vp") if "vp" in claims else {n: p for n, p in claims.items() if n not in _CLAIMS}
    if not isinstance(value, Mapping) or PRESENTATION not in listed(value.get("type")):
        raise CredentialError("not_a_credential", f"the token holds no {PRESENTATION}", "/type")
    if ("vp" in claims) != (listed(value.get("@context"))[:1] == [CONTEXT_2019]):
        message = "vp goes with Data Model 1.1, and a presentation at the top with 2.0"
        raise CredentialError("not_a_credential", message, "/@context")
    if "vp" in claims and (stray := sorted(claims.keys() - {"vp", *_CLAIMS})):
        raise CredentialError("envelope_mismatch", f"beside vp stands {stray[0][:40]!r}, outside it")
    holder, issuer = holder_id(value), claims.get("iss")
    if issuer is not None and not isinstance(issuer, str):
        raise CredentialError("envelope_mismatch", "iss is one text", "/iss")
    if None not in (holder, issuer) and holder != issuer:
        raise CredentialError("envelope_mismatch", "the token's iss is not the presentation's holder", "/iss")
    method = jws.header.get("kid")
    named = holder or issuer
    if isinstance(method, str) and method.startswith("#") and named:
        method = named + method
    if not isinstance(method, str) or not method.startswith("did:") or "#" not in method:
        message = "the header's kid names no key of whoever presents"
        raise CredentialError("key_not_bound_to_issuer", message, "/kid")
    authentication = Authentication(
        method,
        jws.header["alg"],
        named,
        max(filter(None, (_moment(claims, "iat"), _moment(claims, "nbf"))), default=None),
        _moment(claims, "exp"),
        _text(claims.get("nonce"), "/nonce"),
        _domains(claims.get("aud"), "/aud"),
    )
    return ReadPresentation(compose(value), authentication, jws)


def check_authentication(read: ReadPresentation, key: PublicKey) -> None:
    """Check the signature of a presentation that has one.

    Args:
        read: As it was read.
        key: The key that it names, from the holder's own document, where it stands under `authentication`.

    Raises:
        CredentialError: `alg_key_mismatch`, `bad_signature`; `proof_missing` where it has none.
        contexts.errors.DocumentError: Something in it is not covered by any such signature.
    """
    if isinstance(read.secured, Proof):
        check_each(read.document, [read.secured], lambda _: key, CHECKING)
        return
    jws = read.secured
    if jws is None:
        raise CredentialError("proof_missing", "nobody has signed this presentation")
    if key.jws_algorithm != jws.header["alg"]:
        raise CredentialError(
            "alg_key_mismatch", f"the holder's key signs with {key.jws_algorithm}, not {jws.header['alg']}"
        )
    if not key.verify(jws.signature, jws.signing_input):
        raise CredentialError("bad_signature", "the signature does not fit the token or the key")


def holder_id(value: Mapping[str, Any]) -> str | None:
    """Who a presentation says that it is by (VC Data Model 2.0, 4.13); None where it does not say it.

    Raises:
        CredentialError: `bad_member` where `holder` is neither a URL nor an object with an id.
    """
    if "holder" not in value:
        return None
    holder = value["holder"]
    named = holder.get("id") if isinstance(holder, Mapping) else holder
    if not isinstance(named, str) or not named:
        raise CredentialError("bad_member", "holder is a URL, or an object with an id", "/holder")
    return named


def add_presentation_proof(
    document: Document,
    signer: Signer,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: datetime,
    challenge: str | None,
    domain: str | None,
    contexts: ContextSet = CHECKING,
) -> Document:
    """Sign a presentation as its holder.

    Args:
        document: The presentation; its `holder`, if it names one, is the signer.
        signer: The holder.
        cryptosuite: As for `data_integrity.add_proof`.
        created: When, with a time zone.
        challenge: What the verifier asked, or None.
        domain: Who the verifier is, or None.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: `unsupported_cryptosuite`, `alg_key_mismatch`, `issuer_key_mismatch`,
            `too_many_proofs`, `proof_malformed`, `bad_date`, `bad_member`.
        contexts.errors.DocumentError: Something in the document would not be signed.
    """
    suite = suite_for(cryptosuite, signer.public_key)
    if holder_id(document.value) not in (None, signer.controller):
        raise CredentialError("issuer_key_mismatch", "the presentation is somebody else's", "/holder")
    unsecured, earlier = opened(document, suite)
    options = proof_options(suite, signer, created, unsecured, Use(AUTHENTICATION, challenge, domain))
    return with_proof(unsecured, earlier, options, signer, contexts=contexts)


def _text(value: object, pointer: str) -> str | None:
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= LONGEST):
        raise CredentialError("proof_domain", f"this is one text of at most {LONGEST} characters", pointer)
    return value


def _domains(value: object, pointer: str) -> tuple[str, ...]:
    several = listed(value)
    if len(several) > MOST_DOMAINS:
        raise CredentialError("proof_domain", f"a presentation is made for at most {MOST_DOMAINS}", pointer)
    return tuple(one for one in (_text(domain, pointer) for domain in several) if one is not None)


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """NumericDate (RFC 7519, 2), in whole seconds."""
    if name not in claims:
        return None
    seconds = claims[name]
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= _LATEST:
        raise CredentialError(
            "bad_numeric_date", f"{name} is a whole number of seconds since 1970", f"/{name}"
        )
    return datetime.fromtimestamp(seconds, UTC)
