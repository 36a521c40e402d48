"""What a district does not put into a badge, although every standard would let it.

No Social Security number, race, lunch status, disability, language status, birth date, student number or
failed attempt, whatever member or text it hides in. Identifiers are addresses that anybody can resolve or
random. Numbers are text, because readers disagree on floats. Texts hold nothing that a reader cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from contexts.errors import pointer
from contexts.schema import Fault
from credential.readiness import READINESS_TYPE, subject_of
from issuer.embedded_rules import embedded_faults
from issuer.private_words import faults_in, holds_withheld
from issuer.text import fault_in, length

Path = tuple[str | int, ...]

CODES: Final = MappingProxyType(
    {
        "already_signed": "the draft carries a proof",
        "bad_characters": "a text holds what nobody can see, or what turns it around",
        "bad_identifier": "an identifier is no https address, urn:uuid or DID",
        "bad_identity": "the holder is named in a way that leaves the school's records",
        "bad_status_entry": "there is not exactly one status entry for revocation",
        "embedded_too_large": "what is embedded is larger than fits",
        "empty_value": "a member is empty",
        "forbidden_member": "a member that no badge has",
        "forbidden_value": "a text or word that no badge has",
        "kind_rule": "the type of achievement asks for something else",
        "null_value": "a member is null",
        "number_not_text": "a number stands where text must stand",
        "text_too_long": "a text is longer than a badge shows",
        "withheld_value": "a text that must stay in the school's records",
    }
)
"""Code to what it means."""

FORBIDDEN_MEMBERS: Final = frozenset(
    {
        "dateofbirth", "birthdate", "birthday", "dob", "ssn", "socialsecuritynumber", "race", "ethnicity",
        "hispanicorlatinoethnicity", "gender", "sex", "lunchstatus", "freereducedlunch", "frl", "disability",
        "disabilitystatus", "iep", "plan504", "section504", "languagestatus", "englishlearner", "ell",
        "studentid", "sisid", "sasid", "sourcedid", "homeless", "migrant", "attempts", "failedattempts",
        "attemptcount", "discipline",
    }
)  # fmt: skip
"""Member names, without case and punctuation, that no credential has at any depth."""

SUBJECT_MEMBERS: Final = frozenset(
    {
        "id", "type", "identifier", "achievement", "licenseNumber", "result", "source", "narrative", "role",
        "term", "activityStartDate", "activityEndDate",
    }
)  # fmt: skip
"""All that a badge says about its holder."""

SOURCE_MEMBERS: Final = frozenset({"id", "type", "name", "url"})
"""All that a badge says about the person who assessed."""

IDENTITY_TYPES: Final = frozenset({"name", "emailAddress"})
"""How a holder may be named: the name they go by, or a salted hash of an e-mail address."""

FORBIDDEN_IDENTIFIER_TYPES: Final = frozenset(
    {
        "nationalIdentityNumber", "sisSourcedId", "sourcedId", "lisSourcedId", "oneRosterSourcedId",
        "ltiUserId", "userName", "accountId",
    }
)  # fmt: skip

FORBIDDEN_RESULT_STATES: Final = frozenset({"Failed", "Withdrew", "OnHold"})
"""A badge says what somebody achieved, never what they did not."""

_LINES: Final = frozenset({"narrative", "description", "endorsementComment"})
LONGEST: Final = {
    "narrative": 8_000,
    "description": 4_000,
    "name": 300,
    "identityHash": 300,
    "licenseNumber": 100,
    "humanCode": 100,
    "value": 200,
    "caption": 1_000,
}
"""Characters of a text, by the member that it stands under."""
LONGEST_OTHERWISE: Final = 500
"""Characters of any other text."""
LONGEST_ADDRESS: Final = 2_000
"""Characters of an address."""
_SALT: Final = 22

_NAME_OF_MEMBER: Final = re.compile(r"[^a-z0-9]")
_URN: Final = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REST: Final = "[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]"
_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HTTPS: Final = re.compile(rf"https://{_LABEL}(\.{_LABEL})+(:[1-9][0-9]{{0,4}})?([/?#]{_REST}*)?")
_LOOPBACK: Final = re.compile(rf"http://(localhost|127\.0\.0\.1):[1-9][0-9]{{0,4}}([/?#]{_REST}*)?")
_DID: Final = re.compile(r"did:(web|key|jwk):[A-Za-z0-9._:%-]+(#[A-Za-z0-9._-]+)?")
_DATA: Final = re.compile(r"data:[a-z]+/[a-z0-9.+-]+(;[a-z]+=[A-Za-z0-9-]+)?(;base64)?,[!-~]*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
ADDRESS_MEMBERS: Final = frozenset(
    {"id", "url", "targetUrl", "resultDescription", "achievedLevel", "requiredLevel", "statusListCredential"}
)
"""Members whose texts are addresses."""


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What depends on who issues and on whose badge it is.

    Args:
        loopback: Whether addresses on this very machine are allowed over http, as the demo needs.
        withheld: Texts that must not appear: the student's number, the birth date, a legal name not used.
        numbered: Whether a licence has its number. A copy that hides the name goes without.
    """

    loopback: bool = False
    withheld: Collection[str] = ()
    numbered: bool = True


def is_public_address(text: str) -> bool:
    """Whether this is a full https address as badges write them, without a user's name."""
    return _HTTPS.fullmatch(text) is not None


def house_faults(credential: Mapping[str, Any], rules: HouseRules) -> Iterator[Fault]:
    """Everything in which a credential breaks the house rules, in the order of reading.

    The codes are those of `CODES`.
    """
    if "proof" in credential:
        yield Fault("already_signed", "/proof", "A draft has no proof. Leave proof out.")
    leaves: list[tuple[Path, str, Any]] = []
    _gather(credential, (), "", leaves)
    for path, name, value in leaves:
        yield from _member(path, name)
        # Its place is written out only where something is wrong: for most it would be half of the work.
        if any(True for _ in _value(path, "", name, value, rules)):
            yield from _value(path, pointer(*path), name, value, rules)
    yield from embedded_faults(
        (
            (pointer(*path), value)
            for path, _, value in leaves
            if isinstance(value, str) and value.startswith("data:")
        ),
        rules.withheld,
    )
    yield from _subject(credential)
    yield from _words(leaves)
    yield from whole_faults(credential, rules)


def whole_faults(credential: Mapping[str, Any], rules: HouseRules | None = None) -> Iterator[Fault]:
    """Those of `house_faults` that no member shows by itself: the status entry, and what a type asks for."""
    yield from _status(credential)
    yield from _kind(credential, rules or HouseRules())


def _gather(value: Any, path: Path, name: str, leaves: list[tuple[Path, str, Any]]) -> None:
    """Every member and every value below: its path, the member's name, itself."""
    if isinstance(value, list):
        for index, child in enumerate(value):
            leaves.append(((*path, index), name, child))
            _gather(child, (*path, index), name, leaves)
    elif isinstance(value, Mapping):
        for member, child in value.items():
            leaves.append(((*path, member), member, child))
            _gather(child, (*path, member), member, leaves)


@lru_cache(maxsize=1024)
def is_forbidden_member(name: str) -> bool:
    """Whether no credential has a member of this name, however it is spelled."""
    return _NAME_OF_MEMBER.sub("", name.casefold()) in FORBIDDEN_MEMBERS


def _member(path: Path, name: str) -> Iterator[Fault]:
    if not isinstance(path[-1], str):
        return
    if is_forbidden_member(name):
        yield Fault("forbidden_member", pointer(*path), f"A badge never says {name}. Leave this member out.")


def _value(path: Path, at: str, name: str, value: Any, rules: HouseRules) -> Iterator[Fault]:
    if value is None:
        yield Fault("null_value", at, f"{name} says nothing. Leave it out.")
    elif value in ("", [], {}):
        yield Fault("empty_value", at, f"{name} is empty. Fill it or leave it out.")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Fault("number_not_text", at, f"{name} is a number. Write it as text, in quotes.")
    elif isinstance(value, str):
        if name in ADDRESS_MEMBERS:
            yield from _address(at, name, value, rules)
        elif name not in ("@context", "type"):
            yield from _text(at, name, value)
        # A random number may happen to be somebody's; it says nothing about them.
        own = path[0] == "credentialStatus" or _URN.fullmatch(value)
        if not own and holds_withheld(value, rules.withheld, whole=name != "value"):
            message = f"{name} holds what must stay in the school's records. Take it out."
            yield Fault("withheld_value", at, message)


def _address(at: str, name: str, value: str, rules: HouseRules) -> Iterator[Fault]:
    if value.startswith("data:") and name == "id":
        allowed = bool(_DATA.fullmatch(value))
    else:
        forms = (_HTTPS, _URN, _DID, _LOOPBACK) if rules.loopback else (_HTTPS, _URN, _DID)
        allowed = len(value) <= LONGEST_ADDRESS and any(form.fullmatch(value) for form in forms)
    if not allowed:
        shown = value[:60].encode("ascii", "backslashreplace").decode()
        yield Fault("bad_identifier", at, f"{name} is {shown!r}. Use an https address, a urn:uuid or a DID.")


def _text(at: str, name: str, value: str) -> Iterator[Fault]:
    if fault := fault_in(value, lines=name in _LINES):
        yield Fault("bad_characters", at, f"{name} has {fault}. Type it again.")
    longest = LONGEST.get(name, LONGEST_OTHERWISE)
    if length(value) > longest:
        yield Fault("text_too_long", at, f"{name} has {length(value)} characters; at most {longest} fit.")
    for fault in faults_in(value):
        yield Fault("forbidden_value", at, f"{name} {fault}. Take it out.")


def _subject(credential: Mapping[str, Any]) -> Iterator[Fault]:
    subject = credential.get("credentialSubject")
    if not isinstance(subject, Mapping):
        return
    for name in sorted(subject.keys() - SUBJECT_MEMBERS):
        at = pointer("credentialSubject", name)
        yield Fault("forbidden_member", at, f"A badge says no {name} of its holder. Leave it out.")
    source = subject.get("source")
    for name in sorted(source.keys() - SOURCE_MEMBERS) if isinstance(source, Mapping) else ():
        at = pointer("credentialSubject", "source", name)
        yield Fault("forbidden_member", at, f"A badge names who assessed, and says no {name} of them.")
    for index, identity in enumerate(_listed(subject.get("identifier"))):
        yield from _identity(pointer("credentialSubject", "identifier", index), identity)


def _words(leaves: list[tuple[Path, str, Any]]) -> Iterator[Fault]:
    """Values of the vocabulary that a badge never uses."""
    for path, name, value in leaves:
        if name == "identifierType" and str(value) in FORBIDDEN_IDENTIFIER_TYPES:
            yield Fault("bad_identity", pointer(*path), f"{value} never leaves the school. Leave it out.")
        if name == "status" and str(value) in FORBIDDEN_RESULT_STATES:
            message = "A badge never says what somebody did not achieve. Leave it out."
            yield Fault("forbidden_value", pointer(*path), message)


def _identity(at: str, identity: Any) -> Iterator[Fault]:
    if not isinstance(identity, Mapping):
        return
    kind, hashed = identity.get("identityType"), identity.get("hashed")
    if str(kind) not in IDENTITY_TYPES:
        yield Fault(
            "bad_identity",
            at,
            f"A badge names its holder by name or by a hashed e-mail address, not by {kind}.",
        )
    elif kind == "name" and hashed is not False:
        yield Fault(
            "bad_identity", at, "A name stands as it is: a hash of something guessable protects nobody."
        )
    elif kind == "emailAddress" and (hashed is not True or len(str(identity.get("salt", ""))) < _SALT):
        yield Fault(
            "bad_identity", at, "An e-mail address is hashed with a random salt of at least 128 bits."
        )


def _status(credential: Mapping[str, Any]) -> Iterator[Fault]:
    entry = credential.get("credentialStatus")
    at = "/credentialStatus"
    if not (entry.__class__ is dict or isinstance(entry, Mapping)):  # the first is sooner answered
        yield Fault(
            "bad_status_entry", at, "A badge has exactly one status entry, so that it can be withdrawn."
        )
        return
    index, url = str(entry.get("statusListIndex")), entry.get("statusListCredential")
    if entry.get("type") != "BitstringStatusListEntry" or entry.get("statusPurpose") != "revocation":
        yield Fault("bad_status_entry", at, "The status entry is a BitstringStatusListEntry for revocation.")
    if not _INDEX.fullmatch(index) or entry.get("id") != f"{url}#{index}":
        yield Fault(
            "bad_status_entry", at, "The status entry's id is its list's address, then # and the index."
        )


def _kind(credential: Mapping[str, Any], rules: HouseRules) -> Iterator[Fault]:
    """What the type of achievement asks for (C.R.S. 23-5-145.6 tells certificate and certification apart)."""
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    if not isinstance(subject, Mapping) or not isinstance(achievement, Mapping):
        return
    kind, creator = achievement.get("achievementType"), achievement.get("creator")
    profile = creator if isinstance(creator, Mapping) else {}
    issuer = credential.get("issuer")
    if kind == "Certificate" and "validUntil" in credential:
        yield Fault("kind_rule", "/validUntil", "A college certificate has no end. Leave validUntil out.")
    if kind == "License" and rules.numbered and "licenseNumber" not in subject:
        yield Fault("kind_rule", "/credentialSubject", "A license needs its number. Fill the number.")
    if kind == "License" and "address" not in profile:
        at = "/credentialSubject/achievement/creator"
        yield Fault(
            "kind_rule", at, "A license says where it holds. Give the certifying body its jurisdiction."
        )
    if kind == READINESS_TYPE and "validUntil" in credential:
        yield Fault("kind_rule", "/validUntil", "A determination is a dated decision. Leave validUntil out.")
    if kind == READINESS_TYPE and not _is_determined(subject):
        message = "A determination says of each subject that it is completed, and names no other result."
        yield Fault("kind_rule", "/credentialSubject/result", message)
    if kind in ("Certification", "License"):
        same = isinstance(issuer, Mapping) and issuer.get("id") == profile.get("id")
        if not profile or same:
            at = "/credentialSubject/achievement/creator"
            yield Fault(
                "kind_rule",
                at,
                "The district records what somebody else certified. Name the certifying body.",
            )


def _is_determined(subject: Mapping[str, Any]) -> bool:
    results = _listed(subject.get("result"))
    return bool(results) and all(
        isinstance(one, Mapping)
        and one.get("status") == "Completed"
        and "value" not in one
        and subject_of(str(one.get("resultDescription")))
        for one in results
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
