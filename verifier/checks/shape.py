"""Is it a well-formed badge, endorsement or learner record? Open Badges 3.0, 9.1, step 1; CLR 2.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from contexts.document import Document
from contexts.errors import DocumentError
from contexts.pinned import OTHER_MODELS, why_not_carried
from contexts.schema import Fault, Schema, validate
from credential.conformance import check_model, remarks
from credential.errors import CredentialError
from credential.proof.verified import Verified
from credential.record import check_record
from credential.terms import listed
from credential.types import CredentialKind, kind_of
from credential.usual import is_usual
from credential.vcdm import check_vcdm
from verifier.evidence import Check, CheckOutcome, Finding

_RULES: Final[Mapping[CredentialKind, tuple[Schema, Callable[[Document], tuple[Fault, ...]]]]] = (
    MappingProxyType(
        {
            CredentialKind.BADGE: (Schema.ACHIEVEMENT_CREDENTIAL, check_model),
            CredentialKind.ENDORSEMENT: (Schema.ENDORSEMENT_CREDENTIAL, check_model),
            CredentialKind.RECORD: (Schema.CLR_CREDENTIAL, check_record),
        }
    )
)
"""Each kind with its schema and with the rules that no schema can say."""


def check_shape(document: Document) -> Finding:
    """Hold a document against its data models, whether its own `credentialSchema` asks for it or not.

    No schema is ever fetched: what a badge names there is its issuer's word about itself.

    Raises:
        CredentialError: `bad_type` where it is no kind of credential that is known here, or several at once;
            a code of the models' rules.
        DocumentError: `schema` or `bad_date`, with a pointer to the first fault; `unsupported_context` for a
            data model that is known by name and not read here.
    """
    for url in listed(document.value.get("@context")):
        if isinstance(url, str) and url in OTHER_MODELS:
            code, message = why_not_carried(url)
            raise DocumentError(code, message, "/@context")
    kind = kind_of(document.value)
    if kind is CredentialKind.BADGE and is_usual(document):
        return Finding(Check.SHAPE, CheckOutcome.YES, "well_formed")
    schema, rules = _RULES[kind]
    several = isinstance(document.value.get("credentialStatus"), list)
    validate(_without_status(document) if several else document, schema)
    for fault in (*rules(document), *check_vcdm(document)):
        raise CredentialError(fault.code, fault.message, fault.pointer)
    notes = tuple(dict.fromkeys(remark.code for remark in remarks(document)))
    return Finding(
        Check.SHAPE,
        CheckOutcome.YES,
        "well_formed",
        notes=(*notes, *(["several_status_entries"] if several else [])),
    )


def check_as_signed(document: Document, verified: Verified) -> None:
    """Hold against its models what was signed, where that has fewer contexts than what is shown.

    A suite that signs what is written lets contexts be added behind those that it signed (Data Integrity
    EdDSA Cryptosuites 1.0, 3.3.2). Anybody may have added them: they must not be what makes it a badge.

    Raises:
        CredentialError: `context_order` where it is none without them.
    """
    if verified.document.value.get("@context") == document.value.get("@context"):
        return
    try:
        check_shape(verified.document)
    except (CredentialError, DocumentError) as fault:
        message = f"under the contexts that were signed it is no badge: {fault.message}"
        raise CredentialError("context_order", message, "/@context") from fault


def _without_status(document: Document) -> Mapping[str, Any]:
    """Open Badges has one status entry, VC Data Model 2.0, 4.10, several; each is read where it is asked."""
    return {name: part for name, part in document.value.items() if name != "credentialStatus"}
