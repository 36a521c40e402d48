"""A trust list in work: whom it will name. Pure; the next signed version is made of it.

The file is JSON, {"draft": 1, "id", "names", "publisher": {"id", "name"}, "issuers": [...]}, each entry as in
the signed list, so that a person can read and change it. Whatever is changed is read again as strictly as
verifiers do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.trust_list import (
    ListedIssuer,
    Publisher,
    Recognition,
    TrustListCredential,
    Withdrawal,
    digest,
    read_payload,
    write_payload,
)
from credential.trust_list.reading import read_issuer
from credential.trust_list.writing import write_issuer
from issuer.errors import IssuerError

VERSION: Final = 1
MOST_DAYS: Final = 400
"""Longest life of a version: a list that nobody renews should stop counting within a year or so."""

_LIMITS: Final = Limits(max_bytes=8 * 1024 * 1024, max_depth=8, max_nodes=500_000)
_MEMBERS: Final = frozenset({"draft", "id", "names", "publisher", "issuers"})
_PLAIN: Final = frozenset({"id", "name", "tag", "retrieval", "recognisedFor", "from", "until"})
_ANY: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class TrustDraft:
    """A list in work.

    Args:
        id: The list's identifier.
        names: Language to its name.
        publisher: Who will sign it.
        issuers: Whom it names.
    """

    id: str
    names: Mapping[str, str]
    publisher: Publisher
    issuers: tuple[ListedIssuer, ...] = ()

    def find(self, issuer_id: str) -> ListedIssuer:
        """The entry with exactly this identifier.

        Raises:
            IssuerError: `not_found`.
        """
        for one in self.issuers:
            if issuer_id in one.ids:
                return one
        raise IssuerError("not_found", f"the list does not name {issuer_id}")

    def names_any(self, ids: tuple[str, ...]) -> bool:
        """Whether one of these identifiers is on it."""
        return any(not set(ids).isdisjoint(one.ids) for one in self.issuers)

    def adding(self, entry: ListedIssuer) -> TrustDraft:
        """With one issuer more.

        Raises:
            IssuerError: `state_conflict` where it is named already.
        """
        if self.names_any(entry.ids):
            raise IssuerError(
                "state_conflict",
                "the list names this issuer already: write --also, or --replace to begin anew",
            )
        return _checked(replace(self, issuers=(*self.issuers, entry)))

    def replacing(self, entry: ListedIssuer) -> TrustDraft:
        """With this entry in the place of the one that has an identifier of it.

        Raises:
            IssuerError: `not_found`.
        """
        if not self.names_any(entry.ids):
            raise IssuerError("not_found", f"the list does not name {entry.ids[0]}")
        kept = tuple(entry if not set(entry.ids).isdisjoint(one.ids) else one for one in self.issuers)
        return _checked(replace(self, issuers=kept))

    def recognising(self, issuer_id: str, recognition: Recognition) -> TrustDraft:
        """With one recognition more for an issuer that is on it."""
        one = self.find(issuer_id)
        return self.replacing(replace(one, recognised=(*one.recognised, recognition)))

    def withdrawing(self, issuer_id: str, on: date, reason: str) -> TrustDraft:
        """With an issuer withdrawn. It stays named, so that everybody who knew it learns of it."""
        return self.replacing(replace(self.find(issuer_id), withdrawn=Withdrawal(on, reason)))

    def version(
        self, previous: tuple[TrustListCredential, str] | None, *, now: datetime, days: int
    ) -> TrustListCredential:
        """The next version, unsigned.

        Args:
            previous: The version before and its digest; None for the first.
            now: From when on it holds, aware.
            days: How long.

        Raises:
            IssuerError: `bad_request` where it does not follow on the one before or names fewer issuers: who
            is
                left out is withdrawn first, so that nobody vanishes without a word; `clock_went_back`.
        """
        if not 1 <= days <= MOST_DAYS:
            raise IssuerError("bad_request", f"a version holds for 1 to {MOST_DAYS} days")
        starts = now.replace(microsecond=0)
        made = TrustListCredential(
            self.id, self.names, self.publisher, 1, starts, starts + timedelta(days=days), "", self.issuers
        )
        if previous is None:
            return made
        before, told = previous
        if before.id != self.id:
            raise IssuerError("bad_request", f"the version before is of another list: {before.id}")
        if starts < before.starts:
            raise IssuerError("clock_went_back", "the version before begins later: set this machine's clock")
        for one in before.issuers:
            if not self.names_any(one.ids):
                raise IssuerError(
                    "bad_request",
                    f"{one.names['en']} is on the version before and not in this draft: withdraw it, "
                    "with a reason, instead",
                )
        return replace(made, version=before.version + 1, previous=told)


def read_draft(data: bytes) -> TrustDraft:
    """Read a draft.

    Raises:
        IssuerError: `bad_request`, with what is wrong.
    """
    try:
        value = parse(data, _LIMITS).value
        if value.get("draft") != VERSION or isinstance(value.get("draft"), bool) or set(value) != _MEMBERS:
            raise IssuerError(
                "bad_request", "this is no draft of a trust list: begin with `cairn trust make`"
            )
        return _read(value["id"], value["names"], value["publisher"], value["issuers"])
    except (DocumentError, CredentialError) as fault:
        raise IssuerError("bad_request", f"the draft cannot be used: {fault}") from fault


def write_draft(draft: TrustDraft) -> bytes:
    """A draft as a file that a person can read."""
    value = {
        "draft": VERSION,
        "id": draft.id,
        "names": dict(draft.names),
        "publisher": {"id": draft.publisher.id, "name": draft.publisher.name},
        "issuers": [write_issuer(one) for one in draft.issuers],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def draft_of(listed: TrustListCredential) -> TrustDraft:
    """A signed list as a draft of its next version."""
    return TrustDraft(listed.id, listed.names, listed.publisher, listed.issuers)


def read_entry(data: bytes) -> ListedIssuer:
    """Read an entry that a district has sent: of a signed list, or as `cairn trust --entry` writes it.

    Raises:
        IssuerError: `bad_request`.
    """
    try:
        value = parse(data, _LIMITS).value
        if "ids" in value:
            return read_issuer(value)
        if unknown := set(value) - _PLAIN:
            raise IssuerError("bad_request", f"the entry has members that are not known: {min(unknown)}")
        recognition = {
            new: value[old]
            for old, new in (("recognisedFor", "types"), ("from", "from"), ("until", "until"))
            if old in value
        }
        plain = {name: value[name] for name in ("tag", "retrieval") if value.get(name)}
        entry = {"ids": [value.get("id")], "names": {"en": value.get("name")}, "recognised": [recognition]}
        return read_issuer(entry | plain)
    except (DocumentError, CredentialError) as fault:
        raise IssuerError("bad_request", f"the entry cannot be used: {fault}") from fault


def with_texts(entry: ListedIssuer, texts: Mapping[str, str]) -> ListedIssuer:
    """An entry with further texts, if verifiers would read it.

    Args:
        entry: What is said of the issuer already.
        texts: Member of an entry, such as "city", to what it shall say; an empty one changes nothing.

    Raises:
        IssuerError: `bad_request`.
    """
    try:
        return read_issuer(write_issuer(entry) | {name: text for name, text in texts.items() if text})
    except CredentialError as fault:
        raise IssuerError("bad_request", f"the entry cannot be used: {fault}") from fault


def checked_draft(draft: TrustDraft) -> TrustDraft:
    """A draft, if verifiers would read what is made of it.

    Raises:
        IssuerError: `bad_request`.
    """
    return _checked(draft)


def _checked(draft: TrustDraft) -> TrustDraft:
    return read_draft(write_draft(draft))


def _read(list_id: Any, names: Any, publisher: Any, issuers: Any) -> TrustDraft:
    """Read the parts as a first version would be read."""
    shell = write_payload(
        TrustListCredential("urn:x", {"en": "x"}, Publisher("urn:x", "x"), 1, _ANY, _ANY + timedelta(days=1))
    )
    whole = shell | {"id": f"{list_id}#1", "names": names, "issuer": publisher}
    read = read_payload(whole | {"credentialSubject": {"id": list_id, "version": 1, "issuers": issuers}})
    return TrustDraft(read.id, read.names, read.publisher, read.issuers)


def previous_of(listed: TrustListCredential, token: bytes) -> tuple[TrustListCredential, str]:
    """A version with its digest, as the next one names it."""
    return listed, digest(token.strip())
