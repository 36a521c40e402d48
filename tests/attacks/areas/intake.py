"""Hostile uploads, texts and request bodies: what must be refused before any badge is looked at.

By ending: `body` is the body of `POST /credentials/verify` (WEB-16), `form` a whole multipart form behind its
first line, which is the boundary (UPL-04), and anything else a file or text put before `verifier.intake`
(IMG-06, UPL-01, WEB-08).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator

from credential.baking.png import bake_png
from credential.proof.enveloped import enveloped
from tests.attacks.framework import Case, Recipe
from tests.pictures import png, svg, svg_badge
from tests.site import ask
from verifier.app import create_app
from verifier.evidence import PresentedKind
from verifier.intake import MAX_BYTES, MAX_TEXT, read
from verifier.settings import Settings
from verifier.web.guard import MAX_UPLOAD, Guard
from verifier.web.problem import RequestRefused
from verifier.web.uploads import MOST_FILES
from verifier.web.vcalm import parse_request

AREA = "intake"
JSON = '{"type":["VerifiableCredential","OpenBadgeCredential"]}'
BAKED = bake_png(png(), JSON)
REQUEST = json.dumps(
    {"verifiableCredential": {"type": ["VerifiableCredential"], "n": 9007199254740991}}
).encode()


def judge(data: bytes, suffix: str) -> str:
    if suffix == "form" or data.startswith(b"FORM "):
        return of_form(data.removeprefix(b"FORM "))
    if suffix == "body" or data.startswith(b"BODY "):
        return of_body(data.removeprefix(b"BODY "))
    presented = read(data)
    return presented.code if presented.kind is PresentedKind.UNREADABLE else "ok"


def of_body(data: bytes) -> str:
    try:
        parse_request(data)
    except RequestRefused as refused:
        return refused.faults[0].code
    return "ok"


@functools.cache
def site() -> Guard:
    """A site that trusts and asks nobody."""
    return create_app(Settings(hosts=frozenset({"localhost"})))


def of_form(data: bytes) -> str:
    boundary, _, form = data.partition(b"\n")
    headers = {
        "Content-Type": b"multipart/form-data; boundary=" + boundary if boundary else b"multipart/form-data"
    }
    answer = ask(site(), "/check", "POST", headers=headers, content=form, address="http://localhost")
    return "ok" if answer.status_code == 200 else str(answer.status_code)


def part(name: str, content: bytes = b"x", extra: bytes = b"", filename: str = "") -> bytes:
    """One part of a form whose boundary is `b`."""
    file = f'; filename="{filename}"' if filename else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n'.encode()
    return head + extra + b"\r\n" + content + b"\r\n"


def form(*parts: bytes, before: bytes = b"", boundary: bytes = b"b") -> bytes:
    """A form, behind the boundary that its sender names."""
    return boundary + b"\n" + before + b"".join(parts) + b"--b--\r\n"


def many_parts(count: int) -> bytes:
    """So many fields in one form."""
    return b"FORM " + form(*[part("a")] * count)


def many_files(count: int) -> bytes:
    """So many files in one form."""
    return b"FORM " + form(*[part("file", filename="a.png")] * count)


def long_header(size: int) -> bytes:
    """A part with one header of so many bytes."""
    return b"FORM " + form(part("text", extra=b"X-Long: " + b"y" * size + b"\r\n"))


def long_field(size: int) -> bytes:
    """One text field of so many bytes."""
    return b"FORM " + form(part("text", b"y" * size))


def long_preamble(size: int) -> bytes:
    """So many bytes before the first part."""
    return b"FORM " + form(part("text"), before=b"y" * size + b"\r\n")


def long_text(size: int) -> bytes:
    """A JSON object of so many bytes."""
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


def long_file(size: int) -> bytes:
    """A badge with white space behind it, of so many bytes."""
    return JSON.encode().ljust(size)


def long_body(size: int) -> bytes:
    """A request of so many bytes."""
    return b"BODY " + REQUEST.ljust(size)


def deep_body(levels: int) -> bytes:
    """A request whose credential is nested so deep."""
    return b'BODY {"verifiableCredential":{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}}"


def wide_body(count: int) -> bytes:
    """A request whose credential has so many values."""
    return b'BODY {"verifiableCredential":{"a":[' + b",".join([b"1"] * count) + b"]}}"


RECIPES: dict[str, Callable[..., bytes]] = {
    "many_parts": many_parts,
    "many_files": many_files,
    "long_header": long_header,
    "long_field": long_field,
    "long_preamble": long_preamble,
    "long_text": long_text,
    "long_file": long_file,
    "long_body": long_body,
    "deep_body": deep_body,
    "wide_body": wide_body,
}


def cases() -> Iterator[Case]:
    yield from of_files()
    yield from of_texts()
    yield from of_bodies()
    yield from of_forms()


def of_files() -> Iterator[Case]:
    for name, data, expect, suffix in (
        ("gif-before-a-badge", b"GIF89a" + BAKED, "unsupported_file", "png"),
        ("jpeg-before-a-badge", b"\xff\xd8\xff\xe0" + BAKED, "unsupported_file", "png"),
        ("pdf-before-a-badge", b"%PDF-1.7\n" + BAKED, "unsupported_file", "png"),
        ("zip-before-a-badge", b"PK\x03\x04" + BAKED, "unsupported_file", "png"),
        ("zip-behind-a-badge", BAKED + b"PK\x05\x06" + bytes(18), "png_malformed", "png"),
        ("page-behind-a-badge", BAKED + b"<html><script>alert(1)</script></html>", "png_malformed", "png"),
        ("space-before-a-badge", b" " + BAKED, "not_a_badge", "png"),
        ("page-named-png", b"<html><body><script>alert(1)</script></body></html>", "not_a_badge", "png"),
        ("bitmap", b"BM" + BAKED, "unsupported_file", "png"),
        ("webp", b"RIFF\0\0\0\0WEBP", "unsupported_file", "png"),
        ("program", b"\x7fELF" + BAKED, "not_a_badge", "png"),
        ("only-the-signature", BAKED[:8], "png_malformed", "png"),
        ("picture-without-a-badge", png(), "no_badge_in_picture", "png"),
        ("picture-with-a-page", bake_png(png(), "<script>alert(1)</script>"), "not_a_badge", "png"),
        ("picture-with-a-link", bake_png(png(), "http://169.254.169.254/latest/"), "not_a_badge", "png"),
        ("picture-with-a-code", bake_png(png(), "7Q2M9KXB4T0C"), "not_a_badge", "png"),
    ):
        yield Case(f"IMG-06-{name}", data, suffix, expect, BAKED)
    drawn = svg(svg_badge(JSON))
    for name, data, expect in (
        ("svg-as-png-in-utf-16", drawn.decode().encode("utf-16"), "not_a_badge"),
        ("svg-with-a-document-type", b"<!DOCTYPE svg>" + drawn, "svg_doctype"),
        ("svg-in-a-page", b"<html><body>" + drawn + b"</body></html>", "svg_malformed"),
        ("svg-without-a-badge", svg(), "no_badge_in_picture"),
        ("svg-with-text", svg(svg_badge("hello")), "not_a_badge"),
    ):
        yield Case(f"IMG-06-{name}", data, "svg", expect, drawn)
    largest = Recipe("long_file", {"size": MAX_BYTES})
    yield Case(
        "IMG-06-one-byte-too-many", Recipe("long_file", {"size": MAX_BYTES + 1}), "json", "too_large", largest
    )


def of_texts() -> Iterator[Case]:
    longest = Recipe("long_text", {"size": MAX_TEXT})
    yield Case(
        "WEB-16-text-one-byte-too-long",
        Recipe("long_text", {"size": MAX_TEXT + 1}),
        "txt",
        "too_large",
        longest,
    )
    good = b"https://badges.example.edu/1.json"
    for name, data, expect in (
        ("empty", b"", "empty"),
        ("white-space", b" \r\n\t", "empty"),
        ("javascript", b"javascript://badges.example.edu/%0aalert(1)", "link_malformed"),
        ("file", b"file:///etc/passwd", "link_malformed"),
        ("gopher", b"gopher://127.0.0.1:6379/_INFO", "link_malformed"),
        ("data", b"data:text/html,<script>alert(1)</script>", "not_a_badge"),
        ("line-break-in-a-link", b"https://badges.example.edu/\r\nHost: evil.example", "link_malformed"),
        ("space-in-a-link", b"https://badges.example.edu/ evil", "link_malformed"),
        ("letters-of-another-script", "https://\u0430pple.example/".encode(), "link_malformed"),
        ("right-to-left-link", "https://badges.example.edu/\u202egnp".encode(), "link_malformed"),
        ("long-link", b"https://badges.example.edu/" + b"a" * 2_048, "link_malformed"),
        ("array", b'[{"type":"OpenBadgeCredential"}]', "not_a_badge"),
        ("not-utf-8", b"\xc3\x28" * 20, "not_a_badge"),
        ("utf-16", JSON.encode("utf-16"), "not_a_badge"),
        ("two-parts", b"eyJhbGciOiJub25lIn0.e30", "code_malformed"),
        ("five-parts", b"a.b.c.d.e" * 10, "not_a_badge"),
        ("a-thousand-dots", b"." * 1_000, "not_a_badge"),
    ):
        yield Case(f"WEB-08-text-{name}", data, "txt", expect, good)


def of_bodies() -> Iterator[Case]:
    def body(text: str) -> bytes:
        return text.encode("utf-8", "surrogatepass")

    credential = '{"verifiableCredential":%s}'
    envelope = json.dumps(enveloped("?") | {"id": "?"})
    for name, data, expect in (
        ("nan", body(credential % '{"gpa":NaN}'), "bad_number"),
        ("infinity", body(credential % '{"gpa":-Infinity}'), "bad_number"),
        ("endless-number", body(credential % '{"gpa":1e400}'), "bad_number"),
        ("beyond-a-double", body(credential % '{"n":9007199254740992}'), "bad_number"),
        ("half-a-surrogate", body(credential % '{"n":"\\ud800"}'), "bad_encoding"),
        ("raw-surrogate", body(credential % '{"n":"\ud800"}'), "bad_encoding"),
        ("nul", body(credential % '{"n":"\\u0000"}'), "bad_encoding"),
        ("key-twice", body('{"verifiableCredential":{},"verifiableCredential":{"a":1}}'), "duplicate_key"),
        ("key-twice-escaped", body(credential % '{"issuer":"a","\\u0069ssuer":"b"}'), "duplicate_key"),
        ("utf-16", body(credential % "{}").decode().encode("utf-16"), "bad_encoding"),
        ("byte-order-mark", b"\xef\xbb\xbf" + body(credential % "{}"), "bad_encoding"),
        ("latin-1", (credential % '{"n":"é"}').encode("latin-1"), "bad_encoding"),
        ("two-texts", body(credential % "{}") * 2, "not_json"),
        ("comment", body("/* */" + credential % "{}"), "not_json"),
        ("trailing-comma", body('{"verifiableCredential":{},}'), "not_json"),
        ("single-quotes", body("{'verifiableCredential':{}}"), "not_json"),
        ("form", b"verifiableCredential=%7B%7D", "not_json"),
        ("white-space", b"\n\n", "not_json"),
        ("null", b"null", "not_an_object"),
        ("array", body("[" + credential % "{}" + "]"), "not_an_object"),
        ("no-credential", b"{}", "no_credential"),
        ("credential-null", body(credential % "null"), "no_credential"),
        ("credential-array", body(credential % "[{}]"), "no_credential"),
        ("credential-true", body(credential % "true"), "no_credential"),
        ("credential-a-link", body(credential % '"http://169.254.169.254/"'), "not_a_token"),
        ("credential-a-code", body(credential % '"7Q2M9KXB4T0C"'), "not_a_token"),
        ("credential-json-as-text", body(credential % '"{}"'), "not_a_token"),
        (
            "envelope-of-a-link",
            body(credential % envelope.replace("?", "https://evil.example/a.b.c")),
            "bad_envelope",
        ),
        (
            "envelope-of-a-page",
            body(credential % envelope.replace("?", "data:text/html,a.b.c")),
            "bad_envelope",
        ),
        (
            "envelope-of-two-parts",
            body(credential % envelope.replace("?", "data:application/vc+jwt,a.b")),
            "not_a_token",
        ),
        ("presentation", b'{"verifiablePresentation":{}}', "unknown_member"),
        ("member-more", b'{"verifiableCredential":{},"role":"admin"}', "unknown_member"),
        ("options-array", b'{"verifiableCredential":{},"options":[]}', "bad_options"),
        ("option-as-text", b'{"verifiableCredential":{},"options":{"returnResults":"true"}}', "bad_options"),
        ("option-as-number", b'{"verifiableCredential":{},"options":{"returnResults":1}}', "bad_options"),
        (
            "option-unknown",
            b'{"verifiableCredential":{},"options":{"trust":["did:web:evil.example"]}}',
            "unknown_option",
        ),
    ):
        yield Case(f"WEB-16-{name}", data, "body", expect, REQUEST)
    for name, recipe, bad, good, expect in (
        ("long", "long_body", {"size": 524_289}, {"size": 524_288}, "too_large"),
        ("very-long", "long_body", {"size": 50 * 1024 * 1024}, {"size": 524_288}, "too_large"),
        ("deep", "deep_body", {"levels": 33}, {"levels": 32}, "too_deep"),
        ("very-deep", "deep_body", {"levels": 100_000}, {"levels": 32}, "too_deep"),
        ("wide", "wide_body", {"count": 4_999}, {"count": 4_998}, "too_many_nodes"),
        ("very-wide", "wide_body", {"count": 200_000}, {"count": 4_998}, "too_many_nodes"),
    ):
        yield Case(f"WEB-16-{name}", Recipe(recipe, bad), "body", expect, Recipe(recipe, good))


def of_forms() -> Iterator[Case]:
    good = form(part("text"))
    for name, data in (
        ("no-boundary", b"\n" + good),
        ("another-boundary", form(part("text"), boundary=b"c")),
        ("not-a-form", b"b\nhello"),
        ("no-name", form(part("text").replace(b'; name="text"', b""))),
        ("seven-fields", form(*[part("a")] * 7)),
        ("too-many-files", form(*[part("file", filename="a.png")] * (MOST_FILES + 1))),
    ):
        yield Case(f"UPL-04-{name}", data, "form", "400", good)
    for name, recipe, bad, good_size, expect in (
        ("many-fields", "many_parts", {"count": 50_000}, {"count": 4}, "400"),
        ("a-million-fields", "many_parts", {"count": 1_000_000}, {"count": 4}, "413"),
        ("many-files", "many_files", {"count": 20_000}, {"count": MOST_FILES}, "400"),
        ("field-too-long", "long_field", {"size": 524_289}, {"size": 524_288}, "400"),
        ("header-of-a-hundred-megabytes", "long_header", {"size": 100 * 1024 * 1024}, {"size": 100}, "413"),
        ("header-of-a-megabyte", "long_header", {"size": 1024 * 1024}, {"size": 100}, "400"),
    ):
        yield Case(f"UPL-04-{name}", Recipe(recipe, bad), "form", expect, Recipe(recipe, good_size))
    whole = Recipe("many_parts", {"count": 1})
    for size, expect in ((100, "400"), (MAX_UPLOAD, "413")):
        yield Case(
            f"UPL-04-preamble-of-{size}-bytes", Recipe("long_preamble", {"size": size}), "form", expect, whole
        )
