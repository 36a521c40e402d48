"""The picture that a verified badge embeds, for showing. Pure.

It is shown only of an issuer that is recognised: a picture can say anything, "valid" in green letters too.
What is linked is not shown: an address in a badge would tell its keeper who is looking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credential.embedded import EmbeddedLimits, read_data_uri
from credential.errors import CredentialError
from verifier.evidence import Code, IssuerLevel, Verdict

LARGEST_EMBEDDED: Final = EmbeddedLimits(max_bytes=48_000)
"""Octets of a picture; a text of a credential has 65,536 characters at most."""

SHOWN: Final = frozenset({Code.VALID, Code.EXPIRED, Code.NOT_YET_VALID, Code.SUSPENDED, Code.REPLACED})
"""Verdicts with a picture: no picture speaks for what must not be accepted, or was not checked."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture as a badge embeds it.

    Args:
        data: The file, of which nobody has looked what it is.
        caption: What it shows, in the issuer's words, or "".
    """

    data: bytes
    caption: str


def picture_of(verdict: Verdict) -> Embedded | None:
    """The picture of the achievement, else of the badge itself; None where none may be shown."""
    if (
        verdict.credential is None
        or verdict.issuer_level is not IssuerLevel.TRUSTED
        or verdict.code not in SHOWN
    ):
        return None
    value = verdict.credential.value
    subject = value.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    for holder in (achievement, value):
        found = _read(holder.get("image")) if isinstance(holder, Mapping) else None
        if found is not None:
            return found
    return None


def _read(image: Any) -> Embedded | None:
    if not isinstance(image, Mapping):
        return None
    address, caption = image.get("id"), image.get("caption")
    if not isinstance(address, str) or not address.startswith("data:image/"):
        return None
    try:
        data = read_data_uri(address, LARGEST_EMBEDDED).data
    except CredentialError:
        return None
    return Embedded(data, caption if isinstance(caption, str) else "")
