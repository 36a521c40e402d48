"""Hostile JSON: what `contexts.document.parse` must refuse before anybody looks at the meaning (LD-08 to
LD-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contexts.document import parse
from contexts.errors import DocumentError
from tests.attacks.framework import Case, Recipe

AREA = "json"
TWIN = b'{"id":"urn:x:1","name":["A","B"],"n":9007199254740991,"f":0.5}'


def judge(data: bytes, suffix: str) -> str:
    try:
        parse(data)
    except DocumentError as error:
        return error.code
    return "ok"


def deep(opening: str, levels: int) -> bytes:
    """`levels` arrays or objects inside one another, counting the document itself."""
    inside = levels - 1
    if opening == "[":
        return b'{"a":' + b"[" * inside + b"]" * inside + b"}"
    return b'{"a":' * inside + b"{}" + b"}" * inside


def wide(kind: str, count: int) -> bytes:
    """An array of `count` numbers, or an object of `count` members."""
    if kind == "array":
        return b'{"a":[' + b",".join([b"1"] * count) + b"]}"
    return b"{" + b",".join(f'"k{number}":1'.encode() for number in range(count)) + b"}"


def long_text(length: int, *, name: bool = False) -> bytes:
    """A string, or a member name, of `length` characters."""
    text = b'"' + b"x" * length + b'"'
    return b"{" + text + b":1}" if name else b'{"a":' + text + b"}"


def padded(length: int) -> bytes:
    """A good document of exactly `length` bytes, most of them white space."""
    return TWIN.ljust(length)


RECIPES: dict[str, Callable[..., bytes]] = {
    "deep": deep,
    "wide": wide,
    "long_text": long_text,
    "padded": padded,
}


def cases() -> Iterator[Case]:
    for word, opening, most in (("arrays", "[", 100_000), ("objects", "{", 40_000)):
        for levels in (33, 100, 1_000, most):
            deepest = Recipe("deep", {"opening": opening, "levels": levels})
            twin = Recipe("deep", {"opening": opening, "levels": 32})
            yield Case(f"LD-08-{word}-{levels}", deepest, "json", "too_deep", twin)
    yield Case(
        "LD-08-arrays-200000", Recipe("deep", {"opening": "[", "levels": 200_000}), "json", "too_large", TWIN
    )
    yield Case("LD-08-array-of-a-million", _r("wide", "array", 1_000_000), "json", "too_large", TWIN)
    yield Case(
        "LD-08-array-of-100000",
        _r("wide", "array", 100_000),
        "json",
        "too_many_nodes",
        _r("wide", "array", 4_998),
    )
    yield Case(
        "LD-08-members-5000",
        _r("wide", "object", 5_000),
        "json",
        "too_many_nodes",
        _r("wide", "object", 4_999),
    )
    yield Case("LD-08-100000-members", _r("wide", "object", 100_000), "json", "too_large", TWIN)
    yield Case(
        "LD-08-string-too-long",
        Recipe("long_text", {"length": 65_537}),
        "json",
        "string_too_long",
        Recipe("long_text", {"length": 65_536}),
    )
    yield Case(
        "LD-08-name-too-long",
        Recipe("long_text", {"length": 65_537, "name": True}),
        "json",
        "string_too_long",
        Recipe("long_text", {"length": 65_536, "name": True}),
    )
    yield Case(
        "LD-08-one-byte-too-many",
        Recipe("padded", {"length": 262_145}),
        "json",
        "too_large",
        Recipe("padded", {"length": 262_144}),
    )
    for name, data, expect in SMALL:
        yield Case(name, data, "json", expect, TWIN)


def _r(recipe: str, kind: str, count: int) -> Recipe:
    return Recipe(recipe, {"kind": kind, "count": count})


SMALL: tuple[tuple[str, bytes, str], ...] = (
    ("LD-09-top", b'{"issuer":"did:web:good.example","issuer":"did:web:evil.example"}', "duplicate_key"),
    ("LD-09-nested", b'{"a":{"b":[{"id":"urn:x:1","id":"urn:x:2"}]}}', "duplicate_key"),
    ("LD-09-escaped", b'{"issuer":"a","iss\\u0075er":"b"}', "duplicate_key"),
    ("LD-09-equal-values", b'{"a":1,"a":1}', "duplicate_key"),
    ("LD-09-empty-name", b'{"":1,"":2}', "duplicate_key"),
    ("LD-10-nan", b'{"a":NaN}', "bad_number"),
    ("LD-10-infinity", b'{"a":Infinity}', "bad_number"),
    ("LD-10-minus-infinity", b'{"a":-Infinity}', "bad_number"),
    ("LD-10-1e400", b'{"a":1e400}', "bad_number"),
    ("LD-10-minus-1e400", b'{"a":-1e400}', "bad_number"),
    ("LD-10-1e30", b'{"a":1E30}', "bad_number"),
    ("LD-10-two-to-53", b'{"a":9007199254740992}', "bad_number"),
    ("LD-10-two-to-53-and-a-half", b'{"a":9007199254740992.5}', "bad_number"),
    ("LD-10-minus-two-to-53", b'{"a":-9007199254740992}', "bad_number"),
    ("LD-10-long-digits", b'{"a":' + b"1" * 5_000 + b"}", "bad_number"),
    ("LD-10-long-fraction", b'{"a":0.' + b"3" * 5_000 + b"}", "bad_number"),
    ("LD-10-leading-zero", b'{"a":01}', "not_json"),
    ("LD-10-plus", b'{"a":+1}', "not_json"),
    ("LD-10-hexadecimal", b'{"a":0x10}', "not_json"),
    ("LD-10-bare-point", b'{"a":1.}', "not_json"),
    ("LD-11-lone-high-surrogate", b'{"a":"\\ud800"}', "bad_encoding"),
    ("LD-11-lone-low-surrogate", b'{"a":"x\\udc00"}', "bad_encoding"),
    ("LD-11-surrogates-reversed", b'{"a":"\\udc00\\ud800"}', "bad_encoding"),
    ("LD-11-surrogate-in-name", b'{"\\ud800":1}', "bad_encoding"),
    ("LD-11-nul", b'{"a":"x\\u0000y"}', "bad_encoding"),
    ("LD-11-nul-in-name", b'{"a\\u0000":1}', "bad_encoding"),
    ("LD-11-raw-nul", b'{"a":"\x00"}', "not_json"),
    ("LD-11-raw-newline", b'{"a":"x\ny"}', "not_json"),
    ("LD-11-u-fffe", b'{"a":"\\ufffe"}', "bad_encoding"),
    ("LD-11-u-ffff", b'{"a":"\xef\xbf\xbf"}', "bad_encoding"),
    ("LD-11-u-fdd0", b'{"a":"\\ufdd0"}', "bad_encoding"),
    ("LD-11-u-1fffe", b'{"a":"\\ud83f\\udffe"}', "bad_encoding"),
    ("LD-11-u-10ffff", b'{"a":"\xf4\x8f\xbf\xbf"}', "bad_encoding"),
    ("LD-11-overlong-slash", b'{"a":"\xc0\xaf"}', "bad_encoding"),
    ("LD-11-overlong-nul", b'{"a":"\xc0\x80"}', "bad_encoding"),
    ("LD-11-cesu-8", b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}', "bad_encoding"),
    ("LD-11-beyond-unicode", b'{"a":"\xf4\x90\x80\x80"}', "bad_encoding"),
    ("LD-11-latin-1", b'{"a":"\xe9"}', "bad_encoding"),
    ("LD-11-cut-off", b'{"a":"\xe2\x82', "bad_encoding"),
    ("LD-11-bom", b"\xef\xbb\xbf" + TWIN, "bad_encoding"),
    ("LD-11-utf-16-le", TWIN.decode().encode("utf-16"), "bad_encoding"),
    ("LD-11-utf-16-be-no-bom", TWIN.decode().encode("utf-16-be"), "not_json"),
    ("LD-11-utf-32", TWIN.decode().encode("utf-32"), "bad_encoding"),
    ("LD-08-two-documents", TWIN + TWIN, "not_json"),
    ("LD-08-trailing-comma", b'{"a":1,}', "not_json"),
    ("LD-08-comment", b'{"a":1/* */}', "not_json"),
    ("LD-08-single-quotes", b"{'a':1}", "not_json"),
    ("LD-08-nothing", b"", "not_json"),
    ("LD-08-array", b"[1]", "not_an_object"),
    ("LD-08-string", b'"a"', "not_an_object"),
    ("LD-08-null", b"null", "not_an_object"),
)
