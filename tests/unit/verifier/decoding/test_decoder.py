from __future__ import annotations

import pytest

from credential.qr import new_token, share_url
from tests.photos import square, written
from verifier.decoding import Decoder
from verifier.decoding.wire import WireError, read_decoded, write_decoded
from verifier.intake.decoded import AttachedFile, Decoded, SeenCode
from verifier.workers import Workers

SHARE = share_url("check.example.org", "RIVER", new_token(bytes(range(20))))


def test_a_photo_is_looked_at_in_another_process(decoder: Decoder) -> None:
    decode = decoder.for_upload()
    assert decode(written(square(SHARE))) == Decoded((SeenCode(0, SHARE),))
    assert decode(b"\xff\xd8\xffno").fault == "picture_broken"
    assert decode(b"%PDF-no").fault == "pdf_broken"
    assert decode(b"text").fault == "not_decoded"


def test_an_upload_has_so_much_time_and_no_more(decoder: Decoder) -> None:
    decode = decoder.for_upload(0.0)
    assert decode(written(square(SHARE))).fault == "decoding_stopped"
    slow = decoder.for_upload(30.0)
    assert slow(written(square(SHARE))).codes


def test_what_one_file_takes_is_missing_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers("tests.unit.verifier.workers.job_for_tests", most=1, seconds=20)
    ask, given = workers.ask, list[float]()

    def noted(data: bytes, seconds: float) -> bytes:
        given.append(seconds)
        return ask(data, seconds)

    monkeypatch.setattr(workers, "ask", noted)
    with Decoder(workers) as slow:
        decode = slow.for_upload(0.2)
        assert decode(b"sleep 60").fault == "decoding_stopped"
        assert decode(b"sleep 60").fault == "decoding_stopped"
    assert given[0] == 0.2
    assert given[1] <= 0  # nothing is begun then


def test_a_worker_that_breaks_is_a_fault_and_no_exception() -> None:
    with Decoder(Workers("no.such.module", most=1, seconds=20)) as broken:
        assert broken.for_upload()(b"x").fault == "decoding_stopped"
    assert broken.for_upload()(b"x").fault == "decoding_stopped"


def test_an_answer_of_another_kind_is_none() -> None:
    with Decoder(Workers("tests.unit.verifier.workers.job_for_tests", most=1, seconds=20)) as other:
        assert other.for_upload()(b"echo {}").fault == "decoding_stopped"


def test_what_was_seen_comes_back_as_it_was() -> None:
    seen = Decoded((SeenCode(2, "A\u202e\0"),), (AttachedFile("é", b"\xff\0"),), "", whole=False)
    assert read_decoded(write_decoded(seen)) == seen


GOOD = b'{"codes":[[0,"A"]],"files":[["a","eA=="]],"fault":"","whole":true}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'[0,"A"]', b'["0","A"]'),
        (b'[0,"A"]', b'[true,"A"]'),
        (b'[0,"A"]', b"[0,7]"),
        (b'[0,"A"]', b'[0,"A",1]'),
        (b'[0,"A"]', b"7"),
        (b'"eA=="', b'"e"'),
        (b'"eA=="', b'"!A=="'),
        (b'"fault":""', b'"fault":"valid"'),
        (b'"fault":""', b'"fault":null'),
        (b'"codes"', b'"kodes"'),
        (GOOD, b"[" * 100_000),
        (GOOD, b"\xff"),
        (GOOD, b""),
    ],
)
def test_a_worker_is_believed_no_more_than_an_upload(old: bytes, new: bytes) -> None:
    assert read_decoded(GOOD).codes
    with pytest.raises(WireError):
        read_decoded(GOOD.replace(old, new))
