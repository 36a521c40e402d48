from __future__ import annotations

import pytest

from credential.baking.png import bake_png
from credential.baking.svg import bake_svg
from credential.qr import code_url, format_code, new_code, new_token, share_url
from tests.pictures import itxt, png, svg
from verifier.evidence import Presented, PresentedKind
from verifier.intake import MAX_BYTES, MAX_LINK, MAX_TEXT, read, read_path

CODE, TOKEN = new_code(bytes(range(7))), new_token(bytes(range(20)))
JSON = b'{"type":["VerifiableCredential"]}'
JWT = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"


def kind(data: bytes) -> PresentedKind:
    return read(data).kind


def why(data: bytes) -> str:
    presented = read(data)
    assert presented.kind is PresentedKind.UNREADABLE
    assert presented.detail.endswith(".")
    assert presented.data == b""
    return presented.code


def test_json_is_a_document_byte_for_byte() -> None:
    assert read(JSON) == Presented(PresentedKind.DOCUMENT, data=JSON, source="json")
    assert read(b"\n " + JSON + b"\r\n").data == JSON


def test_a_token_is_a_token() -> None:
    assert read(JWT + b"\n") == Presented(PresentedKind.JWT, data=JWT, source="jwt")
    assert kind(b"eyJhbGciOiJub25lIn0.e30.") is PresentedKind.JWT


@pytest.mark.parametrize("text", [JSON, JWT])
def test_a_badge_is_found_in_either_kind_of_picture(text: bytes) -> None:
    for data, source in ((bake_png(png(), text.decode()), "png"), (bake_svg(svg(), text.decode()), "svg")):
        found = read(data)
        assert (found.data, found.source) == (text, source)
        assert found.kind is (PresentedKind.JWT if text is JWT else PresentedKind.DOCUMENT)


def test_a_share_and_a_code_are_told_from_other_links() -> None:
    share = read(share_url("check.example.org", "RIVER", TOKEN).encode())
    code = read(code_url("check.example.org", "RIVER", CODE).encode())
    other = read(b"https://badges.example.edu/b/5.json")
    assert share == Presented(PresentedKind.SHARE, tag="RIVER", token=TOKEN, source="link")
    assert code == Presented(PresentedKind.CODE, tag="RIVER", token=CODE, source="link")
    assert other == Presented(PresentedKind.LINK, url="https://badges.example.edu/b/5.json", source="link")


@pytest.mark.parametrize("text", [f"RIVER-{format_code(CODE)}", f"river {format_code(CODE).lower()}"])
def test_a_typed_code_is_read_forgivingly(text: str) -> None:
    assert read(text.encode()) == Presented(PresentedKind.CODE, tag="RIVER", token=CODE, source="text")


def test_a_code_with_a_typo_says_so() -> None:
    assert why((CODE[:-1] + ("0" if CODE[-1] != "0" else "1")).encode()) == "code_typo"
    assert why(f"https://check.example.org/C/RIVER-{CODE[:-1]}".encode()) == "code_malformed"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"hello, here is my badge, could you look at it please", "not_a_badge"),
        (b"[" + JSON + b"]", "not_a_badge"),
        (b"\xff\xfe{\0}\0", "not_a_badge"),
        (b"<html><body><svg></svg></body></html>", "svg_malformed"),
        (b"<html><body>hello</body></html>", "not_a_badge"),
        (b"%PDF-1.7 ...", "unsupported_file"),
        (b"\xff\xd8\xff\xe0 JFIF", "unsupported_file"),
        (b"GIF89a", "unsupported_file"),
        (b"PK\x03\x04", "unsupported_file"),
        (b"https://", "link_malformed"),
        (b"https://evil.example/ with spaces", "link_malformed"),
        ("https://é.example/".encode(), "link_malformed"),
        (b"ftp://files.example/badge.json", "link_malformed"),
        (b"javascript://x/%0aalert(1)", "link_malformed"),
        (b"https://x.example/" + b"a" * MAX_LINK, "link_malformed"),
        (png(), "no_badge_in_picture"),
        (svg(), "no_badge_in_picture"),
        (png(itxt(b"http://old.example/assertion.json")), "not_a_badge"),
        (png(itxt(b"a.b.c"), itxt(b"a.b.c")), "multiple_badges"),
        (png()[:-3], "png_malformed"),
        (b"<!DOCTYPE svg>" + svg(), "svg_doctype"),
    ],
)
def test_what_is_no_badge_is_unreadable_with_a_plain_reason(data: bytes, code: str) -> None:
    assert why(data) == code


def test_sizes_come_first() -> None:
    assert why(JSON.ljust(MAX_BYTES + 1)) == "too_large"
    assert kind(JSON.ljust(MAX_BYTES)) is PresentedKind.DOCUMENT
    assert why(JSON + b"x" * MAX_TEXT) == "too_large"
    assert why(b"a" * MAX_TEXT + b".b.c") == "too_large"


def test_the_content_counts_and_no_claim_about_it() -> None:
    baked = bake_png(png(), JSON.decode())
    assert why(b"GIF89a" + baked) == "unsupported_file"
    assert why(baked + b"<script>alert(1)</script>") == "png_malformed"
    assert why(b" " + baked) == "not_a_badge"


def test_many_openings_of_comments_take_no_time() -> None:
    assert why(b"<" + b"?><?" * 90_000) == "not_a_badge"
    assert why(b"<!--" * 90_000) == "not_a_badge"


def test_the_two_pages_for_codes_and_shares_read_nothing_else() -> None:
    assert read_path("C", f"river-{CODE.lower()}") == Presented(
        PresentedKind.CODE, tag="RIVER", token=CODE, source="qr"
    )
    assert read_path("S", f"RIVER-{TOKEN}") == Presented(
        PresentedKind.SHARE, tag="RIVER", token=TOKEN, source="qr"
    )
    assert read_path("C", "nonsense").code == "code_malformed"
    assert read_path("S", "https://evil.example/").code == "link_malformed"
    assert read_path("S", f"RIVER-{CODE}").code == "link_malformed"


def test_a_sheet_that_holds_a_link_is_no_broken_link() -> None:
    for text in (b"name,link\nMaya,https://x.example/S/A", b"Please open https://x.example/S/A today"):
        assert read(text).code == "not_a_badge"
    assert read(b"https://x.example/S/ A").code == "link_malformed"
