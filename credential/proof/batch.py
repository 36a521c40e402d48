"""Sign one badge after another of one achievement: what they share is worked out once.

The result is byte for byte what `credential.proof.data_integrity.add_proof` makes of the filled document (a
test holds the two against each other); it only comes sooner. It is not checked here: whoever gives badges
out checks each with `check_proof`, which shares nothing with this way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contexts.canonical import canonical_quads
from contexts.document import Document, compose
from contexts.pinned import ISSUING, ContextSet
from contexts.shape import Shape
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof
from keys.multibase import base58btc_encode
from keys.public import KeyType
from keys.signer import Signer

_FIXED: Final = ("/issuer", "/@context", "/type", "/proof")
"""Members that decide who signs and what the words mean; they are the same for a whole batch."""


class Batch:
    """A signer of documents that differ from a template in some texts.

    Args:
        template: A good document without a proof.
        leaves: JSON Pointers of the texts that vary.
        signer: Signs as its issuer, with an Ed25519 or P-256 key.
        created: When, with a time zone; one time for the whole batch.
        cryptosuite: `eddsa-rdfc-2022` or `ecdsa-rdfc-2019`.
        contexts: The contexts that may be used.

    Raises:
        CredentialError: As `add_proof`; `unsupported_cryptosuite` for a P-384 key, `too_many_proofs` for a
            template with a proof, `issuer_key_mismatch` for a leaf that the batch must share.
        contexts.errors.DocumentError: Something in the template would not be signed.
        LookupError: A pointer leads to no text.
    """

    def __init__(
        self,
        template: Document,
        leaves: Sequence[str],
        signer: Signer,
        *,
        created: datetime,
        cryptosuite: str = "eddsa-rdfc-2022",
        contexts: ContextSet = ISSUING,
    ) -> None:
        if signer.public_key.key_type not in {KeyType.ED25519, KeyType.P256}:
            raise CredentialError("unsupported_cryptosuite", "a batch is signed with an Ed25519 or P-256 key")
        if "proof" in template.value:
            raise CredentialError("too_many_proofs", "the template carries a proof already", "/proof")
        for leaf in leaves:
            if leaf.startswith(_FIXED):
                raise CredentialError("issuer_key_mismatch", "this is the same for a whole batch", leaf)
        signed = add_proof(template, signer, cryptosuite=cryptosuite, created=created, contexts=contexts)
        options = {name: part for name, part in signed.value["proof"][0].items() if name != "proofValue"}
        secured = compose(options | {"@context": template.value["@context"]})
        self._options_hash = hashlib.sha256(canonical_quads(secured, contexts=contexts)).digest()
        written = json.dumps(options, ensure_ascii=False, separators=(",", ":"))
        self._before = f',"proof":[{written[:-1]},"proofValue":"z'.encode()
        self._shape = Shape(template, leaves, contexts)
        self._signer = signer

    def sign(self, values: Sequence[str]) -> bytes:
        """The signed document with these values in its leaves, in the order of the leaves.

        Raises:
            contexts.errors.DocumentError: A value cannot stand where it should.
        """
        filled = self._shape.fill(values)
        signature = self._signer.sign(self._options_hash + hashlib.sha256(filled.quads).digest())
        return filled.raw[:-1] + self._before + base58btc_encode(signature).encode() + b'"}]}'
