"""A packed file opened with bounds: nothing is unpacked that was not counted first, and nothing to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits

_ENCRYPTED = 0x1
_CHUNK = 65_536
_READ_HERE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Package:
    """What a packed file holds.

    Args:
        names: Of its files, in its order; folders are left out.
    """

    names: tuple[str, ...]
    _archive: zipfile.ZipFile
    _limits: Limits

    def read(self, *names: str) -> dict[str, bytes]:
        """The content of some of its files; a name that it does not have is left out.

        Raises:
            SheetError: LOCKED, PACKAGE_TOO_LARGE, BAD_PACKAGE.
        """
        found: dict[str, bytes] = {}
        left = self._limits.max_unpacked
        for name in names:
            if name in self.names and name not in found:
                found[name] = self._content(name, left)
                left -= len(found[name])
        return found

    def _content(self, name: str, left: int) -> bytes:
        info = self._archive.getinfo(name)
        if info.flag_bits & _ENCRYPTED:
            raise locked()
        if info.compress_type not in _READ_HERE:
            raise SheetError("BAD_PACKAGE", "The file is packed in a way that is not read. Save it again.")
        parts = []
        try:
            with self._archive.open(info) as stream:
                # The size that the file states is not believed: what comes out is counted.
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise too_large(self._limits)
                    parts.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as fault:
            if isinstance(fault, SheetError):
                raise
            raise damaged() from fault
        return b"".join(parts)


def open_package(data: bytes, limits: Limits) -> Package:
    """A packed file, with its list of names checked.

    Raises:
        SheetError: BAD_PACKAGE, PACKAGE_TOO_LARGE.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise damaged() from fault
    infos = archive.infolist()
    if len(infos) > limits.max_parts:
        raise SheetError(
            "PACKAGE_TOO_LARGE", f"The file holds {len(infos)} parts; {limits.max_parts} are read. Split it."
        )
    names = [info.filename for info in infos if not info.is_dir()]
    if len(set(names)) != len(names):
        # Two readers would each see another one of the two.
        raise SheetError("BAD_PACKAGE", "The file holds two parts of one name. Save it again.")
    return Package(tuple(names), archive, limits)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts in a plain package of our own making, for a reader that wants one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def damaged() -> SheetError:
    """What is said of a packed file that cannot be opened."""
    return SheetError("BAD_PACKAGE", "The file is damaged and cannot be opened. Save or export it again.")


def locked() -> SheetError:
    """What is said of a file with a password."""
    return SheetError("LOCKED", "The file has a password. Open it, remove the password, and save it again.")


def too_large(limits: Limits) -> SheetError:
    """What is said of a packed file that holds too much."""
    size = limits.max_unpacked // 1_048_576
    return SheetError(
        "PACKAGE_TOO_LARGE", f"Unpacked, the file is larger than {size} MB. Copy the rows into a new sheet."
    )


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Files as one ZIP archive. The same files give the same bytes: no time of this machine is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, files[name])
    return out.getvalue()
