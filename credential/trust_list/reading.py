"""Read the payload of a list. What this version does not understand is refused: it could be a limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from credential.dates import parse_date_time
from credential.errors import CredentialError
from credential.readiness import Subject
from credential.trust_list.model import (
    CONTEXT,
    LANGUAGES,
    MOST_ISSUERS,
    MOST_NAMED,
    MOST_RECOGNITIONS,
    TYPES,
    ListedIssuer,
    Publisher,
    Recognition,
    TrustListCredential,
    Withdrawal,
)
from credential.trust_list.values import (
    fault,
    read_contact,
    read_digest,
    read_identifier,
    read_logo,
    read_origin,
    read_tag,
    read_text,
    read_thumbprint,
    read_website,
)

_WHOLE: Final = frozenset(
    {"@context", "id", "type", "names", "issuer", "validFrom", "validUntil", "credentialSubject"}
)
_SUBJECT: Final = frozenset({"id", "version", "previous", "issuers"})
_ISSUER: Final = frozenset(
    {
        "ids",
        "names",
        "city",
        "state",
        "website",
        "contact",
        "logo",
        "tag",
        "retrieval",
        "keys",
        "recognised",
        "withdrawn",
    }
)
_RECOGNITION: Final = frozenset({"types", "certifications", "determinations", "from", "until", "by"})
_LONGEST_CODE: Final = 300


def read_payload(value: Mapping[str, Any]) -> TrustListCredential:
    """Read an unsigned list.

    Args:
        value: As `write_payload` makes it.

    Raises:
        CredentialError: `trust_list_malformed`, with the member at fault.
    """
    _known(value, _WHOLE, "")
    if value.get("@context") != [CONTEXT[0], CONTEXT[1]]:
        raise fault("a list has the one @context of lists", "/@context")
    if value.get("type") != list(TYPES):
        raise fault(f"a list has the types {' and '.join(TYPES)}", "/type")
    subject = _object(value.get("credentialSubject"), "/credentialSubject")
    _known(subject, _SUBJECT, "/credentialSubject")
    list_id = read_identifier(subject.get("id"), "/credentialSubject/id")
    version = subject.get("version")
    if type(version) is not int or version < 1:
        raise fault("the version is a whole number from 1", "/credentialSubject/version")
    if value.get("id") != f"{list_id}#{version}":
        raise fault("the id is the list's, then # and the version", "/id")
    previous = read_digest(subject.get("previous"), "/credentialSubject/previous")
    if bool(previous) != (version > 1):
        raise fault(
            "every version but the first names the digest of the one before", "/credentialSubject/previous"
        )
    starts, ends = (_instant(value.get(name), f"/{name}") for name in ("validFrom", "validUntil"))
    if ends <= starts:
        raise fault("the list would end before it begins", "/validUntil")
    publisher = _object(value.get("issuer"), "/issuer")
    _known(publisher, frozenset({"id", "name"}), "/issuer")
    return TrustListCredential(
        id=list_id,
        names=_names(value.get("names"), "/names"),
        publisher=Publisher(
            read_identifier(publisher.get("id"), "/issuer/id"),
            read_text(publisher.get("name"), "/issuer/name"),
        ),
        version=version,
        starts=starts,
        ends=ends,
        previous=previous,
        issuers=_issuers(subject.get("issuers"), "/credentialSubject/issuers"),
    )


def read_issuer(value: Any, pointer: str = "") -> ListedIssuer:
    """Read one entry.

    Raises:
        CredentialError: `trust_list_malformed`.
    """
    entry = _object(value, pointer)
    _known(entry, _ISSUER, pointer)
    ids = _array(entry.get("ids"), f"{pointer}/ids", MOST_NAMED, least=1)
    tag = read_tag(entry.get("tag"), f"{pointer}/tag")
    retrieval = read_origin(entry.get("retrieval"), f"{pointer}/retrieval")
    if bool(tag) != bool(retrieval):
        raise fault("a tag and the address that answers for it come together", f"{pointer}/tag")
    recognised = _array(entry.get("recognised"), f"{pointer}/recognised", MOST_RECOGNITIONS)
    # An empty list would pin nothing, and so let every key sign: it is refused like any other.
    keys = _array(entry["keys"], f"{pointer}/keys", MOST_NAMED, least=1) if "keys" in entry else []
    read = ListedIssuer(
        ids=tuple(read_identifier(one, f"{pointer}/ids") for one in ids),
        names=_names(entry.get("names"), f"{pointer}/names"),
        recognised=tuple(_recognition(one, f"{pointer}/recognised/{n}") for n, one in enumerate(recognised)),
        city=read_text(entry.get("city", ""), f"{pointer}/city", empty=True),
        state=read_text(entry.get("state", ""), f"{pointer}/state", empty=True),
        website=read_website(entry.get("website"), f"{pointer}/website"),
        contact=read_contact(entry.get("contact"), f"{pointer}/contact"),
        logo=read_logo(entry.get("logo"), f"{pointer}/logo"),
        tag=tag,
        retrieval=retrieval,
        keys=frozenset(read_thumbprint(one, f"{pointer}/keys") for one in keys),
        withdrawn=_withdrawal(entry["withdrawn"], f"{pointer}/withdrawn") if "withdrawn" in entry else None,
    )
    if len(set(read.ids)) != len(read.ids):
        raise fault("an identifier stands twice in one entry", f"{pointer}/ids")
    return read


def _issuers(value: Any, pointer: str) -> tuple[ListedIssuer, ...]:
    """Every entry; an identifier and a tag each belong to one of them, so that none can take another's
    place.
    """
    listed = _array(value, pointer, MOST_ISSUERS)
    read = tuple(read_issuer(one, f"{pointer}/{n}") for n, one in enumerate(listed))
    ids: set[str] = set()
    tags: set[str] = set()
    for number, one in enumerate(read):
        if not ids.isdisjoint(one.ids):
            raise fault("two entries name the same issuer: make one of them", f"{pointer}/{number}/ids")
        if one.tag in tags:
            raise fault(f"two entries use the tag {one.tag}", f"{pointer}/{number}/tag")
        ids.update(one.ids)
        tags.update({one.tag} - {""})
    return read


def _recognition(value: Any, pointer: str) -> Recognition:
    entry = _object(value, pointer)
    _known(entry, _RECOGNITION, pointer)
    subjects = _set(entry, "determinations", pointer)
    if subjects is not None and not subjects <= set(Subject):
        raise fault(f"determinations are of {' and '.join(Subject)}", f"{pointer}/determinations")
    starts, last = (_day(entry.get(name), f"{pointer}/{name}") for name in ("from", "until"))
    if starts and last and last < starts:
        raise fault("the recognition would end before it begins", f"{pointer}/until")
    return Recognition(
        types=_set(entry, "types", pointer),
        certifications=_set(entry, "certifications", pointer),
        determinations=None if subjects is None else frozenset(Subject(one) for one in subjects),
        starts=starts,
        last=last,
        by=read_text(entry.get("by", ""), f"{pointer}/by", empty=True),
    )


def _withdrawal(value: Any, pointer: str) -> Withdrawal:
    entry = _object(value, pointer)
    _known(entry, frozenset({"on", "reason"}), pointer)
    on = _day(entry.get("on"), f"{pointer}/on")
    if on is None:
        raise fault("a withdrawal names its day", f"{pointer}/on")
    return Withdrawal(on, read_text(entry.get("reason"), f"{pointer}/reason"))


def _set(entry: Mapping[str, Any], name: str, pointer: str) -> frozenset[str] | None:
    """Named things; None where the member is absent, which means all. An empty list would mean nothing."""
    if name not in entry:
        return None
    listed = _array(entry[name], f"{pointer}/{name}", MOST_NAMED, least=1)
    return frozenset(read_text(one, f"{pointer}/{name}", most=_LONGEST_CODE) for one in listed)


def _names(value: Any, pointer: str) -> Mapping[str, str]:
    entry = _object(value, pointer)
    _known(entry, LANGUAGES, pointer)
    if "en" not in entry:
        raise fault("a name is given in English at least", pointer)
    return MappingProxyType({code: read_text(text, f"{pointer}/{code}") for code, text in entry.items()})


def _known(entry: Mapping[str, Any], members: Collection[str], pointer: str) -> None:
    if unknown := sorted(set(entry) - set(members)):
        raise fault(f"the member {unknown[0][:60]!r} is not known here", pointer)


def _object(value: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fault("a JSON object is expected", pointer)
    return value


def _array(value: Any, pointer: str, most: int, least: int = 0) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise fault(f"an array of {least} to {most} values is expected", pointer)
    return value


def _day(value: Any, pointer: str) -> date | None:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != value:
        raise fault("a day such as 2026-11-22 is expected", pointer)
    return day


def _instant(value: Any, pointer: str) -> datetime:
    try:
        return parse_date_time(value).instant
    except CredentialError:
        raise fault("a time such as 2026-11-22T09:00:00Z is expected", pointer) from None
