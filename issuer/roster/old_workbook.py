"""What stands in an .xls workbook (BIFF8 in an OLE2 file): extents, formulas, hidden rows, the epoch.

Read only as far as bounds need it ([MS-CFB] 2.2 to 2.6, [MS-XLS] 2.4): a cell in the last corner of a sheet
is refused before anybody computes a grid of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits
from issuer.roster.package import damaged, locked
from issuer.roster.xlsx import Seen, check_extent

_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END: Final = 0xFFFFFFFA
"""From here on a sector number is no sector: free, end of chain, part of the table."""
_ENTRY: Final = 128
_SMALL: Final = 64
_MOST_RECORDS: Final = 4_000_000

_BOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x809, 0x2F, 0x22, 0x85
_FORMULA, _MULRK, _COLINFO, _ROW = 0x06, 0xBD, 0x7D, 0x208
_CELLS: Final = frozenset({_FORMULA, _MULRK, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6})
_WORKSHEET: Final = 0x10


@dataclass(frozen=True, slots=True)
class OldFacts:
    """What was seen: sheets by name, and 1900 or 1904."""

    sheets: Mapping[str, Seen]
    epoch: int


def look_at_old(data: bytes, limits: Limits) -> OldFacts:
    """See what an .xls workbook holds.

    Raises:
        SheetError: BAD_PACKAGE, LOCKED, NOT_A_SHEET, PACKAGE_TOO_LARGE, TOO_MANY_COLUMNS, TOO_MANY_ROWS.
    """
    try:
        file = _File(data)
        if file.has("EncryptedPackage") or file.has("EncryptionInfo"):
            raise locked()
        stream = file.stream("Workbook")
        if stream is None:
            raise SheetError("NOT_A_SHEET", "This is no Excel workbook that is read. Save it again as .xlsx.")
        return _records(stream, limits)
    except (struct.error, IndexError, UnicodeDecodeError) as fault:
        raise damaged() from fault


class _File:
    """The streams of an OLE2 file."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(_MAGIC):
            raise damaged()
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:  # noqa: PLR2004 - the two sizes that [MS-CFB] 2.2 allows
            raise damaged()
        self._size = 1 << shift
        tables = [n for n in struct.unpack_from("<109I", data, 76) if n < _END]
        following, count = struct.unpack_from("<II", data, 68)
        for _ in range(min(count, len(data) // self._size)):
            if following >= _END:
                break
            *more, following = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            tables += [n for n in more if n < _END]
        self._next: list[int] = []
        for number in tables[: len(data) // self._size + 1]:
            self._next += struct.unpack(f"<{self._size // 4}I", self._sector(number))
        (directory,) = struct.unpack_from("<I", data, 48)
        (self._cutoff,) = struct.unpack_from("<I", data, 56)
        (small,) = struct.unpack_from("<I", data, 60)
        entries = self._chain(directory)
        self._entries = [self._entry(entries, at) for at in range(0, len(entries) - _ENTRY + 1, _ENTRY)]
        small_table = self._chain(small) if small < _END else b""
        self._small_next = struct.unpack(f"<{len(small_table) // 4}I", small_table)
        self._small = self._chain(self._entries[0][1]) if self._entries[0][1] < _END else b""

    @staticmethod
    def _entry(entries: bytes, at: int) -> tuple[str, int, int]:
        (length,) = struct.unpack_from("<H", entries, at + 64)
        start, size = struct.unpack_from("<II", entries, at + 116)
        return entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le"), start, size

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        found = self._data[at : at + self._size]
        if len(found) < self._size:
            # The last sector of a file may be cut short.
            if not found:
                raise damaged()
            found = found.ljust(self._size, b"\0")
        return found

    def _chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < _END:
            if len(parts) > len(self._next):
                raise damaged()
            parts.append(self._sector(number))
            number = self._next[number]
        return b"".join(parts)

    def has(self, name: str) -> bool:
        return any(entry[0] == name for entry in self._entries)

    def stream(self, name: str) -> bytes | None:
        for found, start, size in self._entries:
            if found == name:
                if sum(entry[0] == name for entry in self._entries) > 1:
                    # Two readers would each see another one of the two.
                    raise damaged()
                content = self._chain(start) if size >= self._cutoff else self._small_chain(start)
                return content[:size]
        return None

    def _small_chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        while number < _END:
            if len(parts) > len(self._small_next):
                raise damaged()
            parts.append(self._small[number * _SMALL : (number + 1) * _SMALL])
            number = self._small_next[number]
        return b"".join(parts)


def _read(stream: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """Records: where each begins, its kind, its content."""
    for _ in range(_MOST_RECORDS):
        if at + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
    raise SheetError("PACKAGE_TOO_LARGE", "The workbook holds too much. Copy the rows into a new sheet.")


def _records(stream: bytes, limits: Limits) -> OldFacts:
    epoch, starts = 1900, {}
    sheets: dict[str, Seen] = {}
    current: Seen | None = None
    for at, kind, content in _read(stream, 0):
        if kind == _FILEPASS:
            raise locked()
        if kind == _DATEMODE and content[:2] == b"\x01\x00":
            epoch = 1904
        elif kind == _BOUNDSHEET:
            (start,) = struct.unpack_from("<I", content)
            name = content[8:].decode("utf-16-le") if content[7] & 1 else content[8:].decode("latin-1")
            starts[start] = name
            if len(starts) > limits.max_sheets:
                raise SheetError(
                    "PACKAGE_TOO_LARGE", f"The workbook has more than {limits.max_sheets} sheets."
                )
        elif kind == _BOF and at in starts:
            (type_,) = struct.unpack_from("<H", content, 2)
            current = sheets.setdefault(starts[at], Seen(starts[at])) if type_ == _WORKSHEET else None
        elif current is not None:
            _look_at(current, kind, content, limits)
    return OldFacts(sheets, epoch)


def _look_at(seen: Seen, kind: int, content: bytes, limits: Limits) -> None:
    if kind in _CELLS:
        row, column = struct.unpack_from("<HH", content)
        last = struct.unpack_from("<H", content, len(content) - 2)[0] if kind == _MULRK else column
        seen.rows, seen.columns = max(seen.rows, row + 1), max(seen.columns, last + 1)
        check_extent(seen, limits)
        if kind == _FORMULA:
            seen.computed.add((row + 1, column))
    elif kind == _ROW:
        (row,) = struct.unpack_from("<H", content)
        (options,) = struct.unpack_from("<H", content, 12)
        if options & 0x20:
            seen.hidden_rows.add(row + 1)
    elif kind == _COLINFO:
        first, last = struct.unpack_from("<HH", content)
        (options,) = struct.unpack_from("<H", content, 8)
        if options & 1:
            seen.hidden_columns.update(range(first, min(last + 1, limits.max_columns)))
