"""Public documents in a folder that a web server or a CDN serves.

A list and its notes cannot both be what their addresses say, since one would be a file and a folder at once:
so a list lies in the file `list` of its own folder. `docs/operate/scale-out.md` shows a server's settings.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from issuer.errors import IssuerError
from issuer.places.place import MOST_SAVED, Put
from issuer.public_documents import PublicDocument

KEPT: Final = ".cairn"
"""What the folder remembers of itself."""
_VERSIONS: Final = "versions.json"
LARGEST_SAVED: Final = 4_194_304
"""Bytes of a file that is looked at: more than a list or its notes can have."""


class Folder:
    """A folder of public documents.

    What it is about to hold is written down before it holds it. So after a crash between the two nothing
    older is let in, and the next round mends it.

    Args:
        root: Where; made if it is not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def saved(self) -> Iterator[bytes]:
        """As `Place.saved`."""
        return saved_in(self._root / "status")

    def put(self, documents: Iterable[PublicDocument]) -> dict[str, Put]:
        """As `Place.put`; writers on one machine take turns."""
        try:
            with self._turn():
                return self._put(list(documents))
        except OSError as fault:
            raise IssuerError(
                "place_failed",
                f"{self._root} cannot be written: {fault.strerror or fault}. Look at its rights and its disk",
            ) from fault

    def _put(self, documents: list[PublicDocument]) -> dict[str, Put]:
        known = self._known()
        done: dict[str, Put] = {}
        writing: list[PublicDocument] = []
        for one in documents:
            version, digest = known.get(one.path, (0, ""))
            mine = hashlib.sha256(one.body).hexdigest()
            if version > one.version:
                done[one.path] = Put.NEWER
            elif version == one.version and digest != mine:
                raise _differs(one)
            elif version == one.version and self._holds(one):
                done[one.path] = Put.STANDS
            else:
                known[one.path] = (one.version, mine)
                writing.append(one)
        if writing:
            self._write(self._root / KEPT / _VERSIONS, json.dumps(known, sort_keys=True).encode())
        for one in writing:
            self._write(self._root / file_of(one.path), one.body)
            done[one.path] = Put.WRITTEN
        return done

    def _known(self) -> dict[str, tuple[int, str]]:
        """Version and digest of everything that is here, or was to be."""
        kept = self._root / KEPT / _VERSIONS
        if not kept.exists():
            return {}
        try:
            read = json.loads(kept.read_bytes())
            return {str(path): (int(version), str(digest)) for path, (version, digest) in read.items()}
        except (ValueError, TypeError, AttributeError) as fault:
            raise IssuerError(
                "place_failed", f"{kept} is damaged: empty the folder {self._root}, then publish again"
            ) from fault

    def _holds(self, document: PublicDocument) -> bool:
        try:
            return (self._root / file_of(document.path)).read_bytes() == document.body
        except FileNotFoundError:
            return False

    def _write(self, path: Path, body: bytes) -> None:
        """Put a whole file in place, kept on the disk before anybody is told."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        (self._root / KEPT).mkdir(parents=True, exist_ok=True)
        with (self._root / KEPT / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def file_of(path: str) -> str:
    """The file for an address: itself, but for a list, which has its notes below it."""
    parts = path.split("/")
    return f"{path}/list" if parts[0] == "status" and len(parts) == 2 else path  # noqa: PLR2004 - status/ID


def _differs(document: PublicDocument) -> IssuerError:
    return IssuerError(
        "place_differs",
        f"version {document.version} of {document.path} is there with other bytes: was a backup restored? "
        "Run `cairn restored`, then publish",
    )


def saved_in(root: Path) -> Iterator[bytes]:
    """The files in a folder and all folders below it, whatever their names; one that is too long is no list.

    Raises:
        IssuerError: `place_failed`.
    """
    count = 0
    try:
        for path in sorted(root.rglob("*")):
            if not path.is_file() or path.stat().st_size > LARGEST_SAVED:
                continue
            count += 1
            if count > MOST_SAVED:
                raise IssuerError(
                    "place_failed", f"{root} has more than {MOST_SAVED} files: name a smaller folder"
                )
            yield path.read_bytes()
    except OSError as fault:
        raise IssuerError("place_failed", f"{root} cannot be read: {fault.strerror or fault}") from fault
