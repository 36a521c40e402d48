"""Read the proofs of a document: which of them must pass, and what is said of the others."""

from __future__ import annotations

from typing import Any, Final

from contexts.document import Document
from credential.errors import CredentialError
from credential.proof.chains import with_earlier
from credential.proof.options import Proof, Use, read_proof, suite_label
from credential.proof.suites import READABLE, SUITES

MOST_PROOFS: Final = 4
"""Proofs of one document: each costs a signature check, and nobody needs more."""


def read_proofs(document: Document, author: str | None, use: Use) -> tuple[list[Proof], tuple[str, ...]]:
    """The proofs of a document that must pass, the author's first, and notes on the others.

    Args:
        document: With its proofs.
        author: Whose proofs decide: a credential's issuer, a presentation's holder. None where nobody is
            named: then every proof does.
        use: What they must be for.

    Raises:
        CredentialError: As `check_proof`, of what can be seen without a key.
    """
    context = document.value.get("@context")
    known: list[Proof] = []
    notes: list[str] = []
    unread: set[Any] = set()
    for where, entry in located(document):
        label = suite_label(entry, where)
        suite = READABLE.get(label)
        # A suite's own proof type is no cryptosuite, and the other way round.
        if suite is None or suite.proof_type != entry["type"]:
            notes.append(f"proof_not_checked: the suite {label[:40]!r} is not supported (at {where})")
            unread.add(str(entry.get("id")))
            continue
        proof = read_proof(entry, issuer=author or "", context=context, pointer=where, suite=suite, use=use)
        if label in suite.former_names:
            notes.append(f"former_suite_name: {label!r} is now called {suite.name!r} (at {where})")
        known.append(proof)
    if not known:
        raise CredentialError(
            "unsupported_cryptosuite",
            f"no proof is of a suite supported here: {', '.join(SUITES)}",
            "/proof",
        )
    by_author = [proof for proof in known if proof.claim.controller == author] or known
    if any(proof.previous for proof in by_author):
        by_author = _chained(by_author, known, unread)
    where_required = {proof.pointer for proof in by_author}
    notes.extend(
        f"proof_not_checked: made by {proof.claim.controller[:200]!r}, not by the issuer (at {proof.pointer})"
        for proof in known
        if proof.pointer not in where_required
    )
    return by_author, tuple(notes)


def _chained(chosen: list[Proof], known: list[Proof], unread: set[Any]) -> list[Proof]:
    """The chosen proofs and all that they stand on; a chain that leads to an unknown suite is not checked."""
    for proof in known:
        if unread.intersection(proof.previous):
            raise CredentialError(
                "unsupported_cryptosuite",
                "a proof was made over another one, of a suite that is not supported here",
                proof.pointer,
            )
        if proof.previous and READABLE[proof.claim.cryptosuite].selective:
            raise CredentialError("proof_chain", "a proof that shows parts stands on no other", proof.pointer)
    return with_earlier(chosen, known)


def located(document: Document) -> list[tuple[str, Any]]:
    """The entries of `proof`, one object or an array of them, each with its pointer."""
    if "proof" not in document.value:
        raise CredentialError("proof_missing", "the document carries no proof: anybody could have written it")
    proof = document.value["proof"]
    if not isinstance(proof, list):
        return [("/proof", proof)]
    if not proof:
        raise CredentialError("proof_missing", "the document's list of proofs is empty", "/proof")
    if len(proof) > MOST_PROOFS:
        raise CredentialError("too_many_proofs", f"a document carries at most {MOST_PROOFS} proofs", "/proof")
    return [(f"/proof/{index}", entry) for index, entry in enumerate(proof)]
