"""What a badge says of its three chief parts stands in those parts, and nowhere else.

The signed form is a set of statements about identifiers, without places. Where an identifier stands twice, as
a credential's does that carries an endorsement of itself, whoever holds the file could carry a member from
one place to the other, and the signature would still fit: `validUntil` or `credentialStatus`, said of the
credential inside the endorsement, is signed, and no reader looks for it there. So what is said elsewhere must
be said at home too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.errors import DocumentError, pointer

OF_A_CREDENTIAL: Final = frozenset(
    {
        "awardedDate",
        "confidenceMethod",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "description",
        "endorsement",
        "endorsementJwt",
        "evidence",
        "expirationDate",
        "holder",
        "image",
        "issuanceDate",
        "issuer",
        "name",
        "proof",
        "refreshService",
        "relatedResource",
        "renderMethod",
        "termsOfUse",
        "validFrom",
        "validUntil",
    }
)
"""Members of a credential: VC Data Model 2.0, 4, and 1.1, 4; Open Badges 3.0, AchievementCredential."""

OF_A_SUBJECT: Final = frozenset(
    {
        "achievement",
        "activityEndDate",
        "activityStartDate",
        "creditsEarned",
        "identifier",
        "licenseNumber",
        "narrative",
        "result",
        "role",
        "source",
        "term",
    }
)
"""Members of an AchievementSubject (Open Badges 3.0), but `image`: who awards themselves has one as an issuer
too, and no verdict or page rests on it."""

OF_AN_ACHIEVEMENT: Final = frozenset(
    {
        "achievementType",
        "alignment",
        "creator",
        "creditsAvailable",
        "criteria",
        "description",
        "endorsement",
        "endorsementJwt",
        "fieldOfStudy",
        "humanCode",
        "image",
        "inLanguage",
        "name",
        "otherIdentifier",
        "related",
        "resultDescription",
        "specialization",
        "tag",
        "version",
    }
)
"""Members of an Achievement (Open Badges 3.0)."""

GRAPHS_OF_THEIR_OWN: Final = frozenset({"proof"})
"""Members whose statements the signed form keeps apart (`@container: @graph`): nothing can be carried
there."""

MEMBERS: Final = "verifiableCredential"
"""The credentials of a learner record (CLR 2.0, ClrSubject). Their statements stand among the record's own,
and each speaks of the learner anew. Each is checked by itself, so what is carried in or out spoils its own
proof."""


def is_record(value: Mapping[str, Any]) -> bool:
    """Whether a document is a learner record: whoever reads it checks each credential in it by itself."""
    return "ClrCredential" in _kinds(value)


def _kinds(value: Mapping[str, Any]) -> list[Any]:
    kinds = value.get("type")
    return kinds if isinstance(kinds, list) else [kinds]


@dataclass(frozen=True, slots=True)
class _Home:
    """Where readers look for what is said of one identifier.

    Args:
        part: The object in that place.
        members: What they look for there.
    """

    part: Mapping[str, Any]
    members: frozenset[str]


def check_places(value: Mapping[str, Any]) -> None:
    """Refuse a member of the credential, its subject or its achievement that stands elsewhere only.

    A member may be repeated elsewhere, word for word. What an endorsement says of the thing that it endorses
    (`endorsementComment`) is no member of that thing's own place, and stands where it is.

    Raises:
        DocumentError: `misplaced_member`.
    """
    homes = _homes(value)
    closed = GRAPHS_OF_THEIR_OWN | ({MEMBERS} if is_record(value) else frozenset())
    open_values: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())] if homes else []
    while open_values:
        one, path = open_values.pop()
        if isinstance(one, list):
            open_values.extend((child, (*path, index)) for index, child in enumerate(one))
        elif isinstance(one, Mapping):
            open_values.extend((child, (*path, name)) for name, child in one.items() if name not in closed)
            for home in homes:
                if one is not home.part and one.get("id") == home.part["id"]:
                    _check_visitor(one, home, path)


def _homes(value: Mapping[str, Any]) -> list[_Home]:
    subject = value.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    endorses = "EndorsementCredential" in _kinds(value)
    named = (
        (value, OF_A_CREDENTIAL),
        (subject, OF_A_SUBJECT | {"endorsementComment"} if endorses else OF_A_SUBJECT),
        (achievement, OF_AN_ACHIEVEMENT),
    )
    return [
        _Home(part, members)
        for part, members in named
        if isinstance(part, Mapping) and isinstance(part.get("id"), str)
    ]


def _check_visitor(one: Mapping[str, Any], home: _Home, path: tuple[str | int, ...]) -> None:
    for name in one:
        if name in home.members and (name not in home.part or home.part[name] != one[name]):
            raise DocumentError(
                "misplaced_member",
                f"{one['id'][:80]!r} has a place of its own in the document, and this is not said there",
                pointer(*path, name),
            )
