"""What a glance need not look at again: the texts in which a draft may differ from one that was plain.

Two drafts that are alike (`contexts.alike`) have all else in common, to the byte. So where one was plain, the
other is, if the texts that differ stand only in the places below, each written as such a text ever is: in
these places no rule asks for one text rather than another of its form. Texts that people write may still say
what a badge never says; the glance looks at those anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from contexts.alike import Steps

_URN: Final = r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DAY: Final = "(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_MOMENT: Final = rf"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PAGE: Final = (
    rf"https://{_LABEL}(?:\.{_LABEL}){{1,9}}/[A-Za-z0-9._~/-]{{0,500}}(?:#[A-Za-z0-9._-]{{1,100}})?"
)
_COUNT: Final = "0|[1-9][0-9]{0,8}"
_TEXT: Final = r"[^\n]{1,100}"

PLACES: Final[Mapping[str, str]] = {
    "id": _URN,
    "validFrom": _MOMENT,
    "validUntil": _MOMENT,
    "awardedDate": _MOMENT,
    "credentialSubject id": _URN,
    "credentialSubject identifier identityHash": _TEXT,
    "credentialSubject licenseNumber": _TEXT,
    "credentialSubject activityStartDate": _MOMENT,
    "credentialSubject activityEndDate": _MOMENT,
    "credentialSubject source id": _URN,
    "credentialSubject source name": _TEXT,
    "credentialSubject result value": _TEXT,
    "credentialSubject result achievedLevel": _URN,
    "credentialSubject result resultDescription": _URN,
    "credentialStatus id": _PAGE,
    "credentialStatus statusListCredential": _PAGE,
    "credentialStatus statusListIndex": _COUNT,
    "evidence id": f"{_URN}|{_PAGE}",
    "evidence name": _TEXT,
    "evidence description": _TEXT,
    "evidence narrative": _TEXT,
}
"""Where texts may differ, without the numbers in lists; and how they are written there."""

Fit: TypeAlias = Callable[[Sequence[str]], bool]


def fitting(leaves: Sequence[Steps]) -> Fit | None:
    """A question to the texts in these places: whether each is written as such a text ever is.

    Returns:
        The question; None where texts differ in another place.
    """
    places = [" ".join(step for step in leaf if isinstance(step, str)) for leaf in leaves]
    if not all(place in PLACES for place in places):
        return None
    fits = re.compile("\n".join(f"(?:{PLACES[place]})" for place in places)).fullmatch
    return lambda texts: fits("\n".join(texts)) is not None
