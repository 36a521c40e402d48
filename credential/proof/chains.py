"""Which proofs must pass: those by the issuer, and every one that they were made over.

VC Data Integrity 1.0, 2.1.1 (sets), 2.1.2 (chains) and 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from credential.errors import CredentialError
from credential.proof.options import Proof


def with_earlier(chosen: Sequence[Proof], known: Sequence[Proof]) -> list[Proof]:
    """The chosen proofs, and those that they stand on, directly or not.

    Args:
        chosen: The proofs by the issuer, first in the result.
        known: All that were read.

    Returns:
        Each proof once; one that is only stood on has `claim.earlier` set.

    Raises:
        CredentialError: `proof_chain` where an earlier proof is not there, is there twice, or stands on a
            later one; `unsupported_cryptosuite` where it was not read because its suite is not known.
    """
    required = list(chosen)
    for proof in required:  # grows while it is walked, by each known proof at most once
        for name in proof.previous:
            found = [one for one in known if one.options.get("id") == name]
            if len(found) != 1:
                raise CredentialError(
                    "proof_chain",
                    "a proof was made over another one, which does not stand here once",
                    proof.pointer + "/previousProof",
                )
            earlier = found[0]
            if all(one.pointer != earlier.pointer for one in required):
                required.append(replace(earlier, claim=replace(earlier.claim, earlier=True)))
    _check_order(required)
    return required


def _check_order(proofs: Sequence[Proof]) -> None:
    """Nobody can sign over what did not exist yet: take away what stands on nothing until nothing is left."""
    waiting = {proof.pointer: set(proof.previous) for proof in proofs}
    named = {proof.pointer: proof.options.get("id") for proof in proofs}
    while waiting:
        free = [pointer for pointer, previous in waiting.items() if not previous]
        if not free:
            raise CredentialError("proof_chain", "each of these proofs was made over the other", "/proof")
        for pointer in free:
            del waiting[pointer]
        gone = {named[pointer] for pointer in free}
        waiting = {pointer: previous - gone for pointer, previous in waiting.items()}


def entries_named(located: Sequence[tuple[str, Any]], names: Sequence[str]) -> list[Any]:
    """The entries of `proof` with these ids, in the order of the ids (4.3, step 6).

    Raises:
        CredentialError: `proof_chain` where one is not there, or there twice.
    """
    chosen = []
    for name in names:
        found = [entry for _, entry in located if isinstance(entry, Mapping) and entry.get("id") == name]
        if len(found) != 1:
            raise CredentialError("proof_chain", "an earlier proof does not stand here once", "/proof")
        chosen.append(found[0])
    return chosen
