"""Everything that a district tells anybody, as documents with their addresses. No credential is among it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from issuer.achievement_images import MEDIA_TYPE, digest_in, image_path
from issuer.described import achievement_document, profile_document
from issuer.publication import DID_PATH
from issuer.store import achievement_images, published, queries
from issuer.store.session import Store

LIST_SECONDS: Final = 60
"""How long a cache may keep a list: as long as its `ttl` says (Bitstring Status List 1.0, 2.2)."""
DID_SECONDS: Final = 300
"""How long a cache may keep the keys: so long a new key may be unknown, and a stolen one believed."""
MEANING_SECONDS: Final = 3_600
"""How long a cache may keep what a badge means."""
IMAGE_SECONDS: Final = 31_536_000
"""How long a cache may keep a picture: a year stands for ever, since its address has its digest."""


def cache_control(seconds: int) -> str:
    """What HTTP's Cache-Control says of a public document."""
    return f"public, max-age={seconds}" + (", immutable" if seconds == IMAGE_SECONDS else "")


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """One document that is the same for everybody.

    Attributes:
        path: Where it is below the district's origin, without the leading slash.
        version: Rises with every change, so that an older one is known for what it is.
        media_type: As HTTP's Content-Type.
        body: The bytes.
        seconds: How long a cache may keep it.
    """

    path: str
    version: int
    media_type: str
    body: bytes
    seconds: int


def public_documents(store: Store, district_id: str, *, there: Collection[str] = ()) -> list[PublicDocument]:
    """The keys, the lists with notes, the trust list, profile, achievements and pictures, as they stand.

    Args:
        store: The database.
        district_id: Whose.
        there: Paths of what is there already: a picture among them, which never changes, is left out.
    """
    with store.reading() as session:
        district = queries.district(session, district_id)
        found = [
            PublicDocument(
                one.path.lstrip("/"),
                one.version,
                one.media_type,
                one.body,
                DID_SECONDS if one.path == DID_PATH else LIST_SECONDS,
            )
            for one in published.all_current(session, district_id)
        ]
        found.append(
            # What a district says of itself is written once, when it is founded.
            PublicDocument(
                f"issuers/{district.id}",
                1,
                "application/ld+json",
                profile_document(district),
                MEANING_SECONDS,
            )
        )
        found.extend(
            PublicDocument(
                f"achievements/{one.id}",
                one.version,
                "application/ld+json",
                achievement_document(one.document),
                MEANING_SECONDS,
            )
            for one in queries.achievements(session, district_id)
        )
        found.extend(
            PublicDocument(image_path(digest), 1, MEDIA_TYPE, body, IMAGE_SECONDS)
            for digest, body in achievement_images.bodies(
                session, district_id, without={digest_in(path) for path in there}
            )
        )
    return found
