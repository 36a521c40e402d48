"""A plain .xls workbook ([MS-XLS], BIFF8) in an OLE2 file ([MS-CFB]), written by hand."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date

Value = str | int | float | date
SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
DATE_STYLE, PLAIN_STYLE = 1, 0


def xls(sheets: dict[str, Sequence[Sequence[Value]]], *, epoch: int = 1900, more: bytes = b"") -> bytes:
    """A workbook of sheets. `more` is a record that goes behind its first."""
    return ole2({"Workbook": stream(sheets, epoch=epoch, more=more)})


def stream(sheets: dict[str, Sequence[Sequence[Value]]], *, epoch: int = 1900, more: bytes = b"") -> bytes:
    """The records of a workbook."""
    bodies = {name: _sheet(rows, epoch) for name, rows in sheets.items()}
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0)) + more
    head += _record(0x22, struct.pack("<H", epoch == 1904))
    # Two formats: as it is, and as a day (14 is m/d/yy).
    for number in (0, 14):
        head += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, number, 0, 0, 0, 0, 0, 0, 0, 0))
    length = len(head) + sum(4 + 8 + 2 * len(name) for name in sheets) + 4
    bound = b""
    for name, body in bodies.items():
        wide = name.encode("utf-16-le")
        bound += _record(0x85, struct.pack("<IBBBB", length, 0, 0, len(name), 1) + wide)
        length += len(body)
    return head + bound + _record(0x0A, b"") + b"".join(bodies.values())


def _sheet(rows: Sequence[Sequence[Value]], epoch: int) -> bytes:
    made = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            made += cell(row, column, value, epoch)
    return made + _record(0x0A, b"")


def cell(row: int, column: int, value: Value, epoch: int = 1900) -> bytes:
    """One record for one cell; nothing for an empty text."""
    if isinstance(value, str):
        if not value:
            return b""
        text = struct.pack("<HB", len(value.encode("utf-16-le")) // 2, 1) + value.encode("utf-16-le")
        return _record(0x204, struct.pack("<HHH", row, column, PLAIN_STYLE) + text)
    style = PLAIN_STYLE
    if isinstance(value, date):
        value = (value - (date(1904, 1, 1) if epoch == 1904 else date(1899, 12, 30))).days
        style = DATE_STYLE
    return _record(0x203, struct.pack("<HHHd", row, column, style, value))


def record(kind: int, content: bytes) -> bytes:
    """Any record."""
    return _record(kind, content)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def ole2(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file of streams, each of at least 4096 bytes, so that there is no small table."""
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(4096, b"\0")
        start = len(sectors)
        for at in range(0, len(padded), SECTOR):
            sectors.append(padded[at : at + SECTOR].ljust(SECTOR, b"\0"))
            table.append(len(sectors))
        table[-1] = END
        last = number == len(streams)
        entries.append(_entry(name, 2, start, len(padded), right=FREE if last else number + 1))
    directory = b"".join(entries)
    first_directory = len(sectors)
    for at in range(0, len(directory), SECTOR):
        sectors.append(directory[at : at + SECTOR].ljust(SECTOR, b"\0"))
        table.append(len(sectors))
    table[-1] = END
    count = 1
    while (len(table) + count) * 4 > count * SECTOR:
        count += 1
    first_table = len(sectors)
    table += [TABLE] * count
    packed = struct.pack(f"<{len(table)}I", *table).ljust(count * SECTOR, b"\xff")
    sectors += [packed[at : at + SECTOR] for at in range(0, len(packed), SECTOR)]
    tables = [*range(first_table, first_table + count), *[FREE] * (109 - count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, count)
    header += struct.pack("<IIIIIII", first_directory, 0, 4096, END, 0, END, 0)
    return header + struct.pack("<109I", *tables) + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    made = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, FREE, right, child)
    return made + bytes(36) + struct.pack("<IQ", start, size)
