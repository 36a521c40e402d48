"""What PDFs carry. They are made here, so they are opened in this process."""

from __future__ import annotations

import json

import pytest

from credential.baking.png import bake_png
from credential.qr import code_url, new_code
from tests.pdfs import locked_pdf, pdf
from tests.photos import square
from tests.pictures import png
from verifier.decoding.job import look_at
from verifier.decoding.pages import MAX_ATTACHED, MAX_ATTACHMENT, MOST_ATTACHMENTS, MOST_PAGES
from verifier.intake.decoded import AttachedFile, SeenCode

BADGE = json.dumps(
    {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}
).encode()
PRINTED = code_url("check.example.org", "RIVER", new_code(bytes(range(7))))
SQUARE = square(PRINTED, box=4)


def test_an_attached_file_is_taken_as_it_is() -> None:
    seen = look_at(pdf({"badge.json": BADGE}))
    assert seen.files == (AttachedFile("badge.json", BADGE),)
    assert (seen.codes, seen.fault, seen.whole) == ((), "", True)


def test_a_code_on_a_page_is_seen_with_its_page() -> None:
    seen = look_at(pdf(pages=[None, SQUARE]))
    assert seen.codes == (SeenCode(2, PRINTED),)


def test_the_pages_are_not_looked_at_where_a_badge_is_attached() -> None:
    assert look_at(pdf({"badge.json": BADGE}, [SQUARE])).codes == ()
    assert look_at(pdf({"badge.png": bake_png(png(), BADGE.decode())}, [SQUARE])).codes == ()
    for other in (b"a,b\n1,2\n", b'{"invoice": 7}', png(), b"<xml/>"):
        assert look_at(pdf({"other": other}, [SQUARE])).codes == (SeenCode(1, PRINTED),)


def test_a_square_at_the_foot_of_each_page_is_one() -> None:
    assert look_at(pdf(pages=[SQUARE, SQUARE])).codes == (SeenCode(1, PRINTED),)


def test_so_many_pages_are_looked_at() -> None:
    last = look_at(pdf(pages=[None] * (MOST_PAGES - 1) + [SQUARE]))
    assert (last.codes, last.whole) == ((SeenCode(MOST_PAGES, PRINTED),), True)
    beyond = look_at(pdf(pages=[None] * MOST_PAGES + [SQUARE]))
    assert (beyond.codes, beyond.whole) == ((), False)


def test_so_many_files_are_taken_and_so_large() -> None:
    full = {f"{n}.bin": bytes([n]) for n in range(MOST_ATTACHMENTS)}
    assert (len(look_at(pdf(full)).files), look_at(pdf(full)).whole) == (MOST_ATTACHMENTS, True)
    more = look_at(pdf(full | {"one more": b"x"}))
    assert (len(more.files), more.whole) == (MOST_ATTACHMENTS, False)
    largest = look_at(pdf({"a": bytes(MAX_ATTACHMENT)}))
    assert (len(largest.files), largest.whole) == (1, True)
    assert not look_at(pdf({"a": bytes(MAX_ATTACHMENT + 1)})).whole
    together = {str(n): bytes(MAX_ATTACHMENT) for n in range(MAX_ATTACHED // MAX_ATTACHMENT)}
    assert look_at(pdf(together)).whole
    assert not look_at(pdf(together | {"one more": b"x"})).whole


def test_a_file_that_unpacks_to_much_is_not_taken() -> None:
    bomb = pdf({"a": bytes(200 * 1024 * 1024)})
    assert len(bomb) < 1_000_000
    seen = look_at(bomb)
    assert (seen.files, seen.whole) == ((), False)


def test_a_page_like_a_wall_is_drawn_small() -> None:
    seen = look_at(pdf(pages=[None], size=(14_400, 14_400)))
    assert (seen.codes, seen.fault) == ((), "")


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", pdf()[:120]])
def test_what_only_begins_like_one_is_broken(data: bytes) -> None:
    assert look_at(data).fault == "pdf_broken"


def test_a_password_is_named() -> None:
    assert look_at(locked_pdf()).fault == "pdf_encrypted"
