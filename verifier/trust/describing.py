"""Whom a verifier goes by, and why, in words: what the page about it and the command say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credential.trust_list import ListedIssuer
from verifier.trust.model import Trust, TrustEntry, TrustList
from verifier.words import LOCALES, spell_day

MOST_NAMED = 12
"""Certifications that are named one by one; of more, the number is told."""


@dataclass(frozen=True, slots=True)
class IssuerTold:
    """One issuer of a list, in words.

    Args:
        name: The list's name for it, in the language.
        ids: Its identifiers.
        place: City and state, or "".
        website: An https address, or "".
        contact: An e-mail address or an https address, or "".
        logo: A PNG as a `data:` URI, or "".
        tag: What its links and codes begin with, or "".
        recognised: A sentence for each recognition; none where it is withdrawn.
        withdrawn: A sentence, or "".
        standing: "recognised", "not_now" or "withdrawn"; "other_list" where a list above decides about it.
        said: The same in words.
        note: Why a list above decides, or that its tag leads elsewhere, or "".
    """

    name: str
    ids: tuple[str, ...]
    place: str
    website: str
    contact: str
    logo: str
    tag: str
    recognised: tuple[str, ...]
    withdrawn: str
    standing: str
    said: str
    note: str


@dataclass(frozen=True, slots=True)
class ListTold:
    """One list, in words.

    Args:
        name: In the language.
        kind: "signed" or "local".
        why: Who answers for it, in a sentence.
        publisher: Who signed it, or "".
        publisher_id: Under which identifier, or "".
        version: Or None.
        since: From which day on, in words, or "".
        until: Until which day it may be rested on, in words, or "".
        fetched: When this copy was fetched, in words, or "".
        source: Where it comes from, for a list on the web; "" for a file, whose path is nobody else's
            business.
        usable: Whether anybody is known by it now.
        problem: Why not, in a sentence, or "".
        issuers: Whom it names.
    """

    name: str
    kind: str
    why: str
    publisher: str
    publisher_id: str
    version: int | None
    since: str
    until: str
    fetched: str
    source: str
    usable: bool
    problem: str
    issuers: tuple[IssuerTold, ...]


def describe_lists(
    trust: Trust, locale: str, now: datetime, kinds: Mapping[str, str] | None = None
) -> tuple[ListTold, ...]:
    """Say of every list whose it is, how old, and whom it recognises for what.

    Args:
        trust: The lists, in the order in which they are asked.
        locale: "en" or "es"; English for any other.
        now: The time, aware.
        kinds: "kind.TYPE" to the name of an achievement type in the language; a type without one is told as
            it is written.
    """
    words = LOCALES.get(locale, LOCALES["en"])
    lists = [one for one in trust.lists if one.name or one.entries or one.problem]
    return tuple(
        _list(one, lists[:number], locale, now, words, kinds or {}) for number, one in enumerate(lists)
    )


def _list(  # noqa: PLR0917 - what every sentence needs
    one: TrustList,
    above: list[TrustList],
    locale: str,
    now: datetime,
    words: Mapping[str, str],
    kinds: Mapping[str, str],
) -> ListTold:
    signed = one.credential
    on_web = "://" in one.source
    expired = one.expired(now)
    problem = ""
    if one.problem:
        problem = words["trust.missing"]
    elif expired and one.ends:
        problem = words["trust.expired"].format(date=spell_day(one.ends.date(), words))
    publisher = signed.publisher.name if signed else ""
    why = words["trust.signed"].format(publisher=publisher) if signed else words["trust.local"]
    return ListTold(
        name=one.named(locale),
        kind="signed" if signed or on_web else "local",
        why="" if one.problem else why,
        publisher=publisher,
        publisher_id=signed.publisher.id if signed else "",
        version=signed.version if signed else None,
        since=spell_day(one.issued, words) if one.issued else "",
        until=spell_day(one.ends.date(), words) if one.ends else "",
        fetched=spell_day(one.fetched.date(), words) if one.fetched else "",
        source=one.source if on_web else "",
        usable=not problem,
        problem=problem,
        issuers=tuple(
            _issuer(entries, above, locale, now, words, kinds, usable=not problem)
            for entries in _by_issuer(one.entries)
        ),
    )


def _by_issuer(entries: Iterable[TrustEntry]) -> list[list[TrustEntry]]:
    """The entries of each issuer together, in the list's order; an issuer with several identifiers is one."""
    found: dict[object, list[TrustEntry]] = {}
    for entry in entries:
        found.setdefault(entry.listed.ids if entry.listed else entry.id, []).append(entry)
    return list(found.values())


def _issuer(  # noqa: PLR0917 - what every sentence needs
    entries: list[TrustEntry],
    above: list[TrustList],
    locale: str,
    now: datetime,
    words: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    usable: bool,
) -> IssuerTold:
    first = entries[0]
    listed = first.listed or ListedIssuer((first.id,), {"en": first.name}, tag=first.tag)
    withdrawn = ""
    if listed.withdrawn:
        said = {"date": spell_day(listed.withdrawn.on, words), "reason": listed.withdrawn.reason}
        withdrawn = words["trust.withdrawn"].format(**said)
    own = [e for e in entries if e.id == first.id and not e.nothing]
    decided = next((other for other in above if any(other.of(issuer_id) for issuer_id in listed.ids)), None)
    tagged = next((other for other in above if listed.tag and other.tagged(listed.tag)), None)
    note = ""
    if decided:
        note = words["trust.decided_above"].format(list=decided.named(locale))
    elif tagged:
        note = words["trust.tag_above"].format(tag=listed.tag, list=tagged.named(locale))
    gone = listed.withdrawn is not None and listed.withdrawn.on <= now.date()
    if decided:
        standing = "other_list"
    elif gone:
        standing = "withdrawn"
    else:
        standing = "recognised" if usable and any(e.covers(now) for e in own) else "not_now"
    return IssuerTold(
        name=first.named(locale),
        ids=listed.ids,
        place=", ".join(filter(None, (listed.city, listed.state))),
        website=listed.website,
        contact=listed.contact,
        logo=listed.logo,
        tag=listed.tag,
        recognised=() if gone else tuple(recognition_told(e, words, kinds) for e in own),
        withdrawn=withdrawn,
        standing=standing,
        said=words[f"trust.standing.{standing}"],
        note=note,
    )


def recognition_told(entry: TrustEntry, words: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """What an issuer is recognised for, from when to when, and by whom, in one line."""
    said = [_types(entry.recognised_for, words, kinds)]
    if entry.certifications is not None:
        named = sorted(entry.certifications)
        told = ", ".join(named) if len(named) <= MOST_NAMED else words["trust.many"].format(count=len(named))
        said.append(words["trust.certifications"].format(named=told))
    if entry.determinations is not None:
        subjects = ", ".join(words[f"subject.{subject}"] for subject in sorted(entry.determinations))
        said.append(words["trust.determinations"].format(named=subjects))
    if period := _period(entry, words):
        said.append(period)
    if entry.by:
        said.append(words["trust.by"].format(by=entry.by))
    return "; ".join(said) + "."


def _types(types: frozenset[str] | None, words: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    if types is None:
        return words["trust.every_kind"]
    named = sorted(kinds.get(f"kind.{one}") or words.get(f"trust.kind.{one}") or one for one in types)
    return ", ".join(named)


def _period(entry: TrustEntry, words: Mapping[str, str]) -> str:
    first = spell_day(entry.starts.date(), words) if entry.starts else ""
    last = spell_day(_last(entry.ends), words) if entry.ends else ""
    if first and last:
        return words["trust.between"].format(first=first, last=last)
    if first:
        return words["trust.from"].format(first=first)
    return words["trust.to"].format(last=last) if last else ""


def _last(ends: datetime) -> date:
    return (ends - timedelta(days=1)).date()
