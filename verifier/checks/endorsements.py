"""Who endorses what? Open Badges 3.0, EndorsementCredential; each endorsement is a credential of its own.

Asked only of a credential whose proof has passed. Each endorsement is checked by itself with all the
questions, and it counts only for what it is attached to (LD-24). One that was changed, or that somebody else
than the named endorser
signed, was put there by whoever signed the badge: nobody who did that is to be believed. Whatever else is
wrong with an endorsement is the endorser's affair and leaves the badge as it is (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.document import compose, may_name
from contexts.errors import DocumentError
from credential.conformance import Endorsed, Steps, targets_of
from credential.dates import day_written
from credential.proof.verified import Verified
from credential.record import endorsements_of
from credential.types import CredentialKind
from verifier.checks.evidence import UNKNOWN_ISSUER, Opening
from verifier.evidence import Asking, Check, CheckOutcome, Finding, Presented, PresentedKind, Seen, Verdict
from verifier.grounds import EndorsementItem, EvidenceOutcome

MOST_ENDORSEMENTS: Final = 8
"""How many endorsements of one credential are checked; where there are more, none is."""

MOST_TOLD: Final = 32
"""How many are told of."""

_FORGED: Final = frozenset(
    {
        "bad_signature",
        "issuer_key_mismatch",
        "key_not_bound_to_issuer",
        "controller_mismatch",
        "envelope_mismatch",
    }
)
"""Refusals that speak against whoever put the endorsement there. A key that its endorser has retired or
taken back since does not."""

_PLACES: Final = {
    "credentialSubject": "subject",
    "achievement": "achievement",
    "issuer": "issuer",
    "creator": "creator",
}
_LAPSED: Final = frozenset({"expired", "proof_expired"})


@dataclass(frozen=True, slots=True)
class Endorsements:
    """What the endorsements of a credential come to.

    Args:
        finding: That one was changed or forged; None where none stands in the way.
        items: Each of them.
        seen: Status lists that were accepted on the way.
    """

    finding: Finding | None = None
    items: tuple[EndorsementItem, ...] = ()
    seen: tuple[Seen, ...] = ()


def check_endorsements(verified: Verified, issuer_id: str, opening: Opening | None) -> Asking[Endorsements]:
    """Check every endorsement in a credential.

    Args:
        verified: The credential.
        issuer_id: Its issuer.
        opening: Checks one; None where the credential is itself inside another that is not opened further.
    """
    value = verified.document.value
    if opening is None or not may_name(verified.document, "endorsement"):
        return Endorsements()
    found = [one for member in ("endorsement", "endorsementJwt") for one in endorsements_of(value, member)]
    if not found:
        return Endorsements()
    if len(found) > MOST_ENDORSEMENTS:
        told = tuple(_unclear("too_many_endorsements", place) for place, _, _ in found[:MOST_TOLD])
        return Endorsements(None, told)
    items: list[EndorsementItem] = []
    seen: list[Seen] = []
    for endorsed in found:
        verdict = yield from _checked(endorsed, opening)
        if verdict is None:
            items.append(_unclear("not_an_endorsement", endorsed[0]))
            continue
        items.append(_item(verdict, endorsed, value, issuer_id))
        seen.extend(verdict.seen)
    altered = any(item.outcome is EvidenceOutcome.ALTERED for item in items)
    finding = Finding(Check.EVIDENCE, CheckOutcome.NO, "endorsement_altered") if altered else None
    return Endorsements(finding, tuple(items), tuple(seen))


def _checked(endorsed: Endorsed, opening: Opening) -> Asking[Verdict | None]:
    _, _, endorsement = endorsed
    if isinstance(endorsement, str):
        presented = Presented(PresentedKind.JWT, endorsement.encode("utf-8", "replace"), source="json")
    elif isinstance(endorsement, Mapping):
        try:
            presented = Presented(PresentedKind.DOCUMENT, compose(endorsement).raw, source="json")
        except DocumentError:
            return None
    else:
        return None
    return (yield from opening(presented))


def _item(
    verdict: Verdict, endorsed: Endorsed, credential: Mapping[str, Any], issuer_id: str
) -> EndorsementItem:
    """What one endorsement turned out to be."""
    place, holder, _ = endorsed
    outcome, code = _outcome(verdict)
    document = verdict.credential
    if document is None:
        return EndorsementItem(outcome, code, _of(place))
    if verdict.kind is not CredentialKind.ENDORSEMENT:
        return _unclear("not_an_endorsement", place)
    facts = dict(_facts(document.value, verdict))
    if facts.get("target") not in targets_of(credential, holder) and outcome is EvidenceOutcome.INTACT:
        outcome, code = EvidenceOutcome.NOT_CHECKABLE, "other_target"
    notes = []
    if verdict.finding(Check.ISSUER).code in UNKNOWN_ISSUER:
        notes.append("issuer_not_known")
    if verdict.issuer_id in (issuer_id, facts.get("target")):
        notes.append("own_issuer")
    return EndorsementItem(outcome, code, _of(place), facts, tuple(notes))


def _outcome(verdict: Verdict) -> tuple[EvidenceOutcome, str]:
    """What the answers to all the questions come to, gravest first."""
    by = {finding.check: finding for finding in verdict.findings}
    for check in (Check.MEANING, Check.PROOF, Check.ISSUER):
        against = by[check].outcome is CheckOutcome.NO
        if against and (check is Check.MEANING or by[check].code in _FORGED):
            return EvidenceOutcome.ALTERED, "altered"
    if by[Check.PROOF].code == "proof_missing":
        return EvidenceOutcome.NOT_CHECKABLE, "unsigned"
    if by[Check.STATUS].outcome is CheckOutcome.NO:
        return EvidenceOutcome.WITHDRAWN, "withdrawn"
    for check in (Check.SHAPE, Check.MEANING, Check.ISSUER, Check.PROOF, Check.STATUS, Check.EVIDENCE):
        passed = by[check].outcome in (CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE)
        if not passed and by[check].code not in UNKNOWN_ISSUER:
            return EvidenceOutcome.NOT_CHECKABLE, "not_checked"
    if by[Check.PERIOD].outcome is CheckOutcome.YES:
        return EvidenceOutcome.INTACT, "intact"
    if by[Check.PERIOD].code in _LAPSED:
        return EvidenceOutcome.INTACT, "lapsed"
    return EvidenceOutcome.NOT_CHECKABLE, "not_yet_valid"


def _facts(value: Mapping[str, Any], verdict: Verdict) -> Iterator[tuple[str, str]]:
    """What an endorsement whose proof has passed says, for showing."""
    subject, issuer = value.get("credentialSubject"), value.get("issuer")
    told = {
        "endorser": verdict.issuer_name or verdict.issuer_id,
        "calls_itself": issuer.get("name") if isinstance(issuer, Mapping) else None,
        "name": value.get("name"),
        "comment": subject.get("endorsementComment") if isinstance(subject, Mapping) else None,
        "target": subject.get("id") if isinstance(subject, Mapping) else None,
        "date": _day(value.get("validFrom") or value.get("issuanceDate")),
        "until": _day(value.get("validUntil") or value.get("expirationDate")),
    }
    for name, one in told.items():
        if isinstance(one, str) and one:
            yield name, one


def _day(text: Any) -> str:
    """The day of a dateTime that `check_shape` has passed; "" where there is none."""
    return day_written(text).isoformat() if isinstance(text, str) else ""


def _of(place: Steps) -> str:
    """What an endorsement is attached to, by the last member on the way to it."""
    way = [step for step in place if isinstance(step, str)][:-1]
    return _PLACES.get(way[-1], "other") if way else "credential"


def _unclear(code: str, place: Steps) -> EndorsementItem:
    return EndorsementItem(EvidenceOutcome.NOT_CHECKABLE, code, _of(place))
