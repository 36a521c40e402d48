"""What no badge says, in whatever member or text it hides."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

from contexts.schema import Fault

FORBIDDEN_MEMBERS: Final = frozenset(
    {
        "dateofbirth", "birthdate", "birthday", "dob", "ssn", "socialsecuritynumber", "race", "ethnicity",
        "hispanicorlatinoethnicity", "gender", "sex", "lunchstatus", "freereducedlunch", "frl", "disability",
        "disabilitystatus", "iep", "plan504", "section504", "languagestatus", "englishlearner", "ell",
        "studentid", "sisid", "sasid", "sourcedid", "homeless", "migrant", "attempts", "failedattempts",
        "attemptcount", "discipline",
    }
)  # fmt: skip
"""Member names, without case and punctuation, that no credential has at any depth."""

_WITHHELD_WITHIN_TEXT: Final = 5

_SSN: Final = re.compile(
    r"(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}[- ](?!00)[0-9]{2}[- ](?!0000)[0-9]{4}(?![0-9A-Za-z-])"
)
_LABELLED: Final = re.compile(
    r"\b(ssn|social security( number| no)?|date of birth|birth ?date|dob|race|ethnicity|free lunch|"
    r"reduced lunch|lunch status|disability|iep|504 plan|english (language )?learner|failed attempts?|"
    r"attempts failed|student (id|number)|sasid)\s*[:=#]",
    re.IGNORECASE,
)
_NAME_OF_MEMBER: Final = re.compile(r"[^a-z0-9]")
URN: Final = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@lru_cache(maxsize=1024)
def is_forbidden(name: str) -> bool:
    """Whether a member of this name never stands in a credential."""
    return _NAME_OF_MEMBER.sub("", name.casefold()) in FORBIDDEN_MEMBERS


def forbidden_text(at: str, name: str, value: str) -> Iterator[Fault]:
    """What a text says that no badge says (`forbidden_value`)."""
    if _SSN.search(value):
        yield Fault("forbidden_value", at, f"{name} looks like a Social Security number. Take it out.")
    if found := _LABELLED.search(value):
        yield Fault(
            "forbidden_value", at, f"{name} says {found[1]!r}, which is no part of a badge. Take it out."
        )


def withheld_faults(at: str, name: str, value: str, withheld: Collection[str]) -> Iterator[Fault]:
    """Whether a text holds one of those that stay in the school's records (`withheld_value`)."""
    for secret in withheld:
        inside = len(secret) >= _WITHHELD_WITHIN_TEXT and re.search(
            rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", value, re.IGNORECASE
        )
        if (secret and inside) or (value == secret and name != "value"):
            yield Fault(
                "withheld_value", at, f"{name} holds what must stay in the school's records. Take it out."
            )
            return
