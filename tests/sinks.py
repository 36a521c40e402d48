"""Everything that a database or a folder holds, as one string of octets to be searched."""

from __future__ import annotations

import base64
import binascii
import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, select

FEWEST = 8
"""Characters below which nothing is taken for packed."""


def octets_of(value: Any) -> bytes:
    """A value of a column, and what it is once it is unpacked where it is base64."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    text = str(value)
    unpacked = b""
    if len(text) >= FEWEST:
        with contextlib.suppress(binascii.Error, ValueError):
            unpacked = base64.b64decode(text, validate=True)
    return text.encode() + b"\n" + unpacked


def tables(engine: Engine, schema: str | None = None) -> dict[str, bytes]:
    """By table, every row of it."""
    found, metadata = dict[str, bytes](), MetaData()
    metadata.reflect(engine, schema=schema)
    with engine.connect() as connection:
        for table in metadata.tables.values():
            rows = connection.execute(select(table)).all()
            found[table.name] = b"\n".join(octets_of(value) for row in rows for value in row)
    return found


def files(folder: Path) -> dict[str, bytes]:
    """By its path below a folder, every file; the path is searched as well."""
    return {
        str(path.relative_to(folder)): str(path).encode() + b"\n" + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
