"""Workbooks for tests: .xlsx by openpyxl, .ods by hand; each the same from the same words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl

MOMENT = datetime(2026, 6, 1, 12, 0)  # noqa: DTZ001 - openpyxl writes no zone
STAMP = (2026, 6, 1, 12, 0, 0)

Rows = Iterable[Sequence[Any]]


def xlsx(sheets: Mapping[str, Rows], arrange: Callable[[Any], None] = lambda _: None) -> bytes:
    """A workbook of sheets; `arrange` is given the openpyxl workbook before it is written."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value not in ("", None):
                    target = sheet.cell(number, column)
                    target.value = value
                    if isinstance(value, str):
                        target.data_type = "f" if value.startswith("=") else "s"
    book.properties.created = book.properties.modified = MOMENT
    arrange(book)
    out = io.BytesIO()
    book.save(out)
    return restamped(out.getvalue())


def restamped(
    data: bytes, changes: Mapping[str, bytes | None] | None = None, *, small: bool = False
) -> bytes:
    """The same package with fixed times and some parts changed; the same bytes in every run.

    It is not compressed unless it is to be `small`: compressed bytes differ between versions of zlib.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as before:
        parts = {info.filename: before.read(info) for info in before.infolist()}
    # The moment of saving, which openpyxl takes from the clock, and colours that nobody looks at.
    for needless in ("docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml"):
        if parts.pop(needless, None):
            file = needless.rpartition("/")[2].encode()
            for index in ("_rels/.rels", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
                pattern = rb"<(Relationship|Override) [^>]*" + re.escape(file) + rb"[^>]*/>"
                parts[index] = re.sub(pattern, b"", parts[index])
    kept = {**parts, **(changes or {})}
    return package({name: content for name, content in kept.items() if content is not None}, small=small)


def part(data: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def package(parts: Mapping[str, bytes], *, small: bool = False) -> bytes:
    """A packed file of parts; compressed where it is to be small."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
            made.writestr(info, content)
    return out.getvalue()


_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods(sheets: Mapping[str, Rows], *, body: str = "", manifest: str = "") -> bytes:
    """An OpenDocument spreadsheet; `body` stands for the rows of a further sheet, as XML."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    if body:
        tables += f'<table:table table:name="More">{body}</table:table>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    about = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{manifest}'
        "</manifest:manifest>"
    )
    return package(
        {"mimetype": kind.encode(), "META-INF/manifest.xml": about.encode(), "content.xml": content.encode()}
    )


def _ods_row(values: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, values))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if value in ("", None):
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}">'
            f"<text:p>{value.isoformat()}</text:p></table:table-cell>"
        )
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


STRINGS = "xl/sharedStrings.xml"


def shared(data: bytes) -> bytes:
    """The same workbook as Excel writes it: each text once, in a part of its own (ECMA-376 part 1, 18.4)."""
    texts: dict[bytes, int] = {}

    def number(found: re.Match[bytes]) -> bytes:
        index = texts.setdefault(found[2], len(texts))
        return b'<c %s t="s"><v>%d</v></c>' % (found[1], index)

    changes: dict[str, bytes | None] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as before:
        for name in before.namelist():
            if name.startswith("xl/worksheets/"):
                changes[name] = _INLINE.sub(number, before.read(name))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = b"".join(b"<si>%s</si>" % text for text in texts)
    changes[STRINGS] = f'<sst xmlns="{main}">'.encode() + items + b"</sst>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rIdS"/></Relationships>'.encode()
    relations = "xl/_rels/workbook.xml.rels"
    changes[relations] = part(data, relations).replace(b"</Relationships>", relation)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/{STRINGS}" ContentType="{media}"/></Types>'.encode()
    changes["[Content_Types].xml"] = part(data, "[Content_Types].xml").replace(b"</Types>", override)
    return restamped(data, changes)


_INLINE = re.compile(rb'<c (r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="inlineStr"><is>(.*?)</is></c>', re.DOTALL)
