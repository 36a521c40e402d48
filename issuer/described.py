"""What a district says about itself and its badges, as the documents that anybody may read. Pure."""

from __future__ import annotations

from typing import Final

from contexts.document import compose, parse
from issuer.store.tables import District

OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
_CONTEXT: Final = [CREDENTIALS, OPEN_BADGES]


def profile_document(district: District) -> bytes:
    """Who the district is (Open Badges 3.0, Profile), as JSON-LD."""
    profile = {
        "@context": _CONTEXT,
        "id": district.did,
        "type": ["Profile"],
        "name": district.name,
        "url": district.profile["url"],
    }
    return compose(profile).raw


def achievement_document(stored: bytes) -> bytes:
    """What a badge is given for (Open Badges 3.0, Achievement), as JSON-LD.

    Args:
        stored: The achievement as it stands in the store and in badges, without a context of its own.
    """
    return compose({"@context": _CONTEXT, **parse(stored).value}).raw
