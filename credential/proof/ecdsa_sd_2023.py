"""The suite `ecdsa-sd-2023`: whoever holds a credential may show a part of it (Data Integrity ECDSA
Cryptosuites 1.0, 3.4 to 3.6).

The issuer signs what must always be shown, together with a key that is used once; under that key each other
statement is signed by itself. So a holder can leave statements out, and cannot add or change one.

Where 3.6.7 names the one-time key for the issuer's own signature, this asks the issuer's key, as the
published vectors are made: with the other, anybody could sign anything.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from contexts.canonical import canonical_quads
from contexts.labelled import Labelled, labelled
from contexts.pinned import ContextSet
from credential.errors import CredentialError
from credential.proof.sd_value import (
    MOST_POINTERS,
    MOST_STATEMENTS,
    BaseValue,
    DerivedValue,
    multikey_octets,
    read_derived,
)
from credential.proof.selection import Selection, select
from credential.proof.suite import Suite
from keys.multibase import base64url_encode
from keys.public import KeyType, PublicKey
from keys.signer import Signer

ECDSA_SD_2023: Final = Suite(
    name="ecdsa-sd-2023",
    digests=MappingProxyType({KeyType.P256: "sha256"}),
    transform=canonical_quads,
    selective=True,
)


class OneTime(Protocol):
    """A P-256 key that is made for one proof and forgotten after it (3.5.4)."""

    @property
    def public_key(self) -> PublicKey:
        """Its public half, which stands in the proof."""

    def sign(self, message: bytes) -> bytes:
        """64 octets: r and s (IEEE P1363)."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The statements of a whole document under the labels of its proof, and which of them are meant.

    Args:
        lines: All of them, sorted.
        labels: The label of each canonical blank node, by the node's number in the document.
        chosen: For each group, the places of its statements in `lines`.
    """

    lines: tuple[str, ...]
    labels: tuple[str, ...]
    chosen: tuple[frozenset[int], ...]


_STATUS: Final = "<https://www.w3.org/2018/credentials#credentialStatus>"


def sign_base(
    value: dict[str, Any],
    options_hash: bytes,
    signer: Signer,
    *,
    one_time: OneTime,
    hmac_key: bytes,
    mandatory: Sequence[str],
    contexts: ContextSet,
) -> BaseValue:
    """Sign a document so that parts of it can be left out (3.6.1 to 3.6.5).

    Args:
        value: The document without proofs.
        options_hash: SHA-256 of the canonical proof options.
        signer: The issuer's P-256 key.
        one_time: A key that signs nothing else, ever.
        hmac_key: 32 octets that nobody can guess.
        mandatory: JSON pointers to what is always shown.
        contexts: The contexts that may be named.

    Raises:
        CredentialError: `proof_pointer`; `proof_malformed` for more statements than are read.
        DocumentError: Something in the document would not be signed.
    """
    if len(mandatory) > MOST_POINTERS:
        raise CredentialError("proof_pointer", f"at most {MOST_POINTERS} pointers are read")
    groups = group(value, hmac_key, [mandatory], contexts)
    always = groups.chosen[0]
    others = [line for at, line in enumerate(groups.lines) if at not in always]
    if len(groups.lines) > MOST_STATEMENTS:
        raise CredentialError(
            "proof_malformed", f"the document makes more than {MOST_STATEMENTS} statements: describe less"
        )
    signed = _signed(options_hash, one_time.public_key, (groups.lines[at] for at in sorted(always)))
    return BaseValue(
        signature=signer.sign(signed),
        one_time=one_time.public_key,
        hmac_key=hmac_key,
        signatures=tuple(one_time.sign(line.encode()) for line in others),
        pointers=tuple(mandatory),
    )


def derive(
    value: dict[str, Any], base: BaseValue, selective: Sequence[str], contexts: ContextSet
) -> tuple[dict[str, Any], DerivedValue]:
    """Show a part (3.5.6 and 3.6.6).

    Args:
        value: The whole document without its proof.
        base: The base proof.
        selective: JSON pointers to what is shown besides what is mandatory.
        contexts: The contexts that may be named.

    Returns:
        The smaller document without a proof, and the proof's value.

    Raises:
        CredentialError: `proof_pointer` where one leads nowhere or nothing would be shown; `proof_malformed`
            where the base proof is not one of this document.
        DocumentError: Something in the document is not covered by such a signature.
    """
    if len(selective) > MOST_POINTERS:
        raise CredentialError("proof_pointer", f"at most {MOST_POINTERS} pointers are read")
    shown = [*base.pointers, *selective]
    groups = group(value, base.hmac_key, [base.pointers, shown], contexts)
    always, combined = groups.chosen
    others = [at for at in range(len(groups.lines)) if at not in always]
    if len(others) != len(base.signatures):
        raise CredentialError("proof_malformed", "the base proof is not one of this document")
    revealed = select(value, shown)
    if revealed is None or not combined:
        raise CredentialError("proof_pointer", "nothing would be shown: point to something")
    part = labelled(revealed.value, contexts=contexts)
    numbers = _numbers(part, revealed, labelled(value, contexts=contexts))
    by_canonical = {part.labels[node]: groups.labels[number] for node, number in enumerate(numbers)}
    derived = DerivedValue(
        signature=base.signature,
        one_time=base.one_time,
        signatures=tuple(
            signature for at, signature in zip(others, base.signatures, strict=True) if at in combined
        ),
        labels=tuple(by_canonical[f"c14n{number}"] for number in range(len(by_canonical))),
        mandatory=tuple(place for place, at in enumerate(sorted(combined)) if at in always),
    )
    return revealed.value, derived


def check_derived(
    value: dict[str, Any], options_hash: bytes, octets: bytes, key: PublicKey, contexts: ContextSet
) -> bool:
    """Whether every statement of a document was signed (3.6.7).

    Args:
        value: The document without its proof.
        options_hash: SHA-256 of the canonical proof options.
        octets: Of `proofValue`.
        key: The issuer's.
        contexts: The contexts that may be named.

    Raises:
        CredentialError: `base_proof`, `proof_malformed`.
        DocumentError: Something in the document is not covered by such a signature.
    """
    derived = read_derived(octets)
    part = labelled(value, contexts=contexts)
    if len(derived.labels) != len(part.labels):
        raise CredentialError("proof_malformed", "the proof does not name the blank nodes of this document")
    labels = [derived.labels[int(label.removeprefix("c14n"))] for label in part.labels]
    lines = part.written(labels)
    if derived.mandatory and derived.mandatory[-1] >= len(lines):
        raise CredentialError("proof_malformed", "the proof speaks of statements that are not there")
    always = frozenset(derived.mandatory)
    others = [line for at, line in enumerate(lines) if at not in always]
    if len(others) != len(derived.signatures):
        return False
    signed = _signed(options_hash, derived.one_time, (lines[at] for at in derived.mandatory))
    return key.verify(derived.signature, signed) and all(
        derived.one_time.verify(signature, line.encode())
        for signature, line in zip(derived.signatures, others, strict=True)
    )


def may_hide_status(value: dict[str, Any], octets: bytes, contexts: ContextSet) -> bool:
    """Whether whoever shows a part could have left out something of `credentialStatus`.

    Only what the issuer has made mandatory is always shown. So a status says nothing where any statement
    about it, or about what it names, is not: an entry beside it, its `statusSize`, may be there all the same.

    Args:
        value: The document without its proof, which has passed.
        octets: Of `proofValue`.
        contexts: The contexts that may be named.
    """
    derived = read_derived(octets)
    part = labelled(value, contexts=contexts)
    lines = part.written([derived.labels[int(label.removeprefix("c14n"))] for label in part.labels])
    always = frozenset(derived.mandatory)
    parts = [line.split(" ", 2) for line in lines]
    about = {rest.split(" ", 1)[0] for _, predicate, rest in parts if predicate == _STATUS}
    found = -1
    while found != len(about):
        found = len(about)
        about |= {rest.split(" ", 1)[0] for subject, _, rest in parts if subject in about}
    return any(
        at not in always and (predicate == _STATUS or subject in about)
        for at, (subject, predicate, _) in enumerate(parts)
    )


def group(
    value: dict[str, Any], hmac_key: bytes, pointers: Sequence[Sequence[str]], contexts: ContextSet
) -> Groups:
    """The statements under labels that follow from the HMAC key, and those that each list of pointers selects
    (3.4.16, canonicalize and group).

    Raises:
        CredentialError: `proof_pointer`.
        DocumentError: Something in the document would not be signed.
    """
    whole = labelled(value, contexts=contexts)
    labels = tuple(_label(hmac_key, label) for label in whole.labels)
    lines = whole.written(labels)
    places = {line: at for at, line in enumerate(lines)}
    chosen = []
    for pointed in pointers:
        selection = select(value, pointed)
        chosen.append(frozenset(_places(selection, whole, labels, places, contexts) if selection else ()))
    return Groups(tuple(lines), labels, tuple(chosen))


def _places(
    selection: Selection,
    whole: Labelled,
    labels: Sequence[str],
    places: dict[str, int],
    contexts: ContextSet,
) -> Iterable[int]:
    part = labelled(selection.value, contexts=contexts)
    lines = part.written([labels[number] for number in _numbers(part, selection, whole)])
    try:
        return [places[line] for line in lines]
    except KeyError:
        raise CredentialError(
            "proof_pointer", "a pointer cuts through what can be shown only whole"
        ) from None


def _numbers(part: Labelled, selection: Selection, whole: Labelled) -> list[int]:
    """For each blank node of a selection, its number in the whole document."""
    found: dict[int, int] = {}
    for identity, original in selection.originals.items():
        node = part.numbers.get(identity)
        if node is not None:
            found[node] = whole.numbers[id(original)]
    if len(found) != len(part.labels):
        raise CredentialError(
            "proof_pointer", "an ordered list, or a graph inside the document, cannot be shown in parts"
        )
    return [found[node] for node in range(len(found))]


def _label(hmac_key: bytes, canonical: str) -> str:
    """The name of a blank node that tells nothing about what is left out (3.4.3)."""
    return "u" + base64url_encode(hmac.digest(hmac_key, canonical.encode(), hashlib.sha256))


def _signed(options_hash: bytes, one_time: PublicKey, mandatory: Iterable[str]) -> bytes:
    """What the issuer signs (3.5.1): options, one-time key, what is always shown."""
    together = hashlib.sha256("".join(mandatory).encode()).digest()
    return options_hash + multikey_octets(one_time) + together
