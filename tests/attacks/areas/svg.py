"""Hostile SVG pictures: what `credential.baking.svg` must refuse (SVG-01, SVG-04), and what baking must
survive (SVG-03).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from credential.baking.svg import MAX_BYTES, MAX_DEPTH, bake_svg, extract_svg
from credential.errors import CredentialError
from tests.attacks.framework import Case, Recipe
from tests.pictures import OPENBADGES, svg, svg_badge

AREA = "svg"
BADGE = svg_badge('{"type":["VerifiableCredential","OpenBadgeCredential"]}')
TOKEN = '<openbadges:credential verify="a.b.c"/>'
TWIN = svg(BADGE)


def judge(data: bytes, suffix: str) -> str:
    if suffix == "json":
        return bake_and_look(data)
    try:
        return "ok" if extract_svg(data) else "no_badge"
    except CredentialError as error:
        return error.code


def bake_and_look(data: bytes) -> str:
    """Bake a text; whatever it is, the picture must have one badge more and not one other element."""
    try:
        baked = bake_svg(svg(), data.decode("utf-8"))
    except CredentialError as error:
        return error.code
    whole = len(list(etree.fromstring(baked).iter())) == len(list(etree.fromstring(svg()).iter())) + 1
    return "ok" if whole and b"]]>" not in baked.replace(b"]]></openbadges", b"", 1) else "broke_out"


def deep(levels: int) -> bytes:
    """Groups inside one another; the picture's root is the first level."""
    return svg(BADGE + "<g>" * (levels - 1) + "</g>" * (levels - 1))


def laughs(levels: int, *, harmless: bool = False) -> bytes:
    """A billion laughs; its twin uses the words without declaring anything."""
    if harmless:
        return svg(BADGE + "<text>" + "ha" * 1_000 + "</text>")
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return svg(f"{BADGE}<text>&l{levels - 1};</text>", before=f'<!DOCTYPE svg [<!ENTITY l0 "ha">{names}]>')


def padded(size: int) -> bytes:
    """A picture of exactly so many bytes."""
    return svg(f"{BADGE}<!--{'x' * (size - len(svg(f'{BADGE}<!---->')))}-->")


RECIPES: dict[str, Callable[..., bytes]] = {"deep": deep, "laughs": laughs, "padded": padded}


def cases() -> Iterator[Case]:
    def case(name: str, data: bytes, expect: str, twin: bytes = TWIN) -> Case:
        return Case(name, data, "svg", expect, twin)

    declared = svg(BADGE, before='<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n')
    public = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    for name, before, inside in (
        ("plain", "<!DOCTYPE svg>", ""),
        ("public", public, ""),
        ("external-dtd", '<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">', ""),
        ("file", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<text>&x;</text>"),
        ("http", '<!DOCTYPE svg [<!ENTITY x SYSTEM "http://127.0.0.1/">]>', "<text>&x;</text>"),
        ("parameter-entity", '<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>', ""),
        ("after-a-comment", "<!-- <svg> --><!DOCTYPE svg>", ""),
        ("after-an-instruction", "<?editor on?><!DOCTYPE svg>", ""),
        ("after-a-declaration", '<?xml version="1.0"?><!DOCTYPE svg>', ""),
        ("default-attribute", '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>', ""),
        (
            "entity-in-the-badge",
            '<!DOCTYPE svg [<!ENTITY x "{}">]>',
            "<openbadges:credential>&x;</openbadges:credential>",
        ),
        ("quadratic", f'<!DOCTYPE svg [<!ENTITY x "{"y" * 500}">]>', "<text>" + "&x;" * 200 + "</text>"),
    ):
        yield case(f"SVG-01-{name}", svg(inside or BADGE, before=before), "svg_doctype", declared)
    yield Case(
        "SVG-01-billion-laughs",
        Recipe("laughs", {"levels": 10}),
        "svg",
        "svg_doctype",
        Recipe("laughs", {"levels": 0, "harmless": True}),
    )
    hidden = svg(BADGE, before="<!DOCTYPE svg>").decode()
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        yield case(f"SVG-01-document-type-in-{encoding}", hidden.encode(encoding), "svg_malformed")
    yield case(
        "SVG-01-utf-7-declared",
        svg(BADGE, before='<?xml version="1.0" encoding="UTF-7"?>'),
        "svg_malformed",
        declared,
    )
    yield case(
        "SVG-01-instruction-that-hides-a-document-type",
        svg(BADGE, before="<?é?><!DOCTYPE svg>"),
        "svg_malformed",
        declared,
    )
    yield case(
        "SVG-01-style-sheet",
        svg(BADGE, before='<?xml-stylesheet href="https://evil.example/x.css"?>'),
        "svg_include",
        declared,
    )
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    yield case("SVG-01-xinclude", svg(BADGE + include), "svg_include", svg(BADGE + "<g/>"))
    yield case(
        "SVG-01-undeclared-entity",
        svg(BADGE + "<text>&x;</text>"),
        "svg_malformed",
        svg(BADGE + "<text>&amp;</text>"),
    )

    good = b'{"name":"a > b, then ]] > and \\u003e"}'
    for name, text in (
        ("not-json", b']]><script xmlns="http://www.w3.org/2000/svg">alert(1)</script>'),
        ("json-and-more", b'{"name":"x"}]]><script/>'),
        ("two-objects", b'{"name":"x"}{"name":"y"}'),
        ("half-an-object", b'{"name":"]]>'),
        ("token-with-markup", b'a.b.c"/><script/><x y="'),
        ("token-of-two-parts", b"a.b"),
    ):
        yield Case(f"SVG-03-bake-{name}", text, "json", "badge_not_bakeable", good)
    yield Case(
        "SVG-03-bake-json-that-ends-cdata-twice",
        b'{"name":"]]>]]>","name":"]]>"}',
        "json",
        "badge_not_bakeable",
        b'{"name":"]]>]]>","b":"<![CDATA[ ]]>"}',
    )

    foreign = f'<x:credential xmlns:x="{OPENBADGES}" verify="d.e.f"/>'
    yield case("SVG-04-two-badges", svg(BADGE + TOKEN), "multiple_badges", svg(TOKEN))
    yield case("SVG-04-two-badges-of-two-prefixes", svg(BADGE + foreign), "multiple_badges", svg(foreign))
    yield case(
        "SVG-04-second-badge-in-a-group",
        svg(f"{BADGE}<g>{TOKEN}</g>"),
        "multiple_badges",
        svg(f"{BADGE}<g/>"),
    )
    yield case(
        "SVG-04-second-badge-in-the-badge",
        svg(f"<openbadges:credential>{TOKEN}</openbadges:credential>"),
        "multiple_badges",
    )
    yield case("SVG-04-badge-in-a-group", svg(f"<g>{BADGE}</g>"), "svg_malformed")
    yield case(
        "SVG-04-badge-in-a-nested-picture", svg(f"<svg>{BADGE}</svg>"), "svg_malformed", svg(f"{BADGE}<svg/>")
    )
    wrong = OPENBADGES.replace("https", "http")
    yield case(
        "SVG-04-wrong-namespace",
        svg(TOKEN.replace("verify", f'xmlns:openbadges="{wrong}" verify')),
        "no_badge",
        svg(TOKEN),
    )
    yield case("SVG-04-no-namespace", svg("<credential>{}</credential>"), "no_badge")
    yield case(
        "SVG-04-attribute-and-text",
        svg(TOKEN.replace("/>", ">{}</openbadges:credential>")),
        "svg_malformed",
        svg(TOKEN),
    )
    yield case("SVG-04-empty", svg("<openbadges:credential/>"), "svg_malformed", svg(TOKEN))
    yield case(
        "SVG-04-markup-in-the-badge",
        svg("<openbadges:credential>{}<g/></openbadges:credential>"),
        "svg_malformed",
    )
    yield case("SVG-04-page", b"<html><body>" + TWIN + b"</body></html>", "svg_malformed")
    yield case("SVG-04-not-closed", TWIN[:-6], "svg_malformed")
    for levels in (MAX_DEPTH + 1, 300, 5_000, 100_000):
        yield Case(
            f"SVG-04-depth-{levels}",
            Recipe("deep", {"levels": levels}),
            "svg",
            "svg_too_deep",
            Recipe("deep", {"levels": MAX_DEPTH}),
        )
    yield Case(
        "SVG-04-one-byte-too-many",
        Recipe("padded", {"size": MAX_BYTES + 1}),
        "svg",
        "svg_too_large",
        Recipe("padded", {"size": MAX_BYTES}),
    )
