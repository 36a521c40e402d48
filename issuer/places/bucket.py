"""Public documents in an S3-compatible bucket. The only door to obstore.

The store itself compares and swaps: an object is made only where there is none (`If-None-Match`), and
replaced only while it is the one that was looked at (`If-Match`). So whoever comes late with an older
version loses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from issuer.errors import IssuerError
from issuer.places.folder import LARGEST_SAVED
from issuer.places.place import MOST_SAVED, Access, Put
from issuer.public_documents import PublicDocument, cache_control

if TYPE_CHECKING:
    from obstore.store import S3Config  # the library gives it to checkers only

MOST_ATTEMPTS: Final = 20
"""How often one document is looked at again after others were faster."""
LONGEST_WAIT: Final = timedelta(seconds=10)
"""For one answer of the store; with what is tried again, for one document."""
_VERSION: Final = "cairn-version"


class Bucket:
    """A bucket of public documents.

    Args:
        name: The bucket.
        prefix: What every key in it begins with; may be empty.
        access: How it is reached.
    """

    def __init__(self, name: str, prefix: str, access: Access) -> None:
        self._name = name
        given: S3Config = {"region": access.region, "virtual_hosted_style_request": False}
        if access.endpoint:
            given["endpoint"] = access.endpoint
        if access.key_id:
            given["access_key_id"], given["secret_access_key"] = access.key_id, access.secret
        self._store = S3Store(
            name,
            prefix=prefix or None,
            config=given,
            # Plain HTTP only to this machine: the settings let no other such address in.
            client_options={"timeout": LONGEST_WAIT, "allow_http": access.endpoint.startswith("http://")},
            retry_config={"max_retries": 3, "retry_timeout": LONGEST_WAIT},
        )

    def saved(self) -> Iterator[bytes]:
        """As `Place.saved`."""
        count = 0
        try:
            for batch in obstore.list(self._store, "status"):
                for one in batch:
                    count += 1
                    if count > MOST_SAVED:
                        raise IssuerError(
                            "place_failed", f"the bucket {self._name} has more than {MOST_SAVED} lists"
                        )
                    if one["size"] <= LARGEST_SAVED:
                        yield bytes(obstore.get(self._store, one["path"]).bytes())
        except (BaseError, OSError) as fault:
            raise IssuerError(
                "place_failed", f"the bucket {self._name} cannot be read ({type(fault).__name__})"
            ) from fault

    def put(self, documents: Iterable[PublicDocument]) -> dict[str, Put]:
        """As `Place.put`; writers anywhere may write at once."""
        return {one.path: self._put(one) for one in documents}

    def _put(self, document: PublicDocument) -> Put:
        try:
            for _ in range(MOST_ATTEMPTS):
                done = self._try(document)
                if done is not None:
                    return done
        except (BaseError, OSError) as fault:
            # The library's words hold whole answers of the store: none of them is repeated.
            raise IssuerError(
                "place_failed",
                f"the bucket {self._name} does not take {document.path} ({type(fault).__name__}): look at "
                "CAIRN_PUBLISH_TO, its endpoint and its keys",
            ) from fault
        raise IssuerError("publish_contended", f"others kept writing {document.path}: try again")

    def _try(self, document: PublicDocument) -> Put | None:
        """One attempt; None where somebody else was faster."""
        try:
            there = obstore.get(self._store, document.path)
        except FileNotFoundError:
            return self._write(document, None)
        version = int(there.attributes.get(_VERSION, "0") or "0")
        if version > document.version:
            return Put.NEWER
        if version == document.version:
            if there.meta["size"] == len(document.body) and bytes(there.bytes()) == document.body:
                return Put.STANDS
            raise IssuerError(
                "place_differs",
                f"version {version} of {document.path} is in the bucket {self._name} with other bytes: was a "
                "backup restored? Run `cairn restored`, then publish",
            )
        return self._write(document, there.meta["e_tag"])

    def _write(self, document: PublicDocument, over: str | None) -> Put | None:
        try:
            obstore.put(
                self._store,
                document.path,
                document.body,
                mode="create" if over is None else {"e_tag": over},
                attributes={
                    "Content-Type": document.media_type,
                    "Cache-Control": cache_control(document.seconds),
                    _VERSION: str(document.version),
                },
                use_multipart=False,
            )
        except (AlreadyExistsError, PreconditionError):
            return None
        return Put.WRITTEN
