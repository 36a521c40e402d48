"""What the Open Badges 3.0 data model demands and no schema can say.

`check_model` is total: it takes any JSON object, says what is wrong with it and raises nothing. Its faults
stand beside those of `contexts.schema`, which sees each member alone. Neither asks whether anything is true
or signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contexts.document import Document, may_name
from contexts.errors import pointer
from contexts.schema import Fault, Schema, schema_for_url
from credential.dates import parse_date_time, validity_period
from credential.errors import CredentialError
from credential.recipient import is_identity_hash
from credential.related import related_faults
from credential.results import misplaced_levels, result_faults
from credential.terms import CONTEXT_2019, CONTEXT_2023, OBJECT, listed

SCHEMA_VALIDATOR: Final = "1EdTechJsonSchemaValidator2019"
"""The one type of `credentialSchema` that Open Badges 3.0 defines."""

DEEPEST_ENDORSEMENT: Final = 2
"""An endorsement, and an endorsement of the endorser. What is nested deeper is there to tire a reader."""

_SCHEMAS: Final = {
    "EndorsementCredential": Schema.ENDORSEMENT_CREDENTIAL,
    "ClrCredential": Schema.CLR_CREDENTIAL,
}

OPEN_BADGES: Final = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.[0-9]\.[0-9])?\.json")
_DATES_2019: Final = ("issuanceDate", "expirationDate")
_DATES_2023: Final = ("validFrom", "validUntil")
TYPED: Final = ("renderMethod", "confidenceMethod", "evidence", "termsOfUse", "refreshService")

Steps = tuple[str | int, ...]
Endorsed = tuple[Steps, Mapping[str, Any], object]
"""The place of an embedded endorsement, what it is attached to, and itself."""


def check_model(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """Hold a credential, and the endorsements in it, against the rules that tie members together.

    Args:
        document: An achievement or endorsement credential of either data model; anything else is at fault.

    Returns:
        What is wrong, in the order of reading, with codes of `credential.errors.CODES`; empty if nothing is.
    """
    credential = _value(document)
    return tuple(_credential(credential, (), _endorsements(document), depth=0))


def remarks(document: Document | Mapping[str, Any]) -> tuple[Fault, ...]:
    """What a reader should know that makes a credential neither better nor worse.

    Codes: `assumed_utc` for a date without a time zone; `unknown_schema` for a `credentialSchema` that is not
    carried here, so it was not used (VC JSON Schema calls that indeterminate; nothing is fetched);
    `endorsement_target` for an endorsement of something that this does not describe; `result_level`
    for a level that belongs to another result description; `identity_hash` for a hash that nobody can match.
    The last three we never issue.
    """
    credential = _value(document)
    found: list[Fault] = []
    for at, text in dates_in(credential):
        if text.__class__ is str and text[-1:] == "Z":
            continue
        try:
            if parse_date_time(text).assumed_utc:
                found.append(Fault("assumed_utc", pointer(*at), "the date names no time zone: UTC was read"))
        except CredentialError:
            continue  # check_model says so
    for index, named in enumerate(listed(credential.get("credentialSchema"))):
        if isinstance(named, OBJECT) and not _known_schema(named):
            message = "this schema is not known here, and was not used: schemas are never fetched"
            found.append(Fault("unknown_schema", pointer("credentialSchema", index), message))
    found.extend(_foreign_endorsements(credential, _endorsements(document)))
    subject = credential.get("credentialSubject")
    if isinstance(subject, OBJECT):
        found.extend(_unmatchable(subject))
        if isinstance(subject.get("achievement"), OBJECT):
            found.extend(misplaced_levels(subject, subject["achievement"], ("credentialSubject",)))
    return tuple(found)


def dates_in(credential: Mapping[str, Any]) -> Iterator[tuple[Steps, object]]:
    """Every DateTime of a credential with its place: its own, its subject's and its proofs'."""
    for name in (*_DATES_2023, *_DATES_2019, "awardedDate"):
        if name in credential:
            yield (name,), credential[name]
    subject = credential.get("credentialSubject")
    if isinstance(subject, OBJECT):
        for name in ("activityStartDate", "activityEndDate"):
            if name in subject:
                yield ("credentialSubject", name), subject[name]
    for index, proof in enumerate(listed(credential["proof"]) if "proof" in credential else ()):
        for name in ("created", "expires"):
            if isinstance(proof, OBJECT) and name in proof:
                yield ("proof", index, name), proof[name]


def endorsements_in(part: object, at: Steps = (), *, member: str = "endorsement") -> list[Endorsed]:
    """Every embedded endorsement that is not inside another.

    Args:
        part: Where to look.
        at: Where that stands.
        member: `endorsement`, or `endorsementJwt` for those that are tokens.
    """
    found: list[Endorsed] = []
    _look_for_endorsements(part, at, found, member)
    return found


def _endorsements(document: Document | Mapping[str, Any]) -> list[Endorsed]:
    return endorsements_in(_value(document)) if may_name(document, "endorsement") else []


def _look_for_endorsements(part: object, at: Steps, found: list[Endorsed], member: str) -> None:
    if isinstance(part, list):
        for index, item in enumerate(part):
            if not isinstance(item, str):
                _look_for_endorsements(item, (*at, index), found, member)
    elif isinstance(part, OBJECT):
        for name, value in part.items():
            if name == member:
                for index, item in enumerate(listed(value)):
                    place = (*at, name, index) if isinstance(value, list) else (*at, name)
                    found.append((place, part, item))
            elif name not in _ENDORSING and not isinstance(value, str):
                _look_for_endorsements(value, (*at, name), found, member)


_ENDORSING: Final = frozenset({"endorsement", "endorsementJwt"})


def _credential(
    credential: Mapping[str, Any], at: Steps, endorsements: list[Endorsed], *, depth: int
) -> Iterator[Fault]:
    yield from _contexts(credential, at)
    yield from date_faults(credential, at)
    yield from _subject(credential, at)
    yield from common_faults(credential, at)
    for place, _, endorsement in endorsements:
        yield from _endorsement(endorsement, credential, (*at, *place), depth=depth + 1)


def endorsement_faults(credential: Mapping[str, Any], endorsements: list[Endorsed]) -> Iterator[Fault]:
    """Faults of the endorsements in a credential that is itself another kind than a badge."""
    for place, _, endorsement in endorsements:
        yield from _endorsement(endorsement, credential, place, depth=1)


def common_faults(credential: Mapping[str, Any], at: Steps = ()) -> Iterator[Fault]:
    """What holds for every kind of credential: its schemas, its related resources, what must say its type."""
    yield from _schemas(credential, at)
    for fault in related_faults(credential) if "relatedResource" in credential else ():
        yield Fault(fault.code, pointer(*at) + fault.pointer, fault.message)
    for name in TYPED:
        for index, item in enumerate(listed(credential[name])) if name in credential else ():
            if isinstance(item, OBJECT) and not item.get("type"):
                message = f"each {name} says of what type it is"
                yield Fault("bad_member", pointer(*at, name, index), message)


def _contexts(credential: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    # Processors that do not read JSON-LD check the order too (Open Badges 3.0, Serialization, JSON-LD).
    contexts = credential.get("@context")
    first, second = [*contexts[:2], None, None][:2] if isinstance(contexts, list) else (None, None)
    if (
        first not in (CONTEXT_2023, CONTEXT_2019)
        or not isinstance(second, str)
        or not OPEN_BADGES.fullmatch(second)
    ):
        message = f"@context must begin with {CONTEXT_2023} and then the Open Badges 3.0 context"
        yield Fault("context_order", pointer(*at, "@context"), message)
    foreign = _DATES_2023 if first == CONTEXT_2019 else _DATES_2019
    for name in foreign:
        if name in credential:
            message = f"{name} belongs to the other version of the data model than @context says"
            yield Fault("mixed_data_model", pointer(*at, name), message)


def date_faults(credential: Mapping[str, Any], at: Steps = ()) -> Iterator[Fault]:
    """Dates that name no moment, and a period that ends before it begins."""
    # Without a beginning there is no period to read; that it is missing, the schema says.
    unreadable = "validFrom" not in credential and "issuanceDate" not in credential
    for place, text in dates_in(credential):
        try:
            parse_date_time(text)
        except CredentialError as refusal:
            unreadable = True
            yield Fault(refusal.code, pointer(*at, *place), refusal.message)
    if not unreadable:
        try:
            validity_period(credential)
        except CredentialError as refusal:
            yield Fault(refusal.code, pointer(*at) + refusal.pointer, refusal.message)


def _subject(credential: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    subject = credential.get("credentialSubject")
    here = (*at, "credentialSubject")
    if isinstance(subject, list):
        message = f"a badge is about one subject, and this lists {len(subject)}"
        yield Fault("multiple_subjects", pointer(*here), message)
        return
    # VCDM 2.0, 4.8: at least one claim; who somebody is, is not yet a claim about them.
    if not isinstance(subject, OBJECT) or not subject.keys() - {"id"}:
        yield Fault("subject_empty", pointer(*here), "the subject carries no claim")
        return
    if "EndorsementCredential" in listed(credential.get("type")):
        if not subject.get("id"):
            message = "an endorsement names what it endorses: give credentialSubject its id"
            yield Fault("endorsement_malformed", pointer(*here), message)
        return
    if not subject.get("id") and not listed(subject.get("identifier")):
        message = "nobody can tell whose badge this is: give the subject an id or an identifier"
        yield Fault("subject_unnamed", pointer(*here), message)
    achievement = subject.get("achievement")
    if isinstance(achievement, OBJECT):
        criteria = achievement.get("criteria")
        if isinstance(criteria, OBJECT) and not criteria.get("id") and not criteria.get("narrative"):
            message = "say how it is earned: a page (id) or a narrative"
            yield Fault("criteria_empty", pointer(*here, "achievement", "criteria"), message)
        yield from result_faults(subject, achievement, here)


def _schemas(credential: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    types = listed(credential.get("type"))
    own = next((schema for name, schema in _SCHEMAS.items() if name in types), Schema.ACHIEVEMENT_CREDENTIAL)
    for index, named in enumerate(listed(credential.get("credentialSchema"))):
        known = _known_schema(named) if isinstance(named, OBJECT) else None
        if known not in (None, own):
            message = f"the schema is one of {known}, and this is another kind of credential"
            yield Fault("credential_schema", pointer(*at, "credentialSchema", index), message)


def _known_schema(named: Mapping[str, Any]) -> Schema | None:
    address = named.get("id")
    if named.get("type") != SCHEMA_VALIDATOR or not isinstance(address, str):
        return None
    return schema_for_url(address)


def _endorsement(endorsement: object, holder: Mapping[str, Any], at: Steps, *, depth: int) -> Iterator[Fault]:
    if not isinstance(endorsement, OBJECT):
        yield Fault("endorsement_malformed", pointer(*at), "an endorsement is a credential of its own")
        return
    if depth > DEEPEST_ENDORSEMENT:
        message = f"endorsements are nested deeper than {DEEPEST_ENDORSEMENT}"
        yield Fault("endorsement_malformed", pointer(*at), message)
        return
    if "EndorsementCredential" not in listed(endorsement.get("type")):
        message = "an endorsement has the type EndorsementCredential"
        yield Fault("endorsement_malformed", pointer(*at, "type"), message)
    elif listed(endorsement.get("@context"))[:1] != listed(holder.get("@context"))[:1]:
        message = "the endorsement stands on another version of the data model than what it is in"
        yield Fault("mixed_data_model", pointer(*at, "@context"), message)
    yield from _credential(endorsement, at, endorsements_in(endorsement), depth=depth)


def targets_of(credential: Mapping[str, Any], holder: Mapping[str, Any]) -> frozenset[str]:
    """What an endorsement that is attached to this part of a credential may speak of, by identifier.

    At the credential stand endorsements of anything in it (Open Badges 3.0, AchievementCredential); anywhere
    else of the very thing that they are attached to.

    Args:
        credential: The whole.
        holder: The part to which the endorsement is attached, an object of `credential`.
    """
    if holder is not credential:
        return frozenset(one for one in [holder.get("id")] if isinstance(one, str))
    subject = credential.get("credentialSubject")
    parts = [credential, subject]
    if isinstance(subject, OBJECT):
        for achievement in listed(subject.get("achievement")):
            parts += [achievement, achievement.get("creator") if isinstance(achievement, OBJECT) else None]
        parts.append(subject.get("source"))
    parts.append(credential.get("issuer"))
    return frozenset(
        part["id"] for part in parts if isinstance(part, OBJECT) and isinstance(part.get("id"), str)
    )


def _foreign_endorsements(credential: Mapping[str, Any], endorsements: list[Endorsed]) -> Iterator[Fault]:
    for place, holder, endorsement in endorsements:
        about = endorsement.get("credentialSubject") if isinstance(endorsement, OBJECT) else None
        target = about.get("id") if isinstance(about, OBJECT) else None
        if not isinstance(target, str) or target not in targets_of(credential, holder):
            message = "this endorsement speaks of something else than what it is attached to"
            yield Fault("endorsement_target", pointer(*place), message)


def _unmatchable(subject: Mapping[str, Any]) -> Iterator[Fault]:
    for index, identity in enumerate(listed(subject.get("identifier"))):
        hashed = isinstance(identity, OBJECT) and identity.get("hashed") is True
        if hashed and not is_identity_hash(str(identity.get("identityHash"))):
            message = "the hash is neither sha256$ nor md5$ with its digits, so it matches nobody"
            yield Fault("identity_hash", pointer("credentialSubject", "identifier", index), message)


def _value(document: Document | Mapping[str, Any]) -> Mapping[str, Any]:
    return document.value if isinstance(document, Document) else document
