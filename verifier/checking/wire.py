"""What goes to a worker that checks and what comes back, as bytes.

Both ends are our own code of one version, joined by a pipe that nobody else holds; what strangers sent
travels inside as bytes and is parsed in the worker alone. So values are pickled, which nothing that comes
from outside ever is.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from contexts.document import Document
from verifier.evidence import Asking, Evidence, Need, Presented, Seen, Verdict
from verifier.policy import Policy
from verifier.presentation import examine_presentation
from verifier.presented import PresentationVerdict
from verifier.verify import examine


@dataclass(frozen=True, slots=True)
class Badge:
    """A check of a credential."""

    def walk(
        self, presented: Presented, known: Sequence[Seen], policy: Policy, now: datetime
    ) -> Asking[Verdict]:
        """The whole check: `verifier.verify.examine`."""
        return examine(presented, known, policy, now)


@dataclass(frozen=True, slots=True)
class Shown:
    """A check of a presentation.

    Args:
        challenge: What it must answer; None where nobody asked.
        domain: For whom it must be made; None where nobody asked.
    """

    challenge: str | None = None
    domain: str | None = None

    def walk(
        self, presented: Presented, known: Sequence[Seen], policy: Policy, now: datetime
    ) -> Asking[PresentationVerdict]:
        """The whole check: `verifier.presentation.examine_presentation`."""
        return examine_presentation(presented, known, policy, now, self.challenge, self.domain)


Kind: TypeAlias = Badge | Shown


@dataclass(frozen=True, slots=True)
class Question:
    """What a worker is asked: how far does this check come with what is there?

    Args:
        kind: What is checked.
        held: What was presented, and what was gathered so far; `seen` holds every list that is known.
        policy: What this verifier accepts.
        now: The time, aware.
    """

    kind: Kind
    held: Evidence
    policy: Policy
    now: datetime


Answer: TypeAlias = Need | Verdict | PresentationVerdict
"""What is needed next, or what follows."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A worker's answer, and what it cost.

    Args:
        answer: What is needed next, or what follows.
        seconds: Processor time; what the process took to start is no part of it.
    """

    answer: Answer
    seconds: float


def pack(value: Question | Worked) -> bytes:
    """A value as bytes."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """The value of `pack`.

    Raises:
        pickle.UnpicklingError, EOFError: The bytes are not whole.
    """
    return pickle.loads(data)  # noqa: S301 - packed by our own process at the pipe's other end


def _frozen(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


copyreg.pickle(MappingProxyType, lambda values: (_frozen, (dict(values),)))
# What has been worked out from a document stays where it was worked out.
copyreg.pickle(Document, lambda document: (Document, (document.raw, document.value)))
