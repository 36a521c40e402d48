"""What a rule is held against: what somebody has, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, TypeAlias

from credential.rule.nodes import Key

MOST_INPUTS: Final = 200
"""How many inputs one judgement may rest on."""


@dataclass(frozen=True, slots=True)
class CertificationInput:
    """A recorded certification.

    Args:
        code: The catalogue's code.
        earned: The day.
        evidence: The digest of the embedded credential, `sha256-` and base64 (Subresource Integrity), or of a
            linked one.
        decision: The `urn:uuid` of the decision by which it counts.
        issuer: Who recorded it, where that is another than the issuer of the determination; else "".
    """

    code: str
    earned: date
    evidence: str
    decision: str
    issuer: str = ""

    @property
    def key(self) -> Key:
        """Which leaves it can meet."""
        return ("certification", self.code, "")

    @property
    def day(self) -> date:
        """The day of it."""
        return self.earned


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """A score or a level, on the district's word."""

    assessment: str
    value: str
    on: date
    part: str = ""

    @property
    def key(self) -> Key:
        """Which leaves it can meet."""
        return ("measure", self.assessment, self.part)

    @property
    def day(self) -> date:
        """The day of it."""
        return self.on


@dataclass(frozen=True, slots=True)
class AttestedInput:
    """What the district attests, with a record of its own."""

    what: str
    on: date

    @property
    def key(self) -> Key:
        """Which leaves it can meet."""
        return ("attested", self.what, "")

    @property
    def day(self) -> date:
        """The day of it."""
        return self.on


Input: TypeAlias = CertificationInput | ScoreInput | AttestedInput


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is met or not, as data; `words` elsewhere say it.

    Args:
        code: What.
        facts: Values for the words; text only.
    """

    code: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts, and why the rest does not.

    Args:
        inputs: What counts.
        refused: Code of a certification that somebody has and that does not count, to the reason.
        worded: The certifications of `inputs` that nobody can check: on the district's word alone. Scores and
            attestations always are.
    """

    inputs: tuple[Input, ...]
    refused: Mapping[str, Reason] = field(default_factory=lambda: MappingProxyType({}))
    worded: frozenset[CertificationInput] = frozenset()

    def on_word(self, one: Input) -> bool:
        """Whether an input rests on the district's word alone."""
        return not isinstance(one, CertificationInput) or one in self.worded
