"""The lists that were accepted, kept in a folder: the last good copy of each, and the highest version ever
seen.

A copy is put in place whole or not at all, under a lock, so several processes can share the folder. Whoever
loses it loses the memory of versions with it: keep it like a database.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.trust_list.signing import MAX_TOKEN
from verifier.trust import Known, Trust, TrustList, TrustListError, accept_list, parse_trust_list
from verifier.trust.plain import LIMITS
from verifier.trust.signed import looks_signed
from verifier.trust.sources import TrustSource, missing, together

_STATE: Final = "accepted.json"
_STATE_LIMITS: Final = Limits(max_bytes=65_536, max_depth=4)
_VERSION: Final = 1


class TrustStore:
    """The folder of accepted lists.

    Args:
        folder: Where; made when something is kept first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, sources: Iterable[TrustSource], now: datetime) -> Trust:
        """The lists as they are known now, without a network: files as they are, others as they were kept.

        What cannot be used stands in its place with its problem; it is never passed over.

        Args:
            sources: In the operator's order.
            now: The time, aware.

        Raises:
            TrustListError: A file of the operator's cannot be used: the operator is there to mend it.
            OSError: It cannot be read.
        """
        listed = tuple(sources)
        lists = {one.place: self._kept(one, now) if one.on_web else self._file(one, now) for one in listed}
        return together(lists, listed)

    def accept(
        self, source: TrustSource, token: bytes, now: datetime, *, fetched: datetime | None = None
    ) -> TrustList:
        """Take a signed list if it may follow what was accepted before, and remember it.

        Raises:
            TrustListError: As `verifier.trust.accept_list`; `state_unreadable`.
            OSError: It could not be kept; then it is not accepted either.
        """
        with self._locked():
            state = self._state()
            known = _known(state.get(source.place))
            listed = accept_list(
                token,
                source.pins or frozenset(),
                now,
                known=known,
                list_id=source.list_id,
                source=source.place,
                fetched=fetched,
            )
            credential = listed.credential
            if credential is None:  # a signed list has one
                raise TrustListError("the list is not signed")
            _written(self._folder / _copy(source), token.strip())
            state[source.place] = {
                "list": credential.id,
                "version": credential.version,
                "digest": listed.digest,
                "fetched": fetched.astimezone(UTC).isoformat() if fetched else None,
            }
            _written(
                self._folder / _STATE,
                json.dumps({"version": _VERSION, "accepted": state}, indent=1, sort_keys=True).encode(),
            )
        return listed

    def known(self, source: TrustSource) -> Known | None:
        """What was accepted from a source before.

        Raises:
            TrustListError: `state_unreadable`.
        """
        return _known(self._state().get(source.place))

    def _file(self, source: TrustSource, now: datetime) -> TrustList:
        data = _read(Path(source.place), MAX_TOKEN if source.pins else LIMITS.max_bytes)
        try:
            return self.accept(source, data, now) if source.pins else read_plain(data, source.place)
        except TrustListError as fault:
            raise TrustListError(f"{source.place}: {fault}", fault.code) from fault

    def _kept(self, source: TrustSource, now: datetime) -> TrustList:
        """The last good copy, held against what was accepted: neither may have been exchanged alone."""
        try:
            known = self.known(source)
            if known is None:
                return missing(source, "trust_list_missing")
            return accept_list(
                _read(self._folder / _copy(source), MAX_TOKEN),
                source.pins or frozenset(),
                now,
                known=known,
                list_id=source.list_id,
                source=source.place,
                fetched=known.fetched,
            )
        except TrustListError as fault:
            return missing(source, fault.code)
        except OSError:
            return missing(source, "trust_list_missing")

    def _state(self) -> dict[str, Any]:
        """Place of a source to what was accepted from it. A state that cannot be read is no empty state: it
        would forget every version.
        """
        try:
            value = parse(_read(self._folder / _STATE, _STATE_LIMITS.max_bytes), _STATE_LIMITS).value
            accepted = value.get("accepted") if value.get("version") == _VERSION else None
            fault: DocumentError | None = None
        except FileNotFoundError:
            return {}
        except DocumentError as unread:
            accepted, fault = None, unread
        if not isinstance(accepted, dict):
            raise TrustListError(
                f"{self._folder / _STATE} cannot be read: bring it back from a copy, or remove the folder to "
                "forget every version that was accepted",
                "state_unreadable",
            ) from fault
        return accepted

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def read_plain(data: bytes, place: str) -> TrustList:
    """An unsigned list of the operator's own.

    Raises:
        TrustListError: `not_pinned` where it is a signed one: without the publisher's key its signature says
            nothing.
    """
    if looks_signed(data):
        raise TrustListError("this list is signed: give its publisher's key with it", "not_pinned")
    return replace(parse_trust_list(data), source=place)


def _read(path: Path, most: int) -> bytes:
    """A file, refused where it is larger than any list."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise TrustListError(f"{path} has more than {most} bytes", "trust_list_too_large")
    return data


def _known(saved: Mapping[str, Any] | None) -> Known | None:
    if saved is None:
        return None
    try:
        fetched = datetime.fromisoformat(saved["fetched"]) if saved["fetched"] else None
        return Known(str(saved["list"]), int(saved["version"]), str(saved["digest"]), fetched)
    except (KeyError, TypeError, ValueError) as fault:
        raise TrustListError("what was accepted before cannot be read", "state_unreadable") from fault


def _copy(source: TrustSource) -> str:
    """The name of the copy of a source's list; it follows from its place alone."""
    return f"{hashlib.sha256(source.place.encode()).hexdigest()[:24]}.jwt"


def _written(path: Path, data: bytes) -> None:
    """Put a file in place whole: written beside it, on the disk, then renamed."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
