"""Who is recognised, for what, from when and until when: one list, and several in their order.

A name inside a badge is never a reason to trust it; these lists are the only one. Identifiers are compared
whole: `did:web:school.example:u:mallory` is not `did:web:school.example`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeAlias

from credential.readiness import READINESS_TYPE, Subject
from credential.trust_list import ListedIssuer, TrustListCredential
from verifier.trust.likeness import skeleton


class TrustListError(ValueError):
    """A trust list that cannot be used. The message says which entry and what to do.

    Args:
        message: What is wrong.
        code: Why, as a stable code.
    """

    def __init__(self, message: str, code: str = "trust_list_malformed") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One recognition of an issuer. An issuer may have several, for different things or times.

    Args:
        id: The issuer's whole identifier, for example "did:web:badges.example.edu".
        name: The name that people are shown.
        tag: What share links and printed codes call it, or "".
        retrieval: The origin that answers for its shared badges, such as "https://badges.example.edu", or "".
        recognised_for: The achievement types that it is recognised for; None means every type.
        starts: The first instant of recognition, or None.
        ends: The first instant after recognition, or None.
        certifications: The achievements that it is recognised for, by code or identifier; None means every
            one. A determination is not limited by it.
        determinations: The subjects in which its determinations are recognised; None means every one.
        by: Who decided the recognition, or "".
        listed: All that a signed list says of the issuer; None on a plain list.
        nothing: Whether the list names the issuer and recognises it for nothing.
    """

    id: str
    name: str
    tag: str = ""
    retrieval: str = ""
    recognised_for: frozenset[str] | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    certifications: frozenset[str] | None = None
    determinations: frozenset[Subject] | None = None
    by: str = ""
    listed: ListedIssuer | None = None
    nothing: bool = False

    def covers(self, at: datetime) -> bool:
        """Whether the recognition holds at this instant."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)

    def recognises(
        self,
        achievement_type: str | None,
        codes: frozenset[str] | None = None,
        subjects: frozenset[str] | None = None,
    ) -> bool:
        """Whether the recognition is for this; a badge that names no type needs one for all.

        Args:
            achievement_type: As the badge names it.
            codes: Every code and identifier that the badge gives its achievement.
            subjects: What a determination speaks of; something unknown in it is recognised by nobody who
                names subjects.
        """
        if self.nothing or (self.recognised_for is not None and achievement_type not in self.recognised_for):
            return False
        if achievement_type == READINESS_TYPE:
            return self.determinations is None or bool(subjects and subjects <= self.determinations)
        return self.certifications is None or not self.certifications.isdisjoint(codes or ())

    def named(self, locale: str) -> str:
        """The name in a language, where the list gives it, else the name that it gives."""
        return self.listed.named(locale) if self.listed else self.name


@dataclass(frozen=True)
class TrustList:
    """Who is recognised.

    Args:
        name: Whose list it is, shown beside each trusted name.
        issued: The day of the list.
        entries: One for each recognition; an issuer may have several, for different types or times.
        credential: The signed list that it was read from; None for a plain one, which the operator chose.
        digest: Of the signed list.
        fetched: When this copy was retrieved, aware; None for a file of the operator's.
        source: Where it comes from, as the operator wrote it; "" where nobody said.
        problem: Why the list cannot be used at all, as a code; "" where it can. A list with a problem is in
            its place all the same: nobody knows whom it would have named.
    """

    name: str
    issued: date | None
    entries: tuple[TrustEntry, ...] = ()
    credential: TrustListCredential | None = None
    digest: str = ""
    fetched: datetime | None = None
    source: str = ""
    problem: str = ""

    @cached_property
    def _by_id(self) -> Mapping[str, tuple[TrustEntry, ...]]:
        found: dict[str, list[TrustEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.id, []).append(entry)
        return {issuer_id: tuple(entries) for issuer_id, entries in found.items()}

    @cached_property
    def looks(self) -> Mapping[str, TrustEntry]:
        """What a hurried eye sees of every name, in every language, with the first entry that has it."""
        found: dict[str, TrustEntry] = {}
        for entry in self.entries:
            for name in entry.listed.names.values() if entry.listed else (entry.name,):
                found.setdefault(skeleton(name), entry)
        return found

    @property
    def lists(self) -> tuple[TrustList, ...]:
        """This list, as several are told."""
        return (self,)

    @property
    def ends(self) -> datetime | None:
        """The first instant at which nobody may rest on it; None where it does not say."""
        return self.credential.ends if self.credential else None

    def expired(self, now: datetime) -> bool:
        """Whether its end has passed."""
        return self.ends is not None and self.ends <= now

    def of(self, issuer_id: str) -> tuple[TrustEntry, ...]:
        """Every entry of exactly this issuer."""
        return self._by_id.get(issuer_id, ())

    def find(self, issuer_id: str, at: datetime) -> TrustEntry | None:
        """An entry of exactly this issuer that holds at this instant, or None."""
        return next((entry for entry in self.of(issuer_id) if entry.covers(at)), None)

    def tagged(self, tag: str) -> TrustEntry | None:
        """The entry that share links call by this tag, or None."""
        return next((e for e in self.entries if e.tag and e.tag == tag and e.retrieval), None)

    def named(self, locale: str) -> str:
        """The list's name in a language."""
        names = self.credential.names if self.credential else {}
        return names.get(locale, self.name)


@dataclass(frozen=True, slots=True)
class TrustLists:
    """Several lists, the first before the second.

    The first list that names an issuer decides about it, whatever the others say; a list that cannot be used
    stops the search, because it could have named it. The first list that uses a tag has it.

    Args:
        lists: In the operator's order.
    """

    lists: tuple[TrustList, ...] = field(default=())

    @property
    def name(self) -> str:
        """The names of all lists."""
        return ", ".join(one.name for one in self.lists)

    @property
    def entries(self) -> tuple[TrustEntry, ...]:
        """The entries of all lists, each issuer's of the first list that names it, each tag of the first that
        uses it.
        """
        return tuple(
            entry
            for number, one in enumerate(self.lists)
            for entry in one.entries
            if not any(before.of(entry.id) for before in self.lists[:number])
        )

    def of(self, issuer_id: str) -> tuple[TrustEntry, ...]:
        """Every entry of exactly this issuer on the first list that names it."""
        return next((found for one in self.lists if (found := one.of(issuer_id))), ())

    def find(self, issuer_id: str, at: datetime) -> TrustEntry | None:
        """An entry of exactly this issuer that holds at this instant, or None."""
        return next((entry for entry in self.of(issuer_id) if entry.covers(at)), None)

    def tagged(self, tag: str) -> TrustEntry | None:
        """The entry that share links call by this tag, on the first list that uses it, or None."""
        return next((found for one in self.lists if (found := one.tagged(tag))), None)


Trust: TypeAlias = TrustList | TrustLists
"""What a verifier goes by: one list or several."""

NOBODY = TrustList("", None)
"""A list that recognises nobody: every issuer is unknown."""
