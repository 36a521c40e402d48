"""What a badge rests on, as far as it could be checked: its evidence, and the rule that it was judged by.

Frozen values that do nothing. `verifier.checks.evidence` and `verifier.checks.rule` find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from credential.readiness import Subject
from credential.rule import CountedDecision, Input, Judgement


class EvidenceOutcome(StrEnum):
    """What became of one piece of evidence."""

    INTACT = "intact"
    """It is what was signed. A credential that has lapsed since is intact, and says so."""
    ALTERED = "altered"
    """It is not what its issuer signed, or not what the digest names."""
    WITHDRAWN = "withdrawn"
    """A credential that its issuer has withdrawn or paused since."""
    UNAVAILABLE = "unavailable"
    """It was asked for, and did not come."""
    NOT_CHECKABLE = "not_checkable"
    """Nobody here can say."""


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    CREDENTIAL = "credential"
    RULE = "rule"
    FILE = "file"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence.

    Args:
        outcome: What became of it.
        kind: What it is.
        code: Why, from the closed vocabulary that `verifier.evidence_words` can put into words.
        name: What the badge calls it, or "".
        facts: Values for the words, text only. Of a credential: `id`, `title`, `awarding_body`, `issuer`,
            `earned`, `number`; where they apply `date`, `reason`, `media_type`, `url`, `digest`.
        notes: Codes of things worth knowing that change nothing.
    """

    outcome: EvidenceOutcome
    kind: EvidenceKind
    code: str
    name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndorsementItem:
    """One endorsement that a credential carries.

    Args:
        outcome: What became of it. Only one that is INTACT endorses anything.
        code: Why, from the closed vocabulary that `verifier.inside_words` can put into words.
        of: What it is attached to: "credential", "subject", "achievement", "issuer", "creator", or "other".
        facts: Values for the words, text only, and only of one that its endorser has signed: `endorser` (the
            name by the trust list, else the identifier), `calls_itself`, `name`, `comment`, `date` (the day
            from which it holds), `until`, `target`.
        notes: Codes of things worth knowing: `issuer_not_known`, `own_issuer`.
    """

    outcome: EvidenceOutcome
    code: str
    of: str
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class RuleOutcome(StrEnum):
    """Whether the evidence bears the determination out."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does_not_hold"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What came of applying a determination's rule again.

    Args:
        outcome: One of three.
        code: Why.
        detail: For technical details, in English.
        version: Of the rule set, or "" where the rule could not be read.
        judged_on: The day for which it was judged.
        judgements: For each subject that the badge claims, what came of its rule.
        decisions: By which certifications counted.
        on_word: The inputs that rest on the district's word alone.
    """

    outcome: RuleOutcome
    code: str
    detail: str = ""
    version: str = ""
    judged_on: date | None = None
    judgements: Mapping[Subject, Judgement] = field(default_factory=dict)
    decisions: tuple[CountedDecision, ...] = ()
    on_word: tuple[Input, ...] = ()
