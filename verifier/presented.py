"""What follows from a presentation, and from several badges that were sent together: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from verifier.evidence import CheckOutcome, Outcome, Seen, Verdict


class PresentationCheck(StrEnum):
    """The questions that are asked of a presentation, in their order. Closed."""

    SHAPE = "shape"
    PROOF = "proof"
    """Did whoever presents it sign it?"""
    CHALLENGE = "challenge"
    """Was it made for this verifier, now?"""
    CREDENTIALS = "credentials"
    """Is each credential in it valid by itself?"""
    BINDING = "binding"
    """Are they about whoever presents them?"""


class PresentationCode(StrEnum):
    """Why, in the words of the result."""

    VALID = "valid"
    UNREADABLE = "unreadable"
    ALTERED = "altered"
    """Not signed by whoever presents it, or changed since."""
    NOT_ANSWERED = "not_answered"
    """It answers another challenge, another verifier, or none."""
    CREDENTIAL_FAILS = "credential_fails"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class PresentationFinding:
    """The answer to one question.

    Args:
        check: The question.
        outcome: The answer.
        code: Why, from the closed vocabulary that `verifier.presentation_report` can put into words.
        detail: For technical details, in English.
    """

    check: PresentationCheck
    outcome: CheckOutcome
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PresentationVerdict:
    """What follows from a presentation.

    Args:
        outcome: One of three.
        code: Why.
        findings: One for each `PresentationCheck`, in their order.
        checked_at: The time at which all was judged, aware, UTC.
        holder: Who presents, None unless their signature has passed.
        credentials: One verdict for each credential, in its order; empty where nothing was opened.
        key_id: The verification method that signed, None unless its signature has passed.
        suite: The cryptosuite, or the JWS algorithm.
    """

    outcome: Outcome
    code: PresentationCode
    findings: tuple[PresentationFinding, ...]
    checked_at: datetime
    holder: str | None = None
    credentials: tuple[Verdict, ...] = ()
    key_id: str | None = None
    suite: str | None = None

    def finding(self, check: PresentationCheck) -> PresentationFinding:
        """The answer to one question."""
        return next(f for f in self.findings if f.check is check)

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Status lists that were accepted on the way."""
        return tuple(copy for verdict in self.credentials for copy in verdict.seen)

    @property
    def as_of(self) -> datetime | None:
        """The time at which archived answers were retrieved, where any of the verdicts rests on an
        archive.
        """
        return min((verdict.as_of for verdict in self.credentials if verdict.as_of), default=None)


Judged: TypeAlias = Verdict | PresentationVerdict
"""What follows from whatever was presented: a badge, or several that somebody holds up together."""
