from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from tests.zips import Packed, plain_zip, zip_of
from verifier.intake.packed import MAX_ENTRY, MAX_UNPACKED, MOST_ENTRIES, PackageRefused, entries, files

TEXT = b'{"a":1}' * 50
ONE = Packed(b"a.json", TEXT)


def why(data: bytes) -> str:
    try:
        for _, content in files(data):
            if isinstance(content, PackageRefused):
                return content.code
    except PackageRefused as refused:
        return refused.code if refused.detail.endswith(".") else f"{refused.code} without a sentence"
    return "ok"


def test_files_come_out_in_the_order_of_the_list() -> None:
    assert list(files(plain_zip([("b", b"2"), ("a/b", b""), ("a", TEXT)]))) == [
        ("b", b"2"),
        ("a/b", b""),
        ("a", TEXT),
    ]
    assert why(zip_of(Packed(b"a", TEXT, method=0))) == "ok"
    assert list(files(zip_of())) == []
    assert why(zip_of(ONE, comment=b"hello")) == "ok"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_python_packs_is_opened(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        made.mkdir("folder")
        made.writestr("folder/ñ.json", TEXT)
        with made.open("streamed.json", "w", force_zip64=True) as stream:
            stream.write(TEXT)
    assert list(files(out.getvalue())) == [("folder/ñ.json", TEXT), ("streamed.json", TEXT)]


def test_folders_links_and_what_a_mac_adds_are_left_out() -> None:
    data = zip_of(
        Packed(b"folder/", b"", method=0),
        Packed(b"link", b"/etc/passwd", method=0, made_by=3, outer=0o120777 << 16),
        Packed(b"__MACOSX/._a.json", b"x"),
        Packed(b"folder/.DS_Store", b"x"),
        Packed(b"a.json", TEXT, made_by=3, outer=0o100644 << 16),
    )
    assert [name for name, _ in files(data)] == ["a.json"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\3\4", "zip_broken"),
        (zip_of(ONE)[:-1], "zip_broken"),
        (zip_of(ONE, after=b"x"), "zip_broken"),
        (zip_of(ONE, before=b"")[1:], "zip_broken"),
        (b"GIF89a" + zip_of(ONE), "zip_broken"),
        (zip_of(ONE, ONE, count=1), "zip_broken"),
        (zip_of(ONE, count=2), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, local_name=b"b")), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, local_name=b"ab")), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, says_size=len(TEXT) - 1)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, says_size=len(TEXT) + 1)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, says_checksum=7)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, raw=b"\xff" * 20)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, raw=b"")), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, method=0, says_size=3)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, method=12)), "zip_broken"),
        (zip_of(Packed(b"a", TEXT, flags=1)), "zip_encrypted"),
        (zip_of(Packed(b"a", TEXT, flags=0x2000)), "zip_encrypted"),
        (zip_of(ONE, ONE, same_place=True), "zip_broken"),
        (zip_of(Packed(b"[Content_Types].xml", b"<x/>"), ONE), "unsupported_file"),
    ],
)
def test_a_package_that_lies_is_refused(data: bytes, code: str) -> None:
    assert why(data) == code


def test_every_cut_and_every_changed_byte_is_refused_or_reads_the_same() -> None:
    whole = zip_of(ONE, Packed(b"b", b"2", method=0))
    good = dict(files(whole))
    for at in range(len(whole)):
        assert why(whole[:at]) != "ok"
        changed = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        if why(changed) == "ok":  # times, versions, names in both places: what comes out is the same
            assert set(dict(files(changed)).values()) <= set(good.values())


def test_so_many_entries_are_read() -> None:
    assert len(entries(zip_of(*[Packed(b"a", b"", method=0)] * MOST_ENTRIES))) == MOST_ENTRIES
    assert why(zip_of(*[Packed(b"a", b"", method=0)] * (MOST_ENTRIES + 1))) == "zip_too_many"


def test_so_much_is_unpacked() -> None:
    assert why(zip_of(Packed(b"a", bytes(MAX_ENTRY)))) == "ok"
    assert why(zip_of(Packed(b"a", bytes(MAX_ENTRY + 1)))) == "zip_too_large"
    full = [Packed(str(n).encode(), bytes(MAX_ENTRY)) for n in range(MAX_UNPACKED // MAX_ENTRY)]
    assert len(entries(zip_of(*full))) == len(full)
    assert why(zip_of(*full, Packed(b"b", b"x"))) == "zip_too_large"


def test_a_size_that_is_too_small_is_not_believed() -> None:
    # 15 MB that say they are ten bytes: no more than eleven are ever inflated.
    bomb = zip_of(Packed(b"a", bytes(MAX_ENTRY), says_size=10))
    tracemalloc.start()
    try:
        assert why(bomb) == "zip_broken"
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_end_says_the_same_number_twice() -> None:
    whole = zip_of(ONE)
    assert why(whole[:-14] + b"\2\0" + whole[-12:]) == "zip_broken"
