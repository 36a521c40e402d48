"""What a share is for, what it shows, and until when. Pure: from a form to `Terms`, or to what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from issuer.errors import IssuerError
from issuer.sharing.policy import CHOSEN, Audience
from issuer.text import fault_in, length, normal

LONGEST_LABEL: Final = 80
_APPLICANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", re.ASCII)
"""A college's own number of an applicant, as it stands on the college's letters."""
DAYS: Final[Mapping[Audience, tuple[int, ...]]] = {
    Audience.EMPLOYER: (90, 30, 7, 365),
    Audience.COLLEGE: (365, 90, 30),
    Audience.ANYONE: (0, 365, 90),
}
"""For how long each may be open, the usual first. 0 is until it is stopped: a resume outlives every date."""


class NameShown(StrEnum):
    """How the student is named."""

    FULL = "full"
    SHORT = "short"
    """`Jordan R.`"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody chose for one share.

    Attributes:
        audience: For whom it is.
        label: The student's own word for it, such as `Home Depot interview`; nobody else is shown it.
        applicant: A college's number of the applicant, or "". It stands in the link, never in the badge.
        name: How the student is named.
        evidence: Whether evidence goes with it.
        last_day: The last day on which it opens, or None.
    """

    audience: Audience
    label: str = ""
    applicant: str = ""
    name: NameShown = NameShown.SHORT
    evidence: bool = False
    last_day: date | None = None

    def __post_init__(self) -> None:
        """Refuse what would show the name that it hides: a file of evidence may have it anywhere.

        Raises:
            IssuerError: `bad_request`.
        """
        if self.evidence and self.name is NameShown.SHORT:
            raise IssuerError("bad_request", "evidence goes only with the full name: leave one of them out")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as it was filled in: texts, and nothing believed."""

    audience: str = ""
    label: str = ""
    applicant: str = ""
    name: str = ""
    evidence: str = ""
    days: str = ""


def read_terms(asked: Asked, today: date) -> tuple[Terms | None, dict[str, str]]:
    """The terms that a form asks for; or None, and for each field the key of what is wrong with it.

    Evidence goes only with the full name: a file may name the student, and nobody reads it over first.

    Args:
        asked: The form.
        today: The day in the district.
    """
    faults: dict[str, str] = {}
    audience = Audience(asked.audience) if asked.audience in set(CHOSEN) else None
    if audience is None:
        faults["audience"] = "audience"
    label = normal(asked.label)
    if not label or fault_in(label) is not None:
        faults["label"] = "label"
    elif length(label) > LONGEST_LABEL:
        faults["label"] = "label-long"
    applicant = asked.applicant.strip()
    if applicant and not (audience is Audience.COLLEGE and _APPLICANT.fullmatch(applicant)):
        faults["applicant"] = "applicant"
    if asked.name not in set(NameShown):
        faults["name"] = "name"
    evidence = asked.evidence == "yes"
    if evidence and asked.name == NameShown.SHORT:
        faults["evidence"] = "evidence-named"
    offered = {str(one): one for one in DAYS.get(audience, ())} if audience else {}
    days = offered.get(asked.days)
    if audience and days is None:
        faults["days"] = "days"
    if faults or audience is None or days is None:
        return None, faults
    last_day = today + timedelta(days=days) if days else None
    return Terms(audience, label, applicant, NameShown(asked.name), evidence, last_day), {}


class State(StrEnum):
    """How a share stands; each is a key of the words under `share.state.`."""

    OPEN = "open"
    STOPPED = "stopped"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    """It opens, and what it opens says that the district withdrew the badge."""


def state_of(
    *, stopped: datetime | None, ends: datetime | None, withdrawn: datetime | None, now: datetime
) -> State:
    """How a share stands at a moment. What the holder did says more than what time did."""
    if stopped is not None and stopped <= now:
        return State.STOPPED
    if ends is not None and ends <= now:
        return State.ENDED
    return State.OPEN if withdrawn is None else State.WITHDRAWN
