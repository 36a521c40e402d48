"""What a signed trust list says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from credential.readiness import Subject

TYPES: Final = ("VerifiableCredential", "IssuerTrustList")
CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    {"@vocab": "https://www.w3.org/ns/credentials/undefined-term#"},
)
"""The one `@context` of a list. Its second part gives every word of ours a name in the vocabulary that the
Data Model keeps for words without a context, so a reader of JSON-LD drops none; nothing is fetched for it."""

LANGUAGES: Final = ("en", "es")

MOST_ISSUERS: Final = 5_000
"""Issuers on one list: the largest state has 1,200 districts."""
MOST_RECOGNITIONS: Final = 32
"""Recognitions of one issuer."""
MOST_NAMED: Final = 512
"""Types, certifications, identifiers or keys in one member."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who answers for a list.

    Args:
        id: The identifier under which it signs.
        name: Its name, as people know it.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What an issuer is recognised for, and when.

    Args:
        types: Achievement types (Open Badges 3.0, AchievementType); None means every type.
        certifications: Codes or identifiers of the achievements that are meant, as badges give them in
            `humanCode`, `id` and `otherIdentifier`; None means every one. It does not limit determinations.
        determinations: The subjects that a readiness determination may speak of; None means every one.
        starts: The first day, or None.
        last: The last day, or None.
        by: Who decided it, or "".
    """

    types: frozenset[str] | None = None
    certifications: frozenset[str] | None = None
    determinations: frozenset[Subject] | None = None
    starts: date | None = None
    last: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an issuer is not recognised any more, whatever else the list says of it.

    Args:
        on: Since which day.
        reason: Why, in one sentence.
    """

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ListedIssuer:
    """One issuer of a list.

    Args:
        ids: Its whole identifiers, at least one; compared whole.
        names: Language to the name that people are shown; "en" is always there.
        recognised: What for; without any nothing is recognised.
        city: Where it is, or "".
        state: Likewise, such as "CO".
        website: An https address for people, or "".
        contact: An e-mail or web address for questions, or "".
        logo: A small PNG as a `data:` URI, or "".
        tag: What share links and printed codes call it, or "".
        retrieval: The origin that answers for its shared badges, or "".
        keys: RFC 7638 thumbprints of the keys that alone may sign for it; empty where its own document says.
        withdrawn: Since when it is not recognised any more, and why.
    """

    ids: tuple[str, ...]
    names: Mapping[str, str]
    recognised: tuple[Recognition, ...] = ()
    city: str = ""
    state: str = ""
    website: str = ""
    contact: str = ""
    logo: str = ""
    tag: str = ""
    retrieval: str = ""
    keys: frozenset[str] = frozenset()
    withdrawn: Withdrawal | None = None

    def named(self, locale: str) -> str:
        """The name in a language, else the English one."""
        return self.names.get(locale) or self.names["en"]


@dataclass(frozen=True, slots=True)
class TrustListCredential:
    """A whole list.

    Args:
        id: The list's own identifier, the same in every version: an https address or a urn.
        names: Language to its name; "en" is always there.
        publisher: Who signs it.
        version: 1 for the first; every later one is higher.
        starts: From when on it holds, aware.
        ends: The first instant at which nobody may rest on it any more, aware.
        previous: `digest` of the version before; "" for the first.
        issuers: Whom it names.
    """

    id: str
    names: Mapping[str, str]
    publisher: Publisher
    version: int
    starts: datetime
    ends: datetime
    previous: str = ""
    issuers: tuple[ListedIssuer, ...] = field(default=())
