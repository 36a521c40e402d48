"""Is there a newer edition? Open Badges 3.0, 9.1, step 3; `1EdTechCredentialRefresh`.

Asked only where this verifier's policy says so, only of an issuer that is recognised, only once the badge
has passed every check or has run out, and once: a newer edition's own offer is not taken up. What comes is
checked in full like anything that is presented. It counts only if it is the same credential (issuer, id,
person and achievement) and begins later. Whatever else comes leaves the first verdict as it was, with a note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from contexts.document import compose
from credential.dates import validity_period
from verifier.evidence import (
    Asking,
    Code,
    Failure,
    IssuerLevel,
    Need,
    NeedKind,
    Outcome,
    Presented,
    PresentedKind,
    Refresh,
    RefreshCode,
    Verdict,
)
from verifier.intake import read
from verifier.policy import Policy

KIND: Final = "1EdTechCredentialRefresh"
MAY_BE_RENEWED: Final = frozenset({Code.VALID, Code.EXPIRED})
"""A badge that was withdrawn, or could not be checked, is not made good by another one."""

_HELD = frozenset({PresentedKind.DOCUMENT, PresentedKind.JWT})


def refreshed(
    first: Verdict, policy: Policy, again: Callable[[Presented], Asking[Verdict]]
) -> Asking[Verdict]:
    """The verdict about the newer edition, where there is one that counts; else the first.

    Args:
        first: The verdict about what was presented.
        policy: Whether newer editions are asked for.
        again: The whole check of one thing, without this question.
    """
    service = first.credential.value.get("refreshService") if first.credential else None
    if service is None:
        return first
    url = _address(service)
    if url is None:
        return _noting(first, RefreshCode.UNKNOWN_KIND, str(_kinds(service))[:200])
    known = first.issuer_level is IssuerLevel.TRUSTED
    if not policy.refresh or policy.at is not None or not known or first.code not in MAY_BE_RENEWED:
        return _noting(first, RefreshCode.NOT_ASKED)
    answer = yield Need(NeedKind.REFRESHED, url, subject=first.issuer_id or "")
    if isinstance(answer, Failure):
        return _noting(first, RefreshCode.FAILED, answer.code)
    presented = read(answer.data)
    if presented.kind not in _HELD:
        return _noting(first, RefreshCode.FAILED, presented.code or "not_a_badge")
    return _chosen(first, (yield from again(presented)))


def _chosen(first: Verdict, newer: Verdict) -> Verdict:
    """Which of the two verdicts counts."""
    first = replace(first, seen=(*first.seen, *newer.seen))
    if first.credential is None or newer.credential is None:
        return _noting(first, RefreshCode.FAILED, str(newer.code))
    old, new = first.credential.value, newer.credential.value
    if newer.issuer_id != first.issuer_id or _identity(old) != _identity(new):
        return _noting(first, RefreshCode.ANOTHER)
    began, begins = validity_period(old).begin.instant, validity_period(new).begin.instant
    if begins <= began:
        return _noting(first, RefreshCode.NOTHING_NEWER)
    # Not in effect yet, or not checked to the end: the newer one has not taken the older one's place.
    if newer.outcome is Outcome.UNKNOWN or newer.code is Code.NOT_YET_VALID:
        return _noting(first, RefreshCode.FAILED, str(newer.code))
    return replace(newer, seen=first.seen, refresh=Refresh(RefreshCode.NEWER, presented_from=began))


def _noting(verdict: Verdict, code: RefreshCode, detail: str = "") -> Verdict:
    return replace(verdict, refresh=Refresh(code, detail))


def _kinds(service: Any) -> list[Any]:
    named = service.get("type") if isinstance(service, Mapping) else None
    return named if isinstance(named, list) else [named]


def _address(service: Any) -> str | None:
    """Where a newer edition is asked for; None for every other kind, and for several offers at once."""
    if not isinstance(service, Mapping) or KIND not in _kinds(service):
        return None
    url = service.get("id")
    return url if isinstance(url, str) and url else None


def _identity(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """What must be the same for two credentials to be editions of one (Open Badges 3.0, equality).

    A person without an identifier of their own is told by everything that names them.
    """
    subject = value.get("credentialSubject")
    subject = subject if isinstance(subject, Mapping) else {}
    achievement = subject.get("achievement")
    achieved = achievement.get("id") if isinstance(achievement, Mapping) else None
    person = subject.get("id")
    if person is None:
        listed = subject.get("identifier")
        several = listed if isinstance(listed, list) else [listed]
        person = tuple(sorted(compose({"identifier": one}).raw for one in several))
    return value.get("id"), person, achieved
