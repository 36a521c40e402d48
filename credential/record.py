"""Comprehensive Learner Records: what CLR 2.0 demands and no schema can say, and what a record holds. Pure.

A record is a credential about one person, with other credentials in it. Those are not judged here: each is a
document of its own, checked like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.document import Document
from contexts.errors import pointer
from contexts.pinned import CLR_2_0_1
from contexts.schema import Fault
from credential.conformance import (
    DATES_2019,
    OPEN_BADGES,
    Endorsed,
    common_faults,
    date_faults,
    endorsement_faults,
    endorsements_in,
)
from credential.terms import CONTEXT_2023, listed
from credential.types import AssociationType

MOST_ASSOCIATIONS: Final = 256
"""Associations of one record; the document's own bounds end not far from there."""

_ORDER: Final = 3


@dataclass(frozen=True, slots=True)
class Association:
    """How one achievement belongs to another, by the record's word (CLR 2.0, Association).

    Args:
        kind: How.
        source: The identifier of the achievement of which it is said.
        target: The identifier of the other.
        source_name: What the record calls the first, or "".
        target_name: What it calls the other, or "".
    """

    kind: AssociationType
    source: str
    target: str
    source_name: str = ""
    target_name: str = ""


def check_record(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """Hold a record against the rules that tie its members together. Total: it raises nothing.

    Returns:
        What is wrong, in the order of reading, with codes of `credential.errors.CODES`; empty if nothing is.
    """
    record = document.value if isinstance(document, Document) else document
    return tuple(_record(record))


def members_of(record: Mapping[str, Any]) -> list[Any]:
    """The credentials in a record, as they stand there; empty for anything else (CLR 2.0, ClrSubject)."""
    subject = record.get("credentialSubject")
    return listed(subject.get("verifiableCredential")) if isinstance(subject, Mapping) else []


def endorsements_of(credential: Mapping[str, Any], member: str = "endorsement") -> list[Endorsed]:
    """The endorsements that a credential itself carries; those in the credentials of a record are theirs.

    Args:
        credential: Of any kind.
        member: `endorsement`, or `endorsementJwt` for those that are tokens.
    """
    inside = ("credentialSubject", "verifiableCredential")
    return [one for one in endorsements_in(credential, member=member) if one[0][:2] != inside]


def associations_of(record: Mapping[str, Any]) -> tuple[Association, ...]:
    """How the achievements of a record that `check_record` has passed belong together."""
    subject = record.get("credentialSubject")
    names = _achievements(record)
    return tuple(
        Association(
            AssociationType(one["associationType"]),
            one["sourceId"],
            one["targetId"],
            names.get(one["sourceId"], ""),
            names.get(one["targetId"], ""),
        )
        for one in listed(subject.get("association") if isinstance(subject, Mapping) else None)
    )


def _record(record: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _contexts(record)
    yield from date_faults(record)
    yield from _subject(record)
    yield from common_faults(record)
    yield from endorsement_faults(record, endorsements_of(record))


def _contexts(record: Mapping[str, Any]) -> Iterator[Fault]:
    contexts = record.get("@context")
    first = contexts[:_ORDER] if isinstance(contexts, list) else []
    in_order = (
        len(first) == _ORDER
        and first[:2] == [CONTEXT_2023, CLR_2_0_1]
        and isinstance(first[2], str)
        and OPEN_BADGES.fullmatch(first[2])
    )
    if not in_order:
        message = f"@context begins with {CONTEXT_2023}, then {CLR_2_0_1}, then the Open Badges 3.0 context"
        yield Fault("context_order", "/@context", message)
    for name in DATES_2019:
        if name in record:
            message = f"{name} belongs to the other version of the data model than @context says"
            yield Fault("mixed_data_model", f"/{name}", message)


def _subject(record: Mapping[str, Any]) -> Iterator[Fault]:
    subject = record.get("credentialSubject")
    if isinstance(subject, list):
        message = f"a record is about one person, and this lists {len(subject)}"
        yield Fault("multiple_subjects", "/credentialSubject", message)
        return
    if not isinstance(subject, Mapping) or not subject.keys() - {"id"}:
        yield Fault("subject_empty", "/credentialSubject", "the subject carries no claim")
        return
    if not subject.get("id") and not listed(subject.get("identifier")):
        message = "nobody can tell whose record this is: give the subject an id or an identifier"
        yield Fault("subject_unnamed", "/credentialSubject", message)
    associations = listed(subject.get("association"))
    if len(associations) > MOST_ASSOCIATIONS:
        message = f"more than {MOST_ASSOCIATIONS} associations"
        yield Fault("association", "/credentialSubject/association", message)
        return
    known = _achievements(record)
    for index, one in enumerate(associations):
        for name in ("sourceId", "targetId"):
            named = one.get(name) if isinstance(one, Mapping) else None
            if not isinstance(named, str) or named not in known:
                message = "an association joins two achievements of the record, and this is none of them"
                yield Fault("association", pointer("credentialSubject", "association", index, name), message)
        kind = one.get("associationType") if isinstance(one, Mapping) else None
        if kind not in tuple(AssociationType):
            here = pointer("credentialSubject", "association", index, "associationType")
            yield Fault("association", here, "nobody here knows how this joins two achievements")


def _achievements(record: Mapping[str, Any]) -> dict[str, str]:
    """The identifier of every achievement in a record, its own and those of its credentials, with its
    name.
    """
    subject = record.get("credentialSubject")
    own = listed(subject.get("achievement")) if isinstance(subject, Mapping) else []
    inside = [
        one["credentialSubject"].get("achievement")
        for one in members_of(record)
        if isinstance(one, Mapping) and isinstance(one.get("credentialSubject"), Mapping)
    ]
    found: dict[str, str] = {}
    for one in (*own, *inside):
        if isinstance(one, Mapping) and isinstance(one.get("id"), str):
            name = one.get("name")
            found.setdefault(one["id"], name if isinstance(name, str) else "")
    return found
