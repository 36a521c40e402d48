"""From the words of a setting or an option to a place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from issuer.errors import IssuerError
from issuer.places.bucket import Bucket
from issuer.places.folder import Folder
from issuer.places.place import Access, Place

_BUCKET: Final = re.compile(
    r"s3://(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9._/-]{1,200}))?/?"
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})
DISTRICT: Final = "{district}"
"""What stands for the district's id, where several districts publish from one store."""


def place_at(to: str, district_id: str, access: Access, *, several: bool) -> Place:
    """The place that a setting names, for one district.

    Args:
        to: A folder, or `s3://BUCKET/PREFIX`.
        district_id: Takes the place of `{district}`.
        access: How a bucket is reached.
        several: Whether the store has several districts: each must have a place of its own.

    Raises:
        IssuerError: `bad_setting`.
    """
    if several and DISTRICT not in to:
        raise IssuerError(
            "bad_setting",
            f"{to} would be one place for several districts: write {DISTRICT} in it, for each its own",
        )
    named = to.replace(DISTRICT, district_id)
    if "://" not in named:
        return Folder(Path(named))
    found = _BUCKET.fullmatch(named)
    if found is None or ".." in named:
        raise IssuerError("bad_setting", f"{to[:80]} is no place: write a folder, or s3://BUCKET/PREFIX")
    end = urlsplit(access.endpoint)
    if access.endpoint and end.scheme != "https" and not (end.scheme == "http" and end.hostname in _LOOPBACK):
        raise IssuerError("bad_setting", "the bucket's endpoint begins with https://")
    return Bucket(found["name"], (found["prefix"] or "").strip("/"), access)
