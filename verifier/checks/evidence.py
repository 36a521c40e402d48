"""Does what is embedded stand by itself? Open Badges 3.0, Evidence; VC Data Model 2.0, 5.3 and 5.6.

Asked only of a badge whose proof has passed. An embedded credential is checked like any badge that somebody
presents, with all the questions; those that stand inside it in turn are not opened. Linked evidence is
compared with its digest where the policy lets it be fetched, and else nobody here can say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from contexts.document import parse
from contexts.errors import DocumentError
from credential.dates import day_written
from credential.digest import digest_of
from credential.embedded import CREDENTIAL, CREDENTIAL_JWT, MOST_TOGETHER, read_data_uri
from credential.errors import CredentialError
from credential.proof.verified import Verified
from credential.readiness import READINESS_TYPE
from credential.rule import RULE_MEDIA_TYPE
from verifier.checks.issuer import achievement_type
from verifier.checks.rule import EmbeddedBadge, EmbeddedBadges, check_rule
from verifier.evidence import (
    Asking,
    Check,
    CheckOutcome,
    Failure,
    Finding,
    Need,
    NeedKind,
    Presented,
    PresentedKind,
    Seen,
    Verdict,
)
from verifier.grounds import EvidenceItem, EvidenceKind, EvidenceOutcome, RuleFinding, RuleOutcome
from verifier.policy import Policy

MOST_CREDENTIALS: Final = 8
"""How many credentials that are embedded in one badge are opened; where there are more, none is."""

MOST_EMBEDDED: Final = 16
"""The same for everything that is embedded."""

MOST_TOLD: Final = 50
"""How many pieces of evidence of one badge are told of."""

_CREDENTIALS: Final = frozenset({CREDENTIAL, CREDENTIAL_JWT})
_BEGINNINGS: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
UNKNOWN_ISSUER: Final = frozenset(
    {
        "domain_only",
        "issuer_not_listed",
        "key_not_pinned",
        "not_recognised_for",
        "not_recognised_then",
        "recognition_ended",
        "recognition_withdrawn",
    }
)
"""Answers that say that nobody vouches for an issuer, and nothing against what it signed."""

_LAPSED: Final = frozenset({"expired", "proof_expired"})

Opening: TypeAlias = Callable[[Presented], Asking[Verdict]]
"""The whole check of an embedded credential; what stands inside it is not opened again."""


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """What the evidence says.

    Args:
        finding: Whether it stands in the badge's way.
        items: Each piece.
        rule: What came of the rule, where there is one.
        seen: Status lists that were accepted on the way.
    """

    finding: Finding
    items: tuple[EvidenceItem, ...] = ()
    rule: RuleFinding | None = None
    seen: tuple[Seen, ...] = ()


@dataclass
class _Opened:
    """What was found in one badge so far."""

    items: list[EvidenceItem]
    badges: dict[str, EmbeddedBadge]
    """Digest of the embedded bytes to what they were."""
    rules: list[bytes]
    seen: list[Seen]
    linked: set[str]
    """Digests of evidence that is named and not embedded."""
    unopened: bool = False
    """Whether something that should be a credential could not be opened."""


def check_evidence(
    verified: Verified, issuer_id: str, policy: Policy, opening: Opening | None
) -> Asking[EvidenceAnswer]:
    """Open the evidence of a badge and judge what rests on it.

    Args:
        verified: The badge.
        issuer_id: Its issuer.
        policy: Whether linked evidence is fetched.
        opening: Checks an embedded credential; None where this badge is itself embedded.
    """
    value = verified.document.value
    determination = achievement_type(verified.document) == READINESS_TYPE
    entries = _entries(value)
    embedded = [entry for entry in entries if _address(entry).startswith("data:")]
    if opening is None:
        return _unopened(embedded, determination=determination)
    found = _Opened([], {}, [], [], set())
    digests = _digests(value)
    too_many = _too_much(embedded)
    for entry in entries:
        if too_many and entry in embedded:
            found.items.append(_not_checkable(EvidenceKind.FILE, too_many, entry))
        elif entry in embedded:
            yield from _open(entry, opening, found)
        else:
            found.items.append((yield from _linked(entry, digests, policy)))
            found.linked.update(digests.get(_address(entry), set()))
    rule = None
    if determination or found.rules:
        unread = too_many or ("several_rules" if len(found.rules) > 1 else "")
        data = found.rules[0] if len(found.rules) == 1 else None
        held = EmbeddedBadges(found.badges, frozenset(found.linked), found.unopened)
        rule = check_rule(verified.document, issuer_id, data, held, unread=unread)
    items = tuple(found.items[:MOST_TOLD])
    return EvidenceAnswer(_conclude(found.items, rule, embedded), items, rule, tuple(found.seen))


def _entries(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each piece once, in an order of ours: neither their order nor how often they stand is signed."""
    listed = value.get("evidence")
    several = listed if isinstance(listed, list) else [listed]
    named = {
        _address(one): one for one in several if isinstance(one, Mapping) and isinstance(one.get("id"), str)
    }
    return [named[address] for address in sorted(named)]


def _address(entry: Mapping[str, Any]) -> str:
    return str(entry["id"])


def _digests(value: Mapping[str, Any]) -> dict[str, set[str]]:
    """Address to the digests that the badge gives for it (VC Data Model 2.0, 5.3)."""
    listed = value.get("relatedResource")
    given: dict[str, set[str]] = {}
    for one in listed if isinstance(listed, list) else [listed]:
        if isinstance(one, Mapping) and isinstance(one.get("digestSRI"), str):
            given.setdefault(str(one.get("id")), set()).add(one["digestSRI"])
    return given


def _too_much(embedded: list[Mapping[str, Any]]) -> str:
    if len(embedded) > MOST_EMBEDDED or sum(map(_is_credential, embedded)) > MOST_CREDENTIALS:
        return "too_many_embedded"
    size = sum(len(_address(entry).partition(",")[2]) for entry in embedded)
    return "embedded_too_much" if size > (MOST_TOGETHER + 2 * len(embedded)) * 4 // 3 else ""


def _unopened(embedded: list[Mapping[str, Any]], *, determination: bool) -> EvidenceAnswer:
    """A badge inside a badge: a determination rests on what it embeds, so nothing can be said of one."""
    nested = [entry for entry in embedded if _is_credential(entry)]
    items = tuple(_not_checkable(EvidenceKind.CREDENTIAL, "nested", entry) for entry in nested[:MOST_TOLD])
    if determination:
        return EvidenceAnswer(_finding(CheckOutcome.COULD_NOT_CHECK, "nested_evidence"), items)
    return EvidenceAnswer(_finding(CheckOutcome.NOT_APPLICABLE, "evidence_not_opened"), items)


def _is_credential(entry: Mapping[str, Any]) -> bool:
    return _address(entry).partition(",")[0].removeprefix("data:").partition(";")[0] in _CREDENTIALS


def _open(entry: Mapping[str, Any], opening: Opening, found: _Opened) -> Asking[None]:
    """Open one thing that is embedded, and note what it was."""
    kind = EvidenceKind.CREDENTIAL if _is_credential(entry) else EvidenceKind.FILE
    try:
        held = read_data_uri(_address(entry))
    except CredentialError as fault:
        found.items.append(_not_checkable(kind, fault.code, entry))
        found.unopened |= kind is EvidenceKind.CREDENTIAL
        return
    if held.media_type in _CREDENTIALS:
        form = PresentedKind.JWT if held.media_type == CREDENTIAL_JWT else PresentedKind.DOCUMENT
        verdict = yield from opening(Presented(form, held.data, source="json"))
        badge = _badge(verdict, _name(entry), digest_of(held.data))
        found.badges[digest_of(held.data)] = badge
        found.items.append(badge.item)
        found.items.extend(verdict.evidence)
        found.seen.extend(verdict.seen)
    elif held.media_type == RULE_MEDIA_TYPE and b'"cairn-rule/' in held.data:
        found.rules.append(held.data)
        facts = {"media_type": held.media_type, "digest": digest_of(held.data)}
        item = EvidenceItem(EvidenceOutcome.INTACT, EvidenceKind.RULE, "in_the_badge", _name(entry), facts)
        found.items.append(item)
    else:
        found.items.append(_file(entry, held.media_type, held.data))


def _file(entry: Mapping[str, Any], media_type: str, data: bytes) -> EvidenceItem:
    """A file is under the badge's own signature; it is not shown, and what it says is not read."""
    facts = {"media_type": media_type, "digest": digest_of(data)}
    code = _lies(media_type, data)
    if code:
        return _not_checkable(EvidenceKind.FILE, code, entry, facts)
    return EvidenceItem(EvidenceOutcome.INTACT, EvidenceKind.FILE, "in_the_badge", _name(entry), facts)


def _lies(media_type: str, data: bytes) -> str:
    """Whether the bytes are something else than the media type says, or of a type that is not known here."""
    if media_type in _BEGINNINGS:
        return "" if data.startswith(_BEGINNINGS[media_type]) else "media_type_lies"
    if media_type == RULE_MEDIA_TYPE:
        try:
            value = parse(data).value
        except DocumentError:
            return "media_type_lies"
        return "media_type_lies" if "@context" in value else ""
    return "media_type_unknown"


def _badge(verdict: Verdict, name: str, digest: str) -> EmbeddedBadge:
    """What an embedded credential turned out to be."""
    outcome, code, about = outcome_of(verdict)
    document = verdict.credential
    facts = dict(about.facts) if about and code in {"withdrawn", "replaced", "paused", "lapsed"} else {}
    told: dict[str, str] = {name: facts[name] for name in ("date", "reason") if name in facts}
    if document is not None:
        told |= dict(_told(document.value, verdict))
    notes = ("issuer_not_known",) if verdict.finding(Check.ISSUER).code in UNKNOWN_ISSUER else ()
    item = EvidenceItem(outcome, EvidenceKind.CREDENTIAL, code, name, told | {"digest": digest}, notes)
    return EmbeddedBadge(item, document, verdict.issuer_id or "", verdict.issuer_level, verdict.partial)


def outcome_of(verdict: Verdict) -> tuple[EvidenceOutcome, str, Finding | None]:
    """What the answers to all the questions come to, gravest first. A lapsed credential is intact."""
    by = {finding.check: finding for finding in verdict.findings}
    if by[Check.SHAPE].outcome is CheckOutcome.NO and by[Check.PROOF].outcome is not CheckOutcome.NO:
        return EvidenceOutcome.NOT_CHECKABLE, "not_a_badge", by[Check.SHAPE]
    for check in (Check.MEANING, Check.PROOF, Check.ISSUER):
        if by[check].outcome is CheckOutcome.NO:
            return EvidenceOutcome.ALTERED, "altered", by[check]
    status = by[Check.STATUS]
    if status.outcome is CheckOutcome.NO:
        code = {"replaced": "replaced", "suspended": "paused"}.get(status.code, "withdrawn")
        return EvidenceOutcome.WITHDRAWN, code, status
    for check in (Check.SHAPE, Check.MEANING, Check.PROOF, Check.ISSUER, Check.STATUS, Check.EVIDENCE):
        open_ = by[check].outcome is CheckOutcome.COULD_NOT_CHECK
        if open_ and by[check].code not in UNKNOWN_ISSUER:
            return EvidenceOutcome.NOT_CHECKABLE, "not_checked", by[check]
    period = by[Check.PERIOD]
    if period.outcome is CheckOutcome.YES:
        return EvidenceOutcome.INTACT, "intact", None
    if period.code in _LAPSED:
        return EvidenceOutcome.INTACT, "lapsed", period
    return EvidenceOutcome.NOT_CHECKABLE, "not_yet_valid", period


def _told(value: Mapping[str, Any], verdict: Verdict) -> Iterator[tuple[str, str]]:
    """What a credential whose proof has passed says, for showing."""
    subject = _object(value.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    said = {
        "id": value.get("id"),
        "title": achievement.get("name") or value.get("name"),
        "awarding_body": _object(achievement.get("creator")).get("name"),
        "issuer": verdict.issuer_name or verdict.issuer_id,
        "earned": _day(value.get("awardedDate")),
        "number": subject.get("licenseNumber"),
        "valid_until": _day(value.get("validUntil") or value.get("expirationDate")),
    }
    for name, one in said.items():
        if isinstance(one, str) and one:
            yield name, one


def _day(text: Any) -> str:
    """The day of a dateTime that `check_shape` has passed; "" where there is none."""
    return day_written(text).isoformat() if isinstance(text, str) else ""


def _linked(
    entry: Mapping[str, Any], digests: Mapping[str, set[str]], policy: Policy
) -> Asking[EvidenceItem]:
    """Evidence that stands elsewhere: comparable only where the badge gives a digest."""
    url = _address(entry)
    given = digests.get(url, set())
    item = _not_checkable(EvidenceKind.LINK, "no_digest", entry, {"url": url})
    if not any(one.startswith("sha256-") for one in given):
        return item
    if not policy.linked_evidence or not url.startswith("https://"):
        return replace(item, code="not_fetched")
    answer = yield Need(NeedKind.LINKED_EVIDENCE, url)
    if isinstance(answer, Failure):
        return replace(item, outcome=EvidenceOutcome.UNAVAILABLE, code="unavailable")
    same = digest_of(answer.data) in given
    outcome = EvidenceOutcome.INTACT if same else EvidenceOutcome.ALTERED
    return replace(item, outcome=outcome, code="digest_fits" if same else "digest_differs")


def _conclude(
    items: list[EvidenceItem], rule: RuleFinding | None, embedded: list[Mapping[str, Any]]
) -> Finding:
    """Whether the evidence stands in the badge's way (docs/decisions/0013)."""
    if any(item.outcome is EvidenceOutcome.ALTERED for item in items):
        return _finding(CheckOutcome.NO, "evidence_altered")
    credentials = [one for one in items if one.kind is EvidenceKind.CREDENTIAL and one.code != "nested"]
    unclear = any(item.outcome is EvidenceOutcome.NOT_CHECKABLE for item in credentials)
    if rule is None:
        if not embedded:
            return _finding(CheckOutcome.NOT_APPLICABLE, "no_evidence")
        if unclear or not credentials:
            # The badge does not rest on it, so it stands in nobody's way; the report tells it.
            return _finding(CheckOutcome.NOT_APPLICABLE, "evidence_not_checked")
        return _finding(CheckOutcome.YES, "evidence_intact")
    if rule.outcome is RuleOutcome.DOES_NOT_HOLD:
        return _finding(CheckOutcome.NO, "rule_does_not_hold", f"{rule.code}: {rule.detail}".rstrip(": "))
    if rule.outcome is RuleOutcome.NOT_CHECKABLE:
        detail = f"{rule.code}: {rule.detail}".rstrip(": ")
        return _finding(CheckOutcome.COULD_NOT_CHECK, "rule_not_checkable", detail)
    if unclear:
        return _finding(CheckOutcome.COULD_NOT_CHECK, "evidence_not_checkable")
    notes = tuple(dict.fromkeys(one.code for one in credentials if one.code != "intact"))
    return Finding(Check.EVIDENCE, CheckOutcome.YES, "rule_holds", notes=notes)


def _not_checkable(
    kind: EvidenceKind, code: str, entry: Mapping[str, Any], facts: Mapping[str, str] | None = None
) -> EvidenceItem:
    return EvidenceItem(EvidenceOutcome.NOT_CHECKABLE, kind, code, _name(entry), facts or {})


def _finding(outcome: CheckOutcome, code: str, detail: str = "") -> Finding:
    return Finding(Check.EVIDENCE, outcome, code, detail)


def _name(entry: Mapping[str, Any]) -> str:
    name = entry.get("name")
    return name if isinstance(name, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
