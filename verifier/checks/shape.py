"""Is it a well-formed badge? Open Badges 3.0, 9.1, step 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contexts.document import Document
from contexts.schema import Schema, validate
from credential.conformance import check_model, remarks
from credential.errors import CredentialError
from verifier.evidence import Check, CheckOutcome, Finding

BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})


def check_shape(document: Document) -> Finding:
    """Hold a document against the data model, whether its own `credentialSchema` asks for it or not.

    No schema is ever fetched: what a badge names there is its issuer's word about itself.

    Raises:
        CredentialError: `bad_type` where it is another kind of credential; a code of the model's rules.
        DocumentError: `schema` or `bad_date`, with a pointer to the first fault.
    """
    types = document.value.get("type")
    named = types if isinstance(types, list) else [types]
    if not BADGE_TYPES & {name for name in named if isinstance(name, str)}:
        raise CredentialError(
            "bad_type", "this is not an Open Badge: its type names neither of a badge's types", "/type"
        )
    several = isinstance(document.value.get("credentialStatus"), list)
    validate(_without_status(document) if several else document, Schema.ACHIEVEMENT_CREDENTIAL)
    for fault in check_model(document):
        raise CredentialError(fault.code, fault.message, fault.pointer)
    notes = tuple(dict.fromkeys(remark.code for remark in remarks(document)))
    return Finding(
        Check.SHAPE,
        CheckOutcome.YES,
        "well_formed",
        notes=(*notes, *(["several_status_entries"] if several else [])),
    )


def _without_status(document: Document) -> Mapping[str, Any]:
    """Open Badges has one status entry, VC Data Model 2.0, 4.10, several; each is read where it is asked."""
    return {name: part for name, part in document.value.items() if name != "credentialStatus"}
