from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from credential.baking.png import bake_png
from credential.qr import code_url, new_code, new_token, share_url
from tests.pictures import png, svg
from tests.zips import Packed, plain_zip, zip_of
from verifier.evidence import PresentedKind
from verifier.intake import MAX_UPLOAD, Decoded, Item, Where, may_need_decoding, read, read_all, read_files
from verifier.intake.decoded import FAULTS, AttachedFile, SeenCode
from verifier.intake.several import LONGEST_NAME, shown

TOKEN, CODE = new_token(bytes(range(20))), new_code(bytes(range(7)))
SHARE, PRINTED = share_url("check.example.org", "RIVER", TOKEN), code_url("check.example.org", "RIVER", CODE)
BADGE = b'{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"]}'
JWT = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"
JPEG, PDF = b"\xff\xd8\xff\xe0 a photo", b"%PDF-1.7 a certificate"


def sees(
    *texts: str, files: tuple[bytes, ...] = (), page: int = 0, whole: bool = True
) -> Callable[[bytes], Decoded]:
    found = Decoded(
        tuple(SeenCode(page and page + n, text) for n, text in enumerate(texts)),
        tuple(AttachedFile("a", data) for data in files),
        whole=whole,
    )
    return lambda _: found


def told(items: tuple[Item, ...]) -> list[tuple[str, str, int]]:
    return [(i.presented.code or str(i.presented.kind), str(i.where), i.number) for i in items]


def test_one_thing_is_one_item_as_read_reads_it() -> None:
    for data in (BADGE, JWT, SHARE.encode(), b"", b"hello", bake_png(png(), JWT.decode()), svg()):
        (item,) = read_all(data, "folder/a.json")
        assert item.presented == read(data)
        assert (item.name, item.where, item.number, item.same_as) == ("a.json", Where.WHOLE, 0, None)


def test_a_photo_shows_its_codes() -> None:
    (one,) = read_all(JPEG, decode=sees(SHARE))
    assert (one.presented.kind, one.presented.token, one.presented.source) == (
        PresentedKind.SHARE,
        TOKEN,
        "qr",
    )
    assert told(read_all(JPEG, decode=sees(SHARE, PRINTED, JWT.decode()))) == [
        ("share", "qr", 1),
        ("code", "qr", 2),
        ("jwt", "qr", 3),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/badge.json",
        "http://169.254.169.254/latest/",
        "https://check.example.org/",
        "WIFI:S:school;P:secret;;",
        "BEGIN:VCARD",
        "javascript://x/%0aalert(1)",
        "hello",
        "",
    ],
)
def test_a_square_that_is_no_badges_is_said_and_not_followed(text: str) -> None:
    (item,) = read_all(JPEG, decode=sees(text))
    assert item.presented.code == "qr_not_a_badge"
    assert (item.presented.url, item.presented.token) == ("", "")
    assert told(read_all(JPEG, decode=sees(text, SHARE))) == [("qr_not_a_badge", "qr", 1), ("share", "qr", 2)]


def test_a_badge_of_a_kind_that_is_not_read_is_named_in_a_square_too() -> None:
    assert read_all(JPEG, decode=sees(JWT.decode() + "~"))[0].presented.code == "unsupported_sd_jwt"
    mistyped = PRINTED[:-1] + ("0" if PRINTED[-1] != "0" else "1")
    assert read_all(JPEG, decode=sees(mistyped))[0].presented.code == "code_typo"


def test_a_picture_that_shows_nothing_says_so() -> None:
    assert told(read_all(JPEG, decode=sees())) == [("no_qr_in_picture", "", 0)]
    assert told(read_all(png(), decode=sees())) == [("no_qr_in_picture", "", 0)]


def test_where_nobody_decodes_a_picture_is_unsupported_and_never_read() -> None:
    assert told(read_all(JPEG)) == told(read_all(PDF)) == [("unsupported_file", "", 0)]
    assert told(read_all(png())) == [("no_badge_in_picture", "", 0)]


def test_a_baked_badge_comes_before_a_code_in_the_same_picture() -> None:
    assert told(read_all(bake_png(png(), BADGE.decode()), decode=sees(SHARE))) == [("document", "", 0)]
    assert told(read_all(png()[:-3], decode=sees(SHARE))) == [("png_malformed", "", 0)]
    assert told(read_all(png(), decode=sees(SHARE))) == [("share", "", 0)]


@pytest.mark.parametrize("fault", sorted(FAULTS - {"not_decoded"}))
@pytest.mark.parametrize("data", [JPEG, PDF, png()])
def test_every_fault_of_a_decoder_is_an_item_with_a_sentence(fault: str, data: bytes) -> None:
    (item,) = read_all(data, decode=lambda _: Decoded(fault=fault))
    assert item.presented.kind is PresentedKind.UNREADABLE
    assert item.presented.code == fault
    assert item.presented.detail.endswith(".")


def test_the_badge_that_a_pdf_carries_comes_before_its_pages() -> None:
    both = sees(SHARE, files=(b"a,b", BADGE, JWT), page=1)
    assert told(read_all(PDF, decode=both)) == [("document", "attachment", 2), ("jwt", "attachment", 3)]
    assert read_all(PDF, decode=both)[0].presented.source == "pdf"
    assert told(read_all(PDF, decode=sees(SHARE, PRINTED, page=1))) == [
        ("share", "page", 1),
        ("code", "page", 2),
    ]
    assert told(read_all(PDF, decode=sees())) == [("no_badge_in_pdf", "", 0)]


@pytest.mark.parametrize(
    "data",
    [b"hello", b'{"invoice":1}', SHARE.encode(), b"https://evil.example/x", png(), JPEG, PDF, b"PK\3\4"],
)
def test_what_else_a_pdf_carries_is_no_badge(data: bytes) -> None:
    assert told(read_all(PDF, decode=sees(files=(data,)))) == [("no_badge_in_pdf", "", 0)]


def test_what_was_not_looked_at_is_said() -> None:
    assert told(read_all(PDF, decode=sees(SHARE, page=1, whole=False)))[-1] == ("too_many_items", "", 0)
    assert told(read_all(JPEG, decode=sees(SHARE, whole=False)))[-1] == ("too_many_items", "", 0)
    assert told(read_all(PDF, decode=sees(whole=False))) == [("too_many_items", "", 0)]


def test_a_packed_file_is_opened_one_level_deep() -> None:
    inner = plain_zip([("b.json", BADGE)])
    data = plain_zip(
        [("../../etc/a.json", BADGE), ("C:\\x\\c.jwt", JWT), ("in.zip", inner), ("p.jpg", JPEG), ("n", b"?")]
    )
    items = read_all(data, "all.zip", decode=sees(SHARE))
    assert [(i.name, i.presented.code or str(i.presented.kind)) for i in items] == [
        ("a.json", "document"),
        ("c.jwt", "jwt"),
        ("in.zip", "zip_nested"),
        ("p.jpg", "share"),
        ("n", "code_malformed"),
    ]


def test_a_packed_file_that_is_refused_is_one_item() -> None:
    assert told(read_all(b"PK\3\4")) == [("zip_broken", "", 0)]
    assert told(read_all(zip_of())) == [("zip_empty", "", 0)]
    lies = zip_of(Packed(b"a", BADGE, says_checksum=1), Packed(b"b", BADGE))
    assert told(read_all(lies)) == [("zip_broken", "", 0), ("document", "", 0)]


def test_a_list_of_links_is_an_item_for_each_row() -> None:
    sheet = f"name,link\nA,{SHARE}\nB,\nC,{PRINTED}\nD,lost".encode()
    assert told(read_all(sheet, "links.csv")) == [
        ("share", "row", 2),
        ("no_link_in_row", "row", 3),
        ("code", "row", 4),
        ("code_malformed", "row", 5),
    ]


def test_an_array_is_an_item_for_each_member() -> None:
    data = b"[" + BADGE + b',"' + JWT + b'",7,"hello",{"type":"VerifiablePresentation"}]'
    assert told(read_all(data)) == [
        ("document", "member", 1),
        ("jwt", "member", 2),
        ("not_a_badge", "member", 3),
        ("code_malformed", "member", 4),
        ("presentation", "member", 5),
    ]
    assert told(read_all(b"[]")) == [("empty", "", 0)]
    for bad in (b"[", b"[1,]", b'[{"a":1,"a":2}]', b"[NaN]", b"[" * 100 + b"]" * 100):
        assert told(read_all(bad)) == [("not_a_badge", "", 0)] or read_all(bad) == (Item(read(bad)),)


def test_the_same_badge_twice_is_noted() -> None:
    items = read_files([("a", BADGE), ("b", JWT), ("c", b" " + BADGE), ("d", b"?"), ("e", b"?")])
    assert [item.same_as for item in items] == [None, None, 0, None, None]
    assert items[0].digest == items[2].digest != items[1].digest
    links = read_files([("a", SHARE.encode()), ("b", SHARE.lower().encode())])
    assert links[1].same_as == 0


def test_so_many_are_read_and_the_rest_is_not_silent() -> None:
    array = json.dumps([json.loads(BADGE) | {"id": str(n)} for n in range(5)]).encode()
    assert len(read_all(array, most=5)) == 5
    assert told(read_all(array, most=4))[-2:] == [("document", "member", 4), ("too_many_items", "", 0)]
    asked: list[bytes] = []

    def decode(data: bytes) -> Decoded:
        asked.append(data)
        return Decoded((SeenCode(0, SHARE),))

    read_files([("", JPEG)] * 50, decode=decode, most=3)
    assert len(asked) == 4  # what is past the bound is not even looked at


def test_sizes_come_first() -> None:
    assert told(read_all(JPEG.ljust(MAX_UPLOAD + 1), decode=sees(SHARE))) == [("too_large", "", 0)]
    assert told(read_all(JPEG.ljust(MAX_UPLOAD), decode=sees(SHARE))) == [("share", "", 0)]


def test_nothing_at_all_is_one_item() -> None:
    assert told(read_files([])) == [("empty", "", 0)]


@pytest.mark.parametrize(
    ("name", "as_shown"),
    [
        ("a.json", "a.json"),
        ("../../x", "x"),
        ("C:\\Users\\x.png", "x.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\0b\nc", "abc"),
        ("/", ""),
        ("x" * 4_000, "x" * LONGEST_NAME),
        ("Mi insignia é.png", "Mi insignia é.png"),
    ],
)
def test_a_name_is_shown_as_one_plain_line(name: str, as_shown: str) -> None:
    assert shown(name) == as_shown


def test_what_takes_a_process_of_its_own_is_known_before() -> None:
    assert all(map(may_need_decoding, (JPEG, PDF, png(), plain_zip([]))))
    assert not any(map(may_need_decoding, (BADGE, JWT, svg(), SHARE.encode(), bake_png(png(), "{}"))))
