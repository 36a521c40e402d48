"""Bake a credential into an SVG picture, and extract it (Open Badges 3.0, 5.3.2).

The credential stands in one `credential` element of the namespace below, directly after the `<svg>` start
tag: a compact JWS in its attribute `verify`, JSON as its content in CDATA. The picture is parsed with every
road to another file closed: a document type is refused before the parser sees it, no entity is resolved,
nothing is loaded.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError

NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
SVG_NAMESPACE: Final = "http://www.w3.org/2000/svg"
CREDENTIAL: Final = f"{{{NAMESPACE}}}credential"
CLR_CREDENTIAL: Final = "{https://purl.imsglobal.org/clr/v2p0}credential"
"""The element of a Comprehensive Learner Record (CLR 2.0): read like a badge, never baked here."""

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 64

_XINCLUDE: Final = "{http://www.w3.org/2001/XInclude}"
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z", re.ASCII)
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>", re.ASCII)
_ENCODING = re.compile(r"""encoding\s*=\s*["']([^"']*)["']""", re.ASCII)
_PROLOG_ITEM = re.compile(r"\s+|<!--.*?-->|<\?(?!xml-stylesheet)[A-Za-z_].*?\?>", re.DOTALL)
_START_TAG = re.compile(r"<[A-Za-z_]", re.ASCII)


def parse_svg(svg: bytes) -> etree._Element:
    """The root element of a picture that asks for nothing outside itself.

    Raises:
        CredentialError: `svg_too_large`, `svg_malformed`, `svg_doctype`, `svg_include`, `svg_too_deep`.
    """
    if len(svg) > MAX_BYTES:
        raise CredentialError(
            "svg_too_large", f"an SVG picture may have {MAX_BYTES >> 20} MiB; this one is larger"
        )
    try:
        text = svg.decode("utf-8-sig", "strict")
    except UnicodeDecodeError as error:
        raise CredentialError("svg_malformed", "the picture is not written in UTF-8") from error
    _check_prolog(text)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        too_deep = "depth" in str(error).lower()
        code = "svg_too_deep" if too_deep else "svg_malformed"
        raise CredentialError(code, f"the picture is not well-formed XML: {error.msg}") from error
    if root.tag != f"{{{SVG_NAMESPACE}}}svg":
        raise CredentialError("svg_malformed", "the file is XML, but no SVG picture")
    _check_tree(root)
    return root


def _check_prolog(text: str) -> None:
    """Refuse what stands before the root element and reaches outside the file, before a parser reads it."""
    at = 0
    if declaration := _DECLARATION.match(text):
        named = _ENCODING.search(declaration[0])
        if named and named[1].lower() not in {"utf-8", "us-ascii", "ascii"}:
            raise CredentialError("svg_malformed", "the picture says that it is not written in UTF-8")
        at = declaration.end()
    while item := _PROLOG_ITEM.match(text, at):
        at = item.end()
    if text.startswith("<!DOCTYPE", at):
        raise CredentialError("svg_doctype", "remove the line <!DOCTYPE ...> from the picture")
    if text.startswith("<?xml-stylesheet", at):
        raise CredentialError("svg_include", "the picture asks for a style sheet outside itself")
    if not _START_TAG.match(text, at):
        raise CredentialError("svg_malformed", "the file does not begin as an SVG picture does")


def _check_tree(root: etree._Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise CredentialError("svg_too_deep", f"the picture is nested deeper than {MAX_DEPTH} elements")
        if event == "start" and isinstance(element.tag, str) and element.tag.startswith(_XINCLUDE):
            raise CredentialError("svg_include", "the picture asks for another file by XInclude")


def extract_svg(svg: bytes) -> str | None:
    """The credential that a picture carries: a compact JWS or JSON text; None where it carries none.

    Raises:
        CredentialError: `svg_too_large`, `svg_doctype`, `svg_include`, `svg_too_deep`, `multiple_badges`;
            `svg_malformed` where it is no SVG, or the element is not as Open Badges demands.
    """
    root = parse_svg(svg)
    badges = list(root.iter(CREDENTIAL, CLR_CREDENTIAL))
    if not badges:
        return None
    if len(badges) > 1:
        raise CredentialError(
            "multiple_badges", "the picture carries more than one badge: which one is meant?"
        )
    badge = badges[0]
    if badge.getparent() is not root or len(badge):
        raise CredentialError(
            "svg_malformed", "the badge must stand directly in <svg>, and hold nothing but itself"
        )
    token, body = badge.get("verify"), (badge.text or "").strip()
    if (token is None) == (not body):
        raise CredentialError(
            "svg_malformed", "the badge must be either in the attribute `verify` or in the content"
        )
    return body if token is None else token.strip()


def bake_svg(svg: bytes, text: str) -> bytes:
    """The picture with the credential in it, in place of any that it carried before; always UTF-8.

    JSON is written with `>` as an escape, which changes no value: so neither `]]>` nor an HTML parser can end
    it early.

    Args:
        svg: A picture of ours, or one that was checked.
        text: A signed credential: a compact JWS, or a JSON object.

    Raises:
        CredentialError: As `extract_svg` for the picture; `badge_not_bakeable` for the text.
    """
    root = parse_svg(svg)
    for old in list(root.iter(CREDENTIAL, CLR_CREDENTIAL)):
        parent = old.getparent()
        if parent is not None:
            parent.remove(old)
    names: dict[Any, str] = {**root.nsmap, "openbadges": NAMESPACE}
    outer = etree.Element(root.tag, {str(name): str(value) for name, value in root.items()}, nsmap=names)
    badge = etree.SubElement(outer, CREDENTIAL)
    if _JWS.match(text.strip()):
        badge.set("verify", text.strip())
    else:
        badge.text = etree.CDATA(_json_for_cdata(text))
    badge.tail = root.text
    outer.extend(list(root))
    for before in reversed(list(root.itersiblings(preceding=True))):
        outer.addprevious(before)
    baked: bytes = etree.tostring(outer.getroottree(), encoding="UTF-8", xml_declaration=True)
    if len(baked) > MAX_BYTES:
        raise CredentialError(
            "svg_too_large", f"with the badge the picture has more than {MAX_BYTES >> 20} MiB"
        )
    return baked


def _json_for_cdata(text: str) -> str:
    try:
        parse(text.encode("utf-8"), Limits())
    except (DocumentError, UnicodeEncodeError) as error:
        raise CredentialError(
            "badge_not_bakeable", f"neither a compact JWS nor a JSON object: {error}"
        ) from error
    # In valid JSON `>` stands inside strings alone, where the escape means the same. No `>` at all, not only
    # no `]]>`, because an HTML parser that meets the picture may end the section at the first one.
    return text.strip().replace(">", "\\u003e")
