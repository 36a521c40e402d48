"""Of which bytes a verdict is: the credential as it was sent, or as it was fetched."""

from __future__ import annotations

from typing import Final

from credential.digest import digest_of
from verifier.evidence import Evidence, Fetched, NeedKind, PresentedKind
from verifier.intake import read

HELD: Final = (PresentedKind.DOCUMENT, PresentedKind.JWT)


def checked_digest(held: Evidence) -> str:
    """The digest of the credential's bytes that were checked, sent or fetched; "" where there were none, and
    where a newer edition was had, since the verdict may be about that one.
    """
    if any(isinstance(one, Fetched) and one.need.kind is NeedKind.REFRESHED for one in held.gathered):
        return ""
    for one in held.gathered:
        if held.presented.kind in HELD:
            break
        if isinstance(one, Fetched) and one.need.kind in {NeedKind.RETRIEVAL, NeedKind.CREDENTIAL}:
            fetched = read(one.data)
            return digest_of(fetched.data) if fetched.kind in HELD else ""
    return digest_of(held.presented.data) if held.presented.kind in HELD else ""
