"""Open a ZIP file with bounds, in memory (APPNOTE 6.3): count first, then inflate, and never on to disk.

The list at the file's end is what counts, and everything in it is held against the rest: entries may not
overlap, nothing may stand in front, and what is unpacked must have the length and the checksum that the list
says. So a small file cannot become a large one, and two readers cannot see two different contents.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MOST_ENTRIES: Final = 1_000
"""Most entries of one file, folders among them."""

MAX_ENTRY: Final = 15 * 1024 * 1024
MAX_UNPACKED: Final = 60 * 1024 * 1024
"""Most bytes that one file unpacks to, in all."""

_LIST_END: Final = struct.Struct("<4s4H2LH")
_LISTED: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT: Final = 65_535
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_STORED, _DEFLATED = 0, 8
_LINK: Final = 0o120000
_OFFICE: Final = b"[Content_Types].xml"


class PackageRefused(ValueError):  # noqa: N818 - it says what happened
    """A ZIP file that is not opened, or an entry of one.

    Args:
        code: `zip_broken`, `zip_encrypted`, `zip_too_large`, `zip_too_many`, `unsupported_file`.
        detail: One plain sentence.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the package, not yet unpacked.

    Args:
        name: As the package calls it, folders and all; never used as a path.
        size: Bytes when unpacked, as the list says.
        local: Where the lines before its content begin.
        begin: Where its content begins.
        end: Where it ends.
        method: 0 or 8.
        checksum: CRC-32 of what is unpacked.
    """

    name: str
    size: int
    local: int
    begin: int
    end: int
    method: int
    checksum: int


def entries(data: bytes) -> tuple[Entry, ...]:
    """The files of a package in the order of its list; folders, links and what a Mac adds are left out.

    Raises:
        PackageRefused: Where the list is not to be believed, or holds more than is opened.
    """
    count, at, stop = _list_of(data)
    found: list[Entry] = []
    spans: list[tuple[int, int]] = []
    total = 0
    for _ in range(count):
        entry, at, is_file = _listed(data, at, stop)
        spans.append((entry.local, entry.end))
        total += entry.size
        if entry.size > MAX_ENTRY or total > MAX_UNPACKED:
            raise PackageRefused(
                "zip_too_large", f"Unpacked, the file is larger than {MAX_UNPACKED >> 20} MB. Split it."
            )
        if is_file:
            found.append(entry)
    if at != stop:
        raise _broken()
    spans.sort()
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise _broken()
    if any(entry.name.encode() == _OFFICE for entry in found):
        raise PackageRefused(
            "unsupported_file",
            "This is an office document: we can read no badge in it. Save a sheet of links as CSV.",
        )
    return tuple(found)


def unpack(data: bytes, entry: Entry) -> bytes:
    """The bytes of one file.

    Raises:
        PackageRefused: `zip_broken` where they are not what the list says.
    """
    packed = data[entry.begin : entry.end]
    if entry.method == _STORED:
        content = packed
    else:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflating.decompress(packed, entry.size + 1)
        except zlib.error as fault:
            raise _broken() from fault
        if not inflating.eof or inflating.unused_data:
            raise _broken()
    if len(content) != entry.size or zlib.crc32(content) != entry.checksum:
        raise _broken()
    return content


def _list_of(data: bytes) -> tuple[int, int, int]:
    """How many entries the list has, where it begins, and where it ends (4.3.16)."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _LIST_END.size - _LONGEST_COMMENT))
    if at < 0 or len(data) - at < _LIST_END.size:
        raise _broken()
    _, disk, first_disk, here, count, size, begin, comment = _LIST_END.unpack_from(data, at)
    if disk or first_disk or here != count or at + _LIST_END.size + comment != len(data):
        raise _broken()
    if begin + size != at:  # a longer form for huge files, or something in front of the package
        raise _broken()
    if count > MOST_ENTRIES:
        raise PackageRefused(
            "zip_too_many", f"The file holds {count} files; {MOST_ENTRIES} are read. Split it."
        )
    return count, begin, at


def _listed(data: bytes, at: int, stop: int) -> tuple[Entry, int, bool]:
    """One line of the list (4.3.12), held against what stands before the content (4.3.7)."""
    if stop - at < _LISTED.size:
        raise _broken()
    (mark, made_by, _, flags, method, _, _, checksum, packed, size, name_size, extra, comment, disk, _, outer,
     local) = _LISTED.unpack_from(data, at)  # fmt: skip
    name = data[at + _LISTED.size : at + _LISTED.size + name_size]
    after = at + _LISTED.size + name_size + extra + comment
    if mark != b"PK\x01\x02" or after > stop or disk or len(name) != name_size:
        raise _broken()
    if flags & _ENCRYPTED:
        raise PackageRefused("zip_encrypted", "The file has a password. Unpack it, and send what is inside.")
    if method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        raise _broken()
    if local + _LOCAL.size > stop or data[local : local + 4] != b"PK\x03\x04":
        raise _broken()
    local_name, local_extra = _LOCAL.unpack_from(data, local)[-2:]
    begin = local + _LOCAL.size + local_name + local_extra
    if begin + packed > stop or data[local + _LOCAL.size : local + _LOCAL.size + local_name] != name:
        raise _broken()
    is_link = made_by >> 8 == 3 and (outer >> 16) & 0o170000 == _LINK  # noqa: PLR2004 - 4.4.2.2: UNIX
    text = _name(name)
    entry = Entry(text, size, local, begin, begin + packed, method, checksum)
    return entry, after, not (is_link or text.endswith(("/", "\\")) or _is_a_macs(text))


def _name(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")  # 4.4.17: what it is where it is not UTF-8


def _is_a_macs(name: str) -> bool:
    """What macOS puts beside each file, and nobody sent."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] == ".DS_Store"


def files(data: bytes) -> Iterator[tuple[str, bytes | PackageRefused]]:
    """Each file of a package with its bytes, or with why they could not be unpacked.

    Raises:
        PackageRefused: As `entries`.
    """
    for entry in entries(data):
        try:
            yield entry.name, unpack(data, entry)
        except PackageRefused as refused:
            yield entry.name, refused


def _broken() -> PackageRefused:
    return PackageRefused(
        "zip_broken", "The ZIP file is damaged. Make it anew, or send the files themselves."
    )
