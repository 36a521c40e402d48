"""Add a Data Integrity proof, check the proofs of a document: the same for every suite.

A document may carry several proofs (a set). At least one must be by the issuer; every proof that names the
issuer's key must pass, and so must every one that it was made over (`previousProof`, a chain), whoever made
that; any other proof by somebody else, or of a suite unknown here, is left aside with a note and adds
nothing. No clock is read: when a proof was made or ends is returned, and the verifier's policy decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from contexts.document import STATUS_LIST_LIMITS, Document, appended, compose, parse, without, written
from contexts.pinned import CHECKING, ISSUING, ContextSet
from credential.dates import format_date_time
from credential.errors import CredentialError
from credential.proof.chains import entries_named
from credential.proof.ecdsa_sd_2023 import check_derived, may_hide_status
from credential.proof.issuer import issuer_id
from credential.proof.options import CREDENTIAL, PROOF_TYPE, Proof, Use, suite_label
from credential.proof.proof_set import MOST_PROOFS, located, read_proofs
from credential.proof.suite import Suite
from credential.proof.suites import READABLE, SUITES
from credential.proof.verified import ProofClaim, Verified, sealed
from keys.multibase import base58btc_encode
from keys.public import KeyType, PublicKey
from keys.signer import Signer

# The contexts that define the members of a proof. Where a document lists none of them, the proof is read as
# if the last were appended (VC Data Integrity 1.0, 2.4.2): credentials of the 1.1 data model need that.
_INTEGRITY_CONTEXT: Final = "https://w3id.org/security/data-integrity/v2"
_DEFINE_PROOFS: Final = frozenset(
    {
        "https://www.w3.org/ns/credentials/v2",
        "https://w3id.org/security/data-integrity/v1",
        _INTEGRITY_CONTEXT,
    }
)

# The transformation may take no limit away from what `parse` has let through, and a status list is the
# longest.
_LIMITS: Final = STATUS_LIST_LIMITS


def add_proof(
    document: Document,
    signer: Signer,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: datetime,
    contexts: ContextSet = ISSUING,
    proof_id: str | None = None,
    previous: Sequence[str] = (),
) -> Document:
    """Sign a document: the same document with one more proof.

    Args:
        document: What to sign. Proofs that it carries stay, and are not signed over (a set) unless `previous`
            names them (a chain).
        signer: Signs as the document's issuer.
        cryptosuite: `eddsa-rdfc-2022`, `ecdsa-rdfc-2019`, `eddsa-jcs-2022`, `ecdsa-jcs-2019` or
            `Ed25519Signature2020`, whose context is added to the document where it is missing. For
            `ecdsa-sd-2023` see `credential.proof.selective`.
        created: When, with a time zone; written in UTC to the second.
        contexts: The contexts that may be used.
        proof_id: The new proof's own id, by which a later one can name it; an absolute URL.
        previous: The ids of the proofs that are signed over.

    Returns:
        The document with `proof` as an array, last in it. Whether the signer's result fits is not asked here:
        whoever gives the document out looks at it with `check_proof`, as anybody will.

    Raises:
        CredentialError: `unsupported_cryptosuite`, `alg_key_mismatch`, `issuer_key_mismatch`,
            `too_many_proofs`, `proof_malformed`, `proof_chain`, `bad_date`.
        contexts.errors.DocumentError: Something in the document would not be signed.

    Source: VC Data Integrity 1.0, 4.2; Open Badges 3.0, 8.3.
    """
    suite = suite_for(cryptosuite, signer.public_key)
    unsecured, earlier = open_for(document, signer, suite)
    options = proof_options(suite, signer, created, unsecured)
    if proof_id is not None:
        options["id"] = proof_id
    if previous:
        options["previousProof"] = list(previous)
    return with_proof(unsecured, earlier, options, signer, contexts=contexts)


def suite_for(cryptosuite: str, key: PublicKey) -> Suite:
    """The suite of this name, which signs whole documents with keys like this one.

    Raises:
        CredentialError: `unsupported_cryptosuite`, `alg_key_mismatch`.
    """
    suite = SUITES.get(cryptosuite)
    if suite is None or suite.selective:
        raise CredentialError(
            "unsupported_cryptosuite",
            f"{cryptosuite[:40]!r} is not written; choose one of "
            + ", ".join(name for name, row in SUITES.items() if not row.selective),
        )
    _check_key_type(suite, key)
    return suite


def with_proof(
    unsecured: Document,
    earlier: Sequence[tuple[str, Any]],
    options: dict[str, Any],
    signer: Signer,
    *,
    contexts: ContextSet,
) -> Document:
    """Sign a document under these options, and put the proof behind the earlier ones.

    Raises:
        CredentialError: `proof_chain` where an earlier proof that is named is not there.
        contexts.errors.DocumentError: Something in the document or in the options would not be signed.
    """
    suite, key_type = READABLE[suite_label(options, "/proof")], signer.public_key.key_type
    names = options.get("previousProof", [])
    signed = _with_earlier(unsecured, entries_named(earlier, names), suite) if names else unsecured
    message = hashed_options(options, unsecured.value.get("@context"), suite, key_type, contexts)
    signature = signer.sign(message + suite.hashed(signed, key_type, contexts))
    proof = options | {"proofValue": "z" + base58btc_encode(signature)}
    return appended(unsecured, "proof", [*(entry for _, entry in earlier), proof], _LIMITS)


def open_for(document: Document, signer: Signer, suite: Suite) -> tuple[Document, list[tuple[str, Any]]]:
    """A credential that its issuer is about to sign: without its proofs, and these with their places.

    Raises:
        CredentialError: `issuer_key_mismatch`, `too_many_proofs`, `proof_malformed`.
    """
    if issuer_id(document.value) != signer.controller:
        raise CredentialError(
            "issuer_key_mismatch",
            "the document names another issuer than the one who would sign: use the issuer's own key",
            "/issuer",
        )
    return opened(document, suite)


def opened(document: Document, suite: Suite) -> tuple[Document, list[tuple[str, Any]]]:
    """A document without its proofs, with the context that the suite needs, and the proofs with their places.

    Raises:
        CredentialError: `too_many_proofs`, `proof_malformed`.
    """
    earlier = located(document) if "proof" in document.value else []
    for where, entry in earlier:
        suite_label(entry, where)
    if len(earlier) >= MOST_PROOFS:
        raise CredentialError("too_many_proofs", f"a document carries at most {MOST_PROOFS} proofs", "/proof")
    unsecured = _without_proof(document)
    context = unsecured.value.get("@context")
    listed = context if isinstance(context, list) else [context]
    if suite.own_context is not None and suite.own_context not in listed:
        changed = {"@context": [*listed, suite.own_context]}
        unsecured = compose(changed | {n: v for n, v in unsecured.value.items() if n != "@context"}, _LIMITS)
    return unsecured, earlier


def proof_options(
    suite: Suite, signer: Signer, created: datetime, unsecured: Document, use: Use = CREDENTIAL
) -> dict[str, Any]:
    """What a new proof says besides its value.

    Raises:
        CredentialError: `bad_date`.
    """
    options: dict[str, Any] = {"type": suite.proof_type}
    if suite.proof_type == PROOF_TYPE:
        options["cryptosuite"] = suite.name
    options["created"] = format_date_time(created)
    options["verificationMethod"] = signer.verification_method
    options["proofPurpose"] = use.purpose
    options |= {n: v for n, v in (("challenge", use.challenge), ("domain", use.domain)) if v is not None}
    if suite.signs_bytes:
        options["@context"] = unsecured.value.get("@context")
    return options


def hashed_options(
    options: Mapping[str, Any], context: Any, suite: Suite, key_type: KeyType, contexts: ContextSet
) -> bytes:
    """The hash of a proof's options under the contexts that give them their meaning.

    Raises:
        contexts.errors.DocumentError: Something in them would not be signed.
    """
    if not suite.signs_bytes:
        options = {**options, "@context": _proof_context(context, suite)}
    return _hashed_options(written(options), suite.name, key_type, contexts)


def proof_claims(document: Document) -> tuple[ProofClaim, ...]:
    """What the proofs say that must pass: the very claims that `check_proof` will ask keys for. Unverified.

    Raises:
        CredentialError: As `check_proof`, of what can be seen without a key.
    """
    required, _ = _required(document)
    return tuple(proof.claim for proof in required)


def signs_every_byte(claims: Sequence[object]) -> bool:
    """Whether all of these proofs sign what is written, and not what it means."""
    return all(isinstance(claim, ProofClaim) and READABLE[claim.cryptosuite].signs_bytes for claim in claims)


def check_proof(
    document: Document,
    key_for: Callable[[ProofClaim], PublicKey],
    *,
    contexts: ContextSet = CHECKING,
) -> Verified:
    """Check a document's proofs.

    Args:
        document: The credential with its proof.
        key_for: Gives the public key of a claim, taken from what the claim's issuer publishes and only if it
            is the issuer's to assert with; raises `CredentialError` or `KeyRefused` otherwise. It must
            compare `claim.controller` with `claim.issuer`: a signature under anybody's key is only a
            signature.
        contexts: The contexts that may be used.

    Returns:
        The document without its proof, the claims that passed, and notes on proofs that were left aside.

    Raises:
        CredentialError: `proof_missing`, `proof_malformed`, `proof_purpose`, `proof_chain`, `proof_domain`,
            `too_many_proofs`, `unsupported_cryptosuite`, `alg_key_mismatch`, `bad_signature`, `bad_member`,
            `base_proof`.
        contexts.errors.DocumentError: Something in the document is not covered by any such signature.
        keys.errors.KeyRefused: As `key_for` raises it.

    Source: VC Data Integrity 1.0, 4.4 and 4.5. Where 4.5 forgets to fail a set of which one member failed,
    this fails it.
    """
    required, notes = _required(document)
    unsecured = check_each(document, required, key_for, contexts)
    suites = [READABLE[proof.claim.cryptosuite] for proof in required]
    if all(suite.signs_bytes for suite in suites):
        signed = max((proof.options.get("@context", []) for proof in required), key=_length)
        if _length(signed) < _length(unsecured.value.get("@context")) and _length(signed):
            notes += ("context_not_signed: the last of the document's contexts are not (at /@context)",)
            unsecured = _under(unsecured, signed)
    partial = all(suite.selective for suite in suites)
    open_status = partial and any(
        may_hide_status(unsecured.value, proof.signature, contexts) for proof in required
    )
    claims = tuple(proof.claim for proof in required)
    return sealed(unsecured, claims, notes, partial=partial, status_may_be_hidden=open_status)


def check_each(
    document: Document,
    required: Sequence[Proof],
    key_for: Callable[[ProofClaim], PublicKey],
    contexts: ContextSet,
) -> Document:
    """Check every one of these proofs of a document, and give the document without any.

    Raises:
        CredentialError: `alg_key_mismatch`, `bad_signature`, `proof_malformed`, `base_proof`.
        contexts.errors.DocumentError: Something in the document is not covered by any such signature.
    """
    keys = [(proof, READABLE[proof.claim.cryptosuite], key_for(proof.claim)) for proof in required]
    for _, suite, key in keys:
        _check_key_type(suite, key)
    unsecured = _without_proof(document)
    context = unsecured.value.get("@context")
    hashed: dict[tuple[str, KeyType], bytes] = {}
    for proof, suite, key in keys:
        options = hashed_options(proof.options, context, suite, key.key_type, contexts)
        if suite.selective:
            good = check_derived(unsecured.value, options, proof.signature, key, contexts)
        else:
            which = (suite.name, key.key_type)
            plain = not (proof.previous or suite.signs_bytes)
            if not plain or which not in hashed:
                signed = unsecured if plain else _signed_by(proof, suite, document, unsecured)
                hashed[which] = suite.hashed(signed, key.key_type, contexts)
            good = key.verify(proof.signature, options + hashed[which])
            if not plain:
                del hashed[which]
        if not good:
            raise CredentialError(
                "bad_signature",
                "the signature does not fit: the document, the proof or the key is not what was signed",
                proof.pointer,
            )
    return unsecured


def _signed_by(proof: Proof, suite: Suite, document: Document, unsecured: Document) -> Document:
    """What this proof is over: under its own contexts, and with the proofs that it was made over."""
    if suite.signs_bytes and "@context" in proof.options:
        unsecured = _under(unsecured, proof.options["@context"])
    if proof.previous:
        unsecured = _with_earlier(unsecured, entries_named(located(document), proof.previous), suite)
    return unsecured


def _under(document: Document, context: Any) -> Document:
    return compose(document.value | {"@context": context}, _LIMITS)


def _with_earlier(unsecured: Document, entries: list[Any], suite: Suite) -> Document:
    """A document with the proofs that are signed over (VC Data Integrity 1.0, 4.3, step 6).

    A proof by a suite that signs what is written repeats the document's contexts. They give no word another
    meaning there, so where meaning is signed they say nothing.
    """
    if not suite.signs_bytes:
        context = unsecured.value.get("@context")
        entries = [
            {name: part for name, part in entry.items() if name != "@context" or part != context}
            for entry in entries
        ]
    return compose(unsecured.value | {"proof": entries}, _LIMITS)


def _length(context: Any) -> int:
    return len(context) if isinstance(context, list) else 1


def _required(document: Document) -> tuple[list[Proof], tuple[str, ...]]:
    """The proofs that must pass, and notes on the others: read once, whoever asks first."""
    if _required not in document.forms:
        document.forms[_required] = _read_proofs(document)
    proofs, notes = document.forms[_required]
    return proofs, notes


def _read_proofs(document: Document) -> tuple[list[Proof], tuple[str, ...]]:
    return read_proofs(document, issuer_id(document.value), CREDENTIAL)


@lru_cache(maxsize=256)
def _hashed_options(raw: bytes, suite: str, key_type: KeyType, contexts: ContextSet) -> bytes:
    """The hash of proof options, by their very bytes: those of one batch are the same from badge to badge."""
    return SUITES[suite].hashed(parse(raw), key_type, contexts)


def _without_proof(document: Document) -> Document:
    return without(document, "proof")


def _proof_context(context: Any, suite: Suite) -> Any:
    """The contexts under which proof options are read: the document's, and one that defines proofs."""
    listed = context if isinstance(context, list) else [context]
    if suite.own_context is not None:
        return context if suite.own_context in listed else [*listed, suite.own_context]
    if any(isinstance(url, str) and url in _DEFINE_PROOFS for url in listed):
        return context
    return [*listed, _INTEGRITY_CONTEXT]


def _check_key_type(suite: Suite, key: PublicKey) -> None:
    if key.key_type not in suite.digests:
        raise CredentialError(
            "alg_key_mismatch",
            f"{suite.name} takes {' or '.join(suite.digests)} keys, not {key.key_type.value}",
        )
