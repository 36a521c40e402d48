"""From a link or a code to the credential that it stands for.

A link names an issuer by a tag. Which address answers for that tag is written in the trust list or in the
verifier's settings, never in the link. The answer is understood and checked like any upload.
"""

from __future__ import annotations

import json

from contexts.errors import CODES as DOCUMENT_CODES
from credential.errors import CODES as CREDENTIAL_CODES
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
)
from verifier.intake import read
from verifier.policy import Policy

ENDS = frozenset({"not_found", "not_shared", "share_ended"})
"""What an issuer may say instead of a credential."""

CURRENT = "current"
"""The source of a link or a code under which the badge is wanted that took the place of a corrected one. Its
issuer alone knows which; what it answers is checked like anything else.
"""

_MISTYPED = frozenset({"code_malformed", "code_typo", "link_malformed"})
_HELD = frozenset({PresentedKind.DOCUMENT, PresentedKind.JWT})
_NOT_ONE = frozenset({PresentedKind.UNREADABLE, PresentedKind.PRESENTATION})


def obtain(presented: Presented, policy: Policy) -> Asking[Presented | Finding]:
    """Get the credential itself.

    Returns:
        What is presented, as a DOCUMENT or a JWT; or why there is nothing to check.
    """
    if presented.kind in _HELD:
        return presented
    if presented.kind in _NOT_ONE:
        return _unreadable(presented)
    if presented.kind is PresentedKind.LINK:
        need = Need(NeedKind.CREDENTIAL, presented.url)
    else:
        origin = policy.origin(presented.tag)
        if origin is None:
            return _nothing("tag_unknown", f"no list says who {presented.tag} is")
        member = "token" if presented.kind is PresentedKind.SHARE else "code"
        asked: dict[str, str | bool] = {member: presented.token}
        if presented.source == CURRENT:
            asked["current"] = True
        body = json.dumps(asked).encode()
        need = Need(NeedKind.RETRIEVAL, f"{origin}/retrieve", subject=presented.tag, body=body)
    answer = yield need
    if isinstance(answer, Failure):
        if answer.code == "not_found" and presented.kind is not PresentedKind.CODE:
            return _nothing("nothing_shared", answer.detail)
        return _nothing(answer.code if answer.code in ENDS else "retrieval_unreachable", answer.detail)
    found = read(answer.data)
    if found.kind in _HELD:
        return found
    if found.kind in _NOT_ONE:
        return _unreadable(found)
    return _nothing("not_a_badge", "the answer is a link itself, and links are followed once")


def _unreadable(presented: Presented) -> Finding:
    """Malformed is *no*; a blurred picture, a typing error or several at once is *could not check*."""
    if presented.kind is PresentedKind.PRESENTATION:
        return _nothing("presentation", "several badges that are held up together are no one badge")
    malformed = presented.code in (DOCUMENT_CODES.keys() | CREDENTIAL_CODES.keys()) - _MISTYPED
    outcome = CheckOutcome.NO if malformed else CheckOutcome.COULD_NOT_CHECK
    return Finding(Check.SHAPE, outcome, presented.code or "not_a_badge", presented.detail)


def _nothing(code: str, detail: str) -> Finding:
    return Finding(Check.SHAPE, CheckOutcome.COULD_NOT_CHECK, code, detail)
