"""The parts of workbooks as XML, walked without making a tree of them: no declarations, no entities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn, Protocol

from lxml import etree

from issuer.roster.errors import SheetError

_CHUNK: Final = 65_536

DEEPEST: Final = 64
"""Elements inside one another; the workbooks of today have a dozen."""


class Walker(Protocol):
    """What is told of each element. Names are local: without their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str, text: str) -> None:
        """An element ends; `text` is what stood in it since its last child began or ended."""


def walk(part: bytes, walker: Walker) -> None:
    """Tell a walker of every element of a part, in order. A part of any length takes little memory.

    Raises:
        SheetError: BAD_PACKAGE where it is no XML, or has a document type declaration.
    """
    parser = etree.XMLParser(
        target=_Target(walker), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for at in range(0, len(part), _CHUNK):
            parser.feed(part[at : at + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError as fault:
        raise _refused() from fault


class _Target:
    """What lxml calls (the interface of `xml.etree.ElementTree.TreeBuilder`)."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._text: list[str] = []
        self._depth = 0

    def start(self, tag: str | bytes, attrib: Mapping[Any, Any]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _refused()
        self._text.clear()
        # Where entities are not resolved, libxml2 hands every ampersand of an attribute on as &#38;.
        said = {_local(name): value.replace("&#38;", "&") for name, value in attrib.items()} if attrib else {}
        self._walker.start(_local(tag), said)

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1
        text = "".join(self._text)
        self._text.clear()
        self._walker.end(_local(tag), text)

    def data(self, data: str | bytes) -> None:
        self._text.append(str(data))

    def comment(self, text: str | bytes) -> None:
        """Nobody's business."""

    def doctype(self, *_: object) -> NoReturn:
        raise _refused()

    def close(self) -> None:
        """Nothing was kept."""


@lru_cache(maxsize=1_024)
def _local(name: str | bytes) -> str:
    return str(name).rpartition("}")[2]


def _refused() -> SheetError:
    return SheetError("BAD_PACKAGE", "The workbook is not as a spreadsheet program writes it. Save it again.")
