"""The one form of a document that is signed: strict expansion, then RDFC-1.0."""

from __future__ import annotations

import re
from typing import Any, Final

from contexts.alike import alikes
from contexts.document import Document
from contexts.errors import DocumentError, pointer
from contexts.form import walked_form
from contexts.pinned import CHECKING, ContextSet
from contexts.rdfc import DigestName
from contexts.words import undefined

_EMPTY_ARRAY: Final = re.compile(rb"\[[ \t\n\r]*\]")


def canonical_quads(
    document: Document, *, contexts: ContextSet = CHECKING, digest: DigestName = "sha256"
) -> bytes:
    """The canonical N-Quads of a document (VC DI EdDSA 1.0, section 3.2.3; VC DI ECDSA 1.0, section 3.2.3).

    Args:
        document: The document to sign or check, without its proof; or proof options with the document's
            `@context`.
        contexts: The contexts that may be named in it.
        digest: The hash of RDFC-1.0: `sha384` goes with a P-384 key.

    Returns:
        UTF-8 lines, sorted, each ending in a newline.

    Raises:
        DocumentError: `undefined_term`, `undefined_type`, `bad_iri`, `null_value`, `keyword_not_allowed`,
            `inline_context`, `nested_context`, `context_missing`, `context_not_allowed`, `nested_array`,
            `wrong_value`, `duplicate_statement`, `conflicting_id`, `misplaced_member`,
            `unsupported_meaning`, `canonicalization_budget`.
    """
    which = (contexts, digest)
    form: bytes | None = document.forms.get(which)
    return walked_quads(document, contexts=contexts, digest=digest) if form is None else form


def walked_quads(
    document: Document, *, contexts: ContextSet = CHECKING, digest: DigestName = "sha256"
) -> bytes:
    """As `canonical_quads`, by a walk of this very document, whatever is known of it.

    Whoever asks for the canonical N-Quads afterwards gets these.
    """
    form = document.forms[contexts, digest] = walked_form(document.value, contexts, digest)
    return form


def filled_quads(document: Document, *, contexts: ContextSet) -> bytes:
    """As `canonical_quads`, with SHA-256: filled in where the document is like others before it, else walked.

    For what is about to be signed, and only there. What is checked is always walked, by the issuer too before
    it gives anything out: so two ways of finding out what is signed must agree on each badge, and one that
    was wrong would sign nothing.
    """
    which = (contexts, "sha256")
    if which not in document.forms:
        known = alikes(contexts)
        form = known.form(document)
        if form is None:
            known.learn(document, walked_quads(document, contexts=contexts))
        else:
            document.forms[which] = form
    return canonical_quads(document, contexts=contexts)


def undefined_terms(document: Document, *, contexts: ContextSet = CHECKING) -> tuple[str, ...]:
    """Where a document uses words that its contexts do not define.

    Under a Data Integrity proof that canonicalises such a document is refused. Under a JWT or JCS every byte
    is signed, so it is worth a note only.

    Returns:
        JSON Pointers of members and of entries of `type`, in document order.

    Raises:
        DocumentError: `context_missing`, `context_not_allowed`, `inline_context`, `nested_context`,
            `null_value`, `nested_array`, `keyword_not_allowed`, `unsupported_meaning`: then nothing can be
            said about it.
    """
    return tuple(undefined(document.value, contexts))


def check_no_empty_arrays(document: Document) -> None:
    """Refuse what we do not issue: an empty array says nothing, and no signature would cover it.

    Raises:
        DocumentError: `empty_array`.
    """
    if not _EMPTY_ARRAY.search(
        document.raw
    ):  # a text may hold the two brackets too, so a find proves nothing
        return
    open_values: list[tuple[Any, tuple[str | int, ...]]] = [(document.value, ())]
    while open_values:
        value, path = open_values.pop()
        if isinstance(value, dict):
            open_values.extend((child, (*path, name)) for name, child in value.items())
        elif isinstance(value, list):
            if not value:
                raise DocumentError(
                    "empty_array", "leave the member out instead of an empty array", pointer(*path)
                )
            open_values.extend((child, (*path, index)) for index, child in enumerate(value))
