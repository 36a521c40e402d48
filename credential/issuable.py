"""What holds for credentials that we make, beyond what a reader must accept.

Readers are lenient where the field is; an issuer writes the one form that the strict schema, the schema for
compacted values and a plain-JSON reader all take alike (Open Badges 3.0, Serialization).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contexts.document import Document
from contexts.errors import pointer
from contexts.schema import Fault, schema_for_url
from credential.conformance import SCHEMA_VALIDATOR, check_model, dates_in, remarks
from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.terms import CONTEXT_2019, listed

EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
"""The context that defines the `1EdTech...` types; neither VCDM 2.0 nor Open Badges 3.0.3 does."""

_EXTENSION_TYPES: Final = frozenset({SCHEMA_VALIDATOR, "1EdTechRevocationList", "1EdTechCredentialRefresh"})
ARRAYS: Final = frozenset(
    {
        "alignment",
        "allowedValue",
        "credentialSchema",
        "endorsement",
        "endorsementJwt",
        "evidence",
        "otherIdentifier",
        "proof",
        "related",
        "result",
        "resultDescription",
        "rubricCriterionLevel",
        "tag",
        "termsOfUse",
    }
)
_NEVER_ISSUED: Final = frozenset({"endorsement_target", "identity_hash", "result_level"})
ONE_NAME: Final = frozenset({"GeoCoordinates", "IdentifierEntry", "IdentityObject", "Image"})
# Members whose objects have a single type in the data model, or a shape that is not its own.
NOT_CLASSES: Final = frozenset(
    {"proof", "credentialSchema", "credentialStatus", "refreshService", "termsOfUse", "relatedResource"}
)


def check_issuable(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """Hold a credential that is about to be signed against the data model and our own rules.

    Args:
        document: The credential, still without proof.

    Returns:
        The faults of `check_model`, then ours: `legacy_data_model`, `bad_date` (a date without a time zone),
        `extension_context`, `credential_schema`, `status_entry`, `not_array`, `endorsement_target`,
        `identity_hash`, `result_level`.
    """
    credential = document.value if isinstance(document, Document) else document
    own = (_data_model, _time_zones, _extension_context, _named_schema, status_entry_faults, _arrays)
    found = [fault for rule in own for fault in rule(credential)]
    found += [remark for remark in remarks(document) if remark.code in _NEVER_ISSUED]
    return (*check_model(document), *found)


def _data_model(credential: Mapping[str, Any]) -> Iterator[Fault]:
    if listed(credential.get("@context"))[:1] == [CONTEXT_2019]:
        message = "new credentials stand on Data Model 2.0: the older one is only checked"
        yield Fault("legacy_data_model", pointer("@context", 0), message)


def _time_zones(credential: Mapping[str, Any]) -> Iterator[Fault]:
    for place, text in dates_in(credential):
        try:
            assumed = parse_date_time(text).assumed_utc
        except CredentialError:
            continue  # check_model says so
        if assumed:
            message = f"{text} has no time zone: end it in Z (DateTimeZ)"
            yield Fault("bad_date", pointer(*place), message)


def _extension_context(credential: Mapping[str, Any]) -> Iterator[Fault]:
    if EXTENSIONS in listed(credential.get("@context")):
        return
    for name in ("credentialSchema", "credentialStatus", "refreshService"):
        for item in listed(credential.get(name)):
            types = listed(item.get("type")) if isinstance(item, Mapping) else []
            if any(isinstance(named, str) and named in _EXTENSION_TYPES for named in types):
                message = f"add {EXTENSIONS} to @context: nothing else defines {types[0]}"
                yield Fault("extension_context", pointer(name), message)


def _named_schema(credential: Mapping[str, Any]) -> Iterator[Fault]:
    schemas = [item for item in listed(credential.get("credentialSchema")) if isinstance(item, Mapping)]
    ours = [s for s in schemas if s.get("type") == SCHEMA_VALIDATOR and schema_for_url(str(s.get("id")))]
    if schemas and not ours:
        message = "one credentialSchema is that of Open Badges 3.0 itself (CredentialSchema)"
        yield Fault("credential_schema", pointer("credentialSchema"), message)


def status_entry_faults(credential: Mapping[str, Any]) -> Iterator[Fault]:
    """A status entry that has no id of its own."""
    entry = credential.get("credentialStatus")
    if not isinstance(entry, Mapping):
        return
    own = entry.get("id")
    # The strict schema asks for an id; Bitstring Status List 1.0, 2.1 forbids that it be the list's.
    if not own or own == entry.get("statusListCredential"):
        message = "give the status entry an id of its own: the list's address, # and the index"
        yield Fault("status_entry", pointer("credentialStatus", "id"), message)


def _arrays(part: object, at: tuple[str | int, ...] = (), *, a_class: bool = True) -> Iterator[Fault]:
    if isinstance(part, list):
        for index, item in enumerate(part):
            if not isinstance(item, str):
                yield from _arrays(item, (*at, index), a_class=a_class)
    if not isinstance(part, Mapping):
        return
    for name, value in part.items():
        # In a Result, resultDescription is the one id of its description, not the list of descriptions.
        listed_member = (name in ARRAYS and not (name == "resultDescription" and isinstance(value, str))) or (
            name == "identifier" and isinstance(value, Mapping)
        )
        listed_type = name == "type" and a_class and str(value) not in ONE_NAME
        if (listed_member or listed_type) and not isinstance(value, list):
            message = f"{name} is written as a list, also with one value in it"
            yield Fault("not_array", pointer(*at, name), message)
        if not isinstance(value, str):
            yield from _arrays(value, (*at, name), a_class=a_class and name not in NOT_CLASSES)
